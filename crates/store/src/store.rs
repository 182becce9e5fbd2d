//! One data folder: opening it, writing to it durably, reading from it.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use identity::NodeSecret;
use journal::segments::{
    Cut, FileName, Frame, Identity, Located, Location, Log, Position, SegmentError, SegmentKey, Setup, Why, frames_of,
};

use crate::{
    Copies, Index, Listed, Options, StoreError,
    disk::{Disk, read_up_to},
    error::at,
    folder::{self, Lock, Released},
    options::machine_id,
};

/// How many segment files a reader keeps open.
const READ_FILES_MAX: usize = 64;

/// An open data folder, in the parts that different threads own. It stays locked until all of them are gone.
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
    /// The machine went down while it was open and its rows do not add up, or in the middle of a rewrite, or it knows of
    /// frames that the log lacks: rows may be wrong. [`Index::wipe`] and apply all frames.
    Suspect,
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
    /// What files beside the journal are sealed with; it follows from the machine key.
    pub files_key: [u8; 32],
    /// Tells when all parts of the store are gone and the folder is free.
    pub released: Released,
}

impl Opened {
    /// Whether something of the end of the log may be gone, so that own journals must go on under a new incarnation.
    ///
    /// `Damaged` and the like are reported at each start. They lie before what is written now: whether they hit an own
    /// journal is seen when its pages are read.
    pub fn new_incarnation(&self) -> bool {
        self.moved || self.cuts.iter().any(|cut| matches!(cut.why, Why::TornTail | Why::Behind))
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
    /// Makes a data folder with a new node in it. One that was cut short before there was a node is taken up again.
    pub fn create(options: &Options) -> Result<(Self, Opened), StoreError> {
        let folder = &options.folder;
        folder::make_folder(folder)?;
        let (lock, released) = Lock::take(folder)?;
        if folder::has_node(folder) {
            return Err(StoreError::NodeExists(folder.clone()));
        }
        folder::make_folder(&folder.join("journal"))?;
        folder::make_machine_key(folder, &options.machine_key)?;
        folder::write_node_key(folder, &NodeSecret::from_seed(folder::random(folder)?))?;
        folder::sync_folder(folder.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        Self::open_locked(options, lock, released)
    }

    /// Opens the data folder of a node.
    pub fn open(options: &Options) -> Result<(Self, Opened), StoreError> {
        if !folder::has_node(&options.folder) {
            return Err(StoreError::NoNode(options.folder.clone()));
        }
        let (lock, released) = Lock::take(&options.folder)?;
        Self::open_locked(options, lock, released)
    }

    fn open_locked(options: &Options, lock: Lock, released: Released) -> Result<(Self, Opened), StoreError> {
        let folder = &options.folder;
        let secret = folder::read_node_key(folder)?;
        let machine_key = folder::read_machine_key(folder, &options.machine_key)?;
        let id = blake3::derive_key("simpul data folder v1", secret.node_key().as_bytes());
        let mut folder_id = [0; 16];
        folder_id.copy_from_slice(&id[..16]);
        let identity = Identity { folder: folder_id, machine: machine_id(folder)? };

        let lock = Arc::new(lock);
        let (index, mut state) = Index::open(folder, options.index_cache_bytes, lock.clone())?;
        let seed = folder::random(folder)?;
        let expected = index.applied()?;
        let files_key = blake3::derive_key("simpul files beside the journal v1", &machine_key.0);
        let setup = Setup { identity, machine_key, seed, sizing: options.sizing, expected };

        let journal = folder.join("journal");
        let mut disk = Disk::new(&journal, options.watch.clone());
        let listing = disk.listing().map_err(at(&journal))?;
        let mut read = |file, offset, bytes| Ok(read_up_to(&File::open(disk.path(file))?, offset, bytes)?);
        let (log, recovered, ops) = Log::recover(&listing, &mut read, &setup)?;
        disk.execute(&ops).map_err(|(_, source)| at(&journal)(source))?;
        for cut in &recovered.cuts {
            tracing::warn!(file = %cut.file, from = cut.from, to = cut.to, why = ?cut.why, "a start found no frames here");
        }
        // What is appended has its own number as its last place; only what is written anew has a higher one.
        let anew = log.files().into_iter().map(|(name, _)| name).filter(|name| name.number > name.last);
        let known = index.knows_rewritten(anew.map(|name| name.number).max().unwrap_or_default())?;
        if recovered.cuts.iter().any(|cut| cut.why == Why::Behind) || (!known && state != IndexState::Empty) {
            state = IndexState::Suspect;
        }

        let shared =
            Arc::new(Shared { folder: journal, segments: RwLock::default(), open: Mutex::default(), _lock: lock });
        shared.publish(&log);
        let writer = Writer {
            log,
            disk,
            index: index.clone(),
            folder: folder.clone(),
            reserve_bytes: options.reserve_bytes,
            shared: shared.clone(),
            failed: None,
        };
        let opened = Opened {
            secret,
            frames: recovered.frames,
            cuts: recovered.cuts,
            moved: recovered.identity.is_some_and(|written_at| written_at != identity),
            index: state,
            files_key,
            released,
        };
        Ok((Self { writer, reader: Reader { shared }, index }, opened))
    }
}

/// What readers know of the segments.
#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    segments: RwLock<BTreeMap<u32, Segment>>,
    open: Mutex<BTreeMap<u32, Arc<File>>>,
    _lock: Arc<Lock>,
}

#[derive(Debug, Clone)]
struct Segment {
    name: FileName,
    key: SegmentKey,
    /// Behind the last frame that is durable.
    end: u32,
}

impl Shared {
    /// Shows readers the log as it is on disk.
    fn publish(&self, log: &Log) {
        let mut segments = self.segments.write().unwrap_or_else(PoisonError::into_inner);
        let files = log.files();
        segments.retain(|number, _| files.iter().any(|(name, _)| name.number == *number));
        for (name, end) in files {
            match segments.get_mut(&name.number) {
                Some(segment) => segment.end = end,
                None => {
                    if let Some((name, key)) = log.segment(name.number) {
                        segments.insert(name.number, Segment { name, key, end });
                    }
                }
            }
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|number, _| segments.contains_key(number));
    }

