//! A table of the village's own: handed in, its columns said, looked at, brought in while one sees how far it is, and what
//! was not taken given back with the reasons. Each step is a page that reads and posts without script.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{Brought, ImportCounts, ImportLine, ImportPreview, RowGives, TableHead};
use service::{Code, HANDED_BYTES_MAX, HandedIn, HandedStep, Progress, TableIn};

use crate::app::App;
use crate::blank::Blank;
use crate::frame::{Frame, Place, page};
use crate::language::Language;
use crate::mulai::attachment;
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Posted};
use crate::sheet_form::beside;
use crate::words::Words;

const AT: &str = "/peserta/impor";

/// The step that the page is at.
enum Step {
    /// There is no table yet.
    Nothing {
        file: Blank,
    },
    Columns(Box<Columns>),
    Looked(Box<Looked>),
    Running(Running),
    Done(Done),
}

/// What its columns are is to be said.
struct Columns {
    answer: String,
    /// Which sheet of a workbook was read.
    sheet: Option<String>,
    columns: Vec<ColumnRow>,
    header: Blank,
    letter: [Blank; 2],
}

struct ColumnRow {
    /// The name of its list.
    field: String,
    name: String,
    examples: Vec<String>,
    left_out: bool,
    parts: Vec<Part>,
}

/// What a column can be taken for, of one part of a record.
struct Part {
    label: String,
    /// Code, words, and whether it is chosen.
    options: Vec<(String, String, bool)>,
}

/// What it would give.
struct Looked {
    answer: String,
    lines: Vec<String>,
    /// What the first rows are shown under.
    columns: Vec<String>,
    first: Vec<FirstRow>,
    rejected: Vec<SaidRow>,
    doubtful: Vec<SaidRow>,
    /// Where not all of them are shown.
    more_rejected: Option<String>,
    stamp: String,
    /// What the button says; none where nobody would be added.
    confirm: Option<String>,
}

struct FirstRow {
    line: u64,
    cells: Vec<(String, String)>,
    gives: String,
}

/// A row with what is said of it.
struct SaidRow {
    line: u64,
    name: String,
    said: Vec<String>,
}

struct Running {
    answer: String,
    progress: Progress,
    stopping: bool,
}

struct Done {
    answer: String,
    lines: Vec<String>,
    rejected: Vec<SaidRow>,
    more_rejected: Option<String>,
    has_rejected: bool,
    stopped: bool,
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    title: String,
    errors: Vec<(String, String)>,
    step: Step,
}

#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct At {
    /// `kolom`: say the columns again.
    #[serde(default)]
    langkah: String,
}

pub(crate) async fn show(State(app): State<App>, Query(at): Query<At>, desk: Desk) -> Result<Response, Problem> {
    shown(&app, &desk, at.langkah == "kolom", None, Vec::new()).await
}

/// What was chosen on the form of the columns.
struct Chosen {
    header: String,
    number: String,
    date: String,
}

async fn shown(
    app: &App,
    desk: &Desk,
    columns_again: bool,
    chosen: Option<Chosen>,
    mut errors: Vec<(String, String)>,
) -> Result<Response, Problem> {
    let officer = desk.writes()?;
    let (frame, glance) = Frame::of(app, desk, Place::Participants).await?;
    if !glance.may_register {
        return Err(desk.visit.problem(Reason::NoRight));
    }
    let words = frame.words;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (title, step) = match app.service().handed_in(officer) {
        None => (words.say("import-title"), nothing(words, &mut errors)),
        Some(HandedIn { table, head, step }) => match step {
            HandedStep::Looked(preview) if !columns_again => {
                (words.say("import-looked-title"), Step::Looked(Box::new(looked(words, &preview))))
            }
            HandedStep::Columns | HandedStep::Looked(_) => {
                let columns = columns(words, &table, &head, chosen, &mut errors);
                (words.say("import-columns-title"), Step::Columns(Box::new(columns)))
            }
            HandedStep::Failed { problem, progress } => {
                let why = match &problem.text {
                    Some(text) => words.of_both(text).to_owned(),
                    None if problem.code == Code::Storage => words.say("problem-storage"),
                    None => words.say("import-failed-inside"),
                };
                let about = [("why", why.into()), ("n", progress.done.into())];
                errors.push((String::new(), words.with("import-failed", &about)));
                let columns = columns(words, &table, &head, chosen, &mut errors);
                (words.say("import-columns-title"), Step::Columns(Box::new(columns)))
            }
            HandedStep::Running { progress, stopping } => {
                let about = [("n", progress.done.into()), ("all", progress.total.into())];
                let answer = words.with("import-running", &about);
                (words.say("import-running-title"), Step::Running(Running { answer, progress, stopping }))
            }
            HandedStep::Done(brought) => {
                let stopped = brought.counts.left > 0;
                let title = words.say(if stopped { "import-stopped-title" } else { "import-done-title" });
                (title, Step::Done(done(words, &brought)))
            }
        },
    };
    Ok((status, page(&ImportPage { frame, title, errors, step }, &desk.visit)).into_response())
}

