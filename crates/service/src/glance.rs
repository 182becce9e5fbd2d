//! What stands at the top of every page: is everything of ours held elsewhere, and whom do we hear?

use std::collections::{BTreeMap, BTreeSet};

use identity::{Class, Coordinate, JournalId, NodeKey, ScopeName};
use serde::{Deserialize, Serialize};
use sync::PeerState;
use utoipa::ToSchema;
use views::{Filter, Page, SheetFilter};

use crate::{
    Service,
    find::{FoundRow, found_row},
    problem::Problem,
    reference,
    reply::OwnOffice,
};

/// The newest entries that are looked through for whose they are: more are counted, and not named.
const NAMED_ENTRIES_MAX: u64 = 400;

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
    /// How many of its changes no other office is known to hold.
    pub only_here: u64,
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
}

/// Somebody of whom something is only here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OnlyHereRow {
    /// Who.
    pub row: FoundRow,
    /// How many changes.
    pub changes: u64,
    /// The oldest of them.
    pub since_ms: i64,
}

/// What is only here, by whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OnlyHere {
    /// All changes.
    pub changes: u64,
    /// People, the oldest first.
    pub people: Vec<OnlyHereRow>,
    /// Changes that belong to nobody in this list: there are too many, or their record is not shown.
    pub others: u64,
}

impl Service {
    pub(crate) async fn glance(&self) -> Result<Glance, Problem> {
        let node = self.node();
        let charter = node.charter();
        let office_of = |key: NodeKey| charter.as_ref().and_then(|charter| charter.office(&charter.node(&key)?.office));
        let own = node.office();
        let mut connected: BTreeMap<String, bool> = BTreeMap::new();
        for peer in node.peers() {
            let equal = match peer.state {
                PeerState::Statements | PeerState::Catching => false,
                PeerState::Equal => true,
                PeerState::Greeting | PeerState::Proving | PeerState::Gone => continue,
            };
            if let Some(office) = office_of(peer.node).filter(|office| office.id != own) {
                let all = connected.entry(office.name.clone()).or_insert(true);
                *all &= equal;
            }
        }
        let beacons = node.beacons().await.into_iter().map(|(key, beacon)| (key, beacon.time_ms));
        let receipts = node.receipts().await.into_iter().map(|(key, receipt)| (key, receipt.time_ms));
        let heard = beacons
            .chain(receipts)
            .filter_map(|(key, time_ms)| Some((time_ms, office_of(key).filter(|office| office.id != own)?)))
            .max_by_key(|(time_ms, _)| *time_ms)
            .map(|(time_ms, office)| Heard { office: office.name.clone(), time_ms });
        let unheld = self.unheld().await?;
        let mut since = None;
        for (journal, held, _) in &unheld {
            if let Some(header) = node.entry_header(journal, held + 1)? {
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
            only_here: unheld.iter().map(|(_, held, up_to)| up_to - held).sum(),
            only_here_since_ms: since,
            connected: connected.into_iter().map(|(office, equal)| Connected { office, equal }).collect(),
            heard,
            may_register: self.may_register(),
            participants,
            contested,
            contested_records,
            shown: self.reading().applied(),
        })
    }

    /// Whether this office may enter people of some village of its region: what holds for one holds for all.
    fn may_register(&self) -> bool {
        let village = self.office().region.parse().ok().and_then(|region| reference::any_village(&region));
        let scope = village.and_then(|village| ScopeName::of_region(Class::Identity, &village).ok());
        scope.is_some_and(|scope| self.may_write(&scope))
    }

    pub(crate) async fn only_here_view(&self) -> Result<OnlyHere, Problem> {
        let (mut about, mut changes) = (BTreeMap::<Coordinate, (u64, i64)>::new(), 0);
        let mut budget = NAMED_ENTRIES_MAX;
        for (journal, held, up_to) in self.unheld().await? {
            changes += up_to - held;
            for seq in (held + 1..=up_to).take(usize::try_from(budget).unwrap_or(usize::MAX)) {
                budget -= 1;
                if let Some(header) = self.node().entry_header(&journal, seq)? {
                    let of = document(&journal, &header);
                    let known = about.entry(of).or_insert((0, header.time_ms));
                    *known = (known.0 + 1, known.1.min(header.time_ms));
                }
            }
        }
        let mut people = self
            .reading()
            .look(move |views| {
                let mut people = BTreeMap::<Coordinate, (views::ParticipantRow, u64, i64)>::new();
                for (doc, (changes, since)) in about {
                    let Some(person) = views.person_of(&doc)? else { continue };
                    let filter = Filter { person: Some(person), ..Filter::default() };
                    let Some(row) = views.list(&filter, Page::first(1))?.rows.pop() else { continue };
                    let known = people.entry(row.doc.clone()).or_insert((row, 0, since));
                    (known.1, known.2) = (known.1 + changes, known.2.min(since));
                }
                Ok(people.into_values().collect::<Vec<_>>())
            })
            .await?;
        people.sort_by_key(|(_, _, since)| *since);
        let people: Vec<OnlyHereRow> = people
            .into_iter()
            .map(|(row, changes, since_ms)| OnlyHereRow { row: found_row(row), changes, since_ms })
            .collect();
        let named: u64 = people.iter().map(|row| row.changes).sum();
        Ok(OnlyHere { changes, people, others: changes.saturating_sub(named) })
    }

    /// Own journals of which not everything is known to be held by another office: held up to, and to be held up to.
    pub(crate) async fn unheld(&self) -> Result<Vec<(JournalId, u64, u64)>, Problem> {
        let node = self.node();
        let mut own = Vec::new();
        for (_, journals) in node.held()? {
            own.extend(journals.into_iter().filter(|(journal, _)| journal.node == node.key()));
        }
        let receipts = node.receipts().await;
        // What cannot be read here is not known to be what they hold: then it counts as being only here.
        let on_chain = |journal: &JournalId, point: identity::Point| matches!(node.entry_hash(journal, point.seq), Ok(Some(hash)) if hash == point.hash);
        let receipts = receipts.iter().map(|(holder, receipt)| (*holder, receipt));
        let charter = node.charter();
        let held = health::held_elsewhere(charter.as_deref(), node.office(), &own, receipts, on_chain);
        let to_be_held = node.to_be_held(own.clone()).await?;
        let elsewhere = |journal: &JournalId| held.get(journal).copied().unwrap_or(0);
        let unheld = to_be_held.into_iter().map(|(journal, up_to)| (elsewhere(&journal), journal, up_to));
        Ok(unheld
            .filter(|(held, _, up_to)| held < up_to)
            .map(|(held, journal, up_to)| (journal, held, up_to))
            .collect())
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

/// The document that an entry is about: the one that it begins, or the one that it names.
fn document(journal: &JournalId, header: &journal::Header) -> Coordinate {
    match &header.subject {
        journal::Subject::Creates { .. } => Coordinate { journal: journal.clone(), seq: header.seq },
        journal::Subject::Of(document) => document.clone(),
    }
}

/// The offices in this set of keys, by name.
pub(crate) fn names(charter: &charter::Charter, offices: &BTreeSet<identity::OfficeId>) -> Vec<String> {
    let mut names: Vec<String> =
        offices.iter().filter_map(|office| Some(charter.office(office)?.name.clone())).collect();
    names.sort();
    names
}
