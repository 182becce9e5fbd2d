//! How much one peer may send: a bucket that holds one minute's worth and fills steadily.
//!
//! Pure: the caller says what time it is.

use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

/// What is left of a peer's budget. It may be overdrawn by one read; then the peer waits.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes_per_minute_max: u64,
    /// Bytes taken and not yet forgiven.
    taken: f64,
    as_of: Instant,
}

impl Budget {
    pub(crate) fn new(bytes_per_minute_max: u64, now: Instant) -> Self {
        Self { bytes_per_minute_max: bytes_per_minute_max.max(1), taken: 0.0, as_of: now }
    }

    /// Takes note of bytes that came.
    pub(crate) fn take(&mut self, bytes: usize, now: Instant) {
        self.forgive(now);
        self.taken += bytes as f64;
    }

    /// How long to wait before the next read.
    pub(crate) fn wait(&mut self, now: Instant) -> Option<Duration> {
        self.forgive(now);
        let over = self.taken - self.bytes_per_minute_max as f64;
        (over > 0.0).then(|| Duration::from_secs_f64(over / self.bytes_per_second()).min(MINUTE))
    }

    /// Whether nothing is owed, so that this can be forgotten.
    pub(crate) fn is_settled(&mut self, now: Instant) -> bool {
        self.forgive(now);
        self.taken <= 0.0
    }

    fn forgive(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.as_of).as_secs_f64();
        self.taken = (self.taken - seconds * self.bytes_per_second()).max(0.0);
        self.as_of = now;
    }

    fn bytes_per_second(&self) -> f64 {
        self.bytes_per_minute_max as f64 / MINUTE.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_is_free_and_more_must_wait() {
        let start = Instant::now();
        let mut budget = Budget::new(6000, start);
        budget.take(6000, start);
        assert_eq!(budget.wait(start), None);
        budget.take(200, start);
        assert_eq!(budget.wait(start), Some(Duration::from_secs(2)));
        assert_eq!(budget.wait(start + Duration::from_secs(2)), None);
        assert!(!budget.is_settled(start + Duration::from_secs(61)));
        assert!(budget.is_settled(start + Duration::from_secs(63)));
    }

    #[test]
    fn a_clock_that_stands_still_or_steps_back_gives_nothing_away() {
        let start = Instant::now();
        let later = start + Duration::from_secs(10);
        let mut budget = Budget::new(60, later);
        budget.take(90, later);
        assert_eq!(budget.wait(start), Some(Duration::from_secs(30)));
    }
}
