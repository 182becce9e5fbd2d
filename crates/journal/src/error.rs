//! What can be wrong with a draft, with bytes that are said to be a page, or with the runs in them.

use identity::{EntryHash, NodeKey};

/// Why something was not taken into a journal. Nothing was changed: what was offered is dropped whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A form that this version does not read. The bytes may be right for a newer one.
    #[error("pages of form {0} are not known to this version")]
    Version(u8),
    /// The bytes are no single compressed frame that states its size.
    #[error("the page is not one compressed frame")]
    Frame,
    /// More than a page may hold, or more than the caller allowed. Nothing of it was allocated.
    #[error("{what}: {given} is more than {max}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much is claimed.
        given: u64,
        /// How much is allowed.
        max: u64,
    },
    /// The bytes end before what they announce.
    #[error("the page ends too early")]
    Truncated,
    /// The bytes are not spelled the one way that an author spells them.
    #[error("the page is misspelled: {0}")]
    Spelling(&'static str),
    /// A run without entries, or with numbers that no run of a page can have.
    #[error("no run of a page can stand at these numbers")]
    Place,
    /// Too few salts, too many, or the salt of an entry that was erased.
    #[error("the salts do not fit the entries")]
    Salts,
    /// The author's signature does not cover these entries: some byte differs from what was signed.
    #[error("node {} did not sign these entries", .0.short())]
    Signature(NodeKey),
    /// The change hashes are not those that the author signed.
    #[error("the rebuilt changes are not those that node {} signed", .0.short())]
    Changes(NodeKey),
    /// A run that does not stand where it would have to.
    #[error("the run does not follow on entry {seq} ({})", .hash.short())]
    Gap {
        /// The entry that it would have to follow.
        seq: u64,
        /// Its hash.
        hash: EntryHash,
    },
    /// Runs of one pack belong to one scope, and a run to one journal.
    #[error("the run belongs elsewhere")]
    Foreign,
    /// An erased payload, or one that is not of the form that its kind names.
    #[error("the payload is not of the form that its kind names")]
    Payload,
    /// The two histories are one, or the proof does not hold together.
    #[error("this proves no fork")]
    NoFork,
}

/// Refuses `given` above `max`.
pub(crate) fn at_most(what: &'static str, given: u64, max: u64) -> Result<(), PageError> {
    if given <= max { Ok(()) } else { Err(PageError::TooLarge { what, given, max }) }
}
