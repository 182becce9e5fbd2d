//! Fields of a record: declared once, read from a document, a form or a table by the same table.

use documents::Scalar;

use crate::{
    value::{FieldType, Known, TEXT_CHARS_MAX, ValueType},
    words::{Lang, Words},
};

/// What is known of one field of a kind of record.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    /// The key in the document, the API and the tables.
    pub key: &'static str,
    /// What a form asks for.
    pub value: ValueType,
    /// What the field is called on a page.
    pub label: Words,
    /// Reads what an officer typed.
    pub(crate) parse: fn(&str) -> Option<Scalar>,
    /// Says a stored value as a person reads it; `None` if it is of another type.
    pub(crate) show: fn(&Scalar, Lang) -> Option<String>,
    /// The stored value as text; `None` if it is of another type.
    pub(crate) text: fn(&Scalar) -> Option<String>,
}

impl FieldSpec {
    /// The stored text of a value; `None` for one of another type.
    pub fn stored(&self, value: &Scalar) -> Option<String> {
        (self.text)(value)
    }

    /// A stored value as a person reads it; a value of another type as it stands there.
    pub fn shown(&self, value: &Scalar, lang: Lang) -> String {
        (self.show)(value, lang).unwrap_or_else(|| raw_text(value))
    }
}

/// A value of whatever type as text, cut to what a page can hold.
pub(crate) fn raw_text(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) | Scalar::Other(text) => text.chars().take(TEXT_CHARS_MAX).collect(),
        Scalar::Int(number) => number.to_string(),
        Scalar::Bool(value) => value.to_string(),
    }
}

/// The fields of one kind of record.
pub trait Fields: Default {
    /// Every field, in the order of the form.
    const SPECS: &'static [FieldSpec];

    /// Takes the values that a document holds for `key` and returns the places of those that are of another type.
    fn take(&mut self, key: &str, values: &[&Scalar]) -> Vec<usize>;

    /// The stored texts of every field that holds something.
    fn texts(&self) -> Vec<(&'static str, Vec<String>)>;

    /// What a field holds, as a person reads it.
    fn shown(&self, key: &str, lang: Lang) -> Vec<String>;

    /// Takes stored texts back, as [`Fields::texts`] gave them; a text that is no such value is left out.
    fn set_texts(&mut self, key: &str, texts: &[String]);
}

pub(crate) fn take_known<T: FieldType>(known: &mut Known<T>, values: &[&Scalar]) -> Vec<usize> {
    let read: Vec<Option<T>> = values.iter().map(|value| T::from_scalar(value)).collect();
    let bad = read.iter().enumerate().filter(|(_, value)| value.is_none()).map(|(index, _)| index).collect();
    *known = read.into_iter().flatten().collect();
    bad
}

macro_rules! record_fields {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty, $id:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name { $($(#[$fdoc])* #[serde(skip_serializing_if = "crate::value::Known::is_unknown")] pub $field: $crate::value::Known<$type>,)* }

        impl $crate::fields::Fields for $name {
            const SPECS: &'static [$crate::fields::FieldSpec] = &[$($crate::fields::FieldSpec {
                key: stringify!($field),
                value: <$type as $crate::value::FieldType>::TYPE,
                label: $crate::words::Words { id: $id, en: $en },
                parse: |text| <$type as $crate::value::FieldType>::from_input(text)
                    .map(|value| $crate::value::FieldType::to_scalar(&value)),
                show: |scalar, lang| <$type as $crate::value::FieldType>::from_scalar(scalar)
                    .map(|value| $crate::value::FieldType::shown(&value, lang)),
                text: |scalar| <$type as $crate::value::FieldType>::from_scalar(scalar)
                    .map(|value| $crate::value::FieldType::to_text(&value)),
            },)*];

            fn take(&mut self, key: &str, values: &[&documents::Scalar]) -> Vec<usize> {
                match key {
                    $(stringify!($field) => $crate::fields::take_known(&mut self.$field, values),)*
                    _ => (0..values.len()).collect(),
                }
            }

            fn texts(&self) -> Vec<(&'static str, Vec<String>)> {
                let all = [$((
                    stringify!($field),
                    self.$field.values().iter().map(|value| $crate::value::FieldType::to_text(value)).collect::<Vec<_>>(),
                ),)*];
                all.into_iter().filter(|(_, texts)| !texts.is_empty()).collect()
            }

            fn shown(&self, key: &str, lang: $crate::words::Lang) -> Vec<String> {
                match key {
                    $(stringify!($field) => {
                        self.$field.values().iter().map(|value| $crate::value::FieldType::shown(value, lang)).collect()
                    })*
                    _ => Vec::new(),
                }
            }

            fn set_texts(&mut self, key: &str, texts: &[String]) {
                match key {
                    $(stringify!($field) => {
                        self.$field = texts.iter().filter_map(|t| $crate::value::FieldType::from_text(t)).collect();
                    })*
                    _ => {}
                }
            }
        }
    };
}
pub(crate) use record_fields;
