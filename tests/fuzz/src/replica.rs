//! Whatever happens to a replica, in whatever order: no panic, nothing without a bound, nothing to whom it may not go.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use charter::{Audience, Charter, CheckedStatement};
use identity::{
    Coordinate, Domain, EntryHash, Incarnation, JournalId, NetworkId, NodeKey, Point, ScopeName, Signed, StatementHash,
};
use journal::{ForkProof, Run, VerifiedRun};
use sync::{
    Beacon, CloseCode, Config, Event, Found, Input, LoadedPack, Output, Receipt, Recovered, Replica, RequestId,
    SessionId, Span, Token, Unchecked,
    wire::{Assembler, Blob, Decline, Fingerprint, Have, Hello, Limits, Message, NOTHING, Scopes, Set, Summary, Want},
};

use crate::{
    Ends, Target,
    ends::ends,
    picks::Picks,
    world::{NODES, SCOPES, WORLD, secret},
};

pub(crate) const REPLICA: Target =
    Target { name: "replica", run: replica, ends: &[OUTPUTS, EVENTS, CLOSE_CODES], unreached: &[] };

ends!(output, OUTPUTS: Output { Send, Close, Persist, Check, Load, Locate, Prove, Event, Timeout });
ends!(event, EVENTS: Event {
    CharterChanged, Held, Peer, Receipt, Beacon, Fork, Frozen, Rewound, NewIncarnationNeeded, OwnEntriesRecovered,
    HeldBack, Misbehaved, TurnedAway,
});
ends!(close_code, CLOSE_CODES: CloseCode {
    Done, OtherNetwork, Version, NotAdmitted, Protocol, BadContent, TooMuch, Replaced, Myself, Timeout,
});

/// A longer row of inputs finds nothing that this one does not, and takes more than its time.
const BYTES_MAX: usize = 8 << 10;

/// How many outputs one input may ask for.
const OUTPUTS_MAX: usize = 10_000;

fn replica(bytes: &[u8]) -> Ends {
    let now = Instant::now();
    let recovered = Recovered {
        secret: secret("kemnaker"),
        network: WORLD.network,
        statements: WORLD.statements.clone(),
        journals: Vec::new(),
        receipts: Vec::new(),
        beacons: Vec::new(),
        forks: Vec::new(),
        freezes: Vec::new(),
        seed: [3; 32],
        clock_ms: 1_763_750_000_000,
        // Bounds that a short row of inputs can reach.
        config: Config { sessions_max: 6, intake_per_journal_day: 4, ..Config::default() },
        folds: charter::Folds::default(),
    };
    let replica = Replica::new(recovered, now);
    let mut shell = Shell {
        charter: replica.charter().clone(),
        replica,
        now,
        pick: Pick(Picks::new(&bytes[..bytes.len().min(BYTES_MAX)])),
        sessions: BTreeMap::new(),
        asked: Vec::new(),
        ends: Ends::new(),
    };
    while !shell.pick.0.is_empty() {
        shell.step();
    }
    shell.ends
}

/// What takes too long to make for every choice: the nodes' keys, the packs of the runs, a proof of two histories.
struct Made {
    keys: [NodeKey; 4],
    packs: Vec<Vec<u8>>,
    fork: Vec<u8>,
    charter: Fingerprint,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let pairs = WORLD.runs.iter().flat_map(|one| WORLD.runs.iter().map(move |other| (one, other)));
    let mut same = pairs.filter(|(one, other)| one.journal() == other.journal());
    let everyone = WORLD.statements.fingerprint(|audience| *audience == Audience::Everyone);
    let mut charter = Fingerprint::default();
    charter.0.copy_from_slice(&everyone[..16]);
    Made {
        keys: NODES.map(|name| secret(name).node_key()),
        packs: WORLD.runs.iter().map(|run| journal::encode(&[run]).unwrap()).collect(),
        fork: same.find_map(|(one, other)| ForkProof::between(one, other)).unwrap().encode().unwrap(),
        charter,
    }
});

/// Picks what may come from outside.
struct Pick<'a>(Picks<'a>);

