//! The figures about a node's own changes: how many are nowhere else, at how many offices they are, who lacks some.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Class, JournalId, OfficeId, OfficeKind};
use serde::{Deserialize, Serialize};

use crate::{
    evidence::{Evidence, Journal},
    holders::{elsewhere, held_by},
    known::Known,
    limits::{CLOCK, MINISTRIES},
    memory::Memory,
    state::{Since, State},
};

/// What a node counts, as of now. About what others hold it never says more than their signatures prove.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Own changes, those included that live at this office by rule.
    pub changes: u64,
    /// Own changes that no other office is known to hold: never fewer than there are.
    pub only_here: u64,
    /// Those of them that stand in journals of earlier incarnations.
    pub only_here_earlier: u64,
    /// When the oldest of them was written; none where there are none.
    pub only_here_oldest: Option<Since>,
    /// Own changes that live at this office alone by rule: they are not among those.
    pub by_rule: u64,
    /// How many own changes are known to be at one other office at least, at two, and so on: never more than are.
    pub copies: Vec<u64>,
    /// Own changes that have not reached every office that is to have them and was ever seen, by the number of these.
    pub below_target: BTreeMap<u64, u64>,
    /// The ministries that are to have own changes; none where no ministry is.
    pub ministries: Option<Ministries>,
    /// Changes held here that offices of each kind lack, and the oldest own one of them.
    pub need: BTreeMap<OfficeKind, Need>,
    /// How long own changes took that arrived since the last look, in milliseconds.
    #[serde(skip)]
    pub took: Vec<(Reached, i64)>,
    /// Of how many scopes another node was found to show something else, for the first time at this look.
    #[serde(skip)]
    pub mismatches: u64,
    /// How many offices of each kind are in each state.
    pub offices: BTreeMap<OfficeKind, BTreeMap<State, u64>>,
}

/// How far own changes have come among the ministries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ministries {
    /// Of how many.
    pub of: u64,
    /// How many are known to hold every own change that they are to have.
    pub holding: u64,
    /// Own changes that have not reached each ministry that was ever seen for longer than they may, and the oldest.
    pub late: u64,
    /// When the oldest of them was written.
    pub late_oldest: Option<Since>,
    /// Which ministries lack some of those.
    pub lacking: Vec<OfficeId>,
}

/// What offices of one kind lack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// How many changes, each counted once for each office.
    pub changes: u64,
    /// When the oldest own one of them was written.
    pub oldest: Option<Since>,
}

/// How far an own change had come when it was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// It is at another office.
    One,
    /// It is at every office that is to have it and was ever seen.
    All,
}

/// How many changes that arrived between two looks are timed, the oldest.
const TIMED_MAX: usize = 200;

/// How long each own change that arrived since the last look took, from when it was written to this look, in
/// milliseconds. What this node has not seen arrive is not timed, such as everything at its first look.
fn arrivals(
    known: &Known<'_>,
    memory: &mut Memory,
    evidence: &Evidence<'_>,
    mut written_ms: impl FnMut(&JournalId, u64) -> Option<i64>,
) -> Vec<(Reached, i64)> {
    let (mut took, mut arrived) = (Vec::new(), Vec::new());
    for journal in evidence.own(known).filter(|journal| !by_rule(journal, memory)) {
        let one = elsewhere(&journal.held).min(journal.up_to);
        let all = everywhere(journal, memory).min(one);
        let (had_one, had_all) = match memory.arrived.iter().find(|(of, ..)| of == journal.id) {
            Some((_, one, all)) => (*one, *all),
            // A journal that began since is followed from its first entry.
            None if memory.follows => (0, 0),
            None => (one, all),
        };
        for (reached, from, to) in [(Reached::One, had_one, one), (Reached::All, had_all, all)] {
            for seq in (from + 1..=to).take(TIMED_MAX) {
                if let Since::At(at) = written(written_ms(journal.id, seq), known.now_ms) {
                    took.push((reached, known.now_ms - at));
                }
            }
        }
        arrived.push((journal.id.clone(), one.max(had_one), all.max(had_all)));
    }
    (memory.arrived, memory.follows) = (arrived, true);
    took
}

/// Up to which entry every office that is to have a journal and was ever seen holds it.
fn everywhere(journal: &Journal<'_>, memory: &Memory) -> u64 {
    let seen = journal.readers.iter().filter(|reader| memory.seen(reader));
    seen.map(|reader| journal.held.get(reader).copied().unwrap_or(0)).min().unwrap_or(journal.up_to)
}

/// Whether what is in this journal lives at its author alone by rule, so that only a backup makes it safe.
///
/// That is so where the charter lets nobody else read it; and for an office's own drafts, a village's money and what it
/// notes of children and guests, as long as nobody else who may read them was ever seen.
pub(crate) fn by_rule(journal: &Journal<'_>, memory: &Memory) -> bool {
    let stays = matches!(journal.id.scope.class(), Class::Care | Class::Internal | Class::Money);
    let seen = journal.readers.iter().any(|reader| memory.seen(reader));
    // Of who is not admitted nobody may read anything yet: that is no rule.
    journal.author_admitted && (journal.readers.is_empty() || (stays && !seen))
}

