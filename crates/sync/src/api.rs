//! Everything that can happen to a replica, and everything that it asks for.

use std::time::{Duration, Instant};

use charter::{CheckedStatement, Folds, Statement, StatementSet};
use identity::{
    Coordinate, EntryHash, Incarnation, JournalId, NetworkId, NodeKey, NodeSecret, OfficeId, Point, ScopeName, Signed,
};
use journal::{ForkProof, VerifiedRun};

use crate::{Beacon, Receipt, wire::Message};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);
    };
}

number!(
    /// One connection to one peer, named by the driver; never used twice.
    SessionId
);
number!(
    /// Something that was asked to be made durable, named by the replica.
    Token
);
number!(
    /// Something that was asked to be checked or read, named by the replica.
    RequestId
);

/// The node as it was found on disk.
#[derive(Debug)]
pub struct Recovered {
    /// The node's secret: signs receipts and beacons.
    pub secret: NodeSecret,
    /// The network that it belongs to; nothing is said to a node of another one.
    pub network: NetworkId,
    /// Every statement held.
    pub statements: StatementSet,
    /// Every journal held, with its last point.
    pub journals: Vec<(JournalId, Point)>,
    /// Every receipt held, the node's own among them.
    pub receipts: Vec<Signed<Receipt>>,
    /// Every beacon held.
    pub beacons: Vec<Signed<Beacon>>,
    /// Every proof of a fork.
    pub forks: Vec<ForkProof>,
    /// Where journals were frozen.
    pub freezes: Vec<(JournalId, Point)>,
    /// For everything that is drawn at random: jitter, which peer is asked first.
    pub seed: [u8; 32],
    /// The wall clock at the moment of `new`, in Unix milliseconds. Only shown, never used to order.
    pub clock_ms: i64,
    /// What the operator may set.
    pub config: Config,
    /// With whom it shares what it folds: in a node by itself, nobody.
    pub folds: Folds,
}

/// Bounds. The defaults hold everywhere; a small machine may lower them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How many bytes may have been handed to a connection and not have left it: what the next statement waits behind.
    pub in_flight_bytes_max: usize,
    /// How many bytes are read from the store for one answer.
    pub load_bytes_max: usize,
    /// How many journals are asked from one peer at a time.
    pub wants_max: usize,
    /// How many sessions one key may have; the oldest gives way.
    pub sessions_per_key_max: usize,
    /// How many sessions there may be.
    pub sessions_max: usize,
    /// How many entries of one journal are taken in one day; beyond it the journal waits for tomorrow (*Tertahan*).
    pub intake_per_journal_day: u64,
    /// How many journals one scope may have.
    pub journals_per_scope_max: usize,
    /// How long an unknown key has to show its admission.
    pub proof_timeout: Duration,
    /// How long a peer that owes us entries may be silent before they are asked elsewhere.
    pub answer_timeout: Duration,
    /// How many bytes of packs a peer may send ahead of what is durable here.
    pub window_bytes: usize,
    /// How long news from a third node wait for the author itself to send them, if it is connected.
    pub push_grace: Duration,
    /// How long a receipt waits for company while more is on its way.
    pub receipt_delay: Duration,
    /// How long a receipt that is not on its way to an author waits for company.
    pub gossip_delay: Duration,
    /// How often two quiet peers compare fingerprints.
    pub compare_every: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            in_flight_bytes_max: 128 * 1024,
            load_bytes_max: 256 * 1024,
            wants_max: 256,
            sessions_per_key_max: 2,
            sessions_max: 1024,
            intake_per_journal_day: 1_000_000,
            journals_per_scope_max: 4096,
            proof_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(30),
            window_bytes: 1024 * 1024,
            push_grace: Duration::from_millis(500),
            receipt_delay: Duration::from_millis(500),
            gossip_delay: Duration::from_secs(5),
            compare_every: Duration::from_secs(300),
        }
    }
}

