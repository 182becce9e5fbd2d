//! *Koordinasi*: what waits for this office, every agenda under its state, commitments, and the dates that come.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use service::reply::{AwaitingView, CoordinationLine, CoordinationView, ScoreView};
use service::{Command, Query as Ask};

use crate::app::{App, ask};
use crate::frame::{Frame, Place, page, refused};
use crate::problem::Problem;
use crate::session::{Desk, Posted};
use crate::sheets::day;
use crate::timeline::{Timeline, timeline};
use crate::today::Line;
use crate::words::Words;

pub(crate) struct Entry {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) state: String,
}

struct Column {
    label: String,
    /// The id of its heading.
    id: String,
    lines: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "coordination.html")]
struct CoordinationPage {
    frame: Frame,
    answer: String,
    /// What other offices said since it was marked as read, and how many records more there are.
    news: Vec<Entry>,
    more: String,
    /// Whether this officer may mark it as read.
    marks: bool,
    lines: Vec<Line>,
    columns: Vec<Column>,
    commitments: Option<Timeline>,
    dates: Vec<Entry>,
    opens: bool,
}

pub(crate) fn entry(words: Words, line: &CoordinationLine) -> Entry {
    Entry {
        href: format!("/catatan/{}/{}", line.kind, line.id),
        title: words.of_both(&line.title).to_owned(),
        state: words.of_both(&line.state).to_owned(),
    }
}

fn waiting(words: Words, line: &AwaitingView) -> Line {
    let task = words.of_both(&line.task);
    let mut letters = task.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    Line {
        state: if line.late { "alone" } else { "choose" },
        text: format!("{first}{}: {}", letters.as_str(), words.of_both(&line.about)),
        more: match &line.due {
            Some(due) => words.about(if line.late { "due-since" } else { "due-by" }, "day", day(due)),
            None => words.say("coordination-no-day"),
        },
        href: format!("/catatan/{}/{}", line.kind, line.id),
        action: words.say("coordination-open"),
    }
}

/// Whose indicators are shown.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    wilayah: String,
    #[serde(default)]
    tahun: String,
    #[serde(default)]
    sendiri: String,
}

/// Where an indicator stands in the picture: a filled mark now, an open one as it was found.
struct Mark {
    number: usize,
    y: usize,
    now: usize,
    before: Option<usize>,
}

/// The codes of the levels, and where each stands in the picture.
pub(crate) const LEVELS: [(&str, usize); 4] =
    [("tanpa_catatan", 100), ("belum", 220), ("sebagian", 340), ("terbentuk", 460)];

/// The key of what a level is called.
pub(crate) fn level_key(code: &str) -> String {
    format!("score-{}", code.replace('_', "-"))
}

fn level_x(code: &str) -> usize {
    LEVELS.iter().find(|(known, _)| *known == code).map_or(0, |(_, x)| *x)
}

fn mark((index, view): (usize, &ScoreView)) -> Mark {
    let before = view.baseline.as_ref().map(|found| level_x(&found.code));
    Mark { number: index + 1, y: 56 + index * 28, now: level_x(&view.code), before }
}

/// One indicator.
struct Row {
    indicator: String,
    /// Colour and shape.
    state: &'static str,
    level: String,
    measures: Vec<(String, Vec<Entry>)>,
    /// The year, how far it was, what was found and where it is written.
    before: Option<(i16, String, String, String)>,
}

#[derive(Template)]
#[template(path = "scorecard.html")]
struct ScorePage {
    frame: Frame,
    answer: String,
    region: String,
    year: String,
    own: bool,
    error: Option<String>,
    rows: Vec<Row>,
    /// The levels with their place, and where each indicator stands.
    levels: Vec<(String, usize)>,
    marks: Vec<Mark>,
}

