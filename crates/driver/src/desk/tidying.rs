//! Quiet moments: the files that are full are written anew where that saves room. Pages that others replaced, and
//! reports and receipts that newer ones replaced, are left out; the many small runs of a journal become one.
//!
//! The file that is being written is left alone, so disk use stays within twice what is live, and one file.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use journal::VerifiedRun;
use store::{Frame, FrameKind, Index, JournalNumber, Location, PageRow, Reader, StoreError};
use tokio::sync::oneshot;

use super::{
    Desk, DeskJob,
    rewriting::{Joined, Plan},
};
use crate::{note::Note, shelf::read_runs};

/// How long nothing happens before a moment is quiet.
pub(super) const QUIET: Duration = Duration::from_secs(30);

/// A file with less in it than this is put together with its neighbours.
const SMALL_BYTES: u64 = 1 << 20;

/// How many small neighbours are worth the trouble.
const SMALL_FILES: usize = 4;

/// From how many small runs of a journal, on average, they are worth being joined.
const PIECES: usize = 4;

/// How many small runs have to be joined for that alone to be worth a rewriting.
const JOINED_MIN: usize = 64;

/// How much live data goes into one file.
const FILE_BYTES: u64 = 16 << 20;

/// How far the tidying is.
#[derive(Debug, Default)]
pub(super) struct Tidying {
    busy: bool,
    /// The files as they were when there was nothing to do any more.
    tidy: Option<Vec<u32>>,
    /// Files that came out of a rewriting: none is written anew alone.
    made: BTreeSet<u32>,
    /// Who waits until there is nothing to do any more.
    waiting: Vec<oneshot::Sender<()>>,
}

impl Desk {
    /// Looks for something to tidy, unless nothing has changed since there was nothing.
    pub(super) fn tidy_some(&mut self) {
        let files = self.shelf.reader().files();
        if self.state.tidying.busy || self.is_erasing() {
            return;
        }
        if self.state.tidying.tidy.as_ref() == Some(&files) {
            for waiting in self.state.tidying.waiting.drain(..) {
                // Whoever waited may have gone.
                let _ = waiting.send(());
            }
            return;
        }
        let (reader, index, jobs) = (self.shelf.reader().clone(), self.index.clone(), self.jobs.clone());
        let made = self.state.tidying.made.clone();
        let survey = move || {
            let plan = survey(&reader, &index, &files, &made);
            // Nobody is left to be told when the node stops.
            drop(jobs.send(DeskJob::With(Box::new(move |desk| desk.surveyed(plan, files)))));
        };
        match self.help("tidying", survey) {
            Ok(()) => self.state.tidying.busy = true,
            Err(error) => tracing::error!(%error, "no thread to look through the files"),
        }
    }

    /// Does not wait for a quiet moment while somebody waits.
    pub(super) fn tidy_for_who_waits(&mut self) {
        if !self.state.tidying.waiting.is_empty() {
            self.tidy_some();
        }
    }

    /// Tidies now; says so once there is nothing to do any more.
    pub(crate) fn when_tidy(&mut self, reply: oneshot::Sender<()>) {
        self.state.tidying.waiting.push(reply);
    }

    fn surveyed(&mut self, plan: Result<Option<Plan>, StoreError>, files: Vec<u32>) {
        self.state.tidying.busy = false;
        match plan {
            Ok(None) => self.state.tidying.tidy = Some(files),
            Ok(Some(plan)) => match self.rewrite(plan) {
                Ok(Some((before, after))) => {
                    self.state.tidying.made.retain(|file| !before.contains(file));
                    self.state.tidying.made.extend(after);
                    tracing::info!(files = before.len(), ?after, "files were written anew");
                }
                Ok(None) => {}
                Err(error) => {
                    self.state.tidying.tidy = Some(files);
                    tracing::error!(%error, "files cannot be written anew");
                }
            },
            Err(error) => {
                self.state.tidying.tidy = Some(files);
                tracing::error!(%error, "the files cannot be looked through");
            }
        }
    }
}

