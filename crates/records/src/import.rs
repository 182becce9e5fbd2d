//! Tables of people typed elsewhere: bytes in, one draft or a list of reasons for each row out. Nothing is written here.
//!
//! # The same row twice
//! Each row gives a `source`, a hash of who it is about, which stands in the person's document. Before a row is
//! written, the node looks for a person with that source in that village and makes only what is still missing, so that
//! a second import, or one after a kill in the middle, adds nobody twice. The pieces are made in this order: person,
//! participation, journey, decision. The source stays in the identity scope: a hash of a name would give the name away
//! to whoever may read participations only. Two offices that are cut off from each other both write; their people are
//! then possible duplicates by the same import.

mod columns;
mod fault;
mod table;
mod workbook;

use std::collections::{BTreeMap, BTreeSet};

use documents::{Edit, Scalar};
use identity::Region;

use self::columns::Column;
pub use self::columns::{ImportColumn, template};
pub use self::fault::TableFault;
pub use self::table::{IMPORT_BYTES_MAX, IMPORT_ROWS_MAX, rejected_csv};
use crate::{
    RecordError,
    date::PartialDate,
    duplicate::{digits, normal_name},
    kinds::RecordKind,
    nik::{nik_warnings, nik_was_a_number},
    participation::{Decision, Outcome},
    person::Sex,
    value::{FieldType, PersonId, ValueType},
    words::{self, Lang},
};

/// What the importing office knows that the table does not say.
pub struct ImportOptions<'a> {
    /// The line of the header, from 1. Without it, it is looked for.
    pub header: Option<u64>,
    /// What each column is taken for, in the order of the table; what has nothing is passed over. Without it, the header
    /// says so by itself.
    pub columns: Option<&'a [Option<ImportColumn>]>,
    /// The village of rows that name none.
    pub village: Option<Region>,
    /// The programme of every row.
    pub programme: &'a str,
    /// The decision of rows that carry none: a list of people who were all decided in one letter.
    pub decision: Option<Decision>,
    /// Whether there is such a village and this office writes for it.
    pub serves: &'a dyn Fn(&Region) -> bool,
    /// Whether a regency has this code; for the check of NIKs.
    pub is_area: &'a dyn Fn(&str) -> bool,
}

/// What the columns of a table are called, and what stands in them: enough to say what each is to be taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportHead {
    /// The sheet of a workbook that was read.
    pub sheet: Option<String>,
    /// The line of the header, from 1.
    pub line: u64,
    /// The header as it stands there.
    pub header: Vec<String>,
    /// What it says by itself.
    pub columns: Vec<Option<ImportColumn>>,
    /// Of each column the first different cells that are not empty: three at most, each of 60 characters at most.
    pub examples: Vec<Vec<String>>,
    /// How many rows stand below it.
    pub rows: usize,
}

/// How many cells are shown of a column, and how much of each.
const EXAMPLES_MAX: usize = 3;
const EXAMPLE_CHARS_MAX: usize = 60;

/// A table that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportTable {
    /// The header as it stood there.
    pub header: Vec<String>,
    /// Which cell of a row holds the name, from 0.
    pub names: usize,
    /// Columns that mean nothing here and were passed over.
    pub passed_over: Vec<String>,
    /// What each row gives, in order.
    pub rows: Vec<ImportRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Its cells as they stood there.
    pub cells: Vec<String>,
    /// What is to be written, or why nothing is.
    pub outcome: Result<ImportDraft, Vec<RowError>>,
}

/// What a row that is right gives.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportDraft {
    /// The village.
    pub village: Region,
    /// Which row of which table it is.
    pub source: String,
    /// The name, to show progress by.
    pub name: String,
    /// A decision, if there is one.
    pub decision: Option<Decision>,
    /// What an officer should look at again, by column.
    pub warnings: Vec<(String, &'static str, &'static str)>,
    programme: String,
    fields: BTreeMap<(RecordKind, &'static str), Scalar>,
}

