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
mod file;
mod letter;
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
    Attachment, Final, Relation, RelationKind, TEXT_BYTES_MAX, Terms, TermsArticle, TermsParty, VersionHash,
};
pub use commitment::{
    Acceptance, Answer, Commitment, Feedback, GRACE_DAYS, Kept, Programmed, Progress, Promise, Sanction, SanctionKind,
    Superior, TakenUp,
};
pub use disposition::{Disposition, DraftFor, DraftStand, Initials, InternalDraft, Release};
pub use file::{
    AGREEMENT_FILE_BYTES_MAX, AgreementFile, FileRefused, KeyProof, PartyReport, Report, Signer, verify_agreement,
    verify_agreement_with,
};
pub use letter::{According, Letter, LetterWay, SourceKind};
pub use mandate::{Acting, AdReferendum, Mandate};
pub use opening::{AgendaStep, Invitation, Opening, Origin, OriginKind, Silence, StepDue};
pub use party::{Party, PartyError};
pub use ratify::{Given, PartyState, Ratifications, Signature, Vote, Word, WordId, WordKind};
pub use scorecard::{Indicator, Level, Measure, MeasureKind, Score, Scorecard, scorecard};
pub use shelf::Shelf;
pub use stages::{Lifecycle, lifecycle};
pub use stand::{Cell, CellState, Comment, Grid, Meeting, Stance, Stand};
pub use text::{AgendaText, Article, HEADING_CHARS_MAX, ItemId, PARAGRAPH_CHARS_MAX, Paragraph, Reread, Wording};
pub use version::{Copied, Paper, REMINDER_DAYS, Term, Version, VersionState, Versions, bearers, term_with_others};
pub use why::Unfit;
pub use write::{FinalOptions, Signing};

use crate::{
    Authors,
    author::MaySay,
    facts::Content,
    kinds::{ANNULMENT, FactSpec, RecordKind},
    notice::Notice,
    words::{ANNULMENT as ANNULMENT_WORDS, Words},
};
use identity::OfficeKind;

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

/// Reads a document of one of these kinds; `None` where nothing of it can be read, with a notice that says why.
pub(crate) fn read(
    kind: RecordKind,
    snapshot: &Snapshot,
    authors: &dyn Authors,
    notices: &mut Vec<Notice>,
) -> Option<Coordination> {
    match kind {
        RecordKind::Agenda => Agenda::read(snapshot, authors, notices).map(Coordination::Agenda),
        RecordKind::Agreement => Agreement::read(snapshot, authors, notices).map(Coordination::Agreement),
        RecordKind::Commitment => Commitment::read(snapshot, authors, notices).map(Coordination::Commitment),
        RecordKind::Calendar => Calendar::read(snapshot, authors, notices).map(Coordination::Calendar),
        RecordKind::InternalDraft => InternalDraft::read(snapshot, authors, notices).map(Coordination::InternalDraft),
        RecordKind::Person | RecordKind::Participation | RecordKind::Trip | RecordKind::Tie => None,
    }
}

/// Whether a fact may be said is judged by what the document says of its parties, so every kind of office may say it.
const fn spec(key: &'static str, id: &'static str, en: &'static str) -> FactSpec {
    FactSpec { key, label: Words { id, en }, may_say: MaySay(&OfficeKind::ALL) }
}

/// The facts of an agenda.
pub(crate) const AGENDA_FACTS: &[FactSpec] = &[
    spec(Opening::KEY, "Pembukaan agenda", "Opening of the agenda"),
    spec(Invitation::KEY, "Pihak", "Party"),
    spec(Stand::KEY, "Tanggapan", "Stand"),
    spec(Comment::KEY, "Komentar", "Comment"),
    spec(Meeting::KEY, "Rapat", "Meeting"),
    spec(Letter::KEY, "Surat", "Letter"),
    spec(Mandate::KEY, "Mandat", "Mandate"),
    spec(AdReferendum::KEY, "Ad referendum", "Ad referendum"),
    spec(Final::KEY, "Naskah akhir", "Final text"),
    spec(Paper::KEY, "Tanda tangan di kertas", "Signed on paper"),
    spec(Signature::KEY, "Penetapan", "Ratification"),
    spec(Closing::KEY, "Penutupan", "Closing"),
    FactSpec { key: ANNULMENT, label: ANNULMENT_WORDS, may_say: MaySay(&OfficeKind::ALL) },
];

/// The facts of a published agreement.
pub(crate) const AGREEMENT_FACTS: &[FactSpec] = &[
    spec(Published::KEY, "Kesepakatan", "Agreement"),
    spec(Copied::KEY, "Penetapan", "Ratification"),
    spec(Signature::KEY, "Penetapan", "Ratification"),
    spec(Paper::KEY, "Tanda tangan di kertas", "Signed on paper"),
    FactSpec { key: ANNULMENT, label: ANNULMENT_WORDS, may_say: MaySay(&OfficeKind::ALL) },
];

/// The facts of a commitment.
pub(crate) const COMMITMENT_FACTS: &[FactSpec] = &[
    spec(Promise::KEY, "Komitmen", "Commitment"),
    spec(Acceptance::KEY, "Diterima pemiliknya", "Accepted by its owner"),
    spec(Programmed::KEY, "Diprogramkan", "Programmed"),
    spec(Progress::KEY, "Kemajuan", "Progress"),
    spec(Sanction::KEY, "Teguran atau tindak lanjut atasan", "What the superior says"),
    spec(Answer::KEY, "Jawaban", "Answer"),
    spec(Feedback::KEY, "Umpan balik", "Feedback"),
    spec(TakenUp::KEY, "Diangkat ke agenda", "Taken up by an agenda"),
    FactSpec { key: ANNULMENT, label: ANNULMENT_WORDS, may_say: MaySay(&OfficeKind::ALL) },
];

/// The facts of a calendar.
pub(crate) const CALENDAR_FACTS: &[FactSpec] = &[
    spec(CalendarYear::KEY, "Kalender koordinasi", "Calendar of coordination"),
    spec(Event::KEY, "Tanggal", "Date"),
    spec(Confirmation::KEY, "Konfirmasi", "Confirmation"),
    spec(Attendance::KEY, "Kehadiran", "Attendance"),
    FactSpec { key: ANNULMENT, label: ANNULMENT_WORDS, may_say: MaySay(&OfficeKind::ALL) },
];

/// The facts of a draft inside an office.
pub(crate) const INTERNAL_DRAFT_FACTS: &[FactSpec] = &[
    spec(DraftFor::KEY, "Rancangan tanggapan", "Draft of a stand"),
    spec(DraftStand::KEY, "Isi rancangan", "What is drafted"),
    spec(Disposition::KEY, "Disposisi", "Disposition"),
    spec(Initials::KEY, "Paraf", "Initials"),
    spec(Release::KEY, "Dirilis resmi", "Released"),
    FactSpec { key: ANNULMENT, label: ANNULMENT_WORDS, may_say: MaySay(&OfficeKind::ALL) },
];
