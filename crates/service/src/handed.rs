//! Tables that officers handed in at a page and have not done with: one for each officer, until it is brought in or put
//! away.
//!
//! # Invariants
//! - They are kept in memory alone: no personal data stays on the disk, and a restart forgets them.
//! - There are at most [`HANDED_MAX`], each of at most [`HANDED_BYTES_MAX`]; what nobody touches for [`HANDED_AGE_MAX`] goes.
//! - What is brought in is what was looked at; afterwards its bytes are gone, and only what was not taken is kept for a
//!   while.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    Progress, Service,
    import::not_looked_at,
    problem::{Code, Problem},
    table_in::{Brought, ImportPreview, TableHead, TableIn},
};

/// The largest table that is handed in at a page, in bytes: some fifty thousand people.
pub const HANDED_BYTES_MAX: usize = 8 << 20;

/// How many tables wait at a time. Officers who use one computer are few.
const HANDED_MAX: usize = 4;

/// What nobody looks at for so long goes: somebody may be called away from the counter.
const HANDED_AGE_MAX: Duration = Duration::from_secs(60 * 60);

/// A table that an officer handed in.
#[derive(Debug, Clone)]
pub struct HandedIn {
    /// The table and what was chosen for it; without its bytes once it is brought in.
    pub table: TableIn,
    /// Its columns.
    pub head: Arc<TableHead>,
    /// How far the officer is with it.
    pub step: HandedStep,
}

/// How far an officer is with a table.
#[derive(Debug, Clone)]
pub enum HandedStep {
    /// It is to be said what its columns are.
    Columns,
    /// What it would give was looked at.
    Looked(Arc<ImportPreview>),
    /// It is being brought in.
    Running {
        /// How far that is.
        progress: Progress,
        /// Somebody said that it is to stop.
        stopping: bool,
    },
    /// It is done, or was stopped.
    Done(Arc<Brought>),
    /// It ended before it was done; what was written until then stays.
    Failed {
        /// Why.
        problem: Problem,
        /// How far it had come.
        progress: Progress,
    },
}

struct Kept {
    handed: HandedIn,
    /// Tells it from another one of the same officer.
    number: u64,
    seen: Instant,
}

impl Kept {
    fn is_running(&self) -> bool {
        matches!(self.handed.step, HandedStep::Running { .. })
    }
}

/// Every table that waits, by the handle of its officer.
#[derive(Default)]
pub(crate) struct Handed(Mutex<All>);

#[derive(Default)]
struct All {
    kept: BTreeMap<String, Kept>,
    last: u64,
}

