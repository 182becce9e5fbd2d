//! Own entries: drafted from what an officer wrote, signed once for all that came together, handed to the disk, and
//! answered, shown and pushed when they are durable.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use documents::{Edit, EditError, Fold};
use identity::{Coordinate, JournalId, Point, ScopeName};
use journal::{Commit, Entry, JournalWriter, Subject, VerifiedRun};
use store::{Frame, FrameKind, StoreError};
use sync::LoadedPack;

use super::{Desk, DeskJob, InFlight, WriteReply};
use crate::{
    api::{Target, What, Write, WriteError, Written},
    disk::{Epoch, NotStored, Stored},
    engine::Told,
    shelf::span,
};

/// The first change of a document: what is put are its fields, what is spliced in are its texts.
fn create(own: &JournalId, edits: &[Edit]) -> Result<documents::Written, EditError> {
    let texts = edits.iter().filter_map(|edit| match edit {
        Edit::Splice { key, insert, .. } => Some((key.as_str(), insert.as_str())),
        Edit::Put { .. } | Edit::Choose { .. } | Edit::Clear { .. } => None,
    });
    let fields = edits.iter().filter_map(|edit| match edit {
        Edit::Put { key, value } | Edit::Choose { key, value } => Some((key.as_str(), value.clone())),
        Edit::Splice { .. } | Edit::Clear { .. } => None,
    });
    documents::create(own, texts, fields)
}

/// One entry about to be appended.
pub(super) struct Prepared {
    pub(super) scope: ScopeName,
    pub(super) draft: journal::Draft,
}

pub(super) type Batch = (Vec<Write>, i64, WriteReply);

impl Desk {
    pub(super) fn writer(&mut self, scope: &ScopeName) -> Result<&mut JournalWriter, WriteError> {
        if !self.state.writers.contains_key(scope) {
            let journal = self.own_journal(scope);
            let writer = match self.last_page(&journal)? {
                None => JournalWriter::new(journal, self.secret.clone()),
                Some(page) => JournalWriter::resume(journal, self.secret.clone(), page)?,
            };
            let writer = self.state.erasing.without_erased(writer);
            self.state.writers.insert(scope.clone(), writer);
        }
        self.state.writers.get_mut(scope).ok_or(WriteError::Stopped)
    }

    /// The last page of a journal, put together from its pieces.
    pub(super) fn last_page(&self, journal: &JournalId) -> Result<Option<VerifiedRun>, WriteError> {
        let Some(number) = self.index.journal_number(journal) else { return Ok(None) };
        let Some(last) = self.index.point(number)? else { return Ok(None) };
        let Some(end) = self.shelf.runs_from(number, last.seq, last.seq, usize::MAX)?.pop() else { return Ok(None) };
        let mut page: Option<VerifiedRun> = None;
        for piece in self.shelf.runs_from(number, end.page_first(), last.seq, usize::MAX)? {
            let piece = VerifiedRun::clone(&piece);
            page = Some(match page {
                None => piece,
                Some(page) => page.join(piece)?,
            });
        }
        Ok(page)
    }

    /// Drafts the batches, signs once for each scope, and hands all to the disk.
    pub(super) fn write(&mut self, batches: Vec<Batch>) {
        let mut flight =
            InFlight { epoch: self.state.epoch, commits: Vec::new(), touched: BTreeSet::new(), replies: Vec::new() };
        let mut scopes = BTreeSet::new();
        for (writes, now_ms, reply) in batches {
            let prepared =
                if self.state.failed { Err(NotStored::Failed.into()) } else { self.prepare(&writes, now_ms) };
            match prepared.and_then(|prepared| self.append(prepared, &mut scopes, &mut flight.touched)) {
                Ok(written) => flight.replies.push((reply, written)),
                Err(error) => {
                    if matches!(error, WriteError::Edit(EditError::NoLane)) {
                        // Under another incarnation there are lanes again when the form is saved the next time.
                        drop(self.told.send(Told::OtherIncarnation));
                    }
                    drop(reply.send(Err(error.for_a_form())));
                }
            }
        }
        self.launch(flight, &scopes, Vec::new());
    }

