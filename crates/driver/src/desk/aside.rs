//! Branches of this node's own journals that a cut-off gave up: kept aside, and said again by the node that wrote them.
//!
//! A disk that went back in time under a node that wrote on, or a key used in two places, makes two histories of one
//! journal; a cut-off says which of them counts, or that only what both share does. What stood on the other, or above the
//! point, was acknowledged here, so it is not lost: once
//! the branch that counts is here as far as it counts, this node says it again under its present incarnation, with the
//! officer and the time of the first saying. A document that stood only there is made anew; in one that stands on, the
//! fields are written as by a form that was shown what both branches share, so that nothing said since is overwritten.
//!
//! # Invariants
//! - A branch is durable aside before its rows leave the index, and until what it said is durable again.
//! - What an order erases is not said again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::mpsc,
};

use charter::Standing;
use documents::{Edit, EditError, Fact, FieldValue, Fold, Item, Scalar, Snapshot};
use identity::{Coordinate, EntryHash, JournalId, Officer, Point};
use journal::{Draft, Form, Subject, VerifiedRun};
use store::{JournalNumber, StoreError};

use super::{Desk, InFlight, writing::Prepared};
use crate::{api::WriteError, engine::Told, note::Note};

/// Branches that were given up.
pub(crate) type Aside = BTreeMap<JournalId, Vec<VerifiedRun>>;

/// What of them was said again: a cut-off that is replaced by a lower one gives up more, and the rest is not said twice.
pub(crate) type Said = BTreeMap<JournalId, BTreeSet<EntryHash>>;

/// Who said something, and when.
type By = (Officer, i64);

impl Desk {
    /// Keeps what stands above the cut-offs of journals in which this node writes no more, although it may write. Where
    /// it still writes in such a journal, it first goes on in another.
    pub(super) fn set_aside_what_is_cut(&mut self) -> Result<(), StoreError> {
        let Some(charter) = self.standings.charter().cloned() else { return Ok(()) };
        let own = self.secret.node_key();
        for (scope, _) in self.index.scopes() {
            if !charter.may_write(&own, &scope) {
                continue;
            }
            for (journal, number) in self.index.journals(&scope) {
                let Standing::CutOff(cut) = charter.standing(&journal) else { continue };
                if journal.node != own || self.state.aside.contains_key(&journal) {
                    continue;
                }
                if journal.incarnation == self.incarnation {
                    drop(self.told.send(Told::OtherIncarnation));
                    continue;
                }
                // A point of another branch: the journal is about to go on along that one, and is set aside then.
                if cut.is_some_and(|cut| self.shelf.locate(&journal, cut.seq).is_ok_and(|hash| hash != Some(cut.hash)))
                {
                    continue;
                }
                let above = cut.map_or(0, |cut| cut.seq);
                if !self.is_said_again(&journal, number, above)? {
                    self.set_aside(&journal, above + 1)?;
                }
            }
        }
        Ok(())
    }

    /// Whether all that is held of an own journal above a number was said again.
    fn is_said_again(&self, journal: &JournalId, number: JournalNumber, above: u64) -> Result<bool, StoreError> {
        let runs = self.shelf.runs_from(number, above + 1, u64::MAX, usize::MAX)?;
        let said = self.state.said.get(journal);
        let mut points = runs
            .iter()
            .flat_map(|run| (run.first().max(above + 1)..=run.last().seq).filter_map(|seq| run.point_at(seq)));
        Ok(points.all(|point| said.is_some_and(|said| said.contains(&point.hash))))
    }

    /// Up to where entries of own journals are to be held somewhere ([`crate::Node::to_be_held`]).
    pub(crate) fn to_be_held(&self, own: Vec<(JournalId, Point)>) -> Result<Vec<(JournalId, u64)>, StoreError> {
        let up_to = |(journal, held): (JournalId, Point)| {
            let standing = self.standings.charter().map(|charter| charter.standing(&journal));
            let Some((Standing::CutOff(cut), number)) = standing.zip(self.index.journal_number(&journal)) else {
                return Ok((journal, held.seq));
            };
            let above = cut.map_or(0, |cut| cut.seq).min(held.seq);
            let said = self.is_said_again(&journal, number, above)?;
            Ok((journal, if said { above } else { held.seq }))
        };
        own.into_iter().map(up_to).collect()
    }

