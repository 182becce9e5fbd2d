//! Copies of segments, one behind the other: the inside of a backup.
//!
//! The bytes are those of the segment files, so a copy costs no work and stays sealed under the segments' own keys.
//! [`Listed`] opens them: whoever makes a copy seals the list for those who may read it. The machine key, which wraps
//! the segments' keys on disk, is not in it.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::unix::fs::FileExt,
    path::Path,
};

use journal::segments::{Frame, SegmentError, SegmentKey, frames_of};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{StoreError, error::at};

/// One segment of a copy, and what opens it.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Listed {
    /// The file's name.
    pub name: String,
    /// How long the copy is.
    pub bytes: u32,
    /// The segment's key.
    pub key: [u8; 32],
}

impl std::fmt::Debug for Listed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Listed({}, {} bytes, ..)", self.name, self.bytes)
    }
}

/// The segments of a store at one moment, held open.
#[derive(Debug)]
pub struct Copies {
    segments: Vec<(Listed, File)>,
}

impl Copies {
    pub(crate) fn new(segments: Vec<(Listed, File)>) -> Self {
        Self { segments }
    }

    /// What opens the copy, in the order of its bytes.
    pub fn list(&self) -> Vec<Listed> {
        self.segments.iter().map(|(listed, _)| listed.clone()).collect()
    }

    /// How long the copy is.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|(listed, _)| u64::from(listed.bytes)).sum()
    }

    /// Writes the copy.
    pub fn write(&mut self, out: &mut impl Write) -> io::Result<()> {
        for (listed, file) in &mut self.segments {
            let whole = u64::from(listed.bytes);
            if io::copy(&mut file.take(whole), out)? < whole {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a segment became shorter"));
            }
        }
        Ok(())
    }
}

/// Reads the frames of a copy that begins at an offset of a file; each is shown to `take`, or why it cannot be read.
pub fn frames_of_copy(
    path: &Path,
    from: u64,
    list: &[Listed],
    mut take: impl FnMut(Result<Frame, SegmentError>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let file = File::open(path).map_err(at(path))?;
    let mut begin = from;
    for listed in list {
        let key = SegmentKey::from_bytes(listed.key);
        let Ok(name) = listed.name.parse() else {
            return Err(at(path)(io::Error::new(io::ErrorKind::InvalidData, "it lists a file of no known kind")));
        };
        let (first, bytes) = (begin, u64::from(listed.bytes));
        // Never behind the segment's end, where the next one begins.
        let read_at = |offset: u64, length: usize| {
            let length = usize::try_from(bytes.saturating_sub(offset)).unwrap_or(usize::MAX).min(length);
            let mut stored = vec![0; length];
            file.read_exact_at(&mut stored, first + offset)?;
            io::Result::Ok(stored)
        };
        let mut read = |_, offset, length| Ok(read_at(offset, length)?);
        for (located, _) in frames_of(name, bytes, listed.bytes, &key, &mut read)? {
            let stored = read_at(located.at.offset.into(), located.at.bytes as usize).map_err(at(path))?;
            take(key.open(located.at, &stored))?;
        }
        begin += bytes;
    }
    Ok(())
}
