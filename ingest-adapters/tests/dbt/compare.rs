//! What is told here and what dbt-ol told of the same commands: the same datasets, edges and jobs, but
//! for differences of which each has its reason.

use crate::folder::Folder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a catalog would know.
#[derive(Default)]
struct Known {
    datasets: BTreeSet<String>,
    edges: BTreeSet<String>,
    jobs: BTreeSet<String>,
}

/// Reads events as a catalog does: inputs and outputs of a run meet over its events, column lineage
/// adds edges.
fn known(events: &[Value]) -> Known {
    let mut known = Known::default();
    let mut met: BTreeMap<(String, String), (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for event in events {
        if let Some(dataset) = event.get("dataset") {
            known.datasets.insert(name(dataset));
            continue;
        }
        let job = name(&event["job"]);
        let (inputs, outputs) = met.entry((job.clone(), event["run"]["runId"].to_string())).or_default();
        inputs.extend(list(&event["inputs"]).map(name));
        outputs.extend(list(&event["outputs"]).map(name));
        known.jobs.insert(job);
        for output in list(&event["outputs"]) {
            let columns = output["facets"]["columnLineage"]["fields"].as_object();
            let sources = columns.into_iter().flatten().flat_map(|(_, field)| list(&field["inputFields"])).map(name);
            known.edges.extend(sources.map(|source| format!("{source} -> {} by {}", name(output), name(&event["job"]))));
        }
    }
    for ((job, _), (inputs, outputs)) in met {
        for output in &outputs {
            known.edges.extend(inputs.iter().map(|input| format!("{input} -> {output} by {job}")));
        }
        known.datasets.extend(inputs.into_iter().chain(outputs));
    }
    known
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn name(value: &Value) -> String {
    format!("{} {}", value["namespace"].as_str().unwrap(), value["name"].as_str().unwrap())
}

fn recorded(scenario: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/real").join(format!("dbt-{scenario}.ndjson"));
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Why something is told here alone.
fn why_here(item: &str, of_runs: &Known) -> Option<&'static str> {
    let has = |text: &str| item.contains(text);
    if has("dbt://jaffle_shop ") || has(" exposure.") {
        Some("dbt-ol tells of exposures only in a facet of what they read")
    } else if ["raw_customers", "raw_payments", "raw_orders"].iter().any(|seed| has(seed)) && !has("source.") {
        Some("dbt-ol passes seeds over, as jobs and as inputs")
    } else if has("stg_order_status") {
        Some("dbt-ol names an ephemeral model as input and does not say what it reads")
    } else if has(".freshness") {
        Some("dbt-ol tells nothing of source freshness")
    } else if !of_runs.datasets.contains(item) {
        Some("the command did not touch it: the manifest describes it")
    } else {
        None
    }
}

/// Why something is told by dbt-ol alone.
fn why_there(item: &str) -> Option<&'static str> {
    if item == "dbt-prod jaffle.main_marts.jaffle_shop.customer_segments.build.test" {
        Some("its only test was skipped, which dbt-ol tells as a failure")
    } else if item.starts_with("duckdb://jaffle.duckdb range -> ") {
        Some("dbt-ol's SQL parser takes the table function range() for a table")
    } else {
        None
    }
}

#[test]
fn the_same_as_dbt_ol_but_for_reasons() {
    let steps = [
        ("seed", "seed"),
        ("run", "run"),
        ("test", "test"),
        ("snapshot", "snapshot"),
        ("build", "build-with-catalog"),
        ("failing", "build-failing"),
    ];
    let (mut lines, mut unexplained) = (Vec::new(), Vec::new());
    for (step, scenario) in steps {
        let events = Folder::recorded(step).told().events;
        let runs: Vec<Value> = events.iter().filter(|event| event.get("run").is_some()).cloned().collect();
        let (here, of_runs, there) = (known(&events), known(&runs), known(&recorded(scenario)));
        for (what, here, there) in
            [("dataset", &here.datasets, &there.datasets), ("edge", &here.edges, &there.edges), ("job", &here.jobs, &there.jobs)]
        {
            lines.push(format!("{step}: {} {what}s in both", here.intersection(there).count()));
            let only_here = here.difference(there).map(|item| ("here", item, why_here(item, &of_runs)));
            let only_there = there.difference(here).map(|item| ("dbt-ol", item, why_there(item)));
            for (side, item, why) in only_here.chain(only_there) {
                unexplained.extend(why.is_none().then(|| format!("{step}: {what} {item} is only {side}")));
                lines.push(format!("  only {side}: {item}\n    {}", why.unwrap_or("?")));
            }
        }
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    insta::assert_snapshot!("differences_from_dbt_ol", lines.join("\n"));
}

/// Where both tell of a dataset's columns, the names and types are the same.
#[test]
fn the_same_columns_as_dbt_ol() {
    let columns = |events: &[Value]| {
        let mut columns: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for dataset in events.iter().flat_map(|event| list(&event["inputs"]).chain(list(&event["outputs"]))) {
            let fields = list(&dataset["facets"]["schema"]["fields"]);
            let fields: Vec<_> = fields.map(|field| (field["name"].to_string(), field["type"].to_string())).collect();
            if !fields.is_empty() {
                columns.insert(name(dataset), fields);
            }
        }
        columns
    };
    let (here, there) = (columns(&Folder::recorded("build").told().events), columns(&recorded("build-with-catalog")));
    assert!(there.len() > 8, "{there:?}");
    for (dataset, fields) in there {
        assert_eq!(here.get(&dataset), Some(&fields), "{dataset}");
    }
}
