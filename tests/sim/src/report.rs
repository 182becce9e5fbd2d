//! What runs showed: counts by name, and tables of them.

use std::{collections::BTreeMap, fmt};

use comfy_table::{Table, presets::NOTHING};

/// How often each of some things happened.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Counts(pub(crate) BTreeMap<&'static str, u64>);

impl Counts {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        other.0.iter().for_each(|(what, count)| *self.0.entry(what).or_default() += count);
    }

    /// Those of these that never happened.
    pub(crate) fn missing(&self, of: &[&'static str]) -> Vec<&'static str> {
        of.iter().filter(|what| !self.0.contains_key(*what)).copied().collect()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_preset(NOTHING);
        self.0.iter().for_each(|(what, count)| {
            table.add_row([(*what).to_owned(), count.to_string()]);
        });
        write!(f, "{table}")
    }
}

/// What one run showed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Outcome {
    pub(crate) fired: Counts,
    pub(crate) marks: Counts,
    pub(crate) figures: Figures,
}

/// What topologies are compared by.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) node_days: f64,
    /// From the last fault to the last news, in simulated milliseconds.
    pub(crate) convergence_ms: u64,
    pub(crate) bytes: u64,
    pub(crate) nodes: u64,
    pub(crate) entries_taken: u64,
    pub(crate) entries_repeated: u64,
    pub(crate) acknowledged: u64,
    pub(crate) stable: u64,
    pub(crate) never_read: u64,
}

impl Figures {
    pub(crate) fn add(&mut self, other: &Self) {
        self.node_days += other.node_days;
        self.convergence_ms = self.convergence_ms.max(other.convergence_ms);
        self.bytes += other.bytes;
        self.nodes += other.nodes;
        self.entries_taken += other.entries_taken;
        self.entries_repeated += other.entries_repeated;
        self.acknowledged += other.acknowledged;
        self.stable += other.stable;
        self.never_read += other.never_read;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, stable, never_read, .. } = self;
        let lost = acknowledged - stable - never_read;
        writeln!(f, "writes: {acknowledged} acknowledged, {stable} stable, {lost} lost, {never_read} never read")?;
        writeln!(f, "convergence: at most {:.1} s after the last fault", self.convergence_ms as f64 / 1000.0)?;
        writeln!(f, "wire: {:.0} kB a node", self.bytes as f64 / 1000.0 / self.nodes.max(1) as f64)?;
        let ratio = self.entries_repeated as f64 / self.entries_taken.max(1) as f64;
        write!(f, "said twice: {:.2} % of {} entries taken", 100.0 * ratio, self.entries_taken)
    }
}
