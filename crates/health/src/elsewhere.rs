//! Which own entries other offices are known to hold.

use std::collections::BTreeMap;

use charter::{Charter, NodeState};
use identity::{JournalId, NodeKey, OfficeId, Point, broken};
use sync::Receipt;

/// Up to which entry each own journal is known to be held by an office other than `office`: 0 where nobody is known to
/// hold any of it.
///
/// A receipt counts only if its holder is admitted and not removed, and only for a point on the chain: `on_chain` is
/// asked whether the entry with the point's number has the point's hash here.
pub fn held_elsewhere<'a>(
    charter: Option<&Charter>,
    office: OfficeId,
    own: &'a [(JournalId, Point)],
    receipts: impl IntoIterator<Item = (NodeKey, &'a Receipt)>,
    mut on_chain: impl FnMut(&JournalId, Point) -> bool,
) -> BTreeMap<&'a JournalId, u64> {
    let counts = |holder: &NodeKey| {
        let node = charter.and_then(|charter| charter.node(holder));
        let counts = node.is_some_and(|node| node.state == NodeState::Active && node.office != office);
        counts || broken::is("understate only-here")
    };
    let mut held: BTreeMap<&JournalId, u64> = own.iter().map(|(journal, _)| (journal, 0)).collect();
    for (_, receipt) in receipts.into_iter().filter(|(holder, _)| counts(holder)) {
        for (journal, ours) in own.iter().filter(|(journal, _)| journal.scope == receipt.scope) {
            let short = journal.into();
            for (_, point) in receipt.points.iter().filter(|(of, _)| *of == short) {
                let news = point.seq > held.get(journal).copied().unwrap_or(0) && point.seq <= ours.seq;
                if news && (broken::is("believe a receipt off the chain") || on_chain(journal, *point)) {
                    held.insert(journal, point.seq);
                }
            }
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use charter::{CheckedStatement, Policy, Request, StatementSet, Subject, founding};
    use identity::{EntryHash, Incarnation, NodeSecret};

    use super::*;

    fn secret(name: u8) -> NodeSecret {
        NodeSecret::from_seed([name; 32])
    }

    /// Two ministries, of which the first asks; a third key that nobody admitted.
    fn world() -> (Charter, Vec<OfficeId>) {
        let requests = [1, 2].map(|name| {
            let subject = Subject::NewOffice {
                name: format!("ministry {name}"),
                kind: identity::OfficeKind::Ministry,
                region: "id".parse().unwrap(),
            };
            let secret = secret(name);
            Request { seal_key: secret.seal_key(), practice: false, nonce: [name; 16], subject }.sign(&secret).unwrap()
        });
        let offices: Vec<OfficeId> =
            requests.iter().map(|signed| charter::office_id(signed, &Request::verify(signed).unwrap())).collect();
        let (said, network) =
            founding(false, requests.to_vec(), Policy::default_programme(offices[0]), [7; 16]).unwrap();
        let mut set = StatementSet::new();
        for name in [1, 2] {
            set.insert_checked(CheckedStatement::check(said.signed_by(&secret(name)).unwrap()).unwrap());
        }
        (Charter::fold(&set, network), offices)
    }

    fn check(holder: u8, seq: u64, on_chain: bool, expected: u64) {
        let (charter, offices) = world();
        let scope: identity::ScopeName = "coordination/id".parse().unwrap();
        let journal = JournalId { scope: scope.clone(), node: secret(1).node_key(), incarnation: Incarnation([1; 8]) };
        let point = |seq| Point { seq, hash: EntryHash([seq as u8; 32]) };
        let own = [(journal.clone(), point(5))];
        let receipt = Receipt { scope, number: 1, time_ms: 0, points: vec![((&journal).into(), point(seq))] };
        let receipts = [(secret(holder).node_key(), &receipt)];
        let held = held_elsewhere(Some(&charter), offices[0], &own, receipts, |_, _| on_chain);
        assert_eq!(held, BTreeMap::from([(&journal, expected)]));
    }

    #[test]
    fn a_receipt_of_another_office_counts_up_to_its_point() {
        check(2, 3, true, 3);
    }

    #[test]
    fn a_receipt_for_another_history_does_not_count() {
        check(2, 3, false, 0);
    }

    #[test]
    fn a_receipt_beyond_what_is_here_does_not_count() {
        check(2, 6, true, 0);
    }

    #[test]
    fn a_receipt_of_ones_own_office_or_of_a_stranger_does_not_count() {
        check(1, 3, true, 0);
        check(3, 3, true, 0);
    }
}
