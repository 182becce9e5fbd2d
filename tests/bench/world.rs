//! The offices that write the standard set: nodes in this process that sync over QUIC on the loopback.

use std::path::{Path, PathBuf};

use anyhow::Context;
use charter::{Body, Policy, Request, Statement, Subject, founding};
use driver::{Address, NetworkOptions, Node, Options, Target, Update, What, Write};
use identity::{Coordinate, NetworkId, NodeKey, Officer, ScopeName, Signed};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::set::{Person, WRITERS, puts};

/// The scope of the standard set.
pub(crate) const SCOPE: &str = "participation/33.07.10.2004";

/// How many writes are made durable together where throughput of one writer is not the question.
pub(crate) const BATCH: usize = 256;

/// Who writes: the village registers, the others update, the hub is the regency.
const OFFICES: [(&str, &str, &str); WRITERS] = [
    ("Desa Kuripan", "village", "33.07.10.2004"),
    ("BP3TKI Semarang", "agency", "33"),
    ("Kabupaten Wonosobo", "regency", "33.07"),
    ("Jawa Tengah", "province", "33"),
    ("Kementerian Ketenagakerjaan", "ministry", "id"),
    ("Desa Kuripan 2", "village", "33.07.10.2004"),
];

/// Nodes that join later, each once.
pub(crate) const JOINERS: usize = 3;

/// A node that runs, and what empties its updates.
pub(crate) struct Running {
    pub(crate) node: Node,
    reader: JoinHandle<()>,
}

impl Running {
    /// Opens a folder; `peers` are called.
    pub(crate) async fn open(folder: &Path, peers: Vec<(NodeKey, Vec<Address>)>) -> Result<Self, driver::DriverError> {
        Self::open_heard(folder, peers, |_| {}).await
    }

    /// The same; `hear` is told of every update.
    pub(crate) async fn open_heard(
        folder: &Path,
        peers: Vec<(NodeKey, Vec<Address>)>,
        mut hear: impl FnMut(&Update) + Send + 'static,
    ) -> Result<Self, driver::DriverError> {
        let loopback = Some(([127, 0, 0, 1], 0).into());
        let network = NetworkOptions { udp: loopback, tcp: loopback, peers, advertise: Vec::new() };
        let store = store::Options::new(folder);
        let options = Options { store, known_kind: |_| true, network: Some(network), rebuild: false };
        let (node, mut updates): (_, mpsc::Receiver<Update>) = Node::open(options).await?;
        let reader = tokio::spawn(async move {
            while let Some(update) = updates.recv().await {
                hear(&update);
            }
        });
        Ok(Self { node, reader })
    }

    /// How to call it.
    pub(crate) fn peer(&self) -> (NodeKey, Vec<Address>) {
        (self.node.key(), self.node.addresses().0.map(Address::from).into_iter().collect())
    }

    /// How many entries it holds.
    pub(crate) fn entries(&self) -> u64 {
        let held = self.node.held().unwrap_or_default();
        held.iter().flat_map(|(_, journals)| journals).map(|(_, point)| point.seq).sum()
    }

    pub(crate) async fn stop(self) {
        self.node.stop().await;
        // It ends with the node; a panic in it would be the bench's own.
        drop(self.reader.await);
    }
}

/// Where a node's folder lies.
pub(crate) fn folder(under: &Path, name: &str) -> PathBuf {
    under.join(name.replace(' ', "-"))
}

/// The folder of the node that served everybody: what a joiner joins.
pub(crate) fn hub(under: &Path) -> PathBuf {
    folder(under, OFFICES[2].0)
}

/// The folder of a node that was admitted and has not yet joined anybody.
pub(crate) fn joiner(under: &Path, number: usize) -> PathBuf {
    folder(under, &format!("joiner {number}"))
}

fn create(under: &Path, name: &str, subject: Subject) -> Result<PathBuf, driver::DriverError> {
    let folder = folder(under, name);
    Node::create(&store::Options::new(&folder), subject, true)?;
    Ok(folder)
}

