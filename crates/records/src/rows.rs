//! What the tables of the read model take: a document read, with the hash of what it shows; and the sum of such hashes.

use std::fmt;

use identity::Coordinate;

use crate::fold::Folded;

/// What became of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRows {
    /// The document; its journal names the scope.
    pub id: Coordinate,
    /// The hash of what it shows, as `documents` gives it: all zero while nothing of it counts.
    pub state_hash: [u8; 32],
    /// What it means; `None`: nothing of it is shown any more and its rows go.
    pub rows: Option<Folded>,
}

/// The state fingerprint of a scope: a sum, so that documents may come and go in any order. It tells honest nodes
/// apart that show different things; it proves nothing against somebody who picks the documents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StateSum(pub [u8; 32]);

/// What a document shows of which nothing counts. It leaves no trace in the sum: who holds entries beyond a cut-off shows
/// the same as who never took them.
const NOTHING: [u8; 32] = [0; 32];

impl StateSum {
    /// Adds a document.
    pub fn add(&mut self, id: &Coordinate, state_hash: &[u8; 32]) {
        if *state_hash == NOTHING {
            return;
        }
        let mut carry = 0u16;
        for (sum, term) in self.0.iter_mut().zip(term(id, state_hash)) {
            let total = u16::from(*sum) + u16::from(term) + carry;
            *sum = total.to_le_bytes()[0];
            carry = total >> 8;
        }
    }

    /// Takes a document out again that was added with this hash.
    pub fn remove(&mut self, id: &Coordinate, state_hash: &[u8; 32]) {
        if *state_hash == NOTHING {
            return;
        }
        let mut borrow = 0u16;
        for (sum, term) in self.0.iter_mut().zip(term(id, state_hash)) {
            let total = 0x100 + u16::from(*sum) - u16::from(term) - borrow;
            *sum = total.to_le_bytes()[0];
            borrow = 1 - (total >> 8);
        }
    }
}

fn term(id: &Coordinate, state_hash: &[u8; 32]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("simpul state sum v1");
    hasher.update(&id.journal.hash());
    hasher.update(&id.seq.to_le_bytes());
    hasher.update(state_hash);
    *hasher.finalize().as_bytes()
}

impl fmt::Display for StateSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for StateSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateSum({self})")
    }
}

#[cfg(test)]
mod tests {
    use identity::Class;

    use super::*;
    use crate::fixtures::{KURIPAN, at};

    #[test]
    fn the_sum_knows_no_order_and_forgets_what_is_taken_out() {
        let documents: Vec<_> = (1..200u8).map(|n| (at(Class::Identity, KURIPAN, u64::from(n)), [n; 32])).collect();
        let (mut forward, mut backward) = (StateSum::default(), StateSum::default());
        documents.iter().for_each(|(id, hash)| forward.add(id, hash));
        documents.iter().rev().for_each(|(id, hash)| backward.add(id, hash));
        assert_eq!(forward, backward);
        documents.iter().skip(1).for_each(|(id, hash)| forward.remove(id, hash));
        let mut one = StateSum::default();
        one.add(&documents[0].0, &documents[0].1);
        assert_eq!(forward, one);
        forward.remove(&documents[0].0, &documents[0].1);
        assert_eq!(forward, StateSum::default());
    }

    #[test]
    fn a_document_of_which_nothing_counts_leaves_no_trace() {
        let id = at(Class::Identity, KURIPAN, 1);
        let mut sum = StateSum::default();
        sum.add(&id, &[0; 32]);
        assert_eq!(sum, StateSum::default());
        sum.remove(&id, &[0; 32]);
        assert_eq!(sum, StateSum::default());
    }

    #[test]
    fn another_state_gives_another_sum() {
        let id = at(Class::Identity, KURIPAN, 1);
        let (mut a, mut b) = (StateSum::default(), StateSum::default());
        a.add(&id, &[1; 32]);
        b.add(&id, &[2; 32]);
        assert_ne!(a, b);
        assert_eq!(a.to_string(), "61691babc83bb8da29e97ba12ed6ac3daf48be982fe2817da277bd66dba2b51b", "golden");
    }
}
