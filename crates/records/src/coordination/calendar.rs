//! The calendar of coordination (records no. 25): dates per region and year, who is invited, who confirmed, who came, and
//! whether whoever came was competent to decide. (S1, indicator 3)

use std::collections::BTreeMap;

use documents::Snapshot;
use identity::{Coordinate, EntryHash, OfficeId, Region};
use serde::{Deserialize, Serialize};

use super::{
    letter::According,
    opening::is_line,
    party::{Party, as_text, as_text_opt},
    reading::{Line, Reading, speaks_for},
    why::Unfit,
};
use crate::{
    Authors, Date, FactDraft, RecordError, RecordKind, Said, content::refuse, facts::Content, notice::Notice,
    value::codes,
};

/// The entry that creates the calendar of a year; its scope says the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarYear {
    /// The year.
    pub year: i16,
}

/// Somebody invited to a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitee {
    /// Who.
    pub party: Party,
    /// What it is called.
    pub name: String,
}

/// A date of coordination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What it is for.
    pub title: String,
    /// The day.
    #[serde(with = "as_text")]
    pub day: Date,
    /// Where.
    pub place: String,
    /// Who is invited.
    pub invitees: Vec<Invitee>,
    /// The agenda that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_text_opt")]
    pub agenda: Option<Coordinate>,
    /// The date that this one moves: by the same office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moves: Option<EntryHash>,
}

codes! {
    /// What an invited party answers.
    Coming {
        /// It comes.
        Yes = "hadir", "akan hadir", "will come", [];
        /// It does not.
        No = "tidak", "tidak hadir", "will not come", [];
        /// Somebody comes in its place.
        Represented = "diwakili", "diwakili", "sends somebody", [];
    }
}

/// What an invited party answers: its own word, or recorded from a letter by the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The date.
    pub event: EntryHash,
    /// What it answers.
    pub answer: Coming,
    /// For whom the host records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
    /// Where that party said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub according_to: Option<According>,
}

/// Who came for a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// The date.
    pub event: EntryHash,
    /// For whom.
    pub party: Party,
    /// Whether anybody came.
    pub came: bool,
    /// Their positions; names stand on the paper list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<String>,
    /// Whether one of them could decide for the party.
    pub competent: bool,
    /// The letter that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<String>,
}

macro_rules! contents {
    ($($name:ident = $key:literal;)*) => { $(impl Content for $name { const KEY: &'static str = $key; })* };
}
contents! {
    CalendarYear = "calendar";
    Event = "event";
    Confirmation = "confirmation";
    Attendance = "attendance";
}

/// What is known of an invited party.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Guest {
    /// Its own answers that no later one replaces; more than one that differ are both shown.
    pub answers: Vec<Said<Confirmation>>,
    /// What the host recorded, while the party has not answered itself.
    pub recorded: Vec<Said<Confirmation>>,
    /// Who came, as the host or the party noted; notes that contradict each other are all shown.
    pub came: Vec<Said<Attendance>>,
}

impl Guest {
    /// Whether somebody came who could decide; `None` while nothing or contradictory things are noted.
    pub fn decided(&self) -> Option<bool> {
        let first = self.came.first()?;
        let value = |said: &Said<Attendance>| said.what.came && said.what.competent;
        self.came.iter().all(|said| value(said) == value(first)).then(|| value(first))
    }

    /// Whether somebody came; `None` as above.
    pub fn attended(&self) -> Option<bool> {
        let first = self.came.first()?;
        self.came.iter().all(|said| said.what.came == first.what.came).then_some(first.what.came)
    }
}

/// A date with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meet {
    /// The date, with the office that set it.
    pub event: Said<Event>,
    /// The office that set it.
    pub host: OfficeId,
    /// Whether its host moved it; the later date is another entry of the list.
    pub moved: bool,
    /// The invited parties.
    pub guests: BTreeMap<Party, Guest>,
}

/// The dates of one region and year, of one document; several documents of a year are one calendar together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// The document.
    #[serde(with = "as_text")]
    pub doc: Coordinate,
    /// The region of its scope.
    pub region: Region,
    /// The year.
    pub year: i16,
    /// Its dates by day, then hash.
    pub events: Vec<Meet>,
}

