//! Who sits at the browser: a cookie that only the browser knows, and what every form gives back to show that it is ours.
//!
//! # Invariants
//! - A form's token follows from the cookie and a secret of this run: whoever cannot read our pages cannot make one.
//! - What an officer may do is looked up at each request: a removed officer is out at once.

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
    sessions::{Sessions, Sits, random},
};

/// The header in which scripts give the token of a form.
pub(crate) const TOKEN_HEADER: &str = "x-csrf-token";

/// The largest form.
const FORM_BYTES_MAX: usize = 256 << 10;

/// The largest form with a file in it: the file is judged by its content and refused beside its field.
const UPLOAD_BYTES_MAX: usize = service::HANDED_BYTES_MAX + FORM_BYTES_MAX;

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

/// A request of somebody, logged in or not.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) language: Language,
    pub(crate) officer: Option<OfficerView>,
    /// Whoever opened the address that the node told at its start, and begins it.
    pub(crate) begins: bool,
    /// Officers logged in here, and none of them sits here now.
    pub(crate) left: bool,
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
    pub(crate) fn of(app: &impl House, parts: &Parts) -> Self {
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
        let parts = parts.clone();
        Self { language, officer, begins: false, left: false, token, parts, script, cookie, is_new: true }
    }

    fn of_browser(app: &impl House, parts: &Parts) -> Self {
        let cookie = cookie(&parts.headers, app.cookie());
        let is_new = cookie.is_none();
        let cookie = cookie.unwrap_or_else(|| data_encoding::HEXLOWER.encode(&random::<32>()));
        let (mut begins, mut left, mut officer) = (false, false, None);
        match app.sessions().sits(&cookie) {
            Some(Sits::Beginner(_)) => begins = true,
            Some(Sits::Nobody) => left = true,
            Some(Sits::Officer(handle)) => officer = app.officer(&handle),
            None => {}
        }
        let language = Language::of(parts.uri.query(), &parts.headers);
        let (token, parts) = (app.sessions().token(&cookie), parts.clone());
        Self { language, officer, begins, left, token, parts, script: None, cookie, is_new }
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
        let cookie = app.sessions().begin(&self.cookie, handle);
        let officer = handle.and_then(|handle| app.officer(handle));
        let token = app.sessions().token(&cookie);
        Self { officer, begins: handle.is_none(), left: false, token, cookie, is_new: true, ..self.clone() }
    }

    /// The officers who may come back to this browser by a PIN.
    pub(crate) fn present(&self, app: &impl House) -> Vec<OfficerView> {
        let present = app.sessions().present(&self.cookie);
        present.iter().filter_map(|handle| app.officer(handle)).filter(|officer| officer.pin).collect()
    }

    /// Counts a PIN before it is checked; whether it may be checked at all.
    pub(crate) fn count_pin(&self, app: &impl House, handle: &str) -> bool {
        app.sessions().count_pin(&self.cookie, handle)
    }

    /// An officer whose PIN was right sits at this browser now.
    pub(crate) fn sit_down(&self, app: &impl House, handle: &str, response: impl IntoResponse) -> Response {
        match app.sessions().sit_down(&self.cookie, handle) {
            Some(cookie) => Self { cookie, is_new: true, ..self.clone() }.with_cookie(app, response),
            // The session ended meanwhile.
            None => Redirect::to("/masuk").into_response(),
        }
    }

    /// The officer gets up and stays present.
    pub(crate) fn get_up(&self, app: &impl House, response: impl IntoResponse) -> Response {
        match app.sessions().get_up(&self.cookie, true) {
            Some(cookie) => Self { cookie, is_new: true, ..self.clone() }.with_cookie(app, response),
            None => Redirect::to("/masuk").into_response(),
        }
    }

    /// The officer's work ends. Whoever else is present finds their tile.
    pub(crate) fn go_home(&self, app: &impl House) -> Response {
        match app.sessions().get_up(&self.cookie, false) {
            Some(cookie) => Self { cookie, is_new: true, ..self.clone() }.with_cookie(app, Redirect::to("/ganti")),
            None => self.log_out(app, Redirect::to("/masuk")),
        }
    }

    /// Everybody at this browser is logged out.
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
        pin: false,
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

    /// The officer may see who opened which record.
    pub(crate) fn audits(&self) -> Result<(), Problem> {
        self.personal()?;
        if self.officer.audits() { Ok(()) } else { Err(self.not_allowed()) }
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
                let door = if visit.left { "/ganti" } else { "/masuk" };
                let to = if back == "/" { door.to_owned() } else { format!("{door}?ke={back}") };
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

    /// Puts a text in the place of what was sent for a field.
    pub(crate) fn put(&mut self, name: &str, text: String) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), text));
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

    /// Every field that was sent, in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl<H: House> FromRequest<H> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &H) -> Result<Self, Response> {
        Self::with_files(request, app, UPLOAD_BYTES_MAX).await
    }
}

impl Posted {
    /// Reads a form whose files and fields may take so many bytes together.
    pub(crate) async fn with_files(request: Request, app: &impl House, files_max: usize) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let visit = Visit::of(app, &parts);
        let bad = |reason| visit.problem(reason).into_response();
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let with_files = kind.starts_with("multipart/form-data");
        let bytes_max = if with_files { files_max } else { FORM_BYTES_MAX };
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
