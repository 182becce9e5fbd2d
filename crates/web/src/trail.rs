//! The trail: notes who opened, took away or changed which record by a page or by the API, and shows it to administrators
//! and auditors. It goes by addresses: whatever is added later below those of participants and records is noted too. *Hari
//! ini*, which every officer has open all day, is not.

use askama::Template;
use axum::extract::{MatchedPath, Query, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::Query as Ask;
use service::reply::{Did, TrailEntry};

use crate::app::{App, ask};
use crate::frame::{Frame, Place, page, refused};
use crate::office_health::panel;
use crate::panels::{Panel, PanelRow};
use crate::problem::Problem;
use crate::session::{Desk, Visit};
use crate::words::Words;

/// Pages that list records, and what scripts ask for them, beside the lists themselves.
const LISTS: [&str; 6] =
    ["/hanya-di-sini", "/only-here", "/jatuh-tempo", "/due", "/kesehatan/kantor/{id}", "/health/{office}"];

/// What a request does with records by where it leads; none where no record is concerned, or a page only follows one.
fn did(method: &Method, path: &str) -> Option<Did> {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let last = path.rsplit('/').next().unwrap_or_default();
    let of_records = ["/peserta", "/participants", "/catatan/", "/records"].iter().any(|start| path.starts_with(start));
    let is_one = path.contains("{id}");
    let takes_away = ["cetak", "print", "tabel", "table", "kunjungan", "daftar-hadir", "{name}", "{event}"];
    let takes_away = takes_away.contains(&last) || last.ends_with("-list");
    match last {
        "{hash}" | "{key}" => Some(Did::Opened),
        "perlu-dilihat" => Some(Did::Listed),
        _ if LISTS.contains(&path) && *method == Method::GET => Some(Did::Listed),
        // What is carried on a stick is sealed to one office.
        _ if matches!(path, "/hanya-di-sini/simpan" | "/bundles") => Some(Did::TookAway),
        _ if takes_away && LISTS.iter().any(|list| path.starts_with(&format!("{list}/"))) => Some(Did::TookAway),
        "berubah" | "preview" | "periksa" => None,
        _ if !of_records => None,
        _ if takes_away && (is_one || *method == Method::POST) => Some(Did::TookAway),
        _ if is_one && *method == Method::GET => Some(Did::Opened),
        _ if is_one => Some(Did::Changed),
        "peserta" | "{kind}" | "search" => Some(Did::Listed),
        _ => None,
    }
}

/// The record, or the list, as addresses name it: what stands in the path where the route leaves it open. A search is no
/// part of it: it may be a name.
fn about(route: &str, path: &str) -> String {
    let open = route.split('/').zip(path.split('/')).filter(|(route, _)| route.starts_with('{'));
    let record = open.filter(|(route, _)| matches!(*route, "{id}" | "{kind}" | "{hash}" | "{key}" | "{office}"));
    let parts: Vec<&str> = record.map(|(_, part)| part).collect();
    let people = route.contains("/peserta") || route.contains("/participants");
    match parts.is_empty() {
        _ if people => [&["peserta"], &parts[..]].concat().join("/"),
        true => route.trim_start_matches("/api/v1").trim_matches('/').to_owned(),
        false => parts.join("/"),
    }
}

/// Notes what an officer or a script was answered.
pub(crate) async fn note(State(app): State<App>, route: MatchedPath, request: Request, next: Next) -> Response {
    let Some(did) = did(request.method(), route.as_str()) else { return next.run(request).await };
    let about = about(route.as_str(), request.uri().path());
    let (parts, body) = request.into_parts();
    let officer = Visit::of(&app, &parts).officer;
    let response = next.run(Request::from_parts(parts, body)).await;
    let answered = response.status().is_success() || response.status().is_redirection();
    if let Some(officer) = officer.filter(|_| answered) {
        app.service().note_in_trail(&officer.handle, did, about);
    }
    response
}

#[derive(Template)]
#[template(path = "trail.html")]
struct TrailPage {
    frame: Frame,
    about: String,
    /// How the file is: colour and shape, and in words.
    state: (&'static str, String),
    panels: Vec<Panel>,
}

/// What the page is to show.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    tentang: String,
}

fn line(words: Words, entry: &TrailEntry) -> PanelRow {
    let by = if entry.by.is_empty() { words.say("trail-by-node") } else { entry.by.clone() };
    PanelRow {
        page: None,
        head: words.when(entry.at_ms),
        beside: String::new(),
        cells: vec![
            (words.say("trail-by"), by),
            (words.say("trail-did"), words.say(&format!("trail-{}", entry.did.as_str()))),
            (words.say("trail-about"), entry.about.clone()),
        ],
        ask: None,
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.audits()?;
    let (frame, _) = Frame::of(&app, &desk, Place::Health).await?;
    let words = frame.words;
    let about = wanted.tentang.trim().to_owned();
    let asked = Ask::Trail { about: (!about.is_empty()).then(|| about.clone()) };
    let view = ask!(app, asked, Trail).map_err(|problem| refused(problem, &desk))?;
    let rows = view.entries.iter().map(|entry| line(words, entry)).collect();
    let columns = ["trail-when", "trail-by", "trail-did", "trail-about"];
    let mut lines = panel(words, "trail-lines", &columns, rows, "trail-none");
    if view.more > 0 {
        lines.lines.push(words.about("trail-more", "n", view.more));
    }
    lines.lines.insert(0, words.about("trail-others", "told", words.trail(view.lines, &view.digest)));
    let state = match view.broken_at {
        None => ("well", words.say("trail-whole")),
        Some(at) => ("alone", words.about("trail-broken", "n", at)),
    };
    Ok(page(&TrailPage { frame, about, state, panels: vec![lines] }, &desk.visit).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_a_record_is_noted_as_what_it_is() {
        let table = [
            ("GET", "/peserta", "/peserta", Some(Did::Listed), "peserta"),
            ("GET", "/peserta/{id}", "/peserta/A1", Some(Did::Opened), "peserta/A1"),
            ("GET", "/peserta/{id}/cetak", "/peserta/A1/cetak", Some(Did::TookAway), "peserta/A1"),
            ("POST", "/peserta/{id}/ubah", "/peserta/A1/ubah", Some(Did::Changed), "peserta/A1"),
            ("POST", "/peserta/{id}/berubah", "/peserta/A1/berubah", None, "peserta/A1"),
            ("GET", "/jatuh-tempo", "/jatuh-tempo", Some(Did::Listed), "jatuh-tempo"),
            ("POST", "/jatuh-tempo/tabel", "/jatuh-tempo/tabel", Some(Did::TookAway), "jatuh-tempo/tabel"),
            ("POST", "/hanya-di-sini/simpan", "/hanya-di-sini/simpan", Some(Did::TookAway), "hanya-di-sini/simpan"),
            ("POST", "/hanya-di-sini/ambil", "/hanya-di-sini/ambil", None, "hanya-di-sini/ambil"),
            ("GET", "/api/v1/only-here", "/api/v1/only-here", Some(Did::Listed), "only-here"),
            ("POST", "/peserta/tabel", "/peserta/tabel", Some(Did::TookAway), "peserta"),
            ("GET", "/catatan/{kind}/{id}", "/catatan/pengaduan/B2", Some(Did::Opened), "pengaduan/B2"),
            (
                "GET",
                "/catatan/{kind}/{id}/berkas/{name}",
                "/catatan/agenda/B2/berkas/x",
                Some(Did::TookAway),
                "agenda/B2",
            ),
            ("GET", "/catatan/{kind}", "/catatan/pengaduan", Some(Did::Listed), "pengaduan"),
            ("GET", "/pindaian/{hash}", "/pindaian/ab12", Some(Did::Opened), "ab12"),
            ("GET", "/kesehatan/komputer/{key}", "/kesehatan/komputer/ab12", Some(Did::Opened), "ab12"),
            ("GET", "/api/v1/participants/{id}", "/api/v1/participants/A1", Some(Did::Opened), "peserta/A1"),
            ("PATCH", "/api/v1/participants/{id}", "/api/v1/participants/A1", Some(Did::Changed), "peserta/A1"),
            ("POST", "/api/v1/participants/search", "/api/v1/participants/search", Some(Did::Listed), "peserta"),
            ("GET", "/api/v1/records/{id}/print", "/api/v1/records/B2/print", Some(Did::TookAway), "B2"),
            ("GET", "/kesehatan", "/kesehatan", None, "kesehatan"),
            ("GET", "/peserta/daftar", "/peserta/daftar", None, "peserta"),
        ];
        for (method, route, path, expected, of) in table {
            let method = method.parse().unwrap();
            assert_eq!((did(&method, route), about(route, path).as_str()), (expected, of), "{method} {route}");
        }
    }
}
