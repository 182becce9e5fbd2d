//! Opens what a power cut left by the real recovery, and says whether every promise was kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use charter::CheckedStatement;
use documents::{Scalar, Snapshot};
use driver::{DriverError, Node, Target, What, Write};
use identity::{Coordinate, EntryHash, JournalId, Officer, Point, StatementHash};
use store::{FrameKind, Position, Store};

use super::{life::Life, tape::Promise};
use crate::net::{self, put};

/// What must be true after the cut.
#[derive(Default)]
pub(crate) struct Promised {
    made: bool,
    joined: bool,
    said: BTreeSet<StatementHash>,
    shows: BTreeMap<Coordinate, u64>,
    holds: BTreeMap<JournalId, Point>,
    erased: BTreeSet<Coordinate>,
}

/// How a case went.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every promise is kept.
    Kept,
    /// There was nothing to keep yet: the folder was still being made.
    Nothing,
}

impl Promised {
    pub(crate) fn take(&mut self, promise: &Promise) {
        match promise {
            Promise::Made => self.made = true,
            Promise::Joined => self.joined = true,
            Promise::Said(statement) => drop(self.said.insert(*statement)),
            Promise::Shows(document, number) => drop(self.shows.insert(document.clone(), *number)),
            Promise::Holds(journal, point) => {
                let held = self.holds.entry(journal.clone()).or_insert(*point);
                if held.seq < point.seq {
                    *held = *point;
                }
            }
            Promise::Erased(document) => drop(self.erased.insert(document.clone())),
        }
    }

    /// Opens the folder, looks, writes on, and reads the files again.
    pub(crate) async fn judge(&self, life: &Life) -> Result<Verdict, String> {
        let options = net::options(&life.folder, None, None);
        let (node, mut updates) = match Node::open(options.clone()).await {
            Ok(opened) => opened,
            Err(DriverError::NoProfile) if !self.made => return Ok(Verdict::Nothing),
            Err(error) => return Err(format!("the node does not open: {error:?}")),
        };
        let heard = tokio::spawn(async move { while updates.recv().await.is_some() {} });
        let looked = self.look(life, &node).await;
        let written = write_on(&node).await;
        node.stop().await;
        // It ends with the node.
        drop(heard.await);
        looked?;
        let (document, point) = written?;

        let stored = entries_of(&life.folder)?;
        for (journal, point) in &self.holds {
            match stored.get(&(journal.clone(), point.seq)) {
                Some(hash) if *hash == point.hash => {}
                found => return Err(format!("entry {} of {journal} was promised; found: {found:?}", point.seq)),
            }
        }
        for ((journal, seq), hash) in &stored {
            let own = *journal == document.journal && *seq == point.seq;
            let known = life.entries.get(&(journal.clone(), *seq)) == Some(hash);
            if !own && !known {
                return Err(format!("entry {seq} of {journal} was never written"));
            }
        }
        if stored.get(&(document.journal.clone(), point.seq)) != Some(&point.hash) {
            return Err("what was written after the cut is not in the files".to_owned());
        }
        Ok(Verdict::Kept)
    }

    async fn look(&self, life: &Life, node: &Node) -> Result<(), String> {
        if self.joined && node.network().is_none() {
            return Err("it does not know its network any more".to_owned());
        }
        let statements: BTreeSet<StatementHash> = node.statements().await.iter().map(CheckedStatement::hash).collect();
        if let Some(lost) = self.said.difference(&statements).next() {
            return Err(format!("statement {lost:?} is lost"));
        }
        let recomputed = node.recompute().await.map_err(|error| format!("it cannot be recomputed: {error:?}"))?;
        if !recomputed.damaged.is_empty() {
            return Err(format!("after a power cut something is damaged: {:?}", recomputed.damaged));
        }
        let held = recomputed.states.iter().flat_map(|(_, states)| states).map(|(document, _)| document.clone());
        let wanted: BTreeSet<Coordinate> = held.chain(self.shows.keys().cloned()).collect();
        for document in wanted {
            let snapshot = node.snapshot(document.clone()).await.map_err(|error| format!("{document}: {error:?}"))?;
            self.look_at(life, &document, snapshot.as_ref()).map_err(|why| format!("{document}: {why}"))?;
        }
        Ok(())
    }

