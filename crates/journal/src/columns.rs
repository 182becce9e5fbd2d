//! The inside of a page or pack: tables, the heads of the runs, then every field as a column over all entries.
//!
//! Left out is what the reader recomputes: numbers, previous hashes, commitments, the checkpoint's point. Journals and
//! officers are named once, in the order of their first use. So is each *shape*: everything of an entry that repeats
//! (officer, kind, lane, and which journals it names in which place), so that an entry costs one number for all of it.
//! Numbers of entries are steps from the last one named of the same journal, times are steps from the entry before.
//! Payloads that create a document stand apart from the others, which are much more alike.
//!
//! # Invariants
//! - There is one spelling: what decodes encodes to the same bytes.
//! - Nothing is allocated for a count that the remaining bytes could not hold, nor beyond [`Limits`](crate::Limits).

mod read;
mod write;

use identity::{Coordinate, JournalId};

use crate::{Form, Kind, PAGE_ENTRIES_MAX, Subject};

pub(crate) use read::decode;
pub(crate) use write::encode;

/// The longest name of a scope, in bytes, with room for classes to come.
const SCOPE_BYTES_MAX: u64 = 64;

/// How many officers and shapes one pack may name: each entry its own.
const DICTIONARY_MAX: u64 = PAGE_ENTRIES_MAX;

/// The number last named of each journal in the table.
#[derive(Default)]
struct Last(Vec<u64>);

impl Last {
    fn of(&mut self, journal: u64) -> &mut u64 {
        let index = journal as usize;
        if self.0.len() <= index {
            self.0.resize(index + 1, 0);
        }
        &mut self.0[index]
    }
}

/// What repeats from entry to entry. Journals stand here as indices into their table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    officer: u64,
    kind: Kind,
    erased: bool,
    /// 0: creates a document; 2j + 1: is about one of journal j; 2j + 2: creates the successor of one of journal j.
    subject: u64,
    /// 0: the entry that created the document it is about; j + 1: an entry of journal j.
    links: Vec<u64>,
    lane: u8,
    /// Lane + 8 × (0: the journal of the document it is about; 1: that of the first link; j + 2: journal j).
    others: Vec<u64>,
}

impl Shape {
    fn creates(&self) -> bool {
        self.subject.is_multiple_of(2)
    }

    /// Whether it has a lane and other actors.
    fn is_change(&self) -> bool {
        self.kind.form == Form::Change && !self.erased
    }
}

/// The journals that other actors are most likely of: that of the document and that of the first link.
fn likely<'a>(subject: &'a Subject, links: &'a [Coordinate]) -> [Option<&'a JournalId>; 2] {
    let document = match subject {
        Subject::Of(document) => Some(&document.journal),
        Subject::Creates { .. } => None,
    };
    [document, links.first().map(|link| &link.journal).filter(|journal| document != Some(journal))]
}

/// The columns, in the order in which they stand.
#[derive(Clone, Copy)]
enum Column {
    Shapes,
    TimesLow,
    TimesHigh,
    SubjectSeqs,
    LinkSeqs,
    Erased,
    CreatingLengths,
    Lengths,
    CreatingBodies,
    Bodies,
}

/// What each column is called where sizes are told apart.
const COLUMNS: [&str; 10] = [
    "shapes",
    "times, low byte",
    "times, rest",
    "subject numbers",
    "link numbers",
    "erased",
    "creating lengths",
    "lengths",
    "creating payloads",
    "payloads",
];

/// One value per column, by name.
struct Columns<T>([T; COLUMNS.len()]);

impl<T> std::ops::Index<Column> for Columns<T> {
    type Output = T;
    fn index(&self, column: Column) -> &T {
        &self.0[column as usize]
    }
}

impl<T> std::ops::IndexMut<Column> for Columns<T> {
    fn index_mut(&mut self, column: Column) -> &mut T {
        &mut self.0[column as usize]
    }
}

/// Where the length and the bytes of a payload stand.
fn body_columns(creates: bool) -> [Column; 2] {
    if creates { [Column::CreatingLengths, Column::CreatingBodies] } else { [Column::Lengths, Column::Bodies] }
}
