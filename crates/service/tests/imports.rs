//! A table is looked at, brought in, stopped and brought in again; nobody is written who was not looked at, and nobody
//! twice.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use service::reply::{ImportCounts, ParticipantRow, RowGives};
use service::{
    Code, Command, HandedIn, HandedStep, Options, Query, Reply, Service, StoreOptions, TableIn, create, subject,
    table_columns,
};

async fn village(folder: &Path) -> Service {
    let store = StoreOptions::new(folder.join("node"));
    let office = subject(Some("Desa Kuripan"), Some("village"), Some("33.07.10.2004"), None).unwrap();
    create(&store, office, false).unwrap();
    Service::start(Options::offline(store)).await.unwrap()
}

async fn people(service: &Service) -> Vec<ParticipantRow> {
    let all = Query::List { village: None, search: None };
    let Ok(Reply::Participants(rows)) = service.ask(all.into(), |_| ()).await else { panic!("a list answers so") };
    rows
}

async fn names(service: &Service) -> Vec<String> {
    people(service).await.into_iter().filter_map(|row| row.name).collect()
}

fn table(text: &str, columns: &[&str]) -> TableIn {
    let columns = columns.iter().map(|code| (*code).to_owned()).collect();
    TableIn { columns: Some(columns), ..TableIn::new(text.as_bytes()) }
}

fn counts(added: u64, present: u64, maybe_double: u64, rejected: u64, left: u64) -> ImportCounts {
    ImportCounts { added, present, maybe_double, rejected, left }
}

const GOES_ON: fn(service::Progress) -> ControlFlow<()> = |_| ControlFlow::Continue(());

/// The village's own words for its columns.
const OWN: &str = "No;Warga;KTP;Dukuh\n\
                   1;Bawon;;Sigaok\n\
                   2;Turyati;3,30710E+15;Sigaok\n\
                   3;Suryati;3307105203860001;Krajan\n\
                   4;Suryati;3307105203860001;Sigaok\n";
