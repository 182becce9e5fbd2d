//! The stick is just another peer.

use std::fs;

use simpul_tests::harness::Network;

use crate::KURIPAN;

#[test]
fn a_bundle_goes_there_and_back_and_opens_for_nobody_else() {
    let net = Network::small();
    // No node runs: commands open the stores themselves.
    net.stop_all();
    net["kuripan"].register("Turyati", KURIPAN, &["address=Dusun Kuripan"]);
    let regency = net["wonosobo"].status().office.id;
    let there = net["kuripan"].file("to-wonosobo.bundle");
    net["kuripan"].ask(&["bundle", "export", "--out", &there, "--for", &regency]).done();
    assert!(!contains(&there, b"Turyati"));

    let told = net["wonosobo"].ask(&["bundle", "import", &there]).done();
    assert!(told.contains(", 2 entries"), "who she is and that she takes part: {told}");
    assert_eq!(net["wonosobo"].names(), ["Turyati"]);
    let id = net["wonosobo"].list()[0].person.clone();
    net["wonosobo"].set(&id, &["address=Dusun Sigaok"]);
    let village = net["kuripan"].status().office.id;
    let back = net["wonosobo"].file("to-kuripan.bundle");
    net["wonosobo"].ask(&["bundle", "export", "--out", &back, "--for", &village]).done();
    net["kuripan"].ask(&["bundle", "import", &back]).done();
    assert_eq!(net["kuripan"].show(&id).values("address"), ["Dusun Sigaok"]);
    let scopes = |label: &str| net[label].status().scopes;
    assert_eq!(scopes("kuripan"), scopes("wonosobo"));
    // Again: nothing changes.
    net["wonosobo"].ask(&["bundle", "import", &there]).done();
    assert_eq!(scopes("kuripan"), scopes("wonosobo"));

    // It is sealed to the regency: neither a namesake nor the ministry opens it.
    for label in ["garung", "kemnaker"] {
        let told = net[label].ask(&["bundle", "import", &there]).failed();
        assert!(told.contains("sealed to another office"), "{told}");
        assert_eq!(net[label].list(), []);
    }
    // Damaged on the way: refused whole.
    let mut bytes = fs::read(&back).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let damaged = net["kuripan"].file("damaged.bundle");
    fs::write(&damaged, bytes).unwrap();
    let told = net["kuripan"].ask(&["bundle", "import", &damaged]).failed();
    assert!(told.contains("damaged"), "{told}");
}

#[test]
fn a_bundle_is_taken_in_by_a_running_node_and_goes_on_from_there() {
    let net = Network::small();
    net["kuripan"].stop();
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    // By its name, which only one office has.
    let stick = net["kuripan"].file("stick.bundle");
    let export = ["bundle", "export", "--out", &stick, "--for", "Pemerintah Kabupaten Wonosobo"];
    net["kuripan"].ask(&export).done();
    let told = net["wonosobo"].ask(&["bundle", "import", &stick]).done();
    assert!(told.contains(", 2 entries"), "who she is and that she takes part: {told}");
    net.until("the ministry lists who came on the stick", || (net["kemnaker"].names() == ["Turyati"]).then_some(()));
}

fn contains(file: &str, word: &[u8]) -> bool {
    fs::read(file).unwrap().windows(word.len()).any(|window| window == word)
}
