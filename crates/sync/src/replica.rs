//! The replica: one node's state, what it waits for, and the one way in and out.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use charter::{Audience, Charter, CheckedStatement, Folds, StatementSet};
use identity::{
    Coordinate, Incarnation, JournalId, NetworkId, NodeKey, NodeSecret, Point, ScopeName, StatementHash, broken,
};
use journal::ForkProof;

use crate::{
    BeaconBook, CloseCode, Config, Counters, Durable, Event, Input, KnownReceipt, Output, PeerState, PeerStatus,
    Reason, ReceiptBook, Recovered, RequestId, SessionId, Token,
    holdings::Holdings,
    session::{Bulk, Kind, Session, Stage},
    wire::{self, Fingerprint, Message},
};

/// How long statements may come in before the charter is folded although more are on their way.
const FOLD_DELAY: Duration = Duration::from_millis(250);

/// How long after a failure statements are tried again.
const PERSIST_AGAIN: Duration = Duration::from_secs(5);

/// Why something was read.
#[derive(Debug)]
pub(crate) enum Purpose {
    /// To answer wants.
    Serve(SessionId),
    /// To show our side of a contradiction.
    Evidence(SessionId),
    /// To see whether the point that a peer holds of an own journal is on our chain.
    OwnPoint(JournalId, Point),
    /// To see whether a cut-off's point is on our chain.
    Cut(JournalId, Point),
    /// To prove a fork.
    Prove,
    /// To see whether bytes are what they say.
    Check(SessionId),
    /// To see why a peer said goodbye.
    Farewell,
}

/// What waits for the disk.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) runs: Vec<(JournalId, Point)>,
    pub(crate) statements: Vec<(CheckedStatement, Option<SessionId>)>,
    pub(crate) receipts: Vec<(KnownReceipt, Option<SessionId>)>,
    pub(crate) beacons: Vec<(NodeKey, Option<SessionId>)>,
    pub(crate) forks: Vec<(Box<ForkProof>, Option<SessionId>)>,
    pub(crate) credits: Vec<(SessionId, usize)>,
}

/// One node's replica. See the crate's contract.
#[derive(Debug)]
pub struct Replica {
    pub(crate) me: NodeKey,
    pub(crate) secret: NodeSecret,
    pub(crate) network: NetworkId,
    pub(crate) config: Config,
    pub(crate) statements: StatementSet,
    pub(crate) charter: Arc<Charter>,
    pub(crate) folds: Folds,
    /// The fingerprint of the statements for all.
    pub(crate) everyone: Fingerprint,
    /// The statements of each scope.
    pub(crate) orders: BTreeMap<ScopeName, BTreeSet<StatementHash>>,
    /// Since when statements wait to be folded, and which are new, with the session that they came from.
    pub(crate) unfolded: Option<Instant>,
    pub(crate) fresh: Vec<(StatementHash, Option<SessionId>)>,
    pub(crate) asked_statements: BTreeMap<StatementHash, SessionId>,
    /// Statements that the disk would not take, and when to try again.
    pub(crate) homeless: Vec<(CheckedStatement, Option<SessionId>)>,
    pub(crate) homeless_at: Option<Instant>,
    /// How many statements wait for the disk.
    pub(crate) statements_pending: usize,
    pub(crate) holdings: Holdings,
    pub(crate) receipts: ReceiptBook,
    pub(crate) receipt_number: u64,
    /// Scopes over which a receipt is to be signed, and when at the latest.
    pub(crate) receipts_due: BTreeMap<ScopeName, Instant>,
    pub(crate) beacons: BeaconBook,
    pub(crate) forks: BTreeMap<JournalId, ForkProof>,
    pub(crate) erased_successors: BTreeSet<Coordinate>,
    pub(crate) news_of_erasure: bool,
    /// Under which incarnation this node writes, once that is known.
    pub(crate) incarnation: Option<Incarnation>,
    /// Own journals' points of late, to answer for receipts and peers' points without the disk.
    pub(crate) own_points: BTreeMap<JournalId, VecDeque<Point>>,
    /// What has been said about lost own entries, so that it is said once.
    pub(crate) told_lost: BTreeSet<(JournalId, Point)>,
    /// Own journals of which entries are being fetched back, and up to where.
    pub(crate) recovering: BTreeMap<JournalId, u64>,
    pub(crate) sessions: BTreeMap<SessionId, Session>,
    /// Which session each wanted journal was asked from.
    pub(crate) asked: BTreeMap<JournalId, SessionId>,
    /// Journals whose author is connected and about to send what a third node told of, and until when we wait for it.
    pub(crate) grace: BTreeMap<JournalId, Instant>,
    pub(crate) held_back: BTreeSet<JournalId>,
    pub(crate) disk_full: bool,
    pub(crate) counters: Counters,
    pub(crate) pending: BTreeMap<Token, Pending>,
    pub(crate) requests: BTreeMap<RequestId, Purpose>,
    pub(crate) next: u64,
    pub(crate) touched: BTreeSet<SessionId>,
    pub(crate) now: Instant,
    pub(crate) started: Instant,
    pub(crate) clock: (Instant, i64),
    random: u64,
    outputs: VecDeque<Output>,
}