const CODES: [&str; 4] = ["", "nama", "nik", "dusun"];

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_what_the_import_then_does() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let first = table("Warga\nBawon\n", &["nama"]);
    service.bring_in("siti", &first, None, GOES_ON).await.unwrap();
    // Another dusun is another row: Bawon of Sigaok is somebody else until an officer says otherwise.
    let again = table("Warga;Dukuh\nBawon;\nRahayu;Krajan\n", &["nama", "dusun"]);
    let preview = service.preview_import(&again).await.unwrap();
    assert_eq!(preview.counts, counts(1, 1, 0, 0, 0));

    let own = table(OWN, &CODES);
    let preview = service.preview_import(&own).await.unwrap();
    assert_eq!(preview.counts, counts(3, 0, 1, 1, 0));
    let gives: Vec<_> = preview.first.iter().map(|line| (line.line, line.name.as_str(), line.gives)).collect();
    let expected = [
        (2, "Bawon", RowGives::New),
        (3, "Turyati", RowGives::Rejected),
        (4, "Suryati", RowGives::New),
        (5, "Suryati", RowGives::MaybeDouble),
    ];
    assert_eq!(gives, expected);
    assert!(preview.rejected[0].said[0].id.starts_with("KTP: "), "{:?}", preview.rejected);
    assert!(preview.doubtful.iter().any(|line| line.said[0].en.contains("same NIK")), "{:?}", preview.doubtful);
    assert_eq!(names(&service).await, ["Bawon"], "a preview writes nothing");
    let brought = service.bring_in("siti", &own, Some(&preview.stamp), GOES_ON).await.unwrap();
    assert_eq!(brought.counts, preview.counts);
    assert_eq!(brought.rejected, preview.rejected);
    let text = brought.rejected_table.unwrap();
    assert!(text.id.contains("2;Turyati;\"3,30710E+15\";Sigaok;") && text.en.contains("15 digits"), "{text:?}");
    assert_eq!(service.preview_import(&own).await.unwrap().counts, counts(0, 3, 0, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_looked_at_is_not_brought_in() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let own = table(OWN, &CODES);
    let stamp = service.preview_import(&own).await.unwrap().stamp;
    let mut other_bytes = table(&OWN.replace("Bawon", "Rahayu"), &CODES);
    let others = [
        other_bytes.clone(),
        table(OWN, &["", "nama", "nik", ""]),
        TableIn { header: Some(2), ..own.clone() },
        TableIn { decided: Some(("1".to_owned(), "2017".to_owned())), ..own.clone() },
        TableIn { columns: None, ..own.clone() },
    ];
    for other in others {
        let problem = service.bring_in("siti", &other, Some(&stamp), GOES_ON).await.unwrap_err();
        assert_eq!((problem.code, problem.field.as_deref()), (Code::Conflict, Some("stamp")), "{other:?}");
    }
    assert!(names(&service).await.is_empty());
    other_bytes.bytes = own.bytes.clone();
    service.bring_in("siti", &other_bytes, Some(&stamp), GOES_ON).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_half_way_is_finished_by_bringing_it_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let rows: String = (1..=120).map(|n| format!("Turyati {n};Sigaok\n")).collect();
    let many = table(&format!("Warga;Dukuh\n{rows}"), &["nama", "dusun"]);
    let mut heard = Vec::new();
    let stops = |at: service::Progress| {
        heard.push(at.done);
        if heard.len() < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let brought = service.bring_in("siti", &many, None, stops).await.unwrap();
    assert_eq!((brought.counts, &heard[..]), (counts(50, 0, 0, 0, 70), &[0, 25, 50][..]));
    assert_eq!(names(&service).await.len(), 50, "what is said to be in is in");
    let brought = service.bring_in("siti", &many, None, GOES_ON).await.unwrap();
    assert_eq!(brought.counts, counts(70, 50, 0, 0, 0));
    let all = names(&service).await;
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 120);
    assert_eq!(all.len(), 120);
}

/// Whoever registers at the counter meanwhile gets a number of their own.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_the_number_of_another_who_is_registered_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let rows: String = (0..250).map(|n| format!("Turyati {n}\n")).collect();
    let table = TableIn::new(format!("nama\n{rows}").into_bytes());
    let counter = service.clone();
    let at_the_counter = async move {
        let add = |n: u32| Command::Add {
            officer: "siti".into(),
            name: format!("Bawon {n}"),
            village: None,
            fields: Vec::new(),
        };
        let desks = (0..20).map(|n| {
            let (service, add) = (counter.clone(), add(n));
            tokio::spawn(async move { service.ask(add.into(), |_| ()).await.unwrap() })
        });
        for desk in Vec::from_iter(desks) {
            desk.await.unwrap();
        }
    };
    let (brought, ()) = tokio::join!(service.bring_in("siti", &table, None, GOES_ON), at_the_counter);
    assert_eq!(brought.unwrap().counts, counts(250, 0, 0, 0, 0));
    let mut given: Vec<_> = people(&service).await.into_iter().filter_map(|row| row.register).collect();
    given.sort();
    given.dedup();
    assert_eq!(given.len(), 270);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_table_at_a_time_is_brought_in() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let own = table(OWN, &CODES);
    let mut beside = None;
    let tries = |_| {
        let second = service.bring_in("agus", &own, None, GOES_ON);
        beside.get_or_insert_with(|| {
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(second)).map(|_| ())
        });
        ControlFlow::Continue(())
    };
    service.bring_in("siti", &own, None, tries).await.unwrap();
    assert_eq!(beside.unwrap().unwrap_err().code, Code::Conflict);
    assert_eq!(names(&service).await.len(), 3);
}

