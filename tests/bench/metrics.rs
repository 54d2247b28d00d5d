//! What the server says of itself at /metrics.

use crate::Outcome;
use crate::client::Client;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// One scrape.
pub struct Metrics(HashMap<String, u64>);

impl Metrics {
    /// Reads all.
    pub fn read(client: &mut Client) -> Outcome<Self> {
        let (_, body) = client.get("/metrics")?;
        let text = std::str::from_utf8(body)?;
        let values = text.lines().filter_map(|line| {
            let (name, value) = line.strip_prefix("headwater_")?.split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Ok(Self(values.collect()))
    }

    /// A value by its name without the prefix; 0 when there is none.
    pub fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }
}

/// Waits until catalog and graph hold everything acknowledged.
pub fn projected(client: &mut Client) -> Outcome<Duration> {
    reached(client, "catalog_seq")
}

/// Waits until search holds everything acknowledged.
pub fn searchable(client: &mut Client) -> Outcome<Duration> {
    reached(client, "search_seq")
}

fn reached(client: &mut Client, name: &str) -> Outcome<Duration> {
    let begin = Instant::now();
    loop {
        let metrics = Metrics::read(client)?;
        if metrics.get(name) >= metrics.get("log_seq") {
            return Ok(begin.elapsed());
        }
        if begin.elapsed() > Duration::from_secs(600) {
            return Err(format!("{name} does not reach log_seq").into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