impl Replica {
    /// The replica of a node as it was found on disk.
    pub fn new(recovered: Recovered, now: Instant) -> Self {
        let Recovered {
            secret,
            network,
            statements,
            journals,
            receipts,
            beacons,
            forks,
            freezes,
            seed,
            clock_ms,
            config,
            folds,
        } = recovered;
        let mut random = [0; 8];
        random.copy_from_slice(&seed[..8]);
        let mut replica = Self {
            me: secret.node_key(),
            secret,
            network,
            config,
            charter: folds.fold(&statements, network),
            folds,
            statements,
            everyone: Fingerprint::default(),
            orders: BTreeMap::new(),
            unfolded: None,
            fresh: Vec::new(),
            asked_statements: BTreeMap::new(),
            homeless: Vec::new(),
            homeless_at: None,
            statements_pending: 0,
            holdings: Holdings::default(),
            receipts: ReceiptBook::default(),
            receipt_number: 0,
            receipts_due: BTreeMap::new(),
            beacons: BeaconBook::default(),
            forks: BTreeMap::new(),
            erased_successors: BTreeSet::new(),
            news_of_erasure: false,
            incarnation: None,
            own_points: BTreeMap::new(),
            told_lost: BTreeSet::new(),
            recovering: BTreeMap::new(),
            sessions: BTreeMap::new(),
            asked: BTreeMap::new(),
            grace: BTreeMap::new(),
            held_back: BTreeSet::new(),
            disk_full: false,
            counters: Counters::default(),
            pending: BTreeMap::new(),
            requests: BTreeMap::new(),
            next: 0,
            touched: BTreeSet::new(),
            now,
            started: now,
            clock: (now, clock_ms),
            random: u64::from_le_bytes(random),
            outputs: VecDeque::new(),
        };
        for (id, point) in journals {
            let journal = replica.holdings.entry(&id);
            (journal.received, journal.durable) = (point, point);
            replica.remember_own(&id, point);
        }
        for (id, point) in freezes {
            replica.holdings.entry(&id).freeze = Some(point);
        }
        for proof in forks {
            replica.holdings.entry(proof.journal()).forked = true;
            replica.forks.insert(proof.journal().clone(), proof);
        }
        for known in receipts.into_iter().filter_map(KnownReceipt::trust) {
            replica.receipts.insert(known);
        }
        for signed in beacons {
            replica.beacons.insert(signed, true);
        }
        replica.receipt_number = replica.receipts.number_max(replica.me);
        replica.index_statements();
        replica.apply_standings();
        replica.check_own_receipts();
        replica
    }

