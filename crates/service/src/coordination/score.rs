//! Ndraha's seven indicators of a region and year, counted from what is read here, with the documents behind each count
//! and what S1 found in 2016 where it did.

use identity::Coordinate;
use records::{
    Date, Span,
    coordination::{Coordination, Score, Shelf, scorecard},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::sheet_id;

use super::{YEARS, overview::CoordinationLine};
use crate::{
    Service,
    both::Both,
    panel::{both, same, shown},
    participants::parse_region,
    problem::{Code, Problem},
    sheet_kinds::code_of,
    sheet_write::today,
};

/// The most documents that are named behind one count.
const EVIDENCE_MAX: usize = 20;

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeasureView {
    /// What.
    pub what: Both,
    /// How many.
    pub count: u64,
    /// Of how many; none where it is no share.
    pub of: Option<u64>,
    /// The documents that show it, at most twenty.
    pub evidence: Vec<CoordinationLine>,
}

/// What was found before Simpul.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BaselineView {
    /// The year.
    pub year: i16,
    /// How far it was formed, by its code.
    pub code: String,
    /// How far it was formed.
    pub level: Both,
    /// What was found.
    pub finding: Both,
    /// Where it is written.
    pub source: String,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoreView {
    /// What it is called.
    pub indicator: Both,
    /// `tanpa_catatan`, `belum`, `sebagian` or `terbentuk`.
    pub code: String,
    /// The same in words.
    pub level: Both,
    /// What was counted.
    pub measures: Vec<MeasureView>,
    /// What was found before.
    pub baseline: Option<BaselineView>,
}

/// The indicators of a region and year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScorecardView {
    /// The code of the region.
    pub region: String,
    /// The year.
    pub year: i16,
    /// Whether only what this office did is counted.
    pub own: bool,
    /// The indicators, in Ndraha's order.
    pub scores: Vec<ScoreView>,
}

impl Service {
    /// The indicators of a region and year; this office's region and this year if none are named.
    pub(crate) async fn scorecard(
        &self,
        region: Option<&str>,
        year: Option<i16>,
        own: bool,
    ) -> Result<ScorecardView, Problem> {
        let region = match region {
            Some(text) => {
                parse_region(text).map_err(|problem| Problem { field: Some("region".to_owned()), ..problem })?
            }
            None => self.own_region()?,
        };
        let year = year.unwrap_or_else(|| today().year());
        let day = |month, day| Date::new(year, month, day).ok().filter(|_| YEARS.contains(&year));
        let (Some(first), Some(last)) = (day(1, 1), day(12, 31)) else {
            return Err(Problem::said(
                Code::BadInput,
                Some("year"),
                "tahunnya tidak cocok: tulis seperti 2026",
                "no such year: write 2026",
            ));
        };
        let shelf = self.shelf().await?;
        let office = own.then(|| self.node().office());
        let card = scorecard(&shelf, &region, Span { first, last }, office);
        let scores = card.scores.iter().map(|score| view(&shelf, score)).collect();
        Ok(ScorecardView { region: region.to_string(), year, own, scores })
    }
}

fn view(shelf: &Shelf, score: &Score) -> ScoreView {
    let measure = |measure: &records::coordination::Measure| MeasureView {
        what: shown(&measure.kind),
        count: measure.count as u64,
        of: measure.of.map(|of| of as u64),
        evidence: measure.evidence.iter().take(EVIDENCE_MAX).filter_map(|doc| evidence(shelf, doc)).collect(),
    };
    ScoreView {
        indicator: shown(&score.indicator),
        code: score.level.code().to_owned(),
        level: shown(&score.level),
        measures: score.measures.iter().map(measure).collect(),
        baseline: score.baseline.map(|found| BaselineView {
            year: found.year,
            code: found.level.code().to_owned(),
            level: shown(&found.level),
            finding: both(found.finding.id, found.finding.en),
            source: found.source.to_owned(),
        }),
    }
}

fn evidence(shelf: &Shelf, doc: &Coordinate) -> Option<CoordinationLine> {
    let found: Coordination = super::find(shelf, doc)?;
    let summary = found.summary();
    let [id, en] = summary.title;
    let kind = code_of(found.kind());
    (!kind.is_empty()).then(|| CoordinationLine {
        kind: kind.to_owned(),
        id: sheet_id(doc),
        title: both(id, en),
        state: summary.state.map_or_else(|| same(""), |state| both(state.id, state.en)),
        late: false,
    })
}
