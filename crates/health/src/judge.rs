//! One look: what is known, to how every office is and what somebody should be told.

use std::collections::{BTreeMap, BTreeSet};

use charter::{Charter, NodeState, Office};
use identity::{JournalId, OfficeId, OfficeKind, Point, Region};
use serde::{Deserialize, Serialize};

use crate::{
    alert::{Alert, alerts},
    evidence::Evidence,
    figures::{self, Figures},
    known::Known,
    limits::{BACKUP, ONLY_COPY, REPORT, ROOM_PERMILLE, WAITING},
    memory::Memory,
    offices::{self, Sources},
    shows,
    state::{Finding, Since, State, What},
};

/// How things are, as far as one node knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// When it looked.
    pub now_ms: i64,
    /// Its own office.
    pub own: OfficeId,
    /// Its own office and every other that it answers for, the worst first.
    pub offices: Vec<OfficeHealth>,
    /// What it counts.
    pub figures: Figures,
    /// How far this node's clock is ahead of what most others say; none while nobody can tell.
    pub clock_ahead_ms: Option<i64>,
    /// What somebody should be told, the most urgent first. Whether they were told already is for
    /// [`crate::AlertBook`].
    pub alerts: Vec<Alert>,
}

impl Health {
    /// One office.
    pub fn office(&self, id: &OfficeId) -> Option<&OfficeHealth> {
        self.offices.iter().find(|office| office.office == *id)
    }
}

/// How one office is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeHealth {
    /// Which.
    pub office: OfficeId,
    /// What it is.
    pub kind: OfficeKind,
    /// For which region it stands.
    pub region: Region,
    /// The worst of what was found.
    pub state: State,
    /// As of when.
    pub as_of_ms: i64,
    /// What was found, the worst first; never empty.
    pub findings: Vec<Finding>,
    /// When it was last heard of; none if it never was.
    pub heard_ms: Option<i64>,
    /// How many changes that are held here it is to have and is not known to hold.
    pub lacks: u64,
    /// How many of its own changes it vouched for that are not held here.
    pub not_here: u64,
}

impl OfficeHealth {
    pub(crate) fn of(
        office: OfficeId,
        (kind, region): (OfficeKind, Region),
        mut findings: Vec<Finding>,
        heard_ms: Option<i64>,
        now_ms: i64,
    ) -> Self {
        // Nobody is said to have everything elsewhere of whom something is not.
        let apart = |finding: &Finding| matches!(finding.what, What::OnlyHere { .. } | What::ByRule { .. });
        if findings.iter().all(|finding| finding.state == State::InSync && !apart(finding)) {
            findings.push(Finding::new(What::InSync, heard_ms.unwrap_or(now_ms)));
        }
        let order = |finding: &Finding| (finding.state, finding.what != What::InSync, !apart(finding));
        findings.sort_by_key(order);
        let (state, as_of_ms) = findings.first().map_or((State::InSync, now_ms), |worst| (worst.state, worst.as_of_ms));
        Self { office, kind, region, state, as_of_ms, findings, heard_ms, lacks: 0, not_here: 0 }
    }
}

/// For how long an only copy may be one at an office of this kind.
pub(crate) fn only_copy_max(kind: OfficeKind) -> i64 {
    if kind == OfficeKind::Ministry { ONLY_COPY.0 } else { ONLY_COPY.1 }
}

/// Looks.
///
/// `on_chain` says whether the entry with the point's number has the point's hash here. `written_ms` says what the header
/// of an entry that is held here claims; none where it cannot be read.
pub fn judge(
    known: &Known<'_>,
    memory: &mut Memory,
    on_chain: impl FnMut(&JournalId, Point) -> bool,
    written_ms: impl FnMut(&JournalId, u64) -> Option<i64>,
) -> Health {
    memory.observe(known);
    let evidence = Evidence::of(known, on_chain);
    let mut figures = figures::count(known, memory, &evidence, written_ms);
    figures.mismatches = shows::compare(known, memory);
    let sources = Sources::of(known, memory, &evidence);
    let growth = memory.grown(figures.only_here, known.now_ms);
    let mut found = vec![own(known, memory, &figures, &sources, growth)];
    offices::forget_what_is_held(known, memory, &evidence);
    for office in answered_for(known, &evidence) {
        found.push(offices::judge(known, memory, office, &sources));
    }
    let there: BTreeSet<OfficeId> = found.iter().map(|office| office.office).collect();
    memory.standstill.retain(|office, _| there.contains(office));
    found.sort_by_key(|office| (office.state, office.kind, office.office));
    for office in &found {
        *figures.offices.entry(office.kind).or_default().entry(office.state).or_default() += 1;
    }
    let alerts = alerts(known, memory, &figures, &found);
    let clock_ahead_ms = sources.clocks.ahead;
    Health { now_ms: known.now_ms, own: known.office, offices: found, figures, clock_ahead_ms, alerts }
}