    /// Takes one input. Afterwards call [`Replica::poll_output`] until it gives a timeout.
    pub fn handle(&mut self, input: Input, now: Instant) {
        self.now = self.now.max(now);
        match input {
            Input::Connected { session, peer, initiator } => self.on_connected(session, peer, initiator),
            Input::Received { session, message } => self.on_received(session, message),
            Input::Lost { session } => self.on_lost(session),
            Input::Drained { session, bytes } => {
                if let Some(s) = self.sessions.get_mut(&session) {
                    s.in_flight = s.in_flight.saturating_sub(bytes);
                    self.touched.insert(session);
                }
            }
            Input::Checked { request, found } => self.on_checked(request, found),
            Input::Persisted { token } => self.on_persisted(token),
            Input::NotPersisted { token } => self.on_not_persisted(token),
            Input::RoomAgain => {
                self.disk_full = false;
                self.take_up_again();
            }
            Input::Loaded { request, packs } => self.on_loaded(request, packs),
            Input::Located { request, hash } => self.on_located(request, hash),
            Input::Proved { request, proof } => {
                if let (Some(Purpose::Prove), Some(proof)) = (self.requests.remove(&request), proof) {
                    self.adopt_fork(proof, None);
                }
            }
            Input::Written { pack } => self.on_written(&pack),
            Input::Incarnation(incarnation) => {
                self.incarnation = Some(incarnation);
                self.take_up_again();
            }
            Input::Statement(checked) => self.adopt_statements(vec![(checked, None)]),
            Input::ErasedSuccessors(documents) => self.adopt_successors(documents),
            Input::Report(beacon) => self.report(beacon),
            Input::Clock(unix_ms) => self.clock = (self.now, unix_ms),
            Input::Export { session, office, scopes, known } => self.start_export(session, office, &scopes, known),
            Input::Import { session, from } => self.start_import(session, from),
            Input::Timeout => {}
        }
        self.on_time();
        self.pump();
    }

