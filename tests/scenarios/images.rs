//! Images of a data folder: what its disk held at one time, put back under the node without its knowing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What a folder held when it was taken. No process may have the folder open, then or when it is put back.
pub(crate) struct Image(PathBuf);

impl Image {
    /// Copies what is in a folder to a place that is not there yet.
    pub(crate) fn take(folder: &Path, place: PathBuf) -> Self {
        assert!(!place.exists(), "{}", place.display());
        copy_into(folder, &place);
        Self(place)
    }

    /// Makes the folder what it was. It stays the same folder, so that nothing but its content tells what happened.
    pub(crate) fn put_back(&self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                fs::remove_dir_all(entry.path()).unwrap();
            } else {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        copy_into(&self.0, folder);
    }
}

fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().unwrap();
    assert!(copied.success());
}
