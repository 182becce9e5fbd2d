//! The thread that makes frames durable: whatever waits is written and synced together, then everybody is told.

use std::{sync::mpsc, thread, time::Instant};

use store::{Frame, Location, Position, StoreError, Writer};

use crate::meters::Meters;

/// Where the frames of a job lie now.
#[derive(Debug)]
pub(crate) struct Stored {
    /// One for each frame, in order.
    pub(crate) at: Vec<Location>,
    /// Behind the last of them: what was written with them in one group and lies further on is another job's.
    pub(crate) end: Position,
}

impl Stored {
    /// Frames that lie there; `before` is where the log ended before them.
    fn new(at: Vec<Location>, before: Position) -> Self {
        let behind = |last: &Location| Position { place: last.file, file: last.file, offset: last.offset + last.bytes };
        let end = at.last().map_or(before, behind);
        Self { at, end }
    }
}

/// Which run of own writes a job belongs to. When one of a run fails, those behind it in the same run fail too: each
/// builds on the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epoch(pub(crate) u64);

type Done = Box<dyn FnOnce(Result<Stored, NotStored>) + Send>;

/// Why frames are not durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// The disk is nearly full. Nothing of it was written; other frames may still fit.
    #[error("the disk is nearly full")]
    Full,
    /// An earlier write, which this one builds on, was not stored.
    #[error("an earlier write was not stored")]
    Earlier,
    /// Writing or syncing failed; nothing is written until the node starts again.
    #[error("the disk failed; nothing is written until the node starts again")]
    Failed,
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
}

pub(crate) struct DiskJob {
    frames: Vec<Frame>,
    epoch: Option<Epoch>,
    done: Done,
}

/// Hands jobs to the thread. The thread ends when the last of these is gone.
#[derive(Clone)]
pub(crate) struct Disk {
    jobs: mpsc::Sender<Ask>,
}

enum Ask {
    Store(DiskJob),
    Aside(Box<dyn FnOnce(&mut Writer) + Send>),
    Stop,
}

impl Disk {
    /// Starts the thread that owns `writer`.
    pub(crate) fn start(writer: Writer, meters: Meters) -> std::io::Result<(Self, thread::JoinHandle<()>)> {
        let (jobs, asked) = mpsc::channel();
        let thread = thread::Builder::new().name("disk".into()).spawn(move || run(writer, &meters, &asked))?;
        Ok((Self { jobs }, thread))
    }

    /// Makes frames durable, then calls `done` on the disk thread. Jobs are done in the order of these calls.
    pub(crate) fn store(
        &self,
        frames: Vec<Frame>,
        epoch: Option<Epoch>,
        done: impl FnOnce(Result<Stored, NotStored>) + Send + 'static,
    ) {
        let job = DiskJob { frames, epoch, done: Box::new(done) };
        if let Err(mpsc::SendError(Ask::Store(job))) = self.jobs.send(Ask::Store(job)) {
            (job.done)(Err(NotStored::Stopping));
        }
    }

    /// Ends the thread once what was handed in before is done.
    pub(crate) fn stop(&self) {
        // A thread that is gone has stopped.
        drop(self.jobs.send(Ask::Stop));
    }

    /// Does something with the writer itself, in turn.
    pub(crate) fn with_writer(&self, what: impl FnOnce(&mut Writer) + Send + 'static) {
        // A thread that is gone does nothing more; the caller's channel closes with the closure.
        drop(self.jobs.send(Ask::Aside(Box::new(what))));
    }
}

fn run(mut writer: Writer, meters: &Meters, asked: &mpsc::Receiver<Ask>) {
    let mut broken: Option<Epoch> = None;
    let mut next = asked.recv().ok();
    while let Some(ask) = next.take() {
        let mut group = Vec::new();
        let mut frames = Vec::new();
        let (mut aside, mut stop) = (None, false);
        let mut waiting = Some(ask);
        // One group: all that waits, as long as it is not large; the order stays.
        while let Some(ask) = waiting.take() {
            match ask {
                Ask::Store(mut job) => {
                    if job.epoch.is_some() && job.epoch == broken {
                        (job.done)(Err(NotStored::Earlier));
                    } else {
                        let count = job.frames.len();
                        frames.append(&mut job.frames);
                        group.push((count, job.epoch, job.done));
                    }
                }
                Ask::Aside(what) => {
                    aside = Some(what);
                    break;
                }
                Ask::Stop => {
                    stop = true;
                    break;
                }
            }
            if frames.iter().map(|frame: &Frame| frame.bytes.len()).sum::<usize>() < GROUP_BYTES {
                waiting = asked.try_recv().ok();
            }
        }
        let mut end = writer.end();
        let began = Instant::now();
        match writer.append(&frames) {
            Ok(at) => {
                if !frames.is_empty() {
                    meters.flush_seconds.observe(began.elapsed().as_secs_f64());
                }
                let mut at = at.into_iter();
                for (count, _, done) in group {
                    let stored = Stored::new(at.by_ref().take(count).collect(), end);
                    end = stored.end;
                    done(Ok(stored));
                }
            }
            // One by one, so that what fits is kept: an order is still taken when a page is not.
            Err(StoreError::Full { .. }) if group.len() > 1 => {
                let mut frames = frames.into_iter();
                for (count, epoch, done) in group {
                    let own: Vec<Frame> = frames.by_ref().take(count).collect();
                    if epoch.is_some() && epoch == broken {
                        done(Err(NotStored::Earlier));
                        continue;
                    }
                    let end = writer.end();
                    let stored = writer.append(&own).map(|at| Stored::new(at, end));
                    if stored.is_err() && epoch.is_some() {
                        broken = epoch;
                    }
                    done(stored.map_err(|error| why(&error)));
                }
            }
            Err(error) => {
                for (_, epoch, done) in group {
                    broken = epoch.or(broken);
                    done(Err(why(&error)));
                }
            }
        }
        if let Some(what) = aside {
            what(&mut writer);
        }
        next = if stop { None } else { asked.recv().ok() };
    }
}

/// The most that is written before a sync when more waits.
const GROUP_BYTES: usize = 4 << 20;

fn why(error: &StoreError) -> NotStored {
    if matches!(error, StoreError::Full { .. }) {
        NotStored::Full
    } else {
        tracing::error!(%error, "cannot store");
        NotStored::Failed
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test at the edge")]

    use store::{FrameKind, Store};

    use super::*;

    #[test]
    fn what_is_applied_of_one_write_does_not_cover_another_of_the_same_sync() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::create(&store::Options::new(folder.path().join("node"))).unwrap();
        let (disk, thread) = Disk::start(store.writer, Meters::default()).unwrap();
        // The thread waits until both stand in the queue.
        let (go, wait) = mpsc::channel();
        disk.with_writer(move |_| wait.recv().unwrap());
        let (reply, ends) = mpsc::channel();
        for bytes in [vec![1], vec![2]] {
            let reply = reply.clone();
            let frame = Frame { kind: FrameKind::Note, bytes };
            disk.store(vec![frame], None, move |stored| reply.send(stored.unwrap().end).unwrap());
        }
        go.send(()).unwrap();
        let (first, second) = (ends.recv().unwrap(), ends.recv().unwrap());
        let behind = |end| store.reader.frames(end).unwrap().len();
        assert_eq!((behind(first), behind(second)), (1, 0));
        disk.stop();
        thread.join().unwrap();
    }
}
