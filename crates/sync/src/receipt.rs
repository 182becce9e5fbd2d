//! Receipts: a node's signed word that it holds points of a scope durably, and the newest ones of everybody.
//!
//! One receipt names every journal of its scope that the holder has, so the latest replaces all former ones. Which
//! receipts *count* for whom is for `health` to say; a point in a receipt counts only if it is on the chain.
//!
//! # Invariants
//! - Of a holder and scope the receipt with the highest number is kept; between two of one number (a holder whose disk
//!   went back in time), the one with the higher hash, so that all nodes keep the same.
//! - A number never comes back: after a restart it goes on above the highest that is known of ourselves.

use std::collections::BTreeMap;

use identity::{Domain, NodeKey, NodeSecret, Point, ScopeName, Signed};
use serde::{Deserialize, Serialize};

use crate::{
    fingerprint::Hash,
    wire::{Fingerprint, ShortJournal},
};

/// What a receipt says. It is signed under [`Domain::Receipt`] by the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The scope.
    pub scope: ScopeName,
    /// Which receipt of this holder: each has a higher number than those before.
    pub number: u64,
    /// When it was signed, by the holder's clock, in Unix milliseconds: a claim.
    pub time_ms: i64,
    /// Every journal of the scope that the holder holds, with the point up to which it does.
    pub points: Vec<(ShortJournal, Point)>,
}

/// A receipt whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownReceipt {
    /// As it travels.
    pub signed: Signed<Receipt>,
    /// What it says.
    pub receipt: Receipt,
}

impl KnownReceipt {
    /// Checks a receipt that came from somebody; `None` when its signature does not fit or it does not decode.
    pub fn check(signed: Signed<Receipt>) -> Option<Self> {
        let receipt = signed.verify(Domain::Receipt).ok()?;
        Some(Self { signed, receipt })
    }

    /// A receipt that this node checked before it stored it.
    pub fn trust(signed: Signed<Receipt>) -> Option<Self> {
        let receipt = signed.decode_unverified().ok()?;
        Some(Self { signed, receipt })
    }

    /// Signs one.
    pub(crate) fn sign(secret: &NodeSecret, receipt: Receipt) -> Self {
        Self { signed: Signed::new(secret, Domain::Receipt, &receipt), receipt }
    }

    /// Who holds.
    pub fn holder(&self) -> NodeKey {
        self.signed.author
    }

    /// By what two receipts of one holder and scope are ordered.
    pub(crate) fn rank(&self) -> (u64, u64) {
        let [a, b, c, d, e, f, g, h, ..] = Hash::new("simpul receipt v1").bytes(self.signed.bytes()).finish().0;
        (self.receipt.number, u64::from_le_bytes([a, b, c, d, e, f, g, h]))
    }

    /// The point that this receipt names of a journal.
    pub fn point(&self, journal: ShortJournal) -> Option<Point> {
        self.receipt.points.iter().find(|(id, _)| *id == journal).map(|(_, point)| *point)
    }
}

/// The newest receipt of each holder and scope.
#[derive(Debug, Clone, Default)]
pub struct ReceiptBook {
    scopes: BTreeMap<ScopeName, BTreeMap<NodeKey, KnownReceipt>>,
}

impl ReceiptBook {
    /// Whether a receipt would replace what is known.
    pub(crate) fn is_newer(&self, receipt: &KnownReceipt) -> bool {
        self.get(&receipt.receipt.scope, receipt.holder()).is_none_or(|known| known.rank() < receipt.rank())
    }

    /// Keeps a receipt if it is newer than what is known; gives back whether it was, and what it replaced.
    pub fn insert(&mut self, receipt: KnownReceipt) -> (bool, Option<KnownReceipt>) {
        let scope = self.scopes.entry(receipt.receipt.scope.clone()).or_default();
        match scope.get(&receipt.holder()) {
            Some(known) if known.rank() >= receipt.rank() => (false, None),
            _ => (true, scope.insert(receipt.holder(), receipt)),
        }
    }

    /// The newest of one holder.
    pub fn get(&self, scope: &ScopeName, holder: NodeKey) -> Option<&KnownReceipt> {
        self.scopes.get(scope)?.get(&holder)
    }

