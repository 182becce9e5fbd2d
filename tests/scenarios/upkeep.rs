//! What a node does by itself: alerts leave the house, backups are made by a schedule and tried, and an office says whom
//! to call.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    sync::mpsc,
};

use serde_json::{Value, json};
use simpul_tests::harness::{Answer, Network, PATIENCE, Script, simpul};

use crate::{KURIPAN, health::health};

/// Where messages are posted to; takes each and hands it on.
fn webhook() -> (String, mpsc::Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/simpul", listener.local_addr().unwrap());
    let (taken, posted) = mpsc::channel();
    // It ends with the test: when nobody hears of what was posted any more.
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = BufReader::new(stream);
            let (mut line, mut length) = (String::new(), 0);
            while line != "\r\n" {
                line.clear();
                stream.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            stream.get_mut().write_all(b"HTTP/1.1 204 x\r\nconnection: close\r\n\r\n").unwrap();
            if taken.send(serde_json::from_slice(&body).unwrap()).is_err() {
                return;
            }
        }
    });
    (address, posted)
}

/// Whom to call at the village.
fn contact() -> Value {
    json!({ "name": "Sekretaris Desa", "phone": "0286 555 0101" })
}

/// Starts a village with these settings.
fn start_with(net: &Network, label: &str, settings: &str) {
    let config = net[label].file("upkeep.toml");
    fs::write(&config, settings).unwrap();
    let mut args = net.calls(label);
    args.extend(["--config".to_owned(), config]);
    net.start_calling(label, &args);
}

fn backups_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "backup"));
    found.sort();
    found
}

#[test]
fn an_alert_is_posted_lies_as_a_file_and_is_told_over_with_whom_to_call() {
    let net = Network::small();
    net["kuripan"].stop();
    let (address, posted) = webhook();
    start_with(&net, "kuripan", &format!("[alerts]\nwebhook = \"{address}\"\n"));
    let answer = net["kuripan"].ask(&["health", "test-alert"]);
    assert_eq!(answer.code, Some(0), "{answer}");
    assert!(answer.out.contains("spool") && answer.out.contains("webhook"), "{answer}");
    let next = |wanted: &dyn Fn(&Value) -> bool| {
        std::iter::from_fn(|| posted.recv_timeout(PATIENCE).ok()).find(|told| wanted(told)).unwrap()
    };
    next(&|told| told["notice"] == "trial");

    Script::at(&net["kuripan"]).begin("kontak", contact());
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    health(&net, "kuripan");
    let told = next(&|told| told["key"].as_str().unwrap().starts_with("backup:"));
    assert_eq!((told["notice"].as_str(), told["level"].as_str()), (Some("raised"), Some("warning")), "{told}");
    assert!(told["sentence"]["id"].as_str().unwrap().contains("belum pernah dicadangkan"), "{told}");
    assert!(told["action"]["id"].as_str().unwrap().contains("simpul backup"), "{told}");
    assert_eq!(told["call"][0], "Sekretaris Desa, 0286 555 0101");

    let backup = net["kuripan"].file("by-hand.backup");
    net["kuripan"].ask(&["backup", "--out", &backup]).done();
    health(&net, "kuripan");
    let over = next(&|over| over["key"] == told["key"]);
    assert_eq!(over["notice"], "over");
    let spool = net["kuripan"].folder.join("alerts");
    let files = fs::read_dir(&spool)
        .unwrap()
        .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "json"));
    assert!(files.count() >= 3, "each message is a file");

    // A way that does not take it is told of, and is an exit code.
    net["kuripan"].stop();
    drop(posted);
    start_with(&net, "kuripan", "[alerts]\nwebhook = \"http://127.0.0.1:1/\"\n");
    let answer = net["kuripan"].ask(&["health", "test-alert"]);
    assert_eq!(answer.code, Some(2), "{answer}");
    assert!(answer.out.contains("NOT sent"), "{answer}");
}

