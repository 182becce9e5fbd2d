//! The pages in a real Chromium, at real nodes: what officers do in a day, words, keyboard, narrow screens, script switched
//! off, axe-core, the content policy.
//!
//! Each story leaves pictures in `target/screenshots/` to be looked at. Without a browser or axe-core a story fails and
//! says what to install; none is skipped.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test at the edge")]

mod attendance;
mod browser;
mod coordination;
mod counter;
mod course;
mod desk;
mod health;
mod import;
mod looks;
mod mulai;
mod officers;
mod one_office;
mod places;
mod stick;
mod two_offices;
mod village;
