//! Lists on paper: whom to visit, by dusun and RT; who was there, with room to sign; and the records of a kind, what is due
//! first. None of them has a NIK.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use print::{Line, Part, Table};
use service::reply::{AttendanceView, Found, FoundRow, FoundSheets, SheetLine};
use service::{FOUND_ROWS_MAX, Find, FindSheets, FindStage, Query};

use crate::app::{App, ask};
use crate::frame::refused;
use crate::paper::{OnPaper, PaperSize, filled_in, headed, not_too_long, pressed, signed};
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Posted};
use crate::sheets::{day, kind, sheet, sheet_row, wanted};
use crate::words::Words;

/// The height of a row in which somebody writes, and of one in which somebody signs, in millimetres.
const WRITTEN_MM: u8 = 9;
pub(crate) const SIGNED_MM: u8 = 12;

/// The list of participants as its page shows it, for visits.
pub(crate) async fn participants(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    visits(&app, &desk, PaperSize::posted(&form), crate::find::wanted(&form, false)).await
}

/// What is only posted to leads back when it is opened, as by the switch of the language.
pub(crate) async fn again() -> Redirect {
    Redirect::to("/peserta")
}

/// Whom to visit: everybody whom a filter finds and who still takes part, by village, dusun and RT. Who left is on it only
/// where the filter asks for them, and who died never.
pub(crate) async fn visits(app: &App, desk: &Desk, size: PaperSize, find: Find) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let mut people = Vec::new();
    let mut after = None;
    loop {
        let part = Find { after, limit: FOUND_ROWS_MAX, ..find.clone() };
        let found: Box<Found> = ask!(app, Query::Find(part), Found).map_err(|problem| refused(problem, desk))?;
        not_too_long(found.total, desk)?;
        people.extend(found.rows);
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    let died: BTreeSet<String> = people.iter().filter(|row| row.died()).map(|row| row.person.clone()).collect();
    let asked = find.stage == Some(FindStage::Left);
    people.retain(|row| !died.contains(&row.person) && (asked || !row.has_left()));
    let mut paper = headed(app, desk, size, words.say("print-visits-title"));
    paper.about.push(Line::Text(words.about("print-people", "n", people.len())));
    let mut people: Vec<(Place, FoundRow)> = people.into_iter().map(|row| (Place::of(&row), row)).collect();
    people.sort_by(|(a, _), (b, _)| a.cmp(b));
    for at_one_place in people.chunk_by(|(a, _), (b, _)| a == b) {
        let Some((place, _)) = at_one_place.first() else { continue };
        let heading = place.in_words(words);
        let count = words.about("print-people", "n", at_one_place.len());
        paper.parts.push(Part::Heading(format!("{heading} ({count})")));
        paper.parts.push(visited(words, at_one_place.iter().map(|(_, row)| row)));
    }
    pressed(desk, paper, "daftar-kunjungan").await
}

/// Where somebody lives. What is not known comes last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    village: String,
    dusun: (bool, String),
    /// As a number where it is one, so that RT 2 comes before RT 10.
    rt: (bool, u32, String),
}

impl Place {
    fn of(row: &FoundRow) -> Self {
        let (dusun, rt) = (row.dusun.clone().unwrap_or_default(), row.rt.clone().unwrap_or_default());
        Self {
            village: row.village_name.clone().unwrap_or_else(|| row.village.clone()),
            dusun: (dusun.is_empty(), dusun),
            rt: (rt.is_empty(), rt.parse().unwrap_or(u32::MAX), rt),
        }
    }

