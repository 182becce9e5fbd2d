//! The network of nodes: virtual time, connections, disks, and what is checked at every step.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    time::{Duration, Instant},
};

use charter::{CheckedStatement, Standing};
use identity::{Coordinate, JournalId, NodeKey, Point, ScopeName};
use journal::{ForkProof, Subject, VerifiedRun};
use sync::{
    CloseCode, Durable, Event, Found, Input, Output, SessionId, Unchecked,
    wire::{Assembler, Limits, Message},
};

use crate::{
    disk::Disk,
    node::{Node, Writing, pack},
    random::Random,
    world::{World, everybody, roads},
};

/// How long a connection lives whose packets do not arrive.
const IDLE: Duration = Duration::from_secs(30);

/// What happens at some moment.
enum Happening {
    /// Bytes arrive.
    Deliver { conn: u64, to_b: bool, bytes: Vec<u8> },
    /// Bytes have left.
    Drained { conn: u64, of_b: bool, bytes: usize },
    /// A disk has synced the first thing in its queue.
    Synced { node: usize, life: u32 },
    /// A worker answers.
    Answer { node: usize, life: u32, input: Box<Input> },
    /// A replica wants to be woken.
    Timer { node: usize, life: u32, at: Instant },
    /// A node looks whether it is connected to those that it knows.
    Dial { a: usize, b: usize },
    /// A connection has been silent for too long.
    Idle { conn: u64 },
}

/// A connection.
struct Conn {
    a: usize,
    b: usize,
    a_life: u32,
    b_life: u32,
    delay: Duration,
    /// When the last bytes of each direction arrive.
    last: [Duration; 2],
    /// Bytes that a cut direction holds up, and since when.
    stuck: [Vec<Vec<u8>>; 2],
    stuck_since: Option<Duration>,
    /// One side has closed it.
    closed: bool,
    since: Duration,
    assembler: [Assembler; 2],
}

impl Conn {
    fn session(id: u64, of_b: bool) -> SessionId {
        SessionId(2 * id + u64::from(of_b))
    }
}

/// How often each kind of fault took effect.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Fired(pub(crate) BTreeMap<&'static str, u64>);

impl Fired {
    pub(crate) fn count(&mut self, kind: &'static str) {
        *self.0.entry(kind).or_default() += 1;
    }
}

/// A write that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Acknowledged {
    pub(crate) node: usize,
    pub(crate) journal: JournalId,
    pub(crate) point: Point,
}

/// Everything.
pub(crate) struct Net {
    pub(crate) world: World,
    pub(crate) nodes: Vec<Node>,
    pub(crate) random: Random,
    pub(crate) fired: Fired,
    pub(crate) acknowledged: Vec<Acknowledged>,
    /// Nodes that somebody else's machine impersonates, or that were removed: their own promises do not hold.
    pub(crate) suspect: BTreeSet<NodeKey>,
    pub(crate) roads: Vec<(usize, usize)>,
    pub(crate) events: Vec<(String, Event)>,
    start: Instant,
    now: Duration,
    order: u64,
    agenda: BTreeMap<(Duration, u64), Happening>,
    conns: BTreeMap<u64, Conn>,
    cuts: BTreeSet<(usize, usize)>,
    /// How many connections of two nodes were closed at once, one after the other.
    short_lived: BTreeMap<(usize, usize), u32>,
    /// Verdicts over bytes, shared by all nodes: checking is pure.
    packs: BTreeMap<[u8; 32], Rc<Option<Vec<VerifiedRun>>>>,
    /// When something other than a timer last happened.
    busy_at: Duration,
    /// The last message that changed something.
    last: String,
    /// `SIM_TRACE=kuripan,wonosobo` prints what goes between two nodes, or from and to one.
    trace: Option<String>,
    /// Bytes that went over connections.
    pub(crate) bytes: u64,
}

impl Net {
    /// The whole programme, connected along its roads.
    pub(crate) fn programme(seed: u64) -> Self {
        Self::of(seed, &everybody())
    }

    /// The whole programme on its first day: an office knows the founding, its own way in and whom it admitted itself.
    pub(crate) fn first_day(seed: u64) -> Self {
        Self::starting(seed, &everybody(), |world, name| world.known_on_the_first_day(name))
    }

