//! Somebody copies a data folder and both run.

use std::process::Command;

use simpul_tests::harness::Network;

use crate::KURIPAN;

#[test]
fn a_copied_folder_that_runs_beside_its_original_loses_nothing_and_forks_nothing() {
    let mut net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    net["kuripan"].stop();
    let copy = net["kuripan"].copy("copy");
    let copied = Command::new("cp").arg("-a").arg(&net["kuripan"].folder).arg(&copy.folder).status().unwrap();
    assert!(copied.success());
    net.take_up(copy);
    net.start("kuripan");
    net.start("copy");
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net["copy"].register("Suryati", KURIPAN, &[]);
    net.settle();
    for label in ["kuripan", "copy", "wonosobo", "kemnaker"] {
        net.until(&format!("{label} lists all three"), || {
            (net[label].names() == ["Bawon", "Suryati", "Turyati"]).then_some(())
        });
        assert!(net[label].status().scopes.iter().all(|scope| !scope.frozen), "{label}: nothing is frozen");
        net[label].verify();
    }
}
