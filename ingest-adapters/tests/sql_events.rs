//! Column lineage from the SQL of real events: what is inferred is what their producers say, and every
//! edge starts at a dataset that the event names.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod events;

use events::{declared, events, files_in, statement};
use ingest_adapters::sql::{Inferred, Reason, infer};
use std::collections::BTreeSet;
use std::path::Path;

fn recorded() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/real")
}

/// `target <- dataset.field`, without what only decides about rows.
fn edges(inferred: &Inferred) -> BTreeSet<String> {
    inferred.sources.iter().filter_map(|s| Some(format!("{} <- {}.{}", s.target.as_ref()?, s.name, s.field))).collect()
}

#[test]
fn models_of_dbt_have_the_edges_that_dbt_ol_says() {
    let (mut compared, mut same) = (0, 0);
    for file in files_in(&recorded()).iter().filter(|file| file.to_string_lossy().contains("dbt-")) {
        for event in events(file) {
            let Some(statement) = statement(&event) else { continue };
            let said = declared(&event["outputs"][0]);
            // dbt-ol takes the function `range(…)` for a table.
            if said.is_empty() || said.iter().any(|edge| edge.contains("<- range.")) {
                continue;
            }
            let answer = match infer(&statement) {
                // A seed is no input of the events of dbt-ol.
                Err(unproven) if unproven.reason == Reason::UnknownTable => continue,
                answer => answer.unwrap_or_default(),
            };
            compared += 1;
            same += usize::from(answer.len() == 1 && edges(&answer[0]) == said && answer[0].is_complete());
        }
    }
    assert_eq!(same, compared);
    assert!(compared >= 45, "{compared} models compared");
}

#[test]
fn every_edge_starts_at_a_dataset_of_its_event() {
    let mut files = files_in(&recorded());
    match std::env::var("OPENLINEAGE_CORPUS_DIR") {
        Ok(folder) => files.extend(files_in(Path::new(&folder))),
        Err(_) => eprintln!("OPENLINEAGE_CORPUS_DIR is not set: only recorded events are checked"),
    }
    let (mut asked, mut answered) = (0, 0);
    for event in files.iter().flat_map(|file| events(file)) {
        let Some(statement) = statement(&event) else { continue };
        asked += 1;
        let Ok(answer) = infer(&statement) else { continue };
        answered += 1;
        for source in answer.iter().flat_map(|inferred| &inferred.sources) {
            let named =
                statement.inputs.iter().chain(&statement.outputs).any(|t| (t.namespace, t.name) == (&source.namespace, &source.name));
            assert!(named, "{source:?}");
        }
    }
    // A share that falls is a finding: see docs/SQL.md.
    assert!(answered * 100 >= asked * 60, "{answered} of {asked} statements");
}
