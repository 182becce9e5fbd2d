//! One connection to one peer: how far it is, what the peer is known to hold, and what is on its way.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Instant,
};

use identity::{JournalId, NodeKey, OfficeId, Point, ScopeName, StatementHash};

use crate::{
    Found, PeerState, RequestId, SessionId,
    wire::{Fingerprint, Message, NOTHING, Set, ShortJournal, Summary},
};

/// What is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A node.
    Node,
    /// A file that is being written for this office: it hears and never answers.
    Export(OfficeId),
    /// A file that is being read: it speaks and never hears.
    Import,
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// The peer's Hello has not come.
    Greeting,
    /// The peer's key is unknown here; nothing is said to it before it has shown its admission.
    Proving,
    /// Statements are exchanged; the fingerprints of the rest do not compare yet.
    Statements,
    /// Points and entries are exchanged.
    Open,
}

/// What is known of the peer's points in one scope.
#[derive(Debug, Clone, Default)]
pub(crate) struct Link {
    /// A journal that `points` does not name stands at the peer where it stands here. Otherwise the peer has nothing.
    pub(crate) base_equal: bool,
    /// `base_equal` is a guess until the peer's answer comes.
    pub(crate) pending: bool,
    /// Points that are known one by one.
    pub(crate) points: BTreeMap<ShortJournal, Point>,
    /// Our whole list was sent in this round.
    pub(crate) have_sent: bool,
    /// What moved here after our list was sent and before the peer's came: the peer is to be told.
    pub(crate) moved: BTreeSet<ShortJournal>,
}

/// A want that is being met.
#[derive(Debug, Clone)]
pub(crate) struct Serve {
    pub(crate) journal: JournalId,
    pub(crate) after: Point,
    pub(crate) until: u64,
}

/// A message of pages that waits for room in the connection.
#[derive(Debug)]
pub(crate) struct Bulk {
    pub(crate) scopes: BTreeSet<ScopeName>,
    pub(crate) frames: VecDeque<Vec<u8>>,
    /// A part of it has been sent.
    pub(crate) begun: bool,
}

/// What checked bytes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckFor {
    /// To be kept.
    Content,
    /// To show that the peer is admitted.
    Proof,
    /// To be set against our own history.
    Evidence,
    /// Nothing: what was asked for and came before this is complete.
    StatementsEnd,
}