    /// Keeps a branch that is about to be given up, from an entry on.
    pub(super) fn set_aside(&mut self, journal: &JournalId, from: u64) -> Result<(), StoreError> {
        let Some(number) = self.index.journal_number(journal) else { return Ok(()) };
        let runs = self.shelf.runs_from(number, from, u64::MAX, usize::MAX)?;
        if runs.is_empty() {
            return Ok(());
        }
        let (reply, stored) = mpsc::channel();
        let frames = runs.iter().filter_map(|run| Note::aside(run)).collect();
        self.disk.store(frames, None, move |done| drop(reply.send(done)));
        if !matches!(stored.recv(), Ok(Ok(_))) {
            tracing::error!(%journal, "a branch that was given up is kept in memory only");
        }
        self.state.aside.insert(journal.clone(), runs.iter().map(|run| VerifiedRun::clone(run)).collect());
        Ok(())
    }

    /// Says again what is aside, where the branch that counts is here.
    pub(super) fn say_aside(&mut self) {
        if std::mem::take(&mut self.state.cut_anew)
            && let Err(error) = self.set_aside_what_is_cut()
        {
            tracing::error!(%error, "what was cut is said again after the next start");
        }
        let decided: Vec<JournalId> =
            self.state.aside.keys().filter(|journal| self.is_decided(journal)).cloned().collect();
        for journal in decided {
            let Some(runs) = self.state.aside.remove(&journal) else { continue };
            if let Err(error) = self.say_again(&journal, runs) {
                tracing::error!(%error, %journal, "what was given up is said again after the next start");
            }
        }
    }

    fn is_decided(&self, journal: &JournalId) -> bool {
        let Some(charter) = self.standings.charter() else { return false };
        let held = self.index.journal_number(journal).and_then(|number| self.index.point(number).ok().flatten());
        let here = match charter.standing(journal) {
            Standing::CutOff(None) => true,
            Standing::CutOff(Some(cut)) => held.is_some_and(|held| held.seq >= cut.seq),
            Standing::Unknown | Standing::NoRight | Standing::Open | Standing::Frozen(_) => false,
        };
        here && self.incarnation != journal.incarnation && charter.may_write(&self.secret.node_key(), &journal.scope)
    }

    fn say_again(&mut self, journal: &JournalId, runs: Vec<VerifiedRun>) -> Result<(), WriteError> {
        let mut documents: Vec<(Coordinate, Vec<Item>)> = Vec::new();
        let mut said = self.state.said.remove(journal).unwrap_or_default();
        for (point, entry) in runs.into_iter().flat_map(VerifiedRun::into_entries) {
            let at = Coordinate { journal: journal.clone(), seq: point.seq };
            let counts = self.standings.of(&at) == documents::Standing::Accepted
                && self.shelf.locate(journal, point.seq)? == Some(point.hash);
            if counts || !said.insert(point.hash) {
                continue;
            }
            let document = entry.header.subject.document(&at).clone();
            let item = (at, point.hash, entry.header, entry.payload);
            match documents.iter_mut().find(|(of, _)| *of == document) {
                Some((_, lost)) => lost.push(item),
                None => documents.push((document, vec![item])),
            }
        }
        let mut notes = vec![Note::SaidAgain(journal.clone()).frame()];
        notes.push(Note::Said(journal.clone(), said.iter().copied().collect()).frame());
        self.state.said.insert(journal.clone(), said);
        let own = self.own_journal(&journal.scope);
        let mut again = Again { desk: self, own, touched: BTreeSet::new(), made: BTreeMap::new(), entries: 0 };
        for (document, lost) in documents {
            if again.desk.standings.ordered(&document) {
                continue;
            }
            if lost.iter().any(|(at, ..)| *at == document) {
                again.make(&document, lost)?;
            } else {
                again.edit(&document, lost)?;
            }
        }
        let Again { touched, entries, .. } = again;
        tracing::warn!(%journal, entries, "said again what stood on a branch that was given up");
        let flight = InFlight { epoch: self.state.epoch, commits: Vec::new(), touched, replies: Vec::new() };
        self.launch(flight, &BTreeSet::from([journal.scope.clone()]), notes);
        Ok(())
    }
}

/// What is being said again.
struct Again<'a> {
    desk: &'a mut Desk,
    own: JournalId,
    touched: BTreeSet<Coordinate>,
    /// Documents that stood on the lost branch only, and what they are now.
    made: BTreeMap<Coordinate, Coordinate>,
    entries: usize,
}

