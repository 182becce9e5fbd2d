//! Nodes of a small network in one process, over real sockets and real folders.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test at the edge")]
#![allow(missing_docs, unreachable_pub, reason = "a module of tests")]
#![allow(dead_code, reason = "each test binary uses a part")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};

use charter::{Body, Policy, Request, Statement, Subject, founding};
use documents::{Edit, Scalar, Snapshot};
use driver::{Address, Changed, Held, NetworkOptions, Node, Options, Target, Update, What, Write, WriteError, Written};
use identity::{Coordinate, NetworkId, NodeKey, Officer, ScopeName, Signed};
use journal::{Limits, Payload, VerifiedRun};
use store::{FrameKind, Position, Store};
use tokio::sync::watch;

/// How long something may take that has to happen.
pub const SOON: Duration = Duration::from_secs(60);

pub const PARTICIPATION: &str = "participation/33.07.10.2004";

/// What a reader of the updates knows.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    pub documents: BTreeMap<Coordinate, Changed>,
    /// Everything that was ever told.
    pub told: Vec<Changed>,
}

/// An office's machine, switched on or off.
pub struct Office {
    pub folder: PathBuf,
    /// Who watches what its node does to its segment files.
    pub watch: Option<store::Watch>,
    /// Tells others addresses that lead nowhere: only who is called is met.
    pub hidden: bool,
    node: Option<Node>,
    shown: watch::Receiver<Shown>,
}

/// The founding and what was said since, as far as every office needs it to begin.
pub struct Network {
    pub id: NetworkId,
    pub statements: Vec<Signed<Statement>>,
}

pub fn options(folder: &Path, watch: Option<store::Watch>, network: Option<NetworkOptions>) -> Options {
    let mut store = store::Options::new(folder);
    store.watch = watch;
    store.reserve_bytes = 0;
    // Files are full soon.
    store.sizing.grow_bytes_min = 4 << 10;
    store.sizing.segment_bytes = 32 << 10;
    Options { store, known_kind: |_| true, network, rebuild: false }
}

impl Office {
    /// Makes a machine; it is off.
    pub fn new(folder: &Path, name: &str, kind: &str, region: &str) -> Self {
        Self::watched(folder, (name, kind, region), None)
    }

    /// The same, watched from its first byte on.
    pub fn watched(folder: &Path, (name, kind, region): (&str, &str, &str), watch: Option<store::Watch>) -> Self {
        let (kind, region) = (kind.parse().unwrap(), region.parse().unwrap());
        let subject = Subject::NewOffice { name: name.to_owned(), kind, region };
        let folder = folder.join(name);
        Node::create(&options(&folder, watch.clone(), None).store, subject, false).unwrap();
        Self { folder, watch, hidden: false, node: None, shown: watch::channel(Shown::default()).1 }
    }

    /// A machine that was made of a backup; it is off.
    pub fn restored(folder: &Path, name: &str, file: &Path, opener: &driver::Opener) -> Self {
        let folder = folder.join(name);
        driver::restore(&options(&folder, None, None).store, file, opener, |_, _| ()).unwrap();
        Self { folder, watch: None, hidden: false, node: None, shown: watch::channel(Shown::default()).1 }
    }

    /// Switches it on, to call these.
    pub async fn start(&mut self, peers: &[&Office]) {
        let known = peers.iter().map(|peer| (peer.key(), vec![peer.address()])).collect();
        let nowhere = || "127.0.0.1:1".to_owned();
        let network = NetworkOptions {
            udp: Some(([127, 0, 0, 1], 0).into()),
            peers: known,
            advertise: self.hidden.then(nowhere).into_iter().collect(),
            ..NetworkOptions::default()
        };
        let (node, mut updates) = Node::open(options(&self.folder, self.watch.clone(), Some(network))).await.unwrap();
        let (shown, seen) = watch::channel(Shown::default());
        tokio::spawn(async move {
            while let Some(update) = updates.recv().await {
                if let Update::Document(changed) = update {
                    shown.send_modify(|shown| {
                        shown.told.push((*changed).clone());
                        shown.documents.insert(changed.document.clone(), *changed);
                    });
                }
            }
        });
        self.node = Some(node);
        self.shown = seen;
    }

    pub async fn stop(&mut self) {
        self.node.take().unwrap().stop().await;
    }

    pub fn node(&self) -> &Node {
        self.node.as_ref().unwrap()
    }

    pub fn key(&self) -> NodeKey {
        self.node().key()
    }

    pub fn address(&self) -> Address {
        self.node().addresses().0.unwrap().into()
    }

    /// Waits until what was told so far is so.
    pub async fn until(&mut self, what: &str, is: impl Fn(&Shown) -> bool) {
        let waited = tokio::time::timeout(SOON, self.shown.wait_for(|shown| is(shown))).await;
        assert!(waited.is_ok(), "{}: {what} does not come to pass", self.folder.display());
    }

    /// Waits until a document shows what it should.
    pub async fn until_shows(&mut self, document: &Coordinate, is: impl Fn(&Snapshot) -> bool) {
        let shows = |shown: &Shown| {
            shown.documents.get(document).and_then(|changed| changed.snapshot.as_ref()).is_some_and(&is)
        };
        self.until(&format!("{document}"), shows).await;
    }