    /// The newest of each holder in one scope.
    pub fn of_scope(&self, scope: &ScopeName) -> impl Iterator<Item = &KnownReceipt> {
        self.scopes.get(scope).into_iter().flat_map(BTreeMap::values)
    }

    /// The newest of each holder in every scope.
    pub fn iter(&self) -> impl Iterator<Item = &KnownReceipt> {
        self.scopes.values().flat_map(BTreeMap::values)
    }

    /// Every scope that somebody holds something of.
    pub fn scopes(&self) -> impl Iterator<Item = &ScopeName> {
        self.scopes.keys()
    }

    /// The highest number that this holder used, in any scope.
    pub(crate) fn number_max(&self, holder: NodeKey) -> u64 {
        self.scopes.values().filter_map(|scope| scope.get(&holder)).map(|r| r.receipt.number).max().unwrap_or(0)
    }

    /// The fingerprint of the receipts of one scope that `counts` keeps: zero when there are none.
    pub(crate) fn fingerprint(&self, scope: &ScopeName, counts: impl Fn(NodeKey) -> bool) -> Fingerprint {
        let mut hash = Hash::new("simpul receipts of a scope v1");
        for known in self.of_scope(scope).filter(|known| counts(known.holder())) {
            hash = hash.bytes(&known.holder().0).number(known.rank().0).number(known.rank().1);
        }
        hash.finish_or_zero()
    }
}

#[cfg(test)]
mod tests {
    use identity::{Incarnation, Signature};

    use super::*;

    const HOLDER: [u8; 32] = [1; 32];

    fn receipt(number: u64) -> Receipt {
        let journal =
            ShortJournal { node: NodeSecret::from_seed([2; 32]).node_key(), incarnation: Incarnation([3; 8]) };
        let point = Point { seq: 7, hash: identity::EntryHash([4; 32]) };
        Receipt { scope: "board/id".parse().unwrap(), number, time_ms: 0, points: vec![(journal, point)] }
    }

    #[test]
    fn only_what_the_holder_signed_as_a_receipt_and_spelled_our_way_is_one() {
        let secret = NodeSecret::from_seed(HOLDER);
        let good = Signed::new(&secret, Domain::Receipt, &receipt(1));
        assert_eq!(KnownReceipt::check(good.clone()).map(|known| known.receipt), Some(receipt(1)));
        let signed = |bytes: Vec<u8>| {
            let signature = secret.sign(Domain::Receipt, &bytes);
            Signed::from_parts(secret.node_key(), bytes.into(), signature)
        };
        let bytes = good.bytes();
        let other = NodeSecret::from_seed([9; 32]).node_key();
        let table = [
            ("signed as a beacon", Signed::new(&secret, Domain::Beacon, &receipt(1))),
            ("said to be of another node", Signed::from_parts(other, bytes.into(), *good.signature())),
            ("not signed", Signed::from_parts(secret.node_key(), bytes.into(), Signature([0; 64]))),
            ("empty", signed(Vec::new())),
            ("cut short", signed(bytes[..bytes.len() - 1].to_vec())),
            ("with more behind it", signed([bytes, &[0]].concat())),
            ("no scope", signed([&[3, b'x', b'/', b'y'], &bytes[9..]].concat())),
            ("four thousand million points", signed([&bytes[..11], &[0xff, 0xff, 0xff, 0xff, 0x0f]].concat())),
        ];
        for (what, signed) in table {
            assert_eq!(KnownReceipt::check(signed), None, "{what}");
        }
        for at in 0..bytes.len() {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 1;
            let flipped = Signed::from_parts(secret.node_key(), flipped.into(), *good.signature());
            assert_eq!(KnownReceipt::check(flipped), None, "byte {at}");
        }
    }

    #[test]
    fn of_one_holder_the_highest_number_stays_whatever_comes_first() {
        let secret = NodeSecret::from_seed(HOLDER);
        let mut book = ReceiptBook::default();
        for (number, is_newer) in [(2, true), (1, false), (2, false), (3, true)] {
            let known = KnownReceipt::sign(&secret, receipt(number));
            assert_eq!(book.is_newer(&known), is_newer, "{number}");
            assert_eq!(book.insert(known).0, is_newer, "{number}");
        }
        assert_eq!(book.number_max(secret.node_key()), 3);
    }
}
