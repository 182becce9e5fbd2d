//! `/api/v1` for the participants: what the pages do, for scripts of the office.
//!
//! A script logs in as an officer and is told a token, which it gives back in `X-CSRF-Token` with everything that
//! changes. A record's ETag is what was shown of it; a change names it in `If-Match`. One that is behind overwrites
//! nothing: what came since stands beside what it saves.

use axum::Json;
use axum::extract::{FromRequest, Path, Request, State, rejection::JsonRejection};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use service::reply::RecordView;
use service::{Command, Find, NotLetIn, Query};

use crate::app::{App, ask};
use crate::frame::refused;
use crate::person::record;
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Visit};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    officer: String,
    password: String,
}

#[derive(Debug, Serialize)]
struct LoggedIn {
    officer: String,
    roles: Vec<service::Role>,
    token: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewParticipant {
    name: String,
    village: Option<String>,
    #[serde(default)]
    fields: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    fields: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    pub(crate) field: String,
    pub(crate) value: String,
}

/// A body in JSON, refused in our own form.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let language = crate::language::Language::of(parts.uri.query(), &parts.headers);
        let refuse = |rejection: &JsonRejection| {
            let reason = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Reason::TooLarge,
                _ => Reason::BadForm,
            };
            Problem::new(reason, &parts, language)
        };
        let request = Request::from_parts(parts.clone(), body);
        match Json::<T>::from_request(request, app).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(refuse(&rejection)),
        }
    }
}

/// An officer who is logged in and whose script gives the token back.
pub(crate) struct Script(pub(crate) Desk);

impl axum::extract::FromRequestParts<App> for Script {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, app: &App) -> Result<Self, Response> {
        let desk = Desk::from_request_parts(parts, app).await?;
        if desk.visit.has_header_token() {
            Ok(Self(desk))
        } else {
            Err(desk.visit.problem(Reason::StaleForm).into_response())
        }
    }
}

pub(crate) async fn log_in(State(app): State<App>, visit: Visit, Body(given): Body<LogIn>) -> Response {
    match app.service().log_in(given.officer, given.password).await {
        Ok(officer) => {
            let mut answer = visit.let_in(&app, &officer.handle, StatusCode::OK);
            let token = Visit::token_of(&app, &answer).unwrap_or_default();
            let told = LoggedIn { officer: officer.handle, roles: officer.roles, token };
            let cookies = std::mem::take(answer.headers_mut());
            (cookies, Json(told)).into_response()
        }
        Err(NotLetIn::Wait { seconds }) => {
            ([(header::RETRY_AFTER, seconds.to_string())], visit.problem(Reason::NotLoggedIn)).into_response()
        }
        Err(NotLetIn::Wrong | NotLetIn::Weak) => visit.problem(Reason::NotLoggedIn).into_response(),
        Err(NotLetIn::Problem(problem)) => Problem::of_node(problem, &visit.parts, visit.language).into_response(),
    }
}

pub(crate) async fn log_out(State(app): State<App>, Script(desk): Script) -> Response {
    desk.visit.log_out(&app, StatusCode::NO_CONTENT)
}

/// By POST, so that no name stands in an address or a log. It changes nothing.
pub(crate) async fn search(State(app): State<App>, desk: Desk, Body(find): Body<Find>) -> Result<Response, Problem> {
    let limit = if find.limit == 0 { service::FOUND_ROWS_MAX } else { find.limit };
    let found = ask!(app, Query::Find(Find { limit, ..find }), Found).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(found).into_response())
}

pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>, desk: Desk) -> Result<Response, Problem> {
    Ok(answered(StatusCode::OK, record(&app, &desk, &id).await?))
}

pub(crate) async fn add(
    State(app): State<App>,
    Script(desk): Script,
    Body(new): Body<NewParticipant>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let fields = new.fields.into_iter().collect();
    let add = Command::Add { officer, name: new.name, village: new.village, fields };
    let row = ask!(app, add, Added).map_err(|problem| refused(problem, &desk))?;
    let place = format!("/api/v1/participants/{}", row.person);
    let answer = answered(StatusCode::CREATED, record(&app, &desk, &row.person).await?);
    Ok(([(header::LOCATION, place)], answer).into_response())
}

pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    Script(desk): Script,
    headers: HeaderMap,
    Body(changes): Body<Changes>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let shown = Some(shown(&desk, &headers)?);
    let set = Command::Set { officer, id: id.clone(), fields: changes.fields.into_iter().collect(), shown };
    app.ask(set).await.map_err(|problem| refused(problem, &desk))?;
    Ok(answered(StatusCode::OK, record(&app, &desk, &id).await?))
}

pub(crate) async fn choose(
    State(app): State<App>,
    Path(id): Path<String>,
    Script(desk): Script,
    headers: HeaderMap,
    Body(choice): Body<Choice>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let shown = Some(shown(&desk, &headers)?);
    let choose = Command::Choose { officer, id: id.clone(), field: choice.field, value: choice.value, shown };
    app.ask(choose).await.map_err(|problem| refused(problem, &desk))?;
    Ok(answered(StatusCode::OK, record(&app, &desk, &id).await?))
}

/// What the one who changes something was shown.
pub(crate) fn shown(desk: &Desk, headers: &HeaderMap) -> Result<String, Problem> {
    let given = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    let given = given.map(|value| value.trim().trim_matches('"')).filter(|value| !value.is_empty() && *value != "*");
    given.map(str::to_owned).ok_or_else(|| desk.visit.problem(Reason::ShownMissing))
}

fn answered(status: StatusCode, record: RecordView) -> Response {
    tagged(status, &record.shown.clone(), record)
}

/// An answer whose tag is what it shows.
pub(crate) fn tagged(status: StatusCode, shown: &str, answer: impl Serialize) -> Response {
    (status, [(header::ETAG, format!("\"{shown}\""))], Json(answer)).into_response()
}
