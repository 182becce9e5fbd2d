//! Agreements between equals, with real processes: what is *ditetapkan* is what every required party signed, whoever was
//! away, whoever edited meanwhile, and whoever lost a laptop.

use std::fs;

use serde_json::{Value, json};
use simpul_tests::harness::{Answer, MINISTRIES, Network, Script, offered, simpul, told};

use crate::files::Folder;

/// An agenda that the convener opens with others, with one article.
fn agenda(convener: &Script<'_>, with: &str, title: &str, more: Value) -> String {
    let id = convener.opens_agenda(with, title, more);
    convener.writes_article(&id, "01-01-2026", "Pertukaran data", &["Para pihak bertukar data peserta."]);
    id
}

/// Rewrites the first paragraph of the text.
fn edits(script: &Script<'_>, id: &str, now: &str) {
    let paragraph = script.part_of_text(id, "p.");
    script.change(id, json!({}), json!([{ "field": paragraph["field"], "was": paragraph["text"], "now": now }]));
}

#[test]
fn eight_ministries_ratify_an_addendum_while_two_are_away_and_an_edit_moves_nobodys_signature() {
    let net = Network::of(&MINISTRIES, true);
    let all: Vec<Script<'_>> = MINISTRIES.iter().map(|label| Script::at(&net[label])).collect();
    let convener = &all[0];
    let id = agenda(convener, &net.ids(&MINISTRIES[1..]), "Adendum Nota Kesepahaman", json!({}));
    for (script, label) in all.iter().zip(MINISTRIES) {
        net.says(script, &id, "bertukar data peserta");
        script.gives_mandate(&id, label);
    }
    // Kemenpora's cable is out before the text is final, Kemendesa's after.
    net.knows_mandates(convener, &id, 8);
    net.cut_off("kemenpora");
    convener.say(&id, "final", json!({}));
    for (script, label) in all.iter().zip(MINISTRIES).filter(|(_, label)| *label != "kemenpora") {
        net.says(script, &id, "0 of 8 ratified");
        assert_ne!(label, "kemenpora");
    }
    net.cut_off("kemendesa");
    for (script, label) in all.iter().zip(MINISTRIES) {
        if !["kemenpora", "kemendesa"].contains(&label) {
            net.signs(script, &id, "menetapkan");
        }
    }
    // Cut off, it signs what it holds.
    net.signs(&all[7], &id, "menetapkan");
    net.says(&all[7], &id, "1 of 8 ratified");
    let record = net.says(convener, &id, "6 of 8 ratified");
    assert!(told(&record).contains("Kementerian Pemuda dan Olahraga: not at its office yet"), "{}", told(&record));
    assert!(offered(&record, "publish", "version").is_none(), "it is not ditetapkan");

    net.reconnect("kemenpora");
    net.says(&all[3], &id, "6 of 8 ratified");
    net.signs(&all[3], &id, "menetapkan");
    net.says(convener, &id, "7 of 8 ratified");
    // Seven have signed; somebody edits the article.
    edits(&all[1], &id, "Para pihak bertukar data peserta setiap bulan.");
    net.says(convener, &id, "setiap bulan");
    convener.say(&id, "final", json!({}));
    let record = net.says(convener, &id, "0 of 8 ratified");
    let text = told(&record);
    assert!(text.contains("Version 1 · Adendum Nota Kesepahaman") && text.contains("7 of 8 ratified"), "{text}");

    // The last signature was given days ago, at an office that nobody could reach.
    net.reconnect("kemendesa");
    for script in &all {
        let record = net.says(script, &id, "ratified by all parties");
        assert!(told(&record).contains("0 of 8 ratified"), "version 2 stays a draft: {}", told(&record));
    }
    net.settle();

    // A machine with nothing but the file.
    let record = convener.record(&id).unwrap();
    let files = record["files"].as_array().unwrap();
    let versions: Vec<&str> = files.iter().filter_map(|file| file["name"].as_str()?.strip_suffix(".json")).collect();
    let [second, first] = versions[..] else { panic!("two versions: {files:?}") };
    let file = net["kemnaker"].file("kesepakatan.json");
    let export = |version: &str| {
        net["kemnaker"].ask(&["agreement", "export", &id, "--agreement-version", version, "--out", &file]).done()
    };
    export(first);
    let told = Answer::of(&mut simpul(["agreement", "verify", &file])).done();
    assert_eq!(told.matches("ratifies").count(), 8, "{told}");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).unwrap();
    Answer::of(&mut simpul(["agreement", "verify", &file])).failed();
    fs::remove_file(&file).unwrap();
    export(second);
    let told = Answer::of(&mut simpul(["agreement", "verify", &file])).failed();
    assert!(told.contains("not every required party"), "{told}");
}

