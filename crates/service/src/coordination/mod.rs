//! Coordination between offices, asked like every other record: agendas, agreements, commitments and calendars, each with
//! its line, its tables, what this office may say in it and what it changes.
//!
//! Everything is judged by `records::coordination`; here it is put beside what this node knows of offices and days.

mod begin;
mod choices;
mod exports;
mod file;
mod news;
mod overview;
mod say;
mod score;
mod show;
mod tables;
mod text;

use identity::{Coordinate, OfficeId};
use records::{
    FieldType, ProgrammeRecord, RecordKind,
    coordination::{Agenda, AgendaStage, Calendar, Coordination, Party, Shelf},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::SheetRow;

pub use exports::FileView;
pub use file::{AgreementReport, PartySigned, SignedBy, verify_agreement};
pub use news::NewsView;
pub(crate) use news::Seen;
pub(crate) use overview::agenda_line;
pub use overview::{AwaitingView, CommitmentLine, CoordinationColumn, CoordinationLine, CoordinationView};
pub use score::{BaselineView, MeasureView, ScoreView, ScorecardView};

use crate::{Service, both::Both, panel::both, problem::Problem, reading::Known, sheet_kinds::code_of};

/// A date of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeetView {
    /// The fact that sets it.
    pub event: String,
    /// What it is for.
    pub title: String,
    /// The day, as 2026-03-12.
    pub day: String,
    /// Where.
    pub place: String,
    /// Who is invited.
    pub guests: Vec<String>,
}

/// The dates that stand in a calendar; none for other documents.
fn meets(document: &Coordination) -> Vec<MeetView> {
    let Coordination::Calendar(calendar) = document else { return Vec::new() };
    let view = |meet: &records::coordination::Meet| {
        let event = &meet.event.what;
        MeetView {
            event: meet.event.hash.to_string(),
            title: event.title.clone(),
            day: event.day.to_string(),
            place: event.place.clone(),
            guests: event.invitees.iter().map(|invitee| invitee.name.clone()).collect(),
        }
    };
    calendar.standing().map(view).collect()
}

/// A record that this office may begin from another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BeginView {
    /// Its kind, by its name in commands. The other record's name goes into the input `from`.
    pub kind: String,
    /// What that is called.
    pub label: Both,
}

impl BeginView {
    fn of(kind: RecordKind) -> Self {
        let label = if kind == RecordKind::InternalDraft {
            both("Rancang tanggapan di kantor ini", "Draft a stand inside this office")
        } else {
            both("Bawa ke agenda bersama", "Take it to a joint agenda")
        };
        Self { kind: code_of(kind).to_owned(), label }
    }
}

/// A document of coordination, with everything that it is judged beside.
pub(crate) struct HeldDocument {
    pub(crate) row: SheetRow,
    pub(crate) document: Coordination,
    pub(crate) shelf: Shelf,
}

impl Service {
    /// Everything of coordination that is read here.
    pub(crate) async fn shelf(&self) -> Result<Shelf, Problem> {
        self.reading().look(|views| views.shelf()).await
    }

    /// A document of coordination by its name in addresses; none if that is the name of another record.
    pub(crate) async fn held_document(&self, id: &str) -> Result<Option<HeldDocument>, Problem> {
        let wanted = id.to_owned();
        let found = self.reading().look(move |views| {
            let row = views.sheet_row(&wanted)?.filter(|row| row.kind.is_of_coordination());
            row.map(|row| Ok((row, views.shelf()?))).transpose()
        });
        let Some((row, shelf)) = found.await? else { return Ok(None) };
        let document = find(&shelf, &row.doc).ok_or_else(crate::participants::lost)?;
        Ok(Some(HeldDocument { row, document, shelf }))
    }

    /// The region in which this office coordinates when it names no other: the country for a ministry.
    pub(crate) fn own_region(&self) -> Result<identity::Region, Problem> {
        crate::participants::parse_region(&self.office().region)
    }
}

/// The agendas that came from a record.
fn agendas_from(shelf: &Shelf, doc: &Coordinate) -> Vec<CoordinationLine> {
    let of = shelf.agendas.iter().filter(|agenda| agenda.opening.what.origin.of.as_ref() == Some(doc));
    of.map(|agenda| agenda_line(agenda, false)).collect()
}

