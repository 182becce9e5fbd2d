//! `/api/v1` for paper: the same PDFs as at the pages, for whoever may read what stands on them.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use service::{Find, FindSheets};
use utoipa::ToSchema;

use crate::api::{Body, Named, limit, object};
use crate::api_sheets::{kind_seen, sheet};
use crate::app::App;
use crate::nameless::nameless;
use crate::paper::{OnPaper, PaperSize};
use crate::problem::{Problem, Reason};
use crate::session::Desk;
use crate::sheets::sheet_row;
use crate::words::Words;
use crate::{paper_list, paper_sheet};

/// Participants to visit: the filter of a list, of which `after` and `limit` count for nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParticipantPrint {
    #[serde(default, deserialize_with = "object")]
    find: Find,
    #[serde(default)]
    paper: PaperSize,
}

/// Records on paper: the filter of a list, of which `after` and `limit` count for nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordPrint {
    #[serde(default, deserialize_with = "object")]
    find: FindSheets,
    #[serde(default)]
    paper: PaperSize,
}

/// Gives a participant on paper, as their page shows them.
///
/// A token without `personal` gets no name and nothing of who the person is.
#[utoipa::path(get, path = "/api/v1/participants/{id}/print", tag = "participants",
    params(("id" = String, Path, min_length = 1), ("paper" = Option<PaperSize>, Query), ("lang" = Option<String>, Query)),
    responses((status = 200, content((String = "application/pdf")))))]
pub(crate) async fn participant(
    State(app): State<App>,
    Named(id): Named,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let mut record = crate::person::record(&app, &desk, &id).await?;
    if !desk.sees_people() {
        nameless(&mut record);
    }
    paper_sheet::person(&app, &desk, size, &record).await
}

/// Gives the form of a participant, to be filled in by hand.
#[utoipa::path(get, path = "/api/v1/participants/form", tag = "participants",
    params(("paper" = Option<PaperSize>, Query), ("lang" = Option<String>, Query)),
    responses((status = 200, content((String = "application/pdf")))))]
pub(crate) async fn participant_form(
    State(app): State<App>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    paper_sheet::blank_participant(&app, &desk, size).await
}

/// Gives a list of participants to visit, by dusun and RT, without NIK.
///
/// By POST, so that no name stands in an address or a log.
#[utoipa::path(post, path = "/api/v1/participants/print", tag = "participants", request_body = ParticipantPrint,
    params(("lang" = Option<String>, Query)),
    responses((status = 200, content((String = "application/pdf")))))]
pub(crate) async fn participants(
    State(app): State<App>,
    desk: Desk,
    Body(asked): Body<ParticipantPrint>,
) -> Result<Response, Problem> {
    desk.personal()?;
    limit(asked.find.limit, &desk)?;
    paper_list::visits(&app, &desk, asked.paper, asked.find).await
}

/// Gives one record on paper, as its page shows it.
#[utoipa::path(get, path = "/api/v1/records/{id}/print", tag = "records",
    params(("id" = String, Path, min_length = 1), ("paper" = Option<PaperSize>, Query), ("lang" = Option<String>, Query)),
    responses((status = 200, content((String = "application/pdf")))))]
pub(crate) async fn record(
    State(app): State<App>,
    Named(id): Named,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let sheet = sheet(&app, &desk, &id).await?;
    paper_sheet::filled_sheet(&app, &desk, size, &sheet).await
}

/// Gives a notice of the board in large letters, to be hung up.
#[utoipa::path(get, path = "/api/v1/records/{id}/poster", tag = "records",
    params(("id" = String, Path, min_length = 1), ("paper" = Option<PaperSize>, Query), ("lang" = Option<String>, Query)),
    responses((status = 200, content((String = "application/pdf")))))]
pub(crate) async fn poster(
    State(app): State<App>,
    Named(id): Named,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let sheet = sheet(&app, &desk, &id).await?;
    paper_sheet::poster_of(&app, &desk, size, &sheet).await
}

/// Gives the attendance list of a Bimtek, with room to sign for each day.
#[utoipa::path(get, path = "/api/v1/records/{id}/attendance-list", tag = "records",
    params(("id" = String, Path, min_length = 1), ("paper" = Option<PaperSize>, Query), ("lang" = Option<String>, Query)),
    responses((status = 200, content((String = "application/pdf")))))]
pub(crate) async fn attendance(
    State(app): State<App>,
    Named(id): Named,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let sheet = sheet(&app, &desk, &id).await?;
    let title = sheet_row(Words::of(desk.visit.language), &sheet.line).title;
    let Some(view) = sheet.attendance else { return Err(desk.visit.problem(Reason::NotFound)) };
    paper_list::to_be_signed(&app, &desk, size, &title, &view).await
}

/// Gives the form of a kind of records, to be filled in by hand.
#[utoipa::path(get, path = "/api/v1/kinds/{kind}/form", tag = "records",
    params(("kind" = String, Path, min_length = 1), ("paper" = Option<PaperSize>, Query), ("lang" = Option<String>, Query)),
    responses((status = 200, content((String = "application/pdf")))))]
pub(crate) async fn form(
    State(app): State<App>,
    Named(kind): Named,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    kind_seen(&desk, Some(&kind))?;
    paper_sheet::blank_form(&app, &desk, size, &kind).await
}

/// What is due on paper.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DuePrint {
    #[serde(default)]
    paper: PaperSize,
}

/// Gives what waits for somebody at this office on paper, the earliest first.
#[utoipa::path(post, path = "/api/v1/due/print", tag = "office", request_body = DuePrint,
    params(("lang" = Option<String>, Query)),
    responses((status = 200, content((String = "application/pdf")))))]
pub(crate) async fn due(State(app): State<App>, desk: Desk, Body(asked): Body<DuePrint>) -> Result<Response, Problem> {
    desk.personal()?;
    paper_list::of_due(&app, &desk, asked.paper).await
}

/// Gives records on paper, what is due first.
///
/// By POST, so that no name stands in an address or a log. A token without `personal` names a kind that is not `personal`.
#[utoipa::path(post, path = "/api/v1/records/print", tag = "records", request_body = RecordPrint,
    params(("lang" = Option<String>, Query)),
    responses((status = 200, content((String = "application/pdf")))))]
pub(crate) async fn records(
    State(app): State<App>,
    desk: Desk,
    Body(asked): Body<RecordPrint>,
) -> Result<Response, Problem> {
    kind_seen(&desk, asked.find.kind.as_deref())?;
    limit(asked.find.limit, &desk)?;
    paper_list::of_records(&app, &desk, asked.paper, asked.find).await
}
