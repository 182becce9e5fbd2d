//! `scripts/bench`: the budgets of the design, measured on a release build. Every figure stands beside its budget and
//! beside what today's best alternatives take for the same work.
//!
//! Two nodes are two processes: this program starts itself for the other side. The load is [`set::DESCRIPTION`].

#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, reason = "a program that measures")]
#![allow(missing_docs, reason = "a program")]

mod anatomy;
mod measure;
mod offices;
mod pages;
mod row;
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
    /// Only the smallest size.
    #[arg(long)]
    quick: bool,
    /// One object of JSON instead of tables.
    #[arg(long)]
    json: bool,
    /// How many documents; several sizes one after the other.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    documents: Vec<u64>,
    /// How many documents the ministry's node holds; 0 leaves it out.
    #[arg(long, default_value_t = 1_000_000)]
    ministry: u64,
    /// How many participants the node has whose pages are asked for; 0 leaves it out.
    #[arg(long, default_value_t = 100_000)]
    people: u64,
    /// How many offices stand below the ministry whose health is measured; 0 leaves it out.
    #[arg(long, default_value_t = 4000)]
    offices: u64,
    /// Where sets are made and kept, so that each is made once; a temporary folder when left out.
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
        None => runtime.block_on(print(&arguments)),
    }
}

async fn print(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { quick, json, documents, ministry, people, offices, keep, .. } = arguments;
    let (documents, ministry, people, offices) =
        if *quick { (&[1000][..], 0, 0, 0) } else { (&documents[..], *ministry, *people, *offices) };
    let mut all = Vec::new();
    let mut show = |figures: row::Figures| {
        if !json {
            println!("{figures}\n");
        }
        all.push(figures);
    };
    for documents in documents {
        show(table::measure(*documents, keep.as_deref()).await?);
    }
    if ministry > 0 {
        show(table::ministry(ministry, keep.as_deref()).await?);
    }
    if people > 0 {
        show(pages::pages(people, keep.as_deref()).await?);
    }
    if offices > 0 {
        show(offices::offices(offices).await?);
    }
    if *json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    }
    Ok(())
}
