//! `/api/v1` for the records beside people and participations.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use service::reply::{FoundSheets, SheetInput, SheetKind, SheetView};
use service::{Command, FindSheets, Query, TextChange};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::api::{Body, Choice, Named, Script, limit, shown, tagged};
use crate::app::{App, ask};
use crate::frame::refused;
use crate::problem::Problem;
use crate::session::Desk;

/// A record to begin: `/api/v1/kinds/{kind}` lists what a kind asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRecord)]
pub(crate) struct NewSheet {
    kind: String,
    /// The code of the place that it belongs to; the office's own if none is given.
    place: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    #[serde(default)]
    texts: BTreeMap<String, String>,
}

/// Fields and texts, and what they are to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordChanges)]
pub(crate) struct Changes {
    #[serde(default)]
    fields: BTreeMap<String, String>,
    #[serde(default)]
    texts: Vec<TextChange>,
}

/// Something to say in a record: its `asks` list what there is, with the inputs of each.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaidHere {
    pub(crate) fact: String,
    #[serde(default)]
    pub(crate) inputs: BTreeMap<String, String>,
}

/// Somebody who came; the inputs are those of a visit in the guest book.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Came {
    inputs: BTreeMap<String, String>,
}

/// A kind of record whose every page a script without `personal` may see.
pub(crate) fn kind_seen(desk: &Desk, code: Option<&str>) -> Result<(), Problem> {
    let open = |code: &str| service::sheet_kinds().iter().any(|kind| kind.code == code && !kind.personal);
    if code.is_some_and(open) { Ok(()) } else { desk.personal() }
}

/// A record that this script may see.
pub(crate) async fn sheet(app: &App, desk: &Desk, id: &str) -> Result<SheetView, Problem> {
    let found = ask!(app, Query::Sheet { id: id.to_owned() }, Sheet);
    let found: Box<SheetView> = found.map_err(|problem| refused(problem, desk))?;
    kind_seen(desk, Some(&found.line.kind))?;
    Ok(*found)
}

/// What a script may not see it may not write in either.
pub(crate) async fn seen(app: &App, desk: &Desk, id: &str) -> Result<(), Problem> {
    if desk.sees_people() { Ok(()) } else { sheet(app, desk, id).await.map(drop) }
}

fn answered(status: StatusCode, sheet: SheetView) -> Response {
    tagged(status, &sheet.shown.clone(), sheet)
}

/// Lists the kinds of records beside people and participations.
#[utoipa::path(get, path = "/api/v1/kinds", tag = "records", responses((status = 200, body = Vec<SheetKind>)))]
pub(crate) async fn kinds(_desk: Desk) -> Json<Vec<SheetKind>> {
    Json(service::sheet_kinds())
}

/// Lists what a kind of record asks for, with what there is to pick from.
#[utoipa::path(get, path = "/api/v1/kinds/{kind}", tag = "records",
    params(("kind" = String, Path, min_length = 1)),
    responses((status = 200, body = Vec<SheetInput>)))]
pub(crate) async fn form(State(app): State<App>, Named(kind): Named, desk: Desk) -> Result<Response, Problem> {
    kind_seen(&desk, Some(&kind))?;
    let inputs = ask!(app, Query::SheetForm { kind }, SheetForm).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(inputs).into_response())
}

/// Lists records.
///
/// By POST, so that no name stands in an address or a log. It changes nothing. A token without `personal` names a kind
/// that is not `personal`.
#[utoipa::path(post, path = "/api/v1/records/search", tag = "records", request_body = FindSheets,
    responses((status = 200, body = FoundSheets)))]
pub(crate) async fn search(
    State(app): State<App>,
    desk: Desk,
    Body(find): Body<FindSheets>,
) -> Result<Response, Problem> {
    kind_seen(&desk, find.kind.as_deref())?;
    let limit = limit(find.limit, &desk)?;
    let found = ask!(app, Query::Sheets(FindSheets { limit, ..find }), Sheets);
    Ok(Json(found.map_err(|problem| refused(problem, &desk))?).into_response())
}

/// Shows one record with everything.
#[utoipa::path(get, path = "/api/v1/records/{id}", tag = "records",
    params(("id" = String, Path, min_length = 1)),
    responses((status = 200, body = SheetView, headers(("ETag" = String)))))]
