//! Who sits at the browser: a cookie that only the browser knows, and what every form gives back to show that it is ours.
//!
//! # Invariants
//! - The cookie's value is kept as its hash, and a new one is given at each log-in.
//! - A form's token follows from the cookie and a secret of this run: whoever cannot read our pages cannot make one.
//! - What an officer may do is looked up at each request: a removed officer is out at once.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use service::reply::{OfficerView, RecoverySheetState, TokenView};
use service::{Role, TokenScope};

use crate::{
    language::Language,
    problem::{Problem, Reason},
};

/// An officer who does nothing for this long is logged out: a desk may be left for the midday prayer, not overnight.
const IDLE_MAX: Duration = Duration::from_secs(4 * 3600);

/// Nobody stays logged in longer than a working day.
const AGE_MAX: Duration = Duration::from_secs(14 * 3600);

/// More at one node are a fault: the oldest go.
const SESSIONS_MAX: usize = 500;

/// The header in which scripts give the token of a form.
pub(crate) const TOKEN_HEADER: &str = "x-csrf-token";

/// The largest form.
const FORM_BYTES_MAX: usize = 256 << 10;

/// The largest form with a file in it: the file is judged by its content and refused beside its field.
const UPLOAD_BYTES_MAX: usize = 8 << 20;

struct Session {
    /// None for whoever begins a node that has no officers yet.
    handle: Option<String>,
    began: Instant,
    seen: Instant,
}

/// Whose pages are visited: a node, or a folder that has none yet.
pub(crate) trait House: Clone + Send + Sync + 'static {
    /// The name of the cookie that says who is logged in.
    fn cookie(&self) -> &str;

    /// Everybody who is logged in.
    fn sessions(&self) -> &Sessions;

    /// The officer of a handle, as they stand now.
    fn officer(&self, handle: &str) -> Option<OfficerView>;

    /// The token of a secret, if it can be used now; a folder that has no node yet has none.
    fn token(&self, _secret: &str) -> Option<TokenView> {
        None
    }
}

/// Everybody who is logged in.
pub(crate) struct Sessions {
    secret: [u8; 32],
    open: Mutex<HashMap<[u8; 32], Session>>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self { secret: random(), open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the session of an officer, or of whoever begins the node, and gives the value of its cookie.
    pub(crate) fn begin(&self, handle: Option<&str>) -> String {
        let value = data_encoding::HEXLOWER.encode(&random::<32>());
        let now = Instant::now();
        let mut open = self.open();
        open.retain(|_, session| session.lasts(now));
        if open.len() >= SESSIONS_MAX
            && let Some(oldest) = open.iter().min_by_key(|(_, session)| session.seen).map(|(key, _)| *key)
        {
            open.remove(&oldest);
        }
        open.insert(key(&value), Session { handle: handle.map(str::to_owned), began: now, seen: now });
        value
    }

    pub(crate) fn end(&self, cookie: &str) {
        self.open().remove(&key(cookie));
    }

    /// Ends every session of an officer, wherever it is open.
    pub(crate) fn end_all(&self, handle: &str) {
        self.open().retain(|_, session| session.handle.as_deref() != Some(handle));
    }

    /// Whose session a cookie stands for: an officer's, or, with none, of whoever begins the node.
    fn handle(&self, cookie: &str) -> Option<Option<String>> {
        let now = Instant::now();
        let mut open = self.open();
        let session = open.get_mut(&key(cookie)).filter(|session| session.lasts(now))?;
        session.seen = now;
        Some(session.handle.clone())
    }

    /// What a form of this browser gives back.
    fn token(&self, cookie: &str) -> String {
        let hash = blake3::keyed_hash(&self.secret, cookie.as_bytes());
        data_encoding::HEXLOWER.encode(&hash.as_bytes()[..16])
    }
}

impl Session {
    fn lasts(&self, now: Instant) -> bool {
        now.duration_since(self.seen) < IDLE_MAX && now.duration_since(self.began) < AGE_MAX
    }
}

fn key(cookie: &str) -> [u8; 32] {
    *blake3::hash(cookie.as_bytes()).as_bytes()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("a running system gives randomness");
    bytes
}

/// A request of somebody, logged in or not.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) language: Language,
    pub(crate) officer: Option<OfficerView>,
    /// Whoever opened the address that the node told at its start, and begins it.
    pub(crate) begins: bool,
    /// What every form of this browser gives back.
    pub(crate) token: String,
    pub(crate) parts: Parts,
    /// The token of a script; such a visit has no session.
    pub(crate) script: Option<TokenView>,
    cookie: String,
    /// The browser has no cookie yet.
    is_new: bool,
}

