//! A village's own table in a browser: a CSV as Excel writes it, its columns said, looked at, brought in; and one that is
//! stopped half-way.

use crate::counter::looks;
use crate::desk::{Desk, alone};

/// The first of Kuripan's participants, under the columns of a village; one NIK became a number.
const OWN: &str = "\u{feff}DAFTAR PESERTA DESMIGRATIF DESA KURIPAN;;;;\r\n\
                   No;Nama Peserta;No. KTP;Dukuh;Kelompok\r\n\
                   1;Bawon;'3307105203860001;Sigaok;salak\r\n\
                   2;Turyati;3,30710E+15;Sigaok;salak\r\n\
                   3;Suryati;;Krajan;salak\r\n\
                   4;Rahayu;'3307105203860001;Krajan;daging\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_village_brings_its_own_table_in_and_sees_who_is_in_it() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("peserta.csv");
    std::fs::write(&file, OWN).unwrap();
    desk.open("/peserta?lang=id").await;
    desk.browser.click("a[href='/peserta/impor']").await;
    desk.sees("Tidak perlu diketik ulang").await;
    desk.browser.choose_file("#file", &file).await;
    desk.browser.click("#form button").await;
    desk.sees("4 baris terbaca di bawah judul kolom pada baris 2").await;
    desk.browser.expect_no_complaints().await;
    // A number in the village's own list is no number in a group, and a Dukuh is a Dusun.
    for (field, code) in [("column-0", ""), ("column-3", "dusun")] {
        desk.browser.script(&format!("document.querySelector('#{field}').value = '{code}'; return 1;")).await;
    }
    looks(&desk, "import-columns").await;
    desk.browser.click("#form .actions button").await;
    desk.sees("3 orang akan masuk").await;
    desk.sees("1 baris tidak diterima").await;
    desk.sees("hanya menyimpan 15 angka").await;
    desk.sees("mungkin sudah terdaftar: NIK sama").await;
    desk.open("/peserta/impor?lang=en").await;
    desk.sees("3 people will be entered").await;
    looks(&desk, "import-looked-en").await;
    desk.open("/peserta/impor?lang=id").await;
    looks(&desk, "import-looked-id").await;
    desk.browser.click("#again").await;
    desk.sees("Kolom mana berisi apa?").await;
    assert_eq!(desk.browser.script("return document.querySelector('#column-3').value;").await, "dusun");
    desk.browser.script("document.querySelector('#column-1').value = ''; return 1;").await;
    desk.browser.click("#form .actions button").await;
    desk.sees("Belum ada kolom nama").await;
    looks(&desk, "import-columns-wrong").await;
    // The answer to a form with a mistake has the status 422, which the console notes.
    assert!(desk.browser.complaints().await.iter().all(|said| said.contains("status of 422")));
    desk.browser.script("document.querySelector('#column-1').value = 'nama'; return 1;").await;
    desk.browser.click("#form .actions button").await;
    desk.sees("Masukkan 3 orang").await;
    desk.browser.click("#form button").await;
    desk.sees("3 orang masuk dan tersimpan di sini").await;
    looks(&desk, "import-done").await;
    let saves = "return document.querySelector('#rejected').hasAttribute('download');";
    assert_eq!(desk.browser.script(saves).await, true);
    desk.browser.click("#people").await;
    for expected in ["3 orang tercatat", "Bawon", "Suryati", "Rahayu"] {
        desk.sees(expected).await;
    }
    desk.no_longer_sees("Turyati").await;
    desk.browser.click("#bring").await;
    desk.sees("Tabel sudah dimasukkan").await;
    desk.browser.click("#away button").await;
    desk.sees("Tidak perlu diketik ulang").await;
    desk.browser.expect_no_complaints().await;
    desk.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_import_shows_how_far_it_is_and_is_stopped_and_taken_up_again() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("peserta.csv");
    let rows: String = (1..=6000).map(|n| format!("Turyati {n};Sigaok\n")).collect();
    std::fs::write(&file, format!("nama;dusun\n{rows}")).unwrap();
    looks_through(&desk, &file).await;
    desk.sees("6.000 orang akan masuk").await;
    desk.browser.click("#form button").await;
    // The page follows by itself.
    desk.browser.until("it has come some way", "return document.querySelector('#progress')?.value > 0;").await;
    looks(&desk, "import-running").await;
    desk.browser.click("#stop button").await;
    desk.sees("Dihentikan sebelum selesai").await;
    desk.sees("baris belum dimasukkan").await;
    looks(&desk, "import-stopped").await;
    desk.browser.click("#away button").await;
    looks_through(&desk, &file).await;
    desk.sees("baris sudah pernah dimasukkan dan tidak ditulis lagi").await;
    desk.browser.expect_no_complaints().await;
    desk.browser.close().await;
}

/// Hands a table in whose columns say what they are, and looks at what it would give.
async fn looks_through(desk: &Desk, file: &std::path::Path) {
    desk.open("/peserta/impor?lang=id").await;
    desk.browser.choose_file("#file", file).await;
    desk.browser.click("#form button").await;
    desk.sees("Kolom mana berisi apa?").await;
    desk.browser.click("#form .actions button").await;
    desk.sees("Periksa sebelum dimasukkan").await;
}
