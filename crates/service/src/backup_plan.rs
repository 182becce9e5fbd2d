//! Backups by a schedule: made, restored on trial in the data folder, and the oldest thrown away once a newer one is known
//! to be good.
//!
//! # Invariants
//! - A backup counts only when what it holds was restored whole on trial: every journal up to where it stood when the
//!   backup began.
//! - Nothing is thrown away before a newer backup was tried, and nothing that was not made by this schedule.
//! - No recovery key is written beside backups that nobody looks after: the first backup is made by a person.

use std::{
    collections::BTreeMap,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Weak,
    time::Duration,
};

use ::health::words::Said;
use driver::{Node, Opener, restore};
use identity::JournalId;
use jiff::{Timestamp, tz::TimeZone};
use records::RecordKind;
use serde::{Deserialize, Serialize};

use crate::{
    Inner, Service,
    kept::Kept,
    problem::{Code, Problem, chain},
};

const FILE: &str = "backups.json";

/// How often it is seen whether a backup is due.
const TURN: Duration = Duration::from_secs(5);

/// After how long a backup that failed is tried again, in milliseconds, unless the next is due before.
const AGAIN_MS: i64 = 3_600_000;

/// How the files end.
const SUFFIX: &str = "backup";

/// Where a backup is restored on trial: in the data folder, for what is restored is readable to whoever has its disk.
const TRIAL: &str = "trial";

/// When backups are made, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPlan {
    /// The folder: another disk than that of the data, or it helps little.
    pub folder: PathBuf,
    /// How often.
    pub every: Duration,
    /// How many are kept, the newest; at least one.
    pub keep: usize,
}

/// How the newest backup of the schedule went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupRun {
    /// When it was tried, in Unix milliseconds.
    pub at_ms: i64,
    /// Its file.
    pub file: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// What is wrong and what to do; none if it was made and could be restored.
    pub problem: Option<Said>,
    /// Whether none was tried: a person has to do something first.
    pub waits: bool,
}

/// Backups by a schedule, as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupsView {
    /// The folder.
    pub folder: PathBuf,
    /// Every so many minutes.
    pub every_minutes: u64,
    /// How many are kept.
    pub keep: u64,
    /// How the newest went; none before the first.
    pub newest: Option<BackupRun>,
}

/// What is kept of the schedule.
pub(crate) struct BackupRuns(Kept<Option<BackupRun>>);

impl BackupRuns {
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        Ok(Self(Kept::open(folder, FILE, "move it aside: a backup is made at once")?))
    }

    pub(crate) fn newest(&self) -> Option<BackupRun> {
        self.0.get().clone()
    }
}

impl BackupPlan {
    /// Whether one is due, after this one.
    fn is_due(&self, newest: Option<&BackupRun>, now_ms: i64) -> bool {
        let every = i64::try_from(self.every.as_millis()).unwrap_or(i64::MAX);
        let Some(newest) = newest.filter(|newest| !newest.waits) else { return true };
        let after = if newest.problem.is_some() { every.min(AGAIN_MS) } else { every };
        // A clock that was ahead delays nothing.
        newest.at_ms > now_ms || now_ms - newest.at_ms >= after
    }

    /// The backups of a node that this schedule made, the oldest first.
    fn made(&self, node: &str) -> Vec<PathBuf> {
        let mut made: Vec<PathBuf> =
            fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        let is_of = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let rest = name.strip_prefix(&format!("simpul-{node}-")).and_then(|rest| rest.strip_suffix(".backup"));
            rest.is_some_and(|stamp| {
                stamp.len() == STAMP_CHARS && stamp.chars().all(|c| c.is_ascii_digit() || c == '-')
            })
        };
        made.retain(is_of);
        made.sort();
        made
    }

    /// The name of a backup that is made now.
    fn file(&self, node: &str, at_ms: i64) -> PathBuf {
        let at = Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned(TimeZone::UTC);
        self.folder.join(format!("simpul-{node}-{}.{SUFFIX}", at.strftime(STAMP)))
    }
}

/// When a backup was made, in its name: the names are in the order of the times.
const STAMP: &str = "%Y%m%d-%H%M%S";
const STAMP_CHARS: usize = 15;

fn problem(id: impl Into<String>, en: impl Into<String>) -> Problem {
    Problem::said(Code::Storage, None, id, en)
}

/// A problem as it is shown, in both languages; one that has words in none of them as it was told.
fn said(problem: &Problem) -> Said {
    let (id, en) = match &problem.text {
        Some(text) => (text.id.clone(), text.en.clone()),
        None => (format!("{}: {}", problem.message, problem.hint), format!("{}: {}", problem.message, problem.hint)),
    };
    Said { id, en }
}