impl Visit {
    fn of(app: &impl House, parts: &Parts) -> Self {
        match bearer(parts) {
            Some(secret) => Self::of_script(app, parts, secret),
            None => Self::of_browser(app, parts),
        }
    }

    /// Whoever gives a token is judged by it alone: a cookie beside it opens nothing, and what a browser adds to the
    /// requests of other sites is no token.
    fn of_script(app: &impl House, parts: &Parts, secret: &str) -> Self {
        let language = Language::of(parts.uri.query(), &parts.headers);
        let script = app.token(secret);
        let (officer, cookie, token) = (script.as_ref().map(officer_of), String::new(), String::new());
        Self { language, officer, begins: false, token, parts: parts.clone(), script, cookie, is_new: true }
    }

    fn of_browser(app: &impl House, parts: &Parts) -> Self {
        let cookie = cookie(&parts.headers, app.cookie());
        let is_new = cookie.is_none();
        let cookie = cookie.unwrap_or_else(|| data_encoding::HEXLOWER.encode(&random::<32>()));
        let session = app.sessions().handle(&cookie);
        let begins = session == Some(None);
        let officer = session.flatten().and_then(|handle| app.officer(&handle));
        let language = Language::of(parts.uri.query(), &parts.headers);
        let (token, parts) = (app.sessions().token(&cookie), parts.clone());
        Self { language, officer, begins, token, parts, script: None, cookie, is_new }
    }

    /// Gives the browser its cookie, if it has none: forms before the log-in are bound to it too.
    pub(crate) fn with_cookie(&self, app: &impl House, response: impl IntoResponse) -> Response {
        let mut response = response.into_response();
        if self.is_new {
            set_cookie(&mut response, app.cookie(), &self.cookie);
        }
        response
    }

    pub(crate) fn problem(&self, reason: Reason) -> Problem {
        Problem::new(reason, &self.parts, self.language)
    }

    /// Begins a session for an officer: a new cookie, so that nobody who knew the old one is let in with them.
    pub(crate) fn let_in(&self, app: &impl House, handle: &str, response: impl IntoResponse) -> Response {
        self.now(app, Some(handle)).with_cookie(app, response)
    }

    /// The same visit as of somebody else, in a session that begins with it: an officer, or whoever begins the node. The
    /// answer has to give the browser its new cookie ([`Self::with_cookie`]).
    pub(crate) fn now(&self, app: &impl House, handle: Option<&str>) -> Self {
        app.sessions().end(&self.cookie);
        let cookie = app.sessions().begin(handle);
        Self {
            officer: handle.and_then(|handle| app.officer(handle)),
            begins: handle.is_none(),
            token: app.sessions().token(&cookie),
            cookie,
            is_new: true,
            ..self.clone()
        }
    }

