//! Opening the file: keep it, or set it aside and begin anew.

use std::{
    fs, io,
    ops::Deref,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use crate::{ViewsError, apply::Interned, schema};

/// Says in the header that the file is ours: "Smpl".
const APPLICATION_ID: i32 = 0x536d_706c;

/// How long a writer or reader waits for another one of this file. Batches take milliseconds; this is for the slowest
/// disk with the largest batch.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// What became of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It was whole and of this version: go on from its watermarks.
    Kept,
    /// There was none: fill it.
    Fresh,
    /// It was damaged or of another version and now lies beside, under this name: fill the new one.
    SetAside(PathBuf),
}

/// The tables, open for reading.
pub struct Reader {
    pub(crate) db: Connection,
}

/// The tables, open for reading and writing. One a process.
pub struct Views {
    reader: Reader,
    path: Option<PathBuf>,
    pub(crate) interned: Interned,
}

impl Deref for Views {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Views").field("path", &self.path).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader(..)")
    }
}

impl Views {
    /// Opens the file, or makes it. A file that is no such file, or was not closed and does not check out, is set
    /// aside together with its companions.
    pub fn open(path: &Path) -> Result<(Self, Opened), ViewsError> {
        let existed = path.exists();
        if existed {
            match Self::try_existing(path) {
                Ok(Some(views)) => return Ok((views, Opened::Kept)),
                Ok(None) | Err(ViewsError::Damaged(_)) => {}
                Err(other) => return Err(other),
            }
        }
        let aside = set_aside(path).map_err(|source| ViewsError::Open { path: path.to_owned(), source })?;
        let views = Self::create(connect(path)?, Some(path.to_owned()))?;
        Ok((views, if existed { Opened::SetAside(aside) } else { Opened::Fresh }))
    }

    /// Tables that live as long as this value, for tests and simulations.
    pub fn in_memory() -> Result<Self, ViewsError> {
        Self::create(Connection::open_in_memory()?, None)
    }

    /// A second connection for questions, so that a long one does not hold up the writer. `None` in memory.
    pub fn reader(&self) -> Result<Option<Reader>, ViewsError> {
        let Some(path) = &self.path else { return Ok(None) };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(BUSY_MAX)?;
        db.set_prepared_statement_cache_capacity(64);
        Ok(Some(Reader { db }))
    }

    /// Closes the file and says beside it what it holds, so that the next opening sees whether it is as it was.
    pub fn close(self) -> Result<(), ViewsError> {
        let Self { reader: Reader { db }, path, interned: _ } = self;
        // Somebody may still be reading: then closing alone leaves the last writes in the log beside the file.
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        db.close().map_err(|(_, error)| error)?;
        let Some(path) = path else { return Ok(()) };
        let said = sum(&path).and_then(|sum| fs::write(beside(&path, SUM), sum));
        said.map_err(|source| ViewsError::Open { path, source })
    }

    fn try_existing(path: &Path) -> Result<Option<Self>, ViewsError> {
        let io = |source| ViewsError::Open { path: path.to_owned(), source };
        // It stands for what is there now and for nothing that is written from here on.
        let said = fs::read(beside(path, SUM)).ok();
        remove_if_there(&beside(path, SUM)).map_err(io)?;
        let all_in_file = fs::metadata(beside(path, "-wal")).map_or(true, |log| log.len() == 0);
        let as_it_was = match said {
            Some(said) if all_in_file => {
                if said != sum(path).map_err(io)? {
                    return Ok(None);
                }
                true
            }
            Some(_) | None => false,
        };
        let db = connect(path)?;
        let pragma = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        if pragma("application_id")? != APPLICATION_ID || pragma("user_version")? != schema::version() {
            return Ok(None);
        }
        if !as_it_was {
            // Without fsync a power cut may leave anything behind.
            let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            if verdict != "ok" {
                return Ok(None);
            }
        }
        Ok(Some(Self { reader: Reader { db }, path: Some(path.to_owned()), interned: Interned::default() }))
    }

    fn create(db: Connection, path: Option<PathBuf>) -> Result<Self, ViewsError> {
        db.set_prepared_statement_cache_capacity(64);
        let transaction = db.unchecked_transaction()?;
        db.execute_batch(&schema::text())?;
        db.pragma_update(None, "application_id", APPLICATION_ID)?;
        db.pragma_update(None, "user_version", schema::version())?;
        transaction.commit()?;
        Ok(Self { reader: Reader { db }, path, interned: Interned::default() })
    }
}

fn connect(path: &Path) -> Result<Connection, ViewsError> {
    let db = Connection::open(path)?;
    db.busy_timeout(BUSY_MAX)?;
    db.set_prepared_statement_cache_capacity(64);
    db.pragma_update(None, "journal_mode", "WAL")?;
    // Rebuildable: speed here, safety in the journals.
    db.pragma_update(None, "synchronous", "OFF")?;
    db.pragma_update(None, "cache_size", -8_000)?;
    // What was deleted is overwritten: an erased person leaves no letters in free pages.
    db.pragma_update(None, "secure_delete", "ON")?;
    Ok(db)
}

/// What the sum over the file is called that was closed in good order, behind the file's own name.
const SUM: &str = ".sum";

/// Stands for every byte of a file.
fn sum(path: &Path) -> io::Result<Vec<u8>> {
    let mut hasher = blake3::Hasher::new_derive_key("simpul views file v1");
    io::copy(&mut fs::File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().as_bytes().to_vec())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Moves the file and its companions aside; what was set aside before goes, so that bad files do not pile up.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let with = |suffix: &str| beside(path, suffix);
    remove_if_there(&with(SUM))?;
    for companion in ["", "-wal", "-shm"] {
        match fs::rename(with(companion), with(&format!(".set-aside{companion}"))) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(with(".set-aside"))
}
