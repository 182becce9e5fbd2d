//! A running node: opening its folder, starting its threads, and the handle through which everything is asked of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc as sync_mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use charter::{
    Body, Charter, CheckedStatement, Request, Statement, StatementError, StatementSet, Subject,
    file::{ActDraft, ActSignature, FileError, FoundingDraft, FoundingSignature},
};
use documents::{Past, Snapshot};
use identity::{
    Coordinate, Domain, EntryHash, Incarnation, JournalId, NetworkId, NodeKey, NodeSecret, OfficeId, Point, ScopeName,
    Signed,
};
use journal::{Header, Kind};
use store::{Cut, Frame, FrameKind, Index, IndexState, Location, Released, Space, Store, StoreError, Why};
use sync::{Beacon, PeerStatus, Receipt};
use tokio::sync::{mpsc, oneshot, watch};
use transport::{Address, Endpoint, TransportError};

use crate::{
    Attachments,
    api::{Update, Write, WriteError, Written},
    bundle::{self, BundleError},
    desk::{Desk, DeskJob, Recomputed},
    discovery,
    disk::{Disk, NotStored},
    engine::{Engine, INCOMING_MAX, Seen, Told, clock_ms},
    links,
    meters::Meters,
    note::Note,
    opening::{Found, recover, recovered},
    reach::Links,
    recovery::RecoveryLock,
    shelf::{BuiltOn, Shelf},
    standing::Standings,
};

/// How many updates may wait for their reader before the desk waits for it.
const UPDATES_MAX: usize = 256;

/// How often a node reports on itself.
const REPORT_EVERY: std::time::Duration = std::time::Duration::from_secs(300);

/// How a node is to run.
#[derive(Clone)]
pub struct Options {
    /// The data folder and how to open it.
    pub store: store::Options,
    /// Whether a kind of record is known to this version; others are kept, forwarded and shown as waiting.
    pub known_kind: fn(Kind) -> bool,
    /// Where and whom to call; `None` to work without a network.
    pub network: Option<NetworkOptions>,
    /// Throw the index away and build it again from the journals.
    pub rebuild: bool,
}

/// Where a node listens, and whom it calls.
#[derive(Debug, Clone, Default)]
pub struct NetworkOptions {
    /// Where QUIC listens.
    pub udp: Option<SocketAddr>,
    /// Where TLS over TCP listens.
    pub tcp: Option<SocketAddr>,
    /// Peers to stay connected to.
    pub peers: Vec<(NodeKey, Vec<Address>)>,
    /// Where others can reach this node; goes into its beacon.
    pub advertise: Vec<String>,
}

/// Why a node does not open or start.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sockets cannot be opened.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The folder holds no profile: it was not made by `init`, or its first file is gone.
    #[error("the data folder does not say for which office this node speaks")]
    NoProfile,
    /// A thread could not be started.
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
}

/// Why a statement was not taken.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It is worth nothing anywhere.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// It could not be made durable.
    #[error("not saved: {0}")]
    NotStored(#[from] NotStored),
    /// This node belongs to another network already.
    #[error("this node belongs to network {} already", .0.short())]
    OtherNetwork(NetworkId),
    /// This node belongs to no network yet.
    #[error("this node belongs to no network yet")]
    NoNetwork,
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopped,
}

/// The journals held of a scope, with their points.
pub type Held = Vec<(JournalId, Point)>;

/// A running node. Cheap to clone; the node stops with [`Node::stop`].
#[derive(Clone)]
pub struct Node(Arc<Inner>);

struct Inner {
    secret: Arc<NodeSecret>,
    attachments: Attachments,
    request: Signed<Request>,
    office: OfficeId,
    profile: (Subject, bool),
    network: Mutex<Option<NetworkId>>,
    recovery: Mutex<Option<RecoveryLock>>,
    peers: Mutex<Vec<(NodeKey, Vec<Address>)>>,
    cuts: Vec<Cut>,
    unreadable: Vec<Location>,
    lost: bool,
    desk: sync_mpsc::Sender<DeskJob>,
    told: mpsc::UnboundedSender<Told>,
    disk: Disk,
    index: Index,
    shelf: Shelf,
    seen: Seen,
    /// What the next report says beside where this node is reached, and how often somebody wanted it at once.
    figures: watch::Sender<(BTreeMap<String, i64>, u64)>,
    /// Whoever is to be called is called now.
    hurry: watch::Sender<()>,
    meters: Meters,
    endpoint: Option<Endpoint>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    released: Mutex<Option<Released>>,
}

