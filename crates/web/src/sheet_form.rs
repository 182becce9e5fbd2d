//! The forms of records beside people and participations: beginning one, changing it, and saying something in it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{Both, RecordField, SheetEvent, SheetInput, SheetView};
use service::{Code, Command, Fault, InputKind, Query as Ask, Saying, TextChange};
use std::collections::BTreeMap;

use crate::app::{App, ask};
use crate::field::{Field, Option_, fault_text, is_list, options};
use crate::frame::{Frame, Place, page, refused};
use crate::panels::{self, Panel};
use crate::problem::{Problem, Reason};
use crate::session::{Desk, Posted};
use crate::sheets::{kind, place_of, sheet};
use crate::words::Words;

#[derive(Template)]
#[template(path = "sheet_form.html")]
pub(crate) struct FormPage {
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) lead: String,
    /// Where the form is sent.
    pub(crate) action: String,
    /// Where one goes instead.
    pub(crate) back: String,
    /// The record, where there is one that may change meanwhile.
    pub(crate) at: Option<String>,
    /// What the form was shown, where it changes something.
    pub(crate) shown: String,
    /// Field and what is wrong with it; a field of no name stands for the whole form.
    pub(crate) errors: Vec<(String, String)>,
    pub(crate) fields: Vec<Field>,
    /// What will stand for good, to be looked at before it is saved.
    pub(crate) panels: Vec<Panel>,
    /// Stands for it; empty where the form shows all of it.
    pub(crate) confirm: String,
    pub(crate) save: String,
}

impl FormPage {
    /// Whether a file can be chosen in it.
    fn takes_files(&self) -> bool {
        self.fields.iter().any(|field| field.scan)
    }
}

/// What a form is made of: what it asks, and what stands or was typed there.
#[derive(Clone)]
pub(crate) struct Filled<'a> {
    pub(crate) inputs: &'a [SheetInput],
    pub(crate) value: &'a dyn Fn(&str) -> String,
    pub(crate) was: &'a dyn Fn(&str) -> String,
    /// Field and what is wrong with it, in words.
    pub(crate) errors: Vec<(String, String)>,
    pub(crate) contested: &'a dyn Fn(&str) -> Option<String>,
}

/// From where a form takes what is known already, in its address: `tamu`, a guest book whose newest guest of this officer
/// it is about; `dari`, a record from which an agenda comes or the agenda for which a stand is drafted; or a field's text.
type From = BTreeMap<String, String>;

/// What a visit told that a form need not ask again.
pub(crate) struct Guest {
    pub(crate) name: String,
    pub(crate) person: String,
}

/// The guest that an officer noted last in a guest book.
pub(crate) async fn guest(app: &App, desk: &Desk, book: &str) -> Option<Guest> {
    let book = sheet(app, desk, "buku-tamu", book).await.ok()?;
    let own = |event: &&SheetEvent| event.who.here && event.who.officer == desk.officer.handle && event.fact == "visit";
    let visit = book.events.iter().filter(own).max_by_key(|event| event.who.time_ms)?;
    let part = |field: &str| {
        let part = visit.parts.iter().find(|part| part.field == field);
        part.map(|part| part.text.id.clone()).unwrap_or_default()
    };
    Some(Guest { name: part("name"), person: part("person") })
}

pub(crate) async fn ask_new(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(from): Query<From>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.writes()?;
    let inputs = inputs_of_new(&app, &desk, &code).await?;
    let guest = match from.get("tamu") {
        None => None,
        Some(book) => guest(&app, &desk, book).await,
    };
    let given = |key: &str| from.get(key).cloned().unwrap_or_default();
    let value = |field: &str| match (field, &guest) {
        ("name", Some(guest)) => guest.name.clone(),
        ("person", Some(guest)) => guest.person.clone(),
        (_, None) if from.contains_key(field) => given(field),
        ("from", None) => given("dari"),
        // Silence is no answer, unless the parties declare otherwise.
        ("silence", None) => "tidak_menjawab".to_owned(),
        _ => String::new(),
    };
    let (frame, _) = Frame::of(&app, &desk, place_of(&app, &code)).await?;
    let filled = Filled { inputs: &inputs, value: &value, was: &empty, errors: Vec::new(), contested: &nothing };
    Ok(page(&new_page(frame, &desk, &code, filled)?, &desk.visit))
}

