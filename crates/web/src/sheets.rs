//! Records beside people and participations: which kinds there are, lists of them, and everything about one.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{Both, PaperLine, SheetEvent, SheetKind, SheetLine, SheetView};
use service::{Command, FindSheets, Query as Ask};

use crate::app::{App, ask};
use crate::attendance::{Grid, grid};
use crate::beside::Beside;
use crate::frame::{Done, Frame, Place, page, refused};
use crate::indicators::{Line, lines, measured};
use crate::month::{Month, months};
use crate::panels::{Panel, panels};
use crate::paper::PrintLinks;
use crate::paper_sheet::POSTER;
use crate::person::{Contested, contested, plain, who};
use crate::problem::{Problem, Reason};
use crate::quadrant::{Quadrants, quadrants};
use crate::session::{Desk, Posted};
use crate::words::Words;

/// How many rows a page shows.
const ROWS: u32 = 50;

/// The kinds of the counter; they come first.
const COUNTER: [&str; 5] = ["buku-tamu", "pengaduan", "ak1", "konsultasi", "berkas-calon"];

/// What is said on a record's page itself: a visit, a paper, a mark, a value.
const OWN_FORM: [&str; 5] = ["visit", "document", "attendance", "unticked", "value"];

/// Where in the navigation a kind has its place; a village has coordination behind its records.
pub(crate) fn place_of(app: &App, code: &str) -> Place {
    let of_coordination = service::sheet_kinds().iter().any(|kind| kind.code == code && kind.of_coordination);
    let coordinates = of_coordination && app.service().office().kind != "village";
    if coordinates { Place::Coordination } else { Place::Records }
}

/// One kind, with how many there are.
struct KindLine {
    href: String,
    label: String,
    count: String,
}

#[derive(Template)]
#[template(path = "sheet_kinds.html")]
struct KindsPage {
    frame: Frame,
    counter: Vec<KindLine>,
    others: Vec<KindLine>,
}

pub(crate) async fn kinds(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(&app, &desk, Place::Records).await?;
    let words = frame.words;
    let found = ask!(app, Ask::Sheets(FindSheets { limit: 1, ..FindSheets::default() }), Sheets);
    let counts = found.map_err(|problem| refused(problem, &desk))?.counts;
    let line = |kind: SheetKind| {
        let count = counts.iter().find(|(code, _, _)| *code == kind.code);
        let about = |(_, all, open): &(String, u64, u64)| {
            words.with("sheets-counted", &[("all", (*all).into()), ("open", (*open).into())])
        };
        let line = KindLine {
            href: format!("/catatan/{}", kind.code),
            label: words.of_both(&kind.label).to_owned(),
            count: count.map_or_else(|| words.say("sheets-none"), about),
        };
        (COUNTER.contains(&kind.code.as_str()), line)
    };
    let (counter, others): (Vec<_>, Vec<_>) =
        service::sheet_kinds().into_iter().map(line).partition(|(first, _)| *first);
    let lines = |all: Vec<(bool, KindLine)>| all.into_iter().map(|(_, line)| line).collect();
    Ok(page(&KindsPage { frame, counter: lines(counter), others: lines(others) }, &desk.visit))
}

/// One record in a list, in words.
pub(crate) struct SheetRow {
    pub(crate) href: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) kind: String,
    /// Whom it is about, where the title does not say it.
    pub(crate) names: String,
    pub(crate) state: String,
    pub(crate) open: bool,
    pub(crate) day: String,
    /// By when somebody waits.
    pub(crate) due: String,
    pub(crate) place: String,
    pub(crate) contested: u32,
}