/// The offices that this node answers for beside its own: those above and below it, the ministries among each other, and
/// whoever wrote something that is held here. Offices that were merged or dissolved are over.
fn answered_for<'a>(known: &Known<'a>, evidence: &Evidence<'_>) -> Vec<&'a Office> {
    let charter: &Charter = known.charter;
    let authors: BTreeSet<OfficeId> = evidence.journals.iter().filter_map(|journal| journal.author).collect();
    let Some(own) = charter.office(&known.office) else { return Vec::new() };
    let near = |office: &&Office| {
        let ministries = own.kind == OfficeKind::Ministry && office.kind == OfficeKind::Ministry;
        let agency = |a: &Office, b: &Office| a.kind == OfficeKind::Agency && a.region.contains(&b.region);
        ministries
            || own.is_above(office)
            || office.is_above(own)
            || agency(own, office)
            || agency(office, own)
            || authors.contains(&office.id)
    };
    let other = |office: &&Office| office.id != known.office && office.succeeded_by.is_empty();
    charter.offices().filter(other).filter(near).collect()
}

/// How this node's own office is: everything is known, as of now.
fn own(
    known: &Known<'_>,
    memory: &mut Memory,
    figures: &Figures,
    sources: &Sources<'_>,
    (today, usual): (u64, Option<u64>),
) -> OfficeHealth {
    let now = known.now_ms;
    let office = known.charter.office(&known.office);
    let place = office.map_or((OfficeKind::Village, Region::national()), |office| (office.kind, office.region.clone()));
    let mut whats = Vec::new();
    let own = known.own;
    if own.damage > 0 {
        whats.push(What::Damage { parts: own.damage });
    }
    match own.room {
        _ if own.disk_failed => whats.push(What::Full),
        Some(room) if room.is_full() => whats.push(What::Full),
        Some(room) if room.free_permille() < ROOM_PERMILLE.0 => {
            whats.push(What::LittleRoom { free_permille: room.free_permille() });
        }
        Some(_) | None => {}
    }
    let forked = known.open_forks().any(|journal| journal.node == known.me);
    if forked {
        whats.push(What::Forked { node: known.me });
    }
    if matches!(known.charter.node(&known.me).map(|node| &node.state), Some(NodeState::Removed { .. })) {
        whats.push(What::Revoked);
    }
    whats.extend(memory.removed_calls().iter().map(|(node, at_ms)| What::RemovedCalls { node: *node, at_ms: *at_ms }));
    if own.refused > 0 {
        whats.push(What::Refused { items: own.refused });
    }
    memory.waiting_ms = (own.waiting > 0).then(|| memory.waiting_ms.unwrap_or(now).min(now));
    if let Some(since_ms) = memory.waiting_ms.filter(|since| now - since > WAITING) {
        whats.push(What::Waiting { items: own.waiting, since_ms });
    }
    if figures.by_rule > 0 {
        whats.push(What::ByRule { changes: figures.by_rule, backup_ms: own.last_backup_ms });
    }
    if figures.changes > 0 && own.last_backup_ms.is_none_or(|at| at > now || now - at > BACKUP) {
        whats.push(What::OldBackup { backup_ms: own.last_backup_ms });
    }
    if let Some(tried_ms) = own.backup_failed_ms {
        whats.push(What::BackupFailed { tried_ms });
    }
    if let Some(usual) = usual.filter(|usual| today > usual.saturating_mul(3).saturating_add(GROWTH_MIN)) {
        whats.push(What::Growing { today, usual });
    }
    if let Some(late) = figures.ministries.as_ref().filter(|ministries| ministries.late > 0) {
        let oldest = late.late_oldest.unwrap_or(Since::Unknown);
        whats.push(What::NotAtMinistries { changes: late.late, oldest, lacking: late.lacking.clone() });
    }
    if let Some(ahead_ms) = sources.clocks.own {
        whats.push(What::Clock { ahead_ms });
    }
    if let Some(newest) = sources.versions.newer_than(&own.version) {
        whats.push(What::OldVersion { version: own.version.clone(), newest });
    }
    let lonely = memory.connected_ms.is_none_or(|at| now.saturating_sub(at) > crate::limits::IN_TOUCH);
    if own.networked && lonely && known.charter.offices().any(|office| office.id != known.office) {
        whats.push(What::Alone { since_ms: memory.connected_ms });
    }
    let reported = known.beacons.iter().find(|(node, _)| *node == known.me).map(|(_, beacon)| beacon.time_ms);
    let watched = now.saturating_sub(memory.watching_ms) > 3 * REPORT;
    if own.networked && watched && reported.is_none_or(|at| now.saturating_sub(at) > 3 * REPORT) {
        whats.push(What::NoReport);
    }
    let mut findings: Vec<Finding> = whats.into_iter().map(|what| Finding::new(what, now)).collect();
    if let Some(oldest) = figures.only_here_oldest {
        let what = What::OnlyHere { changes: figures.only_here, oldest };
        let too_old = oldest.may_exceed(only_copy_max(place.0), now);
        findings.push(Finding::new(what, now).in_state(if too_old { State::AtRisk } else { State::InSync }));
    }
    OfficeHealth::of(known.office, place, findings, Some(now), now)
}

/// A growth of the only copies in a day that is nothing yet.
const GROWTH_MIN: u64 = 100;

/// How many offices are in each state, over all kinds.
impl Figures {
    /// How many offices are in this state.
    pub fn in_state(&self, state: State) -> u64 {
        self.offices.values().filter_map(|states: &BTreeMap<State, u64>| states.get(&state)).sum()
    }
}

#[cfg(test)]
mod tests;