    fn segment(&self, file: u32) -> Result<Segment, SegmentError> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        segments.get(&file).cloned().ok_or(SegmentError::Gone(file))
    }

    fn file(&self, name: FileName) -> io::Result<Arc<File>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&name.number) {
            return Ok(file.clone());
        }
        let file = Arc::new(File::open(self.folder.join(name.to_string()))?);
        while open.len() >= READ_FILES_MAX {
            open.pop_first();
        }
        open.insert(name.number, file.clone());
        Ok(file)
    }

    fn read(&self, at: Location) -> Result<Frame, SegmentError> {
        let segment = self.segment(at.file)?;
        let stored = self
            .file(segment.name)
            .and_then(|file| read_up_to(&file, at.offset.into(), at.bytes as usize))
            .map_err(|source| SegmentError::Read { file: segment.name, source: source.into() })?;
        segment.key.open(at, &stored)
    }
}

/// Writes; there is one.
#[derive(Debug)]
pub struct Writer {
    log: Log,
    disk: Disk,
    index: Index,
    folder: PathBuf,
    reserve_bytes: u64,
    shared: Arc<Shared>,
    /// The operation that failed first, and why.
    failed: Option<(String, Arc<io::Error>)>,
}

impl Writer {
    /// One group commit. When it returns, the frames are durable, in this order. A group with data in it is refused
    /// whole when the disk is nearly full.
    pub fn append(&mut self, frames: &[Frame]) -> Result<Vec<Location>, StoreError> {
        self.check_alive()?;
        let space = self.space()?;
        self.log.save_space(false);
        if space.free_bytes < space.reserve_bytes.saturating_add(self.log.cost_bytes(frames)) {
            self.log.save_space(true);
            let short = space.free_bytes < space.reserve_bytes.saturating_add(self.log.cost_bytes(frames));
            if short && frames.iter().any(|frame| frame.kind.is_data()) {
                return Err(StoreError::Full { free_bytes: space.free_bytes, reserve_bytes: space.reserve_bytes });
            }
        }
        let (ops, locations) = self.log.append(frames)?;
        self.execute(&ops)?;
        Ok(locations)
    }

    /// Rewrites neighbouring files (see [`Writer::files`]): `keep` is shown each frame in order, or why it cannot be
    /// read, and says what stands in its stead. Returns where each frame was and is; the index has to follow and say
    /// so with [`crate::IndexOp::Rewritten`], or the next start takes it for suspect.
    ///
    /// When it returns, what was not kept is gone, and so is the key that it was sealed under. It may use the reserve.
    pub fn rewrite(
        &mut self,
        files: &[u32],
        mut keep: impl FnMut(Located, Result<Frame, SegmentError>) -> Option<Frame>,
    ) -> Result<Vec<(Location, Option<Location>)>, StoreError> {
        self.check_alive()?;
        let reader = Reader { shared: self.shared.clone() };
        let (mut kept, mut frames) = (Vec::new(), Vec::new());
        for (name, _) in self.log.files().into_iter().filter(|(name, _)| files.contains(&name.number)) {
            for (located, _) in reader.frames_in(&self.shared.segment(name.number)?)? {
                let frame = keep(located, self.shared.read(located.at));
                kept.push((located.at, frame.is_some()));
                frames.extend(frame);
            }
        }
        let (ops, locations) = self.log.rewrite(files, &frames)?;
        // The index names places in the old files until it is told the new ones.
        let made = self.log.files().iter().map(|(name, _)| name.number).max().unwrap_or_default();
        self.index.rewriting(made)?;
        self.execute(&ops)?;
        let mut locations = locations.into_iter();
        Ok(kept.into_iter().map(|(old, kept)| (old, if kept { locations.next() } else { None })).collect())
    }

