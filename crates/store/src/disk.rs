//! Executes the log's disk operations for real.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use journal::segments::{DiskOp, FileName};

use crate::options::Watch;

/// The folder of the segments, with the files that are being written held open.
#[derive(Debug)]
pub(crate) struct Disk {
    folder: PathBuf,
    open: BTreeMap<FileName, File>,
    watch: Option<Watch>,
    /// Tests let the operation fail that makes this zero.
    #[cfg(test)]
    pub(crate) fail_in: Option<usize>,
}

impl Disk {
    pub(crate) fn new(folder: &Path, watch: Option<Watch>) -> Self {
        Self {
            folder: folder.to_owned(),
            open: BTreeMap::new(),
            watch,
            #[cfg(test)]
            fail_in: None,
        }
    }

    /// The names and lengths of all files.
    pub(crate) fn listing(&self) -> io::Result<Vec<(String, u64)>> {
        let mut listing = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if let Ok(name) = entry.file_name().into_string() {
                listing.push((name, entry.metadata()?.len()));
            }
        }
        listing.sort();
        Ok(listing)
    }

    /// Executes operations in order, up to the first that fails; says which.
    pub(crate) fn execute(&mut self, ops: &[DiskOp]) -> Result<(), (String, io::Error)> {
        for op in ops {
            self.execute_one(op).map_err(|error| (format!("{op:?}"), error))?;
        }
        // Only the last file is written again.
        while self.open.len() > 1 {
            self.open.pop_first();
        }
        Ok(())
    }

    fn execute_one(&mut self, op: &DiskOp) -> io::Result<()> {
        #[cfg(test)]
        if let Some(left) = &mut self.fail_in {
            *left = left.checked_sub(1).ok_or_else(|| io::Error::other("the test lets the disk fail"))?;
        }
        if let Some(Watch(watch)) = &self.watch {
            watch(op);
        }
        match op {
            DiskOp::Create { file } => {
                let mut options = OpenOptions::new();
                options.write(true).create(true).truncate(true).mode(0o600);
                let opened = options.open(self.path(*file))?;
                self.open.insert(*file, opened);
                Ok(())
            }
            DiskOp::Write { file, offset, bytes } => self.file(*file)?.write_all_at(bytes, *offset),
            DiskOp::Zero { file, offset, bytes } => {
                const ZEROS: &[u8] = &[0; 64 << 10];
                let (mut at, end) = (*offset, offset.saturating_add(*bytes));
                let file = self.file(*file)?;
                while at < end {
                    let length = usize::try_from(end - at).map_or(ZEROS.len(), |left| left.min(ZEROS.len()));
                    file.write_all_at(&ZEROS[..length], at)?;
                    at += length as u64;
                }
                Ok(())
            }
            DiskOp::Sync { file } => self.file(*file)?.sync_data(),
            DiskOp::SyncFolder => File::open(&self.folder)?.sync_all(),
            DiskOp::Rename { from, to } => {
                fs::rename(self.path(*from), self.path(*to))?;
                if let Some(file) = self.open.remove(from) {
                    self.open.insert(*to, file);
                }
                Ok(())
            }
            DiskOp::Truncate { file, bytes } => self.file(*file)?.set_len(*bytes),
            DiskOp::Remove { file } => {
                self.open.remove(file);
                fs::remove_file(self.path(*file))
            }
        }
    }

    fn file(&mut self, name: FileName) -> io::Result<&File> {
        let path = self.path(name);
        match self.open.entry(name) {
            std::collections::btree_map::Entry::Occupied(file) => Ok(file.into_mut()),
            std::collections::btree_map::Entry::Vacant(place) => {
                Ok(place.insert(OpenOptions::new().write(true).open(path)?))
            }
        }
    }

    pub(crate) fn path(&self, file: FileName) -> PathBuf {
        self.folder.join(file.to_string())
    }
}

/// Reads up to so many bytes; fewer only at the end of the file.
pub(crate) fn read_up_to(file: &File, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
    // A length may come from damaged bytes: what is set aside for it is bounded by what is there.
    let there = usize::try_from(file.metadata()?.len().saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut buffer = vec![0; bytes.min(there)];
    let mut done = 0;
    while done < buffer.len() {
        match file.read_at(&mut buffer[done..], offset + done as u64) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(done);
    Ok(buffer)
}
