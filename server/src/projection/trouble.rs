//! Errors of a projection that may pass: how long to wait before the next try, and what is reported meanwhile.

use super::ProjectionError;
use crate::health::{Health, Part};
use crate::search::Trust;
use std::sync::Arc;
use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// After so many tries in a row a search index that cannot be opened is no longer taken to be sound.
const TRIES: u32 = 12;

/// What went wrong since it last went well.
pub struct Trouble {
    tries: u32,
    health: Arc<Health>,
    part: Part,
}

impl Trouble {
    /// None yet, of this part.
    pub fn new(health: Arc<Health>, part: Part) -> Self {
        Self { tries: 0, health, part }
    }

    /// The same trouble, as seen by another who tries.
    pub fn handed_on(&self) -> Self {
        Self { tries: self.tries, health: self.health.clone(), part: self.part }
    }

    /// True when all is well.
    pub fn is_over(&self) -> bool {
        self.tries == 0
    }

    /// How far the next try may trust what a search index holds.
    pub fn trust(&self) -> Trust {
        if self.tries < TRIES { Trust::Whole } else { Trust::None }
    }

    /// Something went wrong; how long to wait.
    pub fn meets(&mut self, error: &ProjectionError) -> Duration {
        if error.is_damage() {
            self.health.catalog_seems_damaged();
        }
        let what = format!("{} does not follow the event log: {}", self.part.name(), error.words());
        // One line for each error, not for each try.
        if self.health.broken(self.part, what.clone()) {
            tracing::error!(error = error.with_causes(), "{what}; trying again until it does");
        }
        let pause = FIRST_PAUSE.saturating_mul(1 << self.tries.min(10)).min(LONGEST_PAUSE);
        self.tries = self.tries.saturating_add(1);
        pause
    }

    /// It went well.
    pub fn ends(&mut self) {
        if self.tries > 0 && self.health.mended(self.part) {
            tracing::info!(tries = self.tries, "{} follows the event log again", self.part.name());
        }
        self.tries = 0;
    }
}
