//! *Mulai* in a folder that holds no node yet: practise or begin, find the office, make the node. From then on the pages
//! are those of the node, at the same address.
//!
//! # Invariants
//! - Only whoever opened the address with the key, which the program told the one who started it, gets further: other
//!   users of the machine do not know it, and other sites are held off as everywhere.
//! - A node is made once, however often the form is sent.

use std::sync::{Arc, OnceLock};

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use service::reply::OfficerView;
use service::{PlaceView, Service, find_offices, office_at};
use tokio::sync::{Mutex, oneshot, watch};
use tower::ServiceExt;

use crate::app::App;
use crate::blank::Blank;
use crate::frame::{Frame, page};
use crate::problem::{Problem, Reason};
use crate::session::{House, Posted, Visit};
use crate::sessions::Sessions;
use crate::words::Words;
use crate::{assets, guarded, problem, router};

/// What opens *Mulai*; kept as its hash.
#[derive(Clone)]
pub struct StartKey(blake3::Hash);

impl StartKey {
    /// `key` must be random: at least 128 bits.
    pub fn new(key: &str) -> Self {
        Self(blake3::hash(key.as_bytes()))
    }

    /// Whether this is the key. Hashes are compared, so that the time says nothing about it.
    pub(crate) fn fits(&self, given: &str) -> bool {
        blake3::hash(given.as_bytes()) == self.0
    }
}

impl std::fmt::Debug for StartKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(..)")
    }
}

/// A folder in which a node is to begin. Cheap to clone.
#[derive(Clone)]
pub struct Start(Arc<Inner>);

struct Inner {
    options: service::Options,
    key: StartKey,
    sessions: Sessions,
    stopping: watch::Receiver<bool>,
    /// Who waits for the node; locked while it is made.
    begun: Mutex<Option<oneshot::Sender<Service>>>,
    node: OnceLock<(App, Router)>,
}

impl Start {
    /// How the node is to be opened, and the key of the one who may begin it. The node is given out once it runs.
    pub fn new(
        options: service::Options,
        key: StartKey,
        stopping: watch::Receiver<bool>,
    ) -> (Self, oneshot::Receiver<Service>) {
        let (begun, begins) = oneshot::channel();
        let (begun, sessions) = (Mutex::new(Some(begun)), Sessions::new());
        (Self(Arc::new(Inner { options, key, sessions, stopping, begun, node: OnceLock::new() })), begins)
    }

    /// Makes the node, unless it has been made, and opens it.
    async fn make(&self, place: &PlaceView, name: &str, practice: bool) -> Result<App, service::Problem> {
        let mut begun = self.0.begun.lock().await;
        if let Some((app, _)) = self.0.node.get() {
            return Ok(app.clone());
        }
        let store = self.0.options.store.clone();
        let subject = service::subject(Some(name), Some(&place.kind), Some(&place.region), None)?;
        if !service::holds_node(&store) {
            let made = tokio::task::spawn_blocking(move || service::create(&store, subject, practice)).await;
            made.map_err(|error| service::Problem::internal(&error))??;
        }
        let service = Service::start(self.0.options.clone()).await?;
        let app = App::beginning(service.clone(), self.0.stopping.clone(), self.0.key.clone());
        let (app, _) = self.0.node.get_or_init(|| (app.clone(), router(app)));
        if let Some(begun) = begun.take() {
            // Nobody waits any more when the program is about to stop.
            drop(begun.send(service));
        }
        Ok(app.clone())
    }
}

impl House for Start {
    fn cookie(&self) -> &'static str {
        "simpul-mulai"
    }

    fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    fn officer(&self, _handle: &str) -> Option<OfficerView> {
        None
    }
}

/// The pages of a folder that holds no node yet; once it does, those of the node.
pub fn first_router(start: Start) -> Router {
    let pages = Router::new()
        .route("/", get(closed))
        .route("/mulai", get(welcome))
        .route("/mulai/kantor", get(closed).post(find))
        .route("/mulai/kantor/pilih", get(closed).post(choose))
        .route("/mulai/kantor/buat", get(closed).post(make))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/assets/{name}", get(assets::serve))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .with_state(start.clone());
    guarded(pages).layer(from_fn_with_state(start, hand_on))
}

/// Outermost: what is asked once there is a node is asked of the node.
async fn hand_on(State(start): State<Start>, request: Request, next: Next) -> Response {
    match start.0.node.get() {
        Some((_, router)) => router.clone().oneshot(request).await.into_response(),
        None => next.run(request).await,
    }
}

/// The key in the address that the program told.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Opened {
    #[serde(default)]
    kunci: String,
}

impl Opened {
    /// The visit, as of whoever begins the node if the address has the key.
    pub(crate) fn by(&self, house: &impl House, key: &StartKey, visit: Visit) -> Visit {
        if !visit.begins && key.fits(&self.kunci) { visit.now(house, None) } else { visit }
    }
}

