//! Erasing: what an order names, and what continues it, leaves the segment files.
//!
//! A document that an order names is shown as erased from that moment on. Then file after file is gone through on a
//! thread of its own; a file that holds payloads of such documents, or salts by which a guess of them could be tried, is
//! rewritten without them: new file and key, sync, swap, old key destroyed (`store::Writer::rewrite`). Numbers, hashes
//! and headers stay, so nothing that is built on an erased entry changes.
//!
//! # Invariants
//! - The index says that an erasure is done ([`DONE`]) only when every file was gone through since the order came, and
//!   stops saying so together with the row of the first entry that came late. So a crash anywhere repeats, never skips.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use identity::{ChangeHash, Coordinate, JournalId};
use journal::{JournalWriter, PAGE_ENTRIES_MAX, VerifiedRun};
use store::{DocumentId, Frame, FrameKind, IndexOp, Location, Reader, StoreError};
use tokio::sync::oneshot;

use super::{Desk, DeskJob, Fold, rewriting::Plan};
use crate::{engine::Told, shelf::read_runs};

/// The setting that names the documents whose erasure is done.
pub(crate) const DONE: &[u8] = b"erased";

/// What is to go.
#[derive(Debug, Default, Clone)]
struct Targets {
    documents: BTreeSet<Coordinate>,
    /// Their entries, each with the hash that its change had, as far as it is known.
    entries: BTreeMap<JournalId, BTreeMap<u64, ChangeHash>>,
}

impl Targets {
    /// The run without what has to go; `None` if there is nothing of it in it.
    fn erase(&self, run: &VerifiedRun) -> Option<VerifiedRun> {
        let page = run.page_first()..run.page_first().saturating_add(PAGE_ENTRIES_MAX);
        let of_page = self.entries.get(run.journal()).map(|entries| entries.range(page)).into_iter().flatten();
        let mut erased: BTreeMap<u64, ChangeHash> = of_page.map(|(seq, hash)| (*seq, *hash)).collect();
        for entry in run.entries() {
            let own = Coordinate { journal: run.journal().clone(), seq: entry.header.seq };
            if self.documents.contains(entry.header.subject.document(&own)) {
                erased.entry(own.seq).or_insert(ChangeHash([0; 32]));
            } else {
                // Of another branch of this journal.
                erased.remove(&own.seq);
            }
        }
        if erased.is_empty() {
            return None;
        }
        let mut without = run.clone();
        without.erase(&erased);
        (without != *run).then_some(without)
    }

