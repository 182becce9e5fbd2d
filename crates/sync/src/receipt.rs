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
