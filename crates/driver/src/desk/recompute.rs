//! Everything again from the journals, past every cache: for `verify`.

use identity::{Coordinate, EntryHash, ScopeName};
use store::StoreError;

use super::{DOCUMENTS_AT_ONCE, Desk};
use crate::shelf::READ_AT_ONCE_BYTES;

/// Documents with the hashes of what they show.
pub type States = Vec<(Coordinate, [u8; 32])>;

/// What recomputing everything from the journals found.
#[derive(Debug, Default)]
pub struct Recomputed {
    /// Entries whose chain and signature were checked.
    pub entries: u64,
    /// What does not check out, in words.
    pub damaged: Vec<String>,
    /// For each scope, every document with the hash of what it shows.
    pub states: Vec<(ScopeName, States)>,
}

impl Desk {
    /// Folds every document again from what the journals hold, past every cache, and checks every chain and signature.
    pub(crate) fn recompute(&self) -> Result<Recomputed, StoreError> {
        let mut found = Recomputed::default();
        self.shelf.forget();
        for (scope, number) in self.index.scopes() {
            for (journal, number) in self.index.journals(&scope) {
                let (mut from, mut before) = (1, EntryHash([0; 32]));
                loop {
                    let runs = match self.shelf.runs_from(number, from, u64::MAX, READ_AT_ONCE_BYTES) {
                        Ok(runs) => runs,
                        Err(StoreError::Segment(error)) => {
                            found.damaged.push(format!("{journal}: {error}"));
                            break;
                        }
                        Err(other) => return Err(other),
                    };
                    let Some(last) = runs.last() else { break };
                    let next = last.last().seq + 1;
                    for run in &runs {
                        if run.first() != from || run.previous() != before {
                            found.damaged.push(format!(
                                "{journal}: entry {} does not follow entry {}",
                                run.first(),
                                from - 1
                            ));
                        }
                        found.entries += run.entries().len() as u64;
                        (from, before) = (run.last().seq + 1, run.last().hash);
                    }
                    from = next;
                }
                if let Some(point) = self.index.point(number)?
                    && point.seq + 1 != from
                {
                    found.damaged.push(format!("{journal}: entries {from} to {} cannot be read", point.seq));
                }
            }
            // What this office may read no more is checked, and shown to nobody.
            if self.standings.hidden(&scope) {
                continue;
            }
            let mut states = Vec::new();
            let mut after = None;
            loop {
                let documents = self.index.documents(number, after, DOCUMENTS_AT_ONCE)?;
                let Some(last) = documents.last().copied() else { break };
                for id in documents {
                    let Some(journal) = self.index.journal(id.journal) else { continue };
                    let document = Coordinate { journal, seq: id.seq };
                    match self.build(&document) {
                        Ok(Some(fold)) => {
                            if let Err(error) = fold.check_with_automerge() {
                                found.damaged.push(format!("{document}: {error}"));
                            }
                            states.push((document, fold.state_hash()));
                        }
                        Ok(None) => {}
                        Err(StoreError::Segment(error)) => found.damaged.push(format!("{document}: {error}")),
                        Err(other) => return Err(other),
                    }
                }
                after = Some(last);
            }
            found.states.push((scope, states));
        }
        Ok(found)
    }
}
