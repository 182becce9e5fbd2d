//! The ministries agree: the memorandum of 30 May 2017 as it was signed on paper, an addendum that every party ratifies
//! with its own key, a commitment that is late, and what Lampung Timur's coordination looks like before and after.

use serde_json::{Value, json};
use simpul_tests::harness::{MINISTRIES, Network, Script, offered, told};

use crate::Teller;

/// The scope of the memorandum, as the study of 2017 has it.
const SCOPE: [&str; 3] = [
    "Pertukaran data dan informasi.",
    "Pembangunan pusat layanan migrasi.",
    "Penumbuhkembangan usaha produktif desa/kawasan perdesaan migran produktif berbasis sumber daya alam dan teknologi tepat guna.",
];

/// Kabupaten Lampung Timur, of which S1 tells.
const LAMPUNG_TIMUR: &str = "18.07";

pub(crate) fn play(teller: &mut Teller, net: &Network) {
    let all: Vec<Script<'_>> = MINISTRIES.iter().map(|label| Script::at(&net[label])).collect();
    memorandum(teller, net, &all);
    let version = addendum(teller, net, &all);
    commitment(teller, net, &all, &version);
    lampung_timur(teller, &all[0]);
}

/// An agenda of all eight with one article.
fn agenda(net: &Network, convener: &Script<'_>, title: &str, begins: &str, heading: &str, text: &[&str]) -> String {
    let id = convener.opens_agenda(&net.ids(&MINISTRIES[1..]), title, json!({}));
    convener.writes_article(&id, begins, heading, text);
    id
}

