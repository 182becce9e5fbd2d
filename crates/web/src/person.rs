//! One participant with everything: fields with all their values, what happened, what the rules say, how it came about,
//! and which offices hold it. Choosing between values that were written at the same time.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{RecordField, RecordView, Who};
use service::{Command, FindSheets, Query as Ask};

use crate::app::{App, ask};
use crate::beside::Beside;
use crate::course::{Part, Relative, part, relative};
use crate::frame::{Done, Frame, Place, page, refused};
use crate::panels::{Panel, panels};
use crate::paper::PrintLinks;
use crate::problem::Problem;
use crate::rows::{Row, row};
use crate::session::{Desk, Posted};
use crate::sheets::{Event, SheetRow, sheet_row, told};
use crate::words::Words;

/// The most records about a person that their page names; the lists have them all.
const SHEETS_MAX: u32 = 20;

/// One of several values, with the button that chooses it.
pub(crate) struct Side {
    pub(crate) stored: String,
    pub(crate) text: String,
    pub(crate) who: String,
    /// It was written here.
    pub(crate) own: bool,
}

/// A field of which somebody has to choose.
pub(crate) struct Contested {
    pub(crate) field: String,
    pub(crate) label: String,
    pub(crate) sides: Vec<Side>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    id: String,
    /// Its address.
    at: String,
    row: Row,
    shown: String,
    /// What has just been done, in words.
    done: Option<String>,
    /// Somebody may be the same: a link leads to where the pair is noted.
    like: bool,
    prints: [PrintLinks; 1],
    contested: Vec<Contested>,
    person: Vec<(String, String)>,
    participation: Vec<(String, String)>,
    trips: Vec<Part>,
    family: Vec<Relative>,
    /// This office may see who belongs to whom.
    sees_family: bool,
    events: Vec<Event>,
    /// What this officer may say, with what it is called.
    asks: Vec<(String, String)>,
    eligible: String,
    on: String,
    categories: String,
    reasons: Vec<String>,
    /// Other records that are about this person.
    sheets: Vec<SheetRow>,
    notices: Vec<String>,
    /// What other records say of them.
    panels: Vec<Panel>,
    beside: Beside,
    writes: bool,
    audits: bool,
    /// Whether this officer may have erased who the person is.
    erases: bool,
}

pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(done): Query<Done>,
    desk: Desk,
) -> Result<Response, Problem> {
    let (frame, glance) = Frame::of(&app, &desk, Place::Participants).await?;
    let words = frame.words;
    let record = record(&app, &desk, &id).await?;
    let like = done.sudah == "mirip";
    let done = match done.sudah.as_str() {
        "baru" => Some(words.say("person-saved-new")),
        "mirip" => Some(words.say("person-saved-like")),
        "ubah" => Some(words.say("person-saved")),
        "pilih" => Some(words.say("person-chosen")),
        "catat" => Some(words.say("sheet-said")),
        _ => None,
    };
    let about = FindSheets { person: Some(record.row.person.clone()), limit: SHEETS_MAX, ..FindSheets::default() };
    let sheets = match record.row.person.is_empty() {
        true => Vec::new(),
        false => ask!(app, Ask::Sheets(about), Sheets).map_err(|problem| refused(problem, &desk))?.rows,
    };
    let at = format!("/peserta/{}", record.row.person);
    let writes = desk.officer.writes() && record.beside.may_write;
    let shown = PersonPage {
        id: record.row.person.clone(),
        row: row(words, &record.row),
        shown: record.shown.clone(),
        done,
        like,
        prints: [PrintLinks::new(words, "print-this", format!("/peserta/{}/cetak", record.row.person))],
        contested: contested(words, record.person.iter().chain(&record.participation)),
        person: plain(words, &record.person),
        participation: plain(words, &record.participation),
        trips: record.trips.iter().map(|trip| part(words, &at, trip)).collect(),
        family: record.family.iter().map(|one| relative(words, &at, one)).collect(),
        sees_family: !record.person.is_empty(),
        events: record.events.iter().map(|event| told(words, event)).collect(),
        erases: desk.officer.administers() && !record.person.is_empty() && record.beside.may_write,
        asks: match writes {
            true => record.asks.iter().map(|one| (one.fact.clone(), words.of_both(&one.label).to_owned())).collect(),
            false => Vec::new(),
        },
        eligible: words.say(&format!("eligible-{}", record.eligible)),
        on: words.of_both(&record.on).to_owned(),
        categories: record.categories.iter().map(|both| words.of_both(both)).collect::<Vec<_>>().join(", "),
        reasons: record.reasons.iter().map(|both| words.of_both(both).to_owned()).collect(),
        sheets: sheets.iter().map(|line| sheet_row(words, line)).collect(),
        notices: record.notices.iter().map(|both| words.of_both(both).to_owned()).collect(),
        panels: panels(words, &at, &record.panels, writes),
        beside: Beside::of(words, &record.beside, glance.office.admitted),
        writes,
        audits: desk.officer.audits(),
        at,
        frame,
    };
    Ok(page(&shown, &desk.visit))
}

pub(crate) async fn record(app: &App, desk: &Desk, id: &str) -> Result<RecordView, Problem> {
    let found = ask!(app, Ask::Record { id: id.to_owned() }, Record);
    found.map(|record| *record).map_err(|problem| refused(problem, desk))
}

/// The fields of which several values stand.
pub(crate) fn contested<'a>(words: Words, fields: impl Iterator<Item = &'a RecordField>) -> Vec<Contested> {
    fields
        .filter(|field| field.values.len() > 1)
        .map(|field| Contested {
            field: field.field.clone(),
            label: words.of_both(&field.label).to_owned(),
            sides: field
                .values
                .iter()
                .map(|value| Side {
                    stored: value.stored.clone().unwrap_or_default(),
                    text: words.of_both(&value.text).to_owned(),
                    who: who(words, &value.who),
                    own: value.who.here,
                })
                .collect(),
        })
        .collect()
}

/// The fields that say one thing.
pub(crate) fn plain(words: Words, fields: &[RecordField]) -> Vec<(String, String)> {
    let one = fields.iter().filter(|field| field.values.len() == 1);
    one.map(|field| (words.of_both(&field.label).to_owned(), words.of_both(&field.values[0].text).to_owned())).collect()
}

pub(crate) fn who(words: Words, who: &Who) -> String {
    let about = [
        ("officer", who.officer.as_str().into()),
        ("office", who.office.as_str().into()),
        ("time", words.when(who.time_ms).into()),
    ];
    words.with("who", &about)
}

/// Chooses a value. What came since the page was shown is not chosen away.
pub(crate) async fn choose(
    State(app): State<App>,
    Path(id): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    let command = Command::Choose {
        officer,
        id: id.clone(),
        field: form.get("field").to_owned(),
        value: form.get("value").to_owned(),
        shown: form.given("shown"),
    };
    app.ask(command).await.map_err(|problem| refused(problem, &desk))?;
    Ok(Redirect::to(&format!("/peserta/{id}?sudah=pilih")).into_response())
}