    pub(crate) fn log_out(&self, app: &impl House, response: impl IntoResponse) -> Response {
        app.sessions().end(&self.cookie);
        let mut response = response.into_response();
        if let Ok(value) =
            HeaderValue::from_str(&format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict", app.cookie()))
        {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }

    fn is_api(&self) -> bool {
        self.parts.uri.path().starts_with("/api/")
    }
}

/// What a script gives to the API. Pages know officers alone.
fn bearer(parts: &Parts) -> Option<&str> {
    let given = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = given.split_once(' ')?;
    let fits = parts.uri.path().starts_with("/api/") && scheme.eq_ignore_ascii_case("bearer");
    fits.then(|| secret.trim())
}

/// As whom a script writes: with the roles that its scopes come to, and never an administrator's.
fn officer_of(token: &TokenView) -> OfficerView {
    let role = if token.allows(TokenScope::Write) { Role::Petugas } else { Role::Auditor };
    OfficerView {
        handle: token.officer.clone(),
        name: token.name.clone(),
        roles: vec![role],
        active: true,
        waits_s: 0,
        sheet: RecoverySheetState::None,
    }
}

fn set_cookie(response: &mut Response, name: &str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

impl<H: House> FromRequestParts<H> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &H) -> Result<Self, Self::Rejection> {
        Ok(Self::of(app, parts))
    }
}

/// A request of an officer who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) visit: Visit,
    pub(crate) officer: OfficerView,
}

impl Desk {
    /// The officer may write records, or is told who can allow it.
    pub(crate) fn writes(&self) -> Result<&str, Problem> {
        if self.officer.writes() { Ok(&self.officer.handle) } else { Err(self.not_allowed()) }
    }

    /// Whether who people are may be shown: to every officer, and to a token that says so.
    pub(crate) fn sees_people(&self) -> bool {
        self.visit.script.as_ref().is_none_or(|token| token.allows(TokenScope::Personal))
    }

    /// What is asked for says who people are, and may be shown.
    pub(crate) fn personal(&self) -> Result<(), Problem> {
        if self.sees_people() { Ok(()) } else { Err(self.not_allowed()) }
    }

    fn not_allowed(&self) -> Problem {
        self.visit.problem(if self.visit.script.is_some() { Reason::TokenScope } else { Reason::NotYourRole })
    }

    /// The officer may add and remove officers.
    pub(crate) fn administers(&self) -> Result<(), Problem> {
        if self.officer.administers() { Ok(()) } else { Err(self.not_allowed()) }
    }
}

impl<H: House> FromRequestParts<H> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &H) -> Result<Self, Response> {
        Self::of(app, Visit::of(app, parts))
    }
}

impl Desk {
    /// The desk of a visit, or the way to the log-in.
    #[expect(clippy::result_large_err, reason = "an answer is what an extractor refuses with")]
    pub(crate) fn of(app: &impl House, visit: Visit) -> Result<Self, Response> {
        let parts = &visit.parts;
        match visit.officer.clone() {
            Some(officer) => Ok(Self { visit, officer }),
            None if visit.is_api() => Err(visit.problem(Reason::NotLoggedIn).into_response()),
            // A part of a page that was open when the session ended: the whole page goes to the log-in.
            None if parts.headers.contains_key("hx-request") => {
                Err(([("hx-redirect", "/masuk")], axum::http::StatusCode::UNAUTHORIZED).into_response())
            }
            None => {
                let back = if parts.method == Method::GET { parts.uri.path() } else { "/" };
                let to = if back == "/" { "/masuk".to_owned() } else { format!("/masuk?ke={back}") };
                Err(visit.with_cookie(app, Redirect::to(&to)))
            }
        }
    }
}

/// What a form of ours sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posted {
    fields: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
}

