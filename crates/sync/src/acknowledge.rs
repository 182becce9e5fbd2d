//! Receipts and beacons on their way: signed in the same sync as what they vouch for, sent at once towards the authors
//! and in company to everybody else who reads the scope.

use std::collections::BTreeSet;

use charter::Charter;
use identity::{Class, Domain, NodeKey, OfficeKind, Point, ScopeName, Signed};

use crate::{
    BEACON_BYTES_MAX, Beacon, CloseCode, Durable, Event, IncarnationLost, KnownReceipt, Receipt, Replica, SessionId,
    replica::Pending,
    session::{Kind, Stage},
    wire::{Message, ShortJournal},
};

/// How many receipts or beacons go into one message.
const BATCH_MAX: usize = 64;

/// Whether `holder`'s receipts count for what `author` wrote in a scope: those of the author's chain, of the office of
/// which region the scope is, of the ministries that read it, and where there is no chain (an office's own drafts, an
/// agenda, a case) of everybody who reads it.
pub fn receipt_counts(charter: &Charter, holder: &NodeKey, author: &NodeKey, scope: &ScopeName) -> bool {
    let office = |key: &NodeKey| charter.node(key).and_then(|node| charter.office(&node.office));
    if holder == author || !charter.may_read(holder, scope) {
        return false;
    }
    if scope.class().has_roster() || scope.class() == Class::Internal {
        return true;
    }
    let (Some(holder), Some(author)) = (office(holder), office(author)) else { return false };
    holder.id == author.id
        || holder.kind == OfficeKind::Ministry
        || holder.is_above(author)
        || scope.region().as_ref() == Some(&holder.region)
        || (holder.kind == OfficeKind::Agency && holder.region.contains(&author.region))
}

impl Replica {
    /// Whether somebody waits for our receipts of a scope.
    fn receipt_wanted(&self, scope: &ScopeName) -> bool {
        let authors: BTreeSet<NodeKey> = self.holdings.of_scope(scope).map(|(journal, _)| journal.node).collect();
        authors.iter().any(|author| receipt_counts(&self.charter, &self.me, author, scope))
    }

    /// Receipts over runs that are about to become durable, in the same sync, for the scopes of which no more is asked.
    pub(crate) fn add_receipts(&mut self, items: &mut Vec<Durable>, pending: &mut Pending) {
        let scopes: BTreeSet<ScopeName> = pending.runs.iter().map(|(journal, _)| journal.scope.clone()).collect();
        for scope in scopes {
            if !self.receipt_wanted(&scope) {
                continue;
            }
            if self.asked.keys().any(|journal| journal.scope == scope) {
                let at = self.now + self.config.receipt_delay;
                self.receipts_due.entry(scope).or_insert(at);
            } else {
                self.add_receipt(&scope, items, pending);
            }
        }
    }

    fn add_receipt(&mut self, scope: &ScopeName, items: &mut Vec<Durable>, pending: &mut Pending) {
        self.receipts_due.remove(scope);
        self.receipt_number = self.receipt_number.saturating_add(1);
        // What was received before stands before this receipt on its way to the disk.
        let held = self.holdings.of_scope(scope).filter(|(_, journal)| journal.received.seq > 0);
        let receipt = Receipt {
            scope: scope.clone(),
            number: self.receipt_number,
            time_ms: self.clock_ms(),
            points: held.map(|(journal, held)| (journal, held.vouched())).collect(),
        };
        let known = KnownReceipt::sign(&self.secret, receipt);
        items.push(Durable::Receipt(known.signed.clone()));
        pending.receipts.push((known, None));
    }

    pub(crate) fn receipts_on_time(&mut self) {
        let now = self.now;
        let due: Vec<ScopeName> =
            self.receipts_due.iter().filter(|(_, at)| **at <= now).map(|(scope, _)| scope.clone()).collect();
        let (mut items, mut pending) = (Vec::new(), Pending::default());
        for scope in due {
            self.add_receipt(&scope, &mut items, &mut pending);
        }
        if !items.is_empty() {
            self.persist(items, pending);
        }
    }

