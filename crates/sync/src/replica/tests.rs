//! Whatever comes in, in whatever order: no panic, nothing without a bound, nothing to whom it may not go. And what a
//! quiet reconnect costs.

mod overtaken;

use std::sync::LazyLock;

use charter::{Body, Cut, Policy, Request, Statement, Subject, founding};
use identity::{ChangeHash, Domain, EntryHash, Officer, Signed};
use journal::{Draft, Form, JournalWriter, Kind as RecordKind, Payload, Subject as EntrySubject, VerifiedRun};
use proptest::prelude::*;

use super::*;
use crate::{
    Beacon, Found, LoadedPack, Receipt, Span, Unchecked,
    wire::{
        Assembler, Blob, Decline, Have, Hello, Limits, NOTHING, Scopes, Set, ShortJournal, Summary, VERSIONS, Want,
    },
};

const SCOPES: [&str; 4] =
    ["participation/33.07.10.2004", "coordination/id", "care/33.07.10.2004", "identity/33.07.10.2004"];

/// Two ministries and a village that one of them admitted.
struct World {
    network: NetworkId,
    statements: StatementSet,
    /// More that may be said: a removal, a cut-off, an admission.
    later: Vec<CheckedStatement>,
    /// Runs of the three nodes, of two histories of one of them, in every scope.
    runs: Vec<VerifiedRun>,
}

const NODES: [&str; 4] = ["kemnaker", "kemendesa", "kuripan", "stranger"];

fn secret(name: &str) -> NodeSecret {
    NodeSecret::from_seed(*blake3::hash(name.as_bytes()).as_bytes())
}

fn request(name: &str, kind: &str, region: &str) -> Signed<Request> {
    let (kind, region) = (kind.parse().unwrap(), region.parse().unwrap());
    let subject = Subject::NewOffice { name: name.to_owned(), kind, region };
    let secret = secret(name);
    Request { seal_key: secret.seal_key(), practice: false, nonce: [1; 16], subject }.sign(&secret).unwrap()
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let ministries = ["kemnaker", "kemendesa"].map(|name| request(name, "ministry", "id"));
    let lead = charter::office_id(&ministries[0], &Request::verify(&ministries[0]).unwrap());
    let policy = Policy::default_programme(lead);
    let (said, network) = founding(false, ministries.to_vec(), policy, [7; 16]).unwrap();
    let mut statements = StatementSet::new();
    for name in ["kemnaker", "kemendesa"] {
        statements.insert(said.signed_by(&secret(name)).unwrap()).unwrap();
    }
    let say =
        |name: &str, body| CheckedStatement::check(Statement::sign(&secret(name), network, body).unwrap()).unwrap();
    let request_of_village = request("kuripan", "village", "33.07.10.2004");
    statements.insert_checked(say("kemnaker", Body::Admit { request: request_of_village }));
    let runs = SCOPES.iter().flat_map(|scope| runs_in(scope)).collect::<Vec<_>>();
    let node = secret("kuripan").node_key();
    let scope: ScopeName = SCOPES[0].parse().unwrap();
    let of_village = |run: &&VerifiedRun| run.journal().node == node && run.journal().scope == scope;
    let cut = |run: &VerifiedRun| Cut { incarnation: run.journal().incarnation, at: Some(run.last()) };
    let at: Vec<Cut> = runs.iter().find(of_village).map(cut).into_iter().collect();
    let later = vec![
        say("kemnaker", Body::Remove { node, reason: String::new(), keep: Vec::new() }),
        say("kemendesa", Body::CutOff { node, scope, at, cites: Vec::new(), void: false }),
        say("kemnaker", Body::Admit { request: request("stranger", "village", "33.07.10.2001") }),
    ];
    World { network, statements, later, runs }
});

