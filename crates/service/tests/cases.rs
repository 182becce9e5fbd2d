//! A case lies in a scope of its own: who is put in charge reads it from then on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

mod offices;

use std::time::Duration;

use offices::{ask, begins, founded, id_of, joined, listed, office, says};
use service::{Query, Reply, Service};

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_put_in_charge_of_a_case_by_one_that_calls_it_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let ministry = office(folder.path(), "Kemnaker", "ministry", "id", &[]).await;
    let village = office(folder.path(), "Desa Kuripan", "village", "33.07.10.2004", &[&ministry]).await;
    puts_in_charge(village, ministry).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_put_in_charge_of_a_case_by_one_that_it_calls_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let village = office(folder.path(), "Desa Kuripan", "village", "33.07.10.2004", &[]).await;
    let ministry = office(folder.path(), "Kemnaker", "ministry", "id", &[&village]).await;
    puts_in_charge(village, ministry).await;
}

async fn puts_in_charge(village: Service, ministry: Service) {
    joined(&ministry, &village).await;
    let lead = id_of(&village, "Kemnaker").await;

    for number in 0..8 {
        let id = begins(&village, "pengaduan", &[("kind", "abuse"), ("name", "Ani Lestari")]).await.unwrap();
        says(&village, &id, "assigned", &[("office", &lead), ("answer_by", "2030-12-20")]).await.unwrap();
        let reads = async {
            loop {
                let changed = ministry.shows_something_else();
                if listed(&ministry, "pengaduan").await.contains(&id) {
                    break;
                }
                changed.await;
            }
        };
        let read = tokio::time::timeout(Duration::from_secs(20), reads).await;
        assert!(read.is_ok(), "case {number}: {:?}", ask(&village, Query::Status).await.unwrap());
    }
    village.stop().await;
    ministry.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_to_which_no_road_leads_is_named_with_what_it_is_to_have() {
    let folder = tempfile::tempdir().unwrap();
    let between = office(folder.path(), "Kemnaker", "ministry", "id", &[]).await;
    let one = office(folder.path(), "Kemenkes", "ministry", "id", &[&between]).await;
    let two = office(folder.path(), "Kemendesa", "ministry", "id", &[&between]).await;
    founded(&[&between, &one, &two]).await;
    let other = id_of(&one, "Kemendesa").await;
    begins(&one, "agenda", &[("title", "Pertukaran data"), ("offices", &other)]).await.unwrap();
    // Nobody between them may hold the agenda; that the other is there comes with the reports of who is between.
    let named = async {
        let mut look = tokio::time::interval(Duration::from_millis(100));
        loop {
            look.tick().await;
            let Reply::Network(network) = ask(&one, Query::Network).await.unwrap() else { panic!("a network") };
            if network.no_road.iter().any(|one| one.scope.starts_with("agenda/") && one.office == "Kemendesa") {
                return;
            }
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), named).await;
    assert!(found.is_ok(), "{:?}", ask(&one, Query::Network).await);
    for service in [between, one, two] {
        service.stop().await;
    }
}
