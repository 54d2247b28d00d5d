//! How much column lineage SQL gives, over files of events: `cargo run --release -p ingest-adapters
//! --example sql_share -- FOLDER…` prints the share of statements, outputs and columns that are proven,
//! how that compares with the `columnLineage` facets of the same events, and the time a statement takes.

#[path = "../tests/events/mod.rs"]
mod events;

use events::{declared, events, files_in, statement};
use ingest_adapters::sql::infer;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

/// A statement is timed this often; the quickest counts.
const ROUNDS: usize = 20;

fn main() {
    let paths: Vec<_> = std::env::args().skip(1).flat_map(|arg| files_in(Path::new(&arg))).collect();
    let (mut seen, mut statements, mut proven, mut complete) = (BTreeSet::new(), 0u32, 0, 0);
    let (mut outputs, mut whole_outputs, mut columns, mut gaps, mut edges) = (0, 0, 0, 0, 0);
    let (mut reasons, mut agreed, mut differ) = (BTreeMap::<String, usize>::new(), 0, BTreeSet::new());
    let (mut spent, mut slowest) = (0, 0);
    for event in paths.iter().flat_map(|path| events(path)) {
        let Some(statement) = statement(&event) else { continue };
        if !seen.insert(format!("{statement:?}")) {
            continue;
        }
        statements += 1;
        outputs += statement.outputs.len();
        let timed = || {
            let start = Instant::now();
            std::hint::black_box(infer(&statement).is_ok());
            start.elapsed().as_nanos()
        };
        let nanos = (0..ROUNDS).map(|_| timed()).min().unwrap_or_default();
        let answer = infer(&statement);
        (spent, slowest) = (spent + nanos, slowest.max(nanos));
        let answer = match answer {
            Ok(answer) => answer,
            Err(unproven) => {
                *reasons.entry(unproven.reason.to_string()).or_default() += 1;
                continue;
            }
        };
        proven += 1;
        complete += usize::from(answer.len() == statement.outputs.len() && answer.iter().all(|inferred| inferred.is_complete()));
        for inferred in &answer {
            whole_outputs += usize::from(inferred.is_complete());
            columns += inferred.columns.len();
            gaps += inferred.gaps.len();
            edges += inferred.sources.len();
            inferred.gaps.iter().for_each(|gap| *reasons.entry(gap.reason.to_string()).or_default() += 1);
            let theirs = declared(&event["outputs"][inferred.output]);
            let ours: BTreeSet<String> =
                inferred.sources.iter().filter_map(|s| Some(format!("{} <- {}.{}", s.target.as_ref()?, s.name, s.field))).collect();
            agreed += ours.intersection(&theirs).count();
            if !theirs.is_empty() {
                differ.extend(ours.difference(&theirs).map(|edge| format!("only inferred: {edge}")));
                differ.extend(theirs.difference(&ours).map(|edge| format!("only in the event: {edge}")));
            }
        }
    }
    println!("{statements} different statements with outputs: {proven} proven in part or whole, {complete} whole");
    println!("{outputs} outputs: {whole_outputs} whole; {columns} columns proven, {edges} edges, {gaps} gaps");
    println!("edges that the event gives too: {agreed}; differences:");
    differ.iter().for_each(|line| println!("  {line}"));
    println!("left out:");
    reasons.iter().for_each(|(reason, times)| println!("  {times:4} {reason}"));
    println!("{:.1} µs a statement, {:.1} µs the slowest", spent as f64 / 1e3 / f64::from(statements.max(1)), slowest as f64 / 1e3);
}