/// When an entry of an own journal was written: as its header says, unless our clock was ahead when it did.
fn written(claim: Option<i64>, now_ms: i64) -> Since {
    match claim {
        Some(at) if at <= now_ms.saturating_add(CLOCK) => Since::At(at.min(now_ms)),
        Some(_) | None => Since::Unknown,
    }
}

fn worst(oldest: &mut Option<Since>, since: Since) {
    *oldest = Some(oldest.map_or(since, |known| known.min(since)));
}

/// Counts. `written_ms` says what the header of an entry that is held here claims.
pub(crate) fn count(
    known: &Known<'_>,
    memory: &mut Memory,
    evidence: &Evidence<'_>,
    mut written_ms: impl FnMut(&JournalId, u64) -> Option<i64>,
) -> Figures {
    let mut figures = Figures::default();
    let copies = evidence.own(known).map(|journal| journal.held.len()).max().unwrap_or(0);
    figures.copies = vec![0; copies];
    for journal in evidence.own(known) {
        figures.changes += journal.up_to;
        for (at, sum) in figures.copies.iter_mut().enumerate() {
            *sum += held_by(&journal.held, at + 1).min(journal.up_to);
        }
        let safe = elsewhere(&journal.held).min(journal.up_to);
        let alone = journal.up_to - safe;
        if by_rule(journal, memory) {
            figures.by_rule += alone;
        } else if alone > 0 {
            figures.only_here += alone;
            if known.own.incarnation.is_some_and(|now| now != journal.id.incarnation) {
                figures.only_here_earlier += alone;
            }
            // Whatever the header claims: as long as we have known of it, it has been there.
            let noticed = memory.only_here_since(journal.id, safe + 1, known.now_ms);
            let claimed = written(written_ms(journal.id, safe + 1), known.now_ms);
            worst(&mut figures.only_here_oldest, claimed.min(Since::At(noticed)));
        }
        let below = journal.up_to.saturating_sub(everywhere(journal, memory));
        if below > 0 {
            let target = journal.readers.iter().filter(|reader| memory.seen(reader)).count();
            *figures.below_target.entry(target as u64).or_default() += below;
        }
    }
    figures.took = arrivals(known, memory, evidence, &mut written_ms);
    let own: BTreeSet<&JournalId> = evidence.own(known).map(|journal| journal.id).collect();
    memory.only_here.retain(|(journal, ..)| own.contains(journal));
    figures.ministries = ministries(known, memory, evidence, &mut written_ms);
    need(known, memory, evidence, &mut written_ms, &mut figures);
    figures
}

fn kind_of(known: &Known<'_>, office: &OfficeId) -> Option<OfficeKind> {
    known.charter.office(office).map(|office| office.kind)
}

fn ministries(
    known: &Known<'_>,
    memory: &Memory,
    evidence: &Evidence<'_>,
    mut written_ms: impl FnMut(&JournalId, u64) -> Option<i64>,
) -> Option<Ministries> {
    let (mut all, mut behind, mut lacking) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut found = Ministries::default();
    for journal in evidence.own(known).filter(|journal| journal.up_to > 0) {
        let mut everywhere = journal.up_to;
        let is_one = |reader: &&OfficeId| kind_of(known, reader) == Some(OfficeKind::Ministry);
        let mut late = Vec::new();
        for ministry in journal.readers.iter().filter(is_one) {
            all.insert(*ministry);
            let held = journal.held.get(ministry).copied().unwrap_or(0);
            if held < journal.up_to {
                behind.insert(*ministry);
                if memory.seen(ministry) {
                    everywhere = everywhere.min(held);
                    late.push(*ministry);
                }
            }
        }
        if everywhere < journal.up_to {
            let oldest = written(written_ms(journal.id, everywhere + 1), known.now_ms);
            if oldest.may_exceed(MINISTRIES, known.now_ms) {
                found.late += journal.up_to - everywhere;
                worst(&mut found.late_oldest, oldest);
                lacking.extend(late);
            }
        }
    }
    found.of = all.len() as u64;
    found.holding = (all.len() - behind.len()) as u64;
    found.lacking = lacking.into_iter().collect();
    (found.of > 0).then_some(found)
}

fn need(
    known: &Known<'_>,
    memory: &Memory,
    evidence: &Evidence<'_>,
    mut written_ms: impl FnMut(&JournalId, u64) -> Option<i64>,
    figures: &mut Figures,
) {
    for (office, lacks) in evidence.lacks() {
        if lacks > 0
            && memory.seen(&office)
            && let Some(kind) = kind_of(known, &office)
        {
            figures.need.entry(kind).or_default().changes += lacks;
        }
    }
    for journal in evidence.own(known).filter(|journal| journal.moves) {
        // Of each kind, what the furthest behind lacks first.
        let mut first: BTreeMap<OfficeKind, u64> = BTreeMap::new();
        for reader in journal.readers.iter().filter(|reader| memory.seen(reader)) {
            let held = journal.held.get(reader).copied().unwrap_or(0);
            if let Some(kind) = kind_of(known, reader).filter(|_| held < journal.up_to) {
                let first = first.entry(kind).or_insert(held + 1);
                *first = (held + 1).min(*first);
            }
        }
        for (kind, seq) in first {
            let since = written(written_ms(journal.id, seq), known.now_ms);
            worst(&mut figures.need.entry(kind).or_default().oldest, since);
        }
    }
}
