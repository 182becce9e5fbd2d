//! What a person or a programme is told when a request is not answered: `{code, message, hint, request_id}`.
//!
//! As a page for people, as JSON below `/api/`. The inner cause goes to the log alone.

use crate::language::Language;
use crate::pages::{Frame, ProblemPage};
use crate::security::RequestId;
use crate::words::Words;
use askama::Template;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    NotFound,
    MethodNotAllowed,
    ForeignName,
    Internal,
}

impl Reason {
    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::ForeignName => StatusCode::MISDIRECTED_REQUEST,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::ForeignName => "foreign_name",
            Self::Internal => "internal",
        }
    }

    /// The message and the hint.
    fn told(self, words: &'static Words) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => words.not_found,
            Self::MethodNotAllowed => words.method_not_allowed,
            Self::ForeignName => words.foreign_name,
            Self::Internal => words.internal,
        }
    }
}

/// A reason in the language and the form of the one who asked.
#[derive(Debug)]
pub(crate) struct Problem {
    reason: Reason,
    language: Language,
    as_json: bool,
    request_id: Option<RequestId>,
}

#[derive(serde::Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    hint: &'a str,
    request_id: &'a str,
}

impl Problem {
    pub(crate) fn new(reason: Reason, parts: &Parts, language: Language) -> Self {
        let as_json = parts.uri.path().starts_with("/api/");
        Self { reason, language, as_json, request_id: parts.extensions.get().cloned() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (message, hint) = self.reason.told(Words::of(self.language));
        let request_id = self.request_id.as_ref().map_or("", |id| &*id.0);
        if self.as_json {
            let body = Body { code: self.reason.code(), message, hint, request_id };
            let body = serde_json::to_string(&body).unwrap_or_default();
            return (self.reason.status(), [(header::CONTENT_TYPE, "application/json")], body).into_response();
        }
        let page = ProblemPage { frame: Frame::bare(self.language), message, hint, request_id };
        let body = page.render().unwrap_or_else(|_| format!("{message} {hint}"));
        (self.reason.status(), Html(body)).into_response()
    }
}

pub(crate) async fn not_found(language: Language, parts: Parts) -> Problem {
    Problem::new(Reason::NotFound, &parts, language)
}

pub(crate) async fn method_not_allowed(language: Language, parts: Parts) -> Problem {
    Problem::new(Reason::MethodNotAllowed, &parts, language)
}
