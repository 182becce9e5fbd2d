//! The 24 indicators: what is known of each with a chart against the baseline, and one form for those that are asked.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{IndicatorLine, OwnValue, ReportedValue, SheetView};
use service::{Command, InputKind, Saying};

use crate::app::App;
use crate::chart::{Chart, chart};
use crate::field::{Field, fault_text};
use crate::frame::{Frame, Place, page};
use crate::person::who;
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Posted};
use crate::sheet_form::{beside, today};
use crate::sheets::{sheet, sheet_row};
use crate::words::Words;

/// One indicator, in words.
pub(crate) struct Line {
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) text: String,
    /// Something is known of this period.
    pub(crate) measured: bool,
    /// What is said where nothing is.
    pub(crate) unmeasured: String,
    pub(crate) said: Vec<Reported>,
    /// Offices report different values.
    pub(crate) differ: bool,
    pub(crate) computed: Option<String>,
    pub(crate) chart: Option<Chart>,
}

/// A value that an office reports.
pub(crate) struct Reported {
    pub(crate) text: String,
    /// Of this period, or the baseline.
    pub(crate) label: String,
    pub(crate) who: String,
}

pub(crate) fn lines(words: Words, all: &[IndicatorLine]) -> Vec<Line> {
    all.iter().map(|line| in_words(words, line)).collect()
}

/// How many are measured in this period.
pub(crate) fn measured(words: Words, all: &[IndicatorLine]) -> String {
    let known = all.iter().filter(|line| is_measured(line)).count();
    words.with("ind-measured", &[("n", known.into()), ("all", all.len().into())])
}

fn is_measured(line: &IndicatorLine) -> bool {
    !line.values.is_empty() || line.computed.is_some()
}

fn in_words(words: Words, line: &IndicatorLine) -> Line {
    let reported = |label: &str, value: &ReportedValue| Reported {
        text: words.of_both(&value.text).to_owned(),
        label: words.say(label),
        who: format!("{} · {}", value.from, who(words, &value.who)),
    };
    let now = line.values.iter().map(|value| reported("ind-this-period", value));
    let before = line.baseline.iter().map(|value| reported("ind-baseline", value));
    Line {
        code: line.code.clone(),
        kind: words.of_both(&line.kind).to_owned(),
        text: words.of_both(&line.text).to_owned(),
        measured: is_measured(line),
        unmeasured: words.say("ind-unmeasured"),
        said: now.chain(before).collect(),
        differ: line.values.len() > 1 || line.baseline.len() > 1,
        computed: line.computed.as_ref().map(|both| words.of_both(both).to_owned()),
        chart: chart(words, &line.course),
    }
}

#[derive(Template)]
#[template(path = "indicator_form.html")]
struct ValuesPage {
    frame: Frame,
    at: String,
    title: String,
    lead: String,
    errors: Vec<(String, String)>,
    baseline: bool,
    /// How and from where, for every value of the form.
    fields: Vec<Field>,
    rows: Vec<ValueRow>,
}

/// One indicator in the form.
struct ValueRow {
    code: String,
    text: String,
    value: String,
    was: String,
    unit: String,
    was_unit: String,
    /// What is wrong, beside the value.
    error: Option<String>,
    /// What records give already: nothing is asked.
    computed: Option<String>,
}

/// Which values the form is for.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    awal: String,
}

/// The inputs that all values of a form share.
const SHARED: [&str; 3] = ["method", "source", "date"];

pub(crate) async fn ask_values(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    Query(which): Query<Which>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.writes()?;
    let sheet = held(&app, &desk, &code, &id).await?;
    let (frame, _) = Frame::of(&app, &desk, Place::Records).await?;
    let baseline = which.awal == "yes";
    let stored = |field: &str| stored(&app, &sheet, baseline, field);
    let shown = values_page(frame, &sheet, baseline, &stored, &stored, Vec::new());
    Ok(page(&shown, &desk.visit))
}

