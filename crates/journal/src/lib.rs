//! Journals: what one node wrote in one scope, in order, hash-chained and signed; and how it is stored.
//!
//! Pure: it opens no file and reads no clock. What has to happen on disk is handed back as data for `store`. It does
//! not know what a payload means; `documents` does.
//!
//! # Invariants
//! - An entry's hash covers the whole journal up to it, and the payload as stored.
//! - A payload can be erased without touching any hash: what stays confirms no guess of what was there.

mod entry;
pub mod segments;

pub use entry::{Actor, Change, Draft, Entry, Form, Header, Kind, LANES, Payload, Salt, Subject};
