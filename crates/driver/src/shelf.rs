//! Reading what is held: entries for documents, packs for peers. Every call blocks on the disk.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use identity::{Coordinate, EntryHash, Incarnation, JournalId, NodeKey, Point, ScopeName};
use journal::{ForkProof, Limits, PAGE_ENTRIES_MAX, VerifiedRun};
use lru::LruCache;
use store::{Index, IndexOp, JournalNumber, Location, PageRow, Reader, StoreError};
use sync::{LoadPart, LoadedPack, Span, wire::NOTHING};

use crate::opening::DAMAGE;

/// How many entries of decoded pages stay in memory: about 14 MB, a page of each of the six journals that the documents of
/// one village stand in. With eight a join of 100,000 documents is shown in two thirds of the time, and takes a tenth more
/// memory than it may.
const ENTRIES_KEPT: usize = 6 * PAGE_ENTRIES_MAX as usize;

/// How many page rows are looked up at a time.
const ROWS_AT_ONCE: usize = 64;

type Key = (Location, u32);

/// Decoded pages, the last used of them.
struct Pages {
    runs: LruCache<Key, Arc<VerifiedRun>>,
    /// In all of them.
    entries: usize,
}

impl Default for Pages {
    fn default() -> Self {
        Self { runs: LruCache::unbounded(), entries: 0 }
    }
}

impl Pages {
    fn keep(&mut self, key: Key, run: Arc<VerifiedRun>) {
        self.entries += run.entries().len();
        let before = self.runs.put(key, run);
        self.entries -= before.map_or(0, |run| run.entries().len());
        while self.entries > ENTRIES_KEPT
            && let Some((_, run)) = self.runs.pop_lru()
        {
            self.entries -= run.entries().len();
        }
    }
}

/// Reads pages through a cache. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shelf {
    index: Index,
    reader: Reader,
    pages: Arc<Mutex<Pages>>,
    /// Held to look a place up and to read it, and by who moves frames from one place to another.
    places: Arc<RwLock<()>>,
}

impl Shelf {
    pub(crate) fn new(index: Index, reader: Reader) -> Self {
        Self { index, reader, pages: Arc::default(), places: Arc::default() }
    }

