//! *Mulai* as a browser without script goes through it, and its counterpart at the sponsor.

use axum::http::{Request, StatusCode, header};
use service::{Command, NetworkOptions, Options, Query, Reply, Role, Service, StoreOptions};
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};
use web::{App, Start, StartKey, first_router, router};

use super::{Answer, Browser, Kuripan, hidden};

const KEY: &str = "0123456789abcdef";
const PASSWORD: &str = "kopi pagi hari";

/// A folder without a node, and a browser at its pages.
struct Folder {
    browser: Browser,
    begun: oneshot::Receiver<Service>,
    store: StoreOptions,
    _folder: TempDir,
    _stop: watch::Sender<bool>,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = StoreOptions::new(folder.path().join("node"));
        let (stop, stopping) = watch::channel(false);
        let options = Options { network: Some(NetworkOptions::default()), ..Options::offline(store.clone()) };
        let (start, begun) = Start::new(options, StartKey::new(KEY), stopping);
        let browser = Browser { router: first_router(start), cookie: None };
        Self { browser, begun, store, _folder: folder, _stop: stop }
    }

    /// Desa Kuripan, found and confirmed.
    async fn with_office(practice: &str) -> Self {
        let mut this = Self::new();
        let token = this.open().await;
        let place = [("latihan", practice), ("kind", "village"), ("region", "33.07.10.2004"), ("name", "Desa Kuripan")];
        let answer = this.browser.post("/mulai/kantor/buat", &token, &place).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_eq!(answer.headers[header::LOCATION], "/mulai/petugas");
        this
    }

    /// The same with Siti as its first officer, who is logged in.
    async fn with_officer(practice: &str) -> (Self, Service) {
        let mut this = Self::with_office(practice).await;
        let sheet = this.first_officer().await;
        assert!(sheet.body.contains("code-on-paper"), "{}", sheet.body);
        let service = (&mut this.begun).await.unwrap();
        (this, service)
    }

    /// Opens the address that the program told, and gives the token of its forms.
    async fn open(&mut self) -> String {
        self.browser.token(&format!("/mulai?kunci={KEY}")).await
    }

    async fn first_officer(&mut self) -> Answer {
        let token = self.browser.token("/mulai/petugas").await;
        let typed = [("name", "Siti Aminah"), ("handle", "siti"), ("password", PASSWORD), ("again", PASSWORD)];
        self.browser.post("/mulai/petugas", &token, &typed).await
    }
}

/// The text between two others.
fn between<'a>(body: &'a str, before: &str, after: &str) -> &'a str {
    body.split(before).nth(1).unwrap_or_else(|| panic!("{before}: {body}")).split(after).next().unwrap()
}

