//! Entries move: wants are spread over the peers that hold more, answered from the store, checked, made durable and told.
//!
//! A receiver paces its sender: packs use up a credit that comes back when their entries are durable. So nothing piles up
//! where the disk is slower than the network.
//!
//! # Invariants
//! - A journal is asked from one session at a time.
//! - A run is taken only on top of the point that it continues.
//! - `durable` moves only when the disk has said so, and only then is anybody told.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use charter::Standing;
use identity::{ChangeHash, Coordinate, JournalId, Point, ScopeName};
use journal::{Entry, Subject, VerifiedRun};

use crate::{
    CloseCode, Durable, Event, Found, LoadPart, LoadedPack, Output, Replica, RequestId, SessionId, Token, Unchecked,
    holdings::Tail,
    replica::{Pending, Purpose},
    session::{Check, CheckFor, Kind, Serve, Stage},
    wire::{Blob, Decline, Message, Want},
};

/// How many wants of one peer may wait.
const SERVE_MAX: usize = 8192;

/// How many journals are read in one go.
const LOAD_PARTS_MAX: usize = 64;

/// How far a sender may go over its credit: one page that did not compress.
const CREDIT_OVER: i64 = 2 * 1024 * 1024;

/// The longest pack that is sent unasked. It may meet one that was asked for elsewhere; more would be too much to waste.
const PUSH_BYTES_MAX: usize = 16 * 1024;

/// How many answers of workers may be outstanding for one session.
const CHECKS_MAX: usize = 4096;