impl ImportDraft {
    /// The edits that make the person's document.
    pub fn person(&self, person: PersonId) -> Vec<Edit> {
        let mut edits = self.of(RecordKind::Person, person);
        edits.push(put("source", Scalar::Text(self.source.clone())));
        edits
    }

    /// The edits that make the participation; the register number is the importing node's to give where the row has
    /// none.
    pub fn participation(&self, person: PersonId) -> Vec<Edit> {
        let mut edits = self.of(RecordKind::Participation, person);
        edits.push(put("programme", Scalar::Text(self.programme.clone())));
        edits
    }

    /// Whether the row brings its own register number.
    pub fn has_register(&self) -> bool {
        self.fields.contains_key(&(RecordKind::Participation, "register"))
    }

    /// The edits that make a journey, if the row tells of one.
    pub fn trip(&self, person: PersonId) -> Option<Vec<Edit>> {
        let edits = self.of(RecordKind::Trip, person);
        (edits.len() > 1).then_some(edits)
    }

    fn of(&self, kind: RecordKind, person: PersonId) -> Vec<Edit> {
        let own = self.fields.iter().filter(|((k, _), _)| *k == kind).map(|((_, key), value)| put(key, value.clone()));
        std::iter::once(put("person", person.to_scalar())).chain(own).collect()
    }
}

fn put(key: &str, value: Scalar) -> Edit {
    Edit::Put { key: key.to_owned(), value }
}

/// Why a row was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The column as it is called in the file; empty for the row as a whole.
    pub column: String,
    /// What is wrong.
    pub problem: RowProblem,
}

impl RowError {
    /// What is wrong and what to do, for a person.
    pub fn text(&self, lang: Lang) -> String {
        words::row_problem(self, lang)
    }
}

/// What can be wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowProblem {
    /// It must not be empty.
    Empty,
    /// The text is no value of this column.
    Value {
        /// The text.
        given: String,
        /// What would fit.
        fits: ValueType,
    },
    /// A table program took the NIK or the number of the family card for a number and lost digits.
    WasNumber(String),
    /// No such village, or not served by this office.
    Village(String),
    /// A decision without its date, or a date or number without the decision.
    HalfDecision,
    /// The row says the same as another one.
    SameAs(u64),
    /// It has more cells than the header.
    TooManyCells,
}

/// Reads what the columns of a table are called; whether it can be taken in is not judged.
///
/// # Errors
/// [`RecordError::Table`] for what is no table.
pub fn read_head(bytes: &[u8], header: Option<u64>) -> Result<ImportHead, RecordError> {
    let cells = table::read(bytes, header).map_err(RecordError::Table)?;
    let columns = cells.header.iter().map(|name| ImportColumn::of_header(name)).collect();
    let examples = (0..cells.header.len()).map(|index| {
        let mut found: Vec<String> = Vec::new();
        let column = cells.rows.iter().filter_map(|(_, row)| row.get(index)).map(|cell| cell.trim());
        for cell in column.filter(|cell| !cell.is_empty()) {
            let cell: String = cell.chars().take(EXAMPLE_CHARS_MAX).collect();
            if !found.contains(&cell) {
                found.push(cell);
            }
            if found.len() >= EXAMPLES_MAX {
                break;
            }
        }
        found
    });
    let examples = examples.collect();
    let rows = cells.rows.len();
    Ok(ImportHead { sheet: cells.sheet, line: cells.line, header: cells.header, columns, examples, rows })
}

/// Reads a table: a workbook (.xlsx), or text with comma, semicolon or tab, in UTF-8 with or without its mark or as older
/// table programs write it.
///
/// # Errors
/// [`RecordError::Table`] for what is no table, and for columns that do not make a list of people.
pub fn read_import(bytes: &[u8], options: &ImportOptions<'_>) -> Result<ImportTable, RecordError> {
    let table::Cells { header, rows: records, .. } = table::read(bytes, options.header).map_err(RecordError::Table)?;
    let columns = columns_of(&header, options)?;
    let passed_over = header.iter().zip(&columns).filter(|(_, column)| column.is_none());
    let passed_over = passed_over.map(|(name, _)| name.clone()).filter(|name| !name.is_empty()).collect();
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut rows = Vec::new();
    for (line, cells) in records {
        let outcome = read_row(&header, &columns, &cells, options).and_then(|draft| match seen.get(&draft.source) {
            Some(first) => Err(vec![RowError { column: String::new(), problem: RowProblem::SameAs(*first) }]),
            None => {
                seen.insert(draft.source.clone(), line);
                Ok(draft)
            }
        });
        rows.push(ImportRow { line, cells, outcome });
    }
    let names = columns.iter().position(|column| *column == Some(Column::NAME)).unwrap_or_default();
    Ok(ImportTable { header, names, passed_over, rows })
}

