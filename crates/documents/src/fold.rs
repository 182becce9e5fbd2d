//! A document as the fold of its entries: which of them count, and what they are to each other.
//!
//! # Invariants
//! - Verdicts are a function of the set of entries held, each with its standing: of an entry itself, of what it links,
//!   and of the entry before it on its lane. [`Fold::add`] gives what [`Fold::build`] gives for all entries together.
//! - Accepted entries build on accepted entries only, and come after them.

use std::collections::BTreeMap;

use identity::{ChangeHash, Coordinate, EntryHash, JournalId};
use journal::{Actor, Header, Kind, Payload};

use crate::ground::{Ground, LaneName};
use crate::guard::LaneBefore;
use crate::{Refusal, Waiting};

/// What the charter says about one entry: its author's right, freeze points and cut-offs, all in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Its author may write here, and it lies within what counts of its journal.
    Accepted,
    /// Its journal is frozen before it, or no statement admits its author's key yet.
    Waiting,
    /// Its author may not write in this scope.
    NoRight,
    /// It lies beyond its journal's cut-off.
    CutOff,
}

/// Whether an entry counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It counts and is shown.
    Accepted,
    /// It does not count yet.
    Waiting(Waiting),
    /// It does not count.
    Refused(Refusal),
}

/// An entry as a fold takes it: where it stands, its hash, and itself.
pub type Item = (Coordinate, EntryHash, Header, Payload);

/// An entry that a fold holds.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: Coordinate,
    pub(crate) hash: EntryHash,
    pub(crate) header: Header,
    pub(crate) payload: Payload,
    pub(crate) standing: Standing,
    pub(crate) known_kind: bool,
    pub(crate) journal: u32,
    /// `None` only while judging.
    pub(crate) verdict: Option<Verdict>,
    /// Its place among the accepted changes.
    pub(crate) place: Option<u32>,
    /// How long the longest chain of accepted entries below it is.
    pub(crate) depth: u32,
    /// Whether an accepted entry links it.
    pub(crate) linked: bool,
}

impl Node {
    pub(crate) fn is_accepted(&self) -> bool {
        self.verdict == Some(Verdict::Accepted)
    }
}

/// A document: its entries, their verdicts, and what they are to each other.
#[derive(Debug, Clone)]
pub struct Fold {
    pub(crate) id: Coordinate,
    order_erases: bool,
    pub(crate) nodes: Vec<Node>,
    journals: BTreeMap<JournalId, u32>,
    journal_ids: Vec<JournalId>,
    /// Entries by journal and seq.
    at: BTreeMap<(u32, u64), u32>,
    /// Changes by journal, lane and seq.
    lanes: BTreeMap<(u32, u8, u64), u32>,
    pub(crate) ground: Ground,
    erased_payloads: usize,
    /// How many entries wait for one that is not held.
    pub(crate) waiting_for_entries: usize,
}

impl Fold {
    /// Folds the entries of the document that the entry `id` creates.
    ///
    /// For every entry given, the earlier entries of its journal about this document must be given sooner or later (a
    /// journal is held without gaps); until then its verdict is provisional.
    pub fn build(
        id: Coordinate,
        entries: impl IntoIterator<Item = Item>,
        standing: impl Fn(&Coordinate) -> Standing,
        erased: bool,
        known_kind: impl Fn(Kind) -> bool,
    ) -> Fold {
        let mut fold = Fold {
            id,
            order_erases: erased,
            nodes: Vec::new(),
            journals: BTreeMap::new(),
            journal_ids: Vec::new(),
            at: BTreeMap::new(),
            lanes: BTreeMap::new(),
            ground: Ground::default(),
            erased_payloads: 0,
            waiting_for_entries: 0,
        };
        fold.add(entries, standing, known_kind);
        fold
    }