/// How long a node that stops waits for whoever still reads in its folder.
const RELEASE_MAX: Duration = Duration::from_secs(10);

/// A node that has stopped. Its folder is free once what reads in it at this moment is done.
#[derive(Debug)]
#[must_use = "the folder may still be in use"]
pub struct Closing(Option<Released>);

impl Closing {
    /// Waits until the folder is free. All clones of the node have to be gone, or soon to be.
    pub async fn free(self) {
        let Some(released) = self.0 else { return };
        let free = tokio::task::spawn_blocking(move || released.wait(RELEASE_MAX)).await;
        if !free.unwrap_or(false) {
            tracing::error!("the node has stopped, and something still uses its folder");
        }
    }
}

impl Node {
    /// Makes a data folder for a new node of a new office or of one that exists.
    pub fn create(options: &store::Options, subject: Subject, practice: bool) -> Result<NodeKey, DriverError> {
        let (mut store, opened) = Store::create(options)?;
        let note = Note::Profile { subject, practice, nonce: random()? };
        store.writer.append(&[note.frame(), Note::Incarnation(Incarnation(random()?)).frame()])?;
        Ok(opened.secret.node_key())
    }

    /// Opens a data folder and starts the node. The updates must be read as long as the node runs.
    pub async fn open(options: Options) -> Result<(Self, mpsc::Receiver<Update>), DriverError> {
        let (store_options, meters, began) = (options.store.clone(), Meters::default(), Instant::now());
        let folder = store_options.folder.clone();
        let (mut store, opened) = tokio::task::spawn_blocking(move || Store::open(&store_options))
            .await
            .map_err(|_| DriverError::NoProfile)??;
        let shelf = Shelf::new(store.index.clone(), store.reader.clone());
        let new_incarnation = opened.new_incarnation();
        let secret = Arc::new(opened.secret);
        let attachments = Attachments::of(&folder, opened.files_key);
        attachments.seal_all();
        for cut in &opened.cuts {
            tracing::warn!(?cut, "recovery cut what a power cut or damage left behind");
        }
        let index = if options.rebuild { IndexState::Suspect } else { opened.index };
        let mut found = recover(&store.index, &store.reader, &opened.frames, &opened.cuts, index, secret.node_key())?;
        if !found.keep.is_empty() {
            store.writer.append(&found.keep)?;
        }
        let (subject, practice, nonce) = found.profile.clone().ok_or(DriverError::NoProfile)?;
        let incarnation = match found.incarnation {
            Some(incarnation) if !new_incarnation && !found.lost => incarnation,
            _ => {
                let incarnation = Incarnation(random()?);
                tracing::warn!("the folder was moved, copied or cut: this node goes on under a new incarnation");
                store.writer.append(&[Note::Incarnation(incarnation).frame()])?;
                incarnation
            }
        };
        let request = Request { seal_key: secret.seal_key(), practice, nonce, subject: subject.clone() };
        let signed = request.sign(&secret).map_err(|_| DriverError::NoProfile)?;
        let office = charter::office_id(&signed, &request);

        let Store { writer, reader: _, index } = store;
        let (disk, disk_thread) = Disk::start(writer, meters.clone()).map_err(DriverError::Thread)?;
        let (desk, desk_jobs) = sync_mpsc::channel();
        let (told, told_in) = mpsc::unbounded_channel();
        let (incoming, incoming_in) = mpsc::channel(INCOMING_MAX);
        let (updates, updates_in) = mpsc::channel(UPDATES_MAX);
        let (mut engine, seen) =
            Engine::new(disk.clone(), desk.clone(), shelf.clone(), told.clone(), incoming, meters.clone(), found.unmet);
        let standings = Standings::new(secret.node_key(), found.freezes.clone(), found.unmet);
        let at_desk = Desk::new(
            secret.clone(),
            incarnation,
            index.clone(),
            shelf.clone(),
            disk.clone(),
            standings,
            options.known_kind,
            updates,
            told.clone(),
            desk.clone(),
            meters.clone(),
        )
        .starts_with_aside(std::mem::take(&mut found.aside), std::mem::take(&mut found.said));
        let at_desk = if found.network.is_some() { at_desk.starts_with_a_charter() } else { at_desk };
        let desk_thread = std::thread::Builder::new()
            .name("desk".into())
            .spawn(move || at_desk.run(&desk_jobs))
            .map_err(DriverError::Thread)?;

        // Only an index that knew of more tells a tail that was there from a write that was never whole.
        let lost = found.lost || opened.cuts.iter().any(|cut| cut.why == Why::Behind);
        let unreadable = std::mem::take(&mut found.unreadable);
        let (network, recovery) = (found.network, found.recovery);
        if let Some(network) = network {
            engine.join(recovered(&secret, &index, network, found)?);
        }
        meters.recovery_seconds.set(began.elapsed().as_secs_f64());
        let endpoint = match &options.network {
            None => None,
            Some(network) => {
                let mut config = transport::Config::new((*secret).clone());
                config.udp = network.udp;
                config.tcp = network.tcp;
                Some(Endpoint::bind(config).await?)
            }
        };
        let (figures, figures_in) = watch::channel((BTreeMap::new(), 0));
        let hurry = watch::Sender::new(());
        let peers = options.network.as_ref().map(|network| network.peers.clone()).unwrap_or_default();
        tokio::spawn(engine.run(told_in, incoming_in));
        if let (Some(endpoint), Some(network)) = (&endpoint, options.network) {
            tokio::spawn(links::accept(endpoint.clone(), told.clone()));
            let addresses = reachable_at(&network, endpoint);
            tokio::spawn(report(addresses, told.clone(), seen.charter.clone(), figures_in));
            let configured = network.peers.iter().map(|(peer, _)| *peer).collect();
            let connected = seen.connected.clone();
            tokio::spawn(discovery::discover(endpoint.clone(), configured, told.clone(), connected, hurry.subscribe()));
            for (peer, addresses) in network.peers {
                let connected = seen.connected.clone();
                let hurry = hurry.subscribe();
                tokio::spawn(links::keep(endpoint.clone(), peer, addresses, told.clone(), connected, hurry));
            }
        }
        let node = Inner {
            secret,
            request: signed,
            office,
            profile: (subject, practice),
            network: Mutex::new(network),
            recovery: Mutex::new(recovery),
            peers: Mutex::new(peers),
            cuts: opened.cuts,
            unreadable,
            lost,
            desk,
            told,
            disk,
            index,
            shelf,
            seen,
            figures,
            hurry,
            meters,
            endpoint,
            threads: Mutex::new(vec![disk_thread, desk_thread]),
            attachments,
            released: Mutex::new(Some(opened.released)),
        };
        Ok((Self(Arc::new(node)), updates_in))
    }