impl Calendar {
    /// Reads a calendar; `None` where its creation cannot be read.
    pub(crate) fn read(snapshot: &Snapshot, authors: &dyn Authors, notices: &mut Vec<Notice>) -> Option<Self> {
        let (mut reading, lines) = Reading::new(snapshot, authors, RecordKind::Calendar, &[CalendarYear::KEY]);
        let mut found = None;
        for line in lines.iter().filter(|line| line.fact.key == CalendarYear::KEY) {
            if line.fact.by.at != snapshot.id {
                reading.unfit(line, Unfit::SecondOpening);
            } else if let (Some(said), Some(region)) =
                (reading.take::<CalendarYear>(line), snapshot.id.journal.scope.region())
            {
                found = Some(Self { doc: snapshot.id.clone(), region, year: said.what.year, events: Vec::new() });
            }
        }
        if let Some(calendar) = &mut found {
            calendar.take_events(&mut reading, &lines);
            for line in &lines {
                match line.fact.key.as_str() {
                    Confirmation::KEY => calendar.take_confirmation(&mut reading, line),
                    Attendance::KEY => calendar.take_attendance(&mut reading, line),
                    _ => {}
                }
            }
            for guest in calendar.events.iter_mut().flat_map(|event| event.guests.values_mut()) {
                guest.answers = reading.newest(std::mem::take(&mut guest.answers)).0;
                guest.recorded = reading.newest(std::mem::take(&mut guest.recorded)).0;
                if !guest.answers.is_empty() {
                    guest.recorded.clear();
                }
                // What an office noted later takes the place of its earlier note; two offices' notes stand side by side.
                let came = std::mem::take(&mut guest.came);
                let replaced = |said: &Said<Attendance>| {
                    came.iter().any(|other| other.by.office == said.by.office && reading.saw(&other.hash, &said.hash))
                };
                guest.came = came.iter().filter(|said| !replaced(said)).cloned().collect();
            }
        }
        notices.append(&mut reading.notices);
        found
    }

    fn take_events(&mut self, reading: &mut Reading<'_>, lines: &[Line<'_>]) {
        for line in lines.iter().filter(|line| line.fact.key == Event::KEY) {
            let Some(event) = reading.take::<Event>(line) else { continue };
            let guests = event.what.invitees.iter().map(|invitee| (invitee.party, Guest::default())).collect();
            self.events.push(Meet { event, host: line.author.office, moved: false, guests });
        }
        let moves: Vec<(EntryHash, OfficeId)> =
            self.events.iter().filter_map(|meet| Some((meet.event.what.moves?, meet.host))).collect();
        for meet in &mut self.events {
            meet.moved = moves.iter().any(|(of, by)| *of == meet.event.hash && *by == meet.host);
        }
        self.events.sort_by_key(|meet| (meet.event.what.day, meet.event.hash));
    }

    fn meet(&mut self, event: EntryHash) -> Option<&mut Meet> {
        self.events.iter_mut().find(|meet| meet.event.hash == event)
    }

    fn take_confirmation(&mut self, reading: &mut Reading<'_>, line: &Line<'_>) {
        let Some(said) = reading.take::<Confirmation>(line) else { return };
        let office = line.author.office;
        let authors = reading.authors;
        let Some(meet) = self.meet(said.what.event) else { return reading.unfit(line, Unfit::NoSuch) };
        let own = meet.guests.keys().copied().find(|party| {
            party.office().is_some_and(|invited| speaks_for(authors, office, invited))
                && said.what.party.is_none_or(|named| named == *party)
        });
        let named = said.what.according_to.as_ref().is_some_and(|according| according.check().is_ok());
        let host = meet.host == office;
        match (own, said.what.party) {
            (Some(own), _) => meet.guests.entry(own).or_default().answers.push(said),
            (None, Some(party)) if host && named && meet.guests.contains_key(&party) => {
                meet.guests.entry(party).or_default().recorded.push(said);
            }
            (None, Some(_)) => reading.unfit(line, Unfit::ForAnother),
            (None, None) => reading.unfit(line, Unfit::NotParty),
        }
    }

    fn take_attendance(&mut self, reading: &mut Reading<'_>, line: &Line<'_>) {
        let Some(said) = reading.take::<Attendance>(line) else { return };
        let office = line.author.office;
        let authors = reading.authors;
        let party = said.what.party;
        let Some(meet) = self.meet(said.what.event) else { return reading.unfit(line, Unfit::NoSuch) };
        let own = party.office().is_some_and(|invited| speaks_for(authors, office, invited));
        if meet.host == office || own {
            // Whoever came uninvited came all the same.
            meet.guests.entry(party).or_default().came.push(said);
        } else {
            reading.unfit(line, Unfit::ForAnother);
        }
    }

    /// The dates that stand.
    pub fn standing(&self) -> impl Iterator<Item = &Meet> {
        self.events.iter().filter(|meet| !meet.moved)
    }
}