/// What is in one file.
struct Content {
    file: u32,
    bytes: u64,
    live: u64,
    /// Live runs that are no whole pages, and of how many journals.
    pieces: usize,
    journals: usize,
    rows: Vec<(JournalNumber, PageRow)>,
    superseded: BTreeSet<Location>,
    pages: Vec<(Location, store::Position)>,
}

impl Content {
    fn is_worth_it(&self) -> bool {
        self.live * 2 <= self.bytes || (self.journals > 0 && self.pieces >= PIECES * self.journals)
    }
}

/// The next neighbouring files that are worth being written anew, and how.
fn survey(reader: &Reader, index: &Index, files: &[u32], made: &BTreeSet<u32>) -> Result<Option<Plan>, StoreError> {
    // From the newest on, so that what is replaced is known; the last is still being written.
    let mut seen = BTreeSet::new();
    let mut contents = Vec::new();
    for (age, file) in files.iter().rev().enumerate() {
        let content = look_into(reader, index, *file, &mut seen)?;
        if age > 0 {
            contents.push(content);
        }
    }
    contents.reverse();
    let mut at = 0;
    while at < contents.len() {
        let mut group: Vec<&Content> = Vec::new();
        for content in &contents[at..] {
            let live: u64 = group.iter().map(|content| content.live).sum();
            if !(content.is_worth_it() || content.live < SMALL_BYTES) || live + content.live > FILE_BYTES {
                break;
            }
            group.push(content);
        }
        let made = matches!(group[..], [content] if made.contains(&content.file));
        if !made && (group.len() >= SMALL_FILES || group.iter().any(|content| content.is_worth_it())) {
            let plan = plan(reader, &group)?;
            let half_dead = group.iter().any(|content| content.live * 2 <= content.bytes);
            let joined: usize = plan.joined.iter().map(|joined| joined.pieces.len()).sum();
            if group.len() >= SMALL_FILES || half_dead || joined >= JOINED_MIN {
                return Ok(Some(plan));
            }
        }
        at += group.len().max(1);
    }
    Ok(None)
}

/// What later frames replace: a node's report, a holder's receipt over a scope, what was said again of a journal.
type Key = (u8, Vec<u8>, Vec<u8>);

fn look_into(reader: &Reader, index: &Index, file: u32, seen: &mut BTreeSet<Key>) -> Result<Content, StoreError> {
    let rows = index.pages_in(file)?;
    let named: BTreeSet<Location> = rows.iter().map(|(_, row)| row.at).collect();
    let pieces = rows.iter().filter(|(_, row)| !row.sealed);
    let journals: BTreeSet<JournalNumber> = pieces.clone().map(|(journal, _)| *journal).collect();
    let mut content = Content {
        file,
        bytes: 0,
        live: 0,
        pieces: pieces.count(),
        journals: journals.len(),
        rows,
        superseded: BTreeSet::new(),
        pages: Vec::new(),
    };
    for (located, behind) in reader.frames_of(file)?.into_iter().rev() {
        let at = located.at;
        let live = match located.kind {
            FrameKind::Page | FrameKind::Pack => {
                content.pages.push((at, behind));
                named.contains(&at)
            }
            FrameKind::Receipt | FrameKind::Note => {
                let replaced = is_replaced(reader, located.kind, at, seen);
                if replaced {
                    content.superseded.insert(at);
                }
                !replaced
            }
            FrameKind::Statement | FrameKind::ForkProof => true,
        };
        content.bytes += u64::from(at.bytes);
        content.live += if live { u64::from(at.bytes) } else { 0 };
    }
    Ok(content)
}

