//! What is said about places.

use identity::{Class, EntryHash, JournalId};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{must, optional_line, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::{Heard, Spoken},
    kinds::{ANNULMENT, FactSpec, KindSpec},
    sheet::{Hear, Sheet},
    value::PersonId,
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

record_fields! {
    /// What people edit of the places of a village.
    PlacesFields {
        /// Of which programme.
        programme: String, "Program", "Programme";
        /// Of which year.
        year: PartialDate, "Tahun", "Year";
    }
}

/// The owner sets how many places there are. (S2: the limit is Kemnaker's)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// How many.
    pub places: u32,
    /// From when.
    pub date: PartialDate,
    /// The number of the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
}

impl Content for Limit {
    const KEY: &'static str = "limit";

    fn check(&self) -> Result<(), RecordError> {
        must(self.places <= PLACES_MAX, TOO_MANY)?;
        optional_line(self.letter.as_ref())
    }
}

/// The owner grants a block to one journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// Which journal may spend it.
    pub to: JournalId,
    /// How many.
    pub places: u32,
    /// Earlier blocks whose unspent places it gives anew: their journal was frozen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead_of: Vec<EntryHash>,
}

impl Content for Granted {
    const KEY: &'static str = "grant";

    fn check(&self) -> Result<(), RecordError> {
        must((1..=PLACES_MAX).contains(&self.places), TOO_MANY)
    }
}

/// A holder hands unspent places to another journal, which may spend them once it holds this fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// To which journal.
    pub to: JournalId,
    /// How many.
    pub places: u32,
}

impl Content for HandedOver {
    const KEY: &'static str = "handover";

    fn check(&self) -> Result<(), RecordError> {
        must((1..=PLACES_MAX).contains(&self.places), TOO_MANY)
    }
}

/// A place for somebody. Said by a holder who has one left it is sure; said by anybody else it is registered all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// For whom.
    pub person: PersonId,
    /// On the waiting list from the start: no place is asked for yet.
    #[serde(default)]
    pub waits: bool,
    /// When.
    pub date: PartialDate,
}

impl Content for Claimed {
    const KEY: &'static str = "claim";
}

/// Somebody no longer needs their place; it goes back to the block that it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freed {
    /// Whose.
    pub person: PersonId,
    /// When.
    pub date: PartialDate,
}

impl Content for Freed {
    const KEY: &'static str = "freed";
}

/// More than this is a typing mistake: no village has as many participants.
const PLACES_MAX: u32 = 10_000;

const TOO_MANY: RecordError = unfit(
    ("jumlah tempat tidak masuk akal", "the number of places makes no sense"),
    ("isi angka antara 1 dan 10.000", "fill in a number between 1 and 10,000"),
);

/// What is said about the places of a village.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlacesEvents {
    /// Limits, in one order on every node.
    #[serde(default)]
    pub limits: Vec<Spoken<Limit>>,
    /// Blocks.
    #[serde(default)]
    pub grants: Vec<Spoken<Granted>>,
    /// Blocks handed on.
    #[serde(default)]
    pub handovers: Vec<Spoken<HandedOver>>,
    /// Places asked for.
    #[serde(default)]
    pub claims: Vec<Spoken<Claimed>>,
    /// Places given back.
    #[serde(default)]
    pub freed: Vec<Spoken<Freed>>,
}

impl Hear for PlacesEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self {
            limits: heard.take_spoken(),
            grants: heard.take_spoken(),
            handovers: heard.take_spoken(),
            claims: heard.take_spoken(),
            freed: heard.take_spoken(),
        }
    }
}

/// The places of a village in a programme and year.
pub type Places = Sheet<PlacesFields, PlacesEvents>;

pub(crate) const PLACES: KindSpec = KindSpec {
    number: 28,
    class: Class::Participation,
    label: Words { id: "Tempat peserta", en: "Places" },
    fields: PlacesFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("limit", "Jumlah tempat", "Number of places", MaySay::MINISTRY),
        FactSpec::new("grant", "Jatah diberikan", "Block granted", MaySay::MINISTRY),
        FactSpec::new("handover", "Jatah diserahkan", "Block handed over", MaySay::WRITERS),
        FactSpec::new("claim", "Tempat untuk seseorang", "Place for somebody", MaySay::WRITERS),
        FactSpec::new("freed", "Tempat kembali", "Place given back", MaySay::WRITERS),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::MINISTRY },
    ],
    required: &["programme", "year"],
};
