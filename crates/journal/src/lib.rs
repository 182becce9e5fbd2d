//! Journals: what one node wrote in one scope, in order, hash-chained and signed; and how it is stored.
//!
//! Pure: it opens no file and reads no clock. What has to happen on disk is handed back as data for `store`. It does
//! not know what a payload means; `documents` does.
//!
//! # Invariants
//! - An entry's hash covers the whole journal up to it, and the payload as stored.
//! - A payload can be erased without touching any hash: what stays confirms no guess of what was there.

mod checkpoint;
mod columns;
mod entry;
mod error;
mod fork;
mod have;
mod page;
mod run;
mod salt;
pub mod segments;
#[cfg(test)]
mod testing;
mod wire;
mod writer;

pub use checkpoint::{Checkpoint, Digest};
pub use entry::{Actor, Change, Draft, Entry, Form, Header, Kind, LANES, Payload, Salt, Subject};
pub use error::PageError;
pub use fork::{FORK_PROOF_BYTES_MAX, ForkProof};
pub use have::{Have, Relation, compare};
pub use page::{LINKS_MAX, Limits, PAGE_WEIGHT, PAYLOAD_BYTES_MAX, Pack, Page, decode, encode, packs, parts};
pub use run::{Run, VerifiedRun};
pub use salt::{Cover, PAGE_ENTRIES_MAX};
pub use writer::{Commit, JournalWriter};
