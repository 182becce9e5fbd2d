//! The API as it is described: schemathesis reads `/api/v1/openapi.json` of a real node and asks everything that it allows,
//! and what it does not.
//!
//! The seed is fixed, so that a run finds what the run before found. Without schemathesis the test fails and says what to
//! run; what is checked stands in `schemathesis.toml`.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test at the edge")]

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::ToSpan;
use simpul_tests::harness::{Network, Office};

const KURIPAN: &str = "33.07.10.2004";

/// Where `scripts/test` puts it.
fn schemathesis() -> PathBuf {
    let target = PathBuf::from(
        std::env::var_os("CARGO_TARGET_DIR")
            .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").into_os_string()),
    );
    let program = target.join("schemathesis/bin/schemathesis");
    assert!(program.exists(), "{} is missing: `scripts/test` fetches it", program.display());
    program
}

/// Desa Kuripan with a few people, joined to its regency so that it may open cases, and a token that may do what a script
/// may.
fn kuripan() -> (Network, String) {
    let net = Network::small();
    let office = the_office(&net);
    office.register("Turyati", KURIPAN, &["dusun=Sigaok", "birth=12-03-1986", "group=salak"]);
    office.register("Bawon", KURIPAN, &["dusun=Krajan"]);
    let until = jiff::Zoned::now().date().saturating_add(30.days()).to_string();
    let add = ["token", "add", "schemathesis", "--scope", "write", "--scope", "personal", "--until", &until];
    let told = office.ask(&add).done();
    let secret = told.lines().find_map(|line| line.strip_prefix("secret ")).expect("a secret is told").to_owned();
    (net, secret)
}

fn the_office(net: &Network) -> &Office {
    &net["kuripan"]
}

/// Asks the API by hand, as a script does.
async fn ask(web: &str, secret: &str, path: &str, body: serde_json::Value) -> serde_json::Value {
    let client = reqwest::Client::new();
    let answer = client.post(format!("{web}{path}")).bearer_auth(secret).json(&body).send().await.unwrap();
    let status = answer.status();
    let told: serde_json::Value = answer.json().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {told}");
    told
}

/// Something of several kinds, so that there is more to be asked than empty lists.
#[tokio::main(flavor = "current_thread")]
async fn some_records(web: &str, secret: &str) {
    let group = serde_json::json!({ "kind": "kelompok", "fields": { "name": "Salak Makmur" } });
    ask(web, secret, "/api/v1/records", group).await;
    let complaint = serde_json::json!({
        "kind": "pengaduan",
        "fields": { "kind": "unpaid_wage", "name": "Turyati" },
        "texts": { "story": "Gaji tidak dibayar sejak Mei." },
    });
    ask(web, secret, "/api/v1/records", complaint).await;
    let inputs =
        serde_json::json!({ "purpose": "information", "origin": "resident", "id_checked": "ya", "name": "Turyati" });
    let visit = serde_json::json!({ "inputs": inputs });
    ask(web, secret, "/api/v1/visits", visit).await;
}

#[test]
fn the_api_answers_as_it_is_described() {
    let schemathesis = schemathesis();
    let (net, secret) = kuripan();
    let web = the_office(&net).web().expect("the office runs");
    some_records(&web, &secret);
    let log = tempfile::NamedTempFile::new().unwrap();
    let told = log.reopen().unwrap();
    let status = Command::new(schemathesis)
        .arg("--config-file")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("api/schemathesis.toml"))
        .args(["run", &format!("{web}/api/v1/openapi.json"), "--no-color"])
        .args(["--header", &format!("Authorization: Bearer {secret}")])
        // It leaves a cache where it runs.
        .current_dir(net.folder())
        .stdout(told.try_clone().unwrap())
        .stderr(told)
        .status()
        .unwrap();
    let told = std::fs::read_to_string(log.path()).unwrap();
    assert!(status.success(), "{status}\n{told}\n{}", the_office(&net).log_tail());
    // The whole of it was asked: a description that cannot be read, or a token that opens nothing, finds no fault either.
    let status = the_office(&net).ask(&["token", "list", "--json"]).json::<serde_json::Value>();
    assert!(status[0]["used_ms"].is_number(), "{status}");
}
