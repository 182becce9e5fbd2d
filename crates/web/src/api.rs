//! `/api/v1` for the participants: what the pages do, for scripts of the office.
//!
//! A script gives a token of its own, or logs in as an officer and is told a token of the session, which it gives back in
//! `X-CSRF-Token` with everything that changes. A record's ETag is what was shown of it; a change names it in `If-Match`.
//! One that is behind overwrites nothing: what came since stands beside what it saves. `openapi` describes all of it.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State, rejection::JsonRejection};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use service::reply::{CheckView, Found, RecordView};
use service::{Command, Find, Input, NotLetIn, Query};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::app::{App, ask};
use crate::frame::refused;
use crate::language::Language;
use crate::nameless::{is_of_person, nameless, nameless_row};
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Visit};

/// An officer's handle and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    officer: String,
    password: String,
}

/// Who is logged in now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoggedIn {
    officer: String,
    roles: Vec<service::Role>,
    /// Given back in `X-CSRF-Token` with everything that changes something.
    token: String,
}

/// Somebody to be registered: a name and a village are enough.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewParticipant {
    name: String,
    /// The code of the village; the office's own if it is one.
    village: Option<String>,
    /// Further fields, by name: `/api/v1/participants/fields` lists them.
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// Fields and what they are to say; empty text empties a field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ParticipantChanges)]
pub(crate) struct Changes {
    pub(crate) fields: BTreeMap<String, String>,
}

/// Of the values that stand for a field, the one that stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    pub(crate) field: String,
    /// As `stored` gives it.
    pub(crate) value: String,
}

/// What is about to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToCheck {
    /// The code of the village; the office's own if it is one.
    village: Option<String>,
    /// The code of the person whose fields these are, if they are registered.
    except: Option<String>,
    fields: BTreeMap<String, String>,
}

/// The one name in a path.
pub(crate) struct Named(pub(crate) String);

impl FromRequestParts<App> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        names(parts, app).await.map(Self)
    }
}

/// The two names in a path: of a record, and of something in it.
pub(crate) struct NamedPart(pub(crate) String, pub(crate) String);

impl FromRequestParts<App> for NamedPart {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        names(parts, app).await.map(|(record, part)| Self(record, part))
    }
}

async fn names<T: DeserializeOwned + Send>(parts: &mut Parts, app: &App) -> Result<T, Problem> {
    match Path::<T>::from_request_parts(parts, app).await {
        Ok(Path(names)) => Ok(names),
        Err(rejection) => {
            let language = Language::of(parts.uri.query(), &parts.headers);
            Err(Problem::unreadable(rejection.body_text(), "write the path in UTF-8", parts, language))
        }
    }
}

/// A body in JSON, refused in our own form.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let language = Language::of(parts.uri.query(), &parts.headers);
        let refuse = |rejection: &JsonRejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Reason::TooLarge, &parts, language),
            _ => Problem::unreadable(rejection.body_text(), "/api/v1/openapi.json says what is read", &parts, language),
        };
        let request = Request::from_parts(parts.clone(), body);
        // An object: serde would read its fields out of a list too.
        let Json(members) = Json::<Map<String, Value>>::from_request(request, app).await.map_err(|r| refuse(&r))?;
        let mut body = Value::Object(members);
        whole(&mut body);
        serde_path_to_error::deserialize(body).map(Self).map_err(|error| {
            Problem::unreadable(error.to_string(), "/api/v1/openapi.json says what is read", &parts, language)
        })
    }
}

/// A member that is an object, for the same reason.
pub(crate) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(given: D) -> Result<T, D::Error> {
    let members = Map::<String, Value>::deserialize(given)?;
    T::deserialize(Value::Object(members)).map_err(serde::de::Error::custom)
}

