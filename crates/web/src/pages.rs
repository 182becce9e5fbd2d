//! The pages: their templates' data, and how they are asked for.

use crate::assets;
use crate::facts::{App, PageData};
use crate::language::Language;
use crate::problem::{Problem, Reason};
use crate::words::Words;
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};

/// What stands around every page.
pub(crate) struct Frame {
    pub(crate) language: Language,
    pub(crate) words: &'static Words,
    pub(crate) style: String,
    pub(crate) mark: String,
    /// The office's name, when the page may know it.
    pub(crate) office: Option<String>,
    pub(crate) practice: bool,
}

impl Frame {
    /// Around a page that asks the node nothing.
    pub(crate) fn bare(language: Language) -> Self {
        let words = Words::of(language);
        Self { language, words, style: assets::style_path(), mark: assets::mark_path(), office: None, practice: false }
    }

    fn of(data: &PageData, language: Language) -> Self {
        let office = data.office.as_ref().map(|office| office.name.clone());
        Self { office, practice: data.practice, ..Self::bare(language) }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct ProblemPage<'a> {
    pub(crate) frame: Frame,
    pub(crate) message: &'a str,
    pub(crate) hint: &'a str,
    pub(crate) request_id: &'a str,
}

#[derive(Template)]
#[template(path = "hello.html")]
struct HelloPage {
    frame: Frame,
    title: String,
    answer: &'static str,
    /// Term and what it says.
    summary: Vec<(&'static str, String)>,
}

impl HelloPage {
    fn new(data: &PageData, language: Language) -> Self {
        let frame = Frame::of(data, language);
        let words = frame.words;
        let mut summary = Vec::new();
        if let Some(office) = &data.office {
            summary.push((words.office_kind, words.kind(office.kind).to_owned()));
            summary.push((words.region, words.region_name(&office.region)));
        }
        if let Some(node) = &data.node {
            summary.push((words.this_computer, node.short()));
        }
        let (title, answer) = match (&data.office, data.joined) {
            (None, _) => (words.unprepared_title.to_owned(), words.unprepared_answer),
            (Some(office), false) => (words.ready_title(&office.name), words.alone_answer),
            (Some(office), true) => (words.ready_title(&office.name), words.joined_answer),
        };
        Self { frame, title, answer, summary }
    }
}

pub(crate) async fn hello(State(app): State<App>, language: Language, parts: Parts) -> Response {
    page(&HelloPage::new(&app.page_data().await, language), &parts, language)
}

fn page(page: &impl Template, parts: &Parts, language: Language) -> Response {
    match page.render() {
        Ok(html) => ([(header::CONTENT_LANGUAGE, language.tag())], Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            Problem::new(Reason::Internal, parts, language).into_response()
        }
    }
}
