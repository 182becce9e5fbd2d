//! A large join that is cut in the middle goes on from where it was.

use std::fs;

use simpul_tests::harness::{Network, Weather};

/// Enough for several sealed pages in each scope.
const PERSONS: usize = 10_000;

/// What one cut may cost, in bytes: what was sent and is not on the disk yet, and the greeting of the next session. A peer
/// may have 1 MiB under way; a quarter of that was lost on a busy machine.
const UNDER_WAY_MAX: u64 = 320 * 1024;

#[test]
fn a_join_that_is_cut_at_ten_places_goes_on_and_repeats_little() {
    let net = Network::of(&["kemnaker", "jateng", "wonosobo", "kuripan"], true);
    net.stop_all();
    let mut table = String::from("village_code,group,number,name\n");
    for number in 0..PERSONS {
        table.push_str(&format!("33.07.10.2004,kelompok {},{},Orang {number:05}\n", number / 20, number % 20 + 1));
    }
    let file = net["kuripan"].file("many.csv");
    fs::write(&file, table).unwrap();
    net["kuripan"].ask(&["participant", "import", &file]).done();
    net.start_calling("kuripan", &[]);
    let road = net.road("wonosobo", "kuripan");

    // How much it is without any cut, at another office.
    let whole = net.road("jateng", "kuripan");
    net.start_calling("jateng", &net.call("jateng", "kuripan"));
    let entries = |label: &str| net[label].status().scopes.iter().map(|scope| scope.entries).sum::<u64>();
    let all = entries("kuripan");
    assert_eq!(all, 2 * PERSONS as u64);
    net.until("the province holds everything", || (entries("jateng") == all).then_some(()));
    let whole = whole.crossed().1.udp;

    for cut in 1..=10 {
        net.start_calling("wonosobo", &net.call("wonosobo", "kuripan"));
        net.until("a further part crossed, or all", || {
            let reached = road.crossed().1.udp > whole * cut / 11;
            (reached || entries("wonosobo") == all).then_some(())
        });
        road.set(Weather::CUT, Weather::CUT);
        net["wonosobo"].kill();
        road.set(Weather::FAIR, Weather::FAIR);
    }
    net.start_calling("wonosobo", &net.call("wonosobo", "kuripan"));
    net.until("the regency holds everything", || (entries("wonosobo") == all).then_some(()));
    net.until("it lists everybody", || (net["wonosobo"].list().len() == PERSONS).then_some(()));
    let scopes = |label: &str| net[label].status().scopes;
    assert_eq!(scopes("wonosobo"), scopes("kuripan"));
    let crossed = road.crossed().1.udp;
    assert!(crossed < whole + 10 * UNDER_WAY_MAX, "ten cuts cost {crossed} bytes where {whole} would do without");
    net["wonosobo"].verify();
}
