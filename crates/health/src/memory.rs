//! What has to be remembered from one look to the next: when each office was last heard of, how long it is used to be
//! silent, what stands still, and what was said before that must not be forgotten.
//!
//! The caller keeps it, as data, between looks and across restarts. Losing it loses habits, never a warning: an office
//! without a habit is one that is used to a weekend.
//!
//! # Why it never makes things look better
//! - An office is heard of at the time that it claims or at the time that we noticed, whichever is earlier; and once for
//!   each number that it signs. A replay is no sign of life, and neither is a claim of tomorrow.
//! - A habit is learned only from silences during all of which this node was watching.
//! - What an author vouched for in its own journal, and nobody is known to hold, is remembered by journal and thus by
//!   incarnation: a node that went back in time cannot take it back. It is forgotten when somebody holds it or a cut-off
//!   says that it does not count.

use std::collections::BTreeMap;

use charter::NodeState;
use identity::{Incarnation, JournalId, NodeKey, OfficeId};
use serde::{Deserialize, Serialize};
use sync::PeerState;

use crate::{
    known::{Known, Trail},
    limits::{CLOCK, DAY, HOUR, LOST, REMOVED_CALLED},
    report::figure,
};

/// A silence that is worth noting: shorter ones are a cable or a reboot.
const GAP_MIN: i64 = HOUR;

/// How many silences of an office are remembered, the newest.
const GAPS_KEPT: usize = 32;

/// How many silences make a habit.
const GAPS_FOR_HABIT: usize = 3;

/// After how long without silences an office is one that is never silent.
const ALWAYS_THERE_AFTER: i64 = 14 * DAY;

/// What an office is used to of which nothing was learned: from Friday afternoon to Monday morning.
const WEEKEND: i64 = 64 * HOUR;

/// The longest silence that can be a habit.
const HABIT_MAX: i64 = 30 * DAY;

/// How many days of what an office lacked are remembered.
const LAG_DAYS: usize = 30;

/// How long after the last look the next one finds that this node was not watching.
const BLIND_AFTER: i64 = HOUR / 2;

/// How many days' backlog is remembered.
const DAYS_KEPT: usize = 30;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    looked_ms: i64,
    /// Since when this node has been watching without a break.
    pub(crate) watching_ms: i64,
    /// When this node was last connected to another office.
    pub(crate) connected_ms: Option<i64>,
    pub(crate) offices: BTreeMap<OfficeId, Contact>,
    pub(crate) nodes: BTreeMap<NodeKey, Heard>,
    /// What authors vouched for in their own journals beyond what anybody else was known to hold.
    pub(crate) claimed: Vec<Claimed>,
    /// Changes that a node reported to be nowhere else, before it went on under another incarnation without them.
    pub(crate) unaccounted: Vec<Unaccounted>,
    /// Of each own journal, the first entry that nobody else was known to hold, and when that was noticed.
    pub(crate) only_here: Vec<(JournalId, u64, i64)>,
    /// Of each own journal: up to where it was known to be at another office, and at all that are to have it.
    pub(crate) arrived: Vec<(JournalId, u64, u64)>,
    /// Whether it looked before, so that a journal that is not among those has begun since.
    pub(crate) follows: bool,
    /// What each connected office owed or was owed, and since when that has not changed.
    pub(crate) standstill: BTreeMap<OfficeId, (u64, i64)>,
    /// Of each node: the scopes of which it shows something else than this one, by their numbers, and at how many looks
    /// that was seen.
    pub(crate) differs: BTreeMap<NodeKey, BTreeMap<i64, u32>>,
    /// Removed keys that called, and when last.
    removed_calls: BTreeMap<NodeKey, i64>,
    /// Since when items have been waiting without a moment of none.
    pub(crate) waiting_ms: Option<i64>,
    /// Of the last days: the day, and the only copies at its first and at its newest look.
    pub(crate) backlog: Vec<(i64, u64, u64)>,
    /// Of each office: the days since the epoch at which it lacked changes, and how many at most.
    lag: BTreeMap<OfficeId, Vec<(i64, u64)>>,
}

/// When an office was heard of first and last, or a silence: the last word before it and the first after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// From when, in Unix milliseconds.
    pub first_ms: i64,
    /// Until when.
    pub last_ms: i64,
}

/// What is known of an office's presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) heard: Span,
    /// The newest silences, oldest first.
    #[serde(default)]
    pub(crate) silences: Vec<Span>,
}

