//! The small files of a data folder: the lock and the key files.
//!
//! # Invariants
//! - One process has a folder open: the lock is the kernel's and goes with the process, however it ends.
//! - Key files are 0600, durable before anything relies on them, and `node.key` is written last: without it there is
//!   no node, so that a creation that was cut short can be repeated.

use std::{
    convert::Infallible,
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::mpsc,
    time::Duration,
};

use data_encoding::HEXLOWER;
use identity::NodeSecret;
use journal::segments::MachineKey;
use zeroize::Zeroizing;

use crate::{MachineKeySource, StoreError, error::at};

const NODE_KEY_HEAD: &str = "simpul-node-key-1";
const MACHINE_KEY_HEAD: &str = "simpul-machine-key-1";
const PASSPHRASE_HEAD: &str = "simpul-passphrase-1";

/// What argon2id costs for a passphrase: 32 MiB and three passes, about 0.1 s on an office laptop. Kept in the file.
const ARGON2_COST: (u32, u32) = (32 << 10, 3);
/// More than this is no file of ours: 1 GiB would let a damaged file stop the node.
const ARGON2_COST_MAX: (u32, u32) = (256 << 10, 16);

/// The right to use a data folder; ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    // Dropped after the file is unlocked: whoever waits hears of it then.
    _held: mpsc::Sender<Infallible>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone leaves the lock with a process that is being started and has this file until its own programme runs.
        if let Err(error) = self.file.unlock() {
            tracing::debug!(%error, "the lock of the folder goes when its file is closed");
        }
    }
}

/// Tells when a data folder is free again.
#[derive(Debug)]
pub struct Released(mpsc::Receiver<Infallible>);

impl Released {
    /// Waits until nothing uses the folder any more; false where something still does after this long.
    pub fn wait(&self, at_most: Duration) -> bool {
        matches!(self.0.recv_timeout(at_most), Err(mpsc::RecvTimeoutError::Disconnected))
    }
}

impl Lock {
    pub(crate) fn take(folder: &Path) -> Result<(Self, Released), StoreError> {
        let path = folder.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(at(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let pid = file.take(20).read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(StoreError::InUse { folder: folder.to_owned(), pid });
            }
            Err(TryLockError::Error(source)) => return Err(at(&path)(source)),
        }
        // For whoever finds the folder locked; nothing depends on it.
        let named = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        named.map_err(at(&path))?;
        let (held, released) = mpsc::channel();
        Ok((Self { file, _held: held }, Released(released)))
    }
}

/// 32 bytes of the system's randomness.
pub(crate) fn random(folder: &Path) -> Result<[u8; 32], StoreError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| at(folder)(std::io::Error::other(error)))?;
    Ok(bytes)
}

/// Makes a folder and those above it, for this user alone.
pub(crate) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))
}

pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

/// Writes a small file durably and for this user alone: afterwards it is there whole, or as it was before.
pub fn write_file(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), StoreError> {
    let making = path.with_extension("making");
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&making)?;
        file.write_all(contents.as_ref())?;
        file.sync_all()?;
        fs::rename(&making, path)
    };
    write().map_err(at(path))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// The fields of a key file, after its head. Closes it to other users if it was open to them.
fn read_fields(path: &Path, head: &str) -> Result<Vec<Zeroizing<String>>, StoreError> {
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path).map_err(at(path))?;
    let mode = file.metadata().map_err(at(path))?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "the key file was open to other users; it is closed to them now");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(at(path))?;
    }
    let reason = |reason| StoreError::KeyFile { path: path.to_owned(), reason };
    file.take(1024).read_to_string(&mut text).map_err(|_| reason("it is not text"))?;
    let mut fields = text.split_whitespace().map(|field| Zeroizing::new(field.to_owned()));
    match fields.next() {
        Some(first) if *first == head => Ok(fields.collect()),
        _ => Err(reason("it is of another kind")),
    }
}

fn hex<const N: usize>(path: &Path, field: Option<&Zeroizing<String>>) -> Result<[u8; N], StoreError> {
    let bytes = field.and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok());
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| StoreError::KeyFile { path: path.to_owned(), reason: "it is cut short or damaged" })
}

