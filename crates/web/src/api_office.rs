//! `/api/v1` for the office itself: where its records are, who may log in, and which scripts have a token.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use service::reply::{DueView, Glance, NewToken, OfficerCode, OfficerView, OnlyHere, TokenView};
use service::{Command, Query, Role, TokenScope};
use utoipa::ToSchema;

use crate::api::{Body, Named, Script};
use crate::api_coordination::decoded;
use crate::app::{App, ask};
use crate::frame::refused;
use crate::mulai::attachment;
use crate::only_here::BUNDLE_NAME;
use crate::problem::{Problem, Reason};
use crate::session::Desk;

/// An officer to let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOfficer {
    /// Lower case, without spaces; it stands in every entry.
    handle: String,
    name: String,
    roles: Vec<Role>,
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedToken {
    /// Lower case, without spaces; what the script writes stands under `token.NAME`.
    name: String,
    scopes: Vec<TokenScope>,
    /// The last day on which it can be used, at most a year from now.
    #[schema(format = Date)]
    until: String,
}

/// Says what an officer needs to know at any time: what is only here, whom this node hears.
#[utoipa::path(get, path = "/api/v1/glance", tag = "office", responses((status = 200, body = Glance)))]
pub(crate) async fn glance(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    Ok(Json(crate::frame::glance(&app, &desk).await?).into_response())
}

/// Lists what is only here, and what that means for this computer.
#[utoipa::path(get, path = "/api/v1/only-here", tag = "office", responses((status = 200, body = OnlyHere)))]
pub(crate) async fn only_here(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.personal()?;
    let found = ask!(app, Query::OnlyHere, OnlyHere).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(found).into_response())
}

/// An office to which a bundle is to be carried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForOffice {
    /// Its id, or its name if no other has it.
    #[schema(min_length = 1)]
    office: String,
}

/// A bundle that was carried here.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarriedBundle {
    /// Its bytes, in base64.
    #[schema(min_length = 1)]
    content: String,
}

/// Calls now every office that is not connected, however often that failed.
#[utoipa::path(post, path = "/api/v1/call-now", tag = "office", responses((status = 204)))]
pub(crate) async fn call_now(State(app): State<App>, Script(desk): Script) -> Result<StatusCode, Problem> {
    desk.writes()?;
    app.ask(Command::CallNow).await.map_err(|problem| refused(problem, &desk))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a bundle for a stick: what an office may read and is not known to hold, sealed to its computers.
#[utoipa::path(post, path = "/api/v1/bundles", tag = "office", request_body = ForOffice,
    responses((status = 200, content_type = "application/octet-stream")))]
pub(crate) async fn make_bundle(
    State(app): State<App>,
    Script(desk): Script,
    Body(ForOffice { office }): Body<ForOffice>,
) -> Result<Response, Problem> {
    desk.writes()?;
    let (_, bytes) = app.service().bundle_for(&office).await.map_err(|problem| refused(problem, &desk))?;
    Ok(attachment(BUNDLE_NAME, bytes))
}

/// Takes in a bundle, and tells who made it and how many changes it brought. The same one again does nothing.
#[utoipa::path(post, path = "/api/v1/bundles/taken", tag = "office", request_body = CarriedBundle,
    responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn take_bundle(
    State(app): State<App>,
    Script(desk): Script,
    Body(given): Body<CarriedBundle>,
) -> Result<Response, Problem> {
    desk.writes()?;
    let bytes = decoded(&given.content, "bundle", &desk)?;
    let done = app.service().take_bundle(&bytes).await.map_err(|problem| refused(problem, &desk))?;
    Ok(Json(serde_json::json!({ "office": done.office, "changes": done.entries })).into_response())
}

/// Lists what is to be looked at beside fields with several values: who may be one person, and who waits for a place.
#[utoipa::path(get, path = "/api/v1/look", tag = "participants", responses((status = 200, body = [service::reply::Panel])))]
pub(crate) async fn look(State(app): State<App>, desk: Desk) -> Result<Json<Vec<service::reply::Panel>>, Problem> {
    desk.personal()?;
    Ok(Json(app.service().look().await.map_err(|problem| refused(problem, &desk))?))
}

/// Lists what waits for somebody at this office, the earliest first.
#[utoipa::path(get, path = "/api/v1/due", tag = "office", responses((status = 200, body = DueView)))]
pub(crate) async fn due(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.personal()?;
    let due = app.service().due().await.map_err(|problem| refused(problem, &desk))?;
    Ok(Json(DueView::clone(&due)).into_response())
}

/// On which legal ground something is erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ground {
    #[schema(min_length = 1, max_length = 500)]
    ground: String,
}

/// Where the office is, for its letterhead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    #[schema(max_length = 500)]
    address: String,
}

/// A request to join that was carried here.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Carried {
    /// Its line of text.
    #[schema(min_length = 1)]
    request: String,
}

