//! What offices do with an agenda, through their API: for the scenarios and the demo.

use serde_json::{Value, json};

use super::{
    network::Network,
    script::{Script, offered, told},
};

/// The eight ministries of the memorandum, the convener first.
pub const MINISTRIES: [&str; 8] =
    ["kemnaker", "kemenpar", "kemenkes", "kemenpora", "kemenbumn", "kemenkopukm", "kemenkominfo", "kemendesa"];

impl Network {
    /// The ids of offices, with commas between them.
    pub fn ids(&self, labels: &[&str]) -> String {
        let ids: Vec<String> = labels.iter().map(|label| self[label].status().office.id).collect();
        ids.join(",")
    }

    /// Waits until a record at an office says something, and gives the record.
    #[track_caller]
    pub fn says(&self, script: &Script<'_>, id: &str, what: &str) -> Value {
        self.until(&format!("{id} says {what:?}"), || script.record(id).filter(|record| told(record).contains(what)))
    }

    /// Waits until an agenda at an office has so many mandates.
    #[track_caller]
    pub fn knows_mandates(&self, script: &Script<'_>, id: &str, count: usize) {
        self.until(&format!("{count} mandates are known"), || {
            let record = script.record(id)?;
            let said = record["events"].as_array()?.iter().filter(|event| event["fact"] == "mandate").count();
            (said == count).then_some(())
        });
    }

    /// Signs a word about the newest version that the office holds, by its mandate, as soon as it holds both.
    #[track_caller]
    pub fn signs(&self, script: &Script<'_>, id: &str, says: &str) {
        let (version, mandate) = self.until("there is something to sign", || {
            let record = script.record(id)?;
            Some((offered(&record, "ratification", "version")?, offered(&record, "ratification", "mandate")?))
        });
        script.say(id, "ratification", json!({ "version": version, "mandate": mandate, "says": says }));
    }
}

impl Script<'_> {
    /// Opens an agenda with other offices and gives its id; `more` are further fields of the form.
    #[track_caller]
    pub fn opens_agenda(&self, with: &str, title: &str, more: Value) -> String {
        let mut fields = json!({ "title": title, "offices": with, "silence": "tidak_menjawab" });
        let more = more.as_object().cloned().unwrap_or_default();
        fields.as_object_mut().expect("fields are an object").extend(more);
        self.begin("agenda", fields)
    }

    /// Writes the first article of an agenda that is in force from a day on.
    #[track_caller]
    pub fn writes_article(&self, id: &str, begins: &str, heading: &str, paragraphs: &[&str]) {
        let text = |field: &str, now: &str| json!({ "field": field, "was": "", "now": now });
        let [first, rest @ ..] = paragraphs else { panic!("an article has a paragraph") };
        let article = [text("pasal", heading), text("pasal.ayat", first)];
        self.change(id, json!({ "begins": begins }), json!(article));
        for paragraph in rest {
            let field = self.part_of_text(id, "baru.")["field"].as_str().unwrap_or_default().to_owned();
            self.change(id, json!({}), json!([text(&field, paragraph)]));
        }
    }

    /// The first part of the text of an agenda whose field begins so.
    #[track_caller]
    pub fn part_of_text(&self, id: &str, begins: &str) -> Value {
        let record = self.record(id).expect("the office holds the agenda");
        let parts = record["texts"].as_array().cloned().unwrap_or_default();
        let part = parts.into_iter().find(|text| text["field"].as_str().is_some_and(|field| field.starts_with(begins)));
        part.expect("the text has such a part")
    }

    /// Gives an official of the office a mandate in an agenda.
    #[track_caller]
    pub fn gives_mandate(&self, id: &str, official: &str) {
        let mandate = json!({ "official": official, "position": "Sekretaris Jenderal", "letter": "ST-1",
            "from": "01-01-2017" });
        self.say(id, "mandate", mandate);
    }
}
