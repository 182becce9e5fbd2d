//! What the disk lost is given up and fetched again, and no journal is written on where it may have been longer.

#![allow(clippy::unwrap_used, reason = "a test at the edge")]

mod net;

use std::{fs, path::Path, time::Duration};

use net::{Office, SOON, ministry};
use store::{FileName, FrameKind, Store};

const REGENCY: (&str, &str, &str) = ("Wonosobo", "regency", "33.07");

/// The largest segment file that is full.
fn full_file(folder: &Path) -> std::path::PathBuf {
    let mut files: Vec<_> = fs::read_dir(folder.join("journal")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.pop();
    files.pop().unwrap()
}

fn entries(office: &Office) -> u64 {
    office.held().iter().flat_map(|(_, journals)| journals).map(|(_, point)| point.seq).sum()
}

async fn until_holds(office: &Office, wanted: u64) {
    let look = async {
        while entries(office) < wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(SOON, look).await.is_ok(), "{} of {wanted} entries came back", entries(office));
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
    let before = entries(&regency);
    regency.stop().await;
    fs::remove_file(full_file(&regency.folder)).unwrap();

    // It writes with the cable out, and only then meets somebody.
    regency.start(&[]).await;
    assert!(!regency.node().cuts().is_empty() && entries(&regency) < before);
    let after = regency.register("Sesudah", None).await;
    ministry.stop().await;
    ministry.start(&[&regency]).await;
    ministry.until_shows(&after, |_| true).await;
    until_holds(&regency, before + 1).await;
    assert_eq!(regency.states().await, ministry.states().await);
    regency.stop().await;
    ministry.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_found_unreadable_is_fetched_again_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ministry, mut regency) = two_offices(folder.path()).await;
    let before = entries(&regency);
    regency.stop().await;
    let path = full_file(&regency.folder);
    let page = {
        let (store, _) = Store::open(&net::options(&regency.folder, None, None).store).unwrap();
        let name: FileName = path.file_name().unwrap().to_str().unwrap().parse().unwrap();
        let frames = store.reader.frames_of(name.number).unwrap();
        let pages = frames.iter().filter(|(located, _)| matches!(located.kind, FrameKind::Page | FrameKind::Pack));
        pages.map(|(located, _)| located.at).nth(3).unwrap()
    };
    let mut bytes = fs::read(&path).unwrap();
    bytes[(page.offset + page.bytes / 2) as usize] ^= 1;
    fs::write(&path, bytes).unwrap();

    // The footer is whole, so a start does not see it; looking through everything does.
    regency.start(&[]).await;
    let found = regency.node().recompute().await.unwrap();
    assert!(regency.node().cuts().is_empty() && !found.damaged.is_empty());
    regency.stop().await;
    regency.start(&[]).await;
    assert!(entries(&regency) < before);
    ministry.stop().await;
    ministry.start(&[&regency]).await;
    until_holds(&regency, before).await;
    let after = regency.register("Sesudah", None).await;
    ministry.until_shows(&after, |_| true).await;
    assert_eq!(regency.states().await, ministry.states().await);
    regency.stop().await;
    ministry.stop().await;
}
