//! One link: a peer's proven key and an ordered stream of frames each way.

use std::{fmt, net::SocketAddr};

use identity::NodeKey;

use crate::{CloseCode, LinkError};

/// What carries a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Over {
    /// QUIC over UDP.
    Quic,
    /// TLS over TCP.
    Tcp,
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Over::Quic => "quic",
            Over::Tcp => "tcp",
        })
    }
}

/// An open link to a peer.
#[derive(Debug)]
pub struct Link {
    /// The key that the peer proved to hold. Whether it may speak is for the caller to decide.
    pub peer: NodeKey,
    /// What carries the link.
    pub over: Over,
    /// Where the peer was when the link opened.
    pub remote: SocketAddr,
    /// Whether this node opened the link.
    pub initiator: bool,
    /// The key exchange group, where the transport tells (TCP does, QUIC does not).
    pub key_exchange: Option<String>,
}

impl Link {
    /// The two directions.
    pub fn split(self) -> (FrameSender, FrameReceiver) {
        todo!()
    }

    /// A handle to close the link from elsewhere.
    pub fn closer(&self) -> Closer {
        todo!()
    }

    /// A handle to read how many bytes the link moved.
    pub fn traffic(&self) -> Traffic {
        todo!()
    }
}

/// The way out.
#[derive(Debug)]
pub struct FrameSender {}

impl FrameSender {
    /// Sends one frame of 1 to `frame_bytes_max` bytes. It returns when the frame is handed to the transport, which
    /// waits while the peer does not read. Not cancel-safe: dropped halfway, the link closes at the next call.
    pub async fn send(&mut self, _frame: &[u8]) -> Result<(), LinkError> {
        todo!()
    }

    /// Closes the link once what was sent has arrived, or after two seconds.
    pub async fn close(self, _code: CloseCode, _reason: &str) {
        todo!()
    }
}

/// The way in.
#[derive(Debug)]
pub struct FrameReceiver {}

impl FrameReceiver {
    /// The next whole frame; none when the peer closed as `done`. Cancel-safe.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        todo!()
    }
}

/// Closes a link from elsewhere. Cheap to clone; does not keep the link open.
#[derive(Debug, Clone)]
pub struct Closer {}

impl Closer {
    /// Closes at once: what is still on its way may be lost, the code is not. Only the first call counts.
    pub fn close(&self, _code: CloseCode, _reason: &str) {
        todo!()
    }
}

/// How many bytes a link moved, as handed to the socket: UDP payloads or the TCP stream, encryption and handshake
/// included, IP headers not.
#[derive(Debug, Clone)]
pub struct Traffic {}

impl Traffic {
    /// Bytes sent.
    pub fn sent(&self) -> u64 {
        todo!()
    }

    /// Bytes received.
    pub fn received(&self) -> u64 {
        todo!()
    }
}
