//! The bytes of the index's rows: keys that order as they are listed, values that stay small.
//!
//! ```text
//! J scope 0 node incarnation        → number                       S scope → number
//! p journal first-seq               → page                         s name  → setting
//! d scope journal drawer part       → entries of its documents     A → applied   V → version   R → rewriting
//! W → rewritten
//! n journal seq journal seq         → nothing: the second document continues the first
//! + → the sum over all other rows but the version
//! ```
//! Numbers in keys are big-endian, so that they order.
//!
//! Documents that were begun one after the other lie in one *drawer*: a page brings entries of many of them, and sled
//! takes as long for a row of a few bytes as for one of some kilobytes.

use identity::{ChangeHash, EntryHash, Incarnation, JournalId, NodeKey, Point, ScopeName};
use journal::segments::{Location, Position};

use super::{DocumentId, JournalNumber, PageRow, Row, ScopeNumber, VALUE_BYTES_MAX};
use crate::StoreError;

/// What the keys of pages begin with.
pub(super) const PAGES: &[u8] = b"p";
pub(super) const APPLIED: &[u8] = b"A";
pub(super) const VERSION: &[u8] = b"V";
pub(super) const SUM: &[u8] = b"+";
/// While it is there, files are being written anew: the number of the new one.
pub(super) const REWRITING: &[u8] = b"R";
/// The number of the last file that files were written anew into and that the rows know of.
pub(super) const REWRITTEN: &[u8] = b"W";
/// How many documents lie in one drawer.
pub(super) const DRAWER_DOCUMENTS: u64 = 16;
/// A part of a drawer takes no more than this, so that adding to one that has many does not write all of it again.
const PART_BYTES_MAX: usize = 4 << 10;
/// The longest entry in a drawer: which document it is of, two numbers of at most 5 and 10 bytes, and a hash.
const ROW_BYTES_MAX: usize = 1 + 5 + 10 + 32;
const _: () = assert!(PART_BYTES_MAX <= VALUE_BYTES_MAX && DRAWER_DOCUMENTS <= 1 << 8);

pub(super) fn scope_key(scope: &ScopeName) -> Vec<u8> {
    [b"S", scope.as_str().as_bytes()].concat()
}

pub(super) fn decode_scope_key(key: &[u8]) -> Option<ScopeName> {
    std::str::from_utf8(key.strip_prefix(b"S")?).ok()?.parse().ok()
}

pub(super) fn journal_key(journal: &JournalId) -> Vec<u8> {
    [b"J", journal.scope.as_str().as_bytes(), &[0], &journal.node.0, &journal.incarnation.0].concat()
}

pub(super) fn decode_journal_key(key: &[u8]) -> Option<JournalId> {
    let (key, incarnation) = key.strip_prefix(b"J")?.split_last_chunk::<8>()?;
    let (key, node) = key.split_last_chunk::<32>()?;
    let scope = std::str::from_utf8(key.strip_suffix(&[0])?).ok()?.parse().ok()?;
    Some(JournalId { scope, node: NodeKey(*node), incarnation: Incarnation(*incarnation) })
}

pub(super) fn page_key(journal: JournalNumber, first_seq: u64) -> Vec<u8> {
    [PAGES, &journal.0.to_be_bytes(), &first_seq.to_be_bytes()].concat()
}

/// The journal that a page's key names.
pub(super) fn decode_page_journal(key: &[u8]) -> Result<JournalNumber, StoreError> {
    let number = key.strip_prefix(PAGES).and_then(|rest| rest.first_chunk()).map(|bytes| u32::from_be_bytes(*bytes));
    number.map(JournalNumber).ok_or(StoreError::IndexRow("a page's name"))
}

pub(super) fn encode_page(page: &PageRow) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    out.extend_from_slice(&page.last.seq.to_le_bytes());
    out.extend_from_slice(&page.last.hash.0);
    for number in [page.at.file, page.at.offset, page.at.bytes, page.part] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.push(page.sealed.into());
    out
}

