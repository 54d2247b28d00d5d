//! `headwater-bench visible`: from an acknowledgement until GraphQL and search have it, on an idle
//! server and under load.

use crate::Outcome;
use crate::client::Client;
use crate::feed::{Feed, timestamp};
use crate::intake::warm;
use crate::load::{Pace, drive};
use crate::metrics;
use crate::report::{Aim, Section};
use crate::stats::Latencies;
use crate::subject::Subject;
use clap::Args;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Number of the next run; its time follows from it.
static RUN: AtomicU64 = AtomicU64::new(0);

/// What `visible` takes.
#[derive(Args)]
pub struct Options {
    /// New datasets to wait for, each for GraphQL and each for search
    #[arg(long, default_value_t = 200)]
    times: usize,
    /// Events a second of the load in the second half
    #[arg(long, default_value_t = 2000.0)]
    rate: f64,
}

/// Times until something was there, and how often it was there at the first look.
#[derive(Default)]
struct Seen {
    times: Latencies,
    at_once: usize,
}

/// Runs everything.
pub fn run(options: &Options) -> Outcome<Vec<Section>> {
    let feed = Feed::new(2000, 3000);
    let subject = Subject::server()?;
    warm(&subject, &feed, 16)?;
    let mut client = subject.client()?;
    metrics::projected(&mut client)?;
    metrics::searchable(&mut client)?;

    let mut section = Section::new("Visible after an acknowledgement");
    eprintln!("visible, idle");
    rows(&mut section, "idle", options.times, looks(&mut client, options.times, "idle")?);
    eprintln!("visible, under {} events/s", options.rate);
    let lasting = Duration::from_millis(200 * options.times as u64).max(Duration::from_secs(10));
    let pace = Pace::Rate(options.rate, lasting);
    let (seen, load) = std::thread::scope(|scope| -> Outcome<_> {
        let load = scope.spawn(|| drive(&subject.address, &feed, 8, pace));
        std::thread::sleep(Duration::from_secs(1));
        let began = Instant::now();
        let seen = looks(&mut client, options.times, "busy")?;
        let covered = began.elapsed() < lasting;
        let load = load.join().unwrap_or_else(|_| Err("the load's thread panicked".into()))?;
        Ok((seen, (load.rate(), covered)))
    })?;
    rows(&mut section, "under load", options.times, seen);
    section.row("load: acknowledged", load.0, "events/s");
    section.note(format!(
        "{} new datasets for each row; from reading the 2xx to reading the answer that has it, asking again after 2 ms. A read \
         waits in the server up to 250 ms for what was acknowledged before it.{}",
        options.times,
        if load.1 { "" } else { " The load ended before the last look." }
    ));
    Ok(vec![section])
}

fn rows(section: &mut Section, when: &str, times: usize, seen: [Seen; 2]) {
    for (mut seen, what) in seen.into_iter().zip(["GraphQL", "search"]) {
        section.row(format!("{what}, {when}: p50"), seen.times.at(0.5), "ms").row(
            format!("{what}, {when}: p99"),
            seen.times.at(0.99),
            "ms",
        );
        section.row(format!("{what}, {when}: slowest"), seen.times.at(1.0), "ms").aim(Aim::AtMost(1000.0));
        section.row(format!("{what}, {when}: there at the first look"), seen.at_once as f64 / times.max(1) as f64 * 100.0, "%");
    }
}

fn looks(client: &mut Client, times: usize, series: &str) -> Outcome<[Seen; 2]> {
    let mut all = [Seen::default(), Seen::default()];
    for number in 0..times {
        let name = format!("public.{series}_{number}_seen");
        let query = format!("{{ dataset(namespace: \"pg://fresh\", name: {}) {{ name }} }}", json!(name));
        look(client, &name, &query, |data| data["dataset"]["name"] == name.as_str(), &mut all[0])?;

        let name = format!("public.{series}_{number}_found");
        let query = format!("{{ search(query: {}) {{ edges {{ node {{ ... on Dataset {{ name }} }} }} }} }}", json!(name));
        let found = |data: &Value| {
            data["search"]["edges"].as_array().is_some_and(|edges| edges.iter().any(|edge| edge["node"]["name"] == name.as_str()))
        };
        look(client, &name, &query, found, &mut all[1])?;
    }
    Ok(all)
}

fn look(client: &mut Client, name: &str, query: &str, there: impl Fn(&Value) -> bool, seen: &mut Seen) -> Outcome<()> {
    let (status, text) = client.post("/api/v1/lineage", event(name).as_bytes())?;
    if status != 201 {
        return Err(format!("{status}: {}", String::from_utf8_lossy(text)).into());
    }
    let begin = Instant::now();
    for attempt in 0.. {
        if there(&client.ask(query)?) {
            seen.at_once += usize::from(attempt == 0);
            break;
        }
        if begin.elapsed() > Duration::from_secs(30) {
            return Err(format!("{name} is not visible after 30 seconds").into());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    seen.times.add(begin.elapsed());
    Ok(())
}

/// A run that writes a new table.
fn event(name: &str) -> String {
    let run = RUN.fetch_add(1, Ordering::Relaxed);
    json!({
        "eventType": "COMPLETE",
        "eventTime": timestamp(1_767_225_600_000 + run * 1000),
        "producer": "https://example.org/bench",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": { "runId": format!("0190f3a8-0000-7000-8000-{run:012}") },
        "job": { "namespace": "bench", "name": format!("load_{name}") },
        "inputs": [{ "namespace": "pg://fresh", "name": "public.source" }],
        "outputs": [{ "namespace": "pg://fresh", "name": name, "facets": { "schema": crate::estate::schema(name.len(), 10) } }],
    })
    .to_string()
}
