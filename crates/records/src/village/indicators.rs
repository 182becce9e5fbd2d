//! The 24 indicators (records no. 20): 9 of output, 11 of outcome, 4 of benefit. (S4 gives no formula, unit or period)
//!
//! A value is the word of the office that reports it: nobody else can replace it, and two offices that report the same
//! cell are both shown. Empty is *belum diukur*, never 0.

use std::{collections::BTreeSet, sync::LazyLock};

use identity::{Class, Coordinate, OfficeId};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{line, must, unfit},
    date::{PartialDate, Span},
    empowerment::Bimtek,
    facts::Content,
    fields::{Fields, record_fields},
    group::{Group, ProductionRun},
    heard::{Heard, Spoken},
    kinds::{ANNULMENT, FactSpec, KindSpec},
    money::{EntryKind, Ledger, Loan},
    participation::{Participation, Said},
    sheet::{Hear, Sheet},
    value::{FieldType, PersonId, ValueType, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Lang, Words},
};

codes! {
    /// What an indicator is of.
    IndicatorKind {
        /// What was done.
        Output = "output", "keluaran", "output", [];
        /// What came of it.
        Outcome = "outcome", "hasil", "outcome", [];
        /// What it is good for.
        Benefit = "benefit", "manfaat", "benefit", [];
    }
}

/// One of the 24.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Indicator {
    /// Its code, e.g. `O2`.
    pub code: String,
    /// What it is of.
    pub kind: IndicatorKind,
    /// In Indonesian, as the source says it.
    pub text_id: String,
    /// In English.
    pub text_en: String,
}

impl Indicator {
    /// In one language.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Id => &self.text_id,
            Lang::En => &self.text_en,
        }
    }
}

/// The indicators of the programme, in the order of the source. A line that cannot be read is left out; a test holds that
/// there is none.
pub static INDICATORS: LazyLock<Vec<Indicator>> =
    LazyLock::new(|| indicator_list(include_str!("../../../../config/reference/indicators.csv")));

/// Reads a list of indicators: `code,kind,text_id,text_en`.
pub fn indicator_list(csv: &str) -> Vec<Indicator> {
    csv::Reader::from_reader(csv.as_bytes()).into_deserialize().flatten().collect()
}

record_fields! {
    /// What people edit of the values of a period.
    IndicatorFields {
        /// The year or month that they are of.
        period: PartialDate, "Masa", "Period";
    }
}

/// A measured value in thousandths: 12.5 is 12,500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Thousandths(pub i64);

impl Thousandths {
    fn written(self, lang: Lang) -> String {
        let (thousands, decimal) = match lang {
            Lang::Id => ('.', ','),
            Lang::En => (',', '.'),
        };
        let whole = (self.0.unsigned_abs() / 1000).to_string();
        let mut text = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push(thousands);
            }
            text.push(digit);
        }
        let rest = format!("{:03}", self.0.unsigned_abs() % 1000);
        let rest = rest.trim_end_matches('0');
        let sign = if self.0 < 0 { "-" } else { "" };
        if rest.is_empty() { format!("{sign}{text}") } else { format!("{sign}{text}{decimal}{rest}") }
    }
}

impl FieldType for Thousandths {
    const TYPE: ValueType = ValueType::Number;

    /// As it is typed: `12`, `12,5`.
    fn from_text(text: &str) -> Option<Self> {
        let (sign, plain) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, rest) = plain.split_once(',').unwrap_or((plain, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || whole.len() > 12 || !digits(rest) || rest.len() > 3 {
            return None;
        }
        let rest: i64 = format!("{rest:0<3}").parse().ok()?;
        Some(Self(sign * (whole.parse::<i64>().ok()? * 1000 + rest)))
    }

    fn to_text(&self) -> String {
        self.written(Lang::Id).replace('.', "")
    }

    /// Also takes `1.250,5`. A dot that groups no thousands is refused, since `12.5` may mean anything.
    fn from_input(text: &str) -> Option<Self> {
        let text = text.trim();
        let (whole, rest) = text.split_once(',').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        let mut groups = whole.trim_start_matches('-').split('.');
        let first = groups.next()?;
        let following: Vec<&str> = groups.collect();
        let grouped =
            following.iter().all(|group| group.len() == 3) && (following.is_empty() || (1..=3).contains(&first.len()));
        let plain = whole.replace('.', "");
        let plain = rest.map_or(plain.clone(), |rest| format!("{plain},{rest}"));
        if grouped { Self::from_text(&plain) } else { None }
    }

    fn shown(&self, lang: Lang) -> String {
        self.written(lang)
    }
}

/// A value that an office reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorValue {
    /// Of which indicator.
    pub indicator: String,
    /// Whether it is the state before the programme.
    #[serde(default)]
    pub baseline: bool,
    /// The value.
    pub value: Thousandths,
    /// Of what, e.g. people or %.
    pub unit: String,
    /// How it was found.
    pub method: String,
    /// Where it comes from.
    pub source: String,
    /// When.
    pub date: PartialDate,
}

