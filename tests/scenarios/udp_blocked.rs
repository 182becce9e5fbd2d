//! A network that lets no UDP through.

use simpul_tests::harness::{Crossed, Network, Weather};

use crate::KURIPAN;

#[test]
fn where_udp_is_blocked_offices_meet_over_tcp() {
    let net = Network::small();
    net["kuripan"].stop();
    net.weather("kuripan", Weather::NO_UDP);
    let before = crossed(&net);
    net.start("kuripan");
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.settle();
    net.until("the regency lists Turyati", || (net["wonosobo"].names() == ["Turyati"]).then_some(()));
    net["wonosobo"].set(&net["wonosobo"].list()[0].person, &["phone=0812000002"]);
    net.settle();
    let after = crossed(&net);
    assert_eq!((before.udp, before.tcp > 0), (after.udp, false), "no datagram passed");
    assert!(after.tcp > 2000, "{after:?}");
}

/// What crossed the village's roads so far, in both directions.
fn crossed(net: &Network) -> Crossed {
    let roads = ["wonosobo", "jateng"].map(|to| net.road("kuripan", to).crossed());
    roads
        .into_iter()
        .flat_map(|(there, back)| [there, back])
        .fold(Crossed::default(), |sum, one| Crossed { udp: sum.udp + one.udp, tcp: sum.tcp + one.tcp })
}

#[test]
fn a_road_that_loses_and_delays_only_slows_offices_down() {
    let net = Network::small();
    net["kuripan"].stop();
    let bad = Weather { delay: std::time::Duration::from_millis(40), lost_per_mille: 100, ..Weather::FAIR };
    net.weather("kuripan", bad);
    net.start("kuripan");
    for number in 0..10 {
        net["kuripan"].register(&format!("Person {number}"), KURIPAN, &[]);
    }
    net.settle();
    net.until("the regency lists all ten", || (net["wonosobo"].names().len() == 10).then_some(()));
}

#[test]
fn a_road_that_carries_one_way_only_loses_nothing() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    // What the village sends is lost, what it is sent arrives.
    for to in ["wonosobo", "jateng"] {
        net.road("kuripan", to).set(Weather::CUT, Weather::FAIR);
    }
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net["wonosobo"].register("Rubiyati", KURIPAN, &[]);
    net.reconnect("kuripan");
    net.settle();
    net.until("the regency lists all three", || {
        (net["wonosobo"].names() == ["Bawon", "Rubiyati", "Turyati"]).then_some(())
    });
}
