//! An agenda at its pages: opened, written, made final, ratified, published and handed out as a file; scans.

use axum::http::{StatusCode, header};
use service::{Command, Query, Reply, Role};

use crate::counter::{Kemnaker, at, place};
use crate::{Answer, Kuripan, hidden};

/// A picture of one point, as a scanner might send it.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0";

impl Kuripan {
    /// A ministry that founded a network, with an officer logged in.
    async fn ministry() -> Self {
        let mut this = Self::office("Kementerian Ketenagakerjaan", "ministry", "id", true).await;
        let carried = async |ask: service::Ask| match this.service.ask(ask, |_| ()).await {
            Ok(Reply::Carry { file, .. }) => file,
            other => panic!("nothing to carry: {other:?}"),
        };
        let request = carried(Query::Request.into()).await;
        let (draft, _) = service::draft(&[request], true).unwrap();
        let signature = carried(Command::Sign { draft: draft.clone() }.into()).await;
        let (file, _) = service::found(&draft, &[signature]).unwrap();
        this.service.ask(Command::Join { file }.into(), |_| ()).await.unwrap();
        this.enrol(&[Role::Petugas]).await;
        this
    }

    /// Says what stands for good: what is shown first is looked at and sent again. Gives what was shown.
    async fn confirms(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let look = self.sends(path, fields).await;
        assert_eq!(look.status, StatusCode::OK, "{}", look.body);
        let confirm = hidden(&look.body, "confirm").unwrap_or_else(|| panic!("nothing to look at: {}", look.body));
        let mut fields = fields.to_vec();
        fields.push(("confirm", &confirm));
        place(&self.sends(path, &fields).await);
        look.body
    }

    /// Opens an agenda with somebody who has no node, and writes its first article.
    async fn agenda(&mut self) -> String {
        let fields =
            [("title", "Data purna TKI"), ("outside", "DPRD Lampung Timur"), ("ratification_by", "31-12-2030")];
        let agenda = at(&self.sends("/catatan/agenda/baru", &fields).await);
        let article = [("begins", "01-01-2026"), ("pasal", "Data"), ("pasal.ayat", "Data dikirim setiap bulan.")];
        place(&self.sends(&format!("{agenda}/ubah"), &article).await);
        agenda
    }

    async fn mandate(&mut self, agenda: &str) {
        let mandate = [("official", "Ani"), ("position", "Direktur"), ("letter", "ST-7"), ("from", "01-01-2020")];
        place(&self.sends(&format!("{agenda}/catat/mandate"), &mandate).await);
    }
}

