//! The author's side of a journal: gives each entry its number, its chain and its salt, and signs.
//!
//! It holds the entries of the page that is being written, and the node's secret; it needs no stored randomness. It
//! writes nothing to disk: what [`JournalWriter::commit`] hands out must be durable before anyone else sees it.
//!
//! # Invariants
//! - Entries appended after the last commit are in no signature.
//! - A page is sealed by the append that fills it, and no entry is added to it afterwards.
//! - A writer resumes only where a checkpoint of its own stands; what no checkpoint covers is for recovery to judge.

use std::sync::Arc;

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