pub(crate) fn sheet_row(words: Words, line: &SheetLine) -> SheetRow {
    let (title, names) = (words.of_both(&line.title).to_owned(), line.names.join(", "));
    let both = |both: &Both| words.of_both(both).to_owned();
    let named = !title.is_empty() || !names.is_empty();
    SheetRow {
        href: format!("/catatan/{}/{}", line.kind, line.id),
        id: format!("s-{}", line.id),
        kind: both(&line.kind_label),
        names: if title.is_empty() { String::new() } else { names.clone() },
        title: match (title.is_empty(), named) {
            (false, _) => title,
            (true, true) => names,
            (true, false) => both(&line.kind_label),
        },
        state: line.state.as_ref().map(both).unwrap_or_default(),
        open: line.open,
        day: line.day.as_deref().map(day).unwrap_or_default(),
        due: line.due.as_deref().filter(|_| line.open).map(day).unwrap_or_default(),
        place: line.place_name.clone().or_else(|| line.place.clone()).unwrap_or_default(),
        contested: line.contested,
    }
}

/// A day as people write it here.
pub(crate) fn day(iso: &str) -> String {
    let mut parts: Vec<&str> = iso.split('-').collect();
    parts.reverse();
    parts.join("-")
}

#[derive(Template)]
#[template(path = "sheet_list.html")]
struct ListPage {
    frame: Frame,
    title: String,
    answer: String,
    path: String,
    /// Where the list is asked for as a file.
    tables_path: String,
    /// Where one is begun, where this officer may.
    begin: Option<String>,
    begin_label: String,
    search: String,
    open_only: bool,
    filtered: bool,
    nobody: bool,
    empty: String,
    villages: bool,
    rows: Vec<SheetRow>,
    /// Where the list is asked for on paper.
    printed: String,
    prints: Vec<PrintLinks>,
    after: String,
    next: Option<i64>,
}

pub(crate) async fn list(State(app): State<App>, Path(kind): Path<String>, desk: Desk) -> Result<Response, Problem> {
    listed(&app, &desk, &kind, &Posted::default()).await
}

pub(crate) async fn search(
    State(app): State<App>,
    Path(kind): Path<String>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    listed(&app, &desk, &kind, &form).await
}

/// What a form looks for.
pub(crate) fn wanted(code: &str, form: &Posted) -> FindSheets {
    FindSheets {
        kind: Some(code.to_owned()),
        search: form.given("search"),
        open: (form.get("open") == "yes").then_some(true),
        after: form.get("after").parse().ok(),
        limit: ROWS,
        ..FindSheets::default()
    }
}

async fn listed(app: &App, desk: &Desk, code: &str, form: &Posted) -> Result<Response, Problem> {
    let kind = kind(desk, code)?;
    let (frame, _) = Frame::of(app, desk, place_of(app, code)).await?;
    let words = frame.words;
    let find = wanted(code, form);
    let open_only = find.open.is_some();
    let filtered = find.search.is_some() || open_only;
    let found = *ask!(app, Ask::Sheets(find), Sheets).map_err(|problem| refused(problem, desk))?;
    let all = found.counts.iter().find(|(known, _, _)| known == code).map_or(0, |(_, all, _)| *all);
    let answer = match filtered {
        true => words.with("sheets-found", &[("n", found.total.into()), ("all", all.into())]),
        false => words.about("sheets-all", "n", all),
    };
    let begins = desk.officer.writes() && found.may_begin;
    let (begin, begin_label) = match code {
        "buku-tamu" => ("/tamu".to_owned(), words.say("door-visit")),
        _ => (format!("/catatan/{code}/baru"), words.say("sheet-new")),
    };
    let empty = match code {
        "buku-tamu" => "sheets-empty-visits",
        "pengaduan" => "sheets-empty-complaints",
        "ak1" => "sheets-empty-cards",
        _ => "sheets-empty",
    };
    let list = ListPage {
        title: words.of_both(&kind.label).to_owned(),
        answer,
        path: format!("/catatan/{code}"),
        tables_path: format!("/catatan/{code}/tabel"),
        printed: format!("/catatan/{code}/cetak"),
        prints: match kind.begun_by_form {
            true => vec![PrintLinks::new(words, "print-blank", format!("/catatan/{code}/cetak-kosong"))],
            false => Vec::new(),
        },
        begin: begins.then_some(begin),
        begin_label,
        search: form.get("search").trim().to_owned(),
        open_only,
        filtered,
        nobody: all == 0,
        empty: words.say(empty),
        villages: app.service().office().kind != "village",
        rows: found.rows.iter().map(|line| sheet_row(words, line)).collect(),
        after: form.get("after").to_owned(),
        next: found.next,
        frame,
    };
    Ok(page(&list, &desk.visit))
}

