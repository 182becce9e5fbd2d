//! Lists as files for a table program.

use axum::http::StatusCode;
use serde_json::json;
use service::{Role, TokenScope};

use crate::Kuripan;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_saved_with_its_filter_and_no_cell_is_a_formula() {
    let mut kuripan = Kuripan::with(&[Role::Auditor, Role::Petugas]).await;
    kuripan
        .register(&[("name", "Turyati"), ("nik", "3307105203860001"), ("address", "=1+1"), ("group", "salak")])
        .await;
    kuripan.register(&[("name", "Bawon"), ("group", "kopi")]).await;
    assert!(kuripan.get("/peserta").await.body.contains("formaction=\"/peserta/tabel\""));
    let token = kuripan.token("/peserta").await;
    let csv = [("as", "csv"), ("group", "salak")];
    let text = String::from_utf8(kuripan.fetch("/peserta/tabel", &token, &csv).await).unwrap();
    assert!(text.contains("Turyati;'3307105203860001;") && text.contains(";'=1+1;"), "{text}");
    assert!(!text.contains("Bawon") && text.lines().count() == 2, "{text}");
    let book = kuripan.fetch("/peserta/tabel", &token, &[("as", "xlsx")]).await;
    assert!(book.starts_with(b"PK"));
    let notices = kuripan.fetch("/catatan/pengaduan/tabel", &token, &[("as", "csv")]).await;
    assert!(String::from_utf8(notices).unwrap().starts_with("\u{feff}Jenis;Judul;"));
    assert_eq!(kuripan.get("/peserta/tabel").await.status, StatusCode::SEE_OTHER, "the switch of the language");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_gets_tables_of_what_it_may_see() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    kuripan.register(&[("name", "Turyati"), ("group", "salak")]).await;
    let (all, read) = (kuripan.secret("semua", &[TokenScope::Personal]).await, kuripan.secret("baca", &[]).await);
    let people = json!({ "find": { "group": "salak" }, "format": "csv" });
    let table = kuripan.script("POST", "/api/v1/participants/table", &all, &[], &people).await;
    assert!(table.body.contains(";Turyati;"), "{}", table.body);
    let refused = kuripan.script("POST", "/api/v1/participants/table", &read, &[], &people).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for (kind, status) in [("pengumuman", StatusCode::OK), ("pengaduan", StatusCode::FORBIDDEN)] {
        let records = json!({ "find": { "kind": kind }, "format": "csv" });
        let table = kuripan.script("POST", "/api/v1/records/table", &read, &[], &records).await;
        assert_eq!(table.status, status, "{kind}: {}", table.body);
    }
}
