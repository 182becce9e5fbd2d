//! The index is nothing but an index.

use std::fs;

use simpul_tests::harness::{Network, Status};

use crate::{KURIPAN, PARTICIPATION, files::Folder};

#[test]
fn an_index_that_is_gone_is_built_again_from_the_journals() {
    let (net, before) = written();
    net["kuripan"].stop();
    fs::remove_dir_all(net["kuripan"].folder.join("index")).unwrap();
    net.start("kuripan");
    same(&net, &before);
}

#[test]
fn views_that_are_gone_are_built_again() {
    let (net, before) = written();
    net["kuripan"].stop();
    for file in fs::read_dir(&net["kuripan"].folder).unwrap().map(Result::unwrap) {
        if file.file_name().to_string_lossy().starts_with("views.sqlite") {
            fs::remove_file(file.path()).unwrap();
        }
    }
    net.start("kuripan");
    same(&net, &before);
}

#[test]
fn doctor_rebuilds_the_index_and_loses_nothing() {
    let (net, before) = written();
    net["kuripan"].stop();
    net["kuripan"].ask(&["doctor", "--rebuild"]).done();
    net.start("kuripan");
    same(&net, &before);
}

fn written() -> (Network, Status) {
    let net = Network::small();
    for number in 0..5 {
        net["kuripan"].register(&format!("Person {number}"), KURIPAN, &["group=salak"]);
    }
    net["wonosobo"].register("Rubiyati", KURIPAN, &[]);
    net.settle();
    net.until("the village lists all six", || (net["kuripan"].list().len() == 6).then_some(()));
    let before = net["kuripan"].status();
    (net, before)
}

/// Same fingerprints; the next entry continues the same journal, so no new incarnation was drawn.
fn same(net: &Network, before: &Status) {
    let after = net["kuripan"].status();
    assert_eq!(after.scopes, before.scopes);
    assert_eq!(net["kuripan"].list().len(), 6);
    net["kuripan"].verify();
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.settle();
    net["kuripan"].stop();
    let folder = Folder::read(&net["kuripan"].folder);
    assert_eq!(folder.journals_of(PARTICIPATION, &net["kuripan"].key).len(), 1, "the same incarnation goes on");
}