    /// Some of the offices.
    pub(crate) fn of(seed: u64, names: &[&str]) -> Self {
        Self::starting(seed, names, |world, _| world.statements.clone())
    }

    fn starting(seed: u64, names: &[&str], known: impl Fn(&World, &str) -> charter::StatementSet) -> Self {
        let world = World::programme(seed);
        #[expect(clippy::disallowed_methods, reason = "virtual time counts from some instant, never mind which")]
        let start = Instant::now();
        let mut net = Self {
            world,
            nodes: Vec::new(),
            random: Random::new(seed),
            fired: Fired::default(),
            acknowledged: Vec::new(),
            suspect: BTreeSet::new(),
            roads: Vec::new(),
            events: Vec::new(),
            start,
            now: Duration::ZERO,
            order: 0,
            agenda: BTreeMap::new(),
            conns: BTreeMap::new(),
            cuts: BTreeSet::new(),
            short_lived: BTreeMap::new(),
            packs: BTreeMap::new(),
            busy_at: Duration::ZERO,
            last: String::new(),
            trace: std::env::var("SIM_TRACE").ok(),
            bytes: 0,
        };
        for name in names {
            let statements = known(&net.world, name);
            net.add(name, name, statements);
        }
        for (a, b) in roads() {
            if names.contains(&&*a) && names.contains(&&*b) {
                net.road(&a, &b);
            }
        }
        net
    }

    /// A machine with the keys of `key_of` and a fresh disk that holds these statements.
    pub(crate) fn add(&mut self, name: &str, key_of: &str, statements: charter::StatementSet) -> usize {
        let mut incarnation = [0; 8];
        incarnation.copy_from_slice(&self.random.bytes()[..8]);
        let disk = Disk::new(identity::Incarnation(incarnation), statements);
        self.nodes.push(Node::new(name, self.world.secret(key_of), disk));
        let index = self.nodes.len() - 1;
        self.start(index);
        index
    }

    /// From now on these two call each other.
    pub(crate) fn road(&mut self, a: &str, b: &str) {
        let (a, b) = (self.index(a), self.index(b));
        self.roads.push((a, b));
        let after = Duration::from_millis(self.random.below(2000));
        self.at(after, Happening::Dial { a, b });
    }

    pub(crate) fn index(&self, name: &str) -> usize {
        self.nodes.iter().position(|node| node.name == name).unwrap_or_else(|| panic!("no node {name}"))
    }

    pub(crate) fn node(&self, name: &str) -> &Node {
        &self.nodes[self.index(name)]
    }

    fn instant(&self) -> Instant {
        self.start + self.now
    }

    fn at(&mut self, after: Duration, happening: Happening) {
        self.order += 1;
        self.agenda.insert((self.now + after, self.order), happening);
    }

    // Steps.

    /// An officer writes new documents; acknowledged when the disk has them.
    pub(crate) fn write(&mut self, name: &str, scope: &str, count: u64) {
        self.write_about(name, scope, &Subject::Creates { predecessor: None }, count);
    }

    /// An officer writes about something.
    pub(crate) fn write_about(&mut self, name: &str, scope: &str, subject: &Subject, count: u64) {
        let index = self.index(name);
        let scope: ScopeName = scope.parse().unwrap();
        let Net { nodes, random, .. } = self;
        if nodes[index].replica.is_none() {
            return;
        }
        let runs = nodes[index].write(&scope, subject, count, random);
        self.queue(index, Writing::Own(runs));
    }

    /// A statement is made at a node.
    pub(crate) fn say(&mut self, name: &str, statement: CheckedStatement) {
        let index = self.index(name);
        self.nodes[index].disk.statements.insert_checked(statement.clone());
        if self.nodes[index].replica.is_some() {
            self.feed(index, Input::Statement(statement));
        }
    }

    /// Packets from `from` no longer reach `to`.
    pub(crate) fn cut_one_way(&mut self, from: &str, to: &str) {
        let (from, to) = (self.index(from), self.index(to));
        self.cuts.insert((from, to));
    }

    pub(crate) fn cut(&mut self, a: &str, b: &str) {
        self.cut_one_way(a, b);
        self.cut_one_way(b, a);
    }

