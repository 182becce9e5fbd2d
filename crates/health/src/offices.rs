//! How another office is, from its own word, from what others hold of it, and from its silence.
//!
//! # Why it never says too little
//! - What an office reports of itself can only add to what was found otherwise: a report of "nothing is only here" hides
//!   neither what it vouched for in its own journals, nor its silence, nor that it lacks what is held here.
//! - "At least" is the larger of its own figure and of what is proved; both stand with the moment as of which they hold.
//! - An office that went on under another incarnation answers for what it said under the one before.

use std::collections::{BTreeMap, BTreeSet};

use charter::{Charter, Office, Standing};
use identity::{NodeKey, OfficeId};
use sync::{Beacon, PeerState};

use crate::{
    evidence::Evidence,
    holders::elsewhere,
    judge::{OfficeHealth, only_copy_max},
    known::Known,
    limits::{CLOCK, IN_TOUCH, REPORT, STUCK, TRAIL_CUT},
    memory::{Memory, count},
    report::figure,
    shows::differing,
    state::{Finding, Since, State, What},
};

/// Lets go of what authors vouched for once somebody is known to hold it, or once it does not count any more.
pub(crate) fn forget_what_is_held(known: &Known<'_>, memory: &mut Memory, evidence: &Evidence<'_>) {
    let here: BTreeMap<_, u64> = evidence
        .journals
        .iter()
        .zip(known.held)
        .map(|(journal, (_, point))| (journal.id, point.seq.max(elsewhere(&journal.held))))
        .collect();
    memory.claimed.retain_mut(|claimed| {
        match known.charter.standing(&claimed.journal) {
            Standing::CutOff(cut) => claimed.seq = claimed.seq.min(cut.map_or(0, |cut| cut.seq)),
            Standing::Unknown | Standing::NoRight => return false,
            Standing::Open | Standing::Frozen(_) => {}
        }
        claimed.seq > here.get(&claimed.journal).copied().unwrap_or(0)
    });
}

/// What is looked up once for all offices: there may be thousands.
pub(crate) struct Sources<'a> {
    pub(crate) clocks: Clocks,
    pub(crate) versions: Versions,
    beacons: BTreeMap<NodeKey, &'a Beacon>,
    lacks: BTreeMap<OfficeId, u64>,
}

impl<'a> Sources<'a> {
    pub(crate) fn of(known: &Known<'a>, memory: &Memory, evidence: &Evidence<'_>) -> Self {
        Self {
            clocks: Clocks::of(known, memory),
            versions: Versions::of(known),
            beacons: known.beacons.iter().map(|(node, beacon)| (*node, beacon)).collect(),
            lacks: evidence.lacks(),
        }
    }
}

/// Judges one office.
pub(crate) fn judge(known: &Known<'_>, memory: &mut Memory, office: &Office, sources: &Sources<'_>) -> OfficeHealth {
    let place = (office.kind, office.region.clone());
    let now = known.now_ms;
    let Some(contact) = memory.offices.get(&office.id).map(|contact| contact.heard.last_ms) else {
        let revoked = office.nodes.iter().all(|node| !known.charter.is_active(node));
        let what = if revoked { What::Revoked } else { What::NeverSeen };
        return OfficeHealth::of(office.id, place, vec![Finding::new(what, now)], None, now);
    };
    let mut findings = reported(known, memory, office, sources);
    findings.extend(proved(known, memory, office));
    if let Some(ahead_ms) = sources.clocks.others.get(&office.id) {
        findings.push(Finding::new(What::Clock { ahead_ms: *ahead_ms }, contact));
    }
    let connected = is_connected(known, &office.id);
    let lacks = sources.lacks.get(&office.id).copied().unwrap_or(0);
    memory.lacked(office.id, lacks, now);
    let (behind, comparing) = busy(known, &office.id);
    let busy = behind + comparing;
    // Who is not connected here may still get what it lacks from others: it is not stuck. That its sessions compare again
    // and again moves nothing.
    let since_ms = match connected {
        true => memory.stands_still(office.id, lacks.wrapping_mul(1 << 20).wrapping_add(behind), now),
        false => now,
    };
    if !connected {
        memory.standstill.remove(&office.id);
    }
    if lacks > 0 || busy > 0 {
        let stuck = now.saturating_sub(since_ms) > STUCK;
        let what = if stuck { What::Stuck { since_ms, lacks } } else { What::CatchingUp { lacks: lacks.max(busy) } };
        findings.push(Finding::new(what, now));
    }
    if !connected && now.saturating_sub(contact) > IN_TOUCH {
        let (usual_ms, away_until_ms) = (memory.habit(&office.id), known.away_until(office));
        let lost = away_until_ms.is_none() && now.saturating_sub(contact) >= memory.lost_after(&office.id);
        let what = What::Silent { since_ms: contact, usual_ms, away_until_ms };
        findings.push(Finding::new(what, contact).in_state(if lost { State::Lost } else { State::Offline }));
    }
    let found = OfficeHealth::of(office.id, place, findings, Some(contact), now);
    OfficeHealth { lacks, not_here: vouched_for(known, memory, office).0, ..found }
}

