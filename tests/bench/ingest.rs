//! `headwater-bench ingest`: floor and server in turns, then the last server at half load and at a
//! steady 4,000 events a second.

use crate::Outcome;
use crate::feed::Feed;
use crate::floor;
use crate::intake::{self, Measured, Projected};
use crate::load::{Load, Pace, drive};
use crate::metrics::{self, Metrics};
use crate::process::memory;
use crate::report::{Aim, Section};
use crate::stats::{Spread, spread};
use crate::subject::{Subject, size};
use clap::Args;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Events a second that the projections should keep pace with.
const STEADY: f64 = 4_000.0;

/// What `ingest` takes.
#[derive(Args)]
pub struct Options {
    /// Connections, each waiting for its acknowledgement
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Bytes of an event
    #[arg(long, default_value_t = 3000)]
    event_bytes: usize,
    /// Jobs that take turns, each with an output of its own
    #[arg(long, default_value_t = 2000)]
    jobs: usize,
    /// How often floor and server are measured in turns
    #[arg(long, default_value_t = 3)]
    pairs: usize,
}

/// A floor and a server, one right after the other.
struct Pair {
    floor: Measured,
    server: Measured,
    projected: Projected,
}

/// Runs everything.
pub fn run(options: &Options) -> Outcome<Vec<Section>> {
    let lasting = Duration::from_secs(options.seconds);
    let feed = Arc::new(Feed::new(options.jobs, options.event_bytes));
    let mut pairs = Vec::new();
    let mut last = None;
    for turn in 1..=options.pairs.max(1) {
        // Dropped before the floor is measured.
        drop(last.take());
        eprintln!("pair {turn} of {}: the floor", options.pairs);
        let floor = intake::floor(&feed, options.connections, lasting)?;
        eprintln!("  {:.0} events/s; the server", floor.rate);
        let subject = Subject::server()?;
        let (server, projected) = intake::server(&subject, &feed, options.connections, lasting)?;
        eprintln!("  {:.0} events/s, {:.0} projected", server.rate, projected.rate);
        pairs.push(Pair { floor, server, projected });
        last = Some(subject);
    }
    let subject = last.ok_or("no pair was measured")?;
    let closed_memory = memory(subject.pid);
    let most = spread(pairs.iter().map(|pair| pair.server.rate)).median;

    eprintln!("half load");
    let half = drive(&subject.address, &feed, options.connections, Pace::Rate(most / 2.0, lasting))?;
    // At the very most every stall would be paid for ever.
    let paced = STEADY.min(most * 0.9);
    eprintln!("{paced:.0} events/s");
    let (steady, lags, behind) = paced_phase(&subject, &feed, options.connections, paced, lasting)?;

    let folder = tempfile::TempDir::new()?;
    eprintln!("the floor without HTTP");
    let (raw_rate, _) = floor::raw(folder.path(), &feed, options.connections, lasting)?;

    let title = format!("Ingest: {} connections, events of {:.0} bytes, {} jobs", options.connections, feed.mean_bytes(), feed.jobs());
    let mut section = Section::new(title);
    closed(&mut section, &pairs, raw_rate);
    paced_rows(&mut section, half, most / 2.0, "half load");
    paced_rows(&mut section, steady, paced, "steady load");
    section.row("steady load: entries behind, most", lags.most, "").row("steady load: entries behind, median", lags.median, "");
    section.row("steady load: caught up after the last event", behind.as_secs_f64() * 1000.0, "ms").aim(Aim::AtMost(1000.0));
    section.row("memory, most, after the closed loop", closed_memory.0, "MiB").row("memory, after all", memory(subject.pid).1, "MiB");
    let mut client = subject.client()?;
    let stored = Metrics::read(&mut client)?.get("log_seq").max(1);
    section.row("disk for an event, projections included", size(subject.folder()) as f64 / stored as f64, "bytes");
    if let Some(pair) = pairs.last() {
        section.note(format!(
            "CPU µs an event by thread, last pair: floor {}; server {}.",
            by_thread(&pair.floor),
            by_thread(&pair.server)
        ));
    }
    Ok(vec![section])
}

