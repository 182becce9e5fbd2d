//! `scripts/crash`: real nodes are killed at random moments, lose their power, have their disks damaged and filled up;
//! what they had promised must be kept. Prints what it counted.
//!
//! A seed repeats all choices of the harness. What the machine chooses, such as which of two threads is first, it does
//! not repeat: so what a failing case found is kept beside.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test at the edge: what must not fail ends it"
)]
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::wildcard_enum_match_arm, reason = "of all answers one is looked for")]

mod api;
mod chance;
mod cuts;
mod damages;
mod full;
mod kills;
#[path = "../../crates/driver/tests/net/mod.rs"]
mod net;

use std::process::ExitCode;

use clap::Parser;

/// Kills, power cuts, damages and full disks, counted.
#[derive(Debug, Parser)]
struct Arguments {
    /// How often a running node is killed under load.
    #[arg(long, default_value_t = 50)]
    kills: usize,
    /// At how many operations on the disk the power is cut.
    #[arg(long, default_value_t = 200)]
    cuts: usize,
    /// How often a disk is damaged.
    #[arg(long, default_value_t = 500)]
    damages: usize,
    /// How often a disk is filled up.
    #[arg(long, default_value_t = 1)]
    full: usize,
    /// Where all choices come from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only this damage: what a failure names.
    #[arg(long, value_name = "NUMBER")]
    damage: Option<usize>,
    /// The part that has a small disk mounted; started by the other.
    #[arg(long, hide = true, value_name = "FOLDER")]
    inside: Option<std::path::PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // What the nodes in this process say, for whoever looks for a fault.
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("SIMPUL_LOG") {
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
    if let Some(folder) = &arguments.inside {
        return told(
            "a full disk",
            full::inside(folder, arguments.seed),
            "scripts/crash --kills 0 --cuts 0 --damages 0",
        );
    }
    let Arguments { kills, cuts, damages, full, seed, damage, inside: _ } = arguments;
    let again = |part: &str| {
        let parts = ["kills", "cuts", "damages", "full"].into_iter().filter(|one| !part.starts_with(one));
        let none: String = parts.map(|one| format!(" --{one} 0")).collect();
        format!("scripts/crash{none} --{part} --seed {seed}")
    };
    let mut ends = Vec::new();
    if kills > 0 {
        ends.push(told("kill -9", kills::run(kills, seed), &again(&format!("kills {kills}"))));
    }
    if cuts > 0 {
        ends.push(told("power cuts", cuts::run(cuts, seed, cuts::Syncs::All), &again(&format!("cuts {cuts}"))));
    }
    if damages > 0 {
        let which = damage.map_or(0..damages, |one| one..one + 1);
        ends.push(told("damages", damages::run(which, seed), &again(&format!("damages {damages}"))));
    }
    if full > 0 {
        ends.push(told("full disks", full::run(full, seed), &again(&format!("full {full}"))));
    }
    if ends.contains(&ExitCode::FAILURE) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints what a part counted, or why it failed and what repeats it.
fn told(part: &str, counted: Result<impl std::fmt::Display, String>, again: &str) -> ExitCode {
    match counted {
        Ok(counts) => {
            println!("{part}\n{counts}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{part}\n  FAILED: {why}\n  again: {again}");
            ExitCode::FAILURE
        }
    }
}

/// The lines of a table, each a count and what it counts.
fn lines(f: &mut std::fmt::Formatter<'_>, counts: &[(usize, &str)]) -> std::fmt::Result {
    counts.iter().try_for_each(|(count, of)| writeln!(f, "{count:>8}  {of}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every commit stands for.
    const SEED: u64 = 1;

    #[test]
    fn fifty_kills_under_load_lose_no_acknowledged_write() {
        kills::run(50, SEED).map(|counts| println!("{counts}")).unwrap();
    }

    #[test]
    fn the_power_may_go_at_any_of_two_hundred_operations() {
        cuts::run(200, SEED, cuts::Syncs::All).map(|counts| println!("{counts}")).unwrap();
    }

    #[test]
    fn a_disk_that_does_not_sync_is_found_out() {
        cuts::run(200, SEED, cuts::Syncs::None).unwrap_err();
    }

    // Five hundred in two halves, for two cores.
    #[test]
    fn damages_show_nothing_wrong_and_lose_nothing_that_another_holds() {
        damages::run(0..250, SEED).map(|counts| println!("{counts}")).unwrap();
    }

    #[test]
    fn further_damages_show_nothing_wrong_and_lose_nothing_that_another_holds() {
        damages::run(250..500, SEED).map(|counts| println!("{counts}")).unwrap();
    }

    #[test]
    fn a_full_disk_takes_orders_and_no_data_and_goes_on_once_there_is_room() {
        full::run(1, SEED).map(|counts| println!("{counts}")).unwrap();
    }
}
