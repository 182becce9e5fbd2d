//! Forks: two entries with one number in one journal, both signed, and the proof of it.
//!
//! A proof needs no payload: two checkpoints, and between them the headers that lead from the lower one's number to
//! the higher one's point. Anyone who has the journal's name can check it. What follows from it (the journal is
//! *frozen*) is the charter's matter.
//!
//! # Invariants
//! - A [`ForkProof`] exists only if it proves a fork: [`ForkProof::decode`] checks it.
//! - Of two proofs for one journal all nodes keep the same one.

use identity::{EntryHash, JournalId, Point};
use serde::{Deserialize, Serialize};

use crate::{
    Checkpoint, Header, LINKS_MAX, PAGE_ENTRIES_MAX, PageError, VerifiedRun, entry::JournalHashes, error::at_most,
};

/// The longest encoding of a proof: the headers of one page, with as many links as a page may have.
pub const FORK_PROOF_BYTES_MAX: u64 = 8 << 20;

/// Two signed histories of one journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Parts {
    journal: JournalId,
    /// The checkpoint with the lower number.
    lower: Checkpoint,
    /// The one with the higher or the same.
    higher: Checkpoint,
    /// The headers from the entry after `lower`'s number up to `higher`'s point; none if the two have one number.
    headers: Vec<Header>,
}

/// The proof that the node that writes a journal has signed two histories of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkProof(Parts);

impl ForkProof {
    /// The proof that two runs of one journal contradict each other; `None` if they do not, or do not meet.
    pub fn between(one: &VerifiedRun, other: &VerifiedRun) -> Option<Self> {
        let (lower, higher) = if one.last().seq <= other.last().seq { (one, other) } else { (other, one) };
        if lower.journal() != higher.journal() || higher.point_at(lower.last().seq)? == lower.last() {
            return None;
        }
        let from = (lower.last().seq + 1).checked_sub(higher.first())? as usize;
        let headers: Vec<Header> = higher.entries().get(from..)?.iter().map(|entry| entry.header.clone()).collect();
        let (lower, higher) = (*lower.checkpoint(), *higher.checkpoint());
        // The same fork gives the same proof, whichever side is named first.
        let swap = headers_empty_and_unordered(&headers, &lower, &higher);
        let (lower, higher) = if swap { (higher, lower) } else { (lower, higher) };
        Parts { journal: one.journal().clone(), lower, higher, headers }.verify().ok()
    }

    /// The journal.
    pub fn journal(&self) -> &JournalId {
        &self.0.journal
    }

    /// Two points with one number, both signed by the journal's node. The fork itself may lie lower.
    pub fn points(&self) -> [Point; 2] {
        let lower = self.0.lower.point;
        [lower, Point { seq: lower.seq, hash: self.0.hash_at_lower() }]
    }

    /// What is stored and sent.
    ///
    /// # Errors
    /// None in practice: what was decoded or built within bounds encodes.
    pub fn encode(&self) -> Result<Vec<u8>, PageError> {
        postcard::to_stdvec(&self.0).map_err(|_| PageError::Frame)
    }

    /// A proof from bytes, checked.
    pub fn decode(bytes: &[u8]) -> Result<Self, PageError> {
        at_most("bytes of a fork proof", bytes.len() as u64, FORK_PROOF_BYTES_MAX)?;
        let (parts, rest): (Parts, _) = postcard::take_from_bytes(bytes).map_err(|_| PageError::Spelling("a proof"))?;
        let proof = parts.verify()?;
        if !rest.is_empty() || proof.encode()? != bytes {
            return Err(PageError::Spelling("a proof"));
        }
        Ok(proof)
    }

    /// The one of two proofs for one journal that everybody keeps: the lower number, then the smaller bytes. Another
    /// journal's proof is ignored.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        if self.0.journal != other.0.journal {
            return self;
        }
        let rank = |proof: &Self| (proof.0.lower.point.seq, proof.encode().unwrap_or_default());
        if rank(&other) < rank(&self) { other } else { self }
    }
}

fn headers_empty_and_unordered(headers: &[Header], lower: &Checkpoint, higher: &Checkpoint) -> bool {
    headers.is_empty() && lower.point.hash > higher.point.hash
}

impl Parts {
    /// The hash that the higher checkpoint's history has at the lower one's number.
    fn hash_at_lower(&self) -> EntryHash {
        self.headers.first().map_or(self.higher.point.hash, |header| header.previous)
    }

    fn verify(self) -> Result<ForkProof, PageError> {
        at_most("headers of a fork proof", self.headers.len() as u64, PAGE_ENTRIES_MAX)?;
        let mut journals = JournalHashes::default();
        let mut point = Point { seq: self.lower.point.seq, hash: self.hash_at_lower() };
        for header in &self.headers {
            at_most("links of an entry", header.links.len() as u64, LINKS_MAX)?;
            if Some(header.seq) != point.seq.checked_add(1) || header.previous != point.hash {
                return Err(PageError::NoFork);
            }
            point = Point { seq: header.seq, hash: header.hash_with(&self.journal, &mut journals) };
        }
        if point != self.higher.point || self.hash_at_lower() == self.lower.point.hash || self.lower.point.seq == 0 {
            return Err(PageError::NoFork);
        }
        if headers_empty_and_unordered(&self.headers, &self.lower, &self.higher) {
            return Err(PageError::Spelling("a proof"));
        }
        if !self.lower.verify(&self.journal) || !self.higher.verify(&self.journal) {
            return Err(PageError::Signature(self.journal.node));
        }
        Ok(ForkProof(self))
    }
}
