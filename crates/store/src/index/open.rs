//! sled itself: opening it in spite of what a power cut did to it, and knowing when not to trust it.
//!
//! sled's `flush` is no `fdatasync`, and it may write in any order. So a file beside its folder names the boot in which
//! it was opened, and is removed when it was closed and synced. Found at a start with the same boot, a process died and
//! the page cache has everything; with another boot, the power went and rows may be missing without a sign. Then every
//! row is read and added up: each group of changes also writes the sum over all rows that it leaves behind, so that a
//! sum that fits proves the rows to be those of one moment, however much sled lost since. Reading a million documents'
//! rows takes seconds, making them anew from the pages takes minutes.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{Changes, Index, guarded, names::Names, rows};
use crate::{
    StoreError,
    error::at,
    folder::{Lock, sync_folder, write_file},
    store::IndexState,
};

/// The version of the rows: another one is moved aside and built anew.
const ROWS_VERSION: &[u8] = b"3";
/// An index that takes less room than this is never built anew for it.
const BLOATED_BYTES_MIN: u64 = if cfg!(test) { 4 << 20 } else { 64 << 20 };
/// How many times the bytes of its rows an index may take.
const BLOATED_TIMES: u64 = 5;
/// One tree, with prefixes.
const TREE: &[u8] = b"rows";

/// sled, and what has to be done when the last user lets go of it.
#[derive(Debug)]
pub(super) struct Sled {
    /// `None` only while it is dropped: sled writes once more when it is closed, and that has to be synced too.
    open: Option<Open>,
    folder: PathBuf,
    stamp: PathBuf,
    /// The last file that segments were written anew into, as the log has it.
    pub(super) rewritten: AtomicU32,
    _lock: Arc<Lock>,
}

#[derive(Debug)]
struct Open {
    db: sled::Db,
    tree: RwLock<sled::Tree>,
    /// Over all rows as they are in the tree; held while they change.
    sum: Mutex<Sum>,
}

/// A sum over rows, whatever their order: two different sets of rows do not come to the same by accident.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sum([u64; 4]);

impl Sum {
    fn of_row(key: &[u8], value: &[u8]) -> [u64; 4] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(key.len() as u64).to_le_bytes()).update(key).update(value);
        Self::from_bytes(hasher.finalize().as_bytes()).0
    }

    fn add(&mut self, key: &[u8], value: &[u8]) {
        self.0.iter_mut().zip(Self::of_row(key, value)).for_each(|(sum, row)| *sum = sum.wrapping_add(row));
    }

    fn take(&mut self, key: &[u8], value: &[u8]) {
        self.0.iter_mut().zip(Self::of_row(key, value)).for_each(|(sum, row)| *sum = sum.wrapping_sub(row));
    }

    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.chunks_mut(8).zip(self.0).for_each(|(bytes, lane)| bytes.copy_from_slice(&lane.to_le_bytes()));
        bytes
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut lanes = [0; 4];
        for (lane, bytes) in lanes.iter_mut().zip(bytes.chunks_exact(8)) {
            *lane = bytes.iter().rev().fold(0, |lane, byte| lane << 8 | u64::from(*byte));
        }
        Self(lanes)
    }
}

