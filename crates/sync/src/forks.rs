//! Contradictions: two points of one journal that cannot both be. Each side shows the other its signed entries, whoever
//! can makes the proof, and the journal is frozen. Also where journals stand under the charter: frozen, cut, rewound.

use charter::Standing;
use identity::{EntryHash, JournalId, Point};
use journal::{ForkProof, VerifiedRun};

use crate::{
    Durable, Event, IncarnationLost, LoadPart, Output, Replica, RequestId, SessionId,
    replica::{Pending, Purpose},
    session::{Kind, Stage},
    wire::{Blob, Message, NOTHING},
};

/// How many contradictions of one session are looked into at a time.
const EVIDENCE_MAX: usize = 4;

impl Replica {
    /// The peer's point of a journal contradicts ours at its number.
    pub(crate) fn conflict(&mut self, id: SessionId, journal: &JournalId, theirs: Point) {
        if journal.node == self.me {
            self.lost_own(IncarnationLost::OtherChain { journal: journal.clone(), point: theirs }, theirs);
        }
        if self.send_fork(id, journal) {
            return;
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.ahead.remove(journal);
        if !self.forks.contains_key(journal) && session.contested.insert(journal.clone()) {
            self.send(id, &Message::Contest(journal.clone(), theirs.seq));
        }
    }

    /// Shows the proof that we have, if the peer has none; whether we have one.
    fn send_fork(&mut self, id: SessionId, journal: &JournalId) -> bool {
        let Some(proof) = self.forks.get(journal) else { return false };
        let bytes = proof.encode().unwrap_or_default();
        if let Some(session) = self.sessions.get_mut(&id)
            && session.forks_known.insert(journal.clone())
        {
            self.send(id, &Message::Fork(Blob(bytes)));
        }
        true
    }

    /// Shows every proof of one scope.
    pub(crate) fn send_forks_of(&mut self, id: SessionId, scope: &identity::ScopeName) {
        let journals: Vec<JournalId> = self.forks.keys().filter(|journal| journal.scope == *scope).cloned().collect();
        for journal in journals {
            self.send_fork(id, &journal);
        }
    }

    /// A run that came contradicts what we hold.
    pub(crate) fn contradicted(&mut self, id: SessionId, run: VerifiedRun) {
        let journal = run.journal().clone();
        let ours = self.holdings.received(&journal);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.ahead.remove(&journal);
            session.refused.insert(journal.clone());
            session.asked.remove(&journal);
        }
        if self.asked.get(&journal) == Some(&id) {
            self.asked.remove(&journal);
        }
        if self.may_be_given_up(&journal, ours) {
            return self.rewind(&journal);
        }
        if journal.node == self.me {
            let point = run.last();
            self.lost_own(IncarnationLost::OtherChain { journal: journal.clone(), point }, point);
        }
        if !self.send_fork(id, &journal) {
            self.prove(run);
        }
    }

    /// Whether what ends at `end` may be the beginning of a branch that is given up: the fork is proven, and the cut-off
    /// lies beyond.
    pub(crate) fn may_be_given_up(&self, journal: &JournalId, end: Point) -> bool {
        let below = matches!(self.charter.standing(journal), Standing::CutOff(Some(cut)) if end.seq < cut.seq);
        below && self.forks.contains_key(journal)
    }

    fn prove(&mut self, against: VerifiedRun) {
        let request = RequestId(self.number());
        self.requests.insert(request, Purpose::Prove);
        self.output(Output::Prove { request, against: Box::new(against) });
    }

    pub(crate) fn on_contest(&mut self, id: SessionId, journal: JournalId, seq: u64) {
        let running = self.requests.values().filter(|purpose| matches!(purpose, Purpose::Evidence(of) if *of == id));
        let under_way = running.count() + self.sessions.get(&id).map_or(0, |session| session.bulk.len());
        let held = self.holdings.durable(&journal);
        if under_way >= EVIDENCE_MAX || seq == 0 || held.seq < seq || !self.shares(id, &journal.scope) {
            return;
        }
        if self.send_fork(id, &journal) {
            return;
        }
        let request = RequestId(self.number());
        self.requests.insert(request, Purpose::Evidence(id));
        let parts = vec![LoadPart { journal, after: seq - 1, until: seq }];
        self.output(Output::Load { request, parts, bytes_max: 1 });
    }

    pub(crate) fn on_evidence(&mut self, id: SessionId, runs: Vec<VerifiedRun>) {
        for run in runs.into_iter().take(1) {
            let contested = self.sessions.get(&id).is_some_and(|session| session.contested.contains(run.journal()));
            if contested && self.shares(id, &run.journal().scope.clone()) {
                self.prove(run);
            }
        }
    }

    /// A proof was made here or came from a peer: keep the one that all keep.
    pub(crate) fn adopt_fork(&mut self, proof: Box<ForkProof>, from: Option<SessionId>) {
        let journal = proof.journal().clone();
        if let Some(id) = from {
            if !self.shares(id, &journal.scope) {
                return;
            }
            if let Some(session) = self.sessions.get_mut(&id) {
                session.forks_known.insert(journal.clone());
            }
        }
        if self.charter.standing(&journal) == Standing::Unknown {
            return;
        }
        let known = self.forks.get(&journal);
        let kept = known.map_or_else(|| (*proof).clone(), |known| known.clone().merge((*proof).clone()));
        if known == Some(&kept) {
            return;
        }
        if journal.node == self.me {
            let point = kept.points()[0];
            self.lost_own(IncarnationLost::OtherChain { journal: journal.clone(), point }, point);
        }
        let held = self.holdings.entry(&journal);
        held.forked = true;
        let at = *held.freeze.get_or_insert(held.received);
        let items = vec![Durable::Fork(Box::new(kept.clone())), Durable::Freeze(journal, Some(at))];
        self.persist(items, Pending { forks: vec![(Box::new(kept), from)], ..Pending::default() });
    }