    /// After a start: an own receipt must not name more than there is.
    pub(crate) fn check_own_receipts(&mut self) {
        let own: Vec<Receipt> =
            self.receipts.iter().filter(|known| known.holder() == self.me).map(|known| known.receipt.clone()).collect();
        own.iter().for_each(|receipt| self.check_own_receipt(receipt));
    }

    fn check_own_receipt(&mut self, receipt: &Receipt) {
        let lacks = |(journal, point): &(ShortJournal, Point)| {
            self.holdings.received(&journal.in_scope(&receipt.scope)).seq < point.seq
        };
        if receipt.points.iter().any(lacks) {
            let scope = receipt.scope.clone();
            self.lost_own(IncarnationLost::Receipt { scope: scope.clone() }, crate::wire::NOTHING);
            // Nobody is to count on what is gone.
            self.receipts_due.insert(scope, self.now);
        }
    }

    pub(crate) fn on_receipts(&mut self, id: SessionId, list: Vec<Signed<Receipt>>) {
        if list.len() > BATCH_MAX {
            return self.close(id, CloseCode::TooMuch);
        }
        let (mut items, mut pending) = (Vec::new(), Pending::default());
        for signed in list {
            let Some(known) = KnownReceipt::check(signed) else {
                return self.close(id, CloseCode::BadContent);
            };
            let (holder, scope) = (known.holder(), known.receipt.scope.clone());
            if !self.shares(id, &scope) || known.receipt.points.len() > 2 * self.config.journals_per_scope_max {
                continue;
            }
            self.note_receipt(id, &known);
            if holder == self.me {
                self.on_own_receipt(&known);
            } else if self.charter.may_read(&holder, &scope) && self.receipts.is_newer(&known) {
                items.push(Durable::Receipt(known.signed.clone()));
                pending.receipts.push((known, Some(id)));
            }
        }
        if !items.is_empty() {
            self.persist(items, pending);
        }
    }

    fn note_receipt(&mut self, id: SessionId, known: &KnownReceipt) {
        let key = (known.receipt.scope.clone(), known.holder());
        if let Some(session) = self.sessions.get_mut(&id) {
            session.receipts_out.remove(&key);
            session.receipts_lazy.remove(&key);
            session.receipts_known.insert(key, known.rank());
        }
    }

    /// A peer shows a receipt of ours that this store does not know: the store went back in time.
    fn on_own_receipt(&mut self, known: &KnownReceipt) {
        let ours = self.receipts.get(&known.receipt.scope, self.me);
        if ours.is_some_and(|ours| ours.rank() >= known.rank()) || self.awaits_receipt(known) {
            return;
        }
        self.receipt_number = self.receipt_number.max(known.receipt.number);
        self.check_own_receipt(&known.receipt);
        self.receipts_due.entry(known.receipt.scope.clone()).or_insert(self.now);
    }

    /// Whether this very receipt is on its way to our disk.
    fn awaits_receipt(&self, known: &KnownReceipt) -> bool {
        self.pending.values().flat_map(|pending| &pending.receipts).any(|(waiting, _)| waiting == known)
    }

