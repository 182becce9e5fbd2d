//! The log: which operations append a group of frames, or rewrite files.

use super::layout::MachineKey;
use super::{
    DiskOp, FileName, Frame, Identity, Located, Location, Position, ReadFile, Recovered, SegmentError, SegmentKey,
};

/// How files grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizing {
    /// The first zeros of a new file, in bytes; then it doubles.
    pub grow_bytes_min: u32,
    /// The most zeros written ahead at once, in bytes.
    pub grow_bytes_max: u32,
    /// When a file is full, in bytes. One group or frame may go over it.
    pub segment_bytes: u32,
}

impl Default for Sizing {
    /// A fresh village pays 64 KiB; a busy node grows by 1 MiB up to 16 MiB.
    fn default() -> Self {
        Self { grow_bytes_min: 64 << 10, grow_bytes_max: 1 << 20, segment_bytes: 16 << 20 }
    }
}

/// The state of a folder of segments.
#[derive(Debug)]
pub struct Log {}

impl Log {
    /// The log of a folder that holds the files of `listing` (names that are not ours are ignored), read by `read`;
    /// what was found; and what to execute before anything else. An empty folder gives an empty log.
    ///
    /// `seed` is 32 fresh random bytes: the keys of new segments are drawn from it. `expected` is how far the caller
    /// knows that the log once reached, if it does.
    pub fn recover(
        listing: &[(String, u64)],
        read: &mut ReadFile<'_>,
        identity: Identity,
        machine_key: &MachineKey,
        sizing: Sizing,
        seed: [u8; 32],
        expected: Option<Position>,
    ) -> Result<(Self, Recovered, Vec<DiskOp>), SegmentError> {
        todo!()
    }

    /// One group commit. Acknowledge the frames when all operations were executed; the last of them is a sync.
    pub fn append(&mut self, frames: &[Frame]) -> Result<(Vec<DiskOp>, Vec<Location>), SegmentError> {
        todo!()
    }

    /// Puts `frames` in the stead of all that neighbouring files hold: for erasure, and to make few files of many. The
    /// old files' keys are destroyed. Afterwards old locations in them are gone.
    pub fn rewrite(&mut self, files: &[u32], frames: &[Frame]) -> Result<(Vec<DiskOp>, Vec<Location>), SegmentError> {
        todo!()
    }

    /// Closes the file that is being written, so that it can be rewritten or copied whole.
    pub fn close(&mut self) -> Result<Vec<DiskOp>, SegmentError> {
        todo!()
    }

    /// How many bytes these frames will take on disk, at most.
    pub fn cost_bytes(&self, frames: &[Frame]) -> u64 {
        todo!()
    }

    /// Behind the last frame.
    pub fn end(&self) -> Position {
        todo!()
    }

    /// The files in the order of the log, with the bytes that their frames take.
    pub fn files(&self) -> Vec<(FileName, u64)> {
        todo!()
    }

    /// The file with this number, and the key that opens its frames.
    pub fn segment(&self, file: u32) -> Option<(FileName, SegmentKey)> {
        todo!()
    }
}
