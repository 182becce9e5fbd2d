//! The simulator: a whole programme of offices in one thread, under one seed, in virtual time.
//!
//! Replicas, journals, pages and the charter are the real ones; the disks, the network and the clock are not. A run
//! takes steps (write, cut, crash, clone, remove …), and after each step and at rest the promises of `design.md` §12
//! are checked. `SIM_SEED=8731 cargo test -p simpul-tests --test sim` replays one run; `SIM_SEEDS=200` runs more.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::wildcard_enum_match_arm,
    reason = "a test: what fails here stops the run and says where"
)]

mod disk;
mod net;
mod node;
mod random;
mod rest;
mod seeds;
mod stories;
mod world;
