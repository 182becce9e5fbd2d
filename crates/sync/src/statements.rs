//! Statement sets are made equal: 256 hash-prefix buckets, then the hashes of those that differ, then what either side
//! lacks. First the statements for all, then the orders and cut-offs of the scopes that both may read.
//!
//! The side that called leads: it shows its buckets, gets hashes, sends what the other lacks and asks for what it lacks.
//! Later a new statement is sent by the node where it was made, and offered by hash by those that it came through.

use charter::{Audience, Body, CheckedStatement, Statement};
use identity::{ScopeName, Signed, StatementHash};

use crate::{
    CloseCode, Durable, Replica, SessionId, Unchecked,
    fingerprint::{Hash, bits, differing, has_bit},
    replica::Pending,
    session::{Check, CheckFor, Kind, Stage},
    wire::{Fingerprint, Message, Set},
};

/// How many hashes go into one answer; the rest is found in the next round.
const HASHES_MAX: usize = 60_000;

/// How many statements are asked for at a time.
const ASK_MAX: usize = 512;

/// How many bytes of statements go into one message.
const BATCH_BYTES: usize = 32 * 1024;

impl Replica {
    /// The fingerprint of one scope's statements; zero if there are none.
    pub(crate) fn orders_fingerprint(&self, scope: &ScopeName) -> Fingerprint {
        let hashes = self.orders.get(scope).into_iter().flatten();
        hashes.fold(Hash::new("simpul statements of a scope v1"), |hash, one| hash.bytes(&one.0)).finish_or_zero()
    }

    /// Whether this session's peer may be sent statements of this audience.
    fn concerns(&mut self, id: SessionId, audience: &Audience) -> bool {
        match audience {
            Audience::Everyone => true,
            Audience::Scope(scope) => self.shares(id, scope),
        }
    }

    /// The audiences of one set, as this session's peer may see them.
    fn wanted(&mut self, id: SessionId, set: Set) -> impl Fn(&Audience) -> bool + use<> {
        let scopes: Vec<ScopeName> = match set {
            Set::Charter => Vec::new(),
            Set::Orders => self.orders.keys().cloned().collect(),
        };
        let scopes: std::collections::BTreeSet<ScopeName> =
            scopes.into_iter().filter(|scope| self.shares(id, scope)).collect();
        move |audience| match (set, audience) {
            (Set::Charter, Audience::Everyone) => true,
            (Set::Orders, Audience::Scope(scope)) => scopes.contains(scope),
            _ => false,
        }
    }

    /// Begins to make one set equal.
    pub(crate) fn start_set(&mut self, id: SessionId, set: Set) {
        let wanted = self.wanted(id, set);
        let buckets = self.statements.buckets(wanted).into_iter().map(Fingerprint).collect();
        if let Some(session) = self.sessions.get_mut(&id) {
            session.reconciling = Some(set);
        }
        self.send(id, &Message::Buckets(set, buckets));
    }

    pub(crate) fn on_buckets(&mut self, id: SessionId, set: Set, theirs: &[Fingerprint]) {
        let wanted = self.wanted(id, set);
        let ours: Vec<Fingerprint> = self.statements.buckets(&wanted).into_iter().map(Fingerprint).collect();
        if theirs.len() != ours.len() {
            return self.close(id, CloseCode::Protocol);
        }
        let differing = differing(&ours, theirs);
        let (mut buckets, mut hashes) = (Vec::new(), Vec::new());
        for bucket in (0..=255).filter(|bucket| has_bit(&differing, *bucket)) {
            if hashes.len() > HASHES_MAX {
                break;
            }
            buckets.push(bucket);
            hashes.extend(self.statements.in_bucket(bucket, &wanted).map(CheckedStatement::hash));
        }
        self.send(id, &Message::Hashes(set, bits(buckets), hashes));
    }

