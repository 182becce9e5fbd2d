//! What can go wrong with an endpoint and with a link.

use std::{fmt, io, net::SocketAddr, time::Duration};

use identity::NodeKey;

use crate::{CloseCode, Closed, Over};

/// One attempt to reach a peer that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Where: a socket address, or the name that did not resolve.
    pub address: String,
    /// Over what; none when the name did not resolve.
    pub over: Option<Over>,
    /// Why it failed.
    pub reason: String,
}

/// What came of trying one way to a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Where: a socket address, or the name that did not resolve.
    pub address: String,
    /// Over what; none when the name did not resolve.
    pub over: Option<Over>,
    /// How long it took until both keys were proven, or why they were not.
    pub outcome: Result<Duration, String>,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.over {
            Some(over) => write!(f, "{} over {over}: {}", self.address, self.reason),
            None => write!(f, "{}: {}", self.address, self.reason),
        }
    }
}

/// Why an endpoint could not do what was asked. The endpoint itself stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// A listening socket could not be opened. Nothing listens.
    #[error("cannot listen on {address} over {over}")]
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// UDP (QUIC) or TCP.
        over: Over,
        /// What the system said.
        source: io::Error,
    },
    /// The node's key or the TLS settings are not usable. Nothing listens.
    #[error("cannot set up TLS with the key of this node")]
    Tls(#[from] rustls::Error),
    /// The caller named no address for this peer.
    #[error("no address is known for node {}", .0.short())]
    NoAddress(NodeKey),
    /// Another key answered, and proved that it holds it. Nothing was said to it, not even who we are.
    #[error("node {} was expected at {address}, but node {} answers there", .expected.short(), .found.short())]
    OtherKey {
        /// Where.
        address: String,
        /// The key that was asked for.
        expected: NodeKey,
        /// The key that answered.
        found: NodeKey,
    },
    /// No address led to the peer in time.
    #[error("cannot reach node {}: {}", .peer.short(), list(.attempts))]
    Unreachable {
        /// The peer.
        peer: NodeKey,
        /// What was tried, in the order in which it failed.
        attempts: Vec<Attempt>,
    },
    /// The endpoint was closed.
    #[error("the endpoint is closed")]
    EndpointClosed,
}

fn list(attempts: &[Attempt]) -> String {
    attempts.iter().map(Attempt::to_string).collect::<Vec<_>>().join("; ")
}

/// Why a frame could not be sent or received.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LinkError {
    /// One side closed the link. It is gone.
    #[error("{0}")]
    Closed(Closed),
    /// The peer announced a frame beyond the limit. The link was closed as `too-large`; nothing was allocated.
    #[error("the peer announced a frame of {bytes} bytes; {bytes_max} are allowed")]
    TooLarge {
        /// What was announced.
        bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// The caller's frame is empty or beyond the limit. It was not sent; the link is as before.
    #[error("a frame has 1 to {bytes_max} bytes, not {bytes}")]
    FrameSize {
        /// The frame that was given.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The stream ended inside a frame. The link is gone.
    #[error("the stream ended inside a frame")]
    Truncated,
    /// An earlier send was dropped before its frame was out, so nothing more can be sent. The link was closed.
    #[error("an earlier frame was only half sent")]
    Interrupted,
    /// Nothing was heard for the idle time. The link is gone.
    #[error("nothing was heard from the peer for too long")]
    Idle,
    /// The network or the peer's stack ended the link without a code. It is gone.
    #[error("the link was lost: {0}")]
    Lost(String),
}

impl LinkError {
    /// The code under which this is counted: the one that was sent or received, or the nearest.
    pub fn code(&self) -> CloseCode {
        match self {
            LinkError::Closed(closed) => closed.code,
            LinkError::TooLarge { .. } | LinkError::FrameSize { .. } => CloseCode::TooLarge,
            LinkError::Truncated => CloseCode::BadFrame,
            LinkError::Interrupted | LinkError::Lost(_) => CloseCode::Internal,
            LinkError::Idle => CloseCode::Idle,
        }
    }
}
