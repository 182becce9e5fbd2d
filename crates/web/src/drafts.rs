//! What was typed into a form and not sent: kept while it is typed, offered again, gone when the form was taken.

use axum::Json;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::frame::refused;
use crate::login::inside;
use crate::problem::Problem;
use crate::session::{Desk, Posted, Visit};
use crate::words::Words;

/// What a form sends that nobody typed.
const NOT_TYPED: [&str; 6] = ["token", "untuk", "judul", "shown", "confirm", "id"];

/// Which form.
#[derive(Debug, Deserialize)]
pub(crate) struct Of {
    untuk: String,
}

/// What was typed, for the script of the page.
#[derive(Serialize)]
struct Typed {
    /// What to ask, in words.
    offer: String,
    take: String,
    throw_away: String,
    fields: Vec<(String, String)>,
}

/// What was typed into a form; nothing where nothing was.
pub(crate) async fn show(State(app): State<App>, Query(of): Query<Of>, desk: Desk) -> Response {
    let Some(draft) = app.service().draft(&desk.officer.handle, &of.untuk) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let words = Words::of(desk.visit.language);
    let typed = Typed {
        offer: words.about("draft-offer", "time", words.when(draft.at_ms)),
        take: words.say("draft-take"),
        throw_away: words.say("draft-throw-away"),
        fields: draft.fields,
    };
    Json(typed).into_response()
}

/// Keeps what has been typed so far.
pub(crate) async fn keep(State(app): State<App>, desk: Desk, form: Posted) -> Result<StatusCode, Problem> {
    let officer = desk.writes()?.to_owned();
    // It becomes a link of Hari ini.
    let (of, title) = (inside(form.get("untuk")).to_owned(), form.line("judul"));
    let fields = form.fields().filter(|(field, _)| !NOT_TYPED.contains(field) && !field.starts_with("was-"));
    let fields: Vec<_> = fields.map(|(field, text)| (field.to_owned(), text.to_owned())).collect();
    let done = if fields.is_empty() {
        app.service().drop_draft(officer, of).await
    } else {
        app.service().keep_draft(officer, of, title, fields).await
    };
    done.map(|()| StatusCode::NO_CONTENT).map_err(|problem| refused(problem, &desk))
}

/// A form that was taken is no draft any more: it answers by leading on.
pub(crate) async fn forget(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let form = parts.uri.path().to_owned();
    let Ok(visit) = Visit::from_request_parts(&mut parts, &app).await;
    let answer = next.run(Request::from_parts(parts, body)).await;
    if answer.status() == StatusCode::SEE_OTHER
        && let Some(officer) = visit.officer
        && let Err(problem) = app.service().drop_draft(officer.handle, form).await
    {
        // The form was taken all the same; its draft goes with its last day.
        tracing::warn!(error = %problem.message, "a draft that is not needed any more stays");
    }
    answer
}
