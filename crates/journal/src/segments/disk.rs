//! A folder in memory that executes the log's operations, and loses what a power cut may lose. For tests and for the
//! simulator.
//!
//! # Invariants
//! - What was written before a `Sync` of its file, under a name that was there before a `SyncFolder`, survives.
//! - Of the rest any sectors of 512 bytes, lengths and names may survive, each for itself; never part of a sector.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{DiskOp, FileName};

/// The unit that a disk writes wholly or not at all.
const SECTOR_BYTES: u64 = 512;

#[derive(Debug, Clone, Default)]
struct Contents {
    /// As a reader sees it.
    now: Vec<u8>,
    /// As it is on the platter.
    durable: Vec<u8>,
    /// The sectors in which the two differ, at most.
    dirty: BTreeSet<u64>,
}

/// A folder in memory.
#[derive(Debug, Clone, Default)]
pub struct SimDisk {
    /// Files by an id of their own, so that a name may be durable before or after what it names. Shared, so that a copy of
    /// the disk costs what changes.
    files: BTreeMap<u64, Arc<Contents>>,
    names: BTreeMap<FileName, u64>,
    durable_names: BTreeMap<FileName, u64>,
    next_id: u64,
}

impl SimDisk {
    /// Executes one operation; it is durable only once synced. An operation on a file that is not there does nothing.
    pub fn execute(&mut self, op: &DiskOp) {
        match op {
            DiskOp::Create { file } => {
                self.names.insert(*file, self.next_id);
                self.files.insert(self.next_id, Arc::default());
                self.next_id += 1;
            }
            DiskOp::Write { file, offset, bytes } => {
                self.write(*file, *offset, bytes.len() as u64, |to| to.copy_from_slice(bytes));
            }
            DiskOp::Zero { file, offset, bytes } => self.write(*file, *offset, *bytes, |to| to.fill(0)),
            DiskOp::Sync { file } => {
                if let Some(contents) = self.contents_mut(*file) {
                    contents.sync();
                }
            }
            DiskOp::SyncFolder => {
                self.durable_names.clone_from(&self.names);
                self.forget_unnamed();
            }
            DiskOp::Rename { from, to } => {
                if let Some(id) = self.names.remove(from) {
                    self.names.insert(*to, id);
                }
            }
            DiskOp::Truncate { file, bytes } => {
                let length = usize::try_from(*bytes).unwrap_or(usize::MAX);
                if let Some(contents) = self.contents_mut(*file) {
                    contents.dirty_from_to(*bytes, contents.now.len() as u64);
                    contents.now.truncate(length);
                }
            }
            DiskOp::Remove { file } => {
                self.names.remove(file);
            }
        }
    }

    /// The folder as the next start may find it after the power went off now. `survives` is asked once for each
    /// unsynced sector, length and name, and is a coin of the caller's.
    pub fn after_power_cut(&self, mut survives: impl FnMut() -> bool) -> Self {
        let mut after = Self { next_id: self.next_id, ..Self::default() };
        let all: BTreeSet<FileName> = self.names.keys().chain(self.durable_names.keys()).copied().collect();
        let mut taken = BTreeSet::new();
        for name in all {
            let (now, durable) = (self.names.get(&name), self.durable_names.get(&name));
            let id = if now == durable || survives() { now } else { durable };
            // A file that was renamed has its old name or its new one, never both.
            if let Some(id) = id
                && taken.insert(*id)
            {
                after.names.insert(name, *id);
            }
        }
        // A file that was durable under some name and lost both in this draw keeps the durable one, unless removed.
        for (name, id) in &self.durable_names {
            if self.names.values().any(|it| it == id) && taken.insert(*id) {
                after.names.insert(*name, *id);
            }
        }
        for id in &taken {
            if let Some(contents) = self.files.get(id) {
                let clean = contents.dirty.is_empty() && contents.now.len() == contents.durable.len();
                let kept = if clean { contents.clone() } else { Arc::new(contents.after_power_cut(&mut survives)) };
                after.files.insert(*id, kept);
            }
        }
        after.durable_names.clone_from(&after.names);
        after
    }

    /// The names and lengths of all files.
    pub fn listing(&self) -> Vec<(String, u64)> {
        self.names
            .iter()
            .map(|(name, id)| (name.to_string(), self.files.get(id).map_or(0, |contents| contents.now.len() as u64)))
            .collect()
    }

    /// Up to so many bytes of a file from an offset: fewer only at its end, none of a file that is not there.
    pub fn read(&self, file: FileName, offset: u64, bytes: usize) -> Vec<u8> {
        let contents = self.names.get(&file).and_then(|id| self.files.get(id));
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let behind = contents.and_then(|contents| contents.now.get(from..)).unwrap_or_default();
        behind.get(..bytes).unwrap_or(behind).to_vec()
    }

    /// What a file holds, if it is there.
    pub fn file(&self, file: FileName) -> Option<&[u8]> {
        self.names.get(&file).and_then(|id| self.files.get(id)).map(|contents| &contents.now[..])
    }

    /// Puts bytes under a name as they are, durable: how tests damage a file.
    pub fn put(&mut self, file: FileName, bytes: Vec<u8>) {
        self.execute(&DiskOp::Create { file });
        self.execute(&DiskOp::Write { file, offset: 0, bytes });
        self.execute(&DiskOp::Sync { file });
        self.execute(&DiskOp::SyncFolder);
    }

    fn contents_mut(&mut self, file: FileName) -> Option<&mut Contents> {
        self.names.get(&file).and_then(|id| self.files.get_mut(id)).map(Arc::make_mut)
    }

    fn write(&mut self, file: FileName, offset: u64, bytes: u64, put: impl FnOnce(&mut [u8])) {
        let Some(contents) = self.contents_mut(file) else { return };
        let (Ok(from), Ok(to)) = (usize::try_from(offset), usize::try_from(offset + bytes)) else { return };
        contents.dirty_from_to(offset.min(contents.now.len() as u64), offset + bytes);
        if contents.now.len() < to {
            contents.now.resize(to, 0);
        }
        put(&mut contents.now[from..to]);
    }

    fn forget_unnamed(&mut self) {
        let named: BTreeSet<u64> = self.names.values().copied().collect();
        self.files.retain(|id, _| named.contains(id));
    }
}

impl Contents {
    fn dirty_from_to(&mut self, from: u64, to: u64) {
        self.dirty.extend(from / SECTOR_BYTES..to.div_ceil(SECTOR_BYTES));
    }

    fn sync(&mut self) {
        self.durable.resize(self.now.len(), 0);
        for sector in std::mem::take(&mut self.dirty) {
            copy_sector(&self.now, &mut self.durable, sector);
        }
    }

    fn after_power_cut(&self, survives: &mut impl FnMut() -> bool) -> Self {
        let mut after = self.durable.clone();
        if self.now.len() != self.durable.len() && survives() {
            after.resize(self.now.len(), 0);
        }
        for sector in &self.dirty {
            if survives() {
                copy_sector(&self.now, &mut after, *sector);
            }
        }
        Self { durable: after.clone(), now: after, dirty: BTreeSet::new() }
    }
}

/// Copies one sector as far as both reach.
fn copy_sector(from: &[u8], to: &mut [u8], sector: u64) {
    let begin = usize::try_from(sector * SECTOR_BYTES).unwrap_or(usize::MAX);
    let end = begin.saturating_add(SECTOR_BYTES as usize).min(from.len()).min(to.len());
    if let (Some(from), Some(to)) = (from.get(begin..end), to.get_mut(begin..end)) {
        to.copy_from_slice(from);
    }
}