/// Waits until the table of an officer is no longer being brought in.
async fn ends(service: &Service, officer: &str) -> HandedIn {
    loop {
        let handed = service.handed_in(officer).unwrap();
        if !matches!(handed.step, HandedStep::Running { .. }) {
            return handed;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_hands_in_chooses_looks_and_brings_in() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let problem = service.hand_in("siti", b"PK\x03\x04".to_vec()).await.unwrap_err();
    assert!(problem.text.unwrap().id.contains("Simpan Sebagai"));
    service.hand_in("siti", format!("Daftar peserta\n{OWN}").into_bytes()).await.unwrap();
    assert!(service.handed_in("agus").is_none(), "it is nobody else's");
    let codes = CODES.map(str::to_owned).to_vec();
    // The header was taken for what stands in the first line; another line asks for the columns anew.
    service.look_through("siti", Some(2), vec![String::new()], None).await.unwrap();
    let handed = service.handed_in("siti").unwrap();
    assert_eq!((handed.head.line, handed.head.columns.len()), (2, 4));
    assert!(matches!(handed.step, HandedStep::Columns));
    let nobody = service.look_through("siti", Some(2), vec![String::new(); 4], None).await.unwrap_err();
    assert_eq!(nobody.field.as_deref(), Some("table"));
    let date = service.look_through("siti", Some(2), codes.clone(), Some(("1".into(), "kemarin".into()))).await;
    assert_eq!(date.unwrap_err().field.as_deref(), Some("decided"));
    assert_eq!(service.handed_in("siti").unwrap().head.columns[1].code.as_deref(), Some("nama"), "the choice is kept");
    assert_eq!(service.begin_import("siti", "").unwrap_err().code, Code::Conflict, "nothing was looked at");
    service.look_through("siti", Some(2), codes, Some(("141/12/2017".into(), "03-2017".into()))).await.unwrap();
    let HandedStep::Looked(preview) = service.handed_in("siti").unwrap().step else { panic!("it was looked at") };
    assert_eq!(service.begin_import("siti", "another").unwrap_err().code, Code::Conflict);
    service.begin_import("siti", &preview.stamp).unwrap();
    let handed = ends(&service, "siti").await;
    let HandedStep::Done(brought) = handed.step else { panic!("{:?}", handed.step) };
    assert_eq!(brought.counts, preview.counts);
    assert!(handed.table.bytes.is_empty() && handed.head.columns.is_empty(), "the table is gone");
    assert_eq!(service.begin_import("siti", &preview.stamp).unwrap_err().code, Code::Conflict, "it is done");
    let all = Query::List { village: None, search: None };
    let Ok(Reply::Participants(rows)) = service.ask(all.into(), |_| ()).await else { panic!("a list answers so") };
    assert!(rows.len() == 3 && rows.iter().all(|row| row.stage == "ditetapkan"), "{rows:?}");
    service.put_away("siti");
    assert!(service.handed_in("siti").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_stops_and_no_table_stays_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let rows: String = (1..=2000).map(|n| format!("Turyati {n};KEPALAN\n")).collect();
    service.hand_in("siti", format!("nama;Dukuh\n{rows}").into_bytes()).await.unwrap();
    service.look_through("siti", Some(1), vec!["nama".into()], None).await.unwrap();
    let HandedStep::Looked(preview) = service.handed_in("siti").unwrap().step else { panic!("it was looked at") };
    assert_eq!(preview.counts.added, 2000);
    service.begin_import("siti", &preview.stamp).unwrap();
    assert_eq!(service.hand_in("siti", b"nama\nBawon\n".to_vec()).await.unwrap_err().code, Code::Conflict);
    service.put_away("siti");
    service.stop_import("siti");
    let HandedStep::Done(brought) = ends(&service, "siti").await.step else { panic!("it was stopped") };
    assert!(brought.counts.left > 0, "{:?}", brought.counts);
    assert_eq!(names(&service).await.len() as u64, brought.counts.added);
    service.stop().await;
    // A column that was left out stands nowhere.
    let mut folders = vec![folder.path().to_owned()];
    let mut files = 0;
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(7).any(|part| part == b"KEPALAN"), "{}", path.display());
        }
    }
    assert!(files > 2, "the node has files: {files}");
}

#[test]
fn every_column_has_a_code_and_words() {
    let columns = table_columns();
    assert!(columns.iter().any(|column| column.code == "nik" && column.label.id == "NIK"));
    assert!(columns.iter().all(|column| !column.label.en.is_empty() && !column.part.id.is_empty()));
}
