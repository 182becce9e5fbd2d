//! One node by itself: what an officer in a village hall does with the cable out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

use std::path::Path;

use service::{Ask, Command, Options, Problem, Query, Reply, Saying, Service, StoreOptions, create, subject};

const KURIPAN: &str = "village_code,group,number,name\n33.07.10.2004,salak,1,Bawon\n33.07.10.2004,salak,2,Turyati\n";

async fn village(folder: &Path) -> Service {
    let store = StoreOptions::new(folder.join("node"));
    let office = subject(Some("Desa Kuripan"), Some("village"), Some("33.07.10.2004"), None).unwrap();
    create(&store, office, false).unwrap();
    Service::start(Options::offline(store)).await.unwrap()
}

async fn ask(service: &Service, ask: impl Into<Ask>) -> Result<Reply, Problem> {
    service.ask(ask.into(), |_| ()).await
}

fn officer() -> String {
    "petugas".to_owned()
}

async fn import(service: &Service, file: &Path) -> service::reply::ImportDone {
    let decided = Some(("141/12/2017".to_owned(), "2017-03-01".to_owned()));
    let import = Command::Import { officer: officer(), file: file.to_owned(), decided };
    let Reply::Imported(done) = ask(service, import).await.unwrap() else { panic!("an import answers so") };
    done
}

async fn list(service: &Service) -> Vec<service::reply::ParticipantRow> {
    let all = Query::List { village: None, search: None };
    let Reply::Participants(rows) = ask(service, all).await.unwrap() else { panic!("a list answers so") };
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_has_stopped_has_left_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = village(folder.path()).await;
    for _ in 0..20 {
        // Somebody still looks at it.
        let looking = service.clone();
        let looks = tokio::spawn(async move { drop(ask(&looking, Query::Health).await) });
        service.stop().await;
        service = Service::start(Options::offline(StoreOptions::new(folder.path().join("node")))).await.unwrap();
        looks.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_at_the_counter_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let fields = vec![("group".to_owned(), "batik".to_owned()), ("address".to_owned(), "Dusun Sigaok".to_owned())];
    let add = Command::Add { officer: officer(), name: "Wanti".to_owned(), village: None, fields };
    let Reply::Added(row) = ask(&service, add).await.unwrap() else { panic!("an addition answers so") };
    let id = row.register.clone().unwrap();
    assert!(id.starts_with("KRP-") && id.ends_with("-0001"), "{id}");

    let set = vec![("address".to_owned(), "Dusun Bedali".to_owned())];
    ask(&service, Command::Set { officer: officer(), id: id.clone(), fields: set, shown: None }).await.unwrap();
    let letter = [("outcome", "ditetapkan"), ("number", "141/1/2026"), ("date", "2026-02-03")];
    let inputs = letter.map(|(key, text)| (key.to_owned(), text.to_owned())).to_vec();
    let said = Saying { fact: "decision".to_owned(), inputs };
    let decide = Command::Tell { officer: officer(), id: id.clone(), said };
    ask(&service, decide).await.unwrap();
    service.stop().await;

    let service = Service::start(Options::offline(StoreOptions::new(folder.path().join("node")))).await.unwrap();
    let rows = list(&service).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].name.as_deref(), rows[0].stage.as_str()), (Some("Wanti"), "ditetapkan"));
    let Reply::Participant(one) = ask(&service, Query::Show { id, on: None }).await.unwrap() else {
        panic!("a participant answers so")
    };
    let address = one.fields.iter().find(|field| field.field == "address").unwrap();
    assert_eq!(address.values.iter().map(|value| value.value.as_str()).collect::<Vec<_>>(), ["Dusun Bedali"]);
    let Reply::Verified(found) = ask(&service, Query::Verify).await.unwrap() else { panic!("a check answers so") };
    assert_eq!((found.entries, found.documents, found.differences), (4, 2, Vec::new()));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_table_twice_adds_nobody_twice() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let table = folder.path().join("kuripan.csv");
    std::fs::write(&table, format!("{KURIPAN}33.07.10.9999,salak,3,Suryati\n")).unwrap();
    let done = import(&service, &table).await;
    assert_eq!((done.added, done.present, done.rejected), (2, 0, 1));
    let rejected = std::fs::read_to_string(done.rejected_file.unwrap()).unwrap();
    assert!(rejected.contains("Suryati") && !rejected.contains("Turyati"), "{rejected}");
    let done = import(&service, &table).await;
    assert_eq!((done.added, done.present, done.rejected), (0, 2, 1));
    let rows = list(&service).await;
    assert_eq!(rows.iter().filter_map(|row| row.name.as_deref()).collect::<Vec<_>>(), ["Bawon", "Turyati"]);
    assert!(rows.iter().all(|row| row.stage == "ditetapkan"));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let text = str::to_owned;
    let table: [(Ask, &str); 6] = [
        (Query::Show { id: text("KRP-2026-0009"), on: None }.into(), "no participant KRP-2026-0009"),
        (
            Command::Add { officer: text("Pak Budi"), name: text("Wanti"), village: None, fields: Vec::new() }.into(),
            "no officer's handle",
        ),
        (Command::Add { officer: officer(), name: text(" "), village: None, fields: Vec::new() }.into(), "name"),
        (
            Command::Add {
                officer: officer(),
                name: text("Wanti"),
                village: Some(text("33.07.10.9999")),
                fields: vec![],
            }
            .into(),
            "there is no village 33.07.10.9999",
        ),
        (
            Command::Add {
                officer: officer(),
                name: text("Wanti"),
                village: None,
                fields: vec![(text("shoe"), text("39"))],
            }
            .into(),
            "there is no field \"shoe\"",
        ),
        (Command::Approve { request: b"hello".to_vec() }.into(), "no file of Simpul's"),
    ];
    for (asked, expected) in table {
        let problem = ask(&service, asked.clone()).await.unwrap_err();
        assert!(problem.message.contains(expected), "{asked:?}: {problem:?}");
        assert!(!problem.hint.is_empty(), "{problem:?}");
    }
    assert!(list(&service).await.is_empty(), "nothing was written");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn index_and_views_are_built_again_from_the_journals() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let table = folder.path().join("kuripan.csv");
    std::fs::write(&table, KURIPAN).unwrap();
    import(&service, &table).await;
    let Reply::Status(before) = ask(&service, Query::Status).await.unwrap() else { panic!("a status answers so") };
    service.stop().await;
    std::fs::remove_dir_all(folder.path().join("node/index")).unwrap();
    std::fs::remove_file(folder.path().join("node/views.sqlite")).unwrap();
    let service = Service::start(Options::offline(StoreOptions::new(folder.path().join("node")))).await.unwrap();
    let Reply::Status(after) = ask(&service, Query::Status).await.unwrap() else { panic!("a status answers so") };
    assert_eq!(before, after);
    assert_eq!(list(&service).await.len(), 2);
    service.stop().await;
}

