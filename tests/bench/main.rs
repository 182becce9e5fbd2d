//! `scripts/bench`: the budgets of the design, measured on a release build. Every figure is printed beside its budget.
//!
//! Two nodes are two processes: this program starts itself for the other side. The load is [`set::DESCRIPTION`].

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a program that measures and prints")]
#![allow(missing_docs, reason = "a program")]

mod measure;
mod set;
mod table;
mod world;

use std::path::PathBuf;

use clap::Parser;

/// Measures the budgets.
#[derive(Debug, Parser)]
struct Arguments {
    /// Say what the standard set is.
    #[arg(long)]
    describe: bool,
    /// How many documents.
    #[arg(long, default_value_t = 10_000)]
    documents: u64,
    /// Where the set is made and kept, so that it is made once; a temporary folder when left out.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// One side of a measurement, in a process of its own.
    #[command(subcommand)]
    side: Option<measure::Side>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.describe {
        println!("{}", set::DESCRIPTION);
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match arguments.side {
        Some(side) => runtime.block_on(side.run()),
        None => runtime.block_on(table::print(arguments.documents, arguments.keep)),
    }
}
