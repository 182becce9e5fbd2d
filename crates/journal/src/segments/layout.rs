//! The bytes of a segment file: names, header, frames, footer. No decision is made here.
//!
//! ```text
//! 0      header, twice (4,096 bytes each, so that one bad sector does not cost the key)
//! 8192   frame*        head (16 bytes): kind, length, where its group began, CRC of body, CRC of head and place
//!                      body: ChaCha20-Poly1305 under the segment's key, nonce = offset
//! …      footer        a frame that lists the frames before it
//!        trailer       where the footer begins: the last 16 bytes of a closed file
//! ```

use std::{fmt, str::FromStr};

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload},
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Location, SegmentError};

/// The largest frame, before sealing: eight sealed pages.
pub const FRAME_BYTES_MAX: usize = 8 << 20;
/// The largest file: sixteen full segments rewritten into one.
pub const FILE_BYTES_MAX: u64 = 256 << 20;
/// What a frame adds to its bytes: head and tag.
pub const FRAME_OVERHEAD_BYTES: usize = HEAD_BYTES + TAG_BYTES;

const MAGIC: &[u8; 8] = b"SIMPULSG";
const VERSION: u16 = 1;
const HEADER_COPY_BYTES: usize = 4096;
/// Where the frames begin.
pub(super) const HEADER_BYTES: u32 = 2 * HEADER_COPY_BYTES as u32;
/// What is used of a copy of the header: magic, version, first, last, number, folder, machine, salt, wrapped key, CRC.
const HEADER_USED_BYTES: usize = 8 + 2 + 4 + 4 + 4 + 16 + 32 + 16 + (32 + TAG_BYTES) + 4;
pub(super) const HEAD_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
pub(super) const TRAILER_BYTES: usize = 16;
const TRAILER_MAGIC: &[u8; 4] = b"END.";
/// A footer has nonces of its own: it may be written where a torn frame once lay.
const FOOTER_NONCE: u8 = 1;

/// The name of a segment file. Orders as the log does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName {
    /// Its first place in the order of the log.
    pub first: u32,
    /// Its last place: a file that was rewritten from several stands for all of theirs.
    pub last: u32,
    /// Its number: never given twice in a folder.
    pub number: u32,
    /// Whether it is still being made; such a file holds nothing that was acknowledged.
    pub making: bool,
}

impl FileName {
    pub(super) fn whole(first: u32, last: u32, number: u32) -> Self {
        Self { first, last, number, making: false }
    }

    pub(super) fn as_making(self) -> Self {
        Self { making: true, ..self }
    }

    /// Whether this file stands in the other's stead.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        !self.making && self.number > other.number && self.first <= other.first && other.last <= self.last
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = if self.making { "making" } else { "seg" };
        write!(f, "{:08x}-{:08x}-{:08x}.{suffix}", self.first, self.last, self.number)
    }
}

impl FromStr for FileName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (numbers, suffix) = text.split_once('.').ok_or(())?;
        let making = match suffix {
            "seg" => false,
            "making" => true,
            _ => return Err(()),
        };
        let mut parts = numbers.split('-').map(|part| u32::from_str_radix(part, 16).map_err(drop));
        let mut next = || parts.next().ok_or(())?;
        let name = Self { first: next()?, last: next()?, number: next()?, making };
        // One spelling only: what prints as this text.
        if name.to_string() == text && name.first <= name.last && name.last <= name.number { Ok(name) } else { Err(()) }
    }
}

/// What a frame holds. The log does not look inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrameKind {
    /// A page of one journal.
    Page,
    /// Tails of several journals in one compressed run.
    Pack,
    /// A statement.
    Statement,
    /// A receipt.
    Receipt,
    /// Two entries with one number.
    ForkProof,
    /// A local durable fact that must survive a rebuild of the index: an own incarnation, a freeze point, a setting.
    Note,
}

impl FrameKind {
    /// Whether it is data, refused when the disk is nearly full. Orders, proofs and notes are still taken then.
    pub fn is_data(self) -> bool {
        matches!(self, FrameKind::Page | FrameKind::Pack | FrameKind::Receipt)
    }
}

/// One thing to keep: a kind and opaque bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it holds.
    pub kind: FrameKind,
    /// The bytes, at most [`FRAME_BYTES_MAX`].
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({} bytes)", self.kind, self.bytes.len())
    }
}

/// Where a segment was written. Stands in every header, so that a copied folder is noticed by its next owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The data folder.
    pub folder: [u8; 16],
    /// The machine and the folder's place on it.
    pub machine: [u8; 32],
}

/// The key that wraps the keys of the segments. Given by the caller, kept in memory only.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MachineKey(pub [u8; 32]);

impl fmt::Debug for MachineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineKey(..)")
    }
}

/// The key of one segment: opens the frames that were read from its file.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SegmentKey(pub(super) [u8; 32]);

impl fmt::Debug for SegmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SegmentKey(..)")
    }
}
