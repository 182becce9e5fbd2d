//! The quadrant model (records no. 4 and 5): business ability against religion and social life. (S3)
//!
//! Its questions are data that an office writes; none are shipped. An assessment lies in a scope of its own, read by the
//! village and the assessor; everybody else sees only which materials were assigned, in the participation. It scores
//! people, so a programme has to switch it on, and no rule rejects anybody by it.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Class, EntryHash, Region};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{line, must, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{FactSpec, KindSpec},
    participation::Said,
    sheet::{Hear, Sheet},
    value::{Digest, PersonId, codes},
    words::Words,
};

codes! {
    /// The two axes.
    Axis {
        /// Y: *kemampuan usaha*.
        Business = "business", "kemampuan usaha", "business ability", [];
        /// X: *kemampuan bidang agama dan interaksi sosial*.
        Social = "social", "agama dan interaksi sosial", "religion and social life", [];
    }
}

codes! {
    /// The quadrant.
    Quadrant {
        /// Low and low.
        I = "1", "kuadran I", "quadrant I", ["i"];
        /// Able in business.
        II = "2", "kuadran II", "quadrant II", ["ii"];
        /// Able in religion and social life.
        III = "3", "kuadran III", "quadrant III", ["iii"];
        /// Able in both.
        IV = "4", "kuadran IV", "quadrant IV", ["iv"];
    }
}

codes! {
    /// What somebody is given to learn or do: what others see instead of the quadrant.
    Material {
        /// The mindset of an entrepreneur.
        Entrepreneur = "entrepreneur", "mindset wirausaha", "mindset of an entrepreneur", [];
        /// The mindset of a sakinah family.
        Family = "family", "mindset keluarga sakinah", "mindset of a sakinah family", [];
        /// A test in the field.
        FieldTest = "field_test", "uji lapangan", "field test", [];
        /// Helps others.
        Mentor = "mentor", "mitra pendamping", "mentor partner", [];
    }
}

impl Quadrant {
    /// The quadrant of two axes, each high or not.
    pub fn of(business: bool, social: bool) -> Self {
        match (business, social) {
            (false, false) => Self::I,
            (true, false) => Self::II,
            (false, true) => Self::III,
            (true, true) => Self::IV,
        }
    }

    /// What it leads to. For III the source breaks off after "mindset"; for IV a passed test makes a mentor partner, and
    /// a failed one a new assessment, which no source says (derived).
    pub fn materials(self, field_test: Option<bool>) -> &'static [Material] {
        match (self, field_test) {
            (Self::I, _) => &[Material::Entrepreneur, Material::Family],
            (Self::II, _) => &[Material::Family],
            (Self::III, _) => &[Material::Entrepreneur],
            (Self::IV, None) => &[Material::FieldTest],
            (Self::IV, Some(true)) => &[Material::Mentor],
            (Self::IV, Some(false)) => &[],
        }
    }
}

/// A question of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its code in answers.
    pub code: String,
    /// For which axis it counts.
    pub axis: Axis,
    /// As it is asked.
    pub text: String,
    /// The most points that it gives.
    pub points_max: u32,
}

/// An instrument that an office wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// What it is called, with its version.
    pub name: String,
    /// Its questions.
    pub items: Vec<Item>,
    /// From how many points an axis is high.
    pub high_from: BTreeMap<Axis, u32>,
}

/// A filled-in instrument: it stands as it is, a correction is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The instrument's name.
    pub instrument: String,
    /// The hash of the instrument.
    pub digest: Digest,
    /// The points by question.
    pub answers: BTreeMap<String, u32>,
    /// What follows.
    pub quadrant: Quadrant,
    /// When it was filled in, together with the person.
    pub date: PartialDate,
}

impl Content for Submitted {
    const KEY: &'static str = "submitted";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.instrument)?;
        must(!self.answers.is_empty(), UNANSWERED)
    }
}

/// An assessment counts from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// Which.
    pub of: EntryHash,
    /// When.
    pub date: PartialDate,
}

impl Content for Adopted {
    const KEY: &'static str = "adopted";
}

/// A test in the field: is there really a productive business and a life by sakinah values?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldTest {
    /// The assessment that it follows.
    pub of: EntryHash,
    /// Whether it is so.
    pub passed: bool,
    /// When.
    pub date: PartialDate,
    /// The hash of what shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Digest>,
}

impl Content for FieldTest {
    const KEY: &'static str = "field_test";
}

/// Materials were assigned: said in the participation, without the quadrant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialAssigned {
    /// Which.
    pub materials: Vec<Material>,
    /// When.
    pub date: PartialDate,
}

impl Content for MaterialAssigned {
    const KEY: &'static str = "material";
}

/// Somebody of quadrant IV helps this participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partnered {
    /// Who helps.
    pub mentor: PersonId,
    /// Since when.
    pub since: PartialDate,
}

impl Content for Partnered {
    const KEY: &'static str = "partner";
}

const UNANSWERED: RecordError = unfit(
    ("ada pertanyaan yang belum dijawab", "a question is not answered"),
    ("jawab semua pertanyaan bersama orangnya", "answer every question together with the person"),
);
const NOT_ASKED: RecordError = unfit(
    ("ada jawaban di luar instrumen", "an answer lies outside the instrument"),
    ("isi nilai sesuai pertanyaannya", "fill in points as the question allows"),
);
const NO_INSTRUMENT: RecordError = unfit(
    ("instrumen ini belum lengkap", "the instrument is not complete"),
    ("isi pertanyaan dan batas nilai untuk kedua sumbu", "fill in questions and the limit of both axes"),
);

