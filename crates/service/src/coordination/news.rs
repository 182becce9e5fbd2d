//! What other offices said since somebody here marked everything as read: so that an office that was cut off sees at one
//! glance what happened meanwhile.
//!
//! # Invariants
//! - What was marked as read is known by its entries: what arrives later is news however old it is, unless its author's
//!   journal was read beyond it.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use identity::{Coordinate, JournalId};
use records::coordination::{Changed, News, Shelf, changed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CoordinationLine, office_name, overview::titled};
use crate::{
    Service,
    both::Both,
    kept::Kept,
    panel::{both, shown},
    problem::Problem,
    reading::Known,
};

const FILE: &str = "coordination-read.json";

/// The most records of which news are told; the rest is counted.
const RECORDS_MAX: usize = 12;

/// How far each journal was read, by its name.
type Read = BTreeMap<String, u64>;

/// What is marked as read at this office.
#[derive(Debug, Clone)]
pub(crate) struct Seen(Arc<Kept<Read>>);

impl Seen {
    /// Reads it; a folder without the file has read nothing.
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        Ok(Self(Arc::new(Kept::open(folder, FILE, "move it aside: everything is told as news once more")?)))
    }

    fn knows(&self) -> impl Fn(&Coordinate) -> bool + use<> {
        let read = self.0.get().clone();
        move |at| read.get(&name(&at.journal)).is_some_and(|seq| at.seq <= *seq)
    }

    fn mark(&self, all: &[Changed]) -> Result<(), Problem> {
        self.0.change(|read| {
            for Changed { by, .. } in all {
                let seq = read.entry(name(&by.at.journal)).or_default();
                *seq = by.at.seq.max(*seq);
            }
            Ok(())
        })
    }
}

fn name(journal: &JournalId) -> String {
    journal.to_string()
}

/// What is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewsView {
    /// The records with news, each with what happened as its state; at most twelve.
    pub lines: Vec<CoordinationLine>,
    /// How many records more there are.
    pub more: u64,
}

impl Service {
    /// What is new on the shelf.
    pub(super) fn news(&self, shelf: &Shelf, known: &Known) -> NewsView {
        let all = changed(shelf, self.node().office(), self.0.seen.knows());
        let mut documents: Vec<&Coordinate> = Vec::new();
        for one in &all {
            if !documents.contains(&&one.doc) {
                documents.push(&one.doc);
            }
        }
        let more = documents.len().saturating_sub(RECORDS_MAX) as u64;
        let line = |doc: &&Coordinate| {
            let of: Vec<&Changed> = all.iter().filter(|one| one.doc == **doc).collect();
            let (kind, title) = titled(shelf, doc);
            CoordinationLine {
                kind: kind.to_owned(),
                id: views::sheet_id(doc),
                title,
                state: told(&of, known),
                late: false,
            }
        };
        NewsView { lines: documents.iter().take(RECORDS_MAX).map(line).collect(), more }
    }

    /// Marks everything that is shown now as read.
    pub(crate) async fn mark_read(&self) -> Result<(), Problem> {
        let shelf = self.shelf().await?;
        self.0.seen.mark(&changed(&shelf, self.node().office(), |_| false))
    }
}

/// What happened to one record: how often each thing, and by whom.
fn told(all: &[&Changed], known: &Known) -> Both {
    let mut counts: Vec<(News, u64)> = Vec::new();
    let mut offices: Vec<String> = Vec::new();
    for one in all {
        match counts.iter_mut().find(|(news, _)| *news == one.news) {
            Some((_, count)) => *count += 1,
            None => counts.push((one.news, 1)),
        }
        let office = one.by.office.map(|office| office_name(&office, known)).unwrap_or_default();
        if !offices.contains(&office) {
            offices.push(office);
        }
    }
    let say = |pick: fn(Both) -> String| {
        let of = |(news, count): &(News, u64)| {
            let word = pick(shown(news));
            if *count == 1 { word } else { format!("{word} ({count})") }
        };
        format!("{} · {}", counts.iter().map(of).collect::<Vec<_>>().join(", "), offices.join(", "))
    };
    both(say(|both| both.id), say(|both| both.en))
}
