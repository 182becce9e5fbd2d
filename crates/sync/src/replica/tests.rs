//! What a quiet reconnect costs, and what goes first where much is to be sent. Whatever else may come in, in whatever
//! order, is for the fuzz target `replica`.

mod overtaken;

use std::sync::LazyLock;

use charter::{Body, Cut, Policy, Request, Statement, Subject, founding};
use identity::{ChangeHash, Domain, Officer, Signed};
use journal::{Draft, Form, JournalWriter, Kind as RecordKind, Payload, Subject as EntrySubject, VerifiedRun};

use super::*;
use crate::{
    Beacon, Found, LoadedPack, Receipt, Span, Unchecked,
    wire::{Assembler, Blob, Have, Hello, Limits, NOTHING, Set, ShortJournal, Summary, VERSIONS, Want},
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

#[test]
fn a_report_that_would_be_too_long_names_fewer_ways_and_is_made_all_the_same() {
    let now = start();
    let mut replica = replica("kemnaker", now);
    let address = |at| format!("kementerian-{at}.example.go.id:7707");
    let figures: BTreeMap<String, i64> = [("only_here".to_owned(), 214)].into();
    for (given, kept) in [(2, 2..=2), (60, 10..=40)] {
        let addresses = (0..given).map(address).collect();
        let beacon = Beacon { number: 0, time_ms: 0, version: "0.1.0".to_owned(), addresses, figures: figures.clone() };
        replica.handle(Input::Report(beacon), now);
        let made = replica.beacons().get(replica.me).unwrap();
        assert!(kept.contains(&made.addresses.len()), "{given}: {}", made.addresses.len());
        assert_eq!(made.figures, figures);
        assert!(replica.beacons().signed(replica.me).unwrap().bytes().len() <= crate::BEACON_BYTES_MAX);
    }
}
