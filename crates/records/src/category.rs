//! The five categories, each judged for a day by dates that may be a month, a year or unknown.

use identity::Coordinate;
use jiff::{ToSpan, civil::Date};

use crate::{
    circumstances::{Course, Journey, Relative, World},
    date::{PartialDate, Span},
    participation::Category,
    person::Relation,
    rules::Rules,
};

/// Yes, no, or not the same on every day that a date may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tri {
    Yes,
    No,
    Open,
}

impl Tri {
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            (Self::Open, _) | (_, Self::Open) => Self::Open,
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Open => Self::Open,
        }
    }

    /// Whether something that happens once, within `event`, has happened by every day, no day or some days of `day`.
    fn happened(event: Span, day: Span) -> Self {
        if event.last <= day.first {
            Self::Yes
        } else if event.first > day.last {
            Self::No
        } else {
            Self::Open
        }
    }
}

/// A fact that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// When somebody departed, or more exactly.
    Departure,
    /// When somebody came back, or more exactly.
    Return,
    /// A journey whose return lies before its departure has to be corrected.
    Order,
    /// The journey itself.
    Trip,
    /// Who of the family it is.
    Tie,
    /// From when to when a family tie holds.
    TieDates,
    /// The relative's journey.
    RelativeTrip,
    /// Family ties cannot be seen at this office.
    FamilyHidden,
    /// Any fact at all about journeys, family or plans.
    Category,
    /// Whether the condition holds.
    Answer,
    /// The day of the decision, more exactly.
    DecisionDay,
    /// The rules of this programme.
    Rules,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clue {
    /// A departure on this date is planned.
    Planned(PartialDate),
    /// They say so themselves.
    Claimed,
    /// Abroad since this date.
    Abroad(Option<PartialDate>),
    /// Back since `on`; the window lasts to `until`, if no day of `on` gives an earlier end.
    Back {
        /// The return.
        on: PartialDate,
        /// The last day of the window.
        until: Date,
    },
    /// The window ended with `until`, even counted from the last day that `on` may mean.
    Over {
        /// The return.
        on: PartialDate,
        /// The last day of the window.
        until: Date,
    },
    /// A relative: what the participant is to them, and what was found about them.
    Relative(Relation, Box<Clue>),
    /// The participant is to them something that the programme does not count.
    NotCounted(Relation),
    /// The tie does not hold on that day.
    TieEnded(Relation),
    /// Nothing on record says so.
    Nothing,
    /// Asked, and answered.
    Said(bool),
    /// A fact is missing.
    Missing(Missing),
    /// Two values stand in this field.
    Contested(&'static str),
}

/// An answer with its clues.
pub(crate) struct Finding {
    pub(crate) answer: Tri,
    pub(crate) clues: Vec<(Tri, Clue, Option<Coordinate>)>,
}

impl Finding {
    fn of(answer: Tri, clue: Clue, doc: Option<&Coordinate>) -> Self {
        Self { answer, clues: vec![(answer, clue, doc.cloned())] }
    }

    /// Yes if any says yes; then only what says yes speaks.
    fn any(findings: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self { answer: Tri::No, clues: Vec::new() };
        for finding in findings {
            all.answer = all.answer.or(finding.answer);
            all.clues.extend(finding.clues);
        }
        all.clues.retain(|(answer, _, _)| *answer == all.answer);
        if all.clues.is_empty() {
            all.clues.push((all.answer, Clue::Nothing, None));
        }
        all
    }
}

/// Whether a category holds on every day of `day`.
pub(crate) fn judge(category: Category, world: &World, day: Span, rules: &Rules) -> Finding {
    let own = with_claimed_return(world, day);
    match category {
        Category::Prospective => prospective(&own, world.claims(category), day),
        Category::Active => {
            let finding = Finding::any(own.iter().map(|journey| abroad(journey, day)));
            unless_claimed(finding, own.is_empty(), world.claims(category), Missing::Trip)
        }
        Category::Returned => {
            let finding = returned(&own, day, rules);
            let no_return = own.iter().all(|journey| journey.returned.is_none());
            unless_claimed(finding, no_return, world.claims(category), Missing::Return)
        }
        Category::FamilyOfActive => family(world, category, day, rules, &|journeys| {
            Finding::any(journeys.iter().map(|journey| abroad(journey, day)))
        }),
        Category::FamilyOfReturned => family(world, category, day, rules, &|journeys| returned(journeys, day, rules)),
    }
}

/// A claim without the facts that would bear it leaves the answer open and names what is missing.
fn unless_claimed(finding: Finding, bare: bool, claim: Option<bool>, missing: Missing) -> Finding {
    if finding.answer == Tri::No && bare && claim == Some(true) {
        Finding::of(Tri::Open, Clue::Missing(missing), None)
    } else {
        finding
    }
}

/// Somebody who says that they are back while no return is on record is back since some day that nobody noted.
fn with_claimed_return(world: &World, day: Span) -> Vec<Journey> {
    let mut own = world.own.clone();
    let back = world.claims(Category::Returned) == Some(true) && own.iter().all(|journey| journey.returned.is_none());
    let begun = |journey: &Journey| match journey.course() {
        Course::Dated(departed, _) if departed.first <= day.last => Some(departed.first),
        Course::Dated(..) | Course::Blank | Course::Impossible => None,
    };
    if back
        && let Some(last) =
            own.iter_mut().filter(|journey| begun(journey).is_some()).max_by_key(|journey| begun(journey))
    {
        last.returned = Some(PartialDate::Unknown);
    }
    own
}

/// Which date would settle a journey on that day.
fn missing_date(course: Course, day: Span) -> Missing {
    match course {
        Course::Blank => Missing::Departure,
        Course::Impossible => Missing::Order,
        Course::Dated(departed, back) => {
            let single = |span: Span| span.first == span.last;
            if single(departed) && back.is_none_or(single) && !single(day) {
                Missing::DecisionDay
            } else if Tri::happened(departed, day) == Tri::Open && back.is_none_or(|b| b.last > day.first) {
                Missing::Departure
            } else {
                Missing::Return
            }
        }
    }
}

/// Whether the journey lasts through the day: the day of departure is abroad, the day of return is at home.
fn abroad_answer(course: Course, day: Span) -> Tri {
    match course {
        Course::Blank | Course::Impossible => Tri::Open,
        Course::Dated(departed, back) => {
            let home = back.map_or(Tri::No, |back| Tri::happened(back, day));
            Tri::happened(departed, day).and(home.not())
        }
    }
}

fn abroad(journey: &Journey, day: Span) -> Finding {
    let course = journey.course();
    match abroad_answer(course, day) {
        Tri::Yes => Finding::of(Tri::Yes, Clue::Abroad(journey.departure), Some(&journey.trip)),
        Tri::No => Finding { answer: Tri::No, clues: Vec::new() },
        Tri::Open => Finding::of(Tri::Open, Clue::Missing(missing_date(course, day)), Some(&journey.trip)),
    }
}

fn open(missing: Missing, journey: &Journey) -> Finding {
    Finding::of(Tri::Open, Clue::Missing(missing), Some(&journey.trip))
}

/// The last day of the window after a return on `back`.
fn window_end(back: Date, months: u32) -> Date {
    let months = i64::from(months.min(12 * 200));
    back.checked_add(months.months()).unwrap_or(Date::MAX)
}

/// Back, not abroad again, and within the window of some return.
fn returned(journeys: &[Journey], day: Span, rules: &Rules) -> Finding {
    let away = Finding::any(journeys.iter().map(|journey| abroad(journey, day)));
    match away.answer {
        Tri::Yes => {
            return Finding {
                answer: Tri::No,
                clues: away.clues.into_iter().map(|(_, c, d)| (Tri::No, c, d)).collect(),
            };
        }
        Tri::Open | Tri::No => {}
    }
    let months = rules.returned_months_max.value;
    let windows = Finding::any(journeys.iter().filter_map(|journey| {
        let (on, back) = match journey.course() {
            Course::Dated(_, Some(back)) => (journey.returned?, back),
            Course::Dated(_, None) => return None,
            Course::Blank => return Some(open(Missing::Return, journey)),
            Course::Impossible => return Some(open(Missing::Order, journey)),
        };
        let (earliest_end, latest_end) = (window_end(back.first, months), window_end(back.last, months));
        let doc = Some(&journey.trip);
        Some(match Tri::happened(back, day) {
            Tri::No => Finding { answer: Tri::No, clues: Vec::new() },
            Tri::Yes if day.last <= earliest_end => Finding::of(Tri::Yes, Clue::Back { on, until: earliest_end }, doc),
            Tri::Yes | Tri::Open if day.first > latest_end => {
                Finding::of(Tri::No, Clue::Over { on, until: latest_end }, doc)
            }
            Tri::Yes | Tri::Open => {
                let missing = if back.first == back.last { Missing::DecisionDay } else { Missing::Return };
                Finding::of(Tri::Open, Clue::Missing(missing), doc)
            }
        })
    }));
    match (windows.answer, away.answer) {
        (Tri::Yes, Tri::Open) => away,
        _ => windows,
    }
}

fn prospective(own: &[Journey], claim: Option<bool>, day: Span) -> Finding {
    let planned = Finding::any(own.iter().filter_map(|journey| {
        let (departed, date) = match journey.course() {
            Course::Dated(departed, _) => (departed, journey.departure?),
            Course::Blank => return Some(open(Missing::Departure, journey)),
            Course::Impossible => return Some(open(Missing::Order, journey)),
        };
        Some(match Tri::happened(departed, day) {
            Tri::No => Finding::of(Tri::Yes, Clue::Planned(date), Some(&journey.trip)),
            Tri::Yes => Finding { answer: Tri::No, clues: Vec::new() },
            Tri::Open => {
                Finding::of(Tri::Open, Clue::Missing(missing_date(journey.course(), day)), Some(&journey.trip))
            }
        })
    }));
    if claim != Some(true) || planned.answer == Tri::Yes {
        return planned;
    }
    let away = Finding::any(own.iter().map(|journey| abroad(journey, day)));
    match away.answer {
        Tri::No => Finding::of(Tri::Yes, Clue::Claimed, None),
        Tri::Yes => {
            Finding { answer: Tri::No, clues: away.clues.into_iter().map(|(_, c, d)| (Tri::No, c, d)).collect() }
        }
        Tri::Open => away,
    }
}

fn family(
    world: &World,
    category: Category,
    day: Span,
    rules: &Rules,
    found: &dyn Fn(&[Journey]) -> Finding,
) -> Finding {
    let claim = world.claims(category);
    let Some(relatives) = &world.family else {
        return if claim == Some(false) {
            Finding::of(Tri::No, Clue::Nothing, None)
        } else {
            Finding::of(Tri::Open, Clue::Missing(Missing::FamilyHidden), None)
        };
    };
    let finding = Finding::any(relatives.iter().map(|relative| one_relative(relative, day, rules, found)));
    let bare = relatives.iter().all(|relative| relative.journeys.is_empty());
    let missing = if relatives.is_empty() { Missing::Tie } else { Missing::RelativeTrip };
    unless_claimed(finding, bare, claim, missing)
}

fn one_relative(relative: &Relative, day: Span, rules: &Rules, found: &dyn Fn(&[Journey]) -> Finding) -> Finding {
    let relation = relative.relation;
    if !rules.relations.value.contains(&relation) {
        return Finding::of(Tri::No, Clue::NotCounted(relation), Some(&relative.tie));
    }
    let begun = relative.since.map_or(Tri::Yes, |since| Tri::happened(since.span(), day));
    let ended = relative.until.map_or(Tri::No, |until| Tri::happened(until.span(), day));
    let tied = begun.and(ended.not());
    if tied == Tri::No {
        return Finding::of(Tri::No, Clue::TieEnded(relation), Some(&relative.tie));
    }
    let mut finding = found(&relative.journeys);
    if finding.answer == Tri::Yes && tied == Tri::Open {
        return Finding::of(Tri::Open, Clue::Missing(Missing::TieDates), Some(&relative.tie));
    }
    for (_, clue, _) in &mut finding.clues {
        *clue = Clue::Relative(relation, Box::new(clue.clone()));
    }
    finding
}
