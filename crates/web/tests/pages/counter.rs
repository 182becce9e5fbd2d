//! The counter's day: visitors, complaints and their slips, AK-1 cards, and the records of groups.

use axum::http::{StatusCode, header};
use service::{Command, Options, Query, Reply, Role, Service, StoreOptions};
use tempfile::TempDir;

use crate::{Answer, Kuripan, hidden};

/// Kemnaker, which founds the network and lets Kuripan in: a case has a roster, which only an office that is admitted can
/// say.
pub(crate) struct Kemnaker {
    _service: Service,
    _folder: TempDir,
}

async fn carried(service: &Service, query: Query) -> Vec<u8> {
    let Reply::Carry { file, .. } = service.ask(query.into(), |_| ()).await.unwrap() else {
        panic!("nothing to carry")
    };
    file
}

async fn done(service: &Service, command: Command) -> Reply {
    service.ask(command.into(), |_| ()).await.unwrap()
}

impl Kemnaker {
    pub(crate) async fn lets_in(kuripan: &Kuripan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = StoreOptions::new(folder.path().join("node"));
        let office = service::subject(Some("Kemnaker"), Some("ministry"), Some("id"), None).unwrap();
        service::create(&store, office, false).unwrap();
        let kemnaker = Service::start(Options::offline(store)).await.unwrap();
        let (draft, _) = service::draft(&[carried(&kemnaker, Query::Request).await], false).unwrap();
        let Reply::Carry { file, .. } = done(&kemnaker, Command::Sign { draft: draft.clone() }).await else { panic!() };
        let (founding, _) = service::found(&draft, &[file]).unwrap();
        done(&kemnaker, Command::Join { file: founding }).await;
        let request = carried(&kuripan.service, Query::Request).await;
        let Reply::Approved(invite) = done(&kemnaker, Command::Approve { request }).await else { panic!() };
        done(&kuripan.service, Command::Join { file: invite.file }).await;
        // What admits the village comes with the first peer, or on a stick.
        let stick = folder.path().join("stick");
        let office = "Desa Kuripan".to_owned();
        done(&kemnaker, Command::ExportBundle { office, out: stick.clone() }).await;
        done(&kuripan.service, Command::ImportBundle { file: stick }).await;
        assert!(kuripan.service.office().admitted);
        Self { _service: kemnaker, _folder: folder }
    }
}

pub(crate) fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

/// Where something is, without what was just done there.
pub(crate) fn at(answer: &Answer) -> String {
    place(answer).split('?').next().unwrap().to_owned()
}

const ANI: [(&str, &str); 5] = [
    ("name", "Ani Lestari"),
    ("purpose", "complaint"),
    ("origin", "resident"),
    ("id_checked", "yes"),
    ("date", "12-11-2026"),
];

