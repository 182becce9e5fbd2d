//! Segment files: the truth on disk, as a pure state machine that hands its disk operations back as data.
//!
//! A folder of files, each a run of typed frames sealed under a key of its own. [`Log`] decides what is written where;
//! `store` executes it; [`SimDisk`] executes it in memory and loses what a power cut may lose. No file, clock or
//! randomness lives here, and nothing here knows what a page, a statement or a note means.
//!
//! # Contract
//! Execute the operations of one call in order. A frame may be acknowledged only after all operations of its `append`
//! were executed. After an operation that failed, drop the [`Log`] and recover: it believes that all were executed.
//!
//! # Invariants
//! - A file that is named whole has a durable header: it is made under another name, synced, then renamed.
//! - Every file but the last ends with a footer that was synced before the next file was made, so that a start reads
//!   footers and the last file only.
//! - A frame's head says where its group commit began. Whatever lies before the last such beginning had been synced:
//!   what is unreadable there is damage and reported as such; what is unreadable behind it is a torn tail and cut.
//! - No key seals two contents at one offset: after a cut the file is closed and writing goes on in another.
//! - A file replaces every file with a lower number whose places lie within its own, for ever: an old copy that
//!   reappears is removed again.

mod disk;
mod layout;
mod log;
mod recover;

#[cfg(test)]
mod tests;

pub use disk::SimDisk;
pub use layout::{
    FILE_BYTES_MAX, FRAME_BYTES_MAX, FRAME_OVERHEAD_BYTES, FileName, Frame, FrameKind, Identity, MachineKey, SegmentKey,
};
pub use log::{Log, Sizing};
pub use recover::{Cut, Located, ReadFile, Recovered, Setup, Why, frames_of};

use serde::{Deserialize, Serialize};

/// One thing to do in the folder of segments. Files are named by [`FileName`].
#[derive(Clone, PartialEq, Eq)]
pub enum DiskOp {
    /// Make an empty file, or empty the one that has this name.
    Create {
        /// Its name.
        file: FileName,
    },
    /// Write bytes; the file grows when they end behind its end.
    Write {
        /// Into which file.
        file: FileName,
        /// Where they begin, in bytes.
        offset: u64,
        /// What is written.
        bytes: Vec<u8>,
    },
    /// Write zeros (real ones, no hole), so that later writes change no size and their sync is cheap.
    Zero {
        /// Into which file.
        file: FileName,
        /// Where they begin, in bytes.
        offset: u64,
        /// How many.
        bytes: u64,
    },
    /// `fdatasync` of one file.
    Sync {
        /// Which file.
        file: FileName,
    },
    /// `fsync` of the folder: creations, renames and removals before it are durable.
    SyncFolder,
    /// Rename a file, replacing none.
    Rename {
        /// The name it has.
        from: FileName,
        /// The name it gets.
        to: FileName,
    },
    /// Cut a file to a length.
    Truncate {
        /// Which file.
        file: FileName,
        /// Its length afterwards.
        bytes: u64,
    },
    /// Remove a file.
    Remove {
        /// Which file.
        file: FileName,
    },
}

impl std::fmt::Debug for DiskOp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DiskOp::Create { file } => write!(f, "create {file}"),
            DiskOp::Write { file, offset, bytes } => write!(f, "write {file} at {offset}: {} bytes", bytes.len()),
            DiskOp::Zero { file, offset, bytes } => write!(f, "zero {file} at {offset}: {bytes} bytes"),
            DiskOp::Sync { file } => write!(f, "sync {file}"),
            DiskOp::SyncFolder => f.write_str("sync the folder"),
            DiskOp::Rename { from, to } => write!(f, "rename {from} to {to}"),
            DiskOp::Truncate { file, bytes } => write!(f, "truncate {file} to {bytes} bytes"),
            DiskOp::Remove { file } => write!(f, "remove {file}"),
        }
    }
}

/// Where a frame lies. It stays true until its file is rewritten; then reading it says [`SegmentError::Gone`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The number of its file.
    pub file: u32,
    /// Where its head begins, in bytes.
    pub offset: u32,
    /// How long it is, head and seal included.
    pub bytes: u32,
}

/// How far the log reaches, or has been read: everything before it, in order. It orders, also across rewrites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct Position {
    /// The place of the file in the order of the log.
    pub place: u32,
    /// The number of the file: another one at the same place is a rewrite, to be read from its beginning.
    pub file: u32,
    /// The offset behind the last frame.
    pub offset: u32,
}

/// Why the log did not do or read something. A read that fails leaves everything as it was.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The file of a location is not there: rewritten, or set aside as damaged.
    #[error("segment {0} is gone")]
    Gone(u32),
    /// The bytes at a location are not the frame that was written there. The other frames stay readable.
    #[error("the frame at {} in segment {} is damaged", .0.offset, .0.file)]
    Damaged(Location),
    /// A frame is larger than [`FRAME_BYTES_MAX`]. Nothing was appended.
    #[error("a frame of {0} bytes is larger than the largest allowed")]
    FrameTooLarge(usize),
    /// A rewrite would make a file larger than [`FILE_BYTES_MAX`]. Nothing was changed.
    #[error("rewriting makes a file of {0} bytes, larger than the largest allowed")]
    FileTooLarge(u64),
    /// The files of a rewrite are none, or not neighbours, or not those of this log. Nothing was changed.
    #[error("segments {0:?} cannot be rewritten together")]
    NotNeighbours(Vec<u32>),
    /// The machine key opens none of the segments. Nothing was changed.
    #[error("the machine key does not open the segments")]
    WrongKey,
    /// A newer version of this program wrote a segment. Nothing was changed.
    #[error("segment {file} has format {version}, newer than this program knows")]
    Newer {
        /// The number of its file.
        file: u32,
        /// Its format version.
        version: u16,
    },
    /// The file numbers are used up.
    #[error("no segment number is left")]
    Full,
    /// A file could not be read. Nothing was changed.
    #[error("cannot read {file}")]
    Read {
        /// Which file.
        file: FileName,
        /// What the reader said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