    /// A receipt is durable: it goes on, at once towards those whose entries it newly vouches for.
    pub(crate) fn on_receipt_durable(&mut self, known: KnownReceipt, from: Option<SessionId>) {
        let (holder, scope, rank) = (known.holder(), known.receipt.scope.clone(), known.rank());
        let points = known.receipt.points.clone();
        let (news, before) = self.receipts.insert(known);
        if !news {
            return;
        }
        if holder != self.me {
            self.event(Event::Receipt { holder, scope: scope.clone() });
        }
        let advanced: Vec<ShortJournal> = points
            .into_iter()
            .filter(|(journal, point)| before.as_ref().and_then(|b| b.point(*journal)) != Some(*point))
            .map(|(journal, _)| journal)
            .collect();
        let sources: BTreeSet<SessionId> = advanced
            .iter()
            .filter_map(|journal| self.holdings.get(&journal.in_scope(&scope)).and_then(|held| held.source))
            .collect();
        let lazy_at = self.now + self.config.gossip_delay;
        for id in self.admitted_sessions() {
            if Some(id) == from || !self.shares(id, &scope) {
                continue;
            }
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            let key = (scope.clone(), holder);
            if session.peer == holder || session.receipts_known.get(&key).is_some_and(|sent| *sent >= rank) {
                continue;
            }
            if sources.contains(&id) || advanced.iter().any(|journal| journal.node == session.peer) {
                session.receipts_out.insert(key);
                self.touched.insert(id);
            } else {
                session.receipts_lazy.insert(key);
                session.receipts_at.get_or_insert(lazy_at);
            }
        }
    }

