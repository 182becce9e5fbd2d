//! The author's side of a journal: gives each entry its number, its chain and its salt, and signs.
//!
//! It holds the entries of the page that is being written, and the node's secret; it needs no stored randomness. It
//! writes nothing to disk: what [`JournalWriter::commit`] hands out must be durable before anyone else sees it.
//!
//! # Invariants
//! - Entries appended after the last commit are in no signature.
//! - A page is sealed by the append that fills it, and no entry is added to it afterwards.
//! - A writer resumes only where a checkpoint of its own stands; what no checkpoint covers is for recovery to judge.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use identity::{ChangeHash, EntryHash, JournalId, NodeSecret, Point};

use crate::{
    Checkpoint, Cover, Digest, Draft, Entry, Form, Header, LANES, LINKS_MAX, PAGE_ENTRIES_MAX, PAGE_WEIGHT,
    PAYLOAD_BYTES_MAX, PageError, Payload, VerifiedRun, entry::JournalHashes, error::at_most, page::weight,
};

/// What a commit hands to the store: everything that was appended since the last one, under signatures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// The new entries, in order; more than one run only where a page was sealed in between.
    pub runs: Vec<VerifiedRun>,
    /// The pages that were sealed, whole, for [`Page::of`](crate::Page::of). They hold nothing that this commit or an
    /// earlier one does not.
    pub sealed: Vec<VerifiedRun>,
}

/// Writes one journal.
#[derive(Debug)]
pub struct JournalWriter {
    journal: JournalId,
    secret: Arc<NodeSecret>,
    salts: Cover,
    page_first: u64,
    /// The hash of the last entry before this page.
    previous: EntryHash,
    entries: Vec<Entry>,
    hashes: Vec<EntryHash>,
    digest: Digest,
    weight: u64,
    /// How many of `entries` the last checkpoint of this page vouches for.
    signed: usize,
    checkpoint: Option<Checkpoint>,
    /// What was sealed since the last commit.
    pending: Commit,
}

/// What a node's salts are derived for; see [`NodeSecret::derive`].
const SALTS: &str = "journal salts v1";

impl JournalWriter {
    /// Begins a journal of the node that has this secret.
    pub fn new(journal: JournalId, secret: Arc<NodeSecret>) -> Self {
        Self::begin_page(journal, secret, Point { seq: 0, hash: EntryHash([0; 32]) })
    }

    /// Goes on with a journal that the node holds: `held` is its last page, sealed or from that page's start.
    pub fn resume(journal: JournalId, secret: Arc<NodeSecret>, held: VerifiedRun) -> Result<Self, PageError> {
        if *held.journal() != journal || secret.node_key() != journal.node {
            return Err(PageError::Foreign);
        }
        if held.sealed() {
            return Ok(Self::begin_page(journal, secret, held.last()));
        }
        if held.first() != held.page_first() {
            return Err(PageError::Place);
        }
        let before = Point { seq: held.page_first() - 1, hash: held.previous() };
        let mut writer = Self::begin_page(journal, secret, before);
        writer.checkpoint = Some(*held.checkpoint());
        writer.digest = held.checkpoint().digest;
        writer.weight = held.entries().iter().map(weight).sum();
        writer.signed = held.entries().len();
        let erased = (0..).zip(held.entries()).filter(|(_, entry)| entry.payload.is_erased());
        writer.salts = writer.salts.without(&erased.map(|(place, _)| place).collect());
        (writer.hashes, writer.entries) = held.into_entries().map(|(point, entry)| (point.hash, entry)).unzip();
        Ok(writer)
    }

    fn begin_page(journal: JournalId, secret: Arc<NodeSecret>, after: Point) -> Self {
        let page_first = after.seq + 1;
        Self {
            salts: Cover::of_page(&secret.derive(SALTS), &journal, page_first),
            journal,
            secret,
            page_first,
            previous: after.hash,
            entries: Vec::new(),
            hashes: Vec::new(),
            digest: Digest::START,
            weight: 0,
            signed: 0,
            checkpoint: None,
            pending: Commit::default(),
        }
    }

    /// The journal.
    pub fn journal(&self) -> &JournalId {
        &self.journal
    }

