//! Kuripan's table, the full template, and what people's tables really look like.

use super::*;
use crate::{Candidate, Record, fixtures, possible_duplicates};

/// The participants of 2017, as in the sources (S2, table 1).
const KURIPAN: &str = include_str!("../../../../config/reference/kuripan_participants_2017.csv");

fn options() -> ImportOptions<'static> {
    ImportOptions {
        header: None,
        columns: None,
        village: None,
        programme: "desmigratif",
        decision: None,
        serves: &|region| region.as_str().starts_with("33.07."),
        is_area: &|code| code == "33.07",
    }
}

fn read(text: &str) -> ImportTable {
    read_import(text.as_bytes(), &options()).unwrap()
}

/// The reasons of the first row, in English.
fn check(cells: &[(&str, &str)], expected: &[&str]) {
    let line = |of: fn(&(&str, &str)) -> String| cells.iter().map(of).collect::<Vec<_>>().join(";");
    let text = format!("{}\n{}\n", line(|(name, _)| (*name).to_owned()), line(|(_, cell)| (*cell).to_owned()));
    let table = read(&text);
    let reasons: Vec<String> = match &table.rows[0].outcome {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(|error| error.text(Lang::En)).collect(),
    };
    assert_eq!(reasons.len(), expected.len(), "{cells:?}: {reasons:#?}");
    for (reason, part) in reasons.iter().zip(expected) {
        assert!(reason.contains(part), "{cells:?}: {reason}");
    }
}

#[test]
fn the_table_of_kuripan_is_read() {
    let table = read(KURIPAN);
    let names: Vec<_> = table.rows.iter().map(|row| row.outcome.as_ref().unwrap().name.as_str()).collect();
    assert_eq!((names.len(), &names[..3]), (50, &["Bawon", "Turyati", "Suryati"][..]));
    assert_eq!(table.rows[2].line, 4);
    let draft = table.rows[0].outcome.as_ref().unwrap();
    let person = PersonId([1; 16]);
    let text = |value: &str| Scalar::Text(value.to_owned());
    assert_eq!(
        draft.person(person),
        [put("person", text(&person.to_string())), put("name", text("Bawon")), put("source", text(&draft.source))]
    );
    assert_eq!(
        draft.participation(person),
        [
            put("person", text(&person.to_string())),
            put("group", text("salak")),
            put("group_number", Scalar::Int(1)),
            put("programme", text("desmigratif")),
        ]
    );
    assert_eq!((draft.trip(person), draft.decision.as_ref(), draft.has_register()), (None, None, false));
    let required = |kind, edits: &[Edit]| crate::check_required(kind, edits).is_ok();
    assert!(required(RecordKind::Person, &draft.person(person)));
    assert!(required(RecordKind::Participation, &draft.participation(person)));
}

#[test]
fn a_letter_that_decided_all_is_given_once() {
    let decision = Decision {
        outcome: Outcome::Accepted,
        number: Some("140/05/2017".into()),
        date: "2017".parse().unwrap(),
        day: None,
        replaces: Vec::new(),
        basis: None,
        scan: None,
    };
    let options = ImportOptions { decision: Some(decision.clone()), ..options() };
    let table = read_import(KURIPAN.as_bytes(), &options).unwrap();
    assert!(table.rows.iter().all(|row| row.outcome.as_ref().unwrap().decision == Some(decision.clone())));
}