/// The values of a period, of a record that this office may report in.
async fn held(app: &App, desk: &Desk, code: &str, id: &str) -> Result<SheetView, Problem> {
    let sheet = sheet(app, desk, code, id).await?;
    if sheet.indicators.is_empty() {
        return Err(desk.visit.problem(Reason::NotFound));
    }
    let may = sheet.asks.iter().any(|asked| asked.fact == "value");
    if may { Ok(sheet) } else { Err(desk.visit.problem(Reason::NoRight)) }
}

fn own(line: &IndicatorLine, baseline: bool) -> Option<&OwnValue> {
    let [now, before] = &line.own;
    if baseline { before.as_ref() } else { now.as_ref() }
}

/// What this office reports already, by the names of the form.
fn stored(app: &App, sheet: &SheetView, baseline: bool, field: &str) -> String {
    let of = |code: &str| sheet.indicators.iter().find(|line| line.code == code).and_then(|line| own(line, baseline));
    let first = || sheet.indicators.iter().find_map(|line| own(line, baseline));
    match (field, field.split_once('-')) {
        ("date", _) => today(app),
        ("method", _) => first().map(|own| own.method.clone()).unwrap_or_default(),
        ("source", _) => first().map(|own| own.source.clone()).unwrap_or_default(),
        (_, Some(("value", code))) => of(code).map(|own| own.value.clone()).unwrap_or_default(),
        (_, Some(("unit", code))) => of(code).map(|own| own.unit.clone()).unwrap_or_default(),
        (_, Some(_) | None) => String::new(),
    }
}

/// Reports the values that the officer changed, as one change. What is left empty is not measured.
pub(crate) async fn report(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let sheet = held(&app, &desk, &code, &id).await?;
    let words = Words::of(desk.visit.language);
    let baseline = form.get("baseline") == "yes";
    let (said, mut errors) = changed(words, &sheet, baseline, &form);
    let at = format!("/catatan/{code}/{id}");
    if errors.is_empty() {
        if said.is_empty() {
            return Ok(Redirect::to(&at).into_response());
        }
        let codes: Vec<String> = said.iter().map(|(code, _)| code.clone()).collect();
        let said = said.into_iter().map(|(_, saying)| saying).collect();
        match app.ask(Command::SayAll { officer, id, said }).await {
            Ok(_) => return Ok(Redirect::to(&format!("{at}?sudah=catat")).into_response()),
            Err(problem) => {
                let (field, text) = beside(words, problem, &desk)?;
                errors.push((field_of(&field, &codes), text));
            }
        }
    }
    let typed = |field: &str| form.get(field).to_owned();
    let was = |field: &str| form.get(&format!("was-{field}")).to_owned();
    let (frame, _) = Frame::of(&app, &desk, Place::Records).await?;
    let shown = values_page(frame, &sheet, baseline, &typed, &was, errors);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response())
}

/// The field of this form that a refusal of one of the values is about.
fn field_of(refused: &str, codes: &[String]) -> String {
    let (index, field) = refused.split_once('-').unwrap_or((refused, ""));
    let code = index.parse::<usize>().ok().and_then(|index| codes.get(index)).cloned().unwrap_or_default();
    match field {
        shared if SHARED.contains(&shared) => shared.to_owned(),
        "unit" => format!("unit-{code}"),
        _ => format!("value-{code}"),
    }
}

/// Field and what is wrong with it, in words.
type Faults = Vec<(String, String)>;

