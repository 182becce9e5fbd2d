//! The guest book (records no. 16): one document an office and month, dropped whole when its retention ends. A village's
//! stands with the village; that of a posko or a regency in the office's own scope.
//!
//! Who is no participant shows an identity card and signs the book (S2). That the card was seen is noted, its number is
//! not.

use std::collections::BTreeMap;

use identity::Class;
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{must, optional_line, unfit},
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

codes! {
    /// What somebody came for.
    Purpose {
        /// Information on migration: what the service point gives to everybody. (S2)
        Information = "information", "informasi migrasi", "migration information", ["informasi"];
        /// An AK-1 card.
        Card = "ak1", "kartu AK-1", "AK-1 card", ["ak-1"];
        /// A complaint.
        Complaint = "complaint", "pengaduan", "complaint", [];
        /// Advice on a business.
        Consultation = "consultation", "konsultasi usaha", "business advice", ["konsultasi"];
        /// To register for the programme.
        Registration = "registration", "pendaftaran", "registration", ["daftar"];
        /// Papers: KTP, KK, letters.
        Papers = "papers", "layanan dokumen", "papers", ["dokumen"];
        /// Anything else.
        Other = "other", "lainnya", "other", ["lain"];
    }
}

codes! {
    /// Who comes.
    Origin {
        /// Takes part in the programme here.
        Participant = "participant", "peserta", "participant", [];
        /// Lives here and does not take part.
        Resident = "resident", "warga desa, bukan peserta", "resident, no participant", ["warga"];
        /// Comes from elsewhere.
        Outside = "outside", "dari luar desa", "from elsewhere", ["luar"];
    }
}

/// Somebody came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// On which day.
    pub date: PartialDate,
    /// What for.
    pub purpose: Purpose,
    /// From where.
    pub origin: Origin,
    /// Whether an identity card was seen.
    pub id_checked: bool,
    /// The name as the guest gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The person, where the register knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

impl Content for Visit {
    const KEY: &'static str = "visit";

    fn check(&self) -> Result<(), RecordError> {
        must(matches!(self.date, PartialDate::Day(_)), NO_DAY)?;
        must(self.name.is_some() || self.person.is_some(), NOBODY)?;
        optional_line(self.name.as_ref())
    }
}

const NO_DAY: RecordError = unfit(
    ("hari kunjungan belum tepat", "the day of the visit is not exact"),
    ("isi tanggal lengkap, misalnya 12-03-2026", "fill in the whole date, like 12-03-2026"),
);
const NOBODY: RecordError = unfit(
    ("tamu belum disebut", "the guest is not named"),
    ("isi nama tamu atau pilih orangnya", "fill in the name or choose the person"),
);
const OTHER_MONTH: RecordError = unfit(
    ("tanggal kunjungan bukan dari bulan buku tamu ini", "the visit is not of the month of this guest book"),
    ("catat di buku tamu bulan itu", "note it in the guest book of that month"),
);

record_fields! {
    /// What people edit of a guest book.
    GuestBookFields {
        /// The month that it is for.
        month: PartialDate, "Bulan", "Month";
    }
}

/// Who came.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GuestBookEvents {
    /// Visits, in one order on every node.
    #[serde(default)]
    pub visits: Vec<Said<Visit>>,
}

impl Hear for GuestBookEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { visits: heard.take() }
    }
}

/// The guest book of an office and month.
pub type GuestBook = Sheet<GuestBookFields, GuestBookEvents>;

pub(crate) const GUEST_BOOK: KindSpec = KindSpec {
    number: 16,
    class: Class::Care,
    label: Words { id: "Buku tamu", en: "Guest book" },
    fields: GuestBookFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("visit", "Kunjungan", "Visit", MaySay::WRITERS),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &["month"],
};

impl GuestBook {
    /// Whether a visit belongs into this book.
    ///
    /// # Errors
    /// When its day lies in another month; the book of that month takes it.
    pub fn takes(&self, visit: &Visit) -> Result<(), RecordError> {
        visit.check()?;
        let day = visit.date.span();
        let months = self.fields.month.values().iter().map(|month| month.span());
        let mut inside = months.filter(|month| month.first <= day.first && day.last <= month.last);
        must(inside.next().is_some(), OTHER_MONTH)
    }

    /// The last day on which the book is kept; then the whole document is erased. `None` while its month is not clear.
    pub fn kept_until(&self, figures: &Figures) -> Option<Date> {
        let month = self.fields.month.one().filter(|month| matches!(month, PartialDate::Month(..)))?;
        let months = i64::from(figures.guest_book_months_kept.value);
        // Counted from the first of the month, so that a short month loses no days.
        month.span().first.checked_add(months.months()).ok().map(Date::last_of_month)
    }

    /// How many came, by what for: what may be counted beyond the office.
    pub fn counts(&self) -> BTreeMap<Purpose, usize> {
        let mut counts = BTreeMap::new();
        for said in &self.events.visits {
            *counts.entry(said.what.purpose).or_default() += 1;
        }
        counts
    }

    /// Visits of people who take no part and whose identity card nobody saw, against the rule. (S2)
    pub fn unchecked(&self) -> impl Iterator<Item = &Said<Visit>> {
        self.events.visits.iter().filter(|said| said.what.origin != Origin::Participant && !said.what.id_checked)
    }
}
