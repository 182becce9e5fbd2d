//! What a form can ask for: the fields of a participant, each with what it takes.

use records::{RecordKind, ValueType};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::both::Both;

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// One line of text.
    Text,
    /// A day, a month, a year, or unknown.
    Date,
    /// Yes, no, or not known.
    YesNo,
    /// A number from 0.
    Number,
    /// Somebody in the register: a register number or a name.
    Person,
    /// The code of a place.
    Place,
    /// An office, by its id.
    Office,
    /// Another record, by its name in addresses.
    Document,
    /// A text of several lines.
    Lines,
    /// A scan, by its hash.
    Scan,
    /// Any number of these codes, with commas between them.
    Several(Vec<(String, Both)>),
    /// One of these codes.
    Choice(Vec<(String, Both)>),
}

/// A field of a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Input {
    /// Its name in commands.
    pub field: String,
    /// What it is called.
    pub label: Both,
    /// What it takes.
    pub kind: InputKind,
    /// Whether it says who the person is; else it says how they take part.
    pub of_person: bool,
}

/// What is wrong with what was typed into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It must not be empty.
    Empty,
    /// It is no such value.
    Unreadable,
}

/// Every field that an officer can fill in, in the order of the records.
pub fn inputs() -> Vec<Input> {
    let kinds = [RecordKind::Person, RecordKind::Participation];
    let fields = kinds.into_iter().flat_map(|kind| kind.fields().iter().map(move |spec| (kind, spec)));
    fields
        .filter(|(_, spec)| spec.value != ValueType::Person)
        .map(|(kind, spec)| Input {
            field: spec.key.to_owned(),
            label: spec.label.into(),
            kind: input_kind(spec.value),
            of_person: kind == RecordKind::Person,
        })
        .collect()
}

/// What is wrong with a text for a field, if anything; an empty one empties the field.
pub fn fault(field: &str, text: &str) -> Option<Fault> {
    let kind = [RecordKind::Person, RecordKind::Participation].into_iter().find(|kind| kind.field(field).is_some())?;
    match records::edit_from_input(kind, field, text) {
        Ok(_) => None,
        Err(records::RecordError::Required { .. }) => Some(Fault::Empty),
        Err(_) => Some(Fault::Unreadable),
    }
}

pub(crate) fn input_kind(value: ValueType) -> InputKind {
    match value {
        ValueType::Text => InputKind::Text,
        ValueType::Date => InputKind::Date,
        ValueType::YesNo => InputKind::YesNo,
        ValueType::Number => InputKind::Number,
        ValueType::Person => InputKind::Person,
        ValueType::Place => InputKind::Place,
        ValueType::Office => InputKind::Office,
        ValueType::Document => InputKind::Document,
        ValueType::Code(codes) => {
            InputKind::Choice(codes.iter().map(|(code, words)| ((*code).to_owned(), (*words).into())).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_says_what_it_takes() {
        let all = inputs();
        let sex = all.iter().find(|input| input.field == "sex").unwrap();
        assert!(matches!(&sex.kind, InputKind::Choice(codes) if codes.len() == 2) && sex.of_person);
        assert!(all.iter().all(|input| input.field != "person"), "nobody types a person's code");
    }

    #[test]
    fn faults_are_found_before_anything_is_written() {
        for (field, text, expected) in [
            ("name", " ", Some(Fault::Empty)),
            ("name", "Turyati", None),
            ("birth", "1986", None),
            ("birth", "?", None),
            ("birth", "kemarin", Some(Fault::Unreadable)),
            ("nik", "12", None),
            ("group_number", "dua", Some(Fault::Unreadable)),
            ("group", "", None),
        ] {
            assert_eq!(fault(field, text), expected, "{field}={text}");
        }
    }
}