/// Everything that can happen.
#[derive(Debug)]
pub enum Input {
    /// A connection stands and the peer proved this key.
    Connected {
        /// The connection.
        session: SessionId,
        /// The peer.
        peer: NodeKey,
        /// Whether this side called.
        initiator: bool,
    },
    /// A message came. Messages of one session come in order.
    Received {
        /// From which connection.
        session: SessionId,
        /// The message.
        message: Message,
    },
    /// A connection is gone.
    Lost {
        /// Which.
        session: SessionId,
    },
    /// Bytes of frames have left for the network: their room in flight is free again.
    Drained {
        /// On which connection.
        session: SessionId,
        /// How many.
        bytes: usize,
    },
    /// The answer to [`Output::Check`]. Answers may come in any order.
    Checked {
        /// Which.
        request: RequestId,
        /// What was found.
        found: Found,
    },
    /// [`Output::Persist`] is durable, and [`Output::Load`] finds it: a peer that is told of it asks at once. They become
    /// durable in the order in which they were asked for.
    Persisted {
        /// Which.
        token: Token,
    },
    /// [`Output::Persist`] could not be done (disk full, damaged): nothing of it is durable, and pages are not asked
    /// for until [`Input::RoomAgain`]. Statements are tried again even so.
    NotPersisted {
        /// Which.
        token: Token,
    },
    /// The disk takes pages again.
    RoomAgain,
    /// The answer to [`Output::Load`].
    Loaded {
        /// Which.
        request: RequestId,
        /// What was read; empty when the store has nothing of it.
        packs: Vec<LoadedPack>,
    },
    /// The answer to [`Output::Locate`]: the hash of that entry, if the store holds it.
    Located {
        /// Which.
        request: RequestId,
        /// The hash.
        hash: Option<EntryHash>,
    },
    /// The answer to [`Output::Prove`].
    Proved {
        /// Which.
        request: RequestId,
        /// The proof, if there is a fork.
        proof: Option<Box<ForkProof>>,
    },
    /// This node wrote, and what it wrote is durable and found by [`Output::Load`].
    Written {
        /// In which journal, after and up to which points, and the bytes to push.
        pack: LoadedPack,
    },
    /// Under which incarnation this node writes: said at the start, and after each new one is durable and nothing is
    /// written under the old one any more. Entries of own journals are fetched back only where nothing is written.
    Incarnation(Incarnation),
    /// A statement was made or brought in here, and it is durable.
    Statement(CheckedStatement),
    /// Documents that are held and that an order erases because of the one that they continue in the same scope: their
    /// entries may come erased. Said at the start and whenever an order or a document is new.
    ErasedSuccessors(Vec<Coordinate>),
    /// This node reports on itself; number and time are filled in here.
    Report(Beacon),
    /// The wall clock, whenever it was set, in Unix milliseconds.
    Clock(i64),
    /// Write everything that an office may read, and is not known to hold, as frames of this session: the inside of a
    /// bundle. Ends with [`Output::Close`] and [`CloseCode::Done`].
    Export {
        /// Names the file like a connection; say [`Input::Drained`] as it is written.
        session: SessionId,
        /// For whom.
        office: OfficeId,
        /// Only these scopes; all that the office may read if empty.
        scopes: Vec<ScopeName>,
        /// Points that the office holds, beside those that its receipts name.
        known: Vec<(JournalId, Point)>,
    },
    /// A bundle is read: its messages follow as [`Input::Received`], then [`Input::Lost`]. A file is just another peer
    /// that never hears.
    Import {
        /// Names the file like a connection.
        session: SessionId,
        /// The node that made it.
        from: NodeKey,
    },
    /// The moment of [`Output::Timeout`] has come.
    Timeout,
}

/// One pack for the wire, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPack {
    /// The encoded pack (`journal::Pack`).
    pub bytes: Vec<u8>,
    /// Its runs, in order.
    pub spans: Vec<Span>,
}

/// Which entries a run holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The journal.
    pub journal: JournalId,
    /// The point that the run follows on; [`crate::wire::NOTHING`] at the start of a journal.
    pub after: Point,
    /// Its last entry.
    pub point: Point,
}

/// Bytes of others that cost time to check. The driver checks them on a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unchecked {
    /// One pack.
    Pack(Vec<u8>),
    /// Statements.
    Statements(Vec<Signed<Statement>>),
    /// An encoded proof of a fork.
    Fork(Vec<u8>),
}

/// What a check found. One bad item makes the whole bad, because a peer checks before it sends.
#[derive(Debug)]
pub enum Found {
    /// The runs of a pack.
    Runs(Vec<VerifiedRun>),
    /// Statements.
    Statements(Vec<CheckedStatement>),
    /// The proof of a fork.
    Fork(Box<ForkProof>),
    /// The bytes are worth nothing. The session that they came from ends.
    Bad,
}

