//! Checkpoints: an author's signature over a point, which vouches for every entry up to there.
//!
//! Beside the point it signs where the page starts, whether the page ends here, and a digest of Automerge's hashes of
//! the changes in the page. The entry hash commits to what is stored, the digest to what is rebuilt from it; so a
//! change that is put together again from its page is known to be the one that its author wrote.
//!
//! The digest starts anew with each page, so that a page needs nothing but itself to be checked.

use identity::{ChangeHash, Domain, JournalId, NodeSecret, Point, Signature};
use serde::{Deserialize, Serialize};

/// A running digest of the change hashes of a page's entries, in order; facts count with their all-zero hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of a page without entries.
    pub const START: Self = Self([0; 32]);

    /// The digest after one more entry.
    #[must_use]
    pub fn then(self, change: &ChangeHash) -> Self {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&self.0);
        bytes[32..].copy_from_slice(&change.0);
        Self(*blake3::hash(&bytes).as_bytes())
    }
}

/// A node's word over a point of its own journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The number of the first entry of the page that the point lies in.
    pub page_first: u64,
    /// Up to where it vouches.
    pub point: Point,
    /// The digest of the page's change hashes up to the point.
    pub digest: Digest,
    /// Whether the page ends here: then no other page of this journal holds any of its entries.
    pub sealed: bool,
    /// The author's signature.
    pub signature: Signature,
}

impl Checkpoint {
    /// Signs a point of the node's own `journal`.
    pub(crate) fn sign(
        secret: &NodeSecret,
        journal: &JournalId,
        page_first: u64,
        point: Point,
        digest: Digest,
        sealed: bool,
    ) -> Self {
        let mut checkpoint = Self { page_first, point, digest, sealed, signature: Signature([0; 64]) };
        checkpoint.signature = secret.sign(Domain::Checkpoint, &checkpoint.message(journal));
        checkpoint
    }

    /// The signed bytes.
    pub(crate) fn message(&self, journal: &JournalId) -> Vec<u8> {
        [
            &journal.hash()[..],
            &self.page_first.to_le_bytes(),
            &self.point.seq.to_le_bytes(),
            &self.point.hash.0,
            &self.digest.0,
            &[u8::from(self.sealed)],
        ]
        .concat()
    }

    /// Whether the node that writes `journal` signed this.
    #[must_use]
    pub fn verify(&self, journal: &JournalId) -> bool {
        identity::verify(journal.node, Domain::Checkpoint, &self.message(journal), &self.signature)
    }
}