/// Says where this office is, for its letterhead. For an administrator in a session.
#[utoipa::path(put, path = "/api/v1/address", tag = "office", request_body = Place, responses((status = 204)))]
pub(crate) async fn set_address(
    State(app): State<App>,
    Script(desk): Script,
    Body(Place { address }): Body<Place>,
) -> Result<Response, Problem> {
    desk.administers()?;
    app.ask(Command::SetAddress { address }).await.map_err(|problem| refused(problem, &desk))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Lets in the office that asks, and gives the answer to carry back. For an administrator in a session, who has compared
/// the short code with whoever asks.
#[utoipa::path(post, path = "/api/v1/requests/approve", tag = "office", request_body = Carried,
    responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn approve(
    State(app): State<App>,
    Script(desk): Script,
    Body(Carried { request }): Body<Carried>,
) -> Result<Response, Problem> {
    desk.administers()?;
    let approve = Command::Approve { request: request.into_bytes() };
    let approved = ask!(app, approve, Approved).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(serde_json::json!({ "name": approved.name, "answer": approved.line })).into_response())
}

/// Orders a record, or who a participant is, to be destroyed wherever it is held. For an administrator in a session.
#[utoipa::path(post, path = "/api/v1/erase/{id}", tag = "office", request_body = Ground,
    params(("id" = String, Path, min_length = 1)), responses((status = 204)))]
pub(crate) async fn erase(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
    Body(Ground { ground }): Body<Ground>,
) -> Result<Response, Problem> {
    desk.administers()?;
    app.ask(Command::Erase { id, ground }).await.map_err(|problem| refused(problem, &desk))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Lists who may log in at this node. For an administrator in a session.
#[utoipa::path(get, path = "/api/v1/officers", tag = "office", responses((status = 200, body = Vec<OfficerView>)))]
pub(crate) async fn officers(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    let found = ask!(app, Query::Officers, Officers).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(found).into_response())
}

/// Lets an officer log in, with a one-time code. For an administrator in a session.
#[utoipa::path(post, path = "/api/v1/officers", tag = "office", request_body = NewOfficer,
    responses((status = 201, body = OfficerCode)))]
pub(crate) async fn add_officer(
    State(app): State<App>,
    Script(desk): Script,
    Body(new): Body<NewOfficer>,
) -> Result<Response, Problem> {
    desk.administers()?;
    let NewOfficer { handle, name, roles } = new;
    let code = ask!(app, Command::AddOfficer { handle, name, roles }, OfficerCode);
    Ok((StatusCode::CREATED, Json(code.map_err(|problem| refused(problem, &desk))?)).into_response())
}

/// Gives an officer a new one-time code; the old password stops working. For an administrator in a session.
#[utoipa::path(post, path = "/api/v1/officers/{handle}/code", tag = "office",
    params(("handle" = String, Path, min_length = 1)),
    responses((status = 200, body = OfficerCode)))]
pub(crate) async fn reset_officer(
    State(app): State<App>,
    Named(handle): Named,
    Script(desk): Script,
) -> Result<Response, Problem> {
    desk.administers()?;
    let code = ask!(app, Command::ResetOfficer { handle }, OfficerCode);
    Ok(Json(code.map_err(|problem| refused(problem, &desk))?).into_response())
}

/// Lets an officer log in no more. For an administrator in a session; nobody removes themselves.
#[utoipa::path(delete, path = "/api/v1/officers/{handle}", tag = "office",
    params(("handle" = String, Path, min_length = 1)), responses((status = 204)))]
pub(crate) async fn remove_officer(
    State(app): State<App>,
    Named(handle): Named,
    Script(desk): Script,
) -> Result<Response, Problem> {
    desk.administers()?;
    if handle == desk.officer.handle {
        return Err(desk.visit.problem(Reason::Conflict));
    }
    app.ask(Command::RemoveOfficer { handle }).await.map_err(|problem| refused(problem, &desk))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Lists the tokens of scripts, without their secrets. For an administrator in a session.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "office", responses((status = 200, body = Vec<TokenView>)))]
pub(crate) async fn tokens(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    let found = ask!(app, Query::Tokens, Tokens).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(found).into_response())
}

/// Makes a token for a script; its secret is told this once. For an administrator in a session.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "office", request_body = AskedToken,
    responses((status = 201, body = NewToken)))]
pub(crate) async fn add_token(
    State(app): State<App>,
    Script(desk): Script,
    Body(asked): Body<AskedToken>,
) -> Result<Response, Problem> {
    desk.administers()?;
    let AskedToken { name, scopes, until } = asked;
    let add = Command::AddToken { by: desk.officer.handle.clone(), name, scopes, until };
    let made = ask!(app, add, NewToken).map_err(|problem| refused(problem, &desk))?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// Withdraws a token: it opens nothing from now on. For an administrator in a session.
#[utoipa::path(delete, path = "/api/v1/tokens/{name}", tag = "office",
    params(("name" = String, Path, min_length = 1)), responses((status = 204)))]
pub(crate) async fn withdraw_token(
    State(app): State<App>,
    Named(name): Named,
    Script(desk): Script,
) -> Result<Response, Problem> {
    desk.administers()?;
    app.ask(Command::WithdrawToken { name }).await.map_err(|problem| refused(problem, &desk))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