/// What has to be durable before it is acknowledged or passed on.
#[derive(Debug, Clone)]
pub enum Durable {
    /// A run of another node's journal (or of this one's, fetched back), as received.
    Run(VerifiedRun),
    /// A statement.
    Statement(CheckedStatement),
    /// A receipt; it replaces the former of this holder and scope.
    Receipt(Signed<Receipt>),
    /// A beacon; it replaces the former of this node.
    Beacon(Signed<Beacon>),
    /// Proof of a fork.
    Fork(Box<ForkProof>),
    /// Nothing of this journal is taken beyond this point; `None` takes that back.
    Freeze(JournalId, Option<Point>),
    /// The journal goes on from this point along another branch; what stood above it is set aside.
    Rewind(JournalId, Point),
}

/// One journal in [`Output::Load`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadPart {
    /// The journal.
    pub journal: JournalId,
    /// After which entry.
    pub after: u64,
    /// At least up to which entry, if there is room.
    pub until: u64,
}

/// Everything that a replica asks for.
#[derive(Debug)]
pub enum Output {
    /// Send this frame.
    Send {
        /// On which connection.
        session: SessionId,
        /// The frame.
        frame: Vec<u8>,
    },
    /// End this connection, after what was sent before. No `Lost` is needed.
    Close {
        /// Which.
        session: SessionId,
        /// Why.
        code: CloseCode,
    },
    /// Make these durable, all in one go and in this order, then say [`Input::Persisted`].
    Persist {
        /// To be named in the answer.
        token: Token,
        /// What. Runs stand before the receipt over them.
        items: Vec<Durable>,
    },
    /// Check these on a worker and say [`Input::Checked`].
    Check {
        /// To be named in the answer.
        request: RequestId,
        /// What.
        what: Unchecked,
    },
    /// Read entries and say [`Input::Loaded`]. All parts are of one scope, so that tails can share a pack.
    Load {
        /// To be named in the answer.
        request: RequestId,
        /// Which entries.
        parts: Vec<LoadPart>,
        /// About how many bytes are wanted; one page is always allowed.
        bytes_max: usize,
    },
    /// Find one entry's hash and say [`Input::Located`].
    Locate {
        /// To be named in the answer.
        request: RequestId,
        /// The journal.
        journal: JournalId,
        /// The entry.
        seq: u64,
    },
    /// Set this run against what we hold of its journal from its first entry on, or from the entry before it
    /// (`ForkProof::between`), and say [`Input::Proved`].
    Prove {
        /// To be named in the answer.
        request: RequestId,
        /// The other history.
        against: Box<VerifiedRun>,
    },
    /// Something that others may want to know.
    Event(Event),
    /// Nothing more to do until this moment or the next input.
    Timeout(Option<(Instant, Reason)>),
}

/// What the next timeout is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// When to end a session whose key was not shown to be admitted.
    Proof,
    /// When to ask elsewhere for what a silent peer owes.
    Answer,
    /// When to ask a third node for what its author did not send.
    Grace,
    /// When to sign a receipt over what has come in.
    Receipt,
    /// When to pass on receipts that were not in a hurry.
    Gossip,
    /// When to fold statements although more are on their way.
    Fold,
    /// When to try again to make statements durable.
    Persist,
    /// When to compare fingerprints with a quiet peer.
    Compare,
    /// When a journal that had its day's intake may go on.
    Intake,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeerState {
    /// Nothing is known yet.
    Greeting,
    /// The key is unknown here; it is to show its admission.
    Proving,
    /// Statements are being made equal.
    Statements,
    /// Points are being compared and entries fetched.
    Catching,
    /// Fingerprints are equal.
    Equal,
    /// The connection is gone.
    Gone,
}

