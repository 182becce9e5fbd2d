//! What writes in an office's records through its API, as a script of the office does.

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::office::Office;

/// A token of an office, and the way to its API.
pub struct Script<'a> {
    office: &'a Office,
    runtime: Runtime,
    client: reqwest::Client,
    token: String,
    /// The village whose records it begins; the office's own where left out.
    village: Option<&'static str>,
}

/// What an office answered.
struct Answered {
    ok: bool,
    etag: Option<String>,
    text: String,
}

impl<'a> Script<'a> {
    /// Makes a token that may write and see who people are.
    pub fn at(office: &'a Office) -> Self {
        // Each has one of its own.
        static TOKENS: AtomicU32 = AtomicU32::new(1);
        let name = format!("skrip-{}", TOKENS.fetch_add(1, Ordering::Relaxed));
        let said = office
            .ask(&["token", "add", &name, "--until", &next_year(), "--scope", "write", "--scope", "personal"])
            .done();
        let token = said.lines().find_map(|line| line.strip_prefix("secret ")).expect("a secret is told").to_owned();
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { office, runtime, client: reqwest::Client::new(), token, village: None }
    }

    /// The same, for the people of a village that has no node.
    pub fn for_village(self, village: &'static str) -> Self {
        Self { village: Some(village), ..self }
    }

    fn asked(&self, method: Method, path: &str, body: Option<&Value>, etag: Option<&str>) -> Answered {
        let web = self.office.web().expect("the office runs");
        let mut request = self.client.request(method, format!("{web}/api/v1/{path}")).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(etag) = etag {
            request = request.header(header::IF_MATCH, etag);
        }
        self.runtime.block_on(async {
            let answer = request.send().await.expect("the office answers");
            let etag = answer.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
            let ok = answer.status().is_success();
            Answered { ok, etag, text: answer.text().await.expect("its answer can be read") }
        })
    }

    /// Sends something that has to be taken, and gives what is answered.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Value {
        let Answered { ok, text, .. } = self.asked(Method::POST, path, Some(body), None);
        assert!(ok, "{text} for {path} {body} at {}", self.office.label);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Asks for something that has to be there.
    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        let Answered { ok, text, .. } = self.asked(Method::GET, path, None, None);
        assert!(ok, "{text} for {path} at {}", self.office.label);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// The bytes of what has to be there, such as a print.
    #[track_caller]
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        let web = self.office.web().expect("the office runs");
        let request = self.client.get(format!("{web}/api/v1/{path}")).bearer_auth(&self.token);
        self.runtime.block_on(async {
            let answer = request.send().await.expect("the office answers");
            assert!(answer.status().is_success(), "{} for {path}", answer.status());
            answer.bytes().await.expect("its answer can be read").to_vec()
        })
    }

    /// Keeps a scan at the office, and gives how a record names it.
    #[track_caller]
    pub fn keep_scan(&self, bytes: &[u8]) -> String {
        let kept = self.post("scans", &json!({ "content": data_encoding::BASE64.encode(bytes) }));
        kept["hash"].as_str().expect("a scan has a hash").to_owned()
    }

    /// Everything about a record; none while the office does not hold it.
    pub fn record(&self, id: &str) -> Option<Value> {
        let Answered { ok, text, .. } = self.asked(Method::GET, &format!("records/{id}"), None, None);
        ok.then(|| serde_json::from_str(&text).expect("a record is JSON"))
    }

    /// Begins a record and gives its id.
    #[track_caller]
    pub fn begin(&self, kind: &str, fields: Value) -> String {
        self.begin_with(kind, fields, json!({}))
    }

    /// Begins a record that has texts, and gives its id.
    #[track_caller]
    pub fn begin_with(&self, kind: &str, fields: Value, texts: Value) -> String {
        let new = json!({ "kind": kind, "place": self.village, "fields": fields, "texts": texts });
        let begun = self.post("records", &new);
        begun["line"]["id"].as_str().expect("a record has an id").to_owned()
    }

    /// Changes fields and texts of a record as they stand now.
    #[track_caller]
    pub fn change(&self, id: &str, fields: Value, texts: Value) {
        let path = format!("records/{id}");
        let now = self.asked(Method::GET, &path, None, None);
        let etag = now.etag.expect("a record has an ETag");
        let body = json!({ "fields": fields, "texts": texts });
        let Answered { ok, text, .. } = self.asked(Method::PATCH, &path, Some(&body), Some(&etag));
        assert!(ok, "{text} for {path} {body} at {}", self.office.label);
    }

    /// Says something in a record.
    #[track_caller]
    pub fn say(&self, record: &str, fact: &str, inputs: Value) {
        self.post(&format!("records/{record}/say"), &json!({ "fact": fact, "inputs": inputs }));
    }

    /// Says something that is refused, and gives why.
    #[track_caller]
    pub fn refused(&self, record: &str, fact: &str, inputs: Value) -> String {
        let body = json!({ "fact": fact, "inputs": inputs });
        let Answered { ok, text, .. } = self.asked(Method::POST, &format!("records/{record}/say"), Some(&body), None);
        assert!(!ok, "{fact} {body} was taken at {}", self.office.label);
        text
    }

    /// Says several things in a record as one change.
    #[track_caller]
    pub fn say_all(&self, record: &str, said: impl IntoIterator<Item = (&'static str, Value)>) {
        let said: Vec<Value> =
            said.into_iter().map(|(fact, inputs)| json!({ "fact": fact, "inputs": inputs })).collect();
        self.post(&format!("records/{record}/say-all"), &json!({ "said": said }));
    }

    /// How many records of a kind the office lists.
    pub fn count(&self, kind: &str) -> u64 {
        let found = self.post("records/search", &json!({ "kind": kind }));
        found["total"].as_u64().expect("a list is counted")
    }

    /// The ids of the records of a kind that the office lists.
    pub fn listed(&self, kind: &str) -> Vec<String> {
        let found = self.post("records/search", &json!({ "kind": kind }));
        let rows = found["rows"].as_array().expect("a list has rows").iter();
        rows.map(|row| row["id"].as_str().expect("a row has an id").to_owned()).collect()
    }
}

/// What the tables of a record say, in English: a line for each sentence, and one for each row.
pub fn told(record: &Value) -> String {
    let en = |both: &Value| both["en"].as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut lines = Vec::new();
    for panel in list(&record["panels"]) {
        lines.extend(list(&panel["lines"]).iter().map(en));
        for row in list(&panel["rows"]) {
            let cells: Vec<String> = list(&row["cells"]).iter().map(en).collect();
            lines.push(format!("{}: {}", en(&row["head"]), cells.join(" | ")));
        }
    }
    lines.join("\n")
}

/// The first answer that a record offers for an input of something that can be said there; none where it cannot be said.
pub fn offered(record: &Value, fact: &str, input: &str) -> Option<String> {
    let asked = record["asks"].as_array()?.iter().find(|asked| asked["fact"] == fact)?;
    let input = asked["inputs"].as_array()?.iter().find(|known| known["field"] == input)?;
    // A choice lists pairs of code and label.
    let first = input["kind"].as_object()?.values().next()?.get(0)?;
    Some(first.get(0)?.as_str()?.to_owned())
}

/// The last day of a token that lasts as long as the demo may stay up.
fn next_year() -> String {
    jiff::Zoned::now().date().saturating_add(jiff::Span::new().months(11)).to_string()
}