fn closed(section: &mut Section, pairs: &[Pair], raw_rate: f64) {
    let of = |read: fn(&Pair) -> f64| spread(pairs.iter().map(read));
    section.row("floor without HTTP", raw_rate, "events/s");
    section.spread("floor", of(|pair| pair.floor.rate), "events/s");
    section.spread("acknowledged", of(|pair| pair.server.rate), "events/s");
    section.spread("acknowledged, of the floor", of(|pair| pair.server.rate / pair.floor.rate * 100.0), "%").aim(Aim::AtLeast(60.0));
    section.spread("acknowledged and projected", of(|pair| pair.projected.rate), "events/s").aim(Aim::AtLeast(STEADY));
    section.spread("entries behind at the end", of(|pair| pair.projected.lag as f64), "");
    section.spread("floor, acknowledgement p50", of(|pair| pair.floor.p50), "ms");
    section.spread("floor, acknowledgement p99", of(|pair| pair.floor.p99), "ms");
    section.spread("acknowledgement p50", of(|pair| pair.server.p50), "ms");
    section.spread("acknowledgement p99", of(|pair| pair.server.p99), "ms");
    section.spread("answers 503", of(|pair| pair.server.refused as f64), "");
    section.spread("events in a commit", of(|pair| pair.projected.commit), "").spread(
        "events in a batch",
        of(|pair| pair.projected.batch),
        "",
    );
    section.spread("CPU for an event, floor", of(|pair| pair.floor.cpu), "µs");
    section.spread("CPU for an event, server", of(|pair| pair.server.cpu), "µs");
    section.spread("… intake: network threads and log writer", of(|pair| intake_cpu(&pair.server)), "µs");
    section.spread("… projection: everything else", of(|pair| pair.server.cpu - intake_cpu(&pair.server)), "µs");
    section.spread("… of it the projector's own thread", of(|pair| pair.projected.projector), "µs");
    section.spread("CPU for an event, this client", of(|pair| pair.server.client_cpu), "µs");
    section.note(
        "Floor: a process that takes the same bodies by HTTP and answers after hash, zstd-3 and a group commit (WAL, \
         synchronous=FULL), without parsing or projecting; measured in turns with the server. Every job was seen before the clock \
         starts. The client and the projections share the cores with intake. The network threads also gather documents for search.",
    );
}

/// CPU of the threads that take events: the runtime's, and the first SQLite connection, which is the log's.
fn intake_cpu(server: &Measured) -> f64 {
    let ours = |name: &str| name.starts_with("tokio") || name.starts_with("headwater") || name == "sqlite #1";
    server.threads.iter().filter(|(name, _)| ours(name)).map(|(_, micros)| micros).sum()
}

fn by_thread(measured: &Measured) -> String {
    let shown = measured.threads.iter().filter(|(_, micros)| **micros >= 0.5);
    shown.map(|(name, micros)| format!("{name} {micros:.0}")).collect::<Vec<_>>().join(", ")
}

fn paced_rows(section: &mut Section, mut load: Load, rate: f64, name: &str) {
    section.row(format!("{name}: asked for"), rate, "events/s").row(format!("{name}: acknowledged"), load.rate(), "events/s");
    section.row(format!("{name}: acknowledgement p50"), load.latencies.at(0.5), "ms");
    section.row(format!("{name}: acknowledgement p99"), load.latencies.at(0.99), "ms");
    if name == "half load" {
        section.aim(Aim::AtMost(50.0));
    }
    section.row(format!("{name}: acknowledgement, slowest"), load.latencies.at(1.0), "ms");
}

/// A given rate, while looking ten times a second how far the projections are behind.
fn paced_phase(subject: &Subject, feed: &Feed, connections: usize, rate: f64, lasting: Duration) -> Outcome<(Load, Spread, Duration)> {
    let mut client = subject.client()?;
    metrics::projected(&mut client)?;
    let done = AtomicBool::new(false);
    let (load, lags) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| -> Outcome<Vec<f64>> {
            let mut client = subject.client()?;
            let mut lags = Vec::new();
            while !done.load(Ordering::Relaxed) {
                lags.push(Metrics::read(&mut client)?.get("projection_lag") as f64);
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(lags)
        });
        let load = drive(&subject.address, feed, connections, Pace::Rate(rate, lasting));
        done.store(true, Ordering::Relaxed);
        (load, watch.join().unwrap_or_else(|_| Err("the watching thread panicked".into())))
    });
    let behind = metrics::projected(&mut client)?;
    Ok((load?, spread(lags?), behind))
}
