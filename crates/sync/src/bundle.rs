//! Bundles: a file is just another peer. One that is written hears everything and never answers; one that is read says
//! everything and never hears. The messages are those of a session, in an order that needs no answer: who made it, the
//! statements, the entries, the receipts.

use std::collections::{BTreeMap, BTreeSet};

use charter::{Audience, CheckedStatement};
use identity::{JournalId, NodeKey, OfficeId, Point, ScopeName};

use crate::{
    CloseCode, Output, Replica, SessionId,
    session::{Kind, Serve, Session, Stage},
    wire::{Hello, Message, NOTHING, Summary, VERSIONS},
};

impl Replica {
    pub(crate) fn start_export(
        &mut self,
        id: SessionId,
        office: OfficeId,
        scopes: &[ScopeName],
        known: Vec<(JournalId, Point)>,
    ) {
        let mut session = Session::new(id, self.me, true, Kind::Export(office), self.now, usize::MAX);
        session.stage = Stage::Open;
        session.finishing = true;
        self.sessions.insert(id, session);
        self.send(
            id,
            &Message::Hello(Hello {
                network: self.network,
                version_min: VERSIONS.0,
                version_max: VERSIONS.1,
                admits_you: true,
                your_beacon: 0,
                summary: Summary::default(),
            }),
        );
        let mut proof = self.founding();
        let way = self.charter.admission_proof(&self.me).unwrap_or_default();
        proof.extend(way.iter().filter_map(|hash| self.statements.get(hash)).map(|s| s.signed().clone()));
        self.send(id, &Message::Proof(proof));
        let wanted = |scope: &&ScopeName| scopes.is_empty() || scopes.contains(scope);
        let names: BTreeSet<ScopeName> = self.holdings.scopes().chain(self.orders.keys()).cloned().collect();
        let shared: BTreeSet<ScopeName> =
            names.iter().filter(wanted).filter(|scope| self.shares(id, scope)).cloned().collect();
        let concerns = |audience: &Audience| match audience {
            Audience::Everyone => true,
            Audience::Scope(scope) => shared.contains(scope),
        };
        let statements: Vec<_> = self.statements.concerning(concerns).map(CheckedStatement::hash).map(Some).collect();
        let theirs = self.points_of(office, known);
        let mut serve = Vec::new();
        let mut receipts = Vec::new();
        for scope in &shared {
            for (short, held) in self.holdings.of_scope(scope) {
                let journal = short.in_scope(scope);
                let after = theirs.get(&journal).copied().unwrap_or(NOTHING);
                if after.seq < held.durable.seq {
                    serve.push(Serve { journal, after, until: held.durable.seq });
                }
            }
            receipts.extend(self.receipts.of_scope(scope).map(|known| (scope.clone(), known.holder())));
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            session.statements_out.extend(statements);
            session.serve.extend(serve);
            session.receipts_lazy.extend(receipts);
            session.beacons_out.insert(self.me);
        }
        self.touched.insert(id);
    }

    /// What an office is known to hold: what its receipts say and what the caller knows, the higher of the two.
    fn points_of(&self, office: OfficeId, known: Vec<(JournalId, Point)>) -> BTreeMap<JournalId, Point> {
        let mut points: BTreeMap<JournalId, Point> = known.into_iter().collect();
        let theirs = |node: &NodeKey| self.charter.node(node).is_some_and(|node| node.office == office);
        for receipt in self.receipts.iter().filter(|known| theirs(&known.holder())) {
            for (short, point) in &receipt.receipt.points {
                let at = points.entry(short.in_scope(&receipt.receipt.scope)).or_insert(NOTHING);
                if at.seq < point.seq {
                    *at = *point;
                }
            }
        }
        points
    }

    /// Closes a file when everything is in it. Receipts come last, so that they vouch for what stands before them.
    pub(crate) fn pump_export(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if !session.finishing || !matches!(session.kind, Kind::Export(_)) {
            return;
        }
        let packing = !session.serve.is_empty() || session.loading.is_some() || !session.bulk.is_empty();
        if packing || !session.statements_out.is_empty() {
            return;
        }
        if !session.receipts_lazy.is_empty() {
            session.receipts_out = std::mem::take(&mut session.receipts_lazy);
            self.touched.insert(id);
        } else if session.receipts_out.is_empty() && session.beacons_out.is_empty() {
            self.close(id, CloseCode::Done);
        }
    }

    pub(crate) fn start_import(&mut self, id: SessionId, from: NodeKey) {
        let mut session = Session::new(id, from, false, Kind::Import, self.now, usize::MAX);
        session.stage = Stage::Greeting;
        self.sessions.insert(id, session);
    }

    /// Takes a file's messages one by one, each after what came before has had its effect.
    pub(crate) fn pump_import(&mut self, id: SessionId) {
        loop {
            let settled = self.statements_pending == 0 && self.unfolded.is_none();
            let writing = self.pending.values().any(|pending| pending.credits.iter().any(|(of, _)| *of == id));
            let Some(session) = self.sessions.get_mut(&id) else { return };
            if session.kind != Kind::Import || !session.checks.is_empty() || !settled {
                return;
            }
            match session.inbox.pop_front() {
                Some(message) => {
                    self.on_message(id, message);
                    self.fold_if_due();
                    // What is due is done before files are read on, so what this message made due is done here.
                    self.receipts_on_time();
                }
                None if session.finishing && !writing => {
                    self.output(Output::Close { session: id, code: CloseCode::Done });
                    return self.forget_session(id);
                }
                None => return,
            }
        }
    }
}
