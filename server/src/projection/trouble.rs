//! A projector that fails again and again: how long it waits, and who hears of it. Whoever operates the server learns of
//! it from health at once and for as long as it lasts, from the log when it begins, now and then, and when it is over.

use super::ProjectionError;
use crate::health::{Health, Part};
use std::time::{Duration, Instant};

/// The first wait; each further one is twice as long,
const SHORTEST: Duration = Duration::from_secs(1);
/// up to this.
const LONGEST: Duration = Duration::from_secs(30);
/// The log is told again after so long.
const QUIET: Duration = Duration::from_secs(60);

/// Failures in a row.
pub struct Trouble<'a> {
    health: &'a Health,
    failures: u32,
    logged: Option<Instant>,
}

impl<'a> Trouble<'a> {
    /// So many so far.
    pub fn new(health: &'a Health, failures: u32) -> Self {
        Self { health, failures, logged: None }
    }

    /// How many there were.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// One more; how long to wait before the next try.
    pub fn failed(&mut self, error: &ProjectionError) -> Duration {
        let why = error.with_causes();
        self.health.broken(Part::Catalog, format!("the catalog cannot be brought up to date: {why}; trying again"));
        self.failures += 1;
        if self.logged.is_none_or(|logged| logged.elapsed() >= QUIET) {
            self.logged = Some(Instant::now());
            tracing::error!(error = why, failures = self.failures, "the projections stopped; trying again");
        }
        SHORTEST.saturating_mul(1 << (self.failures - 1).min(5)).min(LONGEST)
    }

    /// It worked.
    pub fn is_over(&mut self) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "the projections go on");
            self.health.mended(Part::Catalog);
            (self.failures, self.logged) = (0, None);
        }
    }
}
