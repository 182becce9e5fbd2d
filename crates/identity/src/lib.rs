//! Keys, signatures, hashes and ids: who signs, what is named, and how it is written down.
//!
//! No clock, file, socket or source of randomness lives here: whoever needs a new key or id hands in 32 random
//! bytes. Nothing here knows what a statement or an entry means.
//!
//! # Invariants
//! - A signature is made and checked in a [`Domain`], so a signature for one purpose is none for another.
//! - A secret never prints: `Debug` of a secret is `(..)`.
//! - Every name parses back from what `Display` prints, and has one spelling only.

pub mod broken;
mod bytes;
mod keys;
mod names;
mod place;
mod seal;
mod signed;

pub use bytes::{
    ChangeHash, EntryHash, Incarnation, NetworkId, NodeKey, OfficeId, ParseBytesError, SealKey, Signature,
    StatementHash,
};
pub use keys::{Domain, NodeSecret, verify};
pub use names::{Class, NameError, OfficeKind, Region, ScopeName};
pub use place::{Coordinate, JournalId, Officer, Point};
pub use seal::{SealError, open, seal};
pub use signed::{Signed, SignedError};
