//! The form of a participant: registering, and changing what stands. A warning asks and lets through; what another office
//! wrote while the form was open stands beside what is saved.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{CheckView, RecordView};
use service::{Command, Fault, Input, InputKind, Query as Ask};

use crate::app::{App, ask};
use crate::field::{Field, Option_, fault_text, options};
use crate::frame::{Frame, Place, page, refused};
use crate::person::record;
use crate::problem::{Problem, Reason};
use crate::rows::{Row, row};
use crate::session::{Desk, Posted};
use crate::sheet_form::guest;
use crate::words::Words;

/// Fields with a hint of their own, under `hint-FIELD`.
pub(crate) const HINTED: [&str; 6] = ["name", "nik", "birth", "dusun", "phone", "group"];

/// The form, part by part; each part has a heading.
const PARTS: [(Part, &[&str]); 3] = [
    (Part::Person, &["name", "sex", "birth", "nik", "kk"]),
    (Part::Address, &["dusun", "rt", "rw", "address", "phone"]),
    (
        Part::Taking,
        &[
            "group",
            "group_number",
            "claim_calon_tki",
            "claim_tki_aktif",
            "claim_keluarga_tki",
            "claim_tki_purna",
            "claim_keluarga_tki_purna",
            "resident",
            "productive",
            "willing",
            "paper_date",
            "paper_by",
        ],
    ),
];

#[derive(Debug, Clone, Copy)]
enum Part {
    Person,
    Address,
    Taking,
}

struct Section {
    title: String,
    fields: Vec<Field>,
}

/// Somebody who may be the same person.
struct Same {
    row: Row,
    why: String,
}

/// What to look at again, beside the form.
#[derive(Template)]
#[template(path = "check.html")]
struct Check {
    words: Words,
    questions: Vec<(String, String)>,
    same: Vec<Same>,
    like: Vec<Row>,
}

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage {
    frame: Frame,
    title: String,
    lead: String,
    /// Where the form is sent.
    action: String,
    /// Where one goes instead.
    back: String,
    /// The person whose form it is; empty for a new one.
    id: String,
    shown: String,
    /// Field and what is wrong with it.
    errors: Vec<(String, String)>,
    sections: Vec<Section>,
    villages: Vec<Option_>,
    village_typed: bool,
    village_error: Option<String>,
    check: Check,
    /// The questions have been put: sending the same again saves.
    confirm: String,
    save: String,
}

/// An empty form, or what was typed into it and is to be looked at again.
struct Filled<'a> {
    /// What stands in the field now.
    value: &'a dyn Fn(&str) -> String,
    /// What stood in it when the form was shown.
    was: &'a dyn Fn(&str) -> String,
    record: Option<&'a RecordView>,
    faults: &'a [(String, Fault)],
    check: CheckView,
}

/// From where the form takes what is known already.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct From {
    /// A guest book: the guest that this officer noted last.
    #[serde(default)]
    tamu: String,
}

pub(crate) async fn ask_new(State(app): State<App>, Query(from): Query<From>, desk: Desk) -> Result<Response, Problem> {
    desk.writes()?;
    let (frame, glance) = Frame::of(&app, &desk, Place::Participants).await?;
    if !glance.may_register {
        return Err(desk.visit.problem(Reason::NoRight));
    }
    let guest = match from.tamu.as_str() {
        "" => None,
        book => guest(&app, &desk, book).await,
    };
    let empty = |_: &str| String::new();
    let known =
        |field: &str| guest.as_ref().filter(|_| field == "name").map_or_else(String::new, |guest| guest.name.clone());
    let filled = Filled { value: &known, was: &empty, record: None, faults: &[], check: CheckView::default() };
    Ok(page(&new_page(&app, frame, &filled, String::new(), None), &desk.visit))
}

