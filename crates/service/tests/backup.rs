//! A backup becomes another node of the same office, wherever it is opened by the right key.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

use std::{fs, path::Path, time::Duration};

use records::RegisterNumber;
use service::{
    Ask, BackupStep, Code, Command, Options, Problem, Query, Reply, Service, StoreOptions, create, draft, found,
    reply::BackupDone, restore, subject,
};

async fn ask(service: &Service, ask: impl Into<Ask>) -> Result<Reply, Problem> {
    service.ask(ask.into(), |_| ()).await
}

async fn start(folder: &Path) -> Service {
    Service::start(Options::offline(StoreOptions::new(folder))).await.unwrap()
}

/// A village that founded a network of its own, with two participants.
async fn village(folder: &Path) -> Service {
    let office = subject(Some("Desa Kuripan"), Some("village"), Some("33.07.10.2004"), None).unwrap();
    create(&StoreOptions::new(folder), office, true).unwrap();
    let service = start(folder).await;
    let Reply::Carry { file: request, .. } = ask(&service, Query::Request).await.unwrap() else { panic!("a request") };
    let (draft, _) = draft(&[request], true).unwrap();
    let sign = Command::Sign { draft: draft.clone() };
    let Reply::Carry { file: signature, .. } = ask(&service, sign).await.unwrap() else { panic!("a signature") };
    let (founding, _) = found(&draft, &[signature]).unwrap();
    ask(&service, Command::Join { file: founding }).await.unwrap();
    for name in ["Bawon", "Turyati"] {
        register(&service, name).await;
    }
    service
}

async fn register(service: &Service, name: &str) -> RegisterNumber {
    let (officer, name) = ("petugas".to_owned(), name.to_owned());
    let add = Command::Add { officer, name, village: None, fields: Vec::new() };
    let Reply::Added(row) = ask(service, add).await.unwrap() else { panic!("an addition") };
    row.register.unwrap().parse().unwrap()
}

async fn names(service: &Service) -> Vec<String> {
    let all = Query::List { village: None, search: None };
    let Reply::Participants(rows) = ask(service, all).await.unwrap() else { panic!("a list") };
    rows.into_iter().filter_map(|row| row.name).collect()
}