/// Makes the six writers and the joiners, and lets the writers write the set. Returns how many entries there are.
pub(crate) async fn generate(under: &Path, documents: u64) -> anyhow::Result<u64> {
    let mut nodes = Vec::new();
    for (name, kind, region) in OFFICES {
        let subject = Subject::NewOffice { name: name.to_owned(), kind: kind.parse()?, region: region.parse()? };
        create(under, name, subject)?;
    }
    // The regency is called by all others.
    let hub_node = Running::open(&hub(under), Vec::new()).await?;
    let call_hub = vec![hub_node.peer()];
    for (name, _, _) in OFFICES {
        let folder = folder(under, name);
        nodes.push(if folder == hub(under) { None } else { Some(Running::open(&folder, call_hub.clone()).await?) });
    }
    let mut hub_node = Some(hub_node);
    let nodes: Vec<Running> = nodes.into_iter().filter_map(|node| node.or_else(|| hub_node.take())).collect();
    let (network, mut statements) = found(&nodes[4].node)?;
    nodes[4].node.join(network, statements.clone()).await?;
    let mut admit = Vec::new();
    for node in nodes.iter().filter(|node| node.node.key() != nodes[4].node.key()) {
        admit.push(node.node.request().clone());
    }
    for number in 0..JOINERS {
        let office = nodes[2].node.office();
        let folder = create(under, &format!("joiner {number}"), Subject::FurtherNode { office })?;
        let joiner = Running::open(&folder, Vec::new()).await?;
        admit.push(joiner.node.request().clone());
        joiner.stop().await;
    }
    for request in admit {
        let said = nodes[4].node.sign(Body::Admit { request })?;
        nodes[4].node.state(vec![said.clone()]).await?;
        statements.push(said);
    }
    for node in &nodes {
        node.node.join(network, statements.clone()).await?;
    }
    for number in 0..JOINERS {
        let joiner = Running::open(&joiner(under, number), Vec::new()).await?;
        joiner.node.join(network, statements.clone()).await?;
        joiner.stop().await;
    }

    let mut hub_node = None;
    for node in nodes {
        if node.node.key() == call_hub[0].0 {
            hub_node = Some(node);
        } else {
            node.stop().await;
        }
    }
    let hub_node = hub_node.context("the hub is one of the offices")?;

    // One after the other, with nobody but the hub beside them: six nodes that all follow each write take six times as
    // long, and the hub ends with the same.
    let mut people: Vec<Person> = (0..documents).map(Person::new).collect();
    let mut ids: Vec<Coordinate> = Vec::new();
    for (round, (name, _, _)) in (0u64..).zip(OFFICES) {
        let folder = folder(under, name);
        let visitor = if folder == hub(under) { None } else { Some(Running::open(&folder, call_hub.clone()).await?) };
        let writer = &visitor.as_ref().unwrap_or(&hub_node).node;
        if round == 0 {
            ids = register_all(writer, &mut people).await?;
        } else {
            until_holds(visitor.as_ref().unwrap_or(&hub_node), round * documents).await;
            update_all(writer, &mut people, &ids).await?;
        }
        until_holds(&hub_node, (round + 1) * documents).await;
        if let Some(visitor) = visitor {
            visitor.stop().await;
        }
    }
    hub_node.stop().await;
    Ok(WRITERS as u64 * documents)
}

async fn register_all(node: &Node, people: &mut [Person]) -> anyhow::Result<Vec<Coordinate>> {
    let (scope, officer): (ScopeName, _) = (SCOPE.parse()?, Officer::new("petugas")?);
    let mut ids = Vec::new();
    for batch in people.chunks_mut(BATCH) {
        let writes = batch.iter_mut().map(|person| Write {
            target: Target::New { scope: scope.clone(), kind: 3, predecessor: None },
            officer: officer.clone(),
            what: What::Change { shown: Vec::new(), edits: puts(person.registration()) },
        });
        ids.extend(node.write(writes.collect()).await?.into_iter().map(|written| written.document));
    }
    Ok(ids)
}

async fn update_all(node: &Node, people: &mut [Person], ids: &[Coordinate]) -> anyhow::Result<()> {
    let officer = Officer::new("petugas")?;
    for (batch, ids) in people.chunks_mut(BATCH).zip(ids.chunks(BATCH)) {
        let mut writes = Vec::new();
        for (person, id) in batch.iter_mut().zip(ids) {
            let shown = node.snapshot(id.clone()).await?.map(|snapshot| snapshot.heads).unwrap_or_default();
            writes.push(Write {
                target: Target::Document(id.clone()),
                officer: officer.clone(),
                what: What::Change { shown, edits: puts(person.update()) },
            });
        }
        node.write(writes).await?;
    }
    Ok(())
}

/// Makes a ministry's node and lets it register this many people.
pub(crate) async fn register(under: &Path, documents: u64) -> anyhow::Result<()> {
    let (name, kind, region) = OFFICES[4];
    let subject = Subject::NewOffice { name: name.to_owned(), kind: kind.parse()?, region: region.parse()? };
    Node::create(&store::Options::new(hub(under)), subject, true)?;
    let running = Running::open(&hub(under), Vec::new()).await?;
    let (network, statements) = found(&running.node)?;
    running.node.join(network, statements).await?;
    let numbers: Vec<u64> = (0..documents).collect();
    for batch in numbers.chunks(BATCH) {
        let mut people: Vec<Person> = batch.iter().copied().map(Person::new).collect();
        register_all(&running.node, &mut people).await?;
    }
    running.stop().await;
    Ok(())
}

/// Waits until a node holds this many entries.
pub(crate) async fn until_holds(node: &Running, entries: u64) {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(2));
    while node.entries() < entries {
        tick.tick().await;
    }
}

fn found(node: &Node) -> anyhow::Result<(NetworkId, Vec<Signed<Statement>>)> {
    let request = node.request().clone();
    let lead = charter::office_id(&request, &Request::verify(&request)?);
    let (statement, network) = founding(true, vec![request], Policy::default_programme(lead), [7; 16])?;
    Ok((network, vec![node.sign(statement.body)?]))
}
