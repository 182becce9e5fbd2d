//! What went wrong, for whoever must act: a code for programs, a sentence, and what to do.

use serde::{Deserialize, Serialize};

use crate::both::Both;

/// Which kind of problem: decides the status of an API answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// What was given is not right.
    BadInput,
    /// It does not exist here.
    NotFound,
    /// This office may not.
    NoRight,
    /// It does not fit with what is already so.
    Conflict,
    /// Another process has the data folder open.
    InUse,
    /// The disk does not take it.
    Storage,
    /// The fault is ours.
    Internal,
}

/// Why something was not done. Nothing was changed, unless the message says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Problem {
    /// Which kind.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// The field or input that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong and what to do, as a person at a page reads it; none where only a program gets it wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Box<Both>>,
}

impl Problem {
    /// A problem with something to do about it.
    pub fn new(code: Code, message: impl ToString, hint: impl Into<String>) -> Self {
        Self { code, message: message.to_string(), hint: hint.into(), field: None, text: None }
    }

    /// What was typed into a field is not right, or what was asked for cannot be, in both languages.
    pub(crate) fn said(code: Code, field: Option<&str>, id: impl Into<String>, en: impl Into<String>) -> Self {
        let text = Both { id: id.into(), en: en.into() };
        let (message, hint) = match text.en.split_once(": ") {
            Some((message, hint)) => (message.to_owned(), hint.to_owned()),
            None => (text.en.clone(), "change it and send it again".to_owned()),
        };
        Self { code, message, hint, field: field.map(str::to_owned), text: Some(Box::new(text)) }
    }

    /// The same of one of several things that were handed in together: its place comes before its field.
    pub(crate) fn of_several(self, index: usize) -> Self {
        let field = self.field.as_deref().map_or_else(|| index.to_string(), |field| format!("{index}-{field}"));
        Self { field: Some(field), ..self }
    }

    /// What was given is not right.
    pub fn bad_input(message: impl ToString, hint: impl Into<String>) -> Self {
        Self::new(Code::BadInput, message, hint)
    }

    /// It does not exist here.
    pub fn not_found(message: impl ToString, hint: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message, hint)
    }

    /// An error that should not happen, with everything that is known of it.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        Self::new(Code::Internal, chain(error), "look into the node's log; `simpul doctor` may know more")
    }
}

/// An error and what caused it, in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl From<driver::WriteError> for Problem {
    fn from(error: driver::WriteError) -> Self {
        use driver::WriteError as W;
        let message = chain(&error);
        match error {
            W::NoRight(scope) => Self::new(
                Code::NoRight,
                message,
                format!("an office that may write in {scope} has to enter it; `simpul charter show` lists them"),
            ),
            W::Unknown(_) | W::Batch(_) => Self::not_found(message, "look it up again: it may have been erased"),
            W::ShowAgain => Self::new(Code::Conflict, message, "open the record again and make the change once more"),
            W::Nothing | W::Twice(_) | W::Edit(_) => {
                Self::new(Code::Conflict, message, "look at the record again and change what is still to be changed")
            }
            W::NotStored(driver::NotStored::Full) => {
                Self::new(Code::Storage, message, "free some space on this disk; nothing that was saved before is lost")
            }
            W::NotStored(_) | W::Store(_) => {
                Self::new(Code::Storage, message, "start the node again; if it persists, run `simpul doctor`")
            }
            W::Page(_) | W::Stopped => Self::new(Code::Internal, message, "try again"),
        }
    }
}

impl From<driver::StateError> for Problem {
    fn from(error: driver::StateError) -> Self {
        use driver::StateError as S;
        let message = chain(&error);
        match error {
            S::Statement(_) => Self::bad_input(message, "have the file made again"),
            S::NotStored(_) => Self::new(Code::Storage, message, "free some space on this disk, then try again"),
            S::OtherNetwork(_) => {
                Self::new(Code::Conflict, message, "a node belongs to one network; make another with `simpul init`")
            }
            S::NoNetwork => {
                Self::new(Code::Conflict, message, "join first: `simpul join` with the founding file or an invite")
            }
            S::Stopped => Self::new(Code::Internal, message, "start the node again"),
        }
    }
}

impl From<charter::file::FileError> for Problem {
    fn from(error: charter::file::FileError) -> Self {
        Self::bad_input(chain(&error), "check which file was meant, or have it sent again")
    }
}

impl From<records::RecordError> for Problem {
    fn from(error: records::RecordError) -> Self {
        use records::RecordError as R;
        let text = Both::of(|lang| error.text(lang));
        let plain = |field: Option<&str>, hint: &str| Self {
            field: field.map(str::to_owned),
            ..Self::bad_input(chain(&error), hint)
        };
        match &error {
            R::Unfit { what, todo } => {
                let (message, hint) = (what.of(records::Lang::En), todo.of(records::Lang::En));
                Self { text: Some(Box::new(text)), ..Self::bad_input(message, hint) }
            }
            R::Value { field, .. } => plain(Some(field), "write what the field takes"),
            R::Required { field } => plain(Some(field), "fill it in"),
            R::NoField { .. } => plain(None, "`simpul participant fields` lists the fields of a participant"),
            R::FactTooLong { .. } => plain(None, "write less"),
            R::Table(_) => Self {
                text: Some(Box::new(text)),
                ..plain(Some("table"), "save the table as CSV, with the columns of `simpul participant template`")
            },
        }
    }
}

impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Self {
        Self::new(Code::Storage, chain(&error), "run `simpul doctor`")
    }
}
