//! Files that a record gives: agreements as files that anybody can check and as paper with the signatures and a picture for
//! a camera, tables of stands, drafts for a word processor, dates for a calendar.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use print::{Line, Paper, Part, Table};
use service::Query as Ask;
use service::reply::{AgreementReport, FileView};

use crate::app::App;
use crate::carry::modules;
use crate::frame::refused;
use crate::paper::{OnPaper, headed, pressed};
use crate::problem::{Problem, Reason};
use crate::session::Desk;
use crate::sheets::{day, sheet};
use crate::words::Words;

/// How the names of files end, and their media types.
const MEDIA: [(&str, &str); 4] = [
    (".json", "application/json"),
    (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (".ics", "text/calendar; charset=utf-8"),
];

/// How the name of a version ends, as a file that can be checked and as paper.
const VERSION: &str = ".json";
const PAPER: &str = ".pdf";

/// Name and label of everything that a record gives; a version that can be checked is had on paper, too.
pub(crate) fn listed(words: Words, files: &[FileView]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for file in files {
        let label = words.of_both(&file.label).to_owned();
        if let Some(version) = file.name.strip_suffix(VERSION) {
            let on_paper = words.about("file-on-paper", "what", label.as_str());
            all.push((file.name.clone(), words.about("file-checked", "what", label.as_str())));
            all.push((format!("{version}{PAPER}"), on_paper));
        } else {
            all.push((file.name.clone(), label));
        }
    }
    all
}

pub(crate) async fn of_page(
    State(app): State<App>,
    Path((code, id, name)): Path<(String, String, String)>,
    on: OnPaper,
    desk: Desk,
) -> Result<Response, Problem> {
    sheet(&app, &desk, &code, &id).await?;
    given(&app, &desk, &id, &name, on).await
}

/// A file of a record, which the desk may see.
pub(crate) async fn given(
    app: &App,
    desk: &Desk,
    id: &str,
    name: &str,
    OnPaper(size): OnPaper,
) -> Result<Response, Problem> {
    if let Some(version) = name.strip_suffix(PAPER) {
        let file = fetched(app, desk, id, &format!("{version}{VERSION}")).await?;
        let report = service::verify_agreement(&file).map_err(|problem| refused(problem, desk))?;
        let short: String = report.version.chars().take(8).collect();
        let paper = on_paper(headed(app, desk, size, report.title.clone()), Words::of(desk.visit.language), &report);
        return pressed(desk, paper, &format!("kesepakatan-{short}")).await;
    }
    let media = MEDIA.iter().find(|(end, _)| name.ends_with(end)).map(|(_, media)| *media);
    let media = media.ok_or_else(|| desk.visit.problem(Reason::NotFound))?;
    let file = fetched(app, desk, id, name).await?;
    // Of a version as much as tells it from others: its whole hash is in the file.
    let called = match name.strip_suffix(VERSION) {
        Some(version) => format!("kesepakatan-{}{VERSION}", version.chars().take(8).collect::<String>()),
        None => name.to_owned(),
    };
    let disposition = format!("attachment; filename=\"{called}\"");
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)], file).into_response())
}

async fn fetched(app: &App, desk: &Desk, id: &str, name: &str) -> Result<Vec<u8>, Problem> {
    let english = desk.visit.language == crate::Language::English;
    let (id, name) = (id.to_owned(), name.to_owned());
    match app.ask(Ask::RecordFile { id, name, english }).await {
        Ok(service::Reply::Carry { file, .. }) => Ok(file),
        Ok(_) => Err(desk.visit.problem(Reason::NotFound)),
        Err(problem) => Err(refused(problem, desk)),
    }
}

/// The signed text with everybody who signed it. The picture holds the fingerprint of the version, so that whoever has the
/// paper finds the file.
fn on_paper(mut paper: Paper, words: Words, report: &AgreementReport) -> Paper {
    let (from, until) = &report.term;
    paper.about.push(Line::Text(words.about("agreement-version", "number", report.number)));
    paper.about.push(Line::Text(match until {
        Some(until) => {
            words.with("agreement-term", &[("from", from.as_str().into()), ("until", until.as_str().into())])
        }
        None => words.about("agreement-from", "from", from.as_str()),
    }));
    paper.about.push(Line::Text(words.say(if report.ratified { "agreement-ratified" } else { "agreement-open" })));
    paper.parts.push(Part::Heading(words.say("agreement-text")));
    paper.parts.push(Part::Text(report.text.clone()));
    let columns = ["agreement-party", "agreement-official", "agreement-says", "agreement-day", "agreement-key"];
    let columns = columns.iter().zip([26, 28, 18, 12, 16]).map(|(key, share)| (words.say(key), share));
    let mut table = Table { columns: columns.collect(), ..Table::default() };
    for party in &report.parties {
        if party.signers.is_empty() {
            table.rows.push(vec![party.name.clone(), String::new(), words.of_both(&party.vote).to_owned()]);
        }
        table.rows.extend(party.signers.iter().map(|signer| {
            vec![
                party.name.clone(),
                signer.official.clone(),
                words.of_both(&signer.says).to_owned(),
                day(&signer.day),
                format!("{} ({})", signer.node.chars().take(8).collect::<String>(), words.of_both(&signer.key)),
            ]
        }));
    }
    paper.parts.extend([Part::Heading(words.say("agreement-signatures")), Part::Table(table)]);
    let mut beside = vec![Line::Text(words.say("agreement-fingerprint")), Line::Text(grouped(&report.version))];
    beside.push(Line::Small(words.say("agreement-how-to-check")));
    if let Some(network) = &report.network {
        beside.push(Line::Small(words.about("agreement-network", "network", network.as_str())));
    }
    match modules(&report.version) {
        Some(code) => paper.parts.push(Part::Columns(vec![vec![Line::Code(code)], beside])),
        None => paper.parts.push(Part::Columns(vec![beside])),
    }
    paper
}

/// A fingerprint in groups, so that two people can compare it aloud and lines can break.
fn grouped(hash: &str) -> String {
    let letters: Vec<char> = hash.chars().collect();
    letters.chunks(8).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
