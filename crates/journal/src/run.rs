//! Runs: consecutive entries of one page of one journal, with the checkpoint that vouches for them.
//!
//! A [`Run`] holds what was decoded and is not yet believed. [`Run::verify`] recomputes salts, commitments and the
//! hash chain and checks the signature; a [`VerifiedRun`] exists only because that passed. What an entry *means*, and
//! whether its author may write, is not asked here.
//!
//! # Invariants
//! - A run lies within one page, and a verified run alone proves its entries: nothing else needs to be held.
//! - A verified run stays verified when it is cut from the front, joined to its successor, or has entries erased: no
//!   hash changes.
//! - No salt of an erased entry follows from a run's cover, and each seed in it stands above an entry of the run.

use std::{collections::BTreeMap, ops::Range};

use identity::{ChangeHash, Coordinate, EntryHash, JournalId, Officer, Point, Signature};

use crate::{
    Checkpoint, Cover, Digest, Entry, Header, Kind, PAGE_ENTRIES_MAX, PageError, Payload, Subject, entry::JournalHashes,
};

/// An entry without what its reader puts back: number, previous hash, commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) time_ms: i64,
    pub(crate) officer: Officer,
    pub(crate) subject: Subject,
    pub(crate) kind: Kind,
    pub(crate) links: Vec<Coordinate>,
    pub(crate) payload: Payload,
}

/// A borrowed [`Line`]: what of an entry is written to a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineRef<'a> {
    pub(crate) time_ms: i64,
    pub(crate) officer: &'a Officer,
    pub(crate) subject: &'a Subject,
    pub(crate) kind: Kind,
    pub(crate) links: &'a [Coordinate],
    pub(crate) payload: &'a Payload,
}

impl LineRef<'_> {
    pub(crate) fn is_erased(&self) -> bool {
        matches!(self.payload, Payload::Erased { .. })
    }
}

/// A borrowed [`Run`]: what of a verified run is written to a page.
pub(crate) struct RunRef<'a> {
    pub(crate) journal: &'a JournalId,
    pub(crate) page_first: u64,
    pub(crate) first: u64,
    pub(crate) previous: EntryHash,
    pub(crate) cover: &'a Cover,
    pub(crate) lines: Vec<LineRef<'a>>,
    pub(crate) digest: Digest,
    pub(crate) sealed: bool,
    pub(crate) signature: Signature,
}

impl Line {
    fn into_entry(self, seq: u64, previous: EntryHash, commitment: [u8; 32]) -> Entry {
        let Self { time_ms, officer, subject, kind, links, payload } = self;
        Entry { header: Header { seq, previous, time_ms, officer, subject, kind, links, commitment }, payload }
    }

    pub(crate) fn is_erased(&self) -> bool {
        matches!(self.payload, Payload::Erased { .. })
    }
}

/// Consecutive entries as they were read from bytes. Nothing in it is believed yet: see [`Run::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub(crate) journal: JournalId,
    pub(crate) page_first: u64,
    pub(crate) first: u64,
    pub(crate) previous: EntryHash,
    pub(crate) cover: Cover,
    pub(crate) lines: Vec<Line>,
    pub(crate) digest: Digest,
    pub(crate) sealed: bool,
    pub(crate) signature: Signature,
}

impl Run {
    /// The journal that it says it is of.
    pub fn journal(&self) -> &JournalId {
        &self.journal
    }

    /// The number of its first entry.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// How many entries it has.
    pub fn entries(&self) -> usize {
        self.lines.len()
    }

