//! The AK-1 card (records no. 15): open to everybody, also from elsewhere. The village prints it when four papers are
//! there; stamp and signature are given at the Disnaker alone, in person. (S2)
//!
//! An application lies in a scope of its own that the village and the Disnaker read, and of somebody from elsewhere
//! nothing is kept after it has ended.

use identity::{Class, OfficeKind, Region};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::checklist::{self, ChecklistLine, DocumentMark, complete};
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
    rules::Figures,
    sheet::{Hear, Sheet},
    value::{PersonId, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

record_fields! {
    /// What people edit of an application.
    CardFields {
        /// The village whose service point takes it.
        village: Region, "Desa pelayanan", "Serving village";
        /// Its number on the slip.
        number: String, "Nomor permohonan", "Application number";
        /// The applicant, where the register knows them.
        person: PersonId, "Kode orang", "Person's code";
        /// The applicant's name.
        name: String, "Nama pemohon", "Applicant";
        /// Where the applicant lives, if elsewhere.
        home: Region, "Desa asal", "Home village";
        /// The day of the application.
        applied: PartialDate, "Tanggal permohonan", "Applied on";
    }
}

/// The village printed the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// When.
    pub date: PartialDate,
    /// The number on the card.
    pub number: String,
}

impl Content for Printed {
    const KEY: &'static str = "printed";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.number)
    }
}

/// The Disnaker stamped and signed the card: a word that only it may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamped {
    /// When.
    pub date: PartialDate,
}

impl Content for Stamped {
    const KEY: &'static str = "stamped";
}

/// *Dilaporkan sudah dicap*: the applicant showed the stamped card at the village.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// When it was shown.
    pub date: PartialDate,
}

impl Content for Reported {
    const KEY: &'static str = "reported";
}

codes! {
    /// How an application ended.
    Closed {
        /// The applicant has the card.
        Done = "done", "selesai", "done", [];
        /// The applicant no longer wants it.
        Withdrawn = "withdrawn", "dibatalkan pemohon", "withdrawn by the applicant", [];
    }
}

/// The application ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// How.
    pub how: Closed,
    /// When.
    pub date: PartialDate,
}

impl Content for End {
    const KEY: &'static str = "end";

    fn check(&self) -> Result<(), RecordError> {
        must(matches!(self.date, PartialDate::Day(_)), NO_DAY)
    }
}

const NO_DAY: RecordError = unfit(
    (
        "tanggal selesai belum tepat, padahal data pemohon dihapus menurut tanggal itu",
        "the day of the end is not exact, and the applicant's data is erased by it",
    ),
    ("isi tanggal lengkap", "fill in the whole date"),
);

/// What happened with an application.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CardEvents {
    /// The marks that stand.
    #[serde(default)]
    pub documents: Vec<Said<DocumentMark>>,
    /// Prints; a spoilt card is printed again.
    #[serde(default)]
    pub printed: Vec<Said<Printed>>,
    /// What the Disnaker says.
    #[serde(default)]
    pub stamped: Vec<Said<Stamped>>,
    /// What was shown at the village.
    #[serde(default)]
    pub reported: Vec<Said<Reported>>,
    /// Its end.
    #[serde(default)]
    pub ends: Vec<Said<End>>,
}

impl Hear for CardEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self {
            documents: checklist::take_marks(heard),
            printed: heard.take(),
            stamped: heard.take(),
            reported: heard.take(),
            ends: heard.take(),
        }
    }
}

/// An application for an AK-1 card.
pub type CardApplication = Sheet<CardFields, CardEvents>;

/// The Disnaker of a regency: its own node, or that of a dinas beside it.
const DISNAKER: MaySay = MaySay(&[OfficeKind::Regency, OfficeKind::Unit]);

pub(crate) const CARD_APPLICATION: KindSpec = KindSpec {
    number: 15,
    class: Class::Case,
    label: Words { id: "Permohonan AK-1", en: "AK-1 application" },
    fields: CardFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("document", "Berkas", "Paper", MaySay::VILLAGE),
        FactSpec::new("printed", "Dicetak", "Printed", MaySay::VILLAGE),
        FactSpec::new("stamped", "Dicap Disnaker", "Stamped by the Disnaker", DISNAKER),
        FactSpec::new("reported", "Dilaporkan sudah dicap", "Reported as stamped", MaySay::VILLAGE),
        FactSpec::new("end", "Permohonan berakhir", "Application ended", MaySay::VILLAGE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &["village", "name"],
};

/// How far an application is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CardState {
    /// Papers are missing or contested.
    Applied,
    /// All papers are there.
    Complete,
    /// The village printed it.
    Printed,
    /// The applicant showed it stamped.
    ReportedStamped,
    /// The Disnaker says that it stamped it.
    Stamped,
    /// It ended.
    Ended(Closed),
}

impl CardApplication {
    /// The papers that are asked for, and how each stands.
    pub fn checklist<'a>(&self, figures: &'a Figures) -> Vec<ChecklistLine<'a>> {
        checklist::checklist(&self.events.documents, &figures.card_documents.value)
    }

    /// How far it is.
    pub fn state(&self, figures: &Figures) -> CardState {
        let events = &self.events;
        if let Some(end) = events.ends.last() {
            CardState::Ended(end.what.how)
        } else if !events.stamped.is_empty() {
            CardState::Stamped
        } else if !events.reported.is_empty() {
            CardState::ReportedStamped
        } else if !events.printed.is_empty() {
            CardState::Printed
        } else if complete(&self.checklist(figures)) {
            CardState::Complete
        } else {
            CardState::Applied
        }
    }

    /// Whether the card may be printed.
    ///
    /// # Errors
    /// While a paper is missing.
    pub fn may_print(&self, figures: &Figures) -> Result<(), RecordError> {
        must(complete(&self.checklist(figures)), INCOMPLETE)
    }

    /// Whether the card was printed although a paper is missing or contested now: shown, not undone.
    pub fn printed_incomplete(&self, figures: &Figures) -> bool {
        !self.events.printed.is_empty() && !complete(&self.checklist(figures))
    }

    /// The last day on which the data of an applicant from elsewhere is kept; `None` while the application runs, and for
    /// people of the village, who are in its register anyway.
    pub fn kept_until(&self, figures: &Figures) -> Option<Date> {
        let from_elsewhere = self.fields.home.values().iter().any(|home| Some(home) != self.place.as_ref());
        let end = self.events.ends.last().filter(|_| from_elsewhere)?;
        end.what.date.span().last.checked_add(i64::from(figures.outsider_days_kept.value).days()).ok()
    }
}

const INCOMPLETE: RecordError = unfit(
    ("berkas AK-1 belum lengkap", "papers for the AK-1 card are missing"),
    ("tandai berkas yang sudah dibawa, lalu cetak", "mark the papers that were brought, then print"),
);
