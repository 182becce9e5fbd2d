//! What the disk lost is given up and fetched again, and no journal is written on where it may have been longer.

#![allow(clippy::unwrap_used, reason = "a test at the edge")]

mod net;

use std::{fs, path::Path};

use net::{Office, ministry};

const REGENCY: (&str, &str, &str) = ("Wonosobo", "regency", "33.07");

/// The largest segment file that is full.
fn full_file(folder: &Path) -> std::path::PathBuf {
    let mut files: Vec<_> = fs::read_dir(folder.join("journal")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.pop();
    files.pop().unwrap()
}

async fn two_offices(folder: &Path) -> (Office, Office) {
    let (ministry, mut network) = ministry(folder).await;
    let regency = network.admit(folder, &ministry, REGENCY, &[&ministry]).await;
    for number in 0..250 {
        regency.register(&format!("Orang {number}"), None).await;
    }
    let last = regency.register("Terakhir", None).await;
    let mut ministry = ministry;
    ministry.until_shows(&last, |_| true).await;
    (ministry, regency)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_gone_is_fetched_again_and_nothing_forks() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ministry, mut regency) = two_offices(folder.path()).await;
    let before = regency.states().await;
    regency.stop().await;
    fs::remove_file(full_file(&regency.folder)).unwrap();

    // It writes with the cable out, and only then meets somebody.
    regency.start(&[]).await;
    assert!(!regency.node().cuts().is_empty());
    let after = regency.register("Sesudah", None).await;
    ministry.stop().await;
    ministry.start(&[&regency]).await;
    ministry.until_shows(&after, |_| true).await;
    for (scope, states) in before {
        for (document, _) in states {
            regency.until_shows(&document, |_| true).await;
            assert_eq!(document.journal.scope, scope);
        }
    }
    regency.states().await;
    regency.stop().await;
    ministry.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_found_unreadable_is_fetched_again_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ministry, mut regency) = two_offices(folder.path()).await;
    let before = regency.held();
    regency.stop().await;
    let path = full_file(&regency.folder);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 600].fill(0);
    fs::write(&path, bytes).unwrap();

    // The footer is whole, so a start does not see it; looking through everything does.
    regency.start(&[]).await;
    assert!(!regency.node().recompute().await.unwrap().damaged.is_empty());
    regency.stop().await;
    regency.start(&[]).await;
    ministry.stop().await;
    ministry.start(&[&regency]).await;
    let all = |held: &[(identity::ScopeName, driver::Held)]| -> u64 {
        held.iter().flat_map(|(_, journals)| journals).map(|(_, point)| point.seq).sum()
    };
    let entries = all(&before);
    regency.until("everything is shown again", |shown| shown.documents.len() > 250).await;
    assert_eq!(all(&regency.held()), entries);
    regency.states().await;
    let document = regency.register("Sesudah", None).await;
    ministry.until_shows(&document, |_| true).await;
    regency.stop().await;
    ministry.stop().await;
}
