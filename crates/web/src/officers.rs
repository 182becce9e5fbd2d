//! Who may log in at this node: for its administrator.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use service::reply::{OfficerCode, OfficerView};
use service::{Command, Query, Role};

use crate::app::{App, ask};
use crate::blank::Blank;
use crate::frame::{Frame, Place, page, refused};
use crate::problem::Problem;
use crate::session::{Desk, Posted};
use crate::words::Words;

struct OfficerLine {
    handle: String,
    name: String,
    roles: String,
    state: String,
    /// Nobody removes themselves: somebody must be left who can let others in.
    own: bool,
}

struct RoleBox {
    value: &'static str,
    label: String,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "officers.html")]
struct OfficersPage {
    frame: Frame,
    answer: String,
    lines: Vec<OfficerLine>,
    /// Shown once.
    code: Option<OfficerCode>,
    /// What was done, in words.
    done: Option<String>,
    error: Option<String>,
    handle: String,
    name: String,
    roles: Vec<RoleBox>,
    /// Where this office is, for the letterhead.
    letterhead: Vec<Blank>,
}

pub(crate) async fn list(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    shown(&app, &desk, Outcome::default()).await
}

/// What a post came to.
#[derive(Default)]
struct Outcome {
    code: Option<OfficerCode>,
    done: Option<String>,
    error: Option<String>,
    /// What is wrong with the address.
    address: Option<String>,
    typed: Posted,
}

pub(crate) async fn add(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let words = Words::of(desk.visit.language);
    let roles: Vec<Role> = form.all("role").filter_map(|role| role.parse().ok()).collect();
    let handle = form.get("handle").trim().to_lowercase();
    let add = Command::AddOfficer { handle, name: form.get("name").to_owned(), roles };
    let outcome = match ask!(app, add, OfficerCode) {
        Ok(code) => Outcome { code: Some(code), ..Outcome::default() },
        Err(problem) => {
            let key = match problem.code {
                service::Code::Conflict => "officers-taken",
                service::Code::BadInput => "officers-incomplete",
                service::Code::NotFound
                | service::Code::NoRight
                | service::Code::InUse
                | service::Code::Storage
                | service::Code::Internal => return Err(refused(problem, &desk)),
            };
            Outcome { error: Some(words.say(key)), typed: form, ..Outcome::default() }
        }
    };
    shown(&app, &desk, outcome).await
}

pub(crate) async fn reset(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let reset = Command::ResetOfficer { handle: form.get("handle").to_owned() };
    let code = ask!(app, reset, OfficerCode).map_err(|problem| refused(problem, &desk))?;
    shown(&app, &desk, Outcome { code: Some(code), ..Outcome::default() }).await
}

pub(crate) async fn remove(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let handle = form.get("handle").to_owned();
    let words = Words::of(desk.visit.language);
    // Destructive: confirmed by typing the name.
    let outcome = if handle == desk.officer.handle || form.get("confirm").trim() != handle {
        Outcome { error: Some(words.about("officers-confirm", "handle", handle)), ..Outcome::default() }
    } else {
        app.ask(Command::RemoveOfficer { handle: handle.clone() }).await.map_err(|problem| refused(problem, &desk))?;
        Outcome { done: Some(words.about("officers-removed", "handle", handle)), ..Outcome::default() }
    };
    shown(&app, &desk, outcome).await
}

async fn shown(app: &App, desk: &Desk, outcome: Outcome) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(app, desk, Place::Officers).await?;
    let words = frame.words;
    let officers = ask!(app, Query::Officers, Officers).map_err(|problem| refused(problem, desk))?;
    let roles = Role::ALL.into_iter().map(|role| RoleBox {
        value: role.name(),
        label: words.say(&format!("role-{}", role.name())),
        ticked: outcome.typed.all("role").any(|ticked| ticked == role.name()),
    });
    let failed = outcome.error.is_some() || outcome.address.is_some();
    let written = match &outcome.address {
        Some(_) => outcome.typed.get("address").to_owned(),
        None => app.service().address(),
    };
    let faults: Vec<(&'static str, String)> = outcome.address.iter().map(|text| ("address", text.clone())).collect();
    let hint = words.say("officers-address-hint");
    let address = Blank::text(words, "address", "officers-address", &written).hint(hint).wrong(&faults);
    let shown = OfficersPage {
        answer: words.about("officers-answer", "n", officers.len()),
        lines: officers.iter().map(|officer| line(words, officer, desk)).collect(),
        code: outcome.code,
        done: outcome.done,
        error: outcome.error,
        handle: outcome.typed.get("handle").to_owned(),
        name: outcome.typed.get("name").to_owned(),
        roles: roles.collect(),
        letterhead: vec![address],
        frame,
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

fn line(words: Words, officer: &OfficerView, desk: &Desk) -> OfficerLine {
    let roles: Vec<&str> = officer.roles.iter().map(|role| role.name()).collect();
    let state = match (officer.active, officer.waits_s) {
        (false, _) => words.say("officers-invited"),
        (true, 0) => words.say("officers-active"),
        (true, seconds) => words.about("officers-waits", "minutes", seconds.div_ceil(60)),
    };
    OfficerLine {
        handle: officer.handle.clone(),
        name: officer.name.clone(),
        roles: roles.join(", "),
        state,
        own: officer.handle == desk.officer.handle,
    }
}

/// Says where this office is, for the letterhead.
pub(crate) async fn set_address(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let words = Words::of(desk.visit.language);
    let set = app.ask(Command::SetAddress { address: form.get("address").to_owned() }).await;
    let outcome = match set {
        Ok(_) => Outcome { done: Some(words.say("officers-address-set")), ..Outcome::default() },
        Err(problem) => {
            let (_, text) = crate::sheet_form::beside(words, problem, &desk)?;
            Outcome { address: Some(text), typed: form, ..Outcome::default() }
        }
    };
    shown(&app, &desk, outcome).await
}
