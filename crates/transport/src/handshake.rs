//! From a connection to an open link, on both sides.
//!
//! A link is open when its initiator has sent the first blank, which it does on the one connection that it keeps. So
//! what lost the race between addresses and transports never counts as a link on the other side.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use identity::NodeKey;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
};
use tokio_rustls::{TlsAcceptor, TlsStream};

use crate::{
    frame::{BLANK, PREFIX_BYTES},
    link::Opened,
    shared::Shared,
    tcp::{Counted, TcpWire},
    tls::{ALPN, key_of},
};

/// Why a handshake led to nothing. Only for logs and for the reasons of attempts.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    #[error(transparent)]
    Quic(#[from] quinn::ConnectionError),
    #[error(transparent)]
    Connect(#[from] quinn::ConnectError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the stream did not open: {0}")]
    Stream(String),
    #[error("the other side showed no raw public key")]
    NoKey,
    #[error("the other side does not speak simpul/1")]
    Protocol,
    #[error("took too long")]
    TooSlow,
}

/// A connection on which both keys are proven, not yet a link.
#[derive(Debug)]
pub(crate) enum Shaken {
    Quic(quinn::Connection),
    Tcp(Box<TlsStream<Counted>>),
}

/// Takes the whole handshake of somebody who dials us over QUIC.
pub(crate) async fn take_quic(incoming: quinn::Incoming) -> Result<(NodeKey, Opened), HandshakeError> {
    let connection = incoming.accept()?.await?;
    let peer = quic_peer(&connection)?;
    let (send, mut receive) = connection.accept_bi().await?;
    let mut first = [0; PREFIX_BYTES];
    receive.read_exact(&mut first).await.map_err(|error| HandshakeError::Stream(error.to_string()))?;
    is_blank(first)?;
    let remote = connection.remote_address();
    let shared = Shared::quic(peer, connection);
    Ok((peer, Opened { shared, streams: Some((send, receive)), remote, initiator: false }))
}

/// Takes the whole handshake of somebody who dials us over TCP.
pub(crate) async fn take_tcp(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    remote: SocketAddr,
) -> Result<(NodeKey, Opened), HandshakeError> {
    stream.set_nodelay(true)?;
    let mut stream = TlsStream::Server(acceptor.accept(Counted::new(stream)).await?);
    let peer = tcp_peer(&stream)?;
    let mut first = [0; PREFIX_BYTES];
    stream.read_exact(&mut first).await?;
    is_blank(first)?;
    Ok((peer, opened_tcp(peer, stream, remote, false)))
}

impl Shaken {
    /// Opens the link on the connection that the dialling side keeps.
    pub(crate) async fn open(self, peer: NodeKey) -> Result<Opened, HandshakeError> {
        match self {
            Shaken::Quic(connection) => {
                let (mut send, receive) = connection.open_bi().await?;
                send.write_all(&BLANK).await.map_err(|error| HandshakeError::Stream(error.to_string()))?;
                let remote = connection.remote_address();
                let shared = Shared::quic(peer, connection);
                Ok(Opened { shared, streams: Some((send, receive)), remote, initiator: true })
            }
            Shaken::Tcp(mut stream) => {
                let remote = stream.get_ref().0.peer_addr()?;
                stream.write_all(&BLANK).await?;
                stream.flush().await?;
                Ok(opened_tcp(peer, *stream, remote, true))
            }
        }
    }
}

fn opened_tcp(peer: NodeKey, stream: TlsStream<Counted>, remote: SocketAddr, initiator: bool) -> Opened {
    Opened { shared: Shared::tcp(peer, TcpWire::new(stream)), streams: None, remote, initiator }
}

/// The key that was proven on a QUIC connection.
pub(crate) fn quic_peer(connection: &quinn::Connection) -> Result<NodeKey, HandshakeError> {
    let data =
        connection.handshake_data().and_then(|data| data.downcast::<quinn::crypto::rustls::HandshakeData>().ok());
    if data.and_then(|data| data.protocol).as_deref() != Some(ALPN) {
        return Err(HandshakeError::Protocol);
    }
    connection
        .peer_identity()
        .and_then(|identity| identity.downcast::<Vec<rustls::pki_types::CertificateDer<'static>>>().ok())
        .and_then(|keys| key_of(&keys))
        .ok_or(HandshakeError::NoKey)
}

/// The key that was proven on a TLS stream.
pub(crate) fn tcp_peer(stream: &TlsStream<Counted>) -> Result<NodeKey, HandshakeError> {
    let (_, connection) = stream.get_ref();
    if connection.alpn_protocol() != Some(ALPN) {
        return Err(HandshakeError::Protocol);
    }
    connection.peer_certificates().and_then(key_of).ok_or(HandshakeError::NoKey)
}

fn is_blank(first: [u8; PREFIX_BYTES]) -> Result<(), HandshakeError> {
    if first == BLANK { Ok(()) } else { Err(HandshakeError::Protocol) }
}

/// The handshakes of others in progress. Full, it gives up the oldest: an honest one is done within a few round trips,
/// so a crowd of half-open ones pushes out itself.
#[derive(Debug)]
pub(crate) struct Pending {
    handshakes_max: usize,
    places: Mutex<Places>,
}

/// Dropping the sender of a place ends its handshake.
#[derive(Debug, Default)]
struct Places {
    next: u64,
    taken: BTreeMap<u64, oneshot::Sender<()>>,
}

impl Pending {
    pub(crate) fn new(handshakes_max: usize) -> Arc<Self> {
        Arc::new(Self { handshakes_max: handshakes_max.max(1), places: Mutex::default() })
    }

    pub(crate) fn len(&self) -> usize {
        self.places().taken.len()
    }

    /// Runs a handshake on a task of its own.
    pub(crate) fn spawn(self: &Arc<Self>, handshake: impl Future<Output = ()> + Send + 'static) {
        let (keep, given_up) = oneshot::channel();
        let number = {
            let mut places = self.places();
            while places.taken.len() >= self.handshakes_max {
                places.taken.pop_first();
            }
            places.next += 1;
            let number = places.next;
            places.taken.insert(number, keep);
            number
        };
        let pending = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = given_up => {}
                () = handshake => {}
            }
            pending.places().taken.remove(&number);
        });
    }

    pub(crate) fn give_up_all(&self) {
        self.places().taken.clear();
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
