//! The dates of a calendar as months, and what is printed for each: the invitation, and the list that those who come sign.

use axum::extract::{Path, State};
use axum::response::Response;
use print::{Line, Part, Table};
use service::reply::MeetView;

use crate::app::App;
use crate::paper::{OnPaper, PrintLinks, filled_in, headed, pressed, signed};
use crate::paper_list::SIGNED_MM;
use crate::problem::{Problem, Reason};
use crate::session::Desk;
use crate::sheets::{day, sheet};
use crate::words::Words;

/// Rows for those who come without being invited.
const MORE: usize = 5;

/// A day of a month; none before its first and behind its last day.
pub(crate) struct Cell {
    pub(crate) number: i8,
    /// The dates of that day, by what they are for.
    pub(crate) titles: Vec<String>,
}

/// One date, with its prints.
pub(crate) struct Meet {
    pub(crate) line: String,
    pub(crate) prints: Vec<PrintLinks>,
}

/// A month in which there is a date.
pub(crate) struct Month {
    pub(crate) name: String,
    /// Weeks from Monday on.
    pub(crate) weeks: Vec<Vec<Option<Cell>>>,
    pub(crate) meets: Vec<Meet>,
}

/// The months in which there is a date, the earliest first. `at` is the address of the calendar.
pub(crate) fn months(words: Words, at: &str, meets: &[MeetView]) -> Vec<Month> {
    let mut dated: Vec<(jiff::civil::Date, &MeetView)> =
        meets.iter().filter_map(|meet| Some((meet.day.parse().ok()?, meet))).collect();
    dated.sort_by_key(|(day, _)| *day);
    dated
        .chunk_by(|(one, _), (other, _)| one.first_of_month() == other.first_of_month())
        .filter_map(|of_month| month(words, at, of_month))
        .collect()
}

fn month(words: Words, at: &str, meets: &[(jiff::civil::Date, &MeetView)]) -> Option<Month> {
    let (first, _) = meets.first()?;
    let first = first.first_of_month();
    let mut cells: Vec<Option<Cell>> = Vec::new();
    cells.resize_with(first.weekday().to_monday_zero_offset() as usize, || None);
    for number in 1..=first.days_in_month() {
        let of_day = meets.iter().filter(|(day, _)| day.day() == number);
        cells.push(Some(Cell { number, titles: of_day.map(|(_, meet)| meet.title.clone()).collect() }));
    }
    cells.resize_with(cells.len().next_multiple_of(7), || None);
    let mut weeks = Vec::new();
    let mut cells = cells.into_iter();
    loop {
        let week: Vec<Option<Cell>> = cells.by_ref().take(7).collect();
        if week.is_empty() {
            break;
        }
        weeks.push(week);
    }
    let meet = |(_, meet): &(jiff::civil::Date, &MeetView)| Meet {
        line: format!("{} · {} · {}", day(&meet.day), meet.title, meet.place),
        prints: vec![
            PrintLinks::new(words, "print-invitation", format!("{at}/undangan/{}", meet.event)),
            PrintLinks::new(words, "print-attendance", format!("{at}/hadirin/{}", meet.event)),
        ],
    };
    let name = words.with("month-name", &[("month", first.month().into()), ("year", first.year().to_string().into())]);
    Some(Month { name, weeks, meets: meets.iter().map(meet).collect() })
}

async fn found(app: &App, desk: &Desk, code: &str, id: &str, event: &str) -> Result<MeetView, Problem> {
    let sheet = sheet(app, desk, code, id).await?;
    sheet.meets.into_iter().find(|meet| meet.event == event).ok_or_else(|| desk.visit.problem(Reason::NotFound))
}

/// The letter that invites to a date.
pub(crate) async fn invitation(
    State(app): State<App>,
    Path((code, id, event)): Path<(String, String, String)>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let (meet, words) = (found(&app, &desk, &code, &id, &event).await?, Words::of(desk.visit.language));
    let mut paper = headed(&app, &desk, size, words.say("print-invitation"));
    paper.about.push(Line::Leader(words.say("print-number")));
    let to: Vec<String> =
        meet.guests.iter().enumerate().map(|(index, name)| format!("{}. {name}", index + 1)).collect();
    let line =
        |label: &str, text: &str| print::Entry { label: words.say(label), value: vec![Line::Text(text.to_owned())] };
    paper.parts.extend([
        Part::Heading(words.say("invitation-to")),
        Part::Text(to.join("\n")),
        Part::Text(words.say("invitation-lead")),
        Part::Fields(vec![
            line("invitation-what", &meet.title),
            line("invitation-day", &day(&meet.day)),
            line("invitation-place", &meet.place),
        ]),
        Part::Text(words.say("invitation-decides")),
        signed(&app, words, true),
    ]);
    pressed(&desk, paper, "undangan").await
}

/// The list that those who come sign.
pub(crate) async fn attendance(
    State(app): State<App>,
    Path((code, id, event)): Path<(String, String, String)>,
    OnPaper(size): OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    let (meet, words) = (found(&app, &desk, &code, &id, &event).await?, Words::of(desk.visit.language));
    let mut paper = headed(&app, &desk, size, words.say("print-attendance-title"));
    paper.landscape = true;
    paper.about.push(Line::Text(format!("{} · {} · {}", meet.title, day(&meet.day), meet.place)));
    let columns = [
        ("print-col-no", 1),
        ("agreement-party", 7),
        ("attendance-name", 6),
        ("attendance-position", 5),
        ("attendance-mandate", 4),
        ("attendance-signature", 5),
    ];
    let mut rows: Vec<Vec<String>> =
        meet.guests.iter().enumerate().map(|(index, name)| vec![(index + 1).to_string(), name.clone()]).collect();
    rows.extend((rows.len() + 1..).take(MORE).map(|number| vec![number.to_string()]));
    let columns = columns.map(|(key, share)| (words.say(key), share)).to_vec();
    paper.parts.push(Part::Table(Table { columns, rows, row_mm_min: SIGNED_MM }));
    paper.parts.extend([filled_in(words), signed(&app, words, false)]);
    pressed(&desk, paper, "daftar-hadir").await
}