/// The answer that a form offers first for an input.
fn offered(form: &Answer, name: &str) -> String {
    let rest = form.body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("{}", form.body));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agenda_becomes_an_agreement_that_anybody_can_check() {
    let mut office = Kuripan::ministry().await;
    let empty = office.get("/koordinasi").await.body;
    assert!(empty.contains("Belum ada koordinasi") && empty.contains("/catatan/agenda/baru"), "{empty}");
    let refused = office.sends("/catatan/agenda/baru", &[("title", "Sendiri")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("baru punya satu pihak") && refused.body.contains("Sendiri"), "{}", refused.body);

    let agenda = office.agenda().await;
    let page = office.get(&agenda).await.body;
    for text in ["Data dikirim setiap bulan.", "DPRD Lampung Timur (tanpa Simpul)", "Keadaan: diusulkan.", "belum"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("say-ratification"), "without a mandate nobody ratifies");
    // What the convener records for somebody else names where it was said.
    let stand = office.get(&format!("{agenda}/catat/stand")).await;
    let party = stand.body.split("value=\"outside:").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let party = format!("outside:{party}");
    let nowhere = [("stance", "setuju"), ("party", party.as_str())];
    let refused = office.sends(&format!("{agenda}/catat/stand"), &nowhere).await;
    assert!(refused.body.contains("hanya penyelenggara yang mencatatnya"), "{}", refused.body);
    let letter = [("source", "surat"), ("number", "005/7"), ("source_date", "03-2026")];
    let recorded: Vec<_> = nowhere.into_iter().chain(letter).collect();
    place(&office.sends(&format!("{agenda}/catat/stand"), &recorded).await);
    let page = office.get(&agenda).await.body;
    assert!(page.contains("setuju (belum dikonfirmasi)") && page.contains("surat 005/7"), "{page}");

    office.mandate(&agenda).await;
    let look = office.confirms(&format!("{agenda}/catat/final"), &[]).await;
    assert!(look.contains("tidak dapat diubah lagi") && look.contains("Data dikirim setiap bulan."), "{look}");
    let board = office.get("/koordinasi").await.body;
    assert!(board.contains("Tetapkan atau tolak") && board.contains("0 dari 1 menetapkan"), "{board}");
    let form = office.get(&format!("{agenda}/catat/ratification")).await;
    let (version, mandate) = (offered(&form, "version"), offered(&form, "mandate"));
    let word = [("version", version.as_str()), ("says", "menetapkan"), ("mandate", mandate.as_str())];
    let look = office.confirms(&format!("{agenda}/catat/ratification"), &word).await;
    assert!(look.contains(&version) && look.contains("Ani, Direktur"), "{look}");
    let again = office.sends(&format!("{agenda}/catat/ratification"), &word).await;
    assert!(again.body.contains("tidak ada yang perlu ditandatangani"), "{}", again.body);
    let page = office.get(&agenda).await.body;
    assert!(page.contains("ditetapkan semua pihak") && page.contains("menetapkan (Ani, Direktur,"), "{page}");

    place(&office.sends(&format!("{agenda}/catat/publish"), &[("version", &version)]).await);
    let listed = office.get("/catatan/kesepakatan").await.body;
    assert!(listed.contains("Data purna TKI") && listed.contains("ditetapkan"), "{listed}");
    let published = listed.split("href=\"/catatan/kesepakatan/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = office.get(&format!("/catatan/kesepakatan/{published}")).await.body;
    assert!(page.contains("Berlaku.") && page.contains("setiap bulan"), "{page}");
    let file = office.get(&format!("/catatan/kesepakatan/{published}/berkas/{version}.json")).await;
    assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    let report = service::verify_agreement(file.body.as_bytes()).unwrap();
    assert!(report.ratified && report.title == "Data purna TKI", "{report:?}");
    assert!(page.contains(&format!("/berkas/{version}.pdf\"")) && page.contains("Salin untuk WhatsApp"), "{page}");
    let path = format!("/catatan/kesepakatan/{published}/berkas/{version}.pdf?kertas=f4");
    let (parts, paper) = office.send_for_bytes(axum::http::Request::get(&path), axum::body::Body::empty()).await;
    assert_eq!(parts.headers[header::CONTENT_TYPE].to_str().unwrap(), "application/pdf");
    let text = crate::paper::words(&paper);
    for said in
        ["Ditetapkan semua pihak", "Data dikirim setiap bulan.", "Ani, Direktur", "Sidik versi ini", &version[..8]]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    for name in ["nothing", "nothing.json", "nothing.pdf", "matriks-tanggapan.xlsx"] {
        let missing = office.get(&format!("/catatan/kesepakatan/{published}/berkas/{name}")).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{name}");
    }
    let path = format!("{agenda}/berkas/matriks-tanggapan.docx");
    let (parts, sheet) = office.send_for_bytes(axum::http::Request::get(&path), axum::body::Body::empty()).await;
    assert!(parts.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("matriks-tanggapan.docx"));
    assert!(sheet.starts_with(b"PK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signing_on_paper_carries_its_scan() {
    let mut office = Kuripan::ministry().await;
    let agenda = office.agenda().await;
    office.confirms(&format!("{agenda}/catat/final"), &[]).await;
    let path = format!("{agenda}/catat/paper");
    let form = office.get(&path).await;
    assert!(form.body.contains("enctype=\"multipart/form-data\""), "{}", form.body);
    let (token, version) = (hidden(&form.body, "token").unwrap(), offered(&form, "version"));
    let fields = [("version", version.as_str()), ("date", "30-05-2017"), ("scan", ""), ("certified", "")];
    let without = office.post(&path, &token, &fields).await;
    assert!(
        without.body.contains("kertasnya belum dilampirkan") || without.body.contains("Kertasnya belum"),
        "{}",
        without.body
    );
    let text = office.post_file_as("file-scan", &path, &token, &fields, b"not a scan").await;
    assert_eq!(text.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.body.contains("bukan PDF, JPEG, PNG atau DOCX"), "{}", text.body);
    place(&office.post_file_as("file-scan", &path, &token, &fields, PNG).await);
    let page = office.get(&agenda).await.body;
    assert!(page.contains("ditandatangani di kertas 30-05-2017, dikonfirmasi 0 dari 1"), "{page}");
    let scan = page.split("href=\"/pindaian/").nth(1).unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap();
    let path = format!("/pindaian/{scan}");
    let (parts, bytes) = office.send_for_bytes(axum::http::Request::get(&path), axum::body::Body::empty()).await;
    assert_eq!((parts.headers[header::CONTENT_TYPE].to_str().unwrap(), bytes.as_slice()), ("image/png", PNG));
    assert_eq!(office.get(&format!("/pindaian/{}", "0".repeat(64))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scorecard_counts_what_is_read_here_beside_what_was_found_before() {
    let mut office = Kuripan::ministry().await;
    office.agenda().await;
    let page = office.get("/koordinasi/rapor?wilayah=18.07&tahun=2026").await.body;
    for text in ["2016: belum terbentuk.", "Belum ada kesepakatan dan komitmen.", "value=\"18.07\"", "value=\"2026\""] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let own = office.get("/koordinasi/rapor?sendiri=ya").await.body;
    assert!(own.contains("value=\"ya\" checked") && !own.contains("2016:"), "{own}");
    let wrong = office.get("/koordinasi/rapor?wilayah=Lampung").await.body;
    assert!(wrong.contains("id=\"wilayah-error\"") && wrong.contains("value=\"Lampung\""), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consultation_goes_on_to_an_agenda_and_says_so() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let _kemnaker = Kemnaker::lets_in(&kuripan).await;
    let case = kuripan.begins("konsultasi", &[("topic", "market"), ("name", "Turyati")]).await;
    let page = kuripan.get(&case).await.body;
    let href =
        page.split("id=\"open-agenda\" href=\"").nth(1).unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap();
    let form = kuripan.get(&href.replace("&#61;", "=")).await.body;
    let id = case.rsplit('/').next().unwrap();
    assert!(form.contains(&format!("value=\"{id}\"")), "{form}");
    let fields = [("title", "Pemasaran salak"), ("outside", "Dinas Koperasi"), ("from", id)];
    let agenda = at(&kuripan.sends("/catatan/agenda/baru", &fields).await);
    let page = kuripan.get(&case).await.body;
    for text in ["Agenda dan rancangan yang terkait", &agenda, "Dibawa ke rapat"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("id=\"open-agenda\""), "it is open");
    assert!(kuripan.get(&agenda).await.body.contains("kasus yang belum terselesaikan"));
    let wrong =
        kuripan.sends("/catatan/agenda/baru", &[("title", "Apa saja"), ("outside", "LSM"), ("from", "zzz")]).await;
    assert!(wrong.body.contains("href=\"#from\""), "{}", wrong.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_shows_its_months_and_prints_invitation_and_attendance_list() {
    let mut office = Kuripan::ministry().await;
    let calendar = at(&office.sends("/catatan/kalender/baru", &[("year", "2031")]).await);
    let event = [
        ("title", "Rapat koordinasi"),
        ("day", "04-08-2031"),
        ("place", "Sukadana"),
        ("others", "BNP2TKI, Dinas Koperasi dan UMKM"),
    ];
    place(&office.sends(&format!("{calendar}/catat/event"), &event).await);
    let page = office.get(&calendar).await.body;
    for text in ["Agustus 2031", "class=\"dated\"", "04-08-2031 · Rapat koordinasi · Sukadana", "kalender.ics"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let english = office.get(&format!("{calendar}?lang=en")).await.body;
    assert!(english.contains("August 2031"), "{english}");
    let event = page.split("/undangan/").nth(1).unwrap().split('?').next().unwrap().to_owned();
    for (path, said) in [("undangan", "Mohon diutus pejabat"), ("hadirin", "Nomor surat tugas")] {
        let path = format!("{calendar}/{path}/{event}");
        let (_, paper) = office.send_for_bytes(axum::http::Request::get(&path), axum::body::Body::empty()).await;
        let text = crate::paper::words(&paper);
        assert!(text.contains(said) && text.contains("Dinas Koperasi dan UMKM"), "{text}");
    }
    let missing = office.get(&format!("{calendar}/undangan/{}", "0".repeat(64))).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_marked_as_read_and_nobody_types_where_an_agenda_comes_from() {
    let mut office = Kuripan::ministry().await;
    let form = office.get("/catatan/agenda/baru").await.body;
    assert!(!form.contains("Berasal dari catatan"), "{form}");
    let token = hidden(&form, "token").unwrap();
    let agenda = office.agenda().await;
    let page = office.get(&agenda).await.body;
    assert!(page.contains("id=\"open-rancangan\""), "{page}");
    let board = office.get("/koordinasi").await.body;
    assert!(!board.contains("id=\"mark-read\""), "its own words are no news: {board}");
    let marked = office.post("/koordinasi/dibaca", &token, &[]).await;
    assert_eq!(place(&marked), "/koordinasi");
}
