//! Offices found a network, join it, write, and see each other's records as their scopes allow.

use simpul_tests::harness::Network;

use crate::{IDENTITY, KURIPAN, PARTICIPATION};

#[test]
fn what_a_village_writes_is_seen_by_those_who_may_see_it() {
    // A ministry that does not lead the programme, an agency, and the line from Kemnaker down to two villages.
    let net = Network::of(&["kemnaker", "kemenkes", "jateng", "wonosobo", "bp3tki", "kuripan", "garung"], true);
    let turyati = net["kuripan"].register("Turyati", KURIPAN, &["group=salak"]);
    assert_eq!(turyati.name.as_deref(), Some("Turyati"));

    let agreed = net.settle();
    assert!(agreed.contains_key(IDENTITY) && agreed.contains_key(PARTICIPATION), "{agreed:?}");
    for label in ["kemnaker", "jateng", "wonosobo", "bp3tki", "kuripan"] {
        net.until(&format!("{label} lists Turyati by name"), || (net[label].list() == [turyati.clone()]).then_some(()));
    }
    // The ministry sees that somebody takes part, and why it is not told who.
    let [row] = net.until("kemenkes lists one participant", || <[_; 1]>::try_from(net["kemenkes"].list()).ok());
    assert_eq!((&row.person, &row.village, row.name), (&turyati.person, &turyati.village, None));
    assert!(row.no_name.is_some_and(|why| !why.is_empty()));
    assert_eq!(row.group.as_deref(), Some("salak"));
    // The namesake in another district sees nothing.
    assert_eq!(net["garung"].list(), []);
    assert_eq!(net["garung"].status().scope_names(), Vec::<&str>::new());
    assert_eq!(net["kemenkes"].status().scope_names(), [PARTICIPATION]);

    net.until("the village knows that its records are held elsewhere", || {
        (net["kuripan"].status().only_here == 0).then_some(())
    });
    for office in net.offices() {
        office.verify();
    }
    net.stop_all();
    // And after everybody went home.
    net.start_all();
    assert_eq!(net.settle(), agreed);
}

#[test]
fn the_thirteen_offices_of_the_programme_end_with_the_same_view() {
    let net = Network::programme();
    net["kuripan"].register("Bawon", KURIPAN, &["group=salak"]);
    net["garung"].register("Suryati", "33.07.12.2007", &[]);
    let agreed = net.settle();
    assert_eq!(agreed.len(), 4, "{agreed:?}");
    for (label, names) in [
        ("kemnaker", &["Bawon", "Suryati"][..]),
        ("bp3tki", &["Bawon", "Suryati"]),
        ("wonosobo", &["Bawon", "Suryati"]),
        ("kuripan", &["Bawon"]),
        ("garung", &["Suryati"]),
        ("kemendesa", &[]),
    ] {
        net.until(&format!("{label} lists {names:?}"), || (net[label].names() == names).then_some(()));
    }
}
