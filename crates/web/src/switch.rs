//! One desk, several officers: a tile for each who logged in here today, and a PIN.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::OfficerView;

use crate::app::App;
use crate::blank::not_let_in;
use crate::frame::{Frame, page};
use crate::login::{Back, inside};
use crate::problem::Problem;
use crate::session::{Desk, Posted, Visit};

#[derive(Template)]
#[template(path = "switch.html")]
struct Tiles {
    frame: Frame,
    tiles: Vec<Tile>,
    back: String,
    faults: Vec<(&'static str, String)>,
    /// Who sits there now.
    sits: Option<OfficerView>,
}

struct Tile {
    officer: OfficerView,
    /// The key that picks it, with the browser's modifier.
    key: usize,
    picked: bool,
}

impl Tiles {
    fn of(app: &App, visit: &Visit, picked: &str, back: &str, faults: Vec<(&'static str, String)>) -> Self {
        let sits = visit.officer.clone();
        let mut others = visit.present(app);
        others.retain(|officer| sits.as_ref().is_none_or(|sits| sits.handle != officer.handle));
        // Whoever was picked; else the first.
        let picked = others.iter().position(|officer| officer.handle == picked).unwrap_or(0);
        let tiles =
            others.into_iter().enumerate().map(|(at, officer)| Tile { officer, key: at + 1, picked: at == picked });
        let frame = Frame { officer: sits.clone(), ..Frame::outside(app, visit) };
        Self { tiles: tiles.collect(), frame, back: inside(back).to_owned(), faults, sits }
    }

    fn error(&self) -> Option<&str> {
        self.faults.first().map(|(_, text)| text.as_str())
    }
}

/// Open to whoever sits there and to those who are present; nobody else has tiles here.
pub(crate) async fn show(State(app): State<App>, Query(back): Query<Back>, visit: Visit) -> Response {
    if visit.officer.is_none() && !visit.left {
        return Redirect::to("/masuk").into_response();
    }
    page(&Tiles::of(&app, &visit, "", &back.ke, Vec::new()), &visit)
}

pub(crate) async fn switch(State(app): State<App>, visit: Visit, form: Posted) -> Result<Response, Problem> {
    let (handle, pin, back) = (form.get("officer"), form.get("pin"), form.get("ke"));
    let words = crate::words::Words::of(visit.language);
    let fault = if visit.count_pin(&app, handle) {
        match app.service().is_pin(handle.to_owned(), pin.to_owned()).await {
            Ok(true) => return Ok(visit.sit_down(&app, handle, Redirect::to(inside(back)))),
            Ok(false) => ("pin", words.say("pin-wrong")),
            Err(why) => not_let_in(&visit, why, "pin", "pin-wrong")?,
        }
    } else {
        ("pin", words.say("pin-too-often"))
    };
    let shown = Tiles::of(&app, &visit, handle, back, vec![fault]);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &visit)).into_response())
}

/// The officer gets up: the desk takes a PIN, or the password of somebody else.
pub(crate) async fn lock(State(app): State<App>, desk: Desk, form: Posted) -> Response {
    let to = if form.get("ke") == "masuk" { "/masuk" } else { "/ganti" };
    desk.visit.get_up(&app, Redirect::to(to))
}

/// What is only posted to leads back when it is opened, as by the switch of the language.
pub(crate) async fn again() -> Redirect {
    Redirect::to("/ganti")
}
