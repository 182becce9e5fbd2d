//! The thread that knows the documents: writes own entries, judges what came in, and says what each document shows.
//!
//! It never waits for the disk: a write is drafted, handed to the disk thread, and answered when the disk thread
//! reports back through the same queue. So writes that come together become durable together.
//!
//! # Invariants
//! - A write is answered, pushed to peers and shown only after it is durable.
//! - Index rows are applied in the order of the log, so that what the index calls applied has no gap.
//! - What is shown of a document is its fold over *all* entries held of it; nothing depends on the order of arrival.

mod belt;
pub(crate) mod erasure;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, mpsc},
};

use charter::Charter;
use documents::{Edit, EditError, Fold, Snapshot, Waiting};
use identity::{Coordinate, EntryHash, Incarnation, JournalId, NodeSecret, Officer, Point, ScopeName};
use journal::{Commit, Entry, JournalWriter, Kind, Subject, VerifiedRun};
use lru::LruCache;
use store::{DocumentId, Frame, FrameKind, Index, IndexOp, PageRow, Position, Row, StoreError};
use sync::LoadedPack;
use tokio::sync::{mpsc as async_mpsc, oneshot};

use crate::{
    api::{Changed, Target, Update, What, Write, WriteError, Written},
    disk::{Disk, Epoch, NotStored, Stored},
    engine::Told,
    shelf::{READ_AT_ONCE_BYTES, Shelf, span},
    standing::Standings,
};

/// How many documents stay folded in memory.
const FOLDS_KEPT: std::num::NonZeroUsize = std::num::NonZeroUsize::new(512).expect("not zero");

/// How many changed documents are folded before the next job is looked at.
const FOLDS_AT_ONCE: usize = 64;

/// The most writes that share one checkpoint.
const WRITES_AT_ONCE: usize = 256;

/// How many documents of a scope are listed at a time.
const DOCUMENTS_AT_ONCE: usize = 1024;

/// Documents with the hashes of what they show.
pub type States = Vec<(Coordinate, [u8; 32])>;

/// What recomputing everything from the journals found.
#[derive(Debug, Default)]
pub struct Recomputed {
    /// Entries whose chain and signature were checked.
    pub entries: u64,
    /// What does not check out, in words.
    pub damaged: Vec<String>,
    /// For each scope, every document with the hash of what it shows.
    pub states: Vec<(ScopeName, States)>,
}

/// A run that is durable, and where.
#[derive(Debug)]
pub(crate) struct HeldRun {
    pub(crate) run: VerifiedRun,
    pub(crate) at: store::Location,
    pub(crate) part: u32,
}

/// What the desk is asked to do.
pub(crate) enum DeskJob {
    Write {
        writes: Vec<Write>,
        now_ms: i64,
        reply: oneshot::Sender<Result<Vec<Written>, WriteError>>,
    },
    Snapshot {
        document: Coordinate,
        reply: oneshot::Sender<Result<Option<Snapshot>, StoreError>>,
    },
    /// Others' entries (or own ones fetched back) are durable.
    Held {
        runs: Vec<HeldRun>,
        end: Position,
    },
    /// Own entries are durable, or not.
    OwnStored {
        id: u64,
        stored: Result<Stored, NotStored>,
    },
    /// Rights or orders may be others now.
    Charter {
        charter: Arc<Charter>,
        statements: [u8; 32],
    },
    /// Entries count up to the point; `None`: all of them again.
    Freeze(JournalId, Option<Point>),
    Rewind(JournalId, Point),
    NewIncarnation(Incarnation),
    /// Tell the engine under which incarnation this node writes.
    SayIncarnation,
    /// Say again what every document of these scopes shows.
    Tell(Vec<ScopeName>),
    /// Run something with the desk's data between two jobs.
    With(Box<dyn FnOnce(&mut Desk) + Send>),
    Stop,
}

/// Where a writer waits for its answer.
type WriteReply = oneshot::Sender<Result<Vec<Written>, WriteError>>;

/// Own entries on their way to the disk.
struct InFlight {
    epoch: Epoch,
    commits: Vec<Commit>,
    touched: BTreeSet<Coordinate>,
    replies: Vec<(WriteReply, Vec<Written>)>,
}

