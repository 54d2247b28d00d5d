//! What the demo promises: enough to look at, nothing that contradicts itself, the same every time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use super::*;

/// 20 November 2026, 14:23:51.
const NOW: i64 = 1_795_184_631_000_000;

static LINES: LazyLock<Vec<String>> = LazyLock::new(|| estate(NOW));
static EVENTS: LazyLock<Vec<Value>> = LazyLock::new(|| LINES.iter().map(|line| serde_json::from_str(line).unwrap()).collect());

fn events() -> &'static [Value] {
    &EVENTS
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or("")
}

fn name(value: &Value) -> (String, String) {
    (text(value, "/namespace").to_owned(), text(value, "/name").to_owned())
}

/// Every dataset that an event mentions, with its facets.
fn datasets(event: &Value) -> Vec<&Value> {
    let lists = ["inputs", "outputs"].into_iter().filter_map(|list| event[list].as_array()).flatten();
    lists.chain(event.get("dataset")).collect()
}

fn columns(dataset: &Value) -> Option<Vec<(String, String)>> {
    let fields = dataset.pointer("/facets/schema/fields")?.as_array()?;
    Some(fields.iter().map(|field| (text(field, "/name").to_owned(), text(field, "/type").to_owned())).collect())
}

#[test]
fn the_tables_hold_no_mistake() {
    assert_eq!(company::build().mistakes, Vec::<String>::new());
}

#[test]
fn there_is_enough_to_look_at() {
    let events = events();
    let all: BTreeSet<_> = events.iter().flat_map(datasets).map(name).collect();
    let jobs: BTreeSet<_> = events.iter().filter_map(|event| event.get("job")).map(name).collect();
    let runs: BTreeSet<&str> = events.iter().map(|event| text(event, "/run/runId")).collect();
    let bytes: usize = LINES.iter().map(String::len).sum();
    println!("{} events, {bytes} bytes, {} datasets, {} jobs, {} runs", events.len(), all.len(), jobs.len(), runs.len());
    assert!((4_000..9_000).contains(&events.len()));
    assert!(bytes < 25_000_000);
    assert!(all.len() >= 200);
    assert!(jobs.len() >= 150);
}

#[test]
fn some_runs_fail_but_few() {
    let events = events();
    let count = |word: &str| events.iter().filter(|event| event["eventType"] == word).count();
    let ended = count("COMPLETE") + count("FAIL") + count("ABORT");
    println!("{} complete, {} fail, {} abort", count("COMPLETE"), count("FAIL"), count("ABORT"));
    assert!(count("FAIL") * 100 >= ended * 2 && count("FAIL") * 100 <= ended * 6);
    assert!(count("ABORT") > 0 && count("RUNNING") > 0);
    let failed = events.iter().filter(|event| event["eventType"] == "FAIL");
    assert!(failed.clone().all(|event| !text(event, "/run/facets/errorMessage/message").is_empty()));
}

#[test]
fn exactly_one_pipeline_is_red_now_and_one_run_is_open() {
    let mut last: BTreeMap<(String, String), (String, String)> = BTreeMap::new();
    for event in events().iter().filter(|event| event.get("run").is_some()) {
        let run = (text(event, "/run/runId").to_owned(), text(event, "/eventType").to_owned());
        last.insert(name(&event["job"]), run);
    }
    let in_state =
        |word: &str| -> Vec<&str> { last.iter().filter(|(_, (_, state))| state == word).map(|((_, name), _)| name.as_str()).collect() };
    assert_eq!(in_state("FAIL"), ["payments_hourly", runs::BROKEN]);
    let open: Vec<&str> = [in_state("START"), in_state("RUNNING")].concat();
    assert!(open.contains(&runs::BUSY) && open.contains(&"fraud-scores-v1"), "{open:?}");
}

