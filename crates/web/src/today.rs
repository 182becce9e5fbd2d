//! *Hari ini*, the first page of an officer, and the parts of a page that follow what arrives.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use service::ClockDoubt;
use service::reply::{DueLine, DueView, Glance};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::{App, ask};
use crate::frame::{Chip, Frame, Place, chip, digest, glance, page, refused};
use crate::problem::Problem;
use crate::session::Desk;
use crate::words::Words;

/// How long a receipt or a peer's progress may go unseen on an open page; what arrives is seen at once.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How many lines stand there; what is beyond is counted.
const LINES_MAX: usize = 7;

/// How many forms that were not sent stand there.
const DRAFTS_MAX: usize = 3;

/// One line of a list of what is to be done.
pub(crate) struct Line {
    /// Colour and shape: `well`, `alone`, `choose` or `away`.
    pub(crate) state: &'static str,
    pub(crate) text: String,
    pub(crate) more: String,
    pub(crate) href: String,
    pub(crate) action: String,
}

#[derive(Template)]
#[template(path = "today.html")]
struct Today {
    frame: Frame,
    answer: String,
    lines: Vec<Line>,
    /// How much more is due than there is room for.
    rest: u64,
    participants: u64,
    writes: bool,
    /// Why no date is filled in by itself.
    clock: Option<String>,
}

pub(crate) async fn today(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let (frame, glance) = Frame::of(&app, &desk, Place::Today).await?;
    let words = frame.words;
    let due = app.service().due().await.map_err(|problem| refused(problem, &desk))?;
    let mut lines = lines(words, &glance, desk.officer.administers());
    let drafts = app.service().drafts(&desk.officer.handle).into_iter().take(DRAFTS_MAX);
    lines.splice(
        0..0,
        drafts.map(|(form, draft)| Line {
            state: "choose",
            text: words.about("today-draft", "form", draft.title),
            more: words.about("today-draft-more", "time", words.when(draft.at_ms)),
            href: form,
            action: words.say("today-draft-action"),
        }),
    );
    let found = ask!(app, service::Query::Coordination, Coordination).map_err(|problem| refused(problem, &desk))?;
    lines.extend(waiting(words, &found));
    let rest = due_into(words, &due, &mut lines);
    let answer = match rest as usize + lines.iter().filter(|line| line.state != "well").count() {
        // What to do first, whatever else is left.
        _ if glance.participants == 0 => words.say("today-empty"),
        0 => words.say("today-nothing"),
        n => words.about("today-some", "n", n),
    };
    let writes = desk.officer.writes() && glance.may_register;
    let now = jiff::Timestamp::now().as_millisecond();
    let clock = app.service().clock_doubt().map(|doubt| match doubt {
        ClockDoubt::BeforeOwn(last) => {
            let about = [("now", words.moment(now).into()), ("last", words.moment(last).into())];
            words.with("today-clock-before", &about)
        }
        ClockDoubt::OffFromOthers(ahead) => {
            let minutes = ahead.unsigned_abs() / 60_000;
            words.with("today-clock-off", &[("now", words.moment(now).into()), ("n", minutes.into())])
        }
    });
    Ok(page(&Today { frame, answer, lines, rest, participants: glance.participants, writes, clock }, &desk.visit))
}

/// Adds what is due, behind what needs a look and before the word that all is well, as far as there is room; gives how
/// much is left out.
fn due_into(words: Words, due: &DueView, lines: &mut Vec<Line>) -> u64 {
    let before = lines.iter().position(|line| line.state == "well").unwrap_or(lines.len());
    let room = LINES_MAX.saturating_sub(lines.len());
    let told: Vec<Line> = due.lines.iter().take(room).map(|line| due_line(words, line)).collect();
    let rest = due.total - told.len() as u64;
    lines.splice(before..before, told);
    rest
}

fn due_line(words: Words, line: &DueLine) -> Line {
    let about = words.of_both(&line.about);
    let what = words.of_both(&line.what);
    Line {
        state: if line.late { "alone" } else { "choose" },
        text: if about.is_empty() { what.to_owned() } else { format!("{about}: {what}") },
        more: words.about(if line.late { "due-since" } else { "due-by" }, "day", crate::sheets::day(&line.day)),
        href: match (&line.record, &line.person) {
            (Some((kind, id)), _) => format!("/catatan/{kind}/{id}"),
            (None, Some(person)) => format!("/peserta/{person}"),
            (None, None) => "/jatuh-tempo".to_owned(),
        },
        action: words.say("today-only-here-action"),
    }
}

/// What waits in coordination, in one line.
fn waiting(words: Words, found: &service::reply::CoordinationView) -> Option<Line> {
    let first = found.awaiting.first()?;
    Some(Line {
        state: if found.awaiting.iter().any(|line| line.late) { "alone" } else { "choose" },
        text: words.about("today-coordination", "n", found.awaiting.len()),
        more: format!("{}: {}", words.of_both(&first.task), words.of_both(&first.about)),
        href: "/koordinasi".to_owned(),
        action: words.say("coordination-open"),
    })
}

