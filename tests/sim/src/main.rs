//! The simulator: a whole programme of offices in one thread, under one seed, in virtual time.
//!
//! Replicas, journals, pages, documents, the charter and the log's recovery are the real ones; the disks' platters, the
//! network and the clock are not. A run takes steps (write, cut, crash, clone, remove …), and after each step and at rest
//! the promises of `design.md` §12 are checked. `scripts/sim 8731` replays one run; `scripts/sim --seeds 200` runs more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a test: what fails here stops the run and says where"
)]

mod agreements;
mod broken;
mod cases;
mod day;
mod disk;
mod hostile;
mod model;
mod net;
mod node;
mod power;
mod random;
mod report;
mod rest;
mod risk;
mod runs;
mod schedule;
#[cfg(test)]
mod stories;
mod watch;
mod world;

use std::process::ExitCode;

use clap::Parser;

/// How many days a run lasts.
const DAYS: u64 = 30;

/// Simulates the programme's offices under one seed, or under many.
#[derive(Debug, Parser)]
struct Arguments {
    /// The run to replay; each step is printed.
    seed: Option<u64>,
    /// How many runs to make, from seed 1 on.
    #[arg(long, value_name = "COUNT", conflicts_with = "seed")]
    seeds: Option<u64>,
    /// The first of them.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    from: u64,
    /// How many nodes a network has: the programme's own 22, or a tree of so many.
    #[arg(long, value_name = "COUNT", default_value_t = world::PROGRAMME_NODES)]
    nodes: usize,
    /// How many days a run lasts.
    #[arg(long, value_name = "COUNT", default_value_t = DAYS)]
    days: u64,
    /// Of the seed's steps, only these: `3,11`, or `none`.
    #[arg(long, value_name = "STEPS", requires = "seed")]
    keep: Option<String>,
    /// Show that the checks bite: run each of the deliberately wrong variants, or the named one, until it is caught.
    #[arg(long, value_name = "VARIANT", num_args = 0..=1, default_missing_value = "")]
    broken: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Arguments { seed, seeds, from, nodes, days, keep, broken } = arguments;
    let done = if let Some(variant) = broken {
        broken::table(&variant, seeds.unwrap_or(runs::SEEDS))
    } else if let Some(seed) = seed {
        runs::replay(seed, nodes, days, keep.as_deref())
    } else {
        runs::many(from, seeds.unwrap_or(runs::SEEDS), nodes, days)
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
