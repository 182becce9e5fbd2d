//! Which own entries other offices are known to hold.

use std::collections::BTreeMap;

use charter::Charter;
use identity::{JournalId, NodeKey, OfficeId, Point};
use sync::Receipt;

use crate::holders::{elsewhere, holders};

/// Up to which entry each own journal is known to be held by an office other than `office`: 0 where nobody is known to
/// hold any of it.
///
/// A receipt counts only if its holder is admitted and not removed and may read the scope, and only for a point on the chain: `on_chain` is
/// asked whether the entry with the point's number has the point's hash here.
pub fn held_elsewhere<'a>(
    charter: Option<&Charter>,
    office: OfficeId,
    own: &'a [(JournalId, Point)],
    receipts: impl IntoIterator<Item = (NodeKey, &'a Receipt)>,
    on_chain: impl FnMut(&JournalId, Point) -> bool,
) -> BTreeMap<&'a JournalId, u64> {
    let held = holders(charter, own, receipts, |_| Some(office), on_chain);
    own.iter().map(|(journal, _)| journal).zip(held.iter().map(elsewhere)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{World, point};

    #[test]
    fn what_anybody_else_holds_is_elsewhere_and_what_nobody_holds_is_not() {
        let world = World::programme();
        let held = world.journal("kuripan", "participation/33.07.10.2004", 1);
        let alone = world.journal("kuripan", "care/33.07.10.2004", 1);
        let own = [(held.clone(), point(5)), (alone.clone(), point(2))];
        let (holder, receipt) = world.receipt(&held, &("wonosobo", 3));
        let found =
            held_elsewhere(Some(&world.charter), world.office("kuripan"), &own, [(holder, &receipt)], |_, _| true);
        assert_eq!(found, BTreeMap::from([(&held, 3), (&alone, 0)]));
    }
}
