//! Segment files are written anew, and the index follows: for erasing and for tidying.
//!
//! The desk waits for the disk thread meanwhile, and nobody reads: so no reader finds a place empty, and no row is lost.
//!
//! # Invariants
//! - A page that the index names, or will name once its turn comes, is kept. Pages that nothing refers to are left out.
//! - What is on its way from the disk thread to the desk under its old place is found under the new one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::mpsc,
};

use store::{Frame, IndexOp, JournalNumber, Located, Location, PageRow, Position, StoreError};

use super::{Desk, DeskJob};

/// Where frames are now that the index does not name yet, and in which rewriting they moved.
#[derive(Debug, Default)]
pub(super) struct Moved {
    places: BTreeMap<Location, (Location, u64)>,
    rewritings: u64,
}

impl Moved {
    /// Where a frame is now that was stored there.
    pub(super) fn now_at(&self, mut at: Location) -> Location {
        while let Some((next, _)) = self.places.get(&at) {
            at = *next;
        }
        at
    }
}

/// Runs of one journal that become one.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) journal: JournalNumber,
    /// Their rows, in order; each alone in its frame. The frame of the last one is replaced by all of them together.
    pub(super) pieces: Vec<PageRow>,
    /// Whether together they are a whole page.
    pub(super) sealed: bool,
}

/// What is to be written anew, and how.
#[derive(Debug)]
pub(super) struct Plan {
    /// Neighbouring files.
    pub(super) files: Vec<u32>,
    /// What stands in the stead of which frame.
    pub(super) instead: BTreeMap<Location, Frame>,
    /// Frames that later ones replace.
    pub(super) superseded: BTreeSet<Location>,
    pub(super) joined: Vec<Joined>,
    /// The frames that hold pages, with the position behind each.
    pub(super) pages: Vec<(Location, Position)>,
}

impl Plan {
    pub(super) fn of(files: Vec<u32>) -> Self {
        let (instead, superseded) = (BTreeMap::new(), BTreeSet::new());
        Self { files, instead, superseded, joined: Vec::new(), pages: Vec::new() }
    }
}

/// The files that were written anew, and the one that stands for them.
pub(super) type Rewritten = (Vec<u32>, Option<u32>);

impl Desk {
    /// Does what is planned; `None` if what was planned with is no longer so.
    pub(super) fn rewrite(&mut self, plan: Plan) -> Result<Option<Rewritten>, StoreError> {
        let Plan { files, mut instead, superseded, joined, pages } = plan;
        let shelf = self.shelf.clone();
        let _nobody_reads = shelf.moving();
        let mut rows: Vec<(JournalNumber, PageRow)> = Vec::new();
        for file in &files {
            rows.extend(self.index.pages_in(*file)?);
        }
        let still = |joined: &Joined| joined.pieces.iter().all(|piece| rows.contains(&(joined.journal, *piece)));
        if !joined.iter().all(still) {
            return Ok(None);
        }
        let named: BTreeSet<Location> = rows.iter().map(|(_, row)| row.at).collect();
        let applied = self.index.applied()?.unwrap_or_default();
        let known = pages.into_iter().filter(|(_, behind)| *behind <= applied);
        let mut left_out = superseded;
        left_out.extend(known.map(|(at, _)| at).filter(|at| !named.contains(at)));
        let pieces = joined.iter().flat_map(|joined| joined.pieces.split_last().map_or(&[][..], |(_, first)| first));
        left_out.extend(pieces.map(|piece| piece.at));

        let (reply, done) = mpsc::channel();
        let rewritten = files.clone();
        self.disk.with_writer(move |writer| {
            let keep = |located: Located, frame: Result<Frame, _>| {
                if left_out.contains(&located.at) { None } else { instead.remove(&located.at).or(frame.ok()) }
            };
            // The desk waits for this.
            drop(reply.send(writer.rewrite(&rewritten, keep)));
        });
        // A node that stops writes nothing anew, and nothing may count as done by it.
        let moved = done.recv().map_err(|_| StoreError::Index("the disk thread has stopped".into()))?;
        let moved: BTreeMap<Location, Option<Location>> = moved?.into_iter().collect();
        shelf.forget();

        let mut ops = vec![IndexOp::Rewritten];
        let follow = |row: &PageRow| moved.get(&row.at).copied().flatten().map(|at| PageRow { at, ..*row });
        for (journal, row) in &rows {
            // A frame that could not be read before is as little there now.
            ops.extend(follow(row).map(|page| IndexOp::Page { journal: *journal, page }));
        }
        for Joined { journal, pieces, sealed } in &joined {
            let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { continue };
            ops.extend(pieces.iter().map(|row| IndexOp::DropPage { journal: *journal, first_seq: row.first_seq }));
            let page =
                follow(last).map(|page| PageRow { first_seq: first.first_seq, part: 0, sealed: *sealed, ..page });
            ops.extend(page.map(|page| IndexOp::Page { journal: *journal, page }));
        }
        self.index.apply(&ops, None)?;

        // All that names an old place stands before this in the queue.
        let after = moved.values().flatten().map(|at| at.file).next();
        let known = &mut self.state.moved;
        known.rewritings += 1;
        let rewriting = known.rewritings;
        let unnamed = moved.into_iter().filter(|(old, _)| !named.contains(old));
        known.places.extend(unnamed.filter_map(|(old, new)| new.map(|new| (old, (new, rewriting)))));
        let forget = move |desk: &mut Desk| desk.state.moved.places.retain(|_, (_, moved_in)| *moved_in > rewriting);
        drop(self.jobs.send(DeskJob::With(Box::new(forget))));
        Ok(Some((files, after)))
    }
}