impl Kuripan {
    pub(crate) async fn sends(&mut self, form: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token(form).await;
        let to = form.split('?').next().unwrap();
        self.post(to, &token, fields).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_stands_in_the_guest_book_of_the_month_and_goes_on_to_what_they_came_for() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let today = kuripan.get("/").await.body;
    assert!(today.contains("href=\"/tamu\""), "{today}");
    let empty = kuripan.get("/catatan/buku-tamu").await.body;
    assert!(empty.contains("Belum ada tamu yang dicatat"), "{empty}");

    let wrong = kuripan.sends("/tamu", &[("name", "Ani Lestari"), ("date", "kemarin")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in ["href=\"#purpose\"", "href=\"#date\"", "Keperluan harus diisi", "value=\"Ani Lestari\"", "kemarin"]
    {
        assert!(wrong.body.contains(expected), "{expected}: {}", wrong.body);
    }
    let nobody = [("purpose", "other"), ("origin", "resident"), ("id_checked", "no"), ("date", "12-11-2026")];
    let nobody = kuripan.sends("/tamu", &nobody).await;
    assert!(nobody.body.contains("Tamu belum disebut: isi nama tamu"), "{}", nobody.body);

    let next = place(&kuripan.sends("/tamu", &ANI).await);
    assert!(next.starts_with("/catatan/pengaduan/baru?tamu=") && !next.contains("Ani"), "{next}");
    let complaint = kuripan.get(&next).await.body;
    assert!(complaint.contains("value=\"Ani Lestari\""), "{complaint}");
    for (purpose, form) in [("ak1", "/catatan/ak1/baru"), ("registration", "/peserta/daftar")] {
        let mut budi = ANI;
        (budi[0], budi[1]) = (("name", "Budi"), ("purpose", purpose));
        let next = place(&kuripan.sends("/tamu", &budi).await);
        assert!(next.starts_with(form), "{next}");
        assert!(kuripan.get(&next).await.body.contains("value=\"Budi\""), "{purpose}");
    }
    let mut other = ANI;
    other[1] = ("purpose", "information");
    let book = place(&kuripan.sends("/tamu", &other).await);
    let book = kuripan.get(&book).await.body;
    assert!(book.contains("Tamu tersimpan di buku tamu bulan ini"), "{book}");
    assert_eq!(book.matches("<strong>Kunjungan</strong>").count(), 4, "one book for the month: {book}");
    let list = kuripan.get("/catatan/buku-tamu").await.body;
    assert!(list.contains("1 catatan.") && list.contains("11-2026"), "{list}");
}

/// People of villages without a node come to a posko or a regency.
#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_no_village_keeps_a_guest_book_of_its_own() {
    for (name, kind, region) in [("BP3TKI Semarang", "agency", "33"), ("Kabupaten Wonosobo", "regency", "33.07")] {
        let mut posko = Kuripan::office(name, kind, region, false).await;
        posko.enrol(&[Role::Petugas]).await;
        assert!(posko.get("/").await.body.contains("href=\"/tamu\""), "{kind}");
        for purpose in ["registration", "information"] {
            let mut visit = ANI;
            visit[1] = ("purpose", purpose);
            let next = place(&posko.sends("/tamu", &visit).await);
            let page = posko.get(&next).await.body;
            match purpose {
                "registration" => assert!(page.contains("value=\"Ani Lestari\""), "{page}"),
                _ => assert_eq!(page.matches("<strong>Kunjungan</strong>").count(), 2, "one book: {page}"),
            }
        }
        let list = posko.get("/catatan/buku-tamu").await.body;
        assert!(list.contains("1 catatan.") && list.contains("href=\"/tamu\""), "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_office_has_joined_a_complaint_is_kept_on_the_form_with_what_to_do() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let typed = [("kind", "lost_contact"), ("name", "Ani Lestari"), ("story", "Sejak Mei tidak ada kabar")];
    let answer = kuripan.sends("/catatan/pengaduan/baru", &typed).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in ["setelah kantor ini bergabung", "value=\"Ani Lestari\"", "Sejak Mei tidak ada kabar"] {
        assert!(answer.body.contains(expected), "{expected}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_turned_away_with_a_complaint_and_everybody_takes_a_slip_home() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let _kemnaker = Kemnaker::lets_in(&kuripan).await;

    // Who takes no part is told where to go.
    let typed = [("kind", "unpaid_wage"), ("name", "Ani Lestari"), ("received", "12-11-2026")];
    let referral = at(&kuripan.sends("/catatan/pengaduan/baru", &typed).await);
    let page = kuripan.get(&referral).await.body;
    assert!(page.contains("dicatat sebagai rujukan") && page.contains("PKRP-2026-0001"), "{page}");
    let to = [("to", "BP3TKI Semarang"), ("contact", "024-7460000"), ("date", "12-11-2026")];
    kuripan.sends(&format!("{referral}/catat/referral"), &to).await;
    let slip = kuripan.get(&format!("{referral}/slip")).await.body;
    assert!(slip.contains("Silakan ke BP3TKI Semarang (024-7460000)"), "{slip}");

    // A participant, named by name; an urgent kind is answered sooner.
    let turyati = kuripan.register(&[("name", "Turyati")]).await;
    let id = turyati.rsplit('/').next().unwrap().to_owned();
    let letter = [("outcome", "ditetapkan"), ("number", "140/05"), ("date", "10-03-2017")];
    let decided = kuripan.sends(&format!("/peserta/{id}/catat/decision"), &letter).await;
    assert_eq!(place(&decided), format!("/peserta/{id}?sudah=catat"));
    let typed = [
        ("kind", "lost_contact"),
        ("person", "turyati"),
        ("received", "12-11-2026"),
        ("story", "Sejak Mei tidak ada kabar.\r\nTerakhir dari Taiwan."),
    ];
    let case = at(&kuripan.sends("/catatan/pengaduan/baru", &typed).await);
    let page = kuripan.get(&case).await.body;
    let expected = [
        "Pengaduan ini mendesak",
        "Nomor: PKRP-2026-0002",
        "Petugas: Siti, Desa Kuripan",
        "Dijawab paling lambat 15-11-2026",
        "Terakhir dari Taiwan.",
        "<dd>Turyati</dd>",
    ];
    for expected in expected {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("rujukan:"), "{page}");
    let person = kuripan.get(&turyati).await.body;
    assert!(person.contains(&case) && person.contains("Pengaduan: putus kontak"), "{person}");

    let list = kuripan.get("/catatan/pengaduan").await.body;
    assert!(list.contains("2 catatan.") && list.contains("15-11-2026"), "{list}");
    let token = kuripan.token("/catatan/pengaduan").await;
    let found = kuripan.post("/catatan/pengaduan", &token, &[("search", "tury")]).await.body;
    assert!(found.contains("1 dari 2 catatan cocok") && found.contains(&case), "{found}");
    let open = kuripan.post("/catatan/pengaduan", &token, &[("open", "yes")]).await.body;
    assert!(open.contains("1 dari 2 catatan cocok"), "a referral waits for nothing: {open}");

    let step = [("step", "settled"), ("date", "13-11-2026"), ("note", "Sudah menelepon keluarga")];
    let said = place(&kuripan.sends(&format!("{case}/catat/handling"), &step).await);
    let page = kuripan.get(&said).await.body;
    assert!(page.contains("Pengaduan · selesai") && page.contains("Sudah menelepon keluarga"), "{page}");
    let nik = [("step", "acted"), ("date", "13-11-2026"), ("note", "NIK 3307105203850001")];
    let refused = kuripan.sends(&format!("{case}/catat/handling"), &nik).await;
    assert!(refused.body.contains("16 angka berurutan, mungkin NIK"), "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_changed_meanwhile_keeps_both_until_somebody_chooses() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let _kemnaker = Kemnaker::lets_in(&kuripan).await;
    let typed = [("kind", "abuse"), ("name", "Ani"), ("phone", "0811"), ("story", "Awal.")];
    let case = at(&kuripan.sends("/catatan/pengaduan/baru", &typed).await);
    let form = format!("{case}/ubah");
    let open = kuripan.get(&form).await.body;
    let (token, shown) = (hidden(&open, "token").unwrap(), hidden(&open, "shown").unwrap());
    let change = |phone: &'static str, story: &'static str| {
        [("was-phone", "0811"), ("phone", phone), ("was-story", "Awal."), ("story", story)]
    };
    for (phone, story) in [("0812", "Awal. Lalu dipukul."), ("0813", "Pada awal. ")] {
        let mut fields = vec![("shown", shown.as_str())];
        fields.extend(change(phone, story));
        assert_eq!(at(&kuripan.post(&form, &token, &fields).await), case);
    }
    let page = kuripan.get(&case).await.body;
    assert!(page.contains("Satu isian berbeda") && page.contains("0812") && page.contains("0813"), "{page}");
    let form = kuripan.get(&form).await.body;
    assert!(["0812 / 0813", "0813 / 0812"].iter().any(|both| form.contains(both)), "one chooses first: {form}");
    let shown = hidden(&page, "shown").unwrap();
    let choice = [("shown", shown.as_str()), ("field", "phone"), ("value", "0813")];
    let chosen = place(&kuripan.post(&format!("{case}/pilih"), &token, &choice).await);
    let page = kuripan.get(&chosen).await.body;
    assert!(!page.contains("isian berbeda") && page.contains("<dd>0813</dd>"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_printed_once_its_papers_are_there() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let _kemnaker = Kemnaker::lets_in(&kuripan).await;
    let nobody = kuripan.sends("/catatan/ak1/baru", &[("name", " ")]).await;
    assert!(nobody.body.contains("Nama pemohon harus diisi"), "{}", nobody.body);
    let card = at(&kuripan.sends("/catatan/ak1/baru", &[("name", "Budi"), ("home", "33.07.12.2007")]).await);
    let print = format!("{card}/catat/printed");
    let early = kuripan.sends(&print, &[("date", "12-11-2026"), ("number", "AK1-7")]).await;
    assert!(early.body.contains("Berkas AK-1 belum lengkap: tandai berkas"), "{}", early.body);
    let token = kuripan.token(&card).await;
    for paper in ["ktp", "kk", "foto", "ijazah"] {
        let mark = [("document", paper), ("there", "yes"), ("date", "12-11-2026")];
        place(&kuripan.post(&format!("{card}/catat/document"), &token, &mark).await);
    }
    let page = kuripan.get(&card).await.body;
    assert!(page.contains("berkas lengkap") && page.contains("AKRP-2026-0001"), "{page}");
    assert!(!page.contains("catat/stamped"), "only the Disnaker says that it stamped it: {page}");
    let printed = place(&kuripan.sends(&print, &[("date", "12-11-2026"), ("number", "AK1-7")]).await);
    assert!(kuripan.get(&printed).await.body.contains("Permohonan AK-1 · dicetak"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_records_of_a_group_refer_to_people_and_to_each_other_by_name() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    for name in ["Turyati", "Bawon", "Bawon"] {
        let token = kuripan.token("/peserta/daftar").await;
        let first = kuripan.post("/peserta/daftar", &token, &[("name", name)]).await;
        if let Some(confirm) = hidden(&first.body, "confirm") {
            kuripan.post("/peserta/daftar", &token, &[("name", name), ("confirm", &confirm)]).await;
        }
    }
    let group = at(&kuripan.sends("/catatan/kelompok/baru", &[("name", "Salak Makmur"), ("leader", "Turyati")]).await);
    let page = kuripan.get(&group).await.body;
    assert!(page.contains("<h1>Salak Makmur</h1>") && page.contains("<dd>Turyati</dd>"), "{page}");
    for (person, expected) in [("Bawon", "Beberapa orang cocok"), ("Zzz", "Tidak ada orang dengan nama")] {
        let refused = kuripan.sends(&format!("{group}/catat/joined"), &[("person", person), ("date", "2017")]).await;
        assert!(refused.body.contains(expected) && refused.body.contains("href=\"#person\""), "{}", refused.body);
    }
    place(&kuripan.sends(&format!("{group}/catat/joined"), &[("person", "Turyati"), ("date", "2017")]).await);
    assert!(kuripan.get(&group).await.body.contains("<strong>Bergabung</strong>"));

    let form = kuripan.get("/catatan/pinjaman/baru").await.body;
    let choice = form.split("name=\"group\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let choice = choice.replace("&#61;", "=").replace("&#58;", ":");
    let typed = [("group", choice.as_str()), ("principal", "8,5"), ("applied", "12-11-2026")];
    let refused = kuripan.sends("/catatan/pinjaman/baru", &typed).await;
    assert!(refused.body.contains("Tulis angka saja"), "{}", refused.body);
    let typed =
        [("group", choice.as_str()), ("person", "Turyati"), ("principal", "1.500.000"), ("applied", "12-11-2026")];
    let loan = at(&kuripan.sends("/catatan/pinjaman/baru", &typed).await);
    let page = kuripan.get(&loan).await.body;
    for expected in ["<h1>Turyati</h1>", "Pinjaman · diajukan", "<dd>Salak Makmur</dd>"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let step = [("date", "13-11-2026"), ("principal", "1.500.000"), ("cash_seen", "2.000.000")];
    let said = place(&kuripan.sends(&format!("{loan}/catat/approval"), &step).await);
    let page = kuripan.get(&said).await.body;
    assert!(page.contains("Pinjaman · disetujui") && page.contains("catat/annulment"), "{page}");
    let back = kuripan.get(&format!("{loan}/catat/annulment")).await.body;
    let hash = back.split("<option value=\"").nth(2).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let said = place(&kuripan.sends(&format!("{loan}/catat/annulment"), &[("of", &hash)]).await);
    let page = kuripan.get(&said).await.body;
    assert!(page.contains("Pinjaman · diajukan") && page.contains("ditarik kembali"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_looks_finds_no_way_to_write_a_record() {
    let mut kuripan = Kuripan::with(&[Role::Auditor]).await;
    assert_eq!(kuripan.get("/tamu").await.status, StatusCode::FORBIDDEN);
    assert_eq!(kuripan.get("/catatan/kelompok/baru").await.status, StatusCode::FORBIDDEN);
    assert!(!kuripan.get("/").await.body.contains("/tamu"));
    let list = kuripan.get("/catatan/kelompok").await;
    assert!(list.status == StatusCode::OK && !list.body.contains("/baru"), "{}", list.body);
    assert_eq!(kuripan.get("/catatan/peserta").await.status, StatusCode::NOT_FOUND);
    assert_eq!(kuripan.get("/catatan/kelompok/0123").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_begins_changes_and_says_things_in_records() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let token = kuripan.token("/").await;
    let body = r#"{"kind": "kelompok", "fields": {"name": "Salak Makmur"}}"#;
    let begun = kuripan.api("POST", "/api/v1/records", &token, &[], body).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
    let (at, tag) = (begun.headers[header::LOCATION].to_str().unwrap(), begun.headers[header::ETAG].to_str().unwrap());
    let change = r#"{"fields": {"line": "salak"}}"#;
    let unnamed = kuripan.api("PATCH", at, &token, &[], change).await;
    assert_eq!(unnamed.status, StatusCode::PRECONDITION_REQUIRED);
    let changed = kuripan.api("PATCH", at, &token, &[("if-match", tag)], change).await;
    assert!(changed.body.contains("\"salak\""), "{}", changed.body);
    let say = r#"{"fact": "product", "inputs": {"name": "manisan salak"}}"#;
    let said = kuripan.api("POST", &format!("{at}/say"), &token, &[], say).await;
    assert!(said.body.contains("manisan salak"), "{}", said.body);
    let wrong = kuripan.api("POST", &format!("{at}/say"), &token, &[], r#"{"fact": "product"}"#).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told: serde_json::Value = serde_json::from_str(&wrong.body).unwrap();
    assert_eq!(
        (told["message"].as_str(), told["hint"].as_str()),
        (Some("the field name must not be empty"), Some("fill it in"))
    );
    let found = kuripan.api("POST", "/api/v1/records/search", &token, &[], r#"{"kind": "kelompok"}"#).await;
    let found: serde_json::Value = serde_json::from_str(&found.body).unwrap();
    assert_eq!(found["total"], 1, "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_stands_on_the_page_of_the_day_until_somebody_ends_it() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    assert!(kuripan.get("/jatuh-tempo").await.body.contains("Tidak ada yang jatuh tempo"));
    let visit = |date: &'static str, again: &'static str| {
        [("date", date), ("motivation", "high"), ("problems", "permit"), ("next", "visit"), ("again", again)]
    };
    let mut logs = Vec::new();
    for n in 1..=9 {
        let name = format!("Turyati {n}");
        let person = kuripan.register(&[("name", &name)]).await;
        let code = person.rsplit('/').next().unwrap();
        let log = [("person", code), ("year", "2026")];
        logs.push(at(&kuripan.sends("/catatan/pendampingan/baru", &log).await));
        kuripan.sends(&format!("{}/catat/mentoring", logs[n - 1]), &visit("12-01-2026", "12-02-2026")).await;
    }
    let today = kuripan.get("/").await.body;
    assert!(today.contains("Turyati 1: kunjungan pendampingan yang dijanjikan"), "{today}");
    assert!(today.contains("Sejak 12-02-2026.") && today.contains("3 hal lain yang jatuh tempo"), "{today}");
    assert_eq!(today.matches("id=\"task-").count(), 7, "{today}");
    let all = kuripan.get("/jatuh-tempo").await.body;
    assert!(all.contains("9 hal jatuh tempo") && all.contains(&format!("href=\"{}\"", logs[8])), "{all}");
    // Somebody came.
    kuripan.sends(&format!("{}/catat/mentoring", logs[0]), &visit("12-03-2026", "")).await;
    let all = kuripan.get("/jatuh-tempo").await.body;
    assert!(all.contains("8 hal jatuh tempo") && !all.contains("Turyati 1:"), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_answers_are_ticked_and_none_is_lost_with_a_mistake() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let log = at(&kuripan.sends("/catatan/pendampingan/baru", &[("person", "Turyati"), ("year", "2026")]).await);
    let form = format!("{log}/catat/mentoring");
    let codes = kuripan.get(&form).await.body;
    let codes: Vec<String> = codes
        .split("type=\"checkbox\" name=\"problems\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    let first = |name: &str, page: &str| {
        let rest = page.split(&format!("type=\"radio\" name=\"{name}\" value=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let page = kuripan.get(&form).await.body;
    let (motivation, next) = (first("motivation", &page), first("next", &page));
    let mut visit =
        vec![("date", "besok"), ("problems", &codes[0]), ("problems", &codes[1]), ("motivation", &motivation)];
    visit.push(("next", &next));
    let wrong = kuripan.sends(&form, &visit).await;
    assert_eq!(wrong.body.matches("checked").count(), 4, "{}", wrong.body);
    visit[0] = ("date", "12-11-2026");
    let said = place(&kuripan.sends(&form, &visit).await);
    assert!(kuripan.get(&said).await.body.contains("Kunjungan pendampingan"));
}
