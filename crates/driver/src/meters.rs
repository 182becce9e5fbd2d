//! What a node counts from its start on, for machines that watch it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
};

use crate::reach::LinkStatus;

/// How a session ended, and what carried it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Ended {
    /// `lost`, `bad-bytes`, `stopped`, or the name of the code that it was closed with.
    pub result: &'static str,
    /// quic or tcp.
    pub transport: String,
}

/// See the module. Cheap to clone; every clone counts the same.
#[derive(Debug, Clone)]
pub struct Meters {
    /// Sessions that ended.
    pub sessions: Family<Ended, Counter>,
    /// How long they lasted, in seconds.
    pub session_seconds: Histogram,
    /// Journals of which two histories were proved.
    pub forks: Counter,
    /// How long it took to make a group of frames durable, in seconds.
    pub flush_seconds: Histogram,
    /// How long the start took until the journals were read and put right, in seconds.
    pub recovery_seconds: Gauge<f64, AtomicU64>,
    /// Documents that are folded in memory now.
    pub documents_loaded: Gauge,
    /// What links that ended moved: sent and received.
    moved: Arc<(AtomicU64, AtomicU64)>,
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            sessions: Family::default(),
            // From a second to three days.
            session_seconds: Histogram::new(exponential_buckets(1.0, 4.0, 10)),
            forks: Counter::default(),
            // From a quarter of a millisecond to four seconds.
            flush_seconds: Histogram::new(exponential_buckets(0.000_25, 4.0, 8)),
            recovery_seconds: Gauge::default(),
            documents_loaded: Gauge::default(),
            moved: Arc::default(),
        }
    }
}

impl Meters {
    pub(crate) fn ended(&self, link: &LinkStatus, result: &'static str) {
        self.sessions.get_or_create(&Ended { result, transport: link.over.to_string() }).inc();
        self.session_seconds.observe(link.since.elapsed().as_secs_f64());
        self.moved.0.fetch_add(link.traffic.sent(), Ordering::Relaxed);
        self.moved.1.fetch_add(link.traffic.received(), Ordering::Relaxed);
    }

    /// How often keys of links were agreed in each group since this process began.
    pub fn key_exchanges(&self) -> impl Iterator<Item = (String, u64)> {
        transport::key_exchanges()
    }

    /// What links that ended moved: bytes sent and received.
    pub(crate) fn moved(&self) -> (u64, u64) {
        (self.moved.0.load(Ordering::Relaxed), self.moved.1.load(Ordering::Relaxed))
    }
}
