//! Late starters: who has not begun a business more than a month after the Bimtek. (S0)

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::Bimtek;
use crate::{
    RecordError,
    content::optional_line,
    date::PartialDate,
    facts::Content,
    participation::{Participation, Stage},
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
    /// The day on which the Bimtek ended is not exact.
    Unknown,
}

/// Whether a participant of a Bimtek is late on a day. Whoever was never there is not late; whoever began in a month that
/// may lie before the Bimtek has begun.
pub fn late_start(
    bimtek: &Bimtek,
    participation: &Participation,
    person: PersonId,
    day: Date,
    figures: &Figures,
) -> LateStart {
    let events = &participation.events;
    if bimtek.days_present(person) == 0 || matches!(events.stage(), Stage::Left(_)) {
        return LateStart::No;
    }
    let Some(PartialDate::Day(ended)) = bimtek.fields.finish.one() else { return LateStart::Unknown };
    if events.started.iter().any(|said| said.what.date.span().last >= *ended && said.what.date.span().first <= day) {
        return LateStart::No;
    }
    match ended.checked_add(i64::from(figures.late_start_months.value).months()) {
        Ok(limit) if day > limit => LateStart::Since(limit),
        Ok(_) => LateStart::No,
        Err(_) => LateStart::Unknown,
    }
}
