//! What is found on disk at a start: statements, receipts, reports and notes; and the index brought up to the end of the
//! log.

use std::collections::{BTreeMap, BTreeSet};

use charter::{CheckedStatement, StatementSet, Subject};
use identity::{Incarnation, JournalId, NetworkId, NodeKey, NodeSecret, Point, ScopeName, Signed};
use journal::VerifiedRun;
use store::{Cut, Frame, FrameKind, Index, IndexOp, IndexState, Location, Reader, Why};
use sync::{Beacon, Receipt, Recovered};

use crate::{
    desk::{
        self,
        aside::{Aside, Said},
        index_run,
    },
    engine::clock_ms,
    node::{DriverError, random},
    note::Note,
    recovery::RecoveryLock,
    shelf::{Shelf, read_runs},
};

/// Everything that was found on disk beside pages.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) statements: StatementSet,
    pub(crate) receipts: BTreeMap<(NodeKey, ScopeName), Signed<Receipt>>,
    pub(crate) beacons: BTreeMap<NodeKey, Signed<Beacon>>,
    pub(crate) forks: Vec<journal::ForkProof>,
    pub(crate) freezes: BTreeMap<JournalId, Point>,
    pub(crate) incarnation: Option<Incarnation>,
    pub(crate) network: Option<NetworkId>,
    pub(crate) recovery: Option<RecoveryLock>,
    pub(crate) unmet: bool,
    pub(crate) profile: Option<(Subject, bool, [u8; 16])>,
    /// What was given up of own journals and not yet said again.
    pub(crate) aside: Aside,
    /// What of them was said again.
    pub(crate) said: Said,
    /// Journals that were given up and of which nothing was kept aside afterwards.
    pub(crate) given_up: BTreeSet<JournalId>,
    /// What keeps aside the branches that the power went over.
    pub(crate) keep: Vec<Frame>,
    /// Something that was stored is not there any more, and it may have been this node's own.
    pub(crate) lost: bool,
    /// Frames beside pages that cannot be read.
    pub(crate) unreadable: Vec<Location>,
}

/// Reads what is kept beside pages, and brings the index up to the end of the log.
///
/// Where stored entries cannot be read, their journal is held up to the entry before: peers send the rest again. So an
/// index that still counts them is built anew.
pub(crate) fn recover(
    index: &Index,
    reader: &Reader,
    frames: &[store::Located],
    cuts: &[Cut],
    state: IndexState,
    own: NodeKey,
) -> Result<Found, DriverError> {
    let mut found = Found::default();
    for located in frames.iter().filter(|located| !matches!(located.kind, FrameKind::Page | FrameKind::Pack)) {
        let bytes = match reader.read(located.at) {
            Ok(frame) => frame.bytes,
            Err(error) => {
                tracing::error!(%error, "a stored frame cannot be read; it is asked from others again");
                found.unreadable.push(located.at);
                continue;
            }
        };
        found.take(located.kind, &bytes);
    }
    let damage = damage(cuts, &found.unreadable);
    let news = index.get(DAMAGE)? != damage;
    found.lost = news && damage.is_some();
    let state = if news { IndexState::Suspect } else { state };
    let from = match state {
        IndexState::Ready(position) => position,
        IndexState::Empty | IndexState::Suspect => {
            index.wipe()?;
            store::Position::default()
        }
    };
    let mut applied = 0;
    for (located, end) in reader.frames(from)? {
        let mut ops = Vec::new();
        match located.kind {
            FrameKind::Page | FrameKind::Pack => {
                let runs = reader.read(located.at).ok().and_then(|frame| read_runs(&frame.bytes));
                let Some(runs) = runs else {
                    tracing::error!(file = located.at.file, offset = located.at.offset, "a stored page cannot be read");
                    found.lost = true;
                    continue;
                };
                for (part, run) in (0..).zip(&runs) {
                    if continues(index, run, &ops)? {
                        index_run(index, run, located.at, part, &mut ops)?;
                    } else {
                        tracing::error!(journal = %run.journal(), first = run.first(), "the entries before are lost");
                        found.lost |= run.journal().node == own;
                    }
                }
                // What came last may be what an order erases.
                ops.push(IndexOp::Set { name: desk::erasure::DONE.to_vec(), value: None });
            }
            FrameKind::Note => {
                if let Ok(frame) = reader.read(located.at)
                    && let Some(Note::Rewind(journal, to)) = Note::read(&frame.bytes)
                {
                    if journal.node == own && found.given_up.remove(&journal) {
                        found.keep_aside(index, reader, &journal)?;
                    }
                    crate::desk::rewind_rows(index, &journal, to, &mut ops)?;
                }
            }
            FrameKind::Statement | FrameKind::Receipt | FrameKind::ForkProof => {}
        }
        index.apply(&ops, Some(end))?;
        applied += 1;
    }
    if applied > 0 {
        tracing::info!(frames = applied, "the index caught up with the journals");
    }
    if index.get(DAMAGE)? != damage {
        index.apply(&[IndexOp::Set { name: DAMAGE.to_vec(), value: damage }], None)?;
    }
    Ok(found)
}