impl Service {
    /// The agendas that came from a record, and what this office may begin from it now.
    pub(crate) async fn escalation(
        &self,
        record: &ProgrammeRecord,
    ) -> Result<(Vec<CoordinationLine>, Vec<BeginView>), Problem> {
        let shelf = self.shelf().await?;
        let agendas = agendas_from(&shelf, record.doc());
        let goes = if let ProgrammeRecord::Consultation(case) = record {
            !case.events.handled.is_empty() || !case.events.assigned.is_empty()
        } else if let ProgrammeRecord::Places(places) = record {
            places.account().bar(|_| true).over > 0
        } else {
            false
        };
        let opens = goes && agendas.is_empty() && self.may_begin(RecordKind::Agenda);
        Ok((agendas, opens.then(|| BeginView::of(RecordKind::Agenda)).into_iter().collect()))
    }
}

/// How an agenda ended, in one line as an officer would note it elsewhere; `None` while it goes on.
pub(crate) fn outcome(agenda: &Agenda) -> Option<String> {
    if !agenda.is_concluded() {
        return None;
    }
    if let Some(closing) = agenda.closings.first() {
        return Some(format!("{}: {}", AgendaStage::Closed.shown(records::Lang::Id), closing.what.reason));
    }
    let version = agenda.versions.ratified().last().or_else(|| agenda.versions.newest())?;
    let state = choices::state_words(&agenda.versions.state(version)).id;
    Some(format!("{}, versi {} ({}): {state}", version.terms.title, version.terms.number, version.hash.short()))
}

/// A document of the shelf.
fn find(shelf: &Shelf, doc: &Coordinate) -> Option<Coordination> {
    let agenda = shelf.agendas.iter().find(|known| known.doc == *doc).cloned().map(Coordination::Agenda);
    let agreement = || shelf.agreements.iter().find(|known| known.doc == *doc).cloned().map(Coordination::Agreement);
    let commitment = || shelf.commitments.iter().find(|known| known.doc == *doc).cloned().map(Coordination::Commitment);
    let calendar = || shelf.calendars.iter().find(|known| known.doc == *doc).cloned().map(Coordination::Calendar);
    let draft = || shelf.drafts.iter().find(|known| known.doc == *doc).cloned().map(Coordination::InternalDraft);
    agenda.or_else(agreement).or_else(commitment).or_else(calendar).or_else(draft)
}

/// What a party is called: as the text calls it, else as the network does.
fn party_name(agenda: Option<&Agenda>, party: &Party, known: &Known) -> String {
    let seat = agenda.and_then(|agenda| agenda.seats.get(party));
    let invited = seat.and_then(|seat| seat.invited.values().first()).map(|invited| invited.name.clone());
    let named = || party.office().and_then(|office| known.office(&office)).map(|(name, _, _)| name);
    invited.or_else(named).unwrap_or_else(|| party.to_string().chars().take(15).collect())
}

/// What an office is called.
fn office_name(office: &OfficeId, known: &Known) -> String {
    known.office(office).map_or_else(|| office.to_string().chars().take(8).collect(), |(name, _, _)| name)
}

/// An article, by its number and heading.
fn article_name(number: usize, heading: Option<&str>) -> Both {
    match heading.filter(|heading| !heading.is_empty()) {
        Some(heading) => both(format!("Pasal {number} {heading}"), format!("Article {number} {heading}")),
        None => both(format!("Pasal {number}"), format!("Article {number}")),
    }
}

/// The years that coordination is asked of.
const YEARS: std::ops::Range<i16> = 2000..2100;

/// A day as people write it here.
fn day(day: records::Date) -> String {
    day.strftime("%d-%m-%Y").to_string()
}

/// What is begun by a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    Agenda,
    Commitment,
    Calendar,
    Draft,
}

impl Begun {
    /// The kinds of coordination that are begun by a form of their own.
    pub(crate) fn of(kind: RecordKind) -> Option<Self> {
        let begun = [
            (RecordKind::Agenda, Self::Agenda),
            (RecordKind::Commitment, Self::Commitment),
            (RecordKind::Calendar, Self::Calendar),
            (RecordKind::InternalDraft, Self::Draft),
        ];
        begun.into_iter().find(|(known, _)| *known == kind).map(|(_, begun)| begun)
    }
}

/// Whether this office takes part in an agenda or convenes it.
fn takes_part(agenda: &Agenda, office: OfficeId) -> bool {
    agenda.party_of(office, None).is_some() || agenda.convenes(office)
}

/// What stands in a calendar for a date.
fn event_name(calendar: &Calendar, event: &identity::EntryHash) -> Option<String> {
    let meet = calendar.events.iter().find(|meet| meet.event.hash == *event)?;
    Some(format!("{} · {}", day(meet.event.what.day), meet.event.what.title))
}