/// Bytes on their way through a worker.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) request: RequestId,
    pub(crate) bytes: usize,
    pub(crate) purpose: CheckFor,
    /// Journals that are not asked for elsewhere meanwhile.
    pub(crate) claims: Vec<JournalId>,
    pub(crate) found: Option<Found>,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) peer: NodeKey,
    pub(crate) initiator: bool,
    pub(crate) kind: Kind,
    pub(crate) opened: Instant,
    /// When the peer was last heard, or first asked after a silence: from here on it owes an answer.
    pub(crate) heard: Instant,
    pub(crate) stage: Stage,
    pub(crate) shown: Option<PeerState>,
    /// Whether the peer's Hello said that it admits us.
    pub(crate) admits_me: bool,
    /// Which scopes both may read, as looked up under the present charter.
    pub(crate) may: BTreeMap<ScopeName, bool>,
    /// The peer's newest summary and ours, as last told.
    pub(crate) theirs: Option<Summary>,
    pub(crate) told: Option<Summary>,
    /// The peer's summary has not been set against our holdings yet.
    pub(crate) theirs_fresh: bool,
    /// The set that is being made equal, at the side that called.
    pub(crate) reconciling: Option<Set>,
    /// The answer to our buckets has come.
    pub(crate) hashes_come: bool,
    /// Statements that the peer is known to hold, of those that moved in this session.
    pub(crate) statements_known: BTreeSet<StatementHash>,
    /// The fingerprints at the last try, ours and theirs: the same pair is not tried again.
    pub(crate) tried: BTreeMap<Set, (Fingerprint, Fingerprint)>,
    /// Statements that the peer holds and we lack.
    pub(crate) offered: BTreeSet<StatementHash>,
    /// Of those, what was asked for and is still to come.
    pub(crate) asked_statements: BTreeSet<StatementHash>,
    /// Statements to send, and where an answer to a request ends.
    pub(crate) statements_out: VecDeque<Option<StatementHash>>,
    /// Hashes of statements to tell of.
    pub(crate) offers_out: BTreeSet<StatementHash>,
    pub(crate) links: BTreeMap<ScopeName, Link>,
    /// A scope without a link stands at the peer as it stands here.
    pub(crate) all_equal: bool,
    /// Our list of scopes is out, its answer has not ended.
    pub(crate) comparing: bool,
    /// When quiet peers compare again.
    pub(crate) compare_at: Instant,
    /// Journals of which the peer holds more than we have received.
    pub(crate) ahead: BTreeSet<JournalId>,
    /// What was asked for, and up to which entry.
    pub(crate) asked: BTreeMap<JournalId, u64>,
    /// What the peer could not give; not asked again before the next comparison.
    pub(crate) refused: BTreeSet<JournalId>,
    pub(crate) serve: VecDeque<Serve>,
    pub(crate) loading: Option<RequestId>,
    /// Pages, held back so that statements and points overtake them.
    pub(crate) bulk: VecDeque<Bulk>,
    /// Bytes handed to the connection that have not left.
    pub(crate) in_flight: usize,
    /// How many bytes of packs we may still send, how many the peer may, and how many of the latter are used up.
    pub(crate) credit: i64,
    pub(crate) credit_given: i64,
    pub(crate) credit_due: usize,
    /// Journals whose new point is to be told.
    pub(crate) dirty: BTreeSet<JournalId>,
    /// Receipts to send at once, and those that may wait for company.
    pub(crate) receipts_out: BTreeSet<(ScopeName, NodeKey)>,
    pub(crate) receipts_lazy: BTreeSet<(ScopeName, NodeKey)>,
    pub(crate) receipts_at: Option<Instant>,
    /// The newest receipt that the peer is known to have.
    pub(crate) receipts_known: BTreeMap<(ScopeName, NodeKey), (u64, u64)>,
    /// Scopes of which our receipt numbers were sent in this round.
    pub(crate) numbers_sent: BTreeSet<ScopeName>,
    pub(crate) beacons_out: BTreeSet<NodeKey>,
    /// The number of our newest report that the peer had when it said Hello.
    pub(crate) beacon_known: u64,
    /// Answers of workers are taken in the order of the questions.
    pub(crate) checks: VecDeque<Check>,
    /// Journals over which our word was set against the peer's.
    pub(crate) contested: BTreeSet<JournalId>,
    /// Proofs of forks that the peer has.
    pub(crate) forks_known: BTreeSet<JournalId>,
    /// What a file still says: taken one by one, each after what came before has had its effect.
    pub(crate) inbox: VecDeque<Message>,
    /// The end of a file has come: close when everything is out, or in.
    pub(crate) finishing: bool,
}

impl Session {
    pub(crate) fn new(id: SessionId, peer: NodeKey, initiator: bool, kind: Kind, now: Instant, window: usize) -> Self {
        let window = i64::try_from(window).unwrap_or(i64::MAX);
        Self {
            id,
            peer,
            initiator,
            kind,
            opened: now,
            heard: now,
            stage: Stage::Greeting,
            shown: None,
            admits_me: false,
            may: BTreeMap::new(),
            theirs: None,
            told: None,
            theirs_fresh: false,
            reconciling: None,
            hashes_come: false,
            statements_known: BTreeSet::new(),
            tried: BTreeMap::new(),
            offered: BTreeSet::new(),
            asked_statements: BTreeSet::new(),
            statements_out: VecDeque::new(),
            offers_out: BTreeSet::new(),
            links: BTreeMap::new(),
            all_equal: false,
            comparing: false,
            compare_at: now,
            ahead: BTreeSet::new(),
            asked: BTreeMap::new(),
            refused: BTreeSet::new(),
            serve: VecDeque::new(),
            loading: None,
            bulk: VecDeque::new(),
            in_flight: 0,
            credit: window,
            credit_given: window,
            credit_due: 0,
            dirty: BTreeSet::new(),
            receipts_out: BTreeSet::new(),
            receipts_lazy: BTreeSet::new(),
            receipts_at: None,
            receipts_known: BTreeMap::new(),
            numbers_sent: BTreeSet::new(),
            beacons_out: BTreeSet::new(),
            beacon_known: 0,
            checks: VecDeque::new(),
            contested: BTreeSet::new(),
            forks_known: BTreeSet::new(),
            inbox: VecDeque::new(),
            finishing: false,
        }
    }