/// The runs of each node in one scope, three after each other, and a second history of the village.
fn runs_in(scope: &str) -> Vec<VerifiedRun> {
    let mut runs = Vec::new();
    for (name, salt) in [("kemnaker", 0), ("kemendesa", 0), ("kuripan", 0), ("kuripan", 1), ("stranger", 0)] {
        let secret = std::sync::Arc::new(secret(name));
        let journal = JournalId {
            scope: scope.parse().unwrap(),
            node: secret.node_key(),
            incarnation: identity::Incarnation([1; 8]),
        };
        let mut writer = JournalWriter::new(journal, secret);
        for part in 0..3 {
            for entry in 0..3 {
                let payload = Payload::Fact(vec![part, entry, salt * part]);
                writer
                    .append(Draft {
                        time_ms: 0,
                        officer: Officer::new("petugas").unwrap(),
                        subject: EntrySubject::Creates { predecessor: None },
                        kind: RecordKind { record: 2, form: Form::Fact },
                        links: Vec::new(),
                        payload,
                        change_hash: ChangeHash([0; 32]),
                    })
                    .unwrap();
            }
            runs.extend(writer.commit().runs);
        }
    }
    runs
}

fn replica(name: &str, now: Instant) -> Replica {
    Replica::new(recovered(name), now)
}

fn recovered(name: &str) -> Recovered {
    Recovered {
        secret: secret(name),
        network: WORLD.network,
        statements: WORLD.statements.clone(),
        journals: Vec::new(),
        receipts: Vec::new(),
        beacons: Vec::new(),
        forks: Vec::new(),
        freezes: Vec::new(),
        seed: [3; 32],
        clock_ms: 1_763_750_000_000,
        config: Config { sessions_max: 6, ..Config::default() },
        folds: charter::Folds::default(),
    }
}

#[expect(clippy::disallowed_methods, reason = "any instant will do to count from")]
fn start() -> Instant {
    Instant::now()
}

/// Picks things by numbers that proptest draws.
struct Pick(Vec<u16>);

impl Pick {
    fn below(&mut self, n: usize) -> usize {
        let drawn = self.0.pop().unwrap_or(0);
        // The ends of the range would otherwise be rare: big numbers hit list ends and bounds.
        usize::from(drawn) % n
    }

    fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    fn node(&mut self) -> NodeKey {
        secret(self.of(&NODES)).node_key()
    }

    fn scope(&mut self) -> ScopeName {
        self.of(&SCOPES).parse().unwrap()
    }

    fn journal(&mut self) -> JournalId {
        let (scope, node) = (self.scope(), self.node());
        JournalId { scope, node, incarnation: identity::Incarnation([self.below(2) as u8; 8]) }
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
        let charter = WORLD.statements.fingerprint(|audience| *audience == Audience::Everyone);
        let mut ours = Fingerprint::default();
        ours.0.copy_from_slice(&charter[..16]);
        let charter = if self.below(3) == 0 { self.fingerprint() } else { ours };
        Summary { charter, orders: self.fingerprint(), held: self.fingerprint(), receipts: self.fingerprint() }
    }

    fn pack(&mut self) -> LoadedPack {
        let run = self.of(&WORLD.runs);
        let after =
            if self.below(4) == 0 { self.point() } else { Point { seq: run.first() - 1, hash: run.previous() } };
        let span = Span { journal: run.journal().clone(), after, point: run.last() };
        LoadedPack { bytes: journal::encode(&[&run]).unwrap(), spans: vec![span] }
    }

    fn hello(&mut self) -> Message {
        let rare = |drawn: usize| drawn == 0;
        Message::Hello(Hello {
            network: if rare(self.below(20)) { NetworkId([0; 32]) } else { WORLD.network },
            version_min: if rare(self.below(20)) { 9 } else { 1 },
            version_max: if rare(self.below(20)) { 0 } else { 1 },
            admits_you: self.below(3) > 0,
            your_beacon: self.seq(),
            summary: self.summary(),
        })
    }

