//! One office, for an administrator: how it is and what to do, what each side lacks of the other, whom to call, what was
//! noted, and how it kept in touch.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{NodeStanding, OfficeReport};
use service::{Command, Query as Ask};

use crate::app::{App, ask};
use crate::blank::Blank;
use crate::chart::{Columns, columns};
use crate::frame::{Frame, Place, page, refused};
use crate::health::{called, shape};
use crate::only_here::{ChangedRow, changed_rows};
use crate::panels::{Panel, PanelRow};
use crate::problem::Problem;
use crate::session::{Desk, Posted};
use crate::sheet_form::beside;
use crate::words::Words;

/// How many silences stand on the page.
const SILENCES: usize = 10;

const HOUR_MS: i64 = 3_600_000;

#[derive(Template)]
#[template(path = "office_health.html")]
struct OfficePage {
    frame: Frame,
    /// Where it is.
    at: String,
    name: String,
    state: &'static str,
    label: String,
    as_of: String,
    panels: Vec<Panel>,
    faults: Vec<(&'static str, String)>,
    blanks: Vec<Blank>,
    spoke: bool,
    lag: Option<Columns>,
    /// What it lacks of what is held here.
    rows: Vec<ChangedRow>,
    others: Option<String>,
    /// Its id, where a file can be carried to it.
    carry: Option<String>,
}

/// A table of the page: what it is called, its columns, its rows, and what stands there without any.
pub(crate) fn panel(words: Words, title: &str, names: &[&str], rows: Vec<PanelRow>, empty: &str) -> Panel {
    Panel {
        title: words.say(title),
        lines: if rows.is_empty() { vec![words.say(empty)] } else { Vec::new() },
        columns: names.iter().map(|name| words.say(name)).collect(),
        rows,
    }
}

pub(crate) fn row(words: Words, head: String, cells: &[(&str, String)]) -> PanelRow {
    let cells = cells.iter().map(|(name, text)| (words.say(name), text.clone())).collect();
    PanelRow { page: None, head, beside: String::new(), cells, ask: None }
}

fn found(words: Words, report: &OfficeReport) -> Panel {
    let rows = report.found.iter().map(|found| {
        row(
            words,
            words.of_said(&found.sentence).to_owned(),
            &[("office-todo", words.of_said(&found.action).to_owned())],
        )
    });
    panel(words, "health-found", &["health-found", "office-todo"], rows.collect(), "office-nothing-found")
}

/// What each side lacks; of itself an office lacks nothing.
fn directions(words: Words, report: &OfficeReport) -> Option<Panel> {
    let count = |n: u64| [("office-changes", words.about("health-items", "n", n))];
    let rows = vec![
        row(words, words.say("office-not-there"), &count(report.lacks)),
        row(words, words.say("office-not-here"), &count(report.not_here)),
    ];
    let mut panel = panel(words, "office-directions", &["office-direction", "office-changes"], rows, "office-none");
    panel.lines.extend(report.below.then(|| words.say("office-below")));
    (!report.own).then_some(panel)
}

fn contacts(words: Words, report: &OfficeReport) -> Panel {
    let rows = report.contacts.iter().map(|contact| PanelRow {
        page: None,
        head: contact.people.join("; "),
        beside: String::new(),
        cells: vec![(words.say("office-hours"), contact.hours.join(" / "))],
        ask: Some((
            format!("/catatan/kontak/{}", contact.id),
            words.say("office-open"),
            format!("contact-{}", contact.id),
        )),
    });
    let empty = if report.own { "office-no-contact-here" } else { "office-no-contact" };
    panel(words, "office-call", &["office-person", "office-hours"], rows.collect(), empty)
}

fn away(words: Words, report: &OfficeReport) -> Option<Panel> {
    let rows: Vec<PanelRow> = (report.away.iter())
        .map(|away| {
            let whom = if away.whole_region { "office-away-region" } else { "office-away-office" };
            let cells = [
                ("office-until", away.until.clone()),
                ("office-why", away.why.clone()),
                ("office-for", words.say(whom)),
            ];
            row(words, away.since.clone(), &cells)
        })
        .collect();
    let columns = ["office-since", "office-until", "office-why", "office-for"];
    (!rows.is_empty()).then(|| panel(words, "office-away", &columns, rows, "office-none"))
}

fn notes(words: Words, report: &OfficeReport) -> Panel {
    let rows = report.notes.iter().map(|note| {
        let spoke = if note.spoke { words.say("office-spoke") } else { String::new() };
        let by = [("office-by", note.by.clone()), ("office-spoken", spoke), ("office-note", note.text.clone())];
        row(words, words.when(note.at_ms), &by)
    });
    let columns = ["office-when", "office-by", "office-spoken", "office-note"];
    panel(words, "office-notes", &columns, rows.collect(), "office-no-notes")
}

fn touch(words: Words, report: &OfficeReport) -> Panel {
    let silences = report.silences.iter().take(SILENCES);
    let rows = silences
        .map(|silence| row(words, words.when(silence.first_ms), &[("office-again", words.when(silence.last_ms))]));
    let mut touch =
        panel(words, "office-touch", &["office-silent", "office-again"], rows.collect(), "office-no-silences");
    if let Some(heard) = report.heard.filter(|_| !report.own) {
        let times = [("first", words.when(heard.first_ms).into()), ("last", words.when(heard.last_ms).into())];
        touch.lines.insert(0, words.with("office-heard", &times));
        touch.lines.push(words.about("office-habit", "n", report.habit_ms / HOUR_MS));
    }
    touch
}

fn nodes(words: Words, report: &OfficeReport) -> Panel {
    let row = |node: &NodeStanding| {
        let state = match (node.removed, node.connected) {
            (true, _) => "office-removed",
            (false, true) => "office-connected",
            (false, false) => "office-not-connected",
        };
        let reported = node.reported_ms.map_or_else(|| words.say("health-never"), |at| words.when(at));
        let cells = [
            ("col-state", words.say(state)),
            ("office-version", node.version.clone().unwrap_or_default()),
            ("office-reported", reported),
            (
                "office-trail",
                node.trail.as_ref().map_or_else(String::new, |(lines, digest)| words.trail(*lines, digest)),
            ),
        ];
        let mut row = row(words, node.short.clone(), &cells);
        let lost =
            (format!("/kesehatan/komputer/{}", node.key), words.say("office-lost"), format!("lost-{}", node.short));
        row.ask = (!node.own).then_some(lost);
        row
    };
    let columns = ["office-computer", "col-state", "office-version", "office-reported", "office-trail"];
    panel(words, "office-computers", &columns, report.nodes.iter().map(row).collect(), "office-none")
}

/// What the office lacked on each day, as a picture; none where it lacked nothing.
fn lag(words: Words, report: &OfficeReport) -> Option<Columns> {
    let most = report.lag.iter().map(|(_, lacked)| *lacked).max().filter(|most| *most > 0)?;
    Some(columns(words.about("office-lag", "n", most), &report.lag))
}

pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    shown(&app, &desk, &id, Vec::new(), None).await
}

