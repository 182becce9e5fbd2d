//! *Kesehatan*: how the sync of this office and of those that it answers for stands, for an administrator: one sentence,
//! what to do about what is wrong and whom to call, and every office with the worst first.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{AlertView, HealthView, Level, OfficeHealthView, State as OfficeState, Tried};
use service::{Command, Query as Ask};

use crate::app::{App, ask};
use crate::frame::{Frame, Place, page, refused};
use crate::problem::Problem;
use crate::session::{Desk, Posted};
use crate::sheet_form::beside;
use crate::words::Words;

/// How many offices stand on the page unless all are asked for.
const ROWS: usize = 50;

/// For how many hours somebody may say that they deal with an alert.
const HOURS: [i64; 4] = [4, 24, 72, 168];

const HOUR_MS: i64 = 3_600_000;

struct Alert {
    key: String,
    /// Colour and shape.
    state: &'static str,
    sentence: String,
    why: String,
    action: String,
    /// Since when it is told, and about whom; and where there is more about that office.
    about: String,
    office: String,
    /// Whom to call; empty where nobody wrote that down.
    call: String,
    /// Who deals with it, and until when.
    handled: Option<String>,
}

struct Office {
    id: String,
    name: String,
    state: &'static str,
    label: String,
    sentences: Vec<String>,
    heard: String,
}

#[derive(Template)]
#[template(path = "health.html")]
struct HealthPage {
    frame: Frame,
    answer: String,
    ministries: Option<String>,
    as_of: String,
    alerts: Vec<Alert>,
    /// State, what it is called, and how many offices are in it.
    counts: Vec<(&'static str, String, usize)>,
    /// What is known of this computer.
    own: Vec<(String, String)>,
    search: String,
    /// Whether every office that is found is shown.
    all: bool,
    offices: Vec<Office>,
    /// How many more there are than are shown.
    more: usize,
    hours: Vec<(i64, String)>,
    error: Option<String>,
    /// What a button did, each with how it is shown.
    done: Vec<(&'static str, String)>,
}

/// What the table is to show.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    cari: String,
    #[serde(default)]
    semua: String,
}

/// Colour and shape of a state.
pub(crate) fn shape(state: OfficeState) -> &'static str {
    match state {
        OfficeState::Damaged | OfficeState::Forked | OfficeState::Revoked | OfficeState::AtRisk => "alone",
        OfficeState::Stuck | OfficeState::Refused | OfficeState::Lost => "choose",
        OfficeState::Offline | OfficeState::OldVersion | OfficeState::NeverSeen => "away",
        OfficeState::CatchingUp => "busy",
        OfficeState::InSync => "well",
    }
}

pub(crate) fn called(words: Words, state: OfficeState) -> String {
    words.say(&format!("health-{}", state.as_str()))
}

fn alert(words: Words, view: &AlertView) -> Alert {
    let since = [("office", view.office.as_str().into()), ("time", words.when(view.since_ms).into())];
    Alert {
        key: view.key.clone(),
        state: match (view.handled.is_some(), view.level) {
            (true, _) => "away",
            (false, Level::Critical) => "alone",
            (false, Level::Warning | Level::Ok) => "choose",
        },
        sentence: words.of_said(&view.sentence).to_owned(),
        why: words.of_said(&view.why).to_owned(),
        action: words.of_said(&view.action).to_owned(),
        about: words.with("health-about", &since),
        office: view.office_id.clone(),
        call: view.call.join("; "),
        handled: view.handled.as_ref().map(|(by, until)| {
            words.with("health-handled", &[("by", by.as_str().into()), ("time", words.when(*until).into())])
        }),
    }
}

fn office(words: Words, view: &OfficeHealthView) -> Office {
    Office {
        id: view.id.clone(),
        name: view.name.clone(),
        state: shape(view.state),
        label: called(words, view.state),
        sentences: view.sentences.iter().map(|said| words.of_said(said).to_owned()).collect(),
        heard: view.heard_ms.map_or_else(|| words.say("health-never"), |at| words.when(at)),
    }
}