    /// What would be written of it: only tests write what is not verified.
    #[cfg(test)]
    pub(crate) fn as_ref(&self) -> RunRef<'_> {
        let line = |line| {
            let Line { time_ms, officer, subject, kind, links, payload }: &Line = line;
            LineRef { time_ms: *time_ms, officer, subject, kind: *kind, links, payload }
        };
        let lines = self.lines.iter().map(line).collect();
        let Self { journal, page_first, first, previous, cover, digest, sealed, signature, .. } = self;
        let (page_first, first, previous, digest) = (*page_first, *first, *previous, *digest);
        RunRef { journal, page_first, first, previous, cover, lines, digest, sealed: *sealed, signature: *signature }
    }

    /// The places of its entries in their page, if a run can stand there.
    fn places(&self) -> Option<Range<u16>> {
        let start = self.first.checked_sub(self.page_first)?;
        let end = start.checked_add(self.lines.len() as u64)?;
        self.first.checked_add(self.lines.len() as u64)?;
        let fits = self.page_first > 0 && start < end && end <= PAGE_ENTRIES_MAX;
        let begins = self.first > 1 || self.previous == EntryHash([0; 32]);
        (fits && begins).then_some(start as u16..end as u16)
    }

    /// Recomputes everything that was left out and checks the author's signature.
    pub fn verify(self) -> Result<VerifiedRun, PageError> {
        let places = self.places().ok_or(PageError::Place)?;
        let salts = self.cover.salts(places.clone());
        let fits = |(line, salt): (&Line, &Option<_>)| line.is_erased() == salt.is_none();
        if !self.lines.iter().zip(&salts).all(fits) || self.cover.within(places) != self.cover {
            return Err(PageError::Salts);
        }
        let mut journals = JournalHashes::default();
        let mut entries = Vec::with_capacity(self.lines.len());
        let mut hashes = Vec::with_capacity(self.lines.len());
        let mut previous = self.previous;
        for ((seq, line), salt) in (self.first..).zip(self.lines).zip(&salts) {
            let commitment = line.payload.commitment_with(salt.as_ref(), &mut journals).ok_or(PageError::Salts)?;
            let entry = line.into_entry(seq, previous, commitment);
            previous = entry.header.hash_with(&self.journal, &mut journals);
            hashes.push(previous);
            entries.push(entry);
        }
        let point = Point { seq: self.first + (entries.len() as u64 - 1), hash: previous };
        let Self { journal, page_first, previous, cover, digest, sealed, signature, .. } = self;
        let checkpoint = Checkpoint { page_first, point, digest, sealed, signature };
        if !checkpoint.verify(&journal) {
            return Err(PageError::Signature(journal.node));
        }
        Ok(VerifiedRun { journal, previous, cover, entries, hashes, checkpoint })
    }
}

/// Consecutive entries of one page that their author is known to have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRun {
    journal: JournalId,
    previous: EntryHash,
    cover: Cover,
    entries: Vec<Entry>,
    hashes: Vec<EntryHash>,
    checkpoint: Checkpoint,
}

impl VerifiedRun {
    /// A run that its author has just written: `hashes` and `checkpoint` were computed from `entries`, and `cover` is
    /// that of the page.
    pub(crate) fn written(
        journal: JournalId,
        previous: EntryHash,
        cover: Cover,
        entries: Vec<Entry>,
        hashes: Vec<EntryHash>,
        checkpoint: Checkpoint,
    ) -> Self {
        let mut run = Self { journal, previous, cover, entries, hashes, checkpoint };
        run.erase(&BTreeMap::new());
        run
    }

    /// The journal.
    pub fn journal(&self) -> &JournalId {
        &self.journal
    }

    /// The number of the first entry of the page that this run lies in.
    pub fn page_first(&self) -> u64 {
        self.checkpoint.page_first
    }

    /// The number of its first entry.
    pub fn first(&self) -> u64 {
        self.checkpoint.point.seq + 1 - self.entries.len() as u64
    }

    /// The hash of the entry before its first; all zero at the journal's start.
    pub fn previous(&self) -> EntryHash {
        self.previous
    }

    /// The point of its last entry.
    pub fn last(&self) -> Point {
        self.checkpoint.point
    }

    /// Whether its page ends with it.
    pub fn sealed(&self) -> bool {
        self.checkpoint.sealed
    }

    /// Whether it is a sealed page from its first entry to its last.
    pub fn is_whole_page(&self) -> bool {
        self.sealed() && self.first() == self.page_first()
    }

    /// The signature that vouches for it.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Its entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The hashes of its entries, in order.
    pub fn hashes(&self) -> &[EntryHash] {
        &self.hashes
    }

    /// Its entries with their points.
    pub fn into_entries(self) -> impl Iterator<Item = (Point, Entry)> {
        let hashes = self.hashes;
        self.entries.into_iter().zip(hashes).map(|(entry, hash)| (Point { seq: entry.header.seq, hash }, entry))
    }

    /// The point at `seq`, which may also be the one just before the run.
    pub fn point_at(&self, seq: u64) -> Option<Point> {
        if self.first().checked_sub(1) == Some(seq) {
            return Some(Point { seq, hash: self.previous });
        }
        let hash = *self.hashes.get(self.index(seq)?)?;
        Some(Point { seq, hash })
    }