pub(crate) async fn begin(
    State(app): State<App>,
    Path(code): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let inputs = inputs_of_new(&app, &desk, &code).await?;
    let words = Words::of(desk.visit.language);
    let (mut fields, texts) = typed(&inputs, &form);
    let mut errors = faults(words, &inputs, &fields, true, &|field, text| service::sheet_fault(&code, field, text));
    let place = fields.iter().position(|(field, _)| field == "place").map(|at| fields.remove(at).1);
    if place.as_deref() == Some("") && inputs.iter().any(|input| input.field == "place" && input.required) {
        errors.push(("place".to_owned(), words.say("form-village-missing")));
    }
    if errors.is_empty() {
        let begin = Command::BeginSheet { officer, kind: code.clone(), place, fields, texts };
        match ask!(app, begin, Begun) {
            Ok(id) => return Ok(Redirect::to(&format!("/catatan/{code}/{id}?sudah=baru")).into_response()),
            Err(problem) => errors.push(beside(words, problem, &desk)?),
        }
    }
    let all = sent(&inputs, &form);
    let value = |field: &str| {
        let sent = all.iter().find(|(known, _)| known == field);
        sent.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let (frame, _) = Frame::of(&app, &desk, place_of(&app, &code)).await?;
    let filled = Filled { inputs: &inputs, value: &value, was: &empty, errors, contested: &nothing };
    let shown = new_page(frame, &desk, &code, filled)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response())
}

pub(crate) async fn ask_change(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.writes()?;
    let sheet = sheet(&app, &desk, &code, &id).await?;
    let inputs = inputs_of_change(&app, &desk, &sheet).await?;
    let words = Words::of(desk.visit.language);
    let stands = stands_in(words, &sheet);
    let several = several(words, &sheet);
    let (frame, _) = Frame::of(&app, &desk, place_of(&app, &code)).await?;
    let filled = Filled { inputs: &inputs, value: &stands, was: &stands, errors: Vec::new(), contested: &several };
    Ok(page(&change_page(frame, &sheet, sheet.shown.clone(), filled), &desk.visit))
}

pub(crate) async fn change(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let sheet = sheet(&app, &desk, &code, &id).await?;
    let inputs = inputs_of_change(&app, &desk, &sheet).await?;
    let words = Words::of(desk.visit.language);
    let at = format!("/catatan/{code}/{id}");
    let was = |field: &str| form.get(&format!("was-{field}")).to_owned();
    // Only what the officer changed is written: the rest may be another now.
    let (fields, texts) = typed(&inputs, &form);
    let fields: Vec<_> = fields.into_iter().filter(|(field, text)| was(field).trim() != text).collect();
    let plain = |text: &str| text.replace("\r\n", "\n");
    let texts = texts.into_iter().map(|(field, now)| TextChange { was: was(&field), now, field });
    let texts: Vec<TextChange> = texts.filter(|change| plain(&change.was) != plain(&change.now)).collect();
    if fields.is_empty() && texts.is_empty() {
        return Ok(Redirect::to(&at).into_response());
    }
    let mut errors = faults(words, &inputs, &fields, false, &|field, text| service::sheet_fault(&code, field, text));
    if errors.is_empty() {
        let change = Command::ChangeSheet { officer, id: id.clone(), fields, texts, shown: form.given("shown") };
        match app.ask(change).await {
            Ok(_) => return Ok(Redirect::to(&format!("{at}?sudah=ubah")).into_response()),
            Err(problem) => errors.push(beside(words, problem, &desk)?),
        }
    }
    let value = |field: &str| form.get(field).to_owned();
    let several = several(words, &sheet);
    let (frame, _) = Frame::of(&app, &desk, place_of(&app, &code)).await?;
    let filled = Filled { inputs: &inputs, value: &value, was: &was, errors, contested: &several };
    let shown = change_page(frame, &sheet, form.get("shown").to_owned(), filled);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response())
}

