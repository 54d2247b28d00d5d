//! How far the projections may fall behind before intake waits for them.
//!
//! Only growth counts: what was to be folded when they began to follow (at the start, after new rules, in a rebuild) is no
//! reason to refuse events, which the log can take at any time. So the bound is over the smallest lag there has been since
//! then: while they catch up it sinks with them, and intake goes on as long as they are not slower than it; once they have
//! caught up it is zero, and whoever posts and then asks finds the event. When they are stuck, intake stops after
//! `limit` further entries.

use std::sync::atomic::{AtomicU64, Ordering};

/// The smallest lag since the projections began to follow.
#[derive(Debug)]
pub struct Backlog {
    least: AtomicU64,
}

impl Default for Backlog {
    fn default() -> Self {
        Self { least: AtomicU64::new(u64::MAX) }
    }
}

impl Backlog {
    /// The projections begin anew, so what is to be folded now is no growth.
    pub fn begin(&self) {
        self.least.store(u64::MAX, Ordering::Relaxed);
    }

    /// True when the lag, in entries, has grown by more than `limit`.
    pub fn has_grown(&self, lag: u64, limit: u64) -> bool {
        let least = self.least.fetch_min(lag, Ordering::Relaxed).min(lag);
        lag - least > limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_growth_counts() {
        let backlog = Backlog::default();
        // A rebuild that is faster than intake, for as long as it takes.
        for lag in (1_000..10_000_000).rev().step_by(7_001) {
            assert!(!backlog.has_grown(lag, 50_000), "{lag}");
        }
        // Caught up: as ever.
        assert!(!backlog.has_grown(0, 50_000));
        assert!(!backlog.has_grown(50_000, 50_000));
        assert!(backlog.has_grown(50_001, 50_000));
        assert!(!backlog.has_grown(3, 50_000));
        // Stuck while it catches up.
        backlog.begin();
        assert!(!backlog.has_grown(2_000_000, 50_000));
        assert!(!backlog.has_grown(2_050_000, 50_000));
        assert!(backlog.has_grown(2_050_001, 50_000));
    }
}
