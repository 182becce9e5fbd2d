//! The endpoint: listens, dials, and knows which links are open.

use std::net::SocketAddr;

use identity::NodeKey;

use crate::{Address, CloseCode, Config, Link, TransportError};

/// A node's place on the network. Clones share it; dropping the last one ends it without farewell.
#[derive(Debug, Clone)]
pub struct Endpoint {}

impl Endpoint {
    /// Opens the sockets that the config names and starts to take handshakes. Call it inside a tokio runtime.
    pub async fn bind(_config: Config) -> Result<Self, TransportError> {
        todo!()
    }

    /// This node's key.
    pub fn node_key(&self) -> NodeKey {
        todo!()
    }

    /// Where QUIC listens.
    pub fn udp_addr(&self) -> Option<SocketAddr> {
        todo!()
    }

    /// Where TCP listens.
    pub fn tcp_addr(&self) -> Option<SocketAddr> {
        todo!()
    }

    /// Opens a link to `peer` at one of its addresses: QUIC first, TCP beside it after [`crate::Limits::tcp_delay`] or
    /// when QUIC has failed everywhere.
    pub async fn connect(&self, _peer: NodeKey, _addresses: &[Address]) -> Result<Link, TransportError> {
        todo!()
    }

    /// The next link that a peer opened; none once the endpoint is closed.
    pub async fn accept(&self) -> Option<Link> {
        todo!()
    }

    /// Closes every link to a key: for removals.
    pub fn close_peer(&self, _peer: NodeKey, _code: CloseCode, _reason: &str) {
        todo!()
    }

    /// Closes every link as `shutdown` and waits, at most three seconds, until the peers heard it.
    pub async fn close(&self) {
        todo!()
    }
}
