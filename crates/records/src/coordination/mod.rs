//! Coordination between equals: agendas that end in agreements which every party ratified, and kept commitments
//! (records nos. 21–26).
//!
//! An open agenda lives in a scope of its own with its parties; what is *ditetapkan* is published in the region, where
//! commitments and the calendar live too. Everything is judged when it is read, by who said it: a stand by the party,
//! a sanction by the superior, a ratification by a signature that anybody can check.
//!
//! # Invariants
//! - No order of arrival changes what is shown.
//! - Nothing is *ditetapkan* without a valid signature of every required party over the same bytes.
//! - Silence never ratifies, and a word that another office recorded never does either.

mod agenda;
mod agreement;
mod awaiting;
mod baseline;
mod calendar;
mod canon;
mod commitment;
mod disposition;
mod docx;
mod file;
mod kinds;
mod letter;
mod line;
mod mandate;
mod opening;
mod party;
mod ratify;
mod reading;
mod scorecard;
mod shelf;
mod stages;
mod stand;
mod text;
mod version;
mod why;
mod write;

#[cfg(test)]
mod tests;

use documents::Snapshot;
use serde::{Deserialize, Serialize};

pub use agenda::{Agenda, AgendaFields, AgendaStage, Closing, Seat};
pub use agreement::{Agreement, Publication, Published};
pub use awaiting::{Awaiting, Changed, Due, News, Task, awaiting, changed};
pub use baseline::{Baseline, LAMPUNG_TIMUR_2016};
pub use calendar::{
    Attendance, Calendar, CalendarYear, Clash, Coming, Confirmation, Event, Guest, Invitee, Meet, clashes,
};
pub use canon::{
    Attached, Attachment, Final, Relation, RelationKind, TEXT_BYTES_MAX, Terms, TermsArticle, TermsParty, VersionHash,
};
pub use commitment::{
    Acceptance, Answer, Commitment, Feedback, GRACE_DAYS, Kept, Programmed, Progress, Promise, Sanction, SanctionKind,
    Superior, TakenUp,
};
pub use disposition::{Disposition, DraftFor, DraftStand, Initials, InternalDraft, Release};
pub use docx::{DOCX_BYTES_MAX, read_docx};
pub use file::{
    AGREEMENT_FILE_BYTES_MAX, AgreementFile, FileRefused, KeyProof, PartyReport, Report, Signer, verify_agreement,
    verify_agreement_with,
};
pub use letter::{According, Letter, LetterWay, SourceKind};
pub use mandate::{Acting, AdReferendum, Mandate};
pub use opening::{AgendaStep, Invitation, Opening, Origin, OriginKind, Silence, StepDue};
pub use party::{Party, PartyError};
pub use ratify::{Given, PartyState, Ratifications, Signature, Vote, Word, WordId, WordKind};
pub use scorecard::{
    Indicator, Level, Measure, MeasureKind, Score, Scorecard, agreements_ratified, meetings_held, scorecard,
};
pub use shelf::Shelf;
pub use stages::{Lifecycle, lifecycle};
pub use stand::{Cell, CellState, Comment, Grid, Meeting, Minutes, Stance, Stand};
pub use text::{AgendaText, Article, HEADING_CHARS_MAX, ItemId, PARAGRAPH_CHARS_MAX, Paragraph, Reread, Wording};
pub use version::{Copied, Paper, REMINDER_DAYS, Term, Version, VersionState, Versions, bearers, term_with_others};
pub use why::Unfit;
pub use write::{FinalOptions, Signing};

pub(crate) use kinds::{AGENDA, AGREEMENT, CALENDAR, COMMITMENT, INTERNAL_DRAFT};

use crate::{Authors, kinds::RecordKind, notice::Notice};

/// A document of coordination, read.
#[expect(clippy::large_enum_variant, reason = "it is held in a box, one per document")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coordination {
    /// An agenda.
    Agenda(Agenda),
    /// A published agreement.
    Agreement(Agreement),
    /// A commitment.
    Commitment(Commitment),
    /// The calendar of a year.
    Calendar(Calendar),
    /// A stand that an office drafts.
    InternalDraft(InternalDraft),
}

impl Coordination {
    /// The document.
    pub fn doc(&self) -> &identity::Coordinate {
        match self {
            Self::Agenda(agenda) => &agenda.doc,
            Self::Agreement(agreement) => &agreement.doc,
            Self::Commitment(commitment) => &commitment.doc,
            Self::Calendar(calendar) => &calendar.doc,
            Self::InternalDraft(draft) => &draft.doc,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Agenda(_) => RecordKind::Agenda,
            Self::Agreement(_) => RecordKind::Agreement,
            Self::Commitment(_) => RecordKind::Commitment,
            Self::Calendar(_) => RecordKind::Calendar,
            Self::InternalDraft(_) => RecordKind::InternalDraft,
        }
    }
}

/// Reads a document of one of these kinds; `None` where nothing of it can be read, with a notice that says why.
pub(crate) fn read(
    kind: RecordKind,
    snapshot: &Snapshot,
    authors: &dyn Authors,
    notices: &mut Vec<Notice>,
) -> Option<Coordination> {
    if kind == RecordKind::Agenda {
        Agenda::read(snapshot, authors, notices).map(Coordination::Agenda)
    } else if kind == RecordKind::Agreement {
        Agreement::read(snapshot, authors, notices).map(Coordination::Agreement)
    } else if kind == RecordKind::Commitment {
        Commitment::read(snapshot, authors, notices).map(Coordination::Commitment)
    } else if kind == RecordKind::Calendar {
        Calendar::read(snapshot, authors, notices).map(Coordination::Calendar)
    } else if kind == RecordKind::InternalDraft {
        InternalDraft::read(snapshot, authors, notices).map(Coordination::InternalDraft)
    } else {
        None
    }
}
