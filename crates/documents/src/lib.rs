//! Documents: the guard, lanes and loading. The only room that names Automerge.
//!
//! Pure: bytes, headers and standings in; verdicts and plain snapshots out. What a field or a fact *means* is the
//! business of `records`. Nothing here signs, stores or looks at a clock.
//!
//! # Invariants
//! - What a document shows is a function of the *set* of its entries and of the standing of each: no order of
//!   arrival, no splitting into batches and no clock changes it.
//! - Automerge sees a change only after the guard accepted it, so no peer's bytes reach its decoders unchecked.
//! - The hash of a change comes from putting its chunk together here, never from a peer.

mod chunk;
mod columns;
mod edit;
mod engine;
mod fold;
mod ground;
mod guard;
mod history;
mod judge;
mod leb;
mod reissue;
mod script;
mod show;
mod snapshot;
#[cfg(test)]
mod tests;

pub use chunk::{ChunkError, Parts, put_together, take_apart};
pub use edit::{EditError, Written, create, fact};
pub use engine::CannotShow;
pub use fold::{Fold, Item, Standing, Verdict};
pub use guard::{BYTES_MAX, CHANGES_MAX, FACT_BYTES_MAX, FACT_KEY_BYTES_MAX, KEY_BYTES_MAX, OPS_MAX};
pub use history::{Past, Said};
pub use snapshot::{Authorship, Edit, Fact, FieldValue, Refusal, Scalar, Snapshot, Waiting};