    /// The last entry; number 0 before the first.
    pub fn point(&self) -> Point {
        Point {
            seq: self.page_first - 1 + self.entries.len() as u64,
            hash: self.hashes.last().copied().unwrap_or(self.previous),
        }
    }

    /// Appends an entry. It may be shown to nobody before the commit that follows is durable.
    pub fn append(&mut self, draft: Draft) -> Result<(Point, Entry), PageError> {
        check(&draft)?;
        let Draft { time_ms, officer, subject, kind, links, payload, change_hash } = draft;
        let before = self.point();
        let place = self.entries.len() as u16;
        let salt = self.salts.salts(place..place + 1).pop().flatten();
        let mut journals = JournalHashes::default();
        let commitment = payload.commitment_with(salt.as_ref(), &mut journals).ok_or(PageError::Salts)?;
        let (seq, previous) = (before.seq + 1, before.hash);
        let header = Header { seq, previous, time_ms, officer, subject, kind, links, commitment };
        let hash = header.hash_with(&self.journal, &mut journals);
        let entry = Entry { header, payload };
        self.digest = self.digest.then(&change_hash);
        self.weight += weight(&entry);
        self.entries.push(entry.clone());
        self.hashes.push(hash);
        if self.entries.len() as u64 == PAGE_ENTRIES_MAX || self.weight >= PAGE_WEIGHT {
            self.seal();
        }
        Ok((Point { seq, hash }, entry))
    }

    /// Signs what was appended and hands it out. Nothing appended, nothing handed out.
    pub fn commit(&mut self) -> Commit {
        let mut commit = std::mem::take(&mut self.pending);
        if self.signed < self.entries.len() {
            let from = self.signed;
            self.sign(false);
            commit.runs.extend(self.run_from(from));
        }
        commit
    }

    /// The entries of the unsealed page up to the last commit, under their newest checkpoint: what a peer is sent that
    /// holds less. `None` when the page is empty.
    pub fn tail(&self) -> Option<VerifiedRun> {
        self.run_from(0)
    }

    /// Erases payloads of entries that it still holds, as [`VerifiedRun::erase`] does: whatever is handed out from now
    /// on holds neither them nor what their salts follow from.
    pub fn erase(&mut self, erased: &BTreeMap<u64, ChangeHash>) {
        for run in self.pending.runs.iter_mut().chain(&mut self.pending.sealed) {
            run.erase(erased);
        }
        let mut places = BTreeSet::new();
        for (place, (seq, entry)) in (self.page_first..).zip(&mut self.entries).enumerate() {
            if let Some(change_hash) = erased.get(&seq) {
                entry.erase(*change_hash);
                places.extend(u16::try_from(place));
            }
        }
        self.salts = self.salts.without(&places);
    }

    fn sign(&mut self, sealed: bool) {
        let point = self.point();
        self.checkpoint =
            Some(Checkpoint::sign(&self.secret, &self.journal, self.page_first, point, self.digest, sealed));
        self.signed = self.entries.len();
    }

    fn seal(&mut self) {
        let from = self.signed;
        self.sign(true);
        self.pending.runs.extend(self.run_from(from));
        self.pending.sealed.extend(self.run_from(0));
        let pending = std::mem::take(&mut self.pending);
        *self = Self { pending, ..Self::begin_page(self.journal.clone(), self.secret.clone(), self.point()) };
    }

    /// The signed entries of this page from its `from`th on.
    fn run_from(&self, from: usize) -> Option<VerifiedRun> {
        let previous = match from.checked_sub(1) {
            Some(before) => *self.hashes.get(before)?,
            None => self.previous,
        };
        let checkpoint = self.checkpoint.filter(|_| from < self.signed)?;
        let (entries, hashes) = (self.entries[from..self.signed].to_vec(), self.hashes[from..self.signed].to_vec());
        Some(VerifiedRun::written(self.journal.clone(), previous, self.salts.clone(), entries, hashes, checkpoint))
    }
}

