//! Coordination at one glance: every agenda under its state, what waits for this office, what comes next.

use std::collections::BTreeSet;

use identity::Coordinate;
use records::{
    Date, RecordKind,
    coordination::{
        Agenda, Awaiting, Commitment, Coordination, Due, InternalDraft, Kept, Lifecycle, Shelf, awaiting, lifecycle,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::sheet_id;

use super::{NewsView, article_name, day, tables::kept_words};
use crate::{
    Service,
    both::Both,
    panel::{both, same, shown},
    problem::Problem,
    sheet_kinds::code_of,
    sheet_write::today,
};

/// One document of coordination in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoordinationLine {
    /// Its kind, by its name in commands.
    pub kind: String,
    /// Its name in addresses.
    pub id: String,
    /// What it is called.
    pub title: Both,
    /// How it stands, beyond the column that it is in.
    pub state: Both,
    /// Whether it is late or broken.
    pub late: bool,
}

/// Everything in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoordinationColumn {
    /// The state, by its code.
    pub state: String,
    /// What it is called.
    pub label: Both,
    /// What is in it.
    pub lines: Vec<CoordinationLine>,
}

/// Something that waits for this office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwaitingView {
    /// What is to be done.
    pub task: Both,
    /// About what.
    pub about: Both,
    /// The kind of the record, by its name in commands.
    pub kind: String,
    /// Its name in addresses.
    pub id: String,
    /// The last day, as 2026-03-12; none where there is none.
    pub due: Option<String>,
    /// Whether that day has passed.
    pub late: bool,
}

/// A commitment in a list and on the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommitmentLine {
    /// What it is called and how it stands.
    pub line: CoordinationLine,
    /// Whether it was kept, in time or late.
    pub kept: bool,
    /// The day on which it was written down, by its writer's clock, as 2026-03-12.
    pub from: String,
    /// The last day.
    pub due: String,
    /// The day on which its owner says that it was done; none while it is not.
    pub done: Option<String>,
}

/// Coordination at one glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoordinationView {
    /// What other offices said since somebody here marked everything as read.
    pub news: NewsView,
    /// What waits for this office, the most urgent first.
    pub awaiting: Vec<AwaitingView>,
    /// Agendas by state, in the order of the states; states without any are left out.
    pub agendas: Vec<CoordinationColumn>,
    /// Commitments of everybody, those that are late first.
    pub commitments: Vec<CommitmentLine>,
    /// Dates that come, the next first.
    pub dates: Vec<CoordinationLine>,
    /// Whether this office may open an agenda.
    pub may_open: bool,
}

impl Service {
    pub(crate) async fn coordination(&self) -> Result<CoordinationView, Problem> {
        let (shelf, own, today) = (self.shelf().await?, self.node().office(), today());
        let waiting = awaiting(&shelf, own, today).iter().map(|one| self.waiting(&shelf, one)).collect();
        let mut columns: Vec<CoordinationColumn> = Vec::new();
        for state in Lifecycle::ALL {
            let of = shelf.agendas.iter().filter(|agenda| lifecycle(agenda, &shelf, today) == *state);
            let lines: Vec<CoordinationLine> =
                of.map(|agenda| agenda_line(agenda, *state == Lifecycle::Breached)).collect();
            if !lines.is_empty() {
                columns.push(CoordinationColumn { state: state.code().to_owned(), label: shown(state), lines });
            }
        }
        Ok(CoordinationView {
            news: self.news(&shelf, &self.known()),
            awaiting: waiting,
            agendas: columns,
            commitments: commitments(&shelf),
            dates: dates(&shelf),
            may_open: self.node().charter().is_some_and(|charter| charter.is_active(&self.node().key())),
        })
    }

    fn waiting(&self, shelf: &Shelf, one: &Awaiting) -> AwaitingView {
        let (kind, title) = titled(shelf, &one.doc);
        let detail = detail(shelf, &one.doc, &one.about);
        let about = match detail {
            Some(detail) if detail != title => {
                both(format!("{}: {}", title.id, detail.id), format!("{}: {}", title.en, detail.en))
            }
            Some(_) | None => title,
        };
        let due = match one.due {
            Due::By(day) => Some(day.to_string()),
            Due::Open => None,
        };
        AwaitingView {
            task: shown(&one.task),
            about,
            kind: kind.to_owned(),
            id: sheet_id(&one.doc),
            due,
            late: one.due.is_over(today()),
        }
    }
}

