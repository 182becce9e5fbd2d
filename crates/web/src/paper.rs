//! What every print has in common: which paper, the letterhead, the words, who signs, and the press itself.
//!
//! # Invariants
//! - A print shows what its page shows, to whoever may see that page.
//! - At most [`PRESSES`] prints are made at once, beside the threads that answer; the others wait their turn.

use axum::extract::{FromRequestParts, Query};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use print::{Letterhead, Line, Paper, Part, PrintError, Signing, Size};
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::app::App;
use crate::frame::refused;
use crate::language::Language;
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Posted};
use crate::words::Words;

/// How many prints are made at once: laying out keeps a core busy.
const PRESSES: usize = 2;

/// The most rows of a list on paper. It stays below the pages that a print may have.
pub(crate) const ROWS_MAX: u64 = 2_000;

static PRESS: Semaphore = Semaphore::const_new(PRESSES);

/// The paper that is in the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PaperSize {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 215 × 330 mm.
    F4,
}

impl PaperSize {
    fn size(self) -> Size {
        match self {
            Self::A4 => Size::A4,
            Self::F4 => Size::F4,
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::A4, Self::F4].into_iter().find(|size| size.size().name() == name)
    }

    /// What a form asks for; A4 unless it says otherwise.
    pub(crate) fn posted(form: &Posted) -> Self {
        Self::named(form.get("kertas")).unwrap_or_default()
    }
}

/// The paper that an address asks for: `kertas` at a page, `paper` at the API; A4 where it says nothing.
pub(crate) struct OnPaper(pub(crate) PaperSize);

impl FromRequestParts<App> for OnPaper {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let key = if parts.uri.path().starts_with("/api/") { "paper" } else { "kertas" };
        let given = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|Query(given)| given);
        let mut sizes = given.into_iter().flatten().filter(|(name, _)| name == key).map(|(_, size)| size);
        match (sizes.next(), sizes.next()) {
            (None, _) => Ok(Self(PaperSize::A4)),
            (Some(size), None) if PaperSize::named(&size).is_some() => {
                Ok(Self(PaperSize::named(&size).unwrap_or_default()))
            }
            (Some(_), _) => {
                let language = Language::of(parts.uri.query(), &parts.headers);
                Err(Problem::unreadable(format!("`{key}` is a4 or f4, once"), "leave it out for a4", parts, language))
            }
        }
    }
}

/// The links of a page to one of its prints, one for each paper.
pub(crate) struct PrintLinks {
    pub(crate) label: String,
    href: String,
}

impl PrintLinks {
    pub(crate) fn new(words: Words, label: &str, href: String) -> Self {
        Self { label: words.say(label), href }
    }

    /// What each paper is called, and the address of its print.
    pub(crate) fn sizes(&self) -> [(String, String); 2] {
        Size::ALL.map(|size| (size.name().to_uppercase(), format!("{}?kertas={}", self.href, size.name())))
    }
}

/// A paper of this office, with nothing on it yet.
pub(crate) fn headed(app: &App, desk: &Desk, size: PaperSize, title: String) -> Paper {
    let (words, office) = (Words::of(desk.visit.language), app.service().office());
    let head = service::letterhead(&office.kind, &office.region);
    let day = jiff::Zoned::now().date().strftime("%d-%m-%Y").to_string();
    let foot = [("day", day.into()), ("officer", desk.officer.name.as_str().into())];
    Paper {
        size: size.size(),
        landscape: false,
        language: desk.visit.language.tag(),
        banner: app.service().practice().then(|| words.say("practice")),
        letterhead: Letterhead {
            above: head.above,
            office: office.name.to_uppercase(),
            address: app.service().address(),
        },
        title,
        about: Vec::new(),
        parts: Vec::new(),
        words: print::Words {
            foot: words.with("print-foot", &foot),
            page: words.say("print-page"),
            of: words.say("print-page-of"),
            unprintable: words.say("print-unprintable"),
        },
    }
}

/// Who filled it in and when, by hand.
pub(crate) fn filled_in(words: Words) -> Part {
    let leader = |key| vec![Line::Leader(words.say(key))];
    Part::Columns(vec![leader("print-filled-by"), leader("print-on-paper")])
}

/// Where a paper of this office is signed, with copies for others where it is a letter.
pub(crate) fn signed(app: &App, words: Words, copies: bool) -> Part {
    let office = app.service().office();
    let seat = service::letterhead(&office.kind, &office.region).seat;
    let head = match office.kind.as_str() {
        "village" | "unit" | "agency" => words.about("print-head-of", "office", office.name.as_str()),
        _ => office.name.clone(),
    };
    Part::Signing(Signing {
        place: seat.map(|seat| format!("{seat}, ")).unwrap_or_default(),
        acting: words.say("print-acting"),
        office: head,
        nip: words.say("print-nip"),
        copies: if copies { words.say("print-copies") } else { String::new() },
        note: words.say("print-cross-out"),
    })
}

/// A list that may be printed, or that it is too long for that.
pub(crate) fn not_too_long(total: u64, desk: &Desk) -> Result<(), Problem> {
    if total <= ROWS_MAX { Ok(()) } else { Err(desk.visit.problem(Reason::PaperTooLong)) }
}

/// The paper as an answer, under a name without whom it is about.
pub(crate) async fn pressed(desk: &Desk, paper: Paper, name: &str) -> Result<Response, Problem> {
    let failed = |error: &(dyn std::error::Error + 'static)| refused(service::Problem::internal(error), desk);
    let turn = PRESS.acquire().await.map_err(|error| failed(&error))?;
    let made = tokio::task::spawn_blocking(move || {
        let made = print::print(&paper);
        drop(turn);
        made
    });
    match made.await.map_err(|error| failed(&error))? {
        Ok(bytes) => {
            let disposition = format!("inline; filename=\"{name}.pdf\"");
            let kind = "application/pdf".to_owned();
            let language = desk.visit.language.tag().to_owned();
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CONTENT_LANGUAGE, language),
            ];
            Ok((headers, bytes).into_response())
        }
        Err(PrintError::TooLong) => Err(desk.visit.problem(Reason::PaperTooLong)),
        Err(error @ (PrintError::Font | PrintError::Pdf(_))) => Err(failed(&error)),
    }
}
