//! A disk goes back in time under a node that wrote on.

use std::{fs, path::Path, process::Command};

use simpul_tests::harness::Network;

use crate::KURIPAN;

#[test]
fn a_node_whose_disk_was_rolled_back_fetches_its_own_entries_back() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    net["kuripan"].stop();
    let image = net.folder().join("image");
    copy_into(&net["kuripan"].folder, &image);

    net.start("kuripan");
    let id = net["kuripan"].register("Turyati", KURIPAN, &[]).person;
    net["kuripan"].set(&id, &["address=Dusun Sigaok"]);
    net.settle();
    net["kuripan"].stop();

    // The same folder, so that nothing but its content tells what happened.
    for entry in fs::read_dir(&net["kuripan"].folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            fs::remove_dir_all(entry.path()).unwrap();
        } else {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    copy_into(&image, &net["kuripan"].folder);
    net.start("kuripan");
    net.settle();
    net.until("what the disk had lost is back", || (net["kuripan"].names() == ["Bawon", "Turyati"]).then_some(()));
    assert_eq!(net["kuripan"].show(&id).values("address"), ["Dusun Sigaok"]);

    net["kuripan"].register("Suryati", KURIPAN, &[]);
    net.settle();
    for label in ["kuripan", "wonosobo", "kemnaker"] {
        net.until(&format!("{label} lists all three"), || {
            (net[label].names() == ["Bawon", "Suryati", "Turyati"]).then_some(())
        });
        assert!(net[label].status().scopes.iter().all(|scope| !scope.frozen), "{label}: nothing is frozen");
        net[label].verify();
    }
}

/// Copies what is in a folder into another.
fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().unwrap();
    assert!(copied.success());
}
