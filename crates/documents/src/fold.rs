//! A document as the fold of its entries: which of them count, and what they are to each other.
//!
//! # Invariants
//! - Verdicts are a function of the set of entries held, each with its standing: of an entry itself, of what it links,
//!   and of the entry before it on its lane. [`Fold::add`] gives what [`Fold::build`] gives for all entries together.
//! - Accepted entries build on accepted entries only, and come after them.

use std::collections::{BTreeMap, VecDeque};

use identity::{ChangeHash, Coordinate, EntryHash, JournalId};
use journal::{Actor, Form, Header, Kind, LANES, Payload, Subject};

use crate::ground::{Ground, LaneName};
use crate::guard::{self, Claim, LaneBefore, Unfit};
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
    standing: Standing,
    known_kind: bool,
    pub(crate) journal: u32,
    /// `None` only while judging.
    verdict: Option<Verdict>,
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
    waiting_for_entries: usize,
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

    fn lane_before(&self, (journal, lane): LaneName, seq: u64) -> LaneBefore {
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

    fn judge_all(&mut self) {
        self.ground = Ground::default();
        self.waiting_for_entries = 0;
        for node in &mut self.nodes {
            node.verdict = None;
            node.place = None;
            node.depth = 0;
            node.linked = false;
        }
        self.judge(0);
    }

    /// Judges the entries from `first` on, each after what it links.
    fn judge(&mut self, first: usize) {
        let mut later = Vec::new();
        for node in first..self.nodes.len() {
            if let Some(verdict) = self.decide_alone(node) {
                self.nodes[node].verdict = Some(verdict);
            } else if self.is_ready(node) {
                self.decide(node);
            } else {
                later.push(node as u32);
            }
        }
        if !later.is_empty() {
            self.judge_in_order(&later);
        }
        // Also one that a refused link keeps back: which link is named depends on all of them.
        let waits = |node: &&Node| {
            matches!(node.verdict, Some(Verdict::Waiting(Waiting::Dependency(_) | Waiting::Reissue(_))))
                && (self.node_index(&self.id).is_none()
                    || node.header.links.iter().any(|link| self.node_index(link).is_none()))
        };
        self.waiting_for_entries += self.nodes[first..].iter().filter(waits).count();
    }

    /// What a verdict waits for, as far as it is held: the links, and the creation for what links nothing.
    fn grounds(&self, node: usize) -> impl Iterator<Item = u32> {
        let Node { header, at, .. } = &self.nodes[node];
        let creation = (header.links.is_empty() && *at != self.id).then_some(&self.id);
        header.links.iter().chain(creation).filter_map(|link| self.node_index(link))
    }

    fn is_ready(&self, node: usize) -> bool {
        self.grounds(node).all(|ground| self.nodes[ground as usize].verdict.is_some())
    }

    /// Kahn's algorithm. Entries that link each other in a circle are never reached: they wait for each other.
    fn judge_in_order(&mut self, later: &[u32]) {
        let mut open: BTreeMap<u32, usize> = BTreeMap::new();
        let mut above: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for node in later {
            let mut count = 0;
            for ground in self.grounds(*node as usize).filter(|ground| self.nodes[*ground as usize].verdict.is_none()) {
                above.entry(ground).or_default().push(*node);
                count += 1;
            }
            open.insert(*node, count);
        }
        let mut ready: VecDeque<u32> = open.iter().filter(|(_, count)| **count == 0).map(|(node, _)| *node).collect();
        while let Some(node) = ready.pop_front() {
            self.decide(node as usize);
            for waiting in above.remove(&node).unwrap_or_default() {
                if let Some(count) = open.get_mut(&waiting) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push_back(waiting);
                    }
                }
            }
        }
        for node in later {
            if self.nodes[*node as usize].verdict.is_none() {
                let unreached = self.nodes[*node as usize]
                    .header
                    .links
                    .iter()
                    .find(|link| self.node_index(link).is_none_or(|link| above.contains_key(&link)));
                let dependency = unreached.unwrap_or(&self.id).clone();
                self.nodes[*node as usize].verdict = Some(Verdict::Waiting(Waiting::Dependency(dependency)));
            }
        }
    }

    /// Gives a node its verdict that has none by itself; everything that it links and that is held has one.
    fn decide(&mut self, node: usize) {
        let verdict = match self.decide_by_links(node) {
            Some(verdict) => verdict,
            None if self.is_erased() => Verdict::Accepted,
            None => match self.decide_by_content(node) {
                Ok(()) => Verdict::Accepted,
                Err(Unfit::Broken(rule)) => Verdict::Refused(Refusal::Guard(rule.into())),
                Err(Unfit::Version) => Verdict::Waiting(Waiting::Version),
            },
        };
        if verdict == Verdict::Accepted {
            let grounds: Vec<u32> = self.grounds(node).collect();
            for ground in grounds {
                let ground = &mut self.nodes[ground as usize];
                ground.linked = true;
                let depth = ground.depth + 1;
                let node = &mut self.nodes[node];
                node.depth = node.depth.max(depth);
            }
        }
        self.nodes[node].verdict = Some(verdict);
    }

    /// What an entry's standing and header say by themselves.
    fn decide_alone(&self, node: usize) -> Option<Verdict> {
        let Node { at, header, payload, standing, known_kind, .. } = &self.nodes[node];
        match standing {
            Standing::Accepted => {}
            Standing::Waiting => return Some(Verdict::Waiting(Waiting::Standing)),
            Standing::NoRight => return Some(Verdict::Refused(Refusal::NoRight)),
            Standing::CutOff => return Some(Verdict::Refused(Refusal::CutOff)),
        }
        if !known_kind {
            return Some(Verdict::Waiting(Waiting::Version));
        }
        let broken = |rule: &str| Some(Verdict::Refused(Refusal::Guard(rule.into())));
        if header.seq != at.seq || header.subject.document(at) != &self.id {
            return broken("it is about another document");
        }
        if at.journal.scope != self.id.journal.scope {
            return broken("its journal is of another scope than its document");
        }
        if !guard::links_in_order(&header.links) {
            return broken("its links are not in order");
        }
        let creates = matches!(header.subject, Subject::Creates { .. });
        if creates && !header.links.is_empty() {
            return broken("it creates the document, yet builds on something");
        }
        match (header.kind.form, payload) {
            (Form::Change, Payload::Change(_)) | (Form::Fact, Payload::Fact(_)) | (_, Payload::Erased { .. }) => None,
            (Form::Change, Payload::Fact(_)) | (Form::Fact, Payload::Change(_)) => {
                broken("its payload is not of the form that its header says")
            }
        }
    }

    /// What the entries say on which an entry builds.
    fn decide_by_links(&self, node: usize) -> Option<Verdict> {
        let Node { at, header, .. } = &self.nodes[node];
        let creation = (header.links.is_empty() && *at != self.id).then_some(&self.id);
        let mut waits = None;
        for link in header.links.iter().chain(creation) {
            match self.verdict(link) {
                Some(Verdict::Accepted) => {}
                // The strongest reason is told: what was cut needs its author, anything else only time.
                Some(Verdict::Refused(_) | Verdict::Waiting(Waiting::Reissue(_))) => {
                    return Some(Verdict::Waiting(Waiting::Reissue(link.clone())));
                }
                Some(Verdict::Waiting(Waiting::Dependency(_) | Waiting::Standing | Waiting::Version)) | None => {
                    waits = waits.or_else(|| Some(Verdict::Waiting(Waiting::Dependency(link.clone()))));
                }
            }
        }
        waits
    }

    /// What the guard says. An accepted change becomes part of the ground.
    fn decide_by_content(&mut self, node: usize) -> Result<(), Unfit> {
        use Unfit::Broken;
        let Node { at, header, payload, journal, .. } = &self.nodes[node];
        let creation = self.node(&self.id).ok_or(Broken("its document is not there"))?;
        if creation.header.kind.record != header.kind.record {
            return Err(Broken("it is of another kind than its document"));
        }
        let change = match payload {
            Payload::Change(change) => change,
            Payload::Fact(bytes) => return guard::read_fact(bytes).map(|_| ()).map_err(Broken),
            Payload::Erased { .. } => return Ok(()),
        };
        if change.lane >= LANES {
            return Err(Broken("it has no such lane"));
        }
        let mut deps = Vec::with_capacity(header.links.len());
        for link in &header.links {
            let place = self.node(link).and_then(|node| node.place);
            deps.push(place.ok_or(Broken("it builds on a fact"))?);
        }
        let name = (*journal, change.lane);
        let actor_id = self.actor_id(&at.journal, name);
        let others: Vec<Option<u32>> =
            change.others.iter().map(|other| self.ground.actor(self.actor_name(&other.journal, other.lane)?)).collect();
        let claim = Claim {
            node: node as u32,
            name,
            actor_id,
            others: &others,
            body: &change.body,
            deps,
            creates: *at == self.id,
            may_stand_alone: creation.header.kind.form == Form::Fact,
            before: self.lane_before(name, at.seq),
        };
        let judged = guard::judge(&self.ground, claim, |node| self.body(node))?;
        // Borrowed apart from the nodes.
        let ground = &mut self.ground;
        let place = ground.accept(judged, &change.body, name, actor_id);
        self.nodes[node].place = Some(place);
        Ok(())
    }

    pub(crate) fn actor_id(&self, journal: &JournalId, name: LaneName) -> [u8; 16] {
        match self.ground.actor(name) {
            Some(actor) => self.ground.actor_id(actor),
            None => Actor { journal: journal.clone(), lane: name.1 }.id(),
        }
    }
}