pub(crate) async fn show(State(app): State<App>, Named(id): Named, desk: Desk) -> Result<Response, Problem> {
    Ok(answered(StatusCode::OK, sheet(&app, &desk, &id).await?))
}

/// Begins a record.
#[utoipa::path(post, path = "/api/v1/records", tag = "records", request_body = NewSheet,
    responses((status = 201, body = SheetView, headers(("ETag" = String), ("Location" = String)))))]
pub(crate) async fn begin(
    State(app): State<App>,
    Script(desk): Script,
    Body(new): Body<NewSheet>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    kind_seen(&desk, Some(&new.kind))?;
    let (fields, texts) = (new.fields.into_iter().collect(), new.texts.into_iter().collect());
    begun(&app, &desk, Command::BeginSheet { officer, kind: new.kind, place: new.place, fields, texts }).await
}

/// Notes that somebody came, in the guest book of the month.
#[utoipa::path(post, path = "/api/v1/visits", tag = "records", request_body = Came,
    responses((status = 201, body = SheetView, headers(("ETag" = String), ("Location" = String)))))]
pub(crate) async fn visit(
    State(app): State<App>,
    Script(desk): Script,
    Body(came): Body<Came>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    desk.personal()?;
    begun(&app, &desk, Command::Visit { officer, inputs: came.inputs.into_iter().collect() }).await
}

pub(crate) async fn begun(app: &App, desk: &Desk, command: Command) -> Result<Response, Problem> {
    let id = ask!(app, command, Begun).map_err(|problem| refused(problem, desk))?;
    let answer = answered(StatusCode::CREATED, sheet(app, desk, &id).await?);
    Ok(([(header::LOCATION, format!("/api/v1/records/{id}"))], answer).into_response())
}

/// Changes fields and texts of a record.
///
/// What came since the ETag was given is not overwritten: it stands beside what is saved, until somebody chooses.
#[utoipa::path(patch, path = "/api/v1/records/{id}", tag = "records", request_body = Changes,
    params(("id" = String, Path, min_length = 1),
        ("If-Match" = String, Header)),
    responses((status = 200, body = SheetView, headers(("ETag" = String)))))]
pub(crate) async fn change(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
    headers: HeaderMap,
    Body(changes): Body<Changes>,
) -> Result<Response, Problem> {
    let (officer, shown) = (desk.writes()?.to_owned(), Some(shown(&desk, &headers)?));
    let (fields, texts) = (changes.fields.into_iter().collect(), changes.texts);
    done(&app, &desk, &id, Command::ChangeSheet { officer, id: id.clone(), fields, texts, shown }).await
}

/// Chooses between the values of a field.
///
/// A value that came since the ETag was given is not chosen away.
#[utoipa::path(post, path = "/api/v1/records/{id}/choose", tag = "records", request_body = Choice,
    params(("id" = String, Path, min_length = 1),
        ("If-Match" = String, Header)),
    responses((status = 200, body = SheetView, headers(("ETag" = String)))))]
pub(crate) async fn choose(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
    headers: HeaderMap,
    Body(choice): Body<Choice>,
) -> Result<Response, Problem> {
    let (officer, shown) = (desk.writes()?.to_owned(), Some(shown(&desk, &headers)?));
    let Choice { field, value } = choice;
    done(&app, &desk, &id, Command::ChooseSheet { officer, id: id.clone(), field, value, shown }).await
}

/// Says something in a record: that a paper is there, that a step was taken.
///
/// It asks for no ETag: what is said stands beside what others say, and is taken back by saying so.
#[utoipa::path(post, path = "/api/v1/records/{id}/say", tag = "records", request_body = SaidHere,
    params(("id" = String, Path, min_length = 1)),
    responses((status = 200, body = SheetView, headers(("ETag" = String)))))]
pub(crate) async fn say(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
    Body(said): Body<SaidHere>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let (fact, inputs) = (said.fact, said.inputs.into_iter().collect());
    done(&app, &desk, &id, Command::Say { officer, id: id.clone(), fact, inputs }).await
}

pub(crate) async fn done(app: &App, desk: &Desk, id: &str, command: Command) -> Result<Response, Problem> {
    seen(app, desk, id).await?;
    app.ask(command).await.map_err(|problem| refused(problem, desk))?;
    Ok(answered(StatusCode::OK, sheet(app, desk, id).await?))
}