    /// The files in the order of the log, with the offset behind their last frame. The last may still be written to.
    pub fn files(&self) -> Vec<(FileName, u32)> {
        self.log.files()
    }

    /// Behind the last frame: what to hand to [`Index::apply`] once the frames of an append are in the index.
    pub fn end(&self) -> Position {
        self.log.end()
    }

    /// Room on the disk.
    pub fn space(&self) -> Result<Space, StoreError> {
        let found = rustix::fs::statvfs(&self.folder).map_err(|error| at(&self.folder)(error.into()))?;
        Ok(Space {
            free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
            total_bytes: found.f_blocks.saturating_mul(found.f_frsize),
            reserve_bytes: self.reserve_bytes,
        })
    }

    /// Whether the disk failed: then nothing is written any more until the folder is opened anew.
    pub fn failed(&self) -> bool {
        self.failed.is_some()
    }

    #[cfg(test)]
    pub(crate) fn disk(&mut self) -> &mut Disk {
        &mut self.disk
    }

    fn check_alive(&self) -> Result<(), StoreError> {
        match &self.failed {
            Some((op, source)) => Err(StoreError::Failed { op: op.clone(), source: source.clone() }),
            None => Ok(()),
        }
    }

    fn execute(&mut self, ops: &[journal::segments::DiskOp]) -> Result<(), StoreError> {
        if let Err((op, source)) = self.disk.execute(ops) {
            tracing::error!(op, error = %source, "the disk failed; nothing more is written");
            // After a failed sync the kernel may drop what it could not write and report the next sync as good, so
            // only a new start, which reads what is there, may go on.
            self.failed = Some((op, Arc::new(source)));
            return self.check_alive();
        }
        self.shared.publish(&self.log);
        Ok(())
    }
}

/// Reads frames.
#[derive(Debug, Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

impl Reader {
    /// The frame at a location. `Gone` when its file was rewritten, `Damaged` when it is not what was written there.
    pub fn read(&self, at: Location) -> Result<Frame, StoreError> {
        Ok(self.shared.read(at)?)
    }

    /// Where all frames behind a position are, in order, with the position behind each. `Position::default()` is
    /// before all.
    pub fn frames(&self, from: Position) -> Result<Vec<(Located, Position)>, StoreError> {
        let mut segments: Vec<Segment> = {
            let segments = self.shared.segments.read().unwrap_or_else(PoisonError::into_inner);
            segments.values().filter(|segment| segment.name.last >= from.place).cloned().collect()
        };
        segments.sort_by_key(|segment| segment.name);
        let mut frames = Vec::new();
        for segment in segments {
            frames.extend(self.frames_in(&segment)?.into_iter().filter(|(_, behind)| *behind > from));
        }
        Ok(frames)
    }

    /// All segments as they are now, to be copied. A rewrite in the meantime does not take them away.
    pub fn copies(&self) -> Result<Copies, StoreError> {
        let mut segments: Vec<Segment> = {
            let segments = self.shared.segments.read().unwrap_or_else(PoisonError::into_inner);
            segments.values().cloned().collect()
        };
        segments.sort_by_key(|segment| segment.name);
        let opened = segments.into_iter().map(|Segment { name, key, end }| {
            let path = self.shared.folder.join(name.to_string());
            let file = File::open(&path).map_err(at(&path))?;
            Ok((Listed { name: name.to_string(), bytes: end, key: *key.as_bytes() }, file))
        });
        Ok(Copies::new(opened.collect::<Result<_, StoreError>>()?))
    }

    /// The numbers of the segment files, in the order of the log.
    pub fn files(&self) -> Vec<u32> {
        let segments = self.shared.segments.read().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<FileName> = segments.values().map(|segment| segment.name).collect();
        names.sort();
        names.into_iter().map(|name| name.number).collect()
    }

    /// Where the frames of one file are, in order, with the position behind each. `Gone` when it was rewritten.
    pub fn frames_of(&self, file: u32) -> Result<Vec<(Located, Position)>, StoreError> {
        Ok(self.frames_in(&self.shared.segment(file)?)?)
    }

    fn frames_in(&self, segment: &Segment) -> Result<Vec<(Located, Position)>, SegmentError> {
        let failed = |source: io::Error| SegmentError::Read { file: segment.name, source: source.into() };
        let file = self.shared.file(segment.name).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        let mut read = |_, offset, bytes| Ok(read_up_to(&file, offset, bytes)?);
        frames_of(segment.name, bytes, segment.end, &segment.key, &mut read)
    }
}
