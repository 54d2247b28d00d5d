//! What is told of each recorded command, checked by eye once and held since.

use crate::folder::{Folder, Told, event, names};
use serde_json::{Value, json};

/// One line an event: when, what, who; what it reads and writes; which facets stand where.
fn picture(told: &Told) -> String {
    let mut lines: Vec<String> = told.events.iter().map(line).collect();
    lines.extend(told.notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n")
}

fn line(event: &Value) -> String {
    let time = &event["eventTime"].as_str().unwrap()[11..];
    let facets =
        |value: &Value| value["facets"].as_object().map(|facets| facets.keys().cloned().collect::<Vec<_>>().join(" ")).unwrap_or_default();
    let datasets = |key: &str| {
        let one = |(name, dataset): (String, &Value)| format!("{name}({})", facets(dataset));
        let items = event[key].as_array().into_iter().flatten();
        names(&event[key]).into_iter().zip(items).map(one).collect::<Vec<_>>().join(", ")
    };
    if let Some(dataset) = event.get("dataset") {
        return format!("{time} DATASET {} ({})", names(&json!([dataset]))[0], facets(dataset));
    }
    let kind = event["eventType"].as_str().unwrap_or("JOB");
    let job = event["job"]["name"].as_str().unwrap();
    let error = event["run"]["facets"]["errorMessage"]["message"].as_str().map(|text| format!("\n  error {text:?}")).unwrap_or_default();
    let run = event.get("run").map(|run| format!("\n  run {}", facets(run))).unwrap_or_default();
    format!("{time} {kind} {job} ({}){run}\n  in  {}\n  out {}{error}", facets(&event["job"]), datasets("inputs"), datasets("outputs"))
}

#[test]
fn every_command_is_told() {
    for step in ["seed", "run", "test", "snapshot", "build", "docs", "failing"] {
        insta::assert_snapshot!(step, picture(&Folder::recorded(step).told()));
    }
}

/// The events of a model, its tests, a source, an exposure and the command, to the last facet.
#[test]
fn the_events_of_a_model_in_full() {
    let told = Folder::recorded("build").told();
    let model = "jaffle.main_marts.jaffle_shop.customers.build";
    let of = |found: &dyn Fn(&Value) -> bool| told.events.iter().find(|event| found(event)).unwrap().clone();
    insta::assert_json_snapshot!(
        "model",
        json!([event(&told, "START", &format!("{model}.run")), event(&told, "COMPLETE", &format!("{model}.run"))])
    );
    insta::assert_json_snapshot!("tests", event(&told, "COMPLETE", &format!("{model}.test")));
    insta::assert_json_snapshot!("singular_test", event(&told, "COMPLETE", "test.jaffle_shop.assert_positive_total"));
    insta::assert_json_snapshot!("columns_and_tags", {
        let event = event(&told, "COMPLETE", "jaffle.main_staging.jaffle_shop.stg_customers.build.run");
        json!({ "schema": event["outputs"][0]["facets"]["schema"], "tags": event["outputs"][0]["facets"]["tags"] })
    });
    insta::assert_json_snapshot!(
        "incremental",
        event(&told, "COMPLETE", "jaffle.main_marts.jaffle_shop.daily_revenue.build.run")["outputs"]
    );
    insta::assert_json_snapshot!("source", of(&|event| event["dataset"]["name"] == "jaffle.main_raw.raw_orders"));
    insta::assert_json_snapshot!("exposure", of(&|event| event["job"]["name"] == "exposure.jaffle_shop.weekly_dashboard"));
    insta::assert_json_snapshot!("command", event(&told, "COMPLETE", "dbt-run-jaffle_shop"));
    let failing = Folder::recorded("failing").told();
    insta::assert_json_snapshot!("freshness", event(&failing, "COMPLETE", "jaffle.main_raw.source.jaffle_shop.raw.raw_orders.freshness"));
}

#[test]
fn the_same_artifacts_give_the_same_bytes() {
    let bytes = || Folder::recorded("failing").told().events.iter().map(Value::to_string).collect::<Vec<_>>();
    let first = bytes();
    assert_eq!(first, bytes());
    assert_eq!(first.len(), first.iter().collect::<std::collections::BTreeSet<_>>().len(), "an event is told twice");
}
