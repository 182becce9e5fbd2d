//! The charter: which offices exist, which node keys speak for them, and who may read and write what.
//!
//! It is a pure fold over a *set* of signed statements: the same set gives the same [`Charter`], whatever the order
//! or the road on which the statements came. No file, socket, clock or source of randomness lives here; nonces are
//! arguments. Journals are not looked into: a cut-off names points, and whether a point is on a journal's chain is
//! for `journal` to say.
//!
//! Start at [`Body`] (everything that can be said), then [`Charter::fold`] (what follows from it).
//!
//! # Invariants
//! - A statement counts by the authority of its signer alone: rank down the tree of offices, or a majority of the
//!   founders. Never by who came first.
//! - Authority over another office's nodes is strictly downward. So the fold goes through the ranks from the top, and
//!   what a lower office says never changes what a higher one is.
//! - Of a removed key's statements only those count that its removal keeps, or that somebody else adopts: whoever
//!   holds a stolen key cannot write history with it.
//! - No input panics, and every list and text has a bound ([`limits`]).

mod charter;
mod effect;
mod error;
pub mod file;
mod fold;
mod folds;
mod foresee;
#[cfg(test)]
mod golden;
pub mod limits;
mod policy;
mod request;
mod set;
mod statement;

pub use charter::{Charter, CutOffs, FreezeReason, Node, NodeState, Office, Order, RosterView, Standing};
pub use effect::{Effect, VoidReason, WaitReason};
pub use error::StatementError;
pub use folds::Folds;
pub use foresee::Keep;
pub use policy::{Access, Grant, Holder, Policy, Reach};
pub use request::{Request, Subject, office_id};
pub use set::{Audience, BUCKETS, Bucket, CheckedStatement, StatementSet, bucket_of};
pub use statement::{Act, Body, Cut, Statement, founding, roster_scope, statement_hash};
