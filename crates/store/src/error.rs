//! What can go wrong in a data folder, and what state that leaves.

use std::{io, path::PathBuf};

use journal::segments::SegmentError;

/// Why the store did not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the folder open. Nothing was touched.
    #[error("{} is in use by {}", folder.display(), pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}")))]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The process that holds it, if it wrote its number.
        pid: Option<u32>,
    },
    /// There is no node in the folder. Nothing was touched.
    #[error("{} holds no node", .0.display())]
    NoNode(PathBuf),
    /// There is a node in the folder already. Nothing was touched.
    #[error("{} holds a node already", .0.display())]
    NodeExists(PathBuf),
    /// A key file does not hold what it should. Nothing was touched.
    #[error("the key file {} is unusable: {reason}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The passphrase does not open this folder. Nothing was touched.
    #[error("the passphrase is wrong")]
    Passphrase,
    /// A file or folder could not be opened, read or written before the log was started.
    #[error("cannot use {}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The log could not be recovered, or refused a group. Nothing was written.
    #[error("the journal files cannot be used")]
    Segment(#[from] SegmentError),
    /// The disk is nearly full: data is refused, orders and notes are still taken. Nothing was written.
    #[error("the disk is nearly full: {free_bytes} bytes are free, {reserve_bytes} are kept in reserve")]
    Full {
        /// What is free.
        free_bytes: u64,
        /// What is kept for orders and notes.
        reserve_bytes: u64,
    },
    /// A write or a sync failed. What it should have made durable is *not* acknowledged; the store takes nothing any
    /// more until the folder is opened anew.
    #[error("the disk failed at {op}; nothing more is written until the node starts anew")]
    Failed {
        /// The operation that failed, the first time.
        op: String,
        /// What the system said, the first time.
        source: std::sync::Arc<io::Error>,
    },
    /// The index does not answer. The segments are whole; rebuild it.
    #[error("the index is unusable")]
    Index(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row of the index does not decode. The segments are whole; rebuild it.
    #[error("a row of the index is damaged: {0}")]
    IndexRow(&'static str),
    /// A setting is larger than a row may be. Nothing was written.
    #[error("a value of {0} bytes is too large for the index")]
    ValueTooLarge(usize),
}

/// Names the file or folder that an error of the system is about.
pub(crate) fn at(path: &std::path::Path) -> impl FnOnce(io::Error) -> StoreError + use<> {
    let path = path.to_owned();
    |source| StoreError::Io { path, source }
}
