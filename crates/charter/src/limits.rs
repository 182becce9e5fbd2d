//! The bounds of statements, and the checks that hold them.
//!
//! Every statement fits one frame of 64 kB with room for the frame's own words. Where a list is too short for what is
//! to be said, say it in several statements; a removal that should keep more than its list takes is followed by
//! [`Body::Adopt`](crate::Body::Adopt).

use std::collections::BTreeSet;

use crate::{Cut, StatementError};

/// The largest statement, in bytes.
pub const STATEMENT_BYTES_MAX: usize = 48 * 1024;
/// The largest request, in bytes.
pub const REQUEST_BYTES_MAX: usize = 512;
/// The longest name of an office, in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// The longest reason or legal ground, in bytes.
pub const NOTE_BYTES_MAX: usize = 500;
/// The most founders of a founding.
pub const FOUNDERS_MAX: usize = 64;
/// The most grants of a policy.
pub const GRANTS_MAX: usize = 256;
/// The most statements that one adoption takes up or one removal keeps.
pub const HASHES_MAX: usize = 1024;
/// The most statements of its own kind that one replaces.
pub const CITES_MAX: usize = 64;
/// The most offices of a roster or a merger.
pub const OFFICES_MAX: usize = 1024;
/// The most journals of one cut-off.
pub const CUTS_MAX: usize = 512;
/// The most documents of one order.
pub const DOCUMENTS_MAX: usize = 256;

pub(crate) fn size(bytes: usize) -> Result<(), StatementError> {
    let bytes_max = STATEMENT_BYTES_MAX;
    if bytes > bytes_max { Err(StatementError::TooLarge { bytes, bytes_max }) } else { Ok(()) }
}

pub(crate) fn count(what: &'static str, count: usize, count_max: usize) -> Result<(), StatementError> {
    if count > count_max { Err(StatementError::TooMany { what, count, count_max }) } else { Ok(()) }
}

/// At least one, at most `count_max`, each once.
pub(crate) fn set_of<T: Ord>(
    what: &'static str,
    items: impl IntoIterator<Item = T>,
    count_max: usize,
) -> Result<(), StatementError> {
    let items: Vec<T> = items.into_iter().collect();
    if items.is_empty() {
        return Err(StatementError::NotASet(what));
    }
    distinct(what, items, count_max)
}

/// At most `count_max`, each once.
pub(crate) fn distinct<T: Ord>(
    what: &'static str,
    items: impl IntoIterator<Item = T>,
    count_max: usize,
) -> Result<(), StatementError> {
    let (mut seen, mut given) = (BTreeSet::new(), 0);
    for item in items {
        given += 1;
        seen.insert(item);
    }
    count(what, given, count_max)?;
    if seen.len() == given { Ok(()) } else { Err(StatementError::NotASet(what)) }
}

pub(crate) fn cuts(at: &[Cut]) -> Result<(), StatementError> {
    distinct("journals to cut", at.iter().map(|cut| cut.incarnation), CUTS_MAX)?;
    if at.iter().any(|cut| cut.at.is_some_and(|point| point.seq == 0)) {
        return Err(StatementError::Contradiction("entries are numbered from 1"));
    }
    Ok(())
}

pub(crate) fn text(what: &'static str, text: &str, bytes_max: usize) -> Result<(), StatementError> {
    let fits = !text.trim().is_empty() && text.len() <= bytes_max && !text.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(StatementError::Text { what, bytes_max }) }
}

/// As [`text`], and may be empty.
pub(crate) fn note(what: &'static str, note: &str) -> Result<(), StatementError> {
    if note.is_empty() { Ok(()) } else { text(what, note, NOTE_BYTES_MAX) }
}

#[cfg(test)]
mod tests;