impl Pick<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.0.below(n)
    }

    fn of<T: Clone>(&mut self, items: &[T]) -> T {
        self.0.of(items)
    }

    fn node(&mut self) -> NodeKey {
        self.of(&MADE.keys)
    }

    fn scope(&mut self) -> ScopeName {
        self.of(&SCOPES).parse().unwrap()
    }

    fn journal(&mut self) -> JournalId {
        let (scope, node) = (self.scope(), self.node());
        JournalId { scope, node, incarnation: Incarnation([self.below(2) as u8; 8]) }
    }

    fn seq(&mut self) -> u64 {
        self.of(&[0, 1, 3, 6, 9, u64::MAX])
    }

    fn point(&mut self) -> Point {
        match self.below(3) {
            0 => NOTHING,
            1 => self.of(&WORLD.runs).last(),
            _ => Point { seq: self.seq(), hash: EntryHash([self.below(3) as u8; 32]) },
        }
    }

    fn hash(&mut self) -> StatementHash {
        match self.below(2) {
            0 => self.of(&WORLD.later).hash(),
            _ => StatementHash([self.below(256) as u8; 32]),
        }
    }

    fn fingerprint(&mut self) -> Fingerprint {
        Fingerprint([self.below(2) as u8; 16])
    }

    fn summary(&mut self) -> Summary {
        let charter = if self.below(3) == 0 { self.fingerprint() } else { MADE.charter };
        Summary { charter, orders: self.fingerprint(), held: self.fingerprint(), receipts: self.fingerprint() }
    }

    fn pack(&mut self) -> LoadedPack {
        let number = self.below(WORLD.runs.len());
        let run = &WORLD.runs[number];
        let after =
            if self.below(4) == 0 { self.point() } else { Point { seq: run.first() - 1, hash: run.previous() } };
        let span = Span { journal: run.journal().clone(), after, point: run.last() };
        LoadedPack { bytes: MADE.packs[number].clone(), spans: vec![span] }
    }

    fn beacon(&mut self) -> Beacon {
        Beacon {
            number: self.seq(),
            time_ms: 0,
            version: "0".repeat(self.of(&[1, 2000])),
            addresses: Vec::new(),
            figures: BTreeMap::new(),
        }
    }

    fn hello(&mut self) -> Message {
        let rare = |drawn: usize| drawn == 1;
        Message::Hello(Hello {
            network: if rare(self.below(20)) { NetworkId([0; 32]) } else { WORLD.network },
            version_min: if rare(self.below(20)) { 9 } else { 1 },
            version_max: if rare(self.below(20)) { 0 } else { 1 },
            admits_you: self.below(3) > 0,
            your_beacon: self.seq(),
            summary: self.summary(),
        })
    }

    /// Most messages are such as a node in that state might get, or no session would live to see the others.
    fn message(&mut self) -> Message {
        let signed = |checked: CheckedStatement| checked.signed().clone();
        let count = self.of(&[0, 1, 3]);
        match self.below(64) {
            63 => self.hello(),
            kind => match kind % 25 {
                0 | 3 => Message::Proof((0..count).map(|_| signed(self.of(&WORLD.later))).collect()),
                1 => Message::Fork(Blob(if count == 0 { Vec::new() } else { MADE.fork.clone() })),
                2 => Message::Bye(self.below(12) as u16, Vec::new()),
                4 => Message::Summary(self.summary()),
                5 => {
                    let count = if self.below(40) == 1 { 300 } else { 256 };
                    Message::Buckets(self.of(&[Set::Charter, Set::Orders]), vec![self.fingerprint(); count])
                }
                6 => Message::Hashes(
                    self.of(&[Set::Charter, Set::Orders]),
                    [self.of(&[0, 0xff, 0x11]); 32],
                    (0..count).map(|_| self.hash()).collect(),
                ),
                7 => Message::Offer((0..count).map(|_| self.hash()).collect()),
                8 => Message::Ask((0..count).map(|_| self.hash()).collect()),
                9 => Message::Statements((0..count).map(|_| signed(self.of(&WORLD.later))).collect()),
                10 => Message::StatementsEnd,
                11 => {
                    let count = if self.below(40) == 1 { 0 } else { 256 };
                    Message::ScopeBuckets(vec![self.fingerprint(); count])
                }
                12 => Message::Scopes(Scopes {
                    buckets: [self.of(&[0, 0xff, 0x55]); 32],
                    items: (0..count).map(|_| (self.scope(), self.fingerprint(), self.fingerprint())).collect(),
                }),
                13 => Message::ScopesEnd,
                14 | 15 => Message::Have(Have {
                    scope: self.scope(),
                    whole: self.below(2) == 0,
                    points: (0..count).map(|_| ((&self.journal()).into(), self.point())).collect(),
                }),
                16 => {
                    let mut want = || Want { journal: self.journal(), after: self.point(), until: self.seq() };
                    Message::Want((0..count).map(|_| want()).collect())
                }
                17 => Message::Pack(Blob(self.pack().bytes)),
                18 => Message::Push((0..count).map(|_| self.journal()).collect(), Blob(self.pack().bytes)),
                19 => {
                    Message::Declined(self.journal(), self.of(&[Decline::Nothing, Decline::OtherChain, Decline::Busy]))
                }
                20 => Message::Credit(self.of(&[0, 1, u32::MAX])),
                21 => {
                    let receipt = Receipt {
                        scope: self.scope(),
                        number: self.seq(),
                        time_ms: 0,
                        points: (0..count).map(|_| ((&self.journal()).into(), self.point())).collect(),
                    };
                    Message::Receipts(vec![Signed::new(&secret(self.of(&NODES)), Domain::Receipt, &receipt)])
                }
                22 => Message::ReceiptNumbers(
                    self.scope(),
                    (0..count).map(|_| (self.node(), self.seq(), self.seq())).collect(),
                ),
                23 => Message::Contest(self.journal(), self.seq()),
                24 if count == 3 => Message::Evidence(Blob(self.pack().bytes)),
                _ => {
                    let beacon = self.beacon();
                    Message::Beacons(vec![Signed::new(&secret(self.of(&NODES)), Domain::Beacon, &beacon)])
                }
            },
        }
    }
}

