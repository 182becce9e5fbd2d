//! A disk goes back in time under a node that wrote on.

use simpul_tests::harness::{Image, Network};

use crate::KURIPAN;

#[test]
fn a_node_whose_disk_was_rolled_back_fetches_its_own_entries_back() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    net["kuripan"].stop();
    let image = Image::take(&net["kuripan"].folder, net.folder().join("image"));

    net.start("kuripan");
    let id = net["kuripan"].register("Turyati", KURIPAN, &[]).person;
    net["kuripan"].set(&id, &["address=Dusun Sigaok"]);
    net.settle();
    net["kuripan"].stop();

    image.put_back(&net["kuripan"].folder);
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

/// Kuripan's disk goes back in time after it was heard, and it writes something else: two histories.
pub(crate) fn goes_back_and_writes_on(net: &Network) {
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    net["kuripan"].stop();
    let image = Image::take(&net["kuripan"].folder, net.folder().join("image"));
    net.start("kuripan");
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.settle();
    net["kuripan"].stop();
    image.put_back(&net["kuripan"].folder);
    // Its cable is out, so that nobody tells it, and it writes.
    net.cut_off("kuripan");
    net.start("kuripan");
    net["kuripan"].register("Suryati", KURIPAN, &[]);
    net.reconnect("kuripan");
}

#[test]
fn two_histories_after_a_rollback_out_of_reach_are_frozen_cut_and_nothing_is_lost() {
    let net = Network::small();
    goes_back_and_writes_on(&net);
    // Everybody says that there are two histories, and shows what it showed.
    let frozen = |label: &str| net[label].status().scopes.iter().all(|scope| scope.frozen);
    for (label, names) in [("wonosobo", ["Bawon", "Turyati"]), ("kemnaker", ["Bawon", "Turyati"])] {
        net.until(&format!("{label} says that it waits for a cut-off"), || frozen(label).then_some(()));
        assert_eq!(net[label].names(), names, "{label}");
    }
    // The regency decides which one counts; the other's words are said again by the node that wrote them.
    let key = net["kuripan"].key.clone();
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--at", "held"]).done();
    net.settle();
    for label in ["kuripan", "wonosobo", "kemnaker"] {
        net.until(&format!("{label} lists all three"), || {
            (net[label].names() == ["Bawon", "Suryati", "Turyati"]).then_some(())
        });
        assert!(net[label].status().scopes.iter().all(|scope| !scope.frozen), "{label}: nothing is frozen");
        net[label].verify();
    }
}
