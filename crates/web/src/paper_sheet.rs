//! A record on paper, filled or blank: the groups, labels and values of its page and of its form.

use axum::extract::{Path, State};
use axum::response::Response;
use print::{Entry, Line, Paper, Part, Table};
use service::InputKind;
use service::reply::{Both, IndicatorLine, Panel, RecordField, RecordView, SheetEvent, SheetInput, SheetView};

use crate::app::App;
use crate::attendance::grid;
use crate::field::options;
use crate::paper::{OnPaper, PaperSize, filled_in, headed, pressed, signed};
use crate::person::{record, who};
use crate::problem::{Problem, Reason};
use crate::rows::row;
use crate::session::Desk;
use crate::sheet_form::form_of;
use crate::sheets::{kind, paper, sheet, sheet_row};
use crate::words::Words;

/// From this many answers on a line is written instead of ticking.
const TICKED_MAX: usize = 24;

/// Numbers of so many digits, each in a box of its own.
const DIGITS: [(&str, u8); 2] = [("nik", 16), ("kk", 16)];

/// Kinds in which one thing is said again and again: a blank form of theirs is a table for it.
const LOGS: [(&str, &str); 3] = [("buku-tamu", "visit"), ("buku-kas", "entry"), ("pendampingan", "mentoring")];

/// How many empty rows such a table has.
const LOG_ROWS: usize = 12;

/// The fields of a participant that people know them by.
const REGISTER: &str = "register";

pub(crate) async fn of_person(
    State(app): State<App>,
    Path(id): Path<String>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let record = record(&app, &desk, &id).await?;
    person(&app, &desk, size, &record).await
}

pub(crate) async fn blank_person(
    State(app): State<App>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    blank_participant(&app, &desk, size).await
}

/// The form of a participant, to be filled in by hand.
pub(crate) async fn blank_participant(app: &App, desk: &Desk, size: PaperSize) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let mut paper = headed(app, desk, size, words.say("print-registration"));
    let inputs = service::inputs();
    for (title, fields) in crate::form::parts(words) {
        // Who fills it in and when stands at its end.
        let of_paper = |field: &&&str| !field.starts_with("paper_");
        let asked = fields.iter().filter(of_paper);
        let asked = asked.filter_map(|field| inputs.iter().find(|input| input.field == *field));
        paper.parts.push(Part::Heading(title));
        paper
            .parts
            .push(Part::Fields(asked.map(|input| blank(words, &input.field, &input.label, &input.kind)).collect()));
    }
    end(app, words, &mut paper);
    pressed(desk, paper, "peserta-kosong").await
}

/// A participant as their page shows them.
pub(crate) async fn person(app: &App, desk: &Desk, size: PaperSize, record: &RecordView) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let line = row(words, &record.row);
    let mut paper = headed(app, desk, size, line.name.clone());
    paper.about.extend([line.stage, line.village].into_iter().filter(|text| !text.is_empty()).map(Line::Text));
    if !line.register.is_empty() {
        paper.about.push(Line::Text(format!("{}: {}", words.say("col-register"), line.register)));
    }
    paper.about.extend(line.no_name.map(|why| Line::Small(words.about("person-no-name", "why", why))));
    let known: Vec<&RecordField> = record.person.iter().chain(&record.participation).collect();
    for (title, fields) in crate::form::parts(words) {
        let there: Vec<Entry> = fields
            .iter()
            .filter_map(|name| known.iter().find(|field| field.field == *name))
            .map(|field| filled(words, field))
            .collect();
        if !there.is_empty() {
            paper.parts.extend([Part::Heading(title), Part::Fields(there)]);
        }
    }
    for trip in &record.trips {
        let known = trip.fields.iter().filter(|field| !field.values.is_empty());
        paper.parts.push(Part::Heading(words.say("person-trip")));
        paper.parts.push(Part::Fields(known.map(|field| filled(words, field)).collect()));
    }
    let of_a_part = |name: &str| crate::form::parts(words).iter().any(|(_, fields)| fields.contains(&name));
    let others = known.iter().filter(|field| !of_a_part(&field.field) && field.field != REGISTER);
    let others: Vec<Entry> =
        others.filter(|field| !field.values.is_empty()).map(|field| filled(words, field)).collect();
    if !others.is_empty() {
        paper.parts.extend([Part::Heading(words.say("print-others")), Part::Fields(others)]);
    }
    let on = words.about("person-on", "day", words.of_both(&record.on));
    let eligible = words.say(&format!("eligible-{}", record.eligible));
    let mut rules = vec![format!("{eligible} ({on})")];
    rules.extend(record.reasons.iter().map(|both| words.of_both(both).to_owned()));
    paper.parts.extend([Part::Heading(words.say("person-rules")), Part::Text(rules.join("\n"))]);
    happened(words, &mut paper, record.events.iter().map(|event| told(words, event)).collect());
    end(app, words, &mut paper);
    pressed(desk, paper, "peserta").await
}

