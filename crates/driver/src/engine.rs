//! The one loop: feeds the replica, and carries out what it asks for. It never waits for a disk or a lock.
//!
//! # Contract
//! Everything that happens elsewhere arrives as [`Told`] or [`FrameIn`]; everything slow is handed to the disk thread,
//! the desk or a worker, which tell the loop when they are done.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, mpsc as sync_mpsc},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use charter::{Charter, CheckedStatement};
use identity::{Coordinate, EntryHash, Incarnation, NodeKey, OfficeId};
use journal::ForkProof;
use store::{Frame, FrameKind, StoreError};
use sync::{
    Beacon, Durable, Event, Found, Input, LoadedPack, Output, PeerState, PeerStatus, Recovered, Replica, RequestId,
    SessionId, Token, Unchecked, wire,
};
use tokio::sync::{mpsc, oneshot, watch};
use transport::Link;

use crate::{
    desk::{Desk, DeskJob, HeldRun},
    disk::{Disk, NotStored},
    links::{self, LinkOut},
    meters::Meters,
    note::Note,
    reach::{LinkStatus, Links},
    shelf::{Shelf, read_runs},
};

/// How many messages of all links may wait for the loop.
pub(crate) const INCOMING_MAX: usize = 256;

/// A message of a link, in order.
#[derive(Debug)]
pub(crate) struct FrameIn {
    pub(crate) session: SessionId,
    pub(crate) message: Result<wire::Message, wire::WireError>,
}

/// A look at the replica, if there is one.
type Look = Box<dyn FnOnce(Option<&mut Replica>) + Send>;

/// What others tell the loop.
pub(crate) enum Told {
    LinkUp {
        link: Box<Link>,
        gone: Option<oneshot::Sender<()>>,
    },
    LinkDown {
        session: SessionId,
    },
    Drained {
        session: SessionId,
        bytes: usize,
    },
    Persisted(Token),
    NotPersisted(Token, NotStored),
    RoomAgain,
    Checked {
        request: RequestId,
        found: Found,
    },
    Loaded {
        request: RequestId,
        packs: Vec<LoadedPack>,
    },
    Located {
        request: RequestId,
        hash: Option<EntryHash>,
    },
    Proved {
        request: RequestId,
        proof: Option<Box<ForkProof>>,
    },
    Written {
        pack: LoadedPack,
    },
    /// A statement that is durable.
    Statement(CheckedStatement),
    /// Documents that an order erases because of the document that they continue.
    ErasedSuccessors(Vec<Coordinate>),
    /// This node belongs to a network now.
    Joined(Box<Recovered>),
    Report(Beacon),
    /// Write what an office may read and is not known to hold, as the inside of a bundle.
    Export {
        office: OfficeId,
        reply: oneshot::Sender<Vec<u8>>,
    },
    /// Take in the inside of a bundle that this node made.
    Import {
        from: NodeKey,
        messages: Vec<wire::Message>,
        reply: oneshot::Sender<(sync::CloseCode, u64)>,
    },
    /// This node is to go on under another incarnation.
    OtherIncarnation,
    /// A new incarnation was drawn, or could not be.
    IncarnationDrawn,
    /// Under which incarnation this node writes; nothing is on its way to the disk under another.
    Incarnation(Incarnation),
    /// Look at the replica between two inputs.
    Look(Look),
    Stop(oneshot::Sender<()>),
}

/// What others may watch.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) charter: watch::Receiver<Option<Arc<Charter>>>,
    pub(crate) connected: watch::Receiver<BTreeSet<NodeKey>>,
    pub(crate) peers: watch::Receiver<Vec<PeerStatus>>,
    pub(crate) links: watch::Receiver<Links>,
    /// The keys known to the charter that called and were not let in, and when last.
    pub(crate) turned_away: watch::Receiver<BTreeMap<NodeKey, i64>>,
}

/// A file that is written or read as if it were a peer.
enum FileSession {
    Export {
        content: Vec<u8>,
        reply: oneshot::Sender<Vec<u8>>,
    },
    /// With how many entries were taken in before.
    Import {
        before: u64,
        reply: oneshot::Sender<(sync::CloseCode, u64)>,
    },
}