    /// Nobody reaches this node.
    pub(crate) fn isolate(&mut self, name: &str) {
        for other in 0..self.nodes.len() {
            let other = self.nodes[other].name.clone();
            if other != name {
                self.cut(name, &other);
            }
        }
    }

    /// Every cable is back.
    pub(crate) fn heal(&mut self) {
        self.cuts.clear();
        let ids: Vec<u64> = self.conns.keys().copied().collect();
        for conn in ids {
            let Some(c) = self.conns.get_mut(&conn) else { continue };
            c.stuck_since = None;
            let stuck = std::mem::take(&mut c.stuck);
            for (to_b, packets) in [false, true].into_iter().zip(stuck) {
                packets.into_iter().for_each(|bytes| self.transmit(conn, to_b, bytes));
            }
        }
    }

    /// A connection breaks; both sides notice.
    pub(crate) fn drop_connections(&mut self, name: &str) {
        let index = self.index(name);
        let ids: Vec<u64> =
            self.conns.iter().filter(|(_, c)| c.a == index || c.b == index).map(|(id, _)| *id).collect();
        for id in ids {
            self.fired.count("drop");
            self.lose(id);
        }
    }

    /// The power goes.
    pub(crate) fn crash(&mut self, name: &str) {
        let index = self.index(name);
        if self.nodes[index].replica.is_none() {
            return;
        }
        if !self.nodes[index].writing.is_empty() {
            self.fired.count("unsynced writes lost");
        }
        self.fired.count("crash");
        self.nodes[index].crash();
        let ids: Vec<u64> =
            self.conns.iter().filter(|(_, c)| c.a == index || c.b == index).map(|(id, _)| *id).collect();
        ids.into_iter().for_each(|id| self.lose(id));
    }

    /// And comes back.
    pub(crate) fn start(&mut self, index: usize) {
        if self.nodes[index].replica.is_some() {
            return;
        }
        let (network, now) = (self.world.network, self.instant());
        let Net { nodes, random, .. } = self;
        nodes[index].start(network, now, random);
        let incarnation = self.nodes[index].disk.incarnation;
        self.feed(index, Input::Incarnation(incarnation));
        self.erase(index);
    }

    /// Does at a node what orders ask for.
    fn erase(&mut self, index: usize) {
        let successors = self.nodes[index].erase();
        if !successors.is_empty() {
            self.feed(index, Input::ErasedSuccessors(successors));
        }
    }

    pub(crate) fn restart(&mut self, name: &str) {
        self.start(self.index(name));
    }

    /// The disk is set back to a former state; nothing on it says so.
    pub(crate) fn roll_back(&mut self, name: &str, former: Disk) {
        self.crash(name);
        let index = self.index(name);
        self.nodes[index].disk = former;
        self.nodes[index].tampered = true;
        self.fired.count("rollback");
        self.start(index);
    }

    /// A copy of the disk runs in a second machine, under the same key.
    pub(crate) fn clone_machine(&mut self, name: &str, copy: &str, roads: &[&str]) {
        let original = self.node(name);
        let (secret, disk) = (original.secret.clone(), original.disk.clone());
        self.suspect.insert(secret.node_key());
        let mut node = Node::new(copy, secret, disk);
        node.tampered = true;
        self.nodes.push(node);
        self.fired.count("clone");
        self.start(self.nodes.len() - 1);
        roads.iter().for_each(|peer| self.road(copy, peer));
    }

    pub(crate) fn fill_disk(&mut self, name: &str, full: bool) {
        let index = self.index(name);
        self.nodes[index].full = full;
        if full {
            self.fired.count("disk full");
        } else if self.nodes[index].replica.is_some() {
            self.feed(index, Input::RoomAgain);
        }
    }

