use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

/// A workbook with one sheet of these lines, all of them text.
fn book(lines: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0u32..).zip(lines) {
        for (column, cell) in (0u16..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn lines(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
    read(bytes).unwrap().1.into_lines()
}

/// The parts of a workbook, packed anew, one of them changed or added.
fn with_part(bytes: &[u8], name: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = std::collections::BTreeMap::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.insert(part.name().unwrap().into_owned(), text);
    }
    let before = parts.remove(name).unwrap_or_default();
    parts.insert(name.to_owned(), change(before));
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        packed.start_file(name, SimpleFileOptions::default()).unwrap();
        packed.write_all(text.as_bytes()).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

#[test]
fn cells_come_as_a_person_would_type_them() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_string(2, 0, " Turi ").unwrap();
    sheet.write_number(2, 1, 7).unwrap();
    sheet.write_number(2, 2, 12.5).unwrap();
    sheet.write_with_format(2, 3, ExcelDateTime::from_ymd(2017, 5, 30).unwrap(), &day).unwrap();
    sheet.write_boolean(2, 4, true).unwrap();
    // A table program keeps fifteen digits of a NIK and puts a nought for the sixteenth; other programs keep all.
    sheet.write_number(2, 6, 3_307_105_203_850_000_f64).unwrap();
    sheet.write_number(2, 7, 3_307_105_203_850_001_f64).unwrap();
    let cells = [" Turi ", "7", "12.5", "30-05-2017", "ya", "", "3.30710520385e15", "3307105203850001"];
    let found = lines(&book.save_to_buffer().unwrap());
    assert_eq!(found, [(3, cells.map(str::to_owned).to_vec())], "the row has its number, and an empty cell its place");
    assert!(crate::nik::nik_was_a_number(&found[0].1[6]));
}

#[test]
fn the_sheet_that_names_people_is_read_and_a_hidden_one_is_not() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Petunjuk").unwrap().write_string(0, 0, "Isi lembar berikut").unwrap();
    let hidden = book.add_worksheet().set_name("Lama").unwrap();
    hidden.write_string(0, 0, "nama").unwrap();
    hidden.set_hidden(true);
    let sheet = book.add_worksheet().set_name("Peserta").unwrap();
    sheet.write_string(4, 0, "nama").unwrap();
    sheet.write_string(5, 0, "Turi").unwrap();
    let (name, lines) = read(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(name, "Peserta");
    assert_eq!(lines.into_lines(), [(5, vec!["nama".to_owned()]), (6, vec!["Turi".to_owned()])]);

    let mut book = Workbook::new();
    book.add_worksheet();
    book.add_worksheet().set_name("Data").unwrap().write_string(0, 0, "Siapa").unwrap();
    assert_eq!(read(&book.save_to_buffer().unwrap()).unwrap().0, "Data", "its columns are said by hand");
    let mut empty = Workbook::new();
    empty.add_worksheet();
    assert_eq!(read(&empty.save_to_buffer().unwrap()).err(), Some(TableFault::Empty));
}

#[test]
fn what_is_no_workbook_of_ours_says_so() {
    for (bytes, fault) in [
        (&b"PK\x03\x04 and then nothing"[..], "Workbook"),
        (&with_part(&book(&[&["nama"]]), "[Content_Types].xml", |_| String::new()), "read"),
        (&with_part(&book(&[&["nama"]]), "_rels/.rels", |_| "<x".to_owned()), "Malformed"),
        (
            &with_part(&book(&[&["nama"]]), "xl/worksheets/sheet1.xml", |xml| xml[..xml.len() / 2].to_owned()),
            "Malformed",
        ),
    ] {
        let said = match read(bytes) {
            Ok(_) => "read".to_owned(),
            Err(fault) => format!("{fault:?}"),
        };
        assert!(said.starts_with(fault), "{said} instead of {fault}");
    }
    let mut damaged = book(&[&["nama"], &["Turi"]]);
    let middle = damaged.len() / 3;
    damaged[middle] ^= 0xff;
    assert!(read(&damaged).is_err());
}

#[test]
fn what_inflates_without_end_or_lies_far_off_is_refused() {
    let good = book(&[&["nama"], &["Turi"]]);
    let endless = with_part(&good, "docProps/app.xml", |_| " ".repeat(INFLATED_BYTES_MAX as usize + 1));
    assert!(endless.len() < IMPORT_BYTES_MAX / 8, "{} bytes", endless.len());
    assert_eq!(read(&endless).err(), Some(TableFault::TooLarge));
    let shared = "xl/sharedStrings.xml";
    let many = with_part(&good, shared, |xml| xml + &" ".repeat(SHARED_BYTES_MAX as usize));
    assert_eq!(read(&many).err(), Some(TableFault::TooLarge));
    let liar = with_part(&good, shared, |xml| xml.replace("uniqueCount=\"2\"", "uniqueCount=\"99999999999\""));
    assert_eq!(read(&liar).err(), Some(TableFault::TooLarge));

    let mut far = Workbook::new();
    let sheet = far.add_worksheet();
    sheet.write_string(0, 0, "nama").unwrap();
    sheet.write_string(1_048_575, 16_383, "Turi").unwrap();
    assert_eq!(read(&far.save_to_buffer().unwrap()).err(), Some(TableFault::LongLine(1_048_576)));
    let long = book(&[&["nama"], &[&"x".repeat(5_000)]]);
    assert_eq!(read(&long).err(), Some(TableFault::LongLine(2)));

    // One text, and very many cells that mean it.
    let text = "x".repeat(3_900);
    let echo = with_part(&book(&[&["nama"], &[&text]]), "xl/worksheets/sheet1.xml", |xml| {
        let (before, _) = xml.split_once("<sheetData>").unwrap();
        let row = format!("<row>{}</row>", "<c t=\"s\"><v>1</v></c>".repeat(150));
        format!("{before}<sheetData>{}</sheetData></worksheet>", row.repeat(1_000))
    });
    assert!(echo.len() < 1 << 20, "{} bytes", echo.len());
    assert_eq!(read(&echo).err(), Some(TableFault::TooLarge));
}