async fn back_up(service: &Service, out: &Path) -> BackupDone {
    let Reply::BackedUp(done) = ask(service, Command::BackUp { out: out.to_owned() }).await.unwrap() else {
        panic!("a backup")
    };
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn it_becomes_another_node_with_keys_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let lost = village(&at("lost")).await;
    fs::create_dir(at("stick")).unwrap();
    let first = back_up(&lost, &at("stick/first")).await;
    let key = first.key_file.expect("the first backup writes the recovery key");
    register(&lost, "Suryati").await;
    let scan = lost.keep_scan(b"%PDF- keputusan Kepala Desa").unwrap();
    let second = back_up(&lost, &at("stick/second")).await;
    assert_eq!(second.key_file, None, "one recovery key serves all backups of a node");
    assert_eq!((first.scans, second.scans), (0, 1));
    assert_eq!(second.bytes, fs::metadata(at("stick/second")).unwrap().len());
    let (node, office) = (lost.key().to_string(), lost.office());
    lost.stop().await;

    // The key lies beside the backup, is named by its file, or is given as its line of text.
    let line = fs::read_to_string(&key).unwrap().lines().last().unwrap().to_owned();
    for (name, key) in [("beside", None), ("named", Some(key.to_str().unwrap())), ("typed", Some(line.as_str()))] {
        let done = restore(&StoreOptions::new(at(name)), &at("stick/second"), key, None, |_| ()).unwrap();
        assert_eq!((&done.made_by, &done.office, done.damaged), (&node, &office.id, 0), "{name}");
        assert_ne!(done.node, node, "{name}");
    }
    let found = start(&at("beside")).await;
    assert_eq!(names(&found).await, ["Bawon", "Suryati", "Turyati"]);
    assert_eq!(found.scan(&scan).unwrap().bytes, b"%PDF- keputusan Kepala Desa");
    assert_eq!((found.office().id, found.office().admitted), (office.id, false));
    // It goes on in journals and in a block of register numbers of its own, for the lost one may be found again. Its
    // office admits it as it would any further node.
    let number = register(&found, "Wanti").await;
    assert!(number.prefix == "KRP" && number.number > 10_000, "{number}");
    let Reply::Carry { file: request, .. } = ask(&found, Query::Request).await.unwrap() else { panic!("a request") };
    found.stop().await;
    let lost = start(&at("lost")).await;
    assert_eq!(register(&lost, "Painem").await.number, 4);
    let Reply::Approved(invite) = ask(&lost, Command::Approve { request }).await.unwrap() else { panic!("an invite") };
    lost.stop().await;
    let found = start(&at("beside")).await;
    ask(&found, Command::Join { file: invite.file }).await.unwrap();
    assert!(found.office().admitted);
    assert_eq!(names(&found).await, ["Bawon", "Suryati", "Turyati", "Wanti"]);
    let Reply::Verified(verified) = ask(&found, Query::Verify).await.unwrap() else { panic!("a check") };
    assert_eq!(verified.differences, Vec::<String>::new());

    // A node of the office opens the backups of another, without any recovery key.
    back_up(&found, &at("of-the-new-one")).await;
    fs::create_dir(at("elsewhere")).unwrap();
    fs::rename(at("of-the-new-one"), at("elsewhere/backup")).unwrap();
    found.stop().await;
    let sibling = Some(at("lost"));
    restore(&StoreOptions::new(at("third")), &at("elsewhere/backup"), None, sibling, |_| ()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_restored_is_said_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let node = village(&at("node")).await;
    node.keep_scan(&[b"%PDF- ", &[7; 500][..]].concat()).unwrap();
    let key = back_up(&node, &at("good")).await.key_file.unwrap();
    node.stop().await;
    let good = fs::read(at("good")).unwrap();
    fs::create_dir(at("apart")).unwrap();
    fs::write(at("apart/good"), &good).unwrap();
    fs::write(at("short"), &good[..good.len() - 1]).unwrap();
    fs::write(at("longer"), [&good[..], b"x"].concat()).unwrap();
    fs::write(at("foreign"), "village_code,group,number,name\n").unwrap();
    let newer: Vec<u8> = good.iter().enumerate().map(|(i, byte)| if i == 8 { 9 } else { *byte }).collect();
    fs::write(at("newer"), newer).unwrap();

    let key = key.to_str();
    let other = driver::RecoveryKey::from_seed([9; 32]).to_string();
    let table = [
        ("apart/good", "new", None, Code::NoRight, "none lies beside the backup"),
        ("apart/good", "new", Some(other.as_str()), Code::NoRight, "sealed to other keys"),
        ("good", "new", Some("simpul-recovery-key-1: AAAA"), Code::BadInput, "a letter of it is wrong"),
        ("good", "node", key, Code::Conflict, "is not empty"),
        ("short", "new", key, Code::BadInput, "damaged or not complete"),
        ("longer", "new", key, Code::BadInput, "damaged or not complete"),
        ("foreign", "new", key, Code::BadInput, "no backup"),
        ("newer", "new", key, Code::BadInput, "version 9"),
        ("missing", "new", key, Code::Storage, "cannot use"),
    ];
    for (file, into, key, code, message) in table {
        let problem = restore(&StoreOptions::new(at(into)), &at(file), key, None, |_| ()).unwrap_err();
        assert_eq!(problem.code, code, "{file}: {problem}");
        assert!(problem.message.contains(message), "{file}: {problem}");
        assert!(!at("new").exists(), "{file}");
    }

    // A damaged piece costs that piece; the rest is there. The head is signed: damage there is noticed at once.
    let head = 13 + u32::from_le_bytes(good[9..13].try_into().unwrap()) as usize;
    for offset in (0..good.len()).step_by(97) {
        let mut bytes = good.clone();
        bytes[offset] ^= 0x10;
        fs::write(at("flipped"), bytes).unwrap();
        let new = at(&format!("new-{offset}"));
        match restore(&StoreOptions::new(&new), &at("flipped"), key, None, |_| ()) {
            Ok(done) => {
                assert!(offset >= head, "byte {offset} of the head");
                let of_scan = offset >= good.len() - 522;
                assert_eq!((done.scans, of_scan && done.damaged == 0), (u64::from(!of_scan), false), "byte {offset}");
            }
            Err(problem) => assert!(offset < head && !new.exists(), "byte {offset}: {problem}"),
        }
    }
}

/// What became of the backup that was begun.
async fn ended(service: &Service) -> BackupStep {
    loop {
        match service.backup_now() {
            Some(step @ (BackupStep::Done { .. } | BackupStep::Failed(_))) => return step,
            Some(BackupStep::Running { .. }) | None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

// On one thread, so that the backup does not begin before it is told to end.
#[tokio::test]
async fn one_that_is_ended_leaves_nothing_and_another_can_be_begun() {
    let folder = tempfile::tempdir().unwrap();
    let (node, file) = (village(&folder.path().join("node")).await, folder.path().join("simpul.backup"));
    node.begin_backup(file.clone()).unwrap();
    assert_eq!(node.begin_backup(file.clone()).unwrap_err().code, Code::Conflict);
    node.end_backup();
    let BackupStep::Failed(problem) = ended(&node).await else { panic!("it is not made") };
    assert!(problem.message.contains("ended before it was whole"), "{problem:?}");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| !path.starts_with(&file)), "{left:?}");
    assert!(!left.iter().any(|path| path.to_string_lossy().contains(".making")), "{left:?}");

    node.begin_backup(file.clone()).unwrap();
    let BackupStep::Done { done, file: made } = ended(&node).await else { panic!("it is made") };
    assert_eq!((made, done.bytes), (file.clone(), fs::metadata(&file).unwrap().len()));
    node.stop().await;
    let key = left.iter().find(|path| path.to_string_lossy().ends_with("recovery-key")).unwrap();
    let again = StoreOptions::new(folder.path().join("again"));
    restore(&again, &file, Some(&key.display().to_string()), None, |_| ()).unwrap();
}
