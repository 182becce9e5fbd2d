//! Documents: the guard, lanes and loading. The only room that names Automerge.
//!
//! Pure: bytes, headers and standings in; verdicts and plain snapshots out. What a field or a fact *means* is the
//! business of `records`.

mod snapshot;

pub use snapshot::{Authorship, Edit, Fact, FieldValue, Refusal, Scalar, Snapshot, Waiting};
