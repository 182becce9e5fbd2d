//! A record is erased wherever it is held, on a ground that is said; a person is erased by what says who they are.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

mod offices;

use std::time::Duration;

use offices::{ask, begins, joined, office, says};
use service::{Command, Find, Query, Reply, Service};

async fn names(service: &Service) -> Vec<Option<String>> {
    let Reply::Found(found) = ask(service, Query::Find(Find { limit: 10, ..Find::default() })).await.unwrap() else {
        panic!("a list")
    };
    found.rows.into_iter().map(|row| row.name).collect()
}

async fn until(service: &Service, what: &str, holds: impl Fn(&[Option<String>]) -> bool) {
    let look = async {
        loop {
            let changed = service.shows_something_else();
            if holds(&names(service).await) {
                return;
            }
            changed.await;
        }
    };
    let done = tokio::time::timeout(Duration::from_secs(30), look).await;
    assert!(done.is_ok(), "{what}: {:?}", names(service).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_a_person_is_goes_everywhere_and_the_participation_stays() {
    let folder = tempfile::tempdir().unwrap();
    let ministry = office(folder.path(), "Kemnaker", "ministry", "id", &[]).await;
    let village = office(folder.path(), "Desa Kuripan", "village", "33.07.10.2004", &[&ministry]).await;
    joined(&ministry, &village).await;
    let add = Command::Add { officer: "siti".to_owned(), name: "Wanti".to_owned(), village: None, fields: Vec::new() };
    let Reply::Added(added) = ask(&village, add).await.unwrap() else { panic!("somebody is added") };
    until(&ministry, "the ministry lists her", |names| names.contains(&Some("Wanti".to_owned()))).await;

    let id = added.person.clone();
    let Reply::Preview(look) = ask(&village, Query::Erasure { id: id.clone() }).await.unwrap() else {
        panic!("a look")
    };
    assert_eq!(look[0].rows.len(), 1);
    assert_eq!(look[0].rows[0].head.id, "Wanti");
    let erase = |ground: &str| Command::Erase { id: id.clone(), ground: ground.to_owned() };
    let empty = ask(&village, erase("  ")).await.unwrap_err();
    assert_eq!(empty.field.as_deref(), Some("ground"));
    let stranger = ask(&ministry, Command::Erase { id: "bukan".to_owned(), ground: "diminta".to_owned() }).await;
    assert!(stranger.is_err());
    let typed = async |service: &Service, form: &str, name: &str| {
        let fields = vec![("name".to_owned(), name.to_owned())];
        service.keep_draft("siti".to_owned(), form.to_owned(), String::new(), fields).await.unwrap();
    };
    for (service, form, name) in [
        (&village, format!("/peserta/{id}/ubah"), "Wanti Lestari"),
        (&village, "/peserta/daftar".to_owned(), " wanti "),
        (&village, "/tamu".to_owned(), "Bawon"),
        (&ministry, format!("/peserta/{id}/ubah"), "Wanti S."),
        (&ministry, "/tamu".to_owned(), "Wantini"),
    ] {
        typed(service, &form, name).await;
    }
    let forms = |service: &Service| service.drafts("siti").into_iter().map(|(form, _)| form).collect::<Vec<_>>();
    ask(&village, erase("Diminta orangnya 12-03-2026")).await.unwrap();
    assert_eq!(forms(&village), ["/tamu"], "what was typed of her is gone too");
    for service in [&village, &ministry] {
        until(service, "she has no name any more", |names| names == [None]).await;
    }
    ask(&ministry, Query::Trail { about: None }).await.unwrap();
    assert_eq!(forms(&ministry), ["/tamu"], "and where the order arrived");
    let again = ask(&village, erase("Diminta orangnya")).await.unwrap_err();
    assert!(again.message.contains("holds nothing"), "{again:?}");

    // A scan goes with the last record that names it.
    let child = begins(&village, "anak", &[("care", "house")]).await.unwrap();
    let other = begins(&village, "anak", &[("care", "paud")]).await.unwrap();
    let scan = village.keep_scan(b"%PDF- persetujuan").unwrap();
    let consent = [("guardian", "Sri"), ("given", "ya"), ("text", "Boleh"), ("date", "02-03-2026"), ("scan", &*scan)];
    for record in [&child, &other] {
        says(&village, record, "consent", &consent).await.unwrap();
    }
    for (record, stays) in [(&child, true), (&other, false)] {
        ask(&village, Command::Erase { id: record.clone(), ground: "Wali menarik".to_owned() }).await.unwrap();
        ask(&village, Query::Trail { about: None }).await.unwrap();
        assert_eq!(village.scan(&scan).is_some(), stays);
    }

    // One that an earlier version took in may be named by a record of which nothing is known: it stays.
    let old = b"%PDF- keputusan lama";
    let scan = ministry.keep_scan(old).unwrap();
    std::fs::write(folder.path().join("Desa Kuripan/scans").join(&scan), old).unwrap();
    assert_eq!(village.keep_scan(old).unwrap(), scan);
    let child = begins(&village, "anak", &[("care", "house")]).await.unwrap();
    let consent = [("guardian", "Sri"), ("given", "ya"), ("text", "Boleh"), ("date", "02-03-2026"), ("scan", &*scan)];
    says(&village, &child, "consent", &consent).await.unwrap();
    ask(&village, Command::Erase { id: child, ground: "Wali menarik".to_owned() }).await.unwrap();
    ask(&village, Query::Trail { about: None }).await.unwrap();
    assert!(village.scan(&scan).is_some());

    let group = begins(&village, "kelompok", &[("name", "Bina Karya")]).await.unwrap();
    ask(&village, Command::Erase { id: group.clone(), ground: "Salah catat".to_owned() }).await.unwrap();
    let gone = async {
        loop {
            let changed = village.shows_something_else();
            if ask(&village, Query::Sheet { id: group.clone() }).await.is_err() {
                return;
            }
            changed.await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), gone).await.is_ok());
    village.stop().await;
    ministry.stop().await;
}