#[test]
fn two_officials_of_one_ministry_sign_different_versions_while_cut_off_and_neither_counts_until_one_is_withdrawn() {
    let mut net = Network::of(&["kemnaker", "kemenkes"], true);
    net.init_further("kemenkes 2", "kemenkes");
    net.admit("kemenkes 2", "kemenkes");
    net.start("kemenkes 2");
    let [convener, first, second] = ["kemnaker", "kemenkes", "kemenkes 2"].map(|label| Script::at(&net[label]));
    let id = agenda(&convener, &net.ids(&["kemenkes"]), "Adendum", json!({}));
    net.says(&first, &id, "bertukar data peserta");
    first.gives_mandate(&id, "Budi");
    convener.gives_mandate(&id, "Ani");
    convener.say(&id, "final", json!({}));
    for script in [&first, &second] {
        net.says(script, &id, "0 of 2 ratified");
        net.until("the mandate is known", || offered(&script.record(&id)?, "ratification", "mandate"));
    }
    // The first machine loses its line and signs version 1; the second hears of version 2, loses its own, and signs that.
    net.cut_off("kemenkes");
    net.signs(&first, &id, "menetapkan");
    edits(&convener, &id, "Para pihak bertukar data peserta setiap bulan.");
    convener.say(&id, "final", json!({}));
    net.says(&second, &id, "Version 2 · Adendum");
    net.cut_off("kemenkes 2");
    net.signs(&second, &id, "menetapkan");
    net.signs(&convener, &id, "menetapkan");
    net.reconnect("kemenkes");
    net.reconnect("kemenkes 2");
    for script in [&convener, &first, &second] {
        net.says(script, &id, "ratified two versions: withdraw one");
        let record = script.record(&id).unwrap();
        assert!(!told(&record).contains("ratified by all parties"), "{}", told(&record));
    }
    // It withdraws the older one; the newer one stands.
    let record = first.record(&id).unwrap();
    let inputs = record["asks"].as_array().unwrap().iter().find(|asked| asked["fact"] == "ratification").unwrap();
    let versions = &inputs["inputs"][0]["kind"]["choice"];
    let older = versions.as_array().unwrap().last().unwrap()[0].clone();
    let mandate = offered(&record, "ratification", "mandate");
    first.say(&id, "ratification", json!({ "version": older, "mandate": mandate, "says": "menarik" }));
    for script in [&convener, &first, &second] {
        net.says(script, &id, "ratified by all parties");
    }
    net.settle();
}

#[test]
fn a_signature_counts_up_to_the_cut_off_of_the_key_that_gave_it() {
    let net = Network::of(&["kemnaker", "kemenkes", "jateng"], true);
    let [convener, province] = ["kemnaker", "jateng"].map(|label| Script::at(&net[label]));
    let id = agenda(&convener, &net.ids(&["jateng"]), "Adendum", json!({}));
    net.says(&province, &id, "bertukar data peserta");
    province.gives_mandate(&id, "Citra");
    convener.gives_mandate(&id, "Ani");
    convener.say(&id, "final", json!({}));
    net.says(&province, &id, "0 of 2 ratified");
    net.signs(&province, &id, "menetapkan");
    net.says(&convener, &id, "1 of 2 ratified");
    net.cut_off("jateng");
    // Whoever has the laptop now takes the word back, and nobody hears it before the cut-off.
    net.signs(&province, &id, "menarik");
    net.says(&province, &id, "0 of 2 ratified");
    let key = net["jateng"].key.clone();
    net["kemnaker"].ask(&["remove", "--node", &key, "--reason", "laptop hilang"]).done();
    net["kemnaker"].ask(&["cutoff", "--node", &key, "--at", "held"]).done();
    net.reconnect("jateng");
    net.until("the stolen laptop is refused", || net["kemnaker"].log_contains("turned away").then_some(()));
    net.signs(&convener, &id, "menetapkan");
    let record = net.says(&convener, &id, "ratified by all parties");
    assert!(told(&record).contains("ratifies (Citra"), "{}", told(&record));
}

