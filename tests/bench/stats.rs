//! Percentiles, medians and spread.

/// Values with their middle and their ends.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

/// Median and ends; zeros for nothing.
pub fn spread(values: impl IntoIterator<Item = f64>) -> Spread {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let (Some(&least), Some(&most)) = (values.first(), values.last()) else { return Spread { median: 0.0, least: 0.0, most: 0.0 } };
    let half = values.len() / 2;
    let median = if values.len() % 2 == 1 { values[half] } else { f64::midpoint(values[half - 1], values[half]) };
    Spread { median, least, most }
}

/// Durations in nanoseconds, sorted when asked.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<u64>);

impl Latencies {
    /// Adds one.
    pub fn add(&mut self, time: std::time::Duration) {
        self.0.push(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// All of them together, milliseconds.
    pub fn sum(&self) -> f64 {
        self.0.iter().map(|&nanos| nanos as f64 / 1e6).sum()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Adds all of another.
    pub fn absorb(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The value below which `share` of all are, in milliseconds; of the whole at 1.
    pub fn at(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        let index = (self.0.len() as f64 * share).ceil() as usize;
        self.0.get(index.saturating_sub(1).min(last)).map_or(0.0, |&nanos| nanos as f64 / 1e6)
    }
}
