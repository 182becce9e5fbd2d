//! The attendance of a Bimtek as a grid: people and days, with every mark that stands.

use std::collections::BTreeSet;

use driver::{Target, What, Write};
use records::{
    Attendance, AttendanceCell, Bimtek, Content, Date, FactDraft, Figures, Mark, PartialDate, PersonId,
    ProgrammeRecord, RecordKind, Said, Unticked,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Service,
    both::Both,
    panel::{Called, People, both, shown},
    participants::parse_officer,
    problem::{Code, Problem},
    reading::Known,
    record::{Who, who_said},
};

/// The attendance of a Bimtek.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttendanceView {
    /// Its days, as 2026-03-12; empty while the first day is not exact or the last lies before it.
    pub days: Vec<String>,
    /// Everybody on the list or marked, by name.
    pub people: Vec<AttendanceRow>,
    /// How many were there, by day.
    pub totals: Vec<u32>,
    /// How many attended every day.
    pub whole: u32,
    /// What can be marked.
    pub marks: Vec<(String, Both)>,
    /// What differs from the figures of the programme.
    pub differs: Vec<Both>,
    /// How many days the programme has.
    pub days_of_programme: u32,
    /// Whether this office may mark.
    pub may_mark: bool,
}

/// The round of monitoring that follows a Bimtek.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoundToOpen {
    /// Its first month.
    pub quarter: Both,
    /// How many people it asks.
    pub people: u64,
}

/// One person's attendance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttendanceRow {
    /// The person's code.
    pub person: String,
    /// How they are called.
    #[serde(flatten)]
    pub called: Called,
    /// One a day.
    pub cells: Vec<AttendanceMarks>,
    /// On how many days they were there without contradiction.
    pub present: u32,
    /// What the rule says of it.
    pub says: Both,
}

/// What stands for one person and day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct AttendanceMarks {
    /// The code of the mark; empty where nobody marked; the codes with `/` between them where offices differ.
    pub mark: String,
    /// The same in words.
    pub text: Both,
    /// Who said each, where offices differ.
    pub said: Vec<(Both, Who)>,
}

/// What an officer changed in the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarkChange {
    /// The person's code.
    pub person: String,
    /// The day, as 2026-03-12.
    pub day: String,
    /// What stood there when the grid was shown, as [`AttendanceMarks::mark`].
    pub was: String,
    /// What is to stand there: the code of a mark, or empty.
    pub now: String,
}

impl Service {
    /// The grid of a Bimtek.
    pub(crate) async fn attendance(
        &self,
        bimtek: &Bimtek,
        known: &Known,
        may_mark: bool,
    ) -> Result<AttendanceView, Problem> {
        let people = self.people(bimtek.people()).await?;
        Ok(grid(bimtek, &people, known, &self.rules().await?.figures, may_mark))
    }

    /// Marks what changed, as one change. What another office marked since the grid was shown is not written over.
    pub(crate) async fn attend(&self, officer: &str, id: &str, changes: &[MarkChange]) -> Result<(), Problem> {
        let officer = parse_officer(officer)?;
        let (row, record) = self.held_sheet(id).await?;
        let ProgrammeRecord::Bimtek(bimtek) = &record else {
            return Err(Problem::bad_input("this record has no attendance", "take the record of a Bimtek"));
        };
        for spec in
            RecordKind::Bimtek.facts().iter().filter(|spec| [Attendance::KEY, Unticked::KEY].contains(&spec.key))
        {
            self.must_say(spec, record.place())?;
        }
        let (days, people) = (bimtek.planned_days(&self.rules().await?.figures), bimtek.people());
        let mut drafts = Vec::new();
        for change in changes {
            let (person, day) = cell_of(change, &people, &days)?;
            drafts.extend(marked(bimtek, person, day, change)?);
        }
        if drafts.is_empty() {
            return Ok(());
        }
        let write = |draft: FactDraft| Write {
            target: Target::Document(row.doc.clone()),
            officer: officer.clone(),
            what: What::Fact { key: draft.key.to_owned(), bytes: draft.bytes },
        };
        self.write(drafts.into_iter().map(write).collect()).await.map(drop)
    }
}

