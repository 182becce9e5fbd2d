//! Writing: edits become the change of one lane.

use identity::{ChangeHash, Coordinate, JournalId, Officer};
use journal::{Draft, Form, Kind, Payload, Subject};

use crate::Scalar;

/// Why an edit cannot be written. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// This node wrote eight times beside what the form was shown.
    #[error("the form is out of date: show it again")]
    ShowAgain,
    /// Every lane of this journal ends in an entry that does not count; a new incarnation has eight more.
    #[error("no lane of this journal can write in this document any more")]
    NoLane,
    /// A head that the form was shown is not accepted here.
    #[error("{0} is no accepted change of this document")]
    NotShown(Coordinate),
    /// The document does not have this text; texts are made when it is created.
    #[error("the document has no text {0:?}")]
    NoText(String),
    /// A place in a text lies beyond its end.
    #[error("the text {0:?} is shorter than that")]
    TextBounds(String),
    /// The document is as large as a document may be: continue it in a new one.
    #[error("the document is full: continue it in a new one")]
    Full,
    /// A key, value or fact is longer than allowed.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// Nothing to write.
    #[error("there is nothing to write")]
    Nothing,
    /// The document is erased or not accepted.
    #[error("the document cannot be edited: {0}")]
    NotEditable(&'static str),
    /// Automerge would not do it.
    #[error("cannot write the change: {0}")]
    Automerge(String),
}

/// What is to be written in the journal: a draft without its header's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Change or fact.
    pub form: Form,
    /// What it builds on.
    pub links: Vec<Coordinate>,
    /// The change or fact.
    pub payload: Payload,
    /// Automerge's hash of the change; all zero for a fact.
    pub change_hash: ChangeHash,
}

impl Written {
    /// The draft of the entry.
    pub fn draft(self, time_ms: i64, officer: Officer, subject: Subject, record: u16) -> Draft {
        let Self { form, links, payload, change_hash } = self;
        Draft { time_ms, officer, subject, kind: Kind { record, form }, links, payload, change_hash }
    }
}

/// The first change of a document, with its texts (empty strings included) and fields.
pub fn create<'a>(
    _own: &JournalId,
    _texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    _fields: impl IntoIterator<Item = (&'a str, Scalar)>,
) -> Result<Written, EditError> {
    todo!()
}

/// A fact; `links` is what its author had seen ([`crate::Snapshot::tips`]), empty where it creates a document.
pub fn fact(_key: &str, _bytes: &[u8], _links: Vec<Coordinate>) -> Result<Written, EditError> {
    todo!()
}
