//! Links between nodes: QUIC and TLS 1.3 over TCP, mutual raw public keys (RFC 7250), one ordered stream of frames each.
//!
//! TLS proves that the other side holds a key. Whether that key may speak is the charter's business: the caller gets
//! the [`NodeKey`](identity::NodeKey) and decides. Nothing here knows what a frame means, keeps anything on disk, or
//! reconnects; the caller does that too.
//!
//! # Contract
//! Take links from [`Endpoint::connect`] and [`Endpoint::accept`], [`Link::split`] each, and keep one task in
//! [`FrameReceiver::next`]: a link that nobody reads does not notice that its peer is gone. Dropping both halves closes
//! the link as [`CloseCode::Done`].
//!
//! # Invariants
//! - Every handshake is a full one, in which both sides sign: no tickets, no resumption, no 0-RTT. So a removed key
//!   cannot come back on what it once was given.
//! - Nothing that a peer announces is allocated before it was compared with a bound.
//! - A handshake that is slow or hostile holds a bounded place for a bounded time, and yields it to a newcomer.
//! - A key has at most [`Limits::links_per_key_max`] links at a time; the newest stay.

mod address;
mod budget;
mod close;
mod config;
mod dial;
mod endpoint;
mod error;
mod frame;
mod groups;
mod handshake;
mod link;
mod quic;
mod registry;
mod shared;
mod tcp;
mod tls;

pub use address::{Address, AddressError, Reach};
pub use close::{CloseCode, Closed};
pub use config::{Config, Limits};
pub use endpoint::Endpoint;
pub use error::{Attempt, LinkError, Probe, TransportError};
pub use frame::{Item, TooLarge, decode_stream};
pub use groups::key_exchanges;
pub use link::{Closer, FrameReceiver, FrameSender, Link, Over, Traffic};

#[cfg(test)]
mod tests;
