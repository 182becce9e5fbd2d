//! One trouble after the other comes to a network of real nodes: each is told of with its sentence and its remedy, at the
//! command line and to machines alike, where it is and where others look, and is over when it is over.

use serde_json::Value;
use simpul_tests::harness::{Clock, Network};

use crate::{
    KURIPAN, PARTICIPATION,
    health::{OFFICES, figure, health, keys, tells, told_no_more},
    rolled_back::goes_back_and_writes_on,
};

/// The small network and a BP3TKI elsewhere, on machines with one clock.
fn by_clock() -> (Network, Clock) {
    let mut net = Network::small();
    net.init("kupang");
    net.admit("kupang", "kemnaker");
    net.stop_all();
    let clock = Clock::new(net.folder());
    let labels: Vec<String> = net.offices().map(|office| office.label.clone()).collect();
    for label in labels {
        net.start_by_clock(&label, &clock, &[]);
    }
    net.settle();
    (net, clock)
}

fn alert_of(net: &Network, label: &str, kind: &str) -> Option<Value> {
    let (_, said) = health(net, label);
    said["alerts"].as_array().unwrap().iter().find(|alert| alert["key"].as_str().unwrap().starts_with(kind)).cloned()
}

fn refused(net: &Network, label: &str) -> u64 {
    health(net, label).1["refused"].as_u64().unwrap()
}

#[test]
fn a_full_disk_is_told_of_everywhere_and_who_stands_still_behind_it_until_there_is_room() {
    let (net, clock) = by_clock();
    net["wonosobo"].stop();
    // More room than any disk has is to stay free.
    let settings = net["wonosobo"].file("full.toml");
    std::fs::write(&settings, "leave_free_mb = 1_000_000_000\n").unwrap();
    net.start_by_clock("wonosobo", &clock, &["--config".to_owned(), settings]);
    let own = tells(&net, "wonosobo", "full:", "nothing can be saved", "Free room on the disk");
    assert_eq!(own["level"], "critical", "{own}");
    let seen = tells(&net, "kemnaker", "full:", "nothing can be saved", "Call that office: free room on the disk");
    assert_eq!(seen["office"], "Pemerintah Kabupaten Wonosobo");
    assert_eq!(figure(&net, "kemnaker", "sync_nodes{tier=\"regency\",state=\"damaged\"}"), 1.0);
    // Who writes there is told, and nothing pretends to be saved.
    let told = net["wonosobo"].ask(&["participant", "add", "--name", "Suryati", "--village", KURIPAN]).failed();
    assert!(told.contains("full"), "{told}");

    // The village's only way leads through it.
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.watch(&clock, &["kuripan"], "the village tells of it", 180, || alert_of(&net, "kuripan", "stuck:").is_some());
    tells(&net, "kuripan", "stuck:", "is connected but nothing has moved", "check its disk");
    assert_eq!(figure(&net, "kuripan", "sync_nodes{tier=\"regency\",state=\"damaged\"}"), 1.0);

    net["wonosobo"].stop();
    net.start_by_clock("wonosobo", &clock, &[]);
    net.settle();
    for label in ["wonosobo", "kemnaker"] {
        told_no_more(&net, label, "full:");
    }
    told_no_more(&net, "kuripan", "stuck:");
}

#[test]
fn a_wrong_clock_is_told_of_there_and_where_it_is_heard_until_it_is_set() {
    let net = Network::small();
    net.settle();
    net["kuripan"].stop();
    net.start_with_clock("kuripan", "+2h");
    net.settle();
    // The first report of a session may be an old one. What has no backup yet makes it report anew.
    health(&net, "wonosobo");
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    health(&net, "kuripan");
    tells(&net, "wonosobo", "clock:", "minutes ahead", "Call that office: set its clock");
    net["kuripan"].stop();
    net.start("kuripan");
    told_no_more(&net, "wonosobo", "clock:");
}