pub(crate) async fn of_sheet(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let sheet = sheet(&app, &desk, &code, &id).await?;
    filled_sheet(&app, &desk, size, &sheet).await
}

pub(crate) async fn blank_sheet(
    State(app): State<App>,
    Path(code): Path<String>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    blank_form(&app, &desk, size, &code).await
}

/// The form of a kind, to be filled in by hand.
pub(crate) async fn blank_form(app: &App, desk: &Desk, size: PaperSize, code: &str) -> Result<Response, Problem> {
    let (words, kind) = (Words::of(desk.visit.language), kind(desk, code)?);
    let inputs = form_of(app, desk, code).await?;
    let mut paper = headed(app, desk, size, words.of_both(&kind.label).to_owned());
    paper.about.push(Line::Leader(words.say("print-number")));
    let asked = inputs.iter().filter(|input| !matches!(input.field.as_str(), "number" | "office"));
    paper.parts.push(Part::Fields(asked.map(|input| blank(words, &input.field, &input.label, &input.kind)).collect()));
    let log = LOGS.iter().find(|(kind, _)| *kind == code).and_then(|(kind, fact)| service::fact_inputs(kind, fact));
    if let Some(said) = log {
        paper.landscape = true;
        paper.parts.push(log_table(words, &said));
        let codes = said.iter().filter_map(|input| Some((&input.label, answers(words, &input.kind)?)));
        let legend = codes.map(|(label, answers)| format!("{}: {}", words.of_both(label), answers.join(" / ")));
        paper.parts.push(Part::Text(legend.collect::<Vec<_>>().join("\n")));
    }
    end(app, words, &mut paper);
    pressed(desk, paper, &format!("{code}-kosong")).await
}

/// A table in which something is noted again and again.
fn log_table(words: Words, said: &[SheetInput]) -> Part {
    let columns = said.iter().map(|input| {
        let share = match input.kind {
            InputKind::Date | InputKind::YesNo | InputKind::Number => 2,
            InputKind::Text
            | InputKind::Person
            | InputKind::Place
            | InputKind::Office
            | InputKind::Document
            | InputKind::Lines
            | InputKind::Scan
            | InputKind::Several(_)
            | InputKind::Choice(_) => 3,
        };
        (words.of_both(&input.label).to_owned(), share)
    });
    let columns = std::iter::once((words.say("print-col-no"), 1)).chain(columns).collect();
    let rows = (1..=LOG_ROWS).map(|number| vec![number.to_string()]).collect();
    Part::Table(Table { columns, rows, row_mm_min: 10 })
}