    /// The peer's point of a journal that stands here at `ours`; `None` while the scope was not compared.
    pub(crate) fn known(&self, journal: &JournalId, ours: Point) -> Option<Point> {
        match self.links.get(&journal.scope) {
            Some(Link { pending: true, .. }) => None,
            Some(link) => match link.points.get(&journal.into()) {
                Some(point) => Some(*point),
                None if link.base_equal => Some(ours),
                None => Some(NOTHING),
            },
            None => self.all_equal.then_some(ours),
        }
    }

    /// Whether the peer is to be told that a journal stands here at `ours`: it is known to hold less. Where the journal
    /// is cut off, it is told whatever else it holds: that may be more of a branch which both give up, and it waits for
    /// who has the other one.
    pub(crate) fn is_news(&self, journal: &JournalId, ours: Point, cut_off: bool) -> bool {
        self.known(journal, ours).is_some_and(|known| known.seq < ours.seq || cut_off && known != ours)
    }

    /// Notes the peer's point of a journal; also of a scope that was not compared yet, since it is told once only.
    pub(crate) fn note(&mut self, journal: &JournalId, point: Point) {
        let guessed = Link { base_equal: true, pending: !self.all_equal, ..Link::default() };
        let link = self.links.entry(journal.scope.clone()).or_insert(guessed);
        link.points.insert(journal.into(), point);
    }

    /// What was compared says too little now; what the peer told of single journals is still true.
    pub(crate) fn forget_comparison(&mut self) {
        self.all_equal = false;
        self.comparing = false;
        self.dirty.clear();
        for link in self.links.values_mut() {
            let points = std::mem::take(&mut link.points);
            *link = Link { base_equal: true, pending: true, points, ..Link::default() };
        }
    }

    /// The peer's fingerprints were ours: it held what stands here at `ours`. What it told of beyond that came after
    /// them, and stays.
    pub(crate) fn found_equal(&mut self, ours: impl Fn(&JournalId) -> Point) {
        self.all_equal = true;
        self.dirty.clear();
        self.links.retain(|scope, link| {
            link.points.retain(|short, theirs| theirs.seq > ours(&short.in_scope(scope)).seq);
            *link = Link { base_equal: true, points: std::mem::take(&mut link.points), ..Link::default() };
            !link.points.is_empty()
        });
    }

    /// A journal moves on here from `before`: what was equal no longer is.
    pub(crate) fn moved_here(&mut self, journal: &JournalId, before: Point) {
        if (self.all_equal || self.comparing) && !self.links.contains_key(&journal.scope) {
            let link = Link { base_equal: true, pending: !self.all_equal, ..Link::default() };
            self.links.insert(journal.scope.clone(), link);
        }
        if let Some(link) = self.links.get_mut(&journal.scope) {
            if link.base_equal {
                link.points.entry(journal.into()).or_insert(before);
            } else if link.pending {
                link.moved.insert(journal.into());
            }
        }
    }

    /// What status pages call this.
    pub(crate) fn state(&self) -> PeerState {
        match self.stage {
            Stage::Greeting => PeerState::Greeting,
            Stage::Proving => PeerState::Proving,
            Stage::Statements => PeerState::Statements,
            Stage::Open if self.comparing || !self.ahead.is_empty() || !self.serve.is_empty() => PeerState::Catching,
            Stage::Open => PeerState::Equal,
        }
    }
}
