//! The 24 indicators of a village in a period: what offices report, what the records give, and the baseline beside them.

use std::collections::BTreeMap;

use identity::{Class, Region, ScopeName};
use records::{
    Bimtek, Computed, FieldType, Group, INDICATORS, Indicator, IndicatorCell, IndicatorInput, IndicatorRecords,
    IndicatorValue, Indicators, Ledger, Loan, ProgrammeRecord, Said, Span, computed_indicators,
    coordination::{agreements_ratified, meetings_held},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Reader, ViewsError};

use crate::{
    Service,
    both::Both,
    panel::{both, same, shown},
    problem::Problem,
    reading::Known,
    record::{Who, who_said},
};

/// One indicator in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorLine {
    /// Its code, e.g. `O2`.
    pub code: String,
    /// Output, outcome or benefit.
    pub kind: Both,
    /// What it says, in the words of the programme.
    pub text: Both,
    /// The state before the programme: none, one, or one an office where they differ.
    pub baseline: Vec<ReportedValue>,
    /// The values of this period, likewise.
    pub values: Vec<ReportedValue>,
    /// Whether it is one of those that records give.
    pub is_computed: bool,
    /// What the records held here give now; none where they are not read here or say nothing of it.
    pub computed: Option<Both>,
    /// What this office reports: the value of this period and the baseline, as they are typed.
    pub own: [Option<OwnValue>; 2],
    /// Baseline, earlier periods and this one, for a chart.
    pub course: Vec<CoursePoint>,
}

/// A value that an office reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportedValue {
    /// With its unit.
    pub text: Both,
    /// How it was measured, and from which source.
    pub from: String,
    /// Who reports it.
    pub who: Who,
}

/// A value of this office, as a form takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnValue {
    /// The value.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// How it was measured.
    pub method: String,
    /// The source.
    pub source: String,
}

/// One bar of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoursePoint {
    /// The period, or that it is the baseline.
    pub label: Both,
    /// The value in thousandths.
    pub thousandths: i64,
    /// The value with its unit.
    pub text: Both,
    /// It is the state before the programme.
    pub baseline: bool,
}

impl Service {
    /// Every indicator of a period; none for other records.
    pub(crate) async fn indicators(
        &self,
        record: &ProgrammeRecord,
        known: &Known,
    ) -> Result<Vec<IndicatorLine>, Problem> {
        let ProgrammeRecord::Indicators(sheet) = record else { return Ok(Vec::new()) };
        let place = sheet.place.clone();
        let reads_money = place.as_ref().is_some_and(|village| self.reads(Class::Money, village));
        let period = sheet.fields.period.first().map(|period| period.span());
        let village = place.as_ref().filter(|village| village.is_village());
        // Where the village's coordination takes place.
        let regency = village.and_then(Region::parent).and_then(|district| district.parent());
        let (mut input, periods) = self
            .reading()
            .look(move |views| {
                let input = match (&place, period) {
                    (Some(village), Some(period)) if village.is_village() => {
                        counted(views, village, reads_money, period)?
                    }
                    (_, _) => IndicatorInput::default(),
                };
                Ok((input, periods(views, place)?))
            })
            .await?;
        if let (Some(regency), Some(period)) = (regency, period) {
            let shelf = self.shelf().await?;
            let count = |count: Option<usize>| count.and_then(|count| u32::try_from(count).ok());
            input.meetings = count(meetings_held(&shelf, &regency, period));
            input.agreements = count(agreements_ratified(&shelf, &regency, period));
        }
        let office = self.node().office();
        let computed: BTreeMap<&str, Computed> =
            computed_indicators(&input).into_iter().map(|computed| (computed.indicator, computed)).collect();
        let line = |indicator: &Indicator| {
            let code = indicator.code.as_str();
            let own = |baseline| sheet.own(&office, code, baseline).map(|said| own_value(&said.what));
            let counted = computed.get(code).and_then(|computed| Some((computed.count?, computed.what)));
            IndicatorLine {
                code: code.to_owned(),
                kind: indicator.kind.words().into(),
                text: Both::of(|lang| indicator.text(lang).to_owned()),
                baseline: reported(sheet, code, true, known),
                values: reported(sheet, code, false, known),
                is_computed: computed.contains_key(code),
                computed: counted
                    .map(|(count, what)| both(format!("{count} {}", what.id), format!("{count} {}", what.en))),
                own: [own(false), own(true)],
                course: course(&periods, code, counted.map(|(count, _)| count)),
            }
        };
        Ok(INDICATORS.iter().map(line).collect())
    }

