//! Offices that run the version before and offices that run this one are one network: they found it together, see the
//! same, choose what the other wrote, and change over in either direction with what they hold.

use simpul_tests::harness::{Answer, Build, Network, SMALL, simpul};

use crate::{
    KURIPAN,
    health::{figure, health, tells, told_no_more},
};

fn changes_over(net: &Network, label: &str, build: Build) {
    net[label].stop();
    net[label].set_build(build);
    net.start(label);
}

#[test]
fn offices_of_two_versions_share_and_change_over_to_the_newer_and_back() {
    if !Build::before_is_there() {
        return;
    }
    // A regency of the version before stands between a village of each version and the rest.
    let old = ["wonosobo", "kuripan"];
    let net = Network::built(SMALL, true, |short| if old.contains(&short) { Build::Before } else { Build::This });
    let id = net["kuripan"].register("Turyati", KURIPAN, &["address=Dusun Kuripan"]).person;
    net["garung"].register("Sri", "33.07.12.2007", &[]);
    all_show(&net, &["Sri", "Turyati"]);

    // Both wrote one field; who runs the one chooses among values of both.
    net.cut_off("kuripan");
    net["kuripan"].set(&id, &["address=Dusun Sigaok"]);
    net["wonosobo"].set(&id, &["address=Dusun Krajan"]);
    net.reconnect("kuripan");
    net.settle();
    for label in ["kemnaker", "jateng", "wonosobo", "kuripan"] {
        let both = ["Dusun Krajan", "Dusun Sigaok"];
        net.until(&format!("{label} shows both"), || (net[label].show(&id).values("address") == both).then_some(()));
    }

    // Who is newer says who is older, and neither shows something else than the other.
    let told = tells(&net, "kemnaker", "version:", "0.1.0", "update the application");
    assert_eq!(told["level"], "warning", "{told}");
    assert_eq!(figure(&net, "kemnaker", "sync_nodes{tier=\"village\",state=\"old-version\"}"), 1.0);
    assert_eq!(figure(&net, "kemnaker", "fingerprint_mismatch_total"), 0.0);

    // A backup of the version before becomes a node of this one.
    let (stick, restored) = (net["kuripan"].file("before.backup"), net.folder().join("restored"));
    net["kuripan"].ask(&["backup", "--out", &stick]).done();
    let said = Answer::of(simpul(["restore", &stick, "--data"]).arg(&restored)).done();
    assert!(said.contains("held at") && said.contains("0 scans"), "{said}");

    changes_over(&net, "wonosobo", Build::This);
    changes_over(&net, "kuripan", Build::This);
    net["kuripan"].ask(&["participant", "choose", &id, "address", "Dusun Sigaok"]).done();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    all_show(&net, &["Bawon", "Sri", "Turyati"]);
    for label in ["kemnaker", "wonosobo"] {
        health(&net, label);
        told_no_more(&net, label, "version:");
    }

    // A program that is not as it should be is taken back: the version before goes on with what the newer one left.
    changes_over(&net, "kuripan", Build::Before);
    net["kuripan"].register("Suryati", KURIPAN, &[]);
    all_show(&net, &["Bawon", "Sri", "Suryati", "Turyati"]);
    assert_eq!(net["kuripan"].show(&id).values("address"), ["Dusun Sigaok"]);
}

/// The offices above both villages list everybody, and everything is as the journals say.
fn all_show(net: &Network, names: &[&str]) {
    net.settle();
    for label in ["kemnaker", "jateng", "wonosobo"] {
        net.until(&format!("{label} lists {names:?}"), || (net[label].names() == names).then_some(()));
    }
    for office in net.offices() {
        office.verify();
    }
}
