//! How a session begins and ends: Hello, the proof of an unknown key, one session a peer, and what a new charter does to
//! the sessions that are open.

use std::time::Duration;

use charter::{Audience, Body, CheckedStatement, NodeState, Statement};
use identity::{NodeKey, ScopeName, Signed, StatementHash};

use crate::{
    CloseCode, Event, Output, Replica, RequestId, SessionId, Unchecked,
    replica::Purpose,
    session::{Bulk, CheckFor, Kind, Session, Stage},
    wire::{Hello, Message, Summary, VERSIONS},
};

/// Two connections that were made within this time were made by both sides at once.
const AT_ONCE: Duration = Duration::from_secs(5);

/// How many statements may stand in a proof of admission: the votes of every act of the founders and the way down.
const PROOF_STATEMENTS_MAX: usize = 4096;

/// How many statements go with a goodbye: the votes of an act that removed a key.
const REMOVALS_MAX: usize = 64;

impl Replica {
    pub(crate) fn on_connected(&mut self, id: SessionId, peer: NodeKey, initiator: bool) {
        let window = self.config.window_bytes;
        let mut session = Session::new(id, peer, initiator, Kind::Node, self.now, window);
        session.compare_at = self.now + self.jittered(self.config.compare_every);
        let nodes = |s: &&Session| s.kind == Kind::Node;
        let full = self.sessions.values().filter(nodes).count() >= self.config.sessions_max;
        let same: Vec<SessionId> =
            self.sessions.values().filter(nodes).filter(|s| s.peer == peer).map(|s| s.id).collect();
        self.sessions.insert(id, session);
        if peer == self.me {
            return self.close(id, CloseCode::Myself);
        }
        if full {
            return self.close(id, CloseCode::TooMuch);
        }
        if same.len() >= self.config.sessions_per_key_max
            && let Some(oldest) = same.first()
        {
            self.close(*oldest, CloseCode::Replaced);
        }
        let admits_you = self.charter.is_active(&peer);
        let summary = if admits_you { self.summary(id) } else { Summary::default() };
        if let Some(session) = self.sessions.get_mut(&id) {
            session.told = admits_you.then_some(summary);
        }
        let hello = Hello {
            network: self.network,
            version_min: VERSIONS.0,
            version_max: VERSIONS.1,
            admits_you,
            your_beacon: self.beacons.get(peer).map_or(0, |beacon| beacon.number),
            summary,
        };
        self.send(id, &Message::Hello(hello));
    }

