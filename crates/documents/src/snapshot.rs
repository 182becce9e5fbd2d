//! What a document shows: plain data, so that nothing above this room needs to know Automerge.

use std::collections::BTreeMap;

use identity::{Coordinate, EntryHash, Officer};

/// Who wrote something, and what their clock said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorship {
    /// The entry that says it; its journal names the node.
    pub at: Coordinate,
    /// The officer named in the entry.
    pub officer: Officer,
    /// The writer's clock in Unix milliseconds: shown, never compared.
    pub time_ms: i64,
}

/// A value of one field.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Text that is replaced as a whole.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Anything that this version does not expect; shown as such.
    Other(String),
}

/// One of the values that a field holds at the accepted heads; more than one until somebody chooses.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldValue {
    /// The value.
    pub value: Scalar,
    /// Who wrote it.
    pub by: Authorship,
}

/// Something that happened, said once.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What it is about inside the document, e.g. `decision`.
    pub key: String,
    /// Its content, in the encoding of its kind.
    pub bytes: Vec<u8>,
    /// Who says it.
    pub by: Authorship,
    /// The hash of its entry.
    pub hash: EntryHash,
    /// The heads of the document that its author had seen.
    pub saw: Vec<Coordinate>,
}

/// Why an entry does not count yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waiting {
    /// An entry that it builds on is not held.
    Dependency(Coordinate),
    /// What it builds on was cut off or refused; its author's node re-issues it.
    Reissue(Coordinate),
    /// Its journal is frozen, or no statement admits its author's key yet.
    Standing,
    /// A kind or form that this version does not know.
    Version,
}

/// Why an entry will not count whatever arrives, unless a statement gives it standing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    /// Its author may not write in this scope.
    #[error("its author may not write in this scope")]
    NoRight,
    /// It lies beyond its journal's cut-off.
    #[error("it lies beyond the cut-off of its journal")]
    CutOff,
    /// The guard found a rule broken; the text says which.
    #[error("the change is malformed: {0}")]
    Guard(String),
}

/// What a document shows at this node now.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The entry that created it.
    pub id: Coordinate,
    /// The kind of record, as numbered in `records`.
    pub kind: u16,
    /// The document that it continues.
    pub predecessor: Option<Coordinate>,
    /// Fields: flat keys to every value that stands, in one order on every node.
    pub fields: BTreeMap<String, Vec<FieldValue>>,
    /// Texts that people edit together, by key.
    pub texts: BTreeMap<String, String>,
    /// Accepted facts, in one order on every node: after everything they saw, then by hash.
    pub facts: Vec<Fact>,
    /// The accepted changes that no other builds on: what a form is shown, and what its save builds on.
    pub heads: Vec<Coordinate>,
    /// The accepted changes and facts that no other builds on: what a new fact links.
    pub tips: Vec<Coordinate>,
    /// Entries that do not count yet.
    pub waiting: Vec<(Coordinate, Waiting)>,
    /// Entries that do not count.
    pub refused: Vec<(Coordinate, Refusal)>,
    /// Waiting entries that somebody said again on accepted ground (each with the entry that says so).
    pub settled: Vec<(Coordinate, Coordinate)>,
    /// Whether Automerge refuses what the guard accepted: the texts are missing then. A local alarm.
    pub cannot_show: bool,
    /// Whether an order erased it; then everything above is empty but the id and kind.
    pub erased: bool,
}

/// One thing that a form changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Write a field: where another wrote it at the same time, both values stand.
    Put {
        /// The field.
        key: String,
        /// Its new value.
        value: Scalar,
    },
    /// Settle a field that has several values: all that the form was shown go, this one stays.
    Choose {
        /// The field.
        key: String,
        /// The value that stays, which may be none of those shown.
        value: Scalar,
    },
    /// Empty a field.
    Clear {
        /// The field.
        key: String,
    },
    /// Replace part of a shared text.
    Splice {
        /// The text.
        key: String,
        /// Where, in characters.
        at: usize,
        /// How many characters go.
        delete: usize,
        /// What comes.
        insert: String,
    },
}
