//! The time that a question is about. Event times, never arrival.

use super::derive::OPEN;

/// When something must hold to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum When {
    /// Now.
    #[default]
    Now,
    /// At an instant, microseconds since 1970.
    At(i64),
    /// At some instant from the first to the second, both included.
    During(i64, i64),
}

impl When {
    /// True for what begins at `first` and ends before `until`.
    pub fn meets(self, first: i64, until: i64) -> bool {
        match self {
            Self::Now => until == OPEN,
            Self::At(t) => first <= t && t < until,
            Self::During(from, to) => first <= to && from < until,
        }
    }

    /// True when all of it comes after `moment`, or at it.
    pub fn is_after(self, moment: i64) -> bool {
        match self {
            Self::Now => true,
            Self::At(t) | Self::During(t, _) => moment <= t,
        }
    }
}

impl From<Option<i64>> for When {
    /// No instant is now.
    fn from(at: Option<i64>) -> Self {
        at.map_or(Self::Now, Self::At)
    }
}