/// What each column holds: as it was chosen, or as the header says.
fn columns_of(header: &[String], options: &ImportOptions<'_>) -> Result<Vec<Option<Column>>, RecordError> {
    let refuse = |fault| Err(RecordError::Table(fault));
    let columns: Vec<Option<Column>> = match options.columns {
        Some(chosen) if chosen.len() > header.len() => {
            return refuse(TableFault::NotSoMany { columns: header.len() });
        }
        Some(chosen) => {
            let chosen = chosen.iter().map(|column| column.map(ImportColumn::column));
            chosen.chain(std::iter::repeat(None)).take(header.len()).collect()
        }
        None => header.iter().map(|name| columns::column(name)).collect(),
    };
    let mut seen = BTreeSet::new();
    for (name, column) in header.iter().zip(&columns) {
        if let Some(column) = column
            && !seen.insert(*column)
        {
            return refuse(TableFault::Twice { column: name.clone(), meaning: column.label() });
        }
    }
    if !seen.contains(&Column::NAME) {
        return refuse(TableFault::NoName { header: header.join(" | ") });
    }
    if options.village.is_none() && !seen.contains(&Column::Village) {
        return refuse(TableFault::NoVillage);
    }
    Ok(columns)
}

fn read_row(
    header: &[String],
    columns: &[Option<Column>],
    cells: &[String],
    options: &ImportOptions<'_>,
) -> Result<ImportDraft, Vec<RowError>> {
    let mut errors = Vec::new();
    let mut fail = |column: &str, problem| errors.push(RowError { column: column.to_owned(), problem });
    if cells.iter().skip(header.len()).any(|cell| !cell.trim().is_empty()) {
        fail("", RowProblem::TooManyCells);
    }
    let mut village = options.village.clone();
    let mut fields = BTreeMap::new();
    let mut names: BTreeMap<Column, &str> = BTreeMap::new();
    let (mut outcome, mut number, mut date, mut day) = (None, None, None, None);
    for ((name, column), cell) in
        header.iter().zip(columns).zip(cells.iter().map(String::as_str).chain(std::iter::repeat("")))
    {
        let Some(column) = *column else { continue };
        names.insert(column, name);
        // An apostrophe says "this is text" in a table program; it is not part of the text.
        let text = cell.trim().trim_start_matches('\'').trim();
        if text.is_empty() {
            continue;
        }
        let bad = || RowProblem::Value { given: text.chars().take(60).collect(), fits: column.value() };
        match column {
            Column::Village => match text.parse::<Region>() {
                Ok(region) if region.is_village() && (options.serves)(&region) => village = Some(region),
                Ok(_) | Err(_) => {
                    village = None;
                    fail(name, RowProblem::Village(text.chars().take(60).collect()));
                }
            },
            Column::Outcome => match Outcome::from_input(text) {
                Some(found) => outcome = Some(found),
                None => fail(name, bad()),
            },
            Column::Number => match String::from_input(text) {
                Some(found) => number = Some(found),
                None => fail(name, bad()),
            },
            Column::Date | Column::Day => match PartialDate::from_input(text) {
                Some(found) if column == Column::Date => date = Some(found),
                Some(found) => day = Some(found),
                None => fail(name, bad()),
            },
            Column::Field(kind, key) => {
                if matches!(key, "nik" | "kk") && nik_was_a_number(text) {
                    fail(name, RowProblem::WasNumber(text.chars().take(60).collect()));
                    continue;
                }
                let plain = if matches!(key, "nik" | "kk") { sixteen(text) } else { text.to_owned() };
                match kind.field(key).and_then(|spec| (spec.parse)(&plain)) {
                    Some(value) => {
                        fields.insert((kind, key), value);
                    }
                    None => fail(name, bad()),
                }
            }
        }
    }
    let title = |column: Column, otherwise: &str| names.get(&column).map_or(otherwise, |name| name).to_owned();
    let name = match fields.get(&(RecordKind::Person, "name")) {
        Some(Scalar::Text(name)) => name.clone(),
        _ => String::new(),
    };
    let name_column = title(Column::Field(RecordKind::Person, "name"), "nama");
    if name.is_empty() && !errors.iter().any(|error| error.column == name_column) {
        errors.push(RowError { column: name_column, problem: RowProblem::Empty });
    }
    if village.is_none() && !errors.iter().any(|error| matches!(error.problem, RowProblem::Village(_))) {
        errors.push(RowError { column: title(Column::Village, "kode_desa"), problem: RowProblem::Empty });
    }
    let decision = match (outcome, date) {
        (Some(outcome), Some(date)) => {
            Some(Decision { outcome, number, date, day, replaces: Vec::new(), basis: None, scan: None })
        }
        (None, None) if number.is_none() && day.is_none() => options.decision.clone(),
        // A cell that could not be read has been said already.
        _ if errors
            .iter()
            .any(|e| [Column::Outcome, Column::Date].iter().any(|c| names.get(c) == Some(&e.column.as_str()))) =>
        {
            None
        }
        _ => {
            errors.push(RowError { column: title(Column::Outcome, "keputusan"), problem: RowProblem::HalfDecision });
            None
        }
    };
    let (Some(village), true) = (village, errors.is_empty()) else { return Err(errors) };
    let source = source(&village, &fields);
    let warnings = warnings(&fields, &names, options);
    Ok(ImportDraft { village, source, name, decision, warnings, programme: options.programme.to_owned(), fields })
}

