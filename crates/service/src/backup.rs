//! Backups: made by a node, opened by a recovery key that is kept apart from them.

use std::{
    ffi::OsStr,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use driver::{BackupError, Opener, RecoveryKey};

use crate::{
    Progress, Service, StoreOptions,
    problem::{Code, Problem, chain},
    reply::{BackupDone, RestoreDone},
};

/// How the file of a recovery key ends.
const KEY_SUFFIX: &str = "recovery-key";

/// The largest file that is looked into for a recovery key.
const KEY_BYTES_MAX: u64 = 4096;

impl Service {
    /// Makes a backup because somebody asked for one.
    pub(crate) async fn back_up(
        &self,
        out: &Path,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<BackupDone, Problem> {
        let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let written = self.write_backup(out, move |at| {
            // Whoever asked may have given up listening; the backup is made all the same.
            let _ = said.send(at);
            ControlFlow::Continue(())
        });
        let listened = async {
            while let Some(at) = heard.recv().await {
                progress(at);
            }
        };
        let (done, ()) = tokio::join!(written, listened);
        let done = done?;
        self.0.looking.backed_up();
        Ok(done)
    }

    /// Writes a backup, which does not count yet. `written` hears how far it is, and says whether it goes on.
    pub(crate) async fn write_backup(
        &self,
        out: &Path,
        mut written: impl FnMut(Progress) -> ControlFlow<()> + Send + 'static,
    ) -> Result<BackupDone, Problem> {
        let node = self.node().clone();
        let key_file = match node.recovery_lock() {
            Some(_) => None,
            None => {
                let path = out.with_file_name(format!("simpul-{}.{KEY_SUFFIX}", node.key().short()));
                let key = make_key(&path, &self.office().name)?;
                node.set_recovery_lock(key.lock()).await?;
                Some(path)
            }
        };
        let path = out.to_owned();
        let work =
            tokio::task::spawn_blocking(move || node.back_up(&path, |done, total| written(Progress { done, total })));
        let done = work.await.map_err(|error| Problem::internal(&error))?.map_err(|error| problem(&error))?;
        Ok(BackupDone {
            bytes: done.bytes,
            nodes: done.nodes.iter().map(ToString::to_string).collect(),
            key_file,
            admitted: self.office().admitted,
            scans: done.attachments,
        })
    }
}

/// Draws a recovery key and writes it where the person will find it. One that lies there already, from a first backup
/// that was cut short, is taken.
fn make_key(path: &Path, office: &str) -> Result<RecoveryKey, Problem> {
    if let Some(key) = key_in(path) {
        return Ok(key);
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| Problem::internal(&error))?;
    let key = RecoveryKey::from_seed(seed);
    let text = format!(
        "# Kunci pemulihan cadangan {office}. Simpan terpisah dari cadangannya.\n\
         # Recovery key of the backups of {office}. Keep it apart from them: who has both reads everything.\n{key}\n"
    );
    // Another file that lies there is somebody's.
    let written = if path.exists() {
        Err("a file is there already, and holds no key".to_owned())
    } else {
        store::write_file(path, text).map_err(|error| chain(&error))
    };
    written.map_err(|error| {
        Problem::new(
            Code::Storage,
            format!("cannot write the recovery key to {}: {error}", path.display()),
            "is the stick full or read-only? Nothing was backed up",
        )
    })?;
    Ok(key)
}

/// The recovery key in a file, if there is one.
fn key_in(path: &Path) -> Option<RecoveryKey> {
    let short = fs::metadata(path).is_ok_and(|found| found.len() <= KEY_BYTES_MAX);
    let text = if short { fs::read_to_string(path).ok()? } else { return None };
    text.lines().find_map(|line| line.parse().ok())
}

/// What opens a backup.
const KEY_HINT: &str =
    "give the recovery key that the first backup wrote: --key FILE; or another node of the office: --sibling DIR";

/// Makes a new node of a backup. `key` is a recovery key or the file that holds it; without it, the keys that lie beside
/// the backup are tried. `sibling` is the data folder of another node of the office.
pub fn restore(
    store: &StoreOptions,
    file: &Path,
    key: Option<&str>,
    sibling: Option<PathBuf>,
    mut progress: impl FnMut(Progress),
) -> Result<RestoreDone, Problem> {
    let openers = match (key, sibling) {
        (_, Some(folder)) => vec![Opener::Sibling(folder)],
        (Some(given), None) => {
            let key = given.parse().ok().or_else(|| key_in(Path::new(given)));
            let key = key.ok_or_else(|| {
                Problem::bad_input(
                    "no recovery key was given, or a letter of it is wrong",
                    "give the file that the first backup wrote, or the line in it",
                )
            })?;
            vec![Opener::Recovery(Box::new(key))]
        }
        (None, None) => keys_beside(file).into_iter().map(|key| Opener::Recovery(Box::new(key))).collect(),
    };
    if openers.is_empty() {
        return Err(Problem::new(
            Code::NoRight,
            "no recovery key was given, and none lies beside the backup",
            KEY_HINT,
        ));
    }
    let mut refused = BackupError::OtherKey;
    for opener in openers {
        match driver::restore(store, file, &opener, |done, total| progress(Progress { done, total })) {
            Ok(done) => {
                return Ok(RestoreDone {
                    node: done.node.to_string(),
                    office: done.office.to_string(),
                    made_by: done.of.0.to_string(),
                    made: jiff::Timestamp::from_millisecond(done.of.1).unwrap_or_default().to_string(),
                    damaged: done.damaged,
                    scans: done.attachments,
                });
            }
            Err(BackupError::OtherKey) => refused = BackupError::OtherKey,
            Err(error) => return Err(problem(&error)),
        }
    }
    Err(problem(&refused))
}

fn keys_beside(file: &Path) -> Vec<RecoveryKey> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension() == Some(OsStr::new(KEY_SUFFIX)));
    paths.sort();
    paths.iter().filter_map(|path| key_in(path)).collect()
}

fn problem(error: &BackupError) -> Problem {
    use BackupError as B;
    let (code, hint) = match error {
        B::Foreign | B::Damaged => (Code::BadInput, "take another copy of the backup, or an older one"),
        B::Version(_) => (Code::BadInput, "bring this program up to date"),
        B::OtherKey => (Code::NoRight, KEY_HINT),
        B::NotEmpty(_) => (Code::Conflict, "choose another folder with --data: a backup becomes a node of its own"),
        B::Io { .. } | B::Store(_) | B::Attachment(_) => {
            (Code::Storage, "check the path, and whether the disk or stick has room")
        }
        B::Stopped => {
            return Problem::said(
                Code::Conflict,
                None,
                "cadangan dihentikan sebelum selesai: tidak ada yang tersisa darinya",
                "the backup was ended before it was whole: nothing of it is left",
            );
        }
        B::Key | B::State(_) | B::Randomness => (Code::Internal, "look into the node's log"),
    };
    Problem::new(code, chain(error), hint)
}
