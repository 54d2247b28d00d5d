//! The estate in a server: how it starts and what memory it takes, and how its readers fare over HTTP
//! while it takes events.

use super::Options;
use super::asks::{Ask, ask, feed};
use super::events;
use super::passes;
use super::warehouse::Warehouse;
use crate::Outcome;
use crate::metrics;
use crate::process::memory;
use crate::report::{Aim, Section};
use crate::stats::spread;
use crate::subject::{Subject, size};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::Server;

/// Starts of the server.
const STARTS: usize = 3;
/// Steps of the readers' question.
const DEPTH: u32 = 5;

/// Puts the estate in, starts a server on it and asks.
pub fn run(options: &Options, warehouse: &Warehouse) -> Outcome<Section> {
    let (mut folder, put_in) = filled(options, warehouse)?;
    let mut starts = Vec::new();
    let mut resident = (0.0, 0.0);
    for _ in 0..STARTS {
        let (subject, millis) = start(folder)?;
        eprintln!("  answered after {millis:.0} ms");
        starts.push(millis);
        resident = memory(subject.pid);
        folder = subject.stop()?;
    }
    let (subject, _) = start(folder)?;
    let mut section = Section::new(format!("Lineage of {} datasets: a server", warehouse.len()));
    section.spread("start-up, until the first answer about lineage", spread(starts), "ms");
    if warehouse.len() >= 1_000_000 {
        section.aim(Aim::AtMost(5000.0));
    }
    section.row("memory, most at start-up", resident.0, "MiB").row("memory after the first answer", resident.1, "MiB");
    if let Some(put_in) = put_in {
        section.row("put in with `headwater ingest`", put_in, "events/s");
    }
    section.row("size on disk", size(subject.folder()) as f64 / f64::from(1 << 20), "MiB");
    passes::run(&mut subject.client()?, warehouse, &mut section)?;
    section.row("memory after that", memory(subject.pid).1, "MiB");
    // What was measured before is worth telling all the same.
    if let Err(e) = readers(options, warehouse, &subject, &mut section) {
        section.note(format!("Readers beside ingest were not measured: {e}"));
    }
    section.row("memory after taking events", memory(subject.pid).1, "MiB");
    Ok(section)
}

/// A data folder with everything in it, and events a second when it had to be put in.
fn filled(options: &Options, warehouse: &Warehouse) -> Outcome<(TempDir, Option<f64>)> {
    let folder = TempDir::new()?;
    let name = format!("{}-{}-{}", warehouse.len(), options.column_edges, options.seed);
    let kept = options.keep.as_ref().map(|keep| keep.join(name));
    if let Some(kept) = kept.as_ref().filter(|kept| kept.exists()) {
        eprintln!("  starting from {}", kept.display());
        copy(kept, folder.path())?;
        return Ok((folder, None));
    }
    let put_in = put(warehouse, folder.path())?;
    if let Some(kept) = kept {
        copy(folder.path(), &kept)?;
    }
    Ok((folder, Some(put_in)))
}

fn put(warehouse: &Warehouse, folder: &Path) -> Outcome<f64> {
    let source = TempDir::new()?;
    let path = source.path().join("estate.ndjson");
    let count = events::write(warehouse, &path)?;
    eprintln!("  putting {count} events into a server");
    let begin = Instant::now();
    let (ok, output) = Server::command(&["ingest", "--strict", "--data", &folder.to_string_lossy(), &path.to_string_lossy()]);
    if ok { Ok(count as f64 / begin.elapsed().as_secs_f64()) } else { Err(output.into()) }
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

fn readers(options: &Options, warehouse: &Warehouse, subject: &Subject, section: &mut Section) -> Outcome<()> {
    // Of the raw tables some are read by nobody, and nobody has told the server of them.
    let asked = warehouse.starts(options.starts, warehouse.raw()..warehouse.len());
    let time = Duration::from_secs(options.seconds);
    let (mut newest, mut at_once, mut producer) = (subject.client()?, subject.client()?.at_once(), subject.client()?);
    let downstream = Ask::Downstream(Some(DEPTH));
    let mut bare = ask(&mut newest, Ask::Name, &asked, time / 2)?;
    let mut idle = ask(&mut newest, downstream, &asked, time)?;
    let stop = AtomicBool::new(false);
    let (busy, waiting, sent) = std::thread::scope(|scope| {
        let feeding = scope.spawn(|| feed(&mut producer, warehouse, options.rate, &stop));
        let busy = ask(&mut at_once, downstream, &asked, time);
        let waiting = ask(&mut newest, downstream, &asked, time);
        stop.store(true, Ordering::Relaxed);
        (busy, waiting, feeding.join())
    });
    let (mut busy, mut waiting, sent) = (busy?, waiting?, sent.map_err(|_| "the producer failed")??);
    for (label, share) in [("p50", 0.5), ("p99", 0.99)] {
        section.row(format!("HTTP, a dataset by name, idle: {label}"), bare.at(share), "ms");
        section.row(format!("HTTP, 5 steps downstream counted, idle: {label}"), idle.at(share), "ms");
        section.row(format!("the same while events come, of what is there: {label}"), busy.at(share), "ms");
        section.row(format!("the same while events come, once all is there that was acknowledged: {label}"), waiting.at(share), "ms");
    }
    section.row("p99 while events come, of what is there, of the idle one", busy.at(0.99) / idle.at(0.99), "").aim(Aim::AtMost(1.5));
    section.row("events meanwhile", sent as f64 / (2 * time).as_secs_f64(), "events/s");
    section.note(
        "A reader sees everything that was acknowledged before it asked, and waits for that; with `X-Headwater-Min-Seq: 0` it takes what \
         is there.",
    );
    Ok(())
}

/// Starts it on a folder and asks at once.
fn start(folder: TempDir) -> Outcome<(Subject, f64)> {
    let begin = Instant::now();
    let subject = Subject::server_on(folder);
    let mut client = subject.client()?;
    ask(&mut client, Ask::Downstream(Some(DEPTH)), &[0], Duration::from_millis(1))?;
    let millis = begin.elapsed().as_secs_f64() * 1000.0;
    metrics::projected(&mut client)?;
    Ok((subject, millis))
}