#[derive(Template)]
#[template(path = "changed.html")]
pub(crate) struct ChangedPart {
    pub(crate) words: Words,
    pub(crate) at: String,
    pub(crate) changed: bool,
}

/// Whether the record is another than the open form was shown; what is typed stays as it is.
pub(crate) async fn changed_since(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let now = sheet(&app, &desk, &code, &id).await?;
    let changed = now.shown != form.get("shown");
    let words = Words::of(desk.visit.language);
    Ok(page(&ChangedPart { words, at: format!("/catatan/{code}/{id}"), changed }, &desk.visit))
}

pub(crate) async fn ask_fact(
    State(app): State<App>,
    Path((code, id, fact)): Path<(String, String, String)>,
    Query(known): Query<BTreeMap<String, String>>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.writes()?;
    let sheet = sheet(&app, &desk, &code, &id).await?;
    let (frame, _) = Frame::of(&app, &desk, place_of(&app, &code)).await?;
    let Some(asked) = sheet.asks.iter().find(|asked| asked.fact == fact) else {
        return Err(desk.visit.problem(Reason::NoRight));
    };
    let value = |field: &str| match (known.get(field), field) {
        (Some(known), _) => known.clone(),
        (None, "date") => today(&app),
        (None, _) => String::new(),
    };
    let filled = Filled { inputs: &asked.inputs, value: &value, was: &empty, errors: Vec::new(), contested: &nothing };
    Ok(page(&fact_page(frame, &sheet, &fact, &asked.label, filled), &desk.visit))
}

pub(crate) async fn say(
    State(app): State<App>,
    Path((code, id, fact)): Path<(String, String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let sheet = sheet(&app, &desk, &code, &id).await?;
    let Some(asked) = sheet.asks.iter().find(|asked| asked.fact == fact) else {
        return Err(desk.visit.problem(Reason::NoRight));
    };
    let words = Words::of(desk.visit.language);
    let (form, not_kept) = with_scans(&app, words, &asked.inputs, form);
    let (mut inputs, lines) = typed(&asked.inputs, &form);
    inputs.extend(lines);
    let all = sent(&asked.inputs, &form);
    let fault = |field: &str, text: &str| service::fact_fault(&code, &fact, field, text);
    let mut errors = said_faults(words, &asked.inputs, &all, &fault);
    errors.extend(not_kept);
    let mut look = Vec::new();
    if errors.is_empty() {
        let saying = Saying { fact: fact.clone(), inputs };
        match said_or_to_look_at(&app, &id, officer, saying, form.get("confirm")).await {
            Ok(found) if found.is_empty() => {
                return Ok(Redirect::to(&format!("/catatan/{code}/{id}?sudah=catat")).into_response());
            }
            Ok(found) => look = found,
            Err(problem) => errors.push(beside(words, problem, &desk)?),
        }
    }
    let value = |field: &str| {
        let sent = all.iter().find(|(known, _)| known == field);
        sent.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let (frame, _) = Frame::of(&app, &desk, place_of(&app, &code)).await?;
    let filled = Filled { inputs: &asked.inputs, value: &value, was: &empty, errors, contested: &nothing };
    let mut shown = fact_page(frame, &sheet, &fact, &asked.label, filled);
    if look.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response());
    }
    shown.lead = words.say("fact-look");
    shown.save = words.say("fact-look-save");
    shown.confirm = panels::digest(&look);
    shown.panels = panels::panels(words, "", &look, false);
    Ok(page(&shown, &desk.visit))
}

