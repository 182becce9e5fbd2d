//! What happens to a participant: what is said of them by a form, their journeys abroad, and their family.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use service::reply::{FactAsked, PartView, RecordField, RecordView, RelativeView, SheetInput};
use service::{Command, PersonPart, Query as Ask, Saying};

use crate::app::{App, ask};
use crate::frame::{Frame, Place, page, refused};
use crate::person::record;
use crate::problem::{Problem, Reason};
use crate::rows::row;
use crate::session::{Desk, Posted};
use crate::sheet_form::{
    Filled, FormPage, beside, empty, faults, fields, nothing, said_faults, sent, stands, today, typed, with_scans,
};
use crate::words::Words;

/// A journey or a tie on the page of a participant.
pub(crate) struct Part {
    /// Where it is changed.
    pub(crate) change: String,
    pub(crate) fields: Vec<(String, String)>,
}

/// Somebody of the family on the page of a participant.
pub(crate) struct Relative {
    pub(crate) name: String,
    /// Their own page, where they take part.
    pub(crate) page: Option<String>,
    pub(crate) tie: Part,
    pub(crate) trips: Vec<Part>,
    /// Where a journey of theirs is begun.
    pub(crate) new_trip: String,
}

/// Whose journey a form is about.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Of {
    /// The code of a relative; else it is the participant's own.
    #[serde(default)]
    pub(crate) untuk: String,
}

pub(crate) fn part(words: Words, at: &str, view: &PartView) -> Part {
    Part { change: format!("{at}/bagian/{}", view.id), fields: all_values(words, &view.fields) }
}

pub(crate) fn relative(words: Words, at: &str, view: &RelativeView) -> Relative {
    Relative {
        name: words.of_both(&view.name).to_owned(),
        page: view.takes_part.then(|| format!("/peserta/{}", view.person)),
        tie: part(words, at, &view.tie),
        trips: view.trips.iter().map(|trip| part(words, at, trip)).collect(),
        new_trip: format!("{at}/tambah/perjalanan?untuk={}", view.person),
    }
}

/// What stands in the fields that say anything; several values until somebody writes one over them.
pub(crate) fn all_values(words: Words, fields: &[RecordField]) -> Vec<(String, String)> {
    let said = fields.iter().filter(|field| !field.values.is_empty());
    let text = |field: &RecordField| {
        let texts: Vec<&str> = field.values.iter().map(|value| words.of_both(&value.text)).collect();
        (words.of_both(&field.label).to_owned(), texts.join(" / "))
    };
    said.map(text).collect()
}

pub(crate) async fn ask_fact(
    State(app): State<App>,
    Path((id, fact)): Path<(String, String)>,
    Query(known): Query<BTreeMap<String, String>>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.writes()?;
    let record = record(&app, &desk, &id).await?;
    let (frame, _) = Frame::of(&app, &desk, Place::Participants).await?;
    let asked = asked(&desk, &record, &fact)?;
    // A letter is rarely of the day on which it is noted.
    let value = |field: &str| match (known.get(field), field) {
        (Some(known), _) => known.clone(),
        (None, "date") if fact != "decision" => today(&app),
        (None, _) => String::new(),
    };
    let filled = Filled { inputs: &asked.inputs, value: &value, was: &empty, errors: Vec::new(), contested: &nothing };
    Ok(page(&fact_page(frame, &record, asked, filled), &desk.visit))
}

pub(crate) async fn say(
    State(app): State<App>,
    Path((id, fact)): Path<(String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let record = record(&app, &desk, &id).await?;
    let asked = asked(&desk, &record, &fact)?;
    let words = Words::of(desk.visit.language);
    let (form, not_kept) = with_scans(&app, words, &asked.inputs, form);
    let all = sent(&asked.inputs, &form);
    let fault = |field: &str, text: &str| service::course_fault(&fact, field, text);
    let mut errors = said_faults(words, &asked.inputs, &all, &fault);
    errors.extend(not_kept);
    if errors.is_empty() {
        let (inputs, _) = typed(&asked.inputs, &form);
        let tell = Command::Tell { officer, id: id.clone(), said: Saying { fact: fact.clone(), inputs } };
        match app.ask(tell).await {
            Ok(_) => return Ok(Redirect::to(&format!("/peserta/{id}?sudah=catat")).into_response()),
            Err(problem) => errors.push(beside(words, problem, &desk)?),
        }
    }
    let value =
        |field: &str| all.iter().find(|(known, _)| known == field).map(|(_, text)| text.clone()).unwrap_or_default();
    let (frame, _) = Frame::of(&app, &desk, Place::Participants).await?;
    let filled = Filled { inputs: &asked.inputs, value: &value, was: &empty, errors, contested: &nothing };
    let shown = fact_page(frame, &record, asked, filled);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response())
}

