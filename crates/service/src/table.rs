//! A list as a table for a program of the office's own: everything that the filter finds, as CSV or as a workbook.
//!
//! # Invariants
//! - Every cell is text: no program takes one for a formula, and none rounds a NIK.
//! - A table is read in parts, so that others are answered meanwhile.

use records::{Fields, Lang, RecordKind, ValueType};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Filter, Page, SheetFilter};

use crate::{
    Find, FindSheets, Service, both::Both, due::DueLine, panel::same, problem::Problem, reference, sheets::line,
};

/// How many rows are read at once.
const ROWS_AT_ONCE: usize = 200;

/// The most characters that a workbook takes in one cell.
const CELL_CHARS_MAX: usize = 32_767;

/// From this many digits on a table program writes a number in another way: a NIK has 16.
const DIGITS_MAX: usize = 11;

/// The widest column of a workbook, in characters: what is longer is cut on the screen, not in the cell.
const COLUMN_CHARS_MAX: usize = 40;

/// Which list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableOf {
    /// Participants, with who they are.
    Participants(Find),
    /// Other records.
    Records(FindSheets),
    /// What is due.
    Due,
}

/// What a table is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TableFormat {
    /// Text with semicolons and a mark for UTF-8, as a table program in Indonesia opens it.
    Csv,
    /// A workbook.
    Xlsx,
}

impl TableFormat {
    /// Its name in a form, and the end of the name of its file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type of its files.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A list as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableView {
    /// What each column is called.
    pub head: Vec<Both>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<Vec<Both>>,
}

impl TableView {
    /// The bytes of a file, in Indonesian or in English.
    pub fn file(&self, format: TableFormat, english: bool) -> Result<Vec<u8>, Problem> {
        let lang = if english { Lang::En } else { Lang::Id };
        match format {
            TableFormat::Csv => self.csv(lang),
            TableFormat::Xlsx => self.workbook(lang).map_err(|error| Problem::internal(&error)),
        }
    }

    fn csv(&self, lang: Lang) -> Result<Vec<u8>, Problem> {
        let mut table = csv::WriterBuilder::new()
            .delimiter(b';')
            .terminator(csv::Terminator::CRLF)
            .from_writer("\u{feff}".as_bytes().to_vec());
        for row in std::iter::once(&self.head).chain(&self.rows) {
            let cells = row.iter().map(|cell| text_cell(cell.in_lang(lang).to_owned()));
            table.write_record(cells).map_err(|error| Problem::internal(&error))?;
        }
        table.into_inner().map_err(|error| Problem::internal(&error))
    }

    fn workbook(&self, lang: Lang) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let bold = Format::new().set_bold();
        let sheet = workbook.add_worksheet();
        for (row, cells) in (0..).zip(std::iter::once(&self.head).chain(&self.rows)) {
            for (column, cell) in (0..).zip(cells) {
                let text: String = cell.in_lang(lang).chars().take(CELL_CHARS_MAX).collect();
                match row {
                    0 => sheet.write_string_with_format(row, column, text, &bold)?,
                    // As a string even where it looks like a number or a formula.
                    _ => sheet.write_string(row, column, text)?,
                };
            }
        }
        for (column, head) in (0..).zip(&self.head) {
            let cells = self.rows.iter().filter_map(|row| row.get(usize::from(column))).chain([head]);
            let widest = cells.map(|cell| cell.in_lang(lang).chars().count()).max().unwrap_or_default();
            sheet.set_column_width(column, (widest.min(COLUMN_CHARS_MAX) + 2) as f64)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        workbook.save_to_buffer()
    }
}

/// A cell of a CSV that no table program takes for a formula or rounds as a number.
pub(crate) fn text_cell(text: String) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let number = text.len() > DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
    if formula || number { format!("'{text}") } else { text }
}

/// What stands in a cell of which the head asks whether something is so.
fn tick(is: bool) -> Both {
    if is { Both { id: "ya".to_owned(), en: "yes".to_owned() } } else { same("") }
}

impl Service {
    pub(crate) async fn table(&self, of: TableOf) -> Result<TableView, Problem> {
        match of {
            TableOf::Participants(find) => self.table_of_participants(find.filter()?).await,
            TableOf::Records(find) => self.table_of_records(find.filter()?).await,
            TableOf::Due => self.table_of_due().await,
        }
    }

