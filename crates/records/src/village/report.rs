//! The six-monthly report (records no. 12, (S0)): a draft that people write together, computed tables, and once it is
//! submitted a fact that stands. Data that changes later does not change it: *data berubah setelah laporan*.

use std::collections::BTreeMap;

use identity::{Class, OfficeId};
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
    kinds::{FactSpec, KindSpec, TextSpec},
    participation::Said,
    rules::Figures,
    sheet::{Hear, Sheet, texts_digest},
    value::Digest,
    words::Words,
};

record_fields! {
    /// What people edit of a report beside its texts.
    ReportFields {
        /// The office that reports; only it submits.
        office: OfficeId, "Kantor pelapor", "Reporting office";
        /// The first month that it covers.
        from: PartialDate, "Masa laporan mulai", "From";
        /// To whom it goes.
        to: String, "Ditujukan kepada", "Addressee";
    }
}

/// The computed tables of a report with what they were computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTables {
    /// Figures by their code, e.g. `participants` or an indicator. What was not measured is not there.
    pub figures: BTreeMap<String, i64>,
    /// The hash over the heads of every document that was counted.
    pub sources: Digest,
}

/// What a figure of a report counts; `None` for a code that this version does not compute.
pub fn figure_words(code: &str) -> Option<Words> {
    let found = FIGURES.iter().find(|(known, ..)| *known == code);
    found.map(|(_, id, en)| Words { id, en })
}

/// What reports count, by code.
const FIGURES: [(&str, &str, &str); 14] = [
    ("participants", "Peserta yang tidak keluar", "Participants who have not left"),
    ("trained", "Orang mengikuti Bimtek", "People at a Bimtek"),
    ("groups", "Kelompok", "Groups"),
    ("producing_groups", "Kelompok berproduksi", "Groups that produce"),
    ("runs", "Produksi", "Production runs"),
    ("mentoring_visits", "Kunjungan pendampingan", "Mentoring visits"),
    ("monitored", "Orang ditanyai dalam monitoring", "People asked in monitoring"),
    ("activities", "Bimtek", "Bimtek events"),
    ("businesses", "Orang memulai usaha", "People who began a business"),
    ("village_activities", "Kegiatan", "Activities"),
    ("consultations", "Konsultasi diterima", "Consultations received"),
    ("complaints", "Pengaduan diterima", "Complaints received"),
    ("settled", "Konsultasi dan pengaduan selesai", "Consultations and complaints settled"),
    ("cards", "Kartu AK-1 diajukan", "AK-1 cards applied for"),
];

/// The report as it was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSubmitted {
    /// When.
    pub date: PartialDate,
    /// The hash over its texts.
    pub texts: Digest,
    /// Its tables.
    pub tables: ReportTables,
}

impl Content for ReportSubmitted {
    const KEY: &'static str = "submitted";

    fn check(&self) -> Result<(), RecordError> {
        must(self.tables.figures.len() <= 200, TOO_MANY)?;
        self.tables.figures.keys().try_for_each(|code| line(code))
    }
}

const TOO_MANY: RecordError = unfit(
    ("terlalu banyak angka dalam laporan", "there are too many figures in the report"),
    ("pisahkan menjadi beberapa laporan", "split it into several reports"),
);
const EMPTY: RecordError = unfit(
    ("isi laporan masih kosong", "the report is empty"),
    ("tulis ringkasannya lebih dulu", "write its summary first"),
);

/// What happened with a report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReportEvents {
    /// Everything that was submitted; a later one is a new edition, the earlier stays.
    #[serde(default)]
    pub submitted: Vec<Said<ReportSubmitted>>,
    /// The editions that no later one replaces.
    #[serde(default)]
    pub current: Vec<Said<ReportSubmitted>>,
}

impl Hear for ReportEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        let current = heard.take_latest::<ReportSubmitted, _>(|_| ());
        Self { submitted: heard.take(), current }
    }
}