#[test]
fn a_trail_of_which_somebody_takes_lines_off_is_told_of_where_it_was_heard() {
    let (net, clock) = by_clock();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    let office = net["kuripan"].status().office.id;
    let file = net["kuripan"].folder.join("trail.jsonl");
    let lines = || std::fs::read_to_string(&file).unwrap().lines().count() as u64;
    let heard = || {
        let said = net["wonosobo"].ask(&["health", "office", &office, "--json"]).out;
        let said: Value = serde_json::from_str(&said).unwrap();
        said["nodes"][0]["trail"][0].as_u64() == Some(lines())
    };
    net.watch(&clock, &["kuripan", "wonosobo"], "the regency hears how long the trail is", 20, heard);
    net["kuripan"].stop();
    let whole = std::fs::read_to_string(&file).unwrap();
    let first = whole.split_inclusive('\n').next().unwrap();
    std::fs::write(&file, first).unwrap();
    net.start_by_clock("kuripan", &clock, &[]);
    net.settle();
    let told = || alert_of(&net, "wonosobo", "trail-cut:").is_some();
    net.watch(&clock, &["kuripan", "wonosobo"], "the regency tells that lines are gone", 20, told);
    let told = tells(&net, "wonosobo", "trail-cut:", "lines of the trail", "Call that office: ask who replaced");
    assert_eq!((&told["level"], &told["office"]), (&Value::from("warning"), &Value::from("Desa Kuripan")), "{told}");
}

#[test]
fn a_removed_device_that_calls_is_told_of_where_it_calls_as_long_as_it_does() {
    let (net, clock) = by_clock();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    net.cut_off("kuripan");
    let key = net["kuripan"].key.clone();
    net["wonosobo"].ask(&["remove", "--node", &key, "--reason", "laptop hilang"]).done();
    net.reconnect("kuripan");
    let told = tells(&net, "wonosobo", "removed-calls:", "A removed device", "Note the time");
    assert_eq!(told["level"], "critical", "{told}");
    assert_eq!(figure(&net, "wonosobo", "sync_nodes{tier=\"village\",state=\"revoked\"}"), 1.0);
    net["kuripan"].stop();
    let over = || alert_of(&net, "wonosobo", "removed-calls:").is_none();
    net.watch(&clock, &["wonosobo"], "a day later it is over", 25 * 60, over);
    for label in ["wonosobo", "jateng", "kemnaker"] {
        told_no_more(&net, label, "revoked:");
    }
}

#[test]
fn two_copies_of_one_device_are_told_of_until_somebody_says_which_counts() {
    let net = Network::small();
    goes_back_and_writes_on(&net);
    for label in ["wonosobo", "kemnaker"] {
        let told = tells(&net, label, "fork:", "there are two copies of one device", "ask who uses that device");
        assert_eq!(
            (&told["level"], &told["office"]),
            (&Value::from("critical"), &Value::from("Desa Kuripan")),
            "{told}"
        );
        assert_eq!(figure(&net, label, "sync_nodes{tier=\"village\",state=\"forked\"}"), 1.0, "{label}");
        assert!(figure(&net, label, "forks_detected_total") >= 1.0, "{label}");
    }
    let key = net["kuripan"].key.clone();
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--at", "held"]).done();
    net.settle();
    for label in ["wonosobo", "kemnaker", "kuripan"] {
        told_no_more(&net, label, "fork:");
    }
}

#[test]
fn a_province_that_went_silent_is_one_alert_until_it_is_back() {
    let (net, clock) = by_clock();
    let silent = ["jateng", "wonosobo", "kuripan", "garung"];
    for label in silent {
        net[label].stop();
    }
    let alert = || alert_of(&net, "kemnaker", "province-silent:").is_some();
    // A weekend is nothing; a day more is.
    net.watch(&clock, &["kemnaker", "kupang"], "the ministry tells of it", 100 * 60, alert);
    let told = tells(
        &net,
        "kemnaker",
        "province-silent:33",
        "4 of 4 offices of province 33 have not been connected",
        "Call the province",
    );
    assert_eq!(told["level"], "warning", "{told}");
    let told = keys(&health(&net, "kemnaker").1);
    assert!(!told.iter().any(|key| key.starts_with("silent:")), "one alert and not four: {told:?}");
    for label in silent {
        net.start_by_clock(label, &clock, &[]);
    }
    net.settle();
    told_no_more(&net, "kemnaker", "province-silent:");
}

