//! Everything that the programme keeps beside people and participations, read by kind.

use documents::Snapshot;
use identity::Region;

use crate::{
    author::Authors,
    contact::OfficeContact,
    counter::{CandidateFile, CardApplication, Complaint, Consultation, GuestBook},
    empowerment::Assessment,
    empowerment::Bimtek,
    empowerment::Mentoring,
    empowerment::MonitoringRound,
    group::Group,
    group::ProductionRun,
    kinds::RecordKind,
    money::Ledger,
    money::Loan,
    money::ShareProposal,
    notice::Notice,
    people::Child,
    people::DuplicateClaim,
    places::Places,
    rules::Settings,
    sheet::read_sheet,
    village::ActionPlan,
    village::Activity,
    village::BoardNotice,
    village::Indicators,
    village::Report,
    village::VillageProfile,
};

/// A record of the programme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ProgrammeRecord {
    /// A complaint.
    Complaint(Complaint),
    /// A business consultation.
    Consultation(Consultation),
    /// An application for an AK-1 card.
    CardApplication(CardApplication),
    /// The guest book of a village and month.
    GuestBook(GuestBook),
    /// The file of a prospective TKI.
    CandidateFile(CandidateFile),
    /// A training of six days.
    Bimtek(Bimtek),
    /// The places of a village in a year.
    Places(Places),
    /// A production group.
    Group(Group),
    /// The ledger of a group and year.
    Ledger(Ledger),
    /// A loan.
    Loan(Loan),
    /// A production run.
    Run(ProductionRun),
    /// A proposal to share profit.
    ShareProposal(ShareProposal),
    /// Assessments of a person by the quadrant model.
    Assessment(Assessment),
    /// The mentoring of a participant in a year.
    Mentoring(Mentoring),
    /// The monitoring of a village in a quarter.
    MonitoringRound(MonitoringRound),
    /// The six-monthly report of an office.
    Report(Report),
    /// The profile of a village.
    VillageProfile(VillageProfile),
    /// The action plan of a village and year.
    ActionPlan(ActionPlan),
    /// The indicator values of a village in a period.
    Indicators(Indicators),
    /// A notice on the board.
    BoardNotice(BoardNotice),
    /// A child of the rumah belajar.
    Child(Child),
    /// Two people who may be one.
    DuplicateClaim(DuplicateClaim),
    /// What the programme sets otherwise than its sources.
    Settings(Box<Settings>),
    /// Whom to call at an office.
    Contact(OfficeContact),
    /// What a village does with its people beside training.
    Activity(Activity),
}

/// What the documents of one kind are read as.
pub trait Recorded: Sized {
    /// The kind.
    const KIND: RecordKind;

    /// The record, if it is of this kind.
    fn of(record: ProgrammeRecord) -> Option<Self>;
}

macro_rules! recorded {
    ($($kind:ident: $record:ty,)*) => {$(
        impl Recorded for $record {
            const KIND: RecordKind = RecordKind::$kind;

            fn of(record: ProgrammeRecord) -> Option<Self> {
                if let ProgrammeRecord::$kind(one) = record { Some(one) } else { None }
            }
        }
    )*};
}

recorded! {
    Complaint: Complaint,
    Consultation: Consultation,
    CardApplication: CardApplication,
    GuestBook: GuestBook,
    Bimtek: Bimtek,
    Places: Places,
    Group: Group,
    Ledger: Ledger,
    Loan: Loan,
    Run: ProductionRun,
    ShareProposal: ShareProposal,
    Mentoring: Mentoring,
    MonitoringRound: MonitoringRound,
    Report: Report,
    VillageProfile: VillageProfile,
    ActionPlan: ActionPlan,
    Indicators: Indicators,
    DuplicateClaim: DuplicateClaim,
    Settings: Box<Settings>,
    Contact: OfficeContact,
}

/// Reads a document of the programme; `None` for the kinds that are about who people are and take part in, and for those
/// of coordination.
pub(crate) fn read_programme(
    snapshot: &Snapshot,
    kind: RecordKind,
    place: Option<Region>,
    authors: &dyn Authors,
    notices: &mut Vec<Notice>,
) -> Option<ProgrammeRecord> {
    macro_rules! sheet {
        ($kind:ident) => {
            ProgrammeRecord::$kind(read_sheet(snapshot, kind.spec(), place, authors, notices))
        };
    }
    Some(match kind {
        RecordKind::Person
        | RecordKind::Participation
        | RecordKind::Trip
        | RecordKind::Tie
        | RecordKind::Agenda
        | RecordKind::Agreement
        | RecordKind::Commitment
        | RecordKind::Calendar
        | RecordKind::InternalDraft => return None,
        RecordKind::Complaint => sheet!(Complaint),
        RecordKind::Consultation => sheet!(Consultation),
        RecordKind::CardApplication => sheet!(CardApplication),
        RecordKind::GuestBook => sheet!(GuestBook),
        RecordKind::CandidateFile => sheet!(CandidateFile),
        RecordKind::Bimtek => sheet!(Bimtek),
        RecordKind::Places => sheet!(Places),
        RecordKind::Group => sheet!(Group),
        RecordKind::Ledger => sheet!(Ledger),
        RecordKind::Loan => sheet!(Loan),
        RecordKind::Run => sheet!(Run),
        RecordKind::ShareProposal => sheet!(ShareProposal),
        RecordKind::Assessment => sheet!(Assessment),
        RecordKind::Mentoring => sheet!(Mentoring),
        RecordKind::MonitoringRound => sheet!(MonitoringRound),
        RecordKind::Report => sheet!(Report),
        RecordKind::VillageProfile => sheet!(VillageProfile),
        RecordKind::ActionPlan => sheet!(ActionPlan),
        RecordKind::Indicators => sheet!(Indicators),
        RecordKind::BoardNotice => sheet!(BoardNotice),
        RecordKind::Child => sheet!(Child),
        RecordKind::DuplicateClaim => sheet!(DuplicateClaim),
        RecordKind::Settings => {
            ProgrammeRecord::Settings(Box::new(read_sheet(snapshot, kind.spec(), place, authors, notices)))
        }
        RecordKind::Contact => sheet!(Contact),
        RecordKind::Activity => sheet!(Activity),
    })
}
