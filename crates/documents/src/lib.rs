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
mod edit;
mod fold;
mod guard;
mod snapshot;

pub use chunk::{ChunkError, Parts, put_together, take_apart};
pub use edit::{EditError, Written, create, fact};
pub use fold::{CannotShow, Fold, Item, Standing, Verdict};
pub use guard::{BYTES_MAX, CHANGES_MAX, FACT_BYTES_MAX, FACT_KEY_BYTES_MAX};
pub use snapshot::{Authorship, Edit, Fact, FieldValue, Refusal, Scalar, Snapshot, Waiting};