    /// Files that records name by their hash.
    pub fn attachments(&self) -> &Attachments {
        &self.0.attachments
    }

    /// This node's key.
    pub fn key(&self) -> NodeKey {
        self.0.secret.node_key()
    }

    /// The office that this node speaks for, admitted or not.
    pub fn office(&self) -> OfficeId {
        self.0.office
    }

    /// For what this node asks to be admitted, and whether for practice.
    pub fn profile(&self) -> (&Subject, bool) {
        (&self.0.profile.0, self.0.profile.1)
    }

    /// This node's signed request to join.
    pub fn request(&self) -> &Signed<Request> {
        &self.0.request
    }

    /// The network that this node belongs to.
    pub fn network(&self) -> Option<NetworkId> {
        *self.0.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The charter as it stands here now; `None` before this node belongs to a network.
    pub fn charter(&self) -> Option<Arc<Charter>> {
        self.0.seen.charter.borrow().clone()
    }

    /// What this start cut, and what it found damaged. What others hold of it is fetched from them.
    pub fn cuts(&self) -> &[Cut] {
        &self.0.cuts
    }

    /// Where statements, receipts and notes of this node lie that this start could not read.
    pub fn unreadable(&self) -> &[Location] {
        &self.0.unreadable
    }

    /// Whether entries that were held before this start, and may have been shown, are not there any more.
    pub fn lost_entries(&self) -> bool {
        self.0.lost
    }

    /// What each connected peer is doing.
    pub fn peers(&self) -> Vec<PeerStatus> {
        self.0.seen.peers.borrow().clone()
    }

    /// The links of this node since its start.
    pub fn links(&self) -> Links {
        self.0.seen.links.borrow().clone()
    }

    /// The keys known to the charter that called since the start and were not let in, and when last, in Unix
    /// milliseconds.
    pub fn turned_away(&self) -> BTreeMap<NodeKey, i64> {
        self.0.seen.turned_away.borrow().clone()
    }

    /// What it counts since its start.
    pub fn meters(&self) -> &Meters {
        &self.0.meters
    }

    /// What its links moved since the start, those that ended too: bytes sent and received.
    pub fn moved(&self) -> (u64, u64) {
        let (mut sent, mut received) = self.0.meters.moved();
        for link in &self.0.seen.links.borrow().up {
            sent += link.traffic.sent();
            received += link.traffic.received();
        }
        (sent, received)
    }

    /// The nodes that it is connected to.
    pub fn connected(&self) -> watch::Receiver<BTreeSet<NodeKey>> {
        self.0.seen.connected.clone()
    }

    /// Waits until no file here holds anything that an order in force here erases.
    pub async fn when_erased(&self) {
        let (reply, done) = oneshot::channel();
        if self.ask_desk(DeskJob::With(Box::new(move |desk| desk.when_erased(reply)))).is_ok() {
            // A node that stops says nothing more.
            let _ = done.await;
        }
    }

    /// Writes the full files anew where that saves room, without waiting for a quiet moment; answers when that is done.
    pub async fn tidy(&self) {
        let (reply, done) = oneshot::channel();
        if self.ask_desk(DeskJob::With(Box::new(move |desk| desk.when_tidy(reply)))).is_ok() {
            // A node that stops says nothing more.
            let _ = done.await;
        }
    }

    /// Where this node listens: QUIC, and TLS over TCP.
    pub fn addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        let endpoint = self.0.endpoint.as_ref();
        (endpoint.and_then(Endpoint::udp_addr), endpoint.and_then(Endpoint::tcp_addr))
    }