/// In JSON 3.0 is a whole number, as 3 is.
fn whole(value: &mut Value) {
    /// Beyond it a number with a point does not say which whole number it is.
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Object(members) => members.values_mut().for_each(whole),
        Value::Array(members) => members.iter_mut().for_each(whole),
        Value::Number(number) => {
            let exact = number.as_f64().filter(|n| number.is_f64() && n.fract() == 0.0 && n.abs() <= EXACT_MAX);
            if let Some(exact) = exact.and_then(|exact| format!("{exact:.0}").parse::<i64>().ok()) {
                *value = exact.into();
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Whoever changes something: a script with a token of its own, or an officer who is logged in and whose script gives the
/// token of the session back. A browser sends cookies by itself, and neither of the two.
pub(crate) struct Script(pub(crate) Desk);

impl FromRequestParts<App> for Script {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let desk = Desk::from_request_parts(parts, app).await?;
        if desk.visit.script.is_some() || desk.visit.has_header_token() {
            Ok(Self(desk))
        } else {
            Err(desk.visit.problem(Reason::StaleForm).into_response())
        }
    }
}

/// Logs an officer in.
///
/// The answer sets the cookie of the session; several wrong passwords make the officer wait.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = LogIn,
    responses((status = 200, body = LoggedIn)))]
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

/// Logs the officer of a session out. A token is withdrawn instead.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204)))]
pub(crate) async fn log_out(State(app): State<App>, Script(desk): Script) -> Response {
    if desk.visit.script.is_some() {
        return desk.visit.problem(Reason::TokenScope).into_response();
    }
    desk.visit.log_out(&app, StatusCode::NO_CONTENT)
}

/// How many rows a part of a list may have.
pub(crate) fn limit(asked: u32, desk: &Desk) -> Result<u32, Problem> {
    const MAX: u32 = service::FOUND_ROWS_MAX;
    match asked {
        0 => Ok(MAX),
        1..=MAX => Ok(asked),
        _ => {
            let (parts, language) = (&desk.visit.parts, desk.visit.language);
            Err(Problem::unreadable(format!("limit is at most {MAX}"), "go on with `after`", parts, language))
        }
    }
}

/// Lists participants.
///
/// By POST, so that no name stands in an address or a log. It changes nothing. A token without `personal` gets register
/// numbers in place of names, and cannot look for names.
#[utoipa::path(post, path = "/api/v1/participants/search", tag = "participants", request_body = Find,
    responses((status = 200, body = Found)))]
pub(crate) async fn search(State(app): State<App>, desk: Desk, Body(find): Body<Find>) -> Result<Response, Problem> {
    if find.search.is_some() {
        desk.personal()?;
    }
    let limit = limit(find.limit, &desk)?;
    let found = ask!(app, Query::Find(Find { limit, ..find }), Found);
    let mut found: Box<Found> = found.map_err(|problem| refused(problem, &desk))?;
    if !desk.sees_people() {
        found.rows.iter_mut().for_each(nameless_row);
    }
    Ok(Json(found).into_response())
}

/// Lists the fields of a participant.
#[utoipa::path(get, path = "/api/v1/participants/fields", tag = "participants",
    responses((status = 200, body = Vec<Input>)))]
pub(crate) async fn fields(_desk: Desk) -> Json<Vec<Input>> {
    Json(service::inputs())
}

/// Says what to look at again before something is saved: doubtful numbers, and who may be the same person.
#[utoipa::path(post, path = "/api/v1/participants/check", tag = "participants", request_body = ToCheck,
    responses((status = 200, body = CheckView)))]
pub(crate) async fn check(State(app): State<App>, desk: Desk, Body(given): Body<ToCheck>) -> Result<Response, Problem> {
    desk.personal()?;
    let ToCheck { village, except, fields } = given;
    let check = Query::Check { village, except, fields: fields.into_iter().collect() };
    let found = ask!(app, check, Checked).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(found).into_response())
}

