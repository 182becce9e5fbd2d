//! What stands on paper, as poppler reads it: `pdftotext` and `pdfinfo`, which `scripts/test` installs.

#![allow(clippy::unwrap_used, reason = "a test at the edge")]

use std::io::Write;
use std::process::{Command, Stdio};

use print::{Entry, Letterhead, Line, PAGES_MAX, Paper, Part, PrintError, Signing, Size, Table, Words, print};

/// A paper of a village, with these parts.
fn paper(parts: Vec<Part>) -> Paper {
    Paper {
        size: Size::A4,
        landscape: false,
        language: "id",
        banner: None,
        letterhead: Letterhead {
            above: vec!["PEMERINTAH KABUPATEN WONOSOBO".into(), "KECAMATAN WATUMALANG".into()],
            office: "DESA KURIPAN".into(),
            address: String::new(),
        },
        title: "Pengaduan".into(),
        about: vec![Line::Leader("Nomor:".into()), Line::Text("diterima".into())],
        parts,
        words: Words {
            foot: "Dicetak 29-11-2026 oleh Siti".into(),
            page: "Halaman".into(),
            of: "dari".into(),
            unprintable: "Tanda □ berdiri di tempat huruf yang tidak ada.".into(),
        },
    }
}

fn poppler(tool: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let started = Command::new(tool).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut started = started.unwrap_or_else(|error| panic!("{tool} of poppler-utils is needed: {error}"));
    started.stdin.take().unwrap().write_all(pdf).unwrap();
    let told = started.wait_with_output().unwrap();
    assert!(told.status.success(), "{tool}: {}", told.status);
    String::from_utf8(told.stdout).unwrap()
}

/// The text of every page, in the order in which it was written.
fn pages(pdf: &[u8]) -> Vec<String> {
    let text = poppler("pdftotext", &["-raw", "-", "-"], pdf);
    let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
    pages.pop();
    pages
}