/// An agenda in one line, with how far its newest version is.
pub(crate) fn agenda_line(agenda: &Agenda, late: bool) -> CoordinationLine {
    let [id, en] = agenda.title();
    let versions = &agenda.versions;
    let newest = versions.versions.last().map(|version| super::choices::state_words(&versions.state(version)));
    CoordinationLine {
        kind: code_of(RecordKind::Agenda).to_owned(),
        id: sheet_id(&agenda.doc),
        title: both(id, en),
        state: newest.unwrap_or_else(|| shown(&agenda.stage())),
        late,
    }
}

/// A stand that this office drafts, in one line.
pub(super) fn draft_line(draft: &InternalDraft) -> CoordinationLine {
    let summary = Coordination::InternalDraft(draft.clone()).summary();
    let [id, en] = summary.title;
    CoordinationLine {
        kind: code_of(RecordKind::InternalDraft).to_owned(),
        id: sheet_id(&draft.doc),
        title: both(id, en),
        state: summary.state.map(Into::into).unwrap_or_default(),
        late: draft.overdue(today()).next().is_some(),
    }
}

/// The kind and title of a document of the shelf.
pub(super) fn titled(shelf: &Shelf, doc: &Coordinate) -> (&'static str, Both) {
    let Some(found) = super::find(shelf, doc) else { return ("", Both::default()) };
    let [id, en] = found.summary().title;
    (code_of(found.kind()), both(id, en))
}

/// What inside a document something is about: an article or a version.
fn detail(shelf: &Shelf, doc: &Coordinate, about: &str) -> Option<Both> {
    let agenda = shelf.agendas.iter().find(|agenda| agenda.doc == *doc)?;
    let article = agenda.text.articles.iter().position(|article| article.id.to_string() == about);
    if let Some(index) = article {
        return Some(article_name(index + 1, agenda.text.articles.get(index).and_then(|article| article.heading())));
    }
    let version = agenda.versions.versions.iter().find(|version| version.hash.short() == about);
    let name = |number: u32| both(format!("versi {number} ({about})"), format!("version {number} ({about})"));
    version.map(|version| name(version.terms.number))
}

fn commitments(shelf: &Shelf) -> Vec<CommitmentLine> {
    let late = |kept: &Kept| matches!(kept, Kept::Late(_) | Kept::Breached(_));
    let mut all: Vec<_> = shelf.commitments.iter().map(|commitment| (commitment.kept(today()), commitment)).collect();
    all.sort_by_key(|(kept, commitment)| (!late(kept), commitment.promise.what.due, sheet_id(&commitment.doc)));
    let line = |(kept, commitment): (Kept, &Commitment)| {
        let promise = &commitment.promise.what;
        let (state, due) = (kept_words(kept), day(promise.due));
        let done = commitment.progress.iter().filter(|said| said.what.done).map(|said| said.what.date.span().last);
        CommitmentLine {
            kept: matches!(kept, Kept::Kept | Kept::KeptLate | Kept::Depends),
            from: written_on(commitment.promise.by.time_ms).min(promise.due).to_string(),
            due: promise.due.to_string(),
            done: done.min().map(|day| day.to_string()),
            line: CoordinationLine {
                kind: code_of(RecordKind::Commitment).to_owned(),
                id: sheet_id(&commitment.doc),
                title: same(&format!("{} · {}", promise.deliverable, promise.name)),
                state: both(format!("{due}, {}", state.id), format!("{due}, {}", state.en)),
                late: late(&kept),
            },
        }
    };
    all.into_iter().map(line).collect()
}

/// The day of a writer's clock, here.
fn written_on(time_ms: i64) -> Date {
    let at = jiff::Timestamp::from_millisecond(time_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(jiff::tz::TimeZone::system()).date()
}

fn dates(shelf: &Shelf) -> Vec<CoordinationLine> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for calendar in &shelf.calendars {
        for meet in calendar.standing().filter(|meet| meet.event.what.day >= today() && seen.insert(meet.event.hash)) {
            let event = &meet.event.what;
            let line = CoordinationLine {
                kind: code_of(RecordKind::Calendar).to_owned(),
                id: sheet_id(&calendar.doc),
                title: same(&event.title),
                state: same(&format!("{}, {}", day(event.day), event.place)),
                late: false,
            };
            all.push((event.day, line));
        }
    }
    all.sort_by_key(|(day, _)| *day);
    all.into_iter().map(|(_, line)| line).collect()
}
