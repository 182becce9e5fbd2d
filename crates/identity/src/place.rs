//! Where an entry stands: the journal, its number there, and the hash that makes the number unambiguous.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{EntryHash, Incarnation, NameError, NodeKey, ScopeName};

/// Names one journal: everything one node wrote in one scope since its store began.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JournalId {
    /// The scope that it belongs to.
    pub scope: ScopeName,
    /// The node that writes it.
    pub node: NodeKey,
    /// Which of this node's journals in this scope.
    pub incarnation: Incarnation,
}

impl JournalId {
    /// A hash that stands for this journal wherever 32 bytes are handier than the whole name.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("simpul journal id v1");
        hasher.update(&self.node.0);
        hasher.update(&self.incarnation.0);
        hasher.update(self.scope.as_str().as_bytes());
        *hasher.finalize().as_bytes()
    }
}

impl fmt::Display for JournalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.scope, self.node, self.incarnation)
    }
}

/// A position in a journal. Never a bare number: the hash tells two histories with one number apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Point {
    /// How many entries the journal has up to here; the first entry is 1.
    pub seq: u64,
    /// The hash of that entry.
    pub hash: EntryHash,
}

/// How one entry is named by others: in a dependency, an order, a document's id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Coordinate {
    /// The journal that holds the entry.
    pub journal: JournalId,
    /// Its number there, from 1.
    pub seq: u64,
}

impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.journal, self.seq)
    }
}

impl std::str::FromStr for Coordinate {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let bad = || NameError::Coordinate(text.chars().take(200).collect());
        let mut parts = text.split(':');
        let mut next = || parts.next().ok_or_else(bad);
        let scope = next()?.parse()?;
        let node = next()?.parse().map_err(|_| bad())?;
        let incarnation = next()?.parse().map_err(|_| bad())?;
        let seq = next()?.parse().map_err(|_| bad())?;
        if parts.next().is_some() || seq == 0 {
            return Err(bad());
        }
        Ok(Self { journal: JournalId { scope, node, incarnation }, seq })
    }
}

/// The short handle of the person who writes, chosen by the office, as it stands in every entry. Not a full name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Officer(Arc<str>);

impl Officer {
    /// The longest handle, in bytes.
    pub const BYTES_MAX: usize = 32;

    /// A handle of 1 to 32 bytes of lowercase letters, digits, `.`, `-` and `_`.
    pub fn new(handle: &str) -> Result<Self, NameError> {
        let fits = !handle.is_empty()
            && handle.len() <= Self::BYTES_MAX
            && handle.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
        if fits { Ok(Self(handle.into())) } else { Err(NameError::Officer(handle.chars().take(64).collect())) }
    }

    /// The handle.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Officer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Officer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coordinate_parses_back_from_what_it_prints() {
        let coordinate = Coordinate {
            journal: JournalId {
                scope: "identity/33.07.10.2004".parse().unwrap(),
                node: NodeKey([1; 32]),
                incarnation: Incarnation([2; 8]),
            },
            seq: 17,
        };
        assert_eq!(coordinate.to_string().parse(), Ok(coordinate));
        assert!("identity/33.07.10.2004:00:00:1".parse::<Coordinate>().is_err());
        assert!("".parse::<Coordinate>().is_err());
    }

    #[test]
    fn an_officer_is_a_short_plain_handle() {
        assert!(Officer::new("petugas-1").is_ok());
        for bad in ["", "Pak Budi", "a/b", &"x".repeat(33)] {
            assert!(Officer::new(bad).is_err(), "{bad:?}");
        }
    }
}