    pub(crate) fn on_hello(&mut self, id: SessionId, hello: &Hello) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.stage != Stage::Greeting {
            return self.close(id, CloseCode::Protocol);
        }
        if hello.network != self.network {
            return self.close(id, CloseCode::OtherNetwork);
        }
        if hello.version_min > VERSIONS.1 || hello.version_max < VERSIONS.0 {
            return self.close(id, CloseCode::Version);
        }
        let peer = session.peer;
        session.admits_me = hello.admits_you;
        session.theirs = hello.admits_you.then_some(hello.summary);
        session.theirs_fresh = hello.admits_you;
        session.beacon_known = hello.your_beacon;
        let admitted = self.charter.is_active(&peer);
        session.stage = if admitted { Stage::Statements } else { Stage::Proving };
        if !hello.admits_you {
            // Who was invited knows the way down from its sponsor, but may lack the founding on which all of it stands.
            let mut proof = if admitted { self.founding() } else { Vec::new() };
            let way = self.charter.admission_proof(&self.me).unwrap_or_default();
            proof.extend(way.iter().filter_map(|hash| self.statements.get(hash)).map(|s| s.signed().clone()));
            self.send(id, &Message::Proof(proof));
        }
        if !admitted {
            return;
        }
        self.offer_beacons(id);
        self.keep_one_session(id, peer);
        self.consider(id);
    }

    /// The founding, as each founder signed it.
    pub(crate) fn founding(&self) -> Vec<Signed<Statement>> {
        let counts = |said: &&CheckedStatement| {
            matches!(said.statement().body, Body::Found { .. })
                && self.charter.effect(&said.hash()) == Some(charter::Effect::Counts)
        };
        self.statements.iter().filter(counts).map(|said| said.signed().clone()).collect()
    }

    /// Of several sessions with one peer both sides keep the same one.
    fn keep_one_session(&mut self, new: SessionId, peer: NodeKey) {
        let Some(fresh) = self.sessions.get(&new) else { return };
        let others: Vec<&Session> = self
            .sessions
            .values()
            .filter(|s| s.id != new && s.kind == Kind::Node && s.peer == peer && s.stage >= Stage::Statements)
            .collect();
        let mut losers = Vec::new();
        for other in others {
            let apart = fresh.opened.saturating_duration_since(other.opened);
            // Called by both at once: the call of the node with the lower key stays. Otherwise the newer one does,
            // because whoever calls again has lost the older one.
            let keep_new = fresh.initiator == other.initiator || apart > AT_ONCE || fresh.initiator == (self.me < peer);
            losers.push(if keep_new { other.id } else { new });
        }
        losers.into_iter().for_each(|loser| self.close(loser, CloseCode::Replaced));
    }

    pub(crate) fn on_proof(&mut self, id: SessionId, list: Vec<Signed<Statement>>) {
        match self.sessions.get(&id).map(|s| (s.stage, s.checks.is_empty())) {
            Some((Stage::Proving, true)) if list.len() <= PROOF_STATEMENTS_MAX => {
                self.check(id, Unchecked::Statements(list), CheckFor::Proof);
            }
            Some((Stage::Proving, _)) => self.close(id, CloseCode::TooMuch),
            // Its admission has come another way.
            _ => {}
        }
    }

    /// What an unknown key showed. Nothing of it is kept unless it admits that very key.
    pub(crate) fn on_proof_checked(&mut self, id: SessionId, shown: Vec<CheckedStatement>) {
        let Some(session) = self.sessions.get(&id) else { return };
        let peer = session.peer;
        // Folding costs time: only for who names somebody we know as a sponsor. Before we hold the founding we know
        // nobody, and the network's id, which is its hash, tells whether what is shown is it.
        let new_here = !self.charter.is_founded();
        let names = |checked: &CheckedStatement| match &checked.statement().body {
            Body::Admit { request } => request.author == peer,
            Body::Found { .. } => new_here,
            Body::Majority { .. } | Body::Adopt { .. } => true,
            Body::Remove { .. }
            | Body::CutOff { .. }
            | Body::Rename { .. }
            | Body::Succeed { .. }
            | Body::Roster { .. }
            | Body::Erase { .. }
            | Body::Suspend { .. }
            | Body::Lift { .. } => false,
        };
        let known = new_here || shown.iter().any(|checked| self.charter.is_active(&checked.author()));
        let mut set = self.statements.clone();
        // All of them, and not only up to the first that names somebody: a founding is the word of every founder.
        let new: Vec<_> = shown.iter().filter(|checked| set.insert_checked((*checked).clone())).collect();
        let named = new.into_iter().any(names);
        if known && named && charter::Charter::fold(&set, self.network).is_active(&peer) {
            self.take_statements(shown.into_iter().map(|checked| (checked, Some(id))).collect());
        } else {
            self.close(id, CloseCode::NotAdmitted);
        }
    }

    /// The charter was folded anew: sessions end, open, or share more or less than before.
    pub(crate) fn after_charter(&mut self) {
        let ids: Vec<SessionId> = self.sessions.keys().copied().collect();
        for id in ids {
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            if matches!(session.kind, Kind::Export(_)) {
                session.may.clear();
                continue;
            }
            let active = self.charter.is_active(&session.peer);
            match session.stage {
                // What was to be shared was judged before: our own admission may be the news.
                Stage::Greeting => session.may.clear(),
                Stage::Proving if active => {
                    session.may.clear();
                    session.stage = Stage::Statements;
                    let peer = session.peer;
                    self.offer_beacons(id);
                    self.keep_one_session(id, peer);
                    self.tell(id);
                    self.consider(id);
                }
                Stage::Proving => {}
                Stage::Statements | Stage::Open if !active => self.close(id, CloseCode::NotAdmitted),
                Stage::Statements | Stage::Open => self.after_rights(id),
            }
        }
        self.spread_statements();
        self.touch_all();
    }

    fn after_rights(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.refused.clear();
        let before = std::mem::take(&mut session.may);
        let (mut more, mut less) = (false, false);
        // A roster may have opened a scope of which this node had heard nothing.
        let opened = |scope: &ScopeName| scope.class().has_roster() && !before.contains_key(scope);
        more |= self.shared_scopes(id).iter().any(opened);
        for (scope, had) in &before {
            let has = self.shares(id, scope);
            more |= has && !had;
            less |= *had && !has;
        }
        if less {
            self.drop_unshared(id);
        }
        if more {
            self.start_over(id);
        } else if self.sessions.get(&id).is_some_and(|s| s.stage == Stage::Statements) {
            self.consider(id);
        } else {
            self.evaluate_all(id);
            self.tell_same_statements(id);
        }
    }

    /// Whoever was told that our statements are others waits for them; by now they are the same as its own.
    fn tell_same_statements(&mut self, id: SessionId) {
        let Some(Session { told: Some(told), theirs: Some(theirs), .. }) = self.sessions.get(&id) else { return };
        let [told, theirs] = [told, theirs].map(|summary| (summary.charter, summary.orders));
        if told == theirs || theirs.0 != self.everyone {
            return;
        }
        let ours = self.summary(id);
        if theirs == (ours.charter, ours.orders) {
            self.tell_this(id, ours);
        }
    }

    /// Rights were narrowed: at once nothing more of those scopes is sent, told or asked.
    fn drop_unshared(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let gone: Vec<_> = session.may.iter().filter(|(_, may)| !**may).map(|(scope, _)| scope.clone()).collect();
        let may_go = |hash: &StatementHash| match self.statements.get(hash).map(|said| Audience::of(said.statement())) {
            Some(Audience::Scope(scope)) => !gone.contains(&scope),
            Some(Audience::Everyone) | None => true,
        };
        session.statements_out.retain(|hash| hash.as_ref().is_none_or(may_go));
        session.offers_out.retain(may_go);
        for scope in &gone {
            let scope = scope.clone();
            session.links.remove(&scope);
            session.ahead.retain(|journal| journal.scope != scope);
            session.serve.retain(|serve| serve.journal.scope != scope);
            session.dirty.retain(|journal| journal.scope != scope);
            session.receipts_out.retain(|(of, _)| *of != scope);
            session.receipts_lazy.retain(|(of, _)| *of != scope);
            session.asked.retain(|journal, _| journal.scope != scope);
            self.asked.retain(|journal, of| *of != id || journal.scope != scope);
        }
        let session = self.sessions.get_mut(&id);
        let half_sent = session.is_some_and(|session| {
            let unshared = |bulk: &Bulk| bulk.scopes.iter().any(|scope| session.may.get(scope) == Some(&false));
            let half_sent = session.bulk.iter().any(|bulk| bulk.begun && unshared(bulk));
            session.bulk.retain(|bulk| !unshared(bulk));
            half_sent
        });
        if half_sent {
            // The rest of it must not follow, and nothing else can take its place. The peer calls again.
            self.close(id, CloseCode::Done);
        }
    }

    /// Two nodes share more than before, so what they compared says too little.
    fn start_over(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.forget_comparison();
        session.tried.clear();
        session.stage = Stage::Statements;
        self.tell(id);
        self.consider(id);
    }

    /// The statements that removed a key. Its owner is to learn of it, and nothing in them is secret.
    pub(crate) fn removals(&self, peer: &NodeKey) -> Vec<Signed<Statement>> {
        let Some(NodeState::Removed { by }) = self.charter.node(peer).map(|node| &node.state) else {
            return Vec::new();
        };
        let removals = by.iter().filter_map(|hash| self.statements.get(hash)).take(REMOVALS_MAX);
        removals.map(|checked| checked.signed().clone()).collect()
    }

    /// A peer said goodbye because it holds that our key was removed.
    pub(crate) fn hear_why(&mut self, why: Vec<Signed<Statement>>) {
        let waiting = self.requests.values().any(|purpose| matches!(purpose, Purpose::Farewell));
        if !why.is_empty() && why.len() <= REMOVALS_MAX && !waiting {
            let request = RequestId(self.number());
            self.requests.insert(request, Purpose::Farewell);
            self.output(Output::Check { request, what: Unchecked::Statements(why) });
        }
    }

    pub(crate) fn on_why(&mut self, why: Vec<CheckedStatement>) {
        let about_me = |checked: &CheckedStatement| {
            matches!(&checked.statement().body, Body::Remove { node, .. } if *node == self.me)
                || matches!(&checked.statement().body, Body::Majority { .. })
        };
        let kept = why.into_iter().filter(|checked| about_me(checked) && self.is_ours(checked));
        let kept = kept.map(|checked| (checked, None)).collect();
        self.take_statements(kept);
    }

    pub(crate) fn on_lost(&mut self, id: SessionId) {
        match self.sessions.get_mut(&id) {
            // A file has been read to its end, but not yet been taken in.
            Some(session) if session.kind == Kind::Import => session.finishing = true,
            _ => self.forget_session(id),
        }
        self.touched.insert(id);
    }

    pub(crate) fn session_on_time(&mut self, id: SessionId) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.kind != Kind::Node {
            return;
        }
        match session.stage {
            Stage::Greeting | Stage::Proving => {
                if session.opened + self.config.proof_timeout <= now {
                    self.close(id, CloseCode::Timeout);
                }
            }
            Stage::Statements | Stage::Open => {
                let owed = !session.asked.is_empty() || !session.asked_statements.is_empty();
                if owed && session.heard + self.config.answer_timeout <= now {
                    // It speaks no more, or not of this: what it owes is asked elsewhere.
                    session.heard = now;
                    let asked = std::mem::take(&mut session.asked);
                    session.refused.extend(asked.keys().cloned());
                    for hash in std::mem::take(&mut session.asked_statements) {
                        session.offered.remove(&hash);
                    }
                    self.asked.retain(|_, of| *of != id);
                    self.asked_statements.retain(|_, of| *of != id);
                    self.touch_all();
                }
                self.gossip_on_time(id);
                self.compare_on_time(id);
            }
        }
    }

    /// Tells status pages where a session stands, when that has changed.
    pub(crate) fn show_state(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let state = session.state();
        if session.kind == Kind::Node && session.shown != Some(state) {
            session.shown = Some(state);
            let peer = session.peer;
            self.event(Event::Peer { session: id, peer, state });
        }
    }
}