/// The digits alone where they are sixteen, however they were grouped; else as typed.
fn sixteen(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    if plain.len() == 16 && digits(&plain).len() == 16 { plain } else { text.to_owned() }
}

fn warnings(
    fields: &BTreeMap<(RecordKind, &'static str), Scalar>,
    names: &BTreeMap<Column, &str>,
    options: &ImportOptions<'_>,
) -> Vec<(String, &'static str, &'static str)> {
    let key = (RecordKind::Person, "nik");
    let Some(Scalar::Text(nik)) = fields.get(&key) else { return Vec::new() };
    let birth = fields.get(&(RecordKind::Person, "birth")).and_then(PartialDate::from_scalar);
    let sex = fields.get(&(RecordKind::Person, "sex")).and_then(Sex::from_scalar);
    let column = names.get(&Column::Field(key.0, key.1)).copied().unwrap_or("nik");
    nik_warnings(nik, birth, sex, options.is_area)
        .into_iter()
        .map(|warning| (column.to_owned(), warning.text(Lang::Id), warning.text(Lang::En)))
        .collect()
}

/// Who the row is about, as a hash: what tells two people of a village apart, and nothing that is corrected in passing
/// (a phone number, a date of return). Where in doubt two rows are two people: a hint can be dismissed, a person who
/// was left out is missing.
fn source(village: &Region, fields: &BTreeMap<(RecordKind, &'static str), Scalar>) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("simpul import row v1");
    let mut text = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    text(village.as_str());
    use RecordKind::{Participation, Person};
    for key in [
        (Person, "name"),
        (Person, "nik"),
        (Person, "kk"),
        (Person, "birth"),
        (Person, "dusun"),
        (Person, "rt"),
        (Person, "rw"),
        (Participation, "group"),
        (Participation, "group_number"),
    ] {
        match fields.get(&key) {
            Some(Scalar::Text(value)) => text(&normal_name(value)),
            Some(Scalar::Int(value)) => text(&value.to_string()),
            Some(Scalar::Bool(_) | Scalar::Other(_)) | None => text(""),
        }
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

#[cfg(test)]
mod tests;