async fn shown(
    app: &App,
    desk: &Desk,
    id: &str,
    faults: Vec<(&'static str, String)>,
    typed: Option<&Posted>,
) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(app, desk, Place::Health).await?;
    let words = frame.words;
    let report = ask!(app, Ask::OfficeHealth { office: id.to_owned() }, OfficeHealth)
        .map_err(|problem| refused(problem, desk))?;
    let typed_text = typed.map(|form| form.get("text").to_owned()).unwrap_or_default();
    let mut note = Blank::text(words, "text", "office-note", &typed_text);
    note.error = faults.first().map(|(_, text)| text.clone());
    let panels = [
        Some(found(words, &report)),
        directions(words, &report),
        Some(contacts(words, &report)),
        away(words, &report),
        Some(nodes(words, &report)),
        Some(touch(words, &report)),
        Some(notes(words, &report)),
    ];
    let (rows, others) = changed_rows(words, &report.lacking);
    let there = report.nodes.iter().any(|node| !node.removed);
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = OfficePage {
        at: format!("/kesehatan/kantor/{}", report.office.id),
        name: report.office.name.clone(),
        state: shape(report.office.state),
        label: called(words, report.office.state),
        as_of: words.about("health-as-of", "time", words.when(report.office.as_of_ms)),
        panels: panels.into_iter().flatten().collect(),
        lag: lag(words, &report),
        carry: (!report.own && there && desk.writes().is_ok()).then(|| report.office.id.clone()),
        rows,
        others,
        blanks: vec![note],
        spoke: typed.is_some_and(|form| form.get("spoke") == "ya"),
        faults,
        frame,
    };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

/// Notes something about an office.
pub(crate) async fn note(
    State(app): State<App>,
    Path(id): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    desk.administers()?;
    let note = Command::NoteOffice {
        office: id.clone(),
        by: desk.officer.name.clone(),
        text: form.get("text").to_owned(),
        spoke: form.get("spoke") == "ya",
    };
    match app.ask(note).await {
        Ok(_) => Ok(Redirect::to(&format!("/kesehatan/kantor/{id}")).into_response()),
        Err(problem) => {
            let (_, text) = beside(Words::of(desk.visit.language), problem, &desk)?;
            shown(&app, &desk, &id, vec![("text", text)], Some(&form)).await
        }
    }
}