    /// The entry at `seq`.
    pub fn entry(&self, seq: u64) -> Option<&Entry> {
        self.entries.get(self.index(seq)?)
    }

    fn index(&self, seq: u64) -> Option<usize> {
        usize::try_from(seq.checked_sub(self.first())?).ok()
    }

    /// Whether its first entry comes right after `point`, by number and by hash.
    pub fn continues(&self, point: &Point) -> bool {
        self.first().checked_sub(1) == Some(point.seq) && self.previous == point.hash
    }

    /// Whether it may be stored after what `held` vouches for: it continues it, and agrees where pages end.
    pub fn follows(&self, held: &Checkpoint) -> bool {
        let page = if held.sealed { held.point.seq + 1 } else { held.page_first };
        self.continues(&held.point) && self.page_first() == page
    }

    fn places(&self) -> Range<u16> {
        let start = (self.first() - self.page_first()) as u16;
        start..start + self.entries.len() as u16
    }

    /// The part from entry `from` on, for a peer that holds what comes before; `None` if no entry is left.
    pub fn suffix(&self, from: u64) -> Option<Self> {
        let index = if from <= self.first() { 0 } else { self.index(from)? };
        if index >= self.entries.len() {
            return None;
        }
        let mut suffix = Self {
            journal: self.journal.clone(),
            previous: self.point_at((self.first() + index as u64) - 1)?.hash,
            cover: self.cover.clone(),
            entries: self.entries[index..].to_vec(),
            hashes: self.hashes[index..].to_vec(),
            checkpoint: self.checkpoint,
        };
        suffix.cover = suffix.cover.within(suffix.places());
        Some(suffix)
    }

    /// This run and the next one of the same page as one, under the newer checkpoint.
    pub fn join(mut self, next: Self) -> Result<Self, PageError> {
        if next.journal != self.journal {
            return Err(PageError::Foreign);
        }
        if self.sealed() || !next.follows(&self.checkpoint) {
            let Point { seq, hash } = self.last();
            return Err(PageError::Gap { seq, hash });
        }
        self.cover = self.cover.union(&next.cover);
        self.entries.extend(next.entries);
        self.hashes.extend(next.hashes);
        self.checkpoint = next.checkpoint;
        self.erase(&BTreeMap::new());
        Ok(self)
    }

    /// Erases the payloads of the entries in `erased` (their numbers, and for a change the hash that it had). A
    /// number elsewhere in the same page takes that entry's salt out of this run too: whoever erases an entry hands
    /// its number to every run of its page.
    pub fn erase(&mut self, erased: &BTreeMap<u64, ChangeHash>) {
        let (page_first, first) = (self.page_first(), self.first());
        let place = |seq: u64| seq.checked_sub(page_first).and_then(|place| u16::try_from(place).ok());
        let mut places: std::collections::BTreeSet<u16> = erased.keys().filter_map(|seq| place(*seq)).collect();
        for (seq, entry) in (first..).zip(&mut self.entries) {
            if matches!(entry.payload, Payload::Erased { .. }) {
                places.extend(place(seq));
            } else if let Some(change_hash) = erased.get(&seq) {
                entry.erase(*change_hash);
            }
        }
        self.cover = self.cover.without(&places).within(self.places());
    }

    /// Checks the hashes of the changes as rebuilt, all-zero for facts, against what the author signed. `before` is the
    /// digest of the entries of its page before this run: [`Digest::START`] if it starts the page.
    pub fn check_changes<'a>(
        &self,
        before: Digest,
        changes: impl IntoIterator<Item = &'a ChangeHash>,
    ) -> Result<(), PageError> {
        if changes.into_iter().fold(before, Digest::then) == self.checkpoint.digest {
            Ok(())
        } else {
            Err(PageError::Changes(self.journal.node))
        }
    }

    /// What is stored and sent of it.
    pub(crate) fn as_ref(&self) -> RunRef<'_> {
        let Checkpoint { page_first, digest, sealed, signature, .. } = self.checkpoint;
        let line = |entry| {
            let Entry { header: Header { time_ms, officer, subject, kind, links, .. }, payload }: &Entry = entry;
            LineRef { time_ms: *time_ms, officer, subject, kind: *kind, links, payload }
        };
        let lines = self.entries.iter().map(line).collect();
        let Self { journal, previous, cover, .. } = self;
        let (first, previous) = (self.first(), *previous);
        RunRef { journal, page_first, first, previous, cover, lines, digest, sealed, signature }
    }
}

#[cfg(test)]
mod tests;
