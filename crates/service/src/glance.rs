//! What stands at the top of every page: is everything of ours held elsewhere, and whom do we hear?

use std::collections::{BTreeMap, BTreeSet};

use ::health::{Alone, Behind};
use identity::{Class, NodeKey, OfficeId, ScopeName};
use serde::{Deserialize, Serialize};
use sync::PeerState;
use utoipa::ToSchema;
use views::{Filter, Page, SheetFilter};

use crate::{Service, changes::Changes, problem::Problem, reference, reply::OwnOffice};

/// An office that is connected now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Connected {
    /// Its name.
    pub office: String,
    /// Both hold the same of what both may read.
    pub equal: bool,
}

/// The last word of another office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Heard {
    /// Its name.
    pub office: String,
    /// When, by its clock, in Unix milliseconds.
    pub time_ms: i64,
}

/// What an officer needs to know at any time. It changes whenever something arrives, leaves, or is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Glance {
    /// The office.
    pub office: OwnOffice,
    /// The network is for practice.
    pub practice: bool,
    /// How many of its changes no other office is known to hold, though others are to have them.
    pub only_here: u64,
    /// How many live at this office alone by rule.
    pub by_rule: u64,
    /// When the oldest of them was written, in Unix milliseconds.
    pub only_here_since_ms: Option<i64>,
    /// Offices that are connected, by name.
    pub connected: Vec<Connected>,
    /// The last word of another office.
    pub heard: Option<Heard>,
    /// This office may register people of its region.
    pub may_register: bool,
    /// How many take part or took part.
    pub participants: u64,
    /// How many of them have a field with several values.
    pub contested: u64,
    /// How many other records have one.
    pub contested_records: u64,
    /// Stands for what the lists show: whoever saw another number sees something else now.
    pub shown: u64,
    /// The same for alerts and the states of offices, as of the last look at health.
    pub found: u64,
}

/// An office to which a stick can be carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Addressee {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What is only here, and what that means for this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OnlyHere {
    /// What no other office is known to hold, though others are to have it.
    pub changes: Changes,
    /// How many changes live at this office alone by rule, such as a guest book: a backup alone keeps them.
    pub by_rule: u64,
    /// When the newest backup was made, in Unix milliseconds.
    pub last_backup_ms: Option<i64>,
    /// The offices to which it can be carried by a stick: those above this one and those that are to have it.
    pub offices: Vec<Addressee>,
    /// Whether this node calls others; one without a network does not.
    pub calls: bool,
}

impl Service {
    pub(crate) async fn glance(&self) -> Result<Glance, Problem> {
        let node = self.node();
        let charter = node.charter();
        let office_of = |key: NodeKey| charter.as_ref().and_then(|charter| charter.office(&charter.node(&key)?.office));
        let own = node.office();
        let alone = self.alone().await?;
        // A link may be dead and not known to be: whoever is to have something that nobody has is not equal.
        let waits_for = |office: &OfficeId| alone.iter().any(|alone| alone.readers.contains(office));
        let mut connected: BTreeMap<String, bool> = BTreeMap::new();
        for peer in node.peers() {
            let equal = match peer.state {
                PeerState::Statements | PeerState::Catching => false,
                PeerState::Equal => true,
                PeerState::Greeting | PeerState::Proving | PeerState::Gone => continue,
            };
            if let Some(office) = office_of(peer.node).filter(|office| office.id != own) {
                let all = connected.entry(office.name.clone()).or_insert(true);
                *all &= equal && !waits_for(&office.id);
            }
        }
        let beacons = node.beacons().await.into_iter().map(|(key, beacon)| (key, beacon.time_ms));
        let receipts = node.receipts().await.into_iter().map(|(key, receipt)| (key, receipt.time_ms));
        let heard = beacons
            .chain(receipts)
            .filter_map(|(key, time_ms)| Some((time_ms, office_of(key).filter(|office| office.id != own)?)))
            .max_by_key(|(time_ms, _)| *time_ms)
            .map(|(time_ms, office)| Heard { office: office.name.clone(), time_ms });
        let mut since = None;
        for Alone { behind, .. } in alone.iter().filter(|alone| !alone.by_rule) {
            if let Some(header) = node.entry_header(&behind.journal, behind.held + 1)? {
                since = since.into_iter().chain([header.time_ms]).min();
            }
        }
        let (participants, contested, contested_records) = self
            .reading()
            .look(|views| {
                let all = views.list(&Filter::default(), Page::first(0))?.total;
                let contested = views.list(&Filter { contested: true, ..Filter::default() }, Page::first(0))?.total;
                let records = SheetFilter { contested: true, ..SheetFilter::default() };
                Ok((all, contested, views.sheets(&records, Page::first(0))?.total))
            })
            .await?;
        Ok(Glance {
            office: self.office(),
            practice: node.profile().1,
            only_here: changes_of(&alone, false),
            by_rule: changes_of(&alone, true),
            only_here_since_ms: since,
            connected: connected.into_iter().map(|(office, equal)| Connected { office, equal }).collect(),
            heard,
            may_register: self.may_register(),
            participants,
            contested,
            contested_records,
            shown: self.reading().applied(),
            found: self.looking().found(),
        })
    }

