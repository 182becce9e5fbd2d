//! The attendance of a Bimtek: on its page as a table, and as a grid to mark in, of plain lists that the keyboard opens.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{AttendanceMarks, AttendanceRow, AttendanceView};
use service::{Command, MarkChange};

use crate::app::App;
use crate::frame::{Frame, Place, page};
use crate::person::who;
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Posted};
use crate::sheet_form::{ChangedPart, beside};
use crate::sheets::{day, sheet, sheet_row};
use crate::words::Words;

/// The attendance of a Bimtek, in words.
pub(crate) struct Grid {
    pub(crate) days: Vec<GridDay>,
    pub(crate) rows: Vec<GridRow>,
    /// How many were there, by day.
    pub(crate) totals: Vec<(String, u32)>,
    pub(crate) lines: Vec<String>,
    /// How many attended every day.
    pub(crate) whole: u32,
    /// Where it is marked, where this officer may.
    pub(crate) mark: Option<String>,
    /// Stands for every mark.
    pub(crate) shown: String,
}

/// One day.
pub(crate) struct GridDay {
    /// What stands for it in forms.
    pub(crate) iso: String,
    pub(crate) day: String,
    /// Whoever is not marked on it is to be present.
    pub(crate) fills: bool,
}

/// One person.
pub(crate) struct GridRow {
    pub(crate) name: String,
    pub(crate) beside: String,
    pub(crate) cells: Vec<GridCell>,
    pub(crate) present: u32,
    pub(crate) says: String,
}

/// One person and day.
pub(crate) struct GridCell {
    /// Its name in the form.
    pub(crate) field: String,
    pub(crate) day: String,
    pub(crate) text: String,
    /// Who said what, where offices differ.
    pub(crate) said: Vec<String>,
    pub(crate) was: String,
    /// What can be marked: code, words, and whether it is what stands or was chosen.
    pub(crate) options: Vec<(String, String, bool)>,
    pub(crate) error: Option<String>,
}

/// What was typed into a cell, and what is wrong with it.
type Typed<'a> = &'a dyn Fn(&str) -> (Option<String>, Option<String>);

pub(crate) fn grid(words: Words, at: &str, view: &AttendanceView, writes: bool) -> Grid {
    grid_of(words, at, view, writes, &|_| (None, None))
}

fn grid_of(words: Words, at: &str, view: &AttendanceView, writes: bool, typed: Typed<'_>) -> Grid {
    let fills = |iso: &str| typed(&format!("all-{iso}")).0.is_some();
    let days = view.days.iter().map(|iso| GridDay { iso: iso.clone(), day: day(iso), fills: fills(iso) });
    let days: Vec<GridDay> = days.collect();
    let row = |row: &AttendanceRow| GridRow {
        name: row.called.name.clone(),
        beside: row.called.beside.clone(),
        cells: days.iter().zip(&row.cells).map(|(day, marks)| cell(words, view, row, day, marks, typed)).collect(),
        present: row.present,
        says: words.of_both(&row.says).to_owned(),
    };
    let mut lines = Vec::new();
    if view.days.is_empty() {
        lines.push(words.about("grid-no-days", "n", view.days_of_programme));
    }
    if !view.people.is_empty() && !view.days.is_empty() {
        lines.push(words.with("grid-whole", &[("n", view.whole.into()), ("all", view.people.len().into())]));
    }
    lines.extend(view.differs.iter().map(|both| words.of_both(both).to_owned()).map(sentence));
    let ready = writes && view.may_mark && !view.days.is_empty() && !view.people.is_empty();
    let json = serde_json::to_vec(&view.people).unwrap_or_default();
    Grid {
        rows: view.people.iter().map(row).collect(),
        totals: days.iter().map(|day| day.day.clone()).zip(view.totals.iter().copied()).collect(),
        whole: view.whole,
        mark: ready.then(|| format!("{at}/hadir")),
        shown: data_encoding::HEXLOWER.encode(&blake3::hash(&json).as_bytes()[..16]),
        days,
        lines,
    }
}

fn cell(
    words: Words,
    view: &AttendanceView,
    row: &AttendanceRow,
    day: &GridDay,
    marks: &AttendanceMarks,
    typed: Typed<'_>,
) -> GridCell {
    let field = change(&row.person, &day.iso, &marks.mark, "").field();
    let (now, error) = typed(&field);
    let chosen = now.unwrap_or_else(|| marks.mark.clone());
    let text = words.of_both(&marks.text).to_owned();
    let option = |code: &str, label: String| (code.to_owned(), label, code == chosen);
    let mut options = vec![option("", "–".to_owned())];
    options.extend(view.marks.iter().map(|(code, both)| option(code, words.of_both(both).to_owned())));
    if !marks.said.is_empty() {
        options.push(option(&marks.mark, words.say("grid-differ")));
    }
    GridCell {
        field,
        day: day.day.clone(),
        said: marks.said.iter().map(|(mark, by)| format!("{}: {}", words.of_both(mark), who(words, by))).collect(),
        was: marks.mark.clone(),
        text,
        options,
        error,
    }
}