/// All words with one space between them: where a line was broken says nothing.
fn words(pdf: &[u8]) -> String {
    pages(pdf).join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn entry(label: &str, value: Vec<Line>) -> Entry {
    Entry { label: label.into(), value }
}

fn form() -> Vec<Part> {
    vec![
        Part::Heading("Isi".into()),
        Part::Fields(vec![
            entry("Nama", vec![Line::Text("Turyati".into())]),
            entry("NIK", vec![Line::Boxes(16)]),
            entry("Jenis kelamin", vec![Line::Ticks(vec!["laki-laki".into(), "perempuan".into()])]),
            entry("Tanggal lahir", vec![Line::Dots, Line::Small("hari - bulan - tahun".into())]),
        ]),
        Part::Text("Gaji tidak dibayar\nsejak Mei.".into()),
        Part::Columns(vec![vec![Line::Leader("Diisi oleh:".into())], vec![Line::Leader("Tanggal:".into())]]),
        Part::Signing(Signing {
            place: "Kuripan, ".into(),
            acting: "a.n. / Plt. *)".into(),
            office: "Kepala Desa Kuripan".into(),
            nip: "NIP".into(),
            copies: "Tembusan:".into(),
            note: "*) Coret yang tidak perlu.".into(),
        }),
    ]
}

#[test]
fn a_form_says_everything_that_it_was_given() {
    for size in Size::ALL {
        let pdf = print(&Paper { size, ..paper(form()) }).unwrap();
        let text = words(&pdf);
        for said in [
            "PEMERINTAH KABUPATEN WONOSOBO KECAMATAN WATUMALANG DESA KURIPAN",
            "Pengaduan",
            "Nomor:",
            "diterima",
            "Nama Turyati",
            "NIK",
            "Jenis kelamin laki-laki perempuan",
            "hari - bulan - tahun",
            "Gaji tidak dibayar sejak Mei.",
            "Diisi oleh:",
            "a.n. / Plt. *)",
            "Kepala Desa Kuripan",
            "Tembusan: 1. 2. 3.",
            "Dicetak 29-11-2026 oleh Siti Halaman 1 dari 1",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
    }
}

#[test]
fn the_paper_has_its_size_and_says_that_it_is_tagged() {
    for (size, landscape, said) in [
        (Size::A4, false, "595.276 x 841.89"),
        (Size::F4, false, "609.449 x 935.433"),
        (Size::A4, true, "841.89 x 595.276"),
    ] {
        let info = poppler("pdfinfo", &["-"], &print(&Paper { size, landscape, ..paper(form()) }).unwrap());
        assert!(info.contains(said), "{said}: {info}");
        assert!(info.lines().any(|line| line.starts_with("Tagged:") && line.ends_with("yes")), "{info}");
        assert!(info.contains("Title:           Pengaduan"), "{info}");
    }
}

#[test]
fn who_hears_the_page_is_told_what_is_a_heading_and_what_a_table() {
    let columns = vec![("Nama".to_owned(), 2), ("Kelompok".to_owned(), 1)];
    let table = Table { columns, rows: vec![vec!["Turyati".into()]], row_mm_min: 0 };
    let mut parts = form();
    parts.push(Part::Table(table));
    let tree = poppler("pdfinfo", &["-struct-text", "-"], &print(&paper(parts)).unwrap());
    let plain = tree.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "H1 \"Pengaduan\" (block) \"Pengaduan \"",
        "H2 \"Isi\" (block) \"Isi \"",
        "TH: /Scope /Row \"Nama \" TD \"Turyati \"",
        "THead TR TH: /Scope /Column \"Nama \" TH: /Scope /Column \"Kelompok \"",
        "TBody TR TD \"Turyati \" TD",
    ] {
        assert!(plain.contains(said), "{said}: {tree}");
    }
    assert!(!plain.contains("Halaman"), "the foot of a page is no part of what it says: {tree}");
}

#[test]
fn a_long_list_has_its_head_on_every_page_and_every_row_once() {
    let rows: Vec<Vec<String>> = (1..=500).map(|n| vec![format!("orang-{n}."), format!("dusun {}", n % 6)]).collect();
    let columns = vec![("Nama peserta".to_owned(), 3), ("Dusun tempat tinggal".to_owned(), 2)];
    let pdf = print(&paper(vec![Part::Table(Table { columns, rows, row_mm_min: 8 })])).unwrap();
    let pages = pages(&pdf);
    assert!(pages.len() > 10, "{}", pages.len());
    for (index, page) in pages.iter().enumerate() {
        assert_eq!(page.matches("Nama peserta").count(), 1, "page {index}: {page}");
        assert!(page.contains(&format!("Halaman {} dari {}", index + 1, pages.len())), "{page}");
    }
    let text = pages.concat();
    let mut last = 0;
    for n in 1..=500 {
        let row = format!("orang-{n}.");
        assert_eq!(text.matches(&row).count(), 1, "{row}");
        let at = text.find(&row).unwrap();
        assert!(at > last, "{row} stands where it belongs");
        last = at;
    }
}

#[test]
fn a_text_is_never_anything_but_a_text() {
    let hostile = [
        "#let x = 1",
        "*tebal* _miring_",
        "$x^2$",
        "\"kutip\" 'kutip'",
        "C:\\berkas\\n",
        "<b>&amp;</b>",
        "(kurung) ) ((",
        "endobj stream >> /JS",
        "{{ x }} %PDF",
        "=1+1",
        "@import",
        "// komentar",
        "\u{202e}terbalik",
    ];
    let fields = hostile.iter().map(|text| entry(text, vec![Line::Text((*text).into()), Line::Leader((*text).into())]));
    let columns = hostile.iter().take(3).map(|text| ((*text).to_owned(), 1)).collect();
    let rows = vec![hostile.iter().take(3).map(|text| (*text).to_owned()).collect()];
    let pdf = print(&Paper {
        title: hostile.join(" "),
        ..paper(vec![Part::Fields(fields.collect()), Part::Table(Table { columns, rows, row_mm_min: 0 })])
    });
    let text = words(&pdf.unwrap());
    for said in hostile {
        let said = said.trim_start_matches('\u{202e}');
        assert!(text.matches(said).count() >= 3, "{said}: {text}");
    }
}

#[test]
fn what_is_longer_than_a_page_goes_on_and_loses_no_word() {
    let long: Vec<String> = (0..4_000).map(|n| format!("kata{n}")).collect();
    let columns = vec![("Cerita".to_owned(), 1), ("Catatan".to_owned(), 1)];
    let table = Table { columns, rows: vec![vec![long.join(" "), "pendek".into()]], row_mm_min: 0 };
    for part in [
        Part::Text(long.join(" ")),
        Part::Fields(vec![entry("Cerita", vec![Line::Text(long.join(" "))])]),
        Part::Table(table),
    ] {
        let pdf = print(&paper(vec![part])).unwrap();
        let text = words(&pdf);
        let found: Vec<&str> = text.split(' ').filter(|word| word.starts_with("kata")).collect();
        assert_eq!(found, long, "every word, in order");
        assert!(pages(&pdf).len() > 3);
    }
}

#[test]
fn the_same_paper_is_the_same_bytes() {
    let mut parts = form();
    let columns = vec![("a".to_owned(), 1); 3];
    parts.push(Part::Table(Table { columns, rows: vec![vec!["x".into()]; 100], row_mm_min: 5 }));
    let paper = Paper { banner: Some("LATIHAN".into()), ..paper(parts) };
    let first = print(&paper).unwrap();
    assert!(first == print(&paper).unwrap());
    assert!(pages(&first).iter().all(|page| page.contains("LATIHAN")));
    assert!(first != print(&Paper { language: "en", ..paper }).unwrap());
}

#[test]
fn more_pages_than_a_print_may_have_are_refused() {
    let rows = vec![vec!["x".to_owned()]; PAGES_MAX * 100];
    let table = Table { columns: vec![("x".into(), 1)], rows, row_mm_min: 8 };
    assert_eq!(print(&paper(vec![Part::Table(table)])), Err(PrintError::TooLong));
}

#[test]
fn a_letter_without_a_type_is_a_box_and_the_paper_says_so() {
    let without = words(&print(&paper(vec![Part::Text("Turyati".into())])).unwrap());
    let with = words(&print(&paper(vec![Part::Text("Turyati 壱".into())])).unwrap());
    assert!(!without.contains('□') && with.contains("Turyati □") && with.contains("Tanda □"), "{with}");
}

#[test]
fn a_heading_never_stands_last_on_a_page() {
    for filler in (30..60).step_by(2) {
        let parts = vec![
            Part::Text(vec!["baris"; filler].join("\n")),
            Part::Heading("Kepala bagian".into()),
            Part::Text("di bawahnya".into()),
        ];
        let pages = pages(&print(&paper(parts)).unwrap());
        let page = pages.iter().find(|page| page.contains("Kepala bagian")).unwrap();
        assert!(page.contains("di bawahnya"), "{filler} lines before it: {page}");
    }
}

#[test]
fn a_picture_for_a_camera_is_drawn_and_its_text_stands_beside_it() {
    let code: Vec<Vec<bool>> = (0..29).map(|y| (0..29).map(|x| (x * y) % 3 == 1).collect()).collect();
    let with = |code: Vec<Vec<bool>>| {
        let columns = vec![vec![Line::Code(code)], vec![Line::Text("Sidik 9ab3".into())]];
        print(&paper(vec![Part::Columns(columns)])).unwrap()
    };
    let (drawn, blank) = (with(code), with(vec![vec![false; 29]; 29]));
    for pdf in [&drawn, &blank] {
        assert!(words(pdf).contains("Sidik 9ab3"));
    }
    assert!(drawn.len() > blank.len() + 200, "its squares are there");
}
