//! Backups: a copy of the segments, sealed to the nodes of the office and to its recovery key; and what becomes of one
//! on another machine.
//!
//! The rest of the file (see [`crate::sealed`]) is the segments as they are on disk; the head holds their keys, sealed.
//! Behind them come the attachments, each sealed under the content key.
//! A backup holds no key of a node: what is restored is another node of the same office, with keys of its own and a
//! request to be admitted, so that nothing it writes can fork what the lost one wrote.
//!
//! # Invariants
//! - A backup appears under its name whole, or not at all; so does a restored folder.
//! - What is restored was checked like a peer's: every chain, every signature.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Seek, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use charter::{CheckedStatement, Subject};
use identity::{Domain, Incarnation, NetworkId, NodeKey, OfficeId, Signed};
use journal::ForkProof;
use serde::{Deserialize, Serialize};
use store::{Copies, Frame, FrameKind, Listed, Store, StoreError, frames_of_copy};
use sync::Receipt;

use crate::{
    Attachments, Node, RecoveryKey, RecoveryLock, StateError,
    attachments::AttachmentError,
    engine::clock_ms,
    node::random,
    note::Note,
    sealed::{KeyFor, Outside, Sort},
    shelf::read_runs,
};

/// The first has no attachments.
const VERSION: u8 = 2;

/// What sealing adds to a file.
const TAG_BYTES: usize = 16;

/// An attachment in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Attached {
    /// Its name, a hash.
    name: String,
    /// How long it is, sealed.
    bytes: u32,
}

/// A list of 50,000 segments fits.
const BACKUP: Sort = Sort {
    magic: b"SIMPULBK",
    version: VERSION,
    domain: Domain::Backup,
    purpose: b"simpul backup v1",
    head_bytes_max: 4 << 20,
};

/// How much of a restored log is made durable at a time.
const GROUP_BYTES: usize = 4 << 20;

/// Why a backup was not made, or not restored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Some other file.
    #[error("this file is no backup")]
    Foreign,
    /// Made by a newer version of the program.
    #[error("this backup has version {0}; this program reads version {VERSION}")]
    Version(u8),
    /// Cut short or changed since it was made.
    #[error("this backup is damaged or not complete")]
    Damaged,
    /// Sealed to other keys.
    #[error("this backup is sealed to other keys than the one that was given")]
    OtherKey,
    /// There is something in the folder that is to be restored into.
    #[error("{} is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// A sealing key of this office is unusable.
    #[error("a sealing key of this office is unusable")]
    Key,
    /// A file could not be read or written.
    #[error("cannot use {}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The store could not be read or made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A scan could not be kept.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// The recovery key could not be noted.
    #[error(transparent)]
    State(#[from] StateError),
    /// Whoever asked for it ended it.
    #[error("the backup was ended before it was whole")]
    Stopped,
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
}

impl From<Outside> for BackupError {
    fn from(outside: Outside) -> Self {
        match outside {
            Outside::Foreign => Self::Foreign,
            Outside::Version(version) => Self::Version(version),
            Outside::Damaged => Self::Damaged,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    network: Option<NetworkId>,
    practice: bool,
    office: OfficeId,
    made_ms: i64,
    keys: KeyFor,
    /// The segments and their keys, and the attachments, under the content key.
    list: Vec<u8>,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// How large the file is.
    pub bytes: u64,
    /// How many scans and other files are in it.
    pub attachments: u64,
    /// Nodes of this office, this one aside, that can open it.
    pub nodes: Vec<NodeKey>,
}

/// A node that was made of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The new node's key.
    pub node: NodeKey,
    /// The office that it speaks for, once it is admitted.
    pub office: OfficeId,
    /// The node that made the backup, and when by its clock, in Unix milliseconds.
    pub of: (NodeKey, i64),
    /// Frames that could not be read and are to be fetched from others.
    pub damaged: u64,
    /// Scans and other files that came with it.
    pub attachments: u64,
}

impl Node {
    /// Whom backups are sealed to beside the nodes of the office; `None` before the first backup.
    pub fn recovery_lock(&self) -> Option<RecoveryLock> {
        *self.recovery()
    }

