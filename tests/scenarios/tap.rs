//! A peer with a node's own key that keeps every message it is sent, and may say what no honest node says.
//!
//! It is the real replica without a store, so that the other side takes it for that node.

use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

use charter::{CheckedStatement, StatementSet};
use identity::{NodeKey, NodeSecret};
use journal::{ForkProof, Limits, Payload, VerifiedRun};
use simpul_tests::harness::{PATIENCE, Status};
use store::{FrameKind, Options, Position, Store};
use sync::{Found, Input, Output, Recovered, Replica, SessionId, Unchecked, wire};
use tokio::runtime::Runtime;
use transport::{Address, Closed, Endpoint, FrameReceiver, FrameSender, Link, LinkError};

const SESSION: SessionId = SessionId(1);

/// How long the other side may be silent before the replica is asked what it wants.
const SILENCE: Duration = Duration::from_millis(50);

/// One session, heard whole.
pub(crate) struct Tap {
    runtime: Runtime,
    _endpoint: Endpoint,
    replica: Replica,
    sender: FrameSender,
    receiver: FrameReceiver,
    assembler: wire::Assembler,
    /// Every frame as it came out of the cipher, and what was packed in it.
    plain: Vec<Vec<u8>>,
    scopes: BTreeSet<String>,
    entries: usize,
    closed: bool,
    /// What it says that it speaks, until it has said so.
    versions: Option<(u16, u16)>,
}

impl Tap {
    /// Calls a running node with the key in a folder that no process has open.
    pub(crate) fn open(folder: &Path, peer: &str, peer_status: &Status) -> Self {
        Self::open_speaking(folder, peer, peer_status, wire::VERSIONS)
    }

    /// The same, and says that it speaks these versions.
    pub(crate) fn open_speaking(folder: &Path, peer: &str, peer_status: &Status, versions: (u16, u16)) -> Self {
        let runtime = runtime();
        let (secret, statements) = keys(folder);
        let recovered = Recovered {
            secret: secret.clone(),
            network: peer_status.network.as_deref().unwrap().parse().unwrap(),
            statements,
            journals: Vec::new(),
            receipts: Vec::new(),
            beacons: Vec::new(),
            forks: Vec::new(),
            freezes: Vec::new(),
            seed: [7; 32],
            clock_ms: 0,
            config: sync::Config::default(),
            folds: charter::Folds::default(),
        };
        let peer: NodeKey = peer.parse().unwrap();
        let (endpoint, link) = runtime.block_on(dial(secret, peer, peer_status));
        let (sender, receiver) = link.split();
        let mut replica = Replica::new(recovered, Instant::now());
        replica.handle(Input::Connected { session: SESSION, peer, initiator: true }, Instant::now());
        let mut tap = Self {
            runtime,
            _endpoint: endpoint,
            replica,
            sender,
            receiver,
            assembler: wire::Assembler::new(wire::Limits::default()),
            plain: Vec::new(),
            scopes: BTreeSet::new(),
            entries: 0,
            closed: false,
            versions: Some(versions),
        };
        tap.answer();
        tap
    }

    /// Whether these bytes were sent, in the clear of the session or packed.
    pub(crate) fn heard(&self, word: &str) -> bool {
        self.plain.iter().any(|bytes| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
    }

    /// The scopes that were named.
    pub(crate) fn scopes_heard(&self) -> Vec<&str> {
        self.scopes.iter().map(String::as_str).collect()
    }

    /// Listens until entries of a scope came.
    #[track_caller]
    pub(crate) fn until_heard(&mut self, scope: &str) {
        self.until(&format!("entries of {scope}"), |tap| tap.entries > 0 && tap.scopes.contains(scope));
    }

    /// Listens until so many entries came.
    #[track_caller]
    pub(crate) fn until_entries(&mut self, count: usize) {
        self.until(&format!("{count} entries"), |tap| tap.entries >= count);
    }

    /// Listens until the other side hangs up.
    #[track_caller]
    pub(crate) fn until_closed(&mut self) {
        self.until("the end", |tap| tap.closed);
    }

    /// Sends frames as they are; that the other side hangs up meanwhile is no surprise.
    pub(crate) fn send_raw(&mut self, frames: &[Vec<u8>]) {
        for frame in frames {
            if self.runtime.block_on(self.sender.send(frame)).is_err() {
                return;
            }
        }
    }

    #[track_caller]
    fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !done(self) {
            let heard = (&self.scopes, self.entries, self.closed);
            assert!(began.elapsed() < PATIENCE, "waited in vain for {what}; heard {heard:?}");
            assert!(!self.closed, "the other side hung up before {what}");
            self.listen();
        }
    }

    fn listen(&mut self) {
        let receiver = &mut self.receiver;
        let came = self.runtime.block_on(async { tokio::time::timeout(SILENCE, receiver.next()).await });
        match came {
            Err(_) => self.replica.handle(Input::Timeout, Instant::now()),
            Ok(Ok(Some(bytes))) => {
                self.assembler.push(&bytes);
                self.plain.push(bytes);
                while let Some(message) = self.assembler.next().unwrap() {
                    self.note(&message);
                    self.replica.handle(Input::Received { session: SESSION, message }, Instant::now());
                    self.answer();
                }
            }
            Ok(Ok(None) | Err(_)) => self.closed = true,
        }
        self.answer();
    }