/// Something that others may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Statements became durable: rights, orders or cut-offs may be others now.
    CharterChanged,
    /// Entries are held durably up to here. The driver has their runs since it made them durable.
    Held {
        /// The journal.
        journal: JournalId,
        /// Up to where it was held before.
        before: Point,
        /// Up to where it is held now.
        point: Point,
    },
    /// A session's state changed.
    Peer {
        /// The connection.
        session: SessionId,
        /// The peer.
        peer: NodeKey,
        /// Its state.
        state: PeerState,
    },
    /// A newer receipt of another node is known.
    Receipt {
        /// Who holds.
        holder: NodeKey,
        /// The scope.
        scope: ScopeName,
    },
    /// A newer beacon of another node is known.
    Beacon {
        /// Whose.
        node: NodeKey,
    },
    /// A node wrote two histories under one journal; the journal is frozen.
    Fork {
        /// The journal.
        journal: JournalId,
    },
    /// Nothing more is taken of a journal.
    Frozen {
        /// The journal.
        journal: JournalId,
        /// Up to where it is shown.
        at: Point,
    },
    /// A cut-off follows the other branch of a fork: what this node held above the point is set aside.
    Rewound {
        /// The journal.
        journal: JournalId,
        /// From where it goes on.
        to: Point,
    },
    /// This node must not write on under its incarnation.
    NewIncarnationNeeded {
        /// What gave it away.
        why: IncarnationLost,
    },
    /// Own entries that this store had lost came back.
    OwnEntriesRecovered {
        /// The journal.
        journal: JournalId,
        /// Up to where.
        point: Point,
    },
    /// A journal has had its day's intake (*Tertahan*).
    HeldBack {
        /// The journal.
        journal: JournalId,
    },
    /// A peer broke the protocol; its session was closed.
    Misbehaved {
        /// The peer.
        peer: NodeKey,
        /// In which way.
        code: CloseCode,
    },
    /// A peer speaks for another network or version, or is not admitted; its session was closed.
    TurnedAway {
        /// The peer.
        peer: NodeKey,
        /// Why.
        code: CloseCode,
        /// Whether it had been let in before: then it was told that its rights ended, and did not come back since.
        was_in: bool,
    },
}

/// How a node learns that its store went back in time or was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncarnationLost {
    /// A peer holds more of an own journal than this node.
    PeerAhead {
        /// The journal.
        journal: JournalId,
        /// The peer's point.
        point: Point,
    },
    /// A peer holds another history of an own journal.
    OtherChain {
        /// The journal.
        journal: JournalId,
        /// The peer's point.
        point: Point,
    },
    /// An own receipt names points that this node does not hold.
    Receipt {
        /// The scope of the receipt.
        scope: ScopeName,
    },
}

/// Why a session ends: the one table of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum CloseCode {
    /// Nothing is wrong.
    Done = 0,
    /// Another network.
    OtherNetwork = 1,
    /// No common version.
    Version = 2,
    /// The key is not admitted, or not any more.
    NotAdmitted = 3,
    /// Bytes that are no message, or a message out of place.
    Protocol = 4,
    /// A page, statement or receipt that does not verify.
    BadContent = 5,
    /// More than is allowed.
    TooMuch = 6,
    /// A newer connection to the same node takes over.
    Replaced = 7,
    /// This node talks to itself.
    Myself = 8,
    /// The proof of admission did not come in time.
    Timeout = 9,
}

impl CloseCode {
    /// The code that a peer named, if it is one of ours.
    pub fn from_number(number: u16) -> Option<Self> {
        use CloseCode::{
            BadContent, Done, Myself, NotAdmitted, OtherNetwork, Protocol, Replaced, Timeout, TooMuch, Version,
        };
        [Done, OtherNetwork, Version, NotAdmitted, Protocol, BadContent, TooMuch, Replaced, Myself, Timeout]
            .into_iter()
            .find(|code| *code as u16 == number)
    }
}

/// What one connected peer is doing, for status pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    /// The connection.
    pub session: SessionId,
    /// The peer.
    pub node: NodeKey,
    /// Its office, if the charter admits it.
    pub office: Option<OfficeId>,
    /// Where the session stands.
    pub state: PeerState,
    /// How many journals the peer holds more of.
    pub behind: usize,
}

/// What happened since the start, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Entries that were taken from peers.
    pub entries_taken: u64,
    /// Entries that came although they were held: wasted bytes.
    pub entries_repeated: u64,
    /// Runs that came and were not taken: beyond a cut-off or a freeze, of another chain, wrongly erased, too many.
    pub runs_refused: u64,
    /// Statements that came although they were held.
    pub statements_repeated: u64,
}
