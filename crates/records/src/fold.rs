//! From what a document shows to what it means: typed fields, facts that count, and notices for the rest.

use documents::{Snapshot, Waiting};
use identity::{Class, Coordinate, Region};

use crate::{
    author::{Authors, By},
    conflict::{Conflict, conflicts},
    coordination::{self, Coordination},
    fields::Fields,
    heard::Heard,
    kinds::{KindSpec, RecordKind},
    notice::{Notice, Why},
    participation::{Events, Participation, ParticipationFields},
    person::{Held, Person, PersonFields, Tie, TieFields, Trip, TripFields},
    programme::{ProgrammeRecord, read_programme},
    sheet::Hear,
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
    /// Anything else that the programme keeps.
    Programme(Box<ProgrammeRecord>),
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
        Record::Person(_)
        | Record::Participation(_)
        | Record::Trip(_)
        | Record::Tie(_)
        | Record::Programme(_)
        | Record::Coordination(_) => conflicts(snapshot, authors),
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
    if !kind.lives_in(scope.class()) {
        notices.push(unread(&Why::Misplaced));
        return Record::Unread;
    }
    if kind.is_of_coordination() {
        let read = coordination::read(kind, snapshot, authors, notices);
        return read.map_or(Record::Unread, |read| Record::Coordination(Box::new(read)));
    }
    let place = scope.region();
    if place.is_none() != (scope.class().has_roster() || scope.class() == Class::Internal) {
        notices.push(unread(&Why::Misplaced));
        return Record::Unread;
    }
    if let Some(record) = read_programme(snapshot, kind, place.clone(), authors, notices) {
        return Record::Programme(Box::new(record));
    }
    // What is left is about one person, and such scopes are a village's.
    let Some(village) = place else { return Record::Unread };
    let (doc, spec) = (snapshot.id.clone(), kind.spec());
    if kind == RecordKind::Participation {
        let fields = read_fields::<ParticipationFields>(snapshot, spec, authors, notices);
        let events = read_facts::<Events>(snapshot, spec, &village, authors, notices);
        return Record::Participation(Participation { doc, village, fields, events });
    }
    // They have no facts: a newer version may have.
    read_facts::<()>(snapshot, spec, &village, authors, notices);
    if kind == RecordKind::Person {
        let fields = read_fields::<PersonFields>(snapshot, spec, authors, notices);
        Record::Person(Held { doc, village, fields })
    } else if kind == RecordKind::Trip {
        Record::Trip(Held { doc, village, fields: read_fields::<TripFields>(snapshot, spec, authors, notices) })
    } else {
        Record::Tie(Held { doc, village, fields: read_fields::<TieFields>(snapshot, spec, authors, notices) })
    }
}

fn read_facts<E: Hear>(
    snapshot: &Snapshot,
    spec: &KindSpec,
    village: &Region,
    authors: &dyn Authors,
    notices: &mut Vec<Notice>,
) -> E {
    let mut heard = Heard::new(snapshot, spec.facts, Some(village), authors);
    let events = E::hear(&mut heard);
    notices.extend(heard.into_notices());
    events
}

/// Reads the fields of a document, with a notice for each value of another type and one for all unfamiliar keys.
pub(crate) fn read_fields<F: Fields>(
    snapshot: &Snapshot,
    spec: &KindSpec,
    authors: &dyn Authors,
    notices: &mut Vec<Notice>,
) -> F {
    let mut fields = F::default();
    let known_text = |key: &&str| spec.texts.iter().any(|text| text.key == *key);
    let mut unfamiliar: Vec<&str> = snapshot.texts.keys().map(String::as_str).filter(|key| !known_text(key)).collect();
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