/// How an office kept in touch, as far as this node noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InTouch {
    /// When it was heard of first and last; none if it never was.
    pub heard: Option<Span>,
    /// Its newest silences, oldest first.
    pub silences: Vec<Span>,
    /// How long it is used to be silent, in milliseconds.
    pub habit_ms: i64,
    /// The days, counted from 1 January 1970 UTC, at which it lacked changes, and how many at most.
    pub lag: Vec<(i64, u64)>,
}

/// What was heard of one node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Heard {
    /// The number of its newest report, and when it was made: its claim, or when we noticed if that was earlier.
    pub(crate) beacon: u64,
    pub(crate) beacon_ms: i64,
    /// The number of its newest receipt.
    pub(crate) receipt: u64,
    /// Under which incarnation it wrote when it reported last, and how many changes were nowhere else then.
    pub(crate) incarnation: Option<Incarnation>,
    pub(crate) only_here: u64,
    /// When the oldest of those was written, if it said so, and as of when all this holds: a report that does not speak
    /// of it, such as the first after a start, takes nothing of it back.
    pub(crate) only_here_since: Option<i64>,
    pub(crate) only_here_ms: i64,
    /// How far its trail was written, and the newest time that it was shorter than before, or another.
    pub(crate) trail: Option<Trail>,
    pub(crate) trail_cut: Option<TrailCut>,
    /// Whether it was connected at the last look, and whether a report came since.
    connected: bool,
    reported: bool,
    /// How far its clock was ahead of ours at the last report that came fresh.
    pub(crate) ahead_ms: Option<i64>,
}

/// A trail of which lines are gone that were reported before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TrailCut {
    /// How many lines there were.
    pub(crate) had: u64,
    /// How many there were afterwards.
    pub(crate) has: u64,
    /// When that was reported.
    pub(crate) as_of_ms: i64,
}

/// What an author vouched for in its own journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claimed {
    pub(crate) journal: JournalId,
    pub(crate) seq: u64,
    pub(crate) as_of_ms: i64,
}

/// Changes that were nowhere else when their node reported, and that it did not have any more afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unaccounted {
    pub(crate) node: NodeKey,
    pub(crate) incarnation: Incarnation,
    pub(crate) changes: u64,
    pub(crate) as_of_ms: i64,
}

impl Memory {
    /// A person has looked into the changes that a node may have lost: they are not spoken of any more.
    pub fn settle_lost(&mut self, office: OfficeId, known: &Known<'_>) {
        self.unaccounted.retain(|lost| known.office_of(&lost.node) != Some(office));
    }

    /// The removed keys that called within the last day, and when last.
    pub fn removed_calls(&self) -> &BTreeMap<NodeKey, i64> {
        &self.removed_calls
    }

    /// Whether an office was ever heard of.
    pub(crate) fn seen(&self, office: &OfficeId) -> bool {
        self.offices.contains_key(office)
    }

    /// How long an office is used to be silent, in milliseconds.
    pub(crate) fn habit(&self, office: &OfficeId) -> i64 {
        let Some(contact) = self.offices.get(office) else { return WEEKEND };
        let length = |silence: &Span| silence.last_ms.saturating_sub(silence.first_ms);
        let mut gaps: Vec<i64> = contact.silences.iter().map(length).collect();
        gaps.sort_unstable();
        if gaps.len() < GAPS_FOR_HABIT {
            let always = contact.heard.last_ms.saturating_sub(contact.heard.first_ms) >= ALWAYS_THERE_AFTER;
            return if always { gaps.last().copied().unwrap_or(GAP_MIN) } else { WEEKEND };
        }
        // One in ten does not count: a broken modem is no habit.
        let at = (gaps.len() * 9).div_ceil(10).saturating_sub(1);
        gaps.get(at).copied().unwrap_or(WEEKEND).clamp(GAP_MIN, HABIT_MAX)
    }

    /// After how long a silence an office is lost: a week, or more where it is used to more.
    pub(crate) fn lost_after(&self, office: &OfficeId) -> i64 {
        self.habit(office).max(LOST)
    }

    /// Notes who was heard of. Called once at each look, before anything is judged.
    pub(crate) fn observe(&mut self, known: &Known<'_>) {
        let now = known.now_ms;
        if now < self.looked_ms || now - self.looked_ms > BLIND_AFTER {
            self.watching_ms = now;
        }
        self.looked_ms = now;
        // What was noted under a clock that was ahead is not later than now.
        for contact in self.offices.values_mut() {
            contact.heard.last_ms = contact.heard.last_ms.min(now);
            contact.heard.first_ms = contact.heard.first_ms.min(now);
        }
        self.nodes.retain(|node, _| known.charter.node(node).is_some());
        self.observe_removed(known);
        self.observe_sessions(known);
        self.observe_beacons(known);
        self.observe_receipts(known);
    }

