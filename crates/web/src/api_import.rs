//! `/api/v1` for tables of people that were typed elsewhere: what the columns can be, what a table would give, bringing it
//! in.

use std::ops::ControlFlow;

use axum::Json;
use axum::extract::State;
use data_encoding::BASE64;
use serde::Deserialize;
use service::TableIn;
use service::reply::{Brought, ColumnKind, ImportPreview};
use utoipa::ToSchema;

use crate::api::{Body, Script, object};
use crate::app::App;
use crate::frame::refused;
use crate::problem::Problem;
use crate::session::Desk;

/// The largest body with a table in it: in JSON a line break takes two bytes.
pub(crate) const BODY_BYTES_MAX: usize = 2 * service::HANDED_BYTES_MAX;

/// A table, and what it is to be taken for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenTable {
    /// The content of a CSV file: comma, semicolon or tab. Without it there is a `workbook`.
    text: Option<String>,
    /// A workbook (.xlsx), in base64. Without it there is a `text`.
    workbook: Option<String>,
    /// The line of the header, from 1; without it, it is looked for.
    header: Option<u64>,
    /// What each column is taken for, in the order of the table, by the `code` of `/api/v1/participants/import/columns`;
    /// empty for one that is left out. Without it, the header says so by itself.
    columns: Option<Vec<String>>,
    /// Enter everybody as *ditetapkan* by this letter; its date is needed too.
    decision_number: Option<String>,
    /// The date of that letter.
    decision_date: Option<String>,
}

/// A table as it was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookedAtTable {
    #[serde(deserialize_with = "object")]
    table: GivenTable,
    /// The `stamp` of its preview: another table is refused, and one whose columns were chosen otherwise.
    stamp: String,
}

impl GivenTable {
    fn into_table(self, desk: &Desk) -> Result<TableIn, Problem> {
        let Self { text, workbook, header, columns, decision_number, decision_date } = self;
        let bad = |what, hint| Err(refused(service::Problem::bad_input(what, hint), desk));
        let bytes = match (text, workbook) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(workbook)) => match BASE64.decode(workbook.as_bytes()) {
                Ok(bytes) => bytes,
                Err(error) => return bad(format!("the workbook is no base64: {error}"), "encode its bytes anew"),
            },
            (None, None) | (Some(_), Some(_)) => {
                return bad("a table is a text or a workbook".to_owned(), "give one of text and workbook");
            }
        };
        if decision_number.is_some() && decision_date.is_none() {
            return bad("a decision has a date".to_owned(), "give decision_date beside its number");
        }
        let decided = decision_date.map(|date| (decision_number.unwrap_or_default(), date));
        Ok(TableIn { header, columns, decided, ..TableIn::new(bytes) })
    }
}

/// Lists what a column of a table can be taken for.
#[utoipa::path(get, path = "/api/v1/participants/import/columns", tag = "participants",
    responses((status = 200, body = Vec<ColumnKind>)))]
pub(crate) async fn columns(_desk: Desk) -> Json<Vec<ColumnKind>> {
    Json(service::table_columns())
}

/// Says what a table would give: who is new, who is here already, what would not be taken and why.
///
/// Nothing is written. It tells who is registered, so that a token needs `write` and `personal`.
#[utoipa::path(post, path = "/api/v1/participants/import/preview", tag = "participants", request_body = GivenTable,
    responses((status = 200, body = ImportPreview)))]
pub(crate) async fn preview(
    State(app): State<App>,
    desk: Desk,
    Body(given): Body<GivenTable>,
) -> Result<Json<ImportPreview>, Problem> {
    desk.writes()?;
    desk.personal()?;
    let table = given.into_table(&desk)?;
    let preview = app.service().preview_import(&table).await;
    Ok(Json(preview.map_err(|problem| refused(problem, &desk))?))
}

/// Brings in a table that was looked at.
///
/// It takes as long as the table is; whoever ends the request stops it, and what was written until then stays. Brought in
/// again, a table adds nobody twice.
#[utoipa::path(post, path = "/api/v1/participants/import", tag = "participants", request_body = LookedAtTable,
    responses((status = 200, body = Brought)))]
pub(crate) async fn bring_in(
    State(app): State<App>,
    Script(desk): Script,
    Body(LookedAtTable { table, stamp }): Body<LookedAtTable>,
) -> Result<Json<Brought>, Problem> {
    let officer = desk.writes()?.to_owned();
    desk.personal()?;
    let table = table.into_table(&desk)?;
    let brought = app.service().bring_in(&officer, &table, Some(&stamp), |_| ControlFlow::Continue(())).await;
    Ok(Json(brought.map_err(|problem| refused(problem, &desk))?))
}