impl Again<'_> {
    /// A document that stood on the lost branch only.
    fn make(&mut self, document: &Coordinate, lost: Vec<Item>) -> Result<(), WriteError> {
        let Some((_, _, header, _)) = lost.iter().find(|(at, ..)| at == document) else { return Ok(()) };
        let (officer, time_ms, kind) = (header.officer.clone(), header.time_ms, header.kind);
        let predecessor = match &header.subject {
            Subject::Creates { predecessor: Some(of) } => Some(self.made.get(of).unwrap_or(of).clone()),
            Subject::Creates { predecessor: None } | Subject::Of(_) => None,
        };
        let shown = self.fold(document, lost).snapshot();
        tell_of_unsaid(document, &shown, None);
        let Snapshot { fields, texts, facts, .. } = shown;
        let mut facts = facts.into_iter();
        let written = match kind.form {
            Form::Change => {
                // Values that stood beside each other are written beside each other below.
                let alone = fields.iter().filter_map(|(key, values)| match &values[..] {
                    [only] => Some((key.as_str(), only.value.clone())),
                    _ => None,
                });
                documents::create(&self.own, texts.iter().map(|(key, text)| (key.as_str(), text.as_str())), alone)?
            }
            Form::Fact => {
                let Some(Fact { key, bytes, .. }) = facts.next() else { return Ok(()) };
                documents::fact(&key, &bytes, Vec::new())?
            }
        };
        let creates = Subject::Creates { predecessor };
        let made = self.put(written.draft(time_ms, officer, creates, kind.record))?;
        self.made.insert(document.clone(), made.clone());
        let beside = fields.into_iter().filter(|(_, values)| kind.form == Form::Change && values.len() > 1);
        self.fields(&made, std::slice::from_ref(&made), beside)?;
        facts.try_for_each(|fact| self.fact(&made, fact))
    }

    /// A document that both branches share: what the lost one said of it.
    fn edit(&mut self, document: &Coordinate, lost: Vec<Item>) -> Result<(), WriteError> {
        let Some(now) = self.desk.fold(document)? else { return Ok(()) };
        if now.is_erased() {
            return Ok(());
        }
        let (officer, time_ms) = match lost.last() {
            Some((_, _, header, _)) => (header.officer.clone(), header.time_ms),
            None => return Ok(()),
        };
        let shared = shared(self.desk.items(document)?, &lost);
        let before = self.fold(document, shared.clone()).snapshot();
        let after = self.fold(document, shared.into_iter().chain(lost).collect()).snapshot();
        tell_of_unsaid(document, &after, Some(&before));
        let cleared = before.fields.keys().filter(|key| !after.fields.contains_key(*key));
        let mut edits: Vec<Edit> = cleared.map(|key| Edit::Clear { key: key.clone() }).collect();
        let texts = after.texts.iter().filter_map(|(key, text)| splice(key, before.texts.get(key)?, text));
        edits.extend(texts);
        let fields = after.fields.into_iter().map(|(key, mut values)| {
            let stood = before.fields.get(&key).map_or(&[][..], Vec::as_slice);
            values.retain(|value| !stood.contains(value));
            (key, values)
        });
        self.fields(document, &before.heads, fields)?;
        self.change(document, &before.heads, (officer, time_ms), &edits)?;
        let said = |fact: &Fact| before.facts.iter().any(|before| before.hash == fact.hash);
        after.facts.into_iter().filter(|fact| !said(fact)).try_for_each(|fact| self.fact(document, fact))
    }

    /// Writes values as by a form that was shown these heads: those of one officer in one change, those of one field
    /// beside each other.
    fn fields(
        &mut self,
        document: &Coordinate,
        shown: &[Coordinate],
        fields: impl IntoIterator<Item = (String, Vec<FieldValue>)>,
    ) -> Result<(), WriteError> {
        let mut together: BTreeMap<By, Vec<Edit>> = BTreeMap::new();
        let mut beside: Vec<(By, Edit)> = Vec::new();
        for (key, values) in fields {
            // What no version of this program writes came from nobody here.
            let values = values.into_iter().filter(|value| !matches!(value.value, Scalar::Other(_)));
            for (place, FieldValue { value, by }) in values.enumerate() {
                let (by, edit) = ((by.officer, by.time_ms), Edit::Put { key: key.clone(), value });
                if place == 0 { together.entry(by).or_default().push(edit) } else { beside.push((by, edit)) }
            }
        }
        let mut heads = shown.to_vec();
        for (by, edits) in together {
            heads.extend(self.change(document, &heads, by, &edits)?);
        }
        for (by, edit) in beside {
            self.change(document, shown, by, &[edit])?;
        }
        Ok(())
    }

    fn change(
        &mut self,
        document: &Coordinate,
        shown: &[Coordinate],
        by: By,
        edits: &[Edit],
    ) -> Result<Option<Coordinate>, WriteError> {
        if edits.is_empty() {
            return Ok(None);
        }
        let Some(fold) = self.desk.fold(document)? else { return Ok(None) };
        let kind = fold.kind().unwrap_or_default();
        let written = match fold.edit(shown, &self.own, edits) {
            // What both branches share does not count any more: then it is said of what does.
            Err(EditError::NotShown(_)) => fold.edit(&fold.snapshot().heads, &self.own, edits)?,
            written => written?,
        };
        let subject = Subject::Of(document.clone());
        written.map(|written| self.put(written.draft(by.1, by.0, subject, kind))).transpose()
    }

    fn fact(&mut self, document: &Coordinate, fact: Fact) -> Result<(), WriteError> {
        let Some(fold) = self.desk.fold(document)? else { return Ok(()) };
        let kind = fold.kind().unwrap_or_default();
        let written = documents::fact(&fact.key, &fact.bytes, fold.snapshot().tips)?;
        let draft = written.draft(fact.by.time_ms, fact.by.officer, Subject::Of(document.clone()), kind);
        self.put(draft).map(drop)
    }

    /// Appends one entry; gives where it stands.
    fn put(&mut self, draft: Draft) -> Result<Coordinate, WriteError> {
        let prepared = vec![Prepared { scope: self.own.scope.clone(), draft }];
        let written = self.desk.append(prepared, &mut BTreeSet::new(), &mut self.touched)?;
        self.entries += 1;
        let seq = written.first().map_or(0, |written| written.point.seq);
        Ok(Coordinate { journal: self.own.clone(), seq })
    }

    fn fold(&self, document: &Coordinate, items: Vec<Item>) -> Fold {
        let accepted = |_: &Coordinate| documents::Standing::Accepted;
        Fold::build(document.clone(), items, accepted, false, self.desk.known_kind)
    }
}

