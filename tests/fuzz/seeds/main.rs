//! Writes the inputs that a corpus begins with: real values, and each with the one thing spoiled that an error names.
//!
//! `cargo run --workspace --bin seeds` after a form has changed; what the fuzzer added lies beside them.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool of the tests: what must not fail ends it"
)]

mod carried;
mod pages;
mod signed;
mod typed;
mod wire;

use std::{fs, path::Path};

use fuzz::{Ends, Target};

/// An input and its name.
type Seed = (String, Vec<u8>);

/// The seeds of each target.
type Made = fn() -> Vec<Seed>;

fn main() {
    let seeds: [(&str, Made); 15] = [
        ("api", typed::api),
        ("beacon", signed::beacons),
        ("bundle", carried::bundles),
        ("change", pages::changes),
        ("draft", carried::drafts),
        ("entry", pages::entries),
        ("file", carried::files),
        ("fork", pages::forks),
        ("frame", wire::frames),
        ("import", typed::tables),
        ("page", pages::pages),
        ("receipt", signed::receipts),
        ("replica", wire::rows),
        ("statement", signed::statements),
        ("stream", wire::streams),
    ];
    for (name, made) in seeds {
        let seeds = made();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        fs::create_dir_all(&folder).unwrap();
        let target = fuzz::target(name).unwrap();
        let mut reached = Ends::new();
        for (name, bytes) in &seeds {
            reached.extend((target.run)(bytes));
            fs::write(folder.join(name.replace(' ', "-")), bytes).unwrap();
        }
        let missing: Vec<_> = target.ends.iter().copied().flatten().filter(|end| !reached.contains(*end)).collect();
        println!("{name}: {} inputs; not reached: {missing:?}", seeds.len());
    }
}

/// A named seed: the first byte, and the rest.
fn seed(name: &str, first: u8, rest: &[u8]) -> Seed {
    (name.to_owned(), [&[first], rest].concat())
}

/// Spoils single bytes of good inputs, and keeps those that end in a way that no other seed does.
fn spoiled(target: &Target, seeds: &mut Vec<Seed>) {
    let mut reached: Ends = seeds.iter().flat_map(|(_, bytes)| (target.run)(bytes)).collect();
    for (_, good) in seeds.clone() {
        for at in 0..good.len() {
            let cut = good[..at].to_vec();
            let changed = [0x00, 0x01, 0x10, 0x80, 0xff].map(|bits| {
                let mut bytes = good.clone();
                bytes[at] = if bits == 0 { 0 } else { bytes[at] ^ bits };
                bytes
            });
            for bytes in changed.into_iter().chain([cut]) {
                let new: Vec<_> = (target.run)(&bytes).into_iter().filter(|end| !reached.contains(end)).collect();
                if let Some(end) = new.first() {
                    seeds.push((end.replace("::", "-").to_lowercase(), bytes));
                    reached.extend(new);
                }
            }
        }
    }
}
