//! Whose place is sure, and what is left: the facts about places gone through once, in one order on every node.
//!
//! A block is spent only by facts of its holder's own journal, which stand in one order among themselves. So whatever
//! arrives later from elsewhere, a place that was sure stays sure.

use std::collections::BTreeSet;

use identity::{EntryHash, JournalId};

use super::content::{Claimed, Freed, Granted, HandedOver, Limit, Places};
use crate::{
    heard::Spoken,
    participation::Said,
    value::{Known, PersonId},
};

/// How somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceState {
    /// *Tempat pasti*: spent by the holder of a block.
    Sure,
    /// *Belum pasti*: registered elsewhere or beyond the block.
    Unsure,
    /// *Daftar tunggu*: waits.
    Waiting,
}

/// Somebody's claim, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub person: PersonId,
    /// How they stand.
    pub state: PlaceState,
    /// The fact that says so, with office and officer.
    pub said: Said<Claimed>,
    /// How many places there were as far as that office had seen; several where two limits stood side by side.
    pub limit_seen: Known<u32>,
}

/// Places that one journal may spend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The grant, handover or return that made it.
    pub from: EntryHash,
    /// Who may spend it.
    pub holder: JournalId,
    /// How many are unspent.
    pub unspent: u32,
    /// Whether the owner has granted what was unspent anew.
    pub replaced: bool,
}

/// The places of a village, gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacesAccount {
    /// How many places there are: several limits where two stand side by side, which nobody picks between.
    pub limit: Known<u32>,
    /// Claims, one a person; of two of one person the surer.
    pub claims: Vec<Claim>,
    /// Blocks in the order in which they arose.
    pub blocks: Vec<Block>,
    /// Handovers of more than their giver had left: they hand over nothing.
    pub overdrawn: Vec<Said<HandedOver>>,
    /// People for whom two holders, each without knowledge of the other, spent a place.
    pub twice: BTreeSet<PersonId>,
}

/// The line that village, regency and ministry see: *50 tempat · 48 pasti · 3 belum pasti · 2 menunggu*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacesBar {
    /// How many places there are.
    pub limit: Known<u32>,
    /// Sure.
    pub sure: usize,
    /// Not sure yet.
    pub unsure: usize,
    /// On the waiting list.
    pub waiting: usize,
    /// Unspent, in the hands of journals that go on.
    pub free: u32,
    /// Unspent, in the hands of journals that do not: nobody may spend them until the owner grants them anew.
    pub frozen: u32,
    /// By how many the people with a place, sure or not, exceed the limit; the lowest where several stand. More than none
    /// goes to the owner of the limit as an agenda item: only the owner adds places, and nobody is removed.
    pub over: usize,
}

struct Active<'a> {
    claim: &'a Spoken<Claimed>,
    block: Option<usize>,
}

