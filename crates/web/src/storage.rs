//! *Penyimpanan dan cadangan*, for an administrator: what the data takes on the disk, what was found damaged, and a backup
//! into a folder of this computer.

use std::path::Path;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use service::reply::StorageView;
use service::{Command, Query as Ask};

use crate::app::{App, ask};
use crate::frame::{Frame, Place, page, refused};
use crate::office_health::{panel, row};
use crate::panels::Panel;
use crate::problem::Problem;
use crate::session::{Desk, Posted};
use crate::sheet_form::beside;
use crate::words::Words;

#[derive(Template)]
#[template(path = "storage.html")]
struct StoragePage {
    frame: Frame,
    error: Option<String>,
    /// What the button did, each with how it is shown.
    done: Vec<(&'static str, String)>,
    lines: Vec<String>,
    /// What was typed as the folder of a backup.
    folder: String,
    panels: Vec<Panel>,
}

fn lines(words: Words, view: &StorageView) -> Vec<String> {
    let mut lines = vec![words.about("storage-folder", "folder", view.folder.as_str())];
    if let (Some(free), Some(kept)) = (view.free_bytes, view.reserve_bytes) {
        let about = [("free", megabytes(words, free).into()), ("kept", megabytes(words, kept).into())];
        lines.push(words.with("storage-free", &about));
    }
    if view.failed {
        lines.push(words.say("storage-failed"));
    }
    lines.push(match view.last_backup_ms {
        Some(at) => words.about("storage-backup", "time", words.when(at)),
        None => words.say("storage-no-backup"),
    });
    lines
}

fn megabytes(words: Words, bytes: u64) -> String {
    words.about("storage-mb", "n", bytes.div_ceil(1_000_000))
}

/// What a backup came to; an error where there is none.
struct Happened {
    done: Result<Vec<(&'static str, String)>, String>,
    folder: String,
}

async fn shown(app: &App, desk: &Desk, happened: Happened) -> Result<Response, Problem> {
    let (frame, _) = Frame::of(app, desk, Place::Health).await?;
    let words = frame.words;
    let view = ask!(app, Ask::Storage, Storage).map_err(|problem| refused(problem, desk))?;
    let damage = view
        .damage
        .iter()
        .map(|damage| row(words, words.of_both(damage).to_owned(), &[("office-todo", words.say("storage-repair"))]));
    let parts = view.parts.iter().map(|part| {
        row(words, words.of_both(&part.label).to_owned(), &[("storage-takes", megabytes(words, part.bytes))])
    });
    let status = if happened.done.is_err() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = StoragePage {
        lines: lines(words, &view),
        panels: vec![
            panel(words, "storage-damage", &["storage-part", "office-todo"], damage.collect(), "storage-whole"),
            panel(words, "storage-parts", &["storage-part", "storage-takes"], parts.collect(), "office-none"),
        ],
        error: happened.done.as_ref().err().cloned(),
        done: happened.done.unwrap_or_default(),
        folder: happened.folder,
        frame,
    };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

pub(crate) async fn show(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    shown(&app, &desk, Happened { done: Ok(Vec::new()), folder: String::new() }).await
}

/// Makes a backup into a folder of this computer, such as a stick.
pub(crate) async fn back_up(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let folder = form.get("folder").trim().to_owned();
    let done = backed_up(&app, &desk, &folder).await?;
    // What went well needs nothing typed again.
    let folder = if done.is_ok() { String::new() } else { folder };
    shown(&app, &desk, Happened { done, folder }).await
}

/// What a backup that is made now is called.
pub(crate) fn backup_name() -> String {
    jiff::Zoned::now().strftime("simpul-%Y-%m-%d-%H%M.backup").to_string()
}

async fn backed_up(
    app: &App,
    desk: &Desk,
    folder: &str,
) -> Result<Result<Vec<(&'static str, String)>, String>, Problem> {
    let words = Words::of(desk.visit.language);
    let place = Path::new(folder);
    if !place.is_absolute() || !tokio::fs::metadata(place).await.is_ok_and(|found| found.is_dir()) {
        return Ok(Err(words.about("health-no-folder", "folder", folder)));
    }
    let out = place.join(backup_name());
    let made = match ask!(app, Command::BackUp { out: out.clone() }, BackedUp) {
        Ok(made) => made,
        Err(problem) => return Ok(Err(beside(words, problem, desk)?.1)),
    };
    let about = [("file", out.display().to_string().into()), ("kb", made.bytes.div_ceil(1024).into())];
    let mut done = vec![("well", words.with("health-backed-up", &about))];
    if let Some(key) = made.key_file {
        done.push(("choose", words.about("health-key-file", "file", key.display().to_string())));
    }
    Ok(Ok(done))
}
