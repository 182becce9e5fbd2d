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

#[cfg(test)]
mod tests {
    use identity::{NodeSecret, Signature};

    use super::*;

    fn beacon(number: u64, version: &str) -> Beacon {
        let version = version.to_owned();
        Beacon { number, time_ms: 0, version, addresses: vec!["127.0.0.1:7707".into()], figures: BTreeMap::new() }
    }

    #[test]
    fn only_what_the_node_signed_as_a_beacon_is_one_and_only_while_it_is_the_newest() {
        let secret = NodeSecret::from_seed([1; 32]);
        let mut book = BeaconBook::default();
        let good = Signed::new(&secret, Domain::Beacon, &beacon(5, "0.1.0"));
        assert!(book.insert(good.clone(), false).is_some());
        let newer = Signed::new(&secret, Domain::Beacon, &beacon(6, "0.1.0"));
        let signed = |bytes: Vec<u8>| {
            let signature = secret.sign(Domain::Beacon, &bytes);
            Signed::from_parts(secret.node_key(), bytes.into(), signature)
        };
        let other = NodeSecret::from_seed([9; 32]).node_key();
        let bytes = newer.bytes();
        let table = [
            ("known", good),
            ("older", Signed::new(&secret, Domain::Beacon, &beacon(4, "0.1.0"))),
            ("signed as a receipt", Signed::new(&secret, Domain::Receipt, &beacon(6, "0.1.0"))),
            ("said to be of another node", Signed::from_parts(other, bytes.into(), *newer.signature())),
            ("not signed", Signed::from_parts(secret.node_key(), bytes.into(), Signature([0; 64]))),
            ("longer than allowed", Signed::new(&secret, Domain::Beacon, &beacon(6, &"9".repeat(BEACON_BYTES_MAX)))),
            ("empty", signed(Vec::new())),
            ("cut short", signed(bytes[..bytes.len() - 1].to_vec())),
            ("with more behind it", signed([bytes, &[0]].concat())),
            ("no text", signed(vec![6, 0, 2, 0xff, 0xff, 0, 0])),
        ];
        for (what, signed) in table {
            assert_eq!(book.insert(signed, false), None, "{what}");
        }
        assert_eq!(
            book.iter().map(|(node, beacon)| (node, beacon.number)).collect::<Vec<_>>(),
            [(secret.node_key(), 5)]
        );
        assert!(book.insert(newer, false).is_some());
    }
}