impl Service {
    /// The schedule as it is shown; none where nobody asked for one.
    pub(crate) fn backups(&self) -> Option<BackupsView> {
        let plan = self.0.upkeep.backups.as_ref()?;
        Some(BackupsView {
            folder: plan.folder.clone(),
            every_minutes: plan.every.as_secs() / 60,
            keep: plan.keep.max(1) as u64,
            newest: self.0.backup_runs.newest(),
        })
    }

    /// Makes backups as long as the node runs.
    pub(crate) async fn keep_backing_up(inner: Weak<Inner>, plan: BackupPlan) {
        let mut tick = tokio::time::interval(TURN);
        if let Some(service) = inner.upgrade().map(Service) {
            service.clear_trial();
        }
        loop {
            tick.tick().await;
            let Some(service) = inner.upgrade().map(Service) else { return };
            let (now_ms, newest) = (Timestamp::now().as_millisecond(), service.0.backup_runs.newest());
            if !plan.is_due(newest.as_ref(), now_ms) {
                continue;
            }
            match service.waits_for() {
                Some(_) if newest.is_some_and(|newest| newest.waits) => {}
                Some(problem) => service.note_run(BackupRun {
                    at_ms: now_ms,
                    file: PathBuf::new(),
                    bytes: 0,
                    problem: Some(said(&problem)),
                    waits: true,
                }),
                None => service.back_up_by(&plan, now_ms).await,
            }
        }
    }

    /// What a person has to do before there can be a backup that is tried.
    fn waits_for(&self) -> Option<Problem> {
        let node = self.node();
        if node.recovery_lock().is_none() {
            return Some(problem(
                "belum ada kunci pemulihan: jalankan `simpul backup` sekali, lalu simpan kuncinya di tempat lain",
                "there is no recovery key yet: run `simpul backup` once, and keep the key in another place",
            ));
        }
        let admitted = node.charter().is_some_and(|charter| charter.is_active(&node.key()));
        (!admitted).then(|| {
            problem(
                "kantor ini belum diterima, jadi cadangannya belum dapat dicoba: lanjutkan pendaftarannya",
                "this office is not admitted yet, so its backup cannot be tried: go on with its request",
            )
        })
    }

    async fn back_up_by(&self, plan: &BackupPlan, at_ms: i64) {
        let file = plan.file(&self.node().key().short(), at_ms);
        let (bytes, problem) = match self.back_up_and_try(plan, &file).await {
            Ok(bytes) => {
                tracing::info!(file = %file.display(), bytes, "a backup was made and restored on trial");
                (bytes, None)
            }
            Err(problem) => {
                tracing::error!(problem = %problem.message, hint = %problem.hint, "the scheduled backup failed");
                (0, Some(said(&problem)))
            }
        };
        self.note_run(BackupRun { at_ms, file, bytes, problem, waits: false });
    }

    /// Removes what a trial left, also one that was cut short.
    fn clear_trial(&self) {
        for left in [TRIAL.to_owned(), format!("{TRIAL}.restoring")] {
            let left = self.0.folder.join(left);
            if left.exists()
                && let Err(error) = fs::remove_dir_all(&left)
            {
                tracing::warn!(%error, folder = %left.display(), "what a trial left cannot be removed: remove it by hand");
            }
        }
    }