fn nothing(words: Words, errors: &mut [(String, String)]) -> Step {
    // Whatever is wrong with a table is wrong with the file that was chosen.
    errors.iter_mut().for_each(|(field, _)| "file".clone_into(field));
    let faults: Vec<_> = errors.iter().map(|(_, text)| ("file", text.clone())).collect();
    let hint = words.about("import-file-hint", "n", HANDED_BYTES_MAX >> 20);
    Step::Nothing { file: Blank::text(words, "file", "import-file", "").of_kind("file").hint(hint).wrong(&faults) }
}

fn columns(
    words: Words,
    table: &TableIn,
    head: &TableHead,
    chosen: Option<Chosen>,
    errors: &mut [(String, String)],
) -> Columns {
    for (field, _) in errors.iter_mut() {
        match field.as_str() {
            "table" => "columns".clone_into(field),
            "decided" => "decided_date".clone_into(field),
            _ => {}
        }
    }
    let fault = |name: &'static str| {
        errors.iter().filter(move |(field, _)| field == name).map(|(_, text)| (name, text.clone())).collect::<Vec<_>>()
    };
    let Chosen { header, number, date } = chosen.unwrap_or_else(|| {
        let (number, date) = table.decided.clone().unwrap_or_default();
        Chosen { header: head.line.to_string(), number, date }
    });
    let kinds = service::table_columns();
    let parts = |code: Option<&str>| {
        let mut parts: Vec<Part> = Vec::new();
        for kind in &kinds {
            let label = words.of_both(&kind.part);
            if parts.iter().all(|part| part.label != label) {
                parts.push(Part { label: label.to_owned(), options: Vec::new() });
            }
            let option = (kind.code.clone(), words.of_both(&kind.label).to_owned(), code == Some(kind.code.as_str()));
            parts.iter_mut().filter(|part| part.label == label).for_each(|part| part.options.push(option.clone()));
        }
        parts
    };
    let rows = head.columns.iter().enumerate().map(|(index, column)| ColumnRow {
        field: format!("column-{index}"),
        name: match column.name.as_str() {
            "" => words.about("import-column-unnamed", "n", index + 1),
            name => name.to_owned(),
        },
        examples: column.examples.clone(),
        left_out: column.code.is_none(),
        parts: parts(column.code.as_deref()),
    });
    let about = [("rows", head.rows.into()), ("line", head.line.into())];
    Columns {
        answer: words.with("import-columns-lead", &about),
        sheet: head.sheet.as_deref().map(|sheet| words.about("import-sheet", "sheet", sheet)),
        columns: rows.collect(),
        header: Blank::text(words, "header", "import-header", &header)
            .hint(words.say("import-header-hint"))
            .wrong(&fault("header")),
        letter: [
            Blank::text(words, "decided_number", "import-letter-number", &number),
            Blank::text(words, "decided_date", "import-letter-date", &date)
                .hint(words.say("import-letter-date-hint"))
                .wrong(&fault("decided_date")),
        ],
    }
}

/// How many rows give what, in sentences; what there is none of is not said.
fn sentences(words: Words, counts: &ImportCounts) -> Vec<String> {
    let all = [
        ("import-present", counts.present),
        ("import-double", counts.maybe_double),
        ("import-rejected", counts.rejected),
    ];
    all.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| words.about(key, "n", n)).collect()
}

fn looked(words: Words, preview: &ImportPreview) -> Looked {
    let counts = &preview.counts;
    let taken: Vec<(usize, &str)> = preview
        .table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.code.is_some())
        .map(|(index, column)| (index, column.name.as_str()))
        .collect();
    let first = preview.first.iter().map(|line| FirstRow {
        line: line.line,
        cells: taken
            .iter()
            .map(|(index, name)| ((*name).to_owned(), line.cells.get(*index).cloned().unwrap_or_default()))
            .collect(),
        gives: words.say(match line.gives {
            RowGives::New => "import-gives-new",
            RowGives::MaybeDouble => "import-gives-double",
            RowGives::Present => "import-gives-present",
            RowGives::Rejected => "import-gives-rejected",
        }),
    });
    Looked {
        answer: words.about("import-looked", "n", counts.added),
        lines: sentences(words, counts),
        columns: taken.iter().map(|(_, name)| (*name).to_owned()).collect(),
        first: first.collect(),
        rejected: said(words, &preview.rejected),
        doubtful: said(words, &preview.doubtful),
        more_rejected: more(words, counts, &preview.rejected),
        stamp: preview.stamp.clone(),
        confirm: (counts.added > 0).then(|| words.about("import-confirm", "n", counts.added)),
    }
}