/// The kind of an address, or that there is no such page.
pub(crate) fn kind(desk: &Desk, code: &str) -> Result<SheetKind, Problem> {
    let found = service::sheet_kinds().into_iter().find(|kind| kind.code == code);
    found.ok_or_else(|| desk.visit.problem(Reason::NotFound))
}

/// The record of an address.
pub(crate) async fn sheet(app: &App, desk: &Desk, code: &str, id: &str) -> Result<SheetView, Problem> {
    let found = ask!(app, Ask::Sheet { id: id.to_owned() }, Sheet).map_err(|problem| refused(problem, desk))?;
    if found.line.kind == code { Ok(*found) } else { Err(desk.visit.problem(Reason::NotFound)) }
}

/// Something that was said, in words.
pub(crate) struct Event {
    pub(crate) what: String,
    /// What each part is called, what it says, and where its scan is.
    pub(crate) parts: Vec<(String, String, Option<String>)>,
    pub(crate) who: String,
    pub(crate) taken_back: bool,
}

pub(crate) struct Paper {
    code: String,
    pub(crate) label: String,
    /// Colour and shape.
    state: &'static str,
    pub(crate) text: String,
    there: bool,
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct SheetPage {
    frame: Frame,
    /// Its address.
    at: String,
    row: SheetRow,
    shown: String,
    done: Option<String>,
    prints: Vec<PrintLinks>,
    contested: Vec<Contested>,
    fields: Vec<(String, String)>,
    texts: Vec<(String, String)>,
    /// What belongs to it in coordination: address, title, state.
    related: Vec<(String, String, String)>,
    /// What this officer may begin from it: address, kind, label.
    begins: Vec<(String, String, String)>,
    /// Of a calendar.
    months: Vec<Month>,
    /// Of an assessment.
    quadrant: Option<Quadrants>,
    /// What it gives as files: name and label.
    files: Vec<(String, String)>,
    /// A text for a message to other offices.
    message: Option<String>,
    events: Vec<Event>,
    papers: Vec<Paper>,
    today: String,
    marks: bool,
    slip: Vec<String>,
    urgent: bool,
    referral: bool,
    panels: Vec<Panel>,
    grid: Option<Grid>,
    /// Of a Bimtek: what the button says that opens its next round of monitoring.
    open_round: Option<String>,
    indicators: Vec<Line>,
    /// How many of them are measured.
    measured: String,
    /// Where the indicators are filled in, where this officer may.
    values: Option<String>,
    asks: Vec<(String, String)>,
    notices: Vec<String>,
    beside: Beside,
    writes: bool,
    /// Whether there is anything to change in it beside what is said.
    changes: bool,
    /// Whether this officer may have it erased.
    erases: bool,
}

pub(crate) async fn show(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    Query(done): Query<Done>,
    desk: Desk,
) -> Result<Response, Problem> {
    let (frame, glance) = Frame::of(&app, &desk, place_of(&app, &code)).await?;
    let words = frame.words;
    let sheet = sheet(&app, &desk, &code, &id).await?;
    let writes = desk.officer.writes() && sheet.beside.may_write;
    let done = match done.sudah.as_str() {
        "baru" => Some(words.say("sheet-saved-new")),
        "tamu" => Some(words.say("visit-saved")),
        "ubah" => Some(words.say("person-saved")),
        "pilih" => Some(words.say("person-chosen")),
        "catat" => Some(words.say("sheet-said")),
        _ => None,
    };
    let slip = sheet.slip.as_ref();
    // What has a form of its own on this page needs no other.
    let asks = sheet.asks.iter().filter(|asked| !OWN_FORM.contains(&asked.fact.as_str()));
    let at = format!("/catatan/{code}/{id}");
    let may_say = |fact: &str| writes && sheet.asks.iter().any(|asked| asked.fact == fact);
    let mut prints = vec![PrintLinks::new(words, "print-this", format!("{at}/cetak"))];
    if code == POSTER {
        prints.push(PrintLinks::new(words, "print-poster", format!("{at}/poster")));
    }
    if sheet.attendance.is_some() {
        prints.push(PrintLinks::new(words, "print-attendance", format!("{at}/daftar-hadir")));
    }
    let shown = SheetPage {
        prints,
        panels: panels(words, &at, &sheet.panels, writes),
        grid: sheet.attendance.as_ref().map(|view| grid(words, &at, view, writes)),
        open_round: sheet.round_to_open.as_ref().filter(|_| writes).map(|next| {
            let quarter = words.of_both(&next.quarter).to_owned();
            words.with("round-open", &[("n", next.people.into()), ("quarter", quarter.into())])
        }),
        measured: measured(words, &sheet.indicators),
        indicators: lines(words, &sheet.indicators),
        values: may_say("value").then(|| format!("{at}/nilai")),
        row: sheet_row(words, &sheet.line),
        shown: sheet.shown.clone(),
        done,
        contested: contested(words, sheet.fields.iter()),
        fields: plain(words, &sheet.fields),
        texts: sheet
            .texts
            .iter()
            // The text of an agenda stands in a table of its own.
            .filter(|text| !text.text.is_empty() && code != "agenda")
            .map(|text| (words.of_both(&text.label).to_owned(), text.text.clone()))
            .collect(),
        related: sheet
            .related
            .iter()
            .map(|line| {
                let href = format!("/catatan/{}/{}", line.kind, line.id);
                (href, words.of_both(&line.title).to_owned(), words.of_both(&line.state).to_owned())
            })
            .collect(),
        begins: sheet
            .begins
            .iter()
            .filter(|_| writes)
            .map(|begin| {
                let href = format!("/catatan/{}/baru?dari={id}", begin.kind);
                (href, begin.kind.clone(), words.of_both(&begin.label).to_owned())
            })
            .collect(),
        months: months(words, &at, &sheet.meets),
        quadrant: sheet.quadrant.as_ref().map(|view| quadrants(words, view)),
        files: crate::files::listed(words, &sheet.files),
        message: sheet.message.as_ref().map(|both| words.of_both(both).to_owned()),
        events: sheet.events.iter().map(|event| told(words, event)).collect(),
        papers: sheet.papers.iter().map(|line| paper(words, line)).collect(),
        today: jiff::Zoned::now().date().strftime("%d-%m-%Y").to_string(),
        marks: may_say("document"),
        slip: slip.iter().flat_map(|slip| &slip.lines).map(|line| words.of_both(line).to_owned()).collect(),
        urgent: slip.is_some_and(|slip| slip.urgent),
        referral: slip.is_some_and(|slip| slip.referral),
        asks: match writes {
            true => asks.map(|asked| (asked.fact.clone(), words.of_both(&asked.label).to_owned())).collect(),
            false => Vec::new(),
        },
        notices: sheet.notices.iter().map(|both| words.of_both(both).to_owned()).collect(),
        beside: Beside::of(words, &sheet.beside, glance.office.admitted),
        erases: desk.officer.administers() && sheet.beside.may_write && !kind(&desk, &code)?.of_coordination,
        changes: writes && !(sheet.fields.is_empty() && sheet.texts.is_empty()),
        writes,
        at,
        frame,
    };
    Ok(page(&shown, &desk.visit))
}

pub(crate) fn told(words: Words, event: &SheetEvent) -> Event {
    let part = |part: &service::reply::SheetPart| {
        let label = words.of_both(&part.label).to_owned();
        match &part.scan {
            Some(hash) => (
                label,
                words.about("scan-hash", "hash", hash.chars().take(8).collect::<String>()),
                Some(format!("/pindaian/{hash}")),
            ),
            None => (label, words.of_both(&part.text).to_owned(), None),
        }
    };
    Event {
        what: words.of_both(&event.what).to_owned(),
        parts: event.parts.iter().map(part).collect(),
        who: who(words, &event.who),
        taken_back: event.taken_back,
    }
}

pub(crate) fn paper(words: Words, line: &PaperLine) -> Paper {
    let (state, key) = match line.state.as_str() {
        "there" => ("well", "paper-there"),
        "contested" => ("choose", "paper-contested"),
        _ => ("away", "paper-missing"),
    };
    Paper {
        code: line.code.clone(),
        label: words.of_both(&line.label).to_owned(),
        state,
        text: words.say(key),
        there: line.state == "there",
    }
}

/// A scan that this office keeps.
pub(crate) async fn scan(State(app): State<App>, Path(hash): Path<String>, desk: Desk) -> Result<Response, Problem> {
    let kept = app.service().scan(&hash).ok_or_else(|| desk.visit.problem(Reason::NotFound))?;
    Ok(([(axum::http::header::CONTENT_TYPE, kept.media)], kept.bytes).into_response())
}

/// Whoever comes back to what a button did sees the record.
pub(crate) async fn again(Path((code, id)): Path<(String, String)>) -> Redirect {
    Redirect::to(&format!("/catatan/{code}/{id}"))
}

/// Opens the round of monitoring that follows a Bimtek.
pub(crate) async fn open_round(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
    _form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    sheet(&app, &desk, &code, &id).await?;
    let round = ask!(app, Command::OpenRound { officer, id }, Begun).map_err(|problem| refused(problem, &desk))?;
    Ok(Redirect::to(&format!("/catatan/monitoring/{round}?sudah=baru")).into_response())
}

/// Chooses a value. What came since the page was shown is not chosen away.
pub(crate) async fn choose(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
    form: Posted,
) -> Result<Response, Problem> {
    let officer = desk.writes()?.to_owned();
    sheet(&app, &desk, &code, &id).await?;
    let command = Command::ChooseSheet {
        officer,
        id: id.clone(),
        field: form.get("field").to_owned(),
        value: form.get("value").to_owned(),
        shown: form.given("shown"),
    };
    app.ask(command).await.map_err(|problem| refused(problem, &desk))?;
    Ok(Redirect::to(&format!("/catatan/{code}/{id}?sudah=pilih")).into_response())
}

#[derive(Template)]
#[template(path = "slip.html")]
struct SlipPage {
    frame: Frame,
    at: String,
    title: String,
    prints: [PrintLinks; 1],
    /// The same as a text for a message.
    message: String,
    lines: Vec<String>,
}

/// What somebody takes home, alone on a page, to be printed.
pub(crate) async fn slip(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    desk: Desk,
) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(&app, &desk, Place::Records).await?;
    let words = frame.words;
    let sheet = sheet(&app, &desk, &code, &id).await?;
    let Some(slip) = sheet.slip else { return Err(desk.visit.problem(Reason::NotFound)) };
    let lines: Vec<String> = slip.lines.iter().map(|line| words.of_both(line).to_owned()).collect();
    let title = words.of_both(&sheet.line.kind_label).to_owned();
    let at = format!("/catatan/{code}/{id}");
    let prints = [PrintLinks::new(words, "print-this", format!("{at}/slip/cetak"))];
    let office = frame.office.clone();
    let message =
        std::iter::once(title.clone()).chain(office).chain(lines.iter().cloned()).collect::<Vec<_>>().join("\n");
    Ok(page(&SlipPage { frame, at, title, prints, lines, message }, &desk.visit))
}