    /// What a batch would append. Nothing is changed, so a batch that cannot be written leaves nothing behind.
    pub(super) fn prepare(&mut self, writes: &[Write], now_ms: i64) -> Result<Vec<Prepared>, WriteError> {
        let mut prepared: Vec<Prepared> = Vec::new();
        let mut documents: Vec<(Coordinate, u16)> = Vec::new();
        let mut next: BTreeMap<ScopeName, u64> = BTreeMap::new();
        // What the next fact about a document of this batch saw.
        let mut tips: BTreeMap<Coordinate, Vec<Coordinate>> = BTreeMap::new();
        for write in writes {
            let (document, record, created) = match &write.target {
                Target::New { predecessor: Some(of), .. } if self.standings.erased(of) => {
                    return Err(EditError::NotEditable("the document that it would continue is erased").into());
                }
                Target::New { scope, kind, .. } => {
                    (Coordinate { journal: self.own_journal(scope), seq: 0 }, *kind, true)
                }
                Target::Document(document) => {
                    let fold = self.fold(document)?.ok_or_else(|| WriteError::Unknown(document.clone()))?;
                    (document.clone(), fold.kind().unwrap_or_default(), false)
                }
                Target::Batch(index) => {
                    let (document, kind) = documents.get(*index).cloned().ok_or(WriteError::Batch(*index))?;
                    (document, kind, false)
                }
            };
            let scope = document.journal.scope.clone();
            let own = self.own_journal(&scope);
            if let Some(charter) = self.standings.charter()
                && charter.node(&own.node).is_some()
                && !charter.may_write(&own.node, &scope)
            {
                return Err(WriteError::NoRight(scope));
            }
            let seq = match next.get(&scope) {
                Some(seq) => *seq,
                None => self.writer(&scope)?.point().seq + 1,
            };
            next.insert(scope.clone(), seq + 1);
            let at = Coordinate { journal: own.clone(), seq };
            let (document, subject) = match &write.target {
                Target::New { predecessor, .. } => (at.clone(), Subject::Creates { predecessor: predecessor.clone() }),
                Target::Document(_) | Target::Batch(_) => (document.clone(), Subject::Of(document)),
            };
            let in_batch = tips.get(&document).cloned();
            let written = match &write.what {
                What::Change { edits, .. } if created => create(&own, edits)?,
                What::Change { .. } if in_batch.is_some() => return Err(WriteError::Twice(document)),
                What::Change { shown, edits } => {
                    let fold = self.fold(&document)?.ok_or_else(|| WriteError::Unknown(document.clone()))?;
                    fold.edit(shown, &own, edits)?.ok_or(WriteError::Nothing)?
                }
                What::Fact { key, bytes } => {
                    let saw = match in_batch {
                        Some(tips) => tips,
                        None if created => Vec::new(),
                        None => self.fold(&document)?.map(|fold| fold.snapshot().tips).unwrap_or_default(),
                    };
                    documents::fact(key, bytes, saw)?
                }
            };
            tips.insert(document.clone(), vec![at]);
            documents.push((document, record));
            let draft = written.draft(now_ms, write.officer.clone(), subject, record);
            prepared.push(Prepared { scope, draft });
        }
        Ok(prepared)
    }

    pub(super) fn append(
        &mut self,
        prepared: Vec<Prepared>,
        scopes: &mut BTreeSet<ScopeName>,
        touched: &mut BTreeSet<Coordinate>,
    ) -> Result<Vec<Written>, WriteError> {
        let mut written = Vec::with_capacity(prepared.len());
        for Prepared { scope, draft } in prepared {
            let (point, entry) = self.writer(&scope)?.append(draft)?;
            scopes.insert(scope.clone());
            let at = Coordinate { journal: self.own_journal(&scope), seq: point.seq };
            let document = entry.header.subject.document(&at).clone();
            self.add_to_fold(&document, at, point, entry)?;
            touched.insert(document.clone());
            written.push(Written { document, point, shown: 0 });
        }
        Ok(written)
    }