    fn observe_removed(&mut self, known: &Known<'_>) {
        let removed = |node: &NodeKey| {
            known.charter.node(node).is_some_and(|node| matches!(node.state, NodeState::Removed { .. }))
        };
        for (node, at) in known.turned_away.iter().filter(|(node, _)| removed(node)) {
            let last = self.removed_calls.entry(*node).or_insert(*at);
            *last = (*at).max(*last);
        }
        self.removed_calls.retain(|_, at| (known.now_ms - REMOVED_CALLED..=known.now_ms).contains(at));
    }

    fn observe_sessions(&mut self, known: &Known<'_>) {
        let there = |state: PeerState| !matches!(state, PeerState::Greeting | PeerState::Proving | PeerState::Gone);
        let connected: Vec<NodeKey> = known
            .peers
            .iter()
            .filter(|peer| there(peer.state) && known.charter.is_active(&peer.node))
            .map(|peer| peer.node)
            .collect();
        for (node, heard) in &mut self.nodes {
            heard.connected = connected.contains(node);
            heard.reported &= heard.connected;
        }
        for node in connected {
            self.nodes.entry(node).or_default().connected = true;
            self.heard(known, &node, known.now_ms);
            if known.office_of(&node) != Some(known.office) {
                self.connected_ms = Some(known.now_ms);
            }
        }
    }

    fn observe_beacons(&mut self, known: &Known<'_>) {
        for (node, beacon) in known.beacons {
            if *node == known.me || !known.charter.is_active(node) {
                continue;
            }
            let heard = self.nodes.entry(*node).or_default();
            // The first report of a session may have been made long before it; one from now or later was not, and it may
            // have come before the session counted as one.
            let ahead_ms = beacon.time_ms.saturating_sub(known.now_ms);
            let is_new = beacon.number > heard.beacon;
            let first = heard.connected && !heard.reported && beacon.number >= heard.beacon && ahead_ms >= -CLOCK;
            if first || (is_new && heard.connected && heard.reported) {
                (heard.ahead_ms, heard.reported) = (Some(ahead_ms), true);
            }
            if !is_new {
                continue;
            }
            let as_of_ms = beacon.time_ms.min(known.now_ms);
            heard.reported = heard.connected;
            let incarnation = beacon.figures.get(figure::INCARNATION).map(|number| Incarnation(number.to_be_bytes()));
            let earlier = count(beacon, figure::ONLY_HERE_EARLIER);
            if let (Some(before), Some(after)) = (heard.incarnation, incarnation)
                && before != after
                && heard.only_here > earlier
            {
                let changes = heard.only_here - earlier;
                let lost = Unaccounted { node: *node, incarnation: before, changes, as_of_ms: heard.only_here_ms };
                self.unaccounted.retain(|known| (known.node, known.incarnation) != (lost.node, lost.incarnation));
                self.unaccounted.push(lost);
            }
            heard.beacon = beacon.number;
            heard.beacon_ms = as_of_ms;
            heard.incarnation = incarnation.or(heard.incarnation);
            if let Some(trail) = Trail::of(&beacon.figures) {
                if let Some(before) = heard.trail.filter(|before| trail.was_cut_since(*before)) {
                    heard.trail_cut = Some(TrailCut { had: before.lines, has: trail.lines, as_of_ms });
                }
                heard.trail = Some(trail);
            }
            if beacon.figures.contains_key(figure::ONLY_HERE) {
                heard.only_here = count(beacon, figure::ONLY_HERE);
                heard.only_here_since = beacon.figures.get(figure::ONLY_HERE_SINCE).copied();
                heard.only_here_ms = as_of_ms;
            }
            self.heard(known, node, as_of_ms);
        }
    }

    fn observe_receipts(&mut self, known: &Known<'_>) {
        let here: BTreeMap<&JournalId, u64> = known.held.iter().map(|(journal, at)| (journal, at.seq)).collect();
        for (holder, receipt) in known.receipts {
            if *holder == known.me || !known.charter.is_active(holder) {
                continue;
            }
            let as_of_ms = receipt.time_ms.min(known.now_ms);
            for (short, point) in receipt.points.iter().filter(|(short, _)| short.node == *holder) {
                let journal = short.in_scope(&receipt.scope);
                match self.claimed.iter_mut().find(|claimed| claimed.journal == journal) {
                    Some(claimed) if claimed.seq >= point.seq => {}
                    Some(claimed) => (claimed.seq, claimed.as_of_ms) = (point.seq, as_of_ms),
                    None => {
                        if point.seq > here.get(&journal).copied().unwrap_or(0) {
                            self.claimed.push(Claimed { journal, seq: point.seq, as_of_ms });
                        }
                    }
                }
            }
            let heard = self.nodes.entry(*holder).or_default();
            if receipt.number > heard.receipt {
                heard.receipt = receipt.number;
                self.heard(known, holder, as_of_ms);
            }
        }
    }

