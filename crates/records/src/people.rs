//! What crosses people: children of the rumah belajar, people who may be one, and moving to another village.

mod child;
mod left;
mod moving;
mod pair;

pub use child::{CareActivity, CarePlace, Child, ChildAttendance, ChildEvents, ChildFields, Consent, ConsentState};
pub use left::{LeftRecords, MatterClosed, left_open, shown_open};
pub use moving::{MoveAccepted, MoveAnnounced, Responsible, responsible};
pub use pair::{DuplicateClaim, PairDecided, PairDecision, PairEvents, PairFields, PairState, linked};

pub(crate) use child::CHILD;
pub(crate) use pair::DUPLICATE_CLAIM;

#[cfg(test)]
mod tests;
