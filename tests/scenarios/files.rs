//! What lies in a data folder, read with the node's own key while the node does not run.

use std::{collections::BTreeSet, fs, path::Path};

use journal::{Limits, Payload};
use store::{FrameKind, Options, Position, Store};

/// Everything that a data folder holds, as far as anybody with all of its keys can read it.
pub(crate) struct Folder {
    /// The journals, as `SCOPE NODE INCARNATION`.
    pub(crate) journals: BTreeSet<String>,
    /// Every payload in the segments, unpacked.
    pub(crate) payloads: Vec<Vec<u8>>,
    /// Every frame in the segments as stored, decrypted.
    pub(crate) frames: Vec<Vec<u8>>,
    /// Every file, with its bytes as they lie on the disk.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl Folder {
    /// Reads a folder that no process has open.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        read_files(folder, &mut files);
        let (store, _) = Store::open(&Options::new(folder)).unwrap();
        let mut read = Self { journals: BTreeSet::new(), payloads: Vec::new(), frames: Vec::new(), files };
        for (located, _) in store.reader.frames(Position::default()).unwrap() {
            let bytes = store.reader.read(located.at).unwrap().bytes;
            if matches!(located.kind, FrameKind::Page | FrameKind::Pack) {
                for run in journal::decode(&bytes, &Limits::default()).unwrap() {
                    let run = run.verify().unwrap();
                    let journal = run.journal();
                    read.journals.insert(format!("{} {} {}", journal.scope, journal.node, journal.incarnation));
                    read.payloads.extend(run.entries().iter().map(|entry| match &entry.payload {
                        Payload::Change(change) => change.body.clone(),
                        Payload::Fact(bytes) => bytes.clone(),
                        Payload::Erased { .. } => Vec::new(),
                    }));
                }
            }
            read.frames.push(bytes);
        }
        read
    }

    /// Where these bytes stand, in the clear or after decryption and unpacking.
    pub(crate) fn find(&self, word: &str) -> Vec<String> {
        let has = |bytes: &[u8]| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        let mut places: Vec<String> =
            self.files.iter().filter(|(_, bytes)| has(bytes)).map(|(name, _)| format!("file {name}")).collect();
        places.extend(self.payloads.iter().filter(|bytes| has(bytes)).map(|_| "a payload".to_owned()));
        places.extend(self.frames.iter().filter(|bytes| has(bytes)).map(|_| "a frame".to_owned()));
        places.extend(self.journals.iter().filter(|name| name.contains(word)).map(|name| format!("journal {name}")));
        places
    }

    /// The journals of one node in one scope.
    pub(crate) fn journals_of(&self, scope: &str, node: &str) -> Vec<&str> {
        let prefix = format!("{scope} {node} ");
        self.journals.iter().filter_map(|name| name.strip_prefix(&prefix)).collect()
    }
}

fn read_files(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            read_files(&entry.path(), into);
        } else {
            into.push((entry.path().display().to_string(), fs::read(entry.path()).unwrap()));
        }
    }
}
