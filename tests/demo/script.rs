//! What writes in an office's records through its API, as a script of the office does.

use serde_json::{Value, json};
use simpul_tests::harness::Office;
use tokio::runtime::{Builder, Runtime};

/// A token of an office, and the way to its API.
pub(crate) struct Script {
    runtime: Runtime,
    client: reqwest::Client,
    /// `http://127.0.0.1:PORT/api/v1/`
    api: String,
    token: String,
    /// The village whose records it begins; the office's own where left out.
    village: Option<&'static str>,
}

impl Script {
    /// Makes a token that may write and see who people are.
    pub(crate) fn at(office: &Office) -> Self {
        let said = office
            .ask(&["token", "add", "demo", "--until", &next_year(), "--scope", "write", "--scope", "personal"])
            .done();
        let token = said.lines().find_map(|line| line.strip_prefix("secret ")).expect("a secret is told").to_owned();
        let api = format!("{}/api/v1/", office.web().expect("the office runs"));
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { runtime, client: reqwest::Client::new(), api, token, village: None }
    }

    /// The same, for the people of a village that has no node.
    pub(crate) fn for_village(self, village: &'static str) -> Self {
        Self { village: Some(village), ..self }
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.api)).bearer_auth(&self.token).json(body);
        let (status, text) = self.runtime.block_on(async {
            let answer = request.send().await.expect("the office answers");
            (answer.status(), answer.text().await.expect("its answer can be read"))
        });
        assert!(status.is_success(), "{status} {text} for {path} {body}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Begins a record and gives its id.
    pub(crate) fn begin(&self, kind: &str, fields: Value) -> String {
        self.begin_with(kind, fields, json!({}))
    }

    /// Begins a record that has texts, and gives its id.
    pub(crate) fn begin_with(&self, kind: &str, fields: Value, texts: Value) -> String {
        let new = json!({ "kind": kind, "place": self.village, "fields": fields, "texts": texts });
        let begun = self.post("records", &new);
        begun["line"]["id"].as_str().expect("a record has an id").to_owned()
    }

    /// Says something in a record.
    pub(crate) fn say(&self, record: &str, fact: &str, inputs: Value) {
        self.post(&format!("records/{record}/say"), &json!({ "fact": fact, "inputs": inputs }));
    }

    /// Says several things in a record as one change.
    pub(crate) fn say_all(&self, record: &str, said: impl IntoIterator<Item = (&'static str, Value)>) {
        let said: Vec<Value> =
            said.into_iter().map(|(fact, inputs)| json!({ "fact": fact, "inputs": inputs })).collect();
        self.post(&format!("records/{record}/say-all"), &json!({ "said": said }));
    }

    /// How many records of a kind the office lists.
    pub(crate) fn count(&self, kind: &str) -> u64 {
        let found = self.post("records/search", &json!({ "kind": kind }));
        found["total"].as_u64().expect("a list is counted")
    }
}

/// The last day of a token that lasts as long as the demo may stay up.
fn next_year() -> String {
    jiff::Zoned::now().date().saturating_add(jiff::Span::new().months(11)).to_string()
}