/// A party that is invited to two dates on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash<'a> {
    /// Who.
    pub party: Party,
    /// The day.
    pub day: Date,
    /// The dates.
    pub events: Vec<&'a Meet>,
}

/// Parties that are invited to several dates on one day, over all the calendars that an office reads. A party that
/// answered that it does not come to one of them has no clash there.
pub fn clashes<'a>(calendars: impl IntoIterator<Item = &'a Calendar>) -> Vec<Clash<'a>> {
    let mut by_day: BTreeMap<(Date, Party), Vec<&Meet>> = BTreeMap::new();
    for meet in calendars.into_iter().flat_map(Calendar::standing) {
        for (party, guest) in &meet.guests {
            let declined = !guest.answers.is_empty() && guest.answers.iter().all(|said| said.what.answer == Coming::No);
            if !declined {
                by_day.entry((meet.event.what.day, *party)).or_default().push(meet);
            }
        }
    }
    let several = by_day.into_iter().filter(|(_, events)| events.len() > 1);
    several.map(|((day, party), events)| Clash { party, day, events }).collect()
}

impl Event {
    /// The fact, for a calendar of this year.
    ///
    /// # Errors
    /// When title or place is missing, nobody or somebody twice is invited, or the day lies in another year.
    pub fn draft_checked(&self, year: i16) -> Result<FactDraft, RecordError> {
        if !is_line(&self.title) || !is_line(&self.place) {
            return refuse(
                ("judul atau tempatnya kosong", "a date without a title or a place"),
                ("isi keduanya, masing-masing satu baris", "write both, each one line"),
            );
        }
        if self.day.year() != year {
            return refuse(
                ("tanggalnya di tahun lain", "a date of another year"),
                ("buka kalender tahun itu", "open the calendar of its year"),
            );
        }
        let mut parties: Vec<Party> = self.invitees.iter().map(|invitee| invitee.party).collect();
        parties.sort();
        parties.dedup();
        if parties.is_empty() || parties.len() != self.invitees.len() {
            return refuse(
                ("undangannya kosong atau ada yang disebut dua kali", "nobody is invited, or somebody twice"),
                ("undang sedikitnya satu pihak, masing-masing sekali", "invite at least one, each once"),
            );
        }
        if !self.invitees.iter().all(|invitee| is_line(&invitee.name)) {
            return refuse(
                ("ada undangan tanpa nama", "an invited party without a name"),
                ("tulis namanya", "write the name"),
            );
        }
        self.draft()
    }
}

impl Attendance {
    /// The fact.
    ///
    /// # Errors
    /// When nobody came and somebody was competent, or whoever came has no position.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if (!self.came && self.competent) || (self.came && !self.positions.iter().any(|position| is_line(position))) {
            return refuse(
                ("kehadirannya belum lengkap", "the attendance is not complete"),
                (
                    "catat jabatan yang hadir, atau bahwa tidak ada yang hadir",
                    "note the position of whoever came, or that nobody did",
                ),
            );
        }
        self.draft()
    }
}
