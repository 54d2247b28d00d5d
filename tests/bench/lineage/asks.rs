//! The questions of `lineage` to the server, and the load that runs meanwhile.

use super::events::{NAMESPACE, name, run};
use super::warehouse::Warehouse;
use crate::Outcome;
use crate::client::Client;
use crate::estate::mix;
use crate::stats::Latencies;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is asked about a dataset.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Nothing of the graph: its name. What HTTP, GraphQL and the look for the row cost.
    Name,
    /// How many datasets are downstream, within so many steps.
    Downstream(Option<u32>),
}

impl Ask {
    fn query(self, dataset: u32) -> String {
        let what = match self {
            Self::Name => "name".to_owned(),
            Self::Downstream(depth) => {
                let depth = depth.map_or(String::new(), |depth| format!(", maxDepth: {depth}"));
                format!("lineage(direction: DOWNSTREAM, first: 0, jobs: false{depth}) {{ datasetCount }}")
            }
        };
        format!("{{ dataset(namespace: {}, name: {}) {{ {what} }} }}", json!(NAMESPACE), json!(name(dataset as usize)))
    }
}

/// Asks from one start after the other, for so long.
pub fn ask(client: &mut Client, what: Ask, starts: &[u32], time: Duration) -> Outcome<Latencies> {
    let (mut times, begin) = (Latencies::default(), Instant::now());
    for &start in starts.iter().cycle().take_while(|_| begin.elapsed() < time) {
        let query = what.query(start);
        let asked = Instant::now();
        let answer = client.ask(&query)?;
        times.add(asked.elapsed());
        if answer["dataset"].is_null() {
            return Err(format!("{query}: {answer}").into());
        }
    }
    Ok(times)
}

/// Runs of the estate's jobs at a rate until told to stop; how many were sent. One in ten reads a table that it did not
/// read before.
pub fn feed(client: &mut Client, warehouse: &Warehouse, rate: f64, stop: &AtomicBool) -> Outcome<u64> {
    let made = warehouse.len() - warehouse.raw();
    let begin = Instant::now();
    let mut sent = 0;
    while !stop.load(Ordering::Relaxed) {
        let random = mix(sent ^ 0xfeed) as usize;
        let dataset = warehouse.raw() + random % made;
        let more = (random / 7).is_multiple_of(10).then(|| (random / 77 % dataset) as u32);
        let event = run(warehouse, dataset, 100_000_000 + sent, more.filter(|more| !warehouse.inputs[dataset].contains(more)));
        let due = begin + Duration::from_secs_f64(sent as f64 / rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let (status, body) = client.post("/api/v1/lineage", event.to_string().as_bytes())?;
        match status {
            200..=299 => sent += 1,
            503 => std::thread::sleep(Duration::from_millis(100)),
            _ => return Err(format!("{status}: {}", String::from_utf8_lossy(body)).into()),
        }
    }
    Ok(sent)
}
