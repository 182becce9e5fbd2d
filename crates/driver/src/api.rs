//! What a running node is asked to do, in plain data.

use documents::{Edit, Snapshot};
use identity::{Coordinate, Officer, Point, ScopeName};
use store::StoreError;

use crate::disk::NotStored;

/// What a write is about.
#[derive(Debug, Clone)]
pub enum Target {
    /// A new document.
    New {
        /// Where it lives.
        scope: ScopeName,
        /// Its kind of record.
        kind: u16,
        /// The document that it continues.
        predecessor: Option<Coordinate>,
    },
    /// A document that exists here.
    Document(Coordinate),
    /// The document that the write at this place of the same batch creates.
    Batch(usize),
}

/// What is written.
#[derive(Debug, Clone)]
pub enum What {
    /// One change: for a new document its first fields and empty texts, else what a form changed.
    Change {
        /// The heads that the form was shown; ignored for a new document.
        shown: Vec<Coordinate>,
        /// What changes.
        edits: Vec<Edit>,
    },
    /// A fact, said about the document as it stands now.
    Fact {
        /// What it is about inside the document.
        key: String,
        /// Its content.
        bytes: Vec<u8>,
    },
}

/// One entry to be written.
#[derive(Debug, Clone)]
pub struct Write {
    /// What it is about.
    pub target: Target,
    /// Who writes.
    pub officer: Officer,
    /// What is written.
    pub what: What,
}

/// A write that is durable here.
#[derive(Debug, Clone)]
pub struct Written {
    /// The document.
    pub document: Coordinate,
    /// Its entry: where in this node's journal, and the hash.
    pub point: Point,
    /// Who has read the updates up to this number sees it.
    pub shown: u64,
}

/// A document that shows something else than before.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Counts up from 1 in a run of the node; a reader that has applied number n shows every write acknowledged by then.
    pub number: u64,
    /// The scope that it lives in.
    pub scope: ScopeName,
    /// The document.
    pub document: Coordinate,
    /// What it shows now; `None` when nothing of it is accepted here any more.
    pub snapshot: Option<Snapshot>,
    /// Stands for all that it shows: equal at two nodes if and only if they show the same.
    pub state_hash: [u8; 32],
}

/// What the reader of updates is told.
#[derive(Debug, Clone)]
pub enum Update {
    /// A document shows something else.
    Document(Box<Changed>),
    /// Everything held of a scope is shown.
    Settled {
        /// The number of the last change told.
        number: u64,
        /// The scope.
        scope: ScopeName,
        /// Stands for what is shown: the points held and the statements.
        watermark: [u8; 32],
    },
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// This office may not write there.
    #[error("this office may not write in {0}")]
    NoRight(ScopeName),
    /// No such document is held here.
    #[error("no document {0} is held here")]
    Unknown(Coordinate),
    /// A write names a place of its batch that stands behind it or does not exist.
    #[error("the batch has no document at place {0} yet")]
    Batch(usize),
    /// A batch changes the fields of one document twice.
    #[error("one batch changes the fields of {0} twice")]
    Twice(Coordinate),
    /// This node wrote so often beside what the form was shown that no lane is free: nothing was written.
    #[error("the record has changed too often since the form was opened")]
    ShowAgain,
    /// The edits change nothing.
    #[error("nothing is changed")]
    Nothing,
    /// The edit cannot be made.
    #[error(transparent)]
    Edit(#[from] documents::EditError),
    /// The entry does not fit a page.
    #[error("the entry cannot be written")]
    Page(#[from] journal::PageError),
    /// What was written could not be made durable, so it is as if it had not been written.
    #[error("not saved: {0}")]
    NotStored(#[from] NotStored),
    /// The store cannot be read.
    #[error("the store cannot be read")]
    Store(#[from] StoreError),
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopped,
}

impl WriteError {
    /// The same in the words of who filled in a form: whatever the lanes are short of, the form has to be shown again.
    pub(crate) fn for_a_form(self) -> Self {
        use documents::EditError::{NoLane, ShowAgain};
        if matches!(self, WriteError::Edit(ShowAgain | NoLane)) { WriteError::ShowAgain } else { self }
    }
}
