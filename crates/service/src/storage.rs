//! What this node's data takes on the disk, how much room is left, and what the last start found damaged.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{
    Service,
    both::Both,
    problem::{Code, Problem},
};

/// A part of the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoragePart {
    /// What it is.
    pub label: Both,
    /// How many bytes it takes.
    pub bytes: u64,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageView {
    /// Where the data is.
    pub folder: String,
    /// Bytes that are free on that disk; none where that cannot be told.
    pub free_bytes: Option<u64>,
    /// Bytes of those that records may not use.
    pub reserve_bytes: Option<u64>,
    /// Whether the disk failed: then nothing is written until the next start.
    pub failed: bool,
    /// What takes how much, the most first.
    pub parts: Vec<StoragePart>,
    /// What the last start found damaged. A write that a power cut tore was never said to be saved, and is not among it.
    pub damage: Vec<Both>,
    /// When the newest backup was made, in Unix milliseconds.
    pub last_backup_ms: Option<i64>,
}

/// What a file or folder of the data folder is, by how its name begins.
const PARTS: [(&str, &str, &str); 4] = [
    ("journal", "Semua yang ditulis dan diterima", "Everything that was written and received"),
    ("index", "Daftar isinya", "The index of it"),
    ("views", "Tabel untuk halaman", "Tables for the pages"),
    ("alerts", "Peringatan yang dikirim", "Alerts that were sent"),
];

/// How many bytes a file takes, or everything in a folder. What goes away meanwhile takes none.
fn size(path: &Path) -> u64 {
    match path.symlink_metadata() {
        Ok(found) if found.is_dir() => {
            path.read_dir().into_iter().flatten().flatten().map(|inside| size(&inside.path())).sum()
        }
        Ok(found) => found.len(),
        Err(_) => 0,
    }
}

fn parts(folder: &Path) -> std::io::Result<Vec<StoragePart>> {
    let mut bytes = [0; PARTS.len() + 1];
    for entry in folder.read_dir()? {
        let entry = entry?;
        let name = entry.file_name();
        let is = |(begins, ..): &(&str, &str, &str)| name.to_string_lossy().starts_with(begins);
        let at = PARTS.iter().position(is).unwrap_or(PARTS.len());
        if let Some(sum) = bytes.get_mut(at) {
            *sum += size(&entry.path());
        }
    }
    let others = ("", "Lainnya: kunci, setelan, pindaian", "Others: keys, settings, scans");
    let labels = PARTS.into_iter().chain([others]);
    let mut parts: Vec<StoragePart> = labels
        .zip(bytes)
        .map(|((_, id, en), bytes)| StoragePart { label: Both { id: id.to_owned(), en: en.to_owned() }, bytes })
        .collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    Ok(parts)
}

impl Service {
    pub(crate) async fn storage(&self) -> Result<StorageView, Problem> {
        let folder = self.0.folder.clone();
        let looked = tokio::task::spawn_blocking(move || parts(&folder));
        let parts = looked.await.map_err(|error| Problem::internal(&error))?.map_err(|error| {
            Problem::new(Code::Storage, format!("cannot look into the data folder: {error}"), "is its disk there?")
        })?;
        let disk = self.node().disk().await;
        Ok(StorageView {
            folder: self.0.folder.display().to_string(),
            free_bytes: disk.map(|(space, _)| space.free_bytes),
            reserve_bytes: disk.map(|(space, _)| space.reserve_bytes),
            failed: disk.is_some_and(|(_, failed)| failed),
            parts,
            damage: self.damage(|cut| cut.why != store::Why::TornTail),
            last_backup_ms: self.looking().last_backup_ms(),
        })
    }
}
