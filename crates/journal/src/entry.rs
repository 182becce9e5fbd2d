//! One line of a journal: a header that is hashed, and a payload that the header commits to.

use identity::{ChangeHash, Coordinate, EntryHash, JournalId, Officer};
use serde::{Deserialize, Serialize};

/// How many Automerge actors a journal may use in one document (`design.md` §5): lanes 0 to 7.
pub const LANES: u8 = 8;

/// Whether an entry is something that people edit together or something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Form {
    /// One Automerge change.
    Change,
    /// Said once, never edited.
    Fact,
}

/// Which kind of record an entry belongs to. A number that this version does not know is kept and forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Kind {
    /// The kind of record, as numbered in `records`.
    pub record: u16,
    /// Change or fact.
    pub form: Form,
}

/// Which document an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// This entry creates a document, whose id is this entry's coordinate.
    Creates {
        /// The document that this one continues; an order that erases that one erases this one.
        predecessor: Option<Coordinate>,
    },
    /// The document that the named entry created.
    Of(Coordinate),
}

impl Subject {
    /// The id of the document that an entry at `own` is about.
    pub fn document<'a>(&'a self, own: &'a Coordinate) -> &'a Coordinate {
        match self {
            Subject::Creates { .. } => own,
            Subject::Of(document) => document,
        }
    }
}

/// What an entry says about itself; it stays when the payload is erased.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Header {
    /// The entry's number in its journal, from 1.
    pub seq: u64,
    /// The hash of the entry before it; all zero for the first.
    pub previous: EntryHash,
    /// When its author says it was written: Unix time in milliseconds. A claim: shown, never used to order or refuse.
    pub time_ms: i64,
    /// Who wrote it.
    pub officer: Officer,
    /// Which document it is about.
    pub subject: Subject,
    /// Which kind of record, and whether change or fact.
    pub kind: Kind,
    /// The entries of the same document that it builds on: a change's dependencies, or the heads that a fact saw.
    pub links: Vec<Coordinate>,
    /// The keyed hash of the stored payload (see `salt`).
    pub commitment: [u8; 32],
}

/// One of the Automerge actors of a journal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The journal whose node writes under it.
    pub journal: JournalId,
    /// Which of its lanes, below [`LANES`].
    pub lane: u8,
}

impl Actor {
    /// The actor id that Automerge sees.
    pub fn id(&self) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_derive_key("simpul automerge actor v1");
        hasher.update(&self.journal.hash());
        hasher.update(&[self.lane]);
        let mut id = [0; 16];
        hasher.finalize_xof().fill(&mut id);
        id
    }
}

/// An Automerge change without what its reader can put back: checksum, dependency hashes (the header's links), the
/// author's actor (journal and lane) and the bytes of the other actors.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Change {
    /// The lane it was written on.
    pub lane: u8,
    /// The other actors that its operations name, in the chunk's own order.
    pub others: Vec<Actor>,
    /// The rest of the chunk, as Automerge wrote it.
    pub body: Vec<u8>,
}

/// What an entry carries.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Payload {
    /// A change.
    Change(Change),
    /// A fact, in the encoding of its kind.
    Fact(Vec<u8>),
    /// Erased under an order. The change hash stays, so that what was built on it still has its place.
    Erased {
        /// Automerge's hash of the change that stood here; all zero for a fact.
        change_hash: ChangeHash,
    },
}

/// The length of one entry of a page's salts.
pub type Salt = [u8; 32];

impl Payload {
    /// The commitment to this payload under its salt; `None` for an erased one, whose commitment only its header knows.
    pub fn commitment(&self, salt: &Salt) -> Option<[u8; 32]> {
        let mut hasher = blake3::Hasher::new_keyed(salt);
        match self {
            Payload::Change(change) => {
                hasher.update(&[0, change.lane]);
                hasher.update(&(change.others.len() as u64).to_le_bytes());
                for other in &change.others {
                    hasher.update(&other.journal.hash());
                    hasher.update(&[other.lane]);
                }
                hasher.update(&change.body);
            }
            Payload::Fact(bytes) => {
                hasher.update(&[1]);
                hasher.update(bytes);
            }
            Payload::Erased { .. } => return None,
        }
        Some(*hasher.finalize().as_bytes())
    }
}

impl Header {
    /// The hash of the entry with this header in `journal`.
    pub fn hash(&self, journal: &JournalId) -> EntryHash {
        let mut hasher = blake3::Hasher::new_derive_key("simpul entry v1");
        let coordinate = |hasher: &mut blake3::Hasher, at: &Coordinate| {
            hasher.update(&at.journal.hash());
            hasher.update(&at.seq.to_le_bytes());
        };
        hasher.update(&journal.hash());
        hasher.update(&self.seq.to_le_bytes());
        hasher.update(&self.previous.0);
        hasher.update(&self.time_ms.to_le_bytes());
        hasher.update(&[self.officer.as_str().len() as u8]);
        hasher.update(self.officer.as_str().as_bytes());
        match &self.subject {
            Subject::Creates { predecessor: None } => {
                hasher.update(&[0]);
            }
            Subject::Creates { predecessor: Some(document) } => {
                hasher.update(&[1]);
                coordinate(&mut hasher, document);
            }
            Subject::Of(document) => {
                hasher.update(&[2]);
                coordinate(&mut hasher, document);
            }
        }
        hasher.update(&self.kind.record.to_le_bytes());
        hasher.update(&[match self.kind.form {
            Form::Change => 0,
            Form::Fact => 1,
        }]);
        hasher.update(&(self.links.len() as u64).to_le_bytes());
        for link in &self.links {
            coordinate(&mut hasher, link);
        }
        hasher.update(&self.commitment);
        EntryHash(*hasher.finalize().as_bytes())
    }
}

/// One entry: a header and its payload.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// What is hashed.
    pub header: Header,
    /// What the header commits to.
    pub payload: Payload,
}

/// What an author hands to its journal to be written: an entry before it has its number, its chain and its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// When it is written, by the author's clock, in Unix milliseconds.
    pub time_ms: i64,
    /// Who writes.
    pub officer: Officer,
    /// Which document it is about.
    pub subject: Subject,
    /// Which kind of record, and whether change or fact.
    pub kind: Kind,
    /// What it builds on.
    pub links: Vec<Coordinate>,
    /// A change or a fact; never erased.
    pub payload: Payload,
    /// Automerge's hash of the change; all zero for a fact.
    pub change_hash: ChangeHash,
}
