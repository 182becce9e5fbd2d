//! Nodes find each other, and forms that come too late are shown again.

#![allow(clippy::unwrap_used, reason = "a test at the edge")]

mod net;

use charter::{Act, Body, Holder, Policy};
use driver::{Target, WriteError};
use identity::{Class, OfficeKind};
use net::{Office, ministry, put};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_knows_one_peer_finds_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let (ministry, mut network) = ministry(folder.path()).await;
    let regency = network.admit(folder.path(), &ministry, ("Wonosobo", "regency", "33.07"), &[&ministry]).await;
    regency.until_connected(&[ministry.key()]).await;
    // The village knows the regency alone.
    let village = network.admit(folder.path(), &ministry, ("Kuripan", "village", "33.07.10.2004"), &[&regency]).await;
    village.until_connected(&[ministry.key(), regency.key()]).await;
    regency.until_connected(&[ministry.key(), village.key()]).await;
    for office in [ministry, regency, village] {
        let mut office = office;
        office.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_through_a_third_office_comes_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ministry, mut network) = ministry(folder.path()).await;
    let mut offices = Vec::new();
    for (name, kind, region) in [("Kuripan", "village", "33.07.10.2004"), ("Wonosobo", "regency", "33.07")] {
        let mut office = Office::new(folder.path(), name, kind, region);
        office.hidden = true;
        offices.push(network.admit_made(office, &ministry, &[&ministry]).await);
    }
    let [village, regency] = offices.as_mut_slice() else { panic!() };
    for number in 0..200 {
        let document = village.register(&format!("Orang {number}"), None).await;
        regency.until_shows(&document, |_| true).await;
    }
    regency.until_connected(&[ministry.key()]).await;
    village.stop().await;
    regency.stop().await;
    ministry.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_saved_over_too_often_is_to_be_shown_again_and_then_takes() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ministry, _network) = ministry(folder.path()).await;
    let person = ministry.register("Wanti", None).await;
    let heads = || async { ministry.node().snapshot(person.clone()).await.unwrap().unwrap().heads };
    let opened = heads().await;
    // Each is saved from a form that was opened at the beginning, as if many tabs had stood open.
    for save in 0..7 {
        let what = put(&opened, "address", &format!("Dusun {save}"));
        ministry.write(Target::Document(person.clone()), what).await.unwrap();
    }
    let late = ministry.write(Target::Document(person.clone()), put(&opened, "address", "Dusun Bedali")).await;
    let late = match late {
        // The first lane holds the creation, which the form was shown.
        Ok(_) => ministry.write(Target::Document(person.clone()), put(&opened, "address", "Dusun Sigaok")).await,
        refused => refused,
    };
    assert!(matches!(late, Err(WriteError::ShowAgain)), "{late:?}");
    let shown = heads().await;
    ministry.write(Target::Document(person.clone()), put(&shown, "address", "Dusun Bedali")).await.unwrap();
    ministry.until_shows(&person, |snapshot| snapshot.fields["address"].len() == 1).await;
    ministry.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_may_read_no_more_is_shown_no_more_and_sent_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ministry, mut network) = ministry(folder.path()).await;
    let village = ("Kuripan", "village", "33.07.10.2004");
    let mut village = network.admit(folder.path(), &ministry, village, &[&ministry]).await;
    let mut regency = network.admit(folder.path(), &ministry, ("Wonosobo", "regency", "33.07"), &[&ministry]).await;
    let before = village.register("Wanti", None).await;
    regency.until_shows(&before, |snapshot| !snapshot.fields.is_empty()).await;

    let mut policy = Policy::default_programme(ministry.node().office());
    policy
        .grants
        .retain(|grant| (grant.class, grant.holder) != (Class::Participation, Holder::Kind(OfficeKind::Regency)));
    let act = Act::SetPolicy(policy);
    ministry.state(Body::Majority { founder_set_version: 1, act, nonce: [1; 16] }).await;
    let hidden = |shown: &net::Shown| shown.documents.get(&before).is_some_and(|changed| changed.snapshot.is_none());
    regency.until("what it may read no more is hidden", hidden).await;
    assert!(regency.node().snapshot(before.clone()).await.unwrap().is_none());

    let later = village.register("Bawon", None).await;
    ministry.until_shows(&later, |snapshot| !snapshot.fields.is_empty()).await;
    // What concerns all still comes, so nothing stands between them.
    ministry
        .state(Body::Majority {
            founder_set_version: 2,
            act: Act::SetPolicy(Policy::default_programme(ministry.node().office())),
            nonce: [2; 16],
        })
        .await;
    regency.until_shows(&later, |snapshot| !snapshot.fields.is_empty()).await;
    let told = regency.told();
    let widened = told.iter().rposition(|changed| changed.document == before && changed.snapshot.is_some()).unwrap();
    assert!(told[..widened].iter().all(|changed| changed.document != later), "{told:?}");
    for office in [&mut ministry, &mut village, &mut regency] {
        office.stop().await;
    }
}
