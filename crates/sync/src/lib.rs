//! Replication: decides what each peer still needs, what is taken from it, and what is said to whom.
//!
//! Pure: no socket, file, clock or source of randomness lives here; the caller passes them in, and `driver` is that
//! caller. It does not know what an entry means, and it never loads a document: differences are found per journal.
//!
//! # Contract
//! - After every [`Replica::handle`], call [`Replica::poll_output`] until it gives [`Output::Timeout`]; then wait for
//!   that moment or the next input.
//! - [`Output::Persist`] is done in the order in which it was asked for, each all or nothing. When one fails, those
//!   that were asked for before the failure was answered fail too, so that no journal gets a hole.
//! - Answers to [`Output::Check`], [`Output::Load`], [`Output::Locate`] and [`Output::Prove`] may come in any order and
//!   may stay away only if the node stops.
//! - What this node writes is handed in as [`Input::Written`] after it is durable, in the order of its journal.
//!
//! # Invariants
//! - Nothing is told, sent or signed that is not durable.
//! - A scope is sent only to a node whose office may read it, and to a key that no statement admits nothing but a Hello.
//! - What the peer is known to hold is not sent.
//! - Nothing is taken on top of a point that it does not continue; a gap is answered with a request, never kept.
//! - Whatever a peer sends is bounded before it is kept.

mod acknowledge;
mod api;
mod beacon;
mod bundle;
mod compare;
mod erasing;
mod fingerprint;
mod forks;
mod greeting;
mod holdings;
mod receipt;
mod replica;
mod serving;
mod session;
mod statements;
mod transfer;
pub mod wire;

pub use acknowledge::receipt_counts;
pub use api::{
    CloseCode, Config, Counters, Durable, Event, Found, IncarnationLost, Input, LoadPart, LoadedPack, Output,
    PeerState, PeerStatus, Reason, Recovered, RequestId, SessionId, Span, Token, Unchecked,
};
pub use beacon::{BEACON_BYTES_MAX, Beacon, BeaconBook};
pub use receipt::{KnownReceipt, Receipt, ReceiptBook};
pub use replica::Replica;