pub(crate) async fn register(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let fields = typed(&form);
    let mut faults = faults(&fields, true);
    let villages = app.service().villages();
    let village = form.given("village").or_else(|| match villages.as_slice() {
        [(only, _)] => Some(only.clone()),
        _ => None,
    });
    if village.is_none() {
        faults.push(("village".to_owned(), Fault::Empty));
    }
    let check = checked(&app, &desk, village.as_deref(), None, &fields).await.unwrap_or_default();
    let confirm = questions_put(&check, &fields);
    if faults.is_empty() && (confirm.is_empty() || form.get("confirm") == confirm) {
        let named = |field: &str| fields.iter().find(|(key, _)| key == field).map(|(_, text)| text.clone());
        let name = named("name").unwrap_or_default();
        let rest: Vec<_> = fields.iter().filter(|(key, text)| key != "name" && !text.is_empty()).cloned().collect();
        let add = Command::Add { officer, name, village: village.clone(), fields: rest };
        match ask!(app, add, Added) {
            Ok(row) => {
                let like = check.maybe_same.iter().any(|one| !one.evidence.is_empty());
                let done = if like { "mirip" } else { "baru" };
                return Ok(Redirect::to(&format!("/peserta/{}?sudah={done}", row.person)).into_response());
            }
            Err(problem) if problem.code == service::Code::BadInput => {
                faults.push(("village".to_owned(), Fault::Unreadable));
            }
            Err(problem) => return Err(refused(problem, &desk)),
        }
    }
    let (frame, _) = Frame::of(&app, &desk, Place::Participants).await?;
    let (value, was) = (|field: &str| form.get(field).to_owned(), |_: &str| String::new());
    let filled = Filled { value: &value, was: &was, record: None, faults: &faults, check };
    let shown = new_page(&app, frame, &filled, confirm, village.as_deref());
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response())
}

pub(crate) async fn ask_change(
    State(app): State<App>,
    Path(id): Path<String>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.writes()?;
    let record = record(&app, &desk, &id).await?;
    let (frame, _) = Frame::of(&app, &desk, Place::Participants).await?;
    let stands = stands(frame.words, &record);
    let filled =
        Filled { value: &stands, was: &stands, record: Some(&record), faults: &[], check: CheckView::default() };
    Ok(page(&change_page(frame, &filled, &record, record.shown.clone(), String::new()), &desk.visit))
}

pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let record = record(&app, &desk, &id).await?;
    // Only what the officer changed is written: the rest may be another now.
    let changed: Vec<(String, String)> =
        typed(&form).into_iter().filter(|(field, text)| form.get(&format!("was-{field}")).trim() != *text).collect();
    if changed.is_empty() {
        return Ok(Redirect::to(&format!("/peserta/{id}")).into_response());
    }
    let faults = faults(&changed, false);
    let check = checked(&app, &desk, Some(&record.row.village), Some(&record.row.person), &typed(&form)).await;
    let mut check = check.unwrap_or_default();
    // An officer who mends an address is not asked about a NIK that nobody touched.
    check
        .questions
        .retain(|(field, _)| changed.iter().any(|(key, _)| key == field || matches!(key.as_str(), "birth" | "sex")));
    if !changed.iter().any(|(key, _)| matches!(key.as_str(), "name" | "nik" | "kk" | "birth" | "dusun")) {
        check.maybe_same.clear();
    }
    let confirm = questions_put(&check, &changed);
    if faults.is_empty() && (confirm.is_empty() || form.get("confirm") == confirm) {
        let set = Command::Set { officer, id: id.clone(), fields: changed, shown: form.given("shown") };
        app.ask(set).await.map_err(|problem| refused(problem, &desk))?;
        return Ok(Redirect::to(&format!("/peserta/{id}?sudah=ubah")).into_response());
    }
    let (frame, _) = Frame::of(&app, &desk, Place::Participants).await?;
    let (value, was) =
        (|field: &str| form.get(field).to_owned(), |field: &str| form.get(&format!("was-{field}")).to_owned());
    let filled = Filled { value: &value, was: &was, record: Some(&record), faults: &faults, check };
    let shown = change_page(frame, &filled, &record, form.get("shown").to_owned(), confirm);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response())
}

#[derive(Template)]
#[template(path = "changed.html")]
struct ChangedPart {
    words: Words,
    at: String,
    changed: bool,
}

/// Whether the record is another than the open form was shown; what is typed stays as it is.
pub(crate) async fn changed_since(
    State(app): State<App>,
    Path(id): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let now = record(&app, &desk, &id).await?;
    let words = Words::of(desk.visit.language);
    let changed = now.shown != form.get("shown");
    Ok(page(&ChangedPart { words, at: format!("/peserta/{id}"), changed }, &desk.visit))
}

