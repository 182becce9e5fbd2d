//! Dialling: which of a peer's addresses and transports leads to it first.
//!
//! QUIC attempts start one after another, TCP attempts after them; the first connection on which the right key is
//! proven is kept, and only on that one is a link opened.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use identity::NodeKey;
use rustls::pki_types::ServerName;
use tokio::{
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_rustls::{TlsConnector, TlsStream};
use tracing::{debug, warn};

use crate::{
    Address, Attempt, Limits, Over, Probe, Reach, TransportError,
    handshake::{HandshakeError, Shaken, quic_peer, tcp_peer},
    link::Opened,
    quic,
    tcp::Counted,
    tls::{SERVER_NAME, Tls},
};

/// How many addresses of one peer are tried.
const ADDRESSES_MAX: usize = 8;

/// How many socket addresses of one name are tried.
const SOCKETS_PER_NAME_MAX: usize = 4;

/// How long a name may take to resolve.
const RESOLVE_TIME_MAX: Duration = Duration::from_secs(5);

/// How long one attempt is alone before the next starts beside it (RFC 8305 §5 says 250 ms).
const STAGGER: Duration = Duration::from_millis(250);

/// Dials others.
#[derive(Debug)]
pub(crate) struct Dialer {
    tls: Tls,
    /// The socket that listens, used to dial too where it can: routers then know one flow only.
    listener: Option<quinn::Endpoint>,
    /// Sockets that only dial, opened when first needed: IPv4, IPv6.
    own: Mutex<[Option<quinn::Endpoint>; 2]>,
    limits: Limits,
}

/// What came of one task.
enum Outcome {
    Resolved {
        sockets: Vec<SocketAddr>,
        over: Reach,
    },
    /// The attempt is for the case that the link does not open.
    Shaken(Shaken, Attempt),
    Failed(Attempt),
    OtherKey {
        address: String,
        found: NodeKey,
    },
}

impl Dialer {
    pub(crate) fn new(tls: Tls, listener: Option<quinn::Endpoint>, limits: Limits) -> Self {
        Self { tls, listener, own: Mutex::default(), limits }
    }

    /// The sockets that were opened to dial.
    pub(crate) fn endpoints(&self) -> Vec<quinn::Endpoint> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).iter().flatten().cloned().collect()
    }

    /// Opens a link to `peer`, over whatever leads there first.
    pub(crate) async fn dial(&self, peer: NodeKey, addresses: &[Address]) -> Result<Opened, TransportError> {
        if addresses.is_empty() {
            return Err(TransportError::NoAddress(peer));
        }
        // Dropping the set ends all of its tasks.
        let mut tasks = JoinSet::new();
        // Tasks from which a QUIC connection may still come.
        let mut quic_running = 0_usize;
        let mut tcp_waiting = Vec::new();
        let mut tcp_open = false;
        let mut attempts = Vec::new();
        let mut other_key = None;
        for address in addresses.iter().take(ADDRESSES_MAX).cloned() {
            quic_running += 1;
            tasks.spawn(async move { (true, resolve(address).await) });
        }
        let tcp_time = sleep(self.limits.tcp_delay);
        tokio::pin!(tcp_time);
        let mut quic_started = 0;
        loop {
            tcp_open |= quic_running == 0;
            if tcp_open {
                for (number, socket) in (0..).zip(tcp_waiting.drain(..)) {
                    let attempt = self.attempt_tcp(peer, socket)?;
                    tasks.spawn(async move {
                        sleep(STAGGER * number).await;
                        (false, attempt.await)
                    });
                }
            }
            let joined = tokio::select! {
                joined = tasks.join_next() => joined,
                () = &mut tcp_time, if !tcp_open => {
                    tcp_open = true;
                    continue;
                }
            };
            let Some(joined) = joined else { break };
            // A task that was aborted or panicked counts as an attempt that failed.
            let Ok((was_quic, outcome)) = joined else {
                quic_running = quic_running.saturating_sub(1);
                continue;
            };
            quic_running -= usize::from(was_quic);
            match outcome {
                Outcome::Resolved { sockets, over } => {
                    for socket in sockets {
                        if over != Reach::Tcp {
                            let attempt = self.attempt_quic(peer, socket)?;
                            let delay = STAGGER * quic_started;
                            quic_started += 1;
                            quic_running += 1;
                            tasks.spawn(async move {
                                sleep(delay).await;
                                (true, attempt.await)
                            });
                        }
                        if over != Reach::Udp {
                            tcp_waiting.push(socket);
                        }
                    }
                }
                Outcome::Shaken(shaken, mut attempt) => match shaken.open(peer).await {
                    Ok(opened) => return Ok(opened),
                    Err(error) => {
                        attempt.reason = error.to_string();
                        attempts.push(attempt);
                    }
                },
                Outcome::Failed(attempt) => {
                    debug!(peer = peer.short(), %attempt, "attempt failed");
                    attempts.push(attempt);
                }
                Outcome::OtherKey { address, found } => {
                    warn!(peer = peer.short(), found = found.short(), address, "another key answers");
                    other_key = Some(TransportError::OtherKey { address, expected: peer, found });
                }
            }
        }
        Err(other_key.unwrap_or(TransportError::Unreachable { peer, attempts }))
    }

    /// Tries every socket address of one address over every transport that it is good for, up to the proof of keys. No
    /// link is opened, so nothing that runs is disturbed.
    pub(crate) async fn probe(&self, peer: NodeKey, address: &Address) -> Result<Vec<Probe>, TransportError> {
        let (sockets, over) = match resolve(address.clone()).await {
            Outcome::Resolved { sockets, over } => (sockets, over),
            Outcome::Failed(Attempt { address, over, reason }) => {
                return Ok(vec![Probe { address, over, outcome: Err(reason) }]);
            }
            Outcome::Shaken(..) | Outcome::OtherKey { .. } => return Ok(Vec::new()),
        };
        let mut probes = Vec::new();
        for socket in sockets {
            for transport in [Over::Quic, Over::Tcp] {
                let began = Instant::now();
                let outcome = match (transport, over) {
                    (Over::Quic, Reach::Tcp) | (Over::Tcp, Reach::Udp) => continue,
                    (Over::Quic, _) => self.attempt_quic(peer, socket)?.await,
                    (Over::Tcp, _) => self.attempt_tcp(peer, socket)?.await,
                };
                let outcome = match outcome {
                    Outcome::Shaken(..) | Outcome::Resolved { .. } => Ok(began.elapsed()),
                    Outcome::Failed(attempt) => Err(attempt.reason),
                    Outcome::OtherKey { found, .. } => Err(format!("node {} answers there", found.short())),
                };
                probes.push(Probe { address: socket.to_string(), over: Some(transport), outcome });
            }
        }
        Ok(probes)
    }

    fn attempt_quic(
        &self,
        peer: NodeKey,
        socket: SocketAddr,
    ) -> Result<impl Future<Output = Outcome> + Send + 'static, TransportError> {
        let (tls, key) = self.tls.client(peer)?;
        let prepared = quic::client(tls, &self.limits).and_then(|config| Ok((config, self.socket_for(socket.ip())?)));
        let time_max = self.limits.handshake_time_max;
        Ok(async move {
            let shake = async {
                let (config, endpoint) = prepared?;
                let connection = endpoint.connect_with(config, socket, SERVER_NAME)?.await?;
                quic_peer(&connection)?;
                Ok(Shaken::Quic(connection))
            };
            outcome(socket, Over::Quic, timeout(time_max, shake).await, key.other())
        })
    }

    fn attempt_tcp(
        &self,
        peer: NodeKey,
        socket: SocketAddr,
    ) -> Result<impl Future<Output = Outcome> + Send + 'static, TransportError> {
        let (tls, key) = self.tls.client(peer)?;
        let connector = TlsConnector::from(Arc::new(tls));
        let time_max = self.limits.handshake_time_max;
        Ok(async move {
            let shake = async {
                let stream = TcpStream::connect(socket).await?;
                stream.set_nodelay(true)?;
                let name = ServerName::try_from(SERVER_NAME).map_err(io::Error::other)?;
                let stream = TlsStream::Client(connector.connect(name, Counted::new(stream)).await?);
                tcp_peer(&stream)?;
                Ok(Shaken::Tcp(Box::new(stream)))
            };
            outcome(socket, Over::Tcp, timeout(time_max, shake).await, key.other())
        })
    }

    /// A UDP socket from which `remote` can be reached.
    fn socket_for(&self, remote: IpAddr) -> io::Result<quinn::Endpoint> {
        if let Some(listener) = &self.listener {
            let local = listener.local_addr()?.ip();
            // A socket for all of IPv6 may or may not speak IPv4 too; one for another interface leads nowhere.
            if local.is_ipv4() == remote.is_ipv4() && (local.is_unspecified() || local == remote) {
                return Ok(listener.clone());
            }
        }
        let any: IpAddr = if remote.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let place = &mut own[usize::from(remote.is_ipv6())];
        if let Some(endpoint) = place {
            return Ok(endpoint.clone());
        }
        let endpoint = quic::dial_only(SocketAddr::new(any, 0))?;
        Ok(place.insert(endpoint).clone())
    }
}