fn score(words: Words, view: &ScoreView) -> Row {
    let measure = |measure: &service::reply::MeasureView| {
        let what = words.of_both(&measure.what);
        let text = match measure.of {
            Some(of) => {
                words.with("score-share", &[("count", measure.count.into()), ("of", of.into()), ("what", what.into())])
            }
            None => words.with("score-count", &[("count", measure.count.into()), ("what", what.into())]),
        };
        (text, measure.evidence.iter().map(|line| entry(words, line)).collect())
    };
    Row {
        indicator: words.of_both(&view.indicator).to_owned(),
        state: match view.code.as_str() {
            "terbentuk" => "well",
            "sebagian" => "choose",
            "belum" => "alone",
            _ => "away",
        },
        level: words.of_both(&view.level).to_owned(),
        measures: view.measures.iter().map(measure).collect(),
        before: view.baseline.as_ref().map(|found| {
            let (level, finding) = (words.of_both(&found.level), words.of_both(&found.finding));
            (found.year, level.to_owned(), finding.to_owned(), found.source.clone())
        }),
    }
}

/// Ndraha's seven indicators of a region and year.
pub(crate) async fn scorecard(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    desk: Desk,
) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(&app, &desk, Place::Coordination).await?;
    let words = frame.words;
    let region = Some(wanted.wilayah.clone()).filter(|region| !region.trim().is_empty());
    let own = wanted.sendiri == "ya";
    let ask = Ask::Scorecard { region, year: wanted.tahun.trim().parse().ok(), own };
    let (found, error) = match ask!(app, ask, Scorecard) {
        Ok(found) => (Some(found), None),
        Err(problem) => (None, Some(crate::sheet_form::beside(words, problem, &desk)?.1)),
    };
    let shown = ScorePage {
        answer: words.say("score-title"),
        region: found.as_ref().map_or(wanted.wilayah, |found| found.region.clone()),
        year: found.as_ref().map_or(wanted.tahun, |found| found.year.to_string()),
        own,
        error,
        rows: found.iter().flat_map(|found| &found.scores).map(|view| score(words, view)).collect(),
        levels: LEVELS.map(|(code, x)| (words.say(&level_key(code)), x)).into(),
        marks: found.iter().flat_map(|found| found.scores.iter().enumerate()).map(mark).collect(),
        frame,
    };
    Ok(page(&shown, &desk.visit))
}

pub(crate) async fn show(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(&app, &desk, Place::Coordination).await?;
    let words = frame.words;
    let found: Box<CoordinationView> =
        ask!(app, Ask::Coordination, Coordination).map_err(|problem| refused(problem, &desk))?;
    let nothing = found.agendas.is_empty() && found.commitments.is_empty() && found.dates.is_empty();
    let answer = match found.awaiting.len() {
        0 if nothing => words.say("coordination-empty"),
        0 => words.say("coordination-nothing"),
        n => words.about("coordination-some", "n", n),
    };
    let column = |column: &service::reply::CoordinationColumn| Column {
        label: words.of_both(&column.label).to_owned(),
        id: format!("state-{}", column.state),
        lines: column.lines.iter().map(|line| entry(words, line)).collect(),
    };
    let shown = CoordinationPage {
        answer,
        news: found.news.lines.iter().map(|line| entry(words, line)).collect(),
        more: match found.news.more {
            0 => String::new(),
            n => words.about("coordination-more-news", "n", n),
        },
        marks: desk.officer.writes(),
        lines: found.awaiting.iter().map(|line| waiting(words, line)).collect(),
        columns: found.agendas.iter().map(column).collect(),
        commitments: timeline(words, &found.commitments, jiff::Zoned::now().date()),
        dates: found.dates.iter().map(|line| entry(words, line)).collect(),
        opens: desk.officer.writes() && found.may_open,
        frame,
    };
    Ok(page(&shown, &desk.visit))
}

/// Marks what other offices said as read.
pub(crate) async fn mark_read(State(app): State<App>, desk: Desk, _form: Posted) -> Result<Redirect, Problem> {
    desk.writes()?;
    app.ask(Command::MarkRead).await.map_err(|problem| refused(problem, &desk))?;
    Ok(Redirect::to("/koordinasi"))
}

/// Whoever comes back to what a button did sees the page.
pub(crate) async fn again() -> Redirect {
    Redirect::to("/koordinasi")
}