/// A visit of whoever begins the node.
pub(crate) struct Beginner(pub(crate) Visit);

impl<H: House> FromRequestParts<H> for Beginner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &H) -> Result<Self, Problem> {
        let Ok(visit) = Visit::from_request_parts(parts, house).await;
        if visit.begins { Ok(Self(visit)) } else { Err(visit.problem(Reason::Closed)) }
    }
}

async fn closed(visit: Visit) -> Response {
    if visit.begins { Redirect::to("/mulai").into_response() } else { visit.problem(Reason::Closed).into_response() }
}

#[derive(Template)]
#[template(path = "mulai.html")]
struct Welcome {
    frame: Frame,
}

async fn welcome(State(start): State<Start>, Query(opened): Query<Opened>, visit: Visit) -> Response {
    let visit = opened.by(&start, &start.0.key, visit);
    if !visit.begins {
        return visit.problem(Reason::Closed).into_response();
    }
    visit.with_cookie(&start, page(&Welcome { frame: frame(&visit, false) }, &visit))
}

/// Around a page of *Mulai* before there is a node.
fn frame(visit: &Visit, practice: bool) -> Frame {
    Frame { token: visit.token.clone(), practice, typing: true, ..Frame::bare(visit.language) }
}

fn practises(form: &Posted) -> bool {
    form.get("latihan") == "ya"
}

#[derive(Template)]
#[template(path = "mulai_kantor.html")]
struct FindOffice {
    frame: Frame,
    practice: &'static str,
    search: String,
    answer: String,
    found: Vec<(PlaceView, String)>,
}

/// The search for one's own office; the same page answers while one types.
async fn find(Beginner(visit): Beginner, form: Posted) -> Response {
    let frame = frame(&visit, practises(&form));
    let words = frame.words;
    let search = form.get("search").trim().to_owned();
    let (found, total) = find_offices(&search);
    let answer = match (search.is_empty(), total, found.len()) {
        (true, ..) => words.say("start-office-empty"),
        (false, 0, _) => words.say("start-office-none"),
        (false, total, shown) if total > shown => words.with(
            "start-office-many",
            &[("n", i64::try_from(total).unwrap_or(i64::MAX).into()), ("shown", shown.into())],
        ),
        (false, total, _) => words.about("start-office-found", "n", total),
    };
    let practice = if frame.practice { "ya" } else { "tidak" };
    let found = found.into_iter().map(|place| (place.clone(), kind_word(words, &place.kind))).collect();
    page(&FindOffice { practice, search, answer, found, frame }, &visit)
}

/// What sort of office it is.
pub(crate) fn kind_word(words: Words, kind: &str) -> String {
    words.say(match kind {
        "ministry" => "kind-ministry",
        "agency" => "kind-agency",
        "province" => "kind-province",
        "regency" => "kind-regency",
        "unit" => "kind-unit",
        _ => "kind-village",
    })
}

#[derive(Template)]
#[template(path = "mulai_periksa.html")]
struct ConfirmOffice {
    frame: Frame,
    practice: &'static str,
    place: PlaceView,
    kind: String,
    faults: Vec<(&'static str, String)>,
    blank: Blank,
}

fn chosen(visit: &Visit, form: &Posted) -> Result<PlaceView, Problem> {
    office_at(form.get("kind"), form.get("region")).ok_or_else(|| visit.problem(Reason::BadForm))
}

async fn choose(Beginner(visit): Beginner, form: Posted) -> Result<Response, Problem> {
    let place = chosen(&visit, &form)?;
    let name = place.name.clone();
    Ok(page(&confirm(&visit, place, &name, practises(&form), Vec::new()), &visit))
}

fn confirm(
    visit: &Visit,
    place: PlaceView,
    name: &str,
    practice: bool,
    faults: Vec<(&'static str, String)>,
) -> ConfirmOffice {
    let frame = frame(visit, practice);
    let words = frame.words;
    let blank = Blank::text(words, "name", "start-office-name", name).hint(words.say("start-office-name-hint"));
    let (blank, kind) = (blank.wrong(&faults), kind_word(words, &place.kind));
    ConfirmOffice { practice: if practice { "ya" } else { "tidak" }, kind, blank, faults, place, frame }
}

async fn make(State(start): State<Start>, Beginner(visit): Beginner, form: Posted) -> Result<Response, Problem> {
    let (place, practice) = (chosen(&visit, &form)?, practises(&form));
    let name = form.line("name");
    match start.make(&place, &name, practice).await {
        Ok(app) => {
            let there = visit.now(&app, None);
            Ok(there.with_cookie(&app, Redirect::to("/mulai/petugas")))
        }
        Err(problem) if problem.code == service::Code::BadInput => {
            let faults = vec![("name", Words::of(visit.language).say("start-office-name-wrong"))];
            let shown = confirm(&visit, place, &name, practice, faults);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &visit)).into_response())
        }
        Err(problem) => Err(Problem::of_node(problem, &visit.parts, visit.language)),
    }
}