/// Under which setting the index says which damage it was built with.
pub(crate) const DAMAGE: &[u8] = b"damage";

/// What stands for the damage that a start reports each time until its file is rewritten; `None` when there is none. The
/// end of the log is not in it: what is cut there is cut once.
fn damage(cuts: &[Cut], unreadable: &[Location]) -> Option<Vec<u8>> {
    let lasting: Vec<&Cut> = cuts.iter().filter(|cut| !matches!(cut.why, Why::TornTail | Why::Behind)).collect();
    let named = || blake3::derive_key("simpul damage v1", format!("{lasting:?} {unreadable:?}").as_bytes());
    (!lasting.is_empty() || !unreadable.is_empty()).then(|| named().to_vec())
}

/// Whether nothing is missing between a run and what the index holds of its journal, or will hold after `ops`.
fn continues(index: &Index, run: &VerifiedRun, ops: &[IndexOp]) -> Result<bool, DriverError> {
    let Some(number) = index.journal_number(run.journal()) else { return Ok(run.first() == 1) };
    let held = index.point(number)?.map_or(0, |point| point.seq);
    let more = ops.iter().filter_map(|op| {
        let IndexOp::Page { journal, page } = op else { return None };
        (*journal == number).then_some(page.last.seq)
    });
    Ok(run.first() <= more.fold(held, u64::max) + 1)
}

impl Found {
    fn take(&mut self, kind: FrameKind, bytes: &[u8]) {
        let read = match kind {
            FrameKind::Statement => postcard::from_bytes(bytes)
                .ok()
                .and_then(|signed| CheckedStatement::trust(signed).ok())
                .map(|statement| {
                    self.statements.insert_checked(statement);
                }),
            FrameKind::Receipt => postcard::from_bytes::<Signed<Receipt>>(bytes).ok().and_then(|signed| {
                let receipt = signed.decode_unverified().ok()?;
                self.receipts.insert((signed.author, receipt.scope), signed);
                Some(())
            }),
            FrameKind::ForkProof => journal::ForkProof::decode(bytes).ok().map(|proof| self.forks.push(proof)),
            FrameKind::Note => Note::read(bytes).map(|note| self.note(note)),
            FrameKind::Page | FrameKind::Pack => Some(()),
        };
        if read.is_none() {
            tracing::error!(?kind, "a stored frame does not decode");
        }
    }

    /// The power went after a branch was given up and before it was kept aside: its rows are still there.
    fn keep_aside(&mut self, index: &Index, reader: &Reader, journal: &JournalId) -> Result<(), DriverError> {
        let Some(number) = index.journal_number(journal) else { return Ok(()) };
        for run in Shelf::new(index.clone(), reader.clone()).runs_from(number, 1, u64::MAX, usize::MAX)? {
            self.keep.extend(Note::aside(&run));
            self.aside.entry(journal.clone()).or_default().push(VerifiedRun::clone(&run));
        }
        Ok(())
    }

    fn note(&mut self, note: Note) {
        match note {
            Note::Profile { subject, practice, nonce } => self.profile = Some((subject, practice, nonce)),
            Note::Network(network) => self.network = Some(network),
            Note::Incarnation(incarnation) => self.incarnation = Some(incarnation),
            Note::Freeze(journal, Some(at)) => {
                self.freezes.insert(journal, at);
            }
            Note::Freeze(journal, None) => {
                self.freezes.remove(&journal);
            }
            // Done where the index is brought up to date.
            Note::Rewind(journal, _) => {
                self.given_up.insert(journal);
            }
            Note::Aside(bytes) => {
                for run in read_runs(&bytes).into_iter().flatten() {
                    self.given_up.remove(run.journal());
                    self.aside.entry(run.journal().clone()).or_default().push(run);
                }
            }
            Note::SaidAgain(journal) => {
                self.given_up.remove(&journal);
                self.aside.remove(&journal);
            }
            Note::Said(journal, hashes) => {
                self.said.insert(journal, hashes.into_iter().collect());
            }
            Note::Recovery(node, seal_key) => self.recovery = Some((node, seal_key)),
            Note::Unmet(unmet) => self.unmet = unmet,
            Note::Beacon(signed) => {
                self.beacons.insert(signed.author, signed);
            }
        }
    }
}

/// The node as the replica takes it up.
pub(crate) fn recovered(
    secret: &NodeSecret,
    index: &Index,
    network: NetworkId,
    found: Found,
) -> Result<Recovered, DriverError> {
    let mut journals = Vec::new();
    for (scope, _) in index.scopes() {
        journals.extend(index.have(&scope)?);
    }
    Ok(Recovered {
        secret: secret.clone(),
        network,
        statements: found.statements,
        journals,
        receipts: found.receipts.into_values().collect(),
        beacons: found.beacons.into_values().collect(),
        forks: found.forks,
        freezes: found.freezes.into_iter().collect(),
        seed: random()?,
        clock_ms: clock_ms(),
        config: sync::Config::default(),
        folds: charter::Folds::default(),
    })
}
