//! What a node does to its segment files and what it promises meanwhile, in the order in which it happens.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use identity::{Coordinate, JournalId, Point, StatementHash};
use store::{DiskOp, Watch};

/// After how many operations the index is copied: often enough that most copies are of the middle of something.
const COPY_EVERY: usize = 7;

/// Something that happens.
pub(crate) enum Event {
    /// The node hands this to the operating system.
    Op(DiskOp),
    /// Somebody was told something that must stay true from here on.
    Promise(Promise),
}

/// What somebody was told.
#[derive(Clone)]
pub(crate) enum Promise {
    /// There is a node.
    Made,
    /// It belongs to its network.
    Joined,
    /// A statement was taken.
    Said(StatementHash),
    /// A write was answered: this document shows this number or one that was written later.
    Shows(Coordinate, u64),
    /// This node holds its own or another's entries up to here: its writer or another office was told.
    Holds(JournalId, Point),
    /// No file holds any more what this document said.
    Erased(Coordinate),
}

/// Where it is recorded. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Tape(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    events: Vec<Event>,
    ops: usize,
}

impl Tape {
    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records what the node in `folder` does. Its index, which it may write to at that very moment, is copied to
    /// `copies` now and then, under the number of operations before.
    pub(crate) fn watch(&self, folder: PathBuf, copies: PathBuf) -> Watch {
        let tape = self.clone();
        Watch(Arc::new(move |op| {
            let mut recorded = tape.recorded();
            if recorded.ops % COPY_EVERY == COPY_EVERY / 2 {
                copy_as_it_is(&folder.join("index"), &copies.join(recorded.ops.to_string()));
            }
            recorded.events.push(Event::Op(op.clone()));
            recorded.ops += 1;
        }))
    }

    pub(crate) fn promise(&self, promise: Promise) {
        self.recorded().events.push(Event::Promise(promise));
    }

    /// How many operations there are so far.
    pub(crate) fn ops(&self) -> usize {
        self.recorded().ops
    }

    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.recorded().events)
    }
}

/// Copies a folder whose files come, change and go meanwhile.
fn copy_as_it_is(from: &Path, to: &Path) {
    let Ok(entries) = fs::read_dir(from) else { return };
    if fs::create_dir_all(to).is_err() {
        return;
    }
    for entry in entries.flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_as_it_is(&from, &to);
        } else {
            // A file that went meanwhile is a file that a power cut took.
            let _ = fs::copy(&from, &to);
        }
    }
}