    /// Whether this office reads a class of records of a village; before it is admitted, what it writes itself.
    fn reads(&self, class: Class, village: &Region) -> bool {
        let Ok(scope) = ScopeName::of_region(class, village) else { return false };
        match self.node().charter() {
            Some(charter) if charter.node(&self.node().key()).is_some() => charter.may_read(&self.node().key(), &scope),
            Some(_) | None => self.may_write(&scope),
        }
    }
}

/// What the records of a village give of a period.
fn counted(views: &Reader, village: &Region, reads_money: bool, period: Span) -> Result<IndicatorInput, ViewsError> {
    let place = || Some(village.clone());
    let (bimteks, groups, runs) = (views.all::<Bimtek>(place())?, views.all::<Group>(place())?, views.all(place())?);
    let (ledgers, loans) = (views.all::<Ledger>(place())?, views.all::<Loan>(place())?);
    let participations = views.participations_in(village)?;
    let (ledgers, loans) = (ledgers.iter().collect::<Vec<_>>(), loans.iter().collect::<Vec<_>>());
    let records = IndicatorRecords {
        bimteks: &bimteks.iter().collect::<Vec<_>>(),
        participations: &participations.iter().collect::<Vec<_>>(),
        groups: &groups.iter().collect::<Vec<_>>(),
        runs: &runs.iter().collect::<Vec<_>>(),
        money: reads_money.then_some((&ledgers, &loans)),
    };
    Ok(IndicatorInput::count(&records, period))
}

/// The values of every period of the same place, the earliest first.
fn periods(views: &Reader, place: Option<Region>) -> Result<Vec<Indicators>, ViewsError> {
    let mut found: Vec<Indicators> = views.all(place.clone())?;
    found.retain(|sheet| sheet.place == place);
    found.sort_by_key(|sheet| (sheet.fields.period.first().map(|period| period.span().first), sheet.doc.clone()));
    Ok(found)
}

fn cell<'a>(sheet: &'a Indicators, code: &str, baseline: bool) -> Vec<&'a Said<IndicatorValue>> {
    match sheet.cell(code, baseline) {
        IndicatorCell::NotMeasured => Vec::new(),
        IndicatorCell::Measured(said) => vec![said],
        IndicatorCell::Different(all) => all,
    }
}

fn with_unit(value: &IndicatorValue) -> Both {
    Both::of(|lang| format!("{} {}", value.value.shown(lang), value.unit))
}

fn reported(sheet: &Indicators, code: &str, baseline: bool, known: &Known) -> Vec<ReportedValue> {
    let value = |said: &Said<IndicatorValue>| ReportedValue {
        text: with_unit(&said.what),
        from: format!("{}, {}", said.what.method, said.what.source),
        who: who_said(&said.by, known),
    };
    cell(sheet, code, baseline).into_iter().map(value).collect()
}

fn own_value(value: &IndicatorValue) -> OwnValue {
    OwnValue {
        value: value.value.to_text(),
        unit: value.unit.clone(),
        method: value.method.clone(),
        source: value.source.clone(),
    }
}

/// The baseline, then each period; what the records give now comes last.
fn course(periods: &[Indicators], code: &str, counted: Option<u32>) -> Vec<CoursePoint> {
    let mut points = Vec::new();
    for baseline in [true, false] {
        for sheet in periods {
            for said in cell(sheet, code, baseline) {
                points.push(CoursePoint {
                    label: match baseline {
                        true => both("Keadaan awal", "Before the programme"),
                        false => sheet.fields.period.first().map(shown).unwrap_or_default(),
                    },
                    thousandths: said.what.value.0,
                    text: with_unit(&said.what),
                    baseline,
                });
            }
        }
    }
    points.extend(counted.map(|count| CoursePoint {
        label: both("Dihitung sekarang", "Counted now"),
        thousandths: i64::from(count) * 1000,
        text: same(&count.to_string()),
        baseline: false,
    }));
    points
}
