//! What S1 found in Kabupaten Lampung Timur: the state from which coordination starts there.
//!
//! Source: Ita Prihantika, Meiliyana, Susana Indriyati Caturiani, *Koordinasi Antar Organisasi dalam Pengelolaan Purna TKI
//! di Kabupaten Lampung Timur*, Universitas Lampung (S1 of `domain/programme.md` 1.0), findings by indicator in 1.14.

use identity::Region;

use super::scorecard::{Indicator, Level};
use crate::words::Words;

/// A finding of S1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The region, by its code.
    pub region: &'static str,
    /// The year of the research.
    pub year: i16,
    /// The indicator.
    pub indicator: Indicator,
    /// How far it was formed, as we read the finding.
    pub level: Level,
    /// What was found.
    pub finding: Words,
    /// Where it is written.
    pub source: &'static str,
}

const SOURCE: &str = "Prihantika, Meiliyana, Caturiani: Koordinasi Antar Organisasi dalam Pengelolaan Purna TKI di Kab. \
                      Lampung Timur, Universitas Lampung (S1)";

const fn found(indicator: Indicator, level: Level, id: &'static str, en: &'static str) -> Baseline {
    Baseline { region: "18.07", year: 2016, indicator, level, finding: Words { id, en }, source: SOURCE }
}

/// The findings, in the order of the indicators.
pub const LAMPUNG_TIMUR_2016: [Baseline; 7] = [
    found(
        Indicator::Information,
        Level::Partly,
        "Hanya undangan umum lewat tatap muka atau surat; dinas tidak punya data khusus purna TKI; LSM tidak dilibatkan \
         dalam perancangan; hubungan dengan DPRD tidak resmi.",
        "Only general invitations, face to face or by letter; the dinas has no data on returned workers; NGOs take no part \
         in the design; contact with the DPRD is informal.",
    ),
    found(
        Indicator::Awareness,
        Level::Formed,
        "Ada pada semua pihak; semua menginginkan sebuah forum; belum menjadi prioritas APBD.",
        "Present with all; all want a forum; it has no priority in the budget (APBD).",
    ),
    found(
        Indicator::Competence,
        Level::Partly,
        "Kompetensi baik di atas kertas; tidak ada kalender, koordinasi bersifat insidental.",
        "Competence is good on paper; there is no calendar, and coordination is incidental.",
    ),
    found(Indicator::Commitment, Level::Absent, "Belum ada kesepakatan dan komitmen.", "None."),
    found(Indicator::Ratification, Level::Absent, "Belum ada penetapan.", "None."),
    found(
        Indicator::Incentive,
        Level::Absent,
        "Tidak ada, baik penghargaan maupun sanksi.",
        "None, neither reward nor punishment.",
    ),
    found(
        Indicator::Feedback,
        Level::Absent,
        "Tidak ditindaklanjuti; usulan hanya \u{201c}disampaikan\u{201d}.",
        "Not followed up; proposals are only \u{201c}delivered\u{201d}.",
    ),
];

/// What was found for an indicator in a region, if anything was.
pub(crate) fn baseline(region: &Region, indicator: Indicator) -> Option<&'static Baseline> {
    static FINDINGS: [Baseline; 7] = LAMPUNG_TIMUR_2016;
    FINDINGS.iter().find(|found| found.region == region.as_str() && found.indicator == indicator)
}