enum Event<'a> {
    Grant(&'a Spoken<Granted>),
    HandOver(&'a Spoken<HandedOver>),
    Claim(&'a Spoken<Claimed>),
    Free(&'a Spoken<Freed>),
}

struct Account<'a> {
    grants: &'a [Spoken<Granted>],
    blocks: Vec<Block>,
    active: Vec<Active<'a>>,
    overdrawn: Vec<Said<HandedOver>>,
}

impl Account<'_> {
    /// The blocks that the author of a fact may take from: its own, known to it, and not given anew as far as it knew.
    fn usable<T>(&self, fact: &Spoken<T>) -> Vec<usize> {
        let replaced = |block: &Block| {
            self.grants.iter().any(|grant| grant.said.what.instead_of.contains(&block.from) && fact.knew(grant))
        };
        let mine = |block: &Block| {
            block.holder == *fact.journal() && block.unspent > 0 && fact.seen.contains(&block.from) && !replaced(block)
        };
        (0..self.blocks.len()).filter(|at| mine(&self.blocks[*at])).collect()
    }

    fn add(&mut self, from: EntryHash, holder: JournalId, unspent: u32) {
        let replaced = self.grants.iter().any(|grant| grant.said.what.instead_of.contains(&from));
        self.blocks.push(Block { from, holder, unspent, replaced });
    }

    fn hand_over(&mut self, fact: &Spoken<HandedOver>) {
        let from = self.usable(fact);
        let mut left = fact.said.what.places;
        if from.iter().map(|at| self.blocks[*at].unspent).sum::<u32>() < left {
            self.overdrawn.push(fact.said.clone());
            return;
        }
        for at in from {
            let taken = left.min(self.blocks[at].unspent);
            self.blocks[at].unspent -= taken;
            left -= taken;
        }
        self.add(fact.said.hash, fact.said.what.to.clone(), fact.said.what.places);
    }

    /// A free place given back by a fact of the holder's own is spendable by whoever knows it: the fact becomes a block.
    fn free(&mut self, fact: &Spoken<Freed>) {
        let mut returned = Vec::new();
        self.active.retain(|active| {
            let gone = active.claim.said.what.person == fact.said.what.person && fact.knew(active.claim);
            returned.extend(active.block.filter(|_| gone));
            !gone
        });
        for at in returned {
            self.add(fact.said.hash, self.blocks[at].holder.clone(), 1);
        }
    }
}

impl Places {
    /// Goes through everything that was said.
    pub fn account(&self) -> PlacesAccount {
        let events = &self.events;
        let mut account =
            Account { grants: &events.grants, blocks: Vec::new(), active: Vec::new(), overdrawn: Vec::new() };
        for event in self.in_order() {
            match event {
                Event::Grant(fact) => {
                    account.add(fact.said.hash, fact.said.what.to.clone(), fact.said.what.places);
                }
                Event::HandOver(fact) => account.hand_over(fact),
                Event::Free(fact) => account.free(fact),
                Event::Claim(fact) => {
                    let known = |active: &Active<'_>| {
                        active.claim.said.what.person == fact.said.what.person && fact.knew(active.claim)
                    };
                    // Said again for somebody whose place is sure, it changes nothing.
                    if account.active.iter().any(|active| active.block.is_some() && known(active)) {
                        continue;
                    }
                    account.active.retain(|active| !known(active));
                    let usable = account.usable(fact);
                    let block = usable.first().copied().filter(|_| !fact.said.what.waits);
                    if let Some(at) = block {
                        account.blocks[at].unspent -= 1;
                    }
                    account.active.push(Active { claim: fact, block });
                }
            }
        }
        let Account { blocks, active, overdrawn, .. } = account;
        let limit = self.limit_as_seen(|_| true);
        let (claims, twice) = self.claims(&active);
        PlacesAccount { limit, claims, blocks, overdrawn, twice }
    }

    /// Everything in the order of the document: after what its author had seen, the same on every node.
    fn in_order(&self) -> Vec<Event<'_>> {
        let events = &self.events;
        let mut all: Vec<(usize, Event<'_>)> = Vec::new();
        all.extend(events.grants.iter().map(|fact| (fact.place, Event::Grant(fact))));
        all.extend(events.handovers.iter().map(|fact| (fact.place, Event::HandOver(fact))));
        all.extend(events.claims.iter().map(|fact| (fact.place, Event::Claim(fact))));
        all.extend(events.freed.iter().map(|fact| (fact.place, Event::Free(fact))));
        all.sort_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, event)| event).collect()
    }

    fn claims(&self, active: &[Active<'_>]) -> (Vec<Claim>, BTreeSet<PersonId>) {
        let mut claims: Vec<Claim> = Vec::new();
        let mut twice = BTreeSet::new();
        for Active { claim, block } in active {
            let what = &claim.said.what;
            let state = match block {
                Some(_) => PlaceState::Sure,
                None if what.waits => PlaceState::Waiting,
                None => PlaceState::Unsure,
            };
            let limit_seen = self.limit_as_seen(|limit| claim.knew(limit));
            let found = Claim { person: what.person, state, said: claim.said.clone(), limit_seen };
            match claims.iter_mut().find(|other| other.person == what.person) {
                None => claims.push(found),
                Some(other) => {
                    if other.state == PlaceState::Sure && state == PlaceState::Sure {
                        twice.insert(what.person);
                    }
                    if state < other.state {
                        *other = found;
                    }
                }
            }
        }
        (claims, twice)
    }

    /// The limits among those `seen` that no other of them replaces.
    fn limit_as_seen(&self, seen: impl Fn(&Spoken<Limit>) -> bool) -> Known<u32> {
        let limits: Vec<&Spoken<Limit>> = self.events.limits.iter().filter(|limit| seen(limit)).collect();
        let stands = |limit: &&&Spoken<Limit>| !limits.iter().any(|later| later.knew(limit));
        limits.iter().filter(stands).map(|limit| limit.said.what.places).collect()
    }
}

impl PlacesAccount {
    /// The line for the page. `goes_on` says whether a journal still writes: a fork, a removal or a new incarnation ends
    /// it, and the caller knows which.
    pub fn bar(&self, goes_on: impl Fn(&JournalId) -> bool) -> PlacesBar {
        let count = |state| self.claims.iter().filter(|claim| claim.state == state).count();
        let unspent = |going: bool| {
            let held = self.blocks.iter().filter(|block| !block.replaced && goes_on(&block.holder) == going);
            held.map(|block| block.unspent).sum()
        };
        let (sure, unsure) = (count(PlaceState::Sure), count(PlaceState::Unsure));
        let lowest = self.limit.values().iter().min();
        PlacesBar {
            limit: self.limit.clone(),
            sure,
            unsure,
            waiting: count(PlaceState::Waiting),
            free: unspent(true),
            frozen: unspent(false),
            over: lowest.map_or(0, |limit| (sure + unsure).saturating_sub(*limit as usize)),
        }
    }

    /// The blocks whose unspent places wait for the owner to grant them anew, with how many.
    pub fn to_grant_anew(&self, goes_on: impl Fn(&JournalId) -> bool) -> Vec<(EntryHash, u32)> {
        let frozen = |block: &&Block| !block.replaced && block.unspent > 0 && !goes_on(&block.holder);
        self.blocks.iter().filter(frozen).map(|block| (block.from, block.unspent)).collect()
    }

    /// How many places a journal may still spend.
    pub fn left(&self, journal: &JournalId) -> u32 {
        let mine = |block: &&Block| !block.replaced && block.holder == *journal;
        self.blocks.iter().filter(mine).map(|block| block.unspent).sum()
    }
}
