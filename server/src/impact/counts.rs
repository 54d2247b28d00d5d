//! How many things there are of each verdict.

use super::Verdict;
use serde::{Deserialize, Serialize};

/// How many there are of each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// [`Verdict::Breaks`].
    pub breaks: u64,
    /// [`Verdict::Risky`].
    pub risky: u64,
    /// [`Verdict::Unknown`].
    pub unknown: u64,
    /// [`Verdict::Safe`].
    pub safe: u64,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        self.add_many(verdict, 1);
    }

    /// Counts so many more.
    pub fn add_many(&mut self, verdict: Verdict, more: u64) {
        let count = match verdict {
            Verdict::Breaks => &mut self.breaks,
            Verdict::Risky => &mut self.risky,
            Verdict::Unknown => &mut self.unknown,
            Verdict::Safe => &mut self.safe,
        };
        *count += more;
    }
}
