//! What people carry between offices, on a stick or in a message: requests, drafts, signatures, foundings, invites.
//!
//! One envelope for all, as bytes for a file or as one line of text for a message or a QR code:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `89 "simpul" 0a`, so that no text is taken for one and a transfer that changes line ends is noticed |
//! | 1 | version, 1 |
//! | 1 | [`Kind`] |
//! | n | the content, in postcard |
//! | 4 | the first bytes of the hash of all before |
//!
//! As a line: `simpul-request:` and the bytes after the first eight in base32, which a QR code holds in its dense
//! alphanumeric mode. Case and white space do not matter. [`read`] takes either.
//!
//! An **invite** carries the network's id and the statements that lead from a founder down to the invited node, about
//! 300 bytes each. It carries neither the founding nor the rest of the charter: the invited node fetches those from
//! the first peer that it reaches and checks them against the id. So whoever hands over an invite vouches for the
//! network by its id alone, as with a founding file.

mod content;

pub use content::{
    ActDraft, ActSignature, Founding, FoundingDraft, FoundingSignature, INVITE_PEERS_MAX, INVITE_STATEMENTS_MAX,
    Invite, Peer,
};

use std::fmt;

use data_encoding::BASE32_NOPAD;
use serde::{Serialize, de::DeserializeOwned};

use crate::{StatementError, limits};

/// The largest file that is read at all: a founding of the most founders with their signatures fits.
pub const FILE_BYTES_MAX: usize = limits::STATEMENT_BYTES_MAX + 16 * 1024;

/// The longest line that is read: base32 makes 8 letters of 5 bytes; a third on top for the breaks that mail puts in.
const LINE_BYTES_MAX: usize = FILE_BYTES_MAX * 8 / 5 * 4 / 3;

const MAGIC: [u8; 8] = *b"\x89simpul\n";
const VERSION: u8 = 1;
const CHECKSUM_BYTES: usize = 4;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A node asks to join.
    Request = 1,
    /// A founding that the founders are to sign.
    FoundingDraft = 2,
    /// One founder's signature.
    FoundingSignature = 3,
    /// A founding with all its signatures.
    Founding = 4,
    /// An admission, carried back to the node that asked.
    Invite = 5,
    /// An act that a majority of the founders are to sign.
    ActDraft = 6,
    /// One founder's signature of an act.
    ActSignature = 7,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::FoundingDraft,
        Self::FoundingSignature,
        Self::Founding,
        Self::Invite,
        Self::ActDraft,
        Self::ActSignature,
    ];

    fn tag(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::FoundingDraft => "founding-draft",
            Self::FoundingSignature => "founding-signature",
            Self::Founding => "founding",
            Self::Invite => "invite",
            Self::ActDraft => "act-draft",
            Self::ActSignature => "act-signature",
        }
    }

    fn of(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "a request",
            Self::FoundingDraft => "a draft of a founding",
            Self::FoundingSignature => "a signature of a founding",
            Self::Founding => "a founding",
            Self::Invite => "an invite",
            Self::ActDraft => "a draft of an act",
            Self::ActSignature => "a signature of an act",
        })
    }
}

/// Why a file is not what it should be. Nothing was taken from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Not a file or line of Simpul at all.
    #[error("this is no file of Simpul's: {0} was expected")]
    Foreign(Kind),
    /// A good file of another kind.
    #[error("this is {found}; {expected} was expected")]
    Kind {
        /// What it is.
        found: Kind,
        /// What it should be.
        expected: Kind,
    },
    /// Written by a newer version of the software.
    #[error("this file is of version {0}; this version of Simpul reads version {VERSION}")]
    Version(u8),
    /// Cut off, retyped wrongly, or changed on the way.
    #[error("{0} that is damaged or not complete: have it sent again")]
    Damaged(Kind),
    /// Larger than such files are.
    #[error("{bytes} bytes are too many for {expected}")]
    TooLarge {
        /// What was expected.
        expected: Kind,
        /// Its size.
        bytes: usize,
    },
    /// It is whole, and what it says is worth nothing.
    #[error("{kind} that is worth nothing")]
    Content {
        /// What it is.
        kind: Kind,
        /// Why.
        source: StatementError,
    },
    /// It is whole, and its parts do not belong together.
    #[error("{kind} that does not hold together: {why}")]
    Inconsistent {
        /// What it is.
        kind: Kind,
        /// Why.
        why: &'static str,
    },
    /// A signature is for another draft than this one.
    #[error("the signature of node {} is for another draft", .0.short())]
    OtherDraft(identity::NodeKey),
    /// Somebody signed who is not asked to.
    #[error("node {} is none of the founders", .0.short())]
    Stranger(identity::NodeKey),
    /// A signature does not fit.
    #[error("the signature of node {} does not fit", .0.short())]
    Signature(identity::NodeKey),
    /// Not all founders signed.
    #[error("these founders have not signed: {}", .0.join(", "))]
    Unsigned(Vec<String>),
}

