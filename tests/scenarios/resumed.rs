//! A large join that is cut in the middle goes on from where it was.

use std::{fs, num::NonZeroU32};

use simpul_tests::harness::{Network, Weather};

/// Enough for several sealed pages in each scope.
const PERSONS: usize = 10_000;

/// A village's line, in bytes a second. A line as fast as the loopback has all of it under way at once (a peer may send
/// 1 MiB ahead of the disk), and a cut there tells nothing about resuming.
const LINE: u32 = 48 * 1024;

/// What one cut may cost, in bytes: the page that was crossing, what a busy machine had not on its disk yet, and the
/// greeting of the next session.
const UNDER_WAY_MAX: u64 = 128 * 1024;

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
    let narrow = Weather { bytes_per_second: NonZeroU32::new(LINE), ..Weather::FAIR };
    road.set(narrow, narrow);

    // How much it is without any cut, at another office.
    let whole = net.road("jateng", "kuripan");
    net.start_calling("jateng", &net.call("jateng", "kuripan"));
    let entries = |label: &str| net[label].status().scopes.iter().map(|scope| scope.entries).sum::<u64>();
    let all = entries("kuripan");
    assert_eq!(all, 2 * PERSONS as u64);
    net.until("the province holds everything", || (entries("jateng") == all).then_some(()));
    let whole = whole.crossed().1.udp;

    for _ in 1..=10 {
        net.start_calling("wonosobo", &net.call("wonosobo", "kuripan"));
        let before = road.crossed().1.udp;
        net.until("a further part crossed", || (road.crossed().1.udp > before + whole / 11).then_some(()));
        road.set(Weather::CUT, Weather::CUT);
        net["wonosobo"].kill();
        road.set(narrow, narrow);
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
