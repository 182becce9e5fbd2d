//! Two machines whose clocks are a year apart: a time is shown as a claim, and nothing hangs on it.

use simpul_tests::harness::{Network, Participant};

use crate::KURIPAN;

/// Less than a year, more than any clock that is merely wrong.
const APART_MS_MIN: i64 = 300 * 24 * 60 * 60 * 1000;

/// Everybody holds Turyati, whom the village registered by a clock that is this far off.
fn registered_at(offset: &str) -> (Network, String) {
    let net = Network::small();
    net["kuripan"].stop();
    net.start_with_clock("kuripan", offset);
    let id = net["kuripan"].register("Turyati", KURIPAN, &["address=Dusun Kuripan"]).person;
    arrives(&net, &id, &["Dusun Kuripan"]);
    (net, id)
}

/// Waits until every office shows these addresses.
fn arrives(net: &Network, id: &str, addresses: &[&str]) {
    net.settle();
    for label in ["kuripan", "wonosobo", "jateng", "kemnaker"] {
        net.until(&format!("{label} shows {addresses:?}"), || {
            let held = net[label].list().iter().any(|row| row.person == id);
            (held && net[label].show(id).values("address") == addresses).then_some(())
        });
    }
}

/// When an address was written, by the clock of who wrote it.
fn claimed(shown: &Participant, address: &str) -> i64 {
    let mut values = shown.fields.iter().filter(|field| field.field == "address").flat_map(|field| &field.values);
    values.find(|value| value.value == address).unwrap_or_else(|| panic!("{address} is shown: {shown:?}")).time_ms
}

fn all_well(net: &Network) {
    for label in ["kuripan", "wonosobo", "jateng", "kemnaker"] {
        let status = net[label].status();
        assert_eq!((status.waiting(), status.refused()), (0, 0), "{label}: {status:?}");
        assert!(status.scopes.iter().all(|scope| !scope.frozen), "{label}: {status:?}");
        net[label].verify();
    }
}

#[test]
fn what_was_written_last_stands_although_its_clock_says_a_year_before() {
    let (net, id) = registered_at("+365d");
    // The regency saw what the village wrote, so its word comes after, whatever the clocks say; and the other way round.
    net["wonosobo"].set(&id, &["address=Dusun Krajan"]);
    arrives(&net, &id, &["Dusun Krajan"]);
    net["kuripan"].set(&id, &["address=Dusun Sigaok"]);
    arrives(&net, &id, &["Dusun Sigaok"]);
    net["wonosobo"].set(&id, &["address=Dusun Bedali"]);
    arrives(&net, &id, &["Dusun Bedali"]);
    all_well(&net);
}

#[test]
fn what_two_wrote_at_once_a_year_apart_by_their_clocks_is_kept_side_by_side() {
    let (net, id) = registered_at("-365d");
    net.cut_off("kuripan");
    net["kuripan"].set(&id, &["address=Dusun Sigaok"]);
    net["wonosobo"].set(&id, &["address=Dusun Krajan"]);
    net.reconnect("kuripan");
    arrives(&net, &id, &["Dusun Krajan", "Dusun Sigaok"]);
    let shown = net["kemnaker"].show(&id);
    let apart = claimed(&shown, "Dusun Krajan") - claimed(&shown, "Dusun Sigaok");
    assert!(apart > APART_MS_MIN, "the clocks are a year apart: {shown:?}");
    for label in ["kuripan", "wonosobo", "kemnaker"] {
        let conflicts = net[label].conflicts();
        assert_eq!(conflicts.len(), 1, "{label}: {conflicts:?}");
    }
    // The village chooses, and its word stands although the regency's is a year younger by the clocks.
    net["kuripan"].ask(&["participant", "choose", &id, "address", "Dusun Sigaok"]).done();
    arrives(&net, &id, &["Dusun Sigaok"]);
    all_well(&net);
}

#[test]
fn a_clock_that_is_put_right_by_a_year_stops_nothing() {
    let (net, id) = registered_at("+365d");
    net["kuripan"].stop();
    net.start("kuripan");
    // The journal goes on, with a line that claims to be a year older than the one before it.
    net["kuripan"].set(&id, &["address=Dusun Sigaok"]);
    arrives(&net, &id, &["Dusun Sigaok"]);
    net["kuripan"].stop();
    net.start_with_clock("kuripan", "+365d");
    net["kuripan"].set(&id, &["address=Dusun Bedali"]);
    arrives(&net, &id, &["Dusun Bedali"]);
    all_well(&net);
}
