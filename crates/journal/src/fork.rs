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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Payload,
        testing::{draft, journal, run, writer},
    };

    #[test]
    fn two_histories_of_one_journal_are_a_fork_whichever_comes_first() {
        for (ours, theirs) in [(1, 1), (1, 5), (5, 1), (4, 4), (4, 200)] {
            let (one, other) = (run(1, ours), forked(3, theirs));
            let proof = ForkProof::between(&one, &other);
            assert_eq!(proof.is_some(), ours > 3 && theirs > 3, "{ours} {theirs}");
            assert_eq!(proof, ForkProof::between(&other, &one));
            if let Some(proof) = proof {
                check(proof);
            }
        }
    }

    #[test]
    fn a_proof_is_found_where_a_run_only_touches_the_other() {
        let other = forked(3, 20);
        check(ForkProof::between(&run(1, 9), &other.suffix(10).unwrap()).unwrap());
        assert_eq!(ForkProof::between(&run(1, 9), &other.suffix(11).unwrap()), None, "they do not meet");
    }

    #[test]
    fn one_history_is_no_fork() {
        let whole = run(1, 9);
        assert_eq!(ForkProof::between(&whole, &whole), None);
        assert_eq!(ForkProof::between(&run(1, 5), &whole.suffix(4).unwrap()), None);
        assert_eq!(ForkProof::between(&whole, &run(2, 4)), None, "another journal");
    }

    #[test]
    fn a_proof_carries_no_payload() {
        let bytes = ForkProof::between(&run(1, 4), &forked(3, 30)).unwrap().encode().unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"payload"));
    }

    #[test]
    fn an_erased_history_proves_as_much() {
        let mut erased = forked(3, 9);
        let proof = ForkProof::between(&run(1, 5), &erased);
        erased.erase(&(1..=9).map(|seq| (seq, identity::ChangeHash([0; 32]))).collect());
        assert!(matches!(erased.entries()[8].payload, Payload::Erased { .. }));
        assert_eq!(ForkProof::between(&run(1, 5), &erased), proof);
    }

    #[test]
    fn of_two_proofs_all_keep_the_same() {
        let early = ForkProof::between(&run(1, 4), &forked(3, 9)).unwrap();
        let late = ForkProof::between(&run(1, 6), &forked(3, 9)).unwrap();
        assert_eq!(early.clone().merge(late.clone()), early);
        assert_eq!(late.clone().merge(early.clone()), early);
        let alike = ForkProof::between(&run(1, 4), &forked(2, 9)).unwrap();
        assert_eq!(early.clone().merge(alike.clone()), alike.merge(early));
    }

    #[test]
    fn what_proves_nothing_is_refused() {
        let no_fork = Err(PageError::NoFork);
        refused(|parts| parts.lower = parts.higher, no_fork.clone());
        refused(|parts| parts.headers[1].time_ms += 1, no_fork.clone());
        refused(|parts| parts.headers[0].previous.0[0] ^= 1, no_fork.clone());
        refused(|parts| parts.headers[0].seq += 1, no_fork.clone());
        refused(|parts| drop(parts.headers.pop()), no_fork.clone());
        refused(|parts| parts.headers.clear(), no_fork);
        let signature = Err(PageError::Signature(journal(1).node));
        refused(|parts| parts.lower.point.hash.0[0] ^= 1, signature.clone());
        refused(|parts| parts.higher.signature.0[0] ^= 1, signature);
        let headers = |parts: &mut Parts| parts.headers = vec![parts.headers[0].clone(); 4097];
        refused(headers, Err(PageError::TooLarge { what: "headers of a fork proof", given: 4097, max: 4096 }));
        let links = |parts: &mut Parts| parts.headers[0].links = vec![crate::testing::at(1, 1); 1025];
        refused(links, Err(PageError::TooLarge { what: "links of an entry", given: 1025, max: 1024 }));
    }

    #[test]
    fn bytes_that_are_no_proof_are_refused() {
        let spelling = Err(PageError::Spelling("a proof"));
        let proof = ForkProof::between(&run(1, 4), &forked(3, 5)).unwrap();
        let bytes = proof.encode().unwrap();
        assert_eq!(ForkProof::decode(&[&bytes[..], &[0]].concat()), spelling);
        for index in 0..bytes.len() {
            assert_eq!(ForkProof::decode(&bytes[..index]), spelling, "cut at {index}");
            let mut flipped = bytes.clone();
            flipped[index] ^= 1;
            assert!(ForkProof::decode(&flipped).is_err(), "byte {index}");
        }
        let long = vec![0; FORK_PROOF_BYTES_MAX as usize + 1];
        assert!(matches!(ForkProof::decode(&long), Err(PageError::TooLarge { .. })));
    }

    /// A second history of node 1's journal: the same up to `at`, then something else.
    fn forked(at: u64, count: u64) -> VerifiedRun {
        let mut writer = writer(1);
        for n in 0..count {
            let mut draft = draft(1, n);
            draft.time_ms += i64::from(n >= at);
            writer.append(draft).unwrap();
        }
        writer.commit().runs.remove(0)
    }

    fn check(proof: ForkProof) {
        assert_eq!(ForkProof::decode(&proof.encode().unwrap()), Ok(proof.clone()));
        let [one, other] = proof.points();
        assert!(one.seq == other.seq && one.hash != other.hash);
        assert_eq!(proof.journal(), &journal(1));
    }

    fn refused(alter: impl FnOnce(&mut Parts), expected: Result<(), PageError>) {
        let mut parts = ForkProof::between(&run(1, 4), &forked(3, 7)).unwrap().0;
        assert_eq!(parts.headers.len(), 3);
        alter(&mut parts);
        let bytes = postcard::to_stdvec(&parts).unwrap();
        assert_eq!(ForkProof::decode(&bytes).map(drop), expected);
    }
}
