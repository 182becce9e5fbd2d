//! Judging and showing: which documents change when entries, rights or orders come, and what each of them shows then.

use std::{collections::BTreeSet, sync::Arc};

use charter::Charter;
use documents::Waiting;
use identity::{Coordinate, JournalId, Officer, Point, ScopeName};
use journal::{Subject, VerifiedRun};
use store::{Position, StoreError};

use super::{DOCUMENTS_AT_ONCE, Desk, FOLDS_AT_ONCE, HeldRun, InFlight, rows::rewind_rows, writing::Prepared};
use crate::{
    api::{Changed, Update},
    shelf::READ_AT_ONCE_BYTES,
};

impl Desk {
    pub(super) fn held(&mut self, runs: Vec<HeldRun>, end: Position) -> Result<(), StoreError> {
        let own = self.secret.node_key();
        let mut ops = Vec::new();
        for HeldRun { run, at, part } in runs {
            let at = self.state.moved.now_at(at);
            let run = Arc::new(run);
            self.index_run(&run, at, part, &mut ops)?;
            self.note_late(&run, at, &mut ops);
            self.dirty_entries(&run, run.first());
            if run.journal().node == own {
                self.state.writers.remove(&run.journal().scope);
            }
            self.state.unsettled.insert(run.journal().scope.clone());
        }
        self.index.apply(&ops, Some(end))
    }

    pub(super) fn dirty_entries(&mut self, run: &VerifiedRun, from: u64) {
        for (seq, entry) in (run.first()..).zip(run.entries()).filter(|(seq, _)| *seq >= from) {
            let at = Coordinate { journal: run.journal().clone(), seq };
            let document = entry.header.subject.document(&at).clone();
            self.state.folds.pop(&document);
            self.state.dirty.insert(document);
        }
    }

    /// Marks every document that a journal touches from entry `from` on.
    pub(super) fn touch_journal(&mut self, journal: &JournalId, from: u64) -> Result<(), StoreError> {
        self.state.unsettled.insert(journal.scope.clone());
        let Some(number) = self.index.journal_number(journal) else { return Ok(()) };
        let mut from = from.max(1);
        loop {
            let runs = self.shelf.runs_from(number, from, u64::MAX, READ_AT_ONCE_BYTES)?;
            let Some(last) = runs.last() else { return Ok(()) };
            let next = last.last().seq + 1;
            for run in &runs {
                self.dirty_entries(run, from);
            }
            from = next;
        }
    }

    pub(super) fn charter_changed(&mut self, charter: Arc<Charter>) -> Result<(), StoreError> {
        let journals: Vec<JournalId> = self
            .index
            .scopes()
            .into_iter()
            .flat_map(|(scope, _)| self.index.journals(&scope))
            .map(|(journal, _)| journal)
            .collect();
        // At a start what others wrote has been shown before, and a watermark says whether it was shown as it stands now.
        let own = self.secret.node_key();
        let first = std::mem::take(&mut self.state.starting);
        let shown = |journal: &&JournalId| !first || journal.node == own;
        let before: Vec<(&JournalId, _)> =
            journals.iter().filter(shown).map(|journal| (journal, self.standings.reach(journal))).collect();
        let scopes: Vec<ScopeName> = self.index.scopes().into_iter().map(|(scope, _)| scope).collect();
        let hidden: Vec<bool> = scopes.iter().map(|scope| self.standings.hidden(scope)).collect();
        self.standings.set_charter(charter);
        self.state.cut_anew = true;
        // What this office may read no more is not shown any more; what it may read again, is.
        let other = scopes.iter().zip(hidden).filter(|(scope, before)| self.standings.hidden(scope) != *before);
        let other: Vec<ScopeName> = other.map(|(scope, _)| scope.clone()).collect();
        self.tell(&other)?;
        for (journal, before) in before {
            let now = self.standings.reach(journal);
            if now != before {
                self.touch_journal(journal, now.differs_from(before))?;
            }
        }
        self.orders_changed()?;
        // The statements are part of every watermark.
        self.state.unsettled.extend(scopes);
        Ok(())
    }

    /// A journal goes on along another branch: what was held above the point is no longer of it.
    pub(super) fn rewind(&mut self, journal: &JournalId, to: Point) -> Result<(), StoreError> {
        self.touch_journal(journal, to.seq + 1)?;
        if journal.node == self.secret.node_key() {
            self.set_aside(journal, 1)?;
        }
        let mut ops = Vec::new();
        rewind_rows(&self.index, journal, to, &mut ops)?;
        self.index.apply(&ops, None)
    }

    /// A folder that was restored has seen a peer's statements: what was held back is shown.
    pub(crate) fn met(&mut self) {
        self.standings.met();
        self.state.folds.clear();
        let scopes: Vec<ScopeName> = self.index.scopes().into_iter().map(|(scope, _)| scope).collect();
        if let Err(error) = self.tell(&scopes) {
            tracing::error!(%error, "the index failed");
        }
    }