    fn message(&mut self) -> Message {
        let signed = |checked: CheckedStatement| checked.signed().clone();
        let count = self.of(&[0, 1, 3]);
        // Most messages are such as a node in that state might get, or no session would live to see the others.
        match if self.below(40) == 0 { 0 } else { 3 + self.below(23) } {
            0 => self.hello(),
            3 => Message::Proof((0..count).map(|_| signed(self.of(&WORLD.later))).collect()),
            4 => Message::Summary(self.summary()),
            5 => {
                let count = if self.below(40) == 0 { 300 } else { 256 };
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
                let count = if self.below(40) == 0 { 0 } else { 256 };
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
            16 => Message::Want(
                (0..count).map(|_| Want { journal: self.journal(), after: self.point(), until: self.seq() }).collect(),
            ),
            17 => Message::Pack(Blob(self.pack().bytes)),
            18 => Message::Push((0..count).map(|_| self.journal()).collect(), Blob(self.pack().bytes)),
            19 => Message::Declined(self.journal(), self.of(&[Decline::Nothing, Decline::OtherChain, Decline::Busy])),
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
            24 => Message::Evidence(Blob(self.pack().bytes)),
            _ => {
                let beacon = Beacon {
                    number: self.seq(),
                    time_ms: 0,
                    version: "0".repeat(self.of(&[1, 2000])),
                    addresses: Vec::new(),
                    figures: BTreeMap::new(),
                };
                Message::Beacons(vec![Signed::new(&secret(self.of(&NODES)), Domain::Beacon, &beacon)])
            }
        }
    }
}

/// Does what the replica asks for, sometimes wrongly, sometimes not at all.
struct Shell {
    replica: Replica,
    now: Instant,
    pick: Pick,
    asked: Vec<Output>,
    outputs: usize,
}

impl Shell {
    fn feed(&mut self, input: Input) {
        self.replica.handle(input, self.now);
        for step in 0.. {
            match self.replica.poll_output() {
                Output::Timeout(at) => {
                    assert!(
                        at.is_none_or(|(at, _)| at > self.now),
                        "a timeout that has passed would spin: {at:?} {:?}",
                        self.now
                    );
                    break;
                }
                Output::Send { session, frame } => self.watch(session, &frame),
                Output::Close { .. } | Output::Event(_) => {}
                output @ (Output::Persist { .. }
                | Output::Check { .. }
                | Output::Load { .. }
                | Output::Locate { .. }
                | Output::Prove { .. }) => self.asked.push(output),
            }
            self.outputs += 1;
            assert!(step < 10_000, "one input asks for no end of things");
        }
    }

    /// Nothing of a scope goes to who may not read it, to a stranger nothing at all.
    fn watch(&self, session: SessionId, frame: &[u8]) {
        let mut assembler = Assembler::new(Limits::default());
        assembler.push(frame);
        let Some(message) = assembler.next().unwrap() else { return };
        let Some(peer) = self.replica.sessions.get(&session).map(|session| session.peer) else { return };
        if matches!(message, Message::Hello(_) | Message::Proof(_) | Message::Bye(..)) {
            return;
        }
        assert!(self.replica.charter.is_active(&peer), "a stranger gets {message:?}");
        let scope = if let Message::Have(have) = &message {
            &have.scope
        } else if let Message::ReceiptNumbers(scope, _) = &message {
            scope
        } else {
            return;
        };
        assert!(self.replica.charter.may_read(&peer, scope), "{scope} goes to {peer}");
    }

