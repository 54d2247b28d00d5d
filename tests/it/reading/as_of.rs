//! Every question that reads the graph, as of a moment: the answer over all events is that of a server which was only told
//! the events up to then. What a run says on both sides of the moment is told apart below.

use super::{at, run, server, shop};
use serde_json::{Value, json};
use tests::{Server, events};

/// Every event in an order of time, those of one time as they came.
fn in_time(sent: &[Value]) -> Vec<Value> {
    let each = |event: &Value| event.as_array().cloned().unwrap_or_else(|| vec![event.clone()]);
    let mut all: Vec<Value> = sent.iter().flat_map(each).collect();
    all.sort_by_key(time);
    all
}

fn time(event: &Value) -> String {
    event["eventTime"].as_str().unwrap().to_owned()
}

/// A question of every kind about every dataset and job. `as_of` stands in them as ` asOf: "…"` or not at all; questions that
/// look back from a moment always have it.
fn answers(server: &Server, (datasets, jobs): (&[&str], &[&str]), moment: &str, as_of: bool) -> Vec<(String, Value)> {
    let then = if as_of { format!("asOf: \"{moment}\"") } else { String::new() };
    let alone = if as_of { format!("({then})") } else { String::new() };
    let write = "lastWrite { at continuous run { id } }";
    let staleness = format!(
        "dataset {{ name }} state reason newestInputAt lagMs upstreamCount newerInputCount staleInputCount unknownInputCount onCycle
         newestAttempt {{ id state }} {write} chain {{ dataset {{ name }} state {write} jobs {{ name }} }}"
    );
    let counts = "breaks risky unknown safe";
    let node = "node { __typename ... on Dataset { name } ... on Job { name } ... on Column { name dataset { name } } }";
    let items =
        format!("(first: 1000) {{ totalCount edges {{ node {{ verdict distance reason {node} proof {{ reason confidence }} }} }} }}");
    let impact = format!(
        "verdict typeChange totals {{ datasets {{ {counts} }} jobs {{ {counts} }} columns {{ {counts} }} }}
         datasets{items} jobs{items} columns{items}"
    );
    let plan = "jobCount datasetCount doneCount unknown layers { number steps { cycle jobs { job { name } reason requested
         reads { name } fedBy { name } lastGoodRun { id } } } }";
    let causes = "since until datasetCount jobCount totalCount complete candidates { kind distance at node { ... on Dataset { name }
         ... on Job { name } } run { id } test { name } added removed retyped path { ... on Dataset { name } ... on Job { name } } eventSeqs }";
    let usage =
        format!("window {{ from to watchedSince covered }} totalCount edges {{ node {{ dataset {{ name }} usage lastReadAt {write} }} }}");
    let points = "totalCount edges { node { kind node { ... on Dataset { name } ... on Job { name } } dominatedCount dominatedJobCount
         downstreamCount dominated(first: 100) { edges { node { name } } } } }";
    let mut questions = vec![
        format!(
            "staleDatasets(states: [STALE, BEHIND, FRESH, UNKNOWN], first: 1000 {then}) {{ totalCount edges {{ node {{ {staleness} }} }} }}"
        ),
        format!("singlePointsOfFailure(kinds: [DATASET, JOB], minDominated: 0, first: 1000 {then}) {{ {points} }}"),
        format!(
            "namespaceMatrix{alone} {{ namespaceCount innerEdges crossingEdges cells {{ from to edges examples {{ from {{ name }} to {{ name }} }} }} }}"
        ),
        format!("backfillPlan{alone} {{ {plan} }}"),
        format!("deadDatasets(days: 3, at: \"{moment}\", usages: [DEAD, DECLARED_ONLY, TOO_YOUNG, USED], first: 1000) {{ {usage} }}"),
        format!(
            "deadColumns(days: 3, at: \"{moment}\", usages: [DEAD, UNKNOWN, USED], first: 1000) {{ coveredDatasets totalCount edges {{ node {{ usage column {{ name dataset {{ name }} }} }} }} }}"
        ),
    ];
    for name in datasets {
        let reference = match name.split_once('.') {
            Some((namespace, name)) => format!("{{ namespace: \"{namespace}\", name: \"{name}\" }}"),
            None => format!("{{ namespace: \"db\", name: \"{name}\" }}"),
        };
        questions.extend([
            format!("staleness(dataset: {reference} {then}) {{ {staleness} }}"),
            format!("impact(change: {{ dropDataset: {reference} }} {then}) {{ {impact} }}"),
            format!("backfillPlan(datasets: [{reference}] {then}) {{ {plan} }}"),
            format!("rootCauses(dataset: {reference}, at: \"{moment}\", first: 1000) {{ {causes} }}"),
        ]);
        for (kind, more) in [("dropColumn", ""), ("retypeColumn", "bigint"), ("retypeColumn", "text")] {
            let (namespace, dataset) = name.split_once('.').unwrap_or(("db", name));
            let column = format!("{{ namespace: \"{namespace}\", dataset: \"{dataset}\", name: \"id\" }}");
            let change = if more.is_empty() { column } else { format!("{{ column: {column}, to: \"{more}\" }}") };
            questions.push(format!("impact(change: {{ {kind}: {change} }} {then}) {{ {impact} }}"));
        }
    }
    for job in jobs {
        let reference = format!("{{ namespace: \"etl\", name: \"{job}\" }}");
        questions.extend([
            format!("impact(change: {{ stopJob: {reference} }} {then}) {{ {impact} }}"),
            format!("backfillPlan(jobs: [{reference}] {then}) {{ {plan} }}"),
            format!("rootCauses(job: {reference}, at: \"{moment}\", first: 1000) {{ {causes} }}"),
        ]);
    }
    let ask = |question: String| {
        let mut answer = server.ask_with(&format!("{{ {question} }}"), Value::Null);
        // That something was not there is said in the same words but for the time.
        let errors: Vec<_> = answer["errors"].as_array().into_iter().flatten().map(|error| error["extensions"]["code"].clone()).collect();
        answer["errors"] = json!(errors);
        (question, answer)
    };
    questions.into_iter().map(ask).collect()
}