    pub(crate) fn on_fork_durable(&mut self, proof: ForkProof, from: Option<SessionId>) {
        let journal = proof.journal().clone();
        let at = self.holdings.entry(&journal).freeze.unwrap_or(NOTHING);
        let news = self.forks.insert(journal.clone(), proof).is_none();
        if news {
            self.event(Event::Fork { journal: journal.clone() });
            self.event(Event::Frozen { journal: journal.clone(), at });
        }
        for id in self.admitted_sessions() {
            let open = self.sessions.get(&id).is_some_and(|session| session.stage == Stage::Open);
            if open && Some(id) != from && self.shares(id, &journal.scope) {
                self.send_fork(id, &journal);
            }
        }
        self.check_cut(&journal);
        // Who was refused over this may be asked again: what is to be given up can be told now.
        for id in self.admitted_sessions() {
            if self.sessions.get_mut(&id).is_some_and(|session| session.refused.remove(&journal)) {
                self.evaluate(id, &journal);
            }
        }
        self.touch_all();
    }

    /// Freezes, thaws and cuts what the charter says.
    pub(crate) fn apply_standings(&mut self) {
        let journals: Vec<JournalId> = self.holdings.iter().map(|(journal, _)| journal).collect();
        let mut items = Vec::new();
        for journal in &journals {
            let standing = self.charter.standing(journal);
            let Some(held) = self.holdings.get(journal) else { continue };
            match standing {
                Standing::Frozen(_) if held.freeze.is_none() => {
                    let at = held.received;
                    if let Some(held) = self.holdings.get_mut(journal) {
                        held.freeze = Some(at);
                    }
                    items.push(Durable::Freeze(journal.clone(), Some(at)));
                    self.event(Event::Frozen { journal: journal.clone(), at });
                }
                Standing::Open | Standing::NoRight if held.freeze.is_some() && !held.forked => {
                    if let Some(held) = self.holdings.get_mut(journal) {
                        held.freeze = None;
                    }
                    items.push(Durable::Freeze(journal.clone(), None));
                }
                Standing::CutOff(_) => self.check_cut(journal),
                Standing::Unknown | Standing::NoRight | Standing::Open | Standing::Frozen(_) => {}
            }
        }
        if !items.is_empty() {
            self.persist(items, Pending::default());
        }
    }

    /// Whether a cut-off's point is on our chain: then nothing above it counts, otherwise the other branch is fetched.
    pub(crate) fn check_cut(&mut self, journal: &JournalId) {
        let standing = self.charter.standing(journal);
        let Some(held) = self.holdings.get_mut(journal) else { return };
        let Standing::CutOff(Some(cut)) = standing else {
            held.clip = None;
            return;
        };
        if held.clip == Some(cut) {
            return;
        }
        held.clip = None;
        if held.durable.seq < cut.seq {
            return;
        }
        if held.durable.seq == cut.seq {
            let hash = held.durable.hash;
            return self.cut_found(journal, cut, hash);
        }
        let asked = |purpose: &Purpose| matches!(purpose, Purpose::Cut(of, at) if of == journal && *at == cut);
        if !self.requests.values().any(asked) {
            let request = RequestId(self.number());
            self.requests.insert(request, Purpose::Cut(journal.clone(), cut));
            self.output(Output::Locate { request, journal: journal.clone(), seq: cut.seq });
        }
    }

    pub(crate) fn on_located(&mut self, request: RequestId, hash: Option<EntryHash>) {
        match (self.requests.remove(&request), hash) {
            (Some(Purpose::OwnPoint(journal, point)), Some(hash)) if hash != point.hash => {
                self.own_point_differs(&journal, point);
            }
            (Some(Purpose::Cut(journal, cut)), Some(hash)) => self.cut_found(&journal, cut, hash),
            _ => {}
        }
    }

    fn cut_found(&mut self, journal: &JournalId, cut: Point, hash: EntryHash) {
        if self.charter.standing(journal) != Standing::CutOff(Some(cut)) {
            return;
        }
        if hash == cut.hash {
            if let Some(held) = self.holdings.get_mut(journal) {
                held.clip = Some(cut);
                if held.forked && cut.seq < held.received.seq {
                    self.receipts_due.insert(journal.scope.clone(), self.now);
                }
            }
        } else {
            self.rewind(journal);
        }
    }

    /// Gives up a branch: the journal is fetched anew along the one that the cut-off names. Where the branches part is
    /// not known here, so all of it is set aside; it is one node's entries of one scope, and it is rare.
    pub(crate) fn rewind(&mut self, journal: &JournalId) {
        let Some(held) = self.holdings.get_mut(journal) else { return };
        let before = held.durable;
        (held.received, held.durable, held.tail, held.clip) = (NOTHING, NOTHING, None, None);
        self.own_points.remove(journal);
        for session in self.sessions.values_mut().filter(|session| session.kind == Kind::Node) {
            session.moved_here(journal, before);
            session.refused.remove(journal);
        }
        self.persist(vec![Durable::Rewind(journal.clone(), NOTHING)], Pending::default());
        self.event(Event::Rewound { journal: journal.clone(), to: NOTHING });
        self.receipts_due.insert(journal.scope.clone(), self.now);
        for id in self.admitted_sessions() {
            self.evaluate(id, journal);
        }
        self.touch_all();
    }
}
