//! Whom to call at an office, and when nobody is there: one document of each office, which every office above and below it
//! reads (kind 40). An absence that an office announced quiets the alert about its silence and keeps it from being called
//! lost meanwhile, and nothing else.

use identity::Class;
use jiff::{ToSpan, civil::Date};
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
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

/// The longest absence that is announced at once, in days: a longer one is announced again, or nobody would ask any more.
pub const AWAY_DAYS_MAX: i32 = 60;

record_fields! {
    /// Whom to call.
    ContactFields {
        /// The first to call.
        name: String, "Yang dihubungi", "Whom to call";
        /// Where.
        phone: String, "Telepon", "Telephone";
        /// Who is called when the first does not answer.
        second_name: String, "Bila tidak ada, hubungi", "If nobody answers, call";
        /// Where.
        second_phone: String, "Telepon kedua", "Second telephone";
        /// When somebody is there.
        hours: String, "Jam kerja", "Hours";
    }
}

/// Nobody will be there, and its computer will be silent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// The first day.
    pub since: PartialDate,
    /// The last day.
    pub until: PartialDate,
    /// Why.
    pub why: String,
    /// Whether this is meant for every office of the region, as when its line is down.
    #[serde(default)]
    pub whole_region: bool,
}

const NO_DAYS: RecordError = unfit(
    ("hari pertama dan terakhirnya belum tepat", "the first and the last day are not exact"),
    (
        "isi dua tanggal lengkap; yang terakhir tidak sebelum yang pertama",
        "fill in two whole dates, the last not before the first",
    ),
);

const TOO_LONG: RecordError = unfit(
    ("terlalu lama untuk sekali pemberitahuan", "that is too long to announce at once"),
    ("isi paling banyak 60 hari; sesudah itu beri tahu lagi", "announce at most 60 days; after that announce it again"),
);

impl Content for Away {
    const KEY: &'static str = "away";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.why)?;
        let (first, last) = self.days().ok_or(NO_DAYS)?;
        let longest = first.checked_add(AWAY_DAYS_MAX.days()).map_err(|_| NO_DAYS)?;
        must(last < longest, TOO_LONG)
    }
}

impl Away {
    /// The first and the last day.
    pub fn days(&self) -> Option<(Date, Date)> {
        let (PartialDate::Day(first), PartialDate::Day(last)) = (self.since, self.until) else { return None };
        (first <= last).then_some((first, last))
    }
}

/// What was said beside the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ContactEvents {
    /// Absences, as they were announced.
    #[serde(default)]
    pub away: Vec<Said<Away>>,
}

impl Hear for ContactEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { away: heard.take() }
    }
}

/// Whom to call at an office.
pub type OfficeContact = Sheet<ContactFields, ContactEvents>;

pub(crate) const CONTACT: KindSpec = KindSpec {
    number: 40,
    class: Class::Coordination,
    label: Words { id: "Kontak kantor", en: "Contact of an office" },
    fields: ContactFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("away", "Kantor tutup", "Nobody is there", MaySay::WRITERS),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &["name", "phone"],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ProgrammeRecord, RecordKind,
        fixtures::{Doc, date},
    };

    fn away(since: &str, until: &str) -> Away {
        Away { since: date(since), until: date(until), why: "panen raya".to_owned(), whole_region: false }
    }

    #[test]
    fn an_absence_has_two_whole_days_and_an_end_in_sight() {
        assert!(away("01-12-2026", "01-12-2026").draft().is_ok());
        assert!(away("01-12-2026", "29-01-2027").draft().is_ok());
        for (since, until) in [("12-2026", "05-12-2026"), ("05-12-2026", "04-12-2026"), ("01-12-2026", "30-01-2027")] {
            assert!(away(since, until).draft().is_err(), "{since} {until}");
        }
        assert!(Away { why: "dua\nbaris".to_owned(), ..away("01-12-2026", "02-12-2026") }.draft().is_err());
    }

    #[test]
    fn what_an_office_announced_and_did_not_take_back_is_heard() {
        let author = crate::fixtures::KURIPAN;
        let doc = Doc::new(RecordKind::Contact, 1)
            .field("name", "Sekretaris Desa")
            .field("phone", "0286 555 0101")
            .fact(author, 1, away("01-12-2026", "03-12-2026").draft().unwrap());
        let ProgrammeRecord::Contact(read) = doc.programme() else { panic!() };
        assert_eq!(read.fields.name.one().unwrap(), "Sekretaris Desa");
        let heard: Vec<_> = read.events.away.iter().map(|said| said.what.days().unwrap().1.to_string()).collect();
        assert_eq!(heard, ["2026-12-03"]);
    }
}
