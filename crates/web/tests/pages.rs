//! The pages as a browser without script asks for them, from a node of its own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

#[path = "pages/afterwards.rs"]
mod afterwards;
#[path = "pages/mulai.rs"]
mod mulai;

use std::ops::{Deref, DerefMut};
#[path = "pages/coordination.rs"]
mod coordination;
#[path = "pages/counter.rs"]
mod counter;
#[path = "pages/course.rs"]
mod course;
#[path = "pages/facts.rs"]
mod facts;
#[path = "pages/health.rs"]
mod health;
#[path = "pages/import.rs"]
mod import;
#[path = "pages/paper.rs"]
mod paper;
#[path = "pages/procedures.rs"]
mod procedures;
#[path = "pages/tables.rs"]
mod tables;
#[path = "pages/tokens.rs"]
mod tokens;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use service::{Command, Options, Reply, Role, Service, StoreOptions};
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt;
use web::{App, WebError, listen, router};

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: String,
}

/// A browser at pages that are not served over a socket.
struct Browser {
    router: Router,
    cookie: Option<String>,
}

/// Desa Kuripan with one officer, and a browser at it.
struct Kuripan {
    browser: Browser,
    service: Service,
    _folder: TempDir,
    _stop: watch::Sender<bool>,
}

impl Deref for Kuripan {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl DerefMut for Kuripan {
    fn deref_mut(&mut self) -> &mut Browser {
        &mut self.browser
    }
}

impl Kuripan {
    async fn new(practice: bool) -> Self {
        Self::office("Desa Kuripan", "village", "33.07.10.2004", practice).await
    }

    /// Another office than Kuripan, alone as it is.
    async fn office(name: &str, kind: &str, region: &str, practice: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = StoreOptions::new(folder.path().join("node"));
        let office = service::subject(Some(name), Some(kind), Some(region), None).unwrap();
        service::create(&store, office, practice).unwrap();
        let service = Service::start(Options::offline(store)).await.unwrap();
        let (stop, stopping) = watch::channel(false);
        let browser = Browser { router: router(App::new(service.clone(), stopping)), cookie: None };
        Self { browser, service, _folder: folder, _stop: stop }
    }

    /// With an officer of these roles logged in.
    async fn with(roles: &[Role]) -> Self {
        let mut this = Self::new(false).await;
        this.enrol(roles).await;
        this
    }

    /// Lets Siti in with these roles.
    async fn enrol(&mut self, roles: &[Role]) {
        let add = Command::AddOfficer { handle: "siti".into(), name: "Siti".into(), roles: roles.to_vec() };
        let Ok(Reply::OfficerCode(code)) = self.service.ask(add.into(), |_| ()).await else { panic!("a code") };
        let token = self.token("/masuk/kode").await;
        let typed = [("handle", "siti"), ("code", &code.code), ("password", "kopi pagi"), ("again", "kopi pagi")];
        let answer = self.post("/masuk/kode", &token, &typed).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }

    /// Registers somebody by the form and gives the address of the record.
    async fn register(&mut self, fields: &[(&str, &str)]) -> String {
        let token = self.token("/peserta/daftar").await;
        let answer = self.post("/peserta/daftar", &token, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let place = answer.headers[header::LOCATION].to_str().unwrap();
        place.split('?').next().unwrap().to_owned()
    }
}

impl Browser {
    async fn send(&mut self, request: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
        let (parts, bytes) = self.send_for_bytes(request, body.into()).await;
        let body = String::from_utf8(bytes).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn send_for_bytes(
        &mut self,
        request: axum::http::request::Builder,
        body: Body,
    ) -> (axum::http::response::Parts, Vec<u8>) {
        let mut request = request;
        if !request.headers_ref().is_some_and(|headers| headers.contains_key(header::HOST)) {
            request = request.header(header::HOST, "localhost:8080");
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        let mut set = parts.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        if let Some(given) = set.rfind(|value| value.starts_with("simpul-")) {
            self.cookie = given.split(';').next().map(str::to_owned);
        }
        (parts, body.to_vec())
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        self.send(request, String::new()).await
    }

    /// The token of the forms on a page.
    async fn token(&mut self, path: &str) -> String {
        let body = self.get(path).await.body;
        hidden(&body, "token").unwrap_or_else(|| panic!("{path} has a form: {body}"))
    }

    async fn post(&mut self, path: &str, token: &str, fields: &[(&str, &str)]) -> Answer {
        let (request, body) = form(path, token, fields);
        self.send(request, body).await
    }

    /// Posts a form with a file in it.
    async fn post_file(&mut self, path: &str, token: &str, fields: &[(&str, &str)], bytes: &[u8]) -> Answer {
        self.post_file_as("file", path, token, fields, bytes).await
    }

    /// The same, for an input of this name.
    async fn post_file_as(
        &mut self,
        input: &str,
        path: &str,
        token: &str,
        fields: &[(&str, &str)],
        bytes: &[u8],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in std::iter::once(&("token", token)).chain(fields) {
            let part = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{input}\"; filename=\"a\"\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat());
        let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request, body).await
    }

    /// The file that a form gives.
    async fn fetch(&mut self, path: &str, token: &str, fields: &[(&str, &str)]) -> Vec<u8> {
        let (request, body) = form(path, token, fields);
        let (parts, bytes) = self.send_for_bytes(request, body.into()).await;
        assert_eq!(parts.status, StatusCode::OK);
        assert!(parts.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
        bytes
    }

    async fn api(&mut self, method: &str, path: &str, token: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        let request = request.header("x-csrf-token", token);
        let request = more.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request, body.to_owned()).await
    }
}

/// A form as a browser sends it.
fn form(path: &str, token: &str, fields: &[(&str, &str)]) -> (axum::http::request::Builder, String) {
    let mut body = format!("token={token}");
    for (name, value) in fields {
        let value: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
        body.push_str(&format!("&{name}={value}"));
    }
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    (request, body)
}

/// The value of a hidden field.
fn hidden(body: &str, name: &str) -> Option<String> {
    let rest = body.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    Some(rest.split('"').next()?.replace("&#61;", "="))
}

fn asset_paths(html: &str) -> Vec<&str> {
    html.split('"').filter(|part| part.starts_with("/assets/")).collect()
}

const PAGES: [&str; 15] = [
    "/",
    "/peserta",
    "/peserta/daftar",
    "/peserta/impor",
    "/perlu-dilihat",
    "/hanya-di-sini",
    "/petugas",
    "/petugas/token",
    "/tamu",
    "/catatan",
    "/catatan/pengaduan",
    "/catatan/pengaduan/baru",
    "/catatan/kelompok/baru",
    "/koordinasi",
    "/koordinasi/rapor",
];

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_page_without_logging_in() {
    let mut kuripan = Kuripan::new(false).await;
    for path in PAGES {
        let answer = kuripan.get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.headers[header::LOCATION].to_str().unwrap().starts_with("/masuk"), "{path}");
    }
    let api = kuripan.get_with("/api/v1/participants/x", &[("accept-language", "en")]).await;
    assert_eq!(api.status, StatusCode::UNAUTHORIZED);
    let told: serde_json::Value = serde_json::from_str(&api.body).unwrap();
    assert_eq!(told["code"], "not_logged_in");
    assert_eq!(told["request_id"].as_str(), api.headers["x-request-id"].to_str().ok());
    let login = kuripan.get("/masuk?lang=en").await;
    assert!(login.body.contains("Nobody can log in on this computer yet"), "{}", login.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_logs_in_and_out_and_a_removed_one_is_out_at_once() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    assert_eq!(kuripan.get("/").await.status, StatusCode::OK);
    let token = kuripan.token("/").await;
    kuripan.post("/keluar", &token, &[]).await;
    assert_eq!(kuripan.get("/").await.status, StatusCode::SEE_OTHER);
    let token = kuripan.token("/masuk").await;
    let wrong = kuripan.post("/masuk", &token, &[("handle", "siti"), ("password", "teh")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("tidak cocok"), "{}", wrong.body);
    let before = kuripan.cookie.clone();
    let right = [("handle", "SITI "), ("password", "kopi pagi"), ("ke", "/peserta")];
    let answer = kuripan.post("/masuk", &token, &right).await;
    assert_eq!(answer.headers[header::LOCATION], "/peserta");
    assert_ne!(kuripan.cookie, before, "a new cookie at each log-in");
    let given = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(given.contains("HttpOnly") && given.contains("SameSite=Strict"), "{given}");
    kuripan.service.ask(Command::RemoveOfficer { handle: "siti".into() }.into(), |_| ()).await.unwrap();
    assert_eq!(kuripan.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_without_our_token_or_from_elsewhere_changes_nothing() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let refused = kuripan.post("/peserta/daftar", "guess", &[("name", "Turyati")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let token = kuripan.token("/peserta/daftar").await;
    let request = Request::post("/peserta/daftar")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "http://evil.example");
    let elsewhere = kuripan.send(request, format!("token={token}&name=Turyati")).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    assert!(kuripan.get("/peserta").await.body.contains("0 orang"));
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_say_what_an_officer_may_do() {
    for (roles, registers, administers) in [
        (&[Role::Petugas][..], true, false),
        (&[Role::Verifikator], true, false),
        (&[Role::Auditor], false, false),
        (&[Role::Admin], false, true),
        (&[Role::Petugas, Role::Admin], true, true),
    ] {
        let mut kuripan = Kuripan::with(roles).await;
        let status = |yes| if yes { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(kuripan.get("/peserta/daftar").await.status, status(registers), "{roles:?}");
        assert_eq!(kuripan.get("/petugas").await.status, status(administers), "{roles:?}");
        let token = kuripan.token("/peserta").await;
        let added = kuripan.post("/peserta/daftar", &token, &[("name", "Turyati")]).await.status;
        assert_eq!(added, if registers { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN }, "{roles:?}");
        assert_eq!(kuripan.get("/").await.body.contains("/petugas\""), administers, "{roles:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_enough_and_the_writer_is_named() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let place = kuripan.register(&[("name", " Turyati  ")]).await;
    let record = kuripan.get(&place).await.body;
    assert!(record.contains("<h1>Turyati</h1>") && record.contains("siti, Desa Kuripan"), "{record}");
    let token = kuripan.token("/peserta").await;
    let found = kuripan.post("/peserta", &token, &[("search", "tur")]).await.body;
    assert!(found.contains("1 dari 1 orang cocok") && found.contains("Turyati"), "{found}");
    let none = kuripan.post("/peserta", &token, &[("search", "zzz")]).await.body;
    assert!(none.contains("Tidak ada yang cocok"), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_beside_the_field_and_nothing_typed_is_lost() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let token = kuripan.token("/peserta/daftar").await;
    let typed = [("name", ""), ("birth", "kemarin dulu"), ("dusun", "Sigaok")];
    let answer = kuripan.post("/peserta/daftar", &token, &typed).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in
        ["href=\"#name\"", "href=\"#birth\"", "Nama harus diisi", "value=\"kemarin dulu\"", "value=\"Sigaok\""]
    {
        assert!(answer.body.contains(expected), "{expected}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubtful_nik_is_asked_about_and_taken() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let token = kuripan.token("/peserta/daftar").await;
    let typed = [("name", "Turyati"), ("nik", "123")];
    let asked = kuripan.post("/peserta/daftar", &token, &typed).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    let confirm = hidden(&asked.body, "confirm").expect("the questions have been put");
    assert!(asked.body.contains("sudah benar. Simpan"), "{}", asked.body);
    let other =
        kuripan.post("/peserta/daftar", &token, &[("name", "Turyati"), ("nik", "456"), ("confirm", &confirm)]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "another answer is asked about anew");
    let place = kuripan.register(&[("name", "Turyati"), ("nik", "123"), ("confirm", &confirm)]).await;
    assert!(kuripan.get(&place).await.body.contains("123"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_possible_duplicate_stands_beside_the_form_and_is_no_wall() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let turyati = [("name", "Turyati"), ("birth", "12-03-1986"), ("dusun", "Sigaok")];
    let place = kuripan.register(&turyati).await;
    let token = kuripan.token("/peserta/daftar").await;
    let part = kuripan.post("/peserta/periksa", &token, &[("name", "Tury")]).await.body;
    assert!(part.contains(&place) && part.contains("Nama yang mirip"), "{part}");
    let asked = kuripan.post("/peserta/daftar", &token, &turyati).await;
    assert!(asked.body.contains("Mungkin orang yang sama") && asked.body.contains(&place), "{}", asked.body);
    let confirm = hidden(&asked.body, "confirm").unwrap();
    let again = kuripan.register(&[&turyati[..], &[("confirm", confirm.as_str())]].concat()).await;
    assert_ne!(again, place);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_open_saves_only_what_was_changed_and_overwrites_nothing() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let place = kuripan.register(&[("name", "Turyati"), ("dusun", "Kuripan"), ("phone", "0812")]).await;
    let open = kuripan.get(&format!("{place}/ubah")).await.body;
    let (token, shown) = (hidden(&open, "token").unwrap(), hidden(&open, "shown").unwrap());
    // Meanwhile somebody changes both at another form.
    let change = |fields: Vec<(&'static str, &'static str)>, shown: String| {
        [vec![("was-dusun", "Kuripan"), ("was-phone", "0812")], fields]
            .concat()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain([("shown".to_owned(), shown)])
            .collect::<Vec<_>>()
    };
    for fields in [vec![("dusun", "Sigaok"), ("phone", "0813")], vec![("dusun", "Krajan"), ("phone", "0812")]] {
        let fields = change(fields, shown.clone());
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = kuripan.post(&format!("{place}/ubah"), &token, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
    let record = kuripan.get(&place).await.body;
    assert!(record.contains("Satu isian berbeda"), "{record}");
    for expected in [">Sigaok</p>", ">Krajan</p>", "<dd>0813</dd>"] {
        assert!(record.contains(expected), "{expected}: {record}");
    }
    assert!(kuripan.get("/perlu-dilihat").await.body.contains("Turyati"));
    let chosen = [("field", "dusun"), ("value", "Krajan"), ("shown", &hidden(&record, "shown").unwrap())];
    let answer = kuripan.post(&format!("{place}/pilih"), &token, &chosen).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let record = kuripan.get(&place).await.body;
    assert!(!record.contains("isian berbeda") && record.contains("<dd>Krajan</dd>"), "{record}");
    assert!(record.contains("Dusun: Sigaok"), "what was not chosen stays in the history");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_keeps_both_values_of_a_stale_change() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let token = kuripan.token("/").await;
    let log_in = r#"{"officer":"siti","password":"kopi pagi"}"#;
    let session = kuripan.api("POST", "/api/v1/session", &token, &[], log_in).await;
    assert_eq!(session.status, StatusCode::OK, "{}", session.body);
    let told: serde_json::Value = serde_json::from_str(&session.body).unwrap();
    let token = told["token"].as_str().unwrap().to_owned();
    let new = kuripan
        .api("POST", "/api/v1/participants", &token, &[], r#"{"name":"Bawon","fields":{"group":"salak"}}"#)
        .await;
    assert_eq!(new.status, StatusCode::CREATED, "{}", new.body);
    let place = new.headers[header::LOCATION].to_str().unwrap().to_owned();
    let tag = new.headers[header::ETAG].to_str().unwrap().to_owned();
    let change = |value: &str| format!(r#"{{"fields":{{"dusun":"{value}"}}}}"#);
    let without = kuripan.api("PATCH", &place, &token, &[], &change("Sigaok")).await;
    assert_eq!(without.status, StatusCode::PRECONDITION_REQUIRED, "{}", without.body);
    let no_token = kuripan.api("PATCH", &place, "guess", &[("if-match", &tag)], &change("Sigaok")).await;
    assert_eq!(no_token.status, StatusCode::FORBIDDEN);
    for value in ["Sigaok", "Krajan"] {
        let changed = kuripan.api("PATCH", &place, &token, &[("if-match", &tag)], &change(value)).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
        assert_ne!(changed.headers[header::ETAG].to_str().unwrap(), tag);
    }
    let shown = kuripan.get(&place).await;
    let record: serde_json::Value = serde_json::from_str(&shown.body).unwrap();
    let dusun = record["person"].as_array().unwrap().iter().find(|field| field["field"] == "dusun").unwrap();
    assert_eq!(dusun["values"].as_array().unwrap().len(), 2, "{dusun}");
    let tag = shown.headers[header::ETAG].to_str().unwrap().to_owned();
    let choose = r#"{"field":"dusun","value":"Krajan"}"#;
    let chosen = kuripan.api("POST", &format!("{place}/choose"), &token, &[("if-match", &tag)], choose).await;
    assert_eq!(chosen.status, StatusCode::OK, "{}", chosen.body);
    let found = kuripan.api("POST", "/api/v1/participants/search", &token, &[], r#"{"search":"baw"}"#).await;
    let found: serde_json::Value = serde_json::from_str(&found.body).unwrap();
    assert_eq!((&found["total"], &found["rows"][0]["contested"]), (&1.into(), &0.into()), "{found}");
    for (body, code) in [("{", "bad_input"), (r#"{"fields":{"colour":"red"}}"#, "unfit")] {
        let bad = kuripan.api("PATCH", &place, &token, &[("if-match", &tag)], body).await;
        let told: serde_json::Value = serde_json::from_str(&bad.body).unwrap();
        assert_eq!(told["code"], code, "{told}");
        assert!(["message", "hint", "request_id"].iter().all(|key| told[key].is_string()), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_policy_and_an_id() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    for path in ["/", "/masuk", "/nothing", "/api/v1/nothing", "/healthz"] {
        let answer = kuripan.get(path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
        assert!(answer.headers["x-request-id"].to_str().unwrap().contains('-'), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_name_is_refused() {
    let mut kuripan = Kuripan::new(false).await;
    for (host, expected) in [
        ("localhost", StatusCode::OK),
        ("127.0.0.1:8080", StatusCode::OK),
        ("[::1]:8080", StatusCode::OK),
        ("evil.example:8080", StatusCode::MISDIRECTED_REQUEST),
        ("localhost.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("", StatusCode::MISDIRECTED_REQUEST),
    ] {
        assert_eq!(kuripan.get_with("/masuk", &[("host", host)]).await.status, expected, "host {host:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_view_is_small_and_nothing_is_written_inline() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Admin]).await;
    let record = kuripan.register(&[("name", "Turyati"), ("group", "salak")]).await;
    let change = format!("{record}/ubah");
    for path in PAGES.into_iter().chain(["/masuk/kode", "/nothing", &record, &change]) {
        let page = kuripan.get(path).await.body;
        let mut bytes = page.len();
        for asset in asset_paths(&page) {
            let answer = kuripan.get(asset).await;
            assert_eq!(answer.status, StatusCode::OK, "{asset}");
            assert!(answer.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"), "{asset}");
            bytes += answer.body.len();
        }
        assert!(bytes < 150_000, "{path}: {bytes} bytes");
        for inline in [
            "<style",
            "style=",
            " onclick",
            " onload",
            "javascript:",
            "<script>",
            "http://",
            "https://",
            "hx-on",
            "js:",
        ] {
            assert!(!page.contains(inline), "{path} holds {inline}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_practice_network_says_so_on_each_page() {
    let mut kuripan = Kuripan::new(true).await;
    for path in ["/masuk", "/masuk/kode"] {
        assert!(kuripan.get(path).await.body.contains("LATIHAN"), "{path}");
    }
}

#[test]
fn templates_hold_no_words_of_their_own() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap() {
        let path = entry.unwrap().path();
        let template = std::fs::read_to_string(&path).unwrap();
        let (mut plain, mut rest) = (String::new(), template.as_str());
        // What askama puts in goes first: it stands inside tags too.
        while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
            plain.push_str(&rest[..start]);
            let end = if rest[start..].starts_with("{{") { "}}" } else { "%}" };
            rest = &rest[start + rest[start..].find(end).expect("what is opened is closed") + 2..];
        }
        plain.push_str(rest);
        let mut text = String::new();
        let mut rest = plain.as_str();
        while let Some(start) = rest.find('<') {
            text.push_str(&rest[..start]);
            // A selector in quotes may hold what elsewhere ends a tag.
            let mut quoted = false;
            let end = rest[start..].find(|sign| {
                quoted ^= sign == '"';
                sign == '>' && !quoted
            });
            rest = &rest[start + end.expect("a tag is closed") + 1..];
        }
        text.push_str(rest);
        // The command that makes the first officer is the same in every language.
        let own = text.replace("Simpul", "").replace("simpul officer add NAMA --role petugas --role admin", "");
        assert!(!own.contains(char::is_alphabetic), "{} speaks for itself: {own}", path.display());
    }
}

#[tokio::test]
async fn pages_are_not_bound_beyond_this_machine() {
    assert!(matches!(listen("0.0.0.0:0".parse().unwrap()).await, Err(WebError::NotLoopback { .. })));
    let bound = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let taken = listen(bound.local_addr().unwrap()).await;
    assert!(matches!(taken, Err(WebError::Bind { .. })));
}