    /// Whether this office may enter people of some village of its region: what holds for one holds for all.
    fn may_register(&self) -> bool {
        let village = self.office().region.parse().ok().and_then(|region| reference::any_village(&region));
        let scope = village.and_then(|village| ScopeName::of_region(Class::Identity, &village).ok());
        scope.is_some_and(|scope| self.may_write(&scope))
    }

    pub(crate) async fn only_here_view(&self) -> Result<OnlyHere, Problem> {
        let alone = self.alone().await?;
        let by_rule = changes_of(&alone, true);
        let (charter, own) = (self.charter_or_none(), self.node().office());
        let mut ids: Vec<OfficeId> = charter.above(&own).into_iter().map(|office| office.id).collect();
        let readers: BTreeSet<OfficeId> =
            alone.iter().filter(|alone| !alone.by_rule).flat_map(|alone| alone.readers.iter().copied()).collect();
        ids.extend(
            readers.into_iter().filter(|reader| charter.above(&own).into_iter().all(|above| above.id != *reader)),
        );
        let can_open = |office: &&charter::Office| office.nodes.iter().any(|node| charter.is_active(node));
        let offices = ids.iter().filter_map(|id| charter.office(id)).filter(can_open);
        let behind: Vec<Behind> = alone.into_iter().filter(|alone| !alone.by_rule).map(|alone| alone.behind).collect();
        Ok(OnlyHere {
            by_rule,
            last_backup_ms: self.looking().last_backup_ms(),
            offices: offices.map(|office| Addressee { id: office.id.to_string(), name: office.name.clone() }).collect(),
            calls: self.node().calls(),
            changes: self.changes(&behind).await?,
        })
    }

    /// Changes whenever an office connects or goes.
    pub fn connections(&self) -> impl std::future::Future<Output = ()> + Send + 'static {
        let mut connected = self.node().connected();
        connected.mark_unchanged();
        // An error means that the node stops.
        async move { drop(connected.changed().await) }
    }

    /// Resolves when the lists show something else than when it was asked for.
    pub fn shows_something_else(&self) -> impl std::future::Future<Output = ()> + Send + 'static {
        let mut applied = self.reading().changes();
        applied.mark_unchanged();
        // An error means that the node stops.
        async move { drop(applied.changed().await) }
    }
}

/// How many changes are only here: those that are so by rule, or the others.
pub(crate) fn changes_of(alone: &[Alone], by_rule: bool) -> u64 {
    alone.iter().filter(|alone| alone.by_rule == by_rule).map(|alone| alone.behind.changes()).sum()
}

/// The offices in this set of keys, by name.
pub(crate) fn names(charter: &charter::Charter, offices: &BTreeSet<identity::OfficeId>) -> Vec<String> {
    let mut names: Vec<String> =
        offices.iter().filter_map(|office| Some(charter.office(office)?.name.clone())).collect();
    names.sort();
    names
}
