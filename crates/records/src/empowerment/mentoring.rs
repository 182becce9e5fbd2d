//! Mentoring (records no. 10): one log a participation and year, about one to two years until independence. (S3)
//!
//! No free text about the person stands here: problems and next steps are chosen from lists, so that ministries read
//! what is done without reading a life.

use std::collections::BTreeMap;

use identity::Class;
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{must, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec},
    money::Rupiah,
    participation::Said,
    rules::Figures,
    sheet::{Hear, Sheet},
    value::{PersonId, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

codes! {
    /// How motivated somebody is.
    Motivation {
        /// High.
        High = "high", "tinggi", "high", [];
        /// Middling.
        Middling = "middling", "sedang", "middling", [];
        /// Low.
        Low = "low", "rendah", "low", [];
    }
}

codes! {
    /// What stands in the way.
    Problem {
        /// Capital.
        Capital = "capital", "modal", "capital", [];
        /// A market.
        Market = "market", "pasar", "market", [];
        /// Raw material.
        Material = "material", "bahan baku", "raw material", [];
        /// Permits.
        Permit = "permit", "izin", "permits", [];
        /// Skills.
        Skills = "skills", "keterampilan", "skills", [];
        /// Equipment.
        Equipment = "equipment", "peralatan", "equipment", [];
        /// Time, family.
        Family = "family", "waktu dan keluarga", "time and family", ["keluarga"];
        /// Thinks of going abroad again.
        Abroad = "abroad", "ingin bekerja ke luar negeri lagi", "wants to work abroad again", [];
        /// Anything else.
        Other = "other", "lainnya", "other", ["lain"];
    }
}

codes! {
    /// What is done next.
    NextStep {
        /// Another visit.
        Visit = "visit", "kunjungan berikutnya", "another visit", [];
        /// More training.
        Training = "training", "pelatihan lanjutan", "more training", [];
        /// A consultation.
        Consultation = "consultation", "konsultasi usaha", "business consultation", [];
        /// A way to a market.
        Market = "market", "dihubungkan ke pasar", "connected to a market", [];
        /// A way to capital.
        Capital = "capital", "dihubungkan ke modal", "connected to capital", [];
        /// A partner of quadrant IV.
        Partner = "partner", "mitra pendamping", "mentor partner", [];
        /// Nothing more.
        None = "none", "tidak ada", "none", [];
    }
}

record_fields! {
    /// What people edit of a mentoring log.
    MentoringFields {
        /// Who is mentored.
        person: PersonId, "Kode orang", "Person's code";
        /// The year of the log.
        year: PartialDate, "Tahun", "Year";
        /// When the mentoring began, also if in an earlier year.
        begun: PartialDate, "Pendampingan mulai", "Mentoring since";
    }
}

/// A visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MentoringVisit {
    /// When.
    pub date: PartialDate,
    /// How motivated they are.
    pub motivation: Motivation,
    /// What stands in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// What is done next.
    pub next: NextStep,
    /// When somebody comes again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<PartialDate>,
    /// What the business took in during the last month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover: Option<Rupiah>,
}

impl Content for MentoringVisit {
    const KEY: &'static str = "mentoring";

    fn check(&self) -> Result<(), RecordError> {
        let again = self.again.map(|again| again.span().last);
        must(again.is_none_or(|again| again > self.date.span().first), BACKWARDS)?;
        must(self.turnover.is_none_or(|turnover| (0..=Rupiah::LINE_MAX.0).contains(&turnover.0)), NO_TURNOVER)
    }
}

/// *Mandiri*: the mentoring has done its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Independent {
    /// When.
    pub date: PartialDate,
}

impl Content for Independent {
    const KEY: &'static str = "independent";
}

const BACKWARDS: RecordError = unfit(
    ("kunjungan berikutnya lebih awal dari kunjungan ini", "the next visit lies before this one"),
    ("periksa kedua tanggalnya", "look at both dates"),
);
const NO_TURNOVER: RecordError = unfit(
    ("omzetnya tidak masuk akal", "the turnover makes no sense"),
    ("isi omzet satu bulan dalam rupiah", "fill in the turnover of a month in rupiah"),
);

/// What happened in a mentoring.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MentoringEvents {
    /// Visits, in one order on every node.
    #[serde(default)]
    pub visits: Vec<Said<MentoringVisit>>,
    /// Independence.
    #[serde(default)]
    pub independent: Vec<Said<Independent>>,
}

impl Hear for MentoringEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { visits: heard.take(), independent: heard.take() }
    }
}

/// The mentoring of one participation in one year.
pub type Mentoring = Sheet<MentoringFields, MentoringEvents>;

pub(crate) const MENTORING: KindSpec = KindSpec {
    number: 10,
    class: Class::Participation,
    label: Words { id: "Pendampingan", en: "Mentoring" },
    fields: MentoringFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("mentoring", "Kunjungan pendampingan", "Mentoring visit", MaySay::CLOSE),
        FactSpec::new("independent", "Mandiri", "Independent", MaySay::CLOSE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::CLOSE },
    ],
    required: &["person", "year"],
};

/// How long a mentoring has lasted, against the one to two years of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MentoringAge {
    /// When it began is not known well enough.
    Unknown,
    /// Shorter than usual until independence.
    Early,
    /// As long as it usually takes.
    Usual,
    /// Longer.
    Beyond,
    /// It has ended in independence.
    Independent,
}

impl Mentoring {
    /// How long it has lasted on a day. Of a beginning in some month or year an answer is given only where every day of it
    /// gives the same.
    pub fn age(&self, day: Date, figures: &Figures) -> MentoringAge {
        if !self.events.independent.is_empty() {
            return MentoringAge::Independent;
        }
        let Some(begun) = self.fields.begun.one().map(|begun| begun.span()) else { return MentoringAge::Unknown };
        let age = |begun: Date| {
            let after = |months: u32| begun.checked_add(i64::from(months).months()).ok().is_some_and(|at| day >= at);
            match (after(figures.mentoring_months_min.value), after(figures.mentoring_months_max.value)) {
                (_, true) => MentoringAge::Beyond,
                (true, false) => MentoringAge::Usual,
                (false, false) => MentoringAge::Early,
            }
        };
        if age(begun.first) == age(begun.last) { age(begun.first) } else { MentoringAge::Unknown }
    }

    /// The day by which somebody promised to come again and has not.
    pub fn visit_due(&self, day: Date) -> Option<Date> {
        if !self.events.independent.is_empty() {
            return None;
        }
        let last = self.events.visits.iter().max_by_key(|said| (said.what.date.span().first, said.hash))?;
        last.what.again.map(|again| again.span().last).filter(|again| *again <= day)
    }

    /// How often each problem was met: what a province may count.
    pub fn problems(&self) -> BTreeMap<Problem, usize> {
        let mut counts = BTreeMap::new();
        for problem in self.events.visits.iter().flat_map(|said| &said.what.problems) {
            *counts.entry(*problem).or_default() += 1;
        }
        counts
    }
}