/// How many changes its author vouched for that are not held here, and as of when.
fn vouched_for(known: &Known<'_>, memory: &Memory, office: &Office) -> (u64, i64) {
    let claimed = memory.claimed.iter().filter(|claimed| office.nodes.contains(&claimed.journal.node));
    let (mut changes, mut as_of) = (0_u64, i64::MAX);
    for claimed in claimed {
        let held = known.held.iter().find(|(journal, _)| *journal == claimed.journal).map_or(0, |(_, at)| at.seq);
        changes = changes.saturating_add(claimed.seq.saturating_sub(held));
        as_of = as_of.min(claimed.as_of_ms);
    }
    (changes, as_of)
}

fn is_connected(known: &Known<'_>, office: &OfficeId) -> bool {
    known.peers.iter().any(|peer| {
        let there = matches!(peer.state, PeerState::Statements | PeerState::Catching | PeerState::Equal);
        there && peer.office == Some(*office) && known.charter.is_active(&peer.node)
    })
}

/// How many journals this node still fetches from an office, and how many of its sessions still compare.
fn busy(known: &Known<'_>, office: &OfficeId) -> (u64, u64) {
    let sessions = known.peers.iter().filter(|peer| peer.office == Some(*office));
    sessions.fold((0, 0), |(behind, comparing), peer| {
        let compares = matches!(peer.state, PeerState::Statements | PeerState::Catching);
        (behind + peer.behind as u64, comparing + u64::from(compares))
    })
}

/// What its nodes say of themselves.
fn reported(known: &Known<'_>, memory: &Memory, office: &Office, sources: &Sources<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut changes, mut oldest, mut as_of) = (0_u64, None::<Since>, i64::MAX);
    for node in office.nodes.iter().filter(|node| known.charter.is_active(node)) {
        let Some(beacon) = sources.beacons.get(node) else { continue };
        let at = memory.nodes.get(node).map_or(known.now_ms.min(beacon.time_ms), |heard| heard.beacon_ms);
        let damage = count(beacon, figure::DAMAGE);
        if damage > 0 {
            findings.push(Finding::new(What::Damage { parts: damage }, at));
        }
        if count(beacon, figure::FULL) > 0 {
            findings.push(Finding::new(What::Full, at));
        }
        let refused = count(beacon, figure::REFUSED);
        if refused > 0 {
            findings.push(Finding::new(What::Refused { items: refused }, at));
        }
        let by_rule = count(beacon, figure::BY_RULE);
        if by_rule > 0 {
            let backup_ms = beacon.figures.get(figure::BACKUP).copied();
            findings.push(Finding::new(What::ByRule { changes: by_rule, backup_ms }, at));
        }
        if let Some(newest) = sources.versions.newer_than(&beacon.version) {
            let version: String = beacon.version.chars().take(VERSION_CHARS_MAX).collect();
            findings.push(Finding::new(What::OldVersion { version, newest }, at));
        }
    }
    for node in office.nodes.iter().filter(|node| known.charter.is_active(node)) {
        let Some(heard) = memory.nodes.get(node).filter(|heard| heard.only_here > 0) else { continue };
        changes = changes.saturating_add(heard.only_here);
        let since =
            heard.only_here_since.filter(|since| *since <= heard.only_here_ms).map_or(Since::Unknown, Since::At);
        oldest = Some(oldest.map_or(since, |known| known.min(since)));
        as_of = as_of.min(heard.only_here_ms);
    }
    // What it vouched for and nobody holds: its word of today takes nothing of that back.
    let (proved, proved_as_of) = vouched_for(known, memory, office);
    if proved > changes {
        (changes, as_of) = (proved, proved_as_of);
        oldest = Some(oldest.map_or(Since::At(proved_as_of), |since| since.min(Since::At(proved_as_of))));
    }
    if let Some(oldest) = oldest {
        let too_old = oldest.may_exceed(only_copy_max(office.kind), known.now_ms);
        let finding = Finding::new(What::OnlyHere { changes, oldest }, as_of);
        findings.push(finding.in_state(if too_old { State::AtRisk } else { State::InSync }));
    }
    findings
}

