//! The guard: whether a change may be part of a document, judged against its dependencies only.

/// The most bytes that a document's changes may take, over everything that a change builds on.
pub const BYTES_MAX: usize = 1 << 20;
/// The most changes that a change may build on.
pub const CHANGES_MAX: usize = 10_000;
/// The longest key of a fact, in bytes.
pub const FACT_KEY_BYTES_MAX: usize = 64;
/// The longest content of a fact, in bytes.
pub const FACT_BYTES_MAX: usize = 64 << 10;
