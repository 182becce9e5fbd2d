//! Changes by the record that they are about: those that are only here, and those that another office lacks.

use std::{collections::BTreeMap, sync::Arc};

use ::health::{Alone, Behind, Known, Memory, Own};
use charter::Charter;
use identity::{Coordinate, JournalId, OfficeId, Point};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Filter, Page, Reader, ViewsError, sheet_id};

use crate::{
    Service,
    find::{FoundRow, found_row},
    problem::Problem,
    sheets::{SheetLine, line},
};

/// The changes that are looked through for what they are about, the oldest of each journal: more are counted, and not named.
const NAMED_ENTRIES_MAX: u64 = 400;

/// A record, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    /// A participant.
    Participant(Box<FoundRow>),
    /// Any other record.
    Record(Box<SheetLine>),
}

impl Listed {
    /// The record of a document; none where it is not shown here.
    pub(crate) fn of(views: &Reader, doc: &Coordinate) -> Result<Option<Self>, ViewsError> {
        if let Some(row) = views.sheet_row(&sheet_id(doc))? {
            return Ok(Some(Self::Record(Box::new(line(row)))));
        }
        let Some(person) = views.person_of(doc)? else { return Ok(None) };
        let filter = Filter { person: Some(person), ..Filter::default() };
        let row = views.list(&filter, Page::first(1))?.rows.pop();
        Ok(row.map(|row| Self::Participant(Box::new(found_row(row)))))
    }

    /// Its name in addresses.
    fn id(&self) -> String {
        match self {
            Self::Participant(row) => row.person.clone(),
            Self::Record(line) => line.id.clone(),
        }
    }
}

/// Changes of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedRecord {
    /// Which.
    pub record: Listed,
    /// How many changes.
    pub changes: u64,
    /// When the oldest of them was written, in Unix milliseconds.
    pub since_ms: i64,
}

/// Changes, by the record that they are about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changes {
    /// All of them.
    pub changes: u64,
    /// The records, the one with the oldest change first.
    pub records: Vec<ChangedRecord>,
    /// Changes that belong to no record in this list: there are too many, or their record is not shown here.
    pub others: u64,
}

impl Service {
    /// Looks at what the node holds of these journals, and who else.
    async fn weigh<R: Send + 'static>(
        &self,
        held: Vec<(JournalId, Point)>,
        look: impl FnOnce(&Known<'_>, &Memory, &dyn Fn(&JournalId, Point) -> bool) -> R + Send + 'static,
    ) -> Result<R, Problem> {
        let node = self.node().clone();
        let charter = self.charter_or_none();
        let of_own = held.iter().filter(|(journal, _)| journal.node == node.key()).cloned().collect();
        let to_be_held = node.to_be_held(of_own).await?;
        let (receipts, forked) = (node.receipts().await, node.forked().await);
        let service = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let node = service.node();
            let known = Known {
                charter: &charter,
                me: node.key(),
                office: node.office(),
                held: &held,
                to_be_held: &to_be_held,
                receipts: &receipts,
                beacons: &[],
                peers: &[],
                turned_away: &BTreeMap::new(),
                forked: &forked,
                absences: &[],
                shown: &[],
                own: &Own::default(),
                now_ms: crate::health::now_ms(),
            };
            service
                .looking()
                .remembered(|memory| look(&known, memory, &|journal, point| service.on_chain(journal, point)))
        });
        work.await.map_err(|error| Problem::internal(&error))
    }

    /// What is known of who belongs; of a node without a network, nothing.
    pub(crate) fn charter_or_none(&self) -> Arc<Charter> {
        self.node().charter().unwrap_or_else(|| {
            let network = self.node().network().unwrap_or(identity::NetworkId([0; 32]));
            Arc::new(Charter::fold(&charter::StatementSet::new(), network))
        })
    }

    /// Whether an entry has this hash here. What cannot be read here is not known to be what others hold.
    pub(crate) fn on_chain(&self, journal: &JournalId, point: Point) -> bool {
        matches!(self.node().entry_hash(journal, point.seq), Ok(Some(hash)) if hash == point.hash)
    }

    /// Own journals of which not everything is known to be held by another office.
    pub(crate) async fn alone(&self) -> Result<Vec<Alone>, Problem> {
        let me = self.node().key();
        let held = self.node().held()?.into_iter().flat_map(|(_, journals)| journals);
        let own = held.filter(|(journal, _)| journal.node == me).collect();
        self.weigh(own, |known, memory, on_chain| ::health::only_here(known, memory, on_chain)).await
    }

    /// What is held here that an office is not known to hold, though it is to have it.
    pub(crate) async fn lacking(&self, office: OfficeId) -> Result<Changes, Problem> {
        let held = self.node().held()?.into_iter().flat_map(|(_, journals)| journals).collect();
        let behind = self.weigh(held, move |known, _, on_chain| ::health::lacking(known, office, on_chain)).await?;
        self.changes(&behind).await
    }

    /// What the changes of these journals are about.
    pub(crate) async fn changes(&self, behind: &[Behind]) -> Result<Changes, Problem> {
        let mut about = BTreeMap::<Coordinate, (u64, i64)>::new();
        let mut budget = NAMED_ENTRIES_MAX;
        for behind in behind {
            let named = behind.changes().min(budget);
            budget -= named;
            for seq in (behind.held + 1..=behind.up_to).take(usize::try_from(named).unwrap_or(usize::MAX)) {
                if let Some(header) = self.node().entry_header(&behind.journal, seq)? {
                    let known = about.entry(document(&behind.journal, &header)).or_insert((0, header.time_ms));
                    *known = (known.0 + 1, known.1.min(header.time_ms));
                }
            }
        }
        let mut records = self
            .reading()
            .look(move |views| {
                let mut records = BTreeMap::<String, ChangedRecord>::new();
                for (doc, (changes, since_ms)) in about {
                    let Some(record) = Listed::of(views, &doc)? else { continue };
                    // Who somebody is and how they take part are two documents of one participant.
                    let known = records.entry(record.id()).or_insert(ChangedRecord { record, changes: 0, since_ms });
                    (known.changes, known.since_ms) = (known.changes + changes, known.since_ms.min(since_ms));
                }
                Ok(records.into_values().collect::<Vec<_>>())
            })
            .await?;
        records.sort_by_key(|record| record.since_ms);
        let changes: u64 = behind.iter().map(Behind::changes).sum();
        let named: u64 = records.iter().map(|record| record.changes).sum();
        Ok(Changes { changes, records, others: changes.saturating_sub(named) })
    }
}

/// The document that an entry is about: the one that it begins, or the one that it names.
fn document(journal: &JournalId, header: &journal::Header) -> Coordinate {
    match &header.subject {
        journal::Subject::Creates { .. } => Coordinate { journal: journal.clone(), seq: header.seq },
        journal::Subject::Of(document) => document.clone(),
    }
}
