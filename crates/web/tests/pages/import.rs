//! A village's own table: handed in, its columns said, looked at, brought in.

use std::time::Duration;

use axum::http::StatusCode;
use data_encoding::BASE64;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use service::{Role, TokenScope};

use crate::{Answer, Kuripan, hidden};

/// With a title above, columns called as the village calls them, and a NIK that a table program took for a number.
const OWN: &str = "Daftar peserta, Desa Kuripan\n\
                   No;Nama Peserta;No. KTP;Dukuh\n\
                   1;Bawon;'3307105203860001;Sigaok\n\
                   2;Turyati;3,30710E+15;Sigaok\n\
                   3;Suryati;;Krajan\n";
const AT: &str = "/peserta/impor";

/// Waits until the table is no longer being brought in, as somebody does who loads the page again.
async fn ends(kuripan: &mut Kuripan) -> String {
    loop {
        let body = kuripan.get(AT).await.body;
        if !body.contains("<progress") {
            return body;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn hands_in(kuripan: &mut Kuripan, bytes: &[u8]) -> Answer {
    let token = kuripan.token(AT).await;
    kuripan.post_file(AT, &token, &[], bytes).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_brings_its_own_table_in() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    assert!(kuripan.get("/peserta").await.body.contains("href=\"/peserta/impor\""), "an empty list leads here");
    let empty = kuripan.get(AT).await.body;
    assert!(empty.contains("/peserta/impor/contoh") && empty.contains("CSV, sampai 8 MB"), "{empty}");
    let blank = kuripan.get("/peserta/impor/contoh").await.body;
    assert!(blank.starts_with("\u{feff}kode_desa;nama;nik;"), "{blank}");
    assert_eq!(hands_in(&mut kuripan, OWN.as_bytes()).await.status, StatusCode::SEE_OTHER);
    let columns = kuripan.get(AT).await.body;
    assert!(columns.contains("3 baris terbaca di bawah judul kolom pada baris 2"), "{columns}");
    for expected in [
        "<th scope=\"row\">No. KTP</th>",
        "3,30710E+15",
        "<option value=\"nik\" selected>",
        "<option value=\"nomor\" selected>",
        "aria-label=\"Dukuh masuk sebagai\"",
    ] {
        assert!(columns.contains(expected), "{expected}: {columns}");
    }
    let token = hidden(&columns, "token").unwrap();
    let chosen = [("column-0", ""), ("column-1", "nama"), ("column-2", "nik"), ("column-3", "dusun"), ("header", "2")];
    let letter = [("decided_number", "141/12/2017"), ("decided_date", "03-2017")];
    let looked = kuripan.post("/peserta/impor/kolom", &token, &[&chosen[..], &letter].concat()).await;
    assert_eq!(looked.status, StatusCode::SEE_OTHER, "{}", looked.body);
    let looked = kuripan.get(AT).await.body;
    for expected in ["2 orang akan masuk", "1 baris tidak diterima", "15 angka", "Masukkan 2 orang", "Turyati"] {
        assert!(looked.contains(expected), "{expected}: {looked}");
    }
    let again = kuripan.get("/peserta/impor?langkah=kolom").await.body;
    assert!(again.contains("<option value=\"dusun\" selected>") && again.contains("141/12/2017"), "{again}");
    let stale = kuripan.post("/peserta/impor/masukkan", &token, &[("stamp", "guess")]).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.body.contains("sudah lain dari yang diperiksa"), "{}", stale.body);
    let stamp = hidden(&looked, "stamp").unwrap();
    let begun = kuripan.post("/peserta/impor/masukkan", &token, &[("stamp", &stamp)]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let done = ends(&mut kuripan).await;
    assert!(done.contains("2 orang masuk") && done.contains("/peserta/impor/ditolak"), "{done}");
    let rejected = kuripan.get("/peserta/impor/ditolak").await.body;
    assert!(rejected.starts_with("\u{feff}No;Nama Peserta;No. KTP;Dukuh;alasan"), "{rejected}");
    assert!(rejected.contains("Turyati") && !rejected.contains("Bawon"), "{rejected}");
    let list = kuripan.get("/peserta").await.body;
    for expected in ["2 orang tercatat", "Bawon", "Suryati", "Sigaok", "ditetapkan", "id=\"bring\""] {
        assert!(list.contains(expected), "{expected}: {list}");
    }
    // What was put right comes in, and the rest is here already.
    kuripan.post("/peserta/impor/buang", &token, &[]).await;
    hands_in(&mut kuripan, OWN.replace("3,30710E+15", "3307105203860002").as_bytes()).await;
    kuripan.post("/peserta/impor/kolom", &token, &chosen).await;
    let looked = kuripan.get(AT).await.body;
    assert!(looked.contains("1 orang akan masuk") && looked.contains("2 baris sudah pernah dimasukkan"), "{looked}");
    assert_eq!(kuripan.get("/peserta/impor/ditolak").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_table_is_said_with_what_to_do() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    for (bytes, expected) in [
        (&b"PK\x03\x04"[..], "CSV UTF-8"),
        (b"", "Belum ada berkas yang dipilih"),
        (b"\n\n", "Tabel kosong"),
        (&vec![b'x'; (8 << 20) + 1], "Tabel lebih besar dari 8 MB"),
    ] {
        let answer = hands_in(&mut kuripan, bytes).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{expected}");
        assert!(answer.body.contains(expected) && answer.body.contains("href=\"#file\""), "{}", answer.body);
    }
    hands_in(&mut kuripan, b"Warga;Alias\nBawon;Won\n").await;
    let token = kuripan.token(AT).await;
    for (chosen, expected, link) in [
        (vec![("column-0", ""), ("column-1", "")], "Belum ada kolom nama", "#columns"),
        (vec![("column-0", "nama"), ("column-1", "nama")], "Dua kolom dipilih sebagai Nama", "#columns"),
        (vec![("column-0", "nama"), ("column-1", "x")], "Tidak ada kolom", "#columns"),
        (vec![("column-0", "nama"), ("header", "9")], "Tidak ada isi mulai baris 9", "#columns"),
        (vec![("column-0", "nama"), ("header", "satu")], "Tulis angka", "#header"),
        (vec![("column-0", "nama"), ("decided_number", "1")], "Tanggal surat belum diisi", "#decided_date"),
        (
            vec![("column-0", "nama"), ("decided_number", "1"), ("decided_date", "kemarin")],
            "Tanggal keputusan &#34;kemarin&#34;",
            "#decided_date",
        ),
    ] {
        let answer = kuripan.post("/peserta/impor/kolom", &token, &chosen).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{expected}");
        assert!(answer.body.contains(expected), "{expected}: {}", answer.body);
        assert!(answer.body.contains(&format!("href=\"{link}\"")), "{link}: {}", answer.body);
        for (name, value) in &chosen {
            if !name.starts_with("column") {
                assert!(answer.body.contains(&format!("value=\"{value}\"")), "{value} is not lost: {}", answer.body);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_write_brings_tables_in() {
    for role in [Role::Auditor, Role::Admin] {
        let mut kuripan = Kuripan::with(&[role]).await;
        let token = kuripan.token("/peserta").await;
        for path in [AT, "/peserta/impor/contoh", "/peserta/impor/ditolak"] {
            assert_eq!(kuripan.get(path).await.status, StatusCode::FORBIDDEN, "{role:?} {path}");
        }
        assert_eq!(kuripan.post_file(AT, &token, &[], b"nama\nBawon\n").await.status, StatusCode::FORBIDDEN);
        for path in ["kolom", "masukkan", "henti", "buang"] {
            let answer = kuripan.post(&format!("{AT}/{path}"), &token, &[]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {path}");
        }
        assert!(!kuripan.get("/peserta").await.body.contains(AT), "nothing leads there");
    }
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let refused = kuripan.post_file(AT, "guess", &[], b"nama\nBawon\n").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

/// A workbook whose second sheet names two people.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Petunjuk").unwrap().write_string(0, 0, "Isi lembar Peserta").unwrap();
    let sheet = book.add_worksheet().set_name("Peserta").unwrap();
    for (row, name) in (2..).zip(["nama", "Bawon", "Suryati"]) {
        sheet.write_string(row, 1, name).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_read_and_its_sheet_is_named() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    assert_eq!(hands_in(&mut kuripan, &workbook()).await.status, StatusCode::SEE_OTHER);
    let columns = kuripan.get(AT).await.body;
    for expected in ["lembar “Peserta”", "2 baris terbaca di bawah judul kolom pada baris 3"] {
        assert!(columns.contains(expected), "{expected}: {columns}");
    }
    let other = hands_in(&mut kuripan, b"PK\x03\x04 of something else").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.body.contains("Excel (.xlsx)"), "{}", other.body);
    let all = kuripan.secret("semua", &[TokenScope::Personal, TokenScope::Write]).await;
    let preview = "/api/v1/participants/import/preview";
    let looked = kuripan.script("POST", preview, &all, &[], &json!({ "workbook": BASE64.encode(&workbook()) })).await;
    let told: Value = serde_json::from_str(&looked.body).unwrap();
    assert_eq!((&told["counts"]["added"], &told["table"]["sheet"]), (&json!(2), &json!("Peserta")), "{told}");
    for wrong in [json!({}), json!({ "text": OWN, "workbook": "" }), json!({ "workbook": "no base64" })] {
        let refused = kuripan.script("POST", preview, &all, &[], &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_looks_at_a_table_and_brings_it_in() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let all = kuripan.secret("semua", &[TokenScope::Personal, TokenScope::Write]).await;
    let [writes, sees] = [TokenScope::Write, TokenScope::Personal];
    let (writes, sees) = (kuripan.secret("tulis", &[writes]).await, kuripan.secret("lihat", &[sees]).await);
    let told = |answer: &Answer| serde_json::from_str::<Value>(&answer.body).unwrap();
    let table = json!({ "text": OWN, "columns": ["", "nama", "nik", "dusun"], "decision_date": "2017" });
    let preview = "/api/v1/participants/import/preview";
    for secret in [&writes, &sees] {
        let refused = kuripan.script("POST", preview, secret, &[], &table).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    }
    let looked = kuripan.script("POST", preview, &all, &[], &table).await;
    assert_eq!(looked.status, StatusCode::OK, "{}", looked.body);
    let looked = told(&looked);
    assert_eq!((&looked["counts"]["added"], &looked["counts"]["rejected"]), (&json!(2), &json!(1)), "{looked}");
    assert_eq!(looked["table"]["line"], 2, "{looked}");
    assert!(looked["rejected"][0]["said"][0]["en"].as_str().unwrap().contains("15 digits"), "{looked}");
    let at = "/api/v1/participants/import";
    let other = json!({ "table": { "text": OWN }, "stamp": looked["stamp"] });
    let refused = kuripan.script("POST", at, &all, &[], &other).await;
    assert_eq!((refused.status, &told(&refused)["field"]), (StatusCode::CONFLICT, &json!("stamp")));
    let same = json!({ "table": table, "stamp": looked["stamp"] });
    for secret in [&writes, &sees] {
        assert_eq!(kuripan.script("POST", at, secret, &[], &same).await.status, StatusCode::FORBIDDEN);
    }
    for (added, present) in [(2, 0), (0, 2)] {
        let brought = kuripan.script("POST", at, &all, &[], &same).await;
        assert_eq!(brought.status, StatusCode::OK, "{}", brought.body);
        let counts = &told(&brought)["counts"];
        assert_eq!((&counts["added"], &counts["present"]), (&json!(added), &json!(present)), "{counts}");
    }
    let half = json!({ "text": OWN, "decision_number": "1" });
    assert_eq!(kuripan.script("POST", preview, &all, &[], &half).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Larger than any other body, and read.
    let rows: String = (0..9000).map(|_| "Bawon;Sigaok di tepi jalan desa dekat balai\n").collect();
    let large = json!({ "text": format!("nama;alamat\n{rows}") });
    let looked = kuripan.script("POST", preview, &all, &[], &large).await;
    assert_eq!(told(&looked)["counts"]["rejected"], 8999, "the same row again is nobody");
    let columns = kuripan.script("GET", "/api/v1/participants/import/columns", &all, &[], &json!(null)).await;
    assert!(told(&columns).as_array().unwrap().iter().any(|column| column["code"] == "nik"), "{}", columns.body);
}