/// Of what is held of a document, what the lost branch did not contradict: nothing of its journal from where the
/// branches part, and nothing that builds on that.
fn shared(held: Vec<Item>, lost: &[Item]) -> Vec<Item> {
    let Some((first, ..)) = lost.first() else { return held };
    let parted = |at: &Coordinate| at.journal == first.journal && at.seq >= first.seq;
    let mut out: BTreeSet<Coordinate> = held.iter().map(|(at, ..)| at.clone()).filter(parted).collect();
    let mut before = usize::MAX;
    while out.len() != before {
        before = out.len();
        let builds = |item: &&Item| item.2.links.iter().any(|link| parted(link) || out.contains(link));
        let more: Vec<Coordinate> = held.iter().filter(builds).map(|(at, ..)| at.clone()).collect();
        out.extend(more);
    }
    held.into_iter().filter(|(at, ..)| !out.contains(at)).collect()
}

/// What makes one text the other, as one splice.
fn splice(key: &str, before: &str, after: &str) -> Option<Edit> {
    let (before, after): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let same = |a: &mut dyn Iterator<Item = (&char, &char)>| a.take_while(|(a, b)| a == b).count();
    let at = same(&mut before.iter().zip(&after));
    let end = same(&mut before[at..].iter().rev().zip(after[at..].iter().rev()));
    let (delete, insert) = (before.len() - at - end, after[at..after.len() - end].iter().collect::<String>());
    (delete > 0 || !insert.is_empty()).then(|| Edit::Splice { key: key.to_owned(), at, delete, insert })
}

/// What built on others' entries that are not there any more cannot be read, so it cannot be said again: that is said.
fn tell_of_unsaid(document: &Coordinate, after: &Snapshot, before: Option<&Snapshot>) {
    let unsaid = |snapshot: &Snapshot| snapshot.waiting.len() + snapshot.refused.len();
    let entries = unsaid(after).saturating_sub(before.map_or(0, unsaid));
    if entries > 0 {
        tracing::error!(%document, entries, "what stood on a branch that was given up cannot be said again");
    }
}
