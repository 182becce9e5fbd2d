//! `/api/v1` for how the sync stands and what an administrator does about it. What changes something, or says more than
//! figures, is for an administrator in a session: no token has that right.

use std::path::PathBuf;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query as Asked, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use service::{Command, Query};
use utoipa::{IntoParams, ToSchema};

use crate::api::{Body, Named, Script};
use crate::app::{App, ask};
use crate::frame::refused;
use crate::problem::Problem;
use crate::session::Desk;

/// An alert that somebody deals with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Handled {
    /// Its key, as `/api/v1/health` lists it.
    #[schema(min_length = 1)]
    key: String,
    /// For how many hours it sleeps.
    #[schema(minimum = 1, maximum = 2160)]
    hours: u16,
}

/// Where a backup goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Folder {
    /// A folder of this computer, such as that of a stick.
    #[schema(min_length = 1)]
    folder: String,
}

/// What somebody notes about an office.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    #[schema(min_length = 1, max_length = 500)]
    text: String,
    /// Whether they spoke with somebody there.
    #[serde(default)]
    spoke: bool,
}

/// Why a computer's rights are taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Why {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// What of the trail is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// One record, by its number or code.
    #[serde(default)]
    about: Option<String>,
}

/// Says how this office's sync stands: what is at risk, who is behind, and what to do.
#[utoipa::path(get, path = "/api/v1/health", tag = "health", responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn health(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let health = ask!(app, Query::Health, Health).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(*health).into_response())
}

/// Says what is held here and does not count, or not yet: why, and what to do. For an administrator in a session.
#[utoipa::path(get, path = "/api/v1/health/refused", tag = "health", responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn not_counting(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    let view = ask!(app, Query::NotCounting, NotCounting).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(*view).into_response())
}

/// Lists suspect computers, and everything that offices said of the network. For an administrator in a session.
#[utoipa::path(get, path = "/api/v1/health/security", tag = "health", responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn security(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    let view = ask!(app, Query::Security, Security).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(*view).into_response())
}

/// Says what the data takes on the disk, and what was found damaged. For an administrator in a session.
#[utoipa::path(get, path = "/api/v1/health/storage", tag = "health", responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn storage(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    let view = ask!(app, Query::Storage, Storage).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(*view).into_response())
}

/// Lists who opened, took away or changed which record here. For who administers or audits.
#[utoipa::path(get, path = "/api/v1/health/trail", tag = "health", params(Wanted),
    responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn trail(
    State(app): State<App>,
    wanted: Result<Asked<Wanted>, QueryRejection>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.audits()?;
    let wanted = wanted.map_err(|error| {
        refused(service::Problem::bad_input(error, "name one record, by its number or code"), &desk)
    })?;
    let view = ask!(app, Query::Trail { about: wanted.0.about }, Trail).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(*view).into_response())
}

/// Says how one office is, how it kept in touch, and whom to call there. For an administrator in a session.
#[utoipa::path(get, path = "/api/v1/health/{office}", tag = "health",
    params(("office" = String, Path, min_length = 1)), responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn office(State(app): State<App>, Named(office): Named, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    let report = ask!(app, Query::OfficeHealth { office }, OfficeHealth).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(*report).into_response())
}

/// Notes something about an office. For an administrator in a session.
#[utoipa::path(post, path = "/api/v1/health/{office}/notes", tag = "health", request_body = Note,
    params(("office" = String, Path, min_length = 1)), responses((status = 204)))]
pub(crate) async fn note(
    State(app): State<App>,
    Named(office): Named,
    Script(desk): Script,
    Body(Note { text, spoke }): Body<Note>,
) -> Result<Response, Problem> {
    desk.administers()?;
    done(&app, &desk, Command::NoteOffice { office, by: desk.officer.name.clone(), text, spoke }).await
}

/// Somebody deals with an alert: it sleeps for some hours. For an administrator in a session.
#[utoipa::path(post, path = "/api/v1/alerts", tag = "health", request_body = Handled, responses((status = 204)))]
pub(crate) async fn handle(
    State(app): State<App>,
    Script(desk): Script,
    Body(Handled { key, hours }): Body<Handled>,
) -> Result<Response, Problem> {
    desk.administers()?;
    let until_ms = jiff::Timestamp::now().as_millisecond() + i64::from(hours) * 3_600_000;
    done(&app, &desk, Command::HandleAlert { key, by: desk.officer.name.clone(), until_ms }).await
}

/// Sends a message by every way that alerts take, and says how each went. For an administrator in a session.
#[utoipa::path(post, path = "/api/v1/alerts/test", tag = "health", responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn try_alerts(State(app): State<App>, Script(desk): Script) -> Result<Response, Problem> {
    desk.administers()?;
    let tried = ask!(app, Command::TryAlerts, AlertsTried).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(tried).into_response())
}

/// Makes a backup into a folder of this computer. For an administrator in a session.
#[utoipa::path(post, path = "/api/v1/backups", tag = "health", request_body = Folder,
    responses((status = 201, body = serde_json::Value)))]
pub(crate) async fn back_up(
    State(app): State<App>,
    Script(desk): Script,
    Body(Folder { folder }): Body<Folder>,
) -> Result<Response, Problem> {
    desk.administers()?;
    let out = PathBuf::from(folder).join(crate::storage::backup_name());
    let made = ask!(app, Command::BackUp { out: out.clone() }, BackedUp).map_err(|problem| refused(problem, &desk))?;
    Ok((StatusCode::CREATED, Json(json!({ "file": out, "made": made }))).into_response())
}

/// Says what a computer held at most, for the notice when it is lost. For an administrator in a session.
#[utoipa::path(get, path = "/api/v1/computers/{key}", tag = "health",
    params(("key" = String, Path, min_length = 1)), responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn computer(State(app): State<App>, Named(node): Named, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    let report = ask!(app, Query::LostNode { node }, LostNode).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(*report).into_response())
}

/// Takes a computer's rights away. For an administrator in a session.
#[utoipa::path(post, path = "/api/v1/computers/{key}/remove", tag = "health", request_body = Why,
    params(("key" = String, Path, min_length = 1)), responses((status = 204)))]
pub(crate) async fn remove_computer(
    State(app): State<App>,
    Named(node): Named,
    Script(desk): Script,
    Body(Why { reason }): Body<Why>,
) -> Result<Response, Problem> {
    desk.administers()?;
    done(&app, &desk, Command::Remove { node, reason }).await
}

async fn done(app: &App, desk: &Desk, command: Command) -> Result<Response, Problem> {
    app.ask(command).await.map_err(|problem| refused(problem, desk))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
