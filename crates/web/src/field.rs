//! A field of a form, whatever the form is about: typed into, picked from, or waiting until somebody chooses.

use service::reply::Both;
use service::{Fault, InputKind};

use crate::words::Words;

/// From this many answers on they are picked from a list that opens.
const LISTED_MIN: usize = 9;

/// One of the answers of a field that offers some.
pub(crate) struct Option_ {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// A field of a form.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    /// A question about what was typed, which blocks nothing.
    pub(crate) question: Option<String>,
    pub(crate) value: String,
    /// What the field said when the form was shown.
    pub(crate) was: String,
    pub(crate) required: bool,
    /// Answers to pick from; empty for a field that is typed into.
    pub(crate) options: Vec<Option_>,
    /// The answers are in a list that opens.
    pub(crate) picked: bool,
    /// Any number of the answers may be given.
    pub(crate) several: bool,
    /// Each answer stands on a line of its own.
    pub(crate) column: bool,
    /// Several lines are typed.
    pub(crate) lines: bool,
    /// A file is chosen; the value is the hash of one that was sent before.
    pub(crate) scan: bool,
    pub(crate) numeric: bool,
    pub(crate) short: bool,
    /// Several values stand: nothing is typed here until somebody chooses.
    pub(crate) contested: Option<String>,
}

/// What there is to pick from; empty for what is typed.
pub(crate) fn options(words: Words, kind: &InputKind, value: &str, may_be_empty: bool) -> Vec<Option_> {
    let known = |code: &str, label: String| Option_ { value: code.to_owned(), label, chosen: value == code };
    let mut options: Vec<Option_> = match kind {
        InputKind::Several(codes) => {
            let chosen = |code: &str| value.split(',').any(|one| one.trim() == code);
            let option = |(code, both): &(String, Both)| Option_ {
                value: code.clone(),
                label: words.of_both(both).to_owned(),
                chosen: chosen(code),
            };
            return codes.iter().map(option).collect();
        }
        InputKind::Choice(codes) => {
            codes.iter().map(|(code, both)| known(code, words.of_both(both).to_owned())).collect()
        }
        InputKind::YesNo => vec![known("yes", words.say("answer-yes")), known("no", words.say("answer-no"))],
        InputKind::Text
        | InputKind::Date
        | InputKind::Number
        | InputKind::Person
        | InputKind::Place
        | InputKind::Office
        | InputKind::Document
        | InputKind::Lines
        | InputKind::Scan => Vec::new(),
    };
    if may_be_empty && !options.is_empty() {
        options.push(known("", words.say("answer-unknown")));
    }
    options
}

/// Whether so many answers stand in a list that opens.
pub(crate) fn is_list(options: &[Option_]) -> bool {
    options.len() >= LISTED_MIN
}

/// What is wrong with a field, beside it.
pub(crate) fn fault_text(words: Words, label: &Both, kind: &InputKind, fault: Fault) -> String {
    let key = match (fault, kind) {
        (Fault::Empty, _) => return words.about("fault-empty", "label", words.of_both(label)),
        (Fault::Unreadable, InputKind::Date) => "fault-date",
        (Fault::Unreadable, InputKind::Number) => "fault-number",
        (Fault::Unreadable, InputKind::Text | InputKind::Person | InputKind::Lines) => "fault-text",
        (Fault::Unreadable, InputKind::Place) => "fault-place",
        (
            Fault::Unreadable,
            InputKind::YesNo | InputKind::Choice(_) | InputKind::Several(_) | InputKind::Office | InputKind::Document,
        ) => "fault-choice",
        (Fault::Unreadable, InputKind::Scan) => "fault-scan",
    };
    words.say(key)
}