pub(crate) async fn ask_new(
    State(app): State<App>,
    Path((id, part)): Path<(String, String)>,
    Query(of): Query<Of>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.writes()?;
    let part = of_name(&desk, &part)?;
    let inputs = inputs(&app, &desk, &id, part).await?;
    let (frame, _) = Frame::of(&app, &desk, Place::Participants).await?;
    let record = record(&app, &desk, &id).await?;
    let filled = Filled { inputs: &inputs, value: &empty, was: &empty, errors: Vec::new(), contested: &nothing };
    Ok(page(&new_page(frame, &record, part, &of, filled), &desk.visit))
}

pub(crate) async fn begin(
    State(app): State<App>,
    Path((id, part)): Path<(String, String)>,
    Query(of): Query<Of>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let part = of_name(&desk, &part)?;
    let inputs = inputs(&app, &desk, &id, part).await?;
    let words = Words::of(desk.visit.language);
    let all = sent(&inputs, &form);
    let mut errors = said_faults(words, &inputs, &all, &|field, text| part.fault(field, text));
    if errors.is_empty() {
        let (fields, _) = typed(&inputs, &form);
        let begin = Command::BeginPart {
            officer,
            id: id.clone(),
            part,
            of: Some(of.untuk.clone()).filter(|of| !of.is_empty()),
            fields,
        };
        match app.ask(begin).await {
            Ok(_) => return Ok(Redirect::to(&format!("/peserta/{id}?sudah=catat")).into_response()),
            Err(problem) => errors.push(beside(words, problem, &desk)?),
        }
    }
    let value = |field: &str| form.get(field).to_owned();
    let (frame, _) = Frame::of(&app, &desk, Place::Participants).await?;
    let record = record(&app, &desk, &id).await?;
    let filled = Filled { inputs: &inputs, value: &value, was: &empty, errors, contested: &nothing };
    let shown = new_page(frame, &record, part, &of, filled);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response())
}

pub(crate) async fn ask_change(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.writes()?;
    let record = record(&app, &desk, &id).await?;
    let (kind, view) = named(&desk, &record, &name)?;
    let inputs = inputs_of(view);
    let words = Words::of(desk.visit.language);
    let (value, was) = (stands(words, &view.fields), was_alone(words, view));
    let (frame, _) = Frame::of(&app, &desk, Place::Participants).await?;
    let filled = Filled { inputs: &inputs, value: &value, was: &was, errors: Vec::new(), contested: &nothing };
    Ok(page(&change_page(frame, &record, kind, view, view.shown.clone(), filled), &desk.visit))
}

pub(crate) async fn change(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let record = record(&app, &desk, &id).await?;
    let (kind, view) = named(&desk, &record, &name)?;
    let inputs = inputs_of(view);
    let words = Words::of(desk.visit.language);
    let was = |field: &str| form.get(&format!("was-{field}")).to_owned();
    // Only what the officer changed is written: the rest may be another now.
    let (typed, _) = typed(&inputs, &form);
    let fields: Vec<_> = typed.into_iter().filter(|(field, text)| was(field).trim() != text).collect();
    let at = format!("/peserta/{id}");
    if fields.is_empty() {
        return Ok(Redirect::to(&at).into_response());
    }
    let mut errors = faults(words, &inputs, &fields, false, &|field, text| kind.fault(field, text));
    if errors.is_empty() {
        let change = Command::ChangePart { officer, id, part: name, fields, shown: form.given("shown") };
        match app.ask(change).await {
            Ok(_) => return Ok(Redirect::to(&format!("{at}?sudah=ubah")).into_response()),
            Err(problem) => errors.push(beside(words, problem, &desk)?),
        }
    }
    let value = |field: &str| form.get(field).to_owned();
    let (frame, _) = Frame::of(&app, &desk, Place::Participants).await?;
    let filled = Filled { inputs: &inputs, value: &value, was: &was, errors, contested: &nothing };
    let shown = change_page(frame, &record, kind, view, form.get("shown").to_owned(), filled);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown, &desk.visit)).into_response())
}

/// What this officer may say of a participant, by its name.
fn asked<'a>(desk: &Desk, record: &'a RecordView, fact: &str) -> Result<&'a FactAsked, Problem> {
    record.asks.iter().find(|asked| asked.fact == fact).ok_or_else(|| desk.visit.problem(Reason::NoRight))
}

fn of_name(desk: &Desk, name: &str) -> Result<PersonPart, Problem> {
    PersonPart::of_name(name).ok_or_else(|| desk.visit.problem(Reason::NotFound))
}

async fn inputs(app: &App, desk: &Desk, id: &str, part: PersonPart) -> Result<Vec<SheetInput>, Problem> {
    let inputs = ask!(app, Ask::PartForm { id: id.to_owned(), part }, SheetForm);
    inputs.map_err(|problem| refused(problem, desk))
}

/// A journey or tie of a participant's page, by its name.
fn named<'a>(desk: &Desk, record: &'a RecordView, name: &str) -> Result<(PersonPart, &'a PartView), Problem> {
    let trips = record.trips.iter().chain(record.family.iter().flat_map(|relative| &relative.trips));
    let trips = trips.map(|trip| (PersonPart::Trip, trip));
    let ties = record.family.iter().map(|relative| (PersonPart::Tie, &relative.tie));
    trips.chain(ties).find(|(_, view)| view.id == name).ok_or_else(|| desk.visit.problem(Reason::NotFound))
}