    /// What is held of each scope: its journals with their points.
    pub fn held(&self) -> Result<Vec<(ScopeName, Held)>, StoreError> {
        let scopes = self.0.index.scopes();
        scopes.into_iter().map(|(scope, _)| self.0.index.have(&scope).map(|have| (scope, have))).collect()
    }

    /// Writes a batch: all of it or nothing. When it returns, it is durable here.
    pub async fn write(&self, writes: Vec<Write>) -> Result<Vec<Written>, WriteError> {
        let (reply, answer) = oneshot::channel();
        self.ask_desk(DeskJob::Write { writes, now_ms: clock_ms(), reply }).map_err(|()| WriteError::Stopped)?;
        answer.await.map_err(|_| WriteError::Stopped)?
    }

    /// What a document shows here; `None` if nothing of it is held.
    pub async fn snapshot(&self, document: Coordinate) -> Result<Option<Snapshot>, StoreError> {
        let (reply, answer) = oneshot::channel();
        if self.ask_desk(DeskJob::Snapshot { document, reply }).is_err() {
            return Ok(None);
        }
        answer.await.unwrap_or(Ok(None))
    }

    /// How a document came to show what it shows; empty if nothing of it is shown here.
    pub async fn history(&self, document: Coordinate) -> Result<Vec<Past>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let look = move |desk: &mut Desk| drop(reply.send(desk.history(&document)));
        if self.ask_desk(DeskJob::With(Box::new(look))).is_err() {
            return Ok(Vec::new());
        }
        answer.await.unwrap_or_else(|_| Ok(Vec::new()))
    }

    /// Says of every document of these scopes again what it shows, and then that they are settled. A reader calls it once at
    /// its start, with the scopes that it lacks or with none: nothing is said to be settled before.
    pub fn tell(&self, scopes: Vec<ScopeName>) {
        // A node that stops tells nothing more.
        let _ = self.ask_desk(DeskJob::Tell(scopes));
    }

    /// What the scopes held here are settled at once everything is shown (see [`Update::Settled`]).
    pub async fn watermarks(&self) -> Vec<(ScopeName, [u8; 32])> {
        let (reply, answer) = oneshot::channel();
        let look = move |desk: &mut Desk| {
            let scopes = desk.index.scopes().into_iter();
            let marks = scopes.filter_map(|(scope, _)| desk.watermark(&scope).ok().map(|mark| (scope, mark)));
            drop(reply.send(marks.collect()));
        };
        if self.ask_desk(DeskJob::With(Box::new(look))).is_err() {
            return Vec::new();
        }
        answer.await.unwrap_or_default()
    }

    /// The same of one scope.
    pub async fn watermark(&self, scope: ScopeName) -> Option<[u8; 32]> {
        let (reply, answer) = oneshot::channel();
        let look = move |desk: &mut Desk| {
            // Whoever asked may have given up waiting.
            let _ = reply.send(desk.watermark(&scope).ok());
        };
        self.ask_desk(DeskJob::With(Box::new(look))).ok()?;
        answer.await.ok().flatten()
    }

    /// Of these journals, those that wait for a cut-off.
    pub async fn frozen(&self, journals: Vec<JournalId>) -> BTreeSet<JournalId> {
        let (reply, answer) = oneshot::channel();
        let look = move |desk: &mut Desk| {
            let frozen = journals.into_iter().filter(|journal| desk.standings.frozen(journal));
            drop(reply.send(frozen.collect()));
        };
        if self.ask_desk(DeskJob::With(Box::new(look))).is_err() {
            return BTreeSet::new();
        }
        answer.await.unwrap_or_default()
    }

    /// Up to where entries of own journals are to be held somewhere: all of them, but where what stands above a cut-off
    /// was said again in another journal, only those that count.
    pub async fn to_be_held(&self, own: Vec<(JournalId, Point)>) -> Result<Vec<(JournalId, u64)>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let look = move |desk: &mut Desk| drop(reply.send(desk.to_be_held(own)));
        if self.ask_desk(DeskJob::With(Box::new(look))).is_err() {
            return Ok(Vec::new());
        }
        answer.await.unwrap_or_else(|_| Ok(Vec::new()))
    }

    /// Folds everything again from the journals, and checks every chain and signature.
    pub async fn recompute(&self) -> Result<Recomputed, StoreError> {
        let (reply, answer) = oneshot::channel();
        let look = move |desk: &mut Desk| drop(reply.send(desk.recompute()));
        if self.ask_desk(DeskJob::With(Box::new(look))).is_err() {
            return Ok(Recomputed::default());
        }
        answer.await.unwrap_or_else(|_| Ok(Recomputed::default()))
    }

    /// The fingerprint of what is held of a scope: equal at two nodes when there is nothing to exchange.
    pub async fn held_fingerprint(&self, scope: ScopeName) -> Option<String> {
        let look = move |replica: Option<&mut sync::Replica>| {
            replica.map(|replica| data_encoding::HEXLOWER.encode(&replica.held_fingerprint(&scope).0))
        };
        self.look(look).await.ok().flatten()
    }

    pub(crate) fn secret(&self) -> &NodeSecret {
        &self.0.secret
    }

    pub(crate) fn endpoint(&self) -> Option<&Endpoint> {
        self.0.endpoint.as_ref()
    }

    /// The peers to stay connected to.
    pub(crate) fn configured_peers(&self) -> Vec<(NodeKey, Vec<Address>)> {
        self.0.peers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stays connected to a further peer until the node closes; without a network nothing is called.
    pub fn keep_in_touch(&self, peer: NodeKey, addresses: Vec<Address>) {
        let mut peers = self.0.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(endpoint), false) =
            (&self.0.endpoint, peers.iter().any(|known| known.0 == peer && known.1 == addresses))
        else {
            return;
        };
        peers.push((peer, addresses.clone()));
        let (connected, hurry) = (self.0.seen.connected.clone(), self.0.hurry.subscribe());
        tokio::spawn(links::keep(endpoint.clone(), peer, addresses, self.0.told.clone(), connected, hurry));
    }

    /// Whether this node calls others; one that was opened without a network does not.
    pub fn calls(&self) -> bool {
        self.0.endpoint.is_some()
    }

    /// Calls now whoever is not connected, however often that failed.
    pub fn call_now(&self) {
        self.0.hurry.send_replace(());
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    pub(crate) fn recovery(&self) -> MutexGuard<'_, Option<RecoveryLock>> {
        self.0.recovery.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask_desk(&self, job: DeskJob) -> Result<(), ()> {
        self.0.desk.send(job).map_err(|_| ())
    }

    /// Signs a statement with this node's key. It says nothing until it is handed to [`Node::state`].
    pub fn sign(&self, body: Body) -> Result<Signed<Statement>, StateError> {
        // A founding makes its network; everything else is said in one.
        let network =
            if matches!(body, Body::Found { .. }) { None } else { Some(self.network().ok_or(StateError::NoNetwork)?) };
        Ok(Signed::new(&self.0.secret, Domain::Statement, &Statement { network, body }))
    }

    /// Signs what an official says about a version of an agreement.
    pub fn sign_ratification(&self, word: &[u8]) -> identity::Signature {
        self.0.secret.sign(Domain::Ratification, word)
    }

    /// Signs the founders' draft for this office.
    pub fn sign_founding(&self, draft: &FoundingDraft) -> Result<FoundingSignature, FileError> {
        draft.sign(&self.0.secret)
    }

    /// Signs the draft of an act of the founders.
    pub fn sign_act(&self, draft: &ActDraft) -> Result<ActSignature, FileError> {
        draft.sign(&self.0.secret)
    }

    /// Which entries of a node others build on, in one scope, as far as it is held here.
    pub async fn built_on(&self, node: NodeKey, scope: ScopeName) -> Result<BuiltOn, StoreError> {
        let shelf = self.0.shelf.clone();
        let found = tokio::task::spawn_blocking(move || shelf.built_on(node, &scope));
        found.await.unwrap_or_else(|_| Ok(BuiltOn::new()))
    }

    /// The hash of an entry that is held here.
    pub fn entry_hash(&self, journal: &JournalId, seq: u64) -> Result<Option<EntryHash>, StoreError> {
        self.0.shelf.locate(journal, seq)
    }

    /// The header of an entry that is held here: which document it is about, who wrote it and when.
    pub fn entry_header(&self, journal: &JournalId, seq: u64) -> Result<Option<Header>, StoreError> {
        let Some(number) = self.0.index.journal_number(journal) else { return Ok(None) };
        Ok(self.0.shelf.item(number, seq)?.map(|(_, _, header, _)| header))
    }

    /// Takes statements in: made here, or brought in a file. When it returns, they are durable and in effect here.
    pub async fn state(&self, statements: Vec<Signed<Statement>>) -> Result<(), StateError> {
        let checked: Vec<CheckedStatement> =
            statements.into_iter().map(CheckedStatement::check).collect::<Result<_, _>>()?;
        let frames = checked.iter().map(statement_frame).collect();
        self.store(frames).await?;
        for statement in checked {
            self.0.told.send(Told::Statement(statement)).map_err(|_| StateError::Stopped)?;
        }
        self.look(|_| ()).await
    }

    /// Belongs to a network from here on. The statements say what is known of it so far.
    pub async fn join(&self, network: NetworkId, statements: Vec<Signed<Statement>>) -> Result<(), StateError> {
        if let Some(own) = self.network() {
            return if own == network { self.state(statements).await } else { Err(StateError::OtherNetwork(own)) };
        }
        let mut found = Found { network: Some(network), ..Found::default() };
        let mut frames = vec![Note::Network(network).frame()];
        for statement in statements {
            let statement = CheckedStatement::check(statement)?;
            frames.push(statement_frame(&statement));
            found.statements.insert_checked(statement);
        }
        self.store(frames).await?;
        let recovered = recovered(&self.0.secret, &self.0.index, network, found).map_err(|_| StateError::Stopped)?;
        *self.0.network.lock().unwrap_or_else(PoisonError::into_inner) = Some(network);
        self.0.told.send(Told::Joined(Box::new(recovered))).map_err(|_| StateError::Stopped)?;
        self.look(|_| ()).await
    }

    pub(crate) async fn store(&self, frames: Vec<Frame>) -> Result<(), StateError> {
        let (reply, stored) = oneshot::channel();
        self.0.disk.store(frames, None, move |result| {
            // Whoever asked may have given up waiting.
            let _ = reply.send(result.map(drop));
        });
        Ok(stored.await.map_err(|_| StateError::Stopped)??)
    }

    /// Waits until the loop has taken everything told before.
    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(Option<&mut sync::Replica>) -> T + Send + 'static,
    ) -> Result<T, StateError> {
        let (reply, answer) = oneshot::channel();
        self.0
            .told
            .send(Told::Look(Box::new(move |replica| drop(reply.send(look(replica))))))
            .map_err(|_| StateError::Stopped)?;
        answer.await.map_err(|_| StateError::Stopped)
    }

    /// Every statement held.
    pub async fn statements(&self) -> StatementSet {
        let all = |replica: Option<&mut sync::Replica>| {
            replica.map(|replica| replica.statements().clone()).unwrap_or_default()
        };
        self.look(all).await.unwrap_or_default()
    }

    /// How many statements are held.
    pub async fn statement_count(&self) -> usize {
        self.look(|replica| replica.map(|replica| replica.statements().len()).unwrap_or_default())
            .await
            .unwrap_or_default()
    }

    /// Every receipt held.
    pub async fn receipts(&self) -> Vec<(NodeKey, Receipt)> {
        let all = |replica: Option<&mut sync::Replica>| {
            replica
                .map(|replica| replica.receipts().iter().map(|known| (known.holder(), known.receipt.clone())).collect())
                .unwrap_or_default()
        };
        self.look(all).await.unwrap_or_default()
    }

    /// The newest report of each node on itself.
    pub async fn beacons(&self) -> Vec<(NodeKey, Beacon)> {
        let all = |replica: Option<&mut sync::Replica>| {
            let reports =
                replica.map(|replica| replica.beacons().iter().map(|(node, it)| (node, it.clone())).collect());
            reports.unwrap_or_default()
        };
        self.look(all).await.unwrap_or_default()
    }

    /// What this node says of itself from its next report on: every five minutes, or `at_once`.
    pub fn report_as(&self, figures: BTreeMap<String, i64>, at_once: bool) {
        self.0.figures.send_modify(|(known, wanted)| {
            *known = figures;
            *wanted += u64::from(at_once);
        });
    }

    /// The journals of which two histories were proved.
    pub async fn forked(&self) -> Vec<JournalId> {
        let all = |replica: Option<&mut sync::Replica>| {
            replica.map(|replica| replica.forks().map(|proof| proof.journal().clone()).collect()).unwrap_or_default()
        };
        self.look(all).await.unwrap_or_default()
    }

    /// Under which incarnation this node writes now; none while it stops.
    pub async fn incarnation(&self) -> Option<Incarnation> {
        let (reply, answer) = oneshot::channel();
        let look = move |desk: &mut Desk| {
            // Whoever asked may have given up waiting.
            let _ = reply.send(desk.incarnation);
        };
        self.ask_desk(DeskJob::With(Box::new(look))).ok()?;
        answer.await.ok()
    }

    /// Room on the disk, and whether the disk failed; none while the node stops or where the system does not tell.
    pub async fn disk(&self) -> Option<(Space, bool)> {
        let (reply, answer) = oneshot::channel();
        self.0.disk.with_writer(move |writer| drop(reply.send(writer.space().map(|space| (space, writer.failed())))));
        answer.await.ok()?.ok()
    }

    /// A bundle for an office: everything that it may read and is not known to hold, sealed to its nodes.
    pub async fn export(&self, office: OfficeId) -> Result<Vec<u8>, BundleError> {
        let charter = self.charter().ok_or(BundleError::NoAddressee)?;
        let to: Vec<_> = charter
            .nodes()
            .filter(|node| node.office == office && charter.is_active(&node.key))
            .map(|node| (node.key, node.seal_key))
            .collect();
        let (reply, written) = oneshot::channel();
        let content = match self.0.told.send(Told::Export { office, reply }) {
            Ok(()) => written.await.map_err(|_| BundleError::Content)?,
            Err(_) => return Err(BundleError::Content),
        };
        let randomness = random().map_err(|_| BundleError::Key)?;
        bundle::seal(&self.0.secret, charter.network(), &to, &content, randomness)
    }

    /// Takes in a bundle. When it returns, what it brought is durable. Gives back the node that made it, and how many entries
    /// were taken in meanwhile.
    pub async fn import(&self, bytes: &[u8]) -> Result<(NodeKey, u64), BundleError> {
        let charter = self.charter().ok_or(BundleError::NotForUs)?;
        let (from, content) = bundle::open(&self.0.secret, charter.network(), bytes)?;
        let mut assembler = sync::wire::Assembler::new(sync::wire::Limits::default());
        let mut messages = Vec::new();
        for bytes in content.chunks(sync::wire::FRAME_BODY_BYTES_MAX) {
            assembler.push(bytes);
            while let Some(message) = assembler.next().map_err(|_| BundleError::Damaged)? {
                messages.push(message);
            }
        }
        let (reply, closed) = oneshot::channel();
        if self.0.told.send(Told::Import { from, messages, reply }).is_err() {
            return Err(BundleError::Content);
        }
        match closed.await {
            Ok((sync::CloseCode::Done, entries)) => Ok((from, entries)),
            Ok((sync::CloseCode::NotAdmitted, _)) => Err(BundleError::Stranger(from)),
            Ok(_) | Err(_) => Err(BundleError::Content),
        }
    }

    /// Stops, with the folder free at the end. All other clones have to be gone, or soon to be.
    pub async fn stop(self) {
        let closing = self.close().await;
        drop(self);
        closing.free().await;
    }

    /// Ends the sessions; what was handed to the disk is durable. The folder is free once the last clone is gone.
    pub async fn close(&self) -> Closing {
        let (done, stopped) = oneshot::channel();
        if self.0.told.send(Told::Stop(done)).is_ok() {
            drop(stopped.await);
        }
        if let Some(endpoint) = &self.0.endpoint {
            endpoint.close().await;
        }
        let _ = self.ask_desk(DeskJob::Stop);
        self.0.disk.stop();
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined =
            tokio::task::spawn_blocking(move || threads.into_iter().map(JoinHandle::join).all(|end| end.is_ok()));
        if !joined.await.unwrap_or(false) {
            tracing::error!("a thread of the node ended in a panic");
        }
        Closing(self.0.released.lock().unwrap_or_else(PoisonError::into_inner).take())
    }
}

