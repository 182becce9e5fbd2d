//! A case lies in a scope of its own: who is put in charge reads it from then on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

mod offices;

use std::time::Duration;

use offices::{ask, begins, carried, founded, id_of, listed, office, says};
use service::{Command, Query, Service};

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
    let founding = founded(&[&ministry]).await;
    let request = carried(&village, Query::Request).await;
    let file = carried(&ministry, Command::Approve { request }).await;
    ask(&village, Command::Join { file }).await.unwrap();
    // By hand: nothing has to be waited for.
    ask(&village, Command::Join { file: founding }).await.unwrap();
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