    fn step(&mut self) {
        let session = SessionId(self.pick.below(4) as u64);
        let input = match self.pick.below(24) {
            0 => {
                let session = SessionId(self.pick.below(6) as u64);
                let known = self.replica.sessions.contains_key(&session);
                if known {
                    return;
                }
                let input = Input::Connected { session, peer: self.pick.node(), initiator: self.pick.below(2) == 0 };
                self.feed(input);
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
            22 => match self.pick.below(12) {
                0 => Input::Lost { session },
                1 => Input::RoomAgain,
                2 => Input::Incarnation(identity::Incarnation([self.pick.below(3) as u8; 8])),
                3 => Input::Persisted { token: Token(self.pick.seq()) },
                4 => Input::Loaded { request: RequestId(self.pick.seq()), packs: vec![self.pick.pack()] },
                _ => Input::Statement(self.pick.of(&WORLD.later)),
            },
            _ => Input::Written { pack: self.pick.pack() },
        };
        self.feed(input);
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
            Output::Persist { token, .. } if self.pick.below(8) == 0 => Input::NotPersisted { token },
            Output::Persist { token, .. } => Input::Persisted { token },
            Output::Check { request, what } => {
                let found = match (what, self.pick.below(8)) {
                    (_, 0) if self.pick.below(8) == 0 => Found::Bad,
                    (Unchecked::Pack(bytes), _) => {
                        let runs = journal::decode(&bytes, &journal::Limits::default()).unwrap();
                        Found::Runs(runs.into_iter().map(|run| run.verify().unwrap()).collect())
                    }
                    (Unchecked::Statements(list), _) => {
                        Found::Statements(list.into_iter().map(|one| CheckedStatement::check(one).unwrap()).collect())
                    }
                    (Unchecked::Fork(_), _) => Found::Bad,
                };
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 2000, ..ProptestConfig::default() })]
    #[test]
    fn nothing_that_comes_in_makes_a_replica_panic_or_run_away(drawn in proptest::collection::vec(any::<u16>(), 0..6000)) {
        let now = start();
        let mut shell = Shell { replica: replica("kemnaker", now), now, pick: Pick(drawn), asked: Vec::new(), outputs: 0 };
        while !shell.pick.0.is_empty() {
            shell.step();
        }
    }
}

#[test]
fn a_quiet_reconnect_takes_one_message_of_less_than_two_hundred_bytes() {
    let now = start();
    let mut nodes = ["kemnaker", "kemendesa"].map(|name| replica(name, now));
    let keys = ["kemnaker", "kemendesa"].map(|name| secret(name).node_key());
    let mut hellos = Vec::new();
    for (index, node) in nodes.iter_mut().enumerate() {
        node.handle(Input::Connected { session: SessionId(1), peer: keys[1 - index], initiator: index == 0 }, now);
        hellos.push(frames(node));
    }
    for (index, node) in nodes.iter_mut().enumerate() {
        let bytes = hellos[1 - index].concat();
        assert!(bytes.len() < 200, "{} bytes", bytes.len());
        let mut assembler = Assembler::new(Limits::default());
        assembler.push(&bytes);
        let message = assembler.next().unwrap().unwrap();
        node.handle(Input::Received { session: SessionId(1), message }, now);
        assert_eq!(frames(node), Vec::<Vec<u8>>::new(), "nothing more is to be said");
        assert_eq!(node.peers()[0].state, PeerState::Equal);
    }
}

fn frames(replica: &mut Replica) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    loop {
        let output = replica.poll_output();
        if let Output::Send { frame, .. } = output {
            frames.push(frame);
        } else if matches!(output, Output::Timeout(_)) {
            return frames;
        }
    }
}

#[test]
fn a_short_journal_stands_for_its_journal_within_a_scope() {
    let journal = WORLD.runs[0].journal();
    assert_eq!(&ShortJournal::from(journal).in_scope(&journal.scope), journal);
}

/// A ministry that holds a long journal, connected to another that has just asked for all of it; and the frames that
/// have gone out so far.
fn serving(now: Instant) -> (Replica, Vec<Vec<u8>>) {
    let run = WORLD.runs.iter().find(|run| run.journal().scope.as_str() == SCOPES[1]).unwrap();
    let journal = run.journal().clone();
    let mut recovered = recovered("kemnaker");
    recovered.journals = vec![(journal.clone(), run.last())];
    let mut node = Replica::new(recovered, now);
    let (session, peer) = (SessionId(1), secret("kemendesa").node_key());
    node.handle(Input::Connected { session, peer, initiator: true }, now);
    let charter = node.everyone;
    let summary = Summary { charter, ..Summary::default() };
    let (version_min, version_max) = VERSIONS;
    let hello = Hello { network: WORLD.network, version_min, version_max, admits_you: true, your_beacon: 0, summary };
    let want = Want { journal: journal.clone(), after: NOTHING, until: run.last().seq };
    for message in [Message::Hello(hello), Message::ScopesEnd, Message::Want(vec![want])] {
        node.handle(Input::Received { session, message }, now);
    }
    let mut request = None;
    loop {
        let output = node.poll_output();
        if let Output::Load { request: asked, .. } = output {
            request = Some(asked);
        } else if let Output::Send { frame, .. } = output {
            node.handle(Input::Drained { session, bytes: frame.len() }, now);
        } else if matches!(output, Output::Timeout(_)) {
            break;
        }
    }
    let span = Span { journal, after: NOTHING, point: run.last() };
    let pack = LoadedPack { bytes: vec![7; 900_000], spans: vec![span] };
    node.handle(Input::Loaded { request: request.unwrap(), packs: vec![pack] }, now);
    let sent = frames(&mut node);
    (node, sent)
}

