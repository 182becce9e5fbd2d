//! One data folder: opening it, writing to it durably, reading from it.

use std::path::Path;

use identity::NodeSecret;
use journal::segments::{Cut, FileName, Frame, Located, Location, Position, SegmentError};

use crate::{Index, Options, StoreError};

/// An open data folder, in the parts that different threads own. The folder stays locked until all of them are gone.
#[derive(Debug)]
pub struct Store {
    /// Appends; owned by the sync-to-disk thread.
    pub writer: Writer,
    /// Reads frames; cloned to whoever needs it.
    pub reader: Reader,
    /// What can be rebuilt.
    pub index: Index,
}

/// Whether the index can be used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// It holds everything up to this position; apply the frames behind it.
    Ready(Position),
    /// It is empty: new, of another version, wiped, or moved aside as damaged. Apply all frames.
    Empty,
    /// The machine went down while it was open, so that rows may be missing without a sign. [`Index::wipe`] and apply
    /// all frames, unless there is a reason to trust it.
    Suspect(Position),
}

/// What was found when a folder was opened.
#[derive(Debug)]
pub struct Opened {
    /// The node's keys.
    pub secret: NodeSecret,
    /// Every frame, in order.
    pub frames: Vec<Located>,
    /// What was cut, and what is lost.
    pub cuts: Vec<Cut>,
    /// The folder was copied, restored or moved to another machine since it was last written to.
    pub moved: bool,
    /// Whether the index can be used.
    pub index: IndexState,
}

impl Opened {
    /// Whether journals must go on under a new incarnation.
    pub fn new_incarnation(&self) -> bool {
        self.moved || !self.cuts.is_empty()
    }
}

/// Room on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that are free to this process.
    pub free_bytes: u64,
    /// Bytes that the disk has in all.
    pub total_bytes: u64,
    /// Bytes of `free_bytes` that data may not use.
    pub reserve_bytes: u64,
}

impl Store {
    /// Makes a data folder with a new node in it.
    pub fn create(options: &Options) -> Result<(Self, Opened), StoreError> {
        todo!()
    }

    /// Opens the data folder of a node.
    pub fn open(options: &Options) -> Result<(Self, Opened), StoreError> {
        todo!()
    }
}

/// Writes; there is one.
#[derive(Debug)]
pub struct Writer {}

impl Writer {
    /// One group commit. When it returns, the frames are durable, in this order.
    pub fn append(&mut self, frames: &[Frame]) -> Result<Vec<Location>, StoreError> {
        todo!()
    }

    /// Rewrites neighbouring files (see [`Writer::files`]): `keep` is shown each frame in order, or why it cannot be
    /// read, and says what stands in its stead. Returns where each frame was and is.
    ///
    /// When it returns, what was not kept is gone, and so is the key that it was sealed under.
    pub fn rewrite(
        &mut self,
        files: &[u32],
        keep: impl FnMut(Located, Result<Frame, SegmentError>) -> Option<Frame>,
    ) -> Result<Vec<(Location, Option<Location>)>, StoreError> {
        todo!()
    }

    /// The files in the order of the log, with the bytes that their frames take. The last may still be written to.
    pub fn files(&self) -> Vec<(FileName, u64)> {
        todo!()
    }

    /// Behind the last frame: what to hand to [`Index::apply`] once the frames of an append are in the index.
    pub fn end(&self) -> Position {
        todo!()
    }

    /// Room on the disk.
    pub fn space(&self) -> Result<Space, StoreError> {
        todo!()
    }
}

/// Reads frames.
#[derive(Debug, Clone)]
pub struct Reader {}

impl Reader {
    /// The frame at a location.
    pub fn read(&self, at: Location) -> Result<Frame, StoreError> {
        todo!()
    }

    /// Where all frames behind a position are, in order, with the position behind each.
    pub fn frames(&self, from: Position) -> Result<Vec<(Located, Position)>, StoreError> {
        todo!()
    }
}