/// Waits for the agenda, and gives each ministry's official a mandate.
fn mandates(net: &Network, all: &[Script<'_>], id: &str) {
    for (script, label) in all.iter().zip(MINISTRIES) {
        net.until(&format!("{label} holds the agenda"), || script.record(id));
        script.gives_mandate(id, &format!("Sekretaris Jenderal {label}"));
    }
}

fn memorandum(teller: &mut Teller, net: &Network, all: &[Script<'_>]) {
    teller.step("The memorandum of 30 May 2017: signed on paper by eight ministries, confirmed one by one");
    let convener = &all[0];
    let title = "Nota Kesepahaman Desa Migran Produktif";
    let id = agenda(net, convener, title, "30-05-2017", "Ruang lingkup", &SCOPE);
    convener.say(&id, "final", json!({}));
    mandates(net, all, &id);
    let scan = convener.keep_scan(&convener.bytes(&format!("records/{id}/print")));
    let version = offered(&convener.record(&id).expect("it is here"), "paper", "version").expect("there is a version");
    convener.say(&id, "paper", json!({ "version": version, "date": "30-05-2017", "scan": scan }));
    for (confirmed, script) in all.iter().enumerate() {
        net.says(script, &id, "signed on paper 30-05-2017");
        net.signs(script, &id, "tanda_tangan_kertas");
        net.says(convener, &id, &format!("confirmed by {} of 8", confirmed + 1));
    }
    teller.checked("three items of scope; ditandatangani di kertas 30-05-2017, dikonfirmasi 8 dari 8");
    let record = convener.record(&id).expect("it is here");
    assert!(!told(&record).contains("ratified by all parties"), "paper is no signature: {}", told(&record));
    teller.checked("signed on paper is a state of its own: nothing claims a signature that nobody gave");
}

/// Gives the version that all ratified.
fn addendum(teller: &mut Teller, net: &Network, all: &[Script<'_>]) -> String {
    teller.step("An addendum: eight equals ratify one text, two of them away at different times");
    let convener = &all[0];
    let text = ["Para pihak saling mengirim data peserta Desmigratif setiap triwulan."];
    let id = agenda(net, convener, "Adendum: pertukaran data triwulanan", "01-01-2026", "Pertukaran data", &text);
    mandates(net, all, &id);
    net.knows_mandates(convener, &id, 8);
    net.cut_off("kemenpora");
    convener.say(&id, "final", json!({}));
    for (script, label) in all.iter().zip(MINISTRIES).filter(|(_, label)| *label != "kemenpora") {
        net.until(&format!("{label} holds the final text"), || {
            script.record(&id).filter(|record| told(record).contains("of 8 ratified"))
        });
    }
    net.cut_off("kemendesa");
    for (script, label) in all.iter().zip(MINISTRIES) {
        if label != "kemenpora" && label != "kemendesa" {
            net.signs(script, &id, "menetapkan");
        }
    }
    net.signs(&all[7], &id, "menetapkan");
    grid(
        teller,
        &net.says(convener, &id, "6 of 8 ratified"),
        "6 of 8: one ministry does not hold the text, one signed while cut off",
    );
    net.reconnect("kemenpora");
    net.signs(&all[3], &id, "menetapkan");
    grid(teller, &net.says(convener, &id, "7 of 8 ratified"), "7 of 8: Kemenpora is back and ratifies");
    net.reconnect("kemendesa");
    for script in all {
        net.says(script, &id, "ratified by all parties");
    }
    let record = convener.record(&id).expect("it is here");
    grid(teller, &record, "8 of 8: ditetapkan, with the signature that Kemendesa gave before its line was back");
    let version = offered(&record, "publish", "version").expect("it can be published");
    convener.say(&id, "publish", json!({ "version": version }));
    let province = Script::at(&net["wonosobo"]);
    net.until("the regency, no party, lists the agreement", || {
        (!province.listed("kesepakatan").is_empty()).then_some(())
    });
    assert!(province.record(&id).is_none());
    teller.checked("published: Wonosobo lists the agreement, and never saw the agenda");
    version
}

/// The parties and their words.
fn grid(teller: &Teller, record: &Value, headline: &str) {
    teller.checked(headline);
    let panels = record["panels"].as_array().cloned().unwrap_or_default();
    let grid = panels.iter().find(|panel| panel["title"]["en"] == "Ratification");
    for row in grid.into_iter().flat_map(|panel| panel["rows"].as_array().cloned().unwrap_or_default()) {
        let text = |both: &Value| both["id"].as_str().unwrap_or_default().to_owned();
        println!("     {:<66} {}", text(&row["head"]), text(&row["cells"][0]));
    }
}

fn commitment(teller: &mut Teller, net: &Network, all: &[Script<'_>], version: &str) {
    teller.step("A commitment of the addendum is late");
    let (owner, superior) = (net["kemenkes"].status().office.id, net["kemnaker"].status().office.id);
    let due = jiff::Zoned::now().date().saturating_sub(jiff::Span::new().days(5));
    let fields = json!({ "deliverable": "Data layanan kesehatan purna triwulan pertama", "owner": owner,
        "due": due.strftime("%d-%m-%Y").to_string(), "superior": "Menteri Ketenagakerjaan",
        "superior_office": superior, "agreement": version });
    let id = all[0].begin("komitmen", fields);
    let kemenkes = &all[2];
    net.until("its owner holds it", || kemenkes.record(&id));
    kemenkes.say(&id, "acceptance", json!({ "date": "01-02-2026" }));
    net.says(&all[0], &id, "late");
    let waiting = kemenkes.get("coordination");
    let waits = waiting["awaiting"].as_array().cloned().unwrap_or_default();
    assert!(waits.iter().any(|line| line["id"] == id.as_str() && line["late"] == true), "{waiting}");
    teller.checked("Kemenkes accepted it and has not delivered: late since five days, first of what waits for it");
}

/// Each indicator with how far it is.
fn scores(script: &Script<'_>) -> Vec<(String, String, Option<String>)> {
    let found = script.get(&format!("scorecard?region={LAMPUNG_TIMUR}&year=2016"));
    let text = |both: &Value| both["id"].as_str().unwrap_or_default().to_owned();
    let scores = found["scores"].as_array().cloned().unwrap_or_default();
    let score = |score: &Value| {
        let before = score["baseline"].is_object().then(|| text(&score["baseline"]["level"]));
        (text(&score["indicator"]), text(&score["level"]), before)
    };
    scores.iter().map(score).collect()
}

fn lampung_timur(teller: &mut Teller, convener: &Script<'_>) {
    teller.step("Lampung Timur: what the study found in 2016, and what records show");
    let before = scores(convener);
    assert_eq!(before.len(), 7);
    let calendar = convener.begin("kalender", json!({ "year": "2016", "region": LAMPUNG_TIMUR }));
    // Kamis, 4 Agustus 2016, di Dinsoskertrans.
    let guests =
        ["BNP2TKI", "BP3TKI", "Dinas Perindustrian dan Perdagangan", "Dinas Koperasi dan UMKM", "Dinsoskertrans"];
    let event = json!({ "title": "Wadah penyelesaian masalah TKI dan kemudahan usaha", "day": "04-08-2016",
        "place": "Dinsoskertrans Lampung Timur", "others": guests.join(",") });
    convener.say(&calendar, "event", event);
    let record = convener.record(&calendar).expect("it was begun here");
    let event = offered(&record, "attendance", "event").expect("there is a date");
    let asked =
        record["asks"].as_array().and_then(|asks| asks.iter().find(|asked| asked["fact"] == "attendance").cloned());
    let inputs = asked.expect("attendance is asked")["inputs"].as_array().cloned().unwrap_or_default();
    let party = inputs.iter().find(|input| input["field"] == "party").expect("a party is asked for");
    let parties = party["kind"]["choice"].as_array().cloned().unwrap_or_default();
    assert_eq!(parties.len(), 5);
    for (index, party) in parties.iter().enumerate() {
        // Two came without a mandate.
        let competent = if index < 3 { "ya" } else { "tidak" };
        let came = json!({ "event": event, "party": party[0], "came": "ya", "positions": "Kepala Seksi",
            "competent": competent });
        convener.say(&calendar, "attendance", came);
    }
    let text = told(&convener.record(&calendar).expect("it is here"));
    assert_eq!(text.matches("came without competence to decide").count(), 2, "{text}");
    teller.checked("the meeting of Thursday 4 August 2016: five came, two of them without competence to decide");
    let after = scores(convener);
    assert_ne!(before, after, "a calendar changes the picture");
    println!("     {:<60} {:<18} {:<18} now", "Ndraha's indicator", "found in 2016", "before the demo");
    for ((name, was, found), (_, now, _)) in before.iter().zip(&after) {
        println!("     {name:<60} {:<18} {was:<18} {now}", found.clone().unwrap_or_default());
    }
    teller.checked("the scorecard says so, beside what was found in 2016");
}
