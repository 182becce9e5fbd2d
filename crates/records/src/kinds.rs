//! The kinds of documents: their numbers, the class of scope that each lives in, their fields and facts.
//!
//! A number is written into every entry and is never used again for anything else.

use identity::{Class, OfficeKind};

use crate::{
    author::MaySay,
    coordination::{self, AgendaFields},
    fields::{FieldSpec, Fields},
    participation::ParticipationFields,
    person::{PersonFields, TieFields, TripFields},
    words::{self, Words},
};

/// A kind of document that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// Who a person is.
    Person,
    /// What the programme does with a person in a village.
    Participation,
    /// One journey to work abroad.
    Trip,
    /// What one person is to another.
    Tie,
    /// An agenda of several offices.
    Agenda,
    /// An agreement, published in its region.
    Agreement,
    /// What one office does by when.
    Commitment,
    /// The dates of coordination of a region and year.
    Calendar,
    /// A stand that an office drafts.
    InternalDraft,
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

/// The key of a decision.
pub const DECISION: &str = "decision";
/// The key of a leaving.
pub const LEAVING: &str = "leaving";
/// The key of a step.
pub const STEP: &str = "step";
/// The key of an annulment.
pub const ANNULMENT: &str = "annulment";

/// The offices that work with the person: they may write steps and leavings.
const CLOSE: MaySay = MaySay(&[OfficeKind::Village, OfficeKind::Regency, OfficeKind::Agency]);

const PARTICIPATION_FACTS: &[FactSpec] = &[
    // The Kepala Desa decides; the petugas of the village types it in. [S2]
    FactSpec { key: DECISION, label: words::DECISION, may_say: MaySay(&[OfficeKind::Village]) },
    FactSpec { key: LEAVING, label: words::LEAVING, may_say: CLOSE },
    FactSpec { key: STEP, label: words::STEP, may_say: CLOSE },
    FactSpec { key: ANNULMENT, label: words::ANNULMENT, may_say: CLOSE },
];

impl RecordKind {
    /// Every kind, in the order of its number.
    pub const ALL: [Self; 9] = [
        Self::Person,
        Self::Participation,
        Self::Trip,
        Self::Tie,
        Self::Agenda,
        Self::Agreement,
        Self::Commitment,
        Self::Calendar,
        Self::InternalDraft,
    ];

    /// The number in entries. They follow the list of `domain/records.md` 4.2.
    pub const fn number(self) -> u16 {
        match self {
            Self::Person => 2,
            Self::Participation => 3,
            Self::Trip => 31,
            Self::Tie => 32,
            Self::Agenda => 21,
            Self::Agreement => 22,
            Self::Commitment => 24,
            Self::Calendar => 25,
            // The list has no number for it.
            Self::InternalDraft => 36,
        }
    }

    /// The kind with this number, if this version knows it.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The class of scope that such documents live in; elsewhere they are not read.
    pub fn class(self) -> Class {
        match self {
            Self::Person | Self::Tie => Class::Identity,
            Self::Participation | Self::Trip => Class::Participation,
            Self::Agenda => Class::Agenda,
            Self::Agreement | Self::Commitment | Self::Calendar => Class::Coordination,
            Self::InternalDraft => Class::Internal,
        }
    }

    /// Whether it is one of the documents of [`coordination`].
    pub fn is_of_coordination(self) -> bool {
        match self {
            Self::Agenda | Self::Agreement | Self::Commitment | Self::Calendar | Self::InternalDraft => true,
            Self::Person | Self::Participation | Self::Trip | Self::Tie => false,
        }
    }

    /// What it is called on a page.
    pub fn label(self) -> Words {
        match self {
            Self::Person => words::PERSON,
            Self::Participation => words::PARTICIPATION,
            Self::Trip => words::TRIP,
            Self::Tie => words::TIE,
            Self::Agenda => words::AGENDA,
            Self::Agreement => words::AGREEMENT,
            Self::Commitment => words::COMMITMENT,
            Self::Calendar => words::CALENDAR,
            Self::InternalDraft => words::INTERNAL_DRAFT,
        }
    }

    /// Its fields, in the order of the form.
    pub fn fields(self) -> &'static [FieldSpec] {
        match self {
            Self::Person => PersonFields::SPECS,
            Self::Participation => ParticipationFields::SPECS,
            Self::Trip => TripFields::SPECS,
            Self::Tie => TieFields::SPECS,
            Self::Agenda => AgendaFields::SPECS,
            // Facts alone: nothing in it is edited.
            Self::Agreement | Self::Commitment | Self::Calendar | Self::InternalDraft => &[],
        }
    }

    /// One of its fields.
    pub fn field(self, key: &str) -> Option<&'static FieldSpec> {
        self.fields().iter().find(|spec| spec.key == key)
    }

    /// Its facts.
    pub fn facts(self) -> &'static [FactSpec] {
        match self {
            Self::Participation => PARTICIPATION_FACTS,
            Self::Agenda => coordination::AGENDA_FACTS,
            Self::Agreement => coordination::AGREEMENT_FACTS,
            Self::Commitment => coordination::COMMITMENT_FACTS,
            Self::Calendar => coordination::CALENDAR_FACTS,
            Self::InternalDraft => coordination::INTERNAL_DRAFT_FACTS,
            Self::Person | Self::Trip | Self::Tie => &[],
        }
    }

    /// The fields without which a document of this kind is not begun. Whoever does begin one is still shown.
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Self::Person => &["person", "name"],
            Self::Participation => &["person", "programme"],
            Self::Trip => &["person"],
            Self::Tie => &["person", "relation", "other"],
            // The fact that opens it is enough; a title is asked for before the text is final.
            Self::Agenda | Self::Agreement | Self::Commitment | Self::Calendar | Self::InternalDraft => &[],
        }
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
            let keys = |keys: Vec<&str>| keys.join(" ");
            table.push_str(&format!(
                "{} {}: {} | {}\n",
                kind.number(),
                kind.class(),
                keys(kind.fields().iter().map(|f| f.key).collect()),
                keys(kind.facts().iter().map(|f| f.key).collect()),
            ));
            assert_eq!(RecordKind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(
            table,
            "2 identity: person name nik kk birth sex address dusun rt rw phone source | \n\
             3 participation: person programme register group group_number resident productive willing \
             claim_calon_tki claim_tki_aktif claim_keluarga_tki claim_tki_purna claim_keluarga_tki_purna \
             | decision leaving step annulment\n\
             31 participation: person country sector route firm departure returned last_contact | \n\
             32 identity: person relation other since until | \n\
             21 agenda: title purpose begins ends \
             | opening party stand comment meeting letter mandate ad_referendum final paper ratification closing annulment\n\
             22 coordination:  | published copied ratification paper annulment\n\
             24 coordination:  | promise acceptance programmed progress sanction answer feedback taken_up annulment\n\
             25 coordination:  | calendar event confirmation attendance annulment\n\
             36 internal:  | draft_for draft_stand disposition initials release annulment\n"
        );
        assert_eq!(RecordKind::from_number(4), None);
    }

    #[test]
    fn what_is_required_is_a_field() {
        for kind in RecordKind::ALL {
            assert!(kind.required().iter().all(|key| kind.field(key).is_some()), "{kind:?}");
        }
    }
}
