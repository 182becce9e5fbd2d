//! One input for one target. Built by `scripts/fuzz`, libFuzzer thinks of the inputs; built otherwise, they are files:
//! `fuzz TARGET FILE…` says how each ends.

#![cfg_attr(fuzzing, no_main)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is there to print")]

#[cfg(fuzzing)]
mod fuzzer {
    use std::sync::LazyLock;

    /// libFuzzer takes every argument for its own, so the target's name comes from the environment.
    static TARGET: LazyLock<&fuzz::Target> = LazyLock::new(|| {
        let name = std::env::var("SIMPUL_FUZZ").unwrap_or_default();
        fuzz::target(&name).unwrap_or_else(|| panic!("SIMPUL_FUZZ names no target: {name:?}"))
    });

    libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drop((TARGET.run)(bytes)));
}

#[cfg(not(fuzzing))]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((target, files)) = arguments.split_first().and_then(|(name, files)| Some((fuzz::target(name)?, files)))
    else {
        eprintln!("error: which target?");
        let names: Vec<&str> = fuzz::TARGETS.iter().map(|target| target.name).collect();
        eprintln!("hint: fuzz TARGET FILE…, where TARGET is one of {}", names.join(", "));
        return std::process::ExitCode::from(2);
    };
    for file in files {
        match std::fs::read(file) {
            Ok(bytes) => println!("{file}: {:?}", (target.run)(&bytes)),
            Err(error) => {
                eprintln!("error: cannot read {file}: {error}");
                return std::process::ExitCode::FAILURE;
            }
        }
    }
    std::process::ExitCode::SUCCESS
}