impl Handed {
    fn all(&self) -> MutexGuard<'_, All> {
        self.all_at(Instant::now())
    }

    fn all_at(&self, now: Instant) -> MutexGuard<'_, All> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.kept.retain(|_, kept| kept.is_running() || now.duration_since(kept.seen) < HANDED_AGE_MAX);
        all
    }

    /// Puts a table in the place of an officer's last one, and gives its number.
    fn put(&self, officer: &str, handed: HandedIn) -> Result<u64, Problem> {
        let mut all = self.all();
        if all.kept.get(officer).is_some_and(Kept::is_running) {
            return Err(still_running());
        }
        if !all.kept.contains_key(officer) && all.kept.len() >= HANDED_MAX {
            let idle = all.kept.iter().filter(|(_, kept)| !kept.is_running());
            let oldest = idle.min_by_key(|(_, kept)| kept.seen).map(|(officer, _)| officer.clone());
            let Some(oldest) = oldest else { return Err(still_running()) };
            all.kept.remove(&oldest);
        }
        all.last += 1;
        let number = all.last;
        all.kept.insert(officer.to_owned(), Kept { handed, number, seen: Instant::now() });
        Ok(number)
    }

    /// The table of an officer that is not being brought in, and its number.
    fn waiting(&self, officer: &str) -> Result<(u64, HandedIn), Problem> {
        let all = self.all();
        match all.kept.get(officer) {
            Some(kept) if kept.is_running() => Err(still_running()),
            // What is brought in has no bytes any more.
            Some(kept) if !matches!(kept.handed.step, HandedStep::Done(_)) => Ok((kept.number, kept.handed.clone())),
            Some(_) | None => Err(no_table()),
        }
    }

    /// From here on the table is being brought in, if it is as it was looked at. Gives its number.
    fn begin(&self, officer: &str, stamp: &str) -> Result<(u64, TableIn), Problem> {
        let mut all = self.all();
        let kept = all.kept.get_mut(officer).ok_or_else(no_table)?;
        if kept.is_running() {
            return Err(still_running());
        }
        let progress = match &kept.handed.step {
            HandedStep::Looked(preview) if preview.stamp == stamp => {
                Progress { done: 0, total: preview.counts.added + preview.counts.present }
            }
            HandedStep::Looked(_)
            | HandedStep::Columns
            | HandedStep::Running { .. }
            | HandedStep::Done(_)
            | HandedStep::Failed { .. } => return Err(not_looked_at()),
        };
        kept.handed.step = HandedStep::Running { progress, stopping: false };
        Ok((kept.number, kept.handed.table.clone()))
    }

    fn get(&self, officer: &str) -> Option<HandedIn> {
        let mut all = self.all();
        let kept = all.kept.get_mut(officer)?;
        kept.seen = Instant::now();
        Some(kept.handed.clone())
    }

    /// How long the table of this number stays if nobody touches it; none once it is gone.
    fn stays(&self, number: u64) -> Option<Duration> {
        let all = self.all();
        let kept = all.kept.values().find(|kept| kept.number == number)?;
        // One that is being brought in is looked at again later.
        Some(HANDED_AGE_MAX.saturating_sub(kept.seen.elapsed()).max(Duration::from_secs(1)))
    }

    /// Changes the step of the table of this number, if the officer still has it.
    fn step(&self, number: u64, change: impl FnOnce(&mut HandedIn)) {
        let mut all = self.all();
        if let Some(kept) = all.kept.values_mut().find(|kept| kept.number == number) {
            kept.seen = Instant::now();
            change(&mut kept.handed);
        }
    }

    /// The same, unless it is being brought in by now.
    fn step_back(&self, number: u64, change: impl FnOnce(&mut HandedIn)) {
        self.step(number, |handed| {
            if !matches!(handed.step, HandedStep::Running { .. }) {
                change(handed);
            }
        });
    }

    /// How far it is; whether it is to go on.
    fn heard(&self, number: u64, at: Progress) -> ControlFlow<()> {
        let mut flow = ControlFlow::Break(());
        self.step(number, |handed| {
            if let HandedStep::Running { progress, stopping } = &mut handed.step {
                *progress = at;
                flow = if *stopping { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            }
        });
        flow
    }

    fn ended(&self, number: u64, ended: Result<Brought, Problem>) {
        self.step(number, |handed| {
            handed.step = match (ended, &handed.step) {
                (Ok(brought), _) => {
                    handed.table = TableIn::new(Vec::new());
                    handed.head = Arc::default();
                    HandedStep::Done(Arc::new(brought))
                }
                (Err(problem), HandedStep::Running { progress, .. }) => {
                    HandedStep::Failed { problem, progress: *progress }
                }
                (
                    Err(problem),
                    HandedStep::Columns | HandedStep::Looked(_) | HandedStep::Done(_) | HandedStep::Failed { .. },
                ) => HandedStep::Failed { problem, progress: Progress { done: 0, total: 0 } },
            };
        });
    }
}

fn still_running() -> Problem {
    Problem::said(
        Code::Conflict,
        None,
        "tabel masih dimasukkan: tunggu sampai selesai, atau hentikan",
        "a table is still being brought in: wait until it is done, or stop it",
    )
}

fn no_table() -> Problem {
    Problem::said(
        Code::NotFound,
        Some("file"),
        "tabel tidak ada lagi: pilih berkasnya sekali lagi",
        "the table is not here any more: choose its file once more",
    )
}

