//! The index: rows that are looked up by journal, document or name, all of them rebuildable from the segments.
//!
//! It does not know what an entry says. sled's ways with power cuts and damage are `open`'s subject.
//!
//! # Invariants
//! - [`Index::apply`] applies a group wholly or not at all, together with how far the log is applied.
//! - No value is larger than [`VALUE_BYTES_MAX`].
//! - No error or panic of sled leaves this module but as [`StoreError::Index`].

mod names;
mod open;
mod rows;

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock, atomic::Ordering},
};

use identity::{ChangeHash, JournalId, Point, ScopeName};
use journal::segments::{Location, Position};

use self::{names::Names, open::Sled};
use crate::StoreError;

/// The largest value of a row, in bytes: sled keeps larger ones in files of their own, which a power cut damages.
pub const VALUE_BYTES_MAX: usize = 32 << 10;

/// How many rows are read at a time where all are looked at.
const ROWS_AT_ONCE: usize = 1024;

/// Stands for a journal inside this index. Another one after a rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JournalNumber(pub u32);

/// Stands for a scope inside this index. Another one after a rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeNumber(pub u32);

/// A document, by the coordinate of the entry that created it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId {
    /// The journal of that entry.
    pub journal: JournalNumber,
    /// Its number there.
    pub seq: u64,
}

/// A page or run that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRow {
    /// The first entry in it.
    pub first_seq: u64,
    /// The last entry in it.
    pub last: Point,
    /// Where its frame is.
    pub at: Location,
    /// Which page of the frame it is, where a frame holds several.
    pub part: u32,
    /// Whether its author sealed it.
    pub sealed: bool,
}

/// One entry of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The journal that the entry stands in.
    pub journal: JournalNumber,
    /// Its number there.
    pub seq: u64,
    /// Automerge's hash of the change; `None` for a fact.
    pub change: Option<ChangeHash>,
}

/// A setting's name and its value.
pub type Setting = (Vec<u8>, Vec<u8>);

/// One thing to change in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexOp {
    /// A page is held; it replaces one that begins at the same entry.
    Page {
        /// Its journal.
        journal: JournalNumber,
        /// What is known of it.
        page: PageRow,
    },
    /// A page is no longer held, or a longer one holds its entries.
    DropPage {
        /// Its journal.
        journal: JournalNumber,
        /// Its first entry.
        first_seq: u64,
    },
    /// A document has these entries too. Those that it has already are left as they are.
    Rows {
        /// The document's scope.
        scope: ScopeNumber,
        /// The document.
        document: DocumentId,
        /// The entries, behind those it has.
        rows: Vec<Row>,
    },
    /// A document is forgotten.
    DropDocument {
        /// The document's scope.
        scope: ScopeNumber,
        /// The document.
        document: DocumentId,
    },
    /// A document continues another, which an order that erases that one has to know.
    Successor {
        /// The document that is continued.
        of: DocumentId,
        /// The one that continues it.
        document: DocumentId,
    },
    /// All rows follow the rewrites of segments that have been made.
    Rewritten,
    /// A setting or watermark, under a name; `None` removes it.
    Set {
        /// Its name.
        name: Vec<u8>,
        /// Its value, at most [`VALUE_BYTES_MAX`].
        value: Option<Vec<u8>>,
    },
}

/// The index of one data folder. Clones share it.
#[derive(Debug, Clone)]
pub struct Index {
    sled: Arc<Sled>,
    names: Arc<RwLock<Names>>,
}

/// The rows that a group changes, before they are applied; `None` removes one.
type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

impl Index {
    /// The number of a journal, given to it now if it has none.
    pub fn intern_journal(&self, journal: &JournalId) -> Result<JournalNumber, StoreError> {
        if let Some(number) = self.journal_number(journal) {
            return Ok(number);
        }
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        names.intern_journal(journal, |key, number| self.sled.insert(key, number))
    }

    /// The number of a journal, if it has one.
    pub fn journal_number(&self, journal: &JournalId) -> Option<JournalNumber> {
        self.names.read().unwrap_or_else(PoisonError::into_inner).journal_number(journal)
    }

    /// The journal with a number.
    pub fn journal(&self, number: JournalNumber) -> Option<JournalId> {
        self.names.read().unwrap_or_else(PoisonError::into_inner).journal(number)
    }

    /// The journals of a scope, in order.
    pub fn journals(&self, scope: &ScopeName) -> Vec<(JournalId, JournalNumber)> {
        self.names.read().unwrap_or_else(PoisonError::into_inner).journals(scope)
    }