    /// Seals backups to this key from here on.
    pub async fn set_recovery_lock(&self, lock: RecoveryLock) -> Result<(), StateError> {
        self.store(vec![Note::Recovery(lock.0, lock.1).frame()]).await?;
        *self.recovery() = Some(lock);
        Ok(())
    }

    /// Writes a backup of all that is durable now. `written` hears how many bytes of how many are written, and whether that
    /// goes on is for it to say. Blocks.
    pub fn back_up(
        &self,
        out: &Path,
        written: impl FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<BackedUp, BackupError> {
        let mut to: Vec<RecoveryLock> = self.recovery_lock().into_iter().collect();
        let charter = self.charter();
        let of_office = charter.iter().flat_map(|charter| {
            charter.nodes().filter(|node| node.office == self.office() && charter.is_active(&node.key))
        });
        to.extend(of_office.map(|node| (node.key, node.seal_key)));
        let (key, keys) =
            BACKUP.key_for(&to, random().map_err(|_| BackupError::Randomness)?).ok_or(BackupError::Key)?;
        let copies = self.shelf().copies()?;
        // The key is used for this file alone, so its nonces may be numbers.
        let files = Sealing::of(ChaCha20Poly1305::new(&key.into()), self.attachments())?;
        let list = postcard::to_stdvec(&(copies.list(), &files.list)).map_err(|_| BackupError::Damaged)?;
        let list = files.cipher.encrypt(&Nonce::default(), &list[..]);
        let head = Head {
            network: self.network(),
            practice: self.profile().1,
            office: self.office(),
            made_ms: clock_ms(),
            keys,
            list: list.map_err(|_| BackupError::Key)?,
        };
        let head = BACKUP.write(self.secret(), &head);
        let attachments = files.list.len() as u64;
        let bytes = write_whole(out, &head, copies, &files, written)?;
        let nodes = to.into_iter().map(|(node, _)| node);
        let others = nodes.filter(|node| *node != self.key() && Some(*node) != self.recovery_lock().map(|lock| lock.0));
        Ok(BackedUp { bytes, attachments, nodes: others.collect() })
    }
}

/// Writes beside the name and renames, so that a backup that was cut short is never taken for one.
fn write_whole(
    out: &Path,
    head: &[u8],
    mut copies: Copies,
    files: &Sealing<'_>,
    written: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<u64, BackupError> {
    let mut making = out.to_owned().into_os_string();
    making.push(".making");
    let total = head.len() as u64 + copies.bytes() + files.bytes();
    let mut stopped = false;
    let write = || {
        let file = File::create(&making)?;
        let mut heard = Heard { file, done: 0, said: 0, total, written, stopped: &mut stopped };
        heard.write_all(head)?;
        copies.write(&mut heard)?;
        files.write(&mut heard)?;
        heard.file.sync_all()?;
        fs::rename(&making, out)?;
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    write().map_err(|error| {
        // What is left of it is of no use; the first error is the one to tell.
        let _ = fs::remove_file(&making);
        if stopped { BackupError::Stopped } else { io_at(out)(error) }
    })?;
    Ok(total)
}

/// A file of which somebody hears how much is written, a hundred times at most, and may end that.
struct Heard<'a, F> {
    file: File,
    done: u64,
    said: u64,
    total: u64,
    written: F,
    stopped: &'a mut bool,
}

impl<F: FnMut(u64, u64) -> ControlFlow<()>> Write for Heard<'_, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.done += count as u64;
        let part = self.done * 100 / self.total.max(1);
        if part > self.said {
            self.said = part;
            if (self.written)(self.done, self.total).is_break() {
                *self.stopped = true;
                return Err(io::Error::other("somebody ended it"));
            }
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The number of an attachment in its nonce; that of the list is 0.
fn nonce(number: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&(number + 1).to_le_bytes());
    nonce.into()
}

/// The attachments on their way into a backup.
struct Sealing<'a> {
    cipher: ChaCha20Poly1305,
    of: &'a Attachments,
    list: Vec<Attached>,
}

impl<'a> Sealing<'a> {
    /// Those that are whole. One that is damaged here is left out, and the log says which.
    fn of(cipher: ChaCha20Poly1305, of: &'a Attachments) -> Result<Self, AttachmentError> {
        let mut list = Vec::new();
        for name in of.names()? {
            match of.read(&name).map(|read| read.and_then(|bytes| u32::try_from(bytes.len() + TAG_BYTES).ok())) {
                Ok(bytes) => list.extend(bytes.map(|bytes| Attached { name, bytes })),
                Err(error) => tracing::error!(%error, "a scan is not in the backup"),
            }
        }
        Ok(Self { cipher, of, list })
    }

