//! The store: one data folder of one node; the only room that names sled.
//!
//! ```text
//! D/node.key      the node's secret (0600)
//! D/machine.key   the key that wraps the segments' keys (0600), or the salt of a passphrase
//! D/lock          held while a process has the folder open
//! D/journal/      segment files: the truth (`journal::segments` decides, this room executes)
//! D/index/        sled: what can be rebuilt from the segments
//! ```
//!
//! It does not know what a frame means. Every call blocks; the driver calls [`Writer`] on a thread of its own.
//!
//! # Invariants
//! - [`Writer::append`] returns only after the `fdatasync` that covers its frames.
//! - After a write or a sync that failed nothing is written or acknowledged any more, until the folder is opened anew.
//! - Nothing stands in the index alone.

mod copies;
mod disk;
mod error;
mod folder;
mod index;
mod options;
mod store;

#[cfg(test)]
mod tests;

pub use copies::{Copies, Listed, frames_of_copy};
pub use error::StoreError;
pub use folder::{Released, has_node as holds_node, read_node_key as node_secret, write_file};
pub use index::{DocumentId, Index, IndexOp, JournalNumber, PageRow, Row, ScopeNumber, Setting, VALUE_BYTES_MAX};
pub use options::{MachineKeySource, Options, Watch, machine_id};
pub use store::{IndexState, Opened, Reader, Space, Store, Writer};

pub use journal::segments::{Cut, DiskOp, FileName, Frame, FrameKind, Located, Location, Position, Why};
