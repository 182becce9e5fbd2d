//! The corpora, given to their targets on every run of the tests: what a fuzzer once found stays found.

#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used, reason = "a test at the edge")]

use std::{
    collections::BTreeSet,
    fs,
    panic::{catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::LazyLock,
    time::{Duration, Instant},
};

use fuzz::{Ends, TARGETS, Target};
use proptest::prelude::*;

/// No input may take longer: a decoder that does can be kept busy by a peer.
const INPUT_TIME_MAX: Duration = Duration::from_secs(1);

/// All corpora together are to be no burden.
const CORPORA_BYTES_MAX: u64 = 400 << 10;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// How every input of every target ended, and how long the slowest took.
static REPLAYED: LazyLock<Vec<(&'static Target, Ends, Duration)>> = LazyLock::new(|| {
    let replay = |target: &'static Target| {
        let (mut ends, mut slowest) = (Ends::new(), Duration::ZERO);
        for file in listed(&folder().join(target.name)) {
            let bytes = fs::read(&file).unwrap();
            let began = Instant::now();
            match catch_unwind(|| (target.run)(&bytes)) {
                Ok(reached) => ends.extend(reached),
                Err(panic) => {
                    println!("scripts/fuzz {} {}", target.name, file.display());
                    resume_unwind(panic);
                }
            }
            let took = began.elapsed();
            assert!(took < INPUT_TIME_MAX, "{} takes {took:?}", file.display());
            slowest = slowest.max(took);
        }
        (target, ends, slowest)
    };
    TARGETS.iter().map(replay).collect()
});

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let folders: Vec<String> =
        listed(&folder()).iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(folders, TARGETS.iter().map(|target| target.name).collect::<Vec<_>>());
    for target in TARGETS {
        assert!(!listed(&folder().join(target.name)).is_empty(), "{} has inputs", target.name);
    }
}

#[test]
fn no_input_of_the_corpora_makes_a_decoder_panic_or_takes_long() {
    for (target, _, slowest) in &*REPLAYED {
        println!("{}: the slowest input takes {slowest:?}", target.name);
    }
    assert_eq!(REPLAYED.len(), TARGETS.len());
}

#[test]
fn the_corpora_reach_every_way_in_which_a_decoder_may_end() {
    for (target, ends, _) in &*REPLAYED {
        let named: BTreeSet<&str> = target.ends.iter().copied().flatten().copied().collect();
        let unreached: BTreeSet<&str> = target.unreached.iter().map(|(end, _)| *end).collect();
        assert!(unreached.is_subset(&named), "{}: {unreached:?} are none of its ends", target.name);
        let expected: BTreeSet<&str> = named.difference(&unreached).copied().collect();
        assert_eq!(ends, &expected, "{}", target.name);
    }
}

#[test]
fn the_corpora_are_small() {
    let files = TARGETS.iter().flat_map(|target| listed(&folder().join(target.name)));
    let bytes: u64 = files.map(|file| file.metadata().unwrap().len()).sum();
    assert!(bytes <= CORPORA_BYTES_MAX, "{bytes} bytes");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 2000, ..ProptestConfig::default() })]
    #[test]
    fn nothing_that_comes_in_makes_a_replica_panic_or_run_away(drawn in proptest::collection::vec(any::<u8>(), 0..6000)) {
        (fuzz::target("replica").unwrap().run)(&drawn);
    }
}
