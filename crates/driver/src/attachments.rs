//! Files that records name by their hash, such as scans of letters: kept beside the journal, each sealed under a key that
//! follows from the machine key, as the journal is. They travel in backups and nowhere else.
//!
//! ```text
//! magic (8)  version (1)  nonce (12)  the file under ChaCha20-Poly1305, its name beside it
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use store::StoreError;

use crate::{DriverError, node::random};

const FOLDER: &str = "scans";
const HEAD: &[u8; 9] = b"SIMPULAT\x01";
const NONCE_BYTES: usize = 12;

/// Why a file cannot be kept, or what is kept cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// It was changed, or sealed under another key.
    #[error("what is kept of {0} is damaged")]
    Damaged(String),
    /// It could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder or the file cannot be used.
    #[error("cannot use {}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Attachments {
    folder: PathBuf,
    cipher: ChaCha20Poly1305,
}

impl std::fmt::Debug for Attachments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachments").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Attachments {
    /// Those of a data folder.
    pub(crate) fn of(data: &Path, key: [u8; 32]) -> Self {
        Self { folder: data.join(FOLDER), cipher: ChaCha20Poly1305::new(&key.into()) }
    }

    /// Keeps a file under a name, durably. Blocks.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), AttachmentError> {
        let nonce: [u8; NONCE_BYTES] = random().map_err(|_: DriverError| AttachmentError::Randomness)?;
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), Payload { msg: bytes, aad: name.as_bytes() })
            .map_err(|_| AttachmentError::Damaged(name.to_owned()))?;
        fs::create_dir_all(&self.folder).map_err(self.io(&self.folder))?;
        store::write_file(&self.folder.join(name), [&HEAD[..], &nonce, &sealed].concat())?;
        Ok(())
    }

    /// Reads it; none where nothing is kept under that name. Blocks.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, AttachmentError> {
        let path = self.folder.join(name);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(&path)(error)),
        };
        let Some(sealed) = bytes.strip_prefix(HEAD) else {
            // As the first version kept it.
            return Ok(Some(bytes));
        };
        let damaged = || AttachmentError::Damaged(name.to_owned());
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let payload = Payload { msg: sealed, aad: name.as_bytes() };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).map(Some).map_err(|_| damaged())
    }

    /// Whether something is kept under a name. Blocks.
    pub fn holds(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    /// Removes it for good; nothing where it is not there. Blocks.
    pub fn remove(&self, name: &str) -> Result<(), AttachmentError> {
        let path = self.folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.io(&path)(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The names of all that are kept. Blocks.
    pub fn names(&self) -> Result<Vec<String>, AttachmentError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.io(&self.folder)(error)),
        };
        let names = entries.map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default()));
        let mut names: Vec<String> = names.collect::<io::Result<_>>().map_err(self.io(&self.folder))?;
        // What a write that was cut short left behind has another name than a hash.
        names.retain(|name| !name.is_empty() && !name.contains('.'));
        names.sort();
        Ok(names)
    }

    /// Seals what an earlier version kept as it came. Blocks.
    pub(crate) fn seal_all(&self) {
        let sealed = self.names().and_then(|names| {
            for name in names {
                let path = self.folder.join(&name);
                let mut head = [0; HEAD.len()];
                let mut file = fs::File::open(&path).map_err(self.io(&path))?;
                let is_sealed = io::Read::read_exact(&mut file, &mut head).is_ok() && head == *HEAD;
                if !is_sealed && let Some(bytes) = self.read(&name)? {
                    self.keep(&name, &bytes)?;
                }
            }
            Ok(())
        });
        if let Err(error) = sealed {
            tracing::error!(%error, "a scan that an earlier version kept is still not sealed");
        }
    }

    fn io(&self, path: &Path) -> impl Fn(io::Error) -> AttachmentError + use<> {
        let path = path.to_owned();
        move |source| AttachmentError::Io { path: path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_sealed_on_the_disk_and_belongs_to_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let ours = Attachments::of(folder.path(), [1; 32]);
        assert_eq!((ours.names().unwrap(), ours.read("ab").unwrap()), (Vec::<String>::new(), None));
        assert!(!ours.holds("ab"));
        ours.keep("ab", b"%PDF- Turyati").unwrap();
        let at = |name: &str| folder.path().join(FOLDER).join(name);
        assert!(ours.holds("ab"));
        let stored = fs::read(at("ab")).unwrap();
        assert!(!stored.windows(7).any(|part| part == b"Turyati"));
        assert_eq!(ours.read("ab").unwrap().unwrap(), b"%PDF- Turyati");
        fs::copy(at("ab"), at("cd")).unwrap();
        assert!(matches!(ours.read("cd"), Err(AttachmentError::Damaged(name)) if name == "cd"));
        let others = Attachments::of(folder.path(), [2; 32]);
        assert!(matches!(others.read("ab"), Err(AttachmentError::Damaged(_))));
        fs::write(at("ef"), b"%PDF- as it came").unwrap();
        fs::write(at("gh.making"), b"half").unwrap();
        assert_eq!(ours.names().unwrap(), ["ab", "cd", "ef"]);
        ours.remove("cd").unwrap();
        ours.remove("cd").unwrap();
        ours.seal_all();
        assert!(fs::read(at("ef")).unwrap().starts_with(HEAD));
        assert_eq!(ours.read("ef").unwrap().unwrap(), b"%PDF- as it came");
    }
}
