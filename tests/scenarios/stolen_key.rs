//! A key is stolen and used beside its owner.
//!
//! The thief has the owner's whole disk. Both take turns in one folder, for a copy elsewhere would notice that it is one
//! and begin journals of its own.

use simpul_tests::harness::{Image, Network};

use crate::{
    IDENTITY, KURIPAN, PARTICIPATION,
    health::{figure, tells, told_no_more},
};

/// Waits until these offices list exactly these, and hold nothing back.
fn lists(net: &Network, labels: &[&str], names: &[&str]) {
    for label in labels {
        net.until(&format!("{label} lists {names:?}"), || (net[*label].names() == names).then_some(()));
        net.until(&format!("nothing is frozen at {label}"), || {
            net[*label].status().scopes.iter().all(|scope| !scope.frozen).then_some(())
        });
    }
}

#[test]
fn a_stolen_key_beside_its_owner_is_frozen_cut_and_replaced_and_nothing_of_the_owner_is_lost() {
    let mut net = Network::small();
    let folder = net["kuripan"].folder.clone();
    let key = net["kuripan"].key.clone();
    let bawon = net["kuripan"].register("Bawon", KURIPAN, &["address=Dusun Kuripan"]).person;
    net.settle();
    net["kuripan"].stop();
    let stolen = Image::take(&folder, net.folder().join("stolen"));

    // The owner works on with the cable out, and is told that everything is saved here.
    net.cut_off("kuripan");
    net.start("kuripan");
    net["kuripan"].register("Turyati", KURIPAN, &["phone=0812000001"]);
    net["kuripan"].set(&bawon, &["address=Dusun Sigaok"]);
    net["kuripan"].stop();
    let owners = Image::take(&folder, net.folder().join("owners"));

    // Meanwhile the thief writes where everybody hears it.
    stolen.put_back(&folder);
    net.reconnect("kuripan");
    net.start("kuripan");
    net["kuripan"].register("Palsu", KURIPAN, &[]);
    net["kuripan"].set(&bawon, &["address=Dusun Palsu"]);
    net.settle();
    net.until("the ministry lists the thief's", || (net["kemnaker"].names() == ["Bawon", "Palsu"]).then_some(()));
    net["kuripan"].stop();
    let thiefs = Image::take(&folder, net.folder().join("thiefs"));

    // The owner comes back: two histories of one key.
    owners.put_back(&folder);
    net.start("kuripan");
    for label in ["wonosobo", "jateng", "kemnaker"] {
        net.until(&format!("{label} says that it waits for a cut-off"), || {
            let status = net[label].status();
            let frozen = |name| status.scope(name).is_some_and(|scope| scope.frozen);
            (frozen(IDENTITY) && frozen(PARTICIPATION)).then_some(())
        });
        assert_eq!(net[label].names(), ["Bawon", "Palsu"], "{label} shows what it showed");
    }
    assert_eq!(net["kuripan"].names(), ["Bawon", "Turyati"], "the owner sees what it was told is saved");
    tells(&net, "wonosobo", "fork:", "there are two copies of one device", "ask who uses that device");
    assert_eq!(figure(&net, "wonosobo", "sync_nodes{tier=\"village\",state=\"forked\"}"), 1.0);

    // Asked what is true, the regency cuts to where both agree. The owner's node says its own again.
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--scope", IDENTITY, "--at", "1"]).done();
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--scope", PARTICIPATION, "--at", "1"]).done();
    net.settle();
    let all = ["kuripan", "wonosobo", "jateng", "kemnaker"];
    lists(&net, &all, &["Bawon", "Turyati"]);
    for label in all {
        net.until(&format!("{label} shows the owner's address"), || {
            (net[label].show(&bawon).values("address") == ["Dusun Sigaok"]).then_some(())
        });
        net[label].verify();
    }

    told_no_more(&net, "wonosobo", "fork:");
    net.until("nothing is at the owner's alone", || (net["kuripan"].status().only_here == 0).then_some(()));
    // Nothing is said twice, also after a restart.
    let held = net.settle();
    net["kuripan"].stop();
    net.start("kuripan");
    assert_eq!(net.settle(), held);

    // The key is out in the world, so it goes. What the office wrote stays: the regency built on all of it.
    net["kuripan"].stop();
    for row in net["wonosobo"].list() {
        net["wonosobo"].set(&row.person, &["dusun=Krajan", "resident=yes"]);
    }
    net["wonosobo"].ask(&["remove", "--node", &key, "--reason", "kunci dicuri"]).done();
    net["wonosobo"].ask(&["cutoff", "--node", &key]).done();
    net.settle();
    lists(&net, &all[1..], &["Bawon", "Turyati"]);

    // The thief tries once more.
    thiefs.put_back(&folder);
    net.start("kuripan");
    net.until("it is turned away", || net["wonosobo"].log_contains("turned away").then_some(()));
    net["kuripan"].stop();
    // Of a key that was removed nobody is told but where it calls.
    told_no_more(&net, "wonosobo", "revoked:");

    net.init_further("laptop", "kuripan");
    net.admit("laptop", "wonosobo");
    net.start("laptop");
    net["laptop"].register("Suryati", KURIPAN, &[]);
    net.settle();
    let all = ["laptop", "wonosobo", "jateng", "kemnaker"];
    lists(&net, &all, &["Bawon", "Suryati", "Turyati"]);
    for label in all {
        let turyati = net[label].list().into_iter().find(|row| row.name.as_deref() == Some("Turyati")).unwrap();
        assert_eq!(net[label].show(&turyati.person).values("phone"), ["0812000001"], "{label}");
        assert_eq!(net[label].show(&bawon).values("address"), ["Dusun Sigaok"], "{label}");
        net[label].verify();
    }
}