#[test]
fn what_a_cut_off_leaves_out_is_told_of_as_refused_with_its_reason() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net["kuripan"].register("Palsu", KURIPAN, &[]);
    net.settle();
    let key = net["kuripan"].key.clone();
    net["kuripan"].stop();
    net["wonosobo"].ask(&["remove", "--node", &key, "--reason", "laptop hilang"]).done();
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--scope", PARTICIPATION, "--at", "1", "--void"]).done();
    net.settle();
    net.until("the ministry counts it", || (refused(&net, "kemnaker") > 0).then_some(()));
    tells(&net, "kemnaker", "refused:", "1 item refused", "Look at the reason");
    assert_eq!(figure(&net, "kemnaker", "changes_refused{reason=\"cut_off\"}"), 1.0);
    let listed = net["kemnaker"].ask(&["health", "refused"]);
    assert_eq!(listed.code, Some(1), "{listed}");
    assert!(
        listed.out.contains("after its device lost the right") && listed.out.contains("write it again here"),
        "{listed}"
    );
    let said = net["kemnaker"].ask(&["health", "security"]);
    assert!(
        said.out.contains("laptop hilang") && said.out.contains("cut-off, Pemerintah Kabupaten Wonosobo"),
        "{said}"
    );
}

#[test]
fn an_office_that_another_carries_on_is_no_trouble_of_anybody() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    for label in OFFICES {
        let backup = net[label].file("retired.backup");
        net[label].ask(&["backup", "--out", &backup]).done();
    }
    let (old, new) = (net["garung"].status().office.id, net["kuripan"].status().office.id);
    net["garung"].stop();
    net["wonosobo"].ask(&["charter", "succeed", "--from", &old, "--to", &new]).done();
    net.settle();
    for label in OFFICES {
        net.until(&format!("{label} has nothing to tell"), || (health(&net, label).0 == Some(0)).then_some(()));
        let (_, said) = health(&net, label);
        let ids: Vec<&Value> = said["offices"].as_array().unwrap().iter().map(|office| &office["id"]).collect();
        assert!(!ids.contains(&&Value::from(old.clone())), "{label} answers for it no more: {said}");
    }
}

#[test]
fn who_shows_something_else_than_it_holds_is_told_of_until_its_tables_are_built_again() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    // Not stopped: what it says of its tables when it ends well would tell it at once that they are not as they were.
    net["kuripan"].kill();
    let tables = rusqlite::Connection::open(net["kuripan"].folder.join("views.sqlite")).unwrap();
    assert!(tables.execute("UPDATE scope SET state = zeroblob(32)", []).unwrap() > 0);
    tables.close().unwrap();
    net.start("kuripan");
    // It says what it shows once that was so at two looks.
    let looked = |net: &Network| {
        for _ in 0..3 {
            health(net, "kuripan");
        }
    };
    looked(&net);
    let told = tells(&net, "wonosobo", "shows-other:", "show something else than here", "rebuild where it is wrong");
    assert_eq!((&told["level"], &told["office"]), (&Value::from("critical"), &Value::from("Desa Kuripan")), "{told}");
    assert_eq!(figure(&net, "wonosobo", "fingerprint_mismatch_total"), 1.0);
    assert_eq!(figure(&net, "wonosobo", "sync_nodes{tier=\"village\",state=\"damaged\"}"), 1.0);
    net["kuripan"].stop();
    net["kuripan"].ask(&["doctor", "--rebuild"]).done();
    net.start("kuripan");
    looked(&net);
    told_no_more(&net, "wonosobo", "shows-other:");
}