fn grid(bimtek: &Bimtek, people: &People, known: &Known, figures: &Figures, may_mark: bool) -> AttendanceView {
    let days = bimtek.planned_days(figures);
    let row = |person: PersonId| {
        let attended = bimtek.attended(person, &days);
        AttendanceRow {
            person: person.to_string(),
            called: people.called(&person),
            cells: days.iter().map(|day| marks(bimtek, person, *day, known)).collect(),
            present: count(attended.days(days.len())),
            says: attended.words().into(),
        }
    };
    let there = |day: &Date| {
        let present = |person: &PersonId| bimtek.cell(*person, *day) == AttendanceCell::Marked(Mark::Present);
        count(bimtek.people().iter().filter(|person| present(person)).count())
    };
    let whole = |person: &PersonId| bimtek.attended(*person, &days) == records::Attended::Whole;
    AttendanceView {
        people: people.by_name().into_iter().map(row).collect(),
        totals: days.iter().map(there).collect(),
        whole: count(bimtek.people().iter().filter(|person| whole(person)).count()),
        marks: Mark::ALL.iter().map(|mark| (mark.code().to_owned(), mark.words().into())).collect(),
        differs: bimtek.differs_from(figures).into_iter().map(Both::from).collect(),
        days_of_programme: figures.bimtek_days.value,
        days: days.iter().map(Date::to_string).collect(),
        may_mark,
    }
}

/// The marks that stand for a person and day, each once.
fn standing(bimtek: &Bimtek, person: PersonId, day: Date) -> BTreeSet<Mark> {
    said_of(bimtek, person, day).map(|said| said.what.mark).collect()
}

fn said_of(bimtek: &Bimtek, person: PersonId, day: Date) -> impl Iterator<Item = &Said<Attendance>> {
    let here = move |said: &&Said<Attendance>| said.what.person == person && said.what.day == PartialDate::Day(day);
    bimtek.events.attendance.iter().filter(here)
}

fn codes(marks: &BTreeSet<Mark>) -> String {
    marks.iter().map(|mark| mark.code()).collect::<Vec<_>>().join("/")
}

/// What stands in a cell.
fn marks(bimtek: &Bimtek, person: PersonId, day: Date, known: &Known) -> AttendanceMarks {
    let standing = standing(bimtek, person, day);
    let words =
        |pick: fn(Both) -> String| standing.iter().map(|mark| pick(shown(mark))).collect::<Vec<_>>().join(" / ");
    let who = |said: &Said<Attendance>| (shown(&said.what.mark), who_said(&said.by, known));
    AttendanceMarks {
        mark: codes(&standing),
        text: both(words(|both| both.id), words(|both| both.en)),
        said: said_of(bimtek, person, day).filter(|_| standing.len() > 1).map(who).collect(),
    }
}

fn cell_of(change: &MarkChange, people: &BTreeSet<PersonId>, days: &[Date]) -> Result<(PersonId, Date), Problem> {
    let person = change.person.parse().ok().filter(|person| people.contains(person));
    let day = change.day.parse().ok().filter(|day| days.contains(day));
    person.zip(day).ok_or_else(|| {
        Problem::said(
            Code::BadInput,
            Some(&change.field()),
            "orang atau hari itu tidak ada dalam daftar kehadiran: tambahkan pesertanya lebih dulu",
            "that person or day is not in the attendance list: add the participant first",
        )
    })
}

impl MarkChange {
    /// The name of the cell in forms, and in what is refused.
    pub fn field(&self) -> String {
        format!("m-{}-{}", self.person, self.day)
    }
}

/// What a change of a cell says; nothing where it stands so already.
fn marked(bimtek: &Bimtek, person: PersonId, day: Date, change: &MarkChange) -> Result<Option<FactDraft>, Problem> {
    let standing = codes(&standing(bimtek, person, day));
    if standing == change.now {
        return Ok(None);
    }
    if standing != change.was {
        return Err(Problem::said(
            Code::Conflict,
            Some(&change.field()),
            "kehadiran ini baru saja dicatat kantor lain: lihat dulu, lalu simpan lagi",
            "another office has just marked this: look at it, then save again",
        ));
    }
    let day = PartialDate::Day(day);
    if change.now.is_empty() {
        return Ok(Some(Unticked { person, day }.draft()?));
    }
    let mark = Mark::ALL.iter().find(|mark| mark.code() == change.now).copied();
    let mark = mark.ok_or_else(|| {
        Problem::said(
            Code::BadInput,
            Some(&change.field()),
            "pilih hadir, izin, atau alpa: atau kosongkan",
            "choose present, excused or absent: or leave it empty",
        )
    })?;
    Ok(Some(Attendance { person, day, mark }.draft()?))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