async fn health(service: &Service) -> service::reply::HealthView {
    let Reply::Health(health) = ask(service, Query::Health).await.unwrap() else { panic!("health answers so") };
    let mut health = *health;
    // How full the disk is under which the tests run is theirs.
    health.alerts.retain(|alert| !alert.key.starts_with("room:"));
    health
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_wrote_before_it_belongs_to_a_network_is_only_here_and_its_backup_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let before = health(&service).await;
    assert_eq!((before.figures.changes, before.figures.only_here, before.alerts.len()), (0, 0, 0), "{before:?}");
    let add = Command::Add { officer: officer(), name: "Wanti".to_owned(), village: None, fields: Vec::new() };
    ask(&service, add).await.unwrap();
    let written = health(&service).await;
    assert!(written.figures.only_here >= 2 && written.figures.only_here == written.figures.changes, "{written:?}");
    assert!(written.headline.en.contains("are nowhere else"), "{written:?}");
    assert!(written.alerts.iter().all(|alert| alert.key.starts_with("backup:")), "{written:?}");
    assert_eq!(written.alerts.iter().map(|alert| alert.level).max(), Some(service::reply::Level::Warning));
    let out = folder.path().join("kuripan.backup");
    ask(&service, Command::BackUp { out }).await.unwrap();
    service.stop().await;

    let service = Service::start(Options::offline(StoreOptions::new(folder.path().join("node")))).await.unwrap();
    let after = health(&service).await;
    assert_eq!(after.alerts, [], "{after:?}");
    assert!(after.last_backup_ms.is_some_and(|at| at <= after.now_ms));
    let nothing = Command::HandleAlert { key: "backup:nobody".to_owned(), by: "Sari".to_owned(), until_ms: 0 };
    assert!(ask(&service, nothing).await.is_err());
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_about_health_is_the_same_after_its_way_through_json() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    let mut view = health(&service).await;
    // Maps of numbers are what JSON bends.
    view.figures.below_target.insert(3, 5);
    let reply = Reply::Health(Box::new(view));
    let text = serde_json::to_string(&reply).unwrap();
    assert_eq!(serde_json::from_str::<Reply>(&text).unwrap(), reply);
    service.stop().await;
}
