//! Which changes are not known to be where they are to be: own ones at any other office, and those held here at a given
//! one.

use identity::{JournalId, OfficeId, Point};

use crate::{
    evidence::{Evidence, Journal},
    figures::by_rule,
    holders::elsewhere,
    known::Known,
    memory::Memory,
};

/// A journal of which the end is not known to be held somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The journal.
    pub journal: JournalId,
    /// Up to which entry it is known to be held there; 0 for nothing. Less than `up_to`.
    pub held: u64,
    /// Up to which entry it is to be.
    pub up_to: u64,
}

impl Behind {
    fn of(journal: &Journal<'_>, held: u64) -> Option<Self> {
        let up_to = journal.up_to;
        (held < up_to).then(|| Self { journal: journal.id.clone(), held, up_to })
    }

    /// How many changes that is.
    pub fn changes(&self) -> u64 {
        self.up_to - self.held
    }
}

/// An own journal of which the end is not known to be held by any other office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    /// What is only here.
    pub behind: Behind,
    /// Whether it lives here alone by rule, so that only a backup makes it safe.
    pub by_rule: bool,
    /// The offices that are to have it, whether or not they were ever seen.
    pub readers: Vec<OfficeId>,
}

/// The own journals of which not everything is known to be held by another office.
///
/// `known` may name own journals alone as held. A receipt counts only if its holder is admitted and not removed and may
/// read the scope, and only for a point on the chain: `on_chain` is asked whether the entry with the point's number has the
/// point's hash here.
pub fn only_here(known: &Known<'_>, memory: &Memory, on_chain: impl FnMut(&JournalId, Point) -> bool) -> Vec<Alone> {
    let evidence = Evidence::of(known, on_chain);
    let alone = |journal: &Journal<'_>| {
        let behind = Behind::of(journal, elsewhere(&journal.held))?;
        Some(Alone { behind, by_rule: by_rule(journal, memory), readers: journal.readers.clone() })
    };
    evidence.own(known).filter_map(alone).collect()
}

/// The journals held here of which `office` is not known to hold everything that it is to have and can get: as many
/// changes as [`crate::OfficeHealth::lacks`] counts of an office that was ever seen.
pub fn lacking(known: &Known<'_>, office: OfficeId, on_chain: impl FnMut(&JournalId, Point) -> bool) -> Vec<Behind> {
    let evidence = Evidence::of(known, on_chain);
    let to_have = evidence.journals.iter().filter(|journal| journal.moves && journal.readers.contains(&office));
    to_have.filter_map(|journal| Behind::of(journal, journal.held.get(&office).copied().unwrap_or(0))).collect()
}