/// What to look at again, while the form is filled in.
pub(crate) async fn check(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    let words = Words::of(desk.visit.language);
    let (village, except) = (form.given("village"), form.given("id"));
    let found = checked(&app, &desk, village.as_deref(), except.as_deref(), &typed(&form)).await.unwrap_or_default();
    Ok(page(&check_part(words, &found), &desk.visit))
}

async fn checked(
    app: &App,
    desk: &Desk,
    village: Option<&str>,
    except: Option<&str>,
    fields: &[(String, String)],
) -> Result<CheckView, Problem> {
    let (village, except) = (village.map(str::to_owned), except.map(str::to_owned));
    let asked = ask!(app, Ask::Check { village, except, fields: fields.to_vec() }, Checked);
    asked.map(|check| *check).map_err(|problem| refused(problem, desk))
}

fn check_part(words: Words, found: &CheckView) -> Check {
    let (with, without): (Vec<_>, Vec<_>) = found.maybe_same.iter().partition(|one| !one.evidence.is_empty());
    let same = with.into_iter().map(|one| Same {
        row: row(words, &one.row),
        why: one.evidence.iter().map(|both| words.of_both(both)).collect::<Vec<_>>().join("; "),
    });
    Check {
        words,
        questions: found
            .questions
            .iter()
            .map(|(field, both)| (field.clone(), words.of_both(both).to_owned()))
            .collect(),
        same: same.collect(),
        like: without.into_iter().map(|one| row(words, &one.row)).collect(),
    }
}

/// What the officer has to have seen before this is saved, as a text that the form gives back; empty if there is nothing.
/// Another answer puts the questions anew.
fn questions_put(check: &CheckView, fields: &[(String, String)]) -> String {
    let asks = !check.questions.is_empty() || check.maybe_same.iter().any(|one| !one.evidence.is_empty());
    if !asks {
        return String::new();
    }
    let mut hasher = blake3::Hasher::new();
    for (field, text) in
        fields.iter().filter(|(field, _)| matches!(field.as_str(), "name" | "nik" | "kk" | "birth" | "sex" | "dusun"))
    {
        hasher.update(field.as_bytes()).update(b"=").update(text.as_bytes()).update(b";");
    }
    data_encoding::HEXLOWER.encode(&hasher.finalize().as_bytes()[..8])
}

/// What was typed into the fields of the form, in its order, without what is around it.
fn typed(form: &Posted) -> Vec<(String, String)> {
    let fields = PARTS.iter().flat_map(|(_, fields)| fields.iter());
    // A field that somebody has to choose first is not on the form.
    let sent = fields.filter(|field| form.all(field).next().is_some());
    sent.map(|field| ((*field).to_owned(), form.line(field))).collect()
}

fn faults(fields: &[(String, String)], all: bool) -> Vec<(String, Fault)> {
    let mut faults: Vec<(String, Fault)> =
        fields.iter().filter_map(|(field, text)| Some((field.clone(), service::fault(field, text)?))).collect();
    if all && !fields.iter().any(|(field, _)| field == "name") {
        faults.push(("name".to_owned(), Fault::Empty));
    }
    faults
}

/// What stands in the record, as a form takes it.
fn stands<'a>(words: Words, record: &'a RecordView) -> impl Fn(&str) -> String + 'a {
    move |field| {
        let found = record.person.iter().chain(&record.participation).find(|known| known.field == field);
        let Some(value) = found.and_then(|field| field.values.first()) else { return String::new() };
        match found.map(|field| &field.kind) {
            Some(InputKind::Choice(_) | InputKind::YesNo) => value.stored.clone().unwrap_or_default(),
            _ => words.of_both(&value.text).to_owned(),
        }
    }
}

