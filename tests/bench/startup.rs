//! `headwater-bench startup`: from the start of the process until the first answer of GraphQL, with a
//! large catalog, after a good end and after a SIGKILL.

use crate::Outcome;
use crate::estate::{mix, schema};
use crate::feed::{Feed, timestamp};
use crate::load::{Pace, drive};
use crate::metrics;
use crate::process::memory;
use crate::report::{Aim, Section};
use crate::stats::spread;
use crate::subject::{Subject, size};
use clap::Args;
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::Server;

/// Tables that a job reads; with its output, edges for each dataset.
const INPUTS: usize = 4;

/// What `startup` takes.
#[derive(Args)]
pub struct Options {
    /// Datasets in the catalog
    #[arg(long, default_value_t = 100_000)]
    datasets: usize,
    /// Starts after a good end
    #[arg(long, default_value_t = 5)]
    times: usize,
    /// Seconds of full load before the SIGKILL
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

/// One start.
struct Start {
    /// Until the process said where it listens, milliseconds.
    listening: f64,
    /// Until GraphQL answered, milliseconds.
    answered: f64,
    /// Until search held everything, milliseconds.
    searchable: f64,
}

/// Runs everything.
pub fn run(options: &Options) -> Outcome<Vec<Section>> {
    let mut folder = TempDir::new()?;
    eprintln!("building a catalog of {} datasets", options.datasets);
    let building = Instant::now();
    build(folder.path(), options.datasets)?;
    let built = building.elapsed().as_secs_f64();

    let mut starts = Vec::new();
    let mut resident = (0.0, 0.0);
    for _ in 0..options.times.max(1) {
        let (subject, start) = start(folder, options.datasets)?;
        resident = memory(subject.pid);
        folder = subject.stop()?;
        eprintln!("  listening after {:.0} ms, answered after {:.0} ms", start.listening, start.answered);
        starts.push(start);
    }

    let bytes = size(folder.path());

    eprintln!("killing it under load");
    let (subject, _) = start(folder, options.datasets)?;
    let feed = Feed::new(2000, 3000);
    let load = drive(&subject.address, &feed, 16, Pace::Closed(Duration::from_secs(options.seconds)))?;
    let lag = metrics::Metrics::read(&mut subject.client()?)?.get("projection_lag");
    let (subject, killed) = start(subject.kill()?, options.datasets)?;

    let mut section = Section::new(format!("Start-up with {} datasets, {} edges each, 10 columns each", options.datasets, INPUTS + 1));
    section.spread("first answer of GraphQL", spread(starts.iter().map(|start| start.answered)), "ms").aim(Aim::AtMost(2000.0));
    section.spread("listening", spread(starts.iter().map(|start| start.listening)), "ms");
    section.spread("search holds everything", spread(starts.iter().map(|start| start.searchable)), "ms");
    section.row("memory, most", resident.0, "MiB").row("memory, after the first answers", resident.1, "MiB");
    section.row("after SIGKILL: first answer of GraphQL", killed.answered, "ms").aim(Aim::AtMost(2000.0));
    section.row("after SIGKILL: search holds everything", killed.searchable, "ms");
    section.row("after SIGKILL: memory, most", memory(subject.pid).0, "MiB");
    section.row("building it with `headwater ingest`", options.datasets as f64 / built, "events/s");
    section.row("size on disk", bytes as f64 / f64::from(1 << 20), "MiB");
    section.note(format!(
        "The first answer is a dataset by name with its columns and its direct upstream. The files are in the page cache. SIGKILL came \
         right after {} events were acknowledged in {} s, {lag} of them not projected yet.",
        load.acknowledged, options.seconds
    ));
    Ok(vec![section])
}

/// Starts it on a folder and asks at once.
fn start(folder: TempDir, datasets: usize) -> Outcome<(Subject, Start)> {
    let begin = Instant::now();
    let millis = || begin.elapsed().as_secs_f64() * 1000.0;
    let subject = Subject::server_on(folder);
    let listening = millis();
    let mut client = subject.client()?;
    let query = format!(
        "{{ dataset(namespace: \"lake\", name: \"{}\") {{ columnCount lineage(direction: UPSTREAM, maxDepth: 2) {{ totalCount }} }} }}",
        name(datasets - 1)
    );
    let answer = client.ask(&query)?;
    let answered = millis();
    if answer["dataset"]["columnCount"] != 10 || answer["dataset"]["lineage"]["totalCount"].as_u64() < Some(INPUTS as u64) {
        return Err(format!("the first answer is not what was put in: {answer}").into());
    }
    metrics::projected(&mut client)?;
    metrics::searchable(&mut client)?;
    Ok((subject, Start { listening, answered, searchable: millis() }))
}

/// A data folder with a job for each dataset, made as a person would make it.
fn build(folder: &Path, datasets: usize) -> Outcome<()> {
    let source = TempDir::new()?;
    let path = source.path().join("estate.ndjson");
    let mut file = BufWriter::new(std::fs::File::create(&path)?);
    for number in 0..datasets {
        writeln!(file, "{}", event(number))?;
    }
    file.into_inner()?.sync_all()?;
    let (ok, output) = Server::command(&["ingest", "--strict", "--data", &folder.to_string_lossy(), &path.to_string_lossy()]);
    if ok { Ok(()) } else { Err(output.into()) }
}

fn name(number: usize) -> String {
    format!("area_{}.table_{number}", number % 200)
}

/// A run that wrote a table from some of those before it.
fn event(number: usize) -> String {
    let dataset = |number| json!({ "namespace": "lake", "name": name(number) });
    let mut output = dataset(number);
    output["facets"] = json!({ "schema": schema(number, 10) });
    // Near ones mostly, as in an estate that grew layer by layer; distinct by their distance.
    let reach = |at: usize| 1 + at * 250 + mix((number * INPUTS + at) as u64) as usize % 250;
    let inputs: Vec<_> = (0..INPUTS).filter_map(|at| Some(dataset(number.checked_sub(reach(at))?))).collect();
    json!({
        "eventType": "COMPLETE",
        "eventTime": timestamp(1_767_225_600_000 + number as u64 * 1000),
        "producer": "https://example.org/bench",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": { "runId": format!("0190f3a8-0000-7000-8000-{number:012}") },
        "job": { "namespace": "lake-jobs", "name": format!("build_{number}") },
        "inputs": inputs,
        "outputs": [output],
    })
    .to_string()
}