fn node_key_path(folder: &Path) -> PathBuf {
    folder.join("node.key")
}

/// Whether a node lives in a folder, whether or not it can be opened.
pub fn has_node(folder: &Path) -> bool {
    node_key_path(folder).exists()
}

pub(crate) fn write_node_key(folder: &Path, secret: &NodeSecret) -> Result<(), StoreError> {
    let text = Zeroizing::new(format!("{NODE_KEY_HEAD}\n{}\n", HEXLOWER.encode(secret.seed())));
    write_file(&node_key_path(folder), &text)
}

/// The secret of the node in a data folder, whether or not a process has it open.
pub fn read_node_key(folder: &Path) -> Result<NodeSecret, StoreError> {
    let path = node_key_path(folder);
    if !path.exists() {
        return Err(StoreError::NoNode(folder.to_owned()));
    }
    let fields = read_fields(&path, NODE_KEY_HEAD)?;
    Ok(NodeSecret::from_seed(hex(&path, fields.first())?))
}

/// The machine key of a new node. A key file that is there already is used as it is.
pub(crate) fn make_machine_key(folder: &Path, source: &MachineKeySource) -> Result<MachineKey, StoreError> {
    let in_folder = folder.join("machine.key");
    match source {
        MachineKeySource::Folder | MachineKeySource::File(_) => {
            let path = if let MachineKeySource::File(path) = source { path } else { &in_folder };
            if !path.exists() {
                let text = Zeroizing::new(format!("{MACHINE_KEY_HEAD}\n{}\n", HEXLOWER.encode(&random(folder)?)));
                write_file(path, &text)?;
            }
        }
        MachineKeySource::Passphrase(passphrase) => {
            let salt = &random(folder)?[..16];
            let key = stretch(&in_folder, passphrase, salt, ARGON2_COST)?;
            let ((memory, passes), salt, check) = (ARGON2_COST, HEXLOWER.encode(salt), HEXLOWER.encode(&check(&key)));
            write_file(&in_folder, format!("{PASSPHRASE_HEAD}\n{memory} {passes} {salt} {check}\n"))?;
        }
    }
    read_machine_key(folder, source)
}

pub(crate) fn read_machine_key(folder: &Path, source: &MachineKeySource) -> Result<MachineKey, StoreError> {
    let in_folder = folder.join("machine.key");
    match source {
        MachineKeySource::Folder => {
            Ok(MachineKey(hex(&in_folder, read_fields(&in_folder, MACHINE_KEY_HEAD)?.first())?))
        }
        MachineKeySource::File(path) => Ok(MachineKey(hex(path, read_fields(path, MACHINE_KEY_HEAD)?.first())?)),
        MachineKeySource::Passphrase(passphrase) => {
            let fields = read_fields(&in_folder, PASSPHRASE_HEAD)?;
            let number = |at: usize| fields.get(at).and_then(|field| field.parse().ok()).unwrap_or(0);
            let salt: [u8; 16] = hex(&in_folder, fields.get(2))?;
            let key = stretch(&in_folder, passphrase, &salt, (number(0), number(1)))?;
            if check(&key) == hex::<16>(&in_folder, fields.get(3))? { Ok(key) } else { Err(StoreError::Passphrase) }
        }
    }
}

/// Tells a wrong passphrase from damaged segments. Confirms a guess no better than a segment's header does.
fn check(key: &MachineKey) -> [u8; 16] {
    let mut check = [0; 16];
    blake3::Hasher::new_derive_key("simpul passphrase check v1").update(&key.0).finalize_xof().fill(&mut check);
    check
}

fn stretch(path: &Path, passphrase: &str, salt: &[u8], (memory, passes): (u32, u32)) -> Result<MachineKey, StoreError> {
    let unusable = || StoreError::KeyFile { path: path.to_owned(), reason: "its cost is out of bounds" };
    if memory > ARGON2_COST_MAX.0 || passes > ARGON2_COST_MAX.1 {
        return Err(unusable());
    }
    let params = argon2::Params::new(memory, passes, 1, Some(32)).map_err(|_| unusable())?;
    let mut key = MachineKey([0; 32]);
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut key.0)
        .map_err(|_| unusable())?;
    Ok(key)
}
