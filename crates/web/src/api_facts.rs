//! `/api/v1` for what is said in records beyond one flat form: several things at once, what would stand for good, and the
//! attendance of a Bimtek.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use service::reply::{Panel, SheetView};
use service::{Command, MarkChange, Query, Saying};
use utoipa::ToSchema;

use crate::api::{Body, Named, Script};
use crate::api_sheets::{SaidHere, begun, done, seen};
use crate::app::{App, ask};
use crate::frame::refused;
use crate::problem::Problem;
use crate::session::Desk;

/// Several things to say in a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaidTogether {
    said: Vec<SaidHere>,
}

/// Cells of the attendance that changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marks {
    marks: Vec<MarkChange>,
}

impl From<SaidHere> for Saying {
    fn from(said: SaidHere) -> Self {
        Self { fact: said.fact, inputs: said.inputs.into_iter().collect() }
    }
}

/// Says several things as one change.
///
/// A refusal names the place of the one that was not taken, from 0.
#[utoipa::path(post, path = "/api/v1/records/{id}/say-all", tag = "records", request_body = SaidTogether,
    params(("id" = String, Path, min_length = 1)),
    responses((status = 200, body = SheetView, headers(("ETag" = String)))))]
pub(crate) async fn say_all(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
    Body(together): Body<SaidTogether>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let said = together.said.into_iter().map(Saying::from).collect();
    done(&app, &desk, &id, Command::SayAll { officer, id: id.clone(), said }).await
}

/// Shows what would stand for good if this were said.
///
/// As tables; none where the inputs are all of it. Nothing is written.
#[utoipa::path(post, path = "/api/v1/records/{id}/preview", tag = "records", request_body = SaidHere,
    params(("id" = String, Path, min_length = 1)),
    responses((status = 200, body = Vec<Panel>)))]
pub(crate) async fn preview(
    State(app): State<App>,
    Named(id): Named,
    desk: Desk,
    Body(said): Body<SaidHere>,
) -> Result<Response, Problem> {
    seen(&app, &desk, &id).await?;
    let look = ask!(app, Query::Preview { id, said: said.into() }, Preview);
    Ok(Json(look.map_err(|problem| refused(problem, &desk))?).into_response())
}

/// Opens the round of monitoring that follows a Bimtek, with everybody who was there and still takes part.
#[utoipa::path(post, path = "/api/v1/records/{id}/monitoring", tag = "records",
    params(("id" = String, Path, min_length = 1)),
    responses((status = 201, body = SheetView, headers(("ETag" = String), ("Location" = String)))))]
pub(crate) async fn open_round(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    desk.personal()?;
    begun(&app, &desk, Command::OpenRound { officer, id }).await
}

/// Marks cells of the attendance as one change.
///
/// A cell that says something else by now than its `was` is a conflict, and nothing is written.
#[utoipa::path(post, path = "/api/v1/records/{id}/attendance", tag = "records", request_body = Marks,
    params(("id" = String, Path, min_length = 1)),
    responses((status = 200, body = SheetView, headers(("ETag" = String)))))]
pub(crate) async fn attend(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
    Body(marks): Body<Marks>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    done(&app, &desk, &id, Command::Attend { officer, id: id.clone(), marks: marks.marks }).await
}
