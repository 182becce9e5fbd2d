//! Taking: wants are spread over the peers that hold more; what comes is checked, made durable and told.
//!
//! A receiver paces its sender: packs use up a credit that comes back when their entries are durable. So nothing piles up
//! where the disk is slower than the network.
//!
//! # Invariants
//! - A journal is asked from one session at a time.
//! - A run is taken only on top of the point that it continues.
//! - `durable` moves only when the disk has said so, and only then is anybody told.

use std::time::{Duration, Instant};

use charter::Standing;
use identity::{JournalId, Point, broken};
use journal::VerifiedRun;

use crate::{
    CloseCode, Durable, Event, Found, Output, Replica, RequestId, SessionId, Token, Unchecked,
    compare::contradict,
    holdings::Tail,
    replica::{Pending, Purpose},
    serving::LOAD_PARTS_MAX,
    session::{Check, CheckFor, Kind, Stage},
    wire::{Decline, Message, Want},
};

/// How far a sender may go over its credit: one page that did not compress.
const CREDIT_OVER: i64 = 2 * 1024 * 1024;

/// How many answers of workers may be outstanding for one session.
const CHECKS_MAX: usize = 4096;

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
            Standing::CutOff(Some(_)) if broken::is("accept beyond a cut-off") => Some(u64::MAX),
            Standing::CutOff(Some(point)) => Some(point.seq),
            Standing::NoRight | Standing::Open => held.is_none_or(|held| held.freeze.is_none()).then_some(u64::MAX),
        }
    }

    /// Up to which entry a journal may be asked for from a peer that stands at `theirs`. Of a forked journal that is cut
    /// off, who does not reach the cut-off may hold the beginning of the branch that is given up.
    pub(crate) fn may_ask(&self, journal: &JournalId, theirs: Point) -> Option<u64> {
        if self.may_be_given_up(journal, theirs) { None } else { Some(self.may_take(journal)?.min(theirs.seq)) }
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
            let until = session.known(journal, durable).and_then(|theirs| self.may_ask(journal, theirs)).unwrap_or(0);
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

    pub(crate) fn on_declined(&mut self, id: SessionId, journal: &JournalId, why: Decline) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let ours = self.holdings.received(journal);
        session.ahead.remove(journal);
        session.refused.insert(journal.clone());
        self.end_want(id, journal);
        if why != Decline::OtherChain || ours.seq == 0 || !self.shares(id, &journal.scope) {
            return;
        }
        if self.may_be_given_up(journal, ours) { self.rewind(journal) } else { self.conflict(id, journal, ours) }
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
            if run.last().seq == received.seq && contradict(run.last(), received) {
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
        if run.point_at(received.seq).is_some_and(|point| contradict(point, received)) {
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

    pub(crate) fn is_cut_off(&self, journal: &JournalId) -> bool {
        matches!(self.charter.standing(journal), Standing::CutOff(_))
    }

    /// A journal moved on here: whoever holds less of it is told.
    fn moved(&mut self, journal: &JournalId, before: Point, point: Point) {
        let cut_off = self.is_cut_off(journal);
        for session in self.sessions.values_mut().filter(|session| session.kind == Kind::Node) {
            session.moved_here(journal, before);
            if session.is_news(journal, point, cut_off) {
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
