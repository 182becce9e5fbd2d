//! Disk use stays in proportion to what is live, and nothing is lost by that.

#![allow(clippy::unwrap_used, reason = "a test at the edge")]

mod net;

use std::{fs, path::Path};

use driver::{Target, Write};
use identity::{Coordinate, Officer};
use net::{Office, PARTICIPATION, ministry, put};

fn journal_files(folder: &Path) -> (usize, u64) {
    let files = fs::read_dir(folder.join("journal")).unwrap().flatten();
    files.fold((0, 0), |(count, bytes), file| (count + 1, bytes + file.metadata().unwrap().len()))
}

/// Edits a document again and again, each time from what it shows.
async fn edit(office: &Office, document: &Coordinate, times: usize) {
    for time in 0..times {
        let shown = office.node().snapshot(document.clone()).await.unwrap().unwrap().heads;
        let what = put(&shown, "address", &format!("Dusun {time}"));
        office.write(Target::Document(document.clone()), what).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_small_runs_become_few_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (mut office, _network) = ministry(folder.path()).await;
    let wanti = office.register("Wanti", None).await;
    edit(&office, &wanti, 300).await;
    let (states, held) = (office.states().await, office.held());
    let (files, bytes) = journal_files(&office.folder);
    assert!(files > 4, "{files} files");

    // Somebody writes meanwhile.
    let (bawon, ()) = tokio::join!(office.register("Bawon", None), office.node().tidy());
    let (fewer_files, fewer_bytes) = journal_files(&office.folder);
    assert!(
        fewer_bytes * 2 < bytes && fewer_files < files,
        "{bytes} bytes in {files} files became {fewer_bytes} in {fewer_files}"
    );
    edit(&office, &bawon, 3).await;
    let after = office.states().await;
    let of_wanti = |states: &[(identity::ScopeName, driver::States)]| {
        states.iter().flat_map(|(_, states)| states).find(|(document, _)| *document == wanti).cloned()
    };
    assert_eq!(of_wanti(&after), of_wanti(&states));

    // Nothing is done twice, and an index made from the files alone says the same.
    office.node().tidy().await;
    assert_eq!(journal_files(&office.folder).0, fewer_files);
    office.rebuild().await;
    assert_eq!(office.states().await, after);
    assert!(
        office.held().iter().zip(&held).all(|((scope, now), (of, before))| scope == of && now.len() == before.len())
    );
    edit(&office, &wanti, 2).await;
    office.states().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_reaches_what_was_joined_and_what_lies_in_many_files() {
    let folder = tempfile::tempdir().unwrap();
    let (mut office, _network) = ministry(folder.path()).await;
    let wanti = office.register("Wanti", None).await;
    let secret = office.register("Turyati Rahasia", None).await;
    edit(&office, &secret, 120).await;
    edit(&office, &wanti, 120).await;
    office.node().tidy().await;
    edit(&office, &secret, 60).await;
    office.erase(&[&secret]).await;
    office.node().when_erased().await;
    office.node().tidy().await;
    edit(&office, &wanti, 1).await;
    let states = office.states().await;
    office.rebuild().await;
    office.node().when_erased().await;
    assert_eq!(office.states().await, states);
    office.stop().await;
    assert_eq!(net::payloads(&office.folder).0, [wanti].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_fills_a_page_and_begins_the_next_leaves_each_entry_once() {
    let folder = tempfile::tempdir().unwrap();
    let (mut office, _network) = ministry(folder.path()).await;
    // 4,096 is no multiple of it.
    const BATCH: usize = 300;
    for batch in 0..15 {
        let writes = (0..BATCH).map(|number| Write {
            target: Target::New { scope: PARTICIPATION.parse().unwrap(), kind: 3, predecessor: None },
            officer: Officer::new("petugas").unwrap(),
            what: put(&[], "name", &format!("Orang {}", batch * BATCH + number)),
        });
        office.node().write(writes.collect()).await.unwrap();
    }
    // Fails on an entry that stands in two pages.
    let states = office.states().await;
    assert_eq!(states.iter().map(|(_, states)| states.len()).sum::<usize>(), 15 * BATCH);
    office.stop().await;
}