/// The report of an office and half-year.
pub type Report = Sheet<ReportFields, ReportEvents>;

pub(crate) const REPORT: KindSpec = KindSpec {
    number: 12,
    class: Class::Coordination,
    label: Words { id: "Laporan enam bulanan", en: "Six-monthly report" },
    fields: ReportFields::SPECS,
    texts: &[
        TextSpec::new("summary", "Ringkasan", "Summary"),
        TextSpec::new("obstacles", "Hambatan", "Obstacles"),
        TextSpec::new("proposals", "Usulan", "Proposals"),
    ],
    facts: &[FactSpec::new("submitted", "Laporan dikirim", "Report submitted", MaySay::WRITERS)],
    required: &["office", "from"],
};

/// How a report stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportState<'a> {
    /// Nothing was submitted by the reporting office.
    Draft,
    /// Submitted, and its texts and sources are as they were.
    Submitted(&'a Said<ReportSubmitted>),
    /// *Data berubah setelah laporan*: what it was computed from is another now, or its texts were written in.
    ChangedSince {
        /// What was submitted.
        submitted: &'a Said<ReportSubmitted>,
        /// Whether the texts are other ones.
        texts: bool,
        /// Whether the figures are computed from other data.
        data: bool,
    },
    /// Two editions side by side.
    Different(Vec<&'a Said<ReportSubmitted>>),
}

/// The last day of the last whole period before a day: periods are counted from January.
pub fn last_report_period(day: Date, figures: &Figures) -> Option<Date> {
    let months = i8::try_from(figures.report_months.value).ok().filter(|months| (1..=12).contains(months))?;
    let first = Date::new(day.year(), (day.month() - 1) / months * months + 1, 1).ok()?;
    first.yesterday().ok()
}

impl Report {
    /// The last day that it covers; `None` while its beginning is not a month.
    pub fn until(&self, figures: &Figures) -> Option<Date> {
        let from = self.fields.from.one().filter(|from| matches!(from, PartialDate::Month(..)))?;
        let after = from.span().first.checked_add(i64::from(figures.report_months.value).months()).ok()?;
        after.yesterday().ok()
    }

    /// The report as it stands, ready to be submitted.
    ///
    /// # Errors
    /// While its summary is empty.
    pub fn submit(&self, date: PartialDate, tables: ReportTables) -> Result<ReportSubmitted, RecordError> {
        must(self.texts.get("summary").is_some_and(|text| !text.trim().is_empty()), EMPTY)?;
        let submitted = ReportSubmitted { date, texts: texts_digest(&self.texts), tables };
        submitted.check()?;
        Ok(submitted)
    }

    /// Whether the reporting office has sent it.
    pub fn is_sent(&self) -> bool {
        self.events.current.iter().any(|said| self.by_owner(said))
    }

    /// What another office than the reporting one submitted: shown, and it counts for nothing.
    pub fn not_by_owner(&self) -> Vec<&Said<ReportSubmitted>> {
        self.events.submitted.iter().filter(|said| !self.by_owner(said)).collect()
    }

    fn by_owner(&self, said: &Said<ReportSubmitted>) -> bool {
        self.fields.office.one().is_some_and(|office| said.by.office == Some(*office))
    }

    /// How it stands, given the hash over the heads of what would be counted now.
    pub fn state(&self, sources_now: Digest) -> ReportState<'_> {
        let current: Vec<_> = self.events.current.iter().filter(|said| self.by_owner(said)).collect();
        let submitted = match current.as_slice() {
            [] => return ReportState::Draft,
            [one] => one,
            _ => return ReportState::Different(current),
        };
        let texts = submitted.what.texts != texts_digest(&self.texts);
        let data = submitted.what.tables.sources != sources_now;
        if texts || data {
            ReportState::ChangedSince { submitted, texts, data }
        } else {
            ReportState::Submitted(submitted)
        }
    }
}
