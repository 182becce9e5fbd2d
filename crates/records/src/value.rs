//! What a field can hold, and how several values of one field are kept apart.

use std::{fmt, str::FromStr};

use documents::Scalar;
use identity::{Coordinate, OfficeId, Region};
use serde::{Deserialize, Serialize};

use crate::{
    date::PartialDate,
    words::{self, Lang, Words},
};

/// The longest text of one field, in characters.
pub const TEXT_CHARS_MAX: usize = 500;

/// What is known of a field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Known<T> {
    /// Nothing is recorded.
    #[default]
    Unknown,
    /// One value.
    One(T),
    /// Different values, written without knowledge of each other: somebody has to choose.
    Several(Vec<T>),
}

impl<T> Known<T> {
    /// The values in order; empty, one, or several.
    pub fn values(&self) -> &[T] {
        match self {
            Known::Unknown => &[],
            Known::One(value) => std::slice::from_ref(value),
            Known::Several(values) => values,
        }
    }

    /// The value, if there is exactly one.
    pub fn one(&self) -> Option<&T> {
        match self {
            Known::One(value) => Some(value),
            Known::Unknown | Known::Several(_) => None,
        }
    }

    /// The first value: what a list shows, beside a sign that there are others.
    pub fn first(&self) -> Option<&T> {
        self.values().first()
    }

    /// Whether nothing is recorded.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Known::Unknown)
    }

    /// Whether somebody has to choose.
    pub fn is_contested(&self) -> bool {
        matches!(self, Known::Several(_))
    }
}

impl<T: PartialEq> FromIterator<T> for Known<T> {
    /// Equal values count once: two offices that wrote the same do not disagree.
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
        let mut values: Vec<T> = Vec::new();
        for value in iter {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        match values.len() {
            0 | 1 => values.pop().map_or(Known::Unknown, Known::One),
            _ => Known::Several(values),
        }
    }
}

/// What a form needs to know to ask for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// One line of text of at most [`TEXT_CHARS_MAX`] characters.
    Text,
    /// A day, a month, a year, or unknown.
    Date,
    /// Yes or no; empty is unknown.
    YesNo,
    /// A number from 0.
    Number,
    /// A person's id.
    Person,
    /// The code of a place.
    Place,
    /// An office's id.
    Office,
    /// Another document.
    Document,
    /// One of these codes, each with its words.
    Code(&'static [(&'static str, Words)]),
}

/// A type that a field can have.
pub trait FieldType: Sized + Clone + PartialEq {
    /// What a form asks for.
    const TYPE: ValueType;

    /// Reads the stored text; there is one for each value.
    fn from_text(text: &str) -> Option<Self>;

    /// The stored text.
    fn to_text(&self) -> String;

    /// Reads what a document holds; `None` if it is of another type.
    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        match scalar {
            Scalar::Text(text) => Self::from_text(text),
            Scalar::Int(_) | Scalar::Bool(_) | Scalar::Other(_) => None,
        }
    }

    /// What a document is to hold.
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.to_text())
    }

    /// Reads what an officer typed, in either language; `None` if it is no such value.
    fn from_input(text: &str) -> Option<Self> {
        Self::from_text(text.trim())
    }

    /// As a person reads it.
    fn shown(&self, _lang: Lang) -> String {
        self.to_text()
    }
}

impl FieldType for String {
    const TYPE: ValueType = ValueType::Text;

    fn from_text(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX && !text.chars().any(char::is_control);
        fits.then(|| text.to_owned())
    }

    fn to_text(&self) -> String {
        self.clone()
    }