    /// Adds entries; the same as building from all of them together. What is held already is passed over, and its
    /// standing stays as it was given.
    pub fn add(
        &mut self,
        entries: impl IntoIterator<Item = Item>,
        standing: impl Fn(&Coordinate) -> Standing,
        known_kind: impl Fn(Kind) -> bool,
    ) {
        let mut fast = self.waiting_for_entries == 0;
        let was_erased = self.is_erased();
        let first = self.nodes.len();
        for (at, hash, header, payload) in entries {
            let journal = self.intern(&at.journal);
            if let Some(held) = self.at.get(&(journal, at.seq)) {
                // Two entries with one number are a fork; whoever calls gives the one on the chain. Should both come,
                // the lower hash stays, so that the order does not show.
                if self.nodes[*held as usize].hash <= hash {
                    continue;
                }
                let held = *held as usize;
                self.forget(held);
                let node = &mut self.nodes[held];
                node.known_kind = known_kind(header.kind);
                (node.hash, node.header, node.payload) = (hash, header, payload);
                self.remember(held);
                fast = false;
                continue;
            }
            // Something later of the same journal is here: its lane may now have another change before it.
            fast &= self.at.range((journal, at.seq)..=(journal, u64::MAX)).next().is_none();
            let node = Node {
                standing: standing(&at),
                known_kind: known_kind(header.kind),
                at,
                hash,
                header,
                payload,
                journal,
                verdict: None,
                place: None,
                depth: 0,
                linked: false,
            };
            self.nodes.push(node);
            self.remember(self.nodes.len() - 1);
        }
        if fast && was_erased == self.is_erased() {
            self.judge(first);
        } else {
            self.judge_all();
        }
    }

    /// Judges all entries held anew, after statements arrived.
    pub fn judge_anew(
        &mut self,
        standing: impl Fn(&Coordinate) -> Standing,
        erased: bool,
        known_kind: impl Fn(Kind) -> bool,
    ) {
        self.order_erases = erased;
        for node in &mut self.nodes {
            node.standing = standing(&node.at);
            node.known_kind = known_kind(node.header.kind);
        }
        self.judge_all();
    }

    /// The document's id.
    pub fn id(&self) -> &Coordinate {
        &self.id
    }

    /// Whether an order erases it, or the payload of one of its entries is erased.
    pub fn is_erased(&self) -> bool {
        self.order_erases || self.erased_payloads > 0
    }

    /// The kind of record, by its creation; `None` while that is not held.
    pub fn kind(&self) -> Option<u16> {
        Some(self.header(&self.id)?.kind.record)
    }

    /// How many entries are held, whatever their verdict.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether no entry is held.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The verdict of every entry, in order of coordinates.
    pub fn verdicts(&self) -> impl Iterator<Item = (&Coordinate, &Verdict)> {
        let mut order: Vec<&Node> = self.nodes.iter().collect();
        order.sort_by(|a, b| a.at.cmp(&b.at));
        order.into_iter().filter_map(|node| Some((&node.at, node.verdict.as_ref()?)))
    }

    /// The verdict of one entry; `None` if it is not held.
    pub fn verdict(&self, at: &Coordinate) -> Option<&Verdict> {
        self.node(at)?.verdict.as_ref()
    }

    /// The header of one entry; `None` if it is not held.
    pub fn header(&self, at: &Coordinate) -> Option<&Header> {
        Some(&self.node(at)?.header)
    }

    /// Automerge's hash of an accepted change, from its chunk put together here; `None` for facts, for what is not
    /// accepted, and in an erased document.
    pub fn change_hash(&self, at: &Coordinate) -> Option<ChangeHash> {
        Some(self.ground.change(self.node(at)?.place?)?.hash)
    }

    /// The accepted changes that no other accepted change builds on, in order of coordinates.
    pub fn heads(&self) -> Vec<Coordinate> {
        let heads = self.ground.heads.iter().filter_map(|place| self.ground.change(place));
        let mut heads: Vec<Coordinate> = heads.map(|change| self.nodes[change.node as usize].at.clone()).collect();
        heads.sort();
        heads
    }

    /// The accepted changes and facts that no other accepted entry links, in order of coordinates.
    pub fn tips(&self) -> Vec<Coordinate> {
        let tips = self.nodes.iter().filter(|node| node.is_accepted() && !node.linked);
        let mut tips: Vec<Coordinate> = tips.map(|node| node.at.clone()).collect();
        tips.sort();
        tips
    }