#[derive(Template)]
#[template(path = "due.html")]
struct DuePage {
    frame: Frame,
    answer: String,
    lines: Vec<Line>,
    rest: u64,
    /// The same as a text for a message.
    message: String,
}

/// Everything that is due.
pub(crate) async fn due(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(&app, &desk, Place::Today).await?;
    let words = frame.words;
    let due = app.service().due().await.map_err(|problem| refused(problem, &desk))?;
    let lines: Vec<Line> = due.lines.iter().map(|line| due_line(words, line)).collect();
    let answer = match due.total {
        0 => words.say("due-nothing"),
        n => words.about("due-some", "n", n),
    };
    let rest = due.total - lines.len() as u64;
    let told = lines.iter().map(|line| format!("- {}. {}", line.text, line.more));
    let message = std::iter::once(answer.clone()).chain(told).collect::<Vec<_>>().join("\n");
    Ok(page(&DuePage { frame, answer, lines, rest, message }, &desk.visit))
}

/// What an officer can end, the most pressing first.
fn lines(words: Words, glance: &Glance, administers: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    if administers && !glance.office.admitted {
        lines.push(Line {
            state: "choose",
            text: words.say("today-not-joined"),
            more: words.say("today-not-joined-more"),
            href: "/mulai".to_owned(),
            action: words.say("today-not-joined-action"),
        });
    }
    if glance.contested > 0 {
        lines.push(Line {
            state: "choose",
            text: words.about("today-contested", "n", glance.contested),
            more: words.say("today-contested-more"),
            href: "/perlu-dilihat".to_owned(),
            action: words.say("today-contested-action"),
        });
    }
    if glance.contested_records > 0 {
        lines.push(Line {
            state: "choose",
            text: words.about("today-contested-records", "n", glance.contested_records),
            more: words.say("today-contested-more"),
            href: "/perlu-dilihat".to_owned(),
            action: words.say("today-contested-action"),
        });
    }
    if glance.only_here > 0 {
        let since = glance.only_here_since_ms.map_or_else(|| words.say("time-unknown"), |time| words.when(time));
        lines.push(Line {
            state: "alone",
            text: words.with("today-only-here", &[("n", glance.only_here.into()), ("time", since.into())]),
            more: words.say(match (glance.office.admitted, glance.connected.is_empty()) {
                (false, _) => "today-only-here-not-joined",
                (true, true) => "today-only-here-away",
                (true, false) => "today-only-here-going",
            }),
            href: "/hanya-di-sini".to_owned(),
            action: words.say("today-only-here-action"),
        });
    } else if glance.office.admitted && glance.participants > 0 {
        let Chip { state, text } = chip(words, glance);
        let more = words.say(if state == "well" { "today-equal-more" } else { "today-away-more" });
        let action = words.say("today-only-here-action");
        lines.push(Line {
            state: if state == "well" { "well" } else { "away" },
            text,
            more,
            href: "/hanya-di-sini".to_owned(),
            action,
        });
    }
    lines
}

#[derive(Template)]
#[template(path = "news.html")]
struct ChipPart {
    chip: Chip,
    contested: u64,
    only_here: u64,
    counts_here: bool,
}

/// The chip and the numbers in the navigation, for a page that is open.
pub(crate) async fn chip_part(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let glance = glance(&app, &desk).await?;
    let (contested, only_here) = (glance.contested + glance.contested_records, glance.only_here);
    // Only villages have the place in their navigation.
    let counts_here = app.service().office().kind == "village";
    Ok(page(&ChipPart { chip: chip(words, &glance), contested, only_here, counts_here }, &desk.visit))
}

#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Since {
    /// What the page was made of.
    #[serde(default)]
    sejak: String,
}

/// Says `berubah` whenever what an officer sees at a glance is another than the page was made of: the open pages then
/// look again.
pub(crate) async fn news(State(app): State<App>, Query(since): Query<Since>, desk: Desk) -> Response {
    let (say, said) = mpsc::channel::<Result<Event, Infallible>>(4);
    let mut stopping = app.stopping();
    tokio::spawn(async move {
        let mut last = since.sejak;
        loop {
            // Asked for before looking, so that nothing falls between.
            let (shown, connected) = (app.service().shows_something_else(), app.service().connections());
            let now = glance(&app, &desk).await.map_or_else(|_| String::new(), |glance| digest(&glance));
            if now != last {
                last = now;
                if say.send(Ok(Event::default().event("berubah").data("."))).await.is_err() {
                    return;
                }
            }
            tokio::select! {
                () = shown => {}
                () = connected => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = say.closed() => return,
                _ = stopping.wait_for(|stop| *stop) => return,
            }
        }
    });
    Sse::new(ReceiverStream::new(said)).keep_alive(KeepAlive::default()).into_response()
}