/// Kemnaker, alone in a network that it founded, with an administrator logged in.
async fn sponsor(practice: bool) -> Kuripan {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreOptions::new(folder.path().join("node"));
    let office = service::subject(Some("Kementerian Ketenagakerjaan"), Some("ministry"), Some("id"), None).unwrap();
    service::create(&store, office, practice).unwrap();
    let service = Service::start(Options::offline(store)).await.unwrap();
    let Ok(Reply::Carry { file, .. }) = service.ask(Query::Request.into(), |_| ()).await else { panic!("a request") };
    let (draft, _) = service::draft(&[file], practice).unwrap();
    let sign = Command::Sign { draft: draft.clone() };
    let Ok(Reply::Carry { file, .. }) = service.ask(sign.into(), |_| ()).await else { panic!("a signature") };
    let (file, _) = service::found(&draft, &[file]).unwrap();
    service.ask(Command::Join { file }.into(), |_| ()).await.unwrap();
    let (stop, stopping) = watch::channel(false);
    let browser = Browser { router: router(App::new(service.clone(), stopping)), cookie: None };
    let mut this = Kuripan { browser, service, _folder: folder, _stop: stop };
    this.enrol(&[Role::Admin]).await;
    this
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_has_the_key_begins_a_node() {
    let mut folder = Folder::new();
    for path in ["/", "/mulai", "/mulai?kunci=", "/mulai?kunci=guess", "/mulai/kantor"] {
        let answer = folder.browser.get(path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.body.contains("alamat yang ditampilkan aplikasi"), "{path}: {}", answer.body);
        assert!(answer.headers.contains_key("content-security-policy"), "{path}");
    }
    let make = [("latihan", "tidak"), ("kind", "village"), ("region", "33.07.10.2004"), ("name", "Desa Kuripan")];
    assert_eq!(folder.browser.post("/mulai/kantor/buat", "guess", &make).await.status, StatusCode::FORBIDDEN);
    let token = folder.open().await;
    // Another site in the same browser has no token, and is refused before that.
    let request = Request::post("/mulai/kantor/buat")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site");
    let elsewhere =
        folder.browser.send(request, format!("token={token}&kind=village&region=33.07.10.2004&name=X")).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    assert_eq!(folder.browser.post("/mulai/kantor/buat", "guess", &make).await.status, StatusCode::FORBIDDEN);
    let foreign = folder.browser.get_with("/mulai", &[("host", "evil.example")]).await;
    assert_eq!(foreign.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(!service::holds_node(&folder.store));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_is_found_by_name_and_confirmed() {
    let mut folder = Folder::new();
    let token = folder.open().await;
    let empty = folder.browser.post("/mulai/kantor", &token, &[("latihan", "ya")]).await;
    assert!(empty.body.contains("Ketik nama kantor") && empty.body.contains("LATIHAN"), "{}", empty.body);
    let none = folder.browser.post("/mulai/kantor", &token, &[("latihan", "ya"), ("search", "zzzz")]).await;
    assert!(none.body.contains("Tidak ada yang cocok") && none.body.contains("value=\"zzzz\""), "{}", none.body);
    let found = folder.browser.post("/mulai/kantor", &token, &[("search", "kuripan wonosobo")]).await.body;
    assert!(found.contains("Desa Kuripan") && found.contains("Kabupaten Wonosobo"), "{found}");
    let place = [("latihan", "tidak"), ("kind", "village"), ("region", "33.07.10.2004")];
    let asked = folder.browser.post("/mulai/kantor/pilih", &token, &place).await.body;
    assert!(asked.contains("Benar ini kantor Anda") && asked.contains("value=\"Desa Kuripan\""), "{asked}");
    let long = "x".repeat(300);
    for (name, told) in [("", "Tulis nama kantor"), (long.as_str(), long.as_str())] {
        let typed = [&place[..], &[("name", name)]].concat();
        let wrong = folder.browser.post("/mulai/kantor/buat", &token, &typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains(told), "{}", wrong.body);
    }
    let nowhere = [("kind", "village"), ("region", "33.07.10.9999"), ("name", "Desa Antah")];
    let refused = folder.browser.post("/mulai/kantor/buat", &token, &nowhere).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(!service::holds_node(&folder.store));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_loses_no_step() {
    let mut folder = Folder::with_office("tidak").await;
    let service = (&mut folder.begun).await.unwrap();
    // The node is there, and nobody can log in: as after a start on such a folder, only the key opens the form.
    let (_stop, stopping) = watch::channel(false);
    let pages = router(App::beginning(service.clone(), stopping.clone(), StartKey::new("another key of this run")));
    folder.browser = Browser { router: pages, cookie: None };
    assert_eq!(folder.browser.get(&format!("/mulai?kunci={KEY}")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(folder.browser.get("/mulai/petugas").await.status, StatusCode::FORBIDDEN);
    let login = folder.browser.get("/masuk").await.body;
    assert!(login.contains("Buka alamat Mulai"), "{login}");
    let form = folder.browser.get("/mulai?kunci=another key of this run".replace(' ', "%20").as_str()).await.body;
    assert!(form.contains("Siapa petugas pertama"), "{form}");
    assert!(folder.first_officer().await.body.contains("code-on-paper"));
    // From here on the password opens what the key did, and goes on with the steps.
    let code = service.own_request().code;
    folder.browser.cookie = None;
    let answer = folder.browser.get("/mulai?kunci=another%20key%20of%20this%20run").await;
    assert_eq!(answer.headers[header::LOCATION], "/masuk?ke=/mulai");
    let token = folder.browser.token("/masuk").await;
    let typed = [("handle", "siti"), ("password", PASSWORD), ("ke", "/mulai")];
    folder.browser.post("/masuk", &token, &typed).await;
    let steps = folder.browser.get("/mulai").await.body;
    assert!(steps.contains("Lembar pemulihan belum dicetak") && steps.contains(&code), "{steps}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_repeated_changes_nothing() {
    let mut folder = Folder::new();
    let token = folder.open().await;
    let place = [("kind", "village"), ("region", "33.07.10.2004"), ("name", "Desa Kuripan")];
    folder.browser.post("/mulai/kantor/buat", &token, &place).await;
    let service = (&mut folder.begun).await.unwrap();
    let key = service.key();
    // Sent again, it comes to the node, which has no such page any more.
    let again = folder.browser.post("/mulai/kantor/buat", &token, &place).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert_eq!(service.key(), key);
    let token = folder.browser.token("/mulai/petugas").await;
    let wrong = [("name", ""), ("handle", "Siti Aminah"), ("password", "satu dua"), ("again", "dua satu")];
    let told = folder.browser.post("/mulai/petugas", &token, &wrong).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in ["Tulis nama", "hanya huruf kecil", "tidak sama", "value=\"siti aminah\"", "href=\"#handle\""] {
        assert!(told.body.contains(expected), "{expected}: {}", told.body);
    }
    assert!(!told.body.contains("satu dua"), "a password is not sent back");
    assert!(folder.first_officer().await.body.contains("code-on-paper"));
    let token = folder.browser.token("/saya").await;
    let second = [("name", "Agus"), ("handle", "agus"), ("password", PASSWORD), ("again", PASSWORD)];
    let refused = folder.browser.post("/mulai/petugas", &token, &second).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "whoever begins a node does so once");
    assert!(service.officer("agus").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_answers_say_what_is_wrong_and_nothing_is_lost() {
    let (mut folder, service) = Folder::with_officer("tidak").await;
    let own = service.own_request();
    let token = folder.browser.token("/mulai").await;
    let other = service::subject(Some("Desa Lain"), Some("village"), Some("33.07.12.2007"), None).unwrap();
    let mut kemnaker = sponsor(false).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let store = StoreOptions::new(elsewhere.path().join("node"));
    service::create(&store, other, false).unwrap();
    let lain = Service::start(Options::offline(store)).await.unwrap();
    let request = lain.own_request().file;
    let Ok(Reply::Approved(for_other)) = kemnaker.service.ask(Command::Approve { request }.into(), |_| ()).await else {
        panic!("an invite")
    };
    for (text, told) in [
        ("", "Pilih file atau tempel"),
        ("Maaf, belum bisa minggu ini", "bukan file atau pesan dari Simpul"),
        (own.line.as_str(), "Ini permintaan, bukan jawaban"),
        (&for_other.line[..for_other.line.len() - 9], "tidak lengkap"),
        (for_other.line.as_str(), "untuk komputer lain"),
    ] {
        let answer = folder.browser.post("/mulai/jawaban", &token, &[("answer", text)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert!(answer.body.contains(told) && answer.body.contains("href=\"#answer\""), "{told}: {}", answer.body);
        assert!(answer.body.contains(&format!("\">{text}</textarea>")), "what was pasted stays: {}", answer.body);
    }
    let picture = folder.browser.post_file("/mulai/jawaban", &token, &[("answer", "")], b"\xff\xd8\xff a photo").await;
    assert!(picture.body.contains("bukan file atau pesan dari Simpul"), "{}", picture.body);
    let large = vec![7; 2 << 20];
    let large = folder.browser.post_file("/mulai/jawaban", &token, &[("answer", "")], &large).await;
    assert_eq!(large.status, StatusCode::UNPROCESSABLE_ENTITY, "a photo is refused beside its field");
    let guess = folder.browser.post_file("/mulai/jawaban", "guess", &[("answer", "")], b"x").await;
    assert_eq!(guess.status, StatusCode::FORBIDDEN, "a form with a file needs the token too");
    assert!(!service.has_network());

    // Registering works meanwhile, and *Hari ini* says what is left.
    let token = folder.browser.token("/peserta/daftar").await;
    let registered = folder.browser.post("/peserta/daftar", &token, &[("name", "Turyati")]).await;
    assert_eq!(registered.status, StatusCode::SEE_OTHER);
    assert!(folder.browser.get("/").await.body.contains("belum bergabung dengan kantor lain"));
    assert!(folder.browser.get("/mulai").await.body.contains("Nama pertama baru ada di komputer ini"));

    // The right answer, as a file; taken in twice it changes nothing.
    let page = kemnaker.browser.token("/permintaan").await;
    let approved = kemnaker.post("/permintaan/setuju", &page, &[("request", &own.line), ("same", "ya")]).await.body;
    assert!(approved.contains("Desa Kuripan sudah disetujui"), "{approved}");
    let file = kemnaker.fetch("/permintaan/berkas", &page, &[("request", &own.line)]).await;
    for _ in 0..2 {
        let taken = folder.browser.post_file("/mulai/jawaban", &token, &[("answer", "")], &file).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
        assert!(service.has_network());
    }
    assert!(folder.browser.get("/mulai").await.body.contains("Jawaban sudah diterima"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sponsor_sees_who_asks_compares_and_lets_in_or_refuses() {
    let (_folder, service) = Folder::with_officer("tidak").await;
    let own = service.own_request();
    let mut kemnaker = sponsor(false).await;
    let token = kemnaker.token("/permintaan").await;
    let message = format!("Mohon diterima.\n\n{}", own.line);
    let asked = kemnaker.post("/permintaan", &token, &[("request", &message)]).await.body;
    for expected in ["Desa Kuripan ingin bergabung", &own.code, "Kabupaten Wonosobo", "33.07.10.2004"] {
        assert!(asked.contains(expected), "{expected}: {asked}");
    }
    let line = hidden(&asked, "request").unwrap();
    let blind = kemnaker.post("/permintaan/setuju", &token, &[("request", &line)]).await;
    assert_eq!(blind.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blind.body.contains("Cocokkan kode lewat telepon dahulu"), "{}", blind.body);
    let unsaid = kemnaker.post("/permintaan/tolak", &token, &[("request", &line), ("reason", " ")]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = [("request", line.as_str()), ("reason", "Kode tidak cocok")];
    let refusal = kemnaker.post("/permintaan/tolak", &token, &refused).await.body;
    assert!(refusal.contains("Alasan: Kode tidak cocok") && refusal.contains(&own.code), "{refusal}");
    let early = kemnaker.post("/permintaan/berkas", &token, &[("request", &line)]).await;
    assert_eq!(early.status, StatusCode::BAD_REQUEST, "no answer before it is approved");
    let approved = kemnaker.post("/permintaan/setuju", &token, &[("request", &line), ("same", "ya")]).await.body;
    assert!(!between(&approved, "simpul-invite:", "<").is_empty(), "{approved}");
    assert!(approved.contains("<svg class=\"picture\""), "{approved}");
    let again = kemnaker.post("/permintaan", &token, &[("request", &line)]).await.body;
    assert!(again.contains("sudah disetujui"), "{again}");

    for (given, told) in
        [("", "Pilih file atau tempel"), ("halo", "bukan file atau pesan"), (&own.line[..200], "tidak lengkap")]
    {
        let wrong = kemnaker.post("/permintaan", &token, &[("request", given)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains(told), "{told}: {}", wrong.body);
    }
    let (_practice, latihan) = Folder::with_officer("ya").await;
    let line = latihan.own_request().line;
    let other = kemnaker.post("/permintaan", &token, &[("request", &line)]).await.body;
    assert!(other.contains("Ini untuk latihan"), "{other}");

    // Who may not administer sees nothing of it, and an office that has not joined lets nobody in.
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    assert_eq!(kuripan.get("/permintaan").await.status, StatusCode::FORBIDDEN);
    let token = kuripan.token("/peserta").await;
    for path in ["/permintaan", "/permintaan/setuju", "/permintaan/tolak", "/permintaan/berkas", "/mulai/jawaban"] {
        let answer = kuripan.post(path, &token, &[("request", &own.line)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let mut alone = Kuripan::with(&[Role::Admin]).await;
    let token = alone.token("/permintaan").await;
    let told = alone.post("/permintaan", &token, &[("request", &own.line)]).await.body;
    assert!(told.contains("belum dapat menyetujui kantor lain"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_set_anew_with_the_sheet_once() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let token = kuripan.token("/saya").await;
    let wrong = kuripan.post("/saya/lembar", &token, &[("sheet_password", "salah sandi")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Kata sandi sekarang tidak cocok"), "{}", wrong.body);
    let sheet = kuripan.post("/saya/lembar", &token, &[("sheet_password", "kopi pagi")]).await.body;
    let code = between(&sheet, "id=\"code-on-paper\">", "<").to_owned();
    assert!(kuripan.get("/saya").await.body.contains("belum dinyatakan sudah di kertas"));
    kuripan.post("/saya/lembar/simpan", &token, &[("on-paper", "ya")]).await;
    let own = kuripan.get("/saya").await.body;
    assert!(own.contains("sudah di kertas") && !own.contains(&code), "{own}");

    kuripan.cookie = None;
    let token = kuripan.token("/masuk/lembar").await;
    let guess = [("handle", "siti"), ("code", "AAAA-BBBB"), ("password", PASSWORD), ("again", PASSWORD)];
    let wrong = kuripan.post("/masuk/lembar", &token, &guess).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("lembar ini sudah dipakai") && wrong.body.contains("value=\"siti\""), "{}", wrong.body);
    let right = [("handle", "siti"), ("code", code.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
    let next = kuripan.post("/masuk/lembar", &token, &right).await;
    assert_eq!(next.status, StatusCode::OK, "{}", next.body);
    let newer = between(&next.body, "id=\"code-on-paper\">", "<");
    assert_ne!(newer, code, "a new sheet takes the place of the one that was used");
    assert_eq!(kuripan.get("/").await.status, StatusCode::OK, "the officer is logged in");
    kuripan.cookie = None;
    let token = kuripan.token("/masuk/lembar").await;
    let used = kuripan.post("/masuk/lembar", &token, &right).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY, "it is used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_the_other_sessions() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let there = kuripan.cookie.clone();
    let token = kuripan.token("/saya").await;
    let typed = [("old", "salah sandi"), ("password", PASSWORD), ("again", PASSWORD)];
    let wrong = kuripan.post("/saya/sandi", &token, &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("href=\"#old\""), "{}", wrong.body);
    let typed = [("old", "kopi pagi"), ("password", PASSWORD), ("again", PASSWORD)];
    let changed = kuripan.post("/saya/sandi", &token, &typed).await;
    assert_eq!(changed.headers[header::LOCATION], "/saya?sudah=sandi");
    assert!(kuripan.get("/saya?sudah=sandi").await.body.contains("Kata sandi sudah diganti"));
    kuripan.cookie = there;
    assert_eq!(kuripan.get("/").await.status, StatusCode::SEE_OTHER, "the session that began with the old one");
}
