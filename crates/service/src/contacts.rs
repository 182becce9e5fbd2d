//! Whom to call at an office, as it says itself; when it announced that nobody would be there; and what the administrators
//! of this node noted about it, which stays here.

use std::{collections::BTreeMap, path::Path};

use ::health::{Absence, Away};
use charter::Charter;
use identity::{Coordinate, OfficeId};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use records::OfficeContact;
use serde::{Deserialize, Serialize};
use views::sheet_id;

use crate::{
    Service,
    kept::Kept,
    problem::{Code, Problem},
};

const FILE: &str = "office-notes.json";

/// The longest note, in characters.
const NOTE_CHARS_MAX: usize = 500;

/// How many notes are kept of an office, the newest.
const NOTES_KEPT: usize = 50;

/// A note about an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeNote {
    /// When it was made, in Unix milliseconds.
    pub at_ms: i64,
    /// By whom.
    pub by: String,
    /// What it says.
    pub text: String,
    /// Whether somebody was spoken to.
    pub spoke: bool,
}

/// What is noted here, by office.
pub(crate) struct OfficeNotes(Kept<BTreeMap<OfficeId, Vec<OfficeNote>>>);

impl OfficeNotes {
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        Ok(Self(Kept::open(folder, FILE, "move it aside: the notes about offices begin anew")?))
    }

    /// The notes about an office, the newest first.
    pub(crate) fn of(&self, office: &OfficeId) -> Vec<OfficeNote> {
        self.0.get().get(office).into_iter().flatten().rev().cloned().collect()
    }
}

/// Whom to call at an office, as one document says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// The record's name in addresses.
    pub id: String,
    /// Each name with its telephone number.
    pub people: Vec<String>,
    /// When somebody is there.
    pub hours: Vec<String>,
}

/// An absence that an office announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwayView {
    /// The first day, as `2026-12-01`.
    pub since: String,
    /// The last day.
    pub until: String,
    /// Why.
    pub why: String,
    /// Whether it is meant for every office of its region.
    pub whole_region: bool,
}

/// What offices say of themselves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contacts(BTreeMap<OfficeId, Vec<OfficeContact>>);

impl Contacts {
    /// Who is called at an office, each with a number; several where several documents or values say so.
    pub(crate) fn call(&self, office: &OfficeId) -> Vec<String> {
        self.0.get(office).into_iter().flatten().flat_map(people).collect()
    }

    /// What the documents of an office say.
    pub(crate) fn of(&self, office: &OfficeId) -> Vec<ContactView> {
        let view = |contact: &OfficeContact| ContactView {
            id: sheet_id(&contact.doc),
            people: people(contact),
            hours: contact.fields.hours.values().to_vec(),
        };
        self.0.get(office).into_iter().flatten().map(view).collect()
    }

    /// The absences of an office that are not over on this day, the first first.
    pub(crate) fn away(&self, office: &OfficeId, today: Date) -> Vec<AwayView> {
        let contacts = self.0.get(office).into_iter().flatten();
        let mut away: Vec<AwayView> = contacts
            .flat_map(|contact| &contact.events.away)
            .filter_map(|said| {
                let (since, until) = said.what.days().filter(|(_, until)| *until >= today)?;
                let whole_region = said.what.whole_region;
                Some(AwayView {
                    since: since.to_string(),
                    until: until.to_string(),
                    why: said.what.why.clone(),
                    whole_region,
                })
            })
            .collect();
        away.sort_by(|a, b| a.since.cmp(&b.since));
        away
    }

    /// Every absence that was announced, by the days of this zone.
    pub(crate) fn absences(&self, charter: &Charter, zone: &TimeZone) -> Vec<Absence> {
        let moment = |day: Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond());
        let mut absences = Vec::new();
        for (office, contact) in self.0.iter().flat_map(|(office, all)| all.iter().map(move |one| (office, one))) {
            for said in &contact.events.away {
                let days = said.what.days().and_then(|(since, until)| Some((since, until.checked_add(1.day()).ok()?)));
                let times = days.and_then(|(since, after)| Some((moment(since)?, moment(after)?)));
                let Some((from_ms, until_ms)) = times else { continue };
                let region = charter.office(office).map(|office| office.region.clone());
                let of = match region.filter(|_| said.what.whole_region) {
                    Some(region) => Away::Region(region),
                    None => Away::Office(*office),
                };
                absences.push(Absence { of, from_ms, until_ms });
            }
        }
        absences
    }
}

/// Each name with the number beside it. Where two values are said, both are called.
fn people(contact: &OfficeContact) -> Vec<String> {
    let fields = &contact.fields;
    let pairs = [(&fields.name, &fields.phone), (&fields.second_name, &fields.second_phone)];
    pairs
        .into_iter()
        .filter_map(|(name, phone)| {
            let both = [name.values().join(" / "), phone.values().join(" / ")];
            let said: Vec<&str> = both.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
            (!said.is_empty()).then(|| said.join(", "))
        })
        .collect()
}

impl Service {
    /// What offices say of themselves, each by who wrote it.
    pub(crate) async fn contacts(&self, charter: &Charter) -> Result<Contacts, Problem> {
        let records = self.reading().look(|views| views.all::<OfficeContact>(None)).await?;
        let mut contacts = Contacts::default();
        let node = self.node();
        let author = |doc: &Coordinate| match charter.node(&doc.journal.node) {
            Some(author) => Some(author.office),
            None => (doc.journal.node == node.key()).then(|| node.office()),
        };
        for contact in records {
            if let Some(office) = author(&contact.doc) {
                contacts.0.entry(office).or_default().push(contact);
            }
        }
        Ok(contacts)
    }

    /// Notes something about an office, for the administrators of this node.
    pub(crate) fn note_office(&self, office: &str, by: &str, text: &str, spoke: bool) -> Result<(), Problem> {
        let office = self.office_id(office)?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let long = text.chars().count();
        if long == 0 || long > NOTE_CHARS_MAX || text.chars().any(char::is_control) {
            return Err(Problem::said(
                Code::BadInput,
                Some("text"),
                format!("tulis catatan, paling banyak {NOTE_CHARS_MAX} huruf"),
                format!("write a note of at most {NOTE_CHARS_MAX} characters"),
            ));
        }
        let note = OfficeNote { at_ms: jiff::Timestamp::now().as_millisecond(), by: by.to_owned(), text, spoke };
        self.0.office_notes.0.change(|kept| {
            let notes = kept.entry(office).or_default();
            notes.push(note);
            let over = notes.len().saturating_sub(NOTES_KEPT);
            notes.drain(..over);
            Ok(())
        })
    }
}