/// The loop and what it holds.
pub(crate) struct Engine {
    replica: Option<Replica>,
    links: BTreeMap<SessionId, (LinkStatus, LinkOut)>,
    files: BTreeMap<SessionId, FileSession>,
    next_session: u64,
    disk: Disk,
    desk: sync_mpsc::Sender<DeskJob>,
    shelf: Shelf,
    told: mpsc::UnboundedSender<Told>,
    incoming: mpsc::Sender<FrameIn>,
    charter: watch::Sender<Option<Arc<Charter>>>,
    connected: watch::Sender<BTreeSet<NodeKey>>,
    peers: watch::Sender<Vec<PeerStatus>>,
    links_seen: watch::Sender<Links>,
    turned_away: watch::Sender<BTreeMap<NodeKey, i64>>,
    drawing_incarnation: bool,
    disk_full: bool,
    meters: Meters,
    /// Restored from a backup, and no peer's statements seen since.
    unmet: bool,
}

impl Engine {
    pub(crate) fn new(
        disk: Disk,
        desk: sync_mpsc::Sender<DeskJob>,
        shelf: Shelf,
        told: mpsc::UnboundedSender<Told>,
        incoming: mpsc::Sender<FrameIn>,
        meters: Meters,
        unmet: bool,
    ) -> (Self, Seen) {
        let (charter, charter_seen) = watch::channel(None);
        let (connected, connected_seen) = watch::channel(BTreeSet::new());
        let (peers, peers_seen) = watch::channel(Vec::new());
        let (links_seen, links) = watch::channel(Links::default());
        let (turned_away, turned_away_seen) = watch::channel(BTreeMap::new());
        let engine = Self {
            replica: None,
            links: BTreeMap::new(),
            files: BTreeMap::new(),
            next_session: 0,
            disk,
            desk,
            shelf,
            told,
            incoming,
            charter,
            connected,
            peers,
            links_seen,
            turned_away,
            drawing_incarnation: false,
            disk_full: false,
            meters,
            unmet,
        };
        let seen = Seen {
            charter: charter_seen,
            connected: connected_seen,
            peers: peers_seen,
            links,
            turned_away: turned_away_seen,
        };
        (engine, seen)
    }

    /// Belongs to a network from here on.
    pub(crate) fn join(&mut self, recovered: Recovered) {
        self.replica = Some(Replica::new(recovered, Instant::now()));
        drop(self.desk.send(DeskJob::SayIncarnation));
        self.charter_changed();
        self.pump();
    }

