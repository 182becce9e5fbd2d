//! What a node shows of a scope. Who holds the same of it and runs the same version must show the same (promise P3); a
//! node says it of one scope in each of its reports, in turn, so that whoever holds that scope can compare.

use std::collections::{BTreeMap, BTreeSet};

use identity::NodeKey;
use sync::Beacon;

use crate::{known::Known, memory::Memory};

/// At how many looks it is seen before somebody is told: one may fall between what is held and what is shown.
const SEEN_MIN: u32 = 2;

/// See the module. Each number is the first eight bytes of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shows {
    /// Which scope.
    pub scope: i64,
    /// Its held fingerprint.
    pub held: i64,
    /// Its state fingerprint.
    pub state: i64,
}

impl Shows {
    /// The names of the figures. They travel: a name keeps its meaning for ever.
    const FIGURES: [&str; 3] = ["shows_scope", "shows_held", "shows_state"];

    /// The same as figures of a report.
    pub fn figures(self) -> impl Iterator<Item = (String, i64)> {
        Self::FIGURES.into_iter().map(str::to_owned).zip([self.scope, self.held, self.state])
    }

    /// What a report says.
    pub fn of_report(report: &Beacon) -> Option<Self> {
        let [scope, held, state] = Self::FIGURES.map(|name| report.figures.get(name).copied());
        Some(Self { scope: scope?, held: held?, state: state? })
    }
}

/// Compares what others report with what is shown here. Gives how many differences are new.
pub(crate) fn compare(known: &Known<'_>, memory: &mut Memory) -> u64 {
    let mut new = 0;
    memory.differs.retain(|node, _| known.charter.is_active(node));
    let comparable = |(node, report): &&(_, Beacon)| {
        *node != known.me && known.charter.is_active(node) && report.version == known.own.version
    };
    for (node, report) in known.beacons.iter().filter(comparable) {
        let Some(theirs) = Shows::of_report(report) else { continue };
        let same = |ours: &&Shows| (ours.scope, ours.held) == (theirs.scope, theirs.held);
        let Some(ours) = known.shown.iter().find(same) else { continue };
        let differs = memory.differs.entry(*node).or_default();
        if ours.state == theirs.state {
            differs.remove(&theirs.scope);
        } else {
            let seen = differs.entry(theirs.scope).or_insert(0_u32);
            *seen = seen.saturating_add(1);
            new += u64::from(*seen == SEEN_MIN);
        }
    }
    new
}

/// Of how many scopes an office shows something else than this one.
pub(crate) fn differing(memory: &Memory, nodes: &BTreeSet<NodeKey>) -> u64 {
    let of = |scopes: &BTreeMap<i64, u32>| scopes.values().filter(|seen| **seen >= SEEN_MIN).count() as u64;
    nodes.iter().filter_map(|node| memory.differs.get(node)).map(of).sum()
}
