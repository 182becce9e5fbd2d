//! *Permintaan bergabung*: who asks to join, compared by telephone, let in or refused. For the administrator of the office
//! that stands above.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::Approved;
use service::{Asking, Command, NotTaken};

use crate::app::{App, ask};
use crate::blank::{Blank, carried};
use crate::carry::{Carry, Picture};
use crate::frame::{Frame, Place, page, refused};
use crate::mulai::{attachment, not_taken};
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Posted};
use crate::start::kind_word;
use crate::words::Words;

/// The longest reason of a refusal, in characters: it goes into a message.
const REASON_CHARS_MAX: usize = 500;

/// What the page shows besides the form for a request.
enum Shown {
    Nothing,
    /// Who asks.
    Asking {
        asking: Box<Asking>,
        kind: String,
        reason: Blank,
    },
    /// The answer to carry back.
    Answer {
        title: String,
        code: String,
        carry: Box<Carry>,
    },
    /// The text that says why not.
    Refusal {
        title: String,
        text: String,
    },
}

#[derive(Template)]
#[template(path = "permintaan.html")]
struct RequestsPage {
    frame: Frame,
    faults: Vec<(&'static str, String)>,
    shown: Shown,
    blanks: [Blank; 2],
}

async fn shown(
    app: &App,
    desk: &Desk,
    faults: Vec<(&'static str, String)>,
    pasted: &str,
    shown: Shown,
) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(app, desk, Place::Officers).await?;
    let words = frame.words;
    let blanks = [
        Blank::text(words, "file", "requests-file", "").of_kind("file"),
        Blank::text(words, "request", "requests-text", pasted).of_kind("area").wrong(&faults),
    ];
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&RequestsPage { frame, faults, shown, blanks }, &desk.visit)).into_response())
}

pub(crate) async fn ask(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    shown(&app, &desk, Vec::new(), "", Shown::Nothing).await
}

/// Who asks by what was carried here; else what is wrong with it.
async fn asking(app: &App, desk: &Desk, given: &[u8]) -> Result<Result<Asking, String>, Problem> {
    desk.administers()?;
    match app.service().asking(given).await {
        Ok(asking) => Ok(Ok(asking)),
        Err(NotTaken::Problem(problem)) => Err(refused(problem, desk)),
        Err(why) => Ok(Err(not_taken(Words::of(desk.visit.language), &why, given.is_empty()))),
    }
}

fn card(words: Words, asking: Asking, reason: &str, faults: &[(&'static str, String)]) -> Shown {
    let kind = if asking.kind.is_empty() { String::new() } else { kind_word(words, &asking.kind) };
    let reason = Blank::text(words, "reason", "requests-reason", reason).of_kind("area");
    let reason = reason.hint(words.say("requests-reason-hint")).wrong(faults);
    Shown::Asking { asking: Box::new(asking), kind, reason }
}

pub(crate) async fn look(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    match asking(&app, &desk, carried(&form, "request")).await? {
        Ok(asking) => shown(&app, &desk, Vec::new(), "", card(words, asking, "", &[])).await,
        Err(text) => shown(&app, &desk, vec![("request", text)], form.get("request"), Shown::Nothing).await,
    }
}

/// Lets the office in and gives the answer to carry back. Sent again it gives the same answer again.
pub(crate) async fn approve(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let asking = match asking(&app, &desk, form.get("request").as_bytes()).await? {
        Ok(asking) => asking,
        Err(text) => return shown(&app, &desk, vec![("request", text)], form.get("request"), Shown::Nothing).await,
    };
    if form.get("same") != "ya" && !asking.member {
        let faults = vec![("same", words.say("requests-compare-first"))];
        let card = card(words, asking, form.get("reason"), &faults);
        return shown(&app, &desk, faults, "", card).await;
    }
    let (code, posted) = (asking.code.clone(), asking.line.clone());
    let Approved { name, line, .. } = invite(&app, &desk, &asking).await?;
    let message = words.about("requests-answer-message", "office", name.as_str());
    let carry = Carry {
        file_at: "/permintaan/berkas",
        posted,
        text: format!("{message}\n\n{line}"),
        picture: Picture::of(&line),
    };
    let title = words.about("requests-approved", "office", name.as_str());
    shown(&app, &desk, Vec::new(), "", Shown::Answer { title, code, carry: Box::new(carry) }).await
}

async fn invite(app: &App, desk: &Desk, asking: &Asking) -> Result<Approved, Problem> {
    let request = asking.line.clone().into_bytes();
    ask!(app, Command::Approve { request }, Approved).map_err(|problem| refused(problem, desk))
}

/// The answer as a file, for an office that has been let in.
pub(crate) async fn file(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    match asking(&app, &desk, form.get("request").as_bytes()).await? {
        Ok(asking) if asking.member => Ok(attachment("jawaban.simpul", invite(&app, &desk, &asking).await?.file)),
        Ok(_) | Err(_) => Err(desk.visit.problem(Reason::BadForm)),
    }
}

/// Gives a text that says why; nothing is kept of the request.
pub(crate) async fn refuse(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let asking = match asking(&app, &desk, form.get("request").as_bytes()).await? {
        Ok(asking) => asking,
        Err(text) => return shown(&app, &desk, vec![("request", text)], form.get("request"), Shown::Nothing).await,
    };
    let reason = form.get("reason").trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        let faults = vec![("reason", words.say("requests-reason-wrong"))];
        let card = card(words, asking, reason, &faults);
        return shown(&app, &desk, faults, "", card).await;
    }
    let own = app.service().office().name;
    let about = [
        ("office", asking.name.as_str().into()),
        ("own", own.as_str().into()),
        ("code", asking.code.as_str().into()),
        ("reason", reason.into()),
    ];
    let text = words.with("requests-refusal-message", &about);
    let title = words.about("requests-refused", "office", asking.name.as_str());
    shown(&app, &desk, Vec::new(), "", Shown::Refusal { title, text }).await
}

/// What is only posted to leads back when it is opened, as by the switch of the language.
pub(crate) async fn again() -> Redirect {
    Redirect::to("/permintaan")
}
