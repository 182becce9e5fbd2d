//! What stands around every page: office, officer, languages, the places of the role, and the chip that says where the
//! records are.

use askama::Template;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use service::reply::{Glance, OfficerView};

use crate::app::{App, ask};
use crate::assets;
use crate::language::Language;
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Visit};
use crate::words::Words;

/// The places in the navigation; at most five for each role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Today,
    Participants,
    Records,
    Coordination,
    Look,
    OnlyHere,
    Health,
    Officers,
    /// The officer's own page, behind the name in the top bar.
    Own,
}

pub(crate) struct NavItem {
    pub(crate) href: &'static str,
    pub(crate) label: String,
    pub(crate) here: bool,
    /// The id of the number beside it; empty where nothing is counted.
    pub(crate) count: &'static str,
    /// How many wait there; 0 is not shown.
    pub(crate) waiting: u64,
}

/// Whether everything of ours is held elsewhere, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chip {
    /// Colour and shape: `well`, `busy`, `alone` or `away`.
    pub(crate) state: &'static str,
    pub(crate) text: String,
}

/// What has just been done, as the address says: `baru`, `ubah`, `pilih` …
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    pub(crate) sudah: String,
}

/// What stands around every page.
pub(crate) struct Frame {
    pub(crate) words: Words,
    pub(crate) language: Language,
    pub(crate) style: String,
    pub(crate) mark: String,
    pub(crate) scripts: [String; 3],
    /// The page has parts that follow what is typed, though nobody is logged in.
    pub(crate) typing: bool,
    /// The office's name, when the page may know it.
    pub(crate) office: Option<String>,
    pub(crate) practice: bool,
    pub(crate) officer: Option<OfficerView>,
    pub(crate) nav: Vec<NavItem>,
    pub(crate) chip: Option<Chip>,
    pub(crate) token: String,
    /// Stands for what the page was made of: the news begin with what is different from it.
    pub(crate) news: String,
}

impl Frame {
    /// Around a page that asks the node nothing.
    pub(crate) fn bare(language: Language) -> Self {
        Self {
            words: Words::of(language),
            language,
            style: assets::style_path(),
            mark: assets::mark_path(),
            scripts: assets::script_paths(),
            typing: false,
            office: None,
            practice: false,
            officer: None,
            nav: Vec::new(),
            chip: None,
            token: String::new(),
            news: String::new(),
        }
    }

    /// What a page can be switched to.
    pub(crate) fn languages(&self) -> &'static [Language; 2] {
        &Language::ALL
    }

    /// Around a page for somebody who is not logged in.
    pub(crate) fn outside(app: &App, visit: &Visit) -> Self {
        let office = Some(app.service().office().name).filter(|name| !name.is_empty());
        Self { office, practice: app.service().practice(), token: visit.token.clone(), ..Self::bare(visit.language) }
    }

    /// Around a page of an officer.
    pub(crate) async fn of(app: &App, desk: &Desk, place: Place) -> Result<(Self, Glance), Problem> {
        let glance = glance(app, desk).await?;
        let words = Words::of(desk.visit.language);
        let mut nav = vec![
            (Place::Today, "/", words.say("nav-today"), "", 0),
            (Place::Participants, "/peserta", words.say("nav-participants"), "", 0),
            (Place::Records, "/catatan", words.say("nav-records"), "", 0),
            (
                Place::Look,
                "/perlu-dilihat",
                words.say("nav-look"),
                "waiting-look",
                glance.contested + glance.contested_records,
            ),
            (Place::OnlyHere, "/hanya-di-sini", words.say("nav-only-here"), "waiting-here", glance.only_here),
        ];
        // A village coordinates seldom, and has coordination behind its records; to others what is only here is said by the
        // chip at the top.
        if app.service().office().kind != "village" {
            nav.retain(|(at, ..)| *at != Place::OnlyHere);
            nav.insert(1, (Place::Coordination, "/koordinasi", words.say("nav-coordination"), "", 0));
        }
        // Who only lets officers in has no use for the records of the day.
        if !desk.officer.writes() && desk.officer.administers() {
            nav.retain(|(at, ..)| !matches!(at, Place::Records | Place::Coordination | Place::Look));
        }
        if desk.officer.audits() && !desk.officer.administers() {
            nav.push((Place::Health, "/kesehatan/jejak", words.say("trail-title"), "", 0));
        }
        if desk.officer.administers() {
            nav.push((Place::Health, "/kesehatan", words.say("nav-health"), "", 0));
            nav.push((Place::Officers, "/petugas", words.say("nav-officers"), "", 0));
        }
        let nav = nav.into_iter().map(|(at, href, label, count, waiting)| NavItem {
            href,
            label,
            here: at == place,
            count,
            waiting,
        });
        let frame = Self {
            nav: nav.collect(),
            chip: Some(chip(words, &glance)),
            officer: Some(desk.officer.clone()),
            news: digest(&glance),
            ..Self::outside(app, &desk.visit)
        };
        Ok((frame, glance))
    }
}

/// What the top of the page says now.
pub(crate) async fn glance(app: &App, desk: &Desk) -> Result<Glance, Problem> {
    let found = ask!(app, service::Query::Glance, Glance);
    found.map(|glance| *glance).map_err(|problem| Problem::of_node(problem, &desk.visit.parts, desk.visit.language))
}

/// Stands for all that is seen at a glance.
pub(crate) fn digest(glance: &Glance) -> String {
    let json = serde_json::to_vec(glance).unwrap_or_default();
    data_encoding::HEXLOWER.encode(&blake3::hash(&json).as_bytes()[..8])
}

/// What is said of the records of this office. It never understates: *sudah sama* only with nothing left that is only here.
pub(crate) fn chip(words: Words, glance: &Glance) -> Chip {
    let now = words.when(jiff::Timestamp::now().as_millisecond());
    let equal = glance.connected.iter().find(|peer| peer.equal);
    if !glance.office.admitted {
        return Chip { state: "alone", text: words.say("chip-not-joined") };
    }
    if glance.only_here > 0 {
        let state = if glance.connected.is_empty() { "away" } else { "alone" };
        return Chip { state, text: words.about("chip-only-here", "n", glance.only_here) };
    }
    if let Some(peer) = equal {
        let about = [("office", peer.office.as_str().into()), ("time", now.into())];
        return Chip { state: "well", text: words.with("chip-equal", &about) };
    }
    if let Some(peer) = glance.connected.first() {
        return Chip { state: "busy", text: words.about("chip-busy", "office", peer.office.as_str()) };
    }
    match &glance.heard {
        Some(heard) => Chip { state: "away", text: words.about("chip-away", "time", words.when(heard.time_ms)) },
        None => Chip { state: "away", text: words.say("chip-never") },
    }
}

/// A page as an answer.
pub(crate) fn page(page: &impl Template, visit: &Visit) -> Response {
    match page.render() {
        Ok(html) => ([(header::CONTENT_LANGUAGE, visit.language.tag())], Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            visit.problem(Reason::Internal).into_response()
        }
    }
}

/// What went wrong at the node, to the one who asked.
pub(crate) fn refused(problem: service::Problem, desk: &Desk) -> Problem {
    Problem::of_node(problem, &desk.visit.parts, desk.visit.language)
}
