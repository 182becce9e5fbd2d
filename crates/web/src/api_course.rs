//! `/api/v1` for what happens to a participant: decisions, steps and leavings, journeys and family.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use service::reply::{RecordView, SheetInput};
use service::{Command, PersonPart, Query};
use utoipa::ToSchema;

use crate::api::{Body, Changes, Named, NamedPart, Script, answered, shown};
use crate::api_sheets::SaidHere;
use crate::app::{App, ask};
use crate::frame::refused;
use crate::problem::{Problem, Reason};
use crate::session::Desk;

/// A journey of a participant or of a relative, or a tie.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPart {
    /// For a journey: the code of the relative who went; else the participant did.
    of: Option<String>,
    /// Its fields, by name.
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// Says something of a participant: what `asks` of their record lists.
///
/// It asks for no ETag: what is said stands beside what others say, and is taken back by saying so.
#[utoipa::path(post, path = "/api/v1/participants/{id}/say", tag = "participants", request_body = SaidHere,
    params(("id" = String, Path, min_length = 1)),
    responses((status = 200, body = RecordView, headers(("ETag" = String)))))]
pub(crate) async fn say(
    State(app): State<App>,
    Named(id): Named,
    Script(desk): Script,
    Body(said): Body<SaidHere>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let tell = Command::Tell { officer, id: id.clone(), said: said.into() };
    app.ask(tell).await.map_err(|problem| refused(problem, &desk))?;
    answered(StatusCode::OK, &app, &desk, &id).await
}

/// Lists what a journey (`perjalanan`) or a tie (`keluarga`) asks for, with who there is to pick from.
#[utoipa::path(get, path = "/api/v1/participants/{id}/begin/{part}", tag = "participants",
    params(("id" = String, Path, min_length = 1), ("part" = PersonPart, Path)),
    responses((status = 200, body = Vec<SheetInput>)))]
pub(crate) async fn form(
    State(app): State<App>,
    NamedPart(id, part): NamedPart,
    desk: Desk,
) -> Result<Response, Problem> {
    let part = part_of(&desk, &part)?;
    let inputs = ask!(app, Query::PartForm { id, part }, SheetForm).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(inputs).into_response())
}

/// Begins a journey, or says who is of the family.
#[utoipa::path(post, path = "/api/v1/participants/{id}/begin/{part}", tag = "participants", request_body = NewPart,
    params(("id" = String, Path, min_length = 1), ("part" = PersonPart, Path)),
    responses((status = 201, body = RecordView, headers(("ETag" = String)))))]
pub(crate) async fn begin(
    State(app): State<App>,
    NamedPart(id, part): NamedPart,
    Script(desk): Script,
    Body(new): Body<NewPart>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let part = part_of(&desk, &part)?;
    if new.of.is_some() {
        desk.personal()?;
    }
    let (of, fields) = (new.of, new.fields.into_iter().collect());
    let begin = Command::BeginPart { officer, id: id.clone(), part, of, fields };
    app.ask(begin).await.map_err(|problem| refused(problem, &desk))?;
    answered(StatusCode::CREATED, &app, &desk, &id).await
}

/// Changes fields of a journey or a tie, by the `id` that the participant's record gives it.
///
/// Its ETag is the `shown` that stands beside that `id`.
#[utoipa::path(patch, path = "/api/v1/participants/{id}/parts/{part}", tag = "participants", request_body = Changes,
    params(("id" = String, Path, min_length = 1), ("part" = String, Path, min_length = 1),
        ("If-Match" = String, Header)),
    responses((status = 200, body = RecordView, headers(("ETag" = String)))))]
pub(crate) async fn change(
    State(app): State<App>,
    NamedPart(id, part): NamedPart,
    Script(desk): Script,
    headers: HeaderMap,
    Body(changes): Body<Changes>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    desk.personal()?;
    let shown = Some(shown(&desk, &headers)?);
    let fields = changes.fields.into_iter().collect();
    let change = Command::ChangePart { officer, id: id.clone(), part, fields, shown };
    app.ask(change).await.map_err(|problem| refused(problem, &desk))?;
    answered(StatusCode::OK, &app, &desk, &id).await
}

/// Who is of whose family is for those alone who may know who people are.
fn part_of(desk: &Desk, name: &str) -> Result<PersonPart, Problem> {
    let part = PersonPart::of_name(name).ok_or_else(|| desk.visit.problem(Reason::NotFound))?;
    match part {
        PersonPart::Tie => desk.personal()?,
        PersonPart::Trip => {}
    }
    Ok(part)
}
