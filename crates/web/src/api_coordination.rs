//! `/api/v1` for coordination beyond what every record has: all of it at one glance, files of records, scans.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use service::Query;
use service::reply::{CoordinationView, ScorecardView};
use utoipa::{IntoParams, ToSchema};

use crate::api::{Body, Named, Script};
use crate::api_sheets::sheet;
use crate::app::{App, ask};
use crate::files::given;
use crate::frame::refused;
use crate::paper::{OnPaper, PaperSize};
use crate::problem::{Problem, Reason};
use crate::session::Desk;

/// The largest body that holds a scan, which takes a third more room in base64.
pub(crate) const SCAN_BODY_BYTES_MAX: usize = service::SCAN_BYTES_MAX / 3 * 4 + (64 << 10);

/// A scan to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenScan {
    /// A PDF, JPEG, PNG or DOCX of at most 10 MB, in base64.
    content: String,
}

/// How a record names a scan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeptScan {
    /// Its SHA-256, for every input that takes a scan.
    hash: String,
}

/// Shows coordination at one glance: agendas by state, commitments, dates, and what waits for this office.
#[utoipa::path(get, path = "/api/v1/coordination", tag = "records", responses((status = 200, body = CoordinationView)))]
pub(crate) async fn coordination(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.personal()?;
    let found = ask!(app, Query::Coordination, Coordination).map_err(|problem| refused(problem, &desk))?;
    Ok(Json(found).into_response())
}

/// Whose indicators are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AskedScore {
    /// The code of the region; this office's own if none is given.
    #[param(pattern = "^(id|[0-9]{2}([.][0-9]{2}([.][0-9]{2}([.][0-9]{4})?)?)?)$")]
    region: Option<String>,
    /// The year; this one if none is given.
    #[param(minimum = 2000, maximum = 2099)]
    year: Option<i16>,
    /// Whether only what this office did is counted.
    #[serde(default)]
    own: bool,
}

/// Shows Ndraha's seven indicators of a region and year, with the records behind each count.
#[utoipa::path(get, path = "/api/v1/scorecard", tag = "records", params(AskedScore),
    responses((status = 200, body = ScorecardView)))]
pub(crate) async fn scorecard(
    State(app): State<App>,
    asked: Result<axum::extract::Query<AskedScore>, axum::extract::rejection::QueryRejection>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.personal()?;
    let asked = asked.map_err(|error| {
        refused(service::Problem::bad_input(error, "write the year as a number and own as true or false"), &desk)
    })?;
    let AskedScore { region, year, own } = asked.0;
    let found = ask!(app, Query::Scorecard { region, year, own }, Scorecard);
    Ok(Json(found.map_err(|problem| refused(problem, &desk))?).into_response())
}

/// Gives a file that a record lists; of a version of an agreement also its paper, as `HASH.pdf`.
#[utoipa::path(get, path = "/api/v1/records/{id}/files/{name}", tag = "records",
    params(("id" = String, Path, min_length = 1), ("name" = String, Path, min_length = 1),
        ("paper" = Option<PaperSize>, Query)),
    responses((status = 200, content(
        (serde_json::Value = "application/json"),
        (String = "application/pdf"),
        (String = "text/calendar"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))))]
pub(crate) async fn file(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    on: OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    sheet(&app, &desk, &id).await?;
    given(&app, &desk, &id, &name, on).await
}

/// Marks what other offices said in coordination as read.
#[utoipa::path(post, path = "/api/v1/coordination/read", tag = "records", responses((status = 204)))]
pub(crate) async fn mark_read(State(app): State<App>, Script(desk): Script) -> Result<StatusCode, Problem> {
    desk.writes()?;
    app.ask(service::Command::MarkRead).await.map_err(|problem| refused(problem, &desk))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The bytes of a file in base64.
pub(crate) fn decoded(content: &str, what: &str, desk: &Desk) -> Result<Vec<u8>, Problem> {
    BASE64.decode(content.as_bytes()).map_err(|error| {
        let what = format!("the {what} is no base64: {error}");
        refused(service::Problem::bad_input(what, "encode its bytes anew"), desk)
    })
}

/// Keeps a scan at this office and tells how a record names it.
#[utoipa::path(post, path = "/api/v1/scans", tag = "records", request_body = GivenScan,
    responses((status = 201, body = KeptScan)))]
pub(crate) async fn keep_scan(
    State(app): State<App>,
    Script(desk): Script,
    Body(given): Body<GivenScan>,
) -> Result<Response, Problem> {
    desk.writes()?;
    let bytes = decoded(&given.content, "scan", &desk)?;
    let hash = app.service().keep_scan(&bytes).map_err(|problem| refused(problem, &desk))?;
    Ok((StatusCode::CREATED, Json(KeptScan { hash })).into_response())
}

/// Gives a scan that this office keeps.
#[utoipa::path(get, path = "/api/v1/scans/{hash}", tag = "records",
    params(("hash" = String, Path, min_length = 1)),
    responses((status = 200, content((String = "application/pdf"), (String = "image/jpeg"), (String = "image/png"),
        (String = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))))]
pub(crate) async fn scan(State(app): State<App>, Named(hash): Named, desk: Desk) -> Result<Response, Problem> {
    desk.personal()?;
    let kept = app.service().scan(&hash).ok_or_else(|| desk.visit.problem(Reason::NotFound))?;
    Ok(([(header::CONTENT_TYPE, kept.media)], kept.bytes).into_response())
}
