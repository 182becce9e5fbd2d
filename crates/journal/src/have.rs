//! What a node holds of a scope, and how two nodes' holdings are told apart.
//!
//! # Invariant
//! - Points are compared as points: one number under two hashes is a [`Relation::Split`], never "the same".

use std::collections::BTreeMap;

use identity::{EntryHash, JournalId, Point, StatementHash};
use serde::{Deserialize, Serialize};

/// For each journal of a scope, the point up to which a node holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Have(pub BTreeMap<JournalId, Point>);

/// How our point of one journal stands to a peer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same point.
    Same,
    /// We hold more, and the peer's point is on our chain: it lacks what comes after this point, if it asks.
    Ahead {
        /// The peer's point; number 0 if it holds nothing.
        theirs: Point,
    },
    /// The peer claims more. Whether our point is on its chain shows when its next run arrives.
    Behind {
        /// Our point; number 0 if we hold nothing.
        ours: Point,
    },
    /// One number, two hashes: a fork, a rolled-back disk or a lie. Nothing is taken on top of either.
    Split {
        /// The number.
        seq: u64,
        /// Our hash there.
        ours: EntryHash,
        /// The peer's.
        theirs: EntryHash,
    },
    /// We hold more, yet not the entry at the peer's point (its hash is no longer at hand): ask the store.
    Unknown {
        /// The peer's point.
        theirs: Point,
    },
}

/// Before the first entry.
const START: Point = Point { seq: 0, hash: EntryHash([0; 32]) };

/// Compares our point of a journal with a peer's. `hash_at` looks up the hash of an entry that we hold.
pub fn compare(
    ours: Option<&Point>,
    theirs: Option<&Point>,
    hash_at: impl FnOnce(u64) -> Option<EntryHash>,
) -> Relation {
    let ours = *ours.unwrap_or(&START);
    let theirs = *theirs.unwrap_or(&START);
    let at_theirs = match theirs.seq {
        0 => Some(START.hash),
        seq if seq == ours.seq => Some(ours.hash),
        seq if seq > ours.seq => return Relation::Behind { ours },
        seq => hash_at(seq),
    };
    match at_theirs {
        Some(hash) if hash != theirs.hash => Relation::Split { seq: theirs.seq, ours: hash, theirs: theirs.hash },
        Some(_) if theirs.seq == ours.seq => Relation::Same,
        Some(_) => Relation::Ahead { theirs },
        None => Relation::Unknown { theirs },
    }
}

impl Have {
    /// Every journal in which we differ from a peer, in order.
    pub fn differences(
        &self,
        theirs: &Have,
        hash_at: impl Fn(&JournalId, u64) -> Option<EntryHash>,
    ) -> Vec<(JournalId, Relation)> {
        let journals: std::collections::BTreeSet<&JournalId> = self.0.keys().chain(theirs.0.keys()).collect();
        let relation =
            |journal: &JournalId| compare(self.0.get(journal), theirs.0.get(journal), |seq| hash_at(journal, seq));
        let pairs = journals.into_iter().map(|journal| (journal.clone(), relation(journal)));
        pairs.filter(|(_, relation)| *relation != Relation::Same).collect()
    }

    /// The held fingerprint of the scope: equal where the points and the statements held are equal, in whatever
    /// order they came.
    pub fn fingerprint(&self, statements: &std::collections::BTreeSet<StatementHash>) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("simpul held fingerprint v1");
        hasher.update(&(self.0.len() as u64).to_le_bytes());
        for (journal, point) in &self.0 {
            hasher.update(&journal.hash());
            hasher.update(&point.seq.to_le_bytes());
            hasher.update(&point.hash.0);
        }
        statements.iter().for_each(|statement| {
            hasher.update(&statement.0);
        });
        *hasher.finalize().as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use identity::{Incarnation, NodeKey};

    use super::*;

    #[test]
    fn points_are_compared_by_number_and_hash() {
        let [ours, other] = [point(5, 5), point(5, 9)];
        check(Some(ours), Some(ours), Relation::Same);
        check(None, None, Relation::Same);
        check(Some(ours), Some(other), Relation::Split { seq: 5, ours: ours.hash, theirs: other.hash });
        check(Some(ours), None, Relation::Ahead { theirs: START });
        check(Some(ours), Some(point(3, 3)), Relation::Ahead { theirs: point(3, 3) });
        check(
            Some(ours),
            Some(point(3, 9)),
            Relation::Split { seq: 3, ours: point(3, 3).hash, theirs: point(3, 9).hash },
        );
        check(Some(ours), Some(point(1, 1)), Relation::Unknown { theirs: point(1, 1) });
        check(Some(ours), Some(point(6, 6)), Relation::Behind { ours });
        check(None, Some(point(6, 6)), Relation::Behind { ours: START });
        check(Some(ours), Some(point(0, 1)), Relation::Split { seq: 0, ours: START.hash, theirs: point(0, 1).hash });
    }

    #[test]
    fn differences_name_only_the_journals_that_differ() {
        let ours = have([(1, point(5, 5)), (2, point(7, 7)), (3, point(1, 1))]);
        let theirs = have([(1, point(5, 5)), (2, point(7, 8)), (4, point(2, 2))]);
        let found = ours.differences(&theirs, |_, _| None);
        let expected = [
            (journal(2), Relation::Split { seq: 7, ours: point(7, 7).hash, theirs: point(7, 8).hash }),
            (journal(3), Relation::Ahead { theirs: START }),
            (journal(4), Relation::Behind { ours: START }),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_fingerprint_knows_points_and_statements_but_no_order() {
        let [a, b] = [(1, point(5, 5)), (2, point(7, 7))];
        let none = [].into();
        let one = [StatementHash([1; 32])].into();
        assert_eq!(have([a, b]).fingerprint(&none), have([b, a]).fingerprint(&none));
        let all: std::collections::BTreeSet<_> = [
            have([]).fingerprint(&none),
            have([a]).fingerprint(&none),
            have([a]).fingerprint(&one),
            have([b]).fingerprint(&none),
            have([a, b]).fingerprint(&none),
            have([(1, point(5, 6))]).fingerprint(&none),
            have([(1, point(6, 5))]).fingerprint(&none),
        ]
        .into();
        assert_eq!(all.len(), 7);
    }

    fn journal(node: u8) -> JournalId {
        let scope = "participation/33.07.10.2004".parse().unwrap();
        JournalId { scope, node: NodeKey([node; 32]), incarnation: Incarnation([0; 8]) }
    }

    fn point(seq: u64, hash: u8) -> Point {
        Point { seq, hash: EntryHash([hash; 32]) }
    }

    fn have<const N: usize>(points: [(u8, Point); N]) -> Have {
        Have(points.map(|(node, point)| (journal(node), point)).into())
    }

    /// We know the hashes of our entries from number 2 on: entry n has hash n.
    fn check(ours: Option<Point>, theirs: Option<Point>, expected: Relation) {
        let relation = compare(ours.as_ref(), theirs.as_ref(), |seq| (seq > 1).then(|| point(seq, seq as u8).hash));
        assert_eq!(relation, expected, "{ours:?} {theirs:?}");
    }
}
