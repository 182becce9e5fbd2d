//! Scripts of the office and their tokens: made at a page, used at the API, withdrawn.

use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use service::{Command, Reply, Role, TokenScope};

use crate::{Answer, Kuripan};

/// The last day of a token, as the page takes it.
fn soon() -> String {
    use jiff::ToSpan;
    jiff::Zoned::now().date().saturating_add(7.days()).strftime("%d-%m-%Y").to_string()
}

impl Kuripan {
    pub(crate) async fn secret(&self, name: &str, scopes: &[TokenScope]) -> String {
        let add = Command::AddToken { by: "siti".into(), name: name.into(), scopes: scopes.to_vec(), until: soon() };
        let Ok(Reply::NewToken(made)) = self.service.ask(add.into(), |_| ()).await else { panic!("a token") };
        made.secret
    }

    /// A request of a script: with a token, without a cookie.
    pub(crate) async fn script(
        &mut self,
        method: &str,
        path: &str,
        secret: &str,
        more: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let cookie = self.cookie.take();
        let answer = self.script_beside_a_cookie(method, path, secret, more, body).await;
        self.cookie = cookie;
        answer
    }

    async fn script_beside_a_cookie(
        &mut self,
        method: &str,
        path: &str,
        secret: &str,
        more: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {secret}"));
        let request = more.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request, body.to_string()).await
    }
}

