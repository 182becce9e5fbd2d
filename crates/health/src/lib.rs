//! Health: haves, receipts and beacons become findings.
//!
//! Pure: no socket, file or clock lives here; the caller hands in what is known ([`Known`]) and keeps what has to be
//! remembered ([`Memory`], [`AlertBook`]). [`judge()`] looks once: how every office is, what the figures are, what somebody
//! should be told. [`words`] says it.
//!
//! # Invariants
//! - Risk is never understated: what counts as held elsewhere is held by another office that still speaks for itself,
//!   by its own signature over a point of our chain (`holders`); what others say of themselves can only add to what is
//!   found without them (`offices`); no sign of life is counted twice or from tomorrow (`memory`).
//! - Everything that is said carries as of when.
//! - A network in which all is well has no alert.

mod alert;
mod book;
mod elsewhere;
mod evidence;
mod figures;
mod holders;
mod judge;
mod known;
mod limits;
mod memory;
mod offices;
mod report;
mod shows;
mod state;
#[cfg(test)]
mod testing;
pub mod words;

pub use alert::{Alert, AlertKey, Level};
pub use book::{AlertBook, Handled, Notice, QuietHours};
pub use elsewhere::{Alone, Behind, lacking, only_here};
pub use figures::{Figures, Ministries, Need, Reached};
pub use holders::{Held, holders};
pub use judge::{Health, OfficeHealth, judge};
pub use known::{Absence, Away, Known, Own, Room, Trail};
pub use memory::{InTouch, Memory, Span};
pub use report::{figure, report};
pub use shows::Shows;
pub use state::{Finding, Since, State, What};