fn said(words: Words, lines: &[ImportLine]) -> Vec<SaidRow> {
    let row = |line: &ImportLine| SaidRow {
        line: line.line,
        name: line.name.clone(),
        said: line.said.iter().map(|both| words.of_both(both).to_owned()).collect(),
    };
    lines.iter().map(row).collect()
}

/// Of the rows that are not taken, how many are not shown.
fn more(words: Words, counts: &ImportCounts, shown: &[ImportLine]) -> Option<String> {
    let left = counts.rejected.saturating_sub(shown.len() as u64);
    (left > 0).then(|| words.about("import-rejected-more", "n", left))
}

fn done(words: Words, brought: &Brought) -> Done {
    let counts = &brought.counts;
    let mut lines = sentences(words, counts);
    if counts.left > 0 {
        lines.insert(0, words.about("import-left", "n", counts.left));
    }
    Done {
        answer: words.about("import-done", "n", counts.added),
        lines,
        rejected: said(words, &brought.rejected),
        more_rejected: more(words, counts, &brought.rejected),
        has_rejected: brought.rejected_table.is_some(),
        stopped: counts.left > 0,
    }
}

/// Takes a file.
pub(crate) async fn hand_in(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let officer = desk.writes()?;
    let words = Words::of(desk.visit.language);
    let Some(bytes) = form.file("file") else {
        let missing = vec![("file".to_owned(), words.say("import-file-missing"))];
        return shown(&app, &desk, false, None, missing).await;
    };
    match app.service().hand_in(officer, bytes.to_vec()).await {
        Ok(()) => Ok(Redirect::to(AT).into_response()),
        Err(problem) => {
            let error = beside(words, problem, &desk)?;
            shown(&app, &desk, false, None, vec![error]).await
        }
    }
}

/// Says what the columns are, and looks at what the table would give.
pub(crate) async fn look(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let officer = desk.writes()?;
    let words = Words::of(desk.visit.language);
    let [header, number, date] = ["header", "decided_number", "decided_date"].map(|name| form.line(name));
    let line = header.parse::<u64>().ok().filter(|line| *line > 0);
    let mut errors = Vec::new();
    if line.is_none() && !header.is_empty() {
        errors.push(("header".to_owned(), words.say("fault-number")));
    }
    if date.is_empty() && !number.is_empty() {
        errors.push(("decided_date".to_owned(), words.say("import-letter-date-missing")));
    }
    let columns = (0..).map_while(|index| form.all(&format!("column-{index}")).next().map(str::to_owned)).collect();
    let decided = (!date.is_empty()).then(|| (number.clone(), date.clone()));
    if errors.is_empty() {
        match app.service().look_through(officer, line, columns, decided).await {
            Ok(()) => return Ok(Redirect::to(AT).into_response()),
            Err(problem) => {
                errors.push(beside(words, problem, &desk)?);
            }
        }
    }
    shown(&app, &desk, true, Some(Chosen { header, number, date }), errors).await
}

/// Begins to bring in what was looked at.
pub(crate) async fn bring_in(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let officer = desk.writes()?;
    match app.service().begin_import(officer, form.get("stamp")) {
        Ok(()) => Ok(Redirect::to(AT).into_response()),
        Err(problem) => {
            let (_, text) = beside(Words::of(desk.visit.language), problem, &desk)?;
            shown(&app, &desk, false, None, vec![(String::new(), text)]).await
        }
    }
}

/// Stops it; what is written by then stays.
pub(crate) async fn stop(State(app): State<App>, desk: Desk, _form: Posted) -> Result<Redirect, Problem> {
    app.service().stop_import(desk.writes()?);
    Ok(Redirect::to(AT))
}

/// Forgets the table.
pub(crate) async fn put_away(State(app): State<App>, desk: Desk, _form: Posted) -> Result<Redirect, Problem> {
    app.service().put_away(desk.writes()?);
    Ok(Redirect::to(AT))
}

/// An empty table with every column that is understood.
pub(crate) async fn blank_table(desk: Desk) -> Result<Response, Problem> {
    desk.writes()?;
    Ok(attachment("peserta-kosong.csv", service::template().into_bytes()))
}

/// The rows that were not taken, with the reasons.
pub(crate) async fn rejected(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let step = app.service().handed_in(desk.writes()?).map(|handed| handed.step);
    let Some(HandedStep::Done(brought)) = step else { return Err(desk.visit.problem(Reason::NotFound)) };
    let Some(text) = &brought.rejected_table else { return Err(desk.visit.problem(Reason::NotFound)) };
    let text = if desk.visit.language == Language::English { &text.en } else { &text.id };
    Ok(attachment("peserta-ditolak.csv", text.clone().into_bytes()))
}

/// What is only posted to leads back when it is opened, as by the switch of the language.
pub(crate) async fn again() -> Redirect {
    Redirect::to(AT)
}
