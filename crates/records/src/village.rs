//! The village as a whole: its profile and stages, the plan, the indicators, the report, and what hangs on the board.

mod activity;
mod board;
mod indicators;
mod plan;
mod profile;
mod report;

pub use activity::{Activity, ActivityEvents, ActivityFields, ActivityKind, WasThere};
pub use board::{BoardFields, BoardKind, BoardNotice};
pub use indicators::{
    Computed, INDICATORS, Indicator, IndicatorCell, IndicatorEvents, IndicatorFields, IndicatorInput, IndicatorKind,
    IndicatorRecords, IndicatorValue, Indicators, Thousandths, computed_indicators, indicator_list,
};
pub use plan::{ActionPlan, PlanApproved, PlanEvents, PlanFields, PlanStep, PlanStepDone, Socialised};
pub use profile::{
    Criterion, CriterionMet, Identification, Identified, ProfileEvents, ProfileFields, VillageProfile, VillageStage,
    VillageStageReached,
};
pub use report::{
    Report, ReportEvents, ReportFields, ReportState, ReportSubmitted, ReportTables, figure_words, last_report_period,
};

pub(crate) use activity::ACTIVITY;
pub(crate) use board::BOARD;
pub(crate) use indicators::INDICATOR_VALUES;
pub(crate) use plan::PLAN;
pub(crate) use profile::PROFILE;
pub(crate) use report::REPORT;

#[cfg(test)]
mod tests;
