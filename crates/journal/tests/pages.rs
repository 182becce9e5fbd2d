//! The risk that everything stands on: what live-written documents cost as pages, and that pages alone carry them.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test binary")]

mod standard_set;

use std::collections::{BTreeMap, BTreeSet};

use identity::{EntryHash, JournalId, Point};
use journal::{Digest, Entry, Limits, VerifiedRun};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use standard_set::StandardSet;

/// `design.md` §13.
const BYTES_PER_DOCUMENT_MAX: f64 = 210.0;
const JSON_LINES_RATIO_MAX: f64 = 1.15;

#[test]
fn two_thousand_live_written_documents_fit_their_budget_and_come_back_in_any_order() {
    check(2_000, 1);
}

#[test]
#[ignore = "a minute in the dev profile: the full size, with several pages a journal"]
fn ten_thousand_live_written_documents_fit_their_budget_and_come_back_in_any_order() {
    check(10_000, 1);
}

/// Everything that a store would send: the sealed pages and the tails.
fn runs(set: &StandardSet) -> Vec<VerifiedRun> {
    let sealed = set.commits.iter().flat_map(|commit| commit.sealed.iter().cloned());
    sealed.chain(set.writers.iter().filter_map(|writer| writer.tail())).collect()
}

fn check(documents: usize, seed: u64) {
    let set = standard_set::write(documents, seed);
    let runs = runs(&set);
    let mut pages: Vec<Vec<u8>> = runs.iter().map(|run| journal::encode(&[run]).unwrap()).collect();
    report(&set, &runs, &pages, documents);
    let written: BTreeMap<(JournalId, u64), (EntryHash, Entry)> = contents(&set.commits_in_order());
    assert_eq!(written.len(), documents * standard_set::NODES);

    pages.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let read = |page: &Vec<u8>| journal::decode(page, &Limits::default()).unwrap();
    let back: Vec<VerifiedRun> = pages.iter().flat_map(read).map(|run| run.verify().unwrap()).collect();
    assert!(contents(&back) == written, "the same entries under the same hashes");
    for run in &back {
        let from = run.first() as usize - 1;
        let changes = &set.change_hashes[run.journal()][from..from + run.entries().len()];
        run.check_changes(Digest::START, changes).unwrap();
    }
}

fn contents(runs: &[VerifiedRun]) -> BTreeMap<(JournalId, u64), (EntryHash, Entry)> {
    let of_run = |run: &VerifiedRun| {
        let journal = run.journal().clone();
        let name = move |(Point { seq, hash }, entry)| ((journal.clone(), seq), (hash, entry));
        run.clone().into_entries().map(name).collect::<Vec<_>>()
    };
    runs.iter().flat_map(of_run).collect()
}

/// Prints where the bytes go, and holds the budget.
fn report(set: &StandardSet, runs: &[VerifiedRun], pages: &[Vec<u8>], documents: usize) {
    let each = |bytes: usize| bytes as f64 / documents as f64;
    let compressed = |bytes: &[u8]| each(zstd::bulk::compress(bytes, 7).unwrap().len());
    let mut parts: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (name, bytes) in runs.iter().flat_map(|run| journal::parts(&[run])) {
        parts.entry(name).or_default().extend(bytes);
    }
    let total = each(pages.iter().map(Vec::len).sum());
    let json = each(zstd::bulk::compress(set.json_lines.as_bytes(), 3).unwrap().len());
    println!("bytes a document in {} pages, as they are and each part compressed alone:", pages.len());
    for (name, bytes) in &parts {
        println!("{name:>20} {:8.2} {:8.2}", each(bytes.len()), compressed(bytes));
    }
    println!("{:>20} {:8.2} {json:8.2} (zstd -3)", "JSON lines", each(set.json_lines.len()));
    println!("{:>20} {:8.2}", "Automerge's chunks", each(set.raw_bytes));
    println!("{:>20} {total:17.2} ({:.2} × JSON lines)", "pages", total / json);
    assert!(total <= BYTES_PER_DOCUMENT_MAX && total <= JSON_LINES_RATIO_MAX * json);
    let journals: BTreeSet<_> = runs.iter().map(VerifiedRun::journal).collect();
    assert_eq!(journals.len(), standard_set::NODES);
}
