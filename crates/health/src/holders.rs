//! Which offices are known to hold which entries: the evidence that everything else here is judged by.
//!
//! # Why it never says too much
//! - A receipt is taken at its word only for what its holder signed, only while the charter lets that key speak, and only
//!   for what its office may read: whoever lost the right to read is to let go of what it holds.
//! - Its point counts only where this node holds an entry of that number with that hash. A receipt of another history,
//!   of more than is here, or of a journal that is not here proves nothing. So `believed ≤ held here`, whatever is
//!   forged or replayed.
//! - Of two receipts of one office's nodes the higher point counts: the office holds what any of its nodes holds.
//! - The author's own office is left out: what burns with one house is one copy.

use std::collections::BTreeMap;

use charter::Charter;
use identity::{JournalId, NodeKey, OfficeId, Point, ScopeName, broken};
use sync::Receipt;

/// Of one journal, up to which entry each office other than the author's is known to hold it.
pub type Held = BTreeMap<OfficeId, u64>;

/// Up to which entry of each of these journals each other office is known to hold it: one [`Held`] for each journal.
///
/// `author` names the office that wrote a journal. `on_chain` is asked whether the entry with the point's number has the
/// point's hash here; it is not asked for the point that `journals` names.
pub fn holders<'a>(
    charter: Option<&Charter>,
    journals: &[(JournalId, Point)],
    receipts: impl IntoIterator<Item = (NodeKey, &'a Receipt)>,
    author: impl Fn(&NodeKey) -> Option<OfficeId>,
    mut on_chain: impl FnMut(&JournalId, Point) -> bool,
) -> Vec<Held> {
    let places: BTreeMap<_, usize> = journals
        .iter()
        .enumerate()
        .map(|(at, (journal, _))| ((&journal.scope, sync::wire::ShortJournal::from(journal)), at))
        .collect();
    let mut held = vec![Held::new(); journals.len()];
    for (holder, receipt) in receipts {
        let Some(office) = speaks_for(charter, &holder, &receipt.scope) else { continue };
        for (short, point) in &receipt.points {
            let Some(at) = places.get(&(&receipt.scope, *short)).copied() else { continue };
            let (journal, ours) = &journals[at];
            if author(&journal.node) == Some(office) && !broken::is("understate only-here") {
                continue;
            }
            let known = held[at].get(&office).copied().unwrap_or(0);
            if point.seq <= known || point.seq > ours.seq {
                continue;
            }
            if point == ours || broken::is("believe a receipt off the chain") || on_chain(journal, *point) {
                held[at].insert(office, point.seq);
            }
        }
    }
    held
}

/// The office for which this key may speak now of this scope.
fn speaks_for(charter: Option<&Charter>, key: &NodeKey, scope: &ScopeName) -> Option<OfficeId> {
    let may = charter.filter(|charter| charter.may_read(key, scope));
    let office = may.and_then(|charter| charter.node(key)).map(|node| node.office);
    if broken::is("understate only-here") { office.or(Some(OfficeId([0; 16]))) } else { office }
}

/// Up to which entry a journal is known to be held somewhere else: 0 where nobody is known to hold any of it.
pub(crate) fn elsewhere(held: &Held) -> u64 {
    held.values().copied().max().unwrap_or(0)
}

/// Up to which entry a journal is known to be held by at least `copies` other offices.
pub(crate) fn held_by(held: &Held, copies: usize) -> u64 {
    let mut points: Vec<u64> = held.values().copied().collect();
    points.sort_unstable_by(|a, b| b.cmp(a));
    copies.checked_sub(1).map_or(u64::MAX, |at| points.get(at).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Told, World, point};

    const PARTICIPATION: &str = "participation/33.07.10.2004";

    /// What is believed of the five entries that Kuripan wrote, by office name.
    fn check(told: &[Told], off_chain: &[u64], expected: &[(&str, u64)]) {
        let world = World::programme();
        let journal = world.journal("kuripan", PARTICIPATION, 1);
        let receipts: Vec<_> = told.iter().map(|told| world.receipt(&journal, told)).collect();
        let given = receipts.iter().map(|(holder, receipt)| (*holder, receipt));
        let office = |key: &NodeKey| world.charter.node(key).map(|node| node.office);
        let journals = [(journal, point(5))];
        let found = holders(Some(&world.charter), &journals, given, office, |_, at| !off_chain.contains(&at.seq));
        let expected: Held = expected.iter().map(|(name, seq)| (world.office(name), *seq)).collect();
        assert_eq!(found, [expected]);
    }

    #[test]
    fn an_office_holds_what_it_signed_for() {
        check(&[("wonosobo", 3), ("jateng", 5)], &[], &[("wonosobo", 3), ("jateng", 5)]);
    }

    #[test]
    fn a_receipt_for_another_history_or_for_more_than_there_is_proves_nothing() {
        check(&[("wonosobo", 3)], &[3], &[]);
        check(&[("wonosobo", 6)], &[], &[]);
        check(&[("wonosobo", u64::MAX)], &[], &[]);
    }

    #[test]
    fn what_the_authors_own_office_a_removed_key_a_stranger_or_who_may_not_read_it_signs_proves_nothing() {
        let table = [("kuripan", 5), ("kuripan again", 5), ("removed", 5), ("stranger", 5), ("garung", 5)];
        check(&table, &[], &[]);
    }

    #[test]
    fn an_office_holds_what_the_best_of_its_nodes_holds() {
        check(&[("wonosobo", 2), ("wonosobo again", 4)], &[], &[("wonosobo", 4)]);
        check(&[("wonosobo again", 4), ("wonosobo", 2)], &[], &[("wonosobo", 4)]);
    }

    #[test]
    fn copies_are_counted_by_office_and_the_worst_of_them_says_how_far() {
        let held: Held = [(1, 5), (2, 3), (3, 1)].map(|(id, seq)| (OfficeId([id; 16]), seq)).into();
        let table = [(0, u64::MAX), (1, 5), (2, 3), (3, 1), (4, 0)];
        for (copies, expected) in table {
            assert_eq!(held_by(&held, copies), expected, "{copies} copies");
        }
        assert_eq!((elsewhere(&held), elsewhere(&Held::new())), (5, 0));
    }
}
