//! A node may write before it is admitted.

use std::fs;

use serde_json::json;
use simpul_tests::harness::{Network, Script, place};

use crate::KURIPAN;

#[test]
fn what_a_village_wrote_before_its_admission_counts_once_it_is_admitted() {
    let mut net = Network::of(&["kemnaker", "jateng", "wonosobo"], true);
    net.init("kuripan");
    let table = net["kuripan"].file("participants.csv");
    fs::write(&table, include_str!("../../config/reference/kuripan_participants_2017.csv")).unwrap();
    net["kuripan"].ask(&["participant", "import", &table]).done();
    net["kuripan"].register("Turyati binti Rohmat", KURIPAN, &["address=Dusun Sigaok"]);
    assert_eq!(net["kuripan"].list().len(), 51);
    assert!(!net["kuripan"].status().office.admitted);

    // The regency approves while it runs; the invite goes back by hand.
    net.admit("kuripan", "wonosobo");
    net.start("kuripan");
    net.settle();
    assert!(net["kuripan"].status().office.admitted);
    let names = net["kuripan"].names();
    for label in ["wonosobo", "jateng", "kemnaker"] {
        net.until(&format!("{label} lists all 51"), || (net[label].names() == names).then_some(()));
    }
    assert_eq!(net["kuripan"].status().waiting() + net["kuripan"].status().refused(), 0);
    let village = net["wonosobo"].charter().offices.into_iter().find(|office| office.region == place("kuripan").region);
    assert_eq!(village.map(|office| office.name).as_deref(), Some("Desa Kuripan"));
}

#[test]
fn a_village_that_joins_later_receives_what_a_posko_took_in_for_its_people() {
    let mut net = Network::of(&["kemnaker", "jateng", "wonosobo"], true);
    let regency = Script::at(&net["wonosobo"]).for_village(KURIPAN);
    let case = regency.begin("pengaduan", json!({ "village": KURIPAN, "kind": "abuse", "name": "Maria" }));
    let other = regency.begin("pengaduan", json!({ "village": "33.07.10.2005", "kind": "abuse", "name": "Ani" }));
    drop(regency);
    net.init("kuripan");
    net.admit("kuripan", "wonosobo");
    net.start("kuripan");
    let village = Script::at(&net["kuripan"]);
    net.until("the village holds the case", || village.record(&case));
    village.say(&case, "handling", json!({ "step": "acted", "date": "02-03-2026" }));
    net.settle();
    assert!(village.record(&other).is_none(), "a case of another village");
}

#[test]
fn a_node_that_nobody_admitted_is_turned_away() {
    let mut net = Network::of(&["kemnaker", "jateng", "wonosobo"], true);
    net.init("kuripan");
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    // It knows the network's id, which is no secret, but no statement admits it.
    let founding = net.folder().join("founding");
    net["kuripan"].ask(&["join", founding.to_str().unwrap()]).done();
    net.start("kuripan");
    net.until("the regency turned a peer away", || net["wonosobo"].log_contains("turned away").then_some(()));
    assert_eq!(net["wonosobo"].list(), []);
    assert_eq!(net["wonosobo"].status().scope_names(), Vec::<&str>::new());
    // Admitted after all: what it wrote comes.
    net.admit("kuripan", "wonosobo");
    net.settle();
    net.until("the regency lists Turyati", || (net["wonosobo"].names() == ["Turyati"]).then_some(()));
}

#[test]
fn an_invited_office_that_has_met_nobody_is_told_what_it_lacks_to_admit_others() {
    let mut net = Network::empty(true);
    for label in ["kemnaker", "jateng", "wonosobo"] {
        net.init(label);
    }
    net.found(&["kemnaker"]);
    net.admit("jateng", "kemnaker");
    let (request, invite) = (net["wonosobo"].file("request"), net["wonosobo"].file("invite"));
    net["wonosobo"].ask(&["request", "--out", &request]).done();
    let approve = ["approve", &request, "--out", &invite];
    let told = net["jateng"].ask(&approve).failed();
    assert!(told.contains("the founding") && told.contains("hint: it comes with the first connection"), "{told}");
    // The founding may come by hand as well.
    let founding = net.folder().join("founding");
    net["jateng"].ask(&["join", founding.to_str().unwrap()]).done();
    net["jateng"].ask(&approve).done();
    net["wonosobo"].ask(&["join", &invite]).done();
}