/// A record as its page shows it.
pub(crate) async fn filled_sheet(
    app: &App,
    desk: &Desk,
    size: PaperSize,
    sheet: &SheetView,
) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let line = sheet_row(words, &sheet.line);
    let mut paper = headed(app, desk, size, line.title.clone());
    let kind = Some(line.kind).filter(|kind| *kind != line.title);
    let about = [kind.unwrap_or_default(), line.names, line.state, line.place];
    paper.about.extend(about.into_iter().filter(|text| !text.is_empty()).map(Line::Text));
    let numbered = |field: &RecordField| field.field == "number" && !field.values.is_empty();
    if !sheet.fields.iter().any(numbered) {
        paper.about.push(Line::Leader(words.say("print-number")));
    }
    if !sheet.fields.is_empty() {
        paper.parts.push(Part::Heading(words.say("sheet-fields")));
        paper.parts.push(Part::Fields(sheet.fields.iter().map(|field| filled(words, field)).collect()));
    }
    for text in sheet.texts.iter().filter(|text| !text.text.is_empty()) {
        paper.parts.push(Part::Heading(words.of_both(&text.label).to_owned()));
        paper.parts.push(Part::Text(text.text.clone()));
    }
    if !sheet.papers.is_empty() {
        let papers = sheet.papers.iter().map(|line| paper_line(words, line)).collect();
        paper.parts.extend([Part::Heading(words.say("papers-title")), Part::Fields(papers)]);
    }
    sheet.panels.iter().for_each(|panel| lay_panel(words, &mut paper, panel));
    if let Some(view) = &sheet.attendance {
        let grid = grid(words, "", view, false);
        paper.parts.push(Part::Heading(words.say("grid-heading")));
        paper.parts.extend(grid.lines.into_iter().map(Part::Text));
        let mut columns = vec![(words.say("grid-person"), 4)];
        columns.extend(grid.days.iter().map(|day| (day.day.clone(), 2)));
        let rows = grid
            .rows
            .into_iter()
            .map(|row| std::iter::once(row.name).chain(row.cells.into_iter().map(|cell| cell.text)).collect());
        paper.parts.push(Part::Table(Table { columns, rows: rows.collect(), row_mm_min: 0 }));
    }
    if !sheet.indicators.is_empty() {
        paper.parts.push(Part::Heading(words.say("ind-heading")));
        paper.parts.push(indicators(words, &sheet.indicators));
    }
    happened(words, &mut paper, sheet.events.iter().map(|event| told(words, event)).collect());
    end(app, words, &mut paper);
    pressed(desk, paper, &sheet.line.kind).await
}

/// A notice of the board in large letters, to be hung up.
pub(crate) async fn poster(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let sheet = sheet(&app, &desk, &code, &id).await?;
    poster_of(&app, &desk, size, &sheet).await
}

/// The kind that is hung up.
pub(crate) const POSTER: &str = "pengumuman";

/// See [`poster`].
pub(crate) async fn poster_of(app: &App, desk: &Desk, size: PaperSize, sheet: &SheetView) -> Result<Response, Problem> {
    if sheet.line.kind != POSTER {
        return Err(desk.visit.problem(Reason::NotFound));
    }
    let words = Words::of(desk.visit.language);
    let title = sheet_row(words, &sheet.line).title;
    let mut paper = headed(app, desk, size, title.clone());
    paper.parts.push(Part::Large { text: title.clone(), bold: true });
    let fields = sheet.fields.iter().map(|field| {
        let values: Vec<&str> = field.values.iter().map(|value| words.of_both(&value.text)).collect();
        (words.of_both(&field.label).to_owned(), values.join(" / "))
    });
    let texts = sheet.texts.iter().map(|text| (words.of_both(&text.label).to_owned(), text.text.clone()));
    for (label, text) in fields.chain(texts).filter(|(_, text)| !text.is_empty() && *text != title) {
        paper.parts.extend([Part::Heading(label), Part::Large { text, bold: false }]);
    }
    pressed(desk, paper, "poster").await
}

/// What somebody takes home: the slip of a complaint or consultation.
pub(crate) async fn slip(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let sheet = sheet(&app, &desk, &code, &id).await?;
    let Some(slip) = sheet.slip else { return Err(desk.visit.problem(Reason::NotFound)) };
    let mut paper = headed(&app, &desk, size, words.say("slip-title"));
    paper.about.push(Line::Text(words.of_both(&sheet.line.kind_label).to_owned()));
    let lines = slip.lines.iter().map(|line| words.of_both(line)).collect::<Vec<_>>();
    paper.parts.push(Part::Text(lines.join("\n")));
    paper.parts.push(signed(&app, words, false));
    pressed(&desk, paper, "tanda-terima").await
}

/// What stands at the end of every form.
fn end(app: &App, words: Words, paper: &mut Paper) {
    paper.parts.extend([filled_in(words), signed(app, words, true)]);
}

/// A field with what stands there; several values stand beside each other until somebody chooses.
fn filled(words: Words, field: &RecordField) -> Entry {
    let values: Vec<&str> = field.values.iter().map(|value| words.of_both(&value.text)).collect();
    let value = if values.is_empty() { Line::Dots } else { Line::Text(values.join(" / ")) };
    Entry { label: words.of_both(&field.label).to_owned(), value: vec![value] }
}

