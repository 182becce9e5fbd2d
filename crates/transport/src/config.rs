//! What an endpoint is told at its start: the key, where to listen, and every bound.

use std::{net::SocketAddr, time::Duration};

use identity::NodeSecret;

/// How an endpoint is to be opened.
#[derive(Debug, Clone)]
pub struct Config {
    /// The secret of this node; its Ed25519 key is what TLS proves.
    pub secret: NodeSecret,
    /// Where QUIC listens (port 0: any free one); none: QUIC only goes out.
    pub udp: Option<SocketAddr>,
    /// Where TLS over TCP listens (port 0: any free one); none: TCP only goes out.
    pub tcp: Option<SocketAddr>,
    /// The bounds.
    pub limits: Limits,
}

impl Config {
    /// Listens on nothing, with the usual bounds.
    pub fn new(secret: NodeSecret) -> Self {
        Self { secret, udp: None, tcp: None, limits: Limits::default() }
    }
}

/// Every bound of an endpoint. The defaults are meant for real nodes; tests make them small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest frame, sent or received. Both sides of a link should agree.
    pub frame_bytes_max: usize,
    /// How long a handshake may take, from the first packet to the open stream.
    pub handshake_time_max: Duration,
    /// How many handshakes of others are in progress at a time; one more ends the oldest.
    pub handshakes_max: usize,
    /// From how many handshakes in progress on a newcomer over QUIC must first show that its address is its own.
    pub handshakes_before_retry: usize,
    /// How many links of others are open at a time; one more is refused as `busy`.
    pub links_in_max: usize,
    /// How many links one key has, in both directions together; one more closes the oldest as `replaced`.
    pub links_per_key_max: usize,
    /// What one peer may send in a minute, over all its links; beyond it the peer is read no faster.
    pub bytes_per_minute_max: u64,
    /// After how long without a word from us a keep-alive is sent.
    pub keep_alive: Duration,
    /// After how long without a word from the peer the link is given up.
    pub idle_time_max: Duration,
    /// How long QUIC is tried alone before TCP is tried beside it.
    pub tcp_delay: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A frame of the sync protocol carries at most 64 KiB of page and a header.
            frame_bytes_max: 64 * 1024 + 1024,
            handshake_time_max: Duration::from_secs(10),
            handshakes_max: 256,
            handshakes_before_retry: 32,
            links_in_max: 1024,
            links_per_key_max: 2,
            // A cold join of 100,000 documents is about 25 MB; forty of them in a minute is no office.
            bytes_per_minute_max: 1 << 30,
            // Routers forget a UDP flow after 30 s; two may be lost before that.
            keep_alive: Duration::from_secs(12),
            idle_time_max: Duration::from_secs(45),
            tcp_delay: Duration::from_millis(2500),
        }
    }
}
