//! What all handles of one link share: the wire, and whether, how and by whom the link was closed.
//!
//! # Invariants
//! - A link is closed once; whoever comes later is told of the first close.
//! - The peer hears the code: at once over QUIC, over TCP as the farewell that [`Shared::tend`] writes.

use std::{fmt, sync::Arc, time::Duration};

use identity::NodeKey;
use quinn::{ConnectionError, VarInt};
use tokio::sync::watch;
use tracing::debug;

use crate::{CloseCode, Closed, LinkError, tcp::TcpWire};

/// What all handles of one link share.
pub(crate) struct Shared {
    pub(crate) peer: NodeKey,
    pub(crate) wire: Wire,
    closed: watch::Sender<Option<Closed>>,
    gone: watch::Sender<bool>,
}

/// What carries it.
pub(crate) enum Wire {
    Quic(quinn::Connection),
    Tcp(TcpWire),
}

impl Shared {
    pub(crate) fn quic(peer: NodeKey, connection: quinn::Connection) -> Arc<Self> {
        Self::new(peer, Wire::Quic(connection))
    }

    pub(crate) fn tcp(peer: NodeKey, wire: TcpWire) -> Arc<Self> {
        Self::new(peer, Wire::Tcp(wire))
    }

    fn new(peer: NodeKey, wire: Wire) -> Arc<Self> {
        Arc::new(Self { peer, wire, closed: watch::Sender::new(None), gone: watch::Sender::new(false) })
    }

    /// Closes the link unless it is closed already.
    pub(crate) fn close(&self, closed: Closed) {
        let first = self.closed.send_if_modified(|state| {
            let first = state.is_none();
            if first {
                debug!(peer = self.peer.short(), %closed, "link closed");
                *state = Some(closed.clone());
            }
            first
        });
        // On TCP the task that tends the link says farewell.
        if let (true, Wire::Quic(connection)) = (first, &self.wire) {
            connection.close(VarInt::from_u32(closed.code.code()), closed.reason.as_bytes());
        }
    }

    /// Takes note of how the peer or the network ended the link, and gives back what the caller is told.
    pub(crate) fn lost(&self, error: LinkError) -> LinkError {
        self.close(if let LinkError::Closed(closed) = &error {
            closed.clone()
        } else {
            Closed::by_us(error.code(), &error.to_string())
        });
        error
    }

    pub(crate) fn quic_error(&self, error: ConnectionError) -> LinkError {
        match error {
            ConnectionError::ApplicationClosed(close) => {
                let code = u32::try_from(close.error_code.into_inner()).unwrap_or(u32::MAX);
                LinkError::Closed(Closed::by_peer(code, &close.reason))
            }
            ConnectionError::LocallyClosed => self.closed_error(),
            ConnectionError::TimedOut => LinkError::Idle,
            ConnectionError::VersionMismatch
            | ConnectionError::TransportError(_)
            | ConnectionError::ConnectionClosed(_)
            | ConnectionError::Reset
            | ConnectionError::CidsExhausted => LinkError::Lost(error.to_string()),
        }
    }

    /// What a caller is told once the link is closed.
    pub(crate) fn closed_error(&self) -> LinkError {
        match &*self.closed.borrow() {
            Some(closed) => LinkError::Closed(closed.clone()),
            None => LinkError::Lost("the endpoint is gone".to_owned()),
        }
    }

    /// Returns once the link is closed, by whomever.
    pub(crate) async fn until_closed(&self) -> LinkError {
        let mut closed = self.closed.subscribe();
        // The sender lives in `self`, so this ends only with the condition.
        let _ = closed.wait_for(Option::is_some).await;
        self.closed_error()
    }

    /// What a caller is told if the link is closed already.
    pub(crate) fn is_closed(&self) -> Option<LinkError> {
        self.closed.borrow().clone().map(LinkError::Closed)
    }

    /// Returns once nothing of the link is left.
    pub(crate) async fn until_gone(&self) {
        let mut gone = self.gone.subscribe();
        let _ = gone.wait_for(|gone| *gone).await;
    }

    /// Accompanies the link to its end, which this returns after: keep-alives and farewell on TCP, the peer's code.
    pub(crate) async fn tend(self: Arc<Self>, keep_alive: Duration) {
        match &self.wire {
            Wire::Quic(connection) => {
                let error = connection.closed().await;
                self.lost(self.quic_error(error));
            }
            Wire::Tcp(wire) => {
                let keep_alive = async {
                    wire.keep_alive(keep_alive).await;
                    // The stream takes no more; the reader will learn why.
                    std::future::pending::<()>().await;
                };
                tokio::select! {
                    _ = self.until_closed() => {}
                    () = keep_alive => {}
                }
                let closed = self.closed.borrow().clone();
                if let Some(closed) = closed {
                    wire.say_farewell(&closed).await;
                }
            }
        }
        self.gone.send_replace(true);
    }
}

// The streams below hold what was said; none of it belongs in a log.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("peer", &self.peer)
            .field("closed", &*self.closed.borrow())
            .finish_non_exhaustive()
    }
}

/// Closes the link when the last half goes.
#[derive(Debug)]
pub(crate) struct Guard(pub(crate) Arc<Shared>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.close(Closed::by_us(CloseCode::Done, ""));
    }
}
