//! What is wrong with a statement by itself, whoever said it and whatever else is held.

use identity::SignedError;

/// A statement or request that is worth nothing anywhere. It was not taken into the set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The signature does not fit or the bytes do not decode.
    #[error(transparent)]
    Signed(#[from] SignedError),
    /// The signature on a request inside the statement does not fit, or the request does not decode.
    #[error("the request inside the statement is worth nothing")]
    Request(#[source] SignedError),
    /// Larger than any statement may be; it was not even decoded.
    #[error("a statement of {bytes} bytes is over the limit of {bytes_max}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest allowed.
        bytes_max: usize,
    },
    /// A list is longer than allowed.
    #[error("{what}: {count} are over the limit of {count_max}")]
    TooMany {
        /// Which list.
        what: &'static str,
        /// Its length.
        count: usize,
        /// The longest allowed.
        count_max: usize,
    },
    /// A list names nothing, or the same thing twice.
    #[error("{0} must be named, each once")]
    NotASet(&'static str),
    /// A text is empty, too long, or has control characters in it.
    #[error("{what} must be 1 to {bytes_max} bytes of text without control characters")]
    Text {
        /// Which text.
        what: &'static str,
        /// The longest allowed.
        bytes_max: usize,
    },
    /// An office's kind and region do not go together, such as a village that stands for a province.
    #[error("an office of kind {kind} cannot stand for the region {region}")]
    KindAndRegion {
        /// The kind that was given.
        kind: identity::OfficeKind,
        /// The region that was given.
        region: identity::Region,
    },
    /// Only a founding stands outside every network, and it must.
    #[error("a founding names no network, and every other statement names one")]
    Network,
    /// The parts of the statement contradict each other.
    #[error("the statement contradicts itself: {0}")]
    Contradiction(&'static str),
}
