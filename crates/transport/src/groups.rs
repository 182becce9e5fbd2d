//! The groups in which keys are agreed, each with how often it was. Counted here, beneath QUIC and TCP alike, because
//! quinn does not tell the group of a connection.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use rustls::{
    Error, NamedGroup, ProtocolVersion,
    crypto::{ActiveKeyExchange, CompletedKeyExchange, SharedSecret, SupportedKxGroup, aws_lc_rs::kx_group},
    ffdhe_groups::FfdheGroup,
};

/// X25519MLKEM768 preferred, X25519 where the other side has no better.
pub(crate) static GROUPS: [Group; 2] = [Group::new(kx_group::X25519MLKEM768), Group::new(kx_group::X25519)];

/// How often keys were agreed in each group since this process began, the preferred one first.
pub fn key_exchanges() -> impl Iterator<Item = (String, u64)> {
    GROUPS.iter().map(|group| (format!("{:?}", group.name()), group.agreed.load(Ordering::Relaxed)))
}

/// A group, and how often keys were agreed in it.
pub(crate) struct Group {
    of: &'static dyn SupportedKxGroup,
    agreed: AtomicU64,
}

impl Group {
    const fn new(of: &'static dyn SupportedKxGroup) -> Self {
        Self { of, agreed: AtomicU64::new(0) }
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.of.fmt(f)
    }
}

/// Counts what succeeded. A group that is not ours is not counted: a client falls back to one of ours only.
fn counted<T>(name: NamedGroup, done: Result<T, Error>) -> Result<T, Error> {
    if let (Ok(_), Some(group)) = (&done, GROUPS.iter().find(|group| group.name() == name)) {
        group.agreed.fetch_add(1, Ordering::Relaxed);
    }
    done
}

impl SupportedKxGroup for Group {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Ok(Box::new(Exchange(self.of.start()?)))
    }

    fn start_and_complete(&self, peer_pub_key: &[u8]) -> Result<CompletedKeyExchange, Error> {
        counted(self.name(), self.of.start_and_complete(peer_pub_key))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        self.of.ffdhe_group()
    }

    fn name(&self) -> NamedGroup {
        self.of.name()
    }

    fn fips(&self) -> bool {
        self.of.fips()
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        self.of.usable_for_version(version)
    }
}

/// An exchange that a client began.
struct Exchange(Box<dyn ActiveKeyExchange>);

impl ActiveKeyExchange for Exchange {
    fn complete(self: Box<Self>, peer_pub_key: &[u8]) -> Result<SharedSecret, Error> {
        counted(self.group(), self.0.complete(peer_pub_key))
    }

    fn hybrid_component(&self) -> Option<(NamedGroup, &[u8])> {
        self.0.hybrid_component()
    }

    /// The other side knows no hybrid group: its component alone is agreed.
    fn complete_hybrid_component(self: Box<Self>, peer_pub_key: &[u8]) -> Result<SharedSecret, Error> {
        let group = self.hybrid_component().map_or(self.group(), |(group, _)| group);
        counted(group, self.0.complete_hybrid_component(peer_pub_key))
    }

    fn pub_key(&self) -> &[u8] {
        self.0.pub_key()
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        self.0.ffdhe_group()
    }

    fn group(&self) -> NamedGroup {
        self.0.group()
    }
}