    fn note(&mut self, message: &wire::Message) {
        match message {
            wire::Message::Have(have) => drop(self.scopes.insert(have.scope.to_string())),
            wire::Message::Scopes(scopes) => {
                self.scopes.extend(scopes.items.iter().map(|(scope, ..)| scope.to_string()));
            }
            wire::Message::Pack(bytes) | wire::Message::Push(_, bytes) | wire::Message::Evidence(bytes) => {
                for run in runs(&bytes.0).unwrap() {
                    self.scopes.insert(run.journal().scope.to_string());
                    self.entries += run.entries().len();
                    self.plain.push(run.journal().scope.to_string().into_bytes());
                    self.plain.extend(run.entries().iter().map(|entry| match &entry.payload {
                        Payload::Change(change) => change.body.clone(),
                        Payload::Fact(bytes) => bytes.clone(),
                        Payload::Erased { .. } => Vec::new(),
                    }));
                }
            }
            _ => {}
        }
    }

    /// Does what the replica asks for, with nothing but memory below it.
    fn answer(&mut self) {
        loop {
            let answer = match self.replica.poll_output() {
                Output::Send { frame, .. } => {
                    let bytes = frame.len();
                    let frame = match self.versions.take() {
                        Some(versions) => greeting(&frame, versions),
                        None => frame,
                    };
                    if self.runtime.block_on(self.sender.send(&frame)).is_err() {
                        self.closed = true;
                    }
                    Input::Drained { session: SESSION, bytes }
                }
                Output::Close { .. } => {
                    self.closed = true;
                    continue;
                }
                Output::Persist { token, .. } => Input::Persisted { token },
                Output::Check { request, what } => Input::Checked { request, found: check(what) },
                Output::Load { request, .. } => Input::Loaded { request, packs: Vec::new() },
                Output::Locate { request, .. } => Input::Located { request, hash: None },
                Output::Prove { request, .. } => Input::Proved { request, proof: None },
                Output::Event(_) => continue,
                Output::Timeout(_) => return,
            };
            self.replica.handle(answer, Instant::now());
        }
    }
}

/// Calls a running node, says that only these versions are spoken, and gives back how the node hung up.
pub(crate) fn greet(folder: &Path, peer: &str, peer_status: &Status, versions: (u16, u16)) -> Closed {
    let hello = wire::Hello {
        network: peer_status.network.as_deref().unwrap().parse().unwrap(),
        version_min: versions.0,
        version_max: versions.1,
        admits_you: true,
        your_beacon: 0,
        summary: wire::Summary::default(),
    };
    let hello = wire::encode(&wire::Message::Hello(hello));
    runtime().block_on(async {
        let (_endpoint, link) = dial(keys(folder).0, peer.parse().unwrap(), peer_status).await;
        let (mut sender, mut receiver) = link.split();
        sender.send(&hello[0]).await.unwrap();
        let hung_up = async {
            loop {
                match receiver.next().await {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("the node hung up without a code"),
                    Err(LinkError::Closed(closed)) => return closed,
                    Err(error) => panic!("the node did not say why: {error}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, hung_up).await.expect("the node hangs up")
    })
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn dial(secret: NodeSecret, peer: NodeKey, peer_status: &Status) -> (Endpoint, Link) {
    let address: Address = peer_status.listen.as_deref().unwrap().parse().unwrap();
    let endpoint = Endpoint::bind(transport::Config::new(secret)).await.unwrap();
    let link = endpoint.connect(peer, &[address]).await.unwrap();
    (endpoint, link)
}

/// The first frame of a session, with other versions in it.
fn greeting(frame: &[u8], (version_min, version_max): (u16, u16)) -> Vec<u8> {
    let body = &frame[wire::FRAME_HEAD_BYTES..];
    match wire::decode(frame[0], body, &wire::Limits::default()) {
        Ok(Some(wire::Message::Hello(hello))) => {
            wire::encode(&wire::Message::Hello(wire::Hello { version_min, version_max, ..hello })).remove(0)
        }
        other => panic!("a session begins with Hello: {other:?}"),
    }
}

/// The secret in a folder and the statements that its node holds.
fn keys(folder: &Path) -> (NodeSecret, StatementSet) {
    let (store, opened) = Store::open(&Options::new(folder)).unwrap();
    let mut statements = StatementSet::new();
    for (located, _) in store.reader.frames(Position::default()).unwrap() {
        if located.kind == FrameKind::Statement {
            let bytes = store.reader.read(located.at).unwrap().bytes;
            statements.insert(postcard::from_bytes(&bytes).unwrap()).unwrap();
        }
    }
    (opened.secret, statements)
}

fn runs(bytes: &[u8]) -> Option<Vec<VerifiedRun>> {
    journal::decode(bytes, &Limits::default()).ok()?.into_iter().map(|run| run.verify().ok()).collect()
}

fn check(what: Unchecked) -> Found {
    match what {
        Unchecked::Pack(bytes) => runs(&bytes).map_or(Found::Bad, Found::Runs),
        Unchecked::Fork(bytes) => ForkProof::decode(&bytes).map_or(Found::Bad, |proof| Found::Fork(Box::new(proof))),
        Unchecked::Statements(statements) => {
            let checked: Result<_, _> = statements.into_iter().map(CheckedStatement::check).collect();
            checked.map_or(Found::Bad, Found::Statements)
        }
    }
}