fn inputs_of(view: &PartView) -> Vec<SheetInput> {
    let input = |field: &RecordField| SheetInput {
        field: field.field.clone(),
        label: field.label.clone(),
        kind: field.kind.clone(),
        required: false,
    };
    view.fields.iter().map(input).collect()
}

/// What a field said when the form was shown; of several values none, so that the one that is sent settles them.
fn was_alone<'a>(words: Words, view: &'a PartView) -> impl Fn(&str) -> String + 'a {
    let stands = stands(words, &view.fields);
    move |field| {
        let several = view.fields.iter().any(|known| known.field == field && known.values.len() > 1);
        if several { String::new() } else { stands(field) }
    }
}

fn form_page(frame: Frame, record: &RecordView, title: String, lead: String, to: &str, filled: Filled<'_>) -> FormPage {
    let (words, at) = (frame.words, format!("/peserta/{}", record.row.person));
    FormPage {
        title,
        lead,
        action: format!("{at}/{to}"),
        back: at,
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

fn fact_page(frame: Frame, record: &RecordView, asked: &FactAsked, filled: Filled<'_>) -> FormPage {
    let words = frame.words;
    let who = row(words, &record.row);
    let lead = match asked.fact.as_str() {
        "decision" if record.events.iter().any(|event| event.fact == "decision" && !event.taken_back) => {
            words.with("course-decision-again", &[("name", who.name.into()), ("stage", who.stage.into())])
        }
        "leaving" => words.about("course-leaving", "name", who.name),
        "moving" => words.about("course-moving", "name", who.name),
        _ => words.about("fact-lead", "record", who.name),
    };
    let title = words.of_both(&asked.label).to_owned();
    form_page(frame, record, title, lead, &format!("catat/{}", asked.fact), filled)
}

fn new_page(frame: Frame, record: &RecordView, part: PersonPart, of: &Of, filled: Filled<'_>) -> FormPage {
    let words = frame.words;
    let own = || row(words, &record.row).name;
    let relative = record.family.iter().find(|relative| relative.person == of.untuk);
    let name = relative.map_or_else(own, |relative| words.of_both(&relative.name).to_owned());
    let (title, lead, to) = match part {
        PersonPart::Trip => ("course-trip-title", "course-trip-lead", "tambah/perjalanan"),
        PersonPart::Tie => ("course-tie-title", "course-tie-lead", "tambah/keluarga"),
    };
    let to = if of.untuk.is_empty() { to.to_owned() } else { format!("{to}?untuk={}", of.untuk) };
    let (title, lead) = (words.about(title, "name", name.as_str()), words.about(lead, "name", name.as_str()));
    form_page(frame, record, title, lead, &to, filled)
}

fn change_page(
    frame: Frame,
    record: &RecordView,
    part: PersonPart,
    view: &PartView,
    shown: String,
    filled: Filled<'_>,
) -> FormPage {
    let words = frame.words;
    let title = match part {
        PersonPart::Trip => "course-trip-change",
        PersonPart::Tie => "course-tie-change",
    };
    let (title, lead) = (words.say(title), words.say("change-lead"));
    let made = form_page(frame, record, title, lead, &format!("bagian/{}", view.id), filled);
    FormPage { shown, save: words.say("change-save"), ..made }
}

#[cfg(test)]
mod tests {
    use service::InputKind;

    use super::*;
    use crate::Language;

    #[test]
    fn two_values_stand_beside_each_other_and_none_says_nothing() {
        let value = |text: &str| service::reply::RecordValue {
            stored: Some(text.to_owned()),
            text: service::reply::Both { id: text.to_owned(), en: text.to_owned() },
            who: service::reply::Who { office: String::new(), officer: String::new(), time_ms: 0, here: true },
        };
        let field = |name: &str, values: &[&str]| RecordField {
            field: name.to_owned(),
            label: service::reply::Both { id: name.to_owned(), en: name.to_owned() },
            kind: InputKind::Text,
            values: values.iter().map(|text| value(text)).collect(),
        };
        let view = PartView {
            id: "7".to_owned(),
            shown: String::new(),
            fields: vec![field("country", &["Taiwan", "Malaysia"]), field("sector", &[]), field("firm", &["PT Maju"])],
        };
        let words = Words::of(Language::Indonesian);
        let told = [("country", "Taiwan / Malaysia"), ("firm", "PT Maju")];
        assert_eq!(all_values(words, &view.fields), told.map(|(label, text)| (label.to_owned(), text.to_owned())));
        let was = was_alone(words, &view);
        assert_eq!(
            (was("country"), was("firm")),
            (String::new(), "PT Maju".to_owned()),
            "what is sent settles the two"
        );
    }
}
