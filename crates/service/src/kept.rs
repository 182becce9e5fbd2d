//! A small file of the data folder that is kept in memory too: changed in the file first, or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::problem::{Code, Problem, chain};

/// What one file keeps. It is readable by the owner of the data folder alone.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    path: PathBuf,
    value: Mutex<T>,
}

impl<T: Clone + Default + Serialize + DeserializeOwned> Kept<T> {
    /// Reads the file; a folder without it keeps nothing yet. `otherwise` says what to do about one that cannot be read.
    pub(crate) fn open(folder: &Path, name: &str, otherwise: &str) -> Result<Self, Problem> {
        let path = folder.join(name);
        let value = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                Problem::new(Code::Storage, format!("{} cannot be read: {error}", path.display()), otherwise)
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => T::default(),
            Err(error) => return Err(Problem::new(Code::Storage, error, "run `simpul doctor`")),
        };
        Ok(Self { path, value: Mutex::new(value) })
    }

    /// What is kept now.
    pub(crate) fn get(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is kept: in the file first, or not at all.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> Result<R, Problem>) -> Result<R, Problem> {
        let mut value = self.get();
        let mut new = value.clone();
        let done = change(&mut new)?;
        let bytes = serde_json::to_vec_pretty(&new).map_err(|error| Problem::internal(&error))?;
        store::write_file(&self.path, bytes).map_err(|error| {
            Problem::new(
                Code::Storage,
                format!("{} cannot be written: {}", self.path.display(), chain(&error)),
                "free some space on this disk, then try again",
            )
        })?;
        *value = new;
        Ok(done)
    }
}