impl Content for IndicatorValue {
    const KEY: &'static str = "value";

    fn check(&self) -> Result<(), RecordError> {
        must(INDICATORS.iter().any(|indicator| indicator.code == self.indicator), NO_INDICATOR)?;
        must(self.value.0.unsigned_abs() <= 1_000_000_000_000_000, TOO_LARGE)?;
        [&self.unit, &self.method, &self.source].into_iter().try_for_each(|text| line(text))
    }
}

const NO_INDICATOR: RecordError = unfit(
    ("indikator ini tidak ada dalam program", "the programme has no such indicator"),
    ("pilih salah satu dari 24 indikator", "choose one of the 24 indicators"),
);
const TOO_LARGE: RecordError = unfit(
    ("nilainya terlalu besar", "the value is too large"),
    ("periksa angka dan satuannya", "look at the number and its unit"),
);

/// What was reported.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IndicatorEvents {
    /// The latest value of each office for each cell.
    #[serde(default)]
    pub values: Vec<Said<IndicatorValue>>,
}

impl Hear for IndicatorEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        let all = heard.take_spoken::<IndicatorValue>();
        let cell = |spoken: &Spoken<IndicatorValue>| {
            (spoken.said.by.office, spoken.said.what.indicator.clone(), spoken.said.what.baseline)
        };
        let replaced = |spoken: &&Spoken<IndicatorValue>| {
            !all.iter().any(|later| cell(later) == cell(spoken) && later.knew(spoken))
        };
        Self { values: all.iter().filter(replaced).map(|spoken| spoken.said.clone()).collect() }
    }
}

/// The values of a village in a period.
pub type Indicators = Sheet<IndicatorFields, IndicatorEvents>;

pub(crate) const INDICATOR_VALUES: KindSpec = KindSpec {
    number: 20,
    class: Class::Coordination,
    label: Words { id: "Nilai indikator", en: "Indicator values" },
    fields: IndicatorFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("value", "Nilai", "Value", MaySay::WRITERS),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &["period"],
};

/// What stands in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndicatorCell<'a> {
    /// *Belum diukur*: that is not 0.
    NotMeasured,
    /// One value, or the same from several offices.
    Measured(&'a Said<IndicatorValue>),
    /// Offices report different values: both are shown.
    Different(Vec<&'a Said<IndicatorValue>>),
}

impl Indicators {
    /// What stands for an indicator; `baseline`: before the programme.
    pub fn cell(&self, indicator: &str, baseline: bool) -> IndicatorCell<'_> {
        let here = |said: &&Said<IndicatorValue>| said.what.indicator == indicator && said.what.baseline == baseline;
        let found: Vec<_> = self.events.values.iter().filter(here).collect();
        let value = |said: &Said<IndicatorValue>| (said.what.value, said.what.unit.clone());
        match found.as_slice() {
            [] => IndicatorCell::NotMeasured,
            [first, rest @ ..] if rest.iter().all(|other| value(other) == value(first)) => {
                IndicatorCell::Measured(first)
            }
            _ => IndicatorCell::Different(found),
        }
    }

    /// The value that one office reports for a cell, the latest if it wrote two without seeing one.
    pub fn own(&self, office: &OfficeId, indicator: &str, baseline: bool) -> Option<&Said<IndicatorValue>> {
        let mine = |said: &&Said<IndicatorValue>| {
            said.by.office.as_ref() == Some(office)
                && said.what.indicator == indicator
                && said.what.baseline == baseline
        };
        self.events.values.iter().rfind(mine)
    }

    /// The offices that have reported anything.
    pub fn offices(&self) -> Vec<OfficeId> {
        let mut offices: Vec<_> = self.events.values.iter().filter_map(|said| said.by.office).collect();
        offices.sort();
        offices.dedup();
        offices
    }
}

/// The records of a village that are counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct IndicatorRecords<'a> {
    /// Trainings.
    pub bimteks: &'a [&'a Bimtek],
    /// Participations.
    pub participations: &'a [&'a Participation],
    /// Groups.
    pub groups: &'a [&'a Group],
    /// Production runs.
    pub runs: &'a [&'a ProductionRun],
    /// Ledgers and loans; `None` where they are not read.
    pub money: Option<(&'a [&'a Ledger], &'a [&'a Loan])>,
}

