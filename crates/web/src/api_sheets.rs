//! `/api/v1` for the records beside people and participations.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use service::reply::SheetView;
use service::{Command, FindSheets, Query, TextChange};
use std::collections::BTreeMap;

use crate::api::{Body, Choice, Script, shown, tagged};
use crate::app::{App, ask};
use crate::frame::refused;
use crate::problem::Problem;
use crate::session::Desk;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSheet {
    kind: String,
    place: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    #[serde(default)]
    texts: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    #[serde(default)]
    fields: BTreeMap<String, String>,
    #[serde(default)]
    texts: Vec<TextChange>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaidHere {
    fact: String,
    #[serde(default)]
    inputs: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Came {
    inputs: BTreeMap<String, String>,
}

async fn sheet(app: &App, desk: &Desk, id: &str) -> Result<SheetView, Problem> {
    let found = ask!(app, Query::Sheet { id: id.to_owned() }, Sheet);
    found.map(|sheet| *sheet).map_err(|problem| refused(problem, desk))
}

fn answered(status: StatusCode, sheet: SheetView) -> Response {
    tagged(status, &sheet.shown.clone(), sheet)
}

/// By POST, so that no name stands in an address or a log. It changes nothing.
pub(crate) async fn search(
    State(app): State<App>,
    desk: Desk,
    Body(find): Body<FindSheets>,
) -> Result<Response, Problem> {
    let limit = if find.limit == 0 { service::FOUND_ROWS_MAX } else { find.limit };
    let found = ask!(app, Query::Sheets(FindSheets { limit, ..find }), Sheets);
    Ok(Json(found.map_err(|problem| refused(problem, &desk))?).into_response())
}

pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>, desk: Desk) -> Result<Response, Problem> {
    Ok(answered(StatusCode::OK, sheet(&app, &desk, &id).await?))
}

pub(crate) async fn begin(
    State(app): State<App>,
    Script(desk): Script,
    Body(new): Body<NewSheet>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let (fields, texts) = (new.fields.into_iter().collect(), new.texts.into_iter().collect());
    begun(&app, &desk, Command::BeginSheet { officer, kind: new.kind, place: new.place, fields, texts }).await
}

pub(crate) async fn visit(
    State(app): State<App>,
    Script(desk): Script,
    Body(came): Body<Came>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    begun(&app, &desk, Command::Visit { officer, inputs: came.inputs.into_iter().collect() }).await
}

async fn begun(app: &App, desk: &Desk, command: Command) -> Result<Response, Problem> {
    let id = ask!(app, command, Begun).map_err(|problem| refused(problem, desk))?;
    let answer = answered(StatusCode::CREATED, sheet(app, desk, &id).await?);
    Ok(([(header::LOCATION, format!("/api/v1/records/{id}"))], answer).into_response())
}

pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    Script(desk): Script,
    headers: HeaderMap,
    Body(changes): Body<Changes>,
) -> Result<Response, Problem> {
    let (officer, shown) = (desk.writes()?.to_owned(), Some(shown(&desk, &headers)?));
    let (fields, texts) = (changes.fields.into_iter().collect(), changes.texts);
    done(&app, &desk, &id, Command::ChangeSheet { officer, id: id.clone(), fields, texts, shown }).await
}

pub(crate) async fn choose(
    State(app): State<App>,
    Path(id): Path<String>,
    Script(desk): Script,
    headers: HeaderMap,
    Body(choice): Body<Choice>,
) -> Result<Response, Problem> {
    let (officer, shown) = (desk.writes()?.to_owned(), Some(shown(&desk, &headers)?));
    let Choice { field, value } = choice;
    done(&app, &desk, &id, Command::ChooseSheet { officer, id: id.clone(), field, value, shown }).await
}

pub(crate) async fn say(
    State(app): State<App>,
    Path(id): Path<String>,
    Script(desk): Script,
    Body(said): Body<SaidHere>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let (fact, inputs) = (said.fact, said.inputs.into_iter().collect());
    done(&app, &desk, &id, Command::Say { officer, id: id.clone(), fact, inputs }).await
}

pub(crate) async fn done(app: &App, desk: &Desk, id: &str, command: Command) -> Result<Response, Problem> {
    app.ask(command).await.map_err(|problem| refused(problem, desk))?;
    Ok(answered(StatusCode::OK, sheet(app, desk, id).await?))
}
