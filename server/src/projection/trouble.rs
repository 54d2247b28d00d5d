//! Errors of search that may pass: how long to wait before the next try, and what is said of them meanwhile.

use super::ProjectionError;
use crate::health::{Health, Part};
use crate::search::Trust;
use std::sync::Arc;
use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// After so many tries in a row an index that cannot be opened is not taken to be sound any longer.
const TRIES: u32 = 12;

/// What went wrong since it last went well.
pub struct Trouble {
    tries: u32,
    health: Arc<Health>,
}

impl Trouble {
    /// None yet.
    pub fn new(health: Arc<Health>) -> Self {
        Self { tries: 0, health }
    }

    /// True when all is well.
    pub fn is_over(&self) -> bool {
        self.tries == 0
    }

    /// How far to go at the next try.
    pub fn trust(&self) -> Trust {
        if self.tries < TRIES { Trust::Whole } else { Trust::None }
    }

    /// Something went wrong; how long to wait.
    pub fn meets(&mut self, error: &ProjectionError) -> Duration {
        // Once for each error, not for each try.
        if self.health.broken(Part::Search, format!("search does not follow the catalog: {error}")) {
            tracing::error!(%error, "search does not follow the catalog; it is tried again until it does");
        }
        let pause = FIRST_PAUSE.saturating_mul(1 << self.tries.min(10)).min(LONGEST_PAUSE);
        self.tries = self.tries.saturating_add(1);
        pause
    }

    /// It went well.
    pub fn ends(&mut self) {
        if self.tries > 0 && self.health.mended(Part::Search) {
            tracing::info!(tries = self.tries, "search follows the catalog again");
        }
        self.tries = 0;
    }
}