    /// Refuses a trial that would take the room that records need: it takes what the backup holds, and an index.
    async fn room_for_trial(&self, bytes: u64) -> Result<(), Problem> {
        let needed = bytes.saturating_mul(2);
        match self.node().disk().await {
            Some((space, _)) if space.free_bytes.saturating_sub(space.reserve_bytes) < needed => Err(problem(
                format!("cadangan tidak dapat dicoba: kosongkan {} MB di cakram data", needed >> 20),
                format!("the backup cannot be tried: free {} MB on the disk of the data", needed >> 20),
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn note_run(&self, run: BackupRun) {
        let kept = self.0.backup_runs.0.change(|kept| {
            *kept = Some(run);
            Ok(())
        });
        if let Err(problem) = kept {
            tracing::error!(problem = %problem.message, "how the backup went is not saved");
        }
    }

    /// Makes a backup and restores it on trial; gives how large it is. What cannot be restored does not stay.
    async fn back_up_and_try(&self, plan: &BackupPlan, file: &Path) -> Result<u64, Problem> {
        let node = self.node().clone();
        fs::create_dir_all(&plan.folder).map_err(|error| {
            problem(
                format!(
                    "folder cadangan {} tidak dapat dipakai: sambungkan cakramnya ({error})",
                    plan.folder.display()
                ),
                format!("the folder {} cannot be used: connect its disk ({error})", plan.folder.display()),
            )
        })?;
        let stood = stands(&node)?;
        let done = self.write_backup(file, |_| ControlFlow::Continue(())).await?;
        let tried = match self.room_for_trial(done.bytes).await {
            Ok(()) => try_restore(file, &self.0.folder.join(TRIAL), self.0.folder.clone(), stood, done.scans).await,
            Err(problem) => Err(problem),
        };
        self.clear_trial();
        if let Err(bad) = tried {
            drop(fs::remove_file(file));
            return Err(bad);
        }
        self.looking().backed_up();
        let made = plan.made(&node.key().short());
        for old in made.iter().take(made.len().saturating_sub(plan.keep.max(1))) {
            if let Err(error) = fs::remove_file(old) {
                tracing::warn!(%error, file = %old.display(), "an old backup cannot be removed");
            }
        }
        Ok(done.bytes)
    }
}

/// Up to where each journal stands at a node.
fn stands(node: &Node) -> Result<BTreeMap<JournalId, u64>, Problem> {
    let held = node.held()?.into_iter().flat_map(|(_, held)| held);
    Ok(held.map(|(journal, point)| (journal, point.seq)).collect())
}

/// Restores a backup into a folder that did not exist, and looks whether it holds every journal up to where it stood.
async fn try_restore(
    file: &Path,
    trial: &Path,
    own: PathBuf,
    stood: BTreeMap<JournalId, u64>,
    scans: u64,
) -> Result<(), Problem> {
    let not_restored = |why: &str| {
        problem(
            format!("cadangan tidak dapat dipulihkan ({why}): pakai cakram lain"),
            format!("the backup cannot be restored ({why}): use another disk"),
        )
    };
    let store = store::Options::new(trial);
    let (options, file, trial) = (store.clone(), file.to_owned(), trial.to_owned());
    let restored = tokio::task::spawn_blocking(move || {
        if trial.exists() {
            fs::remove_dir_all(&trial).map_err(|error| error.to_string())?;
        }
        restore(&options, &file, &Opener::Sibling(own), |_, _| ()).map_err(|error| chain(&error))
    });
    let restored = restored.await.map_err(|error| Problem::internal(&error))?.map_err(|why| not_restored(&why))?;
    if restored.damaged > 0 {
        return Err(not_restored(&format!("{} bagian / parts", restored.damaged)));
    }
    if restored.attachments != scans {
        return Err(not_restored(&format!("{} pindaian / scans", scans.saturating_sub(restored.attachments))));
    }
    let known_kind = |kind: journal::Kind| RecordKind::from_number(kind.record).is_some();
    let options = driver::Options { store, known_kind, network: None, rebuild: false };
    let (node, _updates) = Node::open(options).await.map_err(|error| not_restored(&chain(&error)))?;
    let there = stands(&node);
    node.stop().await;
    let there = there?;
    let short = stood.iter().filter(|(journal, seq)| there.get(journal).is_none_or(|at| at < seq)).count();
    if short > 0 {
        return Err(not_restored(&format!("{short} jurnal / journals")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(folder: &Path) -> BackupPlan {
        BackupPlan { folder: folder.to_owned(), every: Duration::from_secs(86_400), keep: 2 }
    }

    fn run(at_ms: i64, failed: bool) -> BackupRun {
        let problem = failed.then(|| Said { id: "gagal".to_owned(), en: "failed".to_owned() });
        BackupRun { at_ms, file: PathBuf::new(), bytes: 1, problem, waits: false }
    }

    #[test]
    fn a_backup_is_due_after_its_time_and_sooner_when_the_last_failed() {
        let plan = plan(Path::new("x"));
        let (hour, day) = (3_600_000, 86_400_000);
        assert!(plan.is_due(None, 0));
        assert!(plan.is_due(Some(&BackupRun { waits: true, ..run(10 * day, true) }), 10 * day));
        for (failed, ago, due) in [
            (false, day - 1, false),
            (false, day, true),
            (true, hour - 1, false),
            (true, hour, true),
            (false, -1, true),
        ] {
            assert_eq!(plan.is_due(Some(&run(10 * day, failed)), 10 * day + ago), due, "{failed} {ago}");
        }
    }

    #[test]
    fn only_what_the_schedule_made_for_this_node_is_counted_the_oldest_first() {
        let folder = tempfile::tempdir().unwrap();
        let plan = plan(folder.path());
        let named = |name: &str| fs::write(folder.path().join(name), b"x").unwrap();
        let (first, second) = (plan.file("ab12", 1_000), plan.file("ab12", 1_763_750_000_000));
        assert!(second.ends_with("simpul-ab12-20251121-183320.backup"), "{}", second.display());
        for file in [&second, &first] {
            fs::write(file, b"x").unwrap();
        }
        for other in [
            "simpul-ab12-mine.backup",
            "simpul-cd34-20251121-183320.backup",
            "kuripan.backup",
            "simpul-ab12.recovery-key",
        ] {
            named(other);
        }
        assert_eq!(plan.made("ab12"), [first, second]);
    }
}
