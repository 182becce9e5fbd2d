//! A village works with the cable out, and catches up.

use simpul_tests::harness::Network;

use crate::{KURIPAN, PARTICIPATION};

#[test]
fn what_is_written_with_the_cable_out_arrives_when_it_is_back() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    let before = net.settle();
    net.cut_off("kuripan");
    let written = ["Farida", "Suryati", "Turyati"];
    for name in written {
        net["kuripan"].register(name, KURIPAN, &[]);
    }
    net["wonosobo"].register("Rubiyati", KURIPAN, &[]);
    // The village counts what is nowhere else, and nobody else knows of it.
    assert!(net["kuripan"].status().only_here >= 2 * written.len() as u64);
    assert_eq!(net["kuripan"].names(), ["Bawon", "Farida", "Suryati", "Turyati"]);
    net.until("the province lists what the regency wrote", || {
        (net["jateng"].names() == ["Bawon", "Rubiyati"]).then_some(())
    });

    net.reconnect("kuripan");
    let after = net.settle();
    assert_ne!(before[PARTICIPATION], after[PARTICIPATION]);
    for label in ["kemnaker", "jateng", "wonosobo", "kuripan"] {
        net.until(&format!("{label} lists all five"), || {
            (net[label].names() == ["Bawon", "Farida", "Rubiyati", "Suryati", "Turyati"]).then_some(())
        });
    }
    net.until("nothing is only at the village", || (net["kuripan"].status().only_here == 0).then_some(()));
}

#[test]
fn a_village_that_was_switched_off_catches_up() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    net["kuripan"].stop();
    // Commands open the store themselves when no node runs.
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net["wonosobo"].register("Rubiyati", KURIPAN, &[]);
    net.start("kuripan");
    net.settle();
    for label in ["wonosobo", "kuripan"] {
        net.until(&format!("{label} lists all three"), || {
            (net[label].names() == ["Bawon", "Rubiyati", "Turyati"]).then_some(())
        });
    }
}