    /// An office gave a sign of life at this moment.
    fn heard(&mut self, known: &Known<'_>, node: &NodeKey, at_ms: i64) {
        let Some(office) = known.office_of(node) else { return };
        let watching = self.watching_ms;
        let heard = Span { first_ms: at_ms, last_ms: at_ms };
        let contact = self.offices.entry(office).or_insert(Contact { heard, silences: Vec::new() });
        contact.heard.first_ms = contact.heard.first_ms.min(at_ms);
        let silence = at_ms.saturating_sub(contact.heard.last_ms);
        if silence >= GAP_MIN && contact.heard.last_ms >= watching {
            contact.silences.push(Span { first_ms: contact.heard.last_ms, last_ms: at_ms });
            let over = contact.silences.len().saturating_sub(GAPS_KEPT);
            contact.silences.drain(..over);
        }
        contact.heard.last_ms = contact.heard.last_ms.max(at_ms);
    }

    /// How an office kept in touch.
    pub fn in_touch(&self, office: &OfficeId) -> InTouch {
        let contact = self.offices.get(office);
        InTouch {
            heard: contact.map(|contact| contact.heard),
            silences: contact.map(|contact| contact.silences.clone()).unwrap_or_default(),
            habit_ms: self.habit(office),
            lag: self.lag.get(office).cloned().unwrap_or_default(),
        }
    }

    /// Notes what an office lacks.
    pub(crate) fn lacked(&mut self, office: OfficeId, lacks: u64, now_ms: i64) {
        let day = now_ms.div_euclid(DAY);
        if lacks > 0 {
            let days = self.lag.entry(office).or_default();
            match days.last_mut() {
                Some((of, most)) if *of == day => *most = lacks.max(*most),
                _ => days.push((day, lacks)),
            }
        }
        let recent = |of: i64| (day - LAG_DAYS as i64 + 1..=day).contains(&of);
        if let Some(days) = self.lag.get_mut(&office) {
            days.retain(|(of, _)| recent(*of));
            if days.is_empty() {
                self.lag.remove(&office);
            }
        }
    }

    /// Notes what has not moved; gives back since when.
    pub(crate) fn stands_still(&mut self, office: OfficeId, mark: u64, now_ms: i64) -> i64 {
        let still = self.standstill.entry(office).or_insert((mark, now_ms));
        if still.0 != mark || still.1 > now_ms {
            *still = (mark, now_ms);
        }
        still.1
    }

    /// Notes since when an own journal has an entry that is nowhere else; gives back when that was first noticed.
    pub(crate) fn only_here_since(&mut self, journal: &JournalId, first: u64, now_ms: i64) -> i64 {
        match self.only_here.iter_mut().find(|(of, ..)| of == journal) {
            Some((_, seq, since)) if *seq == first => {
                *since = (*since).min(now_ms);
                *since
            }
            // Those before it are held by now, or a holder broke its word: then the older date stays.
            Some((_, seq, since)) => {
                if first > *seq {
                    *since = now_ms;
                }
                *seq = first;
                *since
            }
            None => {
                self.only_here.push((journal.clone(), first, now_ms));
                now_ms
            }
        }
    }

    /// Notes how many only copies there are; gives back by how many they grew today, and by how many on a usual day of
    /// the last thirty, if a week is known.
    pub(crate) fn grown(&mut self, only_here: u64, now_ms: i64) -> (u64, Option<u64>) {
        let day = now_ms.div_euclid(DAY);
        self.backlog.retain(|(of, ..)| *of <= day);
        match self.backlog.last_mut() {
            Some((of, _, newest)) if *of == day => *newest = only_here,
            _ => self.backlog.push((day, only_here, only_here)),
        }
        let over = self.backlog.len().saturating_sub(DAYS_KEPT + 1);
        self.backlog.drain(..over);
        let Some(((_, began, _), before)) = self.backlog.split_last() else { return (0, None) };
        let growth = before.iter().map(|(_, first, last)| last.saturating_sub(*first));
        let usual = (before.len() >= 7).then(|| growth.sum::<u64>() / before.len() as u64);
        (only_here.saturating_sub(*began), usual)
    }
}

/// A figure of a report that counts something. What is no count is none.
pub(crate) fn count(beacon: &sync::Beacon, name: &str) -> u64 {
    beacon.figures.get(name).and_then(|value| u64::try_from(*value).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
