//! One figure beside its budget.

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use serde::Serialize;

/// A figure.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) measured: f64,
    pub(crate) unit: &'static str,
    /// Empty where there is none.
    pub(crate) budget: String,
    /// What today's best alternatives take for the same work.
    pub(crate) alternatives: &'static str,
}

impl Row {
    pub(crate) fn new(what: &str, measured: f64, unit: &'static str) -> Self {
        Self { what: what.to_owned(), measured, unit, budget: String::new(), alternatives: "" }
    }

    pub(crate) fn budget(self, budget: impl Into<String>) -> Self {
        Self { budget: budget.into(), ..self }
    }

    pub(crate) fn against(self, alternatives: &'static str) -> Self {
        Self { alternatives, ..self }
    }
}

/// All figures of one size.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// Of what there are so many.
    pub(crate) of: &'static str,
    pub(crate) count: u64,
    pub(crate) rows: Vec<Row>,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut table = Table::new();
        table.load_preset(NOTHING).set_header(["what", "measured", "", "budget", "alternatives"]);
        for row in &self.rows {
            let digits = if row.measured >= 100.0 { 0 } else { 2 };
            let measured = format!("{:.digits$}", row.measured);
            table.add_row([row.what.as_str(), &measured, row.unit, &row.budget, row.alternatives]);
        }
        if let Some(column) = table.column_mut(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        write!(f, "{} {}\n{table}", self.count, self.of)
    }
}
