//! The spool: one file a message, numbered in the order in which they were told, and for each way the number of the last
//! message that it sent.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
    sync::PoisonError,
};

use service::{Told, ToldAs, write_file};

use crate::NoticesError;

/// How many messages are kept, the newest.
const KEPT: u64 = 1_000;

const SUFFIX: &str = "json";

/// The files of one folder.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    newest: Mutex<u64>,
}

impl Spool {
    /// A folder that is not there yet is made with the first message: a data folder begins with its node.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, NoticesError> {
        let numbers = numbers(&folder).map_err(|source| NoticesError::Spool { path: folder.clone(), source })?;
        let newest = numbers.into_iter().max().unwrap_or(0);
        Ok(Self { folder, newest: Mutex::new(newest) })
    }

    /// The number of the newest message; 0 before the first.
    pub(crate) fn newest(&self) -> u64 {
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn shown(&self) -> String {
        self.folder.display().to_string()
    }

    /// Writes a message; gives its number.
    pub(crate) fn put(&self, told: &Told) -> io::Result<u64> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let number = *newest + 1;
        let bytes = serde_json::to_vec_pretty(told)?;
        fs::create_dir_all(&self.folder)?;
        write_file(&self.file(number), bytes).map_err(io::Error::other)?;
        *newest = number;
        // What is left over is removed with the next; what is missing has been.
        if let Some(old) = number.checked_sub(KEPT) {
            let _ = fs::remove_file(self.file(old));
        }
        Ok(number)
    }

    /// The next message for a way, up to a number; without its text where that cannot be read any more.
    pub(crate) fn next(&self, way: &str, upto: u64) -> Option<(u64, Option<Told>)> {
        let oldest = self.newest().saturating_sub(KEPT) + 1;
        let number = (self.last_sent(way).unwrap_or(0) + 1).max(oldest);
        if number > upto {
            return None;
        }
        let told = fs::read(self.file(number)).ok().and_then(|bytes| serde_json::from_slice::<Told>(&bytes).ok());
        if told.is_none() {
            tracing::error!(file = %self.file(number).display(), way, "a message cannot be read and is not sent");
        }
        Some((number, told.filter(|told| told.notice != ToldAs::Trial)))
    }

    /// A way that was never used begins after what is there.
    pub(crate) fn begin(&self, way: &str) -> Result<(), NoticesError> {
        if self.last_sent(way).is_some() || self.newest() == 0 {
            return Ok(());
        }
        let path = self.mark(way);
        self.sent(way, self.newest()).map_err(|source| NoticesError::Spool { path, source })
    }

    /// Notes what a way sent last.
    pub(crate) fn sent(&self, way: &str, number: u64) -> io::Result<()> {
        write_file(&self.mark(way), number.to_string()).map_err(io::Error::other)
    }

    fn last_sent(&self, way: &str) -> Option<u64> {
        fs::read_to_string(self.mark(way)).ok()?.trim().parse().ok()
    }

    fn file(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:08}.{SUFFIX}"))
    }

    fn mark(&self, way: &str) -> PathBuf {
        self.folder.join(format!("{way}.sent"))
    }
}

fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(numbers),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == SUFFIX)
            && let Some(number) = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok())
        {
            numbers.push(number);
        }
    }
    Ok(numbers)
}