#[test]
fn a_backup_by_schedule_waits_for_a_recovery_key_is_restored_on_trial_and_only_the_newest_stay() {
    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net["kuripan"].stop();
    let folder = net.folder().join("backups");
    let settings = format!("[backup]\nfolder = {folder:?}\nevery_hours = 1\nkeep = 2\n");
    start_with(&net, "kuripan", &settings);
    let newest = |net: &Network| health(net, "kuripan").1["backups"]["newest"].clone();
    let waits = net.until("it says what it waits for", || {
        let newest = newest(&net);
        (newest["waits"] == true).then_some(newest)
    });
    assert!(waits["problem"]["en"].as_str().unwrap().contains("recovery key"), "{waits}");
    let (_, said) = health(&net, "kuripan");
    let alerts = said["alerts"].as_array().unwrap();
    assert!(alerts.iter().any(|alert| alert["key"].as_str().unwrap().starts_with("backup-failed:")), "{said}");
    assert!(backups_in(&folder).is_empty());

    let by_hand = net["kuripan"].file("by-hand.backup");
    net["kuripan"].ask(&["backup", "--out", &by_hand]).done();
    let good = |net: &Network| {
        net.until("a backup was made and tried", || {
            let newest = newest(net);
            (newest["problem"].is_null() && newest["waits"] == false).then_some(newest)
        })
    };
    let first = good(&net);
    assert!(first["bytes"].as_u64().unwrap() > 0);
    assert_eq!(backups_in(&folder).len(), 1, "and nothing of the trial is left: {folder:?}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);

    // Two older ones, and something of somebody else: of the first the oldest goes with the next backup.
    let name = backups_in(&folder)[0].file_name().unwrap().to_str().unwrap().to_owned();
    let prefix = &name[..name.len() - "20261201-120000.backup".len()];
    for old in ["20200101-000000", "20200102-000000"] {
        fs::write(folder.join(format!("{prefix}{old}.backup")), "old").unwrap();
    }
    fs::write(folder.join("somebody-elses.backup"), "x").unwrap();
    net["kuripan"].stop();
    // Two hours later.
    let mut args = net.calls("kuripan");
    args.extend(["--config".to_owned(), net["kuripan"].file("upkeep.toml")]);
    net["kuripan"].start_with_clock("+2h", &args).unwrap();
    net.until("the next one is there", || {
        let there = backups_in(&folder);
        (there.len() == 3 && there.iter().any(|path| path.ends_with("somebody-elses.backup"))).then_some(())
    });
    assert!(!folder.join(format!("{prefix}20200102-000000.backup")).exists());

    // What was made by the schedule becomes a node again, as what a person made does.
    let restored = net.folder().join("restored");
    let newest = backups_in(&folder).into_iter().rfind(|path| !path.ends_with("somebody-elses.backup")).unwrap();
    let beside = fs::read_dir(Path::new(&by_hand).parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    let key = beside.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "recovery-key")).unwrap();
    let answer = Answer::of(simpul(["restore", "--data"]).arg(&restored).arg(&newest).arg("--key").arg(&key));
    assert_eq!(answer.code, Some(0), "{answer}");
}

#[test]
fn an_office_that_announced_its_absence_is_away_and_the_ministry_knows_whom_to_call() {
    let net = Network::small();
    let script = Script::at(&net["kuripan"]);
    let contact = script.begin("kontak", contact());
    let today = jiff::Zoned::now().date();
    let until = today.checked_add(jiff::ToSpan::days(3)).unwrap().to_string();
    let away = json!({ "since": today.to_string(), "until": until, "why": "panen raya", "whole_region": "no" });
    script.say(&contact, "away", away);
    net.settle();
    let village = net["kuripan"].status().office.id;
    let report = net.until("the ministry reads it", || {
        let answer = net["kemnaker"].ask(&["health", "office", &village, "--json"]);
        let report: Value = serde_json::from_str(&answer.out).ok()?;
        (!report["away"].as_array()?.is_empty()).then_some(report)
    });
    assert_eq!(report["contacts"][0]["people"][0], "Sekretaris Desa, 0286 555 0101");
    assert_eq!(report["away"][0]["until"], until);
    assert_eq!((report["lacks"].as_u64(), report["not_here"].as_u64()), (Some(0), Some(0)), "{report}");
    let said = net["kemnaker"].ask(&["health", "office", &village]).out;
    assert!(said.contains("Call: Sekretaris Desa") && said.contains("panen raya"), "{said}");
    let nobody = net["kemnaker"].ask(&["health", "office", "Desa Tidak Ada"]);
    assert_eq!(nobody.code, Some(3), "{nobody}");
}