impl Service {
    /// Takes a table from an officer, in the place of the last one.
    ///
    /// # Errors
    /// What is no table, what is larger than [`HANDED_BYTES_MAX`], and one that is still being brought in.
    pub async fn hand_in(&self, officer: &str, bytes: Vec<u8>) -> Result<(), Problem> {
        if bytes.len() > HANDED_BYTES_MAX {
            let megabytes = HANDED_BYTES_MAX >> 20;
            return Err(Problem::said(
                Code::BadInput,
                Some("file"),
                format!("tabel lebih besar dari {megabytes} MB: bagilah menjadi beberapa tabel"),
                format!("the table is larger than {megabytes} MiB: split it"),
            ));
        }
        let table = TableIn::new(bytes);
        let head = Arc::new(self.table_head(&table).await?);
        let number = self.0.handed.put(officer, HandedIn { table, head, step: HandedStep::Columns })?;
        let node = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                let stays = node.upgrade().and_then(|node| node.handed.stays(number));
                let Some(stays) = stays else { return };
                tokio::time::sleep(stays).await;
            }
        });
        Ok(())
    }

    /// The table that an officer handed in, if there is one.
    pub fn handed_in(&self, officer: &str) -> Option<HandedIn> {
        self.0.handed.get(officer)
    }

    /// Says what the columns of an officer's table are to be taken for, and looks at what it would give. With another line
    /// of the header than before nothing is looked at: the columns are to be said anew.
    ///
    /// # Errors
    /// What no list of people can be made of, with what to do; what was chosen is kept.
    pub async fn look_through(
        &self,
        officer: &str,
        header: Option<u64>,
        columns: Vec<String>,
        decided: Option<(String, String)>,
    ) -> Result<(), Problem> {
        let (number, handed) = self.0.handed.waiting(officer)?;
        let other = header.is_some_and(|line| line != handed.head.line);
        let columns = (!other).then_some(columns);
        let header = header.or(handed.table.header);
        let table = TableIn { bytes: handed.table.bytes, header, columns, decided };
        let head = Arc::new(self.table_head(&table).await?);
        self.0.handed.step_back(number, |handed| {
            *handed = HandedIn { table: table.clone(), head, step: HandedStep::Columns };
        });
        if !other {
            let preview = Arc::new(self.preview_import(&table).await?);
            self.0.handed.step_back(number, |handed| {
                // Somebody may have chosen otherwise meanwhile.
                if handed.table == table {
                    handed.step = HandedStep::Looked(preview);
                }
            });
        }
        Ok(())
    }

    /// Begins to bring in what an officer looked at; [`Self::handed_in`] says how far it is.
    ///
    /// # Errors
    /// What was not looked at as it is now.
    pub fn begin_import(&self, officer: &str, stamp: &str) -> Result<(), Problem> {
        let (number, table) = self.0.handed.begin(officer, stamp)?;
        let (service, officer, stamp) = (self.clone(), officer.to_owned(), stamp.to_owned());
        tokio::spawn(async move {
            let goes_on = |at| service.0.handed.heard(number, at);
            let ended = service.bring_in(&officer, &table, Some(&stamp), goes_on).await;
            if let Err(problem) = &ended {
                tracing::warn!(problem = problem.message, "a table was not brought in to its end");
            }
            service.0.handed.ended(number, ended);
        });
        Ok(())
    }

    /// Stops the import of an officer's table; what was written until then stays.
    pub fn stop_import(&self, officer: &str) {
        if let Some(kept) = self.0.handed.all().kept.get_mut(officer)
            && let HandedStep::Running { stopping, .. } = &mut kept.handed.step
        {
            *stopping = true;
        }
    }

    /// Forgets an officer's table, unless it is being brought in.
    pub fn put_away(&self, officer: &str) {
        let mut all = self.0.handed.all();
        if all.kept.get(officer).is_some_and(|kept| !kept.is_running()) {
            all.kept.remove(officer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> HandedIn {
        HandedIn { table: TableIn::new(*b"nama\nTuri\n"), head: Arc::default(), step: HandedStep::Columns }
    }

    fn running() -> HandedIn {
        let progress = Progress { done: 0, total: 1 };
        HandedIn { step: HandedStep::Running { progress, stopping: false }, ..table() }
    }

    #[test]
    fn what_nobody_touches_goes_and_what_is_being_brought_in_stays() {
        let handed = Handed::default();
        handed.put("siti", table()).unwrap();
        handed.put("agus", running()).unwrap();
        let later = Instant::now() + HANDED_AGE_MAX;
        assert_eq!(handed.all().kept.len(), 2);
        assert_eq!(handed.all_at(later).kept.keys().collect::<Vec<_>>(), ["agus"]);
        assert!(handed.get("siti").is_none());
    }

    #[test]
    fn there_are_never_too_many_and_the_oldest_makes_room() {
        let handed = Handed::default();
        for number in 0..HANDED_MAX + 3 {
            handed.put(&format!("petugas-{number}"), table()).unwrap();
        }
        let kept: Vec<String> = handed.all().kept.keys().cloned().collect();
        assert_eq!(kept.len(), HANDED_MAX);
        assert!(!kept.contains(&"petugas-0".to_owned()), "{kept:?}");
        let busy = Handed::default();
        for number in 0..HANDED_MAX {
            busy.put(&format!("petugas-{number}"), running()).unwrap();
        }
        assert_eq!(busy.put("siti", table()).unwrap_err().code, Code::Conflict);
        assert_eq!(busy.put("petugas-0", table()).unwrap_err().code, Code::Conflict, "it is being brought in");
    }
}