    async fn table_of_participants(&self, filter: Filter) -> Result<TableView, Problem> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let filter = filter.clone();
            let page = Page { after, ..Page::first(ROWS_AT_ONCE) };
            let part = self.reading().look(move |views| {
                let listed = views.list(&filter, page)?.rows;
                listed
                    .into_iter()
                    .map(|row| Ok((views.get(&row.doc)?, row)))
                    .collect::<Result<Vec<_>, views::ViewsError>>()
            });
            let part = part.await?;
            after = part.last().map(|(_, row)| row.row);
            let is_last = part.len() < ROWS_AT_ONCE;
            rows.extend(part.into_iter().map(|(held, row)| {
                let person = held.as_ref().and_then(|held| held.person.as_ref()).map(|person| &person.fields);
                let participation = held.as_ref().map(|held| &held.circumstances.participation.fields);
                let village = reference::village(&row.village).unwrap_or_default();
                let mut cells = vec![same(row.village.as_str()), same(village)];
                cells.extend(shown(RecordKind::Person, person));
                cells.extend(shown(RecordKind::Participation, participation));
                cells.push(same(&row.stage));
                cells
            }));
            if is_last {
                break;
            }
        }
        let mut head = vec![
            Both { id: "Kode desa".to_owned(), en: "Village code".to_owned() },
            Both { id: "Desa".to_owned(), en: "Village".to_owned() },
        ];
        head.extend(columns(RecordKind::Person).map(|spec| Both::from(spec.label)));
        head.extend(columns(RecordKind::Participation).map(|spec| Both::from(spec.label)));
        head.push(Both { id: "Tahap".to_owned(), en: "Stage".to_owned() });
        Ok(TableView { head, rows })
    }

    async fn table_of_due(&self) -> Result<TableView, Problem> {
        let due = self.due().await?;
        let row = |line: &DueLine| vec![same(&line.day), tick(line.late), line.what.clone(), line.about.clone()];
        let rows = due.lines.iter().map(row);
        let head = [("Batas waktu", "Due"), ("Sudah lewat", "Late"), ("Apa", "What"), ("Tentang", "About")];
        let head = head.map(|(id, en)| Both { id: id.to_owned(), en: en.to_owned() });
        Ok(TableView { head: head.to_vec(), rows: rows.collect() })
    }

    async fn table_of_records(&self, filter: SheetFilter) -> Result<TableView, Problem> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let filter = filter.clone();
            let page = Page { after, ..Page::first(ROWS_AT_ONCE) };
            let part = self.reading().look(move |views| views.sheets(&filter, page)).await?.rows;
            after = part.last().map(|row| row.row);
            let is_last = part.len() < ROWS_AT_ONCE;
            rows.extend(part.into_iter().map(|row| {
                let row = line(row);
                vec![
                    row.kind_label,
                    row.title,
                    same(&row.names.join(", ")),
                    same(&row.place.unwrap_or_default()),
                    same(&row.place_name.unwrap_or_default()),
                    row.state.unwrap_or_else(|| same("")),
                    same(&row.day.unwrap_or_default()),
                    same(&row.due.unwrap_or_default()),
                    tick(row.open),
                ]
            }));
            if is_last {
                break;
            }
        }
        let head = [
            ("Jenis", "Kind"),
            ("Judul", "Title"),
            ("Tentang", "About"),
            ("Kode wilayah", "Region code"),
            ("Wilayah", "Region"),
            ("Keadaan", "State"),
            ("Tanggal", "Day"),
            ("Batas waktu", "Due"),
            ("Belum selesai", "Open"),
        ];
        let head = head.map(|(id, en)| Both { id: id.to_owned(), en: en.to_owned() });
        Ok(TableView { head: head.to_vec(), rows })
    }
}

/// What an import notes for itself, so that the same table twice adds nobody twice.
const NOTED_BY_IMPORT: &str = "source";

/// The fields of a kind that a table has: those that an officer fills in.
fn columns(kind: RecordKind) -> impl Iterator<Item = &'static records::FieldSpec> {
    let person = kind == RecordKind::Person;
    let typed =
        move |spec: &&records::FieldSpec| spec.value != ValueType::Person && !(person && spec.key == NOTED_BY_IMPORT);
    kind.fields().iter().filter(typed)
}

/// What the fields say; several values stand beside each other until somebody chooses.
fn shown<'a, F: Fields + 'a>(kind: RecordKind, fields: Option<&'a F>) -> impl Iterator<Item = Both> + 'a {
    columns(kind).map(move |spec| {
        Both::of(|lang| fields.map(|fields| fields.shown(spec.key, lang).join(" / ")).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> TableView {
        let row = ["Turyati", "3307105203860001", "=HYPERLINK(\"x\")", "a;b \"c\"", "-5"];
        let head = ["Nama", "NIK", "Alamat", "Catatan", "Nomor"];
        TableView { head: head.map(same).to_vec(), rows: vec![row.map(same).to_vec()] }
    }

    #[test]
    fn no_cell_of_a_csv_is_a_formula_or_a_number_that_is_rounded() {
        let bytes = table().file(TableFormat::Csv, false).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            "\u{feff}Nama;NIK;Alamat;Catatan;Nomor\r\n\
             Turyati;'3307105203860001;\"'=HYPERLINK(\"\"x\"\")\";\"a;b \"\"c\"\"\";'-5\r\n"
        );
    }

    #[test]
    fn a_workbook_holds_text_alone() {
        let bytes = table().file(TableFormat::Xlsx, true).unwrap();
        assert!(bytes.starts_with(b"PK"), "a workbook is a zip");
        let long = TableView { head: vec![same("x")], rows: vec![vec![same(&"y".repeat(CELL_CHARS_MAX + 5))]] };
        assert!(long.file(TableFormat::Xlsx, false).is_ok(), "what does not fit a cell is cut, and the table is made");
    }
}
