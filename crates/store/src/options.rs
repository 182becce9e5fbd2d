//! What the caller decides about a data folder, and what the machine says about it.

use std::path::{Path, PathBuf};

use journal::segments::Sizing;
use zeroize::Zeroizing;

use crate::StoreError;

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

/// How to open a data folder.
#[derive(Clone)]
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
        }
    }
}

/// What tells this data folder on this machine from a copy of it: a hash of the machine's id, the file system and the
/// folder's inode.
pub fn machine_id(folder: &Path) -> Result<[u8; 32], StoreError> {
    todo!()
}
