//! A document as the fold of its entries.

use identity::{ChangeHash, Coordinate, EntryHash, JournalId};
use journal::{Header, Kind, Payload};

use crate::{Edit, EditError, Refusal, Snapshot, Waiting, Written};

/// What the charter says about one entry: its author's right, freeze points and cut-offs, all in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Its author may write here, and it lies within what counts of its journal.
    Accepted,
    /// Its journal is frozen before it, or no statement admits its author's key yet.
    Waiting,
    /// Its author may not write in this scope.
    NoRight,
    /// It lies beyond its journal's cut-off.
    CutOff,
}

/// Whether an entry counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It counts and is shown.
    Accepted,
    /// It does not count yet.
    Waiting(Waiting),
    /// It does not count.
    Refused(Refusal),
}

/// Automerge and our guard disagree about this document: a local alarm, never a verdict. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot show the document: {0}")]
pub struct CannotShow(pub String);

/// An entry as a fold takes it: where it stands, its hash, and itself.
pub type Item = (Coordinate, EntryHash, Header, Payload);

/// A document: its entries, their verdicts, and what they show together.
pub struct Fold(());

impl Fold {
    /// Folds the entries of the document that the entry `id` creates. For every entry given, all earlier entries of
    /// its journal about this document must be given sooner or later; until then its verdict is provisional.
    pub fn build(
        _id: Coordinate,
        _entries: impl IntoIterator<Item = Item>,
        _standing: impl Fn(&Coordinate) -> Standing,
        _erased: bool,
        _known_kind: impl Fn(Kind) -> bool,
    ) -> Fold {
        todo!()
    }

    /// Adds entries; the same as building from all of them together. The standing of entries already held stays as it
    /// was given; entries already held are passed over.
    pub fn add(
        &mut self,
        _entries: impl IntoIterator<Item = Item>,
        _standing: impl Fn(&Coordinate) -> Standing,
        _known_kind: impl Fn(Kind) -> bool,
    ) {
        todo!()
    }

    /// Judges all entries held anew, after statements arrived.
    pub fn judge_anew(
        &mut self,
        _standing: impl Fn(&Coordinate) -> Standing,
        _erased: bool,
        _known_kind: impl Fn(Kind) -> bool,
    ) {
        todo!()
    }

    /// The document's id.
    pub fn id(&self) -> &Coordinate {
        todo!()
    }

    /// What it shows now.
    pub fn snapshot(&self) -> Snapshot {
        todo!()
    }

    /// The verdict of every entry, in order of coordinates.
    pub fn verdicts(&self) -> impl Iterator<Item = (&Coordinate, &Verdict)> {
        std::iter::empty()
    }

    /// The verdict of one entry; `None` if it is not held.
    pub fn verdict(&self, _at: &Coordinate) -> Option<&Verdict> {
        todo!()
    }

    /// Automerge's hash of an accepted change, from its chunk put together here.
    pub fn change_hash(&self, _at: &Coordinate) -> Option<ChangeHash> {
        todo!()
    }

    /// The accepted changes that no other accepted change builds on.
    pub fn heads(&self) -> Vec<Coordinate> {
        todo!()
    }

    /// A hash of what it shows, for the state fingerprint: equal for the same accepted entries, in whatever order they
    /// came. All zero while nothing is accepted.
    pub fn state_hash(&self) -> [u8; 32] {
        todo!()
    }

    /// The second belt: applies, saves, loads and compares, with Automerge. Costs about 200 µs; in quiet moments.
    pub fn check_with_automerge(&self) -> Result<(), CannotShow> {
        todo!()
    }

    /// The change that these edits make at the heads that the form was shown. `None` if nothing changes.
    pub fn edit(&self, _shown: &[Coordinate], _own: &JournalId, _edits: &[Edit]) -> Result<Option<Written>, EditError> {
        todo!()
    }

    /// Says again, at the accepted heads, what the waiting entries `which` said: own ones whose ground was cut, or a
    /// gone author's that this journal adopts. Where a register moved since, both values stand. The last of the
    /// entries returned notes which ones were settled so; write all of them together.
    pub fn reissue(&self, _which: &[Coordinate], _own: &JournalId) -> Result<Vec<Written>, EditError> {
        todo!()
    }
}
