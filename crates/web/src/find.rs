//! The list of participants. What is looked for comes by POST, so that no name stands in an address or a log.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use service::{Find, FindSheets, FindStage, Query};

use crate::app::{App, ask};
use crate::frame::{Frame, Place, page, refused};
use crate::panels::{Panel, panels};
use crate::paper::PrintLinks;
use crate::problem::Problem;
use crate::rows::{Row, row};
use crate::session::{Desk, Posted};
use crate::sheets::{SheetRow, sheet_row};

/// How many rows a page shows.
const ROWS: u32 = 50;

/// The most other records that are named beside people: whoever has more chooses in the first ones.
const RECORDS_MAX: u32 = 50;

/// The stages that a list can be narrowed to.
pub(crate) const STAGES: [(&str, FindStage); 11] = [
    ("undecided", FindStage::Undecided),
    ("accepted", FindStage::Accepted),
    ("reserve", FindStage::Reserve),
    ("rejected", FindStage::Rejected),
    ("different", FindStage::Different),
    ("trained", FindStage::Trained),
    ("practised", FindStage::Practised),
    ("not-begun", FindStage::NotBegun),
    ("running", FindStage::Running),
    ("independent", FindStage::Independent),
    ("left", FindStage::Left),
];

/// One choice of a filter.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    frame: Frame,
    title: String,
    /// How many were found, in words.
    answer: String,
    search: String,
    groups: Vec<Choice>,
    stages: Vec<Choice>,
    /// Where the list is asked for again.
    path: &'static str,
    /// The page shows only those of whom something has to be chosen.
    contested: bool,
    filtered: bool,
    /// Nobody is registered at all.
    nobody: bool,
    /// Villages differ, so they stand beside the names.
    villages: bool,
    rows: Vec<Row>,
    /// Other records of which something has to be chosen.
    records: Vec<SheetRow>,
    /// What else is to be looked at.
    panels: Vec<Panel>,
    after: String,
    next: Option<i64>,
    prints: [PrintLinks; 1],
    writes: bool,
}

pub(crate) async fn list(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    shown(&app, &desk, &Posted::default(), Place::Participants).await
}

pub(crate) async fn search(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    shown(&app, &desk, &form, Place::Participants).await
}

pub(crate) async fn look(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    shown(&app, &desk, &Posted::default(), Place::Look).await
}

pub(crate) async fn look_on(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    shown(&app, &desk, &form, Place::Look).await
}

/// What a form looks for.
pub(crate) fn wanted(form: &Posted, contested: bool) -> Find {
    let stage = form.get("stage");
    Find {
        search: form.given("search"),
        group: form.given("group"),
        stage: STAGES.iter().find(|(code, _)| *code == stage).map(|(_, stage)| *stage),
        contested,
        after: form.get("after").parse().ok(),
        limit: ROWS,
        region: None,
    }
}

async fn shown(app: &App, desk: &Desk, form: &Posted, place: Place) -> Result<Response, Problem> {
    let (frame, glance) = Frame::of(app, desk, place).await?;
    let words = frame.words;
    let contested = place == Place::Look;
    let stage = form.get("stage");
    let find = wanted(form, contested);
    let filtered = find.search.is_some() || find.group.is_some() || find.stage.is_some();
    let search = form.get("search").trim().to_owned();
    let group = form.get("group").to_owned();
    let found = *ask!(app, Query::Find(find), Found).map_err(|problem| refused(problem, desk))?;
    let records = FindSheets { contested, limit: RECORDS_MAX, ..FindSheets::default() };
    let records = match contested {
        true => ask!(app, Query::Sheets(records), Sheets).map_err(|problem| refused(problem, desk))?.rows,
        false => Vec::new(),
    };
    let look = match contested {
        true => app.service().look().await.map_err(|problem| refused(problem, desk))?,
        false => Vec::new(),
    };
    let title = words.say(if contested { "look-title" } else { "list-title" });
    let answer = match (contested, filtered) {
        (true, _) if found.total == 0 && records.is_empty() && !look.is_empty() => words.say("look-none-chosen"),
        (true, _) if found.total == 0 && !records.is_empty() => words.about("look-records", "n", records.len()),
        (true, _) if found.total == 0 => words.say("look-none"),
        (true, _) => words.about("look-some", "n", found.total),
        (false, true) => words.with("list-found", &[("n", found.total.into()), ("all", found.all.into())]),
        (false, false) => words.about("list-all", "n", found.all),
    };
    let first = found.rows.first().map(|row| row.village.clone());
    let villages =
        found.rows.iter().any(|row| Some(&row.village) != first.as_ref()) || app.service().office().kind != "village";
    let groups = found.groups.iter().map(|(name, n)| Choice {
        value: name.clone(),
        label: words.with("list-group", &[("group", name.as_str().into()), ("n", (*n).into())]),
        chosen: *name == group,
    });
    let stages = STAGES.iter().map(|(code, _)| Choice {
        value: (*code).to_owned(),
        label: words.say(&format!("filter-{code}")),
        chosen: *code == stage,
    });
    let list = List {
        title,
        answer,
        search,
        groups: groups.collect(),
        stages: stages.collect(),
        path: if contested { "/perlu-dilihat" } else { "/peserta" },
        contested,
        filtered,
        nobody: found.all == 0,
        villages,
        rows: found.rows.iter().map(|found| row(words, found)).collect(),
        panels: panels(words, "", &look, desk.officer.writes()),
        records: records.iter().map(|line| sheet_row(words, line)).collect(),
        after: form.get("after").to_owned(),
        next: found.next,
        prints: [PrintLinks::new(words, "print-blank", "/peserta/cetak-kosong".to_owned())],
        writes: desk.officer.writes() && glance.may_register,
        frame,
    };
    Ok(page(&list, &desk.visit))
}
