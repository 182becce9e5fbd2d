//! The endpoint: listens, and hands out links that others open.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use identity::NodeKey;
use quinn::VarInt;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex, mpsc, watch},
    task::AbortHandle,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tracing::{debug, warn};

use crate::{
    Address, CloseCode, Closed, Config, Limits, Link, Over, Probe, TransportError,
    dial::Dialer,
    handshake::{self, HandshakeError, Pending},
    link::Opened,
    quic,
    registry::Registry,
    tls::{self, Tls},
};

/// How long [`Endpoint::close`] waits for the peers to hear it.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(3);

/// The same where no link is open any more: those that were just cut are off by then, and who is called in vain is not
/// waited for.
const CUT_TIME_MAX: Duration = Duration::from_millis(200);

/// How long the TCP listener rests when the system gives it no socket (no file handles, mostly).
const ACCEPT_REST: Duration = Duration::from_millis(100);

/// A node's place on the network. Clones share it; dropping the last one ends it without farewell.
#[derive(Debug, Clone)]
pub struct Endpoint {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    node_key: NodeKey,
    dialer: Dialer,
    udp: Option<quinn::Endpoint>,
    udp_addr: Option<SocketAddr>,
    tcp_addr: Option<SocketAddr>,
    pending: Arc<Pending>,
    registry: Arc<Registry>,
    accepted: Mutex<mpsc::Receiver<Link>>,
    closing: watch::Sender<bool>,
    listeners: Vec<AbortHandle>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.listeners.iter().for_each(AbortHandle::abort);
        self.pending.give_up_all();
        self.registry.close_all(&shutdown());
    }
}

impl Endpoint {
    /// Opens the sockets that the config names and starts to take handshakes. Call it inside a tokio runtime.
    pub async fn bind(config: Config) -> Result<Self, TransportError> {
        let tls = Tls::new(&config.secret, tls::provider())?;
        Self::bind_with(config, tls).await
    }

