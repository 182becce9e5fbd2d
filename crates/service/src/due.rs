//! What waits for somebody at this office, the earliest first: the rules of the records over what is held here.

use std::{
    collections::BTreeSet,
    sync::{Arc, MutexGuard, PoisonError},
};

use identity::{OfficeId, Region};
use records::{CardApplication, Date, Due, RecordKind, Recorded};
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
    /// The kind of the record where it is ended, and its name in addresses; `baru` where it is to be begun.
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
        let reporter = match own.kind.as_str() {
            // The consultation labs of the placement agencies report by rule; others once they have begun to. (S0)
            "agency" => Some((self.node().office(), true)),
            _ => Some((self.node().office(), false)),
        };
        let look = move |views: &Reader| due_in(views, serves, &served, reporter, day);
        let view = Arc::new(self.reading().look(look).await?);
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

fn due_in(
    views: &Reader,
    serves: Option<Serves>,
    served: &BTreeSet<Region>,
    reporter: Option<(OfficeId, bool)>,
    day: Date,
) -> Result<DueView, ViewsError> {
    fn by_reference<T>(all: &[T]) -> Vec<&T> {
        all.iter().collect()
    }
    fn all<T: Recorded>(views: &Reader, places: &[Region]) -> Result<Vec<T>, ViewsError> {
        let mut found = Vec::new();
        for place in places {
            found.extend(views.all(Some(place.clone()))?);
        }
        Ok(found)
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
    let (bimteks, rounds, mentorings) = (all(views, &villages)?, all(views, &villages)?, all(views, &villages)?);
    let (loans, ledgers) = (all(views, &villages)?, all(views, &villages)?);
    // A case is here because this office is of its roster.
    let (complaints, consultations) = (views.all(None)?, views.all(None)?);
    let cards: Vec<CardApplication> = all(views, &counter)?;
    let mut elsewhere = match counter.as_slice() {
        // Whoever reads both villages of a move says that it is accepted.
        [region] => views.moving_in(region)?,
        _ => Vec::new(),
    };
    for person in cards.iter().filter_map(|card| card.fields.person.one()) {
        elsewhere.extend(views.participations_of(person)?);
    }
    elsewhere.retain(|one| !villages.contains(&one.village));
    elsewhere.sort_by(|one, other| one.doc.cmp(&other.doc));
    elsewhere.dedup_by(|one, other| one.doc == other.doc);
    let shelf = views.shelf()?;
    let reports = match reporter {
        Some((office, _)) => views.naming(&office.to_string())?,
        None => Vec::new(),
    };
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
            guest_books: &by_reference(&views.all(None)?),
            groups: &by_reference(&all(views, &villages)?),
            runs: &by_reference(&all(views, &villages)?),
            shares: &by_reference(&all(views, &villages)?),
            places: &by_reference(&all(views, &villages)?),
            plans: &by_reference(&all(views, &villages)?),
            reports: &by_reference(&reports),
            reporter,
        },
        day,
        &crate::rules::rules_in(views)?.figures,
    );
    let total = due.len() as u64;
    let lines = due.into_iter().take(DUE_LINES_MAX).map(|due| due_line(views, &due, day));
    Ok(DueView { total, lines: lines.collect::<Result<_, _>>()? })
}

fn due_line(views: &Reader, due: &Due, day: Date) -> Result<DueLine, ViewsError> {
    let record = match &due.doc {
        Some(doc) => views.sheet_row(&sheet_id(doc))?,
        None => None,
    };
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
        record: match (record, &due.doc) {
            (Some(row), _) => Some((code_of(row.kind).to_owned(), row.id)),
            // What is to be begun: only a report is told of before there is one.
            (None, None) => Some((code_of(RecordKind::Report).to_owned(), "baru".to_owned())),
            (None, Some(_)) => None,
        },
        person: due.person.map(|person| person.to_string()),
    })
}
