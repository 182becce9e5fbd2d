//! Stories about documents, told by pens: each a node's journal in one scope.

mod chunks;
mod guards;
mod order;
mod reissues;
mod silent_loss;
mod writing;

use identity::{Coordinate, EntryHash, Incarnation, JournalId, NodeKey, Officer};
use journal::{Header, Kind, Subject};

use crate::{Edit, Fold, Item, Scalar, Snapshot, Standing, Verdict, Written, create};

/// The kind of record of every document here.
pub(crate) const RECORD: u16 = 3;

/// One node's journal.
#[derive(Debug, Clone)]
pub(crate) struct Pen {
    pub(crate) journal: JournalId,
    seq: u64,
    previous: EntryHash,
}

/// The pen of node `number`.
pub(crate) fn pen(number: u8) -> Pen {
    let journal = JournalId {
        scope: "participation/33.07.10.2004".parse().unwrap(),
        node: NodeKey([number; 32]),
        incarnation: Incarnation([number; 8]),
    };
    Pen { journal, seq: 0, previous: EntryHash([0; 32]) }
}

impl Pen {
    /// Writes an entry about the document, or one that creates a document.
    pub(crate) fn say(&mut self, document: Option<&Coordinate>, written: Written) -> Item {
        let subject = document.map_or(Subject::Creates { predecessor: None }, |id| Subject::Of(id.clone()));
        self.say_as(subject, RECORD, written)
    }

    pub(crate) fn say_as(&mut self, subject: Subject, record: u16, written: Written) -> Item {
        self.seq += 1;
        let commitment = written.payload.commitment(Some(&[7; 32])).unwrap();
        let header = Header {
            seq: self.seq,
            previous: self.previous,
            time_ms: 1_763_000_000_000,
            officer: Officer::new("petugas").unwrap(),
            subject,
            kind: Kind { record, form: written.form },
            links: written.links,
            commitment,
        };
        let hash = header.hash(&self.journal);
        self.previous = hash;
        (Coordinate { journal: self.journal.clone(), seq: self.seq }, hash, header, written.payload)
    }

    /// Creates a document with a status and an empty note.
    pub(crate) fn begin(&mut self) -> (Fold, Item) {
        let written = create(&self.journal, [("note", "")], [("status", text("calon"))]).unwrap();
        let item = self.say(None, written);
        (fold([item.clone()]), item)
    }

    /// Saves a form that was shown `shown`, and gives the entry; the fold does not take it in.
    pub(crate) fn save(&mut self, fold: &Fold, shown: &[Coordinate], edits: &[Edit]) -> Item {
        let written = fold.edit(shown, &self.journal, edits).unwrap().expect("it changes something");
        self.say(Some(fold.id()), written)
    }
}

pub(crate) fn text(value: &str) -> Scalar {
    Scalar::Text(value.into())
}

pub(crate) fn put(key: &str, value: &str) -> Edit {
    Edit::Put { key: key.into(), value: text(value) }
}

pub(crate) fn choose(key: &str, value: &str) -> Edit {
    Edit::Choose { key: key.into(), value: text(value) }
}

pub(crate) fn splice(key: &str, at: usize, delete: usize, insert: &str) -> Edit {
    Edit::Splice { key: key.into(), at, delete, insert: insert.into() }
}

/// A fold of entries that all count; the first creates the document.
pub(crate) fn fold(entries: impl IntoIterator<Item = Item>) -> Fold {
    let mut entries = entries.into_iter().peekable();
    let id = entries.peek().unwrap().0.clone();
    Fold::build(id, entries, |_| Standing::Accepted, false, |_| true)
}

pub(crate) fn take(fold: &mut Fold, entries: impl IntoIterator<Item = Item>) {
    fold.add(entries, |_| Standing::Accepted, |_| true);
}

/// The values that a field shows.
pub(crate) fn values(snapshot: &Snapshot, key: &str) -> Vec<Scalar> {
    snapshot.fields.get(key).into_iter().flatten().map(|field| field.value.clone()).collect()
}

/// Everything that a fold says: for comparing two.
pub(crate) fn everything(fold: &Fold) -> (Snapshot, Vec<(Coordinate, Verdict)>, [u8; 32]) {
    let verdicts = fold.verdicts().map(|(at, verdict)| (at.clone(), verdict.clone())).collect();
    (fold.snapshot(), verdicts, fold.state_hash())
}

/// Every entry is accepted, and Automerge agrees with what is shown.
pub(crate) fn all_well(fold: &Fold) {
    for (at, verdict) in fold.verdicts() {
        assert_eq!(verdict, &Verdict::Accepted, "{at}");
    }
    fold.check_with_automerge().unwrap();
}
