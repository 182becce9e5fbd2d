//! What this node holds: per scope the journals, per journal the points, and the fingerprints over them.
//!
//! A journal has two points: `received` runs ahead over what waits to become durable, `durable` is what others are told.
//!
//! # Invariants
//! - `durable.seq ≤ received.seq`, and both are on one chain.
//! - A fingerprint covers durable points only, so nobody learns what a crash could lose.

use std::collections::BTreeMap;

use charter::{Charter, Standing};
use identity::{JournalId, Point, ScopeName};

use crate::{
    SessionId,
    fingerprint::Hash,
    wire::{Fingerprint, NOTHING, ShortJournal},
};

/// Where the page that is being written stands, as far as it was seen since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) page_first: u64,
    pub(crate) sealed: bool,
}

/// One journal.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    /// Up to where entries have come, those included that wait to become durable.
    pub(crate) received: Point,
    /// Up to where they are durable.
    pub(crate) durable: Point,
    /// The page at `received`.
    pub(crate) tail: Option<Tail>,
    /// Nothing is taken beyond this point: its node was removed, or it forked.
    pub(crate) freeze: Option<Point>,
    /// Its node wrote two histories.
    pub(crate) forked: bool,
    /// The point of the cut-off in force, once it is known to be on our chain.
    pub(crate) clip: Option<Point>,
    /// Which session its newest entries came from: the way back to the author.
    pub(crate) source: Option<SessionId>,
    /// Day and number of entries taken on it.
    pub(crate) intake: (u64, u64),
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            received: NOTHING,
            durable: NOTHING,
            tail: None,
            freeze: None,
            forked: false,
            clip: None,
            source: None,
            intake: (0, 0),
        }
    }
}

impl Journal {
    /// Up to where a receipt vouches. Of two histories only what a cut-off says: an author who holds the other one above
    /// it could not tell from a point up there that the rest is held.
    pub(crate) fn vouched(&self) -> Point {
        match self.clip {
            Some(clip) if self.forked && clip.seq > 0 && clip.seq < self.received.seq => clip,
            Some(_) | None => self.received,
        }
    }

    /// The point that the fingerprint shows: nothing above a cut-off counts.
    pub(crate) fn shown(&self, standing: Standing) -> Point {
        match standing {
            Standing::Unknown | Standing::CutOff(None) => NOTHING,
            Standing::CutOff(Some(_)) => match self.clip {
                Some(clip) if clip.seq < self.durable.seq => clip,
                _ => self.durable,
            },
            Standing::NoRight | Standing::Open | Standing::Frozen(_) => self.durable,
        }
    }
}

#[derive(Debug, Default)]
struct Scope {
    journals: BTreeMap<ShortJournal, Journal>,
    fingerprint: Option<Fingerprint>,
}

/// Everything held.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    scopes: BTreeMap<ScopeName, Scope>,
}

impl Holdings {
    pub(crate) fn get(&self, id: &JournalId) -> Option<&Journal> {
        self.scopes.get(&id.scope)?.journals.get(&id.into())
    }

    /// The journal, to be changed; the scope's fingerprint is taken anew afterwards.
    pub(crate) fn get_mut(&mut self, id: &JournalId) -> Option<&mut Journal> {
        let scope = self.scopes.get_mut(&id.scope)?;
        let journal = scope.journals.get_mut(&id.into())?;
        scope.fingerprint = None;
        Some(journal)
    }

    /// As `get_mut`, with a new journal if there is none.
    pub(crate) fn entry(&mut self, id: &JournalId) -> &mut Journal {
        let scope = self.scopes.entry(id.scope.clone()).or_default();
        scope.fingerprint = None;
        scope.journals.entry(id.into()).or_default()
    }

    /// Up to where entries have come.
    pub(crate) fn received(&self, id: &JournalId) -> Point {
        self.get(id).map_or(NOTHING, |journal| journal.received)
    }

    /// Up to where entries are durable.
    pub(crate) fn durable(&self, id: &JournalId) -> Point {
        self.get(id).map_or(NOTHING, |journal| journal.durable)
    }

    pub(crate) fn journals_in(&self, scope: &ScopeName) -> usize {
        self.scopes.get(scope).map_or(0, |scope| scope.journals.len())
    }

    /// The journals of one scope, by name.
    pub(crate) fn of_scope(&self, scope: &ScopeName) -> impl Iterator<Item = (ShortJournal, &Journal)> {
        self.scopes.get(scope).into_iter().flat_map(|scope| scope.journals.iter().map(|(id, journal)| (*id, journal)))
    }

    /// Every journal.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (JournalId, &Journal)> {
        self.scopes
            .iter()
            .flat_map(|(name, scope)| scope.journals.iter().map(|(id, journal)| (id.in_scope(name), journal)))
    }

    /// Every scope that something is or was held of.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &ScopeName> {
        self.scopes.keys()
    }

    /// The charter says something new: every fingerprint may be another.
    pub(crate) fn forget_fingerprints(&mut self) {
        self.scopes.values_mut().for_each(|scope| scope.fingerprint = None);
    }

    /// The fingerprint of what is held of a scope: its journals' points and its statements (`statements`, zero if there
    /// are none). Zero when nothing is held.
    pub(crate) fn fingerprint(&mut self, name: &ScopeName, charter: &Charter, statements: Fingerprint) -> Fingerprint {
        let journals = match self.scopes.get_mut(name) {
            None => Fingerprint::default(),
            Some(Scope { fingerprint: Some(known), .. }) => *known,
            Some(scope) => {
                let mut hash = Hash::new("simpul held of a scope v1");
                for (id, journal) in &scope.journals {
                    let point = journal.shown(charter.standing(&id.in_scope(name)));
                    if point.seq > 0 {
                        hash = hash.bytes(&id.node.0).bytes(&id.incarnation.0).number(point.seq).bytes(&point.hash.0);
                    }
                    if journal.forked {
                        hash = hash.bytes(&id.node.0).bytes(&id.incarnation.0).bytes(b"forked");
                    }
                }
                let fingerprint = hash.finish_or_zero();
                scope.fingerprint = Some(fingerprint);
                fingerprint
            }
        };
        if statements == Fingerprint::default() {
            journals
        } else {
            Hash::new("simpul held with orders v1").bytes(&journals.0).bytes(&statements.0).finish()
        }
    }
}
