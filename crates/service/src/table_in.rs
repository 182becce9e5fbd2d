//! A table that somebody hands in: what its columns are taken for, and what is told of its rows.

use std::sync::Arc;

use records::{ImportColumn, ImportRow, ImportTable, read_head};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    both::Both,
    problem::{Code, Problem},
};

/// How much of a cell is told.
const CELL_CHARS_MAX: usize = 60;

/// A table that somebody hands in, and what it is to be taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableIn {
    /// The bytes of its file.
    pub bytes: Arc<[u8]>,
    /// The line of the header, from 1; without it, it is looked for.
    pub header: Option<u64>,
    /// What each column is taken for, by the codes of [`table_columns`], in the order of the table; empty for one that is
    /// left out. Without it, the header says so by itself.
    pub columns: Option<Vec<String>>,
    /// Enter each row as *ditetapkan* by this letter: number and date.
    pub decided: Option<(String, String)>,
}

impl TableIn {
    /// A table as it comes.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { bytes: bytes.into(), header: None, columns: None, decided: None }
    }

    /// Stands for the table and all that was chosen for it: what was looked at is what is brought in.
    pub(crate) fn stamp(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("simpul table v1");
        let mut text = |text: &[u8]| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text);
        };
        text(&self.bytes);
        text(self.header.map(|line| line.to_string()).unwrap_or_default().as_bytes());
        for column in self.columns.iter().flatten() {
            text(column.as_bytes());
        }
        // Which of the two parts a text belongs to.
        text(if self.columns.is_some() { b"chosen" } else { b"by itself" });
        for part in self.decided.iter().flat_map(|(number, date)| [number, date]) {
            text(part.as_bytes());
        }
        hasher.finalize().to_hex().chars().take(32).collect()
    }
}

/// Something that a column can be taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnKind {
    /// Its code.
    pub code: String,
    /// What it is about.
    pub part: Both,
    /// What it is called.
    pub label: Both,
}

/// Everything that a column of a table can be taken for, part by part.
pub fn table_columns() -> Vec<ColumnKind> {
    let kind = |column: ImportColumn| ColumnKind {
        code: column.code().to_owned(),
        part: column.part().into(),
        label: column.label().into(),
    };
    ImportColumn::all().map(kind).collect()
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableColumn {
    /// What it is called there.
    pub name: String,
    /// Some of its cells, each cut to 60 characters.
    pub examples: Vec<String>,
    /// What it is taken for, by its code; none if it is left out.
    pub code: Option<String>,
}

/// What the columns of a table are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableHead {
    /// The sheet of a workbook that was read.
    pub sheet: Option<String>,
    /// The line of the header, from 1.
    pub line: u64,
    /// The columns, in order.
    pub columns: Vec<TableColumn>,
    /// How many rows stand below it.
    pub rows: u64,
}

/// What a row gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowGives {
    /// Somebody new.
    New,
    /// Somebody new who may be somebody that is here already.
    MaybeDouble,
    /// Nobody: an earlier import brought this row.
    Present,
    /// Nobody: it is not right.
    Rejected,
}

/// How many rows give what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportCounts {
    /// Rows that were taken, those who may be double among them.
    pub added: u64,
    /// Rows that were there already.
    pub present: u64,
    /// Rows that may be somebody who is registered already.
    pub maybe_double: u64,
    /// Rows that were not taken.
    pub rejected: u64,
    /// Rows that were not looked at, because somebody stopped the import.
    pub left: u64,
}

impl ImportCounts {
    pub(crate) fn count(&mut self, gives: RowGives) {
        match gives {
            RowGives::New => self.added += 1,
            RowGives::MaybeDouble => {
                self.added += 1;
                self.maybe_double += 1;
            }
            RowGives::Present => self.present += 1,
            RowGives::Rejected => self.rejected += 1,
        }
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportLine {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The name, as it stands there.
    pub name: String,
    /// Its cells, each cut to 60 characters.
    pub cells: Vec<String>,
    /// What it gives.
    pub gives: RowGives,
    /// Why it is not taken, or what to look at again.
    pub said: Vec<Both>,
}

/// What a table would give. Nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportPreview {
    /// Stands for the table and what was chosen: given back with the import.
    pub stamp: String,
    /// What the columns are taken for.
    pub table: TableHead,
    /// How many rows would give what.
    pub counts: ImportCounts,
    /// The first rows, at most 20.
    pub first: Vec<ImportLine>,
    /// Rows that would not be taken, at most 100.
    pub rejected: Vec<ImportLine>,
    /// Rows to look at again that would be taken, at most 100.
    pub doubtful: Vec<ImportLine>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brought {
    /// How many rows gave what.
    pub counts: ImportCounts,
    /// Rows that were not taken, at most 100.
    pub rejected: Vec<ImportLine>,
    /// All of them as a table in CSV, with the reasons in a last column, to be put right and handed in again; none if every
    /// row was taken.
    pub rejected_table: Option<Both>,
}

/// What the columns are, as chosen or as the header says by itself.
pub(crate) fn head(table: &TableIn) -> Result<TableHead, Problem> {
    let chosen = chosen(table)?;
    let found = read_head(&table.bytes, table.header)?;
    let codes = chosen.unwrap_or(found.columns);
    let codes = codes.into_iter().chain(std::iter::repeat(None));
    let columns = found.header.into_iter().zip(found.examples).zip(codes).map(|((name, examples), column)| {
        TableColumn { name, examples, code: column.map(|column| column.code().to_owned()) }
    });
    Ok(TableHead { sheet: found.sheet, line: found.line, columns: columns.collect(), rows: found.rows as u64 })
}

/// What the columns were chosen to be.
pub(crate) fn chosen(table: &TableIn) -> Result<Option<Vec<Option<ImportColumn>>>, Problem> {
    let known = |code: &String| match code.as_str() {
        "" => Ok(None),
        code => ImportColumn::of_code(code).map(Some).ok_or_else(|| {
            let code: String = code.chars().take(CELL_CHARS_MAX).collect();
            Problem::said(
                Code::BadInput,
                Some("columns"),
                format!("tidak ada kolom {code:?}: pilih dari daftar"),
                format!("there is no column {code:?}: take one of the list"),
            )
        }),
    };
    table.columns.as_ref().map(|codes| codes.iter().map(known).collect()).transpose()
}

/// Whether one more goes into a list.
pub(crate) fn room(lines: &[ImportLine], most: usize) -> bool {
    lines.len() < most
}

pub(crate) fn line(table: &ImportTable, row: &ImportRow, gives: RowGives, said: Vec<Both>) -> ImportLine {
    let cells: Vec<String> = row.cells.iter().map(|cell| cell.trim().chars().take(CELL_CHARS_MAX).collect()).collect();
    let name = cells.get(table.names).cloned().unwrap_or_default();
    ImportLine { line: row.line, name, cells, gives, said }
}

pub(crate) fn rejected_line(table: &ImportTable, row: &ImportRow) -> ImportLine {
    let reasons = row.outcome.as_ref().err().into_iter().flatten();
    let said = reasons.map(|reason| Both::of(|lang| reason.text(lang))).collect();
    line(table, row, RowGives::Rejected, said)
}
