//! Pages and packs, the entries inside them, and proofs of forks.

use std::collections::BTreeMap;

use identity::ChangeHash;
use journal::{Digest, ForkProof, Limits, Page, PageError, Run, VerifiedRun, decode, encode};

use crate::{Ends, Target, ends::ends};

pub(crate) const PAGE: Target =
    Target { name: "page", run: page, ends: &[PAGE_ERRORS, &["VerifiedRun"]], unreached: &[WRITING, NO_PROOF] };

pub(crate) const ENTRY: Target = Target {
    name: "entry",
    run: entry,
    ends: &[PAGE_ERRORS, &["VerifiedRun"]],
    unreached: &[
        WRITING,
        NO_PROOF,
        ("PageError::Version", "the frame around the entries is ours here; `page` reaches it"),
        ("PageError::Frame", "the frame around the entries is ours here; `page` reaches it"),
    ],
};

pub(crate) const FORK: Target = Target {
    name: "fork",
    run: fork,
    ends: &[PAGE_ERRORS, &["ForkProof"]],
    unreached: &[
        WRITING,
        ("PageError::Version", "a proof has no form of its own"),
        ("PageError::Frame", "a proof is not compressed; only writing one could say so"),
        ("PageError::Truncated", "what ends early is misspelled here"),
        ("PageError::Place", "a proof holds headers, no run"),
        ("PageError::Salts", "a proof holds no payload"),
        ("PageError::Changes", "a proof holds no payload"),
        ("PageError::Gap", "headers that do not follow each other prove nothing"),
        ("PageError::Foreign", "a proof names one journal once"),
    ],
};

const WRITING: (&str, &str) = ("PageError::Payload", "said of a draft, before anything is written");
const NO_PROOF: (&str, &str) = ("PageError::NoFork", "said of proofs alone");

ends!(page_error, PAGE_ERRORS: PageError {
    Version, Frame, TooLarge, Truncated, Spelling, Place, Salts, Signature, Changes, Gap, Foreign, Payload, NoFork,
});

fn page(bytes: &[u8]) -> Ends {
    runs(decode(bytes, &Limits::default()))
}

/// The inside of a page, before it is compressed: what a fuzzer finds its way in.
fn entry(inside: &[u8]) -> Ends {
    // As an author makes it: the form, then one frame that states its size.
    let frame = zstd::bulk::compress(inside, 1).unwrap();
    let decoded = decode(&[&[1], &frame[..]].concat(), &Limits::default());
    let verified = decoded.iter().flatten().cloned().map(Run::verify).collect::<Result<Vec<_>, _>>();
    if let (Ok(_), Ok(verified)) = (&decoded, verified) {
        let parts = journal::parts(&verified.iter().collect::<Vec<_>>());
        let written: Vec<u8> = parts.into_iter().flat_map(|(_, part)| part).collect();
        assert!(written == inside, "entries have one spelling");
    }
    runs(decoded)
}

fn runs(decoded: Result<Vec<Run>, PageError>) -> Ends {
    let mut ends = Ends::new();
    let mut verified = Vec::new();
    match decoded {
        Err(error) => drop(ends.insert(page_error(&error))),
        Ok(runs) => {
            for run in runs {
                match run.verify() {
                    Ok(run) => verified.push(run),
                    Err(error) => drop(ends.insert(page_error(&error))),
                }
            }
        }
    }
    for run in &verified {
        ends.insert("VerifiedRun");
        comes_back(run);
        cut_and_erased(run);
        // Nothing is rebuilt here, so a page with changes in it is never the one that was signed.
        if run.first() == run.page_first() {
            let none = vec![ChangeHash([0; 32]); run.entries().len()];
            ends.extend(run.check_changes(Digest::START, &none).err().as_ref().map(page_error));
        }
    }
    for pair in verified.windows(2) {
        match pair[0].clone().join(pair[1].clone()) {
            Ok(joined) => comes_back(&joined),
            Err(error) => drop(ends.insert(page_error(&error))),
        }
    }
    ends
}

fn comes_back(run: &VerifiedRun) {
    let bytes = encode(&[run]).unwrap();
    let mut again = decode(&bytes, &Limits::default()).unwrap();
    assert_eq!(again.pop().map(Run::verify), Some(Ok(run.clone())));
    assert!(again.is_empty());
    if let Some(page) = Page::of(run).unwrap() {
        assert_eq!(page.bytes[..], bytes);
    }
}

/// What is left of a run is as good as the whole.
fn cut_and_erased(run: &VerifiedRun) {
    if let Some(suffix) = run.suffix(run.first() + 1) {
        comes_back(&suffix);
    }
    let mut erased = run.clone();
    erased.erase(&BTreeMap::from([(run.first(), ChangeHash([7; 32]))]));
    assert_eq!(erased.last(), run.last());
    comes_back(&erased);
}

fn fork(bytes: &[u8]) -> Ends {
    Ends::from([match ForkProof::decode(bytes) {
        Ok(proof) => {
            assert_eq!(proof.encode().unwrap(), bytes);
            "ForkProof"
        }
        Err(error) => page_error(&error),
    }])
}