    fn bytes(&self) -> u64 {
        self.list.iter().map(|attached| u64::from(attached.bytes)).sum()
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for (number, Attached { name, bytes }) in (0..).zip(&self.list) {
            let content = self.of.read(name).map_err(io::Error::other)?.unwrap_or_default();
            let payload = Payload { msg: &content, aad: name.as_bytes() };
            let sealed = self.cipher.encrypt(&nonce(number), payload).map_err(|_| io::Error::other("too long"))?;
            if sealed.len() != *bytes as usize {
                return Err(io::Error::other("a scan changed while it was backed up"));
            }
            out.write_all(&sealed)?;
        }
        Ok(())
    }
}

/// Takes the attachments out of a backup; gives how many there were, and how many of them are damaged.
fn take_attachments(
    file: &mut impl Read,
    cipher: &ChaCha20Poly1305,
    list: &[Attached],
    into: &Attachments,
) -> Result<(u64, u64), BackupError> {
    let (mut taken, mut damaged) = (0, 0);
    for (number, Attached { name, bytes }) in (0..).zip(list) {
        let mut sealed = Vec::new();
        file.by_ref().take(u64::from(*bytes)).read_to_end(&mut sealed).map_err(|_| BackupError::Damaged)?;
        match cipher.decrypt(&nonce(number), Payload { msg: &sealed, aad: name.as_bytes() }) {
            Ok(content) => {
                into.keep(name, &content)?;
                taken += 1;
            }
            Err(_) => {
                tracing::warn!(name, "a scan of the backup cannot be read");
                damaged += 1;
            }
        }
    }
    Ok((taken, damaged))
}

/// What opens a backup.
#[derive(Debug, Clone)]
pub enum Opener {
    /// The recovery key.
    Recovery(Box<RecoveryKey>),
    /// The data folder of another node of the office, on this machine.
    Sibling(PathBuf),
}

/// Makes a data folder of a backup: another node of the same office, which still has to be admitted. Blocks.
pub fn restore(
    options: &store::Options,
    file: &Path,
    opener: &Opener,
    mut restored: impl FnMut(u64, u64),
) -> Result<Restored, BackupError> {
    let folder = &options.folder;
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(BackupError::NotEmpty(folder.clone()));
    }
    let Contents { from, head, list, attached, begin, mut rest, cipher } = open(file, opener)?;
    let total: u64 = list.iter().map(|listed| u64::from(listed.bytes)).sum();

    // Under its name only when it is whole: a folder that was cut short is no node that forgot half of its records.
    let mut making = folder.clone().into_os_string();
    making.push(".restoring");
    let making = PathBuf::from(making);
    if making.exists() {
        fs::remove_dir_all(&making).map_err(io_at(&making))?;
    }
    let (mut store, opened) = Store::create(&store::Options { folder: making.clone(), ..options.clone() })?;
    let (mut group, mut group_bytes, mut done, mut damaged) = (Vec::new(), 0, 0, 0);
    frames_of_copy(file, begin, &list, |frame| {
        match frame.map(checked) {
            Ok(Checked::Good(frame)) => {
                group_bytes += frame.bytes.len();
                done += frame.bytes.len() as u64;
                group.push(frame);
            }
            Ok(Checked::OfItself) => {}
            Ok(Checked::Worthless) => damaged += 1,
            Err(error) => {
                tracing::warn!(%error, "a frame of the backup cannot be read");
                damaged += 1;
            }
        }
        if group_bytes >= GROUP_BYTES {
            group_bytes = 0;
            store.writer.append(&std::mem::take(&mut group))?;
            restored(done, total);
        }
        Ok(())
    })?;
    let subject = Subject::FurtherNode { office: head.office };
    let own = || -> Result<_, crate::DriverError> {
        let profile = Note::Profile { subject, practice: head.practice, nonce: random()? };
        Ok([profile, Note::Incarnation(Incarnation(random()?)), Note::Unmet(true)])
    };
    let own = own().map_err(|_| BackupError::Randomness)?;
    group.extend(head.network.map(|network| Note::Network(network).frame()));
    group.extend(own.iter().map(Note::frame));
    store.writer.append(&group)?;
    let own = Attachments::of(&making, opened.files_key);
    let (attachments, bad) = take_attachments(&mut rest, &cipher, &attached, &own)?;
    damaged += bad;
    drop(store);
    fs::rename(&making, folder).map_err(io_at(folder))?;
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent).and_then(|parent| parent.sync_all()).map_err(io_at(parent))?;
    Ok(Restored { node: opened.secret.node_key(), office: head.office, of: (from, head.made_ms), damaged, attachments })
}