/// Refuses a draft that no page could carry.
fn check(draft: &Draft) -> Result<(), PageError> {
    at_most("links of an entry", draft.links.len() as u64, LINKS_MAX)?;
    at_most("a payload", draft.payload.body().len() as u64, PAYLOAD_BYTES_MAX)?;
    let fits = match &draft.payload {
        Payload::Change(change) => {
            at_most("other actors of a change", change.others.len() as u64, LINKS_MAX)?;
            let lanes = change.others.iter().map(|other| other.lane).chain([change.lane]);
            draft.kind.form == Form::Change && lanes.into_iter().all(|lane| lane < LANES)
        }
        Payload::Fact(_) => draft.kind.form == Form::Fact && draft.change_hash == ChangeHash([0; 32]),
        Payload::Erased { .. } => false,
    };
    if fits { Ok(()) } else { Err(PageError::Payload) }
}

#[cfg(test)]
mod tests {
    use identity::Coordinate;

    use super::*;
    use crate::{
        Change,
        testing::{at, draft, journal, run, secret, write, writer},
    };

    #[test]
    fn entries_are_numbered_and_chained_across_pages() {
        let mut writer = writer(1);
        let runs = write(&mut writer, 1, PAGE_ENTRIES_MAX + 10);
        let entries: Vec<_> = runs.into_iter().flat_map(VerifiedRun::into_entries).collect();
        let mut before = Point { seq: 0, hash: EntryHash([0; 32]) };
        for (point, entry) in &entries {
            assert_eq!((point.seq, entry.header.seq, entry.header.previous), (before.seq + 1, point.seq, before.hash));
            assert_eq!(entry.header.hash(writer.journal()), point.hash);
            before = *point;
        }
        assert_eq!(before, writer.point());
        assert_eq!(entries.len() as u64, PAGE_ENTRIES_MAX + 10);
    }

    #[test]
    fn a_page_is_sealed_at_its_last_place() {
        let mut writer = writer(1);
        write(&mut writer, 1, 10);
        for n in 10..PAGE_ENTRIES_MAX + 1 {
            writer.append(draft(1, n)).unwrap();
        }
        let commit = writer.commit();
        let extents: Vec<_> = commit.runs.iter().map(|run| (run.page_first(), run.first(), run.last().seq)).collect();
        assert_eq!(extents, [(1, 11, 4096), (4097, 4097, 4097)]);
        assert_eq!(commit.runs.iter().map(VerifiedRun::sealed).collect::<Vec<_>>(), [true, false]);
        assert!(commit.sealed.iter().all(VerifiedRun::is_whole_page) && commit.sealed.len() == 1);
        assert!(commit.runs[1].follows(commit.sealed[0].checkpoint()));
    }

    #[test]
    fn a_page_is_sealed_at_its_weight() {
        let mut writer = writer(1);
        let kind = crate::Kind { record: 2, form: Form::Fact };
        let heavy =
            Draft { kind, payload: Payload::Fact(vec![7; 400_000]), change_hash: ChangeHash([0; 32]), ..draft(1, 0) };
        for _ in 0..4 {
            writer.append(heavy.clone()).unwrap();
        }
        let commit = writer.commit();
        assert_eq!(commit.sealed.iter().map(|page| page.last().seq).collect::<Vec<_>>(), [3]);
        assert_eq!(writer.tail().unwrap().first(), 4);
    }

    #[test]
    fn nothing_appended_gives_nothing() {
        let mut writer = writer(1);
        assert_eq!((writer.commit(), writer.tail()), (Commit::default(), None));
        write(&mut writer, 1, 3);
        let tail = writer.tail();
        assert_eq!(writer.commit(), Commit::default());
        assert_eq!(writer.tail(), tail);
    }

    #[test]
    fn what_is_not_committed_is_in_no_run() {
        let mut writer = writer(1);
        write(&mut writer, 1, 3);
        writer.append(draft(1, 3)).unwrap();
        assert_eq!(writer.tail().unwrap().last().seq, 3);
        assert_eq!(writer.point().seq, 4);
    }

    #[test]
    fn a_resumed_writer_goes_on_as_if_it_had_never_stopped() {
        for before in [1, 5, PAGE_ENTRIES_MAX - 1, PAGE_ENTRIES_MAX, PAGE_ENTRIES_MAX + 1] {
            let mut whole = writer(1);
            let last = write(&mut whole, 1, before).pop().unwrap();
            let held = whole.tail().unwrap_or(last);
            let mut resumed = JournalWriter::resume(journal(1), secret(1), held).unwrap();
            assert_eq!(write(&mut resumed, 1, 4), write(&mut whole, 1, 4), "after {before}");
            assert_eq!(resumed.tail(), whole.tail());
        }
    }