/// What can be put into an envelope.
pub trait Content: Serialize + DeserializeOwned {
    /// Which kind of file it makes.
    const KIND: Kind;

    /// Whether it holds together: signatures fit, lists are within bounds. [`read`] asks before it gives it out.
    ///
    /// # Errors
    /// Says what is wrong.
    fn check(&self) -> Result<(), FileError>;
}

/// The bytes of a file.
pub fn to_bytes<T: Content>(content: &T) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend([VERSION, T::KIND as u8]);
    #[expect(clippy::expect_used, reason = "plain data encodes; a type that does not is our mistake")]
    bytes.extend(postcard::to_stdvec(content).expect("plain data encodes"));
    bytes.extend(checksum(&bytes));
    bytes
}

/// The same as one line of text.
pub fn to_line<T: Content>(content: &T) -> String {
    format!("simpul-{}:{}", T::KIND.tag(), BASE32_NOPAD.encode(&to_bytes(content)[MAGIC.len()..]))
}

/// Reads a file or a line, and checks it.
///
/// # Errors
/// Says what the file is instead, or what is wrong with it.
pub fn read<T: Content>(given: &[u8]) -> Result<T, FileError> {
    let expected = T::KIND;
    if given.len() > LINE_BYTES_MAX {
        return Err(FileError::TooLarge { expected, bytes: given.len() });
    }
    let bytes = if given.starts_with(&MAGIC) { given.to_vec() } else { from_line(given, expected)? };
    let found = open(&bytes, expected)?;
    if found != expected {
        return Err(FileError::Kind { found, expected });
    }
    let content: T = postcard::from_bytes(&bytes[MAGIC.len() + 2..bytes.len() - CHECKSUM_BYTES])
        .map_err(|_| FileError::Damaged(expected))?;
    content.check()?;
    // One file, one spelling: what is read is written back as the same bytes.
    if to_bytes(&content) == bytes { Ok(content) } else { Err(FileError::Damaged(expected)) }
}

/// Checks the envelope and says what is in it.
fn open(bytes: &[u8], expected: Kind) -> Result<Kind, FileError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(FileError::TooLarge { expected, bytes: bytes.len() });
    }
    let Some((body, sum)) =
        bytes.split_last_chunk::<CHECKSUM_BYTES>().filter(|(body, _)| body.len() >= MAGIC.len() + 2)
    else {
        return Err(FileError::Damaged(expected));
    };
    let (version, kind) = (body[MAGIC.len()], Kind::of(body[MAGIC.len() + 1]));
    // First the version: what follows it may be laid out in another way in another one.
    if version != VERSION {
        return Err(FileError::Version(version));
    }
    if *sum != checksum(body) {
        return Err(FileError::Damaged(kind.unwrap_or(expected)));
    }
    kind.ok_or(FileError::Foreign(expected))
}

fn from_line(given: &[u8], expected: Kind) -> Result<Vec<u8>, FileError> {
    let foreign = || FileError::Foreign(expected);
    let text = std::str::from_utf8(given).map_err(|_| foreign())?;
    let text: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let (tag, letters) = text.strip_prefix("SIMPUL-").and_then(|rest| rest.split_once(':')).ok_or_else(foreign)?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.tag().eq_ignore_ascii_case(tag)).ok_or_else(foreign)?;
    let bytes = BASE32_NOPAD.decode(letters.as_bytes()).map_err(|_| FileError::Damaged(kind))?;
    if bytes.get(1) != Some(&(kind as u8)) && bytes.first() == Some(&VERSION) {
        return Err(FileError::Damaged(kind));
    }
    Ok([&MAGIC[..], &bytes].concat())
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut sum = [0; CHECKSUM_BYTES];
    let mut hasher = blake3::Hasher::new_derive_key("simpul file checksum v1");
    hasher.update(bytes);
    hasher.finalize_xof().fill(&mut sum);
    sum
}

#[cfg(test)]
mod tests;
