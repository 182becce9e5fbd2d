//! Documents for tests: a village, a regency, a ministry, and what they write.

use std::collections::BTreeMap;

use documents::{Authorship, Fact, FieldValue, Scalar, Snapshot};
use identity::{
    Class, Coordinate, EntryHash, Incarnation, JournalId, NodeKey, OfficeId, OfficeKind, Officer, Region, ScopeName,
};

use crate::{
    Author, Circumstances, FactDraft, FamilyCircle, Folded, PartialDate, PersonId, ProgrammeRecord, Record, RecordKind,
    fold,
};

/// Nodes of the test's offices; the byte is key and office id alike.
pub(crate) const KURIPAN: u8 = 1;
pub(crate) const WONOSOBO: u8 = 2;
pub(crate) const KEMNAKER: u8 = 3;
/// A village that is not the one the records are about.
pub(crate) const GARUNG: u8 = 4;
/// A node that no statement admits.
pub(crate) const STRANGER: u8 = 9;

pub(crate) const VILLAGE: &str = "33.07.10.2004";

pub(crate) fn authors(node: &NodeKey) -> Option<Author> {
    let (kind, region) = match node.0[0] {
        KURIPAN => (OfficeKind::Village, VILLAGE),
        WONOSOBO => (OfficeKind::Regency, "33.07"),
        KEMNAKER => (OfficeKind::Ministry, "id"),
        GARUNG => (OfficeKind::Village, "33.07.12.2007"),
        _ => return None,
    };
    Some(Author { office: OfficeId([node.0[0]; 16]), kind, region: region.parse().unwrap() })
}

pub(crate) fn date(typed: &str) -> PartialDate {
    typed.parse().unwrap()
}

pub(crate) fn person(number: u8) -> PersonId {
    PersonId([number; 16])
}

pub(crate) fn at(class: Class, node: u8, seq: u64) -> Coordinate {
    let region: Region = VILLAGE.parse().unwrap();
    let scope = if class.has_roster() {
        format!("{class}/{}", OfficeId([8; 16])).parse().unwrap()
    } else {
        ScopeName::of_region(class, &region).unwrap()
    };
    Coordinate { journal: JournalId { scope, node: NodeKey([node; 32]), incarnation: Incarnation([7; 8]) }, seq }
}

/// A document as `documents` would show it.
#[derive(Clone)]
pub(crate) struct Doc(pub(crate) Snapshot);

impl Doc {
    pub(crate) fn new(kind: RecordKind, seq: u64) -> Self {
        let id = at(kind.class(), KURIPAN, seq);
        Self(Snapshot {
            tips: vec![id.clone()],
            id,
            kind: kind.number(),
            predecessor: None,
            fields: BTreeMap::new(),
            texts: BTreeMap::new(),
            facts: Vec::new(),
            heads: Vec::new(),
            waiting: Vec::new(),
            refused: Vec::new(),
            settled: Vec::new(),
            cannot_show: false,
            erased: false,
        })
    }

    fn by(&self, node: u8, seq: u64) -> Authorship {
        let mut at = self.0.id.clone();
        at.journal.node = NodeKey([node; 32]);
        at.seq = seq;
        Authorship { at, officer: Officer::new("petugas").unwrap(), time_ms: 1_700_000_000_000 }
    }

    /// Writes a field from what an officer types; writing it again adds a value beside the first.
    pub(crate) fn field(self, key: &str, typed: &str) -> Self {
        self.field_by(KURIPAN, key, typed)
    }

    pub(crate) fn field_by(self, node: u8, key: &str, typed: &str) -> Self {
        let spec = RecordKind::from_number(self.0.kind).unwrap().field(key).unwrap();
        let value = (spec.parse)(typed).unwrap_or_else(|| panic!("{key}: {typed:?}"));
        self.raw(node, key, value)
    }

    pub(crate) fn raw(mut self, node: u8, key: &str, value: Scalar) -> Self {
        let seq = 100 + self.0.fields.len() as u64;
        let by = self.by(node, seq);
        self.0.fields.entry(key.into()).or_default().push(FieldValue { value, by });
        self
    }

    pub(crate) fn person(self, key: &str, number: u8) -> Self {
        self.field(key, &person(number).to_string())
    }

    /// Says a fact; its hash is its number repeated.
    pub(crate) fn fact(self, node: u8, number: u8, draft: FactDraft) -> Self {
        self.fact_raw(node, number, draft.key, &draft.bytes)
    }

    pub(crate) fn fact_raw(mut self, node: u8, number: u8, key: &str, bytes: &[u8]) -> Self {
        let by = self.by(node, 1000 + u64::from(number));
        let hash = EntryHash([number; 32]);
        self.0.facts.push(Fact { key: key.into(), bytes: bytes.to_vec(), by, hash, saw: Vec::new() });
        self
    }

    /// The fact said last had seen these, by their numbers.
    pub(crate) fn saw(mut self, numbers: &[u8]) -> Self {
        let place = |number: &u8| {
            let seen = self.0.facts.iter().find(|fact| fact.hash == EntryHash([*number; 32]));
            seen.unwrap_or_else(|| panic!("no fact {number}")).by.at.clone()
        };
        let saw = numbers.iter().map(place).collect();
        self.0.facts.last_mut().unwrap().saw = saw;
        self
    }

    /// What the document is, among the records of the programme.
    pub(crate) fn programme(&self) -> ProgrammeRecord {
        let Record::Programme(record) = self.fold().record else { panic!("{:?}", self.fold()) };
        *record
    }

    /// The notices as "code what".
    pub(crate) fn notices(&self) -> Vec<String> {
        self.fold().notices.iter().map(|notice| format!("{} {}", notice.code, notice.what)).collect()
    }

    pub(crate) fn fold(&self) -> Folded {
        fold(&self.0, &authors)
    }
}

/// Puts folded documents together as the read model does; `None` for an office that sees no family ties.
pub(crate) fn circumstances(me: u8, docs: &[Doc], sees_family: bool) -> Circumstances {
    let mut participation = None;
    let mut trips = Vec::new();
    let mut ties = Vec::new();
    for doc in docs {
        match doc.fold().record {
            Record::Participation(found) => participation = Some(found),
            Record::Trip(found) => trips.push(found),
            Record::Tie(found) => ties.push(found),
            Record::Person(_) | Record::Programme(_) | Record::Coordination(_) | Record::Erased | Record::Unread => {}
        }
    }
    let (own, others) = trips.into_iter().partition(|trip| trip.fields.person.values().contains(&person(me)));
    Circumstances {
        participation: participation.unwrap(),
        trips: own,
        family: sees_family.then_some(FamilyCircle { ties, trips: others }),
    }
}
