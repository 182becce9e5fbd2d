//! Sending: wants are answered from the store as far as credit and connection have room, and what this node wrote is
//! pushed at once to whoever holds what comes before it.
//!
//! # Invariants
//! - One answer is read at a time, and none while pages of the last one still wait.

use std::collections::BTreeMap;

use identity::{JournalId, Point, ScopeName};

use crate::{
    CloseCode, LoadPart, LoadedPack, Output, Replica, RequestId, SessionId,
    compare::contradict,
    replica::Purpose,
    session::{Kind, Serve, Stage},
    wire::{Blob, Decline, Message, Want},
};

/// How many wants of one peer may wait.
const SERVE_MAX: usize = 8192;

/// How many journals are read in one go.
pub(crate) const LOAD_PARTS_MAX: usize = 64;

/// The longest pack that is sent unasked: what somebody saves. It may meet one that was asked for elsewhere, and hundreds
/// of entries, as an import makes them, would be too much to waste.
const PUSH_BYTES_MAX: usize = 4 * 1024;

impl Replica {
    pub(crate) fn on_wants(&mut self, id: SessionId, wants: Vec<Want>) {
        for want in wants {
            let durable = self.holdings.durable(&want.journal);
            let shared = self.shares(id, &want.journal.scope);
            let Some(session) = self.sessions.get_mut(&id) else { return };
            if session.serve.len() >= SERVE_MAX {
                return self.close(id, CloseCode::TooMuch);
            }
            let fits = shared && want.after.seq < durable.seq && want.after.seq < want.until;
            session.serve.retain(|serve| serve.journal != want.journal);
            if shared {
                session.note(&want.journal, want.after);
            }
            if fits {
                let until = want.until.min(durable.seq);
                session.serve.push_back(Serve { journal: want.journal, after: want.after, until });
            } else {
                self.send(id, &Message::Declined(want.journal, Decline::Nothing));
            }
        }
    }

    /// Reads what this peer asked for, as far as its credit and the connection have room.
    pub(crate) fn pump_serve(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let room = session.bulk.is_empty() && session.in_flight < self.config.in_flight_bytes_max && session.credit > 0;
        if session.loading.is_some() || !room {
            return;
        }
        let Some(scope) = session.serve.front().map(|serve| serve.journal.scope.clone()) else { return };
        let parts: Vec<LoadPart> = session
            .serve
            .iter()
            .take_while(|serve| serve.journal.scope == scope)
            .take(LOAD_PARTS_MAX)
            .map(|serve| LoadPart { journal: serve.journal.clone(), after: serve.after.seq, until: serve.until })
            .collect();
        let request = RequestId(self.number());
        if let Some(session) = self.sessions.get_mut(&id) {
            session.loading = Some(request);
        }
        self.requests.insert(request, Purpose::Serve(id));
        let bytes_max = self.config.load_bytes_max;
        self.output(Output::Load { request, parts, bytes_max });
    }

    pub(crate) fn on_loaded(&mut self, request: RequestId, packs: Vec<LoadedPack>) {
        match self.requests.remove(&request) {
            Some(Purpose::Serve(id)) => self.on_served(id, packs),
            Some(Purpose::Evidence(id)) => {
                let shared = |replica: &mut Self, pack: &LoadedPack| {
                    pack.spans.iter().all(|span| replica.shares(id, &span.journal.scope))
                };
                if let Some(pack) = packs.into_iter().next()
                    && shared(self, &pack)
                {
                    let scopes = pack.spans.iter().map(|span| span.journal.scope.clone()).collect();
                    self.send_later(id, scopes, &Message::Evidence(Blob(pack.bytes)));
                }
            }
            _ => {}
        }
    }

    fn on_served(&mut self, id: SessionId, packs: Vec<LoadedPack>) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.loading = None;
        let first = session.serve.front().map(|serve| serve.journal.clone());
        let mut met = false;
        for pack in packs {
            if !pack.spans.iter().all(|span| self.shares(id, &span.journal.scope)) {
                continue;
            }
            let mut useful = false;
            let Some(session) = self.sessions.get_mut(&id) else { return };
            let mut split = Vec::new();
            for span in &pack.spans {
                let Some(serve) = session.serve.iter_mut().find(|serve| serve.journal == span.journal) else {
                    continue;
                };
                met = true;
                if serve.after.seq == span.after.seq && !contradict(serve.after, span.after) {
                    serve.after = span.point;
                    useful = true;
                } else {
                    serve.until = 0;
                    split.push(span.journal.clone());
                }
            }
            session.serve.retain(|serve| serve.after.seq < serve.until);
            if useful {
                for span in &pack.spans {
                    session.note(&span.journal, span.point);
                }
                session.credit -= i64::try_from(pack.bytes.len()).unwrap_or(i64::MAX);
                let scopes = pack.spans.iter().map(|span| span.journal.scope.clone()).collect();
                self.send_later(id, scopes, &Message::Pack(Blob(pack.bytes)));
            }
            for journal in split {
                self.send(id, &Message::Declined(journal, Decline::OtherChain));
            }
        }
        if !met && let Some(journal) = first {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.serve.retain(|serve| serve.journal != journal);
            }
            self.send(id, &Message::Declined(journal, Decline::Nothing));
        }
        self.touched.insert(id);
    }

    pub(crate) fn on_credit(&mut self, id: SessionId, bytes: u32) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.credit = session.credit.saturating_add(i64::from(bytes)).min(i64::from(u32::MAX));
        }
    }

    /// This node wrote. It is sent at once to the peers that hold what comes before; the others are told.
    pub(crate) fn on_written(&mut self, pack: &LoadedPack) {
        let mut before: BTreeMap<&JournalId, Point> = BTreeMap::new();
        for span in &pack.spans {
            let held = self.holdings.entry(&span.journal);
            let stands = held.durable;
            if span.after != stands || stands != held.received {
                // The journal was continued on top of something that is not all that there is of it.
                let (journal, point) = (span.journal.clone(), held.received);
                self.lost_own(crate::IncarnationLost::OtherChain { journal, point }, point);
                continue;
            }
            (held.received, held.durable) = (span.point, span.point);
            before.entry(&span.journal).or_insert(stands);
            self.remember_own(&span.journal, span.point);
        }
        let scopes: std::collections::BTreeSet<&ScopeName> = before.keys().map(|journal| &journal.scope).collect();
        for id in self.sessions.keys().copied().collect::<Vec<_>>() {
            let shared = scopes.iter().all(|scope| self.shares(id, scope));
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            if session.kind != Kind::Node || session.stage < Stage::Open {
                before.iter().for_each(|(journal, before)| session.moved_here(journal, *before));
                continue;
            }
            let next = before.iter().all(|(journal, before)| session.known(journal, *before) == Some(*before));
            // Behind pages that wait, news would arrive before what they continue.
            let room =
                session.bulk.is_empty() && session.in_flight < self.config.in_flight_bytes_max && session.credit > 0;
            before.iter().for_each(|(journal, before)| session.moved_here(journal, *before));
            self.touched.insert(id);
            if shared && next && room && !before.is_empty() && pack.bytes.len() <= PUSH_BYTES_MAX {
                for span in &pack.spans {
                    session.note(&span.journal, span.point);
                }
                session.credit -= i64::try_from(pack.bytes.len()).unwrap_or(i64::MAX);
                let journals = before.keys().map(|journal| (*journal).clone()).collect();
                self.send(id, &Message::Push(journals, Blob(pack.bytes.clone())));
            } else {
                session.dirty.extend(before.keys().map(|journal| (*journal).clone()));
            }
        }
    }
}