pub(super) fn decode_page(key: &[u8], value: &[u8]) -> Result<PageRow, StoreError> {
    let mut read = Read(value);
    let mut decode = || {
        let first_seq = u64::from_be_bytes(*key.last_chunk()?);
        let last = Point { seq: u64::from_le_bytes(read.array()?), hash: EntryHash(read.array()?) };
        let mut number = || Some(u32::from_le_bytes(read.array()?));
        let at = Location { file: number()?, offset: number()?, bytes: number()? };
        let part = number()?;
        let sealed = read.array::<1>()? == [1];
        read.0.is_empty().then_some(PageRow { first_seq, last, at, part, sealed })
    };
    decode().ok_or(StoreError::IndexRow("a page"))
}

/// The key of one part of the drawer that a document lies in.
pub(super) fn drawer_key(scope: ScopeNumber, document: DocumentId, part: u16) -> Vec<u8> {
    [
        &b"d"[..],
        &scope.0.to_be_bytes(),
        &document.journal.0.to_be_bytes(),
        &(document.seq / DRAWER_DOCUMENTS).to_be_bytes(),
        &part.to_be_bytes(),
    ]
    .concat()
}

/// Which of its drawer a document is.
pub(super) fn place_in_drawer(document: DocumentId) -> u8 {
    // Less than DRAWER_DOCUMENTS.
    (document.seq % DRAWER_DOCUMENTS) as u8
}

/// The key that says that `document` continues `of`; without it, what all such keys of `of` begin with.
pub(super) fn successor_key(of: DocumentId, document: Option<DocumentId>) -> Vec<u8> {
    let mut key = b"n".to_vec();
    for document in [Some(of), document].into_iter().flatten() {
        key.extend_from_slice(&document.journal.0.to_be_bytes());
        key.extend_from_slice(&document.seq.to_be_bytes());
    }
    key
}

/// The document that continues the other.
pub(super) fn decode_successor_key(key: &[u8]) -> Result<DocumentId, StoreError> {
    let mut read = Read(key);
    let mut decode = || {
        read.array::<13>()?;
        let journal = JournalNumber(u32::from_be_bytes(read.array()?));
        let seq = u64::from_be_bytes(read.array()?);
        read.0.is_empty().then_some(DocumentId { journal, seq })
    };
    decode().ok_or(StoreError::IndexRow("a document that continues another"))
}

/// The document that lies at a place in the drawer of a key.
pub(super) fn decode_drawer_key(key: &[u8], place: u8) -> Result<DocumentId, StoreError> {
    let mut read = Read(key);
    let mut decode = || {
        read.array::<5>()?;
        let journal = JournalNumber(u32::from_be_bytes(read.array()?));
        let drawer = u64::from_be_bytes(read.array()?);
        read.array::<2>()?;
        let seq = drawer.checked_mul(DRAWER_DOCUMENTS)?.checked_add(place.into())?;
        read.0.is_empty().then_some(DocumentId { journal, seq })
    };
    decode().ok_or(StoreError::IndexRow("a drawer's name"))
}

/// Whether a part of a drawer takes no more: only then there is a next part.
pub(super) fn is_full(part: &[u8]) -> bool {
    part.len() + ROW_BYTES_MAX > PART_BYTES_MAX
}

/// Adds an entry of the document at a place.
pub(super) fn encode_row(out: &mut Vec<u8>, place: u8, row: &Row) {
    out.push(place);
    varint(out, row.journal.0.into());
    varint(out, row.seq << 1 | u64::from(row.change.is_some()));
    if let Some(change) = &row.change {
        out.extend_from_slice(&change.0);
    }
}

/// The entries in a part of a drawer, each with the place of its document.
pub(super) fn decode_rows(part: &[u8], mut each: impl FnMut(u8, Row)) -> Result<(), StoreError> {
    let mut read = Read(part);
    let mut decode = || {
        while !read.0.is_empty() {
            let [place] = read.array()?;
            let journal = JournalNumber(u32::try_from(read.varint()?).ok()?);
            let seq = read.varint()?;
            let change = if seq & 1 == 1 { Some(ChangeHash(read.array()?)) } else { None };
            (u64::from(place) < DRAWER_DOCUMENTS).then(|| each(place, Row { journal, seq: seq >> 1, change }))?;
        }
        Some(())
    };
    decode().ok_or(StoreError::IndexRow("a document's entries"))
}

