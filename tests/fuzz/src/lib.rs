//! Everything that reads bytes of others, one function each, and the ways in which it may end.
//!
//! A target takes any bytes and says how they ended: well, or in which variant of the decoder's error. It panics where
//! the decoder breaks a promise: that what was read is written as the same bytes, that order makes no difference.
//!
//! A fuzzer guesses no signature, seal or checksum. Where a decoder stands behind one, the first byte of the input says
//! whether the rest is taken as it is, or is first signed, sealed or summed by a key of the [`world`].
//!
//! The corpora lie in `corpus/`, one folder a target; the test `corpus` gives them all to their targets, and
//! `scripts/fuzz` looks for more.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test at the edge: what must not fail ends it"
)]

mod api;
mod bundle;
pub mod change;
pub mod draft;
mod ends;
mod file;
mod frame;
mod import;
mod page;
pub mod picks;
mod replica;
mod signed;
mod statement;
pub mod world;

use std::collections::BTreeSet;

/// How an input ended, by name; several where it holds several things.
pub type Ends = BTreeSet<&'static str>;

/// Something that reads bytes of others.
pub struct Target {
    /// Its name, which is that of its corpus.
    pub name: &'static str,
    /// Gives it an input.
    pub run: fn(&[u8]) -> Ends,
    /// Every way in which an input may end.
    pub ends: &'static [&'static [&'static str]],
    /// Those of them that no bytes reach, each with the reason.
    pub unreached: &'static [(&'static str, &'static str)],
}

/// Every target.
pub const TARGETS: &[Target] = &[
    api::API,
    signed::BEACON,
    bundle::BUNDLE,
    change::CHANGE,
    draft::DRAFT,
    page::ENTRY,
    file::FILE,
    page::FORK,
    frame::FRAME,
    import::IMPORT,
    page::PAGE,
    signed::RECEIPT,
    replica::REPLICA,
    statement::STATEMENT,
    frame::STREAM,
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
