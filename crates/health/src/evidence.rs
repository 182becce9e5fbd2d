//! Of every journal held here: up to where it counts, who is known to hold it, and who should.

use std::collections::{BTreeMap, BTreeSet};

use charter::{Charter, Office, Standing};
use identity::{JournalId, NodeKey, OfficeId, OfficeKind, Point, Region, ScopeName};
use sync::{Receipt, receipt_counts};

use crate::{
    holders::{Held, holders},
    known::Known,
};

/// One journal.
pub(crate) struct Journal<'a> {
    pub(crate) id: &'a JournalId,
    pub(crate) author: Option<OfficeId>,
    /// Whether the charter admits its author.
    pub(crate) author_admitted: bool,
    /// Up to which entry it is to be held elsewhere.
    pub(crate) up_to: u64,
    /// Whether others take more of it: it waits for no cut-off.
    pub(crate) moves: bool,
    /// Up to which entry whom is known to hold it.
    pub(crate) held: Held,
    /// The offices whose receipts count for it, whether or not they were ever seen.
    pub(crate) readers: Vec<OfficeId>,
}

pub(crate) struct Evidence<'a> {
    pub(crate) journals: Vec<Journal<'a>>,
}

impl<'a> Evidence<'a> {
    pub(crate) fn of(known: &Known<'a>, on_chain: impl FnMut(&JournalId, Point) -> bool) -> Self {
        let receipts = known.receipts.iter().map(|(holder, receipt)| (*holder, receipt));
        let office_of = |key: &NodeKey| known.office_of(key);
        let held = holders(Some(known.charter), known.held, receipts, office_of, on_chain);
        let own: BTreeMap<&JournalId, u64> =
            known.to_be_held.iter().map(|(journal, up_to)| (journal, *up_to)).collect();
        let forked: BTreeSet<&JournalId> = known.open_forks().collect();
        let mut readers = Readers::of(known);
        let journals = known.held.iter().zip(held).map(|((id, point), held)| {
            let standing = known.charter.standing(id);
            let counts = match standing {
                Standing::CutOff(cut) => cut.map_or(0, |cut| cut.seq).min(point.seq),
                Standing::Unknown | Standing::NoRight => 0,
                Standing::Open | Standing::Frozen(_) => point.seq,
            };
            // Of own entries all are to be kept safe, whatever others think of them, but those that were said again.
            let up_to =
                if id.node == known.me { own.get(id).map_or(point.seq, |up_to| point.seq.min(*up_to)) } else { counts };
            let moves = matches!(standing, Standing::Open | Standing::CutOff(_)) && !forked.contains(id);
            let author = known.office_of(&id.node);
            let author_admitted = known.charter.node(&id.node).is_some();
            Journal { id, author, author_admitted, up_to, moves, held, readers: readers.of_journal(id) }
        });
        Self { journals: journals.collect() }
    }

    /// The own ones.
    pub(crate) fn own<'b>(&'b self, known: &'b Known<'_>) -> impl Iterator<Item = &'b Journal<'a>> {
        self.journals.iter().filter(|journal| journal.id.node == known.me)
    }

    /// How many changes an office lacks that are held here, that it is to have and that it can get; and whether it is to
    /// have any at all.
    pub(crate) fn lacks(&self) -> BTreeMap<OfficeId, u64> {
        let mut lacks = BTreeMap::new();
        for journal in self.journals.iter().filter(|journal| journal.moves) {
            for reader in &journal.readers {
                let held = journal.held.get(reader).copied().unwrap_or(0);
                *lacks.entry(*reader).or_insert(0) += journal.up_to.saturating_sub(held);
            }
        }
        lacks
    }
}

/// Finds the offices whose receipts count, without asking every office of the country for every scope.
struct Readers<'a> {
    charter: &'a Charter,
    /// Those that may count wherever they are not above the author.
    everywhere: Vec<&'a Office>,
    /// Those that gave a receipt of a scope of their own region. An earlier version gives none of what others wrote there, so
    /// who gave none is not known to lack anything.
    of_region: BTreeMap<&'a ScopeName, BTreeSet<OfficeId>>,
    known: BTreeMap<(NodeKey, ScopeName), Vec<OfficeId>>,
}

impl<'a> Readers<'a> {
    fn of(known: &Known<'a>) -> Self {
        let charter = known.charter;
        let wide = |office: &&Office| matches!(office.kind, OfficeKind::Ministry | OfficeKind::Agency);
        let regions: BTreeMap<&ScopeName, Region> =
            known.held.iter().filter_map(|(journal, _)| Some((&journal.scope, journal.scope.region()?))).collect();
        let mut of_region = BTreeMap::<&ScopeName, BTreeSet<OfficeId>>::new();
        for (holder, Receipt { scope, .. }) in known.receipts {
            let Some(region) = regions.get(scope) else { continue };
            let office = charter.node(holder).and_then(|node| charter.office(&node.office));
            if let Some(office) = office.filter(|office| office.region == *region) {
                of_region.entry(scope).or_default().insert(office.id);
            }
        }
        Self { charter, everywhere: charter.offices().filter(wide).collect(), of_region, known: BTreeMap::new() }
    }

    fn of_journal(&mut self, journal: &JournalId) -> Vec<OfficeId> {
        let key = (journal.node, journal.scope.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let charter = self.charter;
        let author = charter.node(&journal.node).map(|node| node.office);
        let above = author.map(|author| charter.above(&author)).unwrap_or_default();
        let listed = charter.roster(&journal.scope).map(|roster| roster.members.clone()).unwrap_or_default();
        let at_home = self.of_region.get(&journal.scope).into_iter().flatten();
        let asked: BTreeMap<OfficeId, &Office> = (self.everywhere.iter().copied())
            .chain(above)
            .chain(listed.iter().chain(at_home).filter_map(|id| charter.office(id)))
            .map(|office| (office.id, office))
            .collect();
        let counts = |office: &&Office| {
            Some(office.id) != author
                && office.nodes.iter().any(|node| receipt_counts(charter, node, &journal.node, &journal.scope))
        };
        let readers: Vec<OfficeId> = asked.into_values().filter(counts).map(|office| office.id).collect();
        self.known.insert(key, readers.clone());
        readers
    }
}
