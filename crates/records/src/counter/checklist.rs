//! Papers that somebody has to bring, as marks by paper: there, missing, or said differently by two.

use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    content::{must, unfit},
    date::PartialDate,
    facts::Content,
    heard::Heard,
    participation::Said,
    rules::Document,
};

/// Whether a paper was brought; a later mark of who had seen this one replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentMark {
    /// Which, by its code in the list of the programme.
    pub document: String,
    /// Whether it is there.
    pub there: bool,
    /// When it was looked at.
    pub date: PartialDate,
}

impl Content for DocumentMark {
    const KEY: &'static str = "document";

    fn check(&self) -> Result<(), RecordError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        must((1..=32).contains(&self.document.len()) && self.document.chars().all(plain), NO_CODE)
    }
}

const NO_CODE: RecordError = unfit(
    ("berkas ini tidak ada dalam daftar", "this paper is not on the list"),
    ("pilih salah satu berkas dari daftar", "choose one from the list"),
);

/// How one paper stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentState {
    /// Nobody brought it.
    Missing,
    /// It is there.
    There,
    /// Two marks contradict each other: somebody has to look.
    Contested,
}

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistLine<'a> {
    /// The paper.
    pub document: &'a Document,
    /// How it stands.
    pub state: DocumentState,
}

pub(super) fn take_marks(heard: &mut Heard<'_>) -> Vec<Said<DocumentMark>> {
    heard.take_latest::<DocumentMark, _>(|mark| mark.document.clone())
}

/// Every paper that is asked for, in the order of the list, and how it stands.
pub(super) fn checklist<'a>(marks: &[Said<DocumentMark>], asked: &'a [Document]) -> Vec<ChecklistLine<'a>> {
    let state = |document: &Document| {
        let mut said = marks.iter().filter(|said| said.what.document == document.code).map(|said| said.what.there);
        match said.next() {
            None => DocumentState::Missing,
            Some(first) if said.any(|other| other != first) => DocumentState::Contested,
            Some(true) => DocumentState::There,
            Some(false) => DocumentState::Missing,
        }
    };
    asked.iter().map(|document| ChecklistLine { document, state: state(document) }).collect()
}

pub(super) fn complete(lines: &[ChecklistLine<'_>]) -> bool {
    lines.iter().all(|line| line.state == DocumentState::There)
}
