//! An officer's own page: another password, the PIN and the recovery sheet; and setting a forgotten password with that sheet.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::NotLetIn;
use service::reply::RecoverySheetState;

use crate::app::App;
use crate::blank::{Blank, differs, new_password, not_let_in};
use crate::frame::{Done, Frame, Place, page, refused};
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Posted, Visit};
use crate::words::Words;

#[derive(Template)]
#[template(path = "saya.html")]
struct Own {
    frame: Frame,
    faults: Vec<(&'static str, String)>,
    /// What was done, in words.
    done: Option<String>,
    passwords: Vec<Blank>,
    sheet: String,
    sheet_password: Blank,
    /// Whether there is a PIN, in words.
    pin: String,
    pins: Vec<Blank>,
}

pub(crate) async fn show(
    State(app): State<App>,
    axum::extract::Query(done): axum::extract::Query<Done>,
    desk: Desk,
) -> Result<Response, Problem> {
    let done = match done.sudah.as_str() {
        "sandi" => Some("own-changed"),
        "pin" => Some("pin-set"),
        _ => None,
    };
    own_page(&app, &desk, Vec::new(), done).await
}

async fn own_page(
    app: &App,
    desk: &Desk,
    faults: Vec<(&'static str, String)>,
    done: Option<&str>,
) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(app, desk, Place::Own).await?;
    let words = frame.words;
    let mut passwords = vec![Blank::password(words, "old", "own-old", "current-password").wrong(&faults)];
    passwords.extend(new_password(words, &faults));
    let sheet = words.say(match desk.officer.sheet {
        RecoverySheetState::None => "recovery-none",
        RecoverySheetState::Shown => "recovery-shown",
        RecoverySheetState::OnPaper => "recovery-on-paper",
    });
    let pin_hint = words.with(
        "pin-hint",
        &[("least", (*service::PIN_DIGITS.start()).into()), ("most", (*service::PIN_DIGITS.end()).into())],
    );
    let pins = vec![
        Blank::password(words, "pin_password", "login-password", "current-password").wrong(&faults),
        Blank::password(words, "pin", "pin-new", "off").hint(pin_hint).wrong(&faults),
    ];
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = Own {
        pin: words.say(if desk.officer.pin { "pin-there" } else { "pin-none" }),
        pins,
        done: done.map(|done| words.say(done)),
        passwords,
        sheet,
        sheet_password: Blank::password(words, "sheet_password", "login-password", "current-password").wrong(&faults),
        faults,
        frame,
    };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

/// Every other session of the officer ends with the password that it began with.
pub(crate) async fn change_password(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let handle = desk.officer.handle.clone();
    let fault = match differs(words, &form) {
        Some(fault) => fault,
        None => {
            let (old, new) = (form.get("old").to_owned(), form.get("password").to_owned());
            match app.service().change_password(handle.clone(), old, new).await {
                Ok(_) => {
                    crate::session::House::sessions(&app).end_all(&handle);
                    return Ok(desk.visit.let_in(&app, &handle, Redirect::to("/saya?sudah=sandi")));
                }
                Err(why) => not_let_in(&desk.visit, why, "old", "own-old-wrong")?,
            }
        }
    };
    own_page(&app, &desk, vec![fault], None).await
}

/// A PIN that cannot be set is told beside it, and not beside the password.
pub(crate) async fn set_pin(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let (password, pin) = (form.get("pin_password").to_owned(), form.get("pin").to_owned());
    let fault = match app.service().set_pin(desk.officer.handle.clone(), password, pin).await {
        Ok(_) => return Ok(Redirect::to("/saya?sudah=pin").into_response()),
        Err(NotLetIn::Weak) => ("pin", Words::of(desk.visit.language).say("pin-weak")),
        Err(why) => not_let_in(&desk.visit, why, "pin_password", "own-old-wrong")?,
    };
    own_page(&app, &desk, vec![fault], None).await
}

#[derive(Template)]
#[template(path = "lembar.html")]
struct SheetPage {
    frame: Frame,
    code: String,
    handle: String,
    office: String,
    day: String,
}

/// Makes a recovery sheet and shows it, this once.
pub(crate) async fn sheet_page(app: &App, visit: &Visit, handle: &str, password: String) -> Result<Response, Problem> {
    match app.service().new_recovery_sheet(handle.to_owned(), password).await {
        Ok(code) => Ok(visit.with_cookie(app, page(&sheet(app, visit, handle, code), visit))),
        Err(NotLetIn::Problem(problem)) => Err(Problem::of_node(problem, &visit.parts, visit.language)),
        // The password was taken a moment ago: somebody changed it meanwhile.
        Err(NotLetIn::Wrong | NotLetIn::Weak | NotLetIn::Wait { .. }) => Err(visit.problem(Reason::Conflict)),
    }
}

fn sheet(app: &App, visit: &Visit, handle: &str, code: String) -> SheetPage {
    let frame = Frame { officer: visit.officer.clone(), ..Frame::outside(app, visit) };
    let today = jiff::Zoned::now();
    let day = format!("{:02}-{:02}-{:04}", today.day(), today.month(), today.year());
    SheetPage { code, handle: handle.to_owned(), office: app.service().office().name, day, frame }
}

pub(crate) async fn new_recovery_sheet(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let handle = &desk.officer.handle;
    match app.service().new_recovery_sheet(handle.clone(), form.get("sheet_password").to_owned()).await {
        Ok(code) => Ok(page(&sheet(&app, &desk.visit, handle, code), &desk.visit)),
        Err(why) => {
            let fault = not_let_in(&desk.visit, why, "sheet_password", "own-old-wrong")?;
            own_page(&app, &desk, vec![fault], None).await
        }
    }
}

/// The officer says that the sheet is on paper; an administrator goes on with *Mulai* while it is not done.
pub(crate) async fn on_paper(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    // Without the tick the sheet stays as it was shown, and the page says so.
    if form.get("on-paper") == "ya" {
        app.service().recovery_sheet_on_paper(&desk.officer.handle).map_err(|problem| refused(problem, &desk))?;
    }
    let on = if desk.officer.administers() && !app.service().office().admitted { "/mulai" } else { "/saya" };
    Ok(Redirect::to(on).into_response())
}

#[derive(Template)]
#[template(path = "pulihkan.html")]
struct Recover {
    frame: Frame,
    faults: Vec<(&'static str, String)>,
    blanks: Vec<Blank>,
}

fn recover_page(app: &App, visit: &Visit, handle: &str, faults: Vec<(&'static str, String)>) -> Recover {
    let frame = Frame::outside(app, visit);
    let words = frame.words;
    let mut blanks = vec![
        Blank::text(words, "handle", "login-handle", handle).filled_in_as("username"),
        Blank::text(words, "code", "recover-code", "").hint(words.say("enrol-code-hint")).wrong(&faults),
    ];
    blanks.extend(new_password(words, &faults));
    Recover { frame, faults, blanks }
}

pub(crate) async fn ask_recover(State(app): State<App>, visit: Visit) -> Response {
    let shown = recover_page(&app, &visit, "", Vec::new());
    visit.with_cookie(&app, page(&shown, &visit))
}

/// The sheet is used up: the officer is let in and shown a new one.
pub(crate) async fn recover(State(app): State<App>, visit: Visit, form: Posted) -> Result<Response, Problem> {
    let words = Words::of(visit.language);
    let handle = form.get("handle").trim().to_lowercase();
    let password = form.get("password").to_owned();
    let fault = match differs(words, &form) {
        Some(fault) => fault,
        None => match app.service().recover(handle.clone(), form.get("code").to_owned(), password.clone()).await {
            Ok(officer) => {
                crate::session::House::sessions(&app).end_all(&officer.handle);
                return sheet_page(&app, &visit.now(&app, Some(&officer.handle)), &handle, password).await;
            }
            Err(why) => not_let_in(&visit, why, "code", "recover-wrong")?,
        },
    };
    let shown = recover_page(&app, &visit, &handle, vec![fault]);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &visit)).into_response())
}

/// What is only posted to leads back when it is opened, as by the switch of the language.
pub(crate) async fn again() -> Redirect {
    Redirect::to("/saya")
}
