//! A list as a file for a table program: with the filter that is in force, from a page or for a script.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use service::reply::TableView;
use service::{Find, FindSheets, Query, TableFormat, TableOf};
use utoipa::ToSchema;

use crate::api::{Body, limit, object};
use crate::api_sheets::kind_seen;
use crate::app::{App, ask};
use crate::frame::refused;
use crate::language::Language;
use crate::problem::Problem;
use crate::session::{Desk, Posted};

/// Participants as a table: the filter of a list, of which `after` and `limit` count for nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParticipantTable {
    #[serde(default, deserialize_with = "object")]
    find: Find,
    format: TableFormat,
}

/// Records as a table: the filter of a list, of which `after` and `limit` count for nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordTable {
    #[serde(default, deserialize_with = "object")]
    find: FindSheets,
    format: TableFormat,
}

/// Gives participants as a file for a table program, with who they are. Every cell is text.
#[utoipa::path(post, path = "/api/v1/participants/table", tag = "participants", request_body = ParticipantTable,
    responses((status = 200, content((String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(crate) async fn of_participants(
    State(app): State<App>,
    desk: Desk,
    Body(asked): Body<ParticipantTable>,
) -> Result<Response, Problem> {
    desk.personal()?;
    limit(asked.find.limit, &desk)?;
    file(&app, &desk, TableOf::Participants(asked.find), asked.format, "peserta").await
}

/// Gives records as a file for a table program, one line each. Every cell is text.
#[utoipa::path(post, path = "/api/v1/records/table", tag = "records", request_body = RecordTable,
    responses((status = 200, content((String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(crate) async fn of_records(
    State(app): State<App>,
    desk: Desk,
    Body(asked): Body<RecordTable>,
) -> Result<Response, Problem> {
    kind_seen(&desk, asked.find.kind.as_deref())?;
    limit(asked.find.limit, &desk)?;
    let name = asked.find.kind.clone().unwrap_or_else(|| "catatan".to_owned());
    file(&app, &desk, TableOf::Records(asked.find), asked.format, &name).await
}

/// What is due as a table.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DueTable {
    format: TableFormat,
}

/// Gives what waits for somebody at this office as a file for a table program. Every cell is text.
#[utoipa::path(post, path = "/api/v1/due/table", tag = "office", request_body = DueTable,
    responses((status = 200, content((String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(crate) async fn of_due(
    State(app): State<App>,
    desk: Desk,
    Body(asked): Body<DueTable>,
) -> Result<Response, Problem> {
    desk.personal()?;
    file(&app, &desk, TableOf::Due, asked.format, "jatuh-tempo").await
}

/// What is due as its page shows it.
pub(crate) async fn due(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    file(&app, &desk, TableOf::Due, format(&form), "jatuh-tempo").await
}

/// As [`again`] for what is due.
pub(crate) async fn again_due() -> Redirect {
    Redirect::to("/jatuh-tempo")
}

/// The list of participants as its page shows it.
pub(crate) async fn participants(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let of = TableOf::Participants(crate::find::wanted(&form, false));
    file(&app, &desk, of, format(&form), "peserta").await
}

/// The list of a kind of records as its page shows it.
pub(crate) async fn records(
    State(app): State<App>,
    Path(kind): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let of = TableOf::Records(crate::sheets::wanted(&kind, &form));
    file(&app, &desk, of, format(&form), &kind).await
}

/// What is only posted to leads back when it is opened, as by the switch of the language.
pub(crate) async fn again() -> Redirect {
    Redirect::to("/peserta")
}

/// The same for a kind of records.
pub(crate) async fn again_records(Path(kind): Path<String>) -> Redirect {
    Redirect::to(&format!("/catatan/{kind}"))
}

fn format(form: &Posted) -> TableFormat {
    if form.get("as") == TableFormat::Csv.name() { TableFormat::Csv } else { TableFormat::Xlsx }
}

async fn file(app: &App, desk: &Desk, of: TableOf, format: TableFormat, name: &str) -> Result<Response, Problem> {
    let table = ask!(app, Query::Table { of }, Table);
    let table: Box<TableView> = table.map_err(|problem| refused(problem, desk))?;
    let english = desk.visit.language == Language::English;
    // A large workbook takes a while to be packed.
    let bytes = tokio::task::spawn_blocking(move || table.file(format, english)).await;
    let bytes = bytes.map_err(|error| service::Problem::internal(&error)).and_then(|bytes| bytes);
    let bytes = bytes.map_err(|problem| refused(problem, desk))?;
    let day = jiff::Zoned::now().date();
    let disposition = format!("attachment; filename=\"{name}-{day}.{}\"", format.name());
    let headers = [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}