/// A field to be filled in by hand.
fn blank(words: Words, name: &str, label: &Both, kind: &InputKind) -> Entry {
    let digits = DIGITS.iter().find(|(known, _)| *known == name);
    let value = match (kind, answers(words, kind)) {
        (_, Some(answers)) => {
            let hint = matches!(kind, InputKind::Several(_)).then(|| Line::Small(words.say("print-several")));
            std::iter::once(Line::Ticks(answers)).chain(hint).collect()
        }
        (InputKind::Date, None) => vec![Line::Dots, Line::Small(words.say("print-date"))],
        (InputKind::Lines, None) => vec![Line::Dots; 5],
        (
            InputKind::Text
            | InputKind::YesNo
            | InputKind::Number
            | InputKind::Person
            | InputKind::Place
            | InputKind::Office
            | InputKind::Document
            | InputKind::Scan
            | InputKind::Several(_)
            | InputKind::Choice(_),
            None,
        ) => vec![digits.map_or(Line::Dots, |(_, count)| Line::Boxes(*count))],
    };
    Entry { label: words.of_both(label).to_owned(), value }
}

/// The answers that can be ticked; none where something is written.
fn answers(words: Words, kind: &InputKind) -> Option<Vec<String>> {
    let answers: Vec<String> = options(words, kind, "", false).into_iter().map(|option| option.label).collect();
    (1..=TICKED_MAX).contains(&answers.len()).then_some(answers)
}

fn paper_line(words: Words, line: &service::reply::PaperLine) -> Entry {
    let line = paper(words, line);
    Entry { label: line.label, value: vec![Line::Text(line.text)] }
}

fn lay_panel(words: Words, paper: &mut Paper, panel: &Panel) {
    let text = |both: &Both| words.of_both(both).to_owned();
    paper.parts.push(Part::Heading(text(&panel.title)));
    if !panel.lines.is_empty() {
        paper.parts.push(Part::Text(panel.lines.iter().map(text).collect::<Vec<_>>().join("\n")));
    }
    if panel.rows.is_empty() {
        return;
    }
    let columns = panel.columns.iter().enumerate().map(|(index, title)| (text(title), if index == 0 { 3 } else { 2 }));
    let rows = panel.rows.iter().map(|row| {
        let head = match row.beside.is_empty() {
            true => text(&row.head),
            false => format!("{}\n{}", text(&row.head), row.beside),
        };
        std::iter::once(head).chain(row.cells.iter().map(text)).collect()
    });
    paper.parts.push(Part::Table(Table { columns: columns.collect(), rows: rows.collect(), row_mm_min: 0 }));
}

fn indicators(words: Words, lines: &[IndicatorLine]) -> Part {
    let columns = [("ind-indicator", 6), ("ind-baseline", 2), ("ind-this-period", 2)];
    let reported = |values: &[service::reply::ReportedValue]| {
        values.iter().map(|value| words.of_both(&value.text)).collect::<Vec<_>>().join(" / ")
    };
    let line = |line: &IndicatorLine| {
        let computed = line.computed.as_ref().map(|both| words.of_both(both).to_owned());
        let now = Some(reported(&line.values)).filter(|text| !text.is_empty()).or(computed).unwrap_or_default();
        vec![format!("{} {}", line.code, words.of_both(&line.text)), reported(&line.baseline), now]
    };
    Part::Table(Table {
        columns: columns.map(|(key, share)| (words.say(key), share)).to_vec(),
        rows: lines.iter().map(line).collect(),
        row_mm_min: 0,
    })
}

fn told(words: Words, event: &SheetEvent) -> String {
    let parts = event.parts.iter().map(|part| format!("{}: {}", words.of_both(&part.label), words.of_both(&part.text)));
    let parts: Vec<String> = parts.collect();
    let mut text = words.of_both(&event.what).to_owned();
    if event.taken_back {
        text = format!("{text} ({})", words.say("sheet-taken-back"));
    }
    if !parts.is_empty() {
        text = format!("{text} · {}", parts.join("; "));
    }
    format!("{text} ({})", who(words, &event.who))
}

/// What happened, a line each.
fn happened(words: Words, paper: &mut Paper, events: Vec<String>) {
    if !events.is_empty() {
        paper.parts.push(Part::Heading(words.say("person-events")));
        paper.parts.push(Part::Text(events.join("\n")));
    }
}