    /// Reads frames where they lie, past the index and the cache.
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self) -> RwLockReadGuard<'_, ()> {
        self.places.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// While this is kept, nobody reads: frames are moved, and the index follows.
    pub(crate) fn moving(&self) -> RwLockWriteGuard<'_, ()> {
        self.places.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// All segments as they are now.
    pub(crate) fn copies(&self) -> Result<store::Copies, StoreError> {
        self.reader.copies()
    }

    /// The run of a page row; `None` if its frame does not hold it, which is logged. What cannot be read is given up at
    /// the next start, and fetched again from others.
    fn run(&self, page: &PageRow) -> Result<Option<Arc<VerifiedRun>>, StoreError> {
        let key = (page.at, page.part);
        if let Some(run) = self.pages().runs.get(&key) {
            return Ok(Some(run.clone()));
        }
        let frame = match self.reader.read(page.at) {
            Ok(frame) => frame,
            Err(error) => {
                self.unreadable()?;
                return Err(error);
            }
        };
        let Some(run) = read_runs(&frame.bytes).and_then(|runs| runs.into_iter().nth(page.part as usize)) else {
            tracing::error!(file = page.at.file, offset = page.at.offset, "a stored page does not read back");
            self.unreadable()?;
            return Ok(None);
        };
        let run = Arc::new(run);
        self.pages().keep(key, run.clone());
        Ok(Some(run))
    }

    /// Notes that the index counts something that cannot be read.
    fn unreadable(&self) -> Result<(), StoreError> {
        let value = Some(b"a page cannot be read".to_vec());
        self.index.apply(&[IndexOp::Set { name: DAMAGE.to_vec(), value }], None)
    }

    /// Remembers a run that has just been stored, since it is likely to be read next.
    pub(crate) fn remember(&self, page: &PageRow, run: Arc<VerifiedRun>) {
        self.pages().keep((page.at, page.part), run);
    }

    /// Forgets everything, after frames were rewritten.
    pub(crate) fn forget(&self) {
        *self.pages() = Pages::default();
    }

    /// One entry as a document takes it.
    pub(crate) fn item(&self, number: JournalNumber, seq: u64) -> Result<Option<documents::Item>, StoreError> {
        let _still = self.reading();
        let Some(page) = self.index.page_with(number, seq)? else { return Ok(None) };
        let Some(run) = self.run(&page)? else { return Ok(None) };
        let (Some(entry), Some(point)) = (run.entry(seq), run.point_at(seq)) else { return Ok(None) };
        let at = Coordinate { journal: run.journal().clone(), seq };
        Ok(Some((at, point.hash, entry.header.clone(), entry.payload.clone())))
    }

    /// The hash of one entry.
    pub(crate) fn locate(&self, journal: &JournalId, seq: u64) -> Result<Option<EntryHash>, StoreError> {
        let Some(number) = self.index.journal_number(journal) else { return Ok(None) };
        let _still = self.reading();
        let Some(page) = self.index.page_with(number, seq)? else { return Ok(None) };
        Ok(self.run(&page)?.and_then(|run| run.point_at(seq)).map(|point| point.hash))
    }

    /// The runs held of a journal from `seq` on, in order, each cut to what its row says; about `bytes_max` of them.
    pub(crate) fn runs_from(
        &self,
        number: JournalNumber,
        seq: u64,
        until: u64,
        mut budget: usize,
    ) -> Result<Vec<Arc<VerifiedRun>>, StoreError> {
        let _still = self.reading();
        let mut runs = Vec::new();
        let mut from = seq;
        while from <= until {
            let rows = self.index.pages_from(number, from, ROWS_AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            let next = last.last.seq + 1;
            for row in rows {
                let Some(run) = self.run(&row)? else { return Ok(runs) };
                runs.push(run);
                budget = budget.saturating_sub(row.at.bytes as usize);
                if row.last.seq >= until || budget == 0 {
                    return Ok(runs);
                }
            }
            from = next;
        }
        Ok(runs)
    }

    /// Packs for a peer that holds each journal up to `after`.
    pub(crate) fn load(&self, parts: &[LoadPart], bytes_max: usize) -> Result<Vec<LoadedPack>, StoreError> {
        let mut packs = Vec::new();
        let mut tails: Vec<VerifiedRun> = Vec::new();
        let mut loaded = 0;
        for part in parts {
            if loaded >= bytes_max {
                break;
            }
            let Some(number) = self.index.journal_number(&part.journal) else { continue };
            let mut whole: Option<VerifiedRun> = None;
            for run in self.runs_from(number, part.after + 1, part.until, bytes_max - loaded)? {
                let Some(run) = run.suffix(part.after + 1) else { continue };
                loaded += run.entries().iter().map(|entry| entry.payload.bytes() + 64).sum::<usize>();
                whole = Some(match whole.take() {
                    None => run,
                    Some(before) if !before.sealed() => match before.clone().join(run.clone()) {
                        Ok(joined) => joined,
                        Err(_) => {
                            tails.push(before);
                            run
                        }
                    },
                    Some(before) => {
                        tails.push(before);
                        run
                    }
                });
            }
            tails.extend(whole);
        }
        let runs: Vec<&VerifiedRun> = tails.iter().collect();
        match journal::packs(&runs) {
            Ok(made) => packs.extend(
                made.into_iter()
                    .map(|(range, bytes)| LoadedPack { bytes, spans: tails[range].iter().map(span).collect() }),
            ),
            Err(error) => tracing::error!(%error, "what is held cannot be packed"),
        }
        Ok(packs)
    }

    /// Sets another history against what is held: a proof if their author signed both.
    pub(crate) fn prove(&self, against: &VerifiedRun) -> Result<Option<ForkProof>, StoreError> {
        let Some(number) = self.index.journal_number(against.journal()) else { return Ok(None) };
        let runs = self.runs_from(number, against.first(), against.last().seq, usize::MAX)?;
        Ok(runs.iter().find_map(|run| ForkProof::between(run, against)))
    }
}

/// For each journal of a node in one scope: which of its entries others build on, and how often.
pub type BuiltOn = BTreeMap<Incarnation, BTreeMap<u64, u64>>;

impl Shelf {
    /// What others built on the entries of a node, as far as it is held.
    pub(crate) fn built_on(&self, node: NodeKey, scope: &ScopeName) -> Result<BuiltOn, StoreError> {
        let mut found = BuiltOn::new();
        for (journal, number) in self.index.journals(scope) {
            if journal.node == node {
                continue;
            }
            let mut from = 1;
            loop {
                let runs = self.runs_from(number, from, u64::MAX, READ_AT_ONCE_BYTES)?;
                let Some(last) = runs.last() else { break };
                from = last.last().seq + 1;
                let headers = runs.iter().flat_map(|run| run.entries()).map(|entry| &entry.header);
                for link in headers.flat_map(|header| &header.links).filter(|link| link.journal.node == node) {
                    *found.entry(link.journal.incarnation).or_default().entry(link.seq).or_default() += 1;
                }
            }
        }
        Ok(found)
    }
}

/// How much is read ahead when a whole journal is gone through.
pub(crate) const READ_AT_ONCE_BYTES: usize = 4 << 20;

/// What a run holds, in the words of `sync`.
pub(crate) fn span(run: &VerifiedRun) -> Span {
    let before = run.first() - 1;
    let after = if before == 0 { NOTHING } else { Point { seq: before, hash: run.previous() } };
    Span { journal: run.journal().clone(), after, point: run.last() }
}

/// The verified runs in the bytes of a page or pack; `None` if anything in them is wrong.
pub(crate) fn read_runs(bytes: &[u8]) -> Option<Vec<VerifiedRun>> {
    journal::decode(bytes, &Limits::default()).ok()?.into_iter().map(|run| run.verify().ok()).collect()
}
