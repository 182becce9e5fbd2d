//! Documents that something is still to be done about. After a join that is every document there is: by journal a number
//! each, where whole coordinates would take ten times the memory.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Coordinate, JournalId};

/// A set of documents.
#[derive(Debug, Default)]
pub(super) struct Marked {
    by: BTreeMap<JournalId, BTreeSet<u64>>,
    count: usize,
}

impl Marked {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn insert(&mut self, document: Coordinate) {
        let of = self.by.entry(document.journal).or_default();
        self.count += usize::from(of.insert(document.seq));
    }

    pub(super) fn pop_first(&mut self) -> Option<Coordinate> {
        let mut first = self.by.first_entry()?;
        // A journal without documents is not kept.
        let seq = first.get_mut().pop_first()?;
        let journal = if first.get().is_empty() { first.remove_entry().0 } else { first.key().clone() };
        self.count -= 1;
        Some(Coordinate { journal, seq })
    }
}

impl Extend<Coordinate> for Marked {
    fn extend<T: IntoIterator<Item = Coordinate>>(&mut self, documents: T) {
        documents.into_iter().for_each(|document| self.insert(document));
    }
}
