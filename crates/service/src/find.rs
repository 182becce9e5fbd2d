//! The list of participants as a page shows it: filtered, counted, a part at a time, and enough beside each name to tell
//! people of one name apart.

use records::{Course, LeavingReason, PartialDate, Stage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Decided, Filter, Page, ParticipantRow as ViewRow};

use crate::{Service, both::Both, participants::parse_region, problem::Problem, reference, sheet_write::today};

/// The most rows of one part.
pub const FOUND_ROWS_MAX: u32 = 200;

/// What is looked for. What is not set does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Find {
    /// Words that names begin with, or the beginning of a register number.
    pub search: Option<String>,
    /// The code of a village, regency or province.
    #[schema(pattern = "^(id|[0-9]{2}([.][0-9]{2}([.][0-9]{2}([.][0-9]{4})?)?)?)$")]
    pub region: Option<String>,
    /// A production group.
    pub group: Option<String>,
    /// How far they are.
    pub stage: Option<FindStage>,
    /// Only those of whom something has to be chosen.
    pub contested: bool,
    /// Behind this row of an earlier answer.
    pub after: Option<i64>,
    /// How many rows; 0 for as many as there may be.
    #[schema(maximum = 200)]
    pub limit: u32,
}

/// How far people are, as a list filters it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindStage {
    /// Nothing is decided yet.
    Undecided,
    /// Takes part, however far since.
    Accepted,
    /// On the reserve list.
    Reserve,
    /// Does not take part.
    Rejected,
    /// Two decisions differ.
    Different,
    /// Was at a Bimtek, and no further yet.
    Trained,
    /// Has practised, and no further yet.
    Practised,
    /// Has not begun a business long after the Bimtek.
    NotBegun,
    /// Runs a business.
    Running,
    /// Needs no mentoring any more.
    Independent,
    /// No longer takes part.
    Left,
}

/// One participant in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundRow {
    /// The person's code.
    pub person: String,
    /// The register number.
    pub register: Option<String>,
    /// The name; none where this office may not see it.
    pub name: Option<String>,
    /// Why there is no name.
    pub no_name: Option<Both>,
    /// The village's code.
    pub village: String,
    /// The village's name, if it is known here.
    pub village_name: Option<String>,
    /// The hamlet.
    pub dusun: Option<String>,
    /// The neighbourhood.
    pub rt: Option<String>,
    /// The year of birth.
    pub birth_year: Option<i16>,
    /// The production group.
    pub group: Option<String>,
    /// The number in the group's list.
    pub number: Option<u32>,
    /// How far somebody is, as a code.
    pub stage: String,
    /// How many fields have several values.
    pub contested: u32,
    /// How many items do not count.
    pub notices: u32,
}

impl FoundRow {
    /// Whether they no longer take part.
    pub fn has_left(&self) -> bool {
        self.stage.starts_with("left:")
    }

    /// Whether they died.
    pub fn died(&self) -> bool {
        self.stage == Stage::Left(LeavingReason::Died).code()
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Found {
    /// How many are found in all.
    pub total: u64,
    /// How many there are without any filter.
    pub all: u64,
    /// The production groups there are, with how many are in each.
    pub groups: Vec<(String, u64)>,
    /// The rows, by name.
    pub rows: Vec<FoundRow>,
    /// Give this as `after` for what follows; none at the end.
    pub next: Option<i64>,
}

impl Find {
    /// The same, as the tables are asked.
    pub(crate) fn filter(self) -> Result<Filter, Problem> {
        let region = self.region.as_deref().map(parse_region).transpose()?;
        let on = |course| (Some(Decided::As(records::Outcome::Accepted)), Some(false), Some(course));
        let (decided, left, course) = match self.stage {
            None => (None, None, None),
            Some(FindStage::Undecided) => (Some(Decided::Undecided), Some(false), None),
            Some(FindStage::Accepted) => (Some(Decided::As(records::Outcome::Accepted)), Some(false), None),
            Some(FindStage::Reserve) => (Some(Decided::As(records::Outcome::Reserve)), Some(false), None),
            Some(FindStage::Rejected) => (Some(Decided::As(records::Outcome::Rejected)), Some(false), None),
            Some(FindStage::Different) => (Some(Decided::Different), Some(false), None),
            Some(FindStage::Trained) => on(Course::Trained),
            Some(FindStage::Practised) => on(Course::Practised),
            Some(FindStage::NotBegun) => on(Course::NotBegun),
            Some(FindStage::Running) => on(Course::Running),
            Some(FindStage::Independent) => on(Course::Independent),
            Some(FindStage::Left) => (None, Some(true), None),
        };
        Ok(Filter {
            region,
            text: self.search,
            group: self.group,
            decided,
            left,
            course,
            today: Some(today()),
            contested: self.contested,
            ..Filter::default()
        })
    }
}

impl Service {
    pub(crate) async fn found(&self, find: Find) -> Result<Found, Problem> {
        let limit = find.limit.clamp(1, FOUND_ROWS_MAX) as usize;
        let page = Page { after: find.after, ..Page::first(limit + 1) };
        let filter = find.filter()?;
        self.reading()
            .look(move |views| {
                let mut listed = views.list(&filter, page)?;
                let more = listed.rows.len() > limit;
                listed.rows.truncate(limit);
                let next = listed.rows.last().filter(|_| more).map(|row| row.row);
                Ok(Found {
                    total: listed.total,
                    all: views.list(&Filter::default(), Page::first(0))?.total,
                    groups: views.groups()?,
                    rows: listed.rows.into_iter().map(found_row).collect(),
                    next,
                })
            })
            .await
    }
}

pub(crate) fn found_row(row: ViewRow) -> FoundRow {
    let (name, no_name) = match row.name.known() {
        Some(known) => (Some(known.to_owned()), None),
        None => (None, Some(Both::of(|lang| row.name.text(lang).to_owned()))),
    };
    FoundRow {
        person: row.person.map(|person| person.to_string()).unwrap_or_default(),
        register: row.register,
        name,
        no_name,
        village_name: reference::village(&row.village).map(str::to_owned),
        village: row.village.to_string(),
        dusun: row.dusun,
        rt: row.rt,
        birth_year: row.birth.and_then(PartialDate::year),
        group: row.group,
        number: row.group_number,
        stage: row.stage,
        contested: row.contested,
        notices: row.notices,
    }
}
