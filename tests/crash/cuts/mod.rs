//! Power cuts: what a real node does to its files is recorded, and for every prefix of it a real folder is laid out as
//! a power cut at that moment may leave it, and opened by the real recovery.
//!
//! Of what was not synced any sectors, lengths and names may have reached the disk: that is drawn, several times for
//! each prefix. The index, which is never synced, is gone, or an older copy of itself, or two copies mixed.

mod judge;
mod life;
mod tape;

use std::{
    collections::BTreeSet,
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use rand::RngExt;
use store::DiskOp;

use self::{
    judge::{Promised, Verdict},
    life::Life,
    tape::Event,
};
use crate::chance::{self, Chance};
use journal::segments::SimDisk;

/// How likely it is that something that was not synced reached the disk all the same, one draw each.
const SURVIVES: [f64; 3] = [0.0, 0.5, 0.9];

/// How many operations one life has at least; more lives are lived for more.
const LIFE_OPS: usize = 200;

/// How much a disk writes wholly or not at all, in bytes.
const SECTOR_BYTES: usize = 512;

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Prefixes at which the power was cut.
    pub(crate) prefixes: usize,
    /// Folders that were laid out and opened.
    pub(crate) opened: usize,
    /// Draws that came to the same bytes as one before.
    pub(crate) same: usize,
    /// Of those opened, the ones in which there was no node yet.
    pub(crate) nothing: usize,
    /// Of those opened, the ones that found the index gone, older than the journals, or torn.
    pub(crate) index: [usize; 3],
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [gone, older, torn] = self.index;
        let counts = [
            (self.prefixes, "operations at which the power went"),
            (self.opened, "folders laid out and opened: every promise kept, nothing invented"),
            (gone, "of them without an index"),
            (older, "of them with an older index"),
            (torn, "of them with a torn index"),
            (self.nothing, "of them before there was a node"),
            (self.same, "draws that came to the same bytes"),
        ];
        crate::lines(f, &counts)
    }
}

/// Which syncs the disk does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syncs {
    /// All that it is told to do.
    All,
    /// None: the harness must find that out.
    #[cfg_attr(not(test), expect(dead_code, reason = "only the test of the harness lives with such a disk"))]
    None,
}

/// Cuts the power at every prefix of at least so many operations.
pub(crate) fn run(prefixes: usize, seed: u64, syncs: Syncs) -> Result<Counts, String> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    let mut counts = Counts::default();
    let mut lives = 0;
    while counts.prefixes < prefixes {
        let mut chance = chance::of(seed, lives);
        let mut folder =
            tempfile::Builder::new().prefix("simpul-cuts-").tempdir().map_err(|error| error.to_string())?;
        let ops_min = LIFE_OPS.min(prefixes - counts.prefixes);
        let cut = runtime.block_on(async {
            let life = life::live(folder.path(), &mut chance, ops_min).await;
            cut_at_every_prefix(&life, &mut chance, syncs, &mut counts).await
        });
        if let Err(why) = cut {
            let kept = if syncs == Syncs::All {
                folder.disable_cleanup(true);
                format!("; what was found is kept in {}", folder.path().display())
            } else {
                String::new()
            };
            return Err(format!("life {lives}, {why}{kept}"));
        }
        lives += 1;
    }
    Ok(counts)
}