/// Says something, or gives what will stand for good where nobody has looked at exactly that yet.
async fn said_or_to_look_at(
    app: &App,
    id: &str,
    officer: String,
    saying: Saying,
    confirm: &str,
) -> Result<Vec<service::reply::Panel>, service::Problem> {
    let look = ask!(app, Ask::Preview { id: id.to_owned(), said: saying.clone() }, Preview)?;
    if !look.is_empty() && panels::digest(&look) != confirm {
        return Ok(look);
    }
    let Saying { fact, inputs } = saying;
    app.ask(Command::Say { officer, id: id.to_owned(), fact, inputs }).await.map(|_| Vec::new())
}

pub(crate) async fn ask_visit(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.writes()?;
    let inputs = visit_inputs();
    let value = |field: &str| if field == "date" { today(&app) } else { String::new() };
    let (frame, _) = Frame::of(&app, &desk, Place::Records).await?;
    let filled = Filled { inputs: &inputs, value: &value, was: &empty, errors: Vec::new(), contested: &nothing };
    Ok(page(&visit_page(frame, filled), &desk.visit))
}

/// Notes a visit, and goes on to what its purpose needs.
pub(crate) async fn visit(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let (inputs, words) = (visit_inputs(), Words::of(desk.visit.language));
    let all: Vec<(String, String)> =
        inputs.iter().map(|input| (input.field.clone(), form.line(&input.field))).collect();
    let mut errors =
        faults(words, &inputs, &all, true, &|field, text| service::fact_fault("buku-tamu", "visit", field, text));
    if errors.is_empty() {
        let told = all.iter().filter(|(_, text)| !text.is_empty()).cloned().collect();
        match ask!(app, Command::Visit { officer, inputs: told }, Begun) {
            Ok(book) => {
                let next = match form.get("purpose") {
                    "complaint" => format!("/catatan/pengaduan/baru?tamu={book}"),
                    "ak1" => format!("/catatan/ak1/baru?tamu={book}"),
                    "consultation" => format!("/catatan/konsultasi/baru?tamu={book}"),
                    "registration" => format!("/peserta/daftar?tamu={book}"),
                    _ => format!("/catatan/buku-tamu/{book}?sudah=tamu"),
                };
                return Ok(Redirect::to(&next).into_response());
            }
            Err(problem) => errors.push(beside(words, problem, &desk)?),
        }
    }
    let value = |field: &str| form.get(field).to_owned();
    let (frame, _) = Frame::of(&app, &desk, Place::Records).await?;
    let filled = Filled { inputs: &inputs, value: &value, was: &empty, errors, contested: &nothing };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&visit_page(frame, filled), &desk.visit)).into_response())
}

fn visit_inputs() -> Vec<SheetInput> {
    service::fact_inputs("buku-tamu", "visit").unwrap_or_default()
}

/// The day as a form begins with it; nothing while the clock is not believed.
pub(crate) fn today(app: &App) -> String {
    app.service().believed_today().map(|day| day.strftime("%d-%m-%Y").to_string()).unwrap_or_default()
}

pub(crate) fn empty(_: &str) -> String {
    String::new()
}

pub(crate) fn nothing(_: &str) -> Option<String> {
    None
}

/// What a form asks for a kind, with what there is to pick from.
pub(crate) async fn form_of(app: &App, desk: &Desk, code: &str) -> Result<Vec<SheetInput>, Problem> {
    kind(desk, code)?;
    let inputs = ask!(app, Ask::SheetForm { kind: code.to_owned() }, SheetForm);
    inputs.map_err(|problem| refused(problem, desk))
}

/// What a form asks to change a record. What an agenda says is its own: its fields, and each part of its text.
async fn inputs_of_change(app: &App, desk: &Desk, sheet: &SheetView) -> Result<Vec<SheetInput>, Problem> {
    if sheet.line.kind != "agenda" {
        return form_of(app, desk, &sheet.line.kind).await;
    }
    let fields = sheet.fields.iter().map(|field| (&field.field, &field.label, field.kind.clone()));
    let texts = sheet.texts.iter().map(|text| (&text.field, &text.label, InputKind::Lines));
    let input = |(field, label, kind): (&String, &Both, InputKind)| SheetInput {
        field: field.clone(),
        label: label.clone(),
        kind,
        required: false,
    };
    Ok(fields.chain(texts).map(input).collect())
}

