//! The kinds of documents: their numbers, the class of scope that each lives in, their fields, texts and facts.
//!
//! A number is written into every entry and is never used again for anything else. What a kind holds is said in its own
//! room, as a [`KindSpec`]; this room only lists them.

use identity::Class;

use crate::{
    author::MaySay, contact, coordination, counter, empowerment, fields::FieldSpec, group, money, participation,
    people, person, places, rules, village, words::Words,
};

/// A kind of document that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// Who a person is.
    Person,
    /// What the programme does with a person in a village.
    Participation,
    /// Assessments of a person by the quadrant model.
    Assessment,
    /// A training of six days.
    Bimtek,
    /// A production group.
    Group,
    /// The ledger of a group and year.
    Ledger,
    /// A loan.
    Loan,
    /// The mentoring of a participant in a year.
    Mentoring,
    /// The monitoring of a village in a quarter.
    MonitoringRound,
    /// The six-monthly report of an office.
    Report,
    /// A complaint.
    Complaint,
    /// A business consultation.
    Consultation,
    /// An application for an AK-1 card.
    CardApplication,
    /// Who came to a village's service point in one month.
    GuestBook,
    /// A child of the rumah belajar.
    Child,
    /// The profile of a village.
    VillageProfile,
    /// The action plan of a village and year.
    ActionPlan,
    /// The indicator values of a village in a period.
    Indicators,
    /// An agenda of several offices.
    Agenda,
    /// An agreement, published in its region.
    Agreement,
    /// What one office does by when.
    Commitment,
    /// The dates of coordination of a region and year.
    Calendar,
    /// Two people who may be one.
    DuplicateClaim,
    /// The places of a village in a year.
    Places,
    /// One journey to work abroad.
    Trip,
    /// What one person is to another.
    Tie,
    /// A production run.
    Run,
    /// A notice on the board.
    BoardNotice,
    /// The papers of somebody who is to depart.
    CandidateFile,
    /// A proposal to share profit.
    ShareProposal,
    /// A stand that an office drafts.
    InternalDraft,
    /// What the programme sets otherwise than its sources.
    Settings,
    /// Whom to call at an office.
    Contact,
    /// What a village does with its people beside training.
    Activity,
}

/// What a kind of document is and holds.
#[derive(Debug, Clone, Copy)]
pub struct KindSpec {
    /// The number in entries. They follow the list of `domain/records.md` 4.2.
    pub number: u16,
    /// The class of scope that such documents live in; see [`RecordKind::lives_in`].
    pub class: Class,
    /// What it is called on a page.
    pub label: Words,
    /// Its fields, in the order of the form.
    pub fields: &'static [FieldSpec],
    /// Its texts, which people edit together.
    pub texts: &'static [TextSpec],
    /// Its facts.
    pub facts: &'static [FactSpec],
    /// The fields without which a document of this kind is not begun. Whoever does begin one is still shown.
    pub required: &'static [&'static str],
}

/// A text that people edit together, letter by letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextSpec {
    /// Its key.
    pub key: &'static str,
    /// What it is called on a page.
    pub label: Words,
}

/// A fact that a kind of document can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactSpec {
    /// Its key.
    pub key: &'static str,
    /// What it is called on a page.
    pub label: Words,
    /// Who may say it.
    pub may_say: MaySay,
}

impl FactSpec {
    pub(crate) const fn new(key: &'static str, id: &'static str, en: &'static str, may_say: MaySay) -> Self {
        Self { key, label: Words { id, en }, may_say }
    }
}

impl TextSpec {
    pub(crate) const fn new(key: &'static str, id: &'static str, en: &'static str) -> Self {
        Self { key, label: Words { id, en } }
    }
}

/// The key of a decision.
pub const DECISION: &str = "decision";
/// The key of a leaving.
pub const LEAVING: &str = "leaving";
/// The key of a step.
pub const STEP: &str = "step";
/// The key of an annulment, in every kind whose slips can be taken back.
pub const ANNULMENT: &str = "annulment";

impl RecordKind {
    /// Every kind, in the order of its number.
    pub const ALL: [Self; 34] = [
        Self::Person,
        Self::Participation,
        Self::Assessment,
        Self::Bimtek,
        Self::Group,
        Self::Ledger,
        Self::Loan,
        Self::Mentoring,
        Self::MonitoringRound,
        Self::Report,
        Self::Complaint,
        Self::Consultation,
        Self::CardApplication,
        Self::GuestBook,
        Self::Child,
        Self::VillageProfile,
        Self::ActionPlan,
        Self::Indicators,
        Self::Agenda,
        Self::Agreement,
        Self::Commitment,
        Self::Calendar,
        Self::DuplicateClaim,
        Self::Places,
        Self::Trip,
        Self::Tie,
        Self::Run,
        Self::BoardNotice,
        Self::CandidateFile,
        Self::ShareProposal,
        Self::InternalDraft,
        Self::Settings,
        Self::Contact,
        Self::Activity,
    ];

