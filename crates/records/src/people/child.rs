//! Children of the rumah belajar (records no. 17) and the *pos bantuan* at PAUD and TPQ. (S2, S4)
//!
//! A child is counted without a name until a guardian consents: who comes to play is nobody's business before that.

use std::collections::BTreeSet;

use identity::Class;
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{line, must, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec},
    participation::Said,
    sheet::{Hear, Sheet},
    value::{Digest, PersonId, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

codes! {
    /// Where a child is looked after.
    CarePlace {
        /// The rumah belajar (rumah edukasi).
        House = "house", "rumah belajar", "rumah belajar", ["rumah edukasi"];
        /// A PAUD as *pos bantuan pengawasan*.
        Paud = "paud", "pos bantuan PAUD", "PAUD post", ["paud"];
        /// A TPQ as *pos bantuan pengawasan*.
        Tpq = "tpq", "pos bantuan TPQ", "TPQ post", ["tpq"];
    }
}

codes! {
    /// What a child did there. (S2, S4)
    CareActivity {
        /// Reading and homework.
        Homework = "homework", "belajar dan PR", "reading and homework", ["belajar"];
        /// Play.
        Play = "play", "bermain", "play", [];
        /// Reciting the Koran.
        Koran = "koran", "mengaji", "reciting the Koran", [];
        /// Counselling.
        Counselling = "counselling", "konseling", "counselling", [];
        /// A foreign language.
        Language = "language", "belajar bahasa asing", "a foreign language", [];
        /// Anything else.
        Other = "other", "lainnya", "other", ["lain"];
    }
}

record_fields! {
    /// What people edit of a child. The name is written only once a guardian has consented.
    ChildFields {
        /// Where the child is looked after.
        care: CarePlace, "Tempat", "Place";
        /// The child, once the guardian consents.
        person: PersonId, "Kode anak", "Child's code";
        /// The name, once the guardian consents.
        name: String, "Nama anak", "Child's name";
        /// The year of birth, which names nobody.
        born: PartialDate, "Tahun lahir", "Year of birth";
        /// Whether a parent works abroad.
        parent_abroad: bool, "Orang tua di luar negeri", "A parent abroad";
        /// Whether the child goes to school.
        school: bool, "Bersekolah", "Goes to school";
    }
}

/// A guardian consents, or takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who is the guardian.
    pub guardian: String,
    /// Whether they consent.
    pub given: bool,
    /// The version of the text that was read to them.
    pub text: String,
    /// When.
    pub date: PartialDate,
    /// The hash of the scanned paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Digest>,
}

impl Content for Consent {
    const KEY: &'static str = "consent";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.guardian)?;
        line(&self.text)
    }
}

/// The child was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildAttendance {
    /// On which day.
    pub date: PartialDate,
    /// What it did.
    pub activity: CareActivity,
}

impl Content for ChildAttendance {
    const KEY: &'static str = "there";
}

/// What happened with a child.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChildEvents {
    /// The words of guardians that no later one replaces.
    #[serde(default)]
    pub consents: Vec<Said<Consent>>,
    /// Days.
    #[serde(default)]
    pub there: Vec<Said<ChildAttendance>>,
}

impl Hear for ChildEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { consents: heard.take_latest::<Consent, _>(|_| ()), there: heard.take() }
    }
}

/// A child.
pub type Child = Sheet<ChildFields, ChildEvents>;

pub(crate) const CHILD: KindSpec = KindSpec {
    number: 17,
    class: Class::Care,
    label: Words { id: "Anak rumah belajar", en: "Child of the rumah belajar" },
    fields: ChildFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("consent", "Persetujuan wali", "Guardian's consent", MaySay::VILLAGE),
        FactSpec::new("there", "Hadir", "Was there", MaySay::VILLAGE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::VILLAGE },
    ],
    required: &["care"],
};

/// Whether a guardian consents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentState {
    /// Nobody was asked.
    NotAsked,
    /// Given.
    Given,
    /// Not given, or taken back, or said both ways: what was named has to go.
    NotGiven,
}

const NO_CONSENT: RecordError = unfit(
    (
        "wali belum menyetujui, jadi nama anak belum boleh dicatat",
        "no guardian has consented, so the child is not named",
    ),
    ("catat tanpa nama, atau mintalah persetujuan wali", "note the child without a name, or ask a guardian"),
);

impl Child {
    /// Whether a guardian consents. Of two words side by side the careful one counts.
    pub fn consent(&self) -> ConsentState {
        match self.events.consents.as_slice() {
            [] => ConsentState::NotAsked,
            all if all.iter().all(|said| said.what.given) => ConsentState::Given,
            _ => ConsentState::NotGiven,
        }
    }

    /// Whether a field may be written now.
    ///
    /// # Errors
    /// For whatever names the child, while no guardian has consented.
    pub fn may_write(&self, key: &str) -> Result<(), RecordError> {
        if self.consent() == ConsentState::Given { Ok(()) } else { Self::may_begin_with(key) }
    }

    /// Whether a field may be written of a child of whom nobody has said anything yet.
    ///
    /// # Errors
    /// For whatever names the child.
    pub fn may_begin_with(key: &str) -> Result<(), RecordError> {
        must(!matches!(key, "name" | "person"), NO_CONSENT)
    }

    /// The name, if it may be shown.
    pub fn shown_name(&self) -> Option<&String> {
        self.fields.name.one().filter(|_| self.consent() == ConsentState::Given)
    }

    /// Whether the document names the child without consent: it is to be erased and begun anew without a name.
    pub fn names_without_consent(&self) -> bool {
        let named = !self.fields.name.is_unknown() || !self.fields.person.is_unknown();
        named && self.consent() != ConsentState::Given
    }

    /// On how many days the child was there; twice on one day is one day.
    pub fn days(&self) -> usize {
        self.events.there.iter().map(|said| said.what.date).collect::<BTreeSet<_>>().len()
    }
}
