//! Erasing a record, or who a participant is, for good: looked at, grounded, and then ordered. For administrators.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::{Command, Query as Ask};

use crate::app::{App, ask};
use crate::blank::Blank;
use crate::frame::{Frame, Place, page, refused};
use crate::panels::{Panel, panels};
use crate::problem::Problem;
use crate::session::{Desk, Posted};
use crate::sheet_form::beside;
use crate::sheets::sheet;

#[derive(Template)]
#[template(path = "erase.html")]
struct ErasePage {
    frame: Frame,
    faults: Vec<(&'static str, String)>,
    /// Where the form is sent, and where one goes instead.
    at: String,
    back: String,
    panels: Vec<Panel>,
    blanks: Vec<Blank>,
}

/// What is to be erased, and where its page and its list are.
struct Named {
    id: String,
    back: String,
    list: String,
    place: Place,
}

impl Named {
    fn person(id: String) -> Self {
        Self { back: format!("/peserta/{id}"), list: "/peserta".to_owned(), place: Place::Participants, id }
    }

    async fn record(app: &App, desk: &Desk, code: &str, id: String) -> Result<Self, Problem> {
        sheet(app, desk, code, &id).await?;
        let list = format!("/catatan/{code}");
        Ok(Self { back: format!("{list}/{id}"), list, place: Place::Records, id })
    }
}

pub(crate) async fn ask_person(
    State(app): State<App>,
    Path(id): Path<String>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.administers()?;
    looked_at(&app, &desk, Named::person(id), Vec::new()).await
}

pub(crate) async fn person(
    State(app): State<App>,
    Path(id): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    desk.administers()?;
    ordered(&app, &desk, Named::person(id), &form).await
}

pub(crate) async fn ask_record(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.administers()?;
    let named = Named::record(&app, &desk, &code, id).await?;
    looked_at(&app, &desk, named, Vec::new()).await
}

pub(crate) async fn record(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    desk.administers()?;
    let named = Named::record(&app, &desk, &code, id).await?;
    ordered(&app, &desk, named, &form).await
}

async fn looked_at(
    app: &App,
    desk: &Desk,
    named: Named,
    faults: Vec<(&'static str, String)>,
) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(app, desk, named.place).await?;
    let words = frame.words;
    let look = ask!(app, Ask::Erasure { id: named.id }, Preview).map_err(|problem| refused(problem, desk))?;
    let ground = Blank::text(words, "ground", "erase-ground", "").hint(words.say("erase-ground-hint")).wrong(&faults);
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = ErasePage {
        at: format!("{}/hapus", named.back),
        back: named.back,
        panels: panels(words, "", &look, false),
        blanks: vec![ground],
        faults,
        frame,
    };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

async fn ordered(app: &App, desk: &Desk, named: Named, form: &Posted) -> Result<Response, Problem> {
    let erase = Command::Erase { id: named.id.clone(), ground: form.get("ground").to_owned() };
    match app.ask(erase).await {
        Ok(_) => Ok(Redirect::to(&named.list).into_response()),
        Err(problem) => {
            let words = crate::words::Words::of(desk.visit.language);
            let (_, text) = beside(words, problem, desk)?;
            looked_at(app, desk, named, vec![("ground", text)]).await
        }
    }
}