    pub(crate) fn gossip_on_time(&mut self, id: SessionId) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.receipts_at.is_some_and(|at| at <= now) {
            session.receipts_at = None;
            let lazy = std::mem::take(&mut session.receipts_lazy);
            session.receipts_out.extend(lazy);
            self.touched.insert(id);
        }
    }

    /// Tells of which holders we have which receipts of a scope.
    pub(crate) fn send_numbers(&mut self, id: SessionId, scope: &ScopeName) {
        let numbers = self.receipts.of_scope(scope).filter(|known| self.charter.may_read(&known.holder(), scope));
        let numbers = numbers.map(|known| (known.holder(), known.rank().0, known.rank().1)).collect();
        if let Some(session) = self.sessions.get_mut(&id) {
            session.numbers_sent.insert(scope.clone());
        }
        self.send(id, &Message::ReceiptNumbers(scope.clone(), numbers));
    }

    pub(crate) fn on_receipt_numbers(&mut self, id: SessionId, scope: &ScopeName, theirs: &[(NodeKey, u64, u64)]) {
        if !self.shares(id, scope) {
            return;
        }
        let ours: Vec<(NodeKey, (u64, u64))> =
            self.receipts.of_scope(scope).map(|known| (known.holder(), known.rank())).collect();
        let Some(session) = self.sessions.get_mut(&id) else { return };
        for (holder, number, digest) in theirs {
            session.receipts_known.insert((scope.clone(), *holder), (*number, *digest));
        }
        let newer = |(holder, rank): &&(NodeKey, (u64, u64))| {
            session.receipts_known.get(&(scope.clone(), *holder)).is_none_or(|theirs| theirs < rank)
        };
        let out: Vec<_> = ours.iter().filter(newer).map(|(holder, _)| (scope.clone(), *holder)).collect();
        session.receipts_out.extend(out);
        let lacking = theirs.iter().any(|(holder, number, digest)| {
            ours.iter().find(|(of, _)| of == holder).is_none_or(|(_, rank)| *rank < (*number, *digest))
        });
        if lacking && !session.numbers_sent.contains(scope) {
            self.send_numbers(id, scope);
        }
    }

    pub(crate) fn pump_receipts(&mut self, id: SessionId) {
        loop {
            let Some(session) = self.sessions.get_mut(&id) else { return };
            if session.stage < Stage::Statements
                || session.in_flight >= self.config.in_flight_bytes_max
                || (session.receipts_out.is_empty() && session.beacons_out.is_empty())
            {
                return;
            }
            let mut batch = Vec::new();
            while batch.len() < BATCH_MAX
                && let Some((scope, holder)) = session.receipts_out.pop_first()
            {
                if let Some(known) = self.receipts.get(&scope, holder)
                    && session.may.get(&scope).copied().unwrap_or(false)
                    && session.receipts_known.insert((scope, holder), known.rank()) != Some(known.rank())
                {
                    batch.push(known.signed.clone());
                }
            }
            let mut beacons = Vec::new();
            while beacons.len() < BATCH_MAX
                && let Some(node) = session.beacons_out.pop_first()
            {
                beacons.extend(self.beacons.signed(node).cloned());
            }
            if !batch.is_empty() {
                self.send(id, &Message::Receipts(batch));
            }
            if !beacons.is_empty() {
                self.send(id, &Message::Beacons(beacons));
            }
        }
    }

    /// A peer that is admitted gets our report if it lacks it. Who has never heard of us is new here, and may not know
    /// whom else to call: it gets some of others', too.
    pub(crate) fn offer_beacons(&mut self, id: SessionId) {
        let own = self.beacons.get(self.me).map_or(0, |beacon| beacon.number);
        let Some(known) = self.sessions.get(&id).map(|session| session.beacon_known) else { return };
        let others = if known == 0 { self.some_beacons(id) } else { Vec::new() };
        if let Some(session) = self.sessions.get_mut(&id) {
            if known < own {
                session.beacons_out.insert(self.me);
            }
            session.beacons_out.extend(others);
            self.touched.insert(id);
        }
    }

    /// Nodes other than the peer that say where they can be reached: all, or some drawn at random where they are many.
    fn some_beacons(&mut self, id: SessionId) -> Vec<NodeKey> {
        let Some(peer) = self.sessions.get(&id).map(|session| session.peer) else { return Vec::new() };
        let known = self.beacons.iter().filter(|(node, beacon)| *node != peer && !beacon.addresses.is_empty());
        let known: Vec<NodeKey> = known.map(|(node, _)| node).collect();
        let begin = self.random() as usize % known.len().max(1);
        known.iter().cycle().skip(begin).take(known.len().min(BATCH_MAX)).copied().collect()
    }

    /// This node reports on itself.
    pub(crate) fn report(&mut self, mut beacon: Beacon) {
        let clock = self.clock_ms();
        let known = self.beacons.get(self.me).map_or(0, |beacon| beacon.number);
        // Above every number used before, also where the store was set back.
        beacon.number = u64::try_from(clock).unwrap_or(0).max(known.saturating_add(1));
        beacon.time_ms = clock;
        let mut signed = Signed::new(&self.secret, Domain::Beacon, &beacon);
        // Rather a report that names fewer ways here than none.
        while signed.bytes().len() > BEACON_BYTES_MAX && beacon.addresses.pop().is_some() {
            signed = Signed::new(&self.secret, Domain::Beacon, &beacon);
        }
        if signed.bytes().len() <= BEACON_BYTES_MAX {
            self.take_beacon(signed, None);
        }
    }

    fn take_beacon(&mut self, signed: Signed<Beacon>, from: Option<SessionId>) {
        let node = signed.author;
        if self.beacons.insert(signed.clone(), from.is_none()).is_some() {
            let pending = Pending { beacons: vec![(node, from)], ..Pending::default() };
            self.persist(vec![Durable::Beacon(signed)], pending);
        }
    }

    pub(crate) fn on_beacons(&mut self, id: SessionId, list: Vec<Signed<Beacon>>) {
        if list.len() > BATCH_MAX {
            return self.close(id, CloseCode::TooMuch);
        }
        for signed in list {
            if self.charter.is_active(&signed.author) && signed.author != self.me {
                self.take_beacon(signed, Some(id));
            }
        }
    }

    pub(crate) fn spread_beacon(&mut self, node: NodeKey, from: Option<SessionId>) {
        if node != self.me {
            self.event(Event::Beacon { node });
        }
        for id in self.admitted_sessions() {
            if let Some(session) = self.sessions.get_mut(&id)
                && Some(id) != from
                && session.peer != node
                && session.kind == Kind::Node
            {
                session.beacons_out.insert(node);
                self.touched.insert(id);
            }
        }
    }
}
