use super::*;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use identity::{NodeSecret, OfficeKind, Region};
use tower::ServiceExt;

fn kuripan() -> PageData {
    let region: Region = "33.07.10.2004".parse().unwrap();
    PageData {
        office: Some(OfficeFacts { name: "Desa Kuripan".into(), kind: OfficeKind::Village, region }),
        node: Some(NodeSecret::from_seed([7; 32]).node_key()),
        joined: false,
        practice: false,
    }
}

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: String,
}

async fn ask(data: PageData, path: &str, more: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    if !more.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8080");
    }
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let app = App::new(move || std::future::ready(data.clone()));
    let response = router(app).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

fn asset_paths(html: &str) -> Vec<&str> {
    html.split('"').filter(|part| part.starts_with("/assets/")).collect()
}

#[tokio::test]
async fn the_hello_page_speaks_both_languages() {
    for (path, accept, expected) in [
        ("/", "", "Desa Kuripan siap mencatat"),
        ("/", "en", "Desa Kuripan is ready to record"),
        ("/?lang=en", "id", "Desa Kuripan is ready to record"),
        ("/?lang=id", "en", "hanya ada di sini"),
    ] {
        let answer = ask(kuripan(), path, &[("accept-language", accept)]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains(expected), "{path} for {accept}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_chosen_language_is_kept() {
    let answer = ask(kuripan(), "/?lang=en", &[]).await;
    assert!(answer.headers[header::SET_COOKIE].to_str().unwrap().starts_with("lang=en;"));
    assert!(!ask(kuripan(), "/", &[]).await.headers.contains_key(header::SET_COOKIE));
}

#[tokio::test]
async fn a_node_without_an_office_says_so() {
    let data = PageData { office: None, node: None, joined: false, practice: false };
    assert!(ask(data, "/", &[]).await.body.contains("belum disiapkan"));
}

#[tokio::test]
async fn a_practice_network_is_named_on_the_page() {
    let practice = PageData { practice: true, ..kuripan() };
    assert!(ask(practice, "/", &[]).await.body.contains("LATIHAN"));
    assert!(!ask(kuripan(), "/", &[]).await.body.contains("LATIHAN"));
}

#[tokio::test]
async fn names_are_shown_as_text() {
    let mut data = kuripan();
    data.office.as_mut().unwrap().name = "<script>alert(1)</script>".into();
    assert!(!ask(data, "/", &[]).await.body.contains("<script"));
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_a_request_id() {
    for path in ["/", "/healthz", "/nothing", "/api/v1/nothing", "/assets/nothing.css"] {
        let answer = ask(kuripan(), path, &[("x-request-id", "chosen by the client")]).await;
        assert_eq!(answer.headers[header::CONTENT_SECURITY_POLICY], security::CONTENT_POLICY, "{path}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert!(id.ends_with("-1") && !id.contains(' '), "{path}: {id}");
    }
}

#[tokio::test]
async fn unknown_paths_are_answered_in_the_form_of_the_one_who_asks() {
    let page = ask(kuripan(), "/nothing?lang=en", &[]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("<h1>This page does not exist</h1>"), "{}", page.body);
    let api = ask(kuripan(), "/api/v1/nothing", &[("accept-language", "en")]).await;
    assert_eq!(api.status, StatusCode::NOT_FOUND);
    let told: serde_json::Value = serde_json::from_str(&api.body).unwrap();
    assert_eq!(told["code"], "not_found");
    assert_eq!(told["request_id"].as_str(), api.headers["x-request-id"].to_str().ok());
}

#[tokio::test]
async fn a_foreign_name_is_refused() {
    for (host, expected) in [
        ("localhost", StatusCode::OK),
        ("127.0.0.1:8080", StatusCode::OK),
        ("[::1]:8080", StatusCode::OK),
        ("[::1]", StatusCode::OK),
        ("evil.example:8080", StatusCode::MISDIRECTED_REQUEST),
        ("localhost.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("", StatusCode::MISDIRECTED_REQUEST),
    ] {
        assert_eq!(ask(kuripan(), "/", &[("host", host)]).await.status, expected, "host {host:?}");
    }
}

#[tokio::test]
async fn assets_are_named_by_their_content_and_kept() {
    let page = ask(kuripan(), "/", &[]).await.body;
    let paths = asset_paths(&page);
    assert!(paths.iter().any(|path| path.ends_with(".css")) && paths.iter().any(|path| path.ends_with(".svg")));
    for path in paths {
        let asset = ask(kuripan(), path, &[]).await;
        assert_eq!(asset.status, StatusCode::OK, "{path}");
        assert!(asset.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"), "{path}");
    }
}

#[tokio::test]
async fn the_first_view_is_small() {
    let page = ask(kuripan(), "/", &[]).await.body;
    let mut bytes = page.len();
    for path in asset_paths(&page) {
        bytes += ask(kuripan(), path, &[]).await.body.len();
    }
    assert!(bytes < 150_000, "{bytes} bytes");
}

#[tokio::test]
async fn nothing_is_written_inline() {
    for path in ["/", "/nothing"] {
        let page = ask(kuripan(), path, &[]).await.body;
        for inline in ["<style", "style=", "onclick", "onload", "javascript:", "<script>", "http://", "https://"] {
            assert!(!page.contains(inline), "{path} holds {inline}");
        }
    }
}

/// Words of ours, and Indonesian words that an officer does not use for it.
const NOT_ON_A_PAGE: &[&str] = &[
    "bercabang",
    "charter",
    "fork",
    "incarnation",
    "journal",
    "jurnal",
    "luring",
    "membekukan",
    "node",
    "posisi",
    "rekam",
    "scope",
    "selaras",
    "tertahan",
];

#[tokio::test]
async fn pages_use_plain_words() {
    let unprepared = PageData { office: None, node: None, joined: false, practice: true };
    for data in [kuripan(), PageData { joined: true, ..kuripan() }, unprepared] {
        for path in ["/?lang=id", "/?lang=en", "/nothing?lang=id", "/nothing?lang=en"] {
            let page = ask(data.clone(), path, &[]).await.body.to_lowercase();
            let words: Vec<_> = page.split(|c: char| !c.is_alphabetic()).collect();
            for word in NOT_ON_A_PAGE {
                assert!(!words.contains(word), "{path} says {word}");
            }
        }
    }
}

#[test]
fn templates_hold_no_words_of_their_own() {
    for template in [
        include_str!("../templates/base.html"),
        include_str!("../templates/hello.html"),
        include_str!("../templates/problem.html"),
    ] {
        let (mut rest, mut text) = (template, String::new());
        while let Some(start) = rest.find(['<', '{']) {
            text.push_str(&rest[..start]);
            let end = if rest[start..].starts_with('<') { rest[start..].find('>') } else { rest[start..].find('}') };
            let end = start + end.expect("what is opened is closed");
            rest = &rest[end + 1..];
        }
        let own = text.replace("Simpul", "");
        assert!(!own.contains(char::is_alphabetic), "a template speaks for itself: {own}");
    }
}

#[tokio::test]
async fn pages_are_not_bound_beyond_this_machine() {
    assert!(matches!(listen("0.0.0.0:0".parse().unwrap()).await, Err(WebError::NotLoopback { .. })));
    let bound = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let taken = listen(bound.local_addr().unwrap()).await;
    assert!(matches!(taken, Err(WebError::Bind { .. })));
}
