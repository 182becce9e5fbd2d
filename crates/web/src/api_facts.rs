//! `/api/v1` for what is said in records beyond one flat form: several things at once, what would stand for good, and the
//! attendance of a Bimtek.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use service::{Command, MarkChange, Query, Saying};
use std::collections::BTreeMap;

use crate::api::{Body, Script};
use crate::api_sheets::done;
use crate::app::{App, ask};
use crate::frame::refused;
use crate::problem::Problem;
use crate::session::Desk;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Said {
    fact: String,
    #[serde(default)]
    inputs: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaidTogether {
    said: Vec<Said>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marks {
    marks: Vec<MarkChange>,
}

impl From<Said> for Saying {
    fn from(said: Said) -> Self {
        Self { fact: said.fact, inputs: said.inputs.into_iter().collect() }
    }
}

/// Says several things as one change; a refusal names the place of the one that was not taken, from 0.
pub(crate) async fn say_all(
    State(app): State<App>,
    Path(id): Path<String>,
    Script(desk): Script,
    Body(together): Body<SaidTogether>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let said = together.said.into_iter().map(Saying::from).collect();
    done(&app, &desk, &id, Command::SayAll { officer, id: id.clone(), said }).await
}

/// What would stand for good if this were said, as tables; none where the inputs are all of it. Nothing is written.
pub(crate) async fn preview(
    State(app): State<App>,
    Path(id): Path<String>,
    desk: Desk,
    Body(said): Body<Said>,
) -> Result<Response, Problem> {
    let look = ask!(app, Query::Preview { id, said: said.into() }, Preview);
    Ok(Json(look.map_err(|problem| refused(problem, &desk))?).into_response())
}

/// Marks cells of the attendance as one change. A cell that says something else by now than its `was` is a conflict, and
/// nothing is written.
pub(crate) async fn attend(
    State(app): State<App>,
    Path(id): Path<String>,
    Script(desk): Script,
    Body(marks): Body<Marks>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    done(&app, &desk, &id, Command::Attend { officer, id: id.clone(), marks: marks.marks }).await
}