impl Index {
    /// Opens the index in `folder`, whatever state it is in; an unusable one is moved aside and begun anew.
    pub(crate) fn open(folder: &Path, cache_bytes: u64, lock: Arc<Lock>) -> Result<(Self, IndexState), StoreError> {
        let (path, stamp) = (folder.join("index"), folder.join("index.open"));
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let power_was_cut = fs::read_to_string(&stamp).is_ok_and(|open| open != boot || boot.is_empty());
        if !power_was_cut {
            write_file(&stamp, &boot)?;
        }
        let open = |fresh: bool| {
            if fresh {
                move_aside(&path)?;
            }
            let (db, tree, names) = open_sled(&path, cache_bytes)?;
            let sum = guarded(|| tree.get(rows::SUM))?
                .and_then(|bytes| Some(Sum::from_bytes(bytes.as_ref().try_into().ok()?)));
            let sled = Sled {
                open: Some(Open { db, tree: RwLock::new(tree), sum: Mutex::new(sum.unwrap_or_default()) }),
                folder: path.clone(),
                stamp: stamp.clone(),
                rewritten: AtomicU32::new(0),
                _lock: lock.clone(),
            };
            Ok(Self { sled: Arc::new(sled), names: Arc::new(RwLock::new(names)) })
        };
        let index = open(false).or_else(|error: StoreError| {
            tracing::warn!(error = &error as &dyn std::error::Error, "the index is unusable and is built anew");
            open(true)
        })?;
        let rewriting = index.sled.get(rows::REWRITING)?.is_some();
        let state = match index.applied()? {
            None => IndexState::Empty,
            Some(_) if rewriting => IndexState::Suspect,
            Some(applied) if power_was_cut => match index.sled.adds_up() {
                Ok(true) => {
                    write_file(&stamp, &boot)?;
                    IndexState::Ready(applied)
                }
                Ok(false) | Err(_) => IndexState::Suspect,
            },
            Some(applied) => IndexState::Ready(applied),
        };
        if matches!(state, IndexState::Ready(_)) && index.sled.is_bloated().unwrap_or(false) {
            tracing::info!("the index takes far more room than its rows need and is built anew");
            drop(index);
            fs::remove_dir_all(&path).map_err(at(&path))?;
            write_file(&stamp, &boot)?;
            return Ok((open(false)?, IndexState::Empty));
        }
        // A suspect index stays so until it is wiped, over any number of starts.
        if power_was_cut && state == IndexState::Empty {
            write_file(&stamp, &boot)?;
        }
        Ok((index, state))
    }
}

/// Opens sled in a folder. If it reports damage, its snapshots are the first suspects: without them it reads its log.
fn open_sled(path: &Path, cache_bytes: u64) -> Result<(sled::Db, sled::Tree, Names), StoreError> {
    set_snapshots_aside(path, |name| name.ends_with(".generating"))?;
    let open = || {
        // Half a second is how far the index may lag behind after a kill; the log has it all.
        let db = guarded(|| sled::Config::new().path(path).cache_capacity(cache_bytes).open())?;
        let tree = guarded(|| db.open_tree(TREE))?;
        let names = read_names(&tree)?;
        Ok((db, tree, names))
    };
    open().or_else(|error: StoreError| {
        tracing::warn!(error = &error as &dyn std::error::Error, "the index does not open; trying without snapshots");
        set_snapshots_aside(path, |_| true)?;
        open()
    })
}

/// Checks the version, writing it to a new tree, and reads all names.
fn read_names(tree: &sled::Tree) -> Result<Names, StoreError> {
    match guarded(|| tree.get(rows::VERSION))? {
        Some(version) if version == ROWS_VERSION => {}
        None if guarded(|| Ok(tree.is_empty()))? => {
            guarded(|| tree.insert(rows::VERSION, ROWS_VERSION))?;
        }
        _ => return Err(StoreError::IndexRow("its rows are of another version")),
    }
    let mut names = Names::default();
    for prefix in [b"S", b"J"] {
        guarded(|| tree.scan_prefix(prefix).collect::<sled::Result<Vec<_>>>())?
            .iter()
            .try_for_each(|(key, value)| names.load(key, value))?;
    }
    Ok(names)
}

/// Renames sled's snapshots so that it does not see them; an older one set aside is replaced.
fn set_snapshots_aside(path: &Path, which: impl Fn(&str) -> bool) -> Result<(), StoreError> {
    let Ok(entries) = fs::read_dir(path) else { return Ok(()) };
    for entry in entries.flatten() {
        if let Ok(name) = entry.file_name().into_string()
            && name.starts_with("snap.")
            && which(&name)
        {
            fs::rename(entry.path(), path.join(format!("aside.{name}"))).map_err(at(path))?;
        }
    }
    Ok(())
}

/// Keeps what was damaged, once, for whoever wants to look.
fn move_aside(path: &Path) -> Result<(), StoreError> {
    let aside = path.with_extension("damaged");
    if !path.exists() {
        return Ok(());
    }
    if aside.exists() {
        fs::remove_dir_all(&aside).map_err(at(&aside))?;
    }
    fs::rename(path, &aside).map_err(at(path))
}

