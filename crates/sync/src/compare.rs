//! What two nodes hold is compared: four fingerprints, then scopes (by buckets when there are many), then points.
//!
//! The side that called leads with its list of scopes; the other answers with its points of those that differ. What is
//! not answered before `ScopesEnd` is equal. From then on each side keeps the other's points up to date by what it
//! sends and is told, and the fingerprints are compared again from time to time.

use std::collections::BTreeSet;

use charter::Standing;
use identity::{JournalId, Point, ScopeName, broken};

use crate::{
    CloseCode, Event, IncarnationLost, Output, Replica, RequestId, SessionId,
    fingerprint::{Hash, bits, differing, has_bit, scope_bucket},
    replica::Purpose,
    session::{Kind, Link, Stage},
    wire::{Fingerprint, Have, Message, NOTHING, Scopes, Set, Summary},
};

/// Up to how many scopes are listed without asking for buckets first.
const SCOPES_LISTED_MAX: usize = 64;

/// How many own points are remembered a journal.
const OWN_POINTS_MAX: usize = 1024;

/// Whether two points of one journal with one number cannot both be.
pub(crate) fn contradict(one: Point, other: Point) -> bool {
    one.hash != other.hash && !broken::is("compare haves by number")
}

impl Replica {
    /// The scopes that both may read and of which this node holds something, by name.
    pub(crate) fn shared_scopes(&mut self, id: SessionId) -> Vec<ScopeName> {
        let names: BTreeSet<ScopeName> =
            self.holdings.scopes().chain(self.orders.keys()).chain(self.receipts.scopes()).cloned().collect();
        names.into_iter().filter(|scope| self.shares(id, scope)).collect()
    }

    /// Held and receipts fingerprint of one scope.
    fn scope_fingerprints(&mut self, scope: &ScopeName) -> (Fingerprint, Fingerprint) {
        let counts = |holder| self.charter.may_read(&holder, scope);
        let receipts = self.receipts.fingerprint(scope, counts);
        (self.held_fingerprint(scope), receipts)
    }

    pub(crate) fn summary(&mut self, id: SessionId) -> Summary {
        let mut orders = Hash::new("simpul orders summary v1");
        let mut held = Hash::new("simpul held summary v1");
        let mut receipts = Hash::new("simpul receipts summary v1");
        for scope in self.shared_scopes(id) {
            let name = scope.as_str().as_bytes();
            let own = self.orders_fingerprint(&scope);
            let (points, known) = self.scope_fingerprints(&scope);
            for (hash, part) in [(&mut orders, own), (&mut held, points), (&mut receipts, known)] {
                if part != Fingerprint::default() {
                    let so_far = std::mem::replace(hash, Hash::new(""));
                    *hash = so_far.bytes(name).bytes(&part.0);
                }
            }
        }
        Summary {
            charter: self.everyone,
            orders: orders.finish_or_zero(),
            held: held.finish_or_zero(),
            receipts: receipts.finish_or_zero(),
        }
    }

    /// Tells the peer our fingerprints.
    pub(crate) fn tell(&mut self, id: SessionId) {
        let summary = self.summary(id);
        self.tell_this(id, summary);
    }

