//! Beacons: a node's signed report on itself, at most 1 kB; the latest of each node is kept and passed on.
//!
//! What the figures mean is for `health`; here they only travel.

use std::collections::BTreeMap;

use identity::{Domain, NodeKey, Signed};
use serde::{Deserialize, Serialize};

/// The longest signed beacon.
pub const BEACON_BYTES_MAX: usize = 1024;

/// What a node says of itself. It is signed under [`Domain::Beacon`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// Which beacon of this node: each has a higher number than those before. Given by the replica.
    pub number: u64,
    /// When, by its own clock, in Unix milliseconds: a claim.
    pub time_ms: i64,
    /// The version of the program.
    pub version: String,
    /// Where it can be reached, `host:port`; empty when it only calls others.
    pub addresses: Vec<String>,
    /// Figures by name, such as `only_here` or `disk_free_percent`.
    pub figures: BTreeMap<String, i64>,
}

/// The newest beacon of each node.
#[derive(Debug, Clone, Default)]
pub struct BeaconBook {
    latest: BTreeMap<NodeKey, (Signed<Beacon>, Beacon)>,
}

impl BeaconBook {
    /// Keeps a beacon if its signature fits, it is no longer than allowed and newer than what is known.
    pub fn insert(&mut self, signed: Signed<Beacon>, trusted: bool) -> Option<&Beacon> {
        if signed.bytes().len() > BEACON_BYTES_MAX {
            return None;
        }
        let beacon = if trusted { signed.decode_unverified() } else { signed.verify(Domain::Beacon) }.ok()?;
        if self.latest.get(&signed.author).is_some_and(|(_, known)| known.number >= beacon.number) {
            return None;
        }
        let author = signed.author;
        self.latest.insert(author, (signed, beacon));
        self.latest.get(&author).map(|(_, beacon)| beacon)
    }

    /// The newest of one node.
    pub fn get(&self, node: NodeKey) -> Option<&Beacon> {
        self.latest.get(&node).map(|(_, beacon)| beacon)
    }

    /// The newest of each node.
    pub fn iter(&self) -> impl Iterator<Item = (NodeKey, &Beacon)> {
        self.latest.iter().map(|(node, (_, beacon))| (*node, beacon))
    }

    pub(crate) fn signed(&self, node: NodeKey) -> Option<&Signed<Beacon>> {
        self.latest.get(&node).map(|(signed, _)| signed)
    }
}
