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
mod upgrade;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use std::os::unix::process::CommandExt;
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
    if matches!(cli.command, cli::Command::Run(_) | cli::Command::Desk(_)) {
        with_one_arena();
    }
    if let cli::Command::Health(arguments) = &cli.command {
        return health::run(arguments);
    }
    let done = if let cli::Command::Run(arguments) = &cli.command {
        run::run(arguments)
    } else if let cli::Command::Desk(arguments) = &cli.command {
        desk::run(arguments)
    } else if let cli::Command::Upgrade(arguments) = &cli.command {
        upgrade::run(arguments)
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

/// Starts this program again with one arena of memory for all threads, unless somebody set how many.
///
/// A node's threads hand what they make to one another: a worker reads a page, the disk thread stores it, the desk shows
/// it. With an arena for each thread, as the GNU allocator has them, what one lets go lies unused beside what another asks
/// for anew: a village that joins takes half as much again. It reads this setting from the environment of a program that
/// begins, and nowhere else.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn with_one_arena() {
    const ARENAS: &str = "MALLOC_ARENA_MAX";
    if std::env::var_os(ARENAS).is_none() {
        let mut words = std::env::args_os();
        let mut again = std::process::Command::new("/proc/self/exe");
        again.arg0(words.next().unwrap_or_default()).args(words).env(ARENAS, "1");
        // It comes back only where it failed; then the node takes more memory, and works.
        let _ = again.exec();
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn with_one_arena() {}

#[expect(clippy::print_stderr, reason = "where a command line tells its failure")]
fn tell(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
    if let Some(Hinted { hint, .. }) = error.downcast_ref() {
        eprintln!("hint: {hint}");
    }
}