impl Posted {
    /// The text of a field, empty if it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// The text of a field as one line, without what is around and between its words.
    pub(crate) fn line(&self, name: &str) -> String {
        self.get(name).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text of a field, if there is any.
    pub(crate) fn given(&self, name: &str) -> Option<String> {
        Some(self.get(name).trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The content of a file that was chosen.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|(known, bytes)| known == name && !bytes.is_empty()).map(|(_, bytes)| bytes.as_slice())
    }

    /// A form that may carry files; none if it does not read as one.
    async fn of_parts(request: Request) -> Option<Self> {
        let mut parts = axum::extract::Multipart::from_request(request, &()).await.ok()?;
        let mut this = Self::default();
        while let Some(part) = parts.next_field().await.ok()? {
            let (name, is_file) = (part.name()?.to_owned(), part.file_name().is_some());
            let bytes = part.bytes().await.ok()?;
            if is_file {
                this.files.push((name, bytes.to_vec()));
            } else {
                this.fields.push((name, String::from_utf8(bytes.to_vec()).ok()?));
            }
        }
        Some(this)
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl<H: House> FromRequest<H> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &H) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let visit = Visit::of(app, &parts);
        let bad = |reason| visit.problem(reason).into_response();
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let with_files = kind.starts_with("multipart/form-data");
        let bytes_max = if with_files { UPLOAD_BYTES_MAX } else { FORM_BYTES_MAX };
        let bytes = axum::body::to_bytes(body, bytes_max).await.map_err(|_| bad(Reason::TooLarge))?;
        let mut whole = Request::from_parts(parts, axum::body::Body::from(bytes));
        let read = if with_files {
            // The whole body is here, within its bound.
            axum::extract::DefaultBodyLimit::disable().apply(&mut whole);
            Self::of_parts(whole).await
        } else {
            let form = axum::extract::Form::<Vec<(String, String)>>::from_request(whole, &()).await;
            form.ok().map(|form| Self { fields: form.0, files: Vec::new() })
        };
        let Some(fields) = read else { return Err(bad(Reason::BadForm)) };
        if visit.has_token(fields.get("token")) { Ok(fields) } else { Err(bad(Reason::StaleForm)) }
    }
}

impl Visit {
    /// Whether a token is the one that forms of this browser carry.
    fn has_token(&self, given: &str) -> bool {
        !self.is_new && blake3::hash(given.as_bytes()) == blake3::hash(self.token.as_bytes())
    }

    /// The same for a script, which gives it in a header.
    pub(crate) fn has_header_token(&self) -> bool {
        let given = self.parts.headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
        given.is_some_and(|given| self.has_token(given))
    }

    /// The token of the session that an answer begins, for scripts.
    pub(crate) fn token_of(app: &impl House, response: &Response) -> Option<String> {
        let cookie = response.headers().get(header::SET_COOKIE)?.to_str().ok()?;
        let value = cookie.split(';').next()?.split_once('=')?.1;
        Some(app.sessions().token(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_told_to_or_too_old() {
        let sessions = Sessions::new();
        let cookie = sessions.begin(Some("siti"));
        assert_eq!(sessions.handle(&cookie), Some(Some("siti".to_owned())));
        assert_eq!(sessions.handle("guess"), None);
        let now = Instant::now();
        let idle = Session { handle: Some("siti".into()), began: now, seen: now };
        assert!(idle.lasts(now + IDLE_MAX / 2));
        assert!(!idle.lasts(now + IDLE_MAX));
        let long = Session { handle: Some("siti".into()), began: now, seen: now + AGE_MAX - Duration::from_secs(1) };
        assert!(!long.lasts(now + AGE_MAX));
        sessions.end(&cookie);
        assert_eq!(sessions.handle(&cookie), None);
    }

    #[test]
    fn tokens_belong_to_one_browser_and_one_run() {
        let (one, other) = (Sessions::new(), Sessions::new());
        assert_eq!(one.token("a"), one.token("a"));
        assert_ne!(one.token("a"), one.token("b"));
        assert_ne!(one.token("a"), other.token("a"));
    }

    #[test]
    fn there_are_never_too_many() {
        let sessions = Sessions::new();
        for _ in 0..SESSIONS_MAX + 20 {
            sessions.begin(Some("siti"));
        }
        assert!(sessions.open().len() <= SESSIONS_MAX);
    }
}