#[test]
fn schemas_change_in_at_least_six_datasets() {
    let mut seen: BTreeMap<_, BTreeSet<Vec<(String, String)>>> = BTreeMap::new();
    for event in events() {
        for dataset in datasets(event) {
            if let Some(columns) = columns(dataset) {
                seen.entry(name(dataset)).or_default().insert(columns);
            }
        }
    }
    let changed: Vec<_> = seen.iter().filter(|(_, shapes)| shapes.len() > 1).collect();
    println!("{} datasets with changes", changed.len());
    assert!(changed.len() >= 6);
    assert!(changed.iter().any(|((_, name), _)| name == "analytics.marts.fct_orders"));
    assert!(changed.iter().any(|((_, name), _)| name == "shop.public.customers"));
}

#[test]
fn events_are_sorted_past_and_the_same_each_time() {
    let events = events();
    let times: Vec<&str> = events.iter().map(|event| text(event, "/eventTime")).collect();
    assert!(times.is_sorted());
    assert!(times.iter().all(|time| *time <= clock::text(NOW).as_str()));
    assert_eq!(*LINES, estate(NOW));
}

#[test]
fn any_time_of_day_will_do() {
    for hour in [10, 14] {
        let now = NOW + hour * clock::HOUR + hour * clock::MINUTE;
        let lines = estate(now);
        let last: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
        assert!(lines.len() > 4_000 && text(&last, "/eventTime") <= clock::text(now).as_str());
    }
}

#[test]
fn column_lineage_names_columns_that_exist() {
    let events = events();
    let mut known: BTreeSet<(String, String, String)> = BTreeSet::new();
    for dataset in events.iter().flat_map(datasets) {
        let (namespace, table) = name(dataset);
        for (column, _) in columns(dataset).unwrap_or_default() {
            known.insert((namespace.clone(), table.clone(), column));
        }
    }
    let mut edges = 0;
    let mut check = |input: &Value| {
        let (namespace, table) = name(input);
        let field = text(input, "/field").to_owned();
        assert!(known.contains(&(namespace, table, field)), "{input} names no known column");
        edges += 1;
    };
    for facet in events.iter().flat_map(datasets).filter_map(|dataset| dataset.pointer("/facets/columnLineage")) {
        for field in facet["fields"].as_object().unwrap().values() {
            field["inputFields"].as_array().unwrap().iter().for_each(&mut check);
        }
        facet["dataset"].as_array().unwrap().iter().for_each(&mut check);
    }
    assert!(edges > 1_000);
}

#[test]
fn parents_are_runs_that_are_told_of() {
    let events = events();
    let runs: BTreeSet<(&str, &str)> = events.iter().map(|event| (text(event, "/run/runId"), text(event, "/job/name"))).collect();
    for parent in events.iter().filter_map(|event| event.pointer("/run/facets/parent")) {
        assert!(runs.contains(&(text(parent, "/run/runId"), text(parent, "/job/name"))), "{parent}");
        assert!(runs.contains(&(text(parent, "/root/run/runId"), text(parent, "/root/job/name"))), "{parent}");
    }
}

#[test]
fn highlights_lead_somewhere() {
    let events = events();
    let all: BTreeSet<_> = events.iter().flat_map(datasets).map(name).collect();
    let jobs: BTreeSet<_> = events.iter().filter_map(|event| event.get("job")).map(name).collect();
    let decode = |text: &str| text.replace("%3A", ":").replace("%2F", "/");
    for highlight in highlights() {
        let parts: Vec<String> = highlight.path.split('/').map(decode).collect();
        match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["", "search?q=orders"] => {}
            ["", "datasets", namespace, name] | ["", "lineage", "dataset", namespace, name] => {
                assert!(all.contains(&((*namespace).to_owned(), (*name).to_owned())), "{}", highlight.path);
            }
            ["", "jobs", namespace, name] => {
                assert!(jobs.contains(&((*namespace).to_owned(), (*name).to_owned())), "{}", highlight.path);
            }
            _ => panic!("{} is no page", highlight.path),
        }
    }
}
