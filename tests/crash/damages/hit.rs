//! One damage to one file.

use std::{fmt, fs, io, path::Path};

use rand::RngExt;

use super::office::files;
use crate::chance::Chance;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// A segment file: the truth.
    Journal,
    /// Of the index, which can be rebuilt.
    Index,
    /// Of the views, which can be rebuilt.
    Views,
    /// A key file.
    Key,
}

/// What was done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    Flipped,
    Zeroed,
    Truncated,
    Stale,
    Deleted,
}

/// One damage.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) part: Part,
    pub(crate) how: How,
    what: String,
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

fn part(name: &Path) -> Option<Part> {
    let name = name.to_str()?;
    match name {
        "node.key" | "machine.key" => Some(Part::Key),
        "lock" => None,
        _ if name.starts_with("journal/") => Some(Part::Journal),
        _ if name.starts_with("index") => Some(Part::Index),
        _ if name.starts_with("views.sqlite") => Some(Part::Views),
        _ => None,
    }
}

/// Damages something in a folder; `stale` are images of it as it was earlier.
pub(crate) fn hit(folder: &Path, stale: &[impl AsRef<Path>], chance: &mut Chance) -> io::Result<Hit> {
    // Half of the damages are to the journals, a few to the keys.
    let wanted = match chance.random_range(0..20) {
        0..=9 => Part::Journal,
        10..=14 => Part::Index,
        15..=18 => Part::Views,
        _ => Part::Key,
    };
    let files: Vec<_> = files(folder)?.into_iter().filter(|name| part(name) == Some(wanted)).collect();
    let name = &files[chance.random_range(0..files.len())];
    let path = folder.join(name);
    let mut bytes = fs::read(&path)?;
    // Zeros that were written ahead are the larger part of some files: not always those.
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let reach = if chance.random_range(0..4) == 0 { bytes.len() } else { used };
    let at = chance.random_range(0..reach.max(1));
    let (how, what) = match chance.random_range(0..10) {
        0..=3 if !bytes.is_empty() => {
            let bit = chance.random_range(0..8);
            bytes[at] ^= 1 << bit;
            (How::Flipped, format!("bit {bit} of byte {at} of {} flipped", bytes.len()))
        }
        4..=5 => {
            let end = (at + chance.random_range(1..4096)).min(bytes.len());
            bytes[at.min(end)..end].fill(0);
            (How::Zeroed, format!("bytes {at} to {end} of {} zeroed", bytes.len()))
        }
        6..=7 => {
            let before = bytes.len();
            bytes.truncate(at);
            (How::Truncated, format!("cut from {before} to {at} bytes"))
        }
        8 => match fs::read(stale[chance.random_range(0..stale.len())].as_ref().join(name)) {
            Ok(older) => {
                bytes = older;
                (How::Stale, "an older copy put there".to_owned())
            }
            Err(_) => (How::Deleted, "deleted".to_owned()),
        },
        _ => (How::Deleted, "deleted".to_owned()),
    };
    if how == How::Deleted {
        fs::remove_file(&path)?
    } else {
        fs::write(&path, bytes)?
    }
    Ok(Hit { part: wanted, how, what: format!("{}: {what}", name.display()) })
}
