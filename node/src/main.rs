//! `simpul`: one node. Reads the command line and the config, starts what they ask for, and ends in good order.
//!
//! Exit (`simpul health` aside, which has its own): 0: done; 1: failed, with `error:` and, where there is one, `hint:` on stderr; 2: the command line is wrong.

#![allow(clippy::disallowed_methods, reason = "an edge: the clock enters here")]

mod ask;
mod carry;
mod cli;
mod commands;
mod config;
mod desk;
mod health;
mod print;
mod run;

use std::process::ExitCode;

use clap::Parser;

/// What to do about a failure; the outermost context of an error that is one.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
struct Hinted {
    problem: String,
    hint: String,
}

impl Hinted {
    fn error(problem: impl ToString, hint: impl Into<String>) -> anyhow::Error {
        anyhow::Error::new(Self { problem: problem.to_string(), hint: hint.into() })
    }
}

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    if let cli::Command::Health(arguments) = &cli.command {
        return health::run(arguments);
    }
    let done = if let cli::Command::Run(arguments) = &cli.command {
        run::run(arguments)
    } else if let cli::Command::Desk(arguments) = &cli.command {
        desk::run(arguments)
    } else {
        commands::run(cli.command)
    };
    match done {
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