    pub(super) fn tell(&mut self, scopes: &[ScopeName]) -> Result<(), StoreError> {
        for scope in scopes {
            self.state.unsettled.insert(scope.clone());
            let Some(number) = self.index.scope_number(scope) else { continue };
            let mut after = None;
            loop {
                let documents = self.index.documents(number, after, DOCUMENTS_AT_ONCE)?;
                let Some(last) = documents.last().copied() else { break };
                for id in documents {
                    let document = self.index.journal(id.journal).map(|journal| Coordinate { journal, seq: id.seq });
                    self.state.dirty.extend(document);
                }
                after = Some(last);
            }
        }
        Ok(())
    }

    pub(super) fn fold_some(&mut self) {
        for _ in 0..FOLDS_AT_ONCE {
            let Some(document) = self.state.dirty.pop_first() else { return };
            let done = self.show(&document).and_then(|()| self.reissue(&document));
            if let Err(error) = done {
                tracing::error!(%error, "a document cannot be read back");
            }
        }
    }

    /// Says what a document shows now.
    pub(super) fn show(&mut self, document: &Coordinate) -> Result<(), StoreError> {
        let scope = document.journal.scope.clone();
        self.state.unsettled.insert(scope.clone());
        let hidden = self.standings.hidden(&scope);
        let shown = self.fold(document)?.filter(|_| !hidden).map(|fold| (fold.snapshot(), fold.state_hash()));
        self.state.number += 1;
        let (mut snapshot, state_hash) = shown.map_or((None, [0; 32]), |(snapshot, hash)| (Some(snapshot), hash));
        if let Some(snapshot) = &mut snapshot {
            snapshot.cannot_show |= self.state.belt.fails(document);
            self.state.belt.look_at(document);
        }
        let changed = Changed { number: self.state.number, scope, document: document.clone(), snapshot, state_hash };
        // The reader of updates is gone only when the node stops.
        drop(self.updates.blocking_send(Update::Document(Box::new(changed))));
        Ok(())
    }

    /// Says again, at the accepted heads, what this node wrote on ground that was cut away.
    pub(super) fn reissue(&mut self, document: &Coordinate) -> Result<(), StoreError> {
        let own = self.own_journal(&document.journal.scope);
        let Some(fold) = self.fold(document)? else { return Ok(()) };
        let lost: Vec<Coordinate> = fold
            .verdicts()
            .filter(|(at, verdict)| {
                at.journal.node == own.node && matches!(verdict, documents::Verdict::Waiting(Waiting::Reissue(_)))
            })
            .map(|(at, _)| at.clone())
            .collect();
        if lost.is_empty() {
            return Ok(());
        }
        let kind = fold.kind().unwrap_or_default();
        let written = match fold.reissue(&lost, &own) {
            Ok(written) => written,
            Err(error) => {
                tracing::warn!(%error, %document, "own entries that lost their ground cannot be re-issued");
                return Ok(());
            }
        };
        let Some((time_ms, officer)) = self.author_of(&lost[0])? else { return Ok(()) };
        let prepared = written.into_iter().map(|written| Prepared {
            scope: document.journal.scope.clone(),
            draft: written.draft(time_ms, officer.clone(), Subject::Of(document.clone()), kind),
        });
        let mut scopes = BTreeSet::new();
        let mut flight =
            InFlight { epoch: self.state.epoch, commits: Vec::new(), touched: BTreeSet::new(), replies: Vec::new() };
        match self.append(prepared.collect(), &mut scopes, &mut flight.touched) {
            Ok(_) => {
                tracing::info!(entries = lost.len(), %document, "re-issued own entries whose ground was cut");
                self.launch(flight, &scopes, Vec::new());
            }
            Err(error) => tracing::warn!(%error, "own entries cannot be re-issued"),
        }
        Ok(())
    }

    pub(super) fn author_of(&self, at: &Coordinate) -> Result<Option<(i64, Officer)>, StoreError> {
        let Some(number) = self.index.journal_number(&at.journal) else { return Ok(None) };
        Ok(self.shelf.item(number, at.seq)?.map(|(_, _, header, _)| (header.time_ms, header.officer)))
    }

    /// Says of each scope in which everything held is shown what it is settled at. Not before the reader has said what it
    /// lacks from the time before: until then, what it shows of a scope may be older than all that was told since.
    pub(super) fn settle(&mut self) {
        if !self.state.reader_asked || !self.state.in_flight.is_empty() {
            return;
        }
        for scope in std::mem::take(&mut self.state.unsettled) {
            match self.watermark(&scope) {
                Ok(watermark) => {
                    let settled = Update::Settled { number: self.state.number, scope, watermark };
                    drop(self.updates.blocking_send(settled));
                }
                Err(error) => tracing::error!(%error, "the index failed"),
            }
        }
    }

    /// Stands for all that decides what a scope shows: the points held and the statements.
    pub(crate) fn watermark(&self, scope: &ScopeName) -> Result<[u8; 32], StoreError> {
        let mut hasher = blake3::Hasher::new_derive_key("simpul watermark v1");
        hasher.update(&self.statements_digest);
        for (journal, point) in self.index.have(scope)? {
            hasher.update(&journal.hash());
            hasher.update(&point.seq.to_le_bytes());
            hasher.update(&point.hash.0);
        }
        Ok(*hasher.finalize().as_bytes())
    }
}