/// What is in a backup.
struct Contents {
    /// Its maker.
    from: NodeKey,
    head: Head,
    list: Vec<Listed>,
    attached: Vec<Attached>,
    /// Where in the file the segments begin.
    begin: u64,
    /// The file behind the segments.
    rest: BufReader<File>,
    cipher: ChaCha20Poly1305,
}

fn open(path: &Path, opener: &Opener) -> Result<Contents, BackupError> {
    let mut file = BufReader::new(File::open(path).map_err(io_at(path))?);
    let (from, head, version) = BACKUP.read::<Head>(&mut file)?;
    let begin = file.stream_position().map_err(io_at(path))?;
    let bytes = file.get_ref().metadata().map_err(io_at(path))?.len();
    let key = match opener {
        Opener::Recovery(key) => BACKUP.open_key(key.secret(), &head.keys),
        Opener::Sibling(folder) => BACKUP.open_key(&store::node_secret(folder)?, &head.keys),
    };
    let cipher = ChaCha20Poly1305::new(&key.ok_or(BackupError::OtherKey)?.into());
    let list = cipher.decrypt(&Nonce::default(), &head.list[..]).map_err(|_| BackupError::Damaged)?;
    let (list, attached): (Vec<Listed>, Vec<Attached>) = match version {
        1 => postcard::from_bytes(&list).map(|list| (list, Vec::new())),
        _ => postcard::from_bytes(&list),
    }
    .map_err(|_| BackupError::Damaged)?;
    let is_plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !attached.iter().all(|attached| is_plain(&attached.name)) {
        return Err(BackupError::Damaged);
    }
    let listed: u64 = list.iter().map(|listed| u64::from(listed.bytes)).sum();
    let files: u64 = attached.iter().map(|attached| u64::from(attached.bytes)).sum();
    if begin + listed + files != bytes {
        return Err(BackupError::Damaged);
    }
    let mut rest = file;
    rest.seek(io::SeekFrom::Start(begin + listed)).map_err(io_at(path))?;
    Ok(Contents { from, head, list, attached, begin, rest, cipher })
}

/// A frame of a backup.
enum Checked {
    Good(Frame),
    /// What the other node noted of itself alone.
    OfItself,
    Worthless,
}

fn checked(frame: Frame) -> Checked {
    let bytes = &frame.bytes[..];
    let good = match frame.kind {
        FrameKind::Page | FrameKind::Pack => read_runs(bytes).is_some(),
        FrameKind::Statement => postcard::from_bytes(bytes).is_ok_and(|signed| CheckedStatement::check(signed).is_ok()),
        FrameKind::Receipt => {
            postcard::from_bytes::<Signed<Receipt>>(bytes).is_ok_and(|signed| signed.verify(Domain::Receipt).is_ok())
        }
        FrameKind::ForkProof => ForkProof::decode(bytes).is_ok(),
        FrameKind::Note => match Note::read(bytes) {
            Some(
                Note::Profile { .. }
                | Note::Network(_)
                | Note::Incarnation(_)
                | Note::Recovery(..)
                | Note::Unmet(_)
                | Note::Aside(_)
                | Note::SaidAgain(_)
                | Note::Said(..),
            ) => return Checked::OfItself,
            Some(Note::Freeze(..) | Note::Rewind(..)) => true,
            Some(Note::Beacon(signed)) => signed.verify(Domain::Beacon).is_ok(),
            None => false,
        },
    };
    if good { Checked::Good(frame) } else { Checked::Worthless }
}

fn io_at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |source| BackupError::Io { path, source }
}
