//! What can be wrong with what an officer hands in.

use crate::{
    fields::FieldSpec,
    import::TableFault,
    kinds::RecordKind,
    value::ValueType,
    words::{Lang, Words},
};

/// Why an input was not taken. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The kind has no such field.
    #[error("there is no field {given:?}; there are: {known}")]
    NoField {
        /// What was given.
        given: String,
        /// The fields of the kind.
        known: String,
    },
    /// The text is no value of the field's type.
    #[error("{given:?} does not fit the field {field}: {expected}")]
    Value {
        /// The field.
        field: &'static str,
        /// What was given.
        given: String,
        /// What would fit.
        expected: String,
    },
    /// A field that must be there is empty.
    #[error("the field {field} must not be empty")]
    Required {
        /// The field.
        field: &'static str,
    },
    /// The fact's content is too long.
    #[error("the content of {key} is longer than {limit} bytes")]
    FactTooLong {
        /// The key of the fact.
        key: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// What a fact says cannot be.
    #[error("{}: {}", .what.en, .todo.en)]
    Unfit {
        /// What is wrong.
        what: Words,
        /// What to do.
        todo: Words,
    },
    /// The table cannot be read at all.
    #[error("the table cannot be read: {}", .0.text(Lang::En))]
    Table(TableFault),
}

impl RecordError {
    /// As a person reads it: what is wrong and what to do. What a program hands in wrongly is said in English alone.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Unfit { what, todo } => format!("{}: {}", what.of(lang), todo.of(lang)),
            Self::NoField { .. } | Self::Value { .. } | Self::Required { .. } | Self::FactTooLong { .. } => {
                self.to_string()
            }
            Self::Table(fault) => fault.text(lang),
        }
    }

    pub(crate) fn no_field(kind: RecordKind, given: &str) -> Self {
        let known: Vec<&str> = kind.fields().iter().map(|spec| spec.key).collect();
        Self::NoField { given: given.chars().take(64).collect(), known: known.join(", ") }
    }

    pub(crate) fn value(spec: &FieldSpec, given: &str) -> Self {
        Self::Value { field: spec.key, given: given.chars().take(64).collect(), expected: Self::expected(spec.value) }
    }

    /// What would fit a value of this type.
    pub(crate) fn expected(value: ValueType) -> String {
        match value {
            ValueType::Text => "one line of at most 500 characters".to_owned(),
            ValueType::Date => "a date like 12-03-2022, 03-2022, 2022 or ? for unknown".to_owned(),
            ValueType::YesNo => "ya or tidak".to_owned(),
            ValueType::Number => "a number".to_owned(),
            ValueType::Person => "a person's id of 32 hex digits".to_owned(),
            ValueType::Place => "the Kemendagri code of a place".to_owned(),
            ValueType::Office => "an office's id of 32 hex digits".to_owned(),
            ValueType::Document => "the name of a document".to_owned(),
            ValueType::Code(codes) => {
                let codes: Vec<&str> = codes.iter().map(|(code, _)| *code).collect();
                format!("one of {}", codes.join(", "))
            }
        }
    }
}