    fn from_input(text: &str) -> Option<Self> {
        Self::from_text(&text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl FieldType for bool {
    const TYPE: ValueType = ValueType::YesNo;

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }

    fn to_text(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        match scalar {
            Scalar::Bool(value) => Some(*value),
            Scalar::Text(_) | Scalar::Int(_) | Scalar::Other(_) => None,
        }
    }

    fn to_scalar(&self) -> Scalar {
        Scalar::Bool(*self)
    }

    fn from_input(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if words::YES_INPUT.contains(&text.as_str()) {
            Some(true)
        } else if words::NO_INPUT.contains(&text.as_str()) {
            Some(false)
        } else {
            None
        }
    }

    fn shown(&self, lang: Lang) -> String {
        if *self { words::YES } else { words::NO }.of(lang).to_owned()
    }
}

impl FieldType for u32 {
    const TYPE: ValueType = ValueType::Number;

    fn from_text(text: &str) -> Option<Self> {
        text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
    }

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        match scalar {
            Scalar::Int(value) => u32::try_from(*value).ok(),
            Scalar::Text(_) | Scalar::Bool(_) | Scalar::Other(_) => None,
        }
    }

    fn to_scalar(&self) -> Scalar {
        Scalar::Int(i64::from(*self))
    }
}

impl FieldType for PartialDate {
    const TYPE: ValueType = ValueType::Date;

    fn from_text(text: &str) -> Option<Self> {
        Self::from_iso(text)
    }

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_input(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn shown(&self, lang: Lang) -> String {
        PartialDate::shown(*self, lang)
    }
}

/// A text that is no such id or hash. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not {what}, which has {digits} hex digits")]
pub struct HexError {
    what: &'static str,
    digits: usize,
    given: String,
}

macro_rules! hex_type {
    ($(#[$doc:meta])* $name:ident, $len:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = HexError;

            fn from_str(text: &str) -> Result<Self, HexError> {
                data_encoding::HEXLOWER
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(|| HexError {
                        what: $what,
                        digits: 2 * $len,
                        given: text.chars().take(2 * $len + 8).collect(),
                    })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hex_type!(
    /// A person: 16 random bytes, drawn when the person is registered and never derived from a NIK.
    PersonId, 16, "a person's id"
);
hex_type!(
    /// A hash of content: of a scan, or of the facts that a rule read.
    Digest, 32, "a hash"
);

impl FieldType for PersonId {
    const TYPE: ValueType = ValueType::Person;

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn to_text(&self) -> String {
        self.to_string()
    }
}

/// A name of another room that is stored as its text.
macro_rules! named_field {
    ($name:ty, $type:expr) => {
        impl FieldType for $name {
            const TYPE: ValueType = $type;

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn to_text(&self) -> String {
                self.to_string()
            }
        }
    };
}

named_field!(Region, ValueType::Place);
named_field!(OfficeId, ValueType::Office);
named_field!(Coordinate, ValueType::Document);

/// A closed list of codes with words in both languages and the spellings that are understood.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $id:literal, $en:literal, [$($alias:literal),*];)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stored code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The words for it.
            pub fn words(self) -> $crate::words::Words {
                match self { $(Self::$variant => $crate::words::Words { id: $id, en: $en },)* }
            }
        }

        impl $crate::value::FieldType for $name {
            const TYPE: $crate::value::ValueType =
                $crate::value::ValueType::Code(&[$(($code, $crate::words::Words { id: $id, en: $en }),)*]);

            fn from_text(text: &str) -> Option<Self> {
                match text { $($code => Some(Self::$variant),)* _ => None }
            }

            fn to_text(&self) -> String {
                self.code().to_owned()
            }

            fn from_input(text: &str) -> Option<Self> {
                let text = text.trim().to_lowercase();
                Self::ALL.iter().copied().find(|value| {
                    let words = value.words();
                    let aliases: &[&str] = match value { $(Self::$variant => &[$($alias),*],)* };
                    value.code() == text
                        || words.id.to_lowercase() == text
                        || words.en.to_lowercase() == text
                        || aliases.contains(&text.as_str())
                })
            }

            fn shown(&self, lang: $crate::words::Lang) -> String {
                self.words().of(lang).to_owned()
            }
        }
    };
}
pub(crate) use codes;