impl Instrument {
    /// Whether it can be used: each axis has questions, a limit that can be reached, and no code comes twice.
    pub fn check(&self) -> Result<(), RecordError> {
        line(&self.name)?;
        let codes: BTreeSet<&String> = self.items.iter().map(|item| &item.code).collect();
        let reachable = |axis: &Axis| {
            let points: u64 =
                self.items.iter().filter(|item| item.axis == *axis).map(|item| u64::from(item.points_max)).sum();
            self.high_from.get(axis).is_some_and(|limit| *limit >= 1 && u64::from(*limit) <= points)
        };
        must(codes.len() == self.items.len() && Axis::ALL.iter().all(reachable), NO_INSTRUMENT)?;
        self.items.iter().try_for_each(|item| line(&item.code).and(line(&item.text)))
    }

    /// The hash by which an assessment names it.
    pub fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new_derive_key("simpul instrument v1");
        let mut text = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        text(&self.name);
        for item in &self.items {
            text(&item.code);
            text(item.axis.code());
            text(&item.text);
            text(&item.points_max.to_string());
        }
        for (axis, limit) in &self.high_from {
            text(axis.code());
            text(&limit.to_string());
        }
        Digest(*hasher.finalize().as_bytes())
    }

    /// Scores a filled-in instrument.
    ///
    /// # Errors
    /// When the instrument cannot be used, a question is open, or an answer lies outside it.
    pub fn submit(&self, answers: BTreeMap<String, u32>, date: PartialDate) -> Result<Submitted, RecordError> {
        self.check()?;
        let item = |code: &String| self.items.iter().find(|item| item.code == *code);
        must(answers.iter().all(|(code, points)| item(code).is_some_and(|i| *points <= i.points_max)), NOT_ASKED)?;
        must(answers.len() == self.items.len(), UNANSWERED)?;
        let high = |axis: Axis| {
            let of_axis = self.items.iter().filter(|item| item.axis == axis);
            let points: u64 = of_axis.filter_map(|item| answers.get(&item.code)).map(|points| u64::from(*points)).sum();
            self.high_from.get(&axis).is_some_and(|limit| points >= u64::from(*limit))
        };
        let quadrant = Quadrant::of(high(Axis::Business), high(Axis::Social));
        Ok(Submitted { instrument: self.name.clone(), digest: self.digest(), answers, quadrant, date })
    }
}

record_fields! {
    /// What people edit of an assessment.
    AssessmentFields {
        /// The village of whom it is about.
        village: Region, "Desa", "Village";
        /// Who it is about.
        person: PersonId, "Kode orang", "Person's code";
    }
}

/// What happened with the assessments of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AssessmentEvents {
    /// Every filled-in instrument.
    #[serde(default)]
    pub submitted: Vec<Said<Submitted>>,
    /// Adoptions that no later one replaces.
    #[serde(default)]
    pub adopted: Vec<Said<Adopted>>,
    /// Tests, the latest of each assessment.
    #[serde(default)]
    pub tests: Vec<Said<FieldTest>>,
}

impl Hear for AssessmentEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self {
            submitted: heard.take(),
            adopted: heard.take_latest::<Adopted, _>(|_| ()),
            tests: heard.take_latest::<FieldTest, _>(|test| test.of),
        }
    }
}

/// The assessments of one person.
pub type Assessment = Sheet<AssessmentFields, AssessmentEvents>;

pub(crate) const ASSESSMENT: KindSpec = KindSpec {
    number: 4,
    class: Class::Case,
    label: Words { id: "Penilaian kuadran", en: "Quadrant assessment" },
    fields: AssessmentFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("submitted", "Instrumen diisi", "Instrument filled in", MaySay::WRITERS),
        FactSpec::new("adopted", "Penilaian dipakai", "Assessment adopted", MaySay::WRITERS),
        FactSpec::new("field_test", "Uji lapangan", "Field test", MaySay::WRITERS),
    ],
    required: &["village", "person"],
};

/// Which assessment counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counting<'a> {
    /// None was adopted, or the one that was has not arrived.
    None,
    /// This one.
    One(&'a Said<Submitted>),
    /// Two were adopted without knowledge of each other: the coordinator picks, nothing is averaged.
    Several(Vec<&'a Said<Submitted>>),
}

impl Assessment {
    /// Which assessment counts: the newest that was adopted.
    pub fn counting(&self) -> Counting<'_> {
        let adopted: BTreeSet<EntryHash> = self.events.adopted.iter().map(|said| said.what.of).collect();
        let found: Vec<_> = self.events.submitted.iter().filter(|said| adopted.contains(&said.hash)).collect();
        match found.as_slice() {
            [] => Counting::None,
            [one] => Counting::One(one),
            _ => Counting::Several(found),
        }
    }

    /// What follows from the assessment that counts; empty while none does or tests contradict each other.
    pub fn materials(&self) -> &'static [Material] {
        let Counting::One(counting) = self.counting() else { return &[] };
        let results: BTreeSet<bool> = self
            .events
            .tests
            .iter()
            .filter(|said| said.what.of == counting.hash)
            .map(|said| said.what.passed)
            .collect();
        match results.len() {
            0 => counting.what.quadrant.materials(None),
            1 => counting.what.quadrant.materials(results.first().copied()),
            _ => &[],
        }
    }
}
