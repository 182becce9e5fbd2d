//! What a start finds in the folder: which files stand, how far they reach, what is lost and what is cut.

use super::{FileName, FrameKind, Identity, Location, SegmentError};

/// Reads up to so many bytes of a file from an offset; fewer only at its end.
pub type ReadFile<'a> =
    dyn FnMut(FileName, u64, usize) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> + 'a;

/// A frame that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located {
    /// Where.
    pub at: Location,
    /// What it holds.
    pub kind: FrameKind,
}

/// Bytes that a start could not take as frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// In which file.
    pub file: FileName,
    /// From which offset.
    pub from: u32,
    /// Up to which offset; behind the end of the file when it is unknown how much there was.
    pub to: u32,
    /// What happened, as far as one can tell.
    pub why: Why,
}

/// What happened to bytes that are no frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The last group commit was not whole, as after a power cut: cut. Nobody was told that it is kept, unless it was
    /// damaged later, which looks the same.
    TornTail,
    /// Frames that had been synced are unreadable. The others are kept. Reported at each start until it is rewritten.
    Damaged,
    /// The file lost its end: how much is unknown.
    NoEnd,
    /// The file's header is unreadable, and with it all that it held.
    NoHeader,
    /// The file belongs to another data folder or machine key; it is left alone.
    Foreign,
    /// The log ends before the position that the caller expected.
    Behind,
}

/// What a start found.
#[derive(Debug)]
pub struct Recovered {
    /// Every frame, in order. Those of closed files stand in their footers and were not read.
    pub frames: Vec<Located>,
    /// What was cut, and what is lost.
    pub cuts: Vec<Cut>,
    /// Where the last file was written; `None` in an empty folder.
    pub identity: Option<Identity>,
}

impl Recovered {
    /// Whether anything of the end may be missing, so that journals must not go on under the same incarnation.
    pub fn tail_cut(&self) -> bool {
        !self.cuts.is_empty()
    }
}
