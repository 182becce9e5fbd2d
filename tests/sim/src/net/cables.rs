//! Roads, connections and what becomes of bytes on them.

use super::*;

impl Net {
    /// From now on these two call each other.
    pub(crate) fn road(&mut self, a: &str, b: &str) {
        let (a, b) = (self.index(a), self.index(b));
        let road = self.roads.len();
        self.roads.push((a, b));
        for end in [a, b] {
            self.roads_of.entry(end).or_default().push(road);
        }
        self.call_soon(a, b);
    }

    /// A machine calls several at one moment.
    #[cfg(test)]
    pub(crate) fn call_at_once(&mut self, name: &str, others: &[&str]) {
        let node = self.index(name);
        others.iter().for_each(|other| self.connect(node, self.index(other)));
    }

    /// Two that know each other call soon, unless they are connected by then.
    pub(super) fn call_soon(&mut self, a: usize, b: usize) {
        if !self.calling.insert((a, b)) {
            return;
        }
        // Who is turned away again and again calls ever more rarely.
        let tries = self.short_lived.get(&(a.min(b), a.max(b))).copied().unwrap_or(0).min(12);
        let after = Duration::from_millis((100 + self.random.below(4000)) << tries);
        self.at(after, Happening::Dial { a, b });
    }

    pub(super) fn call_all(&mut self, node: usize) {
        for road in self.roads_of.get(&node).cloned().unwrap_or_default() {
            let (a, b) = self.roads[road];
            self.call_soon(a, b);
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

    /// The cable between these two is back.
    #[cfg(test)]
    pub(crate) fn heal_between(&mut self, a: &str, b: &str) {
        let (a, b) = (self.index(a), self.index(b));
        self.cuts.retain(|cut| *cut != (a, b) && *cut != (b, a));
        self.call_soon(a, b);
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
        self.short_lived.clear();
        self.calling.clear();
        for (a, b) in self.roads.clone() {
            self.call_soon(a, b);
        }
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

    /// A machine is gone without a word: what it sent is on its way, and the others notice when no more comes.
    pub(super) fn leave(&mut self, node: usize) {
        let now = self.now;
        let of_node = self.conns.iter_mut().filter(|(_, c)| c.a == node || c.b == node);
        let noticed: Vec<(u64, Duration)> = of_node
            .map(|(id, c)| {
                c.left = true;
                let arrives = c.last[usize::from(c.a == node)].saturating_sub(now);
                (*id, arrives + Duration::from_millis(200))
            })
            .collect();
        for (conn, after) in noticed {
            self.at(after, Happening::Idle { conn });
        }
    }

    pub(super) fn is_cut(&self, from: usize, to: usize) -> bool {
        self.cuts.contains(&(from, to))
    }

    pub(super) fn dial(&mut self, a: usize, b: usize) {
        self.calling.remove(&(a, b));
        let up = |node: usize| self.is_awake(node);
        let connected = self.conns.values().any(|c| (c.a, c.b) == (a, b) || (c.a, c.b) == (b, a));
        if !up(a) || !up(b) || self.is_cut(a, b) || self.is_cut(b, a) || connected {
            return;
        }
        let both = self.random.one_in(10);
        let turned = self.random.one_in(2);
        self.connect(if turned { b } else { a }, if turned { a } else { b });
        if both {
            self.fired.count("calls that cross");
            self.connect(if turned { a } else { b }, if turned { b } else { a });
        }
    }

    /// Somebody calls although a connection stands.
    pub(crate) fn call_again(&mut self, random: &mut Random) {
        let standing: Vec<(usize, usize)> = self.conns.values().map(|c| (c.a, c.b)).collect();
        if let Some((a, b)) = random.pick(&standing) {
            self.fired.count("duplicate connection");
            self.connect(*a, *b);
        }
    }

    pub(super) fn connect(&mut self, a: usize, b: usize) {
        self.order += 1;
        let id = self.order;
        let slow = self.random.one_in(12);
        let delay =
            Duration::from_millis(if slow { 1000 + self.random.below(9000) } else { 2 + self.random.below(80) });
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
            left: false,
            since: self.now,
            assembler: [assembler(), assembler()],
        };
        self.conns.insert(id, conn);
        let keys = [a, b].map(|node| self.nodes[node].secret.node_key());
        self.feed(a, Input::Connected { session: Conn::session(id, false), peer: keys[1], initiator: true });
        self.feed(b, Input::Connected { session: Conn::session(id, true), peer: keys[0], initiator: false });
    }

    pub(super) fn lose(&mut self, id: u64) {
        let Some(conn) = self.conns.remove(&id) else { return };
        let pair = (conn.a.min(conn.b), conn.a.max(conn.b));
        if self.now - conn.since < Duration::from_secs(60) && conn.closed {
            *self.short_lived.entry(pair).or_default() += 1;
        } else {
            self.short_lived.remove(&pair);
        }
        // As the road has it, whoever called.
        let turned = self.roads.contains(&(conn.b, conn.a));
        let (a, b) = if turned { (conn.b, conn.a) } else { (conn.a, conn.b) };
        self.call_soon(a, b);
        for (node, life, of_b) in [(conn.a, conn.a_life, false), (conn.b, conn.b_life, true)] {
            if self.nodes[node].life == life && self.nodes[node].replica.is_some() {
                self.feed(node, Input::Lost { session: Conn::session(id, of_b) });
            }
        }
    }

    pub(super) fn transmit(&mut self, conn: u64, to_b: bool, bytes: Vec<u8>) {
        let jitter = Duration::from_micros(self.random.below(3000));
        let now = self.now;
        let Some(c) = self.conns.get_mut(&conn) else { return };
        let last = &mut c.last[usize::from(to_b)];
        *last = (now + c.delay + jitter).max(*last);
        let after = *last - now;
        self.at(after, Happening::Deliver { conn, to_b, bytes });
    }

    pub(super) fn deliver(&mut self, conn: u64, to_b: bool, bytes: Vec<u8>) {
        let now = self.now;
        let Some(c) = self.conns.get_mut(&conn) else { return };
        let (from, to) = if to_b { (c.a, c.b) } else { (c.b, c.a) };
        let life = if to_b { c.b_life } else { c.a_life };
        if self.nodes[to].life != life || self.nodes[to].replica.is_none() {
            return;
        }
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
        if c.delay >= Duration::from_secs(1) {
            self.fired.count("delay");
        }
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

    /// Puts messages into every connection of a machine as if its program had said them; gives whose they are.
    pub(crate) fn inject(&mut self, node: usize, messages: &[Message]) -> Vec<usize> {
        let of_node = |(id, c): (&u64, &Conn)| match (c.a == node, c.b == node) {
            (true, _) => Some((*id, true, c.b)),
            (_, true) => Some((*id, false, c.a)),
            _ => None,
        };
        let conns: Vec<(u64, bool, usize)> = self.conns.iter().filter_map(of_node).collect();
        for (conn, to_b, _) in &conns {
            for frame in messages.iter().flat_map(sync::wire::encode) {
                self.transmit(*conn, *to_b, frame);
            }
        }
        conns.into_iter().map(|(_, _, peer)| peer).collect()
    }
}
