//! What a person or a programme is told when a request is not answered: `{code, message, hint, request_id}`.
//!
//! As a page for people, in their language; as JSON below `/api/`. What went wrong inside goes to the log alone.

use askama::Template;
use axum::Json;
use axum::http::{StatusCode, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use service::Code;
use utoipa::ToSchema;
use utoipa::openapi::{Object, Type};

use crate::frame::Frame;
use crate::language::Language;
use crate::security::RequestId;
use crate::words::Words;

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    NotFound,
    MethodNotAllowed,
    ForeignName,
    ForeignSite,
    Internal,
    NotLoggedIn,
    NotYourRole,
    NoRight,
    /// A token that does not allow it.
    TokenScope,
    StaleForm,
    /// What was sent does not read as what is asked for.
    BadForm,
    /// It reads, and a rule speaks against it.
    Unfit,
    TooLarge,
    /// More than one print holds.
    PaperTooLong,
    ShownMissing,
    Conflict,
    Storage,
    Closed,
}

impl Reason {
    pub(crate) const ALL: [Self; 18] = [
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::ForeignName,
        Self::ForeignSite,
        Self::Internal,
        Self::NotLoggedIn,
        Self::NotYourRole,
        Self::NoRight,
        Self::TokenScope,
        Self::StaleForm,
        Self::BadForm,
        Self::Unfit,
        Self::TooLarge,
        Self::PaperTooLong,
        Self::ShownMissing,
        Self::Conflict,
        Self::Storage,
        Self::Closed,
    ];

    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::ForeignName => StatusCode::MISDIRECTED_REQUEST,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotLoggedIn => StatusCode::UNAUTHORIZED,
            Self::ForeignSite
            | Self::NotYourRole
            | Self::NoRight
            | Self::TokenScope
            | Self::StaleForm
            | Self::Closed => StatusCode::FORBIDDEN,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::Unfit | Self::PaperTooLong => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ShownMissing => StatusCode::PRECONDITION_REQUIRED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Storage => StatusCode::INSUFFICIENT_STORAGE,
        }
    }

    /// The code for programs; the words of `problem-CODE` for people.
    fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::ForeignName => "foreign_name",
            Self::ForeignSite => "foreign_site",
            Self::Internal => "internal",
            Self::NotLoggedIn => "not_logged_in",
            Self::NotYourRole => "not_your_role",
            Self::NoRight => "no_right",
            Self::TokenScope => "token_scope",
            Self::StaleForm => "stale_form",
            Self::BadForm => "bad_input",
            Self::Unfit => "unfit",
            Self::TooLarge => "too_large",
            Self::PaperTooLong => "paper_too_long",
            Self::ShownMissing => "if_match_missing",
            Self::Conflict => "conflict",
            Self::Storage => "storage",
            Self::Closed => "closed",
        }
    }

    /// The words for people stand under this.
    pub(crate) fn key(self) -> String {
        self.code().replace('_', "-")
    }
}

/// A reason in the language and the form of the one who asked.
#[derive(Debug)]
pub(crate) struct Problem {
    reason: Reason,
    language: Language,
    as_json: bool,
    request_id: Option<RequestId>,
    /// What the node said, for programs: message and hint.
    said: Option<(String, String)>,
    /// The field or input that it is about.
    field: Option<String>,
}

/// Why a request was not answered. Nothing was changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// The kind of problem, for programs.
    #[schema(schema_with = codes)]
    code: &'static str,
    /// What is wrong.
    message: String,
    /// What to do.
    hint: String,
    /// The field or input that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Names the request in the log of the node.
    request_id: String,
}

fn codes() -> Object {
    Object::builder().schema_type(Type::String).enum_values(Some(Reason::ALL.map(Reason::code))).build()
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    message: &'a str,
    hint: &'a str,
    request_id: &'a str,
    log_in: bool,
}

impl Problem {
    pub(crate) fn new(reason: Reason, parts: &Parts, language: Language) -> Self {
        let as_json = parts.uri.path().starts_with("/api/");
        Self { reason, language, as_json, request_id: parts.extensions.get().cloned(), said: None, field: None }
    }

    /// What reads as no such request, and why.
    pub(crate) fn unreadable(message: String, hint: &str, parts: &Parts, language: Language) -> Self {
        Self { said: Some((message, hint.to_owned())), ..Self::new(Reason::BadForm, parts, language) }
    }

    /// A refusal of the node.
    pub(crate) fn of_node(problem: service::Problem, parts: &Parts, language: Language) -> Self {
        let reason = match problem.code {
            Code::BadInput => Reason::Unfit,
            Code::NotFound => Reason::NotFound,
            Code::NoRight => Reason::NoRight,
            Code::Conflict | Code::InUse => Reason::Conflict,
            Code::Storage => Reason::Storage,
            Code::Internal => Reason::Internal,
        };
        let this = Self::new(reason, parts, language);
        if matches!(problem.code, Code::Storage | Code::Internal) {
            let request_id = this.request_id.as_ref().map_or("", |id| &*id.0);
            tracing::error!(request_id, problem = problem.message, "a request failed");
            return this;
        }
        Self { said: Some((problem.message, problem.hint)), field: problem.field, ..this }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let words = Words::of(self.language);
        let key = self.reason.key();
        let (message, hint) = (words.say(&format!("problem-{key}")), words.say(&format!("problem-{key}-hint")));
        let request_id = self.request_id.as_ref().map_or("", |id| &*id.0);
        if self.as_json {
            let (message, hint) = self.said.unwrap_or((message, hint));
            let (code, field, request_id) = (self.reason.code(), self.field, request_id.to_owned());
            let body = ProblemBody { code, message, hint, field, request_id };
            return (self.reason.status(), Json(body)).into_response();
        }
        let log_in = self.reason == Reason::NotLoggedIn;
        let page =
            ProblemPage { frame: Frame::bare(self.language), message: &message, hint: &hint, request_id, log_in };
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