/// The entries of a run, each with the document that it is about.
fn documents_of(run: &VerifiedRun) -> impl Iterator<Item = (&Entry, Coordinate)> {
    run.entries().iter().map(|entry| {
        let own = Coordinate { journal: run.journal().clone(), seq: entry.header.seq };
        let document = entry.header.subject.document(&own).clone();
        (entry, document)
    })
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Replica {
    fn today(&self) -> u64 {
        self.now.saturating_duration_since(self.started).as_secs() / DAY.as_secs()
    }

    /// When the next day's intake begins. Days are counted from the start: the wall clock decides nothing.
    pub(crate) fn next_day(&self) -> Instant {
        self.started + DAY * u32::try_from(self.today() + 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn release_held_back(&mut self) {
        let today = self.today();
        let waits = |journal: &JournalId| self.holdings.get(journal).is_some_and(|held| held.intake.0 >= today);
        if self.held_back.iter().all(waits) {
            return;
        }
        self.held_back.clear();
        self.take_up_again();
    }

    /// What was refused may be taken now.
    pub(crate) fn take_up_again(&mut self) {
        for id in self.admitted_sessions() {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.refused.clear();
            }
            self.evaluate_all(id);
        }
        self.touch_all();
    }

    /// Up to which entry a journal may be taken; `None` if nothing of it may be.
    pub(crate) fn may_take(&self, journal: &JournalId) -> Option<u64> {
        let writing = journal.node == self.me && self.incarnation.is_none_or(|now| now == journal.incarnation);
        if writing || self.held_back.contains(journal) {
            return None;
        }
        let held = self.holdings.get(journal);
        if held.is_none() && self.holdings.journals_in(&journal.scope) >= self.config.journals_per_scope_max {
            return None;
        }
        match self.charter.standing(journal) {
            Standing::Unknown | Standing::Frozen(_) | Standing::CutOff(None) => None,
            Standing::CutOff(Some(point)) => Some(point.seq),
            Standing::NoRight | Standing::Open => held.is_none_or(|held| held.freeze.is_none()).then_some(u64::MAX),
        }
    }

    /// Asks this peer for what it holds more of and nobody else was asked for.
    pub(crate) fn pump_wants(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get(&id) else { return };
        let free = self.config.wants_max.saturating_sub(session.asked.len());
        if session.stage < Stage::Open || session.kind != Kind::Node || self.disk_full || free == 0 {
            return;
        }
        let (mut wants, mut over) = (Vec::new(), Vec::new());
        for journal in &session.ahead {
            if wants.len() >= free {
                break;
            }
            let (received, durable) = (self.holdings.received(journal), self.holdings.durable(journal));
            let theirs = session.known(journal, durable).map_or(0, |point| point.seq);
            let until = self.may_take(journal).unwrap_or(0).min(theirs);
            let awaited = session.peer != journal.node && self.grace.contains_key(journal);
            if until <= received.seq {
                over.push(journal.clone());
            } else if !awaited && !self.asked.contains_key(journal) {
                wants.push(Want { journal: journal.clone(), after: received, until });
            }
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            over.iter().for_each(|journal| {
                session.ahead.remove(journal);
            });
            if session.asked.is_empty() && session.asked_statements.is_empty() {
                session.heard = self.now;
            }
            session.asked.extend(wants.iter().map(|want| (want.journal.clone(), want.until)));
        }
        self.asked.extend(wants.iter().map(|want| (want.journal.clone(), id)));
        if !wants.is_empty() {
            self.send(id, &Message::Want(wants));
        }
    }

    /// A third node told of news of a journal: if its author is connected, it will send them itself.
    pub(crate) fn await_author(&mut self, teller: SessionId, journal: &JournalId) {
        let author = |s: &crate::session::Session| s.peer == journal.node && s.stage == Stage::Open && s.id != teller;
        let told_by_author = self.sessions.get(&teller).is_some_and(|s| s.peer == journal.node);
        if !told_by_author && self.sessions.values().any(author) {
            let until = self.now + self.config.push_grace;
            self.grace.entry(journal.clone()).or_insert(until);
        }
    }

    pub(crate) fn end_grace(&mut self) {
        let (now, before) = (self.now, self.grace.len());
        self.grace.retain(|_, until| *until > now);
        if self.grace.len() < before {
            self.touch_all();
        }
    }

    /// A want is over, met or not.
    fn end_want(&mut self, id: SessionId, journal: &JournalId) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.asked.remove(journal);
        }
        if self.asked.get(journal) == Some(&id) {
            self.asked.remove(journal);
        }
        // Somebody else may hold more.
        let others: Vec<SessionId> =
            self.sessions.values().filter(|s| s.ahead.contains(journal)).map(|s| s.id).collect();
        self.touched.extend(others);
    }

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

    pub(crate) fn on_declined(&mut self, id: SessionId, journal: &JournalId, why: Decline) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let ours = self.holdings.received(journal);
        session.ahead.remove(journal);
        session.refused.insert(journal.clone());
        self.end_want(id, journal);
        if why == Decline::OtherChain && ours.seq > 0 && self.shares(id, &journal.scope) {
            self.conflict(id, journal, ours);
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
                if serve.after == span.after {
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

    /// What its author has just written is on its way through the worker: not asked for elsewhere meanwhile.
    pub(crate) fn on_push(&mut self, id: SessionId, journals: Vec<JournalId>, bytes: Vec<u8>) {
        if journals.len() > LOAD_PARTS_MAX {
            return self.close(id, CloseCode::TooMuch);
        }
        let free = |journal: &JournalId| !self.asked.contains_key(journal);
        let claims: Vec<JournalId> = journals.into_iter().filter(free).collect();
        self.asked.extend(claims.iter().map(|journal| (journal.clone(), id)));
        self.on_pack(id, bytes, claims);
    }

    pub(crate) fn on_pack(&mut self, id: SessionId, bytes: Vec<u8>, claims: Vec<JournalId>) {
        if let Some(session) = self.sessions.get_mut(&id)
            && session.kind == Kind::Node
        {
            session.credit_given -= i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            if session.credit_given < -CREDIT_OVER {
                return self.close(id, CloseCode::TooMuch);
            }
        }
        self.check(id, Unchecked::Pack(bytes), CheckFor::Content);
        if let Some(check) = self.sessions.get_mut(&id).and_then(|session| session.checks.back_mut()) {
            check.claims = claims;
        }
    }

    /// Has bytes checked; the answers are taken in the order of the questions.
    pub(crate) fn check(&mut self, id: SessionId, what: Unchecked, purpose: CheckFor) {
        let request = RequestId(self.number());
        let bytes = match &what {
            Unchecked::Pack(bytes) if purpose == CheckFor::Content => bytes.len(),
            Unchecked::Pack(_) | Unchecked::Statements(_) | Unchecked::Fork(_) => 0,
        };
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.checks.len() >= CHECKS_MAX {
            return self.close(id, CloseCode::TooMuch);
        }
        session.checks.push_back(Check { request, bytes, purpose, claims: Vec::new(), found: None });
        self.requests.insert(request, Purpose::Check(id));
        self.output(Output::Check { request, what });
    }

    pub(crate) fn on_checked(&mut self, request: RequestId, found: Found) {
        let (id, found) = match (self.requests.remove(&request), found) {
            (Some(Purpose::Check(id)), found) => (id, found),
            (Some(Purpose::Farewell), Found::Statements(why)) => return self.on_why(why),
            _ => return,
        };
        if let Some(check) = self
            .sessions
            .get_mut(&id)
            .and_then(|session| session.checks.iter_mut().find(|check| check.request == request))
        {
            check.found = Some(found);
        }
        self.take_checked(id);
    }

    pub(crate) fn take_checked(&mut self, id: SessionId) {
        loop {
            let Some(session) = self.sessions.get_mut(&id) else { return };
            let ready = session.checks.front().is_some_and(|check| check.found.is_some());
            let Some(check) = ready.then(|| session.checks.pop_front()).flatten() else { return };
            self.touched.insert(id);
            for journal in &check.claims {
                self.end_want(id, journal);
            }
            match (check.purpose, check.found) {
                (CheckFor::Proof, Some(Found::Statements(list))) => self.on_proof_checked(id, list),
                (CheckFor::Content, Some(Found::Statements(list))) => self.on_statements_checked(id, list),
                (CheckFor::StatementsEnd, _) => self.end_asked_statements(id),
                (CheckFor::Content, Some(Found::Runs(runs))) => self.take_runs(id, runs, check.bytes),
                (CheckFor::Evidence, Some(Found::Runs(runs))) => self.on_evidence(id, runs),
                (CheckFor::Content, Some(Found::Fork(proof))) => self.adopt_fork(proof, Some(id)),
                _ => return self.close(id, CloseCode::BadContent),
            }
        }
    }

    fn take_runs(&mut self, id: SessionId, runs: Vec<VerifiedRun>, bytes: usize) {
        let mut pending = Pending { credits: vec![(id, bytes)], ..Pending::default() };
        let mut items = Vec::new();
        for run in runs {
            let journal = run.journal().clone();
            if let Some(run) = self.fitting(id, run) {
                let point = run.last();
                let today = self.today();
                let held = self.holdings.entry(&journal);
                held.received = point;
                held.tail = Some(Tail { page_first: run.page_first(), sealed: run.sealed() });
                held.source = Some(id);
                self.grace.remove(&journal);
                if held.intake.0 != today {
                    held.intake = (today, 0);
                }
                held.intake.1 += run.entries().len() as u64;
                self.counters.entries_taken += run.entries().len() as u64;
                pending.runs.push((journal.clone(), point));
                items.push(Durable::Run(run));
            }
            let received = self.holdings.received(&journal);
            let until = self.sessions.get(&id).and_then(|session| session.asked.get(&journal).copied());
            if until.is_some_and(|until| until <= received.seq) {
                self.end_want(id, &journal);
            }
        }
        if items.is_empty() {
            return self.return_credits(pending.credits);
        }
        self.add_receipts(&mut items, &mut pending);
        self.persist(items, pending);
    }

    /// The part of a run that may be put on top of what is held; what follows from one that may not is done here.
    fn fitting(&mut self, id: SessionId, run: VerifiedRun) -> Option<VerifiedRun> {
        let journal = run.journal().clone();
        if !self.shares(id, &journal.scope) {
            return None;
        }
        let durable = self.holdings.durable(&journal);
        let session = self.sessions.get_mut(&id)?;
        if session.known(&journal, durable).is_none_or(|known| known.seq < run.last().seq) {
            session.note(&journal, run.last());
        }
        let received = self.holdings.received(&journal);
        let until = self.may_take(&journal).filter(|until| *until > received.seq);
        if run.last().seq <= received.seq {
            if run.last().seq == received.seq && run.last().hash != received.hash {
                self.contradicted(id, run);
            } else {
                self.counters.entries_repeated += run.entries().len() as u64;
            }
            return None;
        }
        if until.is_none() || self.disk_full {
            self.refuse(id, &journal);
            return None;
        }
        if run.point_at(received.seq).is_some_and(|point| point != received) {
            self.contradicted(id, run);
            return None;
        }
        if run.first() > received.seq + 1 {
            // A gap: asked for, never kept.
            self.end_want(id, &journal);
            self.evaluate(id, &journal);
            return None;
        }
        self.counters.entries_repeated += (received.seq + 1).saturating_sub(run.first());
        let run = if run.first() <= received.seq { run.suffix(received.seq + 1)? } else { run };
        self.note_successors(&run);
        let page = |tail: Tail| if tail.sealed { received.seq + 1 } else { tail.page_first };
        let held = self.holdings.get(&journal);
        let other_pages = held.and_then(|held| held.tail).is_some_and(|tail| page(tail) != run.page_first());
        let off_cut = if let Standing::CutOff(Some(cut)) = self.charter.standing(&journal) {
            run.point_at(cut.seq).is_some_and(|at| at != cut)
        } else {
            false
        };
        if other_pages || off_cut || !self.rightly_erased(&run) {
            self.refuse(id, &journal);
            return None;
        }
        let (today, taken) = (self.today(), held.map_or((0, 0), |held| held.intake));
        let taken = if taken.0 == today { taken.1 } else { 0 };
        if taken + run.entries().len() as u64 > self.config.intake_per_journal_day && taken > 0 {
            if self.held_back.insert(journal.clone()) {
                self.event(Event::HeldBack { journal: journal.clone() });
            }
            self.refuse(id, &journal);
            return None;
        }
        Some(self.without_erased(run))
    }

    fn refuse(&mut self, id: SessionId, journal: &JournalId) {
        self.counters.runs_refused += 1;
        if let Some(session) = self.sessions.get_mut(&id) {
            session.ahead.remove(journal);
            session.refused.insert(journal.clone());
        }
        self.end_want(id, journal);
    }

    /// Whether an order that is held erases a document, or one that it continues.
    fn is_erased(&self, document: &Coordinate) -> bool {
        self.charter.erasure(document).is_some() || self.erased_successors.contains(document)
    }

    /// Remembers documents that are created here as continuing an erased one of their scope: the order is theirs, too.
    fn note_successors(&mut self, run: &VerifiedRun) {
        let scope = &run.journal().scope;
        for entry in run.entries() {
            if let Subject::Creates { predecessor: Some(of) } = &entry.header.subject
                && of.journal.scope == *scope
                && self.is_erased(of)
            {
                let document = Coordinate { journal: run.journal().clone(), seq: entry.header.seq };
                if self.erased_successors.insert(document) {
                    // Others may have offered erased entries of it that were not taken.
                    self.news_of_erasure = true;
                }
            }
        }
    }

    /// Whether every erased entry is erased by an order that is held.
    fn rightly_erased(&self, run: &VerifiedRun) -> bool {
        documents_of(run).filter(|(entry, _)| entry.payload.is_erased()).all(|(_, document)| self.is_erased(&document))
    }

    /// The run without the payloads that an order held here erases: they come late, and are not kept.
    fn without_erased(&mut self, mut run: VerifiedRun) -> VerifiedRun {
        let late =
            documents_of(&run).filter(|(entry, document)| !entry.payload.is_erased() && self.is_erased(document));
        // What a change hashed to is not known here without the changes below it. Nothing rests on it any more.
        let late: BTreeMap<u64, ChangeHash> = late.map(|(entry, _)| (entry.header.seq, ChangeHash([0; 32]))).collect();
        if !late.is_empty() {
            run.erase(&late);
        }
        run
    }

    pub(crate) fn on_persisted(&mut self, token: Token) {
        let Some(pending) = self.pending.remove(&token) else { return };
        for (journal, point) in pending.runs {
            self.on_run_durable(&journal, point);
        }
        self.statements_pending -= pending.statements.len();
        self.adopt_statements(pending.statements);
        for (proof, from) in pending.forks {
            self.on_fork_durable(*proof, from);
        }
        for (receipt, from) in pending.receipts {
            self.on_receipt_durable(receipt, from);
        }
        for (node, from) in pending.beacons {
            self.spread_beacon(node, from);
        }
        self.return_credits(pending.credits);
    }

    fn on_run_durable(&mut self, journal: &JournalId, point: Point) {
        let Some(held) = self.holdings.get_mut(journal) else { return };
        // The journal was wound back while this was on its way to the disk.
        if held.durable.seq >= point.seq || held.received.seq < point.seq {
            return;
        }
        let before = std::mem::replace(&mut held.durable, point);
        self.remember_own(journal, point);
        self.moved(journal, before, point);
        self.event(Event::Held { journal: journal.clone(), before, point });
        if let Some(until) = self.recovering.get(journal)
            && *until <= point.seq
        {
            self.recovering.remove(journal);
            self.event(Event::OwnEntriesRecovered { journal: journal.clone(), point });
        }
        self.check_cut(journal);
    }

    /// A journal moved on here: whoever holds less of it is told.
    fn moved(&mut self, journal: &JournalId, before: Point, point: Point) {
        for session in self.sessions.values_mut().filter(|session| session.kind == Kind::Node) {
            session.moved_here(journal, before);
            if session.known(journal, point).is_some_and(|known| known.seq < point.seq) {
                session.dirty.insert(journal.clone());
                self.touched.insert(session.id);
            }
        }
    }

    pub(crate) fn on_not_persisted(&mut self, token: Token) {
        let Some(pending) = self.pending.remove(&token) else { return };
        for (journal, _) in pending.runs {
            self.disk_full = true;
            if let Some(held) = self.holdings.get_mut(&journal) {
                held.received = held.durable;
                held.tail = None;
            }
            for id in self.admitted_sessions() {
                self.refuse(id, &journal);
            }
        }
        if !pending.statements.is_empty() {
            self.statements_pending -= pending.statements.len();
            self.homeless.extend(pending.statements);
            self.persist_again();
        }
        self.return_credits(pending.credits);
    }

    pub(crate) fn return_credits(&mut self, credits: Vec<(SessionId, usize)>) {
        for (id, bytes) in credits {
            let threshold = self.config.window_bytes / 4;
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            session.credit_due += bytes;
            self.touched.insert(id);
            if session.credit_due >= threshold {
                let due = std::mem::take(&mut session.credit_due);
                session.credit_given += i64::try_from(due).unwrap_or(i64::MAX);
                self.send(id, &Message::Credit(u32::try_from(due).unwrap_or(u32::MAX)));
            }
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

    /// Documents that continue an erased one are known: what was not taken of them may be taken now.
    pub(crate) fn adopt_successors(&mut self, documents: Vec<Coordinate>) {
        self.erased_successors.extend(documents);
        self.take_up_again();
    }

    /// Does for every session that something happened to what there is room for: statements first.
    pub(crate) fn pump(&mut self) {
        if std::mem::take(&mut self.news_of_erasure) {
            self.take_up_again();
        }
        while let Some(id) = self.touched.pop_first() {
            self.pump_import(id);
            self.pump_statements(id);
            self.pump_receipts(id);
            self.pump_points(id);
            self.pump_wants(id);
            self.pump_bulk(id);
            self.pump_serve(id);
            self.show_state(id);
            self.pump_export(id);
        }
    }
}