    /// Stands for the documents.
    fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("simpul erased documents v1");
        for document in &self.documents {
            hasher.update(&document.journal.hash());
            hasher.update(&document.seq.to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

/// How far the erasure is.
#[derive(Debug, Default)]
pub(super) struct Erasing {
    targets: Arc<Targets>,
    /// Files that are still to be gone through.
    files: VecDeque<u32>,
    /// One of them is being gone through.
    busy: bool,
    /// Every file that is not in `files` is free of the targets, and that is still to be noted.
    whole: bool,
    /// A file could not be gone through or rewritten.
    failed: bool,
    /// Who waits for the end of it.
    waiting: Vec<oneshot::Sender<()>>,
}

impl Erasing {
    /// A writer that holds nothing of what has to go.
    pub(super) fn without_erased(&self, mut writer: JournalWriter) -> JournalWriter {
        if let Some(entries) = self.targets.entries.get(writer.journal()) {
            writer.erase(entries);
        }
        writer
    }
}

impl Desk {
    /// Orders may be others now: what they erase is shown as erased, and leaves the disk.
    pub(super) fn orders_changed(&mut self) -> Result<(), StoreError> {
        let documents = self.ordered()?;
        let targets = &self.state.erasing.targets;
        let new: Vec<Coordinate> = documents.difference(&targets.documents).cloned().collect();
        if new.is_empty() {
            return Ok(());
        }
        let mut targets = Targets::clone(targets);
        for document in &new {
            self.add_entries(document, &mut targets.entries)?;
            self.state.folds.pop(document);
            self.state.unsettled.insert(document.journal.scope.clone());
            self.state.dirty.insert(document.clone());
        }
        targets.documents = documents;
        let done = self.index.get(DONE)?.is_some_and(|done| done == targets.digest());
        if done {
            self.state.erasing.targets = Arc::new(targets);
        } else {
            self.go_through_all(targets);
            tracing::info!(documents = new.len(), "an order erases documents; the files are gone through");
        }
        self.erase_at_writers();
        Ok(())
    }

    /// Every document held that an order erases: those that it names, and those that continue them in their scope.
    fn ordered(&mut self) -> Result<BTreeSet<Coordinate>, StoreError> {
        let Some(charter) = self.standings.charter().cloned() else { return Ok(BTreeSet::new()) };
        let mut documents = BTreeSet::new();
        let mut successors = Vec::new();
        for (scope, _) in self.index.scopes() {
            let mut next: Vec<Coordinate> = charter.erased(&scope).map(|(document, _)| document.clone()).collect();
            while let Some(document) = next.pop() {
                for successor in self.successors(&document)? {
                    if successor.journal.scope == scope && !documents.contains(&successor) {
                        successors.push(successor.clone());
                        next.push(successor);
                    }
                }
                documents.insert(document);
            }
        }
        if self.standings.add_successors(successors.iter().cloned()) {
            drop(self.told.send(Told::ErasedSuccessors(successors)));
        }
        Ok(documents)
    }

    fn successors(&self, document: &Coordinate) -> Result<Vec<Coordinate>, StoreError> {
        let Some(journal) = self.index.journal_number(&document.journal) else { return Ok(Vec::new()) };
        let found = self.index.successors(DocumentId { journal, seq: document.seq })?;
        let named = found.into_iter().filter_map(|DocumentId { journal, seq }| {
            self.index.journal(journal).map(|journal| Coordinate { journal, seq })
        });
        Ok(named.collect())
    }

    /// Adds the entries held of a document, with the hashes of its changes.
    fn add_entries(
        &self,
        document: &Coordinate,
        entries: &mut BTreeMap<JournalId, BTreeMap<u64, ChangeHash>>,
    ) -> Result<(), StoreError> {
        let items = self.items(document)?;
        let standing = |at: &Coordinate| self.standings.of(at);
        // As it was before the order: an erased document has no hashes.
        let fold = Fold::build(document.clone(), items.iter().cloned(), standing, false, self.known_kind);
        for (at, _, header, payload) in items {
            if header.subject.document(&at) != document {
                continue;
            }
            let hash = match payload {
                journal::Payload::Erased { change_hash, .. } => change_hash,
                journal::Payload::Change(_) | journal::Payload::Fact(_) => {
                    fold.change_hash(&at).unwrap_or(ChangeHash([0; 32]))
                }
            };
            entries.entry(at.journal).or_default().insert(at.seq, hash);
        }
        Ok(())
    }

    /// What this node's writers still hold of the page that they write goes, too.
    fn erase_at_writers(&mut self) {
        let targets = self.state.erasing.targets.clone();
        for writer in self.state.writers.values_mut() {
            if let Some(entries) = targets.entries.get(writer.journal()) {
                writer.erase(entries);
            }
        }
    }

    /// Entries have become durable at `at`. If a payload came with them that has to go, their file is gone through
    /// again, and until then the erasure is not done.
    pub(super) fn note_late(&mut self, run: &VerifiedRun, at: Location, ops: &mut Vec<IndexOp>) {
        if self.state.erasing.targets.documents.is_empty() {
            return;
        }
        if let Err(error) = self.note_successors(run) {
            tracing::error!(%error, "the index failed");
        }
        let erasing = &mut self.state.erasing;
        if erasing.targets.erase(run).is_none() {
            return;
        }
        let targets = Arc::make_mut(&mut erasing.targets);
        for entry in run.entries() {
            let own = Coordinate { journal: run.journal().clone(), seq: entry.header.seq };
            if targets.documents.contains(entry.header.subject.document(&own)) {
                let entries = targets.entries.entry(own.journal).or_default();
                entries.entry(own.seq).or_insert(ChangeHash([0; 32]));
            }
        }
        if !erasing.files.contains(&at.file) {
            erasing.files.push_back(at.file);
        }
        ops.push(IndexOp::Set { name: DONE.to_vec(), value: None });
        self.erase_at_writers();
    }

    /// Documents that are created here as continuing an erased one go with it, and what came of them before.
    fn note_successors(&mut self, run: &VerifiedRun) -> Result<(), StoreError> {
        let mut new = Vec::new();
        for entry in run.entries() {
            let own = Coordinate { journal: run.journal().clone(), seq: entry.header.seq };
            if let journal::Subject::Creates { predecessor: Some(of) } = &entry.header.subject
                && of.journal.scope == own.journal.scope
                && self.standings.ordered(of)
                && self.standings.add_successors([own.clone()])
            {
                new.push(own);
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let mut targets = Targets::clone(&self.state.erasing.targets);
        for document in &new {
            self.add_entries(document, &mut targets.entries)?;
            self.state.folds.pop(document);
            self.state.dirty.insert(document.clone());
            targets.documents.insert(document.clone());
        }
        self.go_through_all(targets);
        drop(self.told.send(Told::ErasedSuccessors(new)));
        Ok(())
    }

    fn go_through_all(&mut self, targets: Targets) {
        let erasing = &mut self.state.erasing;
        erasing.targets = Arc::new(targets);
        (erasing.whole, erasing.failed) = (false, false);
        erasing.files = self.shelf.reader().files().into();
    }

    /// Has the next file gone through, if there is one, or notes that all were.
    pub(super) fn erase_some(&mut self) {
        let erasing = &mut self.state.erasing;
        if erasing.busy {
            return;
        }
        let Some(file) = erasing.files.pop_front() else {
            if std::mem::take(&mut erasing.whole) {
                self.note_done();
            }
            return self.say_erased();
        };
        let (reader, targets, jobs) = (self.shelf.reader().clone(), erasing.targets.clone(), self.jobs.clone());
        let look = move || {
            let looked = look_through(&reader, file, &targets);
            // Nobody is left to be told when the node stops; the next start goes through all files again.
            drop(jobs.send(DeskJob::With(Box::new(move |desk| desk.looked(looked)))));
        };
        match self.help("erasure", look) {
            Ok(()) => self.state.erasing.busy = true,
            Err(error) => {
                self.state.erasing.files.push_front(file);
                tracing::error!(%error, "no thread to go through the files");
            }
        }
    }

    /// Whether files are being gone through.
    pub(super) fn is_erasing(&self) -> bool {
        self.state.erasing.busy || !self.state.erasing.files.is_empty()
    }

    /// Tells whoever waits that nothing is left to be erased.
    fn say_erased(&mut self) {
        let erasing = &mut self.state.erasing;
        if !erasing.failed {
            for waiting in erasing.waiting.drain(..) {
                // Whoever waited may have gone.
                let _ = waiting.send(());
            }
        }
    }

    /// Says so once no file holds anything that an order erases, as far as it has come to this thread.
    pub(crate) fn when_erased(&mut self, reply: oneshot::Sender<()>) {
        self.state.erasing.waiting.push(reply);
    }

    fn looked(&mut self, looked: Result<Plan, StoreError>) {
        self.state.erasing.busy = false;
        let rewritten = looked.and_then(|plan| if plan.instead.is_empty() { Ok(None) } else { self.rewrite(plan) });
        if let Ok(Some((before, after))) = &rewritten {
            let follow = |file: &u32| if before.contains(file) { *after } else { Some(*file) };
            self.state.erasing.files = self.state.erasing.files.iter().filter_map(follow).collect();
        }
        match rewritten {
            Ok(_) => self.state.erasing.whole = self.state.erasing.files.is_empty() && !self.state.erasing.failed,
            Err(error) => {
                // Not said to be done: the next start tries again.
                self.state.erasing.failed = true;
                tracing::error!(%error, "an erasure cannot be finished");
            }
        }
    }

    fn note_done(&mut self) {
        let digest = self.state.erasing.targets.digest();
        if self.index.get(DONE).is_ok_and(|done| done.is_some_and(|done| done == digest)) {
            return;
        }
        let done = IndexOp::Set { name: DONE.to_vec(), value: Some(digest.to_vec()) };
        match self.index.apply(&[done], None) {
            Ok(()) => tracing::info!("what orders erase is gone from the files"),
            Err(error) => tracing::error!(%error, "the index failed"),
        }
    }
}

/// Goes through the pages of one file.
fn look_through(reader: &Reader, file: u32, targets: &Targets) -> Result<Plan, StoreError> {
    let mut looked = Plan::of(vec![file]);
    for (located, behind) in reader.frames_of(file)? {
        if !matches!(located.kind, FrameKind::Page | FrameKind::Pack) {
            continue;
        }
        looked.pages.push((located.at, behind));
        let runs = reader.read(located.at).ok().and_then(|frame| read_runs(&frame.bytes));
        let Some(mut runs) = runs else {
            tracing::error!(
                file,
                offset = located.at.offset,
                "a stored page does not read back, so nothing of it is shown"
            );
            continue;
        };
        let mut changed = false;
        for run in &mut runs {
            if let Some(without) = targets.erase(run) {
                *run = without;
                changed = true;
            }
        }
        if changed {
            let runs: Vec<&VerifiedRun> = runs.iter().collect();
            match journal::encode(&runs) {
                Ok(bytes) => drop(looked.instead.insert(located.at, Frame { kind: located.kind, bytes })),
                Err(error) => {
                    let source = format!("a page without its erased entries cannot be written: {error}");
                    return Err(StoreError::Index(source.into()));
                }
            }
        }
    }
    Ok(looked)
}