fn new_page(app: &App, frame: Frame, filled: &Filled<'_>, confirm: String, village: Option<&str>) -> FormPage {
    let words = frame.words;
    let villages = app.service().villages();
    let village_typed = villages.is_empty();
    let options = villages.into_iter().map(|(code, name)| Option_ {
        chosen: village == Some(code.as_str()),
        label: name,
        value: code,
    });
    let options: Vec<Option_> = options.collect();
    let villages = if options.len() == 1 { Vec::new() } else { options };
    let village_error = filled.faults.iter().find(|(field, _)| field == "village").map(|(_, fault)| match fault {
        Fault::Empty => words.say("form-village-missing"),
        Fault::Unreadable => words.say("form-village-unknown"),
    });
    FormPage {
        title: words.say("register-title"),
        lead: words.say("register-lead"),
        action: "/peserta/daftar".to_owned(),
        back: "/peserta".to_owned(),
        id: String::new(),
        shown: String::new(),
        errors: errors(words, filled, village_error.as_deref()),
        sections: sections(words, filled),
        villages,
        village_typed,
        village_error,
        check: check_part(words, &filled.check),
        save: words.say(if confirm.is_empty() { "register-save" } else { "form-save-anyway" }),
        confirm,
        frame,
    }
}

fn change_page(frame: Frame, filled: &Filled<'_>, record: &RecordView, shown: String, confirm: String) -> FormPage {
    let words = frame.words;
    let name = row(words, &record.row).name;
    let id = record.row.person.clone();
    FormPage {
        title: words.about("change-title", "name", name),
        lead: words.say("change-lead"),
        action: format!("/peserta/{id}/ubah"),
        back: format!("/peserta/{id}"),
        id,
        shown,
        errors: errors(words, filled, None),
        sections: sections(words, filled),
        villages: Vec::new(),
        village_typed: false,
        village_error: None,
        check: check_part(words, &filled.check),
        save: words.say(if confirm.is_empty() { "change-save" } else { "form-save-anyway" }),
        confirm,
        frame,
    }
}

fn errors(words: Words, filled: &Filled<'_>, village: Option<&str>) -> Vec<(String, String)> {
    let inputs = service::inputs();
    let mut errors: Vec<(String, String)> = Vec::new();
    for (field, fault) in filled.faults {
        match inputs.iter().find(|input| input.field == *field) {
            Some(input) => errors.push((field.clone(), fault_text(words, &input.label, &input.kind, *fault))),
            None => errors.extend(village.map(|text| (field.clone(), text.to_owned()))),
        }
    }
    errors
}

/// What each part of the form is called, and its fields.
pub(crate) fn parts(words: Words) -> [(String, &'static [&'static str]); 3] {
    PARTS.map(|(part, fields)| {
        let title = match part {
            Part::Person => "part-person",
            Part::Address => "part-address",
            Part::Taking => "part-taking-part",
        };
        (words.say(title), fields)
    })
}

fn sections(words: Words, filled: &Filled<'_>) -> Vec<Section> {
    let inputs = service::inputs();
    let sections = parts(words).into_iter().map(|(title, fields)| Section {
        title,
        fields: fields
            .iter()
            .filter_map(|name| inputs.iter().find(|input| input.field == *name))
            .map(|input| field(words, input, filled))
            .collect(),
    });
    sections.collect()
}

fn field(words: Words, input: &Input, filled: &Filled<'_>) -> Field {
    let name = input.field.clone();
    let value = (filled.value)(&name);
    let fault = filled.faults.iter().find(|(field, _)| *field == name).map(|(_, fault)| *fault);
    let standing = filled.record.and_then(|record| {
        let mut fields = record.person.iter().chain(&record.participation);
        fields.find(|known| known.field == name).filter(|known| known.values.len() > 1)
    });
    let question = filled.check.questions.iter().find(|(field, _)| *field == name);
    Field {
        label: words.of_both(&input.label).to_owned(),
        hint: HINTED.contains(&name.as_str()).then(|| words.say(&format!("hint-{name}"))),
        error: fault.map(|fault| fault_text(words, &input.label, &input.kind, fault)),
        question: question.map(|(_, both)| words.of_both(both).to_owned()),
        was: (filled.was)(&name),
        required: name == "name",
        numeric: matches!(name.as_str(), "nik" | "kk" | "rt" | "rw" | "phone" | "group_number"),
        short: matches!(name.as_str(), "rt" | "rw" | "group_number" | "birth"),
        contested: standing.map(|field| {
            let texts: Vec<&str> = field.values.iter().map(|value| words.of_both(&value.text)).collect();
            texts.join(" / ")
        }),
        options: options(words, &input.kind, &value, true),
        picked: false,
        several: false,
        column: false,
        lines: false,
        scan: false,
        value,
        name,
    }
}