/// Compares both servers on every question, at each of these moments; returns how many answers were not empty.
fn compare(sent: &[Value], names: (&[&str], &[&str]), moments: &[String]) -> usize {
    let all = in_time(sent);
    let whole = server(&all);
    let mut said = 0;
    for moment in moments {
        let before: Vec<Value> = all.iter().filter(|event| time(event) <= *moment).cloned().collect();
        let then = server(&before);
        for ((asked, found), (_, expected)) in answers(&whole, names, moment, true).into_iter().zip(answers(&then, names, moment, false)) {
            assert_eq!(found, expected, "{asked} as of {moment}");
            said += usize::from(found["errors"] == json!([]));
        }
    }
    said
}

#[test]
fn a_shop_on_each_of_its_days() {
    let datasets =
        ["raw.orders", "raw.customers", "stg_orders", "fct_orders", "mart_revenue", "mart_customers", "bi.revenue", "old_export"];
    let jobs = ["ingest_orders", "stage_orders", "build_orders", "build_revenue", "build_customers", "revenue_dashboard"];
    let moments = [at(1, 4), at(2, 12), at(4, 3), at(6, 0)];
    assert!(compare(&shop(), (&datasets, &jobs), &moments) > 150);
}

/// Jobs that read more and more, and write with and without column lineage; schemas that grow; failures; declarations.
fn estate(seed: u64) -> Vec<Value> {
    let mut numbers = events::Numbers(seed);
    let mut sent = Vec::new();
    for i in 0..70_u32 {
        let (day, job) = (1 + numbers.below(12) as u32, numbers.below(9));
        let [input, other, output] = [(); 3].map(|()| format!("d{}", numbers.below(10)));
        let end = if numbers.below(5) == 0 { "FAIL" } else { "COMPLETE" };
        let hour = 1 + (i % 23);
        let schema = match day {
            0..=4 => events::schema(&[("id", "int")]),
            5..=8 => events::schema(&[("id", "int"), ("x", "int")]),
            _ => events::schema(&[("id", "bigint"), ("x", "int")]),
        };
        let name = format!("job{job}");
        let event = |event_type: &str, at: String, inputs: &[&str], outputs: &[&str]| {
            events::run(event_type, &at, &events::run_id(i), &name, inputs, outputs)
        };
        // Of jobs with column lineage every output has one, always the same.
        let (inputs, outputs, columns) = match job {
            0..=3 => (vec![input, other], vec![output], None),
            _ => {
                let (from, to) = (format!("d{job}"), format!("d{}", (job + 1 + job % 3) % 10));
                let lineage = events::column_lineage(&[("id", &from, "id"), ("", &from, "x")]);
                (vec![from], vec![to], Some(lineage))
            }
        };
        let (inputs, outputs): (Vec<&str>, Vec<&str>) =
            (inputs.iter().map(String::as_str).collect(), outputs.iter().map(String::as_str).collect());
        let start = event("START", format!("2026-11-{day:02}T{:02}:30:00Z", hour - 1), &[], &[]);
        let mut ended = event(end, at(day, hour), &inputs, &outputs);
        ended = events::with(ended, &["outputs", "0", "facets", "schema"], schema);
        if let Some(columns) = columns {
            ended = events::with(ended, &["outputs", "0", "facets", "columnLineage"], columns);
        }
        sent.extend([start, ended]);
    }
    sent.push(events::job(&at(6, 0), "declared", &["d1", "d2"], &["d9"]));
    sent.push(events::job(&at(9, 0), "declared", &["d3"], &["d9"]));
    sent
}

#[test]
fn an_estate_that_nobody_thought_of() {
    let datasets: Vec<String> = (0..10).map(|i| format!("d{i}")).collect();
    let datasets: Vec<&str> = datasets.iter().map(String::as_str).collect();
    let jobs = ["job0", "job4", "job7", "declared"];
    for seed in [3, 11] {
        let said = compare(&estate(seed), (&datasets, &jobs), &[at(4, 0), at(9, 0)]);
        assert!(said > 100, "{said}");
    }
}

