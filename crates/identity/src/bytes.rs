//! Fixed-size names: public keys, hashes and random ids, each a type of its own, printed as lowercase hex.

use std::fmt;

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::{Deserialize, Serialize};

/// A text that should have been a key, hash or id in hex.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is written as {expected} hex digits, not {given:?}")]
pub struct ParseBytesError {
    what: &'static str,
    expected: usize,
    given: String,
}

macro_rules! bytes_type {
    ($(#[$doc:meta])* $name:ident, $len:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The bytes.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// The first eight hex digits: enough for a person to tell two apart, never enough to trust.
            pub fn short(&self) -> String {
                self.to_string().chars().take(8).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.short())
            }
        }

        impl std::str::FromStr for $name {
            type Err = ParseBytesError;

            fn from_str(text: &str) -> Result<Self, ParseBytesError> {
                HEXLOWER_PERMISSIVE
                    .decode(text.trim().as_bytes())
                    .ok()
                    .and_then(|bytes| <[u8; $len]>::try_from(bytes).ok())
                    .map(Self)
                    .ok_or_else(|| ParseBytesError {
                        what: $what,
                        expected: 2 * $len,
                        given: text.chars().take(2 * $len + 8).collect(),
                    })
            }
        }

        // Text formats carry hex, binary formats the bare bytes.
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    use serde::ser::SerializeTuple;
                    let mut tuple = serializer.serialize_tuple($len)?;
                    for byte in &self.0 {
                        tuple.serialize_element(byte)?;
                    }
                    tuple.end()
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($what)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<$name, A::Error> {
                        let mut bytes = [0; $len];
                        for (index, byte) in bytes.iter_mut().enumerate() {
                            *byte = seq.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(index, &self))?;
                        }
                        Ok($name(bytes))
                    }
                }
                if deserializer.is_human_readable() {
                    deserializer.deserialize_str(Visitor)
                } else {
                    deserializer.deserialize_tuple($len, Visitor)
                }
            }
        }
    };
}

bytes_type!(
    /// A node's Ed25519 public key: the node's name everywhere.
    NodeKey, 32, "a node key"
);
bytes_type!(
    /// A node's X25519 public key: what bundles and backups are sealed to.
    SealKey, 32, "a sealing key"
);
bytes_type!(
    /// An office: the hash of the first request that was signed for it, so an office has its id before it is admitted.
    OfficeId, 16, "an office id"
);
bytes_type!(
    /// A network: the hash of its founding statement.
    NetworkId, 32, "a network id"
);
bytes_type!(
    /// The hash of a statement's author and body; its signature is not part of it.
    StatementHash, 32, "a statement hash"
);
bytes_type!(
    /// The hash of an entry's header, which commits to its stored payload and to the entry before it.
    EntryHash, 32, "an entry hash"
);
bytes_type!(
    /// The hash that Automerge gives a change (SHA-256 of its chunk).
    ChangeHash, 32, "a change hash"
);
bytes_type!(
    /// Drawn at random when a store begins and whenever a journal might otherwise say two things under one number.
    Incarnation, 8, "an incarnation"
);
bytes_type!(
    /// An Ed25519 signature.
    Signature, 64, "a signature"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_prints_as_hex_and_parses_back() {
        let key = NodeKey([0xab; 32]);
        assert_eq!(key.to_string(), "ab".repeat(32));
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!("AB".repeat(32).parse(), Ok(key));
    }

    #[test]
    fn a_wrong_length_says_what_was_expected() {
        let error = "abc".parse::<OfficeId>().unwrap_err();
        assert_eq!(error.to_string(), "an office id is written as 32 hex digits, not \"abc\"");
    }

    #[test]
    fn binary_formats_carry_the_bare_bytes() {
        let hash = EntryHash([7; 32]);
        let bytes = postcard::to_stdvec(&hash).unwrap();
        assert_eq!(bytes, [7; 32]);
        assert_eq!(postcard::from_bytes::<EntryHash>(&bytes).unwrap(), hash);
    }
}
