//! What every answer carries and what every request must be: headers, a request id, a name of this machine.

use crate::language::Language;
use crate::problem::{Problem, Reason};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Only what this node itself serves, and nothing written inline.
pub(crate) const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The same for a PDF, which runs nothing of ours: the viewer of a browser embeds it in a page of its own, with its style.
const PAPER_POLICY: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; \
    frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names one request in its answer and in the log, short enough to be read out on the telephone.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// Hands out request ids: the second in which the process began, then a running number. Never taken from the client,
/// who could otherwise write into the log.
#[derive(Debug, Clone)]
pub(crate) struct RequestIds {
    began: u64,
    next: Arc<AtomicU64>,
}

impl RequestIds {
    pub(crate) fn new() -> Self {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { began, next: Arc::default() }
    }

    fn draw(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        RequestId(format!("{:x}-{number}", self.began).into())
    }
}

/// Outermost: gives the request its id, the answer its headers, and the log its line. The query is left out of the log.
pub(crate) async fn guard(State(ids): State<RequestIds>, mut request: Request, next: Next) -> Response {
    let id = ids.draw();
    let (method, path, started) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/pdf") {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAPER_POLICY));
    }
    // A page may hold personal data: no copy stays in the browser. Assets say otherwise themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, value);
    }
    let (status, ms) = (response.status().as_u16(), started.elapsed().as_millis());
    tracing::info!(request_id = &*id.0, %method, path, status, ms, "answered");
    response
}

/// Refuses requests under a foreign name: a site from outside may point its name at this machine (DNS rebinding).
pub(crate) async fn only_this_machine(request: Request, next: Next) -> Response {
    if names_this_machine(request.headers()) {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    let Ok(language) = Language::from_request_parts(&mut parts, &()).await;
    Problem::new(Reason::ForeignName, &parts, language).into_response()
}

/// Refuses what another site makes a browser send. Forms carry a token beside; this needs no page to have been shown.
pub(crate) async fn only_this_site(request: Request, next: Next) -> Response {
    if !request.method().is_safe() && !is_from_here(request.headers()) {
        let (mut parts, _) = request.into_parts();
        let Ok(language) = Language::from_request_parts(&mut parts, &()).await;
        return Problem::new(Reason::ForeignSite, &parts, language).into_response();
    }
    next.run(request).await
}

/// A browser says where a request comes from; what says nothing is no browser. `Sec-Fetch-Site` alone decides where it is
/// sent: our pages tell no referrer, and Chromium then calls their own origin `null`.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == text(header::HOST),
        (None, None) => true,
    }
}

fn names_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_site_sends_is_refused() {
        for (site, origin, expected) in [
            ("", "", true),
            ("same-origin", "http://localhost:8080", true),
            ("none", "", true),
            ("cross-site", "", false),
            ("same-site", "http://localhost:9090", false),
            ("", "http://localhost:9090", false),
            ("same-origin", "null", true),
            ("cross-site", "null", false),
            ("", "http://localhost:8080", true),
            ("", "null", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("localhost:8080"));
            if !site.is_empty() {
                headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            }
            if !origin.is_empty() {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_from_here(&headers), expected, "{site} {origin}");
        }
    }
}
