//! What the pages and the API give on paper.

use std::io::Write;
use std::process::{Command, Stdio};

use axum::body::Body;
use axum::http::{Request, StatusCode, header, response::Parts};
use serde_json::json;
use service::{Role, TokenScope};

use crate::counter::Kemnaker;
use crate::{Browser, Kuripan, form};

/// The words of a PDF, as poppler reads them.
pub(crate) fn words(pdf: &[u8]) -> String {
    assert!(pdf.starts_with(b"%PDF-"), "{}", String::from_utf8_lossy(&pdf[..pdf.len().min(2000)]));
    let tool = Command::new("pdftotext").args(["-raw", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut tool = tool.unwrap_or_else(|error| panic!("pdftotext of poppler-utils is needed: {error}"));
    tool.stdin.take().unwrap().write_all(pdf).unwrap();
    let told = String::from_utf8(tool.wait_with_output().unwrap().stdout).unwrap();
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Browser {
    pub(crate) async fn answer(
        &mut self,
        request: axum::http::request::Builder,
        body: impl Into<Body>,
    ) -> (Parts, Vec<u8>) {
        self.send_for_bytes(request, body.into()).await
    }

    /// The words of what an address prints.
    pub(crate) async fn printed(&mut self, path: &str) -> String {
        let (parts, bytes) = self.answer(Request::get(path), String::new()).await;
        assert_eq!(parts.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&bytes));
        assert_eq!(parts.headers[header::CONTENT_TYPE], "application/pdf", "{path}");
        let name = parts.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(name.starts_with("inline; filename=\"") && name.ends_with(".pdf\""), "{name}");
        words(&bytes)
    }
}

impl Kuripan {
    /// What a script is answered, without the cookie.
    async fn scripted(&mut self, method: &str, path: &str, secret: &str, body: &serde_json::Value) -> (Parts, Vec<u8>) {
        let cookie = self.cookie.take();
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {secret}"));
        let answer = self.answer(request, body.to_string()).await;
        self.cookie = cookie;
        answer
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_prints_filled_and_blank_with_the_letterhead() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let fields = [("name", "Turyati"), ("nik", "3307105203860001"), ("dusun", "Sigaok"), ("address", "#1 *$x$* \\n")];
    let at = kuripan.register(&fields).await;
    assert!(kuripan.get(&at).await.body.contains(&format!("href=\"{at}/cetak?kertas=f4\"")));
    let form = kuripan.get(&format!("{at}/ubah")).await.body;
    assert!(form.contains("name=\"paper_date\"") && form.contains("name=\"paper_by\""), "what was typed in from paper");
    let filled = kuripan.printed(&format!("{at}/cetak?kertas=f4")).await;
    for said in [
        "PEMERINTAH KABUPATEN WONOSOBO KECAMATAN WATUMALANG DESA KURIPAN Turyati",
        "NIK 3307105203860001",
        "Dusun Sigaok",
        "#1 *$x$* \\n",
        "Kepala Desa Kuripan",
        "Tembusan:",
        "oleh Siti Halaman 1 dari",
    ] {
        assert!(filled.contains(said), "{said}: {filled}");
    }
    let english = kuripan.printed(&format!("{at}/cetak?lang=en")).await;
    assert!(english.contains("For Desa Kuripan") && english.contains("Page 1 of"), "{english}");
    let blank = kuripan.printed("/peserta/cetak-kosong?lang=id").await;
    assert!(blank.contains("Formulir pendaftaran peserta") && blank.contains("Jenis kelamin"), "{blank}");
    assert!(!blank.contains("Turyati"), "{blank}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_record_has_a_blank_form_and_prints_filled() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let _kemnaker = Kemnaker::lets_in(&kuripan).await;
    for kind in service::sheet_kinds().into_iter().filter(|kind| kind.begun_by_form) {
        let blank = kuripan.printed(&format!("/catatan/{}/cetak-kosong?kertas=f4", kind.code)).await;
        assert!(blank.contains(&kind.label.id) && blank.contains("Diisi oleh:"), "{}: {blank}", kind.code);
        let list = format!("/catatan/{}", kind.code);
        assert!(kuripan.get(&list).await.body.contains(&format!("href=\"{list}/cetak-kosong?kertas=a4\"")));
    }
    let visits = kuripan.printed("/catatan/buku-tamu/cetak-kosong").await;
    assert!(visits.contains("Nama tamu") && visits.contains("Keperluan: "), "{visits}");
    let complaint = kuripan
        .begins("pengaduan", &[("kind", "unpaid_wage"), ("name", "Turyati"), ("story", "Gaji belum dibayar.")])
        .await;
    let filled = kuripan.printed(&format!("{complaint}/cetak")).await;
    assert!(filled.contains("Turyati") && filled.contains("Gaji belum dibayar."), "{filled}");
    assert!(
        kuripan.get(&format!("{complaint}/slip")).await.body.contains(&format!("{complaint}/slip/cetak?kertas=a4"))
    );
    let slip = kuripan.printed(&format!("{complaint}/slip/cetak")).await;
    assert!(slip.contains("Tanda terima") && !slip.contains("Gaji belum dibayar."), "{slip}");
    let message = kuripan.get(&format!("{complaint}/slip")).await.body;
    let message = message.split("<textarea").nth(1).unwrap().split("</textarea>").next().unwrap().to_owned();
    assert!(message.contains("Desa Kuripan") && message.contains("Nomor: ") && !message.contains("Gaji"), "{message}");
    let no_slip = kuripan.begins("kelompok", &[("name", "Salak Makmur")]).await;
    assert_eq!(kuripan.get(&format!("{no_slip}/slip/cetak")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(kuripan.get(&format!("{no_slip}/daftar-hadir")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(kuripan.get(&format!("{no_slip}/poster")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visiting_list_goes_by_dusun_and_rt_and_names_no_nik() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let nik = "3307105203860001";
    for (name, dusun, rt, nik) in [
        ("Turyati", "Sigaok", "10", nik),
        ("Bawon", "Sigaok", "2", ""),
        ("Suryati", "Bedali", "1", ""),
        ("Farida", "", "", ""),
    ] {
        let fields = [("name", name), ("dusun", dusun), ("rt", rt), ("nik", nik), ("group", "salak")];
        kuripan.register(&fields).await;
    }
    assert!(kuripan.get("/peserta").await.body.contains("formaction=\"/peserta/kunjungan\""));
    let token = kuripan.token("/peserta").await;
    let (request, body) = form("/peserta/kunjungan", &token, &[("kertas", "f4"), ("group", "salak")]);
    let (parts, bytes) = kuripan.answer(request, body).await;
    assert_eq!(parts.status, StatusCode::OK);
    let list = words(&bytes);
    let places: Vec<usize> =
        ["Suryati", "Bawon", "Turyati", "Farida"].iter().map(|name| list.find(name).unwrap()).collect();
    assert!(places.is_sorted(), "Bedali, Sigaok RT 2, Sigaok RT 10, not known: {list}");
    assert!(list.contains("Dusun Sigaok · RT 10 (1 orang)") && !list.contains(nik), "{list}");
    let (request, body) = form("/peserta/kunjungan", &token, &[("group", "kopi")]);
    let (_, bytes) = kuripan.answer(request, body).await;
    assert!(words(&bytes).contains("0 orang"));
    assert_eq!(kuripan.get("/peserta/kunjungan").await.status, StatusCode::SEE_OTHER, "the switch of the language");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_records_and_attendance_print_with_room_to_write() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let _kemnaker = Kemnaker::lets_in(&kuripan).await;
    let bimtek = kuripan.begins("bimtek", &[("title", "Abon ayam"), ("sector", "food"), ("start", "02-03-2026")]).await;
    let list = kuripan.printed(&format!("{bimtek}/daftar-hadir?kertas=f4")).await;
    for said in ["Daftar hadir", "Tanda tangan 02-03-2026", "Tanda tangan 07-03-2026"] {
        assert!(list.contains(said), "{said}: {list}");
    }
    kuripan.begins("pengaduan", &[("kind", "unpaid_wage"), ("name", "Turyati")]).await;
    let token = kuripan.token("/catatan/pengaduan").await;
    let (request, body) = form("/catatan/pengaduan/cetak", &token, &[]);
    let (_, bytes) = kuripan.answer(request, body).await;
    let list = words(&bytes);
    assert!(list.contains("Turyati") && list.contains("Batas waktu"), "{list}");
    let (request, body) = form("/catatan/pengaduan/cetak", &token, &[("open", "yes")]);
    let (_, bytes) = kuripan.answer(request, body).await;
    assert!(words(&bytes).contains("0 catatan"), "a referral waits for nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_is_for_whoever_may_see_the_page() {
    let mut kuripan = Kuripan::with(&[Role::Auditor, Role::Petugas]).await;
    let at = kuripan.register(&[("name", "Turyati"), ("dusun", "Sigaok"), ("group", "salak")]).await;
    let wrong = kuripan.get(&format!("{at}/cetak?kertas=a3")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(kuripan.get("/peserta/tidak-ada/cetak").await.status, StatusCode::NOT_FOUND);
    assert_eq!(kuripan.get("/catatan/tidak-ada/cetak-kosong").await.status, StatusCode::NOT_FOUND);
    let cookie = kuripan.cookie.take();
    for path in
        [format!("{at}/cetak"), "/peserta/cetak-kosong".to_owned(), "/catatan/pengaduan/cetak-kosong".to_owned()]
    {
        assert_eq!(kuripan.get(&path).await.status, StatusCode::SEE_OTHER, "{path}");
    }
    kuripan.cookie = cookie;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_gets_on_paper_what_it_may_read() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let _kemnaker = Kemnaker::lets_in(&kuripan).await;
    let at = kuripan.register(&[("name", "Turyati"), ("dusun", "Sigaok"), ("group", "salak")]).await;
    let complaint = kuripan.begins("pengaduan", &[("kind", "unpaid_wage"), ("name", "Turyati")]).await;
    let bimtek = kuripan.begins("bimtek", &[("title", "Abon ayam"), ("sector", "food"), ("start", "02-03-2026")]).await;
    let (person, case) =
        (at.replace("/peserta", "/api/v1/participants"), complaint.replace("/catatan/pengaduan", "/api/v1/records"));
    let training = bimtek.replace("/catatan/bimtek", "/api/v1/records");
    let (all, read) = (kuripan.secret("semua", &[TokenScope::Personal]).await, kuripan.secret("baca", &[]).await);
    let (nothing, everybody) = (json!(null), json!({ "paper": "f4" }));
    for (method, path, body, open) in [
        ("GET", format!("{person}/print?paper=f4&lang=en"), &nothing, true),
        ("GET", "/api/v1/participants/form".to_owned(), &nothing, true),
        ("GET", format!("{case}/print"), &nothing, false),
        ("GET", format!("{training}/attendance-list"), &nothing, false),
        ("GET", "/api/v1/kinds/pengaduan/form".to_owned(), &nothing, false),
        ("GET", "/api/v1/kinds/pengumuman/form?paper=a4".to_owned(), &nothing, true),
        ("POST", "/api/v1/participants/print".to_owned(), &everybody, false),
        ("POST", "/api/v1/records/print".to_owned(), &everybody, false),
    ] {
        let (parts, bytes) = kuripan.scripted(method, &path, &all, body).await;
        assert_eq!(parts.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&bytes));
        assert!(!words(&bytes).is_empty());
        let (parts, bytes) = kuripan.scripted(method, &path, &read, body).await;
        let expected = if open { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(parts.status, expected, "{path}");
        assert!(!open || !words(&bytes).contains("Turyati"), "{path}");
    }
    for path in [format!("{person}/print?paper=a3"), format!("{person}/print?paper=a4&paper=f4")] {
        let (parts, bytes) = kuripan.scripted("GET", &path, &all, &nothing).await;
        assert_eq!(parts.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(String::from_utf8_lossy(&bytes).contains("bad_input"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_an_administrator_writes_stands_in_the_letterhead() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Admin]).await;
    let token = kuripan.token("/petugas").await;
    let long = "jalan ".repeat(40);
    let refused = kuripan.post("/petugas/alamat", &token, &[("address", &long)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Alamat terlalu panjang") && refused.body.contains(long.trim()), "{}", refused.body);
    let saved = kuripan.post("/petugas/alamat", &token, &[("address", " Jalan Raya  Watumalang 1, 56352 ")]).await;
    assert!(saved.body.contains("Alamat tersimpan"), "{}", saved.body);
    let blank = kuripan.printed("/peserta/cetak-kosong").await;
    assert!(blank.contains("DESA KURIPAN Jalan Raya Watumalang 1, 56352"), "{blank}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_is_shown_what_is_erased_before_it_is() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Admin]).await;
    let at = kuripan.register(&[("name", "Turyati")]).await;
    let page = kuripan.get(&at).await.body;
    assert!(page.contains(&format!("href=\"{at}/hapus\"")), "{page}");
    let ask = kuripan.get(&format!("{at}/hapus")).await.body;
    assert!(ask.contains("Tidak dapat dibatalkan") && ask.contains("Turyati"), "{ask}");
    let token = kuripan.token(&format!("{at}/hapus")).await;
    let refused = kuripan.post(&format!("{at}/hapus"), &token, &[("ground", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Dasar penghapusan masih kosong"), "{}", refused.body);
    let mut officer = Kuripan::with(&[Role::Petugas]).await;
    let at = officer.register(&[("name", "Turyati")]).await;
    assert!(!officer.get(&at).await.body.contains("/hapus"));
    assert_eq!(officer.get(&format!("{at}/hapus")).await.status, StatusCode::FORBIDDEN);
}
