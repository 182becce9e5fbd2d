//! The founders narrow who may read; honest nodes stop at once.

use serde_json::Value;
use simpul_tests::harness::Network;

use crate::{IDENTITY, KURIPAN};

#[test]
fn an_office_that_may_no_longer_read_is_sent_nothing_more_and_shows_nothing_more() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    net.until("the province lists Bawon", || (net["jateng"].names() == ["Bawon"]).then_some(()));

    let mut grants: Vec<Value> = net["kemnaker"].ask(&["charter", "policy", "--json"]).json();
    let before = grants.len();
    grants.retain(|grant| grant["holder"] != "province" || grant["class"] != "identity");
    assert_eq!(grants.len(), before - 1);
    let office = &net["kemnaker"];
    let [policy, act, signature] = ["policy", "act", "signature"].map(|name| office.file(name));
    std::fs::write(&policy, serde_json::to_vec(&grants).unwrap()).unwrap();
    office.ask(&["charter", "propose", "--out", &act, "--policy", &policy]).done();
    office.ask(&["charter", "sign", &act, "--out", &signature]).done();
    office.ask(&["charter", "enact", &act, &signature]).done();

    net.until("the province shows no name any more", || {
        let rows = net["jateng"].list();
        (rows.len() == 1 && rows[0].name.is_none() && rows[0].no_name.is_some()).then_some(())
    });
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.until("the regency lists both", || (net["wonosobo"].names() == ["Bawon", "Turyati"]).then_some(()));
    net.until("the province sees that there are two, and no name", || {
        let rows = net["jateng"].list();
        (rows.len() == 2 && rows.iter().all(|row| row.name.is_none())).then_some(())
    });
    // What it had is shown no more, and nothing was added to it.
    let status = net["jateng"].status();
    assert!(status.scope(IDENTITY).is_none_or(|scope| (scope.documents, scope.entries) == (0, 1)), "{status:?}");
    for label in ["kuripan", "wonosobo", "jateng", "kemnaker"] {
        net[label].verify();
    }
}
