//! Whom this node reaches and who reaches it, for whoever asks why records do not arrive.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Instant,
};

use identity::NodeKey;
use tokio::task::JoinSet;
use transport::{Address, Over, Probe, Traffic};

use crate::Node;

/// A link that is up.
#[derive(Debug, Clone)]
pub struct LinkStatus {
    /// The peer.
    pub peer: NodeKey,
    /// What carries it.
    pub over: Over,
    /// Whether this node opened it.
    pub initiator: bool,
    /// Where the peer was when it opened.
    pub remote: SocketAddr,
    /// How much it moved so far.
    pub traffic: Traffic,
    /// Since when it is up.
    pub since: Instant,
}

/// The links of a node since its start.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// Those that are up.
    pub up: Vec<LinkStatus>,
    /// Who opened one to this node, and over what.
    pub opened_by: BTreeSet<(NodeKey, Over)>,
}

/// What the ways to one node lead to.
#[derive(Debug, Clone)]
pub struct Reached {
    /// The node.
    pub node: NodeKey,
    /// Each address that is known of it, over each transport.
    pub probes: Vec<Probe>,
}

impl Node {
    /// Tries every known way to every node: those of the config and those that the nodes themselves report. `None` for
    /// a node without a network.
    pub async fn probe(&self) -> Option<Vec<Reached>> {
        let endpoint = self.endpoint()?;
        let mut trying = JoinSet::new();
        for (node, addresses) in self.addresses_of_others().await {
            let endpoint = endpoint.clone();
            trying.spawn(async move {
                let mut probes = Vec::new();
                for address in addresses {
                    match endpoint.probe(node, &address).await {
                        Ok(tried) => probes.extend(tried),
                        Err(error) => probes.push(Probe {
                            address: address.to_string(),
                            over: None,
                            outcome: Err(error.to_string()),
                        }),
                    }
                }
                Reached { node, probes }
            });
        }
        let mut reached = trying.join_all().await;
        reached.sort_by_key(|reached| reached.node);
        Some(reached)
    }

    /// The known addresses of each other node.
    async fn addresses_of_others(&self) -> BTreeMap<NodeKey, BTreeSet<Address>> {
        let mut known: BTreeMap<NodeKey, BTreeSet<Address>> = BTreeMap::new();
        for (node, addresses) in self.configured_peers() {
            known.entry(node).or_default().extend(addresses);
        }
        for (node, beacon) in self.beacons().await {
            known.entry(node).or_default().extend(beacon.addresses.iter().filter_map(|text| text.parse().ok()));
        }
        known.remove(&self.key());
        known
    }
}