    pub(crate) fn on_hashes(&mut self, id: SessionId, set: Set, buckets: &[u8; 32], theirs: Vec<StatementHash>) {
        let wanted = self.wanted(id, set);
        let theirs: std::collections::BTreeSet<StatementHash> = theirs.into_iter().collect();
        let mut lacking = Vec::new();
        for bucket in (0..=255).filter(|bucket| has_bit(buckets, *bucket)) {
            let ours = self.statements.in_bucket(bucket, &wanted).map(CheckedStatement::hash);
            lacking.extend(ours.filter(|hash| !theirs.contains(hash)).map(Some));
        }
        let offered = theirs.into_iter().filter(|hash| !self.statements.contains(hash));
        if let Some(session) = self.sessions.get_mut(&id)
            && session.reconciling == Some(set)
        {
            session.statements_out.extend(lacking);
            session.offered.extend(offered);
            session.hashes_come = true;
        }
    }

    pub(crate) fn on_offer(&mut self, id: SessionId, hashes: Vec<StatementHash>) {
        let lacking = hashes.into_iter().filter(|hash| !self.statements.contains(hash));
        if let Some(session) = self.sessions.get_mut(&id) {
            session.offered.extend(lacking);
            if session.offered.len() > 2 * HASHES_MAX {
                self.close(id, CloseCode::TooMuch);
            }
        }
    }

    pub(crate) fn on_ask(&mut self, id: SessionId, hashes: &[StatementHash]) {
        if hashes.len() > ASK_MAX {
            return self.close(id, CloseCode::TooMuch);
        }
        let mut out = Vec::new();
        for hash in hashes {
            let Some(audience) = self.statements.get(hash).map(|s| Audience::of(s.statement())) else { continue };
            if self.concerns(id, &audience) {
                out.push(Some(*hash));
            }
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            if session.statements_out.len() > 4 * HASHES_MAX {
                return self.close(id, CloseCode::TooMuch);
            }
            session.statements_out.extend(out);
            session.statements_out.push_back(None);
        }
    }

    pub(crate) fn on_statements(&mut self, id: SessionId, list: Vec<Signed<Statement>>) {
        self.check(id, Unchecked::Statements(list), CheckFor::Content);
    }

    pub(crate) fn on_statements_end(&mut self, id: SessionId) {
        let request = crate::RequestId(self.number());
        if let Some(session) = self.sessions.get_mut(&id) {
            let found = Some(crate::Found::Statements(Vec::new()));
            session.checks.push_back(Check {
                request,
                bytes: 0,
                purpose: CheckFor::StatementsEnd,
                claims: Vec::new(),
                found,
            });
        }
        self.take_checked(id);
    }

    /// What was asked for and has not come will not come from this peer.
    pub(crate) fn end_asked_statements(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        for hash in std::mem::take(&mut session.asked_statements) {
            session.offered.remove(&hash);
            if self.asked_statements.get(&hash) == Some(&id) {
                self.asked_statements.remove(&hash);
            }
        }
        self.touch_all();
    }

