//! Who takes part: an office of the network, or somebody without a node (an NGO, a bank, the DPRD).

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use identity::OfficeId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Somebody who takes part in an agenda. It is written `office:` or `outside:` and 32 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// An office that speaks for itself.
    Office(OfficeId),
    /// Somebody without a node, by a random id; the convener records what such a party says by letter or in a meeting.
    Outside([u8; 16]),
}

impl Party {
    /// The office, if it is one.
    pub fn office(&self) -> Option<OfficeId> {
        match self {
            Self::Office(office) => Some(*office),
            Self::Outside(_) => None,
        }
    }
}

/// A text that names no party. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no party: write office: or outside: and 32 hex digits")]
pub struct PartyError(String);

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Office(office) => write!(f, "office:{office}"),
            Self::Outside(id) => write!(f, "outside:{}", HEXLOWER.encode(id)),
        }
    }
}

impl FromStr for Party {
    type Err = PartyError;

    fn from_str(text: &str) -> Result<Self, PartyError> {
        let bad = || PartyError(text.chars().take(60).collect());
        let (kind, digits) = text.split_once(':').ok_or_else(bad)?;
        // One spelling: lowercase digits only.
        let bytes = HEXLOWER.decode(digits.as_bytes()).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        match (kind, bytes) {
            ("office", Some(id)) => Ok(Self::Office(OfficeId(id))),
            ("outside", Some(id)) => Ok(Self::Outside(id)),
            _ => Err(bad()),
        }
    }
}

impl Serialize for Party {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Party {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Values that stand in a fact as their text, with the one spelling that they print.
pub(crate) mod as_text {
    use super::*;

    pub(crate) fn serialize<T: fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(crate) fn deserialize<'de, T, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr + fmt::Display,
        T::Err: fmt::Display,
    {
        let text = String::deserialize(deserializer)?;
        let value: T = text.parse().map_err(serde::de::Error::custom)?;
        if value.to_string() == text { Ok(value) } else { Err(serde::de::Error::custom("spelled in another way")) }
    }
}

/// The same where there may be none.
pub(crate) mod as_text_opt {
    use super::*;

    pub(crate) fn serialize<T: fmt::Display, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(ToString::to_string).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_has_one_spelling() {
        for (text, fits) in [
            (format!("office:{}", "0a".repeat(16)), true),
            (format!("outside:{}", "ff".repeat(16)), true),
            (format!("office:{}", "0A".repeat(16)), false),
            (format!("office:{}", "0a".repeat(15)), false),
            (format!("kantor:{}", "0a".repeat(16)), false),
            ("office".to_owned(), false),
            (String::new(), false),
        ] {
            let read = text.parse::<Party>();
            assert_eq!(read.is_ok(), fits, "{text}");
            if let Ok(party) = read {
                assert_eq!(party.to_string(), text);
            }
        }
    }
}
