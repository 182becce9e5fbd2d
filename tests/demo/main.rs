//! The demo: thirteen offices with their real names and codes, and a fourteenth on the second day, each its own process,
//! play one story on this machine.
//!
//! Every step is checked before it is told as done; what does not come ends the demo with a failure. With `--once` it
//! ends there, else the offices stay up until Ctrl-C.

#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, reason = "it is there to print")]

mod agreement;
mod kupang;
mod story;
mod year;

use std::{process::ExitCode, time::Instant};

use simpul_tests::harness::Network;

/// Says what was done, with the seconds since the start.
pub(crate) struct Teller {
    began: Instant,
    steps: u32,
}

impl Teller {
    /// The headline of a step.
    pub(crate) fn step(&mut self, headline: &str) {
        self.steps += 1;
        println!("\n{}. {headline} ({} s)", self.steps, self.began.elapsed().as_secs());
    }

    /// Something that was checked.
    pub(crate) fn checked(&self, sentence: impl AsRef<str>) {
        println!("   ✓ {}", sentence.as_ref());
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let once = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--once"] => true,
        _ => {
            eprintln!("error: the demo takes --once or nothing");
            return ExitCode::from(2);
        }
    };
    // From here on Ctrl-C ends the wait below, or makes the running step fail; either way everything is cleared away.
    let interrupted = interruption();
    let mut teller = Teller { began: Instant::now(), steps: 0 };
    let net = story::play(&mut teller);
    println!("\nEverything above was checked, in {} s.", teller.began.elapsed().as_secs());
    if !once {
        pages(&net);
        println!("\nThe offices stay up. Ctrl-C ends them and removes {}.", net.folder().display());
        // An end of the listening thread is the end of the wait too.
        let _ = interrupted.recv();
    }
    ExitCode::SUCCESS
}

/// Where each office's pages are, and how to log in there.
fn pages(net: &Network) {
    println!(
        "\nThe pages of each office, and its data folder for commands (simpul … --data DIR). At each a visitor can log in"
    );
    println!("for the first time, at /masuk/kode as `tamu` with the code:");
    for office in net.offices().filter(|office| office.runs()) {
        let web = office.web().unwrap_or_default();
        let roles = ["--role", "petugas", "--role", "verifikator", "--role", "admin"];
        let said = office.ask(&[&["officer", "add", "tamu", "--name", "Tamu"][..], &roles].concat()).done();
        let code = said.lines().find_map(|line| line.strip_prefix("code ")).unwrap_or_default();
        println!("   {:<42} {web:<24} {code}  {}", title(office), office.folder.display());
    }
}

/// The office's name, with the village's district where two share it.
pub(crate) fn title(office: &simpul_tests::harness::Office) -> String {
    let name = office.place.name.split(',').next().unwrap_or(office.place.name);
    let shown = match (office.place.short, office.label.as_str()) {
        ("kuripan", "kuripan") => format!("{name} (Watumalang)"),
        ("kuripan", _) => format!("{name} (Watumalang), new laptop"),
        ("garung", _) => format!("{name} (Garung)"),
        _ => name.to_owned(),
    };
    shown.chars().take(41).collect()
}

/// Hears of Ctrl-C.
fn interruption() -> std::sync::mpsc::Receiver<()> {
    let (say, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            // If signals cannot be heard, Ctrl-C ends the process as it always does.
            let _ = runtime.block_on(tokio::signal::ctrl_c());
        }
        // Nobody waits any more when the story ended with a failure.
        let _ = say.send(());
    });
    hear
}
