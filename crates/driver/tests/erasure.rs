//! What an order erases is gone: from what is shown, from the files, for good.

#![allow(clippy::unwrap_used, reason = "a test at the edge")]

mod net;

use std::{collections::BTreeSet, fs, path::Path};

use charter::Body;
use driver::{Opener, RecoveryKey, What};
use net::{Office, SOON, ministry, payloads, put};

const SECRET: &str = "Turyati Rahasia";
const VILLAGE: (&str, &str, &str) = ("Kuripan", "village", "33.07.10.2004");
const REGENCY: (&str, &str, &str) = ("Wonosobo", "regency", "33.07");

/// Whether a word stands in the bytes of any file below a folder.
fn in_any_file(folder: &Path, word: &str) -> bool {
    fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            in_any_file(&path, word)
        } else {
            fs::read(&path).unwrap().windows(word.len()).any(|bytes| bytes == word.as_bytes())
        }
    })
}

async fn until_gone(office: &Office) {
    assert!(tokio::time::timeout(SOON, office.node().when_erased()).await.is_ok(), "{}", office.folder.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_order_erases_leaves_the_files_of_all_and_all_show_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ministry, mut network) = ministry(folder.path()).await;
    let mut village = network.admit(folder.path(), &ministry, VILLAGE, &[&ministry]).await;
    let before = village.register("Bawon", None).await;
    let secret = village.register(SECRET, None).await;
    let continued = village.register(SECRET, Some(&secret)).await;
    let kept = village.register("Wanti", None).await;
    let shown = village.node().snapshot(secret.clone()).await.unwrap().unwrap().heads;
    let of = driver::Target::Document;
    village.write(of(secret.clone()), put(&shown, "address", SECRET)).await.unwrap();
    let fact = What::Fact { key: "visit".to_owned(), bytes: SECRET.as_bytes().to_vec() };
    village.write(of(secret.clone()), fact).await.unwrap();
    for document in [&before, &secret, &continued, &kept] {
        ministry.until_shows(document, |snapshot| !snapshot.fields.is_empty()).await;
    }
    ministry.until_shows(&secret, |snapshot| !snapshot.facts.is_empty()).await;

    ministry.erase(&[&secret]).await;
    for office in [&mut ministry, &mut village] {
        office.until_shows(&secret, |snapshot| snapshot.erased && snapshot.fields.is_empty()).await;
        office.until_shows(&continued, |snapshot| snapshot.erased).await;
        until_gone(office).await;
    }
    // The node goes on in the page in which entries were erased.
    let later = village.register("Suryati", None).await;
    let shown = village.node().snapshot(kept.clone()).await.unwrap().unwrap().heads;
    village.write(of(kept.clone()), put(&shown, "address", "Dusun Bedali")).await.unwrap();
    ministry.until_shows(&later, |snapshot| !snapshot.fields.is_empty()).await;
    ministry.until_shows(&kept, |snapshot| snapshot.fields.contains_key("address")).await;
    assert!(village.write(of(secret.clone()), put(&[], "name", "x")).await.is_err(), "an erased document is written");

    assert_eq!(ministry.held(), village.held());
    let states = ministry.states().await;
    assert_eq!(states, village.states().await);
    // A newcomer gets what stays, and of the rest no more than that it was.
    let mut regency = network.admit(folder.path(), &ministry, REGENCY, &[&village]).await;
    regency.until_shows(&kept, |snapshot| snapshot.fields.contains_key("address")).await;
    regency.until_shows(&continued, |snapshot| snapshot.erased).await;
    regency.until_shows(&later, |snapshot| !snapshot.fields.is_empty()).await;
    assert_eq!(states, regency.states().await);
    for office in [&mut ministry, &mut village, &mut regency] {
        office.stop().await;
        assert!(!in_any_file(&office.folder, SECRET));
        let (there, gone) = payloads(&office.folder);
        assert_eq!(gone, BTreeSet::from([secret.clone(), continued.clone()]), "{}", office.folder.display());
        assert_eq!(there, BTreeSet::from([before.clone(), kept.clone(), later.clone()]));
    }
    // And it stays so.
    for office in [&mut ministry, &mut village, &mut regency] {
        office.start(&[]).await;
        until_gone(office).await;
        assert_eq!(office.states().await, states);
        office.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_that_was_off_erases_before_it_shows_anything_new() {
    let folder = tempfile::tempdir().unwrap();
    let (ministry, mut network) = ministry(folder.path()).await;
    let mut village = network.admit(folder.path(), &ministry, VILLAGE, &[&ministry]).await;
    let mut regency = network.admit(folder.path(), &ministry, REGENCY, &[&ministry]).await;
    let secret = village.register(SECRET, None).await;
    regency.until_shows(&secret, |snapshot| !snapshot.fields.is_empty()).await;
    regency.stop().await;
    village.stop().await;
    ministry.erase(&[&secret]).await;
    let news = ministry.register("Bawon", None).await;
    until_gone(&ministry).await;

    for office in [&mut regency, &mut village] {
        office.start(&[&ministry]).await;
        office.until_shows(&news, |snapshot| !snapshot.fields.is_empty()).await;
        office.until_shows(&secret, |snapshot| snapshot.erased).await;
        until_gone(office).await;
        // The statements come first, so nothing new is shown before the order has its effect.
        let told = office.told();
        let erased = |changed: &driver::Changed| changed.snapshot.as_ref().is_some_and(|snapshot| snapshot.erased);
        let order = told.iter().position(|changed| changed.document == secret && erased(changed)).unwrap();
        assert!(told[..order].iter().all(|changed| changed.document != news), "{told:?}");
        assert!(told[order..].iter().all(|changed| changed.document != secret || erased(changed)), "{told:?}");
        assert_eq!(office.states().await, ministry.states().await);
        office.stop().await;
        assert_eq!(payloads(&office.folder), (BTreeSet::from([news.clone()]), BTreeSet::from([secret.clone()])));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_was_cut_short_is_taken_up_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ministry, _network) = ministry(folder.path()).await;
    let secret = ministry.register(SECRET, None).await;
    let kept = ministry.register("Wanti", None).await;
    ministry.erase(&[&secret]).await;
    // Stopped at once: the files may or may not have been gone through.
    ministry.stop().await;
    ministry.start(&[]).await;
    until_gone(&ministry).await;
    let states = ministry.states().await;
    ministry.stop().await;
    assert_eq!(payloads(&ministry.folder), (BTreeSet::from([kept]), BTreeSet::from([secret])));
    // Also after the index was lost, which remembers what is done.
    fs::remove_dir_all(ministry.folder.join("index")).unwrap();
    ministry.start(&[]).await;
    until_gone(&ministry).await;
    assert_eq!(ministry.states().await, states);
    ministry.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_brings_nothing_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ministry, mut network) = ministry(folder.path()).await;
    let mut village = network.admit(folder.path(), &ministry, VILLAGE, &[&ministry]).await;
    let first = village.register("Painem", None).await;
    let secret = village.register(SECRET, None).await;
    ministry.until_shows(&secret, |snapshot| !snapshot.fields.is_empty()).await;
    // One order is known when the backup is made, the other is not.
    ministry.erase(&[&first]).await;
    village.until_shows(&first, |snapshot| snapshot.erased).await;
    let key = RecoveryKey::from_seed([9; 32]);
    village.node().set_recovery_lock(key.lock()).await.unwrap();
    let (node, file) = (village.node().clone(), folder.path().join("backup"));
    let out = file.clone();
    tokio::task::spawn_blocking(move || node.back_up(&out, |_, _| std::ops::ControlFlow::Continue(())).map(drop))
        .await
        .unwrap()
        .unwrap();
    ministry.erase(&[&secret]).await;
    village.until_shows(&secret, |snapshot| snapshot.erased).await;
    until_gone(&village).await;
    village.stop().await;

    let mut again = Office::restored(folder.path(), "Kuripan again", &file, &Opener::Recovery(Box::new(key)));
    again.start(&[&ministry]).await;
    let request = again.node().request().clone();
    ministry.state(Body::Admit { request }).await;
    again.until_shows(&secret, |snapshot| snapshot.erased).await;
    until_gone(&again).await;
    let letters = again.told().into_iter().filter_map(|changed| changed.snapshot);
    assert!(letters.filter(|snapshot| snapshot.id == secret).all(|snapshot| snapshot.fields.is_empty()));
    assert_eq!(again.states().await, ministry.states().await);
    for office in [&mut ministry, &mut again] {
        office.stop().await;
        assert_eq!(payloads(&office.folder), (BTreeSet::new(), BTreeSet::from([first.clone(), secret.clone()])));
    }
}
