//! Bytes to cells and back: workbooks, and text with its delimiters, marks and old encodings.

use super::{
    ImportTable, TableFault,
    columns::{Column, column},
    workbook,
};
use crate::words::Lang;

/// The largest table that is read, in bytes.
pub const IMPORT_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The most rows that are read.
pub const IMPORT_ROWS_MAX: usize = 100_000;
/// The most cells of a row, and the most characters of one. A form has some forty of them.
const CELLS_MAX: usize = 200;
const CELL_BYTES_MAX: usize = 4_000;

/// In how many lines a header is looked for: a title, a village and a date stand above it at most.
const TITLE_LINES_MAX: usize = 20;

/// How much memory the cells of a table may take.
const WEIGHT_MAX: usize = 8 * IMPORT_BYTES_MAX;

/// A line number and its cells.
type Line = (u64, Vec<String>);

/// The lines of a table that hold anything, in order, within bounds.
#[derive(Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    weight: usize,
}

impl Lines {
    /// Whether a line with so many cells may have this one.
    pub(super) fn judge(line: u64, cells: usize, cell: &str) -> Result<(), TableFault> {
        if cells > CELLS_MAX || cell.len() > CELL_BYTES_MAX { Err(TableFault::LongLine(line)) } else { Ok(()) }
    }

