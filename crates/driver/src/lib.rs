//! The driver: one tokio loop that feeds the pure rooms and acts for them.
//!
//! ```text
//! links ──messages──► engine (the loop: Replica) ──persist──► disk thread ──durable──► desk (documents, index, own writes)
//!   ▲                    │  ▲  └──load, check──► workers ──┘                             │
//!   └──────frames────────┘  └─────────────── written, persisted ─────────────────────────┴──► updates (what each document shows)
//! ```
//!
//! It knows neither what a record means nor what a page looks like; `service` asks and reads the updates.
//!
//! # Invariants
//! - The loop never waits for a disk; the desk never waits for the network.
//! - Nothing leaves a node, and no write is answered, before the sync that covers it.
#![allow(clippy::disallowed_methods, reason = "an edge: the clock enters here")]

mod api;
mod attachments;
mod backup;
mod bundle;
mod desk;
mod discovery;
mod disk;
mod engine;
mod links;
mod meters;
mod node;
mod note;
mod opening;
mod reach;
mod recovery;
mod sealed;
mod shelf;
mod standing;

pub use api::{Changed, Target, Update, What, Write, WriteError, Written};
pub use attachments::{AttachmentError, Attachments};
pub use backup::{BackedUp, BackupError, Opener, Restored, restore};
pub use bundle::{BundleError, open as open_bundle, seal as seal_bundle};
pub use desk::{Recomputed, States};
pub use disk::NotStored;
pub use meters::{Ended, Meters};
pub use node::{Closing, DriverError, Held, NetworkOptions, Node, Options, StateError};
pub use reach::{LinkStatus, Links, Reached};
pub use recovery::{RecoveryKey, RecoveryKeyError, RecoveryLock};
pub use shelf::BuiltOn;
pub use transport::{Address, Over, Probe};