#[test]
fn an_open_agenda_never_lies_in_the_files_of_an_office_that_is_no_party() {
    /// Whole inside one value, and nowhere else.
    const MARK: &str = "Zzyqmarkagenda";
    let net = Network::of(&["kemnaker", "kemenkes", "jateng", "wonosobo", "kuripan"], true);
    let [convener, party] = ["kemnaker", "kemenkes"].map(|label| Script::at(&net[label]));
    let id = agenda(&convener, &net.ids(&["kemenkes"]), MARK, json!({ "purpose": "Zzyqmarkpurpose" }));
    net.says(&party, &id, "bertukar data peserta");
    // What the party drafts inside its office stays there until it is released.
    let draft = party.begin("rancangan", json!({ "from": id }));
    let article = offered(&party.record(&draft).unwrap(), "draft_stand", "article").unwrap();
    let stand = json!({ "article": article, "stance": "keberatan", "why": "Zzyqmarkdraft",
        "proposes": "Data dikirim mulai 2027." });
    party.say(&draft, "draft_stand", stand);
    party.say(&draft, "disposition", json!({ "from": "Sekjen", "to": "Karo Hukum", "instruction": "Zzyqmarktelaah" }));
    party.say(&draft, "initials", json!({ "level": "Karo Hukum", "date": "01-02-2026" }));
    let why = party.refused(&draft, "release", json!({ "mandate": "" }));
    assert!(why.contains("Released") || why.contains("Dirilis"), "without a mandate: {why}");
    net.settle();
    assert!(convener.record(&draft).is_none());
    party.gives_mandate(&id, "Budi");
    let mandate = offered(&party.record(&draft).unwrap(), "release", "mandate").unwrap();
    party.say(&draft, "release", json!({ "mandate": mandate }));
    net.says(&convener, &id, "Zzyqmarkdraft");
    net.settle();
    net.stop_all();
    let held = |label: &str| Folder::read(&net[label].folder);
    // The search finds it where it may be: so it would find it where it may not.
    for word in [MARK, "Zzyqmarkpurpose", "Zzyqmarkdraft"] {
        assert!(!held("kemnaker").find(word).is_empty(), "{word}");
    }
    assert!(!held("kemenkes").find("Zzyqmarktelaah").is_empty());
    assert_eq!(held("kemnaker").find("Zzyqmarktelaah"), Vec::<String>::new(), "a disposition is internal");
    for label in ["jateng", "wonosobo", "kuripan"] {
        assert_eq!(held(label).find("Zzyqmark"), Vec::<String>::new(), "{label}");
        assert_eq!(held(label).find("agenda/"), Vec::<String>::new(), "{label}");
    }
}

