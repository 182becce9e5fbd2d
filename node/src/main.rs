//! `simpul`: one node. Reads the command line and the config, starts what they ask for, and ends in good order.
//!
//! Exit 0: done; 1: failed, with `error:` and, where there is one, `hint:` on stderr; 2: the command line is wrong.

#![allow(clippy::disallowed_methods, reason = "an edge: the clock enters here")]

mod config;
mod run;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Keeps one set of records together with other offices, as equals.
#[derive(Parser)]
#[command(name = "simpul", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run this node until it is told to stop.
    Run(run::Arguments),
}

/// What to do about a failure; the outermost context of an error that is one.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
struct Hinted {
    problem: String,
    hint: &'static str,
}

fn main() -> ExitCode {
    let Command::Run(arguments) = Arguments::parse().command;
    match run::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "where a command line tells its failure")]
fn tell(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
    if let Some(Hinted { hint, .. }) = error.downcast_ref() {
        eprintln!("hint: {hint}");
    }
}