    /// A hash of what it shows, for the state fingerprint: equal for the same accepted entries, in whatever order they
    /// came. All zero while nothing is accepted.
    pub fn state_hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("simpul document state v1");
        hasher.update(&self.id.journal.hash());
        hasher.update(&self.id.seq.to_le_bytes());
        if self.is_erased() {
            hasher.update(b"erased");
            return *hasher.finalize().as_bytes();
        }
        let heads = self.ground.heads.iter().filter_map(|place| self.ground.change(place));
        let mut heads: Vec<_> = heads.map(|change| (self.nodes[change.node as usize].hash, change.hash)).collect();
        heads.sort_unstable();
        let facts = self.nodes.iter().filter(|node| node.is_accepted() && node.place.is_none());
        let mut facts: Vec<EntryHash> = facts.map(|node| node.hash).collect();
        facts.sort_unstable();
        if heads.is_empty() && facts.is_empty() {
            return [0; 32];
        }
        hasher.update(&(heads.len() as u64).to_le_bytes());
        for (entry, change) in heads {
            hasher.update(&entry.0);
            hasher.update(&change.0);
        }
        for fact in facts {
            hasher.update(&fact.0);
        }
        *hasher.finalize().as_bytes()
    }

    pub(crate) fn node(&self, at: &Coordinate) -> Option<&Node> {
        self.nodes.get(self.node_index(at)? as usize)
    }

    pub(crate) fn node_index(&self, at: &Coordinate) -> Option<u32> {
        self.at.get(&(*self.journals.get(&at.journal)?, at.seq)).copied()
    }

    /// The stored columns of a change; empty for anything else.
    pub(crate) fn body(&self, node: u32) -> &[u8] {
        match self.nodes.get(node as usize).map(|node| &node.payload) {
            Some(Payload::Change(change)) => &change.body,
            Some(Payload::Fact(_) | Payload::Erased { .. }) | None => &[],
        }
    }

    /// The actor of a name.
    pub(crate) fn actor_of(&self, (journal, lane): LaneName) -> Option<Actor> {
        Some(Actor { journal: self.journal_ids.get(journal as usize)?.clone(), lane })
    }

    /// The name that the fold gives an actor.
    pub(crate) fn actor_name(&self, journal: &JournalId, lane: u8) -> Option<LaneName> {
        Some((*self.journals.get(journal)?, lane))
    }

    /// The name of an actor of which the fold may hold nothing yet.
    pub(crate) fn actor_name_or_new(&self, journal: &JournalId, lane: u8) -> LaneName {
        self.actor_name(journal, lane).unwrap_or((self.journals.len() as u32, lane))
    }

    /// The last change of a lane in this document, whatever its verdict.
    pub(crate) fn lane_last(&self, name: LaneName) -> LaneBefore {
        self.lane_before(name, u64::MAX)
    }

    pub(crate) fn lane_before(&self, (journal, lane): LaneName, seq: u64) -> LaneBefore {
        match self.lanes.range((journal, lane, 0)..(journal, lane, seq)).next_back() {
            None => LaneBefore::None,
            Some((_, node)) => match self.nodes[*node as usize].place {
                Some(place) => LaneBefore::At(place),
                None => LaneBefore::NotAccepted,
            },
        }
    }

    fn intern(&mut self, journal: &JournalId) -> u32 {
        if let Some(number) = self.journals.get(journal) {
            return *number;
        }
        let number = self.journals.len() as u32;
        self.journals.insert(journal.clone(), number);
        self.journal_ids.push(journal.clone());
        number
    }

    fn remember(&mut self, node: usize) {
        let Node { journal, at, payload, .. } = &self.nodes[node];
        self.at.insert((*journal, at.seq), node as u32);
        match payload {
            Payload::Change(change) => {
                self.lanes.insert((*journal, change.lane, at.seq), node as u32);
            }
            Payload::Erased { .. } => self.erased_payloads += 1,
            Payload::Fact(_) => {}
        }
    }

    fn forget(&mut self, node: usize) {
        let Node { journal, at, payload, .. } = &self.nodes[node];
        match payload {
            Payload::Change(change) => {
                self.lanes.remove(&(*journal, change.lane, at.seq));
            }
            Payload::Erased { .. } => self.erased_payloads -= 1,
            Payload::Fact(_) => {}
        }
    }
}
