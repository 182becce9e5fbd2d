//! From what a document shows to what it means: typed fields, facts that count, and notices for the rest.

use documents::{Snapshot, Waiting};
use identity::Coordinate;

use crate::{
    author::{Authors, By},
    conflict::{Conflict, conflicts},
    coordination::{self, Coordination},
    facts::read_events,
    fields::Fields,
    kinds::RecordKind,
    notice::{Notice, Why},
    participation::{Participation, ParticipationFields},
    person::{Held, Person, PersonFields, Tie, TieFields, Trip, TripFields},
};

/// What a document means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// Who a person is.
    Person(Person),
    /// What the programme does with a person.
    Participation(Participation),
    /// A journey abroad.
    Trip(Trip),
    /// A family tie.
    Tie(Tie),
    /// A document of coordination between offices.
    Coordination(Box<Coordination>),
    /// An order erased it.
    Erased,
    /// This version cannot read it, it lies where it does not belong, or nothing of it counts; a notice says which.
    Unread,
}

/// A document read: what it means, where somebody has to choose, and what does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The document.
    pub doc: Coordinate,
    /// The number of its kind.
    pub kind: u16,
    /// What it means.
    pub record: Record,
    /// Fields with several values.
    pub conflicts: Vec<Conflict>,
    /// What does not count, and why.
    pub notices: Vec<Notice>,
}

/// Reads a document. The same snapshot and the same offices give the same answer on every node; when a statement
/// changes which office a node speaks for, its documents are read again.
pub fn fold(snapshot: &Snapshot, authors: &dyn Authors) -> Folded {
    let mut notices: Vec<Notice> = Vec::new();
    if snapshot.cannot_show {
        notices.push(Notice::new("", &Why::CannotShow, snapshot.id.clone(), None));
    }
    // What was said again on accepted ground waits for nothing.
    let settled = |at: &Coordinate| snapshot.settled.iter().any(|(said_again, _)| said_again == at);
    for (at, waiting) in snapshot.waiting.iter().filter(|(at, _)| !settled(at)) {
        notices.push(Notice::new("", &Why::Waits(waiting.clone()), at.clone(), None));
    }
    for (at, refusal) in &snapshot.refused {
        notices.push(Notice::new("", &Why::Refused(refusal.clone()), at.clone(), None));
    }
    let record = read(snapshot, authors, &mut notices);
    let conflicts = match record {
        Record::Person(_) | Record::Participation(_) | Record::Trip(_) | Record::Tie(_) | Record::Coordination(_) => {
            conflicts(snapshot, authors)
        }
        Record::Erased | Record::Unread => Vec::new(),
    };
    Folded { doc: snapshot.id.clone(), kind: snapshot.kind, record, conflicts, notices }
}

fn read(snapshot: &Snapshot, authors: &dyn Authors, notices: &mut Vec<Notice>) -> Record {
    if snapshot.erased {
        return Record::Erased;
    }
    let scope = &snapshot.id.journal.scope;
    let unread = |why: &Why| Notice::new("", why, snapshot.id.clone(), None);
    let Some(kind) = RecordKind::from_number(snapshot.kind) else {
        // Where entries wait for a newer version already, that is said once for each of them.
        if !snapshot.waiting.iter().any(|(_, waiting)| *waiting == Waiting::Version) {
            notices.push(unread(&Why::UnknownKind(snapshot.kind)));
        }
        return Record::Unread;
    };
    // Not one entry of it counts; their notices say why.
    if snapshot.tips.is_empty() {
        return Record::Unread;
    }
    if kind.is_of_coordination() {
        if scope.class() != kind.class() {
            notices.push(unread(&Why::Misplaced));
            return Record::Unread;
        }
        let read = coordination::read(kind, snapshot, authors, notices);
        return read.map_or(Record::Unread, |read| Record::Coordination(Box::new(read)));
    }
    let Some(village) = scope.region().filter(|_| scope.class() == kind.class()) else {
        notices.push(unread(&Why::Misplaced));
        return Record::Unread;
    };
    let doc = snapshot.id.clone();
    if kind != RecordKind::Participation {
        for fact in &snapshot.facts {
            let by = Some(By::new(&fact.by, authors));
            notices.push(Notice::new(&fact.key, &Why::Unfamiliar, fact.by.at.clone(), by));
        }
    }
    match kind {
        RecordKind::Person => {
            Record::Person(Held { doc, village, fields: read_fields::<PersonFields>(snapshot, authors, notices) })
        }
        RecordKind::Trip => {
            Record::Trip(Held { doc, village, fields: read_fields::<TripFields>(snapshot, authors, notices) })
        }
        RecordKind::Tie => {
            Record::Tie(Held { doc, village, fields: read_fields::<TieFields>(snapshot, authors, notices) })
        }
        RecordKind::Participation => {
            let fields = read_fields::<ParticipationFields>(snapshot, authors, notices);
            let (events, more) = read_events(snapshot, &village, authors);
            notices.extend(more);
            Record::Participation(Participation { doc, village, fields, events })
        }
        RecordKind::Agenda
        | RecordKind::Agreement
        | RecordKind::Commitment
        | RecordKind::Calendar
        | RecordKind::InternalDraft => Record::Unread,
    }
}

pub(crate) fn read_fields<F: Fields>(snapshot: &Snapshot, authors: &dyn Authors, notices: &mut Vec<Notice>) -> F {
    let mut fields = F::default();
    let mut unfamiliar: Vec<&str> = snapshot.texts.keys().map(String::as_str).collect();
    for (key, values) in &snapshot.fields {
        if !F::SPECS.iter().any(|spec| spec.key == key) {
            unfamiliar.push(key);
            continue;
        }
        let scalars: Vec<_> = values.iter().map(|value| &value.value).collect();
        for index in fields.take(key, &scalars) {
            let by = &values[index].by;
            notices.push(Notice::new(key, &Why::WrongType, by.at.clone(), Some(By::new(by, authors))));
        }
    }
    // One for all of them: a newer version may write many, into every document.
    if !unfamiliar.is_empty() {
        notices.push(Notice::new(&unfamiliar.join(", "), &Why::Unfamiliar, snapshot.id.clone(), None));
    }
    fields
}

#[cfg(test)]
mod tests;