async fn cut_at_every_prefix(
    life: &Life,
    chance: &mut Chance,
    syncs: Syncs,
    counts: &mut Counts,
) -> Result<(), String> {
    let (mut disk, mut promised, mut done) = (SimDisk::default(), Promised::default(), 0);
    let mut last = String::from("nothing yet");
    for (at, event) in life.events.iter().enumerate() {
        match event {
            Event::Promise(promise) => promised.take(promise),
            Event::Op(op) => {
                if syncs == Syncs::All || !matches!(op, DiskOp::Sync { .. } | DiskOp::SyncFolder) {
                    disk.execute(op);
                }
                done += 1;
                last = format!("{op:?}");
            }
        }
        // What is promised between two operations is judged with the last of it.
        if matches!((event, life.events.get(at + 1)), (_, Some(Event::Promise(_)))) {
            continue;
        }
        counts.prefixes += 1;
        let mut seen = BTreeSet::new();
        for survives in SURVIVES {
            let after = disk.after_power_cut(|| chance.random_bool(survives));
            let index = chance.random_range(0..3);
            if !seen.insert(image(&after)) {
                counts.same += 1;
                continue;
            }
            let laid = lay(life, &after, done, index, chance);
            let index = laid.map_err(|error| format!("no folder can be laid out: {error}"))?;
            counts.index[index] += 1;
            counts.opened += 1;
            match promised.judge(life).await {
                Ok(Verdict::Kept) => {}
                Ok(Verdict::Nothing) => counts.nothing += 1,
                Err(why) => {
                    let index = ["gone", "older", "torn"][index];
                    return Err(format!("prefix {done} ({last}), {survives} survive, index {index}: {why}"));
                }
            }
        }
    }
    Ok(())
}

/// All that a folder in memory holds, to tell two apart.
fn image(disk: &SimDisk) -> Vec<(String, Vec<u8>)> {
    let files = disk.listing().into_iter();
    files
        .map(|(name, _)| {
            (name.clone(), name.parse().ok().and_then(|file| disk.file(file)).unwrap_or_default().to_vec())
        })
        .collect()
}

/// Lays out the folder as the next start finds it. Gives which index it found.
fn lay(life: &Life, disk: &SimDisk, done: usize, index: usize, chance: &mut Chance) -> io::Result<usize> {
    // It stays the same folder: another one would be taken for a copy.
    for entry in fs::read_dir(&life.folder)? {
        let path = entry?.path();
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    for (name, bytes) in &life.keys {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(life.folder.join(name))?.write_all(bytes)?;
    }
    fs::create_dir(life.folder.join("journal"))?;
    for (name, bytes) in image(disk) {
        fs::write(life.folder.join("journal").join(name), bytes)?;
    }
    // As it stands there when the power went while the index was open.
    fs::write(life.folder.join("index.open"), "the boot before\n")?;
    let older: Vec<&Path> = life.copies.range(..done).map(|(_, path)| path.as_path()).collect();
    let to = life.folder.join("index");
    let Some(newest) = older.last() else { return Ok(0) };
    match index {
        0 => Ok(0),
        1 => {
            let back = chance.random_range(0..older.len().min(4));
            copy(older[older.len() - 1 - back], &to, |_, _| {})?;
            Ok(1)
        }
        _ => {
            let other = older[chance.random_range(0..older.len())];
            copy(newest, &to, |name, bytes| {
                let before = fs::read(other.join(name)).unwrap_or_default();
                for (at, sector) in bytes.chunks_mut(SECTOR_BYTES).enumerate() {
                    if chance.random_bool(0.3) {
                        let stood = before.get(at * SECTOR_BYTES..).unwrap_or_default();
                        for (place, byte) in sector.iter_mut().enumerate() {
                            *byte = stood.get(place).copied().unwrap_or(0);
                        }
                    }
                }
            })?;
            Ok(2)
        }
    }
}

/// Copies a folder of files; each passes through `change`.
fn copy(from: &Path, to: &Path, mut change: impl FnMut(&Path, &mut Vec<u8>)) -> io::Result<()> {
    let mut folders = vec![Path::new("").to_path_buf()];
    while let Some(folder) = folders.pop() {
        fs::create_dir_all(to.join(&folder))?;
        for entry in fs::read_dir(from.join(&folder))? {
            let name = folder.join(entry?.file_name());
            if from.join(&name).is_dir() {
                folders.push(name);
            } else {
                let mut bytes = fs::read(from.join(&name))?;
                change(&name, &mut bytes);
                fs::write(to.join(&name), bytes)?;
            }
        }
    }
    Ok(())
}
