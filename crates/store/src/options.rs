//! What the caller decides about a data folder, and what the machine says about it.

use std::{
    fmt, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use journal::segments::{DiskOp, Sizing};
use zeroize::Zeroizing;

use crate::{StoreError, error::at};

/// Where the key that wraps the segments' keys comes from.
#[derive(Clone, Default)]
pub enum MachineKeySource {
    /// `machine.key` in the data folder, made with the node: guards a disk that is thrown away, not one that is stolen.
    #[default]
    Folder,
    /// A key file elsewhere, such as on a stick; made when it is missing and the node is new.
    File(PathBuf),
    /// A passphrase, stretched by argon2id; its salt is in `machine.key`.
    Passphrase(Zeroizing<String>),
}

impl fmt::Debug for MachineKeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MachineKeySource::Folder => f.write_str("Folder"),
            MachineKeySource::File(path) => write!(f, "File({})", path.display()),
            MachineKeySource::Passphrase(_) => f.write_str("Passphrase(..)"),
        }
    }
}

/// Is told of each operation on the segment files just before it is executed, on the thread that executes it: how the
/// crash harness knows what a power cut may leave behind.
#[derive(Clone)]
pub struct Watch(pub Arc<dyn Fn(&DiskOp) + Send + Sync>);

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch(..)")
    }
}

/// How to open a data folder.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder.
    pub folder: PathBuf,
    /// Where the machine key comes from.
    pub machine_key: MachineKeySource,
    /// How much memory the index may use for its cache.
    pub index_cache_bytes: u64,
    /// How much of the disk is kept for orders and notes.
    pub reserve_bytes: u64,
    /// How the segment files grow.
    pub sizing: Sizing,
    /// Who watches what is done to the segment files; nobody, outside of tests.
    pub watch: Option<Watch>,
}

impl Options {
    /// What suits a village: a cache of 16 MiB, a reserve of 64 MiB, the key in the folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            machine_key: MachineKeySource::default(),
            index_cache_bytes: 16 << 20,
            reserve_bytes: 64 << 20,
            sizing: Sizing::default(),
            watch: None,
        }
    }
}

/// What tells this data folder on this machine from a copy of it: a hash of the machine's id, the file system's id and
/// the folder's inode.
///
/// The file system's own id is used and not the number of its device: that one changes with the order in which disks
/// are found at boot. A disk image that is copied whole looks the same; there the peers notice.
pub fn machine_id(folder: &Path) -> Result<[u8; 32], StoreError> {
    let inode = fs::metadata(folder).map_err(at(folder))?.ino();
    let system = rustix::fs::statvfs(folder).map_err(|error| at(folder)(error.into()))?.f_fsid;
    // A machine without this file is told apart by the rest.
    let machine = fs::read("/etc/machine-id").unwrap_or_default();
    let mut hasher = blake3::Hasher::new_derive_key("simpul machine id v1");
    hasher.update(&system.to_le_bytes()).update(&inode.to_le_bytes()).update(&machine);
    Ok(*hasher.finalize().as_bytes())
}
