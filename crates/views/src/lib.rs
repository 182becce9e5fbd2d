//! Views: rows to SQL and back; the only room that names SQL.
//!
//! A plain SQLite file that other tools may read, kept up to date from documents that `records` has read. It is never
//! the truth: a file of another version, or a damaged one, is set aside and filled again. Nothing here folds a
//! document, knows a clock, or says who may see what: a node holds only what its office may read.
//!
//! # Invariants
//! - A batch is applied whole or not at all, its watermark with it.
//! - What is read back equals what was applied, fields with several values included.
//! - The state fingerprint of a scope is the sum over its documents, whatever the order and the batches.

mod apply;
mod derive;
mod error;
mod list;
mod open;
mod read;
mod schema;
mod sheet;
mod words;

pub use apply::Watermark;
pub use error::ViewsError;
pub use list::{Decided, Filter, Listed, Page, ParticipantRow};
pub use open::{Opened, Reader, Views};
pub use read::{Counts, HeldConflict, HeldNotice, Imported, Name, NotCounting, Participant};
pub use sheet::{SheetFilter, SheetRow, Sheets, sheet_id};

#[cfg(test)]
mod tests;
