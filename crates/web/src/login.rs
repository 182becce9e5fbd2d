//! Logging in, with a password or for the first time with a one-time code, and logging out.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use service::NotLetIn;

use crate::app::App;
use crate::frame::{Frame, page};
use crate::problem::Problem;
use crate::session::{Posted, Visit};

#[derive(Template)]
#[template(path = "login.html")]
struct LogIn {
    frame: Frame,
    /// Nobody can log in at this node yet.
    nobody: bool,
    /// The node was started so that the first officer begins it by a page.
    begins: bool,
    handle: String,
    back: String,
    wrong: Option<String>,
    /// Others may come back to this browser by a PIN.
    tiles: bool,
}

#[derive(Template)]
#[template(path = "enrol.html")]
struct Enrol {
    frame: Frame,
    handle: String,
    wrong: Option<String>,
    password_wrong: Option<String>,
    password_min: usize,
}

#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Back {
    /// Where to go afterwards.
    #[serde(default)]
    pub(crate) ke: String,
    /// Who logs in, as far as it is known.
    #[serde(default)]
    siapa: String,
}

/// A path of ours; anything else leads to the first page.
pub(crate) fn inside(path: &str) -> &str {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r']);
    if ours { path } else { "/" }
}

pub(crate) async fn ask_in(State(app): State<App>, Query(back): Query<Back>, visit: Visit) -> Response {
    if visit.officer.is_some() {
        return Redirect::to(inside(&back.ke)).into_response();
    }
    let frame = Frame::outside(&app, &visit);
    let nobody = !app.service().has_officers();
    let begins = app.start_key().is_some();
    let (handle, back, tiles) = (back.siapa, inside(&back.ke).to_owned(), !visit.present(&app).is_empty());
    let shown = LogIn { frame, nobody, begins, handle, back, wrong: None, tiles };
    visit.with_cookie(&app, page(&shown, &visit))
}

pub(crate) async fn log_in(State(app): State<App>, visit: Visit, form: Posted) -> Response {
    let handle = form.get("handle").trim().to_lowercase();
    let wrong = match app.service().log_in(handle.clone(), form.get("password").to_owned()).await {
        Ok(officer) => return visit.let_in(&app, &officer.handle, Redirect::to(inside(form.get("ke")))),
        Err(why) => match why_not(&visit, why) {
            Ok(wrong) => wrong,
            Err(problem) => return problem.into_response(),
        },
    };
    let frame = Frame::outside(&app, &visit);
    let shown = LogIn {
        frame,
        nobody: false,
        begins: false,
        handle,
        back: inside(form.get("ke")).to_owned(),
        wrong: Some(wrong),
        tiles: !visit.present(&app).is_empty(),
    };
    (axum::http::StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &visit)).into_response()
}

pub(crate) async fn ask_code(State(app): State<App>, visit: Visit) -> Response {
    let shown = enrolment(&app, &visit, String::new(), None, None);
    visit.with_cookie(&app, page(&shown, &visit))
}

pub(crate) async fn enrol(State(app): State<App>, visit: Visit, form: Posted) -> Response {
    let handle = form.get("handle").trim().to_lowercase();
    let (password, again) = (form.get("password"), form.get("again"));
    let words = Frame::bare(visit.language).words;
    let (wrong, password_wrong) = if password != again {
        (None, Some(words.say("enrol-differs")))
    } else {
        match app.service().enrol(handle.clone(), form.get("code").to_owned(), password.to_owned()).await {
            Ok(officer) => return visit.let_in(&app, &officer.handle, Redirect::to("/")),
            Err(NotLetIn::Weak) => (None, Some(words.about("enrol-weak", "n", service::PASSWORD_CHARS_MIN))),
            Err(NotLetIn::Wrong) => (Some(words.say("enrol-wrong")), None),
            Err(why) => match why_not(&visit, why) {
                Ok(wrong) => (Some(wrong), None),
                Err(problem) => return problem.into_response(),
            },
        }
    };
    let shown = enrolment(&app, &visit, handle, wrong, password_wrong);
    (axum::http::StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &visit)).into_response()
}

fn enrolment(app: &App, visit: &Visit, handle: String, wrong: Option<String>, password_wrong: Option<String>) -> Enrol {
    let frame = Frame::outside(app, visit);
    Enrol { frame, handle, wrong, password_wrong, password_min: service::PASSWORD_CHARS_MIN }
}

/// What the form says; a fault of ours is a page of its own.
fn why_not(visit: &Visit, why: NotLetIn) -> Result<String, Problem> {
    let words = Frame::bare(visit.language).words;
    match why {
        NotLetIn::Wrong | NotLetIn::Weak => Ok(words.say("login-wrong")),
        NotLetIn::Wait { seconds } => Ok(words.about("login-wait", "minutes", seconds.div_ceil(60))),
        NotLetIn::Problem(problem) => Err(Problem::of_node(problem, &visit.parts, visit.language)),
    }
}

pub(crate) async fn log_out(State(app): State<App>, visit: Visit, _form: Posted) -> Response {
    visit.go_home(&app)
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (given, expected) in [
            ("/peserta", "/peserta"),
            ("", "/"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil", "/"),
        ] {
            assert_eq!(inside(given), expected, "{given}");
        }
    }
}