    pub(super) fn add_to_fold(
        &mut self,
        document: &Coordinate,
        at: Coordinate,
        point: Point,
        entry: Entry,
    ) -> Result<(), StoreError> {
        let item = (at.clone(), point.hash, entry.header, entry.payload);
        let standings = &self.standings;
        if at == *document {
            let fold = Fold::build(document.clone(), [item], |at| standings.of(at), false, self.known_kind);
            self.state.folds.put(document.clone(), fold);
        } else if let Some(fold) = self.state.folds.get_mut(document) {
            fold.add([item], |at| standings.of(at), self.known_kind);
        }
        Ok(())
    }

    /// Signs what was appended in these scopes and hands it to the disk, with notes behind it.
    pub(super) fn launch(&mut self, mut flight: InFlight, scopes: &BTreeSet<ScopeName>, notes: Vec<Frame>) {
        let mut frames = Vec::new();
        for scope in scopes {
            let Some(writer) = self.state.writers.get_mut(scope) else { continue };
            let (commit, mut packs) = (writer.commit(), Vec::new());
            for (kind, run) in runs_of(&commit) {
                match journal::encode(&[run]) {
                    Ok(bytes) => {
                        if kind == FrameKind::Pack {
                            packs.push(bytes.clone());
                        }
                        frames.push(Frame { kind, bytes });
                    }
                    Err(error) => {
                        tracing::error!(%error, "own entries cannot be packed");
                        self.fail(flight, NotStored::Failed);
                        return;
                    }
                }
            }
            flight.commits.push((commit, packs));
        }
        frames.extend(notes);
        if frames.is_empty() {
            return;
        }
        let id = self.state.next_id;
        self.state.next_id += 1;
        let (epoch, jobs) = (flight.epoch, self.jobs.clone());
        self.state.in_flight.insert(id, flight);
        self.disk.store(frames, Some(epoch), move |stored| {
            // Nobody is left to answer when the desk is gone.
            drop(jobs.send(DeskJob::OwnStored { id, stored }));
        });
    }

    pub(super) fn own_stored(&mut self, id: u64, stored: Result<Stored, NotStored>) -> Result<(), StoreError> {
        let Some(mut flight) = self.state.in_flight.remove(&id) else { return Ok(()) };
        let stored = match stored {
            Ok(stored) => stored,
            Err(why) => {
                self.fail(flight, why);
                return Ok(());
            }
        };
        let mut at = stored.at.into_iter();
        let (mut ops, mut packs) = (Vec::new(), Vec::new());
        for (commit, bytes) in std::mem::take(&mut flight.commits) {
            let mut bytes = bytes.into_iter();
            for (kind, run) in runs_of(&commit) {
                let pack = if kind == FrameKind::Pack { bytes.next() } else { None };
                let Some(at) = at.next() else { continue };
                let at = self.state.moved.now_at(at);
                let run = Arc::new(run.clone());
                self.index_run(&run, at, 0, &mut ops)?;
                self.note_late(&run, at, &mut ops);
                packs.extend(pack.map(|bytes| LoadedPack { bytes, spans: vec![span(&run)] }));
            }
        }
        self.index.apply(&ops, Some(stored.end))?;
        // Only now: a peer that hears of them asks at once.
        for pack in packs {
            drop(self.told.send(Told::Written { pack }));
        }
        for document in &flight.touched {
            self.show(document)?;
        }
        for (reply, mut written) in flight.replies {
            for one in &mut written {
                one.shown = self.state.number;
            }
            drop(reply.send(Ok(written)));
        }
        Ok(())
    }

    /// Own entries are not durable: forget that they were drafted, and tell their writers.
    pub(super) fn fail(&mut self, flight: InFlight, why: NotStored) {
        if flight.epoch == self.state.epoch {
            self.state.epoch = Epoch(self.state.epoch.0 + 1);
        }
        self.state.failed |= why == NotStored::Failed;
        self.state.writers.clear();
        for document in &flight.touched {
            self.state.folds.pop(document);
        }
        for (reply, _) in flight.replies {
            drop(reply.send(Err(why.into())));
        }
    }
}

/// The runs of a commit as frames: the new entries, then the pages that they filled.
fn runs_of(commit: &Commit) -> impl Iterator<Item = (FrameKind, &VerifiedRun)> {
    let packs = commit.runs.iter().map(|run| (FrameKind::Pack, run));
    packs.chain(commit.sealed.iter().map(|run| (FrameKind::Page, run)))
}
