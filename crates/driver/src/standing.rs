//! What each entry is worth at this node: the charter's word on its journal, and where the journal is frozen here.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use charter::Charter;
use documents::Standing;
use identity::{Coordinate, JournalId, NodeKey, Point, ScopeName};

/// The charter in force here and the freeze points of this node.
#[derive(Debug, Clone)]
pub(crate) struct Standings {
    own: NodeKey,
    charter: Option<Arc<Charter>>,
    freezes: BTreeMap<JournalId, Point>,
    /// Documents that an order erases because of the document that they continue.
    successors: BTreeSet<Coordinate>,
    /// Restored from a backup, and no peer's statements seen since.
    unmet: bool,
}

/// How many entries of one journal count, and what becomes of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Entries up to here count.
    upto: u64,
    /// What those behind it are.
    beyond: Standing,
}

impl Reach {
    pub(crate) fn of(self, seq: u64) -> Standing {
        if seq <= self.upto { Standing::Accepted } else { self.beyond }
    }

    /// The first entry that this reach judges otherwise than the other.
    pub(crate) fn differs_from(self, other: Reach) -> u64 {
        self.upto.min(other.upto).saturating_add(1)
    }
}

const ALL: Reach = Reach { upto: u64::MAX, beyond: Standing::Waiting };

impl Standings {
    pub(crate) fn new(own: NodeKey, freezes: BTreeMap<JournalId, Point>, unmet: bool) -> Self {
        Self { own, charter: None, freezes, successors: BTreeSet::new(), unmet }
    }

    pub(crate) fn charter(&self) -> Option<&Arc<Charter>> {
        self.charter.as_ref()
    }

    pub(crate) fn set_charter(&mut self, charter: Arc<Charter>) {
        self.charter = Some(charter);
    }

    /// Entries of a journal count up to the point; `None`: all of them again.
    pub(crate) fn freeze(&mut self, journal: JournalId, at: Option<Point>) {
        match at {
            Some(at) => self.freezes.insert(journal, at),
            None => self.freezes.remove(&journal),
        };
    }

    /// How far entries of this journal count.
    pub(crate) fn reach(&self, journal: &JournalId) -> Reach {
        let none = |beyond| Reach { upto: 0, beyond };
        let frozen = || self.freezes.get(journal).map(|at| Reach { upto: at.seq, beyond: Standing::Waiting });
        let standing = self.charter.as_ref().map_or(charter::Standing::Unknown, |charter| charter.standing(journal));
        match standing {
            // What this node writes before it is admitted is shown here, and counts elsewhere once it is.
            charter::Standing::Unknown if journal.node == self.own => ALL,
            charter::Standing::Unknown => none(Standing::Waiting),
            charter::Standing::NoRight => none(Standing::NoRight),
            charter::Standing::Open | charter::Standing::Frozen(_) => frozen().unwrap_or(ALL),
            charter::Standing::CutOff(None) => none(Standing::CutOff),
            charter::Standing::CutOff(Some(point)) => Reach { upto: point.seq, beyond: Standing::CutOff },
        }
    }

    /// Whether this office may read a scope no more. What a node that is not admitted yet wrote itself, it shows.
    pub(crate) fn hidden(&self, scope: &ScopeName) -> bool {
        self.charter.as_ref().is_some_and(|charter| {
            charter.node(&self.own).is_some_and(|node| !charter.office_may_read(&node.office, scope))
        })
    }

    /// Whether entries of this journal wait for a cut-off: its node was removed, or wrote two histories.
    pub(crate) fn frozen(&self, journal: &JournalId) -> bool {
        match self.charter.as_ref().map(|charter| charter.standing(journal)) {
            Some(charter::Standing::Frozen(_)) => true,
            Some(charter::Standing::Open) => self.freezes.contains_key(journal),
            Some(charter::Standing::Unknown | charter::Standing::NoRight | charter::Standing::CutOff(_)) | None => {
                false
            }
        }
    }

    /// What one entry is worth.
    pub(crate) fn of(&self, at: &Coordinate) -> Standing {
        self.reach(&at.journal).of(at.seq)
    }

    /// A peer's statements were seen: what may be shown, may be shown.
    pub(crate) fn met(&mut self) {
        self.unmet = false;
    }

    /// Whether a document is to be erased, by an order about it or about one that it continues.
    pub(crate) fn ordered(&self, document: &Coordinate) -> bool {
        self.successors.contains(document)
            || self.charter.as_ref().is_some_and(|charter| charter.erasure(document).is_some())
    }

    /// Adds documents that continue an erased one; whether they are new here.
    pub(crate) fn add_successors(&mut self, documents: impl IntoIterator<Item = Coordinate>) -> bool {
        let before = self.successors.len();
        self.successors.extend(documents);
        self.successors.len() > before
    }

    /// Whether a document is shown as erased. A node that was restored from a backup may have missed an order: where
    /// orders were given before, it shows nothing until it has seen a peer's statements.
    pub(crate) fn erased(&self, document: &Coordinate) -> bool {
        let hidden = |charter: &Arc<Charter>| charter.erased(&document.journal.scope).next().is_some();
        self.ordered(document) || (self.unmet && self.charter.as_ref().is_some_and(hidden))
    }
}