    /// The number of a scope, given to it now if it has none.
    pub fn intern_scope(&self, scope: &ScopeName) -> Result<ScopeNumber, StoreError> {
        if let Some(number) = self.scope_number(scope) {
            return Ok(number);
        }
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        names.intern_scope(scope, |key, number| self.sled.insert(key, number))
    }

    /// The number of a scope, if it has one.
    pub fn scope_number(&self, scope: &ScopeName) -> Option<ScopeNumber> {
        self.names.read().unwrap_or_else(PoisonError::into_inner).scope_number(scope)
    }

    /// All scopes that have a number, in order.
    pub fn scopes(&self) -> Vec<(ScopeName, ScopeNumber)> {
        self.names.read().unwrap_or_else(PoisonError::into_inner).scopes()
    }

    /// Applies a group, all of it or nothing, and notes that the log is applied up to a position.
    pub fn apply(&self, ops: &[IndexOp], applied: Option<Position>) -> Result<(), StoreError> {
        let mut changes = Changes::new();
        for op in ops {
            match op {
                IndexOp::Page { journal, page } => {
                    changes.insert(rows::page_key(*journal, page.first_seq), Some(rows::encode_page(page)));
                }
                IndexOp::DropPage { journal, first_seq } => {
                    changes.insert(rows::page_key(*journal, *first_seq), None);
                }
                IndexOp::Rows { scope, document, rows } => self.add_rows(&mut changes, *scope, *document, rows)?,
                IndexOp::DropDocument { scope, document } => self.drop_rows(&mut changes, *scope, *document)?,
                IndexOp::Successor { of, document } => {
                    changes.insert(rows::successor_key(*of, Some(*document)), Some(Vec::new()));
                }
                IndexOp::Rewritten => {
                    if let Some(file) = self.sled.get(rows::REWRITING)? {
                        changes.insert(rows::REWRITTEN.to_vec(), Some(file));
                    }
                    changes.insert(rows::REWRITING.to_vec(), None);
                }
                IndexOp::Set { name, value } => {
                    if let Some(value) = value
                        && value.len() > VALUE_BYTES_MAX
                    {
                        return Err(StoreError::ValueTooLarge(value.len()));
                    }
                    changes.insert(setting_key(name), value.clone());
                }
            }
        }
        if let Some(applied) = applied {
            changes.insert(rows::APPLIED.to_vec(), Some(rows::encode_position(applied)));
        }
        self.sled.apply(changes)
    }

    fn add_rows(
        &self,
        changes: &mut Changes,
        scope: ScopeNumber,
        document: DocumentId,
        rows: &[Row],
    ) -> Result<(), StoreError> {
        let parts = self.parts(changes, scope, document)?;
        let place = rows::place_in_drawer(document);
        let mut known = Vec::new();
        for part in &parts {
            rows::decode_rows(part, |at, row| known.extend((at == place).then_some((row.journal, row.seq))))?;
        }
        let mut last = Part { number: parts.len().saturating_sub(1), value: parts.into_iter().next_back() };
        for row in rows {
            if !known.contains(&(row.journal, row.seq)) {
                known.push((row.journal, row.seq));
                last.add(changes, scope, document, place, row)?;
            }
        }
        last.put(changes, scope, document)
    }

    /// Takes a document out of its drawer; those behind it move up.
    fn drop_rows(&self, changes: &mut Changes, scope: ScopeNumber, document: DocumentId) -> Result<(), StoreError> {
        let parts = self.parts(changes, scope, document)?;
        let mut kept = Vec::new();
        for part in &parts {
            rows::decode_rows(part, |at, row| kept.push((at, row)))?;
        }
        kept.retain(|(at, _)| *at != rows::place_in_drawer(document));
        for number in 0..parts.len() {
            changes.insert(part_key(scope, document, number)?, None);
        }
        let mut last = Part { number: 0, value: None };
        for (at, row) in &kept {
            last.add(changes, scope, document, *at, row)?;
        }
        last.put(changes, scope, document)
    }

