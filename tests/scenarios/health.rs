//! How things are: a network in which all is well has nothing to tell, and a village with old unsent work is told of,
//! at the command line and to machines alike, until it has sent it.

use serde_json::Value;
use simpul_tests::harness::{Answer, Network, simpul};

use crate::KURIPAN;

pub(crate) const OFFICES: [&str; 4] = ["kemnaker", "jateng", "wonosobo", "kuripan"];

/// What `simpul health` says, but for how full the disk of this machine happens to be, and ends with.
pub(crate) fn health(net: &Network, label: &str) -> (Option<i32>, Value) {
    let answer = net[label].ask(&["health", "--json"]);
    let mut said: Value = serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer}"));
    let alerts = said["alerts"].as_array_mut().unwrap();
    let told = alerts.len();
    alerts.retain(|alert| !alert["key"].as_str().unwrap().starts_with("room:"));
    let only_the_disk = alerts.is_empty() && told > 0;
    (if only_the_disk { Some(0) } else { answer.code }, said)
}

pub(crate) fn keys(health: &Value) -> Vec<String> {
    let alerts = health["alerts"].as_array().unwrap();
    alerts.iter().map(|alert| alert["key"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn figure(net: &Network, label: &str, name: &str) -> f64 {
    let answer = net[label].get("/metrics");
    let line = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} in {answer}")).parse().unwrap()
}

/// Waits until an office tells of this, in the same words where somebody asks and where a programme does.
pub(crate) fn tells(net: &Network, label: &str, kind: &str, sentence: &str, action: &str) -> Value {
    let told = net.until(&format!("{label} tells of {kind}"), || {
        let (_, said) = health(net, label);
        let alerts = said["alerts"].as_array().unwrap();
        alerts.iter().find(|alert| alert["key"].as_str().unwrap().starts_with(kind)).cloned()
    });
    assert!(told["sentence"]["en"].as_str().unwrap().contains(sentence), "{told}");
    assert!(told["action"]["en"].as_str().unwrap().contains(action), "{told}");
    let said = net[label].ask(&["health"]);
    assert!(said.out.contains(sentence) && said.out.contains(action), "{said}");
    // What else there is may be more urgent, such as little room on the disk of this machine.
    let least = if told["level"] == "critical" { 2 } else { 1 };
    assert!(said.code.is_some_and(|code| code >= least), "{said}");
    told
}

pub(crate) fn told_no_more(net: &Network, label: &str, kind: &str) {
    net.until(&format!("{label} tells no more of {kind}"), || {
        (!keys(&health(net, label).1).iter().any(|key| key.starts_with(kind))).then_some(())
    });
}

/// The small network with two records, everybody heard of and backed up.
fn healthy() -> Network {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    for office in net.offices() {
        let backup = office.file("health.backup");
        office.ask(&["backup", "--out", &backup]).done();
    }
    net
}

#[test]
fn a_healthy_network_has_nothing_to_tell() {
    let net = healthy();
    for label in OFFICES {
        net.until(&format!("{label} has nothing to tell"), || (health(&net, label).0 == Some(0)).then_some(()));
        let (_, said) = health(&net, label);
        assert_eq!(keys(&said), Vec::<String>::new());
        assert_eq!(said["figures"]["only_here"], 0);
    }
    assert_eq!(figure(&net, "kuripan", "sync_only_copy_changes"), 0.0);
    assert_eq!(figure(&net, "kuripan", "alerts_open{level=\"critical\"}"), 0.0);
    assert!(net["kuripan"].get("/readyz").starts_with("HTTP/1.1 200"));
    // For people, in both languages.
    let said = net["kuripan"].ask(&["health"]).out;
    assert!(said.contains("No change is only here"), "{said}");
    let said = net["kuripan"].ask(&["health", "--lang", "id"]).out;
    assert!(said.contains("Tidak ada perubahan yang hanya ada di sini"), "{said}");
}

#[test]
fn a_village_with_old_unsent_work_is_told_of_until_it_has_sent_it() {
    let net = healthy();
    net.cut_off("kuripan");
    net["kuripan"].stop();
    // Two days ago, by its clock of then.
    net.start_with_clock("kuripan", "-2d");
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net["kuripan"].stop();
    net.start("kuripan");
    let (code, said) = health(&net, "kuripan");
    assert_eq!(code, Some(2), "{said}");
    let only_here = said["figures"]["only_here"].as_u64().unwrap();
    assert!(only_here >= 2, "{said}");
    let alert = &said["alerts"][0];
    assert!(alert["key"].as_str().unwrap().starts_with("only-copy:"), "{said}");
    let sentence = format!("{only_here} changes are nowhere else (oldest 2 days).");
    assert_eq!(alert["sentence"]["en"], sentence.as_str());
    assert!(net["kuripan"].ask(&["health"]).out.contains(&sentence));
    assert_eq!(figure(&net, "kuripan", "sync_only_copy_changes"), only_here as f64);
    let age = figure(&net, "kuripan", "sync_only_copy_oldest_seconds");
    assert!((172_000.0..180_000.0).contains(&age), "{age}");
    // Somebody deals with it: it sleeps, and is there all the same.
    let key = alert["key"].as_str().unwrap();
    let handled = net["kuripan"].ask(&["health", "--json", "--handle", key, "--by", "Sari", "--hours", "2"]);
    assert_ne!(handled.code, Some(2), "{handled}");
    assert!(keys(&health(&net, "kuripan").1).contains(&key.to_owned()));

    net.reconnect("kuripan");
    net.settle();
    net.until("nothing is only at the village", || {
        let (code, said) = health(&net, "kuripan");
        (code == Some(0) && said["figures"]["only_here"] == 0).then_some(())
    });
    assert_eq!(figure(&net, "kuripan", "sync_only_copy_changes"), 0.0);
}

#[test]
fn an_office_that_never_started_is_one_alert_until_it_runs() {
    let mut net = healthy();
    net.init("kupang");
    net.admit("kupang", "kemnaker");
    let never = |net: &Network| {
        let (_, said) = health(net, "kemnaker");
        let never: Vec<String> = keys(&said).into_iter().filter(|key| key.starts_with("never-seen:")).collect();
        (never, said)
    };
    net.until("the ministry tells of it", || (never(&net).0.len() == 1).then_some(()));
    let (_, said) = never(&net);
    assert_eq!(said["alerts"].as_array().unwrap().len(), 1, "{said}");
    assert_eq!(said["alerts"][0]["level"], "warning", "{said}");
    assert!(said["alerts"][0]["sentence"]["en"].as_str().unwrap().contains("was never heard of here"), "{said}");
    assert!(said["alerts"][0]["action"]["en"].as_str().unwrap().contains("install and start"), "{said}");
    assert_eq!(figure(&net, "kemnaker", "sync_nodes{tier=\"agency\",state=\"never-seen\"}"), 1.0);
    net.start("kupang");
    net.until("it was seen", || never(&net).0.is_empty().then_some(()));
}

#[test]
fn who_cannot_look_does_not_say_that_all_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let answer = Answer::of(simpul(["health", "--data"]).arg(nowhere));
    assert_eq!(answer.code, Some(3), "{answer}");
}