    /// Lets this much time go by.
    pub(crate) fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(((at, order), _)) = self.agenda.first_key_value()
            && *at <= end
        {
            let key = (*at, *order);
            let happening = self.agenda.remove(&key).unwrap();
            self.now = key.0;
            self.happen(happening);
        }
        self.now = end;
    }

    /// Lets time go by until nothing moves any more.
    pub(crate) fn settle(&mut self) {
        let deadline = self.now + Duration::from_secs(3600);
        self.run(Duration::from_secs(60));
        while self.now < deadline {
            self.run(Duration::from_secs(5));
            if self.now - self.busy_at > Duration::from_secs(20) && self.nodes.iter().all(|n| n.writing.is_empty()) {
                return;
            }
        }
        let writing: Vec<&str> = self.nodes.iter().filter(|n| !n.writing.is_empty()).map(|n| &*n.name).collect();
        panic!(
            "the network does not come to rest within an hour; {:?} ago, writing {writing:?}, last of all {:.400}",
            self.now - self.busy_at,
            self.last
        );
    }

    // What happens.

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Deliver { conn, to_b, bytes } => self.deliver(conn, to_b, bytes),
            Happening::Drained { conn, of_b, bytes } => {
                let Some(c) = self.conns.get(&conn) else { return };
                let node = if of_b { c.b } else { c.a };
                self.feed(node, Input::Drained { session: Conn::session(conn, of_b), bytes });
            }
            Happening::Synced { node, life } => {
                if self.nodes[node].life == life && self.nodes[node].replica.is_some() {
                    self.synced(node);
                }
            }
            Happening::Answer { node, life, input } => {
                if self.nodes[node].life == life && self.nodes[node].replica.is_some() {
                    self.feed(node, *input);
                }
            }
            Happening::Timer { node, life, at } => {
                let n = &mut self.nodes[node];
                if n.life == life && n.replica.is_some() && n.timer == Some(at) {
                    n.timer = None;
                    self.feed(node, Input::Timeout);
                }
            }
            Happening::Dial { a, b } => self.dial(a, b),
            Happening::Idle { conn } => {
                let Some(c) = self.conns.get(&conn) else { return };
                let idle = c.stuck_since.is_some_and(|since| self.now - since >= IDLE);
                if idle {
                    self.fired.count("idle");
                }
                if idle || c.closed {
                    self.lose(conn);
                }
            }
        }
    }

    fn is_cut(&self, from: usize, to: usize) -> bool {
        self.cuts.contains(&(from, to))
    }

    fn dial(&mut self, a: usize, b: usize) {
        // Who is turned away again and again calls ever more rarely.
        let tries = self.short_lived.get(&(a.min(b), a.max(b))).copied().unwrap_or(0).min(8);
        let again = Duration::from_millis((2000 + self.random.below(4000)) << tries);
        self.at(again, Happening::Dial { a, b });
        let up = |node: usize| self.nodes[node].replica.is_some();
        if !up(a) || !up(b) || self.is_cut(a, b) || self.is_cut(b, a) {
            return;
        }
        let standing = self.conns.values().any(|c| (c.a, c.b) == (a, b) || (c.a, c.b) == (b, a));
        // Now and then somebody calls although a connection stands, or both call at once.
        if standing && !self.random.one_in(20_000) {
            return;
        }
        if standing {
            self.fired.count("duplicate connection");
        }
        let both = !standing && self.random.one_in(10);
        let turned = self.random.one_in(2);
        self.connect(if turned { b } else { a }, if turned { a } else { b });
        if both {
            self.fired.count("calls that cross");
            self.connect(if turned { a } else { b }, if turned { b } else { a });
        }
    }

    fn connect(&mut self, a: usize, b: usize) {
        self.order += 1;
        let id = self.order;
        let delay = Duration::from_millis(2 + self.random.below(80));
        let assembler = || Assembler::new(Limits::default());
        let conn = Conn {
            a,
            b,
            a_life: self.nodes[a].life,
            b_life: self.nodes[b].life,
            delay,
            last: [self.now; 2],
            stuck: [Vec::new(), Vec::new()],
            stuck_since: None,
            closed: false,
            since: self.now,
            assembler: [assembler(), assembler()],
        };
        self.conns.insert(id, conn);
        let keys = [a, b].map(|node| self.nodes[node].secret.node_key());
        self.feed(a, Input::Connected { session: Conn::session(id, false), peer: keys[1], initiator: true });
        self.feed(b, Input::Connected { session: Conn::session(id, true), peer: keys[0], initiator: false });
    }

    fn lose(&mut self, id: u64) {
        let Some(conn) = self.conns.remove(&id) else { return };
        let pair = (conn.a.min(conn.b), conn.a.max(conn.b));
        if self.now - conn.since < Duration::from_secs(5) && conn.closed {
            *self.short_lived.entry(pair).or_default() += 1;
        } else {
            self.short_lived.remove(&pair);
        }
        for (node, life, of_b) in [(conn.a, conn.a_life, false), (conn.b, conn.b_life, true)] {
            if self.nodes[node].life == life && self.nodes[node].replica.is_some() {
                self.feed(node, Input::Lost { session: Conn::session(id, of_b) });
            }
        }
    }

    fn transmit(&mut self, conn: u64, to_b: bool, bytes: Vec<u8>) {
        let jitter = Duration::from_micros(self.random.below(3000));
        let now = self.now;
        let Some(c) = self.conns.get_mut(&conn) else { return };
        let last = &mut c.last[usize::from(to_b)];
        *last = (now + c.delay + jitter).max(*last);
        let after = *last - now;
        self.at(after, Happening::Deliver { conn, to_b, bytes });
    }

    fn deliver(&mut self, conn: u64, to_b: bool, bytes: Vec<u8>) {
        let now = self.now;
        let Some(c) = self.conns.get_mut(&conn) else { return };
        let (from, to) = if to_b { (c.a, c.b) } else { (c.b, c.a) };
        // What comes behind something stuck is stuck, too.
        if self.cuts.contains(&(from, to)) || !c.stuck[usize::from(to_b)].is_empty() {
            c.stuck[usize::from(to_b)].push(bytes);
            if c.stuck_since.is_none() {
                c.stuck_since = Some(now);
                self.fired.count(if self.cuts.contains(&(to, from)) { "partition" } else { "one-way partition" });
                self.at(IDLE, Happening::Idle { conn });
            }
            return;
        }
        self.bytes += bytes.len() as u64;
        c.assembler[usize::from(to_b)].push(&bytes);
        loop {
            let Some(c) = self.conns.get_mut(&conn) else { return };
            let message = c.assembler[usize::from(to_b)].next().expect("honest nodes speak well");
            let Some(message) = message else { return };
            if self
                .trace
                .as_ref()
                .is_some_and(|who| who.split(',').all(|w| w == self.nodes[from].name || w == self.nodes[to].name))
            {
                let text = format!(
                    "{:?} {} to {} ({conn}): {message:?}",
                    self.now, self.nodes[from].name, self.nodes[to].name
                );
                eprintln!("{:.600}", text);
            }
            // Greetings and comparisons go on at rest, too.
            if !matches!(message, Message::Hello(_) | Message::Proof(_) | Message::Summary(_) | Message::Bye(..)) {
                self.busy_at = now;
                self.last = format!("{} to {}: {message:?}", self.nodes[from].name, self.nodes[to].name);
            }
            self.watch(from, to, &message);
            self.feed(to, Input::Received { session: Conn::session(conn, to_b), message });
        }
    }

    fn queue(&mut self, node: usize, writing: Writing) {
        let after = Duration::from_micros(500 + self.random.below(15_000));
        let n = &mut self.nodes[node];
        let at = n.writing.back().map_or(Duration::ZERO, |(at, _)| *at).max(self.now + after);
        n.writing.push_back((at, writing));
        let life = n.life;
        self.at(at - self.now, Happening::Synced { node, life });
    }

    fn synced(&mut self, node: usize) {
        let Some((_, writing)) = self.nodes[node].writing.pop_front() else { return };
        self.busy_at = self.now;
        match writing {
            Writing::Asked(token, items) => {
                let pages = items.iter().any(|item| matches!(item, Durable::Run(_)));
                if self.nodes[node].full && pages {
                    // Those that were asked for before the answer fail, too.
                    let mut failed = vec![token];
                    for (_, writing) in &mut self.nodes[node].writing {
                        if let Writing::Asked(token, items) = writing
                            && items.iter().any(|item| matches!(item, Durable::Run(_)))
                        {
                            failed.push(*token);
                            items.clear();
                        }
                    }
                    self.fired.count("not stored");
                    let failed_later = failed.split_off(1);
                    self.nodes[node].writing.retain(|(_, writing)| match writing {
                        Writing::Asked(token, _) => !failed_later.contains(token),
                        Writing::Own(_) => true,
                    });
                    for token in failed.into_iter().chain(failed_later) {
                        self.feed(node, Input::NotPersisted { token });
                    }
                    return;
                }
                items.into_iter().for_each(|item| self.nodes[node].disk.store(item));
                self.feed(node, Input::Persisted { token });
            }
            Writing::Own(runs) => {
                for run in &runs {
                    self.nodes[node].disk.append(run.clone());
                    let (journal, point) = (run.journal().clone(), run.last());
                    self.acknowledged.push(Acknowledged { node, journal, point });
                }
                self.erase(node);
                self.feed(node, Input::Written { pack: pack(&runs) });
            }
        }
    }

    fn answer(&mut self, node: usize, input: Input) {
        let after = Duration::from_micros(100 + self.random.below(4000));
        let life = self.nodes[node].life;
        self.at(after, Happening::Answer { node, life, input: Box::new(input) });
    }

    /// Gives a node an input and does what it asks for.
    fn feed(&mut self, node: usize, input: Input) {
        let now = self.instant();
        let Some(replica) = self.nodes[node].replica.as_mut() else { return };
        let before = replica.counters().entries_repeated;
        replica.handle(input, now);
        let repeated = replica.counters().entries_repeated - before;
        if repeated > 20 && self.trace.is_some() {
            eprintln!("{:?} {} got {repeated} entries twice", self.now, self.nodes[node].name);
        }
        loop {
            let Some(replica) = self.nodes[node].replica.as_mut() else { return };
            match replica.poll_output() {
                Output::Send { session, frame } => {
                    let (conn, of_b) = (session.0 / 2, session.0 % 2 == 1);
                    let bytes = frame.len();
                    self.transmit(conn, !of_b, frame);
                    let after = Duration::from_micros(50 + self.random.below(1000));
                    self.at(after, Happening::Drained { conn, of_b, bytes });
                }
                Output::Close { session, code } => {
                    let conn = session.0 / 2;
                    self.closed(node, code);
                    // What was sent before still arrives; then the connection is gone for the other side, too.
                    self.at(Duration::from_millis(200), Happening::Idle { conn });
                    if let Some(c) = self.conns.get_mut(&conn) {
                        c.closed = true;
                    }
                }
                Output::Persist { token, items } => {
                    self.watch_items(node, &items);
                    self.queue(node, Writing::Asked(token, items));
                }
                Output::Check { request, what } => {
                    let found = self.check(what);
                    self.answer(node, Input::Checked { request, found });
                }
                Output::Load { request, parts, bytes_max } => {
                    let packs = self.nodes[node].disk.load(&parts, bytes_max);
                    self.answer(node, Input::Loaded { request, packs });
                }
                Output::Locate { request, journal, seq } => {
                    let hash = self.nodes[node].disk.hash_at(&journal, seq);
                    self.answer(node, Input::Located { request, hash });
                }
                Output::Prove { request, against } => {
                    let proof = self.nodes[node].disk.prove(&against).map(Box::new);
                    self.answer(node, Input::Proved { request, proof });
                }
                Output::Event(event) => self.heard(node, event),
                Output::Timeout(at) => {
                    let at = at.map(|(at, _)| at.max(self.instant()));
                    if self.nodes[node].timer != at {
                        self.nodes[node].timer = at;
                        if let Some(at) = at {
                            let (life, after) = (self.nodes[node].life, at.saturating_duration_since(self.instant()));
                            self.at(after, Happening::Timer { node, life, at });
                        }
                    }
                    return;
                }
            }
        }
    }

    fn check(&mut self, what: Unchecked) -> Found {
        match what {
            Unchecked::Pack(bytes) => {
                let runs = self.packs.entry(*blake3::hash(&bytes).as_bytes()).or_insert_with(|| {
                    let runs = journal::decode(&bytes, &journal::Limits::default()).ok();
                    Rc::new(runs.and_then(|runs| runs.into_iter().map(|run| run.verify().ok()).collect()))
                });
                Option::clone(runs).map_or(Found::Bad, Found::Runs)
            }
            Unchecked::Statements(list) => {
                let checked: Result<_, _> = list.into_iter().map(CheckedStatement::check).collect();
                checked.map_or(Found::Bad, Found::Statements)
            }
            Unchecked::Fork(bytes) => {
                ForkProof::decode(&bytes).map_or(Found::Bad, |proof| Found::Fork(Box::new(proof)))
            }
        }
    }

    fn heard(&mut self, node: usize, event: Event) {
        if let Event::NewIncarnationNeeded { .. } = &event {
            let Net { nodes, random, .. } = self;
            nodes[node].draw_incarnation(random);
            // Said once what was under way is on the disk.
            let incarnation = self.nodes[node].disk.incarnation;
            let at = self.nodes[node].writing.back().map_or(self.now, |(at, _)| *at);
            let (life, after) = (self.nodes[node].life, at.saturating_sub(self.now) + Duration::from_millis(1));
            self.at(after, Happening::Answer { node, life, input: Box::new(Input::Incarnation(incarnation)) });
        }
        if matches!(event, Event::CharterChanged) {
            self.erase(node);
        }
        let name = self.nodes[node].name.clone();
        if !matches!(event, Event::Held { .. } | Event::Peer { .. } | Event::Receipt { .. }) {
            self.events.push((name, event));
        }
    }

    // What is checked all the time.

    fn closed(&self, node: usize, code: CloseCode) {
        let bad = matches!(
            code,
            CloseCode::Protocol
                | CloseCode::BadContent
                | CloseCode::TooMuch
                | CloseCode::OtherNetwork
                | CloseCode::Version
        );
        assert!(!bad, "{} closed a session with {code:?} among honest nodes", self.nodes[node].name);
    }

    /// Nothing goes to who may not read it.
    fn watch(&mut self, from: usize, to: usize, message: &Message) {
        let mut scopes = BTreeSet::new();
        match message {
            Message::Have(have) => drop(scopes.insert(have.scope.clone())),
            Message::Scopes(list) => scopes.extend(list.items.iter().map(|(scope, ..)| scope.clone())),
            Message::Pack(bytes) | Message::Push(_, bytes) | Message::Evidence(bytes) => {
                if let Found::Runs(runs) = self.check(Unchecked::Pack(bytes.0.clone())) {
                    scopes.extend(runs.iter().map(|run| run.journal().scope.clone()));
                }
            }
            Message::ReceiptNumbers(scope, _) => drop(scopes.insert(scope.clone())),
            Message::Want(wants) => scopes.extend(wants.iter().map(|want| want.journal.scope.clone())),
            _ => {}
        }
        let key = self.nodes[to].secret.node_key();
        let Some(sender) = &self.nodes[from].replica else { return };
        let policies_changed = self.world.policy_changed;
        for scope in scopes {
            // What was on its way when a right ended is not held against the sender.
            let may = sender.charter().may_read(&key, &scope);
            let ended = policies_changed || !sender.charter().is_active(&key);
            assert!(may || ended, "{} sent {scope} to {}", self.nodes[from].name, self.nodes[to].name);
        }
    }

    /// Nothing is stored that may not be: of a scope, beyond a freeze or a cut-off.
    fn watch_items(&self, node: usize, items: &[Durable]) {
        let n = &self.nodes[node];
        let Some(replica) = &n.replica else { return };
        for item in items {
            if let Durable::Run(run) = item {
                let journal = run.journal();
                let me = n.secret.node_key();
                for entry in run.entries().iter().filter(|entry| !entry.payload.is_erased()) {
                    let own = Coordinate { journal: journal.clone(), seq: entry.header.seq };
                    let document = entry.header.subject.document(&own);
                    assert!(replica.charter().erasure(document).is_none(), "{} stores the erased {document}", n.name);
                }
                assert!(replica.charter().may_read(&me, &journal.scope), "{} stores {journal}", n.name);
                match replica.charter().standing(journal) {
                    Standing::Open | Standing::NoRight => {}
                    Standing::CutOff(Some(cut)) => {
                        assert!(run.first() <= cut.seq, "{} stores {journal} beyond its cut-off", n.name);
                    }
                    standing @ (Standing::Unknown | Standing::Frozen(_) | Standing::CutOff(None)) => {
                        panic!("{} stores {journal}, which is {standing:?}", n.name)
                    }
                }
            }
        }
    }
}