#[test]
fn a_full_row_gives_person_participation_journey_and_decision() {
    let text = "Kode Desa;Nama;NIK;Tanggal lahir;Jenis kelamin;Warga desa;TKI purna;Negara;Jalur;Tanggal berangkat;\
                Tanggal pulang;Keputusan;Nomor keputusan;Tanggal keputusan;Agama\n\
                33.07.10.2004;Sri Handayani;'3307 1052 0385 0001;12 Maret 1985;P;ya;ya;Taiwan;calo;2018;03-2022;\
                ditetapkan;140/05/2022;01-06-2022;x\n";
    let table = read(text);
    assert_eq!(table.passed_over, ["Agama"]);
    let draft = table.rows[0].outcome.as_ref().unwrap();
    assert_eq!(draft.warnings, []);
    let person = PersonId([1; 16]);
    let show = |edits: Vec<Edit>| {
        let pairs = edits.into_iter().map(|edit| match edit {
            Edit::Put { key, value } => format!("{key}={}", crate::fields::raw_text(&value)),
            Edit::Choose { .. } | Edit::Clear { .. } | Edit::Splice { .. } => panic!("a new document is only put"),
        });
        pairs.skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        show(draft.person(person)),
        format!("birth=1985-03-12 name=Sri Handayani nik=3307105203850001 sex=f source={}", draft.source)
    );
    assert_eq!(show(draft.participation(person)), "claim_tki_purna=true resident=true programme=desmigratif");
    assert_eq!(show(draft.trip(person).unwrap()), "country=Taiwan departure=2018 returned=2022-03 route=broker");
    let decision = draft.decision.as_ref().unwrap();
    assert_eq!(
        (decision.outcome, decision.number.as_deref(), decision.date.to_string().as_str()),
        (Outcome::Accepted, Some("140/05/2022"), "2022-06-01")
    );
}

#[test]
fn the_template_reads_back_without_a_column_passed_over() {
    let table = read(&format!("{}33.07.10.2004;Turi\r\n", template()));
    assert_eq!((table.passed_over.len(), table.header.len()), (0, 33));
    assert!(table.rows[0].outcome.is_ok());
}

#[test]
fn a_wrong_cell_says_what_is_wrong_and_what_to_do() {
    let village = ("kode_desa", "33.07.10.2004");
    let name = ("nama", "Turi");
    for (cell, expected) in [
        (("nik", "3,30710E+15"), &["keeps only 15 digits"][..]),
        (("nik", "330710520385000"), &["keeps only 15 digits"]),
        (("nik", "3307105203850001"), &[]),
        (("nik", "belum ada"), &[]),
        (("kk", "3.3071E+15"), &["keeps only 15 digits"]),
        (("tanggal_lahir", "31-02-1985"), &["\"31-02-1985\""]),
        (("tanggal_lahir", "31123"), &["\"31123\""]),
        (("jenis_kelamin", "x"), &["perempuan"]),
        (("warga_desa", "mungkin"), &["ya or tidak"]),
        (("nomor", "satu"), &["a number"]),
        (("alamat", "=1+1"), &[]),
        (("keputusan", "ditetapkan"), &["number and date"]),
        (("tanggal_keputusan", "2017"), &["number and date"]),
        (("keputusan", "mungkin"), &["\"mungkin\""]),
    ] {
        check(&[village, name, cell], expected);
    }
    check(&[village, ("nama", " ")], &["must not be empty"]);
    check(&[("kode_desa", ""), name], &["must not be empty"]);
    check(&[("kode_desa", "33.07"), name], &["33.07"]);
    check(&[("kode_desa", "34.01.01.2001"), name], &["34.01.01.2001"]);
    check(&[("kode_desa", "x"), ("nama", ""), ("warga", "?")], &["\"x\"", "ya or tidak", "must not be empty"]);
}

#[test]
fn a_nik_that_looks_wrong_is_warned_of_and_taken() {
    let table = read("kode_desa;nama;nik;jk\n33.07.10.2004;Turi;3307101203850001;P\n");
    let draft = table.rows[0].outcome.as_ref().unwrap();
    assert_eq!(draft.warnings[0].0, "nik");
    assert!(draft.warnings[0].1.contains("jenis kelamin"));
}