/// What the desk works with.
pub(crate) struct Desk {
    pub(crate) secret: Arc<NodeSecret>,
    pub(crate) incarnation: Incarnation,
    pub(crate) index: Index,
    pub(crate) shelf: Shelf,
    pub(crate) disk: Disk,
    pub(crate) standings: Standings,
    pub(crate) known_kind: fn(Kind) -> bool,
    pub(crate) updates: async_mpsc::Sender<Update>,
    pub(crate) told: async_mpsc::UnboundedSender<Told>,
    pub(crate) jobs: mpsc::Sender<DeskJob>,
    pub(crate) statements_digest: [u8; 32],
    state: State,
}

/// What the desk remembers between jobs.
struct State {
    writers: BTreeMap<ScopeName, JournalWriter>,
    folds: LruCache<Coordinate, Fold>,
    dirty: BTreeSet<Coordinate>,
    /// Scopes that changed since they were last said to be settled.
    unsettled: BTreeSet<ScopeName>,
    in_flight: BTreeMap<u64, InFlight>,
    epoch: Epoch,
    next_id: u64,
    number: u64,
    /// Whether a write failed for good.
    failed: bool,
    erasing: erasure::Erasing,
    belt: belt::Belt,
}

impl Default for State {
    fn default() -> Self {
        Self {
            writers: BTreeMap::new(),
            folds: LruCache::new(FOLDS_KEPT),
            dirty: BTreeSet::new(),
            unsettled: BTreeSet::new(),
            in_flight: BTreeMap::new(),
            epoch: Epoch(0),
            next_id: 0,
            number: 0,
            failed: false,
            erasing: erasure::Erasing::default(),
            belt: belt::Belt::default(),
        }
    }
}

impl Desk {
    #[expect(clippy::too_many_arguments, reason = "each is a part that exists once; there is one caller")]
    pub(crate) fn new(
        secret: Arc<NodeSecret>,
        incarnation: Incarnation,
        index: Index,
        shelf: Shelf,
        disk: Disk,
        standings: Standings,
        known_kind: fn(Kind) -> bool,
        updates: async_mpsc::Sender<Update>,
        told: async_mpsc::UnboundedSender<Told>,
        jobs: mpsc::Sender<DeskJob>,
    ) -> Self {
        Self {
            secret,
            incarnation,
            index,
            shelf,
            disk,
            standings,
            known_kind,
            updates,
            told,
            jobs,
            statements_digest: [0; 32],
            state: State::default(),
        }
    }

    /// Works until told to stop. What is changed but not yet folded is folded when nothing else waits, and now and
    /// then even so.
    pub(crate) fn run(mut self, asked: &mpsc::Receiver<DeskJob>) {
        let mut since_fold = 0;
        loop {
            let idle = self.state.dirty.is_empty();
            let job = if idle {
                self.settle();
                self.erase_some();
                self.check_some();
                asked.recv().ok()
            } else {
                match asked.try_recv() {
                    Ok(job) => Some(job),
                    Err(mpsc::TryRecvError::Disconnected) => None,
                    Err(mpsc::TryRecvError::Empty) => {
                        self.fold_some();
                        continue;
                    }
                }
            };
            match job {
                None | Some(DeskJob::Stop) => return,
                Some(job) => self.take(job, asked),
            }
            since_fold += 1;
            if since_fold >= FOLDS_AT_ONCE {
                since_fold = 0;
                self.fold_some();
                self.erase_some();
            }
        }
    }

