//! A laptop is lost: its key is removed, what it wrote is frozen, then cut off at a point.

use simpul_tests::harness::Network;

use crate::{IDENTITY, KURIPAN, PARTICIPATION};

/// Everybody holds Bawon.
fn bawon() -> Network {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &["address=Dusun Kuripan"]);
    net.settle();
    net.until("the regency lists Bawon", || (net["wonosobo"].names() == ["Bawon"]).then_some(()));
    net
}

/// Everybody holds Bawon; then the village is removed by the regency.
fn removed() -> Network {
    let net = bawon();
    let key = net["kuripan"].key.clone();
    net["wonosobo"].ask(&["remove", "--node", &key, "--reason", "laptop hilang"]).done();
    net
}

fn connected(net: &Network, label: &str, to: &str) -> bool {
    net[label].status().peers.iter().any(|peer| peer.node == net[to].key)
}

#[test]
fn a_removed_node_is_cut_off_at_once_and_refused_from_then_on() {
    // It is out of reach while it is removed: whoever has it writes on.
    let net = bawon();
    net.cut_off("kuripan");
    let key = net["kuripan"].key.clone();
    net["wonosobo"].ask(&["remove", "--node", &key, "--reason", "laptop hilang"]).done();
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.reconnect("kuripan");
    net.until("its live connections close", || {
        ["wonosobo", "jateng"].iter().all(|label| !connected(&net, label, "kuripan")).then_some(())
    });
    // Also after it was restarted. By now it was told, and writes nothing more that would count nowhere.
    net["kuripan"].stop();
    net.start("kuripan");
    net.until("it was refused again", || net["wonosobo"].log_contains("turned away").then_some(()));
    net["wonosobo"].register("Rubiyati", KURIPAN, &[]);
    for label in ["wonosobo", "jateng", "kemnaker"] {
        net.until(&format!("{label} lists what counts"), || {
            (net[label].names() == ["Bawon", "Rubiyati"]).then_some(())
        });
        let status = net[label].status();
        assert!(status.scope(IDENTITY).is_some_and(|scope| scope.frozen), "{label}: {status:?}");
        assert!(!connected(&net, label, "kuripan"), "{label}");
        let nodes = net[label].charter().offices.into_iter().flat_map(|office| office.nodes);
        let states: Vec<_> = nodes.filter(|node| node.key == net["kuripan"].key).map(|node| node.state).collect();
        assert_eq!(states, ["removed"], "{label}");
    }
}

#[test]
fn nothing_beyond_a_cut_off_is_visible_and_what_others_built_on_it_is_said_again() {
    let net = Network::small();
    // Number 1 of the village's journal of identities is the person, number 2 the address.
    let id = net["kuripan"].register("Bawon", KURIPAN, &["phone=0812000001"]).person;
    net["kuripan"].set(&id, &["address=Dusun Palsu"]);
    net.settle();
    net.until("the regency shows the address", || {
        (net["wonosobo"].show(&id).values("address") == ["Dusun Palsu"]).then_some(())
    });
    net["wonosobo"].set(&id, &["dusun=Sigaok"]);
    let late = net["kuripan"].register("Palsu", KURIPAN, &[]).person;
    net.settle();
    net.until("the ministry lists both", || (net["kemnaker"].names() == ["Bawon", "Palsu"]).then_some(()));

    let key = net["kuripan"].key.clone();
    net["wonosobo"].ask(&["remove", "--node", &key]).done();
    // Below what others built on: refused unless it is meant.
    let cut = ["cutoff", "--node", &key, "--scope", IDENTITY, "--at", "1"];
    let told = net["wonosobo"].ask(&cut).failed();
    assert!(told.contains("1 entries") && told.contains("--void"), "{told}");
    net["wonosobo"].ask(&[&cut[..], &["--void"]].concat()).done();
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--scope", PARTICIPATION, "--at", "1"]).done();
    net["kuripan"].stop();

    net.settle();
    for label in ["wonosobo", "jateng", "kemnaker"] {
        net.until(&format!("{label} shows what counts"), || {
            if net[label].names() != ["Bawon"] {
                return None;
            }
            let shown = net[label].show(&id);
            (shown.values("address").is_empty()
                && shown.values("dusun") == ["Sigaok"]
                && shown.values("phone") == ["0812000001"])
            .then_some(())
        });
        assert!(net[label].list().iter().all(|row| row.person != late), "{label}");
        assert!(net[label].status().scopes.iter().all(|scope| !scope.frozen), "{label}");
        net[label].verify();
    }
}

#[test]
fn a_new_laptop_of_the_office_gets_everything_back() {
    let mut net = removed();
    let key = net["kuripan"].key.clone();
    net["wonosobo"].register("Rubiyati", KURIPAN, &[]);
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--scope", IDENTITY, "--at", "1"]).done();
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--scope", PARTICIPATION, "--at", "1"]).done();
    net["kuripan"].stop();
    let office = net["kuripan"].status().office.id;
    net.init_further("laptop", "kuripan");
    net.admit("laptop", "wonosobo");
    net.start("laptop");
    net.settle();
    net.until("the new laptop lists both", || (net["laptop"].names() == ["Bawon", "Rubiyati"]).then_some(()));
    assert_eq!(net["laptop"].status().office.id, office);
    net["laptop"].register("Turyati", KURIPAN, &[]);
    net.settle();
    net.until("the ministry lists all three", || {
        (net["kemnaker"].names() == ["Bawon", "Rubiyati", "Turyati"]).then_some(())
    });
}
