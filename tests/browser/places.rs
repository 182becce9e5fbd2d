//! Places: who leaves gives one back, two laptops that are cut off from each other both replace, and nobody is removed
//! when the limit falls below what is spent.

use serde_json::json;
use tokio::task::block_in_place;

use crate::counter::looks;
use crate::desk::{Desk, network};

/// From Kuripan's list (`config/reference/kuripan_participants_2017.csv`).
const PEOPLE: [&str; 12] = [
    "Bawon",
    "Turyati",
    "Suryati",
    "Farida",
    "Sarmiyati",
    "Ponisem",
    "Waginah",
    "Parsini",
    "Yuniah",
    "Litik",
    "Miskiyah",
    "Kinem",
];

/// What the page of the places says first.
fn bar(limit: u32, sure: u32, unsure: u32) -> String {
    format!("{limit} tempat · {sure} pasti · {unsure} belum pasti · 0 menunggu")
}

impl Desk {
    /// Asks the API as whoever is logged in, and gives what it answered.
    async fn asks(&self, method: &str, path: &str, body: &serde_json::Value) -> serde_json::Value {
        let said = self
            .browser
            .script(&format!(
                "const ask = new XMLHttpRequest(); ask.open({}, {}, false); \
                 ask.setRequestHeader('content-type', 'application/json'); \
                 ask.setRequestHeader('x-csrf-token', document.querySelector('[name=token]').value); \
                 ask.send({}); return ask.status + ' ' + ask.responseText;",
                json!(method),
                json!(format!("/api/v1/{path}")),
                json!(body.to_string()),
            ))
            .await;
        let said = said.as_str().expect("an answer").to_owned();
        let (status, text) = said.split_once(' ').expect("a status and a text");
        assert!(status.starts_with('2'), "{method} {path} {body}: {said}");
        serde_json::from_str(text).expect("JSON")
    }

    /// Notes a place for somebody by name.
    async fn claims(&self, record: &str, person: &str, date: &str) {
        self.says(record, "claim", json!({ "person": person, "waits": "no", "date": date })).await;
    }

    async fn says(&self, record: &str, fact: &str, inputs: serde_json::Value) {
        self.asks("POST", &format!("records/{record}/say"), &json!({ "fact": fact, "inputs": inputs })).await;
    }

    /// Grants or hands on a block by its form: to the computer of this name.
    async fn gives(&self, path: &str, fact: &str, to: &str, places: u32) {
        self.open(&format!("{path}/catat/{fact}")).await;
        let pick = format!(
            "const one = [...document.querySelectorAll('#to option, #to input')]\
               .find(one => (one.text ?? one.parentElement.innerText).includes({})); \
             if (!one) return false; \
             if (one.type == 'radio') one.click(); else document.querySelector('#to').value = one.value; \
             return true;",
            json!(to)
        );
        self.browser.until(&format!("{to} can be chosen"), &pick).await;
        self.browser.write("#places", &places.to_string()).await;
        self.browser.click("#form .actions button").await;
        self.browser.until("the record is shown", "return !!document.querySelector('#record h1');").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_leave_and_two_are_replaced_on_two_laptops_that_are_cut_off_from_each_other() {
    let mut net = network(&["kemnaker", "jateng", "wonosobo", "kuripan"]);
    block_in_place(|| {
        net.init_further("laptop", "kuripan");
        net.admit("laptop", "kuripan");
        net.start("laptop");
    });
    let office = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let laptop = Desk::of(&net["laptop"], "agus", &["petugas"]).await;
    let ministry = Desk::of(&net["kemnaker"], "rini", &["petugas"]).await;
    for name in PEOPLE {
        office.asks("POST", "participants", &json!({ "name": name })).await;
    }
    let begun = json!({ "kind": "tempat", "fields": { "programme": "desmigratif", "year": "2026" } });
    let record = office.asks("POST", "records", &begun).await["line"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/catatan/tempat/{record}");

    // The ministry sets the limit and grants a block to each laptop of the village. Whoever was noted before has a place
    // that is not sure, until the laptop that holds a block notes them again.
    ministry.open("/catatan/tempat").await;
    ministry.sees("2026").await;
    ministry.says(&record, "limit", json!({ "places": "12", "date": "02-01-2026" })).await;
    laptop.open(&path).await;
    laptop.claims(&record, "Kinem", "03-01-2026").await;
    ministry.open(&path).await;
    ministry.sees(&bar(12, 0, 1)).await;
    let names = [net["kuripan"].status().node, net["laptop"].status().node];
    ministry.gives(&path, "grant", &names[0][..8], 11).await;
    ministry.gives(&path, "grant", &names[1][..8], 1).await;
    looks(&ministry, "places-granted").await;
    laptop.sees("masih dapat memberikan 1 tempat pasti").await;
    laptop.claims(&record, "Kinem", "04-01-2026").await;
    office.open(&path).await;
    office.sees("masih dapat memberikan 11 tempat pasti").await;
    for name in &PEOPLE[..11] {
        office.claims(&record, name, "03-01-2026").await;
    }
    office.sees(&bar(12, 12, 0)).await;

    // Ten leave.
    for name in &PEOPLE[1..11] {
        office.says(&record, "freed", json!({ "person": name, "date": "01-02-2026" })).await;
    }
    office.sees(&bar(12, 2, 0)).await;
    // Some of what is free goes to the laptop.
    office.gives(&path, "handover", &names[1][..8], 4).await;
    laptop.open(&path).await;
    laptop.sees("masih dapat memberikan 4 tempat pasti").await;

    // Cut off from each other, each of the two replaces one, and neither goes beyond what it holds.
    block_in_place(|| {
        net.cut_off("kuripan");
        net.cut_off("laptop");
    });
    office.claims(&record, PEOPLE[1], "10-02-2026").await;
    laptop.claims(&record, PEOPLE[2], "10-02-2026").await;
    for desk in [&office, &laptop] {
        desk.sees(&bar(12, 3, 0)).await;
    }
    block_in_place(|| {
        net.reconnect("kuripan");
        net.reconnect("laptop");
    });
    ministry.open(&path).await;
    for desk in [&office, &laptop, &ministry] {
        desk.sees(&bar(12, 4, 0)).await;
    }
    looks(&office, "places-replaced").await;

    // The limit falls below what is spent: that is said at every office, and nobody is removed.
    ministry.says(&record, "limit", json!({ "places": "3", "date": "01-03-2026" })).await;
    for desk in [&office, &laptop, &ministry] {
        desk.sees("3 tempat ·").await;
        desk.sees("1 orang lebih dari jumlah tempat").await;
        for name in ["Bawon", "Turyati", "Suryati", "Kinem"] {
            desk.sees(name).await;
        }
    }
    looks(&office, "places-lowered").await;
    for desk in [office, laptop, ministry] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
}