pub(super) fn encode_position(position: Position) -> Vec<u8> {
    [position.place, position.file, position.offset].iter().flat_map(|number| number.to_le_bytes()).collect()
}

pub(super) fn decode_position(value: &[u8]) -> Result<Position, StoreError> {
    let mut read = Read(value);
    let mut number = || read.array().map(u32::from_le_bytes);
    let mut decode = || Some(Position { place: number()?, file: number()?, offset: number()? });
    decode().ok_or(StoreError::IndexRow("a position"))
}

pub(super) fn decode_number(value: &[u8]) -> Result<u32, StoreError> {
    value.try_into().map(u32::from_be_bytes).map_err(|_| StoreError::IndexRow("a number"))
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// What is left to read.
struct Read<'a>(&'a [u8]);

impl Read<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array::<1>()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return None;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_and_order_as_what_they_name() {
        let journal = |scope: &str, node| JournalId {
            scope: scope.parse().unwrap(),
            node: NodeKey([node; 32]),
            incarnation: Incarnation([0; 8]),
        };
        let journals = [
            journal("coordination/33", 9),
            journal("coordination/33.07", 0),
            journal("coordination/33.07", 1),
            journal("coordination/id", 0),
        ];
        let keys = journals.each_ref().map(journal_key);
        assert!(keys.is_sorted());
        for (key, journal) in keys.iter().zip(&journals) {
            assert_eq!(decode_journal_key(key).as_ref(), Some(journal));
            assert_eq!(decode_scope_key(&scope_key(&journal.scope)), Some(journal.scope.clone()));
        }
        let document = DocumentId { journal: JournalNumber(7), seq: 1 << 40 };
        let key = drawer_key(ScopeNumber(3), document, 2);
        assert_eq!(decode_drawer_key(&key, place_in_drawer(document)).unwrap(), document);
        let first = DocumentId { journal: JournalNumber(8), seq: 3 };
        let key = successor_key(first, Some(document));
        assert_eq!(decode_successor_key(&key).unwrap(), document);
        assert!(key.starts_with(&successor_key(first, None)) && decode_successor_key(&key[..20]).is_err());
        assert_eq!(decode_page_journal(&page_key(JournalNumber(9), 4)).unwrap(), JournalNumber(9));
    }

    #[test]
    fn values_come_back_and_no_bytes_panic() {
        let page = PageRow {
            first_seq: 5,
            last: Point { seq: 9, hash: EntryHash([3; 32]) },
            at: Location { file: 1, offset: 2, bytes: 3 },
            part: 4,
            sealed: true,
        };
        let (key, value) = (page_key(JournalNumber(1), 5), encode_page(&page));
        assert_eq!(decode_page(&key, &value).unwrap(), page);
        let rows = [
            Row { journal: JournalNumber(u32::MAX), seq: (1 << 62) - 1, change: Some(ChangeHash([1; 32])) },
            Row { journal: JournalNumber(0), seq: 1, change: None },
        ];
        let mut value = Vec::new();
        rows.iter().for_each(|row| encode_row(&mut value, 15, row));
        let mut back = Vec::new();
        decode_rows(&value, |place, row| back.push((place, row))).unwrap();
        assert_eq!(back, rows.map(|row| (15, row)));

        for bad in [&[][..], &[0xff; 20], &[0x80; 3], &[1, 3, 7]] {
            assert!(decode_page(bad, bad).is_err() && decode_drawer_key(&bad[..bad.len().min(9)], 0).is_err());
            assert!(bad.is_empty() || decode_rows(bad, |_, _| ()).is_err(), "{bad:?}");
        }
    }
}