fn messages(sent: &[Vec<u8>]) -> Vec<Message> {
    let mut assembler = Assembler::new(Limits::default());
    let mut messages = Vec::new();
    for frame in sent {
        assembler.push(frame);
        messages.extend(assembler.next().unwrap());
    }
    messages
}

#[test]
fn a_statement_overtakes_the_pages_that_wait_and_the_pages_arrive_whole() {
    let now = start();
    let (mut node, mut sent) = serving(now);
    let session = SessionId(1);
    let at_once = sent.concat().len();
    assert!(at_once <= Config::default().in_flight_bytes_max + 64 * 1024, "{at_once} bytes are in front");
    node.handle(Input::Statement(WORLD.later[2].clone()), now + Duration::from_secs(1));
    sent.extend(frames(&mut node));
    let mut drained = 0;
    while drained < sent.len() {
        let bytes = sent[drained].len();
        assert!(bytes <= 64 * 1024, "a frame of {bytes} bytes");
        drained += 1;
        node.handle(Input::Drained { session, bytes }, now + Duration::from_secs(1));
        sent.extend(frames(&mut node));
    }
    let messages = messages(&sent);
    let place = |which: fn(&Message) -> bool| messages.iter().position(which).unwrap();
    let said = place(|message| matches!(message, Message::Statements(_)));
    let pages = place(|message| matches!(message, Message::Pack(_)));
    assert!(said < pages, "{messages:?}");
    assert!(matches!(&messages[pages], Message::Pack(Blob(bytes)) if *bytes == vec![7; 900_000]));
    let said_in = sent.iter().position(|frame| frame[0] == Message::Statements(Vec::new()).kind()).unwrap();
    let before: usize = sent[..said_in].iter().map(Vec::len).sum();
    assert!(before <= at_once, "{before} bytes went first");
}

#[test]
fn pages_that_wait_are_not_sent_to_who_may_read_them_no_more() {
    let now = start();
    let (mut node, sent) = serving(now);
    let session = SessionId(1);
    let lead = node.charter.node(&secret("kemnaker").node_key()).unwrap().office;
    let mut policy = Policy::default_programme(lead);
    policy.grants.retain(|grant| grant.class != identity::Class::Coordination);
    for founder in ["kemnaker", "kemendesa"] {
        let act = charter::Act::SetPolicy(policy.clone());
        let vote = Body::Majority { founder_set_version: 1, act, nonce: [1; 16] };
        let vote = CheckedStatement::check(Statement::sign(&secret(founder), WORLD.network, vote).unwrap()).unwrap();
        node.handle(Input::Statement(vote), now + Duration::from_secs(1));
    }
    assert!(!node.charter.may_read(&secret("kemendesa").node_key(), &SCOPES[1].parse().unwrap()));
    let after = frames(&mut node);
    for frame in &sent {
        node.handle(Input::Drained { session, bytes: frame.len() }, now + Duration::from_secs(2));
    }
    let all = [sent, after, frames(&mut node)].concat();
    // A part of it was on its way already; the rest is not sent, and nothing is taken for it.
    assert!(!messages(&all).iter().any(|message| matches!(message, Message::Pack(_))));
    assert!(matches!(messages(&all).last(), Some(Message::Bye(..))));
}