impl Sled {
    /// Calls into the tree.
    pub(super) fn call<T>(&self, call: impl FnOnce(&sled::Tree) -> sled::Result<T>) -> Result<T, StoreError> {
        let tree = self.open()?.tree.read().unwrap_or_else(PoisonError::into_inner);
        guarded(|| call(&tree))
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.call(|tree| tree.get(key))?.map(|value| value.to_vec()))
    }

    pub(super) fn insert(&self, key: Vec<u8>, value: Vec<u8>) -> Result<(), StoreError> {
        self.apply(Changes::from([(key, Some(value))]))
    }

    pub(super) fn apply(&self, changes: Changes) -> Result<(), StoreError> {
        let mut held = self.sum()?;
        let mut sum = *held;
        self.call(|tree| {
            let mut batch = sled::Batch::default();
            for (key, value) in changes {
                if let Some(before) = tree.get(&key)? {
                    sum.take(&key, &before);
                }
                match value {
                    Some(value) => {
                        sum.add(&key, &value);
                        batch.insert(key, value);
                    }
                    None => batch.remove(key),
                }
            }
            batch.insert(rows::SUM, sum.bytes().as_slice());
            tree.apply_batch(batch)
        })?;
        *held = sum;
        Ok(())
    }

    /// Whether sled keeps far more than the rows, which are read only where it may.
    fn is_bloated(&self) -> Result<bool, StoreError> {
        let size = self.size_bytes()?;
        if size <= BLOATED_BYTES_MIN {
            return Ok(false);
        }
        let live = self.call(|tree| {
            tree.iter().try_fold(0, |sum, row| row.map(|(key, value)| sum + (key.len() + value.len()) as u64))
        })?;
        Ok(size > BLOATED_TIMES * live)
    }

    fn sum(&self) -> Result<MutexGuard<'_, Sum>, StoreError> {
        Ok(self.open()?.sum.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the rows are those over which the last sum was taken. All of them are read.
    fn adds_up(&self) -> Result<bool, StoreError> {
        let mut found = Sum::default();
        self.call(|tree| {
            for row in tree.iter() {
                let (key, value) = row?;
                if key != rows::SUM && key != rows::VERSION {
                    found.add(&key, &value);
                }
            }
            Ok(())
        })?;
        Ok(found == *self.sum()?)
    }

    pub(super) fn wipe(&self) -> Result<(), StoreError> {
        let Open { db, tree, sum } = self.open()?;
        let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tree = tree.write().unwrap_or_else(PoisonError::into_inner);
        guarded(|| db.drop_tree(TREE))?;
        *tree = guarded(|| db.open_tree(TREE))?;
        guarded(|| tree.insert(rows::VERSION, ROWS_VERSION))?;
        *sum = Sum::default();
        // Rows that are made from here on name files that are there.
        let file = self.rewritten.load(Ordering::Relaxed).to_be_bytes();
        sum.add(rows::REWRITTEN, &file);
        guarded(|| tree.insert(rows::REWRITTEN, file.as_slice()))?;
        guarded(|| tree.insert(rows::SUM, sum.bytes().as_slice()))?;
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        write_file(&self.stamp, &boot)
    }

    fn size_bytes(&self) -> Result<u64, StoreError> {
        guarded(|| self.open.as_ref().map_or(Ok(0), |open| open.db.size_on_disk()))
    }

    fn open(&self) -> Result<&Open, StoreError> {
        self.open.as_ref().ok_or_else(|| StoreError::Index("it is closed".into()))
    }

    /// Makes everything durable, which sled's own flush does not.
    fn sync(&self) -> Result<(), StoreError> {
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(at(&folder))? {
                let path = entry.map_err(at(&folder))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    File::open(&path).and_then(|file| file.sync_all()).map_err(at(&path))?;
                }
            }
            sync_folder(&folder)?;
        }
        Ok(())
    }
}

impl Drop for Sled {
    /// Only an index that is known to be on disk loses its stamp. One that was suspect and not wiped keeps the old one.
    fn drop(&mut self) {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let trusted = fs::read_to_string(&self.stamp).is_ok_and(|open| open == boot);
        let open = self.open.take();
        let closed = guarded(|| {
            if let Some(open) = open {
                open.db.flush()?;
            }
            Ok(())
        });
        if trusted && closed.is_ok() && self.sync().is_ok() {
            // Left behind it costs a rebuild after the next boot, nothing more.
            let _ = fs::remove_file(&self.stamp);
        }
    }
}