#[test]
fn tables_come_in_many_forms() {
    let rows = |bytes: &[u8]| {
        let table = read_import(bytes, &options()).unwrap();
        table.rows.iter().map(|row| row.outcome.as_ref().unwrap().name.clone()).collect::<Vec<_>>()
    };
    let plain = b"kode_desa;nama\n33.07.10.2004;Turi\n";
    assert_eq!(rows(plain), ["Turi"]);
    assert_eq!(rows(&[b"\xef\xbb\xbf".as_slice(), plain].concat()), ["Turi"]);
    assert_eq!(rows(&[b"sep=;\r\n".as_slice(), plain].concat()), ["Turi"]);
    assert_eq!(rows(b"kode_desa\tnama\r\n33.07.10.2004\tTuri\r\n\r\n \t \r\n"), ["Turi"]);
    assert_eq!(rows(b"kode_desa,nama\n33.07.10.2004,\"Turi, Bu\"\n"), ["Turi, Bu"]);
    assert_eq!(rows(b"kode_desa;nama\n33.07.10.2004;Ren\xe9\n"), ["Ren\u{e9}"]);
}

#[test]
fn a_row_has_the_line_that_an_editor_shows() {
    for (text, lines) in [
        ("kode_desa;nama\n33.07.10.2004;a\n33.07.10.2004;b\n", [2, 3]),
        ("kode_desa;nama\r\n33.07.10.2004;a\r\n33.07.10.2004;b\r\n", [2, 3]),
        ("\nkode_desa;nama\n\n33.07.10.2004;a\n;\n\n33.07.10.2004;b", [4, 7]),
        ("sep=;\nkode_desa;nama\n33.07.10.2004;\"a\nc\"\n33.07.10.2004;b", [3, 5]),
    ] {
        assert_eq!(read(text).rows.iter().map(|row| row.line).collect::<Vec<_>>(), lines, "{text:?}");
    }
}

