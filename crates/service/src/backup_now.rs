//! A backup that an administrator begins at a page: it is made while other pages are open, says how far it is, and can be
//! ended.

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    Progress, Service,
    problem::{Code, Problem},
    reply::BackupDone,
};

/// How far a backup is.
#[derive(Debug, Clone)]
pub enum BackupStep {
    /// It is being written.
    Running {
        /// How many bytes of how many are.
        progress: Progress,
        /// Somebody said that it is to end.
        stopping: bool,
    },
    /// It is whole.
    Done {
        /// Where it is.
        file: PathBuf,
        /// What it came to.
        done: BackupDone,
    },
    /// It was not made, or was ended: nothing of it is left.
    Failed(Problem),
}

/// The backup that was begun last since the start.
#[derive(Debug, Default)]
pub(crate) struct BackupNow(Mutex<Option<BackupStep>>);

impl BackupNow {
    fn step(&self) -> MutexGuard<'_, Option<BackupStep>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far it is; whether it is to go on.
    fn heard(&self, at: Progress) -> ControlFlow<()> {
        match &mut *self.step() {
            Some(BackupStep::Running { progress, stopping }) => {
                *progress = at;
                if *stopping { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
            Some(BackupStep::Done { .. } | BackupStep::Failed(_)) | None => ControlFlow::Continue(()),
        }
    }
}

impl Service {
    /// Begins a backup into a file; [`Self::backup_now`] says how far it is.
    ///
    /// # Errors
    /// While another one is being made that was begun so.
    pub fn begin_backup(&self, file: PathBuf) -> Result<(), Problem> {
        let mut step = self.0.backup_now.step();
        if matches!(*step, Some(BackupStep::Running { .. })) {
            return Err(Problem::said(
                Code::Conflict,
                None,
                "cadangan lain masih dibuat: tunggu sampai selesai, atau hentikan",
                "another backup is still being made: wait until it is done, or end it",
            ));
        }
        *step = Some(BackupStep::Running { progress: Progress { done: 0, total: 0 }, stopping: false });
        drop(step);
        let service = self.clone();
        tokio::spawn(async move {
            let hears = service.clone();
            let made = service.write_backup(&file, move |at| hears.0.backup_now.heard(at)).await;
            if made.is_ok() {
                service.looking().backed_up();
            }
            *service.0.backup_now.step() = Some(match made {
                Ok(done) => BackupStep::Done { file, done },
                Err(problem) => {
                    tracing::warn!(problem = problem.message, "a backup was not made");
                    BackupStep::Failed(problem)
                }
            });
        });
        Ok(())
    }

    /// The backup that was begun last since the start, if any was.
    pub fn backup_now(&self) -> Option<BackupStep> {
        self.0.backup_now.step().clone()
    }

    /// Ends the backup that is being made; nothing of it is left.
    pub fn end_backup(&self) {
        if let Some(BackupStep::Running { stopping, .. }) = &mut *self.0.backup_now.step() {
            *stopping = true;
        }
    }
}