/// What the records of a village give; `None` where this office does not read the records that would say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndicatorInput {
    /// People who were at a Bimtek on at least one day of the period.
    pub trained: Option<u32>,
    /// Groups that became a cooperative or part of one in the period.
    pub cooperatives: Option<u32>,
    /// Agendas of the village's regency that were held.
    pub meetings: Option<u32>,
    /// Groups with a production run in the period.
    pub producing_groups: Option<u32>,
    /// People who began a business in the period.
    pub businesses: Option<u32>,
    /// People who saved or borrowed in a group in the period.
    pub savers_and_borrowers: Option<u32>,
    /// Agreements that every party has ratified.
    pub agreements: Option<u32>,
}

/// A value that the records give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Computed {
    /// Of which indicator.
    pub indicator: &'static str,
    /// How many; `None`: not measured here.
    pub count: Option<u32>,
    /// What is counted.
    pub what: Words,
}

/// The indicators that records give (O2, O5, O6, O8, C2, C8, C9); the others are asked once a year.
pub fn computed_indicators(input: &IndicatorInput) -> [Computed; 7] {
    let computed = |indicator, count, id, en| Computed { indicator, count, what: Words { id, en } };
    [
        computed("O2", input.trained, "orang mengikuti Bimtek", "people were at a Bimtek"),
        computed("O5", input.cooperatives, "kelompok menjadi koperasi", "groups became cooperatives"),
        computed("O6", input.meetings, "rapat koordinasi terlaksana", "coordination meetings held"),
        computed("O8", input.producing_groups, "kelompok berproduksi", "groups produce"),
        computed("C2", input.businesses, "orang memulai usaha", "people began a business"),
        computed("C8", input.savers_and_borrowers, "orang menabung atau meminjam", "people save or borrow"),
        computed("C9", input.agreements, "kesepakatan ditetapkan semua pihak", "agreements ratified by all"),
    ]
}

impl Computed {
    /// Whether an indicator is one of those that records give.
    pub fn is_of(indicator: &str) -> bool {
        computed_indicators(&IndicatorInput::default()).iter().any(|computed| computed.indicator == indicator)
    }
}

/// Over sets, so that the order of what is counted means nothing.
impl IndicatorInput {
    /// Counts what these records give of a period; what may lie outside it is not counted. What an office does not read is
    /// left `None`.
    pub fn count(records: &IndicatorRecords<'_>, period: Span) -> Self {
        let number = |count: usize| Some(u32::try_from(count).unwrap_or(u32::MAX));
        let inside = |date: &PartialDate| period.first <= date.span().first && date.span().last <= period.last;
        let there = |bimtek: &Bimtek, person: PersonId| {
            bimtek.present_on(person).iter().any(|day| (period.first..=period.last).contains(day))
        };
        let trained: BTreeSet<PersonId> = records
            .bimteks
            .iter()
            .flat_map(|bimtek| bimtek.people().into_iter().filter(|person| there(bimtek, *person)))
            .collect();
        let producing: BTreeSet<&Coordinate> = records
            .runs
            .iter()
            .filter(|run| run.fields.date.one().is_some_and(inside))
            .filter_map(|run| run.fields.group.one())
            .collect();
        let grown = |group: &&&Group| group.fields.cooperative.one().is_some_and(inside);
        let begun = |found: &&&Participation| found.events.started.iter().any(|said| inside(&said.what.date));
        Self {
            trained: number(trained.len()),
            cooperatives: number(records.groups.iter().filter(grown).count()),
            meetings: None,
            producing_groups: number(producing.len()),
            businesses: number(records.participations.iter().filter(begun).count()),
            savers_and_borrowers: records
                .money
                .and_then(|(ledgers, loans)| number(savers_and_borrowers(ledgers, loans, inside).len())),
            agreements: None,
        }
    }
}

/// Who saved or borrowed: whose savings came in, and who was paid out a loan or paid an instalment. A line about a loan need
/// not name anybody; the loan does.
fn savers_and_borrowers(
    ledgers: &[&Ledger],
    loans: &[&Loan],
    inside: impl Fn(&PartialDate) -> bool,
) -> BTreeSet<PersonId> {
    let borrower = |doc: &Coordinate| loans.iter().find(|loan| loan.doc == *doc)?.fields.person.one().copied();
    let lines = ledgers.iter().flat_map(|ledger| ledger.standing()).filter(|said| inside(&said.what.date));
    let who = lines.filter_map(|said| match said.what.kind {
        EntryKind::Savings => said.what.person,
        EntryKind::PaidOut | EntryKind::Instalment => said.what.loan.as_ref().and_then(borrower).or(said.what.person),
        EntryKind::CapitalMinistry
        | EntryKind::CapitalBank
        | EntryKind::VillageGrant
        | EntryKind::Sale
        | EntryKind::Cost
        | EntryKind::Share
        | EntryKind::SavingsBack => None,
    });
    who.collect()
}