    /// Runs until told to stop or until nobody is left who could tell.
    pub(crate) async fn run(mut self, mut told: mpsc::UnboundedReceiver<Told>, mut incoming: mpsc::Receiver<FrameIn>) {
        loop {
            let timeout = self.pump();
            let alarm = async {
                match timeout {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                what = told.recv() => match what {
                    None => return,
                    Some(Told::Stop(done)) => {
                        for (_, (_, link)) in std::mem::take(&mut self.links) {
                            link.cut(transport::CloseCode::Shutdown);
                        }
                        // What holds the folder open goes before it is said that the loop has stopped.
                        drop(self);
                        // Whoever asked may have given up waiting.
                        let _ = done.send(());
                        return;
                    }
                    Some(what) => self.take(what),
                },
                Some(frame) = incoming.recv() => self.received(frame),
                () = alarm => self.feed(Input::Timeout),
            }
        }
    }

    fn feed(&mut self, input: Input) {
        if let Some(replica) = &mut self.replica {
            replica.handle(input, Instant::now());
        }
    }

    fn take(&mut self, what: Told) {
        match what {
            Told::LinkUp { link, gone } => self.link_up(*link, gone),
            Told::LinkDown { session } => {
                if self.end(session, "lost").is_some() {
                    self.feed(Input::Lost { session });
                }
            }
            Told::Drained { session, bytes } => self.feed(Input::Drained { session, bytes }),
            Told::Persisted(token) => self.feed(Input::Persisted { token }),
            Told::NotPersisted(token, why) => {
                tracing::warn!(%why, "what a peer sent is not stored");
                self.feed(Input::NotPersisted { token });
                if why == NotStored::Full && !self.disk_full {
                    self.disk_full = true;
                    self.watch_for_room();
                }
            }
            Told::RoomAgain => {
                self.disk_full = false;
                self.feed(Input::RoomAgain);
            }
            Told::Checked { request, found } => self.feed(Input::Checked { request, found }),
            Told::Loaded { request, packs } => self.feed(Input::Loaded { request, packs }),
            Told::Located { request, hash } => self.feed(Input::Located { request, hash }),
            Told::Proved { request, proof } => self.feed(Input::Proved { request, proof }),
            Told::Written { pack } => self.feed(Input::Written { pack }),
            Told::ErasedSuccessors(documents) => self.feed(Input::ErasedSuccessors(documents)),
            Told::Statement(statement) => self.feed(Input::Statement(statement)),
            Told::Joined(recovered) => self.join(*recovered),
            Told::Report(beacon) => self.feed(Input::Report(beacon)),
            Told::Export { office, reply } => {
                let session = self.new_session();
                self.files.insert(session, FileSession::Export { content: Vec::new(), reply });
                self.feed(Input::Export { session, office, scopes: Vec::new(), known: Vec::new() });
            }
            Told::Import { from, messages, reply } => {
                let session = self.new_session();
                self.files.insert(session, FileSession::Import { before: self.taken(), reply });
                self.feed(Input::Import { session, from });
                for message in messages {
                    self.feed(Input::Received { session, message });
                }
                self.feed(Input::Lost { session });
            }
            Told::OtherIncarnation => self.draw_incarnation(),
            Told::IncarnationDrawn => self.drawing_incarnation = false,
            Told::Incarnation(incarnation) => self.feed(Input::Incarnation(incarnation)),
            Told::Look(look) => look(self.replica.as_mut()),
            Told::Stop(_) => {}
        }
    }

    /// How many entries were taken in from others since the start.
    fn taken(&self) -> u64 {
        self.replica.as_ref().map_or(0, |replica| replica.counters().entries_taken)
    }

    fn link_up(&mut self, link: Link, gone: Option<oneshot::Sender<()>>) {
        let (peer, initiator) = (link.peer, link.initiator);
        if self.replica.is_none() {
            link.closer().close(transport::CloseCode::WrongNetwork, "this node belongs to no network yet");
            return;
        }
        let session = self.new_session();
        tracing::info!(peer = %peer.short(), over = ?link.over, session = session.0, initiator, "link up");
        let since = Instant::now();
        let about =
            LinkStatus { peer, over: link.over, initiator, remote: link.remote, traffic: link.traffic(), since };
        let out = links::open(session, link, gone, &self.told, &self.incoming);
        self.links.insert(session, (about, out));
        self.say_connected();
        self.feed(Input::Connected { session, peer, initiator });
    }

    /// A link is over.
    fn end(&mut self, session: SessionId, result: &'static str) -> Option<(LinkStatus, LinkOut)> {
        let ended = self.links.remove(&session)?;
        self.meters.ended(&ended.0, result);
        self.say_connected();
        Some(ended)
    }

    fn new_session(&mut self) -> SessionId {
        self.next_session += 1;
        SessionId(self.next_session)
    }

    fn received(&mut self, FrameIn { session, message }: FrameIn) {
        if !self.links.contains_key(&session) {
            return;
        }
        match message {
            Ok(message) => self.feed(Input::Received { session, message }),
            Err(error) => {
                if let Some((about, link)) = self.end(session, "bad-bytes") {
                    tracing::warn!(peer = %about.peer.short(), session = session.0, %error, "a peer's bytes are no message");
                    link.cut(transport::CloseCode::BadFrame);
                }
                self.feed(Input::Lost { session });
            }
        }
    }

    /// Carries out what the replica asks for; gives back when it wants to be woken.
    fn pump(&mut self) -> Option<Instant> {
        loop {
            let output = self.replica.as_mut()?.poll_output();
            match output {
                Output::Send { session, frame } => {
                    if let Some((_, link)) = self.links.get(&session) {
                        link.send(frame);
                    } else if let Some(FileSession::Export { content, .. }) = self.files.get_mut(&session) {
                        content.extend_from_slice(&frame);
                        self.feed(Input::Drained { session, bytes: frame.len() });
                    }
                }
                Output::Close { session, code } => {
                    // Whoever asked for a file may have given up waiting.
                    match self.files.remove(&session) {
                        Some(FileSession::Export { content, reply }) => drop(reply.send(content)),
                        Some(FileSession::Import { before, reply }) => {
                            let _ = reply.send((code, self.taken().saturating_sub(before)));
                        }
                        None => {}
                    }
                    if let Some((about, link)) = self.end(session, links::transport_code(code).0.name()) {
                        tracing::info!(peer = %about.peer.short(), session = session.0, ?code, "session over");
                        link.close(code);
                    }
                }
                Output::Persist { token, items } => self.persist(token, items),
                Output::Check { request, what } => {
                    self.work(move |_| Told::Checked { request, found: check(what) });
                }
                Output::Load { request, parts, bytes_max } => self.work(move |shelf| {
                    let packs = or_none(shelf.load(&parts, bytes_max));
                    Told::Loaded { request, packs }
                }),
                Output::Locate { request, journal, seq } => self.work(move |shelf| {
                    let hash = or_none(shelf.locate(&journal, seq));
                    Told::Located { request, hash }
                }),
                Output::Prove { request, against } => self.work(move |shelf| {
                    let proof = or_none(shelf.prove(&against)).map(Box::new);
                    Told::Proved { request, proof }
                }),
                Output::Event(event) => self.event(event),
                Output::Timeout(timeout) => return timeout.map(|(at, _)| at),
            }
        }
    }

    /// Does something slow on a worker and tells the loop.
    fn work(&self, what: impl FnOnce(&Shelf) -> Told + Send + 'static) {
        let (told, shelf) = (self.told.clone(), self.shelf.clone());
        tokio::task::spawn_blocking(move || drop(told.send(what(&shelf))));
    }

    fn persist(&self, token: Token, items: Vec<Durable>) {
        let mut frames = Vec::new();
        // For each frame, the runs in it.
        let mut runs: Vec<Vec<journal::VerifiedRun>> = Vec::new();
        let mut after: Vec<DeskJob> = Vec::new();
        for item in items {
            let mut held = None;
            match item {
                Durable::Run(run) => {
                    let kind = if run.is_whole_page() { FrameKind::Page } else { FrameKind::Pack };
                    match journal::encode(&[&run]) {
                        Ok(bytes) => frames.push(Frame { kind, bytes }),
                        Err(error) => {
                            tracing::error!(%error, "a received run cannot be packed");
                            drop(self.told.send(Told::NotPersisted(token, NotStored::Failed)));
                            return;
                        }
                    }
                    held = Some(run);
                }
                Durable::Statement(statement) => frames.push(encoded(FrameKind::Statement, statement.signed())),
                Durable::Receipt(receipt) => frames.push(encoded(FrameKind::Receipt, &receipt)),
                Durable::Beacon(beacon) => frames.push(Note::Beacon(beacon).frame()),
                Durable::Fork(proof) => match proof.encode() {
                    Ok(bytes) => frames.push(Frame { kind: FrameKind::ForkProof, bytes }),
                    Err(error) => tracing::error!(%error, "a proof of a fork cannot be kept"),
                },
                Durable::Freeze(journal, at) => {
                    frames.push(Note::Freeze(journal.clone(), at).frame());
                    after.push(DeskJob::Freeze(journal, at));
                }
                Durable::Rewind(journal, to) => {
                    frames.push(Note::Rewind(journal.clone(), to).frame());
                    after.push(DeskJob::Rewind(journal, to));
                }
            }
            runs.resize_with(frames.len(), Vec::new);
            if let Some(last) = runs.last_mut() {
                last.extend(held);
            }
        }
        let (told, desk) = (self.told.clone(), self.desk.clone());
        self.disk.store(frames, None, move |stored| match stored {
            Err(why) => drop(told.send(Told::NotPersisted(token, why))),
            Ok(stored) => {
                let runs = stored
                    .at
                    .iter()
                    .zip(runs)
                    .flat_map(|(at, runs)| (0..).zip(runs).map(|(part, run)| HeldRun { run, at: *at, part }));
                // Nobody is left to be told when the node stops; what is stored is found at the next start.
                for job in after {
                    drop(desk.send(job));
                }
                drop(desk.send(DeskJob::Held { runs: runs.collect(), end: stored.end, token }));
            }
        });
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::CharterChanged => self.charter_changed(),
            Event::Peer { session, peer, state } => {
                tracing::debug!(peer = %peer.short(), session = session.0, ?state, "session");
                if self.unmet && matches!(state, PeerState::Catching | PeerState::Equal) {
                    self.met();
                }
                if let Some(replica) = &self.replica {
                    self.peers.send_replace(replica.peers());
                }
            }
            Event::NewIncarnationNeeded { why } => {
                tracing::warn!(?why, "others know more of this node than its disk: it goes on under a new incarnation");
                self.draw_incarnation();
            }
            Event::OwnEntriesRecovered { journal, point } => {
                tracing::info!(%journal, seq = point.seq, "own entries that this disk had lost came back");
            }
            Event::Fork { journal } => {
                self.meters.forks.inc();
                tracing::error!(%journal, "a node wrote two histories; its journal is frozen");
            }
            Event::Frozen { journal, at } => tracing::warn!(%journal, seq = at.seq, "journal frozen"),
            Event::Rewound { journal, to } => {
                tracing::warn!(%journal, seq = to.seq, "journal goes on along another branch")
            }
            Event::HeldBack { journal } => tracing::warn!(%journal, "a journal had its day's intake; it waits"),
            Event::Misbehaved { peer, code } => {
                tracing::warn!(peer = %peer.short(), ?code, "a peer broke the protocol")
            }
            Event::TurnedAway { peer, code, was_in } => {
                tracing::info!(peer = %peer.short(), ?code, "a peer was turned away");
                // Of keys that the charter knows there are only so many.
                let known = self.replica.as_ref().is_some_and(|replica| replica.charter().node(&peer).is_some());
                if known && !was_in {
                    self.turned_away.send_modify(|turned_away| {
                        turned_away.insert(peer, clock_ms());
                    });
                }
            }
            Event::Held { journal, point, .. } => tracing::trace!(%journal, seq = point.seq, "held"),
            Event::Receipt { holder, scope } => tracing::trace!(holder = %holder.short(), %scope, "receipt"),
            Event::Beacon { node } => tracing::trace!(node = %node.short(), "beacon"),
        }
    }

