//! The contract as stories: real processes of `simpul`, real QUIC on the loopback, real stores. One module, one story.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test at the edge")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks for a few kinds of messages and passes over the rest")]

mod admitted_later;
mod agreements;
mod bundles;
mod clocks;
mod copied;
mod durable;
mod edited_together;
mod files;
mod found_and_see;
mod health;
mod join_while_writing;
mod killed;
mod lost_laptop;
mod monitoring;
mod newer;
mod newer_version;
mod offline;
mod policy;
mod rebuilt;
mod restored;
mod resumed;
mod rolled_back;
mod scopes;
mod second_run;
mod stolen_key;
mod strangers;
mod tap;
mod troubles;
mod two_versions;
mod udp_blocked;
mod unreadable;
mod upgraded;
mod upkeep;
mod words;

/// Desa Kuripan in Watumalang.
const KURIPAN: &str = "33.07.10.2004";

/// What Desa Kuripan's records lie in.
const IDENTITY: &str = "identity/33.07.10.2004";

/// What Desa Kuripan's participants do in the programme.
const PARTICIPATION: &str = "participation/33.07.10.2004";
