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
    collections::BTreeMap,
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
                IndexOp::DropDocument { scope, document } => {
                    for (chunk, _) in self.chunks(&changes, *scope, *document)? {
                        changes.insert(rows::document_key(*scope, *document, chunk), None);
                    }
                }
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
        let chunks = self.chunks(changes, scope, document)?;
        let mut known = Vec::new();
        for (_, value) in &chunks {
            rows::decode_rows(value, &mut known)?;
        }
        let (mut chunk, mut value) = chunks.into_iter().next_back().unwrap_or_default();
        for row in rows {
            if known.iter().any(|known| (known.journal, known.seq) == (row.journal, row.seq)) {
                continue;
            }
            if rows::is_full(&value) {
                changes.insert(rows::document_key(scope, document, chunk), Some(std::mem::take(&mut value)));
                // 65,536 parts hold 40 million entries; the guard stops at 10,000.
                chunk = chunk.checked_add(1).ok_or(StoreError::IndexRow("a document of too many entries"))?;
            }
            rows::encode_row(&mut value, row);
            known.push(*row);
        }
        changes.insert(rows::document_key(scope, document, chunk), Some(value));
        Ok(())
    }

    /// The parts of a document's entries, as they will be after `changes`.
    fn chunks(
        &self,
        changes: &Changes,
        scope: ScopeNumber,
        document: DocumentId,
    ) -> Result<Vec<(u16, Vec<u8>)>, StoreError> {
        let mut chunks = Vec::new();
        for chunk in 0..=u16::MAX {
            let key = rows::document_key(scope, document, chunk);
            let value = match changes.get(&key) {
                Some(value) => value.clone(),
                None => self.sled.get(&key)?,
            };
            let Some(value) = value else { break };
            let full = rows::is_full(&value);
            chunks.push((chunk, value));
            if !full {
                break;
            }
        }
        Ok(chunks)
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
        let mut rows = Vec::new();
        for (_, value) in self.chunks(&Changes::new(), scope, document)? {
            rows::decode_rows(&value, &mut rows)?;
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
        let first = DocumentId { journal: JournalNumber(0), seq: 0 };
        let last = DocumentId { journal: JournalNumber(u32::MAX), seq: u64::MAX };
        // A document's own parts lie below its last possible part.
        let begin = after
            .map_or_else(|| rows::document_key(scope, first, 0), |after| rows::document_key(scope, after, u16::MAX));
        let range = begin..=rows::document_key(scope, last, u16::MAX);
        let keys = self.sled.call(|tree| {
            let first_parts = tree.range(range).keys().filter(|key| match key {
                Ok(key) => key.ends_with(&0_u16.to_be_bytes()),
                Err(_) => true,
            });
            first_parts.take(limit).collect::<sled::Result<Vec<_>>>()
        })?;
        keys.iter().map(|key| rows::decode_document_key(key).map(|(document, _)| document)).collect()
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