/// What is known of this computer, each with what it is called.
fn own(words: Words, view: &HealthView) -> Vec<(String, String)> {
    let room = view.free_permille.map(|free| words.about("health-room", "percent", free / 10));
    let backup = view.last_backup_ms.map_or_else(|| words.say("health-no-backup"), |at| words.when(at));
    let count = |n: u64| words.about("health-items", "n", n);
    let mut own = vec![(words.say("health-backup"), backup)];
    if let Some(plan) = &view.backups {
        let times = [("n", (plan.every_minutes / 60).into()), ("keep", plan.keep.into())];
        own.push((words.say("health-plan"), words.with("health-plan-is", &times)));
        if let Some(run) = &plan.newest {
            let how = match &run.problem {
                Some(problem) => words.of_said(problem).to_owned(),
                None => words.say("health-restored"),
            };
            own.push((words.about("health-tried", "time", words.when(run.at_ms)), how));
        }
    }
    own.extend(room.map(|room| (words.say("health-disk"), room)));
    own.push((words.say("health-refused-here"), count(view.refused)));
    own.push((words.say("health-waiting-here"), count(view.waiting)));
    own
}

pub(crate) async fn show(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.administers()?;
    shown(&app, &desk, wanted, Happened::default()).await
}

/// What a button did.
#[derive(Default)]
struct Happened {
    error: Option<String>,
    done: Vec<(&'static str, String)>,
}

impl Happened {
    fn failed(error: String) -> Self {
        Self { error: Some(error), ..Self::default() }
    }
}

async fn shown(app: &App, desk: &Desk, wanted: Wanted, happened: Happened) -> Result<Response, Problem> {
    let Happened { error, done } = happened;
    let (frame, _) = Frame::of(app, desk, Place::Health).await?;
    let words = frame.words;
    let view = ask!(app, Ask::Health, Health).map_err(|problem| refused(problem, desk))?;
    let search = wanted.cari.trim().to_lowercase();
    let found: Vec<&OfficeHealthView> =
        view.offices.iter().filter(|one| search.is_empty() || one.name.to_lowercase().contains(&search)).collect();
    let all = wanted.semua == "ya";
    let most = if all { found.len() } else { ROWS.min(found.len()) };
    let count = |state: &OfficeState| {
        let of = view.offices.iter().filter(|one| one.state == *state).count();
        (shape(*state), called(words, *state), of)
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = HealthPage {
        answer: words.of_said(&view.headline).to_owned(),
        ministries: view.ministries.as_ref().map(|said| words.of_said(said).to_owned()),
        as_of: words.about("health-as-of", "time", words.when(view.now_ms)),
        alerts: view.alerts.iter().map(|one| alert(words, one)).collect(),
        counts: OfficeState::ALL.iter().map(count).filter(|(_, _, of)| *of > 0).collect(),
        own: own(words, &view),
        search: wanted.cari.trim().to_owned(),
        all,
        offices: found.iter().take(most).map(|one| office(words, one)).collect(),
        more: found.len() - most,
        hours: HOURS.iter().map(|hours| (*hours, words.about("health-hours", "n", *hours))).collect(),
        error,
        done,
        frame,
    };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

fn how_it_went(words: Words, way: &Tried) -> (&'static str, String) {
    let name = words.say(&format!("health-way-{}", way.way));
    match &way.problem {
        None => ("well", words.with("health-way-took", &[("way", name.into()), ("to", way.to.as_str().into())])),
        Some(problem) => {
            let about = [("way", name.into()), ("to", way.to.as_str().into()), ("problem", problem.as_str().into())];
            ("alone", words.with("health-way-failed", &about))
        }
    }
}

/// Tries whether alerts leave the house.
pub(crate) async fn try_alerts(State(app): State<App>, desk: Desk, _form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let words = Words::of(desk.visit.language);
    let happened = match ask!(app, Command::TryAlerts, AlertsTried) {
        Ok(tried) => {
            Happened { done: tried.iter().map(|way| how_it_went(words, way)).collect(), ..Happened::default() }
        }
        Err(problem) => Happened::failed(beside(words, problem, &desk)?.1),
    };
    shown(&app, &desk, Wanted::default(), happened).await
}

/// Somebody deals with an alert.
pub(crate) async fn handle(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let hours = form.get("hours").parse().ok().filter(|hours| HOURS.contains(hours)).unwrap_or(HOURS[0]);
    let until_ms = jiff::Timestamp::now().as_millisecond() + hours * HOUR_MS;
    let handle = Command::HandleAlert { key: form.get("key").to_owned(), by: desk.officer.name.clone(), until_ms };
    match app.ask(handle).await {
        Ok(_) => Ok(Redirect::to("/kesehatan").into_response()),
        Err(_) => {
            let over = Words::of(desk.visit.language).say("health-over");
            shown(&app, &desk, Wanted::default(), Happened::failed(over)).await
        }
    }
}

/// Whoever comes back to what a button did sees the page.
pub(crate) async fn again() -> Redirect {
    Redirect::to("/kesehatan")
}