fn change(person: &str, day: &str, was: &str, now: &str) -> MarkChange {
    let [person, day, was, now] = [person, day, was, now].map(str::to_owned);
    MarkChange { person, day, was, now }
}

/// A sentence of it: a capital first, a full stop last.
fn sentence(text: String) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[derive(Template)]
#[template(path = "attendance.html")]
struct AttendancePage {
    frame: Frame,
    at: String,
    title: String,
    lead: String,
    errors: Vec<(String, String)>,
    grid: Grid,
}

/// The attendance of the record of an address, if it is a Bimtek.
async fn held(app: &App, desk: &Desk, code: &str, id: &str) -> Result<(String, AttendanceView), Problem> {
    let words = Words::of(desk.visit.language);
    let sheet = sheet(app, desk, code, id).await?;
    let title = sheet_row(words, &sheet.line).title;
    let view = sheet.attendance.ok_or_else(|| desk.visit.problem(Reason::NotFound))?;
    if view.may_mark { Ok((title, *view)) } else { Err(desk.visit.problem(Reason::NoRight)) }
}

pub(crate) async fn ask_marks(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.writes()?;
    let (title, view) = held(&app, &desk, &code, &id).await?;
    let (frame, _) = Frame::of(&app, &desk, Place::Records).await?;
    let at = format!("/catatan/{code}/{id}");
    let grid = grid(frame.words, &at, &view, true);
    Ok(page(&attendance_page(frame, at, title, Vec::new(), grid), &desk.visit))
}

fn attendance_page(
    frame: Frame,
    at: String,
    title: String,
    errors: Vec<(String, String)>,
    grid: Grid,
) -> AttendancePage {
    let lead = frame.words.say("grid-lead");
    AttendancePage { title: frame.words.about("grid-title", "name", title), frame, at, lead, errors, grid }
}

/// Writes the cells that the officer changed, as one change. A cell that another office marked meanwhile is shown with
/// what it says now; nothing is written then, and nothing that was typed is lost.
pub(crate) async fn mark(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let (title, view) = held(&app, &desk, &code, &id).await?;
    let words = Words::of(desk.visit.language);
    let at = format!("/catatan/{code}/{id}");
    let (marks, mut errors) = changes(words, &view, &form);
    if errors.is_empty() {
        if marks.is_empty() {
            return Ok(Redirect::to(&at).into_response());
        }
        match app.ask(Command::Attend { officer, id, marks }).await {
            Ok(_) => return Ok(Redirect::to(&format!("{at}?sudah=catat")).into_response()),
            Err(problem) => errors.push(beside(words, problem, &desk)?),
        }
    }
    let typed = |field: &str| {
        let error = errors.iter().find(|(known, _)| known == field).map(|(_, text)| text.clone());
        (form.all(field).next().map(str::to_owned), error)
    };
    let grid = grid_of(words, &at, &view, true, &typed);
    let (frame, _) = Frame::of(&app, &desk, Place::Records).await?;
    let shown = attendance_page(frame, at, title, errors.clone(), grid);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response())
}

/// What the officer changed, and the cells that say something else by now than when the grid was shown.
fn changes(words: Words, view: &AttendanceView, form: &Posted) -> (Vec<MarkChange>, Vec<(String, String)>) {
    let (mut marks, mut errors) = (Vec::new(), Vec::new());
    for row in &view.people {
        for (iso, stands) in view.days.iter().zip(&row.cells) {
            let field = change(&row.person, iso, "", "").field();
            // Who came onto the list since is not on the form.
            let Some(sent) = form.all(&field).next() else { continue };
            let was = form.get(&format!("was-{field}"));
            let filled = was.is_empty() && sent.is_empty() && form.get(&format!("all-{iso}")) == "yes";
            let now = if filled { "hadir" } else { sent };
            if now == was || now == stands.mark {
                continue;
            }
            if was != stands.mark {
                if !filled {
                    let stands = Some(words.of_both(&stands.text)).filter(|text| !text.is_empty()).unwrap_or("–");
                    let name = row.called.name.as_str();
                    let about = [("name", name.into()), ("day", day(iso).into()), ("mark", stands.into())];
                    errors.push((field, words.with("grid-meanwhile", &about)));
                }
                continue;
            }
            marks.push(change(&row.person, iso, was, now));
        }
    }
    (marks, errors)
}

/// Whether the marks are others than the open grid was shown; what is marked there stays as it is.
pub(crate) async fn changed_since(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let (_, view) = held(&app, &desk, &code, &id).await?;
    let words = Words::of(desk.visit.language);
    let at = format!("/catatan/{code}/{id}");
    let changed = grid(words, &at, &view, false).shown != form.get("shown");
    Ok(page(&ChangedPart { words, at, changed }, &desk.visit))
}
