//! Images of a data folder: what its disk held at one time, put back under the node without its knowing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What a folder held when it was taken. No process may have the folder open, then or when it is put back.
pub struct Image(PathBuf);

impl Image {
    /// Copies what is in a folder to a place that is not there yet.
    pub fn take(folder: &Path, place: PathBuf) -> Self {
        assert!(!place.exists(), "{}", place.display());
        copy_into(folder, &place);
        Self(place)
    }

    /// Makes the folder what it was. It stays the same folder, so that nothing but its content tells what happened.
    pub fn put_back(&self, folder: &Path) {
        for entry in
            fs::read_dir(folder).expect("a folder can be read").map(|entry| entry.expect("a folder can be read"))
        {
            if entry.file_type().expect("a file has a type").is_dir() {
                fs::remove_dir_all(entry.path()).expect("a folder can be removed");
            } else {
                fs::remove_file(entry.path()).expect("a file can be removed");
            }
        }
        copy_into(&self.0, folder);
    }
}

fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().expect("cp runs");
    assert!(copied.success());
}
