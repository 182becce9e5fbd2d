//! The file of a *calon TKI*: which papers for going abroad by the procedure are there.

use identity::Class;
use serde::{Deserialize, Serialize};

use super::checklist::{self, ChecklistLine, DocumentMark};
use crate::{
    author::MaySay,
    date::PartialDate,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec},
    participation::Said,
    rules::Figures,
    sheet::{Hear, Sheet},
    value::PersonId,
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

record_fields! {
    /// What people edit of a candidate's file.
    CandidateFields {
        /// Who is to depart.
        person: PersonId, "Kode orang", "Person's code";
        /// Where to.
        country: String, "Negara tujuan", "Country";
        /// The placement firm (PPTKIS).
        firm: String, "PPTKIS", "Placement firm (PPTKIS)";
        /// When the file was begun.
        begun: PartialDate, "Mulai diurus", "Begun";
    }
}

/// What happened with a candidate's file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CandidateEvents {
    /// The marks that stand, two for one paper where they contradict each other.
    #[serde(default)]
    pub documents: Vec<Said<DocumentMark>>,
}

impl Hear for CandidateEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { documents: checklist::take_marks(heard) }
    }
}

/// The file of a candidate.
pub type CandidateFile = Sheet<CandidateFields, CandidateEvents>;

pub(crate) const CANDIDATE_FILE: KindSpec = KindSpec {
    number: 36,
    class: Class::Identity,
    label: Words { id: "Berkas calon TKI", en: "File of a prospective TKI" },
    fields: CandidateFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("document", "Berkas", "Paper", MaySay::CLOSE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::CLOSE },
    ],
    required: &["person"],
};

impl CandidateFile {
    /// The papers that the programme asks of a candidate, and how each stands.
    pub fn checklist<'a>(&self, figures: &'a Figures) -> Vec<ChecklistLine<'a>> {
        checklist::checklist(&self.events.documents, &figures.candidate_documents.value)
    }
}