/// The form with each scan that came with it kept, and its hash in the place of the file.
pub(crate) fn with_scans(
    app: &App,
    words: Words,
    inputs: &[SheetInput],
    mut form: Posted,
) -> (Posted, Vec<(String, String)>) {
    let mut errors = Vec::new();
    for input in inputs.iter().filter(|input| input.kind == InputKind::Scan) {
        let Some(bytes) = form.file(&format!("file-{}", input.field)).map(<[u8]>::to_vec) else { continue };
        match app.service().keep_scan(&bytes) {
            Ok(hash) => form.put(&input.field, hash),
            Err(problem) => {
                let text = problem.text.as_ref().map(|both| words.of_both(both).to_owned());
                errors.push((input.field.clone(), text.unwrap_or_else(|| words.say("fault-not-taken"))));
            }
        }
    }
    (form, errors)
}

/// As [`form_of`], without what this office knows by itself, and with the place where that has to be told.
async fn inputs_of_new(app: &App, desk: &Desk, code: &str) -> Result<Vec<SheetInput>, Problem> {
    let (mut inputs, kind) = (form_of(app, desk, code).await?, kind(desk, code)?);
    let in_village = app.service().office().kind == "village";
    inputs.retain(|input| {
        !(matches!(input.field.as_str(), "number" | "office") || (in_village && input.field == "village"))
    });
    if kind.of_village && !in_village {
        let villages = app.service().villages().into_iter();
        let villages: Vec<(String, Both)> = villages
            .map(|(code, name)| {
                let label = format!("{name} ({code})");
                (code, Both { id: label.clone(), en: label })
            })
            .collect();
        let words = [crate::Language::Indonesian, crate::Language::English]
            .map(|language| Words::of(language).say("form-village"));
        let [id, en] = words;
        let kind = if villages.is_empty() { InputKind::Place } else { InputKind::Choice(villages) };
        inputs.insert(0, SheetInput { field: "place".to_owned(), label: Both { id, en }, kind, required: true });
    }
    Ok(inputs)
}

/// Field and what was typed there.
pub(crate) type Typed = Vec<(String, String)>;

/// What was sent for an input; several answers with commas between them.
fn sent_for(input: &SheetInput, form: &Posted) -> String {
    match input.kind {
        InputKind::Several(_) => form.all(&input.field).collect::<Vec<_>>().join(","),
        InputKind::Lines => form.get(&input.field).trim_end().to_owned(),
        InputKind::Text
        | InputKind::Date
        | InputKind::YesNo
        | InputKind::Number
        | InputKind::Person
        | InputKind::Place
        | InputKind::Office
        | InputKind::Document
        | InputKind::Scan
        | InputKind::Choice(_) => form.line(&input.field),
    }
}

/// What was sent for each input.
pub(crate) fn sent(inputs: &[SheetInput], form: &Posted) -> Typed {
    inputs.iter().map(|input| (input.field.clone(), sent_for(input, form))).collect()
}

/// What is wrong with what was sent; what may be empty may be empty.
pub(crate) fn said_faults(
    words: Words,
    inputs: &[SheetInput],
    sent: &[(String, String)],
    fault: &dyn Fn(&str, &str) -> Option<Fault>,
) -> Vec<(String, String)> {
    let may_be_empty = |field: &str| inputs.iter().any(|input| input.field == field && !input.required);
    faults(words, inputs, sent, true, &|field, text| {
        if text.is_empty() && may_be_empty(field) { None } else { fault(field, text) }
    })
}