/// Whether what was seen behind a frame replaces it; itself counts as seen from here on.
fn is_replaced(reader: &Reader, kind: FrameKind, at: Location, seen: &mut BTreeSet<Key>) -> bool {
    let Ok(frame) = reader.read(at) else { return false };
    let key = match kind {
        FrameKind::Receipt => receipt_key(&frame.bytes),
        FrameKind::Note => match Note::read(&frame.bytes) {
            Some(Note::Beacon(signed)) => Some((1, signed.author.0.to_vec(), Vec::new())),
            Some(Note::SaidAgain(journal)) => Some((2, journal.hash().to_vec(), Vec::new())),
            Some(Note::Said(journal, _)) => Some((3, journal.hash().to_vec(), Vec::new())),
            // Several of them stand beside each other until all of it was said again.
            Some(Note::Aside(bytes)) => {
                let journal = read_runs(&bytes).and_then(|runs| Some(runs.first()?.journal().clone()));
                return journal.is_some_and(|journal| seen.contains(&(2, journal.hash().to_vec(), Vec::new())));
            }
            Some(
                Note::Profile { .. }
                | Note::Network(_)
                | Note::Incarnation(_)
                | Note::Freeze(..)
                | Note::Rewind(..)
                | Note::Recovery(..)
                | Note::Unmet(_),
            )
            | None => None,
        },
        FrameKind::Page | FrameKind::Pack | FrameKind::Statement | FrameKind::ForkProof => None,
    };
    key.is_some_and(|key| !seen.insert(key))
}

fn receipt_key(bytes: &[u8]) -> Option<Key> {
    let signed: identity::Signed<sync::Receipt> = postcard::from_bytes(bytes).ok()?;
    let scope = signed.decode_unverified().ok()?.scope;
    Some((0, signed.author.0.to_vec(), scope.as_str().as_bytes().to_vec()))
}

fn plan(reader: &Reader, group: &[&Content]) -> Result<Plan, StoreError> {
    let mut plan = Plan::of(group.iter().map(|content| content.file).collect());
    let mut pieces: BTreeMap<JournalNumber, Vec<PageRow>> = BTreeMap::new();
    let mut in_frame: BTreeMap<Location, usize> = BTreeMap::new();
    for content in group {
        plan.superseded.extend(&content.superseded);
        plan.pages.extend(&content.pages);
        for (journal, row) in &content.rows {
            *in_frame.entry(row.at).or_default() += 1;
            pieces.entry(*journal).or_default().push(*row);
        }
    }
    for (journal, mut rows) in pieces {
        rows.retain(|row| !row.sealed && in_frame.get(&row.at) == Some(&1));
        rows.sort_by_key(|row| row.first_seq);
        let mut open: Option<(VerifiedRun, Vec<PageRow>)> = None;
        for row in rows {
            let Some(run) = alone(reader, &row) else { continue };
            let after = match open.take() {
                Some((joined, mut pieces)) if !joined.sealed() && run.follows(joined.checkpoint()) => {
                    match joined.clone().join(run) {
                        Ok(joined) => {
                            pieces.push(row);
                            (joined, pieces)
                        }
                        Err(_) => {
                            close(&mut plan, journal, joined, pieces);
                            continue;
                        }
                    }
                }
                Some((joined, pieces)) => {
                    close(&mut plan, journal, joined, pieces);
                    (run, vec![row])
                }
                None => (run, vec![row]),
            };
            open = Some(after);
        }
        if let Some((joined, pieces)) = open {
            close(&mut plan, journal, joined, pieces);
        }
    }
    Ok(plan)
}

/// The run of a row that says all of it, if the frame holds nothing else.
fn alone(reader: &Reader, row: &PageRow) -> Option<VerifiedRun> {
    let mut runs = read_runs(&reader.read(row.at).ok()?.bytes)?;
    let run = runs.pop().filter(|_| runs.is_empty())?;
    (run.first() == row.first_seq && run.last() == row.last).then_some(run)
}

fn close(plan: &mut Plan, journal: JournalNumber, joined: VerifiedRun, pieces: Vec<PageRow>) {
    if let [_, .., last] = pieces[..]
        && let Ok(bytes) = journal::encode(&[&joined])
    {
        let sealed = joined.is_whole_page();
        let kind = if sealed { FrameKind::Page } else { FrameKind::Pack };
        plan.instead.insert(last.at, Frame { kind, bytes });
        plan.joined.push(Joined { journal, pieces, sealed });
    }
}