    /// Adds a line, unless it holds nothing.
    pub(super) fn push(&mut self, line: u64, cells: Vec<String>) -> Result<(), TableFault> {
        cells.iter().try_for_each(|cell| Self::judge(line, cells.len(), cell))?;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        self.weight += cells.iter().map(|cell| size_of::<String>() + cell.len()).sum::<usize>();
        if self.weight > WEIGHT_MAX {
            return Err(TableFault::TooLarge);
        }
        if self.lines.len() > IMPORT_ROWS_MAX {
            return Err(TableFault::TooManyRows);
        }
        self.lines.push((line, cells));
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn into_lines(self) -> Vec<Line> {
        self.lines
    }

    /// Whether a header stands in it by which people are named.
    pub(super) fn name_people(&self) -> bool {
        self.header().is_some()
    }

    fn header(&self) -> Option<usize> {
        let names_people = |(_, cells): &Line| cells.iter().any(|cell| column(cell) == Some(Column::NAME));
        self.lines.iter().take(TITLE_LINES_MAX).position(names_people)
    }
}

/// A table as cells.
pub(super) struct Cells {
    /// The sheet of a workbook that they stand in.
    pub(super) sheet: Option<String>,
    /// The line of the header.
    pub(super) line: u64,
    pub(super) header: Vec<String>,
    /// The rows below it that are not empty.
    pub(super) rows: Vec<Line>,
}

/// The header and the rows that are not empty. `header` is the line of the header, from 1; without it, it is the first
/// line with cells, or, where that one names nobody, the first of the next ones that does: a title often stands above.
pub(super) fn read(bytes: &[u8], header: Option<u64>) -> Result<Cells, TableFault> {
    if bytes.len() > IMPORT_BYTES_MAX {
        return Err(TableFault::TooLarge);
    }
    let (sheet, lines) = if workbook::is_archive(bytes) {
        workbook::read(bytes).map(|(sheet, lines)| (Some(sheet), lines))?
    } else {
        (None, read_text(bytes, header)?)
    };
    if lines.is_empty() {
        return Err(TableFault::Empty);
    }
    let at = match header {
        Some(wanted) => lines.lines.iter().position(|(line, _)| *line >= wanted).ok_or(TableFault::NoHeader(wanted))?,
        None => lines.header().unwrap_or(0),
    };
    let mut lines = lines.into_lines();
    let rows = lines.split_off(at + 1);
    let Some((line, header)) = lines.pop() else { return Err(TableFault::Empty) };
    Ok(Cells { sheet, line, header: header.iter().map(|name| name.trim().to_owned()).collect(), rows })
}

fn read_text(bytes: &[u8], header: Option<u64>) -> Result<Lines, TableFault> {
    // What older table programs save, and what is locked by a password.
    if bytes.starts_with(&[0xd0, 0xcf]) {
        return Err(TableFault::Workbook);
    }
    if bytes.contains(&0) {
        return Err(TableFault::NotText);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // What older table programs write: one byte a letter, as in Latin-1.
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (text, delimiter, skipped) = delimiter(&text, header);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut lines = Lines::default();
    let mut counted = Counted { text: text.as_bytes(), at: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|error| TableFault::Malformed(error.to_string()))?;
        let line = counted.line_of(record.position().map_or(0, csv::Position::byte)) + skipped;
        lines.push(line, record.iter().map(str::to_owned).collect())?;
    }
    Ok(lines)
}

/// Counts lines as an editor does; the reader's own count leaves out empty ones.
struct Counted<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Counted<'_> {
    /// The line of the record that begins at this byte or after the empty lines there. Bytes only go up.
    fn line_of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.text.get(self.at).filter(|next| self.at < byte || **next == b'\n') {
            self.line += u64::from(*next == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// The text after a `sep=;` line, the delimiter, and the lines passed over. Without such a line it is the mark that is
/// most frequent in the header.
fn delimiter(text: &str, header: Option<u64>) -> (&str, u8, u64) {
    const MARKS: [u8; 3] = [b',', b';', b'\t'];
    if let Some(mark) = text.strip_prefix("sep=").and_then(|rest| rest.bytes().next()).filter(u8::is_ascii_punctuation)
    {
        return (text.split_once('\n').map_or("", |(_, rest)| rest), mark, 1);
    }
    let mut lines = text.lines();
    // A line that is split by one of the marks and then names people is the header; a title above it has other marks.
    let names_people = |line: &&str| {
        MARKS.iter().any(|mark| line.split(char::from(*mark)).any(|cell| column(cell) == Some(Column::NAME)))
    };
    let is_filled = |line: &&str| !line.trim().is_empty();
    let first = match header {
        Some(wanted) => lines.skip(usize::try_from(wanted.saturating_sub(1)).unwrap_or(usize::MAX)).find(is_filled),
        None => {
            lines.clone().filter(is_filled).take(TITLE_LINES_MAX).find(names_people).or_else(|| lines.find(is_filled))
        }
    };
    let count = |mark: u8| first.unwrap_or_default().bytes().filter(|byte| *byte == mark).count();
    let mark = MARKS.into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b',');
    (text, mark, 0)
}

/// The rows that were not taken, with the reasons in a last column: to be put right and imported again. `None` if every
/// row was taken. No cell of it can be taken for a formula.
pub fn rejected_csv(table: &ImportTable, lang: Lang) -> Option<String> {
    let rejected: Vec<_> =
        table.rows.iter().filter_map(|row| row.outcome.as_ref().err().map(|errors| (row, errors))).collect();
    if rejected.is_empty() {
        return None;
    }
    let width = rejected.iter().map(|(row, _)| row.cells.len()).max().unwrap_or(0).max(table.header.len());
    let line = |cells: &[String], last: &str| {
        let cells = (0..width).map(|index| cells.get(index).map_or("", String::as_str));
        cells.chain([last]).map(cell).collect::<Vec<_>>().join(";")
    };
    let mut text = format!("\u{feff}{}\r\n", line(&table.header, crate::words::REASON.of(lang)));
    for (row, errors) in rejected {
        let reasons: Vec<String> = errors.iter().map(|error| error.text(lang)).collect();
        text.push_str(&line(&row.cells, &reasons.join(" | ")));
        text.push_str("\r\n");
    }
    Some(text)
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let number = text.len() > 11 && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = if formula || number { format!("'{text}") } else { text.to_owned() };
    if text.contains([';', '"', '\n', '\r', ',']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