/// Does what the replica asks for, sometimes wrongly, sometimes not at all.
struct Shell<'a> {
    replica: Replica,
    /// The charter that outputs are judged by: what was said before a new one was folded went by the one before it.
    charter: Arc<Charter>,
    now: Instant,
    pick: Pick<'a>,
    /// What is connected, and to whom; a file that is written or read is connected to nobody.
    sessions: BTreeMap<SessionId, Option<NodeKey>>,
    asked: Vec<Output>,
    ends: Ends,
}

impl Shell<'_> {
    fn feed(&mut self, input: Input) {
        if let Input::Lost { session } = &input {
            self.sessions.remove(session);
        }
        self.replica.handle(input, self.now);
        for step in 0.. {
            let output = self.replica.poll_output();
            self.ends.insert(self::output(&output));
            match output {
                Output::Timeout(at) => {
                    let later = at.is_none_or(|(at, _)| at > self.now);
                    assert!(later, "a timeout that has passed would spin: {at:?} {:?}", self.now);
                    break;
                }
                Output::Send { session, frame } => self.watch(session, &frame),
                Output::Close { session, code } => {
                    self.sessions.remove(&session);
                    self.ends.insert(close_code(&code));
                }
                Output::Event(said) => {
                    if matches!(said, Event::CharterChanged) {
                        self.charter = self.replica.charter().clone();
                    }
                    self.ends.insert(event(&said));
                }
                Output::Persist { .. }
                | Output::Check { .. }
                | Output::Load { .. }
                | Output::Locate { .. }
                | Output::Prove { .. } => self.asked.push(output),
            }
            assert!(step < OUTPUTS_MAX, "one input asks for no end of things");
        }
    }

    /// Nothing of a scope goes to who may not read it, to a stranger nothing at all.
    fn watch(&self, session: SessionId, frame: &[u8]) {
        let mut assembler = Assembler::new(Limits::default());
        assembler.push(frame);
        let Some(message) = assembler.next().unwrap() else { return };
        let Some(peer) = self.sessions.get(&session).copied().flatten() else { return };
        if matches!(message, Message::Hello(_) | Message::Proof(_) | Message::Bye(..)) {
            return;
        }
        let charter = &self.charter;
        assert!(charter.is_active(&peer), "a stranger gets {message:?}");
        let scope = if let Message::Have(have) = &message {
            &have.scope
        } else if let Message::ReceiptNumbers(scope, _) = &message {
            scope
        } else {
            return;
        };
        assert!(charter.may_read(&peer, scope), "{scope} goes to {peer}");
    }

    fn step(&mut self) {
        let session = SessionId(self.pick.below(4) as u64);
        let input = match self.pick.below(24) {
            0 => {
                let Some(session) = self.fresh() else { return };
                let peer = self.pick.node();
                self.sessions.insert(session, Some(peer));
                let initiator = self.pick.below(2) == 0;
                self.feed(Input::Connected { session, peer, initiator });
                Input::Received { session, message: self.pick.hello() }
            }
            1..=8 => Input::Received { session, message: self.pick.message() },
            9..=19 => match self.answer() {
                Some(input) => input,
                None => return,
            },
            20 => {
                self.now += Duration::from_millis(self.pick.of(&[1, 1, 600, 6_000, 400_000]));
                Input::Timeout
            }
            21 => Input::Drained { session, bytes: self.pick.of(&[1, 1000, usize::MAX]) },
            22 => match self.seldom(session) {
                Some(input) => input,
                None => return,
            },
            _ => Input::Written { pack: self.pick.pack() },
        };
        self.feed(input);
    }

    /// A connection that is not there yet.
    fn fresh(&mut self) -> Option<SessionId> {
        let session = SessionId(self.pick.below(6) as u64);
        (!self.sessions.contains_key(&session)).then_some(session)
    }

    fn seldom(&mut self, session: SessionId) -> Option<Input> {
        Some(match self.pick.below(16) {
            0 => Input::Lost { session },
            1 => Input::RoomAgain,
            2 => Input::Incarnation(Incarnation([self.pick.below(3) as u8; 8])),
            3 => Input::Persisted { token: Token(self.pick.seq()) },
            4 => Input::Loaded { request: RequestId(self.pick.seq()), packs: vec![self.pick.pack()] },
            5 => {
                let document = Coordinate { journal: self.pick.journal(), seq: self.pick.seq() };
                Input::ErasedSuccessors(vec![document])
            }
            6 => Input::Report(self.pick.beacon()),
            7 => Input::Clock(self.pick.of(&[0, 1_763_750_000_000, i64::MAX, i64::MIN])),
            8 => {
                let session = self.fresh()?;
                self.sessions.insert(session, None);
                let scopes = if self.pick.below(2) == 0 { Vec::new() } else { vec![self.pick.scope()] };
                let known = vec![(self.pick.journal(), self.pick.point())];
                Input::Export { session, office: WORLD.lead, scopes, known }
            }
            9 => {
                let session = self.fresh()?;
                self.sessions.insert(session, None);
                let from = self.pick.node();
                self.feed(Input::Import { session, from });
                Input::Received { session, message: self.pick.hello() }
            }
            _ => Input::Statement(self.pick.of(&WORLD.later)),
        })
    }

    fn answer(&mut self) -> Option<Input> {
        // The disk answers in order, the workers as they like.
        let index = match self.pick.below(2) {
            0 => self.asked.iter().position(|output| matches!(output, Output::Persist { .. }))?,
            _ if self.asked.is_empty() => return None,
            _ => self.pick.below(self.asked.len()),
        };
        if matches!(self.asked[index], Output::Persist { .. })
            && self.asked[..index].iter().any(|output| matches!(output, Output::Persist { .. }))
        {
            return None;
        }
        Some(match self.asked.remove(index) {
            Output::Persist { token, .. } if self.pick.below(8) == 7 => Input::NotPersisted { token },
            Output::Persist { token, .. } => Input::Persisted { token },
            Output::Check { request, what } => {
                let found = if self.pick.below(64) == 63 { Found::Bad } else { found(what) };
                Input::Checked { request, found }
            }
            Output::Load { request, .. } => {
                Input::Loaded { request, packs: (0..self.pick.below(3)).map(|_| self.pick.pack()).collect() }
            }
            Output::Locate { request, .. } => {
                let hash = (self.pick.below(3) > 0).then(|| self.pick.point().hash);
                Input::Located { request, hash }
            }
            Output::Prove { request, against } => {
                let of = |run: &&VerifiedRun| run.journal() == against.journal();
                let proof = WORLD.runs.iter().filter(of).find_map(|run| ForkProof::between(run, &against));
                Input::Proved { request, proof: proof.map(Box::new) }
            }
            Output::Send { .. } | Output::Close { .. } | Output::Event(_) | Output::Timeout(_) => return None,
        })
    }
}

/// What a worker finds.
fn found(what: Unchecked) -> Found {
    let found = match what {
        Unchecked::Pack(bytes) => {
            let runs = journal::decode(&bytes, &journal::Limits::default()).ok();
            runs.and_then(|runs| runs.into_iter().map(Run::verify).collect::<Result<_, _>>().ok()).map(Found::Runs)
        }
        Unchecked::Statements(list) => {
            list.into_iter().map(CheckedStatement::check).collect::<Result<_, _>>().ok().map(Found::Statements)
        }
        Unchecked::Fork(bytes) => ForkProof::decode(&bytes).ok().map(|proof| Found::Fork(Box::new(proof))),
    };
    found.unwrap_or(Found::Bad)
}