    fn take(&mut self, job: DeskJob, asked: &mpsc::Receiver<DeskJob>) {
        let done = match job {
            DeskJob::Write { writes, now_ms, reply } => {
                let mut next = None;
                let mut batches = vec![(writes, now_ms, reply)];
                // Writes that wait together share a checkpoint and a sync.
                while batches.len() < WRITES_AT_ONCE {
                    match asked.try_recv() {
                        Ok(DeskJob::Write { writes, now_ms, reply }) => batches.push((writes, now_ms, reply)),
                        Ok(other) => {
                            next = Some(other);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                self.write(batches);
                match next {
                    Some(DeskJob::Stop) => {
                        // Seen too early: put back behind what is still queued.
                        drop(self.jobs.send(DeskJob::Stop));
                    }
                    Some(job) => self.take(job, asked),
                    None => {}
                }
                Ok(())
            }
            DeskJob::Snapshot { document, reply } => {
                let found = self.fold(&document).map(|fold| fold.map(|fold| fold.snapshot()));
                drop(reply.send(found));
                Ok(())
            }
            DeskJob::Held { runs, end } => self.held(runs, end),
            DeskJob::OwnStored { id, stored } => self.own_stored(id, stored),
            DeskJob::Charter { charter, statements } => {
                self.statements_digest = statements;
                self.charter_changed(charter)
            }
            DeskJob::Freeze(journal, at) => {
                self.standings.freeze(journal.clone(), at);
                self.touch_journal(&journal, 1)
            }
            DeskJob::Rewind(journal, to) => self.rewind(&journal, to),
            DeskJob::NewIncarnation(incarnation) => {
                self.incarnation = incarnation;
                self.state.writers.clear();
                self.say_incarnation();
                Ok(())
            }
            DeskJob::SayIncarnation => {
                self.say_incarnation();
                Ok(())
            }
            DeskJob::Tell(scopes) => self.tell(&scopes),
            DeskJob::With(what) => {
                what(self);
                Ok(())
            }
            DeskJob::Stop => Ok(()),
        };
        if let Err(error) = done {
            tracing::error!(%error, "the index failed; `simpul doctor --rebuild` builds it again");
        }
    }

    /// Tells the engine under which incarnation this node writes, behind all that is on its way to the disk: lost
    /// entries are fetched back only into journals in which nothing is written any more.
    fn say_incarnation(&self) {
        let (told, incarnation) = (self.told.clone(), self.incarnation);
        self.disk.store(Vec::new(), None, move |_| drop(told.send(Told::Incarnation(incarnation))));
    }

    /// This node's journal in a scope.
    pub(crate) fn own_journal(&self, scope: &ScopeName) -> JournalId {
        JournalId { scope: scope.clone(), node: self.secret.node_key(), incarnation: self.incarnation }
    }

    fn writer(&mut self, scope: &ScopeName) -> Result<&mut JournalWriter, WriteError> {
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
    fn last_page(&self, journal: &JournalId) -> Result<Option<VerifiedRun>, WriteError> {
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

    /// The fold of a document; `None` if nothing of it is held.
    fn fold(&mut self, document: &Coordinate) -> Result<Option<&mut Fold>, StoreError> {
        if !self.state.folds.contains(document) {
            let Some(fold) = self.build(document)? else { return Ok(None) };
            self.state.folds.put(document.clone(), fold);
        }
        Ok(self.state.folds.get_mut(document))
    }

    /// The entries held of a document.
    fn items(&self, document: &Coordinate) -> Result<Vec<documents::Item>, StoreError> {
        let mut items = Vec::new();
        if let (Some(scope), Some(journal)) =
            (self.index.scope_number(&document.journal.scope), self.index.journal_number(&document.journal))
        {
            for row in self.index.rows(scope, DocumentId { journal, seq: document.seq })? {
                items.extend(self.shelf.item(row.journal, row.seq)?);
            }
        }
        items.extend(self.unindexed(document));
        Ok(items)
    }

    fn build(&self, document: &Coordinate) -> Result<Option<Fold>, StoreError> {
        let items = self.items(document)?;
        if items.is_empty() {
            return Ok(None);
        }
        Ok(Some(Fold::build(
            document.clone(),
            items,
            |at| self.standings.of(at),
            self.standings.erased(document),
            self.known_kind,
        )))
    }

    /// Own entries of a document that are written but not yet in the index.
    fn unindexed(&self, document: &Coordinate) -> Vec<documents::Item> {
        let mut items = Vec::new();
        for flight in self.state.in_flight.values().filter(|flight| flight.touched.contains(document)) {
            for run in flight.commits.iter().flat_map(|commit| &commit.runs) {
                for (seq, entry) in (run.first()..).zip(run.entries()) {
                    let at = Coordinate { journal: run.journal().clone(), seq };
                    if entry.header.subject.document(&at) == document {
                        let hash = run.point_at(seq).map(|point| point.hash);
                        items.extend(hash.map(|hash| (at, hash, entry.header.clone(), entry.payload.clone())));
                    }
                }
            }
        }
        items
    }
}

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
struct Prepared {
    scope: ScopeName,
    draft: journal::Draft,
}

type Batch = (Vec<Write>, i64, WriteReply);

impl Desk {
    /// Drafts the batches, signs once for each scope, and hands all to the disk.
    fn write(&mut self, batches: Vec<Batch>) {
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
        self.launch(flight, &scopes);
    }

    /// What a batch would append. Nothing is changed, so a batch that cannot be written leaves nothing behind.
    fn prepare(&mut self, writes: &[Write], now_ms: i64) -> Result<Vec<Prepared>, WriteError> {
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

    fn append(
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

    fn add_to_fold(
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

    /// Signs what was appended in these scopes and hands it to the disk.
    fn launch(&mut self, mut flight: InFlight, scopes: &BTreeSet<ScopeName>) {
        let mut frames = Vec::new();
        for scope in scopes {
            let Some(writer) = self.state.writers.get_mut(scope) else { continue };
            let commit = writer.commit();
            for (kind, run) in runs_of(&commit) {
                match journal::encode(&[run]) {
                    Ok(bytes) => frames.push(Frame { kind, bytes }),
                    Err(error) => {
                        tracing::error!(%error, "own entries cannot be packed");
                        self.fail(flight, NotStored::Failed);
                        return;
                    }
                }
            }
            flight.commits.push(commit);
        }
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

    fn own_stored(&mut self, id: u64, stored: Result<Stored, NotStored>) -> Result<(), StoreError> {
        let Some(mut flight) = self.state.in_flight.remove(&id) else { return Ok(()) };
        let stored = match stored {
            Ok(stored) => stored,
            Err(why) => {
                self.fail(flight, why);
                return Ok(());
            }
        };
        let mut at = stored.at.into_iter();
        let mut ops = Vec::new();
        for commit in std::mem::take(&mut flight.commits) {
            for (kind, run) in runs_of(&commit) {
                let Some(at) = at.next() else { continue };
                let at = self.state.erasing.now_at(at);
                let run = Arc::new(run.clone());
                self.index_run(&run, at, 0, &mut ops)?;
                self.note_late(&run, at, &mut ops);
                if kind == FrameKind::Pack
                    && let Ok(bytes) = journal::encode(&[&run])
                {
                    let pack = LoadedPack { bytes, spans: vec![span(&run)] };
                    drop(self.told.send(Told::Written { pack }));
                }
            }
        }
        self.index.apply(&ops, Some(stored.end))?;
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
    fn fail(&mut self, flight: InFlight, why: NotStored) {
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

impl Desk {
    /// Rows for a run that is durable.
    pub(crate) fn index_run(
        &self,
        run: &Arc<VerifiedRun>,
        at: store::Location,
        part: u32,
        ops: &mut Vec<IndexOp>,
    ) -> Result<(), StoreError> {
        index_run(&self.index, run, at, part, ops)?;
        let page = PageRow { first_seq: run.first(), last: run.last(), at, part, sealed: run.is_whole_page() };
        self.shelf.remember(&page, run.clone());
        Ok(())
    }

    fn held(&mut self, runs: Vec<HeldRun>, end: Position) -> Result<(), StoreError> {
        let own = self.secret.node_key();
        let mut ops = Vec::new();
        for HeldRun { run, at, part } in runs {
            let at = self.state.erasing.now_at(at);
            let run = Arc::new(run);
            self.index_run(&run, at, part, &mut ops)?;
            self.note_late(&run, at, &mut ops);
            self.dirty_entries(&run, run.first());
            if run.journal().node == own {
                self.state.writers.remove(&run.journal().scope);
            }
            self.state.unsettled.insert(run.journal().scope.clone());
        }
        self.index.apply(&ops, Some(end))
    }

    fn dirty_entries(&mut self, run: &VerifiedRun, from: u64) {
        for (seq, entry) in (run.first()..).zip(run.entries()).filter(|(seq, _)| *seq >= from) {
            let at = Coordinate { journal: run.journal().clone(), seq };
            let document = entry.header.subject.document(&at).clone();
            self.state.folds.pop(&document);
            self.state.dirty.insert(document);
        }
    }

    /// Marks every document that a journal touches from entry `from` on.
    fn touch_journal(&mut self, journal: &JournalId, from: u64) -> Result<(), StoreError> {
        self.state.unsettled.insert(journal.scope.clone());
        let Some(number) = self.index.journal_number(journal) else { return Ok(()) };
        let mut from = from.max(1);
        loop {
            let runs = self.shelf.runs_from(number, from, u64::MAX, READ_AT_ONCE_BYTES)?;
            let Some(last) = runs.last() else { return Ok(()) };
            let next = last.last().seq + 1;
            for run in &runs {
                self.dirty_entries(run, from);
            }
            from = next;
        }
    }

    fn charter_changed(&mut self, charter: Arc<Charter>) -> Result<(), StoreError> {
        let journals: Vec<JournalId> = self
            .index
            .scopes()
            .into_iter()
            .flat_map(|(scope, _)| self.index.journals(&scope))
            .map(|(journal, _)| journal)
            .collect();
        // At a start what others wrote has been shown before, and a watermark says whether it was shown as it stands now.
        let own = self.secret.node_key();
        let first = self.standings.charter().is_none();
        let shown = |journal: &&JournalId| !first || journal.node == own;
        let before: Vec<(&JournalId, _)> =
            journals.iter().filter(shown).map(|journal| (journal, self.standings.reach(journal))).collect();
        self.standings.set_charter(charter);
        for (journal, before) in before {
            let now = self.standings.reach(journal);
            if now != before {
                self.touch_journal(journal, now.differs_from(before))?;
            }
        }
        self.orders_changed()?;
        // The statements are part of every watermark.
        self.state.unsettled.extend(self.index.scopes().into_iter().map(|(scope, _)| scope));
        Ok(())
    }

    /// A journal goes on along another branch: what was held above the point is no longer of it.
    fn rewind(&mut self, journal: &JournalId, to: Point) -> Result<(), StoreError> {
        self.touch_journal(journal, to.seq + 1)?;
        let mut ops = Vec::new();
        rewind_rows(&self.index, journal, to, &mut ops)?;
        self.index.apply(&ops, None)
    }

    /// A folder that was restored has seen a peer's statements: what was held back is shown.
    pub(crate) fn met(&mut self) {
        self.standings.met();
        self.state.folds.clear();
        let scopes: Vec<ScopeName> = self.index.scopes().into_iter().map(|(scope, _)| scope).collect();
        if let Err(error) = self.tell(&scopes) {
            tracing::error!(%error, "the index failed");
        }
    }

    fn tell(&mut self, scopes: &[ScopeName]) -> Result<(), StoreError> {
        for scope in scopes {
            self.state.unsettled.insert(scope.clone());
            let Some(number) = self.index.scope_number(scope) else { continue };
            let mut after = None;
            loop {
                let documents = self.index.documents(number, after, DOCUMENTS_AT_ONCE)?;
                let Some(last) = documents.last().copied() else { break };
                for id in documents {
                    let document = self.index.journal(id.journal).map(|journal| Coordinate { journal, seq: id.seq });
                    self.state.dirty.extend(document);
                }
                after = Some(last);
            }
        }
        Ok(())
    }

    fn fold_some(&mut self) {
        for _ in 0..FOLDS_AT_ONCE {
            let Some(document) = self.state.dirty.pop_first() else { return };
            let done = self.show(&document).and_then(|()| self.reissue(&document));
            if let Err(error) = done {
                tracing::error!(%error, "a document cannot be read back");
            }
        }
    }

    /// Says what a document shows now.
    fn show(&mut self, document: &Coordinate) -> Result<(), StoreError> {
        let scope = document.journal.scope.clone();
        self.state.unsettled.insert(scope.clone());
        let shown = self.fold(document)?.map(|fold| (fold.snapshot(), fold.state_hash()));
        self.state.number += 1;
        let (mut snapshot, state_hash) = shown.map_or((None, [0; 32]), |(snapshot, hash)| (Some(snapshot), hash));
        if let Some(snapshot) = &mut snapshot {
            snapshot.cannot_show |= self.state.belt.fails(document);
            self.state.belt.look_at(document);
        }
        let changed = Changed { number: self.state.number, scope, document: document.clone(), snapshot, state_hash };
        // The reader of updates is gone only when the node stops.
        drop(self.updates.blocking_send(Update::Document(Box::new(changed))));
        Ok(())
    }

    /// Says again, at the accepted heads, what this node wrote on ground that was cut away.
    fn reissue(&mut self, document: &Coordinate) -> Result<(), StoreError> {
        let own = self.own_journal(&document.journal.scope);
        let Some(fold) = self.fold(document)? else { return Ok(()) };
        let lost: Vec<Coordinate> = fold
            .verdicts()
            .filter(|(at, verdict)| {
                at.journal.node == own.node && matches!(verdict, documents::Verdict::Waiting(Waiting::Reissue(_)))
            })
            .map(|(at, _)| at.clone())
            .collect();
        if lost.is_empty() {
            return Ok(());
        }
        let kind = fold.kind().unwrap_or_default();
        let written = match fold.reissue(&lost, &own) {
            Ok(written) => written,
            Err(error) => {
                tracing::warn!(%error, %document, "own entries that lost their ground cannot be re-issued");
                return Ok(());
            }
        };
        let Some((time_ms, officer)) = self.author_of(&lost[0])? else { return Ok(()) };
        let prepared = written.into_iter().map(|written| Prepared {
            scope: document.journal.scope.clone(),
            draft: written.draft(time_ms, officer.clone(), Subject::Of(document.clone()), kind),
        });
        let mut scopes = BTreeSet::new();
        let mut flight =
            InFlight { epoch: self.state.epoch, commits: Vec::new(), touched: BTreeSet::new(), replies: Vec::new() };
        match self.append(prepared.collect(), &mut scopes, &mut flight.touched) {
            Ok(_) => {
                tracing::info!(entries = lost.len(), %document, "re-issued own entries whose ground was cut");
                self.launch(flight, &scopes);
            }
            Err(error) => tracing::warn!(%error, "own entries cannot be re-issued"),
        }
        Ok(())
    }

    fn author_of(&self, at: &Coordinate) -> Result<Option<(i64, Officer)>, StoreError> {
        let Some(number) = self.index.journal_number(&at.journal) else { return Ok(None) };
        Ok(self.shelf.item(number, at.seq)?.map(|(_, _, header, _)| (header.time_ms, header.officer)))
    }

    /// Says of each scope in which everything held is shown what it is settled at.
    fn settle(&mut self) {
        if !self.state.in_flight.is_empty() {
            return;
        }
        for scope in std::mem::take(&mut self.state.unsettled) {
            match self.watermark(&scope) {
                Ok(watermark) => {
                    let settled = Update::Settled { number: self.state.number, scope, watermark };
                    drop(self.updates.blocking_send(settled));
                }
                Err(error) => tracing::error!(%error, "the index failed"),
            }
        }
    }

    /// Folds every document again from what the journals hold, past every cache, and checks every chain and signature.
    pub(crate) fn recompute(&self) -> Result<Recomputed, StoreError> {
        let mut found = Recomputed::default();
        self.shelf.forget();
        for (scope, number) in self.index.scopes() {
            for (journal, number) in self.index.journals(&scope) {
                let (mut from, mut before) = (1, EntryHash([0; 32]));
                loop {
                    let runs = self.shelf.runs_from(number, from, u64::MAX, READ_AT_ONCE_BYTES)?;
                    let Some(last) = runs.last() else { break };
                    let next = last.last().seq + 1;
                    for run in &runs {
                        if run.first() != from || run.previous() != before {
                            found.damaged.push(format!(
                                "{journal}: entry {} does not follow entry {}",
                                run.first(),
                                from - 1
                            ));
                        }
                        found.entries += run.entries().len() as u64;
                        (from, before) = (run.last().seq + 1, run.last().hash);
                    }
                    from = next;
                }
                if let Some(point) = self.index.point(number)?
                    && point.seq + 1 != from
                {
                    found.damaged.push(format!("{journal}: entries {from} to {} cannot be read", point.seq));
                }
            }
            let mut states = Vec::new();
            let mut after = None;
            loop {
                let documents = self.index.documents(number, after, DOCUMENTS_AT_ONCE)?;
                let Some(last) = documents.last().copied() else { break };
                for id in documents {
                    let Some(journal) = self.index.journal(id.journal) else { continue };
                    let document = Coordinate { journal, seq: id.seq };
                    if let Some(fold) = self.build(&document)? {
                        if let Err(error) = fold.check_with_automerge() {
                            found.damaged.push(format!("{document}: {error}"));
                        }
                        states.push((document, fold.state_hash()));
                    }
                }
                after = Some(last);
            }
            found.states.push((scope, states));
        }
        Ok(found)
    }

    /// Stands for all that decides what a scope shows: the points held and the statements.
    pub(crate) fn watermark(&self, scope: &ScopeName) -> Result<[u8; 32], StoreError> {
        let mut hasher = blake3::Hasher::new_derive_key("simpul watermark v1");
        hasher.update(&self.statements_digest);
        for (journal, point) in self.index.have(scope)? {
            hasher.update(&journal.hash());
            hasher.update(&point.seq.to_le_bytes());
            hasher.update(&point.hash.0);
        }
        Ok(*hasher.finalize().as_bytes())
    }
}

/// Rows for a run that is durable: its page and its documents' entries.
pub(crate) fn index_run(
    index: &Index,
    run: &VerifiedRun,
    at: store::Location,
    part: u32,
    ops: &mut Vec<IndexOp>,
) -> Result<(), StoreError> {
    let journal = index.intern_journal(run.journal())?;
    let scope = index.intern_scope(&run.journal().scope)?;
    if run.is_whole_page() {
        // The pieces that its entries came in before are no longer needed.
        for piece in index.pages_from(journal, run.first(), usize::MAX)? {
            if piece.first_seq > run.first() && piece.last.seq <= run.last().seq {
                ops.push(IndexOp::DropPage { journal, first_seq: piece.first_seq });
            }
        }
    }
    let page = PageRow { first_seq: run.first(), last: run.last(), at, part, sealed: run.is_whole_page() };
    ops.push(IndexOp::Page { journal, page });
    let mut documents: BTreeMap<DocumentId, Vec<Row>> = BTreeMap::new();
    for (seq, entry) in (run.first()..).zip(run.entries()) {
        let document = match &entry.header.subject {
            Subject::Creates { predecessor } => {
                let document = DocumentId { journal, seq };
                if let Some(of) = predecessor {
                    let of = DocumentId { journal: index.intern_journal(&of.journal)?, seq: of.seq };
                    ops.push(IndexOp::Successor { of, document });
                }
                document
            }
            Subject::Of(document) => {
                DocumentId { journal: index.intern_journal(&document.journal)?, seq: document.seq }
            }
        };
        documents.entry(document).or_default().push(Row { journal, seq, change: None });
    }
    ops.extend(documents.into_iter().map(|(document, rows)| IndexOp::Rows { scope, document, rows }));
    Ok(())
}

/// Rows for a journal that goes on from a point along another branch: the pages above it are no longer of it.
pub(crate) fn rewind_rows(
    index: &Index,
    journal: &JournalId,
    to: Point,
    ops: &mut Vec<IndexOp>,
) -> Result<(), StoreError> {
    let Some(journal) = index.journal_number(journal) else { return Ok(()) };
    for row in index.pages_from(journal, to.seq + 1, usize::MAX)? {
        ops.push(IndexOp::DropPage { journal, first_seq: row.first_seq });
        if row.first_seq <= to.seq {
            ops.push(IndexOp::Page { journal, page: PageRow { last: to, sealed: false, ..row } });
        }
    }
    Ok(())
}
