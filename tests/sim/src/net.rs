//! The network of nodes: virtual time, machines that start, stop and sync, and what is heard of them. What people do
//! and what becomes of bytes under way have rooms of their own.

mod cables;
mod people;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    time::{Duration, Instant},
};

use charter::{CheckedStatement, Folds, Statement};
use identity::{Coordinate, EntryHash, JournalId, NodeKey, Point, ScopeName, Signed};
use journal::{ForkProof, Subject, VerifiedRun};
use sync::{
    Durable, Event, Found, Input, Output, SessionId, Unchecked,
    wire::{Assembler, Limits, Message},
};

use crate::{
    broken::ERASE_LATE,
    disk::Disk,
    model::{Model, Put},
    node::{Node, Writing, pack},
    random::Random,
    report::Counts,
    world::World,
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
    /// Two that know each other look whether they are connected.
    Dial { a: usize, b: usize },
    /// A node looks for what it wrote on ground that was cut away.
    Reissues { node: usize, life: u32 },
    /// A lid is opened again.
    Wakes { node: usize },
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
    /// One side's power went: what it sent before still arrives.
    left: bool,
    since: Duration,
    assembler: [Assembler; 2],
}

impl Conn {
    fn session(id: u64, of_b: bool) -> SessionId {
        SessionId(2 * id + u64::from(of_b))
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
    /// How often each kind of fault took effect.
    pub(crate) fired: Counts,
    /// How often each thing happened that a set of runs must have seen.
    pub(crate) marks: Counts,
    pub(crate) model: Model,
    pub(crate) acknowledged: Vec<Acknowledged>,
    /// Nodes that somebody else's machine impersonates, or that were removed: their own promises do not hold.
    pub(crate) suspect: BTreeSet<NodeKey>,
    /// Nodes that somebody removed who might, and by whose key.
    pub(crate) removed: BTreeMap<NodeKey, NodeKey>,
    /// How many entries somebody who means ill told each node once more.
    pub(crate) replayed: BTreeMap<usize, u64>,
    pub(crate) roads: Vec<(usize, usize)>,
    /// Those of each node, by place in `roads`.
    roads_of: BTreeMap<usize, Vec<usize>>,
    index: BTreeMap<String, usize>,
    folds: Folds,
    pub(crate) events: Vec<(String, Event)>,
    start: Instant,
    now: Duration,
    order: u64,
    agenda: BTreeMap<(Duration, u64), Happening>,
    conns: BTreeMap<u64, Conn>,
    cuts: BTreeSet<(usize, usize)>,
    /// How many connections of two nodes were closed at once, one after the other.
    short_lived: BTreeMap<(usize, usize), u32>,
    /// Who is about to call whom.
    calling: BTreeSet<(usize, usize)>,
    /// Verdicts over bytes, shared by all nodes: checking is pure.
    packs: BTreeMap<[u8; 32], Rc<Option<Vec<VerifiedRun>>>>,
    statements: BTreeMap<[u8; 32], Option<CheckedStatement>>,
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
    /// A network of so many offices that know each other.
    pub(crate) fn whole(seed: u64, nodes: usize) -> Self {
        let world = World::of(seed, nodes);
        let all = (0..world.places.len()).collect::<Vec<_>>();
        Self::starting(seed, world, &all, |world, _| world.statements.clone())
    }

    /// The same on its first day: an office knows the founding, its own way in and whom it admitted itself.
    pub(crate) fn first_day(seed: u64, nodes: usize) -> Self {
        let world = World::of(seed, nodes);
        let all = (0..world.places.len()).collect::<Vec<_>>();
        Self::starting(seed, world, &all, World::known_on_the_first_day)
    }

    /// The whole programme, connected along its roads.
    #[cfg(test)]
    pub(crate) fn programme(seed: u64) -> Self {
        Self::whole(seed, crate::world::PROGRAMME_NODES)
    }

    /// Some of its offices.
    pub(crate) fn of(seed: u64, names: &[&str]) -> Self {
        let world = World::of(seed, crate::world::PROGRAMME_NODES);
        let some = |(index, place): (usize, &crate::world::Place)| names.contains(&&*place.name).then_some(index);
        let some: Vec<usize> = world.places.iter().enumerate().filter_map(some).collect();
        Self::starting(seed, world, &some, |world, _| world.statements.clone())
    }

    fn starting(
        seed: u64,
        world: World,
        which: &[usize],
        known: impl Fn(&World, &str) -> charter::StatementSet,
    ) -> Self {
        #[expect(clippy::disallowed_methods, reason = "virtual time counts from some instant, never mind which")]
        let start = Instant::now();
        let mut net = Self {
            world,
            nodes: Vec::new(),
            random: Random::new(seed),
            fired: Counts::default(),
            marks: Counts::default(),
            model: Model::default(),
            acknowledged: Vec::new(),
            suspect: BTreeSet::new(),
            removed: BTreeMap::new(),
            replayed: BTreeMap::new(),
            roads: Vec::new(),
            roads_of: BTreeMap::new(),
            index: BTreeMap::new(),
            folds: Folds::shared(),
            events: Vec::new(),
            start,
            now: Duration::ZERO,
            order: 0,
            agenda: BTreeMap::new(),
            conns: BTreeMap::new(),
            cuts: BTreeSet::new(),
            short_lived: BTreeMap::new(),
            calling: BTreeSet::new(),
            packs: BTreeMap::new(),
            statements: BTreeMap::new(),
            busy_at: Duration::ZERO,
            last: String::new(),
            trace: std::env::var("SIM_TRACE").ok(),
            bytes: 0,
        };
        let names: Vec<String> = which.iter().map(|place| net.world.places[*place].name.clone()).collect();
        for name in &names {
            let statements = known(&net.world, name);
            net.add(name, name, statements);
        }
        for (a, b) in net.world.roads() {
            let [a, b] = [a, b].map(|place| net.world.places[place].name.clone());
            if net.index.contains_key(&a) && net.index.contains_key(&b) {
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
        self.machine(Node::new(name, self.world.secret(key_of), disk))
    }

    /// Switches a machine on for the first time.
    pub(crate) fn machine(&mut self, node: Node) -> usize {
        let index = self.nodes.len();
        self.index.insert(node.name.clone(), index);
        self.nodes.push(node);
        self.start(index);
        index
    }

    pub(crate) fn index(&self, name: &str) -> usize {
        *self.index.get(name).unwrap_or_else(|| panic!("no node {name}"))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.world.places.iter().map(|place| place.name.clone()).filter(|name| self.index.contains_key(name)).collect()
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

    pub(crate) fn is_awake(&self, node: usize) -> bool {
        self.nodes[node].replica.is_some() && self.nodes[node].asleep.is_none()
    }

    /// A statement is made at a node.
    pub(crate) fn say(&mut self, name: &str, statement: CheckedStatement) {
        let index = self.index(name);
        self.nodes[index].disk.take_statement(statement.clone());
        if self.nodes[index].replica.is_some() {
            self.feed(index, Input::Statement(statement));
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
        let Net { nodes, random, .. } = self;
        nodes[index].asleep = None;
        nodes[index].crash(random);
        self.leave(index);
    }

    /// And comes back.
    pub(crate) fn start(&mut self, index: usize) {
        if self.nodes[index].replica.is_some() {
            return;
        }
        let (network, now, clock_ms) = (self.world.network, self.instant(), self.clock_ms());
        let Net { nodes, random, folds, .. } = self;
        nodes[index].start(network, folds, now, clock_ms, random);
        let incarnation = self.nodes[index].disk.incarnation;
        self.feed(index, Input::Incarnation(incarnation));
        self.erase(index);
        self.call_all(index);
    }

    /// The lid is closed: the machine does nothing, and nobody hears of it.
    pub(crate) fn suspend(&mut self, name: &str, length: Duration) {
        let index = self.index(name);
        if self.is_awake(index) {
            self.nodes[index].asleep = Some(self.now + length);
            self.at(length, Happening::Wakes { node: index });
        }
    }

    /// A machine's clock is set wrong, by so much.
    pub(crate) fn set_clock(&mut self, name: &str, off_ms: i64) {
        let index = self.index(name);
        self.nodes[index].clock_off_ms = off_ms;
        let clock_ms = self.clock_ms() + off_ms;
        self.fired.count("clock jump");
        self.feed(index, Input::Clock(clock_ms));
    }

    /// Whether what suspect keys said last counts at a node now.
    fn note_verdicts(&mut self, index: usize) {
        let Net { nodes, suspect, marks, .. } = self;
        let Node { disk, replica: Some(replica), secret, verdicts, .. } = &mut nodes[index] else { return };
        for journal in disk.journals.keys().filter(|journal| suspect.contains(&journal.node)) {
            let at = Coordinate { journal: journal.clone(), seq: disk.point(journal).seq };
            let counts = disk.standing(replica.charter(), secret.node_key(), &at) == documents::Standing::Accepted;
            let (last, flips) = verdicts.entry(journal.clone()).or_insert((true, 0));
            if std::mem::replace(last, counts) != counts {
                *flips += 1;
                if *flips == 2 {
                    marks.count("a verdict flipped twice");
                }
            }
        }
    }

    fn clock_ms(&self) -> i64 {
        1_763_750_000_000 + i64::try_from(self.now.as_millis()).unwrap()
    }

    /// Does at a node what orders ask for.
    fn erase(&mut self, index: usize) {
        if identity::broken::is(ERASE_LATE) && !self.nodes[index].exchanged {
            return;
        }
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
        self.fired.count("clone");
        self.machine(node);
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

    /// Until when the machine sleeps that this is about.
    fn sleeps(&self, happening: &Happening) -> Option<Duration> {
        let node = match happening {
            Happening::Deliver { conn, to_b: at_b, .. } | Happening::Drained { conn, of_b: at_b, .. } => {
                self.conns.get(conn).map(|c| if *at_b { c.b } else { c.a })
            }
            Happening::Synced { node, .. }
            | Happening::Answer { node, .. }
            | Happening::Timer { node, .. }
            | Happening::Reissues { node, .. } => Some(*node),
            Happening::Dial { .. } | Happening::Idle { .. } | Happening::Wakes { .. } => None,
        };
        node.and_then(|node| self.nodes[node].asleep)
    }

    fn happen(&mut self, happening: Happening) {
        if let Some(until) = self.sleeps(&happening) {
            return self.at(until - self.now, happening);
        }
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
            Happening::Reissues { node, life } => {
                if self.nodes[node].life == life && self.nodes[node].replica.is_some() {
                    self.reissue(node);
                }
            }
            Happening::Wakes { node } => {
                if self.nodes[node].asleep.is_some_and(|until| until <= self.now) {
                    self.nodes[node].asleep = None;
                    self.fired.count("suspend");
                    self.feed(node, Input::Timeout);
                    self.call_all(node);
                }
            }
            Happening::Idle { conn } => {
                let Some(c) = self.conns.get(&conn) else { return };
                let idle = c.stuck_since.is_some_and(|since| self.now - since >= IDLE);
                if idle {
                    self.fired.count("idle");
                }
                if idle || c.closed || c.left {
                    self.lose(conn);
                }
            }
        }
    }

    fn queue(&mut self, node: usize, writing: Writing) {
        if let Writing::Own(runs) = &writing
            && identity::broken::is("send before the sync")
        {
            for run in runs.clone() {
                self.feed(node, Input::Written { pack: pack(&run) });
            }
        }
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
                for item in items {
                    if let Durable::Run(run) = &item
                        && self.nodes[node].disk.lacks_ground_of(run)
                    {
                        self.fired.count("reorder");
                    }
                    self.nodes[node].disk.store(item);
                }
                // An order may have come while this was on its way.
                self.erase(node);
                self.feed(node, Input::Persisted { token });
            }
            Writing::Own(runs) => {
                for run in &runs {
                    self.nodes[node].disk.append(run.clone());
                    let (journal, point) = (run.journal().clone(), run.last());
                    self.acknowledged.push(Acknowledged { node, journal, point });
                }
                self.erase(node);
                for run in &runs {
                    self.feed(node, Input::Written { pack: pack(run) });
                }
            }
        }
    }

    /// Says again what this node wrote on ground that was cut away.
    fn reissue(&mut self, node: usize) {
        let me = self.nodes[node].secret.node_key();
        let charter = self.nodes[node].replica.as_ref().unwrap().charter().clone();
        if !self.nodes[node].disk.has_cuts || !charter.is_active(&me) {
            return;
        }
        let documents: Vec<Coordinate> = self.nodes[node].disk.documents.keys().cloned().collect();
        for document in documents {
            let scope = &document.journal.scope;
            if charter.may_write(&me, scope) && self.nodes[node].reissue(&document) {
                self.marks.count("what was built on cut ground was said again");
                let runs = self.nodes[node].commit(scope);
                self.queue(node, Writing::Own(runs));
            }
        }
    }

    fn mark(&mut self, event: &Event) {
        let mark = match event {
            Event::Fork { .. } => "a fork met its proof",
            Event::Frozen { .. } => "a journal was frozen",
            Event::Rewound { .. } => "a branch was given up",
            Event::OwnEntriesRecovered { .. } => "own entries were fetched back",
            Event::NewIncarnationNeeded { .. } => "others knew more of a node than its disk",
            Event::HeldBack { .. } => "a day's intake was full",
            Event::TurnedAway { .. } => "somebody was turned away",
            Event::CharterChanged
            | Event::Peer { .. }
            | Event::Held { .. }
            | Event::Receipt { .. }
            | Event::Beacon { .. }
            | Event::Misbehaved { .. } => return,
        };
        self.marks.count(mark);
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
        let before = replica.counters();
        replica.handle(input, now);
        let after = replica.counters();
        if after.entries_repeated > before.entries_repeated || after.statements_repeated > before.statements_repeated {
            self.fired.count("duplicate");
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
                    if let Some(c) = self.conns.get(&conn) {
                        let peer = if c.a == node { c.b } else { c.a };
                        self.closed(node, peer, code);
                    }
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

    pub(crate) fn check(&mut self, what: Unchecked) -> Found {
        match what {
            Unchecked::Pack(bytes) => {
                let runs = self.packs.entry(*blake3::hash(&bytes).as_bytes()).or_insert_with(|| {
                    let runs = journal::decode(&bytes, &journal::Limits::default()).ok();
                    Rc::new(runs.and_then(|runs| runs.into_iter().map(|run| run.verify().ok()).collect()))
                });
                Option::clone(runs).map_or(Found::Bad, Found::Runs)
            }
            Unchecked::Statements(list) => {
                let checked: Option<_> = list.into_iter().map(|said| self.check_statement(said)).collect();
                checked.map_or(Found::Bad, Found::Statements)
            }
            Unchecked::Fork(bytes) => {
                ForkProof::decode(&bytes).map_or(Found::Bad, |proof| Found::Fork(Box::new(proof)))
            }
        }
    }

    fn check_statement(&mut self, said: Signed<Statement>) -> Option<CheckedStatement> {
        let key = *blake3::hash(&postcard::to_stdvec(&said).unwrap()).as_bytes();
        let checked = self.statements.entry(key).or_insert_with(|| CheckedStatement::check(said).ok());
        checked.clone()
    }

    fn heard(&mut self, node: usize, event: Event) {
        if let Event::NewIncarnationNeeded { .. } = &event {
            let Net { nodes, random, .. } = self;
            if !identity::broken::is("reuse an incarnation after a restore") {
                nodes[node].draw_incarnation(random);
            }
            // Said once what was under way is on the disk.
            let incarnation = self.nodes[node].disk.incarnation;
            let at = self.nodes[node].writing.back().map_or(self.now, |(at, _)| *at);
            let (life, after) = (self.nodes[node].life, at.saturating_sub(self.now) + Duration::from_millis(1));
            self.at(after, Happening::Answer { node, life, input: Box::new(Input::Incarnation(incarnation)) });
        }
        if let Event::Held { .. } = &event
            && !std::mem::replace(&mut self.nodes[node].exchanged, true)
            && identity::broken::is(ERASE_LATE)
        {
            self.erase(node);
        }
        if matches!(event, Event::CharterChanged) {
            self.erase(node);
            self.note_verdicts(node);
            let life = self.nodes[node].life;
            self.at(Duration::from_millis(5), Happening::Reissues { node, life });
        }
        self.mark(&event);
        let name = self.nodes[node].name.clone();
        if !matches!(event, Event::Held { .. } | Event::Peer { .. } | Event::Receipt { .. }) {
            self.events.push((name, event));
        }
    }

    /// How much time has gone by.
    pub(crate) fn elapsed(&self) -> Duration {
        self.now
    }

    /// When something other than a timer last happened.
    pub(crate) fn last_news(&self) -> Duration {
        self.busy_at
    }
}
