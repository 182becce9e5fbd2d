//! The thread that knows the documents: writes own entries, judges what came in, and says what each document shows.
//!
//! It never waits for the disk: a write is drafted, handed to the disk thread, and answered when the disk thread
//! reports back through the same queue. So writes that come together become durable together.
//!
//! # Invariants
//! - A write is answered, pushed to peers and shown only after it is durable.
//! - Index rows are applied in the order of the log, so that what the index calls applied has no gap.
//! - What is shown of a document is its fold over *all* entries held of it; nothing depends on the order of arrival.

pub(crate) mod aside;
mod belt;
pub(crate) mod erasure;
mod marked;
mod recompute;
mod rewriting;
mod rows;
mod showing;
mod tidying;
mod writing;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, mpsc},
};

use charter::Charter;
use documents::{Fold, Snapshot};
use identity::{Coordinate, Incarnation, JournalId, NodeSecret, Point, ScopeName};
use journal::{Commit, JournalWriter, Kind, VerifiedRun};
use lru::LruCache;
use store::{DocumentId, Index, Position, StoreError};
use sync::Token;
use tokio::sync::{mpsc as async_mpsc, oneshot};

pub use recompute::{Recomputed, States};
pub(crate) use rows::{index_run, rewind_rows};

use crate::{
    api::{Update, Write, WriteError, Written},
    disk::{Disk, Epoch, NotStored, Stored},
    engine::Told,
    meters::Meters,
    shelf::Shelf,
    standing::Standings,
};

/// How many documents stay folded in memory.
const FOLDS_KEPT: std::num::NonZeroUsize = std::num::NonZeroUsize::new(256).expect("not zero");

/// How many changed documents are folded before the next job is looked at.
const FOLDS_AT_ONCE: usize = 64;

/// The most writes that share one checkpoint.
const WRITES_AT_ONCE: usize = 256;

/// How many documents of a scope are listed at a time.
const DOCUMENTS_AT_ONCE: usize = 1024;

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
    /// Others' entries (or own ones fetched back) are durable. The engine is told once they can be found: a peer that
    /// hears of them asks at once.
    Held {
        runs: Vec<HeldRun>,
        end: Position,
        token: Token,
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
    /// Each with its packs, as they go to the disk and to peers.
    commits: Vec<(Commit, Vec<Vec<u8>>)>,
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
    pub(crate) meters: Meters,
    pub(crate) statements_digest: [u8; 32],
    state: State,
}

/// What the desk remembers between jobs.
struct State {
    writers: BTreeMap<ScopeName, JournalWriter>,
    folds: LruCache<Coordinate, Fold>,
    dirty: marked::Marked,
    /// Scopes that changed since they were last said to be settled.
    unsettled: BTreeSet<ScopeName>,
    in_flight: BTreeMap<u64, InFlight>,
    epoch: Epoch,
    next_id: u64,
    number: u64,
    /// The charter as it stood when the node was stopped is still to come.
    starting: bool,
    /// Whether the reader of updates has said which scopes it is to be told again.
    reader_asked: bool,
    /// Threads that look through files or documents; waited for at the end, since they hold the folder open.
    helpers: Vec<std::thread::JoinHandle<()>>,
    /// Whether a write failed for good.
    failed: bool,
    erasing: erasure::Erasing,
    belt: belt::Belt,
    moved: rewriting::Moved,
    tidying: tidying::Tidying,
    aside: aside::Aside,
    said: aside::Said,
    /// Whether cut-offs or this node's incarnation may have changed since own journals were last held against them.
    cut_anew: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            writers: BTreeMap::new(),
            folds: LruCache::new(FOLDS_KEPT),
            dirty: marked::Marked::default(),
            unsettled: BTreeSet::new(),
            in_flight: BTreeMap::new(),
            epoch: Epoch(0),
            next_id: 0,
            number: 0,
            starting: false,
            reader_asked: false,
            helpers: Vec::new(),
            failed: false,
            erasing: erasure::Erasing::default(),
            belt: belt::Belt::default(),
            moved: rewriting::Moved::default(),
            tidying: tidying::Tidying::default(),
            aside: aside::Aside::new(),
            said: aside::Said::new(),
            cut_anew: false,
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
        meters: Meters,
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
            meters,
            statements_digest: [0; 32],
            state: State::default(),
        }
    }

    /// The first charter that comes is the one under which everything was shown before the node was stopped.
    pub(crate) fn starts_with_a_charter(mut self) -> Self {
        self.state.starting = true;
        self
    }

    /// What was given up before the node was stopped, and not yet said again.
    pub(crate) fn starts_with_aside(mut self, aside: aside::Aside, said: aside::Said) -> Self {
        (self.state.aside, self.state.said) = (aside, said);
        self
    }

    /// Works until told to stop. What is changed but not yet folded is folded when nothing else waits, and now and
    /// then even so.
    pub(crate) fn run(mut self, asked: &mpsc::Receiver<DeskJob>) {
        self.work(asked);
        for helper in self.state.helpers.drain(..) {
            // A panic there was printed there.
            drop(helper.join());
        }
    }

    /// Does something beside the desk, which hears of it by a job.
    fn help(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        self.state.helpers.retain(|helper| !helper.is_finished());
        self.state.helpers.push(std::thread::Builder::new().name(name.into()).spawn(work)?);
        Ok(())
    }

    fn work(&mut self, asked: &mpsc::Receiver<DeskJob>) {
        let mut since_fold = 0;
        loop {
            let idle = self.state.dirty.is_empty();
            let job = if idle {
                self.settle();
                self.erase_some();
                self.say_aside();
                let (some, many) = self.state.belt.waits();
                if many {
                    self.check_some();
                }
                self.tidy_for_who_waits();
                let soon = some && !many;
                match asked.recv_timeout(if soon { belt::PAUSE } else { tidying::QUIET }) {
                    Ok(job) => Some(job),
                    Err(mpsc::RecvTimeoutError::Disconnected) => None,
                    Err(mpsc::RecvTimeoutError::Timeout) => {
                        if soon {
                            self.check_some()
                        } else {
                            self.tidy_some()
                        }
                        continue;
                    }
                }
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
            self.meters.documents_loaded.set(self.state.folds.len() as i64);
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
                let hidden = self.standings.hidden(&document.journal.scope);
                let found = self.fold(&document).map(|fold| fold.filter(|_| !hidden).map(|fold| fold.snapshot()));
                drop(reply.send(found));
                Ok(())
            }
            DeskJob::Held { runs, end, token } => {
                let held = self.held(runs, end);
                drop(self.told.send(Told::Persisted(token)));
                held
            }
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
                self.state.cut_anew = true;
                self.state.writers.clear();
                self.say_incarnation();
                Ok(())
            }
            DeskJob::SayIncarnation => {
                self.say_incarnation();
                Ok(())
            }
            DeskJob::Tell(scopes) => {
                self.state.reader_asked = true;
                self.tell(&scopes)
            }
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

    /// How a document came to show what it shows; empty if nothing of it is held or it is not shown.
    pub(crate) fn history(&mut self, document: &Coordinate) -> Result<Vec<documents::Past>, StoreError> {
        let hidden = self.standings.hidden(&document.journal.scope);
        Ok(self.fold(document)?.filter(|_| !hidden).map(|fold| fold.history()).unwrap_or_default())
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
                // After a journal went on along another branch, what has this number now may be about something else.
                let item = self.shelf.item(row.journal, row.seq)?;
                items.extend(item.filter(|(at, _, header, _)| header.subject.document(at) == document));
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
            for run in flight.commits.iter().flat_map(|(commit, _)| &commit.runs) {
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
