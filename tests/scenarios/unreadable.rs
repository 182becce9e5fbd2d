//! Removal by an office that cannot read everything that the removed node wrote: the key is refused everywhere, what the
//! remover cannot read is frozen at those who hold it, and its cut-off comes from an office that reads it.

use simpul_tests::harness::Network;

use crate::{IDENTITY, KURIPAN, PARTICIPATION, newer};

/// What Desa Kuripan spent: the village and its regency read it.
const MONEY: &str = "money/33.07.10.2004";

/// Whom Desa Kuripan looks after: nobody but the village reads it.
const CARE: &str = "care/33.07.10.2004";

fn frozen(net: &Network, label: &str) -> Vec<String> {
    net[label].status().scopes.into_iter().filter(|scope| scope.frozen).map(|scope| scope.name).collect()
}

/// Waits until exactly these scopes are frozen at an office.
fn until_frozen(net: &Network, label: &str, scopes: &[&str]) {
    net.until(&format!("at {label} exactly {scopes:?} are frozen"), || (frozen(net, label) == scopes).then_some(()));
}

/// Starts the removed node again, which must be refused by whom it calls.
fn comes_back_in_vain(net: &Network, others: &[&str]) {
    let key = &net["kuripan"].key;
    net.start("kuripan");
    net.until("the removed key was turned away by whom it calls", || {
        ["wonosobo", "jateng"].iter().all(|label| net[*label].log_contains("turned away")).then_some(())
    });
    for label in others {
        let status = net[*label].status();
        assert!(status.peers.iter().all(|peer| peer.node != *key), "{label}: {status:?}");
        let nodes = net[*label].charter().offices.into_iter().flat_map(|office| office.nodes);
        let states: Vec<_> = nodes.filter(|node| node.key == *key).map(|node| node.state).collect();
        assert_eq!(states, ["removed"], "{label}");
    }
    net["kuripan"].stop();
}

#[test]
fn a_ministry_that_may_not_know_who_the_people_are_removes_a_key_and_the_regency_cuts_the_rest() {
    let net = Network::of(&["kemnaker", "kemenkes", "jateng", "wonosobo", "kuripan"], true);
    let key = net["kuripan"].key.clone();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    net["kuripan"].stop();
    net["kemenkes"].ask(&["remove", "--node", &key, "--reason", "laptop hilang"]).done();
    until_frozen(&net, "kemenkes", &[PARTICIPATION]);
    for label in ["kemnaker", "jateng", "wonosobo"] {
        until_frozen(&net, label, &[IDENTITY, PARTICIPATION]);
        assert_eq!(net[label].names(), ["Bawon"], "{label} shows what it showed");
    }
    comes_back_in_vain(&net, &["kemnaker", "kemenkes", "jateng", "wonosobo"]);

    // The remover cuts what it reads, and only that.
    let told = net["kemenkes"].ask(&["cutoff", "--node", &key, "--scope", IDENTITY, "--at", "held"]).failed();
    assert!(told.contains("an office that reads what it wrote has to give the cut-off"), "{told}");
    net["kemenkes"].ask(&["cutoff", "--node", &key, "--at", "held"]).done();
    until_frozen(&net, "kemenkes", &[]);
    for label in ["kemnaker", "jateng", "wonosobo"] {
        until_frozen(&net, label, &[IDENTITY]);
    }
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--scope", IDENTITY, "--at", "held"]).done();
    net.settle();
    for label in ["kemnaker", "jateng", "wonosobo"] {
        until_frozen(&net, label, &[]);
        assert_eq!(net[label].names(), ["Bawon"], "{label}");
        net[label].verify();
    }
    let rows = net["kemenkes"].list();
    assert!(rows.len() == 1 && rows[0].name.is_none(), "{rows:?}");
    net["kemenkes"].verify();
}

#[test]
fn what_nobody_above_reads_is_cut_by_another_node_of_the_same_office() {
    let mut net = Network::small();
    net.init_further("laptop", "kuripan");
    net.admit("laptop", "wonosobo");
    let key = net["kuripan"].key.clone();
    net["kuripan"].stop();
    newer::write(&net["kuripan"].folder, MONEY, "amount", "250000");
    newer::write(&net["kuripan"].folder, CARE, "visit", "Zzyqmark visit");
    net.start("kuripan");
    let calls: Vec<String> = net.calls("laptop").into_iter().chain(net.call("laptop", "kuripan")).collect();
    net.start_calling("laptop", &calls);
    net.settle();
    net.until("each who may read it holds it", || {
        let holds = |label: &str, scope| net[label].status().scope(scope).is_some_and(|scope| scope.entries == 1);
        (holds("laptop", MONEY) && holds("laptop", CARE) && holds("wonosobo", MONEY)).then_some(())
    });
    net["kuripan"].stop();

    // The province reads neither.
    net["jateng"].ask(&["remove", "--node", &key, "--reason", "laptop hilang"]).done();
    until_frozen(&net, "jateng", &[]);
    until_frozen(&net, "wonosobo", &[MONEY]);
    until_frozen(&net, "laptop", &[CARE, MONEY]);
    comes_back_in_vain(&net, &["kemnaker", "jateng", "wonosobo", "laptop"]);

    for (label, scope, told) in [
        ("jateng", MONEY, "nothing of node"),
        ("jateng", CARE, "nothing of node"),
        ("wonosobo", CARE, "nothing of node"),
        // The regency is above and reads it.
        ("laptop", MONEY, "its author's office has no say here"),
    ] {
        let answer = net[label].ask(&["cutoff", "--node", &key, "--scope", scope, "--at", "held"]).failed();
        assert!(answer.contains(told) && answer.contains("hint: "), "{label}, {scope}: {answer}");
    }
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--scope", MONEY, "--at", "held"]).done();
    until_frozen(&net, "wonosobo", &[]);
    until_frozen(&net, "laptop", &[CARE]);
    net["laptop"].ask(&["cutoff", "--node", &key, "--scope", CARE, "--at", "held"]).done();
    until_frozen(&net, "laptop", &[]);
    net.settle();
    for label in ["laptop", "wonosobo", "jateng"] {
        net[label].verify();
    }
    // The office goes on with the other node, in every scope.
    net["laptop"].stop();
    newer::write(&net["laptop"].folder, MONEY, "amount", "100000");
    net.start_calling("laptop", &calls);
    net.settle();
    net.until("the regency holds what the laptop wrote", || {
        net["wonosobo"].status().scope(MONEY).is_some_and(|scope| scope.entries == 2).then_some(())
    });
}