    /// The next thing to do. [`Output::Timeout`] says that there is nothing more before that moment or the next input.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Timeout(self.next_timeout()))
    }

    /// The charter as folded from the statements that are durable.
    pub fn charter(&self) -> &Arc<Charter> {
        &self.charter
    }

    /// The statements that are durable.
    pub fn statements(&self) -> &StatementSet {
        &self.statements
    }

    /// The newest receipt of every holder and scope.
    pub fn receipts(&self) -> &ReceiptBook {
        &self.receipts
    }

    /// The newest beacon of every node.
    pub fn beacons(&self) -> &BeaconBook {
        &self.beacons
    }

    /// The proofs of forks.
    pub fn forks(&self) -> impl Iterator<Item = &ForkProof> {
        self.forks.values()
    }

    /// Every journal held, with the point up to which it is durable.
    pub fn held(&self) -> impl Iterator<Item = (JournalId, Point)> {
        self.holdings.iter().filter(|(_, journal)| journal.durable.seq > 0).map(|(id, journal)| (id, journal.durable))
    }

    /// The points of one scope.
    pub fn held_in(&self, scope: &ScopeName) -> impl Iterator<Item = (JournalId, Point)> {
        let held = self.holdings.of_scope(scope).filter(|(_, journal)| journal.durable.seq > 0);
        held.map(|(id, journal)| (id.in_scope(scope), journal.durable))
    }

    /// Every scope that something is held of.
    pub fn scopes(&self) -> impl Iterator<Item = &ScopeName> {
        self.holdings.scopes()
    }

    /// The held fingerprint of one scope: equal at two nodes when there is nothing to exchange.
    pub fn held_fingerprint(&mut self, scope: &ScopeName) -> Fingerprint {
        let statements = self.orders_fingerprint(scope);
        self.holdings.fingerprint(scope, &self.charter, statements)
    }

    /// What happened since the start.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The sessions, for status pages.
    pub fn peers(&self) -> Vec<PeerStatus> {
        let status = |s: &Session| PeerStatus {
            session: s.id,
            node: s.peer,
            office: self.charter.node(&s.peer).map(|node| node.office),
            state: s.state(),
            behind: s.ahead.len(),
        };
        self.sessions.values().filter(|s| s.kind == Kind::Node).map(status).collect()
    }

    // What the other parts of the replica share.

    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn random(&mut self) -> u64 {
        // splitmix64: good enough to spread timers.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// This duration, give or take a quarter.
    pub(crate) fn jittered(&mut self, duration: Duration) -> Duration {
        duration * 3 / 4 + duration.mul_f64((self.random() % 1024) as f64 / 2048.0)
    }

    pub(crate) fn clock_ms(&self) -> i64 {
        let (at, unix_ms) = self.clock;
        let since = i64::try_from(self.now.saturating_duration_since(at).as_millis()).unwrap_or(i64::MAX);
        unix_ms.saturating_add(since)
    }

    pub(crate) fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    pub(crate) fn send(&mut self, id: SessionId, message: &Message) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.kind == Kind::Import {
            return;
        }
        for frame in wire::encode(message) {
            session.in_flight += frame.len();
            self.outputs.push_back(Output::Send { session: id, frame });
        }
        self.touched.insert(id);
    }

    /// Sends pages of these scopes once there is room: what is said meanwhile goes first.
    pub(crate) fn send_later(&mut self, id: SessionId, scopes: BTreeSet<ScopeName>, message: &Message) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.bulk.push_back(Bulk { scopes, frames: wire::encode(message).into(), begun: false });
            self.touched.insert(id);
        }
    }

    /// Lets go of frames of pages as far as the connection has room.
    pub(crate) fn pump_bulk(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        while session.in_flight < self.config.in_flight_bytes_max
            && let Some(bulk) = session.bulk.front_mut()
        {
            match bulk.frames.pop_front() {
                Some(frame) => {
                    bulk.begun = true;
                    session.in_flight += frame.len();
                    self.outputs.push_back(Output::Send { session: id, frame });
                }
                None => drop(session.bulk.pop_front()),
            }
        }
        // So that one that is out whole is not taken for one that was begun.
        if session.bulk.front().is_some_and(|bulk| bulk.frames.is_empty()) {
            session.bulk.pop_front();
        }
    }

    pub(crate) fn persist(&mut self, items: Vec<Durable>, pending: Pending) {
        let token = Token(self.number());
        self.pending.insert(token, pending);
        self.output(Output::Persist { token, items });
    }

    pub(crate) fn touch_all(&mut self) {
        self.touched.extend(self.sessions.keys().copied());
    }

    /// Whether this session's peer and this node may both read a scope.
    pub(crate) fn shares(&mut self, id: SessionId, scope: &ScopeName) -> bool {
        let Some(session) = self.sessions.get_mut(&id) else { return false };
        if let Some(known) = session.may.get(scope) {
            return *known;
        }
        let theirs = match session.kind {
            Kind::Node | Kind::Import => self.charter.may_read(&session.peer, scope),
            Kind::Export(office) => self.charter.office_may_read(&office, scope),
        };
        let may = theirs && self.charter.may_read(&self.me, scope);
        session.may.insert(scope.clone(), may);
        may
    }

    /// The sessions that speak with a node whose admission is known.
    pub(crate) fn admitted_sessions(&self) -> Vec<SessionId> {
        let admitted = |s: &&Session| s.kind == Kind::Node && s.stage >= Stage::Statements;
        self.sessions.values().filter(admitted).map(|s| s.id).collect()
    }

    /// Closes a session because of what its peer did.
    pub(crate) fn close(&mut self, id: SessionId, code: CloseCode) {
        let Some((peer, was_in)) = self.sessions.get(&id).map(|s| (s.peer, s.stage >= Stage::Statements)) else {
            return;
        };
        let why = if code == CloseCode::NotAdmitted { self.removals(&peer) } else { Vec::new() };
        self.send(id, &Message::Bye(code as u16, why));
        self.output(Output::Close { session: id, code });
        match code {
            CloseCode::Protocol | CloseCode::BadContent | CloseCode::TooMuch => {
                self.event(Event::Misbehaved { peer, code });
            }
            CloseCode::OtherNetwork
            | CloseCode::Version
            | CloseCode::NotAdmitted
            | CloseCode::Timeout
            | CloseCode::Myself => self.event(Event::TurnedAway { peer, code, was_in }),
            CloseCode::Done | CloseCode::Replaced => {}
        }
        self.forget_session(id);
    }

    pub(crate) fn forget_session(&mut self, id: SessionId) {
        let Some(session) = self.sessions.remove(&id) else { return };
        self.asked.retain(|_, asked| *asked != id);
        self.asked_statements.retain(|_, asked| *asked != id);
        self.requests.retain(|_, purpose| match purpose {
            Purpose::Serve(of) | Purpose::Evidence(of) | Purpose::Check(of) => *of != id,
            Purpose::OwnPoint(..) | Purpose::Cut(..) | Purpose::Prove | Purpose::Farewell => true,
        });
        if session.shown.is_some() {
            self.event(Event::Peer { session: id, peer: session.peer, state: PeerState::Gone });
        }
        // What it owed us is asked elsewhere.
        self.touch_all();
    }

    fn on_received(&mut self, id: SessionId, message: Message) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.heard = self.now;
        self.touched.insert(id);
        match session.kind {
            Kind::Node => self.on_message(id, message),
            Kind::Import => session.inbox.push_back(message),
            Kind::Export(_) => {}
        }
    }

    pub(crate) fn on_message(&mut self, id: SessionId, message: Message) {
        let Some(stage) = self.sessions.get(&id).map(|s| s.stage) else { return };
        match message {
            Message::Hello(hello) => self.on_hello(id, &hello),
            Message::Bye(code, why) => {
                self.hear_why(why);
                let code = CloseCode::from_number(code).unwrap_or(CloseCode::Done);
                self.output(Output::Close { session: id, code });
                self.forget_session(id);
            }
            _ if stage == Stage::Greeting => self.close(id, CloseCode::Protocol),
            Message::Proof(list) => self.on_proof(id, list),
            // Where neither knew the other, whoever is convinced first tells its fingerprints, once: they are kept until
            // the other is, too.
            Message::Summary(summary) => self.on_summary(id, summary),
            // A peer whose key we do not know may well know ours and go ahead; it will hear from us once it is known.
            _ if stage == Stage::Proving => {}
            Message::Buckets(set, theirs) => self.on_buckets(id, set, &theirs),
            Message::Hashes(set, buckets, theirs) => self.on_hashes(id, set, &buckets, theirs),
            Message::Offer(hashes) => self.on_offer(id, hashes),
            Message::Ask(hashes) => self.on_ask(id, &hashes),
            Message::Statements(list) => self.on_statements(id, list),
            Message::StatementsEnd => self.on_statements_end(id),
            Message::ScopeBuckets(theirs) => self.on_scope_buckets(id, &theirs),
            Message::Scopes(scopes) => self.on_scopes(id, &scopes),
            Message::ScopesEnd => self.on_scopes_end(id),
            Message::Have(have) => self.on_have(id, have),
            Message::Want(wants) => self.on_wants(id, wants),
            Message::Pack(bytes) => self.on_pack(id, bytes.0, Vec::new()),
            Message::Push(journals, bytes) => self.on_push(id, journals, bytes.0),
            Message::Declined(journal, why) => self.on_declined(id, &journal, why),
            Message::Credit(bytes) => self.on_credit(id, bytes),
            Message::Receipts(list) => self.on_receipts(id, list),
            Message::ReceiptNumbers(scope, numbers) => self.on_receipt_numbers(id, &scope, &numbers),
            Message::Contest(journal, seq) => self.on_contest(id, journal, seq),
            Message::Evidence(bytes) => {
                self.check(id, crate::Unchecked::Pack(bytes.0), crate::session::CheckFor::Evidence)
            }
            Message::Fork(bytes) => self.check(id, crate::Unchecked::Fork(bytes.0), crate::session::CheckFor::Content),
            Message::Beacons(list) => self.on_beacons(id, list),
        }
    }

    fn index_statements(&mut self) {
        let fingerprint = self.statements.fingerprint(|audience| *audience == Audience::Everyone);
        self.everyone.0.copy_from_slice(&fingerprint[..16]);
        self.orders.clear();
        for checked in self.statements.iter() {
            if let Audience::Scope(scope) = Audience::of(checked.statement()) {
                self.orders.entry(scope).or_default().insert(checked.hash());
            }
        }
    }

    /// Folds the statements that became durable and lets everything follow that follows from them.
    pub(crate) fn fold(&mut self) {
        self.unfolded = None;
        self.index_statements();
        self.charter = if broken::is("charter depends on arrival order") {
            // What waited when it came is never looked at again.
            let mut in_time = StatementSet::new();
            let waited = |hash: StatementHash| matches!(self.charter.effect(&hash), Some(charter::Effect::Waiting(_)));
            let kept = self.statements.iter().filter(|said| !waited(said.hash()));
            for said in kept {
                in_time.insert_checked(said.clone());
            }
            self.folds.fold(&in_time, self.network)
        } else {
            self.folds.fold(&self.statements, self.network)
        };
        self.holdings.forget_fingerprints();
        self.event(Event::CharterChanged);
        self.apply_standings();
        self.after_charter();
    }

    pub(crate) fn fold_if_due(&mut self) {
        if let Some(since) = self.unfolded
            && (self.asked_statements.is_empty() || self.now >= since + FOLD_DELAY)
        {
            self.fold();
        }
    }

    fn on_time(&mut self) {
        let now = self.now;
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        self.fold_if_due();
        if due(self.homeless_at) {
            self.homeless_at = None;
            let homeless = std::mem::take(&mut self.homeless);
            self.take_statements(homeless);
        }
        self.release_held_back();
        self.end_grace();
        self.receipts_on_time();
        for id in self.sessions.keys().copied().collect::<Vec<_>>() {
            self.session_on_time(id);
        }
    }

    pub(crate) fn persist_again(&mut self) {
        self.homeless_at = Some(self.now + PERSIST_AGAIN);
    }

    fn next_timeout(&mut self) -> Option<(Instant, Reason)> {
        let mut next: Option<(Instant, Reason)> = None;
        let mut propose = |at: Option<Instant>, reason| {
            if let Some(at) = at
                && next.is_none_or(|(known, _)| at < known)
            {
                next = Some((at, reason));
            }
        };
        propose(self.unfolded.map(|since| since + FOLD_DELAY), Reason::Fold);
        propose(self.homeless_at, Reason::Persist);
        propose(self.grace.values().min().copied(), Reason::Grace);
        propose(self.receipts_due.values().min().copied(), Reason::Receipt);
        propose((!self.held_back.is_empty()).then(|| self.next_day()), Reason::Intake);
        for session in self.sessions.values() {
            if session.kind != Kind::Node {
                continue;
            }
            match session.stage {
                Stage::Greeting | Stage::Proving => {
                    propose(Some(session.opened + self.config.proof_timeout), Reason::Proof);
                }
                Stage::Statements | Stage::Open => {
                    let owed = !session.asked.is_empty() || !session.asked_statements.is_empty();
                    propose(owed.then(|| session.heard + self.config.answer_timeout), Reason::Answer);
                    propose(session.receipts_at, Reason::Gossip);
                    propose(Some(session.compare_at), Reason::Compare);
                }
            }
        }
        next
    }
}
