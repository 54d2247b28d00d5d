//! Readers of the graph while a writer merges runs and publishes, and without one: what a publication
//! costs, and whether readers notice.

use super::Options;
use super::engine::Engine;
use super::facts::{self, join};
use super::warehouse::Warehouse;
use crate::Outcome;
use crate::estate::mix;
use crate::report::{Aim, Section};
use crate::stats::Latencies;
use server::fold::flow::Changes;
use server::graph::{Direction, Node, Question, Snapshot, reach};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the projector publishes when events keep coming.
const BEAT: Duration = Duration::from_millis(20);
/// Steps of the readers' question.
const DEPTH: u32 = 5;

/// Reads in peace, then beside a writer.
pub fn run(options: &Options, warehouse: &Warehouse, engine: &mut Engine) -> Outcome<Section> {
    eprintln!("  reading in peace and beside {} runs a second", options.rate);
    let starts = warehouse.starts(options.starts, 0..warehouse.len());
    let snapshot = engine.snapshot.clone();
    let time = Duration::from_secs(options.seconds);
    let mut idle = read(&snapshot, &starts, time);
    let stop = AtomicBool::new(false);
    let (mut busy, publishing) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(warehouse, engine, options.rate, &stop));
        let busy = read(&snapshot, &starts, time);
        stop.store(true, Ordering::Relaxed);
        (busy, writer.join())
    });
    let mut publishing = publishing.map_err(|_| "the writer failed")??;
    let mut section = Section::new(format!("Lineage of {} datasets: readers of the graph beside {} runs/s", warehouse.len(), options.rate));
    for (label, share) in [("p50", 0.5), ("p99", 0.99)] {
        section.row(format!("5 steps downstream, idle: {label}"), idle.at(share), "ms");
        section.row(format!("5 steps downstream, while runs come: {label}"), busy.at(share), "ms");
    }
    section.row("p99 while runs come, of the idle one", busy.at(0.99) / idle.at(0.99), "").aim(Aim::AtMost(1.5));
    section.row("merging and publishing a batch: p50", publishing.times.at(0.5), "ms");
    section.row("merging and publishing a batch: p99", publishing.times.at(0.99), "ms");
    section.row("for a run", publishing.times.sum() * 1000.0 / publishing.runs as f64, "µs");
    section.row("for a run, processor time", publishing.processor as f64 / publishing.runs as f64, "µs");
    section.row("runs", publishing.runs as f64 / publishing.seconds, "runs/s");
    section.note(format!(
        "One reader asks without pause; the writer, on a thread of its own, publishes every {} ms. One run in ten reads a table that it did not \
         read before, the others only move times.",
        BEAT.as_millis()
    ));
    Ok(section)
}

/// What a writer did.
struct Publishing {
    times: Latencies,
    runs: u64,
    seconds: f64,
    /// Processor time, microseconds.
    processor: u64,
}

fn read(snapshot: &Snapshot, starts: &[u32], time: Duration) -> Latencies {
    let (mut times, begin) = (Latencies::default(), Instant::now());
    for &start in starts.iter().cycle() {
        if begin.elapsed() > time {
            break;
        }
        let question = Question { max_depth: Some(DEPTH), ..Question::all(Node::Dataset(start), Direction::Downstream) };
        let at = Instant::now();
        std::hint::black_box(reach(&snapshot.load(), &question, Direction::Downstream, true));
        times.add(at.elapsed());
    }
    times
}

fn write(warehouse: &Warehouse, engine: &mut Engine, rate: f64, stop: &AtomicBool) -> Outcome<Publishing> {
    let mut done = Publishing { times: Latencies::default(), runs: 0, seconds: 0.0, processor: 0 };
    let begin = Instant::now();
    let made = warehouse.len() - warehouse.raw();
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(BEAT.saturating_sub(begin.elapsed().saturating_sub(BEAT * (done.times.count() as u32))));
        let due = (begin.elapsed().as_secs_f64() * rate) as u64;
        let mut changes = Changes::default();
        for number in done.runs..due {
            let random = mix(number ^ 0xfeed) as usize;
            let dataset = warehouse.raw() + random % made;
            let more = (random / 7).is_multiple_of(10).then(|| (random / 77 % dataset) as u32);
            join(&mut changes, facts::run(warehouse, dataset, engine.runs, more));
            engine.runs += 1;
        }
        done.runs = due.max(done.runs);
        let (at, before) = (Instant::now(), thread_micros());
        engine.absorb(changes)?;
        done.times.add(at.elapsed());
        done.processor += thread_micros() - before;
    }
    done.seconds = begin.elapsed().as_secs_f64();
    Ok(done)
}

/// Processor time of this thread, microseconds, by the kernel's books.
fn thread_micros() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<u64>().ok()).unwrap_or(0) / 1000
}