/// What was typed into fields of one line, and into those of several, as far as they were on the form.
pub(crate) fn typed(inputs: &[SheetInput], form: &Posted) -> (Typed, Typed) {
    let sent = inputs.iter().filter(|input| form.all(&input.field).next().is_some());
    let (lines, fields): (Vec<_>, Vec<_>) = sent.partition(|input| input.kind == InputKind::Lines);
    let fields = fields.into_iter().map(|input| (input.field.clone(), sent_for(input, form)));
    let lines = lines.into_iter().map(|input| (input.field.clone(), sent_for(input, form)));
    (fields.collect(), lines.collect())
}

pub(crate) fn faults(
    words: Words,
    inputs: &[SheetInput],
    fields: &[(String, String)],
    whole: bool,
    fault: &dyn Fn(&str, &str) -> Option<Fault>,
) -> Vec<(String, String)> {
    let errors = inputs.iter().filter_map(|input| {
        let text = fields.iter().find(|(field, _)| *field == input.field).map(|(_, text)| text.as_str());
        // A required answer that nobody picked is not sent at all; what a change leaves out stays as it is.
        let text = text.or_else(|| (whole && input.required).then_some(""))?;
        let found = fault(&input.field, text)?;
        Some((input.field.clone(), fault_text(words, &input.label, &input.kind, found)))
    });
    errors.collect()
}

/// What the node refused, beside the field that it is about or above the form; what no form can mend is a page of its own.
pub(crate) fn beside(words: Words, problem: service::Problem, desk: &Desk) -> Result<(String, String), Problem> {
    let field = problem.field.clone().unwrap_or_default();
    match &problem.text {
        Some(text) => {
            let text = words.of_both(text);
            let mut letters = text.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            Ok((field, format!("{first}{}", letters.as_str())))
        }
        None if problem.code == Code::BadInput => Ok((field, words.say("fault-not-taken"))),
        None => Err(refused(problem, desk)),
    }
}

/// What stands in a record, as a form takes it.
fn stands_in<'a>(words: Words, sheet: &'a SheetView) -> impl Fn(&str) -> String + 'a {
    let of_fields = stands(words, &sheet.fields);
    move |field| match sheet.texts.iter().find(|text| text.field == field) {
        Some(text) => text.text.clone(),
        None => of_fields(field),
    }
}

/// What stands in fields, as a form takes it.
pub(crate) fn stands<'a>(words: Words, fields: &'a [RecordField]) -> impl Fn(&str) -> String + 'a {
    move |field| {
        let found = fields.iter().find(|known| known.field == field);
        let Some(value) = found.and_then(|field| field.values.first()) else { return String::new() };
        match found.map(|field| &field.kind) {
            Some(
                InputKind::Choice(_) | InputKind::YesNo | InputKind::Office | InputKind::Document | InputKind::Place,
            ) => value.stored.clone().unwrap_or_default(),
            _ => words.of_both(&value.text).to_owned(),
        }
    }
}

/// The values of a field that somebody has to choose from first.
fn several<'a>(words: Words, sheet: &'a SheetView) -> impl Fn(&str) -> Option<String> + 'a {
    move |field| {
        let found = sheet.fields.iter().find(|known| known.field == field).filter(|field| field.values.len() > 1)?;
        let texts: Vec<&str> = found.values.iter().map(|value| words.of_both(&value.text)).collect();
        Some(texts.join(" / "))
    }
}

fn new_page(frame: Frame, desk: &Desk, code: &str, filled: Filled<'_>) -> Result<FormPage, Problem> {
    let (words, kind) = (frame.words, kind(desk, code)?);
    // From which record it comes says the page that one comes from; nobody types that.
    let typed = |input: &&SheetInput| {
        input.field != "from" || input.kind != InputKind::Document || !(filled.value)("from").is_empty()
    };
    let asked: Vec<SheetInput> = filled.inputs.iter().filter(typed).cloned().collect();
    let lead = match code {
        "pengaduan" => "complaint-lead",
        "ak1" => "card-lead",
        _ => "sheet-new-lead",
    };
    Ok(FormPage {
        title: words.about("sheet-new-title", "kind", words.of_both(&kind.label)),
        lead: words.say(lead),
        action: format!("/catatan/{code}/baru"),
        back: format!("/catatan/{code}"),
        at: None,
        shown: String::new(),
        fields: fields(words, &Filled { inputs: &asked, ..filled.clone() }),
        errors: filled.errors,
        panels: Vec::new(),
        confirm: String::new(),
        save: words.say("register-save"),
        frame,
    })
}