    pub(crate) fn tell_this(&mut self, id: SessionId, summary: Summary) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.told = Some(summary);
            self.send(id, &Message::Summary(summary));
        }
    }

    pub(crate) fn on_summary(&mut self, id: SessionId, theirs: Summary) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.theirs = Some(theirs);
            session.theirs_fresh = true;
            session.admits_me = true;
        }
        self.consider(id);
    }

    /// Sets the peer's fingerprints against ours and does the next thing that follows.
    pub(crate) fn consider(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get(&id) else { return };
        let (Kind::Node, Stage::Statements | Stage::Open, Some(theirs)) = (session.kind, session.stage, session.theirs)
        else {
            return;
        };
        let leads = session.initiator;
        let statements_told = session.told.map(|told| (told.charter, told.orders));
        let ours = self.summary(id);
        if statements_told != Some((ours.charter, ours.orders)) {
            self.tell_this(id, ours);
        }
        for (set, our, their) in
            [(Set::Charter, ours.charter, theirs.charter), (Set::Orders, ours.orders, theirs.orders)]
        {
            if our == their {
                continue;
            }
            let Some(session) = self.sessions.get_mut(&id) else { return };
            if session.reconciling.is_some() || !leads {
                return;
            }
            // The same difference twice: the peer will not have something of ours, or we of its. Go on with the rest.
            if session.tried.insert(set, (our, their)) != Some((our, their)) {
                return self.start_set(id, set);
            }
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.stage = Stage::Open;
        // What the peer said once is compared once: by now it may have told of more.
        if !std::mem::take(&mut session.theirs_fresh) {
            return;
        }
        if ours.held == theirs.held && !session.comparing {
            let holdings = &self.holdings;
            session.found_equal(|journal| holdings.durable(journal));
            self.evaluate_all(id);
        }
        let Some(session) = self.sessions.get(&id) else { return };
        let (comparing, told) = (session.comparing, session.told);
        if (ours.held, ours.receipts) == (theirs.held, theirs.receipts) {
            // What the peer was told may be of before, and it would wait for our list of scopes.
            if leads && told != Some(ours) {
                self.tell_this(id, ours);
            }
            return;
        }
        if leads && !comparing {
            self.send_scopes(id);
        } else if !leads && told != Some(ours) {
            self.tell_this(id, ours);
        }
    }

    pub(crate) fn compare_on_time(&mut self, id: SessionId) {
        let now = self.now;
        let every = self.config.compare_every;
        let jittered = self.jittered(every);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.compare_at > now {
            return;
        }
        session.compare_at = now + jittered;
        session.tried.clear();
        let busy = session.comparing || !session.asked.is_empty() || !session.serve.is_empty();
        if session.initiator && !busy {
            self.tell(id);
        }
    }

    /// Until the answer is complete, what is not known otherwise is taken for equal, and noted when it moves here.
    fn begin_compare(&mut self, id: SessionId, scopes: &[ScopeName]) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.all_equal = false;
        session.comparing = true;
        session.dirty.clear();
        session.numbers_sent.clear();
        let pending = || Link { base_equal: true, pending: true, ..Link::default() };
        session.links = scopes.iter().map(|scope| (scope.clone(), pending())).collect();
    }

    fn send_scopes(&mut self, id: SessionId) {
        let scopes = self.shared_scopes(id);
        self.begin_compare(id, &scopes);
        let message = if scopes.len() > SCOPES_LISTED_MAX {
            Message::ScopeBuckets(self.scope_buckets(&scopes))
        } else {
            self.listed(&scopes, [0xff; 32])
        };
        self.send(id, &message);
    }

    fn listed(&mut self, scopes: &[ScopeName], buckets: [u8; 32]) -> Message {
        let items = scopes.iter().filter(|scope| has_bit(&buckets, scope_bucket(scope))).map(|scope| {
            let (held, receipts) = self.scope_fingerprints(scope);
            (scope.clone(), held, receipts)
        });
        Message::Scopes(Scopes { buckets, items: items.collect() })
    }

    fn scope_buckets(&mut self, scopes: &[ScopeName]) -> Vec<Fingerprint> {
        let mut buckets: Vec<Option<Hash>> = (0..256).map(|_| None).collect();
        for scope in scopes {
            let (held, receipts) = self.scope_fingerprints(scope);
            if let Some(bucket) = buckets.get_mut(usize::from(scope_bucket(scope))) {
                let hash = bucket.take().unwrap_or_else(|| Hash::new("simpul scopes bucket v1"));
                *bucket = Some(hash.bytes(scope.as_str().as_bytes()).bytes(&held.0).bytes(&receipts.0));
            }
        }
        buckets.into_iter().map(|hash| hash.map_or(Fingerprint::default(), Hash::finish)).collect()
    }

    pub(crate) fn on_scope_buckets(&mut self, id: SessionId, theirs: &[Fingerprint]) {
        let scopes = self.shared_scopes(id);
        let ours = self.scope_buckets(&scopes);
        if theirs.len() != ours.len() {
            return self.close(id, CloseCode::Protocol);
        }
        let differing = differing(&ours, theirs);
        let listed: Vec<ScopeName> =
            scopes.into_iter().filter(|scope| has_bit(&differing, scope_bucket(scope))).collect();
        self.begin_compare(id, &listed);
        let message = self.listed(&listed, differing);
        self.send(id, &message);
    }

    pub(crate) fn on_scopes(&mut self, id: SessionId, theirs: &Scopes) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        // An answer to our buckets, or the beginning: buckets that are not listed are equal.
        let answer = theirs.buckets != bits(0..=255);
        if answer != session.comparing {
            // Both sides lead only when one of them is confused; the next comparison sorts it out.
            session.comparing = false;
        }
        session.stage = session.stage.max(Stage::Open);
        if !answer {
            session.numbers_sent.clear();
        }
        let mut names: BTreeSet<ScopeName> =
            self.shared_scopes(id).into_iter().filter(|scope| has_bit(&theirs.buckets, scope_bucket(scope))).collect();
        for (name, ..) in &theirs.items {
            if self.shares(id, name) {
                names.insert(name.clone());
            }
        }
        let moved: Vec<JournalId> = self.confirm(id, |scope| !has_bit(&theirs.buckets, scope_bucket(scope)));
        let listed: std::collections::BTreeMap<_, _> =
            theirs.items.iter().map(|(name, held, receipts)| (name, (*held, *receipts))).collect();
        for name in names {
            let (held, receipts) = listed.get(&name).copied().unwrap_or_default();
            let ours = self.scope_fingerprints(&name);
            if let Some(session) = self.sessions.get_mut(&id) {
                session.links.remove(&name);
            }
            if ours.0 != held {
                self.send_have(id, &name, true);
            }
            if ours.1 != receipts {
                self.send_numbers(id, &name);
            }
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            session.comparing = false;
            session.all_equal = true;
        }
        self.send(id, &Message::ScopesEnd);
        self.mark_dirty(id, moved);
    }

    pub(crate) fn on_scopes_end(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if !session.comparing {
            return;
        }
        session.comparing = false;
        session.all_equal = true;
        let moved = self.confirm(id, |_| true);
        self.mark_dirty(id, moved);
    }

    /// What was taken for equal is equal; gives the journals that have moved here since.
    fn confirm(&mut self, id: SessionId, which: impl Fn(&ScopeName) -> bool) -> Vec<JournalId> {
        let Some(session) = self.sessions.get_mut(&id) else { return Vec::new() };
        let mut moved = Vec::new();
        for (scope, link) in session.links.iter_mut().filter(|(scope, link)| link.pending && which(scope)) {
            if link.base_equal {
                link.pending = false;
                moved.extend(link.points.keys().map(|journal| journal.in_scope(scope)));
            }
        }
        moved
    }

    fn mark_dirty(&mut self, id: SessionId, journals: Vec<JournalId>) {
        for journal in journals {
            self.evaluate(id, &journal);
            let (ours, cut_off) = (self.holdings.durable(&journal), self.is_cut_off(&journal));
            if let Some(session) = self.sessions.get_mut(&id)
                && session.is_news(&journal, ours, cut_off)
            {
                session.dirty.insert(journal);
            }
        }
    }

    /// Sends our points of a scope; the peer's are not known before its own list comes.
    fn send_have(&mut self, id: SessionId, scope: &ScopeName, awaiting: bool) {
        let points = self.holdings.of_scope(scope).filter(|(_, journal)| journal.durable.seq > 0);
        let points = points.map(|(journal, held)| (journal, held.durable)).collect();
        self.send(id, &Message::Have(Have { scope: scope.clone(), whole: true, points }));
        if let Some(session) = self.sessions.get_mut(&id) {
            if awaiting {
                let link = Link { pending: true, have_sent: true, ..Link::default() };
                session.links.insert(scope.clone(), link);
            } else if let Some(link) = session.links.get_mut(scope) {
                link.have_sent = true;
            }
        }
        self.send_forks_of(id, scope);
    }

    pub(crate) fn on_have(&mut self, id: SessionId, have: Have) {
        let scope = have.scope;
        if !self.shares(id, &scope) || have.points.len() > 2 * self.config.journals_per_scope_max {
            return;
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let mut journals: BTreeSet<JournalId> = have.points.iter().map(|(short, _)| short.in_scope(&scope)).collect();
        if have.whole {
            let before = session.links.remove(&scope).unwrap_or_default();
            let answered = before.have_sent;
            let moved = before.moved.iter().map(|short| short.in_scope(&scope)).collect();
            let link = Link { points: have.points.into_iter().collect(), have_sent: true, ..before };
            let link = Link { base_equal: false, pending: false, moved: BTreeSet::new(), ..link };
            session.links.insert(scope.clone(), link);
            session.ahead.retain(|journal| journal.scope != scope);
            session.dirty.retain(|journal| journal.scope != scope);
            session.refused.retain(|journal| journal.scope != scope);
            if !answered {
                self.send_have(id, &scope, false);
            }
            self.mark_dirty(id, moved);
            journals.extend(self.holdings.of_scope(&scope).map(|(short, _)| short.in_scope(&scope)));
        } else {
            for (short, point) in have.points {
                let Some(session) = self.sessions.get_mut(&id) else { return };
                let journal = short.in_scope(&scope);
                session.refused.remove(&journal);
                session.note(&journal, point);
                self.await_author(id, &journal);
            }
        }
        for journal in journals {
            self.evaluate(id, &journal);
        }
    }

    /// Every journal whose point at the peer is known by name: what may be taken may have changed.
    pub(crate) fn evaluate_all(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get(&id) else { return };
        let links = session.links.iter();
        let journals: Vec<JournalId> =
            links.flat_map(|(scope, link)| link.points.keys().map(|short| short.in_scope(scope))).collect();
        for journal in journals {
            self.evaluate(id, &journal);
        }
    }

    /// Sets the peer's point of one journal against ours, in a scope that both may read.
    pub(crate) fn evaluate(&mut self, id: SessionId, journal: &JournalId) {
        // Whose fingerprints are equal is taken to hold what stands here, also of what it has never heard of.
        if !self.shares(id, &journal.scope) {
            return;
        }
        let (received, durable) = (self.holdings.received(journal), self.holdings.durable(journal));
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let Some(theirs) = session.known(journal, durable) else { return };
        let own = journal.node == self.me;
        if theirs.seq > received.seq {
            if own {
                let (journal, point) = (journal.clone(), theirs);
                self.lost_own(IncarnationLost::PeerAhead { journal, point }, theirs);
            }
            if self.may_ask(journal, theirs).is_some_and(|until| until > received.seq)
                && let Some(session) = self.sessions.get_mut(&id)
                && !session.refused.contains(journal)
            {
                session.ahead.insert(journal.clone());
            }
            return;
        }
        session.ahead.remove(journal);
        if theirs.seq == received.seq && contradict(theirs, received) {
            self.conflict(id, journal, theirs);
        } else if own && theirs.seq < received.seq && theirs.seq > 0 {
            self.check_own_point(journal, theirs);
        }
    }

    /// A peer holds less of an own journal: what it holds must be on our chain.
    fn check_own_point(&mut self, journal: &JournalId, theirs: Point) {
        let known = self.own_points.get(journal).and_then(|points| points.iter().find(|point| point.seq == theirs.seq));
        match known {
            Some(point) if !contradict(*point, theirs) => {}
            Some(_) => self.own_point_differs(journal, theirs),
            None => {
                let asked = |purpose: &Purpose| matches!(purpose, Purpose::OwnPoint(of, point) if of == journal && *point == theirs);
                if !self.requests.values().any(asked) {
                    let request = RequestId(self.number());
                    self.requests.insert(request, Purpose::OwnPoint(journal.clone(), theirs));
                    self.output(Output::Locate { request, journal: journal.clone(), seq: theirs.seq });
                }
            }
        }
    }

    pub(crate) fn own_point_differs(&mut self, journal: &JournalId, theirs: Point) {
        self.lost_own(IncarnationLost::OtherChain { journal: journal.clone(), point: theirs }, theirs);
        // Whoever holds that point shows it signed, so that the proof gets around.
        for id in self.admitted_sessions() {
            let ours = self.holdings.durable(journal);
            if self.sessions.get(&id).is_some_and(|s| s.known(journal, ours) == Some(theirs)) {
                self.conflict(id, journal, theirs);
            }
        }
    }

    pub(crate) fn lost_own(&mut self, why: IncarnationLost, point: Point) {
        let journal = match &why {
            IncarnationLost::PeerAhead { journal, .. } | IncarnationLost::OtherChain { journal, .. } => journal.clone(),
            IncarnationLost::Receipt { .. } => return self.event(Event::NewIncarnationNeeded { why }),
        };
        if matches!(why, IncarnationLost::PeerAhead { .. }) {
            let until = self.recovering.entry(journal.clone()).or_default();
            *until = point.seq.max(*until);
        }
        if self.told_lost.insert((journal, point)) {
            self.event(Event::NewIncarnationNeeded { why });
        }
    }

    pub(crate) fn remember_own(&mut self, journal: &JournalId, point: Point) {
        if journal.node == self.me && point != NOTHING {
            let points = self.own_points.entry(journal.clone()).or_default();
            points.push_back(point);
            if points.len() > OWN_POINTS_MAX {
                points.pop_front();
            }
        }
    }

    /// Tells of journals that moved here, one message a scope.
    pub(crate) fn pump_points(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.in_flight >= self.config.in_flight_bytes_max || session.dirty.is_empty() {
            return;
        }
        let mut scopes: std::collections::BTreeMap<ScopeName, Vec<_>> = std::collections::BTreeMap::new();
        for journal in std::mem::take(&mut session.dirty) {
            let ours = self.holdings.durable(&journal);
            let cut_off = matches!(self.charter.standing(&journal), Standing::CutOff(_));
            if session.is_news(&journal, ours, cut_off) {
                scopes.entry(journal.scope.clone()).or_default().push(((&journal).into(), ours));
            }
        }
        for (scope, points) in scopes {
            if self.shares(id, &scope) {
                self.send(id, &Message::Have(Have { scope, whole: false, points }));
            }
        }
    }
}
