//! Which scripts of the office may ask the API: for its administrator.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::ToSpan;
use service::reply::{NewToken, TokenView};
use service::{Code, Command, Query, TOKEN_DAYS_MAX, TOKEN_NAME_BYTES_MAX, TokenScope};

use crate::app::{App, ask};
use crate::blank::Blank;
use crate::frame::{Frame, Place, page, refused};
use crate::problem::Problem;
use crate::session::{Desk, Posted};
use crate::sheets::day;
use crate::words::Words;

/// How long a new token lasts unless its form is given another day.
const DAYS: i64 = 90;

struct TokenLine {
    name: String,
    scopes: String,
    until: String,
    ended: bool,
    used: String,
    by: String,
    /// What is asked before it is withdrawn.
    withdraw: String,
}

struct ScopeBox {
    value: &'static str,
    label: String,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    frame: Frame,
    answer: String,
    faults: Vec<(&'static str, String)>,
    lines: Vec<TokenLine>,
    /// Shown once.
    made: Option<NewToken>,
    /// What was done, in words.
    done: Option<String>,
    blanks: [Blank; 2],
    scopes: Vec<ScopeBox>,
}

/// What a post came to.
#[derive(Default)]
struct Outcome {
    made: Option<NewToken>,
    done: Option<String>,
    faults: Vec<(&'static str, String)>,
    typed: Option<Posted>,
}

pub(crate) async fn list(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    shown(&app, &desk, Outcome::default()).await
}

/// Makes a token and shows its secret, this once.
pub(crate) async fn add(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let words = Words::of(desk.visit.language);
    let scopes = form.all("scope").filter_map(|scope| scope.parse().ok()).collect();
    let name = form.get("name").trim().to_lowercase();
    let by = desk.officer.handle.clone();
    let add = Command::AddToken { by, name, scopes, until: form.get("until").trim().to_owned() };
    let outcome = match ask!(app, add, NewToken) {
        Ok(made) => Outcome { made: Some(made), ..Outcome::default() },
        Err(problem) => {
            let field = match problem.field.as_deref() {
                Some("until") => "until",
                Some(_) | None => "name",
            };
            let Some(text) = problem.text.as_ref().map(|text| words.of_both(text).to_owned()) else {
                return Err(refused(problem, &desk));
            };
            Outcome { faults: vec![(field, text)], typed: Some(form), ..Outcome::default() }
        }
    };
    shown(&app, &desk, outcome).await
}

pub(crate) async fn withdraw(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let words = Words::of(desk.visit.language);
    let name = form.get("name").to_owned();
    // Destructive: confirmed by typing the name.
    if form.get("confirm").trim() != name {
        let faults = vec![("tokens", words.about("tokens-confirm", "name", name))];
        return shown(&app, &desk, Outcome { faults, ..Outcome::default() }).await;
    }
    match app.ask(Command::WithdrawToken { name: name.clone() }).await {
        Ok(_) => {}
        // Somebody else withdrew it a moment ago: it is as it was to be.
        Err(problem) if problem.code == Code::NotFound => {}
        Err(problem) => return Err(refused(problem, &desk)),
    }
    let done = Some(words.about("tokens-withdrawn", "name", name));
    shown(&app, &desk, Outcome { done, ..Outcome::default() }).await
}

/// The address of a form that is loaded again.
pub(crate) async fn again() -> Redirect {
    Redirect::to("/petugas/token")
}

async fn shown(app: &App, desk: &Desk, outcome: Outcome) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(app, desk, Place::Officers).await?;
    let words = frame.words;
    let tokens = ask!(app, Query::Tokens, Tokens).map_err(|problem| refused(problem, desk))?;
    let Outcome { made, done, faults, typed } = outcome;
    let typed_or = |name: &str, otherwise: String| typed.as_ref().map_or(otherwise, |typed| typed.get(name).to_owned());
    let today = jiff::Zoned::now().date();
    let in_time = today.saturating_add(DAYS.days()).strftime("%d-%m-%Y").to_string();
    let latest = today.saturating_add(TOKEN_DAYS_MAX.days()).strftime("%d-%m-%Y").to_string();
    let scopes = [TokenScope::Write, TokenScope::Personal].into_iter().map(|scope| ScopeBox {
        value: scope.name(),
        label: words.say(&format!("token-{}", scope.name())),
        ticked: typed.as_ref().is_some_and(|typed| typed.all("scope").any(|ticked| ticked == scope.name())),
    });
    let shown = TokensPage {
        answer: if tokens.is_empty() {
            words.say("tokens-none")
        } else {
            words.about("tokens-answer", "n", tokens.iter().filter(|token| !token.ended).count())
        },
        lines: tokens.iter().map(|token| line(words, token)).collect(),
        made,
        done,
        blanks: [
            Blank::text(words, "name", "tokens-name", &typed_or("name", String::new()))
                .hint(words.about("tokens-name-hint", "n", TOKEN_NAME_BYTES_MAX))
                .wrong(&faults),
            Blank::text(words, "until", "tokens-until", &typed_or("until", in_time))
                .hint(words.about("tokens-until-hint", "day", latest))
                .wrong(&faults),
        ],
        scopes: scopes.collect(),
        faults,
        frame,
    };
    let status = if shown.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

fn line(words: Words, token: &TokenView) -> TokenLine {
    let scopes: Vec<String> = token.scopes.iter().map(|scope| words.say(&format!("token-{}", scope.name()))).collect();
    let about = [("name", token.name.as_str().into()), ("officer", token.officer.as_str().into())];
    TokenLine {
        name: token.name.clone(),
        scopes: scopes.join("; "),
        until: day(&token.until),
        ended: token.ended,
        used: token.used_ms.map_or_else(|| words.say("tokens-never"), |used| words.when(used)),
        by: token.by.clone(),
        withdraw: words.with("tokens-withdraw-more", &about),
    }
}
