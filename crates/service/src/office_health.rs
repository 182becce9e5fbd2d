//! One office, as an administrator looks at it: how it is, what each side lacks of the other, how it kept in touch, whom
//! to call there and what was noted.

use std::collections::BTreeMap;

use ::health::{Span, State, words};
use charter::NodeState;
use identity::{NodeKey, OfficeId};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};
use sync::PeerState;

use crate::{
    Service,
    changes::Changes,
    contacts::{AwayView, ContactView, OfficeNote},
    health::{AlertView, OfficeHealthView},
    problem::Problem,
    trail::digest,
};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Something that was found about an office, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundView {
    /// The state that it puts the office in.
    pub state: State,
    /// What it is, as of when.
    pub sentence: words::Said,
    /// Why it matters.
    pub why: words::Said,
    /// What to do.
    pub action: words::Said,
}

/// A node of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeStanding {
    /// Its key.
    pub key: String,
    /// How it begins, as it is shown.
    pub short: String,
    /// Whether it is this node.
    pub own: bool,
    /// Whether it was removed.
    pub removed: bool,
    /// Whether it is connected to this node now.
    pub connected: bool,
    /// The version that it runs, by its newest report.
    pub version: Option<String>,
    /// When it reported last by its own clock, in Unix milliseconds.
    pub reported_ms: Option<i64>,
    /// How many lines its trail of who opened which record had then, and the beginning of the hash of the last.
    pub trail: Option<(u64, String)>,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeReport {
    /// How it is.
    pub office: OfficeHealthView,
    /// When this node looked, in Unix milliseconds.
    pub now_ms: i64,
    /// Whether it is this node's own.
    pub own: bool,
    /// What was found, the worst first.
    pub found: Vec<FoundView>,
    /// What somebody should do something about.
    pub alerts: Vec<AlertView>,
    /// How many changes that are held here it is not known to hold.
    pub lacks: u64,
    /// Whether it stands below this office: then what is written for a whole region or the country is not counted, for of
    /// that it gives no receipts.
    pub below: bool,
    /// What these are about.
    pub lacking: Changes,
    /// How many changes it vouched for that are not held here.
    pub not_here: u64,
    /// When it was heard of first and last; none if it never was.
    pub heard: Option<Span>,
    /// Its newest silences, the newest first.
    pub silences: Vec<Span>,
    /// How long it is used to be silent, in milliseconds.
    pub habit_ms: i64,
    /// What it lacked at most on each of the last thirty days, as `2026-12-01`, the oldest first.
    pub lag: Vec<(String, u64)>,
    /// Whom to call, as it says itself.
    pub contacts: Vec<ContactView>,
    /// The absences that it announced and that are not over.
    pub away: Vec<AwayView>,
    /// What was noted here, the newest first.
    pub notes: Vec<OfficeNote>,
    /// Its nodes.
    pub nodes: Vec<NodeStanding>,
}

impl Service {
    pub(crate) async fn office_health(&self, office: &str) -> Result<OfficeReport, Problem> {
        let id = self.office_id(office)?;
        let looked = self.look_at_health().await?;
        let now_ms = looked.health.now_ms;
        let found = looked.health.office(&id).ok_or_else(|| {
            Problem::not_found(
                format!("this office does not answer for {}", looked.name(&id)),
                "ask an office above or below it",
            )
        })?;
        let own = id == looked.health.own;
        let view = |finding: &::health::Finding| FoundView {
            state: finding.state,
            sentence: looked.speak(|speaker| speaker.sentence(&id, &finding.what, finding.as_of_ms)),
            why: words::why(&finding.what),
            action: words::action(&finding.what, own),
        };
        let touch = self.looking().in_touch(&id);
        Ok(OfficeReport {
            now_ms,
            own,
            found: found.findings.iter().map(view).collect(),
            alerts: self.alerts(&looked, |alert| alert.office == id),
            lacks: found.lacks,
            below: looked.charter.above(&id).into_iter().any(|above| above.id == looked.health.own),
            lacking: if found.lacks > 0 { self.lacking(id).await? } else { Changes::default() },
            not_here: found.not_here,
            heard: touch.heard,
            silences: touch.silences.into_iter().rev().collect(),
            habit_ms: touch.habit_ms,
            lag: days(&touch.lag, now_ms),
            contacts: looked.contacts.of(&id),
            away: looked.contacts.away(&id, Zoned::now().date()),
            notes: self.0.office_notes.of(&id),
            nodes: self.standing_of(&looked.charter, &id).await,
            office: looked.office(found),
        })
    }

    /// The office of an id or a name; the own one has an id before the charter knows it.
    pub(crate) fn office_id(&self, id_or_name: &str) -> Result<OfficeId, Problem> {
        let own = self.node().office();
        if id_or_name.parse() == Ok(own) { Ok(own) } else { Ok(self.office_named(id_or_name)?.id) }
    }

    async fn standing_of(&self, charter: &charter::Charter, office: &OfficeId) -> Vec<NodeStanding> {
        let beacons: BTreeMap<NodeKey, sync::Beacon> = self.node().beacons().await.into_iter().collect();
        let there = |state: PeerState| !matches!(state, PeerState::Greeting | PeerState::Proving | PeerState::Gone);
        let peers: Vec<NodeKey> =
            self.node().peers().into_iter().filter(|peer| there(peer.state)).map(|peer| peer.node).collect();
        let standing = |key: &NodeKey| NodeStanding {
            key: key.to_string(),
            short: key.short(),
            own: *key == self.node().key(),
            removed: matches!(charter.node(key).map(|node| &node.state), Some(NodeState::Removed { .. })),
            connected: *key == self.node().key() || peers.contains(key),
            version: beacons.get(key).map(|beacon| beacon.version.chars().take(32).collect()),
            reported_ms: beacons.get(key).map(|beacon| beacon.time_ms),
            trail: beacons
                .get(key)
                .and_then(|beacon| ::health::Trail::of(&beacon.figures))
                .map(|trail| (trail.lines, digest(trail))),
        };
        match charter.office(office) {
            Some(office) => office.nodes.iter().map(standing).collect(),
            None => vec![standing(&self.node().key())],
        }
    }
}

/// Each of the last thirty days with what was lacking on it: none where nothing was noted.
fn days(lag: &[(i64, u64)], now_ms: i64) -> Vec<(String, u64)> {
    let today = now_ms.div_euclid(DAY_MS);
    let named = |day: i64| {
        let at = Timestamp::from_millisecond(day.saturating_mul(DAY_MS)).unwrap_or_default();
        let lacked = lag.iter().find(|(of, _)| *of == day).map_or(0, |(_, most)| *most);
        (at.to_zoned(TimeZone::UTC).date().to_string(), lacked)
    };
    (today - 29..=today).map(named).collect()
}
