//! A list leaves as a table, and a table comes in: between them nothing changes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

use std::path::Path;

use service::{
    Ask, Command, Find, Options, Query, Reply, Service, StoreOptions, TableFormat, TableOf, create, reply::TableView,
    subject,
};

async fn village(folder: &Path) -> Service {
    let store = StoreOptions::new(folder.join("node"));
    let office = subject(Some("Desa Kuripan"), Some("village"), Some("33.07.10.2004"), None).unwrap();
    create(&store, office, false).unwrap();
    Service::start(Options::offline(store)).await.unwrap()
}

async fn ask(service: &Service, ask: impl Into<Ask>) -> Reply {
    service.ask(ask.into(), |_| ()).await.unwrap()
}

async fn table(service: &Service, find: Find) -> TableView {
    let Reply::Table(table) = ask(service, Query::Table { of: TableOf::Participants(find) }).await else {
        panic!("a table answers so")
    };
    *table
}

async fn register(service: &Service, name: &str, fields: &[(&str, &str)]) {
    let fields = fields.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    ask(service, Command::Add { officer: "siti".into(), name: name.into(), village: None, fields }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_at_one_village_reads_the_same_after_an_import_at_another() {
    let here = tempfile::tempdir().unwrap();
    let from = village(here.path()).await;
    let fields = [
        ("nik", "3307105203860001"),
        ("birth", "12-03-1986"),
        ("sex", "P"),
        ("phone", "+62 812 3456"),
        ("address", "=1+1"),
        ("dusun", "Sigaok"),
        ("group", "salak; manisan"),
        ("resident", "ya"),
    ];
    register(&from, "Turyati", &fields).await;
    register(&from, "Bawon", &[]).await;
    let exported = table(&from, Find::default()).await;
    assert_eq!(exported.rows.len(), 2);
    for format in [TableFormat::Csv, TableFormat::Xlsx] {
        let there = tempfile::tempdir().unwrap();
        let to = village(there.path()).await;
        let file = there.path().join("peserta");
        std::fs::write(&file, exported.file(format, false).unwrap()).unwrap();
        let Reply::Imported(done) = ask(&to, Command::Import { officer: "siti".into(), file, decided: None }).await
        else {
            panic!("an import answers so")
        };
        assert_eq!((done.added, done.rejected), (2, 0), "{format:?}: {done:?}");
        assert_eq!(table(&to, Find::default()).await, exported, "{format:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_has_all_that_the_filter_finds_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let service = village(folder.path()).await;
    // More than are read at once.
    let csv = folder.path().join("people.csv");
    let rows: String = (0..450).map(|n| format!("33.07.10.2004,{},Turyati {n}\n", ["salak", "kopi"][n % 2])).collect();
    std::fs::write(&csv, format!("village_code,group,name\n{rows}")).unwrap();
    ask(&service, Command::Import { officer: "siti".into(), file: csv, decided: None }).await;
    let names = |table: &TableView| {
        let column = table.head.iter().position(|head| head.en == "Name").unwrap();
        table.rows.iter().map(|row| row[column].id.clone()).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(names(&table(&service, Find { limit: 3, ..Find::default() }).await), 450);
    let salak = table(&service, Find { group: Some("salak".into()), ..Find::default() }).await;
    assert_eq!((names(&salak), salak.rows.len()), (225, 225));
}
