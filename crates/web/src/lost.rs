//! A lost computer: its rights are taken away here, and the notice that the law asks for is drafted.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::{ToSpan, Zoned};
use service::reply::LostReport;
use service::{Command, Query as Ask};

use crate::app::{App, ask};
use crate::blank::Blank;
use crate::frame::{Frame, Place, page, refused};
use crate::problem::Problem;
use crate::session::{Desk, Posted};
use crate::sheet_form::beside;
use crate::words::Words;

/// Within how many hours of knowing it notice is given: three times twenty-four (UU 27/2022 art. 46).
const NOTICE_HOURS: i64 = 72;

#[derive(Template)]
#[template(path = "lost.html")]
struct LostPage {
    frame: Frame,
    at: String,
    office_at: String,
    title: String,
    removed: bool,
    /// The draft: what each part is called, and what it says.
    notice: Vec<(String, Vec<String>)>,
    known: String,
    faults: Vec<(&'static str, String)>,
    blanks: Vec<Blank>,
}

/// Since when it is known to be lost, as 2026-12-01T08:00.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Since {
    #[serde(default)]
    sejak: String,
}

impl Since {
    /// What was typed, or now.
    fn known(&self) -> Zoned {
        let typed = self.sejak.parse::<jiff::civil::DateTime>().ok();
        let zoned = typed.and_then(|at| at.to_zoned(jiff::tz::TimeZone::system()).ok());
        zoned.unwrap_or_else(Zoned::now)
    }
}

fn notice(words: Words, report: &LostReport, known: &Zoned) -> Vec<(String, Vec<String>)> {
    let moment = |at: &Zoned| words.when(at.timestamp().as_millisecond());
    let by = known.checked_add(NOTICE_HOURS.hours()).map_or_else(|_| words.say("time-unknown"), |by| moment(&by));
    let last = report.heard_ms.into_iter().chain(report.reported_ms).max();
    let last = last.map_or_else(|| words.say("health-never"), |at| words.when(at));
    let mut data = vec![words.about("lost-people", "n", report.people)];
    data.extend(report.places.iter().map(|place| {
        let named = place.name.as_ref().map_or_else(|| place.place.clone(), |name| format!("{name} ({})", place.place));
        words.with("lost-place", &[("place", named.into()), ("n", place.people.into())])
    }));
    data.extend(report.kinds.iter().map(|kind| {
        words.with("lost-kind", &[("kind", words.of_both(&kind.label).into()), ("n", kind.records.into())])
    }));
    let done = if report.removed { "lost-is-removed" } else { "lost-not-removed" };
    vec![
        (words.say("lost-deadline"), vec![words.about("lost-by", "time", by)]),
        (
            words.say("lost-what"),
            vec![
                words.with(
                    "lost-happened",
                    &[("office", report.office.as_str().into()), ("time", moment(known).into())],
                ),
                words.about("lost-last", "time", last),
                words.about("lost-key", "key", report.node.as_str()),
            ],
        ),
        (words.say("lost-data"), data),
        (words.say("lost-guard"), vec![words.say("lost-encrypted")]),
        (words.say("lost-measures"), vec![words.say(done), words.say("lost-others")]),
    ]
}

async fn shown(
    app: &App,
    desk: &Desk,
    key: &str,
    since: &Since,
    (faults, typed): (Vec<(&'static str, String)>, String),
) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(app, desk, Place::Health).await?;
    let words = frame.words;
    let report =
        ask!(app, Ask::LostNode { node: key.to_owned() }, LostNode).map_err(|problem| refused(problem, desk))?;
    let known = since.known();
    let mut reason = Blank::text(words, "reason", "lost-reason", &typed);
    reason.error = faults.first().map(|(_, text)| text.clone());
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = LostPage {
        at: format!("/kesehatan/komputer/{}", report.node),
        office_at: format!("/kesehatan/kantor/{}", report.office_id),
        title: words.about("lost-title", "office", report.office.as_str()),
        removed: report.removed,
        notice: notice(words, &report, &known),
        known: known.strftime("%Y-%m-%dT%H:%M").to_string(),
        faults,
        blanks: vec![reason],
        frame,
    };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

pub(crate) async fn show(
    State(app): State<App>,
    Path(key): Path<String>,
    Query(since): Query<Since>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.administers()?;
    shown(&app, &desk, &key, &since, Default::default()).await
}

/// Takes the computer's rights away.
pub(crate) async fn remove(
    State(app): State<App>,
    Path(key): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    desk.administers()?;
    let words = Words::of(desk.visit.language);
    let reason = form.get("reason").trim().to_owned();
    let fault = if reason.is_empty() {
        words.say("lost-no-reason")
    } else {
        match app.ask(Command::Remove { node: key.clone(), reason: reason.clone() }).await {
            Ok(_) => return Ok(Redirect::to(&format!("/kesehatan/komputer/{key}")).into_response()),
            Err(problem) => beside(words, problem, &desk)?.1,
        }
    };
    shown(&app, &desk, &key, &Since::default(), (vec![("reason", fault)], reason)).await
}