fn told(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("JSON: {}", answer.body))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_writes_under_the_name_of_its_token() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let secret = kuripan.secret("rekap", &[TokenScope::Write, TokenScope::Personal]).await;
    let new = json!({ "name": "Turyati", "fields": { "dusun": "Sigaok" } });
    let added = kuripan.script("POST", "/api/v1/participants", &secret, &[], &new).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    let record = told(&added);
    assert_eq!(record["history"][0]["who"]["officer"], "token.rekap", "{record}");
    let place = added.headers[header::LOCATION].to_str().unwrap().to_owned();
    let page = kuripan.get(&place.replace("/api/v1/participants", "/peserta")).await;
    assert!(page.body.contains("token.rekap, Desa Kuripan"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_no_more_than_it_says() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Admin]).await;
    kuripan
        .register(&[("name", "Turyati"), ("dusun", "Sigaok"), ("group", "salak"), ("nik", "3307105203860001")])
        .await;
    let all = kuripan.secret("semua", &[TokenScope::Write, TokenScope::Personal]).await;
    let read = kuripan.secret("baca", &[]).await;
    let write = kuripan.secret("tulis", &[TokenScope::Write]).await;
    let rows = |answer: &Answer| told(answer)["rows"].clone();
    let everybody = json!({});
    let found = rows(&kuripan.script("POST", "/api/v1/participants/search", &all, &[], &everybody).await);
    assert_eq!((&found[0]["name"], &found[0]["dusun"]), (&json!("Turyati"), &json!("Sigaok")));
    let found = kuripan.script("POST", "/api/v1/participants/search", &read, &[], &everybody).await;
    assert_eq!((&rows(&found)[0]["name"], &rows(&found)[0]["group"]), (&Value::Null, &json!("salak")));
    let person = rows(&found)[0]["person"].as_str().unwrap().to_owned();
    let place = format!("/api/v1/participants/{person}");
    let shown = kuripan.script("GET", &place, &read, &[], &json!(null)).await;
    for named in ["Turyati", "Sigaok", "3307105203860001"] {
        assert!(!found.body.contains(named) && !shown.body.contains(named), "{named}: {}", shown.body);
    }
    let tag = shown.headers[header::ETAG].to_str().unwrap().to_owned();
    let if_match = [("if-match", tag.as_str())];
    let (group, dusun) = (json!({ "fields": { "group": "kopi" } }), json!({ "fields": { "dusun": "Krajan" } }));
    let name = json!({ "search": "tury" });
    let complaint = json!({ "kind": "pengaduan", "fields": {} });
    let notice = json!({ "kind": "pengumuman", "fields": {} });
    let nothing = json!(null);
    for (method, path, secret, body, allowed) in [
        ("PATCH", place.as_str(), &read, &group, false),
        ("PATCH", &place, &write, &dusun, false),
        ("PATCH", &place, &write, &group, true),
        ("POST", "/api/v1/participants/search", &read, &name, false),
        ("POST", "/api/v1/participants", &write, &json!({ "name": "Bawon" }), false),
        ("POST", "/api/v1/records/search", &read, &everybody, false),
        ("POST", "/api/v1/records/search", &read, &json!({ "kind": "pengaduan" }), false),
        ("POST", "/api/v1/records/search", &read, &json!({ "kind": "pengumuman" }), true),
        ("POST", "/api/v1/records", &write, &complaint, false),
        ("POST", "/api/v1/records", &read, &notice, false),
        ("GET", "/api/v1/only-here", &read, &nothing, false),
        ("GET", "/api/v1/only-here", &all, &nothing, true),
        ("GET", "/api/v1/officers", &all, &nothing, false),
        ("GET", "/api/v1/tokens", &all, &nothing, false),
        ("DELETE", "/api/v1/session", &all, &nothing, false),
    ] {
        let answer = kuripan.script(method, path, secret, &if_match, body).await;
        let said = format!("{method} {path} {body}: {} {}", answer.status, answer.body);
        if allowed {
            assert!(answer.status.is_success(), "{said}");
        } else {
            assert_eq!(
                (answer.status, &told(&answer)["code"]),
                (StatusCode::FORBIDDEN, &json!("token_scope")),
                "{said}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_api_alone_and_a_cookie_never_stands_in_for_it() {
    let mut kuripan = Kuripan::with(&[Role::Petugas, Role::Admin]).await;
    let secret = kuripan.secret("rekap", &[TokenScope::Write, TokenScope::Personal]).await;
    let new = json!({ "name": "Turyati" });
    // The officer's own cookie comes with it, as from a browser: the wrong token is judged alone.
    let wrong = kuripan.script_beside_a_cookie("POST", "/api/v1/participants", "simpul_guess", &[], &new).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{}", wrong.body);
    let other_site = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    let elsewhere = kuripan.script("POST", "/api/v1/participants", &secret, &other_site, &new).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    for path in ["/", "/peserta", "/petugas/token"] {
        let page = kuripan.script("GET", path, &secret, &[], &json!(null)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path} is for officers");
    }
    assert!(kuripan.get("/peserta").await.body.contains("0 orang"), "nothing was written");
    kuripan.service.ask(Command::WithdrawToken { name: "rekap".into() }.into(), |_| ()).await.unwrap();
    let withdrawn = kuripan.script("GET", "/api/v1/glance", &secret, &[], &json!(null)).await;
    assert_eq!(withdrawn.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_makes_a_token_sees_its_secret_once_and_withdraws_it_by_name() {
    let mut kuripan = Kuripan::with(&[Role::Admin]).await;
    let page = kuripan.get("/petugas/token").await.body;
    assert!(page.contains("Belum ada token") && !page.contains("<table"), "{page}");
    let token = kuripan.token("/petugas/token").await;
    let wrong = [("name", "Rekap bulanan"), ("until", "besok"), ("scope", "personal")];
    let refused = kuripan.post("/petugas/token", &token, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["value=\"Rekap bulanan\"", "value=\"besok\"", "value=\"personal\" checked", "href=\"#name\""] {
        assert!(refused.body.contains(kept), "{kept}: {}", refused.body);
    }
    let right = [("name", "Rekap-Bulanan "), ("until", &soon()), ("scope", "personal")];
    let made = kuripan.post("/petugas/token", &token, &right).await;
    let secret =
        made.body.split("class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    assert!(secret.starts_with("simpul_"), "{secret}");
    let page = kuripan.get("/petugas/token").await.body;
    assert!(page.contains("rekap-bulanan") && page.contains("belum pernah") && !page.contains(&secret), "{page}");
    assert_eq!(kuripan.script("GET", "/api/v1/glance", &secret, &[], &json!(null)).await.status, StatusCode::OK);
    assert!(!kuripan.get("/petugas/token").await.body.contains("belum pernah"), "its use is seen");
    let only_clicked = kuripan.post("/petugas/token/cabut", &token, &[("name", "rekap-bulanan")]).await;
    assert_eq!(only_clicked.status, StatusCode::UNPROCESSABLE_ENTITY);
    let confirmed = [("name", "rekap-bulanan"), ("confirm", "rekap-bulanan")];
    let withdrawn = kuripan.post("/petugas/token/cabut", &token, &confirmed).await;
    assert!(withdrawn.body.contains("dicabut") && withdrawn.body.contains("Belum ada token"), "{}", withdrawn.body);
    assert_eq!(
        kuripan.script("GET", "/api/v1/glance", &secret, &[], &json!(null)).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_of_another_record_changes_nothing() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let secret = kuripan.secret("rekap", &[TokenScope::Write, TokenScope::Personal]).await;
    let mut places = Vec::new();
    for name in ["Turyati", "Bawon"] {
        let new = json!({ "name": name, "fields": { "dusun": "Sigaok" } });
        let added = kuripan.script("POST", "/api/v1/participants", &secret, &[], &new).await;
        let tag = added.headers[header::ETAG].to_str().unwrap().to_owned();
        places.push((added.headers[header::LOCATION].to_str().unwrap().to_owned(), tag));
    }
    let notice = json!({ "kind": "kelompok", "fields": { "name": "Salak Makmur" } });
    let group = kuripan.script("POST", "/api/v1/records", &secret, &[], &notice).await;
    let of_group = group.headers[header::ETAG].to_str().unwrap().to_owned();
    let (place, of_bawon) = (places[0].0.clone(), places[1].1.clone());
    let change = json!({ "fields": { "dusun": "Krajan" } });
    for (tag, status) in [
        (of_bawon.as_str(), StatusCode::CONFLICT),
        (&of_group, StatusCode::UNPROCESSABLE_ENTITY),
        ("\"2=\"", StatusCode::UNPROCESSABLE_ENTITY),
        ("\"guess\"", StatusCode::UNPROCESSABLE_ENTITY),
        ("*", StatusCode::PRECONDITION_REQUIRED),
    ] {
        let answer = kuripan.script("PATCH", &place, &secret, &[("if-match", tag)], &change).await;
        assert_eq!(answer.status, status, "{tag}: {}", answer.body);
    }
    let shown = kuripan.script("GET", &place, &secret, &[], &json!(null)).await;
    assert!(!shown.body.contains("Krajan"), "{}", shown.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_that_is_described_is_there_and_asks_who_it_is() {
    let mut kuripan = Kuripan::new(false).await;
    let document = told(&kuripan.get("/api/v1/openapi.json").await);
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>();
            let answer = kuripan.script(&method.to_uppercase(), &at.join("/"), "simpul_guess", &[], &json!({})).await;
            let is_open = operation.get("security").is_none_or(|security| *security == json!([{}]));
            let expected = match (is_open, method.as_str()) {
                (false, _) => StatusCode::UNAUTHORIZED,
                (true, "get") => StatusCode::OK,
                // It reads no handle and no password.
                (true, _) => StatusCode::BAD_REQUEST,
            };
            assert_eq!(answer.status, expected, "{method} {path}: {}", answer.body);
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked}");
}