    /// Waits until it is connected to exactly these.
    pub async fn until_connected(&self, peers: &[NodeKey]) {
        let wanted: BTreeSet<NodeKey> = peers.iter().copied().collect();
        let mut connected = self.node().connected();
        let waited = tokio::time::timeout(SOON, connected.wait_for(|connected| *connected == wanted)).await;
        assert!(waited.is_ok(), "{}: connected to {:?}", self.folder.display(), self.node().peers());
    }

    /// Switches it off and on again, with its index thrown away.
    pub async fn rebuild(&mut self) {
        self.stop().await;
        std::fs::remove_dir_all(self.folder.join("index")).unwrap();
        self.start(&[]).await;
    }

    pub fn told(&self) -> Vec<Changed> {
        self.shown.borrow().told.clone()
    }

    pub async fn write(&self, target: Target, what: What) -> Result<Written, WriteError> {
        let officer = Officer::new("petugas").unwrap();
        Ok(self.node().write(vec![Write { target, officer, what }]).await?.remove(0))
    }

    /// Registers somebody.
    pub async fn register(&self, name: &str, predecessor: Option<&Coordinate>) -> Coordinate {
        let scope: ScopeName = PARTICIPATION.parse().unwrap();
        let target = Target::New { scope, kind: 3, predecessor: predecessor.cloned() };
        self.write(target, put(&[], "name", name)).await.unwrap().document
    }

    pub async fn state(&self, body: Body) -> Signed<Statement> {
        let said = self.node().sign(body).unwrap();
        self.node().state(vec![said.clone()]).await.unwrap();
        said
    }

    /// Orders documents to be erased.
    pub async fn erase(&self, documents: &[&Coordinate]) {
        let scope: ScopeName = PARTICIPATION.parse().unwrap();
        let documents = documents.iter().map(|document| (*document).clone()).collect();
        let ground = "UU 27/2022 pasal 8".to_owned();
        self.state(Body::Erase { scope, documents, ground, deadline: 1_800_000_000 }).await;
    }

    /// What every document hashes to, folded anew from the journals; fails on anything damaged.
    pub async fn states(&self) -> Vec<(ScopeName, driver::States)> {
        let found = self.node().recompute().await.unwrap();
        assert_eq!(found.damaged, Vec::<String>::new(), "{}", self.folder.display());
        found.states
    }

    pub fn held(&self) -> Vec<(ScopeName, Held)> {
        self.node().held().unwrap()
    }
}

/// A change that puts one field.
pub fn put(shown: &[Coordinate], key: &str, value: &str) -> What {
    let value = Scalar::Text(value.to_owned());
    What::Change { shown: shown.to_vec(), edits: vec![Edit::Put { key: key.to_owned(), value }] }
}

/// A ministry that founds a network by itself, and is on.
pub async fn ministry(folder: &Path) -> (Office, Network) {
    let mut office = Office::new(folder, "Kemnaker", "ministry", "id");
    office.start(&[]).await;
    let request = office.node().request().clone();
    let lead = charter::office_id(&request, &Request::verify(&request).unwrap());
    let policy = Policy::default_programme(lead);
    let (statement, id) = founding(false, vec![request], policy, [7; 16]).unwrap();
    let said = office.node().sign(statement.body).unwrap();
    office.node().join(id, vec![said.clone()]).await.unwrap();
    (office, Network { id, statements: vec![said] })
}

impl Network {
    /// Another office that `sponsor` admits; it is on, and calls these.
    pub async fn admit(
        &mut self,
        folder: &Path,
        sponsor: &Office,
        (name, kind, region): (&str, &str, &str),
        peers: &[&Office],
    ) -> Office {
        self.admit_made(Office::new(folder, name, kind, region), sponsor, peers).await
    }

    /// The same with a machine that was made before.
    pub async fn admit_made(&mut self, mut office: Office, sponsor: &Office, peers: &[&Office]) -> Office {
        office.start(peers).await;
        let request = office.node().request().clone();
        let said = sponsor.state(Body::Admit { request }).await;
        self.statements.push(said);
        office.node().join(self.id, self.statements.clone()).await.unwrap();
        office
    }
}

/// Every run in the segment files of a folder whose node is off.
pub fn stored(folder: &Path) -> Vec<VerifiedRun> {
    let (store, opened) = Store::open(&store::Options::new(folder)).unwrap();
    assert!(opened.cuts.is_empty(), "{:?}", opened.cuts);
    let frames = store.reader.frames(Position::default()).unwrap().into_iter().map(|(located, _)| located);
    let pages = frames.filter(|located| matches!(located.kind, FrameKind::Page | FrameKind::Pack));
    pages
        .flat_map(|located| journal::decode(&store.reader.read(located.at).unwrap().bytes, &Limits::default()).unwrap())
        .map(|run| run.verify().unwrap())
        .collect()
}

/// The documents of which a payload is stored, and those of which an erased entry is.
pub fn payloads(folder: &Path) -> (BTreeSet<Coordinate>, BTreeSet<Coordinate>) {
    let (mut there, mut gone) = (BTreeSet::new(), BTreeSet::new());
    for run in stored(folder) {
        for entry in run.entries() {
            let own = Coordinate { journal: run.journal().clone(), seq: entry.header.seq };
            let document = entry.header.subject.document(&own).clone();
            match &entry.payload {
                Payload::Erased { .. } => gone.insert(document),
                Payload::Change(_) | Payload::Fact(_) => there.insert(document),
            };
        }
    }
    (there, gone)
}
