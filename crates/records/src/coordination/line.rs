//! A document of coordination in one line, for lists. Whether something is late depends on the day and on other
//! documents: that is for whoever lists them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Agenda, AgendaStage, AgendaStep, Agreement, Commitment, Coordination, InternalDraft, VersionState, Versions,
};
use crate::{FieldType, Fields, Lang, Summary, words::Words};

const ACCEPTED: Words = Words { id: "berjalan", en: "under way" };
const PROPOSED: Words = Words { id: "belum diterima pemiliknya", en: "not accepted by its owner" };
const DONE: Words = Words { id: "dilaporkan selesai", en: "reported as done" };
const RATIFIED: Words = Words { id: "ditetapkan", en: "ratified by all" };
const ON_PAPER: Words = Words { id: "ditandatangani di kertas", en: "signed on paper" };
const OPEN: Words = Words { id: "menunggu penetapan", en: "waits for ratification" };
const RELEASED: Words = Words { id: "dirilis", en: "released" };
const DRAFT: Words = Words { id: "rancangan", en: "draft" };

impl Coordination {
    /// Its line in a list.
    pub fn summary(&self) -> Summary {
        let (title, state, open, day, due) = match self {
            Self::Agenda(agenda) => of_agenda(agenda),
            Self::Agreement(agreement) => of_agreement(agreement),
            Self::Commitment(commitment) => of_commitment(commitment),
            Self::Calendar(calendar) => {
                let title = [format!("Kalender {}", calendar.year), format!("Calendar {}", calendar.year)];
                (title, None, true, Date::new(calendar.year, 1, 1).ok(), None)
            }
            Self::InternalDraft(draft) => of_draft(draft),
        };
        Summary { title, state, open, day, due, persons: BTreeSet::new() }
    }
}

/// As much of a text as a list has room for.
fn first_line(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= CHARS_MAX {
        line.to_owned()
    } else {
        line.chars().take(CHARS_MAX).chain(['…']).collect()
    }
}

type Line = ([String; 2], Option<Words>, bool, Option<Date>, Option<Date>);

fn same(text: &str) -> [String; 2] {
    [text.to_owned(), text.to_owned()]
}

impl Agenda {
    /// What it is called, in Indonesian and English; two titles both, until somebody chooses.
    pub fn title(&self) -> [String; 2] {
        let titles = self.fields.shown("title", Lang::Id);
        if titles.is_empty() {
            ["Agenda tanpa judul".to_owned(), "Agenda without a title".to_owned()]
        } else {
            same(&titles.join(" / "))
        }
    }
}

fn of_agenda(agenda: &Agenda) -> Line {
    let (stage, title) = (agenda.stage(), agenda.title());
    let step = match stage {
        AgendaStage::Proposed | AgendaStage::Stands => Some(AgendaStep::Stands),
        AgendaStage::Discussed => Some(AgendaStep::Text),
        AgendaStage::Final | AgendaStage::OnPaper => Some(AgendaStep::Ratification),
        AgendaStage::Ratified | AgendaStage::Closed => None,
    };
    let open = !matches!(stage, AgendaStage::Ratified | AgendaStage::Closed);
    (title, Some(stage.words()), open, None, step.and_then(|step| agenda.opening.what.due(step)))
}

fn of_agreement(agreement: &Agreement) -> Line {
    let Some(version) = agreement.version() else { return (same(""), None, false, None, None) };
    let state = match state_of(&agreement.versions) {
        Some(VersionState::Ratified) => RATIFIED,
        Some(VersionState::OnPaper { .. }) => ON_PAPER,
        Some(VersionState::Open { .. }) | None => OPEN,
    };
    (same(&version.terms.title), Some(state), !agreement.is_ratified(), Some(version.terms.from), version.terms.until)
}

fn state_of(versions: &Versions) -> Option<VersionState> {
    versions.versions.first().map(|version| versions.state(version))
}

fn of_commitment(commitment: &Commitment) -> Line {
    let promise = &commitment.promise.what;
    let done = commitment.progress.iter().any(|said| said.what.done);
    let state = match (commitment.accepted, done) {
        (false, _) => PROPOSED,
        (true, false) => ACCEPTED,
        (true, true) => DONE,
    };
    let title = format!("{} · {}", promise.deliverable, promise.name);
    (same(&title), Some(state), !done, None, Some(promise.due))
}

fn of_draft(draft: &InternalDraft) -> Line {
    let released = draft.is_released();
    let title = match draft.drafts.first().map(|said| &said.what.stand) {
        Some(stand) => [Lang::Id, Lang::En].map(|lang| {
            let stance = stand.stance.shown(lang);
            stand.why.as_ref().map_or_else(|| stance.clone(), |why| format!("{stance}: {}", first_line(why)))
        }),
        None => ["Rancangan tanggapan".to_owned(), "Draft of a stand".to_owned()],
    };
    (title, Some(if released { RELEASED } else { DRAFT }), !released, None, None)
}
