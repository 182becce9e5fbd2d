//! The index: rows that are looked up by journal, document or name, all of them rebuildable from the segments.

use identity::{ChangeHash, JournalId, Point, ScopeName};
use journal::segments::{Location, Position};

use crate::StoreError;

/// The largest value of a row, in bytes: sled keeps larger ones in files of their own, which a power cut damages.
pub const VALUE_BYTES_MAX: usize = 32 << 10;

/// Stands for a journal inside this index. Another one after a rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JournalNumber(pub u32);

/// Stands for a scope inside this index. Another one after a rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeNumber(pub u32);

/// A document, by the coordinate of the entry that created it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId {
    /// The journal of that entry.
    pub journal: JournalNumber,
    /// Its number there.
    pub seq: u64,
}

/// A page or run that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRow {
    /// The first entry in it.
    pub first_seq: u64,
    /// The last entry in it.
    pub last: Point,
    /// Where its frame is.
    pub at: Location,
    /// Which page of the frame it is, where a frame holds several.
    pub part: u32,
    /// Whether its author sealed it.
    pub sealed: bool,
}

/// One entry of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The journal that the entry stands in.
    pub journal: JournalNumber,
    /// Its number there.
    pub seq: u64,
    /// Automerge's hash of the change; `None` for a fact.
    pub change: Option<ChangeHash>,
}

/// One thing to change in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexOp {
    /// A page is held; it replaces one that begins at the same entry.
    Page {
        /// Its journal.
        journal: JournalNumber,
        /// What is known of it.
        page: PageRow,
    },
    /// A page is no longer held, or a longer one holds its entries.
    DropPage {
        /// Its journal.
        journal: JournalNumber,
        /// Its first entry.
        first_seq: u64,
    },
    /// A document has these entries too. Those that it has already are left as they are.
    Rows {
        /// The document's scope.
        scope: ScopeNumber,
        /// The document.
        document: DocumentId,
        /// The entries, behind those it has.
        rows: Vec<Row>,
    },
    /// A document is forgotten.
    DropDocument {
        /// The document's scope.
        scope: ScopeNumber,
        /// The document.
        document: DocumentId,
    },
    /// A setting or watermark, under a name; `None` removes it.
    Set {
        /// Its name.
        name: Vec<u8>,
        /// Its value, at most [`VALUE_BYTES_MAX`].
        value: Option<Vec<u8>>,
    },
}

/// The index of one data folder.
#[derive(Debug, Clone)]
pub struct Index {}

impl Index {
    /// The number of a journal, given to it now if it has none.
    pub fn intern_journal(&self, journal: &JournalId) -> Result<JournalNumber, StoreError> {
        todo!()
    }

    /// The number of a journal, if it has one.
    pub fn journal_number(&self, journal: &JournalId) -> Option<JournalNumber> {
        todo!()
    }

    /// The journal with a number.
    pub fn journal(&self, number: JournalNumber) -> Option<JournalId> {
        todo!()
    }

    /// The journals of a scope, in order.
    pub fn journals(&self, scope: &ScopeName) -> Vec<(JournalId, JournalNumber)> {
        todo!()
    }

    /// The number of a scope, given to it now if it has none.
    pub fn intern_scope(&self, scope: &ScopeName) -> Result<ScopeNumber, StoreError> {
        todo!()
    }

    /// The number of a scope, if it has one.
    pub fn scope_number(&self, scope: &ScopeName) -> Option<ScopeNumber> {
        todo!()
    }

    /// All scopes that have a number, in order.
    pub fn scopes(&self) -> Vec<(ScopeName, ScopeNumber)> {
        todo!()
    }

    /// Applies a group, all of it or nothing, and notes that the log is applied up to a position.
    pub fn apply(&self, ops: &[IndexOp], applied: Option<Position>) -> Result<(), StoreError> {
        todo!()
    }

    /// How far the log is applied.
    pub fn applied(&self) -> Result<Option<Position>, StoreError> {
        todo!()
    }

    /// The page that holds an entry.
    pub fn page_with(&self, journal: JournalNumber, seq: u64) -> Result<Option<PageRow>, StoreError> {
        todo!()
    }

    /// At most `limit` pages that hold entries from `seq` on, in order.
    pub fn pages_from(&self, journal: JournalNumber, seq: u64, limit: usize) -> Result<Vec<PageRow>, StoreError> {
        todo!()
    }

    /// The last point that is held of a journal.
    pub fn point(&self, journal: JournalNumber) -> Result<Option<Point>, StoreError> {
        todo!()
    }

    /// What is held of a scope: for each of its journals with a page, the last point.
    pub fn have(&self, scope: &ScopeName) -> Result<Vec<(JournalId, Point)>, StoreError> {
        todo!()
    }

    /// The entries of a document, in the order in which they were added.
    pub fn rows(&self, scope: ScopeNumber, document: DocumentId) -> Result<Vec<Row>, StoreError> {
        todo!()
    }

    /// At most `limit` documents of a scope behind `after`, in order.
    pub fn documents(
        &self,
        scope: ScopeNumber,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<DocumentId>, StoreError> {
        todo!()
    }

    /// The change hash of an entry of a document.
    pub fn change_hash(
        &self,
        scope: ScopeNumber,
        document: DocumentId,
        journal: JournalNumber,
        seq: u64,
    ) -> Result<Option<ChangeHash>, StoreError> {
        todo!()
    }

    /// A setting or watermark.
    pub fn get(&self, name: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        todo!()
    }

    /// The settings whose names begin so, in order.
    pub fn settings(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        todo!()
    }

    /// Forgets everything, numbers included.
    pub fn wipe(&self) -> Result<(), StoreError> {
        todo!()
    }

    /// How many bytes it takes on disk.
    pub fn size_bytes(&self) -> Result<u64, StoreError> {
        todo!()
    }
}