    fn look_at(&self, life: &Life, document: &Coordinate, snapshot: Option<&Snapshot>) -> Result<(), String> {
        let Some((name, asked)) = life.documents.get(document) else {
            return Err("nobody ever made this document".to_owned());
        };
        let texts = |key: &str| -> Vec<&str> {
            let values = snapshot.and_then(|snapshot| snapshot.fields.get(key)).into_iter().flatten();
            values.map(|value| if let Scalar::Text(text) = &value.value { text.as_str() } else { "no text" }).collect()
        };
        if snapshot.is_some_and(|snapshot| !snapshot.waiting.is_empty() || !snapshot.refused.is_empty()) {
            return Err("something of it waits or is refused".to_owned());
        }
        let (names, numbers) = (texts("name"), texts("address"));
        let erased = names.is_empty() && numbers.is_empty();
        if self.erased.contains(document) {
            return if erased { Ok(()) } else { Err("it was erased and is back".to_owned()) };
        }
        // It may be about to be erased: then nothing of it shows once the order is known.
        let may_be_erased = life.erased.contains(document);
        let promised = self.shows.get(document);
        if erased {
            return if promised.is_none() || may_be_erased { Ok(()) } else { Err("it is lost".to_owned()) };
        }
        if names != [name.as_str()] {
            return Err(format!("it shows the name {names:?} and not {name}"));
        }
        let number = match &numbers[..] {
            [] => Some(0),
            [number] => number.parse().ok(),
            _ => None,
        };
        let promised = promised.copied().unwrap_or(0);
        match number {
            Some(number) if (promised..=*asked).contains(&number) => Ok(()),
            _ => Err(format!("it shows {numbers:?}; {promised} was saved and {asked} is the last")),
        }
    }
}

async fn write_on(node: &Node) -> Result<(Coordinate, Point), String> {
    let scope = net::PARTICIPATION.parse().map_err(|_| "no scope".to_owned())?;
    let target = Target::New { scope, kind: 3, predecessor: None };
    let officer = Officer::new("petugas").map_err(|_| "no officer".to_owned())?;
    let what: What = put(&[], "name", "Sesudah");
    let written = node.write(vec![Write { target, officer, what }]).await;
    let written = written.map_err(|error| format!("it does not write on: {error:?}"))?.remove(0);
    Ok((written.document, written.point))
}

/// Every entry in the segment files of a folder whose node is off; fails on two at one place.
pub(crate) fn entries_of(folder: &Path) -> Result<BTreeMap<(JournalId, u64), EntryHash>, String> {
    let said = |error: &dyn std::fmt::Debug| format!("the files cannot be read back: {error:?}");
    let (store, opened) = Store::open(&store::Options::new(folder)).map_err(|error| said(&error))?;
    if !opened.cuts.is_empty() {
        return Err(format!("cut again after it was stopped: {:?}", opened.cuts));
    }
    let mut entries = BTreeMap::new();
    for (located, _) in store.reader.frames(Position::default()).map_err(|error| said(&error))? {
        if !matches!(located.kind, FrameKind::Page | FrameKind::Pack) {
            continue;
        }
        let frame = store.reader.read(located.at).map_err(|error| said(&error))?;
        let runs = journal::decode(&frame.bytes, &journal::Limits::default()).map_err(|error| said(&error))?;
        for run in runs {
            let run = run.verify().map_err(|error| said(&error))?;
            for seq in run.first()..=run.last().seq {
                let Some(point) = run.point_at(seq) else { continue };
                let at = (run.journal().clone(), seq);
                if entries.insert(at, point.hash).is_some_and(|other| other != point.hash) {
                    return Err(format!("two entries {seq} of {}", run.journal()));
                }
            }
        }
    }
    Ok(entries)
}