fn change_page(frame: Frame, sheet: &SheetView, shown: String, filled: Filled<'_>) -> FormPage {
    let words = frame.words;
    let row = crate::sheets::sheet_row(words, &sheet.line);
    FormPage {
        title: words.about("change-title", "name", row.title),
        lead: words.say("change-lead"),
        action: format!("{}/ubah", row.href),
        back: row.href.clone(),
        at: Some(row.href),
        shown,
        fields: fields(words, &filled),
        errors: filled.errors,
        panels: Vec::new(),
        confirm: String::new(),
        save: words.say("change-save"),
        frame,
    }
}

fn fact_page(frame: Frame, sheet: &SheetView, fact: &str, label: &Both, filled: Filled<'_>) -> FormPage {
    let words = frame.words;
    let row = crate::sheets::sheet_row(words, &sheet.line);
    FormPage {
        title: words.of_both(label).to_owned(),
        lead: words.about("fact-lead", "record", format!("{} · {}", row.kind, row.title)),
        action: format!("{}/catat/{fact}", row.href),
        back: row.href,
        at: None,
        shown: String::new(),
        fields: fields(words, &filled),
        errors: filled.errors,
        panels: Vec::new(),
        confirm: String::new(),
        save: words.say("register-save"),
        frame,
    }
}

fn visit_page(frame: Frame, filled: Filled<'_>) -> FormPage {
    let words = frame.words;
    FormPage {
        title: words.say("door-visit"),
        lead: words.say("visit-lead"),
        action: "/tamu".to_owned(),
        back: "/".to_owned(),
        at: None,
        shown: String::new(),
        fields: fields(words, &filled),
        errors: filled.errors,
        panels: Vec::new(),
        confirm: String::new(),
        save: words.say("register-save"),
        frame,
    }
}

pub(crate) fn fields(words: Words, filled: &Filled<'_>) -> Vec<Field> {
    filled.inputs.iter().map(|input| field(words, input, filled)).collect()
}

fn field(words: Words, input: &SheetInput, filled: &Filled<'_>) -> Field {
    let name = input.field.clone();
    let value = (filled.value)(&name);
    let options: Vec<Option_> = options(words, &input.kind, &value, !input.required);
    let hint = match (&input.kind, name.as_str()) {
        (InputKind::Choice(codes), _) if codes.is_empty() => Some("hint-nothing-to-pick"),
        (InputKind::Date, _) => Some("hint-date"),
        (InputKind::Scan, _) => Some("hint-scan"),
        (InputKind::Person, _) => Some("hint-person"),
        (InputKind::Place, _) => Some("form-village-hint"),
        (_, "phone") => Some("hint-phone"),
        _ => None,
    };
    Field {
        label: words.of_both(&input.label).to_owned(),
        hint: hint.map(|key| words.say(key)),
        error: filled.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone()),
        question: None,
        was: (filled.was)(&name),
        required: input.required,
        numeric: matches!(input.kind, InputKind::Number) || name == "phone",
        short: matches!(input.kind, InputKind::Date | InputKind::Number | InputKind::Place),
        picked: !matches!(input.kind, InputKind::Several(_)) && is_list(&options)
            || matches!(input.kind, InputKind::Choice(_)) && long(&options),
        lines: input.kind == InputKind::Lines,
        scan: input.kind == InputKind::Scan,
        several: matches!(input.kind, InputKind::Several(_)),
        column: matches!(input.kind, InputKind::Several(_)) && long(&options),
        contested: (filled.contested)(&name),
        value,
        options,
        name,
    }
}

/// Whether answers are too long to stand beside each other.
fn long(options: &[Option_]) -> bool {
    options.iter().any(|option| option.label.chars().count() > 40)
}
