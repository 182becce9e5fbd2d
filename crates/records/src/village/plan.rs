//! The action plan of a village and year (records no. 19): nine parts that people write together, and the version that
//! was approved, fixed by its hash. (S4)

use identity::Class;
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{line, must, optional_line, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec, TextSpec},
    participation::Said,
    sheet::{Hear, Sheet, texts_digest},
    value::Digest,
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

record_fields! {
    /// What people edit of a plan beside its texts.
    PlanFields {
        /// The year that it is for.
        year: PartialDate, "Tahun", "Year";
    }
}

/// A technical step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// What is done.
    pub what: String,
    /// Who does it.
    pub who: String,
    /// By when.
    pub due: PartialDate,
}

impl Content for PlanStep {
    const KEY: &'static str = "step";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.what)?;
        line(&self.who)
    }
}

/// A step was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStepDone {
    /// Which.
    pub of: identity::EntryHash,
    /// When.
    pub date: PartialDate,
}

impl Content for PlanStepDone {
    const KEY: &'static str = "done";
}

/// A version was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanApproved {
    /// The hash over its nine parts.
    pub digest: Digest,
    /// When.
    pub date: PartialDate,
    /// The number of the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
}

impl Content for PlanApproved {
    const KEY: &'static str = "approved";

    fn check(&self) -> Result<(), RecordError> {
        optional_line(self.letter.as_ref())
    }
}

/// The Kepala Desa explained it to the people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Socialised {
    /// When.
    pub date: PartialDate,
    /// How many came.
    pub people: u32,
}

impl Content for Socialised {
    const KEY: &'static str = "socialised";
}

/// What happened with a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlanEvents {
    /// Steps.
    #[serde(default)]
    pub steps: Vec<Said<PlanStep>>,
    /// Steps done.
    #[serde(default)]
    pub done: Vec<Said<PlanStepDone>>,
    /// Approvals that no later one replaces.
    #[serde(default)]
    pub approved: Vec<Said<PlanApproved>>,
    /// Meetings with the people.
    #[serde(default)]
    pub socialised: Vec<Said<Socialised>>,
}

impl Hear for PlanEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self {
            steps: heard.take(),
            done: heard.take(),
            approved: heard.take_latest::<PlanApproved, _>(|_| ()),
            socialised: heard.take(),
        }
    }
}

/// The action plan of a village and year.
pub type ActionPlan = Sheet<PlanFields, PlanEvents>;

pub(crate) const PLAN: KindSpec = KindSpec {
    number: 19,
    class: Class::Coordination,
    label: Words { id: "Rencana aksi", en: "Action plan" },
    fields: PlanFields::SPECS,
    texts: &[
        TextSpec::new("aims", "Tujuan", "Aims"),
        TextSpec::new("targets", "Sasaran", "Targets"),
        TextSpec::new("criteria", "Kriteria dan ukuran keberhasilan", "Criteria and measures of success"),
        TextSpec::new("technical", "Langkah-langkah teknis", "Technical steps"),
        TextSpec::new("funding", "Pembiayaan", "Funding"),
        TextSpec::new("sustainability", "Rencana keberlanjutan program", "Sustainability"),
        TextSpec::new("roles", "Pembagian peran dan tim pelaksana", "Roles and team"),
        TextSpec::new("evaluation", "Rencana monitoring dan evaluasi", "Monitoring and evaluation"),
        TextSpec::new("schedule", "Rencana waktu pelaksanaan", "Schedule"),
    ],
    facts: &[
        FactSpec::new("step", "Langkah", "Step", MaySay::WRITERS),
        FactSpec::new("done", "Langkah selesai", "Step done", MaySay::WRITERS),
        FactSpec::new("approved", "Rencana disetujui", "Plan approved", MaySay::VILLAGE),
        FactSpec::new("socialised", "Sosialisasi", "Explained to the people", MaySay::VILLAGE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &["year"],
};

const PARTS_MISSING: RecordError = unfit(
    ("rencana aksi belum lengkap sembilan bagian", "the plan does not have its nine parts yet"),
    ("isi bagian yang masih kosong", "fill in the parts that are empty"),
);

impl ActionPlan {
    /// The parts that are empty.
    pub fn missing_parts(&self) -> Vec<&'static TextSpec> {
        let empty = |part: &&TextSpec| self.texts.get(part.key).is_none_or(|text| text.trim().is_empty());
        PLAN.texts.iter().filter(empty).collect()
    }

    /// The approval of the plan as it stands, ready to be said.
    ///
    /// # Errors
    /// While one of the nine parts is empty.
    pub fn approve(&self, date: PartialDate, letter: Option<String>) -> Result<PlanApproved, RecordError> {
        must(self.missing_parts().is_empty(), PARTS_MISSING)?;
        Ok(PlanApproved { digest: texts_digest(&self.texts), date, letter })
    }

    /// Whether an approval is of the plan as it stands now; otherwise it was written in after it was approved.
    pub fn is_as_approved(&self, approved: &PlanApproved) -> bool {
        approved.digest == texts_digest(&self.texts)
    }

    /// Steps that are not done, the most urgent first.
    pub fn open_steps(&self) -> Vec<&Said<PlanStep>> {
        let done = |said: &&Said<PlanStep>| !self.events.done.iter().any(|done| done.what.of == said.hash);
        let mut open: Vec<_> = self.events.steps.iter().filter(done).collect();
        open.sort_by_key(|said| (said.what.due.span().last, said.hash));
        open
    }
}
