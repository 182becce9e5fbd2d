//! The second belt: Automerge itself applies, saves and loads what is shown, in batches and on a thread of its own, when
//! nothing else is to be done. Where it disagrees with the guard, the document *cannot be shown*: an alarm of this node,
//! never a verdict.

use std::{collections::BTreeSet, time::Duration};

use documents::{CannotShow, Fold};
use identity::Coordinate;

use super::{Desk, DeskJob, marked::Marked};

/// How many documents are looked at in one go: about 10 ms of work.
const BATCH: usize = 64;

/// How long nothing else is to be done before some are looked at: beside writes it would take their processor.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// So many wait for no pause.
const MANY: usize = 4096;

/// How many documents may wait. After a large join the rest is looked at when it changes, or by `verify`.
const WAITING_MAX: usize = 65_536;

/// What is still to be looked at, and what did not pass.
#[derive(Debug, Default)]
pub(super) struct Belt {
    waiting: Marked,
    busy: bool,
    failing: BTreeSet<Coordinate>,
}

impl Belt {
    /// A document shows something else: it is looked at when there is time.
    pub(super) fn look_at(&mut self, document: &Coordinate) {
        if self.waiting.len() < WAITING_MAX {
            self.waiting.insert(document.clone());
        }
    }

    /// Whether any wait, and whether they are too many to wait for a pause.
    pub(super) fn waits(&self) -> (bool, bool) {
        (!self.busy && !self.waiting.is_empty(), self.waiting.len() >= MANY)
    }

    /// Whether a document did not pass when it was last looked at.
    pub(super) fn fails(&self, document: &Coordinate) -> bool {
        self.failing.contains(document)
    }
}

impl Desk {
    /// Has the next documents looked at.
    pub(super) fn check_some(&mut self) {
        if self.state.belt.busy {
            return;
        }
        let mut folds: Vec<Fold> = Vec::new();
        while folds.len() < BATCH
            && let Some(document) = self.state.belt.waiting.pop_first()
        {
            match self.fold(&document) {
                Ok(fold) => folds.extend(fold.map(|fold| fold.clone())),
                Err(error) => tracing::error!(%error, "a document cannot be read back"),
            }
        }
        if folds.is_empty() {
            return;
        }
        let jobs = self.jobs.clone();
        let look = move || {
            let checked: Vec<_> = folds.iter().map(|fold| (fold.id().clone(), fold.check_with_automerge())).collect();
            // Nobody is left to be told when the node stops.
            drop(jobs.send(DeskJob::With(Box::new(move |desk| desk.checked(checked)))));
        };
        match self.help("belt", look) {
            Ok(()) => self.state.belt.busy = true,
            Err(error) => tracing::error!(%error, "no thread to look at documents"),
        }
    }

    pub(super) fn checked(&mut self, checked: Vec<(Coordinate, Result<(), CannotShow>)>) {
        self.state.belt.busy = false;
        for (document, outcome) in checked {
            let changed = match outcome {
                Ok(()) => self.state.belt.failing.remove(&document),
                Err(error) => {
                    let new = self.state.belt.failing.insert(document.clone());
                    if new {
                        tracing::error!(%document, %error, "a document cannot be shown for sure");
                    }
                    new
                }
            };
            if changed {
                self.state.dirty.insert(document);
            }
        }
    }
}
