//! Pages and packs: runs as compressed bytes, the same on the wire, on disk, in a backup and on a stick.
//!
//! Both have one form: a byte that names the form, then one zstd frame that states its inflated size, then
//! nothing. A *page* is one sealed run from its first entry to its last; its author makes its bytes and they stay as
//! they are. A *pack* is several runs of one scope, the tails of short journals; whoever needs one makes it. No hash
//! and no signature covers these bytes, only what is in them.

use std::{io::Write, ops::Range, sync::Arc};

use identity::{JournalId, Point};

use crate::{PAGE_ENTRIES_MAX, PageError, Run, VerifiedRun, columns, error::at_most};

/// The form of pages that this version writes and reads.
const FORM: u8 = 1;

/// zstd's level: the knee. On the standard set, level 3 takes a tenth more bytes, level 12 ten times the time for three
/// in a hundred fewer; reading costs the same.
const LEVEL: i32 = 7;

/// From which size a column is a block of its own: below it, a table of its own costs more than it saves.
const BLOCK_BYTES_MIN: usize = 1024;

/// An author seals a page once its entries weigh this much.
pub const PAGE_WEIGHT: u64 = 1 << 20;

/// The largest payload.
pub const PAYLOAD_BYTES_MAX: u64 = 1 << 20;

/// How many links an entry may have, and how many other actors a change may name.
pub const LINKS_MAX: u64 = 1024;

/// What a link or another actor adds to an entry's weight; the bytes of the payload count as they are.
const REFERENCE_WEIGHT: u64 = 32;

/// What a decoder accepts. Whatever exceeds it is refused before anything is allocated for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The size of the inflated frame.
    pub inflated_bytes: u64,
    /// Runs in one pack.
    pub runs: u64,
    /// Entries of all runs together.
    pub entries: u64,
    /// Links and other actors of all entries together; also scopes and journals named.
    pub references: u64,
}

impl Default for Limits {
    /// What [`Page::of`] and [`packs`] keep to.
    fn default() -> Self {
        Self {
            // Payloads up to one page's weight and one more payload, 120 bytes for each reference, and 2 MiB for
            // everything else: the salts and hashes of a page in which much was erased.
            inflated_bytes: 8 << 20,
            runs: 1024,
            entries: PAGE_ENTRIES_MAX,
            // Those of a page's weight, those of one more entry, and one for the subject of each entry.
            references: PAGE_WEIGHT / REFERENCE_WEIGHT + 2 * LINKS_MAX + PAGE_ENTRIES_MAX,
        }
    }
}

/// What `entry` adds to its page's weight.
pub(crate) fn weight(entry: &crate::Entry) -> u64 {
    let others = match &entry.payload {
        crate::Payload::Change(change) => change.others.len(),
        crate::Payload::Fact(_) | crate::Payload::Erased { .. } => 0,
    };
    entry.payload.body().len() as u64 + REFERENCE_WEIGHT * (entry.header.links.len() + others) as u64
}

/// A sealed page of one journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The journal.
    pub journal: JournalId,
    /// The number of its first entry.
    pub first: u64,
    /// Its last entry.
    pub last: Point,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

impl Page {
    /// The page that is this run; `None` if it is not a whole sealed page.
    pub fn of(run: &VerifiedRun) -> Result<Option<Self>, PageError> {
        if !run.is_whole_page() {
            return Ok(None);
        }
        let bytes = encode(&[run])?.into();
        Ok(Some(Self { journal: run.journal().clone(), first: run.first(), last: run.last(), bytes }))
    }
}

/// The bytes of one pack with these runs, all of one scope. [`packs`] makes as many packs as it takes.
pub fn encode(runs: &[&VerifiedRun]) -> Result<Vec<u8>, PageError> {
    if runs.windows(2).any(|pair| pair[0].journal().scope != pair[1].journal().scope) {
        return Err(PageError::Foreign);
    }
    let limits = Limits::default();
    at_most("runs", runs.len() as u64, limits.runs)?;
    at_most("entries", runs.iter().map(|run| run.entries().len() as u64).sum(), limits.entries)?;
    let parts = parts(runs);
    let size: usize = parts.iter().map(|(_, part)| part.len()).sum();
    at_most("inflated bytes", size as u64, limits.inflated_bytes)?;
    deflate(&parts, size).map_err(|_| PageError::Frame)
}

/// The parts of a pack of these runs, by name, in order, before compression: what costs how much is seen here.
pub fn parts(runs: &[&VerifiedRun]) -> Vec<(&'static str, Vec<u8>)> {
    let runs: Vec<_> = runs.iter().map(|run| run.as_ref()).collect();
    columns::encode(&runs)
}

/// One frame. A part that is large enough to pay for statistics of its own ends a block.
fn deflate(parts: &[(&str, Vec<u8>)], size: usize) -> std::io::Result<Vec<u8>> {
    let mut encoder = zstd::stream::write::Encoder::new(vec![FORM], LEVEL)?;
    encoder.set_pledged_src_size(Some(size as u64))?;
    for (_, part) in parts {
        encoder.write_all(part)?;
        if part.len() >= BLOCK_BYTES_MIN {
            encoder.flush()?;
        }
    }
    encoder.finish()
}

/// Which of the runs a pack holds, and its bytes.
pub type Pack = (Range<usize>, Vec<u8>);

/// These runs of one scope as packs, each within [`Limits::default`].
pub fn packs(runs: &[&VerifiedRun]) -> Result<Vec<Pack>, PageError> {
    let limits = Limits::default();
    let mut packs = Vec::new();
    let (mut start, mut entries, mut heavy) = (0, 0, 0);
    for (index, run) in runs.iter().enumerate() {
        let weight: u64 = run.entries().iter().map(weight).sum();
        let full = entries + run.entries().len() as u64 > limits.entries
            || heavy + weight > PAGE_WEIGHT
            || (index - start) as u64 == limits.runs;
        if full && start < index {
            packs.push((start..index, encode(&runs[start..index])?));
            (start, entries, heavy) = (index, 0, 0);
        }
        entries += run.entries().len() as u64;
        heavy += weight;
    }
    if start < runs.len() {
        packs.push((start..runs.len(), encode(&runs[start..])?));
    }
    Ok(packs)
}

/// The runs in a page or pack, within `limits`. None of them is verified. No bytes make it panic.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Vec<Run>, PageError> {
    columns::decode(&inflate(bytes, limits)?, limits)
}

fn inflate(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, PageError> {
    let (form, frame) = bytes.split_first().ok_or(PageError::Truncated)?;
    if *form != FORM {
        return Err(PageError::Version(*form));
    }
    let size = match zstd::zstd_safe::get_frame_content_size(frame) {
        Ok(Some(size)) => size,
        Ok(None) | Err(_) => return Err(PageError::Frame),
    };
    at_most("inflated bytes", size, limits.inflated_bytes)?;
    if zstd::zstd_safe::find_frame_compressed_size(frame) != Ok(frame.len()) {
        return Err(PageError::Frame);
    }
    match zstd::bulk::decompress(frame, size as usize) {
        Ok(inside) if inside.len() as u64 == size => Ok(inside),
        Ok(_) | Err(_) => Err(PageError::Frame),
    }
}

#[cfg(test)]
mod tests;
