//! What happens to a participant: the Kepala Desa decides, they leave, a family goes abroad and comes back.

use axum::http::StatusCode;
use serde_json::{Value, json};
use service::{Role, TokenScope};

use crate::Kuripan;

/// Sends a form and gives the page of the participant that it leads back to.
async fn says(kuripan: &mut Kuripan, at: &str, form: &str, fields: &[(&str, &str)]) -> String {
    let answer = kuripan.sends(&format!("{at}/{form}"), fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    kuripan.get(at).await.body
}

/// What the first link behind this text leads to.
fn link_behind(page: &str, text: &str) -> String {
    first_of(page.split_once(text).unwrap().1, "href=\"")
}

/// What the last attribute of this kind before this text says.
fn before(page: &str, text: &str, attribute: &str) -> String {
    first_of(page.split_once(text).unwrap().0.rsplit_once(attribute).unwrap().1, "")
}

fn first_of(text: &str, attribute: &str) -> String {
    text.split_once(attribute).unwrap().1.split('"').next().unwrap().replace("&#61;", "=")
}

/// Sends a form to where it is, with what it holds already.
async fn posts(kuripan: &mut Kuripan, form: &str, fields: &[(&str, &str)]) {
    let page = kuripan.get(form).await.body;
    let (shown, token) = (crate::hidden(&page, "shown"), crate::hidden(&page, "token").unwrap());
    let shown = shown.as_deref().map(|shown| ("shown", shown));
    let answer = kuripan.post(form, &token, &[fields, shown.as_slice()].concat()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kepala_desa_decides_and_a_second_letter_takes_the_place_of_the_first() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let turyati = kuripan.register(&[("name", "Turyati")]).await;
    let steps = says(&mut kuripan, &turyati, "catat/step", &[("step", "wawancara"), ("date", "02-2017")]).await;
    assert!(steps.contains("wawancara mendalam"), "{steps}");
    let wrong = kuripan.sends(&format!("{turyati}/catat/decision"), &[("number", "141/7"), ("date", "kapan")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in ["href=\"#outcome\"", "href=\"#date\"", "value=\"141/7\""] {
        assert!(wrong.body.contains(expected), "{expected}: {}", wrong.body);
    }
    let letter = [("outcome", "cadangan"), ("number", "141/7"), ("date", "10-03-2017")];
    let decided = says(&mut kuripan, &turyati, "catat/decision", &letter).await;
    assert!(decided.contains("<p class=\"answer\">cadangan") && decided.contains("141/7"), "{decided}");
    let again = kuripan.get(&format!("{turyati}/catat/decision")).await.body;
    assert!(again.contains("Turyati sekarang cadangan"), "{again}");
    let letter = [("outcome", "ditetapkan"), ("number", "141/9"), ("date", "01-04-2017")];
    let decided = says(&mut kuripan, &turyati, "catat/decision", &letter).await;
    assert!(decided.contains("<p class=\"answer\">ditetapkan") && decided.contains("141/7"), "{decided}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_by_mistake_is_taken_back_in() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let turyati = kuripan.register(&[("name", "Turyati")]).await;
    let form = kuripan.get(&format!("{turyati}/catat/leaving")).await.body;
    assert!(form.contains("Turyati tidak lagi ikut serta") && form.contains("pinjaman"), "{form}");
    let left = [("reason", "departed"), ("date", "12-11-2026"), ("open", "loan"), ("open", "share")];
    let left = says(&mut kuripan, &turyati, "catat/leaving", &left).await;
    assert!(left.contains("berangkat lagi") && left.contains("pinjaman, bagi hasil"), "{left}");
    let back = kuripan.get(&format!("{turyati}/catat/annulment")).await.body;
    let leaving = before(&back, "berangkat lagi", "value=\"");
    let back = says(&mut kuripan, &turyati, "catat/annulment", &[("of", &leaving)]).await;
    assert!(back.contains("<p class=\"answer\">terdata") && back.contains("<s><strong>"), "{back}");
}

/// A couple of which one departs, returns and departs again: each is typed once, and what they are follows.
#[tokio::test(flavor = "multi_thread")]
async fn a_family_goes_abroad_and_comes_back_and_nobody_is_typed_twice() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let turyati = kuripan.register(&[("name", "Turyati")]).await;
    let child = kuripan.register(&[("name", "Ratna")]).await;
    let empty = kuripan.get(&turyati).await.body;
    assert!(empty.contains("Belum ada keluarga yang dicatat"), "{empty}");
    let wrong = kuripan.sends(&format!("{turyati}/tambah/keluarga"), &[("name", "Bawon")]).await;
    assert!(wrong.body.contains("href=\"#relation\""), "{}", wrong.body);
    let neither = kuripan.sends(&format!("{turyati}/tambah/keluarga"), &[("relation", "spouse")]).await;
    assert!(neither.body.contains("salah satu saja"), "{}", neither.body);
    let husband = [("name", "Bawon"), ("relation", "spouse"), ("since", "2010")];
    let page = says(&mut kuripan, &turyati, "tambah/keluarga", &husband).await;
    assert!(page.contains("<h3>Bawon</h3>") && page.contains("suami/istri"), "{page}");
    let journey = before(&page, "Bawon</a>", "href=\"");
    posts(&mut kuripan, &journey, &[("country", "Malaysia"), ("departure", "2016"), ("returned", "")]).await;
    let page = kuripan.get(&turyati).await.body;
    assert!(page.contains("keluarga TKI") && page.contains("Malaysia"), "{page}");

    let trip = link_behind(&page, "<dd>Malaysia</dd>");
    let returned = [("was-country", "Malaysia"), ("country", "Malaysia"), ("returned", "11-2026")];
    posts(&mut kuripan, &trip, &returned).await;
    let page = kuripan.get(&turyati).await.body;
    assert!(page.contains("keluarga TKI purna"), "{page}");
    posts(&mut kuripan, &journey, &[("country", "Taiwan"), ("departure", "12-11-2026")]).await;

    // His daughter takes part too: he is picked, and on her page he is her father.
    let form = kuripan.get(&format!("{child}/tambah/keluarga")).await.body;
    let bawon = before(&form, "Bawon", "value=\"");
    let father = [("relative", &*bawon), ("relation", "parent")];
    let page = says(&mut kuripan, &child, "tambah/keluarga", &father).await;
    for expected in ["<h3>Bawon</h3>", "ayah/ibu", "Malaysia", "Taiwan"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    // Of two participants each stands on the other's page, as what they are there.
    let mother = turyati.rsplit('/').next().unwrap();
    says(&mut kuripan, &child, "tambah/keluarga", &[("relative", mother), ("relation", "parent")]).await;
    let page = kuripan.get(&turyati).await.body;
    let of_child = page.split_once(">Ratna</a></h3>").unwrap().1;
    assert!(of_child.split_once("</dl>").unwrap().0.contains("<dd>anak</dd>"), "{of_child}");
    let tie = link_behind(&page, ">Ratna</a></h3>");
    let form = kuripan.get(&tie).await.body;
    assert!(form.contains("value=\"child\" checked") || form.contains("value=\"child\" selected"), "{form}");
    posts(&mut kuripan, &tie, &[("was-relation", "child"), ("relation", "ward")]).await;
    let page = kuripan.get(&child).await.body;
    assert!(page.contains("<dd>wali</dd>"), "what it is called from the other side: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_says_what_the_pages_say() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let all = kuripan.secret("semua", &[TokenScope::Personal, TokenScope::Write]).await;
    let writes = kuripan.secret("tulis", &[TokenScope::Write]).await;
    let turyati = kuripan.register(&[("name", "Turyati")]).await;
    let at = format!("/api/v1/participants/{}", turyati.rsplit('/').next().unwrap());
    let say = format!("{at}/say");
    let decision = json!({ "fact": "decision", "inputs": { "outcome": "ditetapkan", "date": "10-03-2017" } });
    let decided = kuripan.script("POST", &say, &writes, &[], &decision).await;
    assert_eq!(decided.status, StatusCode::OK, "{}", decided.body);
    let told: Value = serde_json::from_str(&decided.body).unwrap();
    assert_eq!(told["events"][0]["fact"], "decision", "{told}");
    for (said, status) in [
        (json!({ "fact": "decision", "inputs": { "outcome": "mungkin" } }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "fact": "dancing" }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refused = kuripan.script("POST", &say, &writes, &[], &said).await;
        assert_eq!(refused.status, status, "{said}: {}", refused.body);
    }
    let tie = format!("{at}/begin/keluarga");
    assert_eq!(kuripan.script("GET", &tie, &writes, &[], &json!(null)).await.status, StatusCode::FORBIDDEN);
    let bawon = json!({ "fields": { "name": "Bawon", "relation": "spouse" } });
    assert_eq!(kuripan.script("POST", &tie, &all, &[], &bawon).await.status, StatusCode::CREATED);
    let shown = kuripan.script("GET", &at, &all, &[], &json!(null)).await;
    let told: Value = serde_json::from_str(&shown.body).unwrap();
    let relative = &told["family"][0];
    assert_eq!(relative["name"]["id"], "Bawon", "{told}");
    let nameless = kuripan.script("GET", &at, &writes, &[], &json!(null)).await;
    assert!(!nameless.body.contains("Bawon"), "{}", nameless.body);
    let trip = json!({ "of": relative["person"], "fields": { "country": "Malaysia", "departure": "2016" } });
    let begun = kuripan.script("POST", &format!("{at}/begin/perjalanan"), &all, &[], &trip).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
    let told: Value = serde_json::from_str(&begun.body).unwrap();
    let trip = &told["family"][0]["trips"][0];
    let (part, tag) = (trip["id"].as_str().unwrap(), trip["shown"].as_str().unwrap());
    let changed = json!({ "fields": { "returned": "11-2026" } });
    let part = format!("{at}/parts/{part}");
    assert_eq!(kuripan.script("PATCH", &part, &all, &[], &changed).await.status, StatusCode::PRECONDITION_REQUIRED);
    let changed = kuripan.script("PATCH", &part, &all, &[("if-match", tag)], &changed).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    assert!(changed.body.contains("11-2026"), "{}", changed.body);
}
