//! *Mulai* at a node: its first officer, its request, the answer, and one line for each step until the first name is seen
//! at another office. What is done is read from the node itself, so that a power cut loses no step.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{Glance, RecoverySheetState};
use service::{Code, Find, NotTaken};

use crate::app::{App, ask};
use crate::blank::{Blank, carried, differs, new_password, not_let_in};
use crate::carry::{Carry, Picture};
use crate::frame::{Frame, Place, page, refused};
use crate::own::sheet_page;
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Posted, Visit};
use crate::start::{Beginner, Opened};
use crate::words::Words;

/// Of how many people it is looked up where they are held.
const LOOKED_UP_MAX: u32 = 5;

/// Before there is an officer: the way to the form of the first one. After: the steps.
pub(crate) async fn begin(
    State(app): State<App>,
    Query(opened): Query<Opened>,
    visit: Visit,
) -> Result<Response, Response> {
    if app.service().has_officers() {
        let desk = Desk::of(&app, visit)?;
        return steps(&app, &desk, Vec::new(), "").await.map_err(IntoResponse::into_response);
    }
    let visit = match app.start_key() {
        Some(key) => opened.by(&app, key, visit),
        None => visit,
    };
    if !visit.begins {
        return Err(visit.problem(Reason::Closed).into_response());
    }
    let shown = first_page(&app, &visit, "", "", Vec::new());
    Ok(visit.with_cookie(&app, page(&shown, &visit)))
}

#[derive(Template)]
#[template(path = "mulai_petugas.html")]
struct FirstOfficer {
    frame: Frame,
    faults: Vec<(&'static str, String)>,
    blanks: Vec<Blank>,
}

fn first_page(app: &App, visit: &Visit, name: &str, handle: &str, faults: Vec<(&'static str, String)>) -> FirstOfficer {
    let frame = Frame::outside(app, visit);
    let words = frame.words;
    let mut blanks = vec![
        Blank::text(words, "name", "start-officer-name", name).filled_in_as("name").wrong(&faults),
        Blank::text(words, "handle", "login-handle", handle)
            .hint(words.say("officers-handle-hint"))
            .filled_in_as("username")
            .wrong(&faults),
    ];
    blanks.extend(new_password(words, &faults));
    FirstOfficer { frame, faults, blanks }
}

pub(crate) async fn ask_first(State(app): State<App>, visit: Visit) -> Response {
    if app.service().has_officers() {
        return Redirect::to("/mulai").into_response();
    }
    if !visit.begins {
        return visit.problem(Reason::Closed).into_response();
    }
    page(&first_page(&app, &visit, "", "", Vec::new()), &visit)
}

/// The first officer is let in at once, and shown their recovery sheet.
pub(crate) async fn first(
    State(app): State<App>,
    Beginner(visit): Beginner,
    form: Posted,
) -> Result<Response, Problem> {
    if app.service().has_officers() {
        return Ok(Redirect::to("/mulai").into_response());
    }
    let words = Words::of(visit.language);
    let handle = form.get("handle").trim().to_lowercase();
    let (name, password) = (form.get("name").trim().to_owned(), form.get("password").to_owned());
    let mut faults = Vec::new();
    if name.is_empty() || name.chars().count() > 80 {
        faults.push(("name", words.say("start-officer-name-wrong")));
    }
    if identity::Officer::new(&handle).is_err() {
        faults.push(("handle", words.say("start-officer-handle-wrong")));
    }
    faults.extend(differs(words, &form));
    if faults.is_empty() {
        match app.service().begin(handle.clone(), name.clone(), password.clone()).await {
            Ok(officer) => return sheet_page(&app, &visit.now(&app, Some(&officer.handle)), &handle, password).await,
            Err(service::NotLetIn::Problem(problem)) if problem.code == Code::Conflict => {
                return Ok(Redirect::to("/mulai").into_response());
            }
            Err(why) => faults.push(not_let_in(&visit, why, "password", "login-wrong")?),
        }
    }
    let shown = first_page(&app, &visit, &name, &handle, faults);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &visit)).into_response())
}

/// One step, as a line.
struct Step {
    /// Colour and shape: `well`, `busy`, `alone` or `choose`.
    state: &'static str,
    text: String,
    more: String,
    /// Where it is done, if by the officer.
    href: &'static str,
    action: String,
}

#[derive(Template)]
#[template(path = "mulai_langkah.html")]
struct Steps {
    frame: Frame,
    answer: String,
    steps: Vec<Step>,
    faults: Vec<(&'static str, String)>,
    /// The request and the place for its answer, until there is one.
    request: Option<Request>,
}

struct Request {
    carry: Carry,
    code: String,
    blanks: [Blank; 2],
}

async fn steps(app: &App, desk: &Desk, faults: Vec<(&'static str, String)>, pasted: &str) -> Result<Response, Problem> {
    desk.administers()?;
    let (frame, glance) = Frame::of(app, desk, Place::Today).await?;
    let words = frame.words;
    let answered = app.service().has_network();
    let steps = lines(app, desk, &glance, answered).await?;
    let left = steps.iter().filter(|step| step.state != "well").count();
    let answer = if left == 0 { words.say("start-done") } else { words.about("start-left", "n", left) };
    let request = (!answered).then(|| request(app, words, &glance, &faults, pasted));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&Steps { frame, answer, steps, faults, request }, &desk.visit)).into_response())
}

