//! *Penyimpanan dan cadangan*, for an administrator: what the data takes on the disk, what was found damaged, and a backup
//! into a folder of this computer.

use std::path::Path;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::reply::{BackupDone, StorageView};
use service::{BackupStep, Progress, Query as Ask};

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
    running: Option<Running>,
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

/// A backup that is being made.
struct Running {
    answer: String,
    progress: Progress,
    stopping: bool,
}

/// What was asked for and cannot be, with the folder that was typed.
struct Fault {
    text: String,
    folder: String,
}

async fn shown(app: &App, desk: &Desk, fault: Option<Fault>) -> Result<Response, Problem> {
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
    let (mut done, mut running, mut failed) = (Vec::new(), None, None);
    match app.service().backup_now() {
        Some(BackupStep::Running { progress, stopping }) => {
            let about = [("n", progress.done.div_ceil(1024).into()), ("all", progress.total.div_ceil(1024).into())];
            running = Some(Running { answer: words.with("backup-running", &about), progress, stopping });
        }
        Some(BackupStep::Done { file, done: made }) => done = told(words, &file, &made),
        Some(BackupStep::Failed(problem)) => failed = Some(beside(words, problem, desk)?.1),
        None => {}
    }
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (error, folder) = match fault {
        Some(fault) => (Some(fault.text), fault.folder),
        None => (failed, String::new()),
    };
    let shown = StoragePage {
        lines: lines(words, &view),
        panels: vec![
            panel(words, "storage-damage", &["storage-part", "office-todo"], damage.collect(), "storage-whole"),
            panel(words, "storage-parts", &["storage-part", "storage-takes"], parts.collect(), "office-none"),
        ],
        error,
        done,
        running,
        folder,
        frame,
    };
    Ok((status, page(&shown, &desk.visit)).into_response())
}

pub(crate) async fn show(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    shown(&app, &desk, None).await
}

/// Begins a backup into a folder of this computer, such as a stick.
pub(crate) async fn back_up(State(app): State<App>, desk: Desk, form: Posted) -> Result<Response, Problem> {
    desk.administers()?;
    let words = Words::of(desk.visit.language);
    let folder = form.get("folder").trim().to_owned();
    let place = Path::new(&folder);
    if !place.is_absolute() || !tokio::fs::metadata(place).await.is_ok_and(|found| found.is_dir()) {
        let text = words.about("health-no-folder", "folder", folder.as_str());
        return shown(&app, &desk, Some(Fault { text, folder })).await;
    }
    match app.service().begin_backup(place.join(backup_name())) {
        Ok(()) => Ok(again().await.into_response()),
        Err(problem) => {
            let text = beside(words, problem, &desk)?.1;
            shown(&app, &desk, Some(Fault { text, folder })).await
        }
    }
}

/// Ends the backup that is being made.
pub(crate) async fn end(State(app): State<App>, desk: Desk, _form: Posted) -> Result<Redirect, Problem> {
    desk.administers()?;
    app.service().end_backup();
    Ok(again().await)
}

pub(crate) async fn again() -> Redirect {
    Redirect::to("/kesehatan/penyimpanan")
}

/// What a backup that is made now is called.
pub(crate) fn backup_name() -> String {
    jiff::Zoned::now().strftime("simpul-%Y-%m-%d-%H%M.backup").to_string()
}

/// What a backup came to.
fn told(words: Words, file: &Path, made: &BackupDone) -> Vec<(&'static str, String)> {
    let about = [("file", file.display().to_string().into()), ("kb", made.bytes.div_ceil(1024).into())];
    let mut done = vec![("well", words.with("health-backed-up", &about))];
    if let Some(key) = &made.key_file {
        done.push(("choose", words.about("health-key-file", "file", key.display().to_string())));
    }
    done
}