fn staleness(server: &Server, name: &str, as_of: &str) -> Value {
    let fields = "state reason lastWrite { at continuous run { id } } newestAttempt { id } chain { dataset { name } }";
    server.ask(&format!(r#"{{ staleness(dataset: {{ namespace: "db", name: "{name}" }}, asOf: "{as_of}") {{ {fields} }} }}"#))["staleness"]
        .clone()
}

#[test]
fn a_run_that_has_not_ended_is_no_write_yet() {
    let long = [
        events::run("START", &at(2, 10), &events::run_id(1), "copy", &["a"], &["b"]),
        events::run("COMPLETE", &at(2, 14), &events::run_id(1), "copy", &["a"], &["b"]),
    ];
    let server = server(&[run("COMPLETE", 1, 3, "fill", &[], &["a"]), json!(long)]);
    // The edge counts from the run's first event on, as it does in `lineage`; the write from its end on.
    let during = staleness(&server, "b", &at(2, 12));
    assert_eq!(during["state"], "UNKNOWN");
    assert_eq!((&during["lastWrite"], &during["newestAttempt"]["id"]), (&Value::Null, &json!(events::run_id(1))));
    assert_eq!(staleness(&server, "b", &at(2, 14))["state"], "FRESH");
    // By then no event names it at all.
    assert_eq!(staleness(&server, "b", &at(2, 9)), Value::Null);
}

#[test]
fn what_had_completed_then_was_a_write_though_it_failed_later() {
    let twice = [
        events::run("START", &at(2, 10), &events::run_id(1), "copy", &["a"], &["b"]),
        events::run("COMPLETE", &at(2, 11), &events::run_id(1), "copy", &["a"], &["b"]),
        events::run("FAIL", &at(2, 15), &events::run_id(1), "copy", &["a"], &["b"]),
    ];
    let server = server(&[run("COMPLETE", 1, 3, "fill", &[], &["a"]), json!(twice)]);
    let between = staleness(&server, "b", &at(2, 12));
    assert_eq!(
        (&between["state"], &between["lastWrite"]),
        (&json!("FRESH"), &json!({ "at": at(2, 11), "continuous": false, "run": null }))
    );
    assert_eq!(staleness(&server, "b", &at(2, 16))["state"], "UNKNOWN");
}

#[test]
fn streaming_is_judged_at_the_moment() {
    let kind = events::facet(json!({ "processingType": "STREAMING", "integration": "FLINK", "jobType": "JOB" }));
    let beat = |event_type: &str, day: u32, hour: u32| {
        let event = events::run(event_type, &at(day, hour), &events::run_id(7), "stream", &["topic"], &["table"]);
        events::with(event, &["job", "facets", "jobType"], kind.clone())
    };
    let server = server(&[
        run("COMPLETE", 1, 2, "load", &["table"], &["report"]),
        beat("START", 2, 1),
        beat("RUNNING", 2, 2),
        beat("RUNNING", 2, 9),
        run("COMPLETE", 2, 12, "fill", &[], &["topic"]),
    ]);
    let heard = staleness(&server, "table", &at(2, 10));
    assert_eq!((&heard["state"], &heard["lastWrite"]["continuous"]), (&json!("FRESH"), &json!(true)));
    assert_eq!(heard["lastWrite"]["at"], at(2, 9));
    assert_eq!(staleness(&server, "report", &at(2, 10))["state"], "FRESH", "what streams on is no news");
    // Long silent: its last event is its last write, and what it reads is newer by now.
    let silent = staleness(&server, "table", &at(9, 0));
    assert_eq!((&silent["state"], &silent["lastWrite"]["continuous"]), (&json!("STALE"), &json!(false)));
    assert_eq!(staleness(&server, "report", &at(9, 0))["state"], "STALE");
}

#[test]
fn causes_are_looked_for_where_data_came_from_then() {
    // From day 3 on the report is made of something else.
    let server = server(&[
        run("FAIL", 1, 2, "old", &["x"], &["before"]),
        events::job(&at(1, 1), "report", &["before"], &["report"]),
        events::job(&at(3, 1), "report", &["after"], &["report"]),
        run("FAIL", 3, 2, "new", &["y"], &["after"]),
    ]);
    let suspects = |moment: &str| {
        let answer = server.ask(&format!(
            r#"{{ rootCauses(dataset: {{ namespace: "db", name: "report" }}, at: "{moment}") {{ candidates {{ node {{ ... on Job {{ name }} }} }} }} }}"#
        ));
        let names = answer["rootCauses"]["candidates"].as_array().unwrap().iter().map(|one| one["node"]["name"].clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(suspects(&at(2, 0)), ["old"]);
    assert_eq!(suspects(&at(4, 0)), ["new"]);
}
