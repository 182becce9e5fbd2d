//! What waits for somebody at this office, the earliest first: the rules of the records over what is held here.

use std::{
    collections::BTreeSet,
    sync::{Arc, MutexGuard, PoisonError},
};

use identity::Region;
use records::{Date, Due, ProgrammeRecord, RecordKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Filter, Page, Reader, ViewsError, sheet_id};

use crate::{
    Service,
    both::Both,
    panel::same,
    problem::Problem,
    sheet_kinds::code_of,
    sheet_write::today,
    sheets::{line, title},
};

/// The most lines that are told.
const DUE_LINES_MAX: usize = 500;

/// Something that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DueLine {
    /// Since or by when, as 2026-03-12.
    pub day: String,
    /// Its day is over.
    pub late: bool,
    /// What waits.
    pub what: Both,
    /// Whom or what it is about.
    pub about: Both,
    /// The kind of the record where it is ended, and its name in addresses.
    pub record: Option<(String, String)>,
    /// The code of the participant on whose page it is ended.
    pub person: Option<String>,
}

/// Everything that waits for somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DueView {
    /// How much there is.
    pub total: u64,
    /// The lines, the earliest first; at most 500.
    pub lines: Vec<DueLine>,
}

/// What was last told, and of which day, how many changes, and how many offices with a node.
pub(crate) type LastDue = Option<((Date, u64, usize), Arc<DueView>)>;

impl Service {
    /// The regions that have an office with a node of its own.
    fn villages_with_a_node(&self) -> BTreeSet<Region> {
        let charter = self.charter_or_none();
        let there = |office: &&charter::Office| office.nodes.iter().any(|node| charter.is_active(node));
        charter.offices().filter(there).map(|office| office.region.clone()).collect()
    }

    fn last_due(&self) -> MutexGuard<'_, LastDue> {
        self.0.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What waits for somebody at this office today.
    pub async fn due(&self) -> Result<Arc<DueView>, Problem> {
        let served = self.villages_with_a_node();
        let day = today();
        let of = (day, self.reading().applied(), served.len());
        if let Some((last, view)) = &*self.last_due()
            && *last == of
        {
            return Ok(view.clone());
        }
        let own = self.office();
        let region: Option<Region> = own.region.parse().ok();
        let serves = match own.kind.as_str() {
            "village" => region.map(Serves::Village),
            // They answer for cases and stamp cards, and follow up what no village does because it has no node.
            "regency" | "agency" => region.map(Serves::Counter),
            _ => None,
        };
        let view = Arc::new(self.reading().look(move |views| due_in(views, serves, &served, day)).await?);
        *self.last_due() = Some((of, view.clone()));
        Ok(view)
    }
}

/// Whose follow-up an office does.
enum Serves {
    /// All of a village.
    Village(Region),
    /// Cards of a region, and all of its villages that have no node.
    Counter(Region),
}

fn due_in(views: &Reader, serves: Option<Serves>, served: &BTreeSet<Region>, day: Date) -> Result<DueView, ViewsError> {
    macro_rules! all {
        ($kind:ident in $places:expr) => {{
            let mut found = Vec::new();
            for place in $places {
                found.extend(all!($kind of Some(place.clone())));
            }
            found
        }};
        ($kind:ident of $place:expr) => {{
            let found = views.records(RecordKind::$kind, $place)?.into_iter();
            let found = found.filter_map(|record| if let ProgrammeRecord::$kind(one) = record { Some(one) } else { None });
            found.collect::<Vec<_>>()
        }};
    }
    fn by_reference<T>(all: &[T]) -> Vec<&T> {
        all.iter().collect()
    }
    let (villages, counter) = match serves {
        Some(Serves::Village(village)) => (vec![village.clone()], vec![village]),
        Some(Serves::Counter(region)) => {
            let without = views.villages(&region)?.into_iter().filter(|village| !served.contains(village));
            (without.collect(), vec![region])
        }
        None => (Vec::new(), Vec::new()),
    };
    let mut participations = Vec::new();
    for village in &villages {
        participations.extend(views.participations_in(village)?);
    }
    let (bimteks, rounds, mentorings) =
        (all!(Bimtek in &villages), all!(MonitoringRound in &villages), all!(Mentoring in &villages));
    let (loans, ledgers) = (all!(Loan in &villages), all!(Ledger in &villages));
    // A case is here because this office is of its roster.
    let (complaints, consultations) = (all!(Complaint of None), all!(Consultation of None));
    let cards = all!(CardApplication in &counter);
    let mut elsewhere = Vec::new();
    for person in cards.iter().filter_map(|card| card.fields.person.one()) {
        elsewhere.extend(views.participations_of(person)?);
    }
    elsewhere.retain(|one| !villages.contains(&one.village));
    let shelf = views.shelf()?;
    let due = records::due(
        &records::Records {
            participations: &by_reference(&participations),
            elsewhere: &by_reference(&elsewhere),
            bimteks: &by_reference(&bimteks),
            rounds: &by_reference(&rounds),
            mentorings: &by_reference(&mentorings),
            loans: &by_reference(&loans),
            ledgers: &by_reference(&ledgers),
            complaints: &by_reference(&complaints),
            consultations: &by_reference(&consultations),
            agendas: &by_reference(&shelf.agendas),
            cards: &by_reference(&cards),
            guest_books: &by_reference(&all!(GuestBook of None)),
        },
        day,
        &crate::rules::rules_in(views)?.figures,
    );
    let total = due.len() as u64;
    let lines = due.into_iter().take(DUE_LINES_MAX).map(|due| due_line(views, &due, day));
    Ok(DueView { total, lines: lines.collect::<Result<_, _>>()? })
}

fn due_line(views: &Reader, due: &Due, day: Date) -> Result<DueLine, ViewsError> {
    let id = sheet_id(&due.doc);
    let record = views.sheet(&id)?.map(|(row, _)| row);
    let person = match due.person {
        Some(person) => views.list(&Filter { person: Some(person), ..Filter::default() }, Page::first(1))?.rows.pop(),
        None => None,
    };
    let called = person.and_then(|row| row.called().or(row.register));
    let about = match (&record, called) {
        (_, Some(name)) => same(&name),
        (Some(row), None) => title(&line(row.clone())),
        (None, None) => Both::default(),
    };
    Ok(DueLine {
        day: due.day.to_string(),
        late: due.day < day,
        what: Both::of(|lang| due.what.text(lang)),
        about,
        record: record.map(|row| (code_of(row.kind).to_owned(), id)),
        person: due.person.map(|person| person.to_string()),
    })
}