    pub(crate) async fn bind_with(config: Config, tls: Tls) -> Result<Self, TransportError> {
        let Config { secret, udp, tcp, limits } = config;
        let pending = Pending::new(limits.handshakes_max);
        let registry = Registry::new(limits.clone());
        // As many as can be open, so that a slow caller of `accept` costs nobody a link.
        let (accepted_in, accepted) = mpsc::channel(limits.links_in_max.max(1));
        let door = Door { pending: pending.clone(), registry: registry.clone(), accepted: accepted_in, limits };
        let mut listeners = Vec::new();
        let mut udp_endpoint = None;
        let mut udp_addr = None;
        let mut tcp_addr = None;
        if let Some(address) = udp {
            let bind = |source| TransportError::Bind { address, over: Over::Quic, source };
            let endpoint = quic::listen(address, tls.server()?, &door.limits).map_err(bind)?;
            udp_addr = Some(endpoint.local_addr().map_err(bind)?);
            listeners.push(tokio::spawn(door.clone().listen_quic(endpoint.clone())).abort_handle());
            udp_endpoint = Some(endpoint);
        }
        if let Some(address) = tcp {
            let bind = |source| TransportError::Bind { address, over: Over::Tcp, source };
            let listener = TcpListener::bind(address).await.map_err(bind)?;
            tcp_addr = Some(listener.local_addr().map_err(bind)?);
            let acceptor = TlsAcceptor::from(Arc::new(tls.server()?));
            listeners.push(tokio::spawn(door.clone().listen_tcp(listener, acceptor)).abort_handle());
        }
        let dialer = Dialer::new(tls, udp_endpoint.clone(), door.limits);
        let inner = Inner {
            node_key: secret.node_key(),
            dialer,
            udp: udp_endpoint,
            udp_addr,
            tcp_addr,
            pending,
            registry,
            accepted: Mutex::new(accepted),
            closing: watch::Sender::new(false),
            listeners,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// This node's key.
    pub fn node_key(&self) -> NodeKey {
        self.inner.node_key
    }

    /// Where QUIC listens.
    pub fn udp_addr(&self) -> Option<SocketAddr> {
        self.inner.udp_addr
    }

    /// Where TCP listens.
    pub fn tcp_addr(&self) -> Option<SocketAddr> {
        self.inner.tcp_addr
    }

    /// How many handshakes of others are in progress: for health and metrics.
    pub fn handshakes_pending(&self) -> usize {
        self.inner.pending.len()
    }

    /// Opens a link to `peer` at one of its addresses: QUIC first, TCP beside it after [`Limits::tcp_delay`] or when QUIC
    /// has failed everywhere. Dropping the future gives up.
    pub async fn connect(&self, peer: NodeKey, addresses: &[Address]) -> Result<Link, TransportError> {
        let inner = &self.inner;
        let mut closing = inner.closing.subscribe();
        let opened = tokio::select! {
            biased;
            _ = closing.wait_for(|closing| *closing) => return Err(TransportError::EndpointClosed),
            opened = inner.dialer.dial(peer, addresses) => opened?,
        };
        inner.registry.admit(peer, opened).ok_or(TransportError::EndpointClosed)
    }

    /// What each way to a peer at one of its addresses leads to. Opens no link.
    pub async fn probe(&self, peer: NodeKey, address: &Address) -> Result<Vec<Probe>, TransportError> {
        self.inner.dialer.probe(peer, address).await
    }

    /// The next link that a peer opened; none once the endpoint is closed. Cancel-safe.
    pub async fn accept(&self) -> Option<Link> {
        let mut closing = self.inner.closing.subscribe();
        let mut accepted = self.inner.accepted.lock().await;
        tokio::select! {
            biased;
            _ = closing.wait_for(|closing| *closing) => None,
            link = accepted.recv() => link,
        }
    }

    /// Closes every link to a key: for removals.
    pub fn close_peer(&self, peer: NodeKey, code: CloseCode, reason: &str) {
        self.inner.registry.close_peer(peer, &Closed::by_us(code, reason));
    }

    /// Closes every link as `shutdown` and waits, at most three seconds, until the peers heard it. What should still
    /// arrive is to be sent off with [`crate::FrameSender::close`] before.
    pub async fn close(&self) {
        let inner = &self.inner;
        inner.closing.send_replace(true);
        inner.listeners.iter().for_each(AbortHandle::abort);
        inner.pending.give_up_all();
        let most = if inner.registry.has_links() { CLOSE_TIME_MAX } else { CUT_TIME_MAX };
        inner.registry.close_all(&shutdown());
        let endpoints: Vec<quinn::Endpoint> = inner.udp.iter().cloned().chain(inner.dialer.endpoints()).collect();
        let all = async {
            inner.registry.until_empty().await;
            for endpoint in &endpoints {
                endpoint.close(VarInt::from_u32(CloseCode::Shutdown.code()), b"");
                endpoint.wait_idle().await;
            }
        };
        if timeout(most, all).await.is_err() {
            debug!("not every peer heard the shutdown");
        }
    }
}

fn shutdown() -> Closed {
    Closed::by_us(CloseCode::Shutdown, "the node is going down")
}

/// Where others come in.
#[derive(Debug, Clone)]
struct Door {
    pending: Arc<Pending>,
    registry: Arc<Registry>,
    accepted: mpsc::Sender<Link>,
    limits: Limits,
}

impl Door {
    async fn listen_quic(self, endpoint: quinn::Endpoint) {
        while let Some(incoming) = endpoint.accept().await {
            let remote = incoming.remote_address();
            let crowded = self.pending.len() >= self.limits.handshakes_before_retry;
            if crowded && !incoming.remote_address_validated() {
                // Costs us one packet and no memory; a forged address never gets further.
                if incoming.retry().is_err() {
                    debug!(%remote, "no retry is possible");
                }
                continue;
            }
            self.take(remote, Over::Quic, handshake::take_quic(incoming));
        }
    }

    async fn listen_tcp(self, listener: TcpListener, acceptor: TlsAcceptor) {
        loop {
            let (stream, remote): (TcpStream, SocketAddr) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    warn!(%error, "cannot take a TCP connection");
                    tokio::time::sleep(ACCEPT_REST).await;
                    continue;
                }
            };
            self.take(remote, Over::Tcp, handshake::take_tcp(acceptor.clone(), stream, remote));
        }
    }

    fn take(
        &self,
        remote: SocketAddr,
        over: Over,
        handshake: impl Future<Output = Result<(NodeKey, Opened), HandshakeError>> + Send + 'static,
    ) {
        let Door { registry, accepted, limits, .. } = self.clone();
        self.pending.spawn(async move {
            let shaken = timeout(limits.handshake_time_max, handshake).await.unwrap_or(Err(HandshakeError::TooSlow));
            match shaken {
                Ok((peer, opened)) => {
                    if let Some(link) = registry.admit(peer, opened)
                        && let Err(refused) = accepted.try_send(link)
                    {
                        let (mpsc::error::TrySendError::Full(link) | mpsc::error::TrySendError::Closed(link)) = refused;
                        link.closer().close(CloseCode::Busy, "too many links wait to be taken");
                    }
                }
                // Anybody can cause this, so it is no warning.
                Err(error) => debug!(%remote, %over, %error, "handshake failed"),
            }
        });
    }
}