    /// The parts of the drawer that a document lies in, as they will be after `changes`.
    fn parts(&self, changes: &Changes, scope: ScopeNumber, document: DocumentId) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut parts = Vec::new();
        loop {
            let key = part_key(scope, document, parts.len())?;
            let part = match changes.get(&key) {
                Some(part) => part.clone(),
                None => self.sled.get(&key)?,
            };
            let Some(part) = part else { break };
            let full = rows::is_full(&part);
            parts.push(part);
            if !full {
                break;
            }
        }
        Ok(parts)
    }

    /// How far the log is applied.
    pub fn applied(&self) -> Result<Option<Position>, StoreError> {
        self.sled.get(rows::APPLIED)?.map(|value| rows::decode_position(&value)).transpose()
    }

    /// The page that holds an entry.
    pub fn page_with(&self, journal: JournalNumber, seq: u64) -> Result<Option<PageRow>, StoreError> {
        let page = self.last_page(journal, seq)?;
        Ok(page.filter(|page| page.last.seq >= seq))
    }

    /// The last page that begins at an entry or before it.
    fn last_page(&self, journal: JournalNumber, seq: u64) -> Result<Option<PageRow>, StoreError> {
        let range = rows::page_key(journal, 0)..=rows::page_key(journal, seq);
        let row = self.sled.call(|tree| tree.range(range).next_back().transpose())?;
        row.map(|(key, value)| rows::decode_page(&key, &value)).transpose()
    }

    /// At most `limit` pages that hold entries from `seq` on, in order.
    pub fn pages_from(&self, journal: JournalNumber, seq: u64, limit: usize) -> Result<Vec<PageRow>, StoreError> {
        let begin = self.page_with(journal, seq)?.map_or(seq, |page| page.first_seq);
        let range = rows::page_key(journal, begin)..=rows::page_key(journal, u64::MAX);
        let found = self.sled.call(|tree| tree.range(range).take(limit).collect::<sled::Result<Vec<_>>>())?;
        found.iter().map(|(key, value)| rows::decode_page(key, value)).collect()
    }

    /// The pages that lie in one segment file, with their journals: all rows are looked at.
    pub fn pages_in(&self, file: u32) -> Result<Vec<(JournalNumber, PageRow)>, StoreError> {
        let mut found = Vec::new();
        let mut from = rows::page_key(JournalNumber(0), 0);
        loop {
            let range = (std::ops::Bound::Excluded(from.clone()), std::ops::Bound::Unbounded);
            let rows = self.sled.call(|tree| {
                let pages = tree.range::<Vec<u8>, _>(range).take_while(|row| match row {
                    Ok((key, _)) => key.starts_with(rows::PAGES),
                    Err(_) => true,
                });
                pages.take(ROWS_AT_ONCE).collect::<sled::Result<Vec<_>>>()
            })?;
            let Some((last, _)) = rows.last() else { return Ok(found) };
            from = last.to_vec();
            for (key, value) in &rows {
                let page = rows::decode_page(key, value)?;
                if page.at.file == file {
                    found.push((rows::decode_page_journal(key)?, page));
                }
            }
        }
    }

    /// The documents that continue a document, in order.
    pub fn successors(&self, of: DocumentId) -> Result<Vec<DocumentId>, StoreError> {
        let prefix = rows::successor_key(of, None);
        let keys = self.sled.call(|tree| tree.scan_prefix(&prefix).keys().collect::<sled::Result<Vec<_>>>())?;
        keys.iter().map(|key| rows::decode_successor_key(key)).collect()
    }

    /// The last point that is held of a journal.
    pub fn point(&self, journal: JournalNumber) -> Result<Option<Point>, StoreError> {
        Ok(self.last_page(journal, u64::MAX)?.map(|page| page.last))
    }

    /// What is held of a scope: for each of its journals with a page, the last point.
    pub fn have(&self, scope: &ScopeName) -> Result<Vec<(JournalId, Point)>, StoreError> {
        let mut have = Vec::new();
        for (journal, number) in self.journals(scope) {
            have.extend(self.point(number)?.map(|point| (journal, point)));
        }
        Ok(have)
    }

    /// The entries of a document, in the order in which they were added; none when it is not known.
    pub fn rows(&self, scope: ScopeNumber, document: DocumentId) -> Result<Vec<Row>, StoreError> {
        let (place, mut rows) = (rows::place_in_drawer(document), Vec::new());
        for part in self.parts(&Changes::new(), scope, document)? {
            rows::decode_rows(&part, |at, row| rows.extend((at == place).then_some(row)))?;
        }
        Ok(rows)
    }

    /// At most `limit` documents of a scope behind `after`, in order.
    pub fn documents(
        &self,
        scope: ScopeNumber,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let first = after.unwrap_or(DocumentId { journal: JournalNumber(0), seq: 0 });
        let last = DocumentId { journal: JournalNumber(u32::MAX), seq: u64::MAX };
        let range = rows::drawer_key(scope, first, 0)..=rows::drawer_key(scope, last, u16::MAX);
        // Of a drawer whose end is not seen yet, a further part may name a document between those that are known.
        let mut documents = BTreeSet::new();
        self.sled.call(|tree| {
            let mut drawer = None;
            for row in tree.range(range) {
                let (key, part) = row?;
                let same =
                    drawer.replace(key.clone()).is_none_or(|before| before[..before.len() - 2] == key[..key.len() - 2]);
                if !same && documents.len() >= limit {
                    break;
                }
                let mut places = BTreeSet::new();
                let read = rows::decode_rows(&part, |at, _| places.extend([at]));
                let found =
                    places.into_iter().map(|at| rows::decode_drawer_key(&key, at)).collect::<Result<Vec<_>, _>>();
                match read.and(found) {
                    Ok(found) => {
                        documents.extend(found.into_iter().filter(|found| after.is_none_or(|after| *found > after)))
                    }
                    Err(error) => return Ok(Err(error)),
                }
            }
            Ok(Ok(()))
        })??;
        Ok(documents.into_iter().take(limit).collect())
    }

    /// A setting or watermark.
    pub fn get(&self, name: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.sled.get(&setting_key(name))
    }

    /// The settings whose names begin so, in order.
    pub fn settings(&self, prefix: &[u8]) -> Result<Vec<Setting>, StoreError> {
        let key = setting_key(prefix);
        let found = self.sled.call(|tree| tree.scan_prefix(&key).collect::<sled::Result<Vec<_>>>())?;
        Ok(found.into_iter().map(|(key, value)| (key[1..].to_vec(), value.to_vec())).collect())
    }

    /// Forgets everything, numbers included: those given out before stand for nothing any more.
    pub fn wipe(&self) -> Result<(), StoreError> {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        self.sled.wipe()?;
        *names = Names::default();
        Ok(())
    }

    /// Notes that segments are being written anew into this file, so that a start that finds this note does not trust
    /// the rows.
    pub(crate) fn rewriting(&self, file: u32) -> Result<(), StoreError> {
        self.sled.insert(rows::REWRITING.to_vec(), file.to_be_bytes().to_vec())
    }

    /// Says which file segments were last written anew into, by the log. Rows that do not know of it may be older than
    /// that, and name places that are gone: gives whether they do know.
    pub(crate) fn knows_rewritten(&self, file: u32) -> Result<bool, StoreError> {
        self.sled.rewritten.store(file, Ordering::Relaxed);
        Ok(file == 0 || self.sled.get(rows::REWRITTEN)?.is_some_and(|known| known == file.to_be_bytes()))
    }
}