/// Each value that was changed, by its code, and what is wrong with the form.
fn changed(words: Words, sheet: &SheetView, baseline: bool, form: &Posted) -> (Vec<(String, Saying)>, Faults) {
    let (mut said, mut errors) = (Vec::new(), Vec::new());
    let changed = |name: &str| form.line(name) != form.line(&format!("was-{name}"));
    for indicator in &sheet.indicators {
        let code = indicator.code.as_str();
        let [value, unit] = ["value", "unit"].map(|field| format!("{field}-{code}"));
        if form.all(&value).next().is_none() || !(changed(&value) || changed(&unit)) {
            continue;
        }
        if form.line(&value).is_empty() {
            if changed(&value) {
                errors.push((value, words.about("ind-emptied", "code", code)));
            } else {
                errors.push((value, words.about("ind-unit-alone", "code", code)));
            }
            continue;
        }
        let inputs = [
            ("indicator", code.to_owned()),
            ("baseline", if baseline { "yes" } else { "no" }.to_owned()),
            ("value", form.line(&value)),
            ("unit", form.line(&unit)),
            ("method", form.line("method")),
            ("source", form.line("source")),
            ("date", form.line("date")),
        ];
        let inputs = inputs.map(|(key, text)| (key.to_owned(), text));
        for (key, text) in &inputs {
            let name = if SHARED.contains(&key.as_str()) { key.clone() } else { format!("{key}-{code}") };
            if let Some(fault) = service::fact_fault("indikator", "value", key, text)
                && !errors.iter().any(|(known, _)| *known == name)
            {
                let asked = input(key);
                let text = match asked {
                    Some((label, kind)) if SHARED.contains(&key.as_str()) => fault_text(words, &label, &kind, fault),
                    Some((label, kind)) => format!("{code}: {}", fault_text(words, &label, &kind, fault)),
                    None => words.say("fault-not-taken"),
                };
                errors.push((name, text));
            }
        }
        said.push((code.to_owned(), Saying { fact: "value".to_owned(), inputs: inputs.to_vec() }));
    }
    (said, errors)
}

fn input(key: &str) -> Option<(service::reply::Both, InputKind)> {
    let found = service::fact_inputs("indikator", "value")?.into_iter().find(|input| input.field == key)?;
    Some((found.label, found.kind))
}

fn values_page(
    frame: Frame,
    sheet: &SheetView,
    baseline: bool,
    value: &dyn Fn(&str) -> String,
    was: &dyn Fn(&str) -> String,
    errors: Vec<(String, String)>,
) -> ValuesPage {
    let words = frame.words;
    let row = sheet_row(words, &sheet.line);
    let error = |name: &str| errors.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone());
    let shared = SHARED.iter().filter_map(|name| {
        let (label, kind) = input(name)?;
        Some(Field {
            name: (*name).to_owned(),
            label: words.of_both(&label).to_owned(),
            hint: match *name {
                "method" => Some(words.say("ind-method-hint")),
                "source" => Some(words.say("ind-source-hint")),
                _ => None,
            },
            error: error(name),
            question: None,
            value: value(name),
            was: was(name),
            required: false,
            options: Vec::new(),
            picked: false,
            several: false,
            column: false,
            lines: false,
            scan: false,
            numeric: false,
            short: matches!(kind, InputKind::Date),
            contested: None,
        })
    });
    let rows = sheet.indicators.iter().map(|line| {
        let [of_value, of_unit] = ["value", "unit"].map(|field| format!("{field}-{}", line.code));
        ValueRow {
            code: line.code.clone(),
            text: words.of_both(&line.text).to_owned(),
            value: value(&of_value),
            was: was(&of_value),
            unit: value(&of_unit),
            was_unit: was(&of_unit),
            error: error(&of_value).or_else(|| error(&of_unit)),
            computed: line.computed.as_ref().filter(|_| !baseline).map(|both| words.of_both(both).to_owned()),
        }
    });
    let key = if baseline { "ind-form-baseline" } else { "ind-form" };
    ValuesPage {
        at: row.href,
        title: words.about(key, "period", row.title),
        lead: words.say(if baseline { "ind-lead-baseline" } else { "ind-lead" }),
        baseline,
        fields: shared.collect(),
        rows: rows.collect(),
        errors,
        frame,
    }
}
