//! Workbooks: the cells of one sheet as text.
//!
//! A workbook is a packed archive of XML that says of itself how large it is and how much it holds. Before the reader
//! sees it, everything in it is inflated once against bounds, and what it claims is set against its size; then cells are
//! taken one by one. Neither a small file that inflates without end nor a cell far off takes more memory than a table may.

use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Cursor, Read},
};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use quick_xml::events::Event;
use zip::{ZipArchive, result::ZipError};

use super::{
    TableFault,
    table::{IMPORT_BYTES_MAX, Lines},
};

/// How much everything in a workbook may inflate to. A cell with its marks takes some thirty bytes.
const INFLATED_BYTES_MAX: u64 = 4 * IMPORT_BYTES_MAX as u64;

/// How much the texts that cells share may inflate to: they are held at once.
const SHARED_BYTES_MAX: u64 = IMPORT_BYTES_MAX as u64;

/// The fewest bytes that a shared text takes: `<si/>`.
const SHARED_TEXT_BYTES_MIN: u64 = 5;

/// Numbers from here on have sixteen digits or more, of which a table program keeps fifteen.
const SIXTEEN_DIGITS: f64 = 1e15;

/// Whether these bytes are an archive, as a workbook is.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
}

/// The first sheet to be seen that names people, or else the first that holds anything: its name and its lines. A line
/// has the number of its row.
pub(super) fn read(bytes: &[u8]) -> Result<(String, Lines), TableFault> {
    bounded(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unread)?;
    let seen = book.sheets_metadata().iter();
    let seen = seen.filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let names: Vec<String> = seen.map(|sheet| sheet.name.clone()).collect();
    let mut first = None;
    for name in names {
        let lines = sheet(&mut book, &name)?;
        if lines.name_people() {
            return Ok((name, lines));
        }
        if first.is_none() && !lines.is_empty() {
            first = Some((name, lines));
        }
    }
    first.ok_or(TableFault::Empty)
}

fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Lines, TableFault> {
    let mut reader = book.worksheet_cells_reader(name).map_err(unread)?;
    let mut lines = Lines::default();
    let mut cells: Vec<String> = Vec::new();
    let mut at = None;
    while let Some(cell) = reader.next_cell().map_err(unread)? {
        let text = text(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let line = u64::from(row) + 1;
        if at != Some(line)
            && let Some(before) = at.replace(line)
        {
            lines.push(before, std::mem::take(&mut cells))?;
        }
        let column = column as usize;
        Lines::judge(line, column + 1, &text)?;
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text.into_owned();
    }
    if let Some(line) = at {
        lines.push(line, cells)?;
    }
    Ok(lines)
}

/// What stands in a cell, as a person would type it.
fn text<'a>(value: &'a DataRef<'_>) -> Cow<'a, str> {
    match value {
        DataRef::Empty => Cow::Borrowed(""),
        DataRef::String(text) | DataRef::DurationIso(text) => Cow::Borrowed(text),
        DataRef::SharedString(text) => Cow::Borrowed(text),
        // The day of 2017-05-30T00:00:00.
        DataRef::DateTimeIso(text) => Cow::Borrowed(text.split('T').next().unwrap_or(text)),
        DataRef::DateTime(at) if at.is_datetime() && at.as_f64() >= 1.0 => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            Cow::Owned(format!("{day:02}-{month:02}-{year:04}"))
        }
        DataRef::DateTime(at) => Cow::Owned(number(at.as_f64())),
        DataRef::Int(whole) => Cow::Owned(number(*whole as f64)),
        DataRef::Float(float) => Cow::Owned(number(*float)),
        DataRef::Bool(true) => Cow::Borrowed("ya"),
        DataRef::Bool(false) => Cow::Borrowed("tidak"),
        DataRef::Error(error) => Cow::Owned(error.to_string()),
    }
}

/// A number as typed. One that lost digits looks like it: with a table program's fifteen of them the sixteenth of a NIK
/// is a nought.
fn number(value: f64) -> String {
    if value.abs() >= SIXTEEN_DIGITS && value % 10.0 == 0.0 { format!("{value:e}") } else { value.to_string() }
}

/// Inflates everything once and keeps nothing of it.
fn bounded(bytes: &[u8]) -> Result<(), TableFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| TableFault::Workbook)?;
    let mut left = INFLATED_BYTES_MAX;
    for index in 0..archive.len() {
        let unpacked =
            |error: ZipError| match matches!(error, ZipError::UnsupportedArchive(_) | ZipError::InvalidPassword) {
                // With a password.
                true => TableFault::Workbook,
                false => TableFault::Malformed(error.to_string()),
            };
        let part = archive.by_index(index).map_err(unpacked)?;
        let shared = part.name().map_err(unpacked)?.to_ascii_lowercase().ends_with("sharedstrings.xml");
        let most = if shared { SHARED_BYTES_MAX.min(left) } else { left };
        let mut part = BufReader::new(part.take(most + 1));
        let claimed = if shared { claimed(&mut part)? } else { 0 };
        io::copy(&mut part, &mut io::sink()).map_err(|error| TableFault::Malformed(error.to_string()))?;
        let inflated = most + 1 - part.get_ref().limit();
        if inflated > most || claimed > SHARED_BYTES_MAX / SHARED_TEXT_BYTES_MIN {
            return Err(TableFault::TooLarge);
        }
        left -= inflated;
    }
    Ok(())
}

/// How many texts the shared ones say that they are: the reader makes room for so many before it has seen one.
fn claimed(part: &mut impl BufRead) -> Result<u64, TableFault> {
    let mut xml = quick_xml::Reader::from_reader(part);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "sst" => {
                let count = tag.try_get_attribute("uniqueCount").map_err(|error| error.to_string());
                return match count.map_err(TableFault::Malformed)? {
                    None => Ok(0),
                    Some(count) => {
                        let count: &str = &count.value;
                        count.parse().map_err(|_| TableFault::Malformed(format!("uniqueCount={count:?}")))
                    }
                };
            }
            Ok(Event::Eof) => return Ok(0),
            Ok(_) => {}
            Err(error) => return Err(TableFault::Malformed(error.to_string())),
        }
    }
}

/// What the reader says of it.
fn unread(error: XlsxError) -> TableFault {
    use XlsxError::{FileNotFound, Password, RelationshipNotFound};
    if matches!(error, Password | RelationshipNotFound | FileNotFound(_)) {
        return TableFault::Workbook;
    }
    TableFault::Malformed(error.to_string())
}

#[cfg(test)]
mod tests;