    pub(crate) fn on_statements_checked(&mut self, id: SessionId, list: Vec<CheckedStatement>) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        for checked in &list {
            let hash = checked.hash();
            session.offered.remove(&hash);
            session.asked_statements.remove(&hash);
            session.statements_known.insert(hash);
        }
        let (kept, foreign): (Vec<_>, Vec<_>) = list.into_iter().partition(|checked| self.is_ours(checked));
        // It may be ours once the roster that came with it is folded: then it has to be asked for again.
        for checked in foreign {
            self.asked_statements.remove(&checked.hash());
        }
        self.take_statements(kept.into_iter().map(|checked| (checked, Some(id))).collect());
    }

    /// Whether a statement is of this network and of a scope that this node may read, as far as it knows: a roster may
    /// be what gives the right.
    pub(crate) fn is_ours(&self, checked: &CheckedStatement) -> bool {
        let statement = checked.statement();
        let network = match (&statement.body, statement.network) {
            (Body::Found { .. }, _) => !self.charter.is_founded() || self.charter.founding().contains(&checked.hash()),
            (_, network) => network == Some(self.network),
        };
        network
            && match Audience::of(statement) {
                Audience::Everyone => true,
                Audience::Scope(scope) => {
                    matches!(statement.body, Body::Roster { .. }) || self.charter.may_read(&self.me, &scope)
                }
            }
    }

    /// Statements of others: durable first.
    pub(crate) fn take_statements(&mut self, list: Vec<(CheckedStatement, Option<SessionId>)>) {
        let mut pending = Pending::default();
        for (checked, from) in list {
            if self.statements.contains(&checked.hash()) {
                self.counters.statements_repeated += 1;
                self.asked_statements.remove(&checked.hash());
            } else {
                pending.statements.push((checked, from));
            }
        }
        if !pending.statements.is_empty() {
            self.statements_pending += pending.statements.len();
            let items = pending.statements.iter().map(|(checked, _)| Durable::Statement(checked.clone())).collect();
            self.persist(items, pending);
        }
    }

    /// Statements that are durable.
    pub(crate) fn adopt_statements(&mut self, list: Vec<(CheckedStatement, Option<SessionId>)>) {
        for (checked, from) in list {
            let hash = checked.hash();
            self.asked_statements.remove(&hash);
            if self.statements.insert_checked(checked) {
                self.fresh.push((hash, from));
                self.unfolded.get_or_insert(self.now);
            }
        }
        self.touch_all();
    }

    /// New statements go on: in full from where they were made, by hash from where they passed.
    pub(crate) fn spread_statements(&mut self) {
        for (hash, from) in std::mem::take(&mut self.fresh) {
            let Some(audience) = self.statements.get(&hash).map(|s| Audience::of(s.statement())) else { continue };
            for id in self.admitted_sessions() {
                if Some(id) == from || !self.concerns(id, &audience) {
                    continue;
                }
                let Some(session) = self.sessions.get_mut(&id) else { continue };
                if session.statements_known.contains(&hash) {
                    continue;
                }
                match from {
                    None => session.statements_out.push_back(Some(hash)),
                    Some(_) => {
                        session.offers_out.insert(hash);
                    }
                }
            }
        }
    }

    /// Asks for, sends and offers statements as far as there is room.
    pub(crate) fn pump_statements(&mut self, id: SessionId) {
        self.ask_statements(id);
        loop {
            let Some(session) = self.sessions.get_mut(&id) else { return };
            if session.in_flight >= self.config.in_flight_bytes_max {
                return;
            }
            let (mut batch, mut bytes, mut end) = (Vec::new(), 0, false);
            while bytes < BATCH_BYTES && !end {
                match session.statements_out.pop_front() {
                    Some(Some(hash)) => {
                        session.statements_known.insert(hash);
                        session.offers_out.remove(&hash);
                        if let Some(checked) = self.statements.get(&hash) {
                            bytes += checked.signed().bytes().len() + 100;
                            batch.push(checked.signed().clone());
                        }
                    }
                    Some(None) => end = true,
                    None => break,
                }
            }
            let offers = std::mem::take(&mut session.offers_out);
            if batch.is_empty() && !end && offers.is_empty() {
                break;
            }
            if !batch.is_empty() {
                self.send(id, &Message::Statements(batch));
            }
            if end {
                self.send(id, &Message::StatementsEnd);
            }
            if !offers.is_empty() {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.statements_known.extend(offers.iter().copied());
                }
                self.send(id, &Message::Offer(offers.into_iter().collect()));
            }
        }
        self.end_set(id);
    }

    fn ask_statements(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.kind != Kind::Node || session.stage < Stage::Statements || !session.asked_statements.is_empty() {
            return;
        }
        session.offered.retain(|hash| !self.statements.contains(hash));
        let asked: Vec<StatementHash> = session
            .offered
            .iter()
            .filter(|hash| !self.asked_statements.contains_key(hash))
            .take(ASK_MAX)
            .copied()
            .collect();
        if !asked.is_empty() {
            if session.asked.is_empty() {
                session.heard = self.now;
            }
            session.asked_statements.extend(asked.iter().copied());
            self.asked_statements.extend(asked.iter().map(|hash| (*hash, id)));
            self.send(id, &Message::Ask(asked));
        }
    }

    /// The side that leads has sent and got everything of a set: compare anew.
    fn end_set(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let done = session.reconciling.is_some()
            && session.hashes_come
            && session.statements_out.is_empty()
            && session.offered.is_empty()
            && session.asked_statements.is_empty()
            && session.checks.is_empty()
            && self.statements_pending == 0
            && self.unfolded.is_none();
        if done {
            session.reconciling = None;
            session.hashes_come = false;
            self.tell(id);
            self.consider(id);
        }
    }
}
