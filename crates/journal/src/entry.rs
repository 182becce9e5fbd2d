//! One entry of a journal: a header that is hashed, and a payload that the header commits to.

use std::collections::BTreeMap;

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
        /// The commitment to what stood here: its salt is gone, so nobody can compute it again or test a guess.
        commitment: [u8; 32],
        /// Automerge's hash of the change that stood here; all zero for a fact.
        change_hash: ChangeHash,
    },
}

/// The secret that keys one entry's commitment (see `salt`).
pub type Salt = [u8; 32];

impl Payload {
    /// The commitment to this payload under its salt; `None` if there is a payload but no salt.
    pub fn commitment(&self, salt: Option<&Salt>) -> Option<[u8; 32]> {
        self.commitment_with(salt, &mut JournalHashes::default())
    }

    pub(crate) fn commitment_with(&self, salt: Option<&Salt>, journals: &mut JournalHashes) -> Option<[u8; 32]> {
        let mut hasher = match self {
            Payload::Erased { commitment, .. } => return Some(*commitment),
            Payload::Change(_) | Payload::Fact(_) => blake3::Hasher::new_keyed(salt?),
        };
        match self {
            Payload::Change(change) => {
                hasher.update(&[0, change.lane]);
                hasher.update(&(change.others.len() as u64).to_le_bytes());
                for other in &change.others {
                    hasher.update(&journals.of(&other.journal));
                    hasher.update(&[other.lane]);
                }
                hasher.update(&change.body);
            }
            Payload::Fact(bytes) => {
                hasher.update(&[1]);
                hasher.update(bytes);
            }
            Payload::Erased { .. } => {}
        }
        Some(*hasher.finalize().as_bytes())
    }

    /// Whether it is gone.
    pub fn is_erased(&self) -> bool {
        matches!(self, Payload::Erased { .. })
    }

    /// How many bytes of its own it carries.
    pub fn bytes(&self) -> usize {
        self.body().len()
    }

    /// The bytes that it carries.
    pub(crate) fn body(&self) -> &[u8] {
        match self {
            Payload::Change(change) => &change.body,
            Payload::Fact(bytes) => bytes,
            Payload::Erased { .. } => &[],
        }
    }
}

/// The hashes of the journals that a run of entries names: few journals, named by many entries.
#[derive(Debug, Default)]
pub(crate) struct JournalHashes(BTreeMap<JournalId, [u8; 32]>);

impl JournalHashes {
    pub(crate) fn of(&mut self, journal: &JournalId) -> [u8; 32] {
        if let Some(hash) = self.0.get(journal) {
            return *hash;
        }
        let hash = journal.hash();
        self.0.insert(journal.clone(), hash);
        hash
    }
}

impl Header {
    /// The hash of the entry with this header in `journal`.
    pub fn hash(&self, journal: &JournalId) -> EntryHash {
        self.hash_with(journal, &mut JournalHashes::default())
    }

    pub(crate) fn hash_with(&self, journal: &JournalId, journals: &mut JournalHashes) -> EntryHash {
        let mut bytes = Vec::with_capacity(256 + 40 * self.links.len());
        let mut put = |bytes: &mut Vec<u8>, at: &Coordinate| {
            bytes.extend_from_slice(&journals.of(&at.journal));
            bytes.extend_from_slice(&at.seq.to_le_bytes());
        };
        put(&mut bytes, &Coordinate { journal: journal.clone(), seq: self.seq });
        bytes.extend_from_slice(&self.previous.0);
        bytes.extend_from_slice(&self.time_ms.to_le_bytes());
        bytes.push(self.officer.as_str().len() as u8);
        bytes.extend_from_slice(self.officer.as_str().as_bytes());
        match &self.subject {
            Subject::Creates { predecessor: None } => bytes.push(0),
            Subject::Creates { predecessor: Some(document) } => {
                bytes.push(1);
                put(&mut bytes, document);
            }
            Subject::Of(document) => {
                bytes.push(2);
                put(&mut bytes, document);
            }
        }
        bytes.extend_from_slice(&self.kind.record.to_le_bytes());
        bytes.push(match self.kind.form {
            Form::Change => 0,
            Form::Fact => 1,
        });
        bytes.extend_from_slice(&(self.links.len() as u64).to_le_bytes());
        self.links.iter().for_each(|link| put(&mut bytes, link));
        bytes.extend_from_slice(&self.commitment);
        EntryHash(blake3::derive_key("simpul entry v1", &bytes))
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

impl Entry {
    /// Erases the payload; of a change its hash stays. What is erased already stays as it is.
    pub(crate) fn erase(&mut self, change_hash: ChangeHash) {
        let change_hash = match self.header.kind.form {
            Form::Change => change_hash,
            Form::Fact => ChangeHash([0; 32]),
        };
        if !self.payload.is_erased() {
            self.payload = Payload::Erased { commitment: self.header.commitment, change_hash };
        }
    }
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