    fn charter_changed(&mut self) {
        let Some(replica) = &self.replica else { return };
        let charter = replica.charter().clone();
        let statements = replica.statements().fingerprint(|_| true);
        drop(self.desk.send(DeskJob::Charter { charter: charter.clone(), statements }));
        self.charter.send_replace(Some(charter));
    }

    /// The statements of a peer are all here: what a restored folder held back may be shown.
    fn met(&mut self) {
        self.unmet = false;
        let desk = self.desk.clone();
        self.disk.store(vec![Note::Unmet(false).frame()], None, move |stored| match stored {
            Ok(_) => drop(desk.send(DeskJob::With(Box::new(Desk::met)))),
            Err(why) => tracing::error!(%why, "that a peer was met cannot be noted"),
        });
    }

    fn draw_incarnation(&mut self) {
        if std::mem::replace(&mut self.drawing_incarnation, true) {
            return;
        }
        let mut bytes = [0; 8];
        if let Err(error) = getrandom::fill(&mut bytes) {
            tracing::error!(%error, "no randomness for a new incarnation");
            return;
        }
        let incarnation = Incarnation(bytes);
        let (desk, told) = (self.desk.clone(), self.told.clone());
        self.disk.store(vec![Note::Incarnation(incarnation).frame()], None, move |stored| {
            match stored {
                Ok(_) => drop(desk.send(DeskJob::NewIncarnation(incarnation))),
                Err(why) => tracing::error!(%why, "a new incarnation cannot be noted"),
            }
            drop(told.send(Told::IncarnationDrawn));
        });
    }