/// How long a version may be that is shown.
const VERSION_CHARS_MAX: usize = 32;

/// What is proved against it, or follows from what it said before.
fn proved(known: &Known<'_>, memory: &Memory, office: &Office) -> Vec<Finding> {
    let mut findings = Vec::new();
    let forked: BTreeSet<NodeKey> = known.open_forks().map(|journal| journal.node).collect();
    for node in office.nodes.iter().filter(|node| forked.contains(node)) {
        findings.push(Finding::new(What::Forked { node: *node }, known.now_ms));
    }
    let scopes = differing(memory, &office.nodes);
    if scopes > 0 {
        findings.push(Finding::new(What::ShowsOther { scopes }, known.now_ms));
    }
    if office.nodes.iter().all(|node| !known.charter.is_active(node)) {
        findings.push(Finding::new(What::Revoked, known.now_ms));
    }
    for cut in office.nodes.iter().filter_map(|node| memory.nodes.get(node)?.trail_cut) {
        if known.now_ms.saturating_sub(cut.as_of_ms) <= TRAIL_CUT {
            findings.push(Finding::new(What::TrailCut { had: cut.had, has: cut.has }, cut.as_of_ms));
        }
    }
    for lost in memory.unaccounted.iter().filter(|lost| office.nodes.contains(&lost.node)) {
        findings.push(Finding::new(What::MaybeLost { changes: lost.changes }, lost.as_of_ms));
    }
    findings
}

/// Whose clock is off.
pub(crate) struct Clocks {
    /// How far this node's own is ahead of what most others say; none while nobody can tell.
    pub(crate) ahead: Option<i64>,
    /// The same where it is off.
    pub(crate) own: Option<i64>,
    /// How far those of others are ahead of what most say.
    pub(crate) others: BTreeMap<OfficeId, i64>,
}

impl Clocks {
    /// Two that agree against this node are right; of one alone nobody can tell, so that one is named.
    pub(crate) fn of(known: &Known<'_>, memory: &Memory) -> Self {
        let mut ahead: Vec<(OfficeId, i64)> = Vec::new();
        for (node, heard) in &memory.nodes {
            if let Some((office, by)) = known.office_of(node).zip(heard.ahead_ms) {
                ahead.push((office, by));
            }
        }
        let mut sorted: Vec<i64> = ahead.iter().map(|(_, by)| *by).collect();
        sorted.sort_unstable();
        let most = if sorted.len() >= 2 { sorted.get((sorted.len() - 1) / 2).copied() } else { None };
        let median = most.unwrap_or(0);
        let off = |by: i64| !(-CLOCK - REPORT..=CLOCK).contains(&by);
        let own = off(median).then_some(median.saturating_neg());
        let right = if own.is_some() { median } else { 0 };
        let others = ahead.into_iter().map(|(office, by)| (office, by.saturating_sub(right)));
        Self {
            ahead: most.map(i64::saturating_neg),
            own,
            others: others.filter(|(office, by)| off(*by) && *office != known.office).collect(),
        }
    }
}

/// Which versions are about.
pub(crate) struct Versions {
    newest: Option<(Version, String)>,
}

type Version = (u64, u64, u64);

/// `major.minor.patch`; what follows a hyphen or plus is left out.
fn version(text: &str) -> Option<Version> {
    let mut parts = text.split(['-', '+']).next()?.split('.').map(|part| part.parse().ok());
    let version = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(version)
}

impl Versions {
    /// The newest that this node runs, or that two other offices do: one alone may say anything.
    pub(crate) fn of(known: &Known<'_>) -> Self {
        let charter: &Charter = known.charter;
        let mut about: BTreeMap<Version, BTreeSet<OfficeId>> = BTreeMap::new();
        let active = |(node, _): &&(NodeKey, Beacon)| charter.is_active(node) && *node != known.me;
        for (node, beacon) in known.beacons.iter().filter(active) {
            if let Some((office, version)) = known.office_of(node).zip(version(&beacon.version)) {
                about.entry(version).or_default().insert(office);
            }
        }
        let own = version(&known.own.version);
        let agreed = about.iter().rev().find(|(_, offices)| offices.len() >= 2).map(|(version, _)| *version);
        let newest = own.max(agreed).map(|newest| (newest, format!("{}.{}.{}", newest.0, newest.1, newest.2)));
        Self { newest }
    }

    /// The newest version if this one is older.
    pub(crate) fn newer_than(&self, text: &str) -> Option<String> {
        let (newest, name) = self.newest.as_ref()?;
        version(text).is_some_and(|this| this < *newest).then(|| name.clone())
    }
}
