//! How far somebody is after the decision: Bimtek, practice, a business, independence; and late starters, who have not
//! begun a business more than a month after the Bimtek. (S0, S3)

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Bimtek, Mentoring, TrainingSubject};
use crate::{
    RecordError,
    content::optional_line,
    date::PartialDate,
    empowerment::{AttendanceCell, Mark},
    facts::Content,
    group::ProductionRun,
    participation::{Course, Events, Outcome, Stage},
    rules::Figures,
    value::PersonId,
};

/// A business was begun: said in the participation, so that it counts for whichever Bimtek came before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// When.
    pub date: PartialDate,
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<String>,
}

impl Content for Started {
    const KEY: &'static str = "started";

    fn check(&self) -> Result<(), RecordError> {
        optional_line(self.business.as_ref())
    }
}

/// Whether somebody is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LateStart {
    /// They did not attend, have begun or left, or the time is not over.
    No,
    /// They have not begun since this day: somebody should ask.
    Since(Date),
    /// It is not known on which day the Bimtek ended.
    Unknown,
}

/// Whether somebody is late on a day, counted from the last Bimtek that they attended. Whoever was never there is not
/// late; whoever began in a month that may lie after the first Bimtek has begun.
pub fn late_start<'a>(
    bimteks: impl IntoIterator<Item = &'a Bimtek>,
    events: &Events,
    person: PersonId,
    day: Date,
    figures: &Figures,
) -> LateStart {
    if matches!(events.stage(), Stage::Left(_)) {
        return LateStart::No;
    }
    let attended: Vec<_> = bimteks.into_iter().filter(|bimtek| bimtek.days_present(person, figures) > 0).collect();
    let ends: Vec<Date> = attended.iter().filter_map(|bimtek| bimtek.planned_days(figures).last().copied()).collect();
    let (Some(first), Some(last)) = (ends.iter().min().copied(), ends.iter().max().copied()) else {
        return if attended.is_empty() { LateStart::No } else { LateStart::Unknown };
    };
    if events.started.iter().any(|said| said.what.date.span().last >= first && said.what.date.span().first <= day) {
        return LateStart::No;
    }
    match last.checked_add(i64::from(figures.late_start_months.value).months()) {
        Ok(limit) if day > limit => LateStart::Since(limit),
        Ok(_) => LateStart::No,
        Err(_) => LateStart::Unknown,
    }
}

/// What says how far somebody is, beside the participation.
#[derive(Debug, Clone, Copy, Default)]
pub struct CourseRecords<'a> {
    /// Trainings.
    pub bimteks: &'a [&'a Bimtek],
    /// Production runs.
    pub runs: &'a [&'a ProductionRun],
    /// Mentoring logs.
    pub mentorings: &'a [&'a Mentoring],
}

/// How far somebody is, whatever the day; and from when it says more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// How far.
    pub stage: Stage,
    /// After this day they have *not begun* ([`Course::NotBegun`]).
    pub not_begun_after: Option<Date>,
}

/// How far somebody is. Only whom the decision accepted goes on from it; of what they have reached the furthest counts,
/// whether or not the steps before it are recorded.
pub fn reached(events: &Events, person: PersonId, around: &CourseRecords<'_>, figures: &Figures) -> Reached {
    let stage = events.stage();
    if stage != Stage::Decided(Outcome::Accepted) {
        return Reached { stage, not_begun_after: None };
    }
    let late = match late_start(around.bimteks.iter().copied(), events, person, Date::MAX, figures) {
        LateStart::Since(limit) => Some(limit),
        LateStart::No | LateStart::Unknown => None,
    };
    let independent = |mentoring: &&Mentoring| {
        mentoring.fields.person.one() == Some(&person) && !mentoring.events.independent.is_empty()
    };
    let course = if around.mentorings.iter().any(independent) {
        Some(Course::Independent)
    } else if late.is_none() && !events.started.is_empty() {
        Some(Course::Running)
    } else if around.runs.iter().any(|run| run.people().contains(&person))
        || around.bimteks.iter().any(|bimtek| practised(bimtek, person))
    {
        Some(Course::Practised)
    } else if around.bimteks.iter().any(|bimtek| bimtek.days_present(person, figures) > 0) {
        Some(Course::Trained)
    } else {
        None
    };
    Reached {
        stage: course.map_or(stage, Stage::On),
        not_begun_after: late.filter(|_| course != Some(Course::Independent)),
    }
}

/// Whether somebody was there on a day on which practice was given.
fn practised(bimtek: &Bimtek, person: PersonId) -> bool {
    bimtek.events.contents.iter().filter(|said| said.what.subject == TrainingSubject::Practice).any(|said| {
        let PartialDate::Day(day) = said.what.day else { return false };
        bimtek.cell(person, day) == AttendanceCell::Marked(Mark::Present)
    })
}
