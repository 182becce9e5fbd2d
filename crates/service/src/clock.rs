//! Whether the clock of this computer can be believed. A date that is filled in by itself stands in records for good, so
//! none is where the clock lies before the last entry here, or far from what other offices say.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use driver::Node;
use records::Date;

use crate::{Service, problem::Problem, sheet_write::today};

/// How far it may be off from others, in milliseconds.
const OFF_MAX_MS: i64 = 5 * 60 * 1000;

/// How far it may lie before the last entry.
const BEHIND_MAX_MS: i64 = 60 * 1000;

/// Why the clock may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockDoubt {
    /// The last entry of this computer was written later, in Unix milliseconds.
    BeforeOwn(i64),
    /// Most other offices say something else; it is ahead by so many milliseconds.
    OffFromOthers(i64),
}

/// What speaks for or against the clock.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// When the newest own entry claims to have been written.
    written_ms: AtomicI64,
    /// How far the clock was ahead of what most others say at the last look; none while nobody can tell.
    ahead_ms: Mutex<Option<i64>>,
}

fn doubt(now_ms: i64, written_ms: i64, ahead_ms: Option<i64>) -> Option<ClockDoubt> {
    match ahead_ms {
        Some(ahead) if !(-OFF_MAX_MS..=OFF_MAX_MS).contains(&ahead) => Some(ClockDoubt::OffFromOthers(ahead)),
        // What others agree with is right, whatever was written while it was wrong.
        Some(_) => None,
        None => (now_ms.saturating_add(BEHIND_MAX_MS) < written_ms).then_some(ClockDoubt::BeforeOwn(written_ms)),
    }
}

impl Clock {
    /// Looks when this node wrote last.
    pub(crate) fn open(node: &Node) -> Result<Self, Problem> {
        let clock = Self::default();
        for (journal, point) in node.held()?.into_iter().flat_map(|(_, journals)| journals) {
            if journal.node == node.key()
                && let Some(header) = node.entry_header(&journal, point.seq)?
            {
                clock.written_ms.fetch_max(header.time_ms, Ordering::Relaxed);
            }
        }
        Ok(clock)
    }

    pub(crate) fn wrote(&self) {
        self.written_ms.fetch_max(jiff::Timestamp::now().as_millisecond(), Ordering::Relaxed);
    }

    pub(crate) fn compared(&self, ahead_ms: Option<i64>) {
        *self.ahead_ms.lock().unwrap_or_else(PoisonError::into_inner) = ahead_ms;
    }
}

impl Service {
    /// Why the clock may be wrong; none while nothing speaks against it.
    pub fn clock_doubt(&self) -> Option<ClockDoubt> {
        let clock = &self.0.clock;
        let ahead = *clock.ahead_ms.lock().unwrap_or_else(PoisonError::into_inner);
        doubt(jiff::Timestamp::now().as_millisecond(), clock.written_ms.load(Ordering::Relaxed), ahead)
    }

    /// The day, where the clock can be believed.
    pub fn believed_today(&self) -> Option<Date> {
        self.clock_doubt().is_none().then(today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_doubted_by_the_last_entry_and_by_what_others_say_and_believed_where_they_agree() {
        const NOW: i64 = 1_763_750_000_000;
        let hour = 3_600_000;
        for (written, ahead, expected) in [
            (NOW - hour, None, None),
            (NOW + BEHIND_MAX_MS, None, None),
            (NOW + hour, None, Some(ClockDoubt::BeforeOwn(NOW + hour))),
            (NOW + hour, Some(1000), None),
            (NOW - hour, Some(hour), Some(ClockDoubt::OffFromOthers(hour))),
            (NOW - hour, Some(-hour), Some(ClockDoubt::OffFromOthers(-hour))),
        ] {
            assert_eq!(doubt(NOW, written, ahead), expected, "{written} {ahead:?}");
        }
    }
}