/// Shows one participant with everything.
///
/// A token without `personal` sees neither who the person is nor the history.
#[utoipa::path(get, path = "/api/v1/participants/{id}", tag = "participants",
    params(("id" = String, Path, min_length = 1)),
    responses((status = 200, body = RecordView, headers(("ETag" = String)))))]
pub(crate) async fn show(State(app): State<App>, Named(id): Named, desk: Desk) -> Result<Response, Problem> {
    answered(StatusCode::OK, &app, &desk, &id).await
}

/// Registers somebody.
#[utoipa::path(post, path = "/api/v1/participants", tag = "participants", request_body = NewParticipant,
    responses((status = 201, body = RecordView, headers(("ETag" = String), ("Location" = String)))))]
pub(crate) async fn add(
    State(app): State<App>,
    Script(desk): Script,
    Body(new): Body<NewParticipant>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    desk.personal()?;
    let fields = new.fields.into_iter().collect();
    let add = Command::Add { officer, name: new.name, village: new.village, fields };
    let row = ask!(app, add, Added).map_err(|problem| refused(problem, &desk))?;
    let place = format!("/api/v1/participants/{}", row.person);
    let answer = answered(StatusCode::CREATED, &app, &desk, &row.person).await?;
    Ok(([(header::LOCATION, place)], answer).into_response())
}

/// Changes fields of a participant.
///
/// What came since the ETag was given is not overwritten: it stands beside what is saved, until somebody chooses.
#[utoipa::path(patch, path = "/api/v1/participants/{id}", tag = "participants", request_body = Changes,
    params(("id" = String, Path, min_length = 1),
        ("If-Match" = String, Header)),
    responses((status = 200, body = RecordView, headers(("ETag" = String)))))]
pub(crate) async fn change(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
    headers: HeaderMap,
    Body(changes): Body<Changes>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    if changes.fields.keys().any(|field| is_of_person(field)) {
        desk.personal()?;
    }
    let shown = Some(shown(&desk, &headers)?);
    let set = Command::Set { officer, id: id.clone(), fields: changes.fields.into_iter().collect(), shown };
    app.ask(set).await.map_err(|problem| refused(problem, &desk))?;
    answered(StatusCode::OK, &app, &desk, &id).await
}

/// Chooses between the values of a field.
///
/// A value that came since the ETag was given is not chosen away.
#[utoipa::path(post, path = "/api/v1/participants/{id}/choose", tag = "participants", request_body = Choice,
    params(("id" = String, Path, min_length = 1),
        ("If-Match" = String, Header)),
    responses((status = 200, body = RecordView, headers(("ETag" = String)))))]
pub(crate) async fn choose(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
    headers: HeaderMap,
    Body(choice): Body<Choice>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    if is_of_person(&choice.field) {
        desk.personal()?;
    }
    let shown = Some(shown(&desk, &headers)?);
    let choose = Command::Choose { officer, id: id.clone(), field: choice.field, value: choice.value, shown };
    app.ask(choose).await.map_err(|problem| refused(problem, &desk))?;
    answered(StatusCode::OK, &app, &desk, &id).await
}

/// What the one who changes something was shown.
pub(crate) fn shown(desk: &Desk, headers: &HeaderMap) -> Result<String, Problem> {
    let given = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    let given = given.map(|value| value.trim().trim_matches('"')).filter(|value| !value.is_empty() && *value != "*");
    given.map(str::to_owned).ok_or_else(|| desk.visit.problem(Reason::ShownMissing))
}

pub(crate) async fn answered(status: StatusCode, app: &App, desk: &Desk, id: &str) -> Result<Response, Problem> {
    let mut record = crate::person::record(app, desk, id).await?;
    if !desk.sees_people() {
        nameless(&mut record);
    }
    Ok(tagged(status, &record.shown.clone(), record))
}

/// An answer whose tag is what it shows.
pub(crate) fn tagged(status: StatusCode, shown: &str, answer: impl Serialize) -> Response {
    (status, [(header::ETAG, format!("\"{shown}\""))], Json(answer)).into_response()
}