#[test]
fn what_is_no_table_is_refused_with_a_reason() {
    for (bytes, part) in [
        (b"".as_slice(), "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04", "CSV UTF-8"),
        (b"n\0a\0m\0a\0", "CSV UTF-8"),
        (b"alamat;nik\nx;y\n", "nama"),
        (b"nama\nTuri\n", "kode_desa"),
        (b"kode_desa;nama;name\n33.07.10.2004;a;b\n", "\"name\""),
    ] {
        let error = read_import(bytes, &options()).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let long = format!("kode_desa;nama\n33.07.10.2004;\"{}", "x\n".repeat(3_000));
    assert!(read_import(long.as_bytes(), &options()).is_err());
}

/// What a choice of columns makes of the only row, and the fault of the table where it makes none.
fn chosen(text: &str, header: Option<u64>, codes: &[&str]) -> Result<ImportTable, String> {
    let columns: Vec<_> = codes.iter().map(|code| ImportColumn::of_code(code)).collect();
    let options = ImportOptions { header, columns: Some(&columns), ..options() };
    read_import(text.as_bytes(), &options).map_err(|error| error.to_string())
}

#[test]
fn columns_are_taken_for_what_was_chosen() {
    let text = "Kode;Warga;Nama;Dukuh\n33.07.10.2004;Turi;Bu RT;Sigaok\n";
    let table = chosen(text, None, &["kode_desa", "nama", "", "dusun"]).unwrap();
    let draft = table.rows[0].outcome.as_ref().unwrap();
    assert_eq!((draft.name.as_str(), &table.passed_over[..]), ("Turi", &["Nama".to_owned()][..]));
    assert!(draft.person(PersonId([1; 16])).contains(&put("dusun", Scalar::Text("Sigaok".to_owned()))));
    let fewer = chosen(text, None, &["kode_desa", "nama"]).unwrap();
    assert_eq!(fewer.passed_over, ["Nama", "Dukuh"], "what is not spoken of is passed over");
    for (codes, part) in [
        (&["kode_desa", "nama", "nama"][..], "the second is \"Nama\""),
        (&["kode_desa", "nama", "", "kode_desa"], "Village code"),
        (&["kode_desa", "", "", "dusun"], "one that holds names"),
        (&["", "nama"], "kode_desa"),
        (&["kode_desa", "nama", "", "", "nik"], "4 columns only"),
    ] {
        let error = chosen(text, None, codes).unwrap_err();
        assert!(error.contains(part), "{codes:?}: {error}");
    }
}

#[test]
fn a_wrong_cell_of_a_chosen_column_says_what_fits_it() {
    let table = chosen("A;B;C\n33.07.10.2004;Turi;kemarin\n", None, &["kode_desa", "nama", "tanggal_lahir"]).unwrap();
    let reason = table.rows[0].outcome.as_ref().unwrap_err()[0].text(Lang::En);
    assert!(reason.starts_with("C: \"kemarin\"") && reason.contains("12-03-2022"), "{reason}");
    let number = chosen("A;B;No KTP\n33.07.10.2004;Turi;3,30710E+15\n", None, &["kode_desa", "nama", "nik"]).unwrap();
    let reason = number.rows[0].outcome.as_ref().unwrap_err()[0].text(Lang::Id);
    assert!(reason.starts_with("No KTP: ") && reason.contains("15 angka"), "{reason}");
}

#[test]
fn a_header_below_a_title_is_found_or_said() {
    let titled = "Daftar peserta, Desa Kuripan, 2017\n\nkode_desa;nama\n33.07.10.2004;Turi\n";
    assert_eq!(read(titled).rows[0].line, 4);
    let head = read_head(titled.as_bytes(), None).unwrap();
    assert_eq!((head.line, head.rows, &head.header[..]), (3, 1, &["kode_desa".to_owned(), "nama".to_owned()][..]));
    let own = "Daftar peserta\nKode;Siapa\n33.07.10.2004;Turi\n33.07.10.2004; Turi \n33.07.10.2004;Bawon\n";
    assert_eq!(read_head(own.as_bytes(), None).unwrap().line, 1, "nothing says that it is the second");
    let head = read_head(own.as_bytes(), Some(2)).unwrap();
    assert_eq!((head.line, &head.columns[..]), (2, &[None, None][..]));
    assert_eq!(head.examples, [&["33.07.10.2004"][..], &["Turi", "Bawon"]]);
    assert_eq!(chosen(own, Some(2), &["kode_desa", "nama"]).unwrap().rows[0].line, 3);
    let beyond = chosen(own, Some(9), &["nama"]).unwrap_err();
    assert!(beyond.contains("line 9"), "{beyond}");
}

/// What Kuripan typed into a workbook is what it typed into a table of text.
#[test]
fn a_workbook_is_read_like_text() {
    let text = table::read(KURIPAN.as_bytes(), None).unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Peserta").unwrap();
    let lines = std::iter::once((text.line, text.header)).chain(text.rows);
    for (line, cells) in lines {
        for (column, cell) in (0u16..).zip(cells) {
            sheet.write_string(u32::try_from(line).unwrap() - 1, column, cell).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let head = read_head(&bytes, None).unwrap();
    assert_eq!((head.sheet.as_deref(), head.rows), (Some("Peserta"), 50));
    let (ours, theirs) = (read(KURIPAN), read_import(&bytes, &options()).unwrap());
    let drafts = |table: &ImportTable| Vec::from_iter(table.rows.iter().map(|row| row.outcome.clone().unwrap()));
    assert_eq!(drafts(&ours), drafts(&theirs));
}

#[test]
fn every_fault_of_a_table_is_said_in_both_languages() {
    let faults = [
        TableFault::TooLarge,
        TableFault::TooManyRows,
        TableFault::Workbook,
        TableFault::NotText,
        TableFault::Malformed("x".to_owned()),
        TableFault::LongLine(3),
        TableFault::Empty,
        TableFault::NoHeader(3),
        TableFault::Twice { column: "x".to_owned(), meaning: ImportColumn::of_code("nik").unwrap().label() },
        TableFault::NoName { header: "x".to_owned() },
        TableFault::NoVillage,
        TableFault::NotSoMany { columns: 3 },
    ];
    for fault in faults {
        assert_ne!(fault.text(Lang::Id), fault.text(Lang::En));
    }
}

#[test]
fn the_same_row_has_the_same_source_and_another_has_another() {
    let source = |line: &str| {
        let table = read(&format!("kode_desa;kelompok;nomor;nama;telepon\n{line}\n"));
        table.rows[0].outcome.as_ref().unwrap().source.clone()
    };
    let one = source("33.07.10.2004;salak;1;Sri Handayani;0812");
    assert_eq!(one, source("33.07.10.2004; Salak ;1; SRI  handayani ;0813"), "neither case nor a new phone number");
    for other in [
        "33.07.12.2007;salak;1;Sri Handayani;0812",
        "33.07.10.2004;salak;2;Sri Handayani;0812",
        "33.07.10.2004;batik;1;Sri Handayani;0812",
        "33.07.10.2004;salak;1;Sri Handayana;0812",
    ] {
        assert_ne!(one, source(other), "{other}");
    }
    let twice = read("kode_desa;nama\n33.07.10.2004;Turi\n33.07.10.2004;turi\n");
    assert!(twice.rows[0].outcome.is_ok());
    let errors = twice.rows[1].outcome.as_ref().unwrap_err();
    assert_eq!(errors[0].problem, RowProblem::SameAs(2));
}

#[test]
fn rejected_rows_come_back_with_their_reasons_and_can_be_put_right() {
    let text = "kode_desa;nama;nik\n33.07.10.2004;Turi;\n33.07.10.2004;\"=HYPERLINK(\"\"x\"\")\";3,3E+15\n";
    let table = read(text);
    let rejected = rejected_csv(&table, Lang::Id).unwrap();
    let mut lines = rejected.lines();
    assert_eq!(lines.next(), Some("\u{feff}kode_desa;nama;nik;alasan"));
    let line = lines.next().unwrap();
    assert!(line.starts_with("33.07.10.2004;\"'=HYPERLINK(\"\"x\"\")\";\"3,3E+15\";"), "{line}");
    assert!(line.contains("15 angka"), "{line}");
    assert_eq!(lines.next(), None);
    let again = read(&rejected.replace("3,3E+15", "3307105203850001"));
    assert_eq!(again.passed_over, ["alasan"]);
    assert_eq!(again.rows[0].outcome.as_ref().unwrap().name, "=HYPERLINK(\"x\")");
    assert_eq!(rejected_csv(&read(KURIPAN), Lang::Id), None);
}

#[test]
fn two_offices_that_imported_the_same_row_get_a_hint() {
    let draft = read(KURIPAN).rows[0].outcome.clone().unwrap();
    let people = [1, 2].map(|number| {
        let mut doc = fixtures::Doc::new(RecordKind::Person, u64::from(number));
        for edit in draft.person(PersonId([number; 16])) {
            let Edit::Put { key, value } = edit else { panic!() };
            doc = doc.raw(number, &key, value);
        }
        let Record::Person(person) = doc.fold().record else { panic!() };
        Candidate::of(&person)
    });
    assert_eq!(possible_duplicates(&people).len(), 1);
}

/// Names alone are no evidence: 48 of the 50 have one word, and 41 are within three letters of another.
#[test]
fn the_fifty_of_kuripan_are_fifty_people() {
    let table = read(KURIPAN);
    let mut people = Vec::new();
    for (row, number) in table.rows.iter().zip(1..) {
        let mut doc = fixtures::Doc::new(RecordKind::Person, u64::from(number));
        for edit in row.outcome.as_ref().unwrap().person(PersonId([number; 16])) {
            let Edit::Put { key, value } = edit else { panic!() };
            doc = doc.raw(fixtures::KURIPAN, &key, value);
        }
        let Record::Person(person) = doc.fold().record else { panic!() };
        people.push(Candidate::of(&person));
    }
    assert_eq!((people.len(), possible_duplicates(&people).len()), (50, 0));
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let _ = read_import(&bytes, &options());
        let text = [b"kode_desa;nama;nik\n".as_slice(), &bytes].concat();
        if let Ok(table) = read_import(&text, &options()) {
            let _ = rejected_csv(&table, Lang::Id);
        }
    }
}