    fn in_words(&self, words: Words) -> String {
        let dusun = match &self.dusun {
            (true, _) => words.say("print-no-dusun"),
            (false, dusun) => words.about("print-dusun", "dusun", dusun.as_str()),
        };
        let rt = (!self.rt.0).then(|| words.about("row-rt", "rt", self.rt.2.as_str()));
        [Some(self.village.clone()), Some(dusun), rt].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

fn visited<'a>(words: Words, people: impl Iterator<Item = &'a FoundRow>) -> Part {
    let row = |(index, row): (usize, &FoundRow)| {
        let group = match (&row.group, row.number) {
            (Some(group), Some(number)) => format!("{group} {number}"),
            (Some(group), None) => group.clone(),
            (None, _) => String::new(),
        };
        let register = row.register.clone().unwrap_or_default();
        let born = row.birth_year.map(|year| year.to_string()).unwrap_or_default();
        let name = row.name.clone().unwrap_or_else(|| register.clone());
        vec![(index + 1).to_string(), name, born, group, register, words.stage(&row.stage)]
    };
    let columns = [
        ("print-col-no", 1),
        ("col-name", 6),
        ("print-col-born", 2),
        ("col-group", 3),
        ("col-register", 4),
        ("col-stage", 4),
        ("print-col-visited", 3),
        ("print-col-remarks", 6),
    ];
    Part::Table(Table {
        columns: columns.map(|(key, share)| (words.say(key), share)).to_vec(),
        rows: people.enumerate().map(row).collect(),
        row_mm_min: WRITTEN_MM,
    })
}

/// The attendance list of a Bimtek, with room to sign for each day.
pub(crate) async fn attendance(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let sheet = sheet(&app, &desk, &code, &id).await?;
    let title = sheet_row(Words::of(desk.visit.language), &sheet.line).title;
    let Some(view) = sheet.attendance else { return Err(desk.visit.problem(Reason::NotFound)) };
    to_be_signed(&app, &desk, size, &title, &view).await
}

/// The attendance list itself.
pub(crate) async fn to_be_signed(
    app: &App,
    desk: &Desk,
    size: PaperSize,
    title: &str,
    view: &AttendanceView,
) -> Result<Response, Problem> {
    /// Rows for those who come without being on the list.
    const MORE: usize = 5;
    let words = Words::of(desk.visit.language);
    let mut paper = headed(app, desk, size, words.say("print-attendance-title"));
    paper.landscape = true;
    paper.about.push(Line::Text(title.to_owned()));
    // Where the days are not clear yet they are written by hand.
    let days = match view.days.is_empty() {
        true => {
            vec![words.say("print-hand-day"); usize::try_from(view.days_of_programme).unwrap_or_default().clamp(1, 14)]
        }
        false => view.days.iter().map(|iso| day(iso)).collect(),
    };
    let mut columns = vec![(words.say("print-col-no"), 2), (words.say("grid-person"), 12)];
    columns.extend(days.into_iter().map(|day| (words.about("print-col-signature", "day", day), 6)));
    let row = |(index, person): (usize, &service::reply::AttendanceRow)| {
        let name = match person.called.beside.is_empty() {
            true => person.called.name.clone(),
            false => format!("{}\n{}", person.called.name, person.called.beside),
        };
        vec![(index + 1).to_string(), name]
    };
    let mut rows: Vec<Vec<String>> = view.people.iter().enumerate().map(row).collect();
    rows.extend((rows.len() + 1..).take(MORE).map(|number| vec![number.to_string()]));
    paper.parts.push(Part::Table(Table { columns, rows, row_mm_min: SIGNED_MM }));
    paper.parts.extend([filled_in(words), signed(app, words, false)]);
    pressed(desk, paper, "daftar-hadir").await
}

/// The list of a kind of records as its page shows it.
pub(crate) async fn records(
    State(app): State<App>,
    Path(code): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    kind(&desk, &code)?;
    of_records(&app, &desk, PaperSize::posted(&form), wanted(&code, &form)).await
}

/// What is due, with room for what came of it.
pub(crate) async fn due(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    of_due(&app, &desk, PaperSize::posted(&form)).await
}

/// See [`due`].
pub(crate) async fn of_due(app: &App, desk: &Desk, size: PaperSize) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let due = app.service().due().await.map_err(|problem| refused(problem, desk))?;
    not_too_long(due.lines.len() as u64, desk)?;
    let mut paper = headed(app, desk, size, words.say("due-title"));
    paper.about.push(Line::Text(words.about("due-some", "n", due.total)));
    let columns = [("print-col-no", 1), ("col-due", 3), ("col-what", 8), ("col-whom", 6), ("print-col-remarks", 6)];
    let rows = due.lines.iter().enumerate().map(|(index, line)| {
        let (what, about) = (words.of_both(&line.what).to_owned(), words.of_both(&line.about).to_owned());
        vec![(index + 1).to_string(), day(&line.day), what, about]
    });
    paper.parts.push(Part::Table(Table {
        columns: columns.map(|(key, share)| (words.say(key), share)).to_vec(),
        rows: rows.collect(),
        row_mm_min: WRITTEN_MM,
    }));
    pressed(desk, paper, "jatuh-tempo").await
}

/// As [`again`] for a kind of records.
pub(crate) async fn again_records(Path(code): Path<String>) -> Redirect {
    Redirect::to(&format!("/catatan/{code}"))
}

/// Records, those first for which somebody waits: the earliest day before the later ones.
pub(crate) async fn of_records(app: &App, desk: &Desk, size: PaperSize, find: FindSheets) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let mut lines: Vec<SheetLine> = Vec::new();
    let mut after = None;
    loop {
        let part = FindSheets { after, limit: FOUND_ROWS_MAX, ..find.clone() };
        let found: Box<FoundSheets> =
            ask!(app, Query::Sheets(part), Sheets).map_err(|problem| refused(problem, desk))?;
        not_too_long(found.total, desk)?;
        lines.extend(found.rows);
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    let due = |line: &SheetLine| line.due.clone().filter(|_| line.open);
    lines.sort_by_key(|line| (due(line).is_none(), due(line)));
    let label = find.kind.as_deref().map(|code| kind(desk, code)).transpose()?;
    let title = label.map_or_else(|| words.say("nav-records"), |kind| words.of_both(&kind.label).to_owned());
    let mut paper = headed(app, desk, size, title);
    paper.landscape = true;
    paper.about.push(Line::Text(words.about("sheets-all", "n", lines.len())));
    if find.open == Some(true) {
        paper.about.push(Line::Text(words.say("sheets-open-only")));
    }
    let columns = [
        ("print-col-no", 1),
        ("col-what", 6),
        ("col-whom", 5),
        ("col-village", 4),
        ("col-state", 4),
        ("col-day", 3),
        ("col-due", 3),
        ("print-col-remarks", 6),
    ];
    let row = |(index, line): (usize, &SheetLine)| {
        let row = sheet_row(words, line);
        vec![(index + 1).to_string(), row.title, row.names, row.place, row.state, row.day, row.due]
    };
    paper.parts.push(Part::Table(Table {
        columns: columns.map(|(key, share)| (words.say(key), share)).to_vec(),
        rows: lines.iter().enumerate().map(row).collect(),
        row_mm_min: WRITTEN_MM,
    }));
    pressed(desk, paper, find.kind.as_deref().unwrap_or("catatan")).await
}
