//! How QUIC is set up: windows, timers, and what is left out.

use std::{io, net::SocketAddr, sync::Arc};

use quinn::{
    EndpointConfig, IdleTimeout, NoneTokenLog, NoneTokenStore, TokioRuntime, TransportConfig, ValidationTokenConfig,
    VarInt,
    crypto::rustls::{QuicClientConfig, QuicServerConfig},
};

use crate::Limits;

/// What the peer may have in flight towards us on the one stream, and we towards it. It is also the longest queue that
/// an urgent frame can find before it.
const STREAM_WINDOW_BYTES: u32 = 1 << 20;

/// The same over all streams of a connection.
const CONNECTION_WINDOW_BYTES: u32 = 8 << 20;

/// A link is one stream; a few more are granted so that a later version can open them beside it.
const STREAMS_BIDI_MAX: u32 = 8;

/// Handshakes that the endpoint has seen and we have not taken up. We take them up at once.
const INCOMING_MAX: usize = 256;

/// What is kept of early packets of such a handshake, and of all of them together. A first flight is 2.4 kB.
const INCOMING_BYTES_MAX: u64 = 16 << 10;

/// How many handshake bytes may wait for one that is missing.
const CRYPTO_BYTES_MAX: usize = 16 << 10;

/// Opens a socket that takes connections.
pub(crate) fn listen(address: SocketAddr, tls: rustls::ServerConfig, limits: &Limits) -> io::Result<quinn::Endpoint> {
    let crypto = QuicServerConfig::try_from(tls).map_err(io::Error::other)?;
    let mut config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    let mut tokens = ValidationTokenConfig::default();
    tokens.sent(0).log(Arc::new(NoneTokenLog));
    config
        .transport_config(transport(limits))
        .validation_token_config(tokens)
        .migration(true)
        .max_incoming(INCOMING_MAX)
        .incoming_buffer_size(INCOMING_BYTES_MAX)
        .incoming_buffer_size_total(INCOMING_BYTES_MAX * INCOMING_MAX as u64);
    open(address, Some(config))
}

/// Opens a socket that only dials.
pub(crate) fn dial_only(address: SocketAddr) -> io::Result<quinn::Endpoint> {
    open(address, None)
}

fn open(address: SocketAddr, config: Option<quinn::ServerConfig>) -> io::Result<quinn::Endpoint> {
    let socket = std::net::UdpSocket::bind(address)?;
    quinn::Endpoint::new(EndpointConfig::default(), config, socket, Arc::new(TokioRuntime))
}

/// How one connection is dialled.
pub(crate) fn client(tls: rustls::ClientConfig, limits: &Limits) -> io::Result<quinn::ClientConfig> {
    let crypto = QuicClientConfig::try_from(tls).map_err(io::Error::other)?;
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    config.transport_config(transport(limits)).token_store(Arc::new(NoneTokenStore));
    Ok(config)
}

fn transport(limits: &Limits) -> Arc<TransportConfig> {
    let mut config = TransportConfig::default();
    config
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS_BIDI_MAX))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW_BYTES))
        .receive_window(VarInt::from_u32(CONNECTION_WINDOW_BYTES))
        .send_window(STREAM_WINDOW_BYTES.into())
        .crypto_buffer_size(CRYPTO_BYTES_MAX)
        .datagram_receive_buffer_size(None)
        .keep_alive_interval(Some(limits.keep_alive))
        // An idle time beyond what QUIC can say is as good as none.
        .max_idle_timeout(IdleTimeout::try_from(limits.idle_time_max).ok())
        // Probing for larger packets costs 10 kB a connection; most of ours carry less than that.
        .mtu_discovery_config(None);
    Arc::new(config)
}