    #[test]
    fn a_writer_resumes_over_erased_entries_without_their_salts() {
        let mut held = run(1, 5);
        held.erase(&[(2, ChangeHash([1; 32]))].into());
        let mut resumed = JournalWriter::resume(journal(1), secret(1), held).unwrap();
        write(&mut resumed, 1, 2);
        let tail = resumed.tail().unwrap();
        assert!(matches!(tail.entry(2).unwrap().payload, Payload::Erased { .. }));
        let bytes = crate::encode(&[&tail]).unwrap();
        let back = crate::decode(&bytes, &crate::Limits::default()).unwrap().remove(0).verify();
        assert_eq!(back, Ok(tail));
    }

    #[test]
    fn what_is_written_behind_an_erased_entry_does_not_give_its_salt_away() {
        let erased = [(2, ChangeHash([1; 32]))].into();
        let mut held = run(1, 5);
        held.erase(&erased);
        let resumed = JournalWriter::resume(journal(1), secret(1), held).unwrap();
        let mut went_on = writer(1);
        write(&mut went_on, 1, 5);
        went_on.erase(&erased);
        for mut writer in [resumed, went_on] {
            let later = write(&mut writer, 1, 2).remove(0);
            assert_eq!(later.first(), 6);
            // Erasing it again changes nothing: there is no seed above the erased entry's place.
            let mut again = later.clone();
            again.erase(&erased);
            assert_eq!(later, again);
            assert!(matches!(writer.tail().unwrap().entry(2).unwrap().payload, Payload::Erased { .. }));
            let mut filled = write(&mut writer, 1, PAGE_ENTRIES_MAX);
            filled.retain(VerifiedRun::sealed);
            let bytes = crate::encode(&[&filled[0]]).unwrap();
            assert!(crate::decode(&bytes, &crate::Limits::default()).unwrap().remove(0).verify().is_ok());
        }
    }

    #[test]
    fn a_writer_resumes_only_its_own_journal_from_a_page_start() {
        let resume = |journal, secret, held| JournalWriter::resume(journal, secret, held).unwrap_err();
        assert_eq!(resume(journal(2), secret(2), run(1, 5)), PageError::Foreign);
        assert_eq!(resume(journal(1), secret(2), run(1, 5)), PageError::Foreign);
        assert_eq!(resume(journal(1), secret(1), run(1, 5).suffix(3).unwrap()), PageError::Place);
    }

    #[test]
    fn a_draft_that_no_page_could_carry_is_refused_and_leaves_no_trace() {
        let change = |change: fn(&mut Change)| {
            let mut draft = draft(1, 1);
            let Payload::Change(inner) = &mut draft.payload else { panic!("the first draft is a change") };
            change(inner);
            draft
        };
        let too_large = |what, given, max| PageError::TooLarge { what, given, max };
        let links: Vec<Coordinate> = (1..=LINKS_MAX + 1).map(|seq| at(2, seq)).collect();
        let payload_erased = Payload::Erased { commitment: [0; 32], change_hash: ChangeHash([0; 32]) };
        for (draft, expected) in [
            (Draft { links, ..draft(1, 0) }, too_large("links of an entry", 1025, 1024)),
            (change(|change| change.body = vec![0; (1 << 20) + 1]), too_large("a payload", (1 << 20) + 1, 1 << 20)),
            (
                change(|change| change.others = vec![change.others[0].clone(); 1025]),
                too_large("other actors of a change", 1025, 1024),
            ),
            (change(|change| change.lane = LANES), PageError::Payload),
            (change(|change| change.others[0].lane = LANES), PageError::Payload),
            (Draft { payload: payload_erased, ..draft(1, 0) }, PageError::Payload),
            (Draft { payload: Payload::Fact(vec![]), ..draft(1, 1) }, PageError::Payload),
            (Draft { payload: draft(1, 1).payload, ..draft(1, 2) }, PageError::Payload),
            (Draft { change_hash: ChangeHash([1; 32]), ..draft(1, 2) }, PageError::Payload),
        ] {
            let mut writer = writer(1);
            assert_eq!(writer.append(draft).unwrap_err(), expected);
            assert_eq!((writer.point().seq, writer.commit()), (0, Commit::default()));
        }
    }
}
