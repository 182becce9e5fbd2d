//! *Hanya di sini*: what no other office is known to hold, whether this computer may be switched off, and how it gets to
//! the others: by calling them now, or as a file on a stick, which is taken in here too.

use askama::Template;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{Addressee, ChangedRecord, Changes, Glance, Listed, OnlyHere};
use service::{Command, Query};

use crate::app::{App, ask};
use crate::blank::Blank;
use crate::frame::{Frame, Place, page, refused};
use crate::mulai::attachment;
use crate::problem::Problem;
use crate::rows::row;
use crate::session::{Desk, Posted};
use crate::sheet_form::beside;
use crate::sheets::sheet_row;
use crate::words::Words;

/// The largest bundle that is taken in at a page, in bytes; `simpul bundle import` takes any.
pub(crate) const BUNDLE_BYTES_MAX: usize = 128 << 20;

/// How a file that is carried to another office is called.
pub(crate) const BUNDLE_NAME: &str = "simpul.bundle";

/// One record of which changes are listed.
pub(crate) struct ChangedRow {
    pub(crate) href: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) beside: String,
    pub(crate) since: String,
}

fn changed(words: Words, changed: &ChangedRecord) -> ChangedRow {
    let since = words.when(changed.since_ms);
    match &changed.record {
        Listed::Participant(found) => {
            let row = row(words, found);
            ChangedRow { href: row.href, id: row.id, name: row.name, beside: row.beside, since }
        }
        Listed::Record(line) => {
            let row = sheet_row(words, line);
            let beside =
                [row.kind, row.names, row.place].into_iter().filter(|part| !part.is_empty() && *part != row.title);
            ChangedRow {
                href: row.href,
                id: row.id,
                beside: beside.collect::<Vec<_>>().join(" · "),
                name: row.title,
                since,
            }
        }
    }
}

/// What changes are about, and how many more there are.
pub(crate) fn changed_rows(words: Words, changes: &Changes) -> (Vec<ChangedRow>, Option<String>) {
    let others = (changes.others > 0).then(|| words.about("only-here-others", "n", changes.others));
    (changes.records.iter().map(|record| changed(words, record)).collect(), others)
}

#[derive(Template)]
#[template(path = "only_here.html")]
struct OnlyHerePage {
    frame: Frame,
    glance: Glance,
    error: Option<String>,
    done: Vec<(&'static str, String)>,
    /// Whether it may be switched off or set up anew.
    off: Vec<String>,
    since: String,
    heard: Option<String>,
    rows: Vec<ChangedRow>,
    others: Option<String>,
    offices: Vec<Addressee>,
    calls: bool,
    writes: bool,
    file: Blank,
}

/// Whether the computer may be switched off, and whether it may be set up anew or given away.
fn may_go(words: Words, found: &OnlyHere) -> Vec<String> {
    let mut said = vec![words.say("off-always")];
    if found.changes.changes > 0 {
        said.push(words.about("off-not-anew", "n", found.changes.changes));
    }
    let backup = match found.last_backup_ms {
        Some(at) => words.about("storage-backup", "time", words.when(at)),
        None => words.say("storage-no-backup"),
    };
    if found.by_rule > 0 {
        said.push(format!("{} {backup}", words.about("off-by-rule", "n", found.by_rule)));
    } else if found.changes.changes == 0 {
        said.push(format!("{} {backup}", words.say("off-anew")));
    }
    said
}

async fn shown(app: &App, desk: &Desk, done: Result<Vec<(&'static str, String)>, String>) -> Result<Response, Problem> {
    let (frame, glance) = Frame::of(app, desk, Place::OnlyHere).await?;
    let words = frame.words;
    let found = ask!(app, Query::OnlyHere, OnlyHere).map_err(|problem| refused(problem, desk))?;
    let heard = glance.heard.as_ref().map(|heard| {
        words.with(
            "only-here-heard",
            &[("office", heard.office.as_str().into()), ("time", words.when(heard.time_ms).into())],
        )
    });
    let (rows, others) = changed_rows(words, &found.changes);
    let error = done.as_ref().err().cloned();
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = OnlyHerePage {
        since: glance.only_here_since_ms.map_or_else(String::new, |time| words.when(time)),
        off: may_go(words, &found),
        done: done.unwrap_or_default(),
        offices: found.offices,
        calls: found.calls,
        writes: desk.writes().is_ok(),
        file: Blank::text(words, "file", "stick-file", "").of_kind("file"),
        error,
        heard,
        rows,
        others,
        glance,
        frame,
    };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

pub(crate) async fn show(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    shown(&app, &desk, Ok(Vec::new())).await
}

pub(crate) async fn again() -> Redirect {
    Redirect::to("/hanya-di-sini")
}

/// Calls now whoever is not connected.
pub(crate) async fn call(State(app): State<App>, desk: Desk, _form: Posted) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let done = match app.ask(Command::CallNow).await {
        Ok(_) => Ok(vec![("busy", words.say("only-here-called"))]),
        Err(problem) => Err(beside(words, problem, &desk)?.1),
    };
    shown(&app, &desk, done).await
}

/// Gives a file that the computers of one office can read, and nobody else.
pub(crate) async fn carry(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.writes()?;
    match app.service().bundle_for(form.get("office")).await {
        Ok((_, bytes)) => Ok(attachment(BUNDLE_NAME, bytes)),
        Err(problem) => {
            let text = beside(Words::of(desk.visit.language), problem, &desk)?.1;
            shown(&app, &desk, Err(text)).await
        }
    }
}

/// A form with a bundle.
pub(crate) struct WithBundle(Posted);

impl FromRequest<App> for WithBundle {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        Posted::with_files(request, app, BUNDLE_BYTES_MAX).await.map(Self)
    }
}

/// Takes in what another office wrote on a stick.
pub(crate) async fn take(
    State(app): State<App>,
    desk: Desk,
    WithBundle(form): WithBundle,
) -> Result<Response, Problem> {
    desk.writes()?;
    let words = Words::of(desk.visit.language);
    let Some(bytes) = form.file("file") else {
        return shown(&app, &desk, Err(words.say("stick-no-file"))).await;
    };
    let done = match app.service().take_bundle(bytes).await {
        Ok(done) => {
            let about = [("office", done.office.into()), ("n", done.entries.into())];
            Ok(vec![("well", words.with("stick-taken", &about))])
        }
        Err(problem) => Err(beside(words, problem, &desk)?.1),
    };
    shown(&app, &desk, done).await
}