    /// What it is and holds.
    pub const fn spec(self) -> &'static KindSpec {
        match self {
            Self::Person => &person::PERSON,
            Self::Participation => &participation::PARTICIPATION,
            Self::Assessment => &empowerment::ASSESSMENT,
            Self::Bimtek => &empowerment::BIMTEK,
            Self::Group => &group::GROUP,
            Self::Ledger => &money::LEDGER,
            Self::Loan => &money::LOAN,
            Self::Mentoring => &empowerment::MENTORING,
            Self::MonitoringRound => &empowerment::MONITORING,
            Self::Report => &village::REPORT,
            Self::Complaint => &counter::COMPLAINT,
            Self::Consultation => &counter::CONSULTATION,
            Self::CardApplication => &counter::CARD_APPLICATION,
            Self::GuestBook => &counter::GUEST_BOOK,
            Self::Child => &people::CHILD,
            Self::VillageProfile => &village::PROFILE,
            Self::ActionPlan => &village::PLAN,
            Self::Indicators => &village::INDICATOR_VALUES,
            Self::Agenda => &coordination::AGENDA,
            Self::Agreement => &coordination::AGREEMENT,
            Self::Commitment => &coordination::COMMITMENT,
            Self::Calendar => &coordination::CALENDAR,
            Self::DuplicateClaim => &people::DUPLICATE_CLAIM,
            Self::Places => &places::PLACES,
            Self::Trip => &person::TRIP,
            Self::Tie => &person::TIE,
            Self::Run => &group::RUN,
            Self::BoardNotice => &village::BOARD,
            Self::CandidateFile => &counter::CANDIDATE_FILE,
            Self::ShareProposal => &money::SHARE,
            Self::InternalDraft => &coordination::INTERNAL_DRAFT,
            Self::Settings => &rules::SETTINGS,
            Self::Contact => &contact::CONTACT,
            Self::Activity => &village::ACTIVITY,
        }
    }

    /// The number in entries.
    pub const fn number(self) -> u16 {
        self.spec().number
    }

    /// The kind with this number, if this version knows it.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The class of scope that such documents live in; see [`Self::lives_in`].
    pub fn class(self) -> Class {
        self.spec().class
    }

    /// Whether such a document is read in scopes of this class: its own, and for the guest book of an office that is no
    /// village that office's own scope.
    pub fn lives_in(self, class: Class) -> bool {
        class == self.class() || (self == Self::GuestBook && class == Class::Internal)
    }

    /// Whether it is one of the documents of [`coordination`].
    pub fn is_of_coordination(self) -> bool {
        matches!(self, Self::Agenda | Self::Agreement | Self::Commitment | Self::Calendar | Self::InternalDraft)
    }

    /// What it is called on a page.
    pub fn label(self) -> Words {
        self.spec().label
    }

    /// Its fields, in the order of the form.
    pub fn fields(self) -> &'static [FieldSpec] {
        self.spec().fields
    }

    /// One of its fields.
    pub fn field(self, key: &str) -> Option<&'static FieldSpec> {
        self.fields().iter().find(|spec| spec.key == key)
    }

    /// Its facts.
    pub fn facts(self) -> &'static [FactSpec] {
        self.spec().facts
    }

    /// The fields without which a document of this kind is not begun. Whoever does begin one is still shown.
    pub fn required(self) -> &'static [&'static str] {
        self.spec().required
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden: a number or key that changes here breaks every record already written.
    #[test]
    fn numbers_keys_and_classes_stay_as_they_are() {
        let mut table = String::new();
        for kind in RecordKind::ALL {
            let spec = kind.spec();
            let keys = |keys: Vec<&str>| keys.join(" ");
            table.push_str(&format!(
                "{} {}: {} | {} | {}\n",
                kind.number(),
                kind.class(),
                keys(spec.fields.iter().map(|field| field.key).collect()),
                keys(spec.texts.iter().map(|text| text.key).collect()),
                keys(spec.facts.iter().map(|fact| fact.key).collect()),
            ));
            assert_eq!(RecordKind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(table, include_str!("kinds.golden.txt"));
        assert_eq!(RecordKind::from_number(9999), None);
    }

    #[test]
    fn what_is_required_is_a_field() {
        for kind in RecordKind::ALL {
            assert!(kind.required().iter().all(|key| kind.field(key).is_some()), "{kind:?}");
        }
    }

    #[test]
    fn a_key_means_one_thing_in_a_document() {
        for kind in RecordKind::ALL {
            let spec = kind.spec();
            let mut keys: Vec<&str> = spec.fields.iter().map(|field| field.key).collect();
            keys.extend(spec.texts.iter().map(|text| text.key));
            keys.extend(spec.facts.iter().map(|fact| fact.key));
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "{kind:?}");
        }
    }
}