fn request(app: &App, words: Words, glance: &Glance, faults: &[(&'static str, String)], pasted: &str) -> Request {
    let own = app.service().own_request();
    // The line stands last: what follows it in a message would have to be told from it.
    let about = [("office", glance.office.name.as_str().into()), ("code", own.code.as_str().into())];
    let text = format!("{}\n\n{}", words.with("start-request-message", &about), own.line);
    let carry = Carry { file_at: "/mulai/permintaan", posted: String::new(), text, picture: Picture::of(&own.line) };
    let blanks = [
        Blank::text(words, "file", "start-answer-file", "").of_kind("file"),
        Blank::text(words, "answer", "start-answer-text", pasted).of_kind("area").wrong(faults),
    ];
    Request { carry, code: own.code, blanks }
}

async fn lines(app: &App, desk: &Desk, glance: &Glance, answered: bool) -> Result<Vec<Step>, Problem> {
    let words = Words::of(desk.visit.language);
    let step =
        |state, text: String, more: &str| Step { state, text, more: words.say(more), href: "", action: String::new() };
    let on_paper = desk.officer.sheet == RecoverySheetState::OnPaper;
    let sheet = step(
        if on_paper { "well" } else { "choose" },
        words.say(if on_paper { "start-sheet-done" } else { "start-sheet-open" }),
        "start-sheet-more",
    );
    let answer = step(
        if answered { "well" } else { "alone" },
        words.say(if answered { "start-answer-done" } else { "start-answer-open" }),
        if answered { "start-answer-done-more" } else { "start-answer-open-more" },
    );
    let met = match (glance.connected.first(), answered) {
        (Some(peer), _) => step(
            "well",
            words.about("start-met", "office", peer.office.as_str()),
            if glance.office.admitted { "start-met-more" } else { "start-meeting-more" },
        ),
        (None, true) => step("busy", words.say("start-meeting"), "start-meeting-more"),
        (None, false) => step("away", words.say("start-meeting-later"), "start-meeting-later-more"),
    };
    let name = match first_held(app, desk).await? {
        Some((office, time_ms)) => step(
            "well",
            words.with("start-seen", &[("office", office.into()), ("time", words.when(time_ms).into())]),
            "start-seen-more",
        ),
        None if glance.participants > 0 => step("alone", words.say("start-name-here"), "start-name-here-more"),
        None => Step {
            href: "/peserta/daftar",
            action: words.say("door-register"),
            ..step("choose", words.say("start-name-none"), "start-name-none-more")
        },
    };
    let office =
        step("well", words.about("start-office-done", "office", glance.office.name.as_str()), "start-office-done-more");
    let sheet = if on_paper { sheet } else { Step { href: "/saya", action: words.say("recovery-new"), ..sheet } };
    Ok(vec![office, sheet, answer, met, name])
}

/// The office that was the first to hold all of somebody registered here, and when.
async fn first_held(app: &App, desk: &Desk) -> Result<Option<(String, i64)>, Problem> {
    let find = Find { limit: LOOKED_UP_MAX, ..Find::default() };
    let found = ask!(app, service::Query::Find(find), Found).map_err(|problem| refused(problem, desk))?;
    let mut held = Vec::new();
    for row in found.rows {
        let id = row.person.clone();
        let record = ask!(app, service::Query::Record { id }, Record).map_err(|problem| refused(problem, desk))?;
        held.extend(record.beside.holders.iter().map(|holder| (holder.time_ms, holder.office.clone())));
    }
    Ok(held.into_iter().min().map(|(time_ms, office)| (office, time_ms)))
}

pub(crate) async fn answer(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let given = carried(&form, "answer");
    match app.service().take_answer(given).await {
        Ok(()) => Ok(Redirect::to("/mulai").into_response()),
        Err(NotTaken::Problem(problem)) => Err(refused(problem, &desk)),
        Err(why) => {
            let text = not_taken(Words::of(desk.visit.language), &why, given.is_empty());
            steps(&app, &desk, vec![("answer", text)], form.get("answer")).await
        }
    }
}

/// What is wrong with what was carried here, and what to do.
pub(crate) fn not_taken(words: Words, why: &NotTaken, empty: bool) -> String {
    words.say(match why {
        NotTaken::Foreign if empty => "carry-empty",
        NotTaken::Foreign => "carry-foreign",
        NotTaken::IsRequest => "carry-is-request",
        NotTaken::IsAnswer => "carry-is-answer",
        NotTaken::IsOther => "carry-is-other",
        NotTaken::Damaged => "carry-damaged",
        NotTaken::Newer => "carry-newer",
        NotTaken::OtherComputer => "carry-other-computer",
        NotTaken::OtherSort { practice: true } => "carry-for-practice",
        NotTaken::OtherSort { practice: false } => "carry-for-real",
        NotTaken::OtherNetwork => "carry-other-network",
        NotTaken::NoRight => "carry-no-right",
        NotTaken::NotJoined => "carry-not-joined",
        NotTaken::Problem(_) => "problem-internal",
    })
}

pub(crate) async fn request_file(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    Ok(attachment("permintaan.simpul", app.service().own_request().file))
}

/// Bytes to be kept as a file; the name says nothing of anybody.
pub(crate) fn attachment(name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

/// What is only posted to leads back when it is opened, as by the switch of the language.
pub(crate) async fn again() -> Redirect {
    Redirect::to("/mulai")
}
