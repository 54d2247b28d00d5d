//! One closed-loop measurement of one subject: warm it, drive it, let it catch up, read the books.

use crate::Outcome;
use crate::feed::Feed;
use crate::load::{Load, Pace, drive};
use crate::metrics::{self, Metrics};
use crate::process::{cpu_micros, thread_micros};
use crate::subject::Subject;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What the floor and the server are both asked for.
pub struct Measured {
    /// Events a second acknowledged.
    pub rate: f64,
    /// Median acknowledgement, milliseconds.
    pub p50: f64,
    /// 99 of 100 acknowledgements, milliseconds.
    pub p99: f64,
    /// CPU of the subject for an event, microseconds.
    pub cpu: f64,
    /// The same by thread.
    pub threads: BTreeMap<String, f64>,
    /// CPU of this program for an event, microseconds.
    pub client_cpu: f64,
    /// Answers 503.
    pub refused: u64,
}

/// What only a server has.
pub struct Projected {
    /// Events a second through intake and projections, from the first request until catalog and graph held all.
    pub rate: f64,
    /// Entries behind when the last event was acknowledged.
    pub lag: u64,
    /// Events in one group commit, on average.
    pub commit: f64,
    /// Events in one projected batch, on average.
    pub batch: f64,
    /// CPU for an event of the projector's own thread as the server counts it, microseconds.
    pub projector: f64,
}

/// Every job once, so that a run measures the steady state and not the discovery of the estate.
pub fn warm(subject: &Subject, feed: &Feed, connections: usize) -> Outcome<()> {
    drive(&subject.address, feed, connections, Pace::Count(2 * feed.jobs() as u64)).map(drop)
}

/// The floor.
pub fn floor(feed: &Feed, connections: usize, lasting: Duration) -> Outcome<Measured> {
    let subject = Subject::floor()?;
    warm(&subject, feed, connections)?;
    let before = Books::read(&subject);
    let load = drive(&subject.address, feed, connections, Pace::Closed(lasting))?;
    let spent = Books::read(&subject).since(&before);
    subject.kill()?;
    Ok(measured(load, &spent))
}

/// The server, which goes on running.
pub fn server(subject: &Subject, feed: &Feed, connections: usize, lasting: Duration) -> Outcome<(Measured, Projected)> {
    warm(subject, feed, connections)?;
    let mut client = subject.client()?;
    metrics::projected(&mut client)?;
    metrics::searchable(&mut client)?;
    let (before, told) = (Books::read(subject), Metrics::read(&mut client)?);
    let begin = Instant::now();
    let load = drive(&subject.address, feed, connections, Pace::Closed(lasting))?;
    let lag = Metrics::read(&mut client)?.get("projection_lag");
    let client_cpu = cpu_micros(std::process::id()) - before.own;
    metrics::projected(&mut client)?;
    let rate = load.acknowledged as f64 / begin.elapsed().as_secs_f64();
    let mut spent = Books::read(subject).since(&before);
    // Waiting for the projections is not the client's work.
    spent.own = client_cpu;
    let now = Metrics::read(&mut client)?;
    let grown = |name: &str| (now.get(name) - told.get(name)) as f64;
    let events = load.acknowledged as f64;
    let projected = Projected {
        rate,
        lag,
        commit: events / grown("log_commits_total").max(1.0),
        batch: events / grown("projected_batches_total").max(1.0),
        projector: grown("projection_cpu_microseconds_total") / events,
    };
    Ok((measured(load, &spent), projected))
}

fn measured(mut load: Load, spent: &Books) -> Measured {
    let events = load.acknowledged as f64;
    Measured {
        rate: load.rate(),
        p50: load.latencies.at(0.5),
        p99: load.latencies.at(0.99),
        cpu: spent.subject as f64 / events,
        threads: spent.threads.iter().map(|(name, micros)| (name.clone(), *micros as f64 / events)).collect(),
        client_cpu: spent.own as f64 / events,
        refused: load.refused,
    }
}

/// CPU so far, of the subject and of this program, microseconds.
struct Books {
    subject: u64,
    own: u64,
    threads: BTreeMap<String, u64>,
}

impl Books {
    fn read(subject: &Subject) -> Self {
        Self { subject: cpu_micros(subject.pid), own: cpu_micros(std::process::id()), threads: thread_micros(subject.pid) }
    }

    fn since(mut self, before: &Self) -> Self {
        self.subject -= before.subject;
        self.own -= before.own;
        for (name, micros) in &mut self.threads {
            *micros = micros.saturating_sub(before.threads.get(name).copied().unwrap_or(0));
        }
        self
    }
}