/// The part of a drawer that is being filled.
struct Part {
    number: usize,
    /// None where nothing is in it.
    value: Option<Vec<u8>>,
}

impl Part {
    /// Adds an entry of the document at a place of the drawer, in the next part if this one is full.
    fn add(
        &mut self,
        changes: &mut Changes,
        scope: ScopeNumber,
        document: DocumentId,
        place: u8,
        row: &Row,
    ) -> Result<(), StoreError> {
        if self.value.as_ref().is_some_and(|value| rows::is_full(value)) {
            changes.insert(part_key(scope, document, self.number)?, self.value.take());
            self.number += 1;
        }
        rows::encode_row(self.value.get_or_insert_default(), place, row);
        Ok(())
    }

    fn put(self, changes: &mut Changes, scope: ScopeNumber, document: DocumentId) -> Result<(), StoreError> {
        if self.value.is_some() {
            changes.insert(part_key(scope, document, self.number)?, self.value);
        }
        Ok(())
    }
}

/// The key of a part of the drawer that a document lies in. 65,536 parts hold five million entries, and the guard stops
/// at 10,000 a document.
fn part_key(scope: ScopeNumber, document: DocumentId, number: usize) -> Result<Vec<u8>, StoreError> {
    let part = u16::try_from(number).map_err(|_| StoreError::IndexRow("a drawer of too many entries"))?;
    Ok(rows::drawer_key(scope, document, part))
}

fn setting_key(name: &[u8]) -> Vec<u8> {
    [b"s", name].concat()
}

/// Calls into sled: its errors and its panics come back as one error.
fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(StoreError::Index(error.into())),
        Err(_) => Err(StoreError::Index("sled panicked".into())),
    }
}