/// Hands the node's report on itself to the loop, once it belongs to a network and then every few minutes, and whenever
/// somebody wants it at once.
async fn report(
    addresses: Vec<String>,
    told: mpsc::UnboundedSender<Told>,
    mut charter: watch::Receiver<Option<Arc<Charter>>>,
    mut figures: watch::Receiver<(BTreeMap<String, i64>, u64)>,
) {
    if charter.wait_for(Option::is_some).await.is_err() {
        return;
    }
    let mut tick = tokio::time::interval(REPORT_EVERY);
    let mut done = 0;
    loop {
        let wanted = async {
            // An error means that the node is gone; the loop says so too.
            if figures.wait_for(|(_, wanted)| *wanted > done).await.is_err() {
                std::future::pending().await
            }
        };
        tokio::select! {
            _ = tick.tick() => {}
            () = wanted => {}
            () = told.closed() => return,
        }
        let (figures, wanted) = figures.borrow().clone();
        done = wanted;
        let beacon = Beacon {
            number: 0,
            time_ms: 0,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            addresses: addresses.clone(),
            figures,
        };
        if told.send(Told::Report(beacon)).is_err() {
            return;
        }
    }
}

/// Where others reach this node: as the config says, else where it listens, unless that is everywhere.
fn reachable_at(network: &NetworkOptions, endpoint: &Endpoint) -> Vec<String> {
    if !network.advertise.is_empty() {
        return network.advertise.clone();
    }
    let listens = [endpoint.udp_addr(), endpoint.tcp_addr()].into_iter().flatten();
    let mut named: Vec<Address> = listens.filter(|at| !at.ip().is_unspecified()).map(Address::from).collect();
    named.dedup();
    named.iter().map(Address::to_string).collect()
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], DriverError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| DriverError::Randomness)?;
    Ok(bytes)
}

fn statement_frame(statement: &CheckedStatement) -> Frame {
    #[expect(clippy::expect_used, reason = "plain data encodes")]
    let bytes = postcard::to_stdvec(statement.signed()).expect("plain data encodes");
    Frame { kind: FrameKind::Statement, bytes }
}
