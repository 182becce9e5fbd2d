//! What scenarios and demo share. The tests themselves are the binaries beside it.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test at the edge: what must not fail ends it"
)]

#[path = "../scenarios/harness/mod.rs"]
pub mod harness;