#[test]
fn a_silent_party_is_told_as_silent_and_its_own_word_replaces_what_a_letter_said() {
    let net = Network::of(&["kemnaker", "kemenkes", "kemendesa"], true);
    let [convener, late, silent] = ["kemnaker", "kemenkes", "kemendesa"].map(|label| Script::at(&net[label]));
    let parties = net.ids(&["kemenkes", "kemendesa"]);
    let more = json!({ "stands_by": "01-03-2020", "outside": "Bank Negara Indonesia" });
    let id = agenda(&convener, &parties, "Kredit usaha purna", more);
    for script in [&late, &silent] {
        net.says(script, &id, "silent since 01-03-2020: silence is no answer");
    }
    let record = convener.record(&id).unwrap();
    let article = offered(&record, "stand", "article").unwrap();
    let office = net["kemenkes"].status().office.id;
    let noted = json!({ "article": article, "stance": "setuju", "party": format!("office:{office}"),
        "source": "surat", "number": "HK.01/12/2020", "source_date": "02-03-2020" });
    convener.say(&id, "stand", noted);
    net.says(&late, &id, "supports (not confirmed)");
    // What is recorded for a party ratifies nothing, and its own word takes the place of it.
    let own = json!({ "article": article, "stance": "keberatan", "why": "Bunganya belum jelas.",
        "proposes": "Bunga paling tinggi enam persen." });
    late.say(&id, "stand", own);
    let record = net.says(&convener, &id, "objects: Bunganya belum jelas.");
    let text = told(&record);
    assert!(!text.contains("not confirmed") && text.contains("silent since"), "{text}");
    net.settle();
}

#[test]
fn a_paragraph_that_two_ministries_rewrite_at_once_is_read_again_before_the_text_is_final() {
    let net = Network::of(&["kemnaker", "kemenkes"], true);
    let (one, two) = (Script::at(&net["kemnaker"]), Script::at(&net["kemenkes"]));
    let id = agenda(&one, &net.ids(&["kemenkes"]), "Pertukaran data", json!({}));
    net.says(&two, &id, "bertukar data peserta");
    one.gives_mandate(&id, "Ani");
    net.cut_off("kemenkes");
    edits(&one, &id, "Para pihak bertukar data setiap bulan.");
    edits(&two, &id, "Para pihak bertukar data setiap pekan.");
    net.reconnect("kemenkes");
    for script in [&one, &two] {
        let both = |record: &Value| ["setiap bulan", "setiap pekan"].iter().all(|text| told(record).contains(text));
        net.until("both wordings are shown", || script.record(&id).filter(both));
    }
    let refused = one.refused(&id, "final", json!({}));
    assert!(refused.contains("read again"), "{refused}");
    edits(&two, &id, "Para pihak bertukar data setiap pekan.");
    net.until("one wording is left", || one.record(&id).filter(|record| !told(record).contains("setiap bulan")));
    one.say(&id, "final", json!({}));
    net.says(&two, &id, "0 of 2 ratified");
}

#[test]
fn a_commitment_that_lapses_goes_to_the_superior_and_its_feedback_into_the_next_agenda() {
    let net = Network::of(&["kemnaker", "kemenkes", "kemendesa"], true);
    let [convener, owner, superior] = ["kemnaker", "kemenkes", "kemendesa"].map(|label| Script::at(&net[label]));
    let [_, of_owner, of_superior] = ["kemnaker", "kemenkes", "kemendesa"].map(|label| net.ids(&[label]));
    let promise = json!({ "deliverable": "Data peserta triwulan", "owner": of_owner, "due": "01-03-2026",
        "superior": "Menteri", "superior_office": of_superior });
    let id = convener.begin("komitmen", promise);
    net.says(&owner, &id, "not accepted by its owner");
    owner.say(&id, "acceptance", json!({ "date": "02-01-2026" }));
    net.says(&superior, &id, "breached");
    // The one who is to speak is away when it lapses, and says so as soon as its line is back.
    net.cut_off("kemendesa");
    superior.say(&id, "sanction", json!({ "kind": "teguran", "date": "02-05-2026", "text": "Kirim segera." }));
    net.reconnect("kemendesa");
    net.says(&owner, &id, "reprimand: Kirim segera.");
    owner.say(&id, "feedback", json!({ "text": "Perlu tenaga data.", "date": "03-05-2026" }));
    net.says(&convener, &id, "Perlu tenaga data.");
    let next = convener.opens_agenda(&of_owner, "Tenaga data", json!({ "from": id }));
    net.until("the owner holds the next agenda", || owner.record(&next));
    net.until("the feedback is taken up", || {
        owner.record(&id).filter(|record| !told(record).contains("Feedback for the next round"))
    });
}
