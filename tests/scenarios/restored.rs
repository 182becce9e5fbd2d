//! A village's laptop burns; its backup becomes a new node on another machine.

use simpul_tests::harness::{Network, Office};

use crate::KURIPAN;

/// Bawon is everywhere; Turyati is in the backup alone; Suryati was written after it.
fn burnt() -> (Network, String) {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &["address=Dusun Kuripan"]);
    net.settle();
    net.cut_off("kuripan");
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    let backup = net["kuripan"].file("kuripan.backup");
    let said = net["kuripan"].ask(&["backup", "--out", &backup]).done();
    assert!(said.contains("recovery key"), "{said}");
    net["kuripan"].register("Suryati", KURIPAN, &[]);
    net["kuripan"].kill();
    (net, backup)
}

/// A node made of the backup.
fn restored(net: &Network, label: &str, backup: &str) -> Office {
    let mut office = net["kuripan"].copy(label);
    let said = office.ask(&["restore", backup]).done();
    let key = said.lines().find_map(|line| line.strip_prefix("node ")).expect("`restore` says the node's key");
    assert_ne!(key, office.key, "a restored node has keys of its own");
    office.key = key.to_owned();
    office
}

#[test]
fn a_backup_on_another_machine_is_a_new_node_and_nothing_is_forked() {
    let (mut net, backup) = burnt();
    let id = net["kuripan"].status().office.id;
    let laptop = restored(&net, "laptop", &backup);
    net.take_up(laptop);
    // Before anybody is asked, the officer can read what the office had.
    assert_eq!(net["laptop"].names(), ["Bawon", "Turyati"]);
    let status = net["laptop"].status();
    assert_eq!((status.office.id, status.office.admitted), (id, false));

    net.admit("laptop", "wonosobo");
    net.start("laptop");
    net.settle();
    for label in ["laptop", "wonosobo", "kemnaker"] {
        net.until(&format!("{label} lists what the backup held"), || {
            (net[label].names() == ["Bawon", "Turyati"]).then_some(())
        });
    }
    net["laptop"].register("Wanti", KURIPAN, &[]);

    // The burnt laptop starts once more: what only it had comes back, and its journals go on as they were.
    net.start("kuripan");
    net.reconnect("kuripan");
    net.settle();
    for label in ["kuripan", "laptop", "wonosobo", "kemnaker"] {
        net.until(&format!("{label} lists all four"), || {
            (net[label].names() == ["Bawon", "Suryati", "Turyati", "Wanti"]).then_some(())
        });
        assert!(net[label].status().scopes.iter().all(|scope| !scope.frozen), "{label}: nothing is frozen");
        let registers: std::collections::BTreeSet<_> =
            net[label].list().into_iter().filter_map(|row| row.register).collect();
        assert_eq!(registers.len(), 4, "{label}: no number is given twice: {registers:?}");
        net[label].verify();
    }
}

#[test]
fn a_backup_is_opened_by_its_key_alone() {
    let (net, backup) = burnt();
    let apart = net.folder().join("apart.backup");
    std::fs::copy(&backup, &apart).unwrap();
    let laptop = net["kuripan"].copy("laptop");
    let told = laptop.ask(&["restore", apart.to_str().unwrap()]).failed();
    assert!(told.contains("error:") && told.contains("hint:") && told.contains("--key"), "{told}");
    assert!(!laptop.folder.exists());
    // Nor does any other office's node open it.
    let other = net["wonosobo"].folder.to_str().unwrap().to_owned();
    laptop.ask(&["restore", apart.to_str().unwrap(), "--sibling", &other]).failed();
    assert!(!laptop.folder.exists());
}