    /// Asks the disk now and then whether pages fit again.
    fn watch_for_room(&self) {
        let (disk, told) = (self.disk.clone(), self.told.clone());
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(ROOM_CHECK_EVERY);
            loop {
                tick.tick().await;
                let (reply, space) = oneshot::channel();
                disk.with_writer(move |writer| drop(reply.send(writer.space())));
                match space.await {
                    Ok(Ok(space)) if space.free_bytes > space.reserve_bytes + ROOM_BYTES => {
                        drop(told.send(Told::RoomAgain));
                        return;
                    }
                    Ok(_) => {}
                    Err(_) => return,
                }
            }
        });
    }

    fn say_connected(&self) {
        let up: Vec<LinkStatus> = self.links.values().map(|(about, _)| about.clone()).collect();
        self.connected.send_replace(up.iter().map(|about| about.peer).collect());
        self.links_seen.send_modify(|links| {
            let opened = up.iter().filter(|about| !about.initiator).map(|about| (about.peer, about.over));
            links.opened_by.extend(opened);
            links.up = up;
        });
        if let Some(replica) = &self.replica {
            self.peers.send_replace(replica.peers());
        }
    }
}

/// How often a full disk is looked at.
const ROOM_CHECK_EVERY: std::time::Duration = std::time::Duration::from_secs(5);

/// How much beyond the reserve must be free before pages are taken again.
const ROOM_BYTES: u64 = 16 << 20;

fn encoded(kind: FrameKind, value: &impl serde::Serialize) -> Frame {
    #[expect(clippy::expect_used, reason = "plain data encodes")]
    let bytes = postcard::to_stdvec(value).expect("plain data encodes");
    Frame { kind, bytes }
}

fn check(what: Unchecked) -> Found {
    match what {
        Unchecked::Pack(bytes) => read_runs(&bytes).map_or(Found::Bad, Found::Runs),
        Unchecked::Fork(bytes) => ForkProof::decode(&bytes).map_or(Found::Bad, |proof| Found::Fork(Box::new(proof))),
        Unchecked::Statements(statements) => statements
            .into_iter()
            .map(CheckedStatement::check)
            .collect::<Result<_, _>>()
            .map_or(Found::Bad, Found::Statements),
    }
}

fn or_none<T: Default>(read: Result<T, StoreError>) -> T {
    read.unwrap_or_else(|error| {
        tracing::error!(%error, "cannot read what is held");
        T::default()
    })
}

/// The wall clock in Unix milliseconds: shown, never used to order.
pub(crate) fn clock_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