async fn resolve(address: Address) -> Outcome {
    let failed = |reason: String| {
        debug!(%address, reason, "a name does not resolve");
        Outcome::Failed(Attempt { address: address.to_string(), over: None, reason })
    };
    match timeout(RESOLVE_TIME_MAX, lookup_host((address.host(), address.port()))).await {
        Err(_) => failed("the name took too long to resolve".to_owned()),
        Ok(Err(error)) => failed(error.to_string()),
        Ok(Ok(sockets)) => {
            let sockets: Vec<_> = sockets.take(SOCKETS_PER_NAME_MAX).collect();
            Outcome::Resolved { sockets, over: address.over() }
        }
    }
}

fn outcome(
    socket: SocketAddr,
    over: Over,
    result: Result<Result<Shaken, HandshakeError>, tokio::time::error::Elapsed>,
    other: Option<NodeKey>,
) -> Outcome {
    let address = socket.to_string();
    let attempt = |reason| Attempt { address: socket.to_string(), over: Some(over), reason };
    match (result.unwrap_or(Err(HandshakeError::TooSlow)), other) {
        (Ok(shaken), _) => Outcome::Shaken(shaken, attempt(String::new())),
        (Err(_), Some(found)) => Outcome::OtherKey { address, found },
        (Err(error), None) => Outcome::Failed(attempt(error.to_string())),
    }
}
