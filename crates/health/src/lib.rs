//! Health: haves, receipts and beacons become findings.
//!
//! Pure: no socket, file or clock lives here; the caller hands in what is known.
//!
//! # Invariants
//! - Risk is never understated: what counts as held elsewhere is held by another office that still speaks for itself,
//!   by its own signature over a point of our chain.

mod elsewhere;

pub use elsewhere::held_elsewhere;
