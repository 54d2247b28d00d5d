//! What breaks when something changes, as people ask it: over GraphQL, with proofs in words.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Server, events};

/// What a question must select for `lines` to read its answer.
const ITEMS: &str = "totalCount edges { node { verdict distance reason proof { job { name } confidence }
    node { __typename ... on Dataset { name } ... on Job { name } ... on Column { name dataset { name } } } } }";
const TOTALS: &str = "datasets { breaks risky unknown safe } jobs { breaks risky unknown safe } columns { breaks risky unknown safe }";

fn ask(server: &Server, change: &str, more: &str) -> Value {
    let query = format!(
        "{{ impact(change: {change}{more}) {{ verdict typeChange complete totals {{ {TOTALS} }} byDepth {{ distance totals {{ {TOTALS} }} }}
            owners {{ name datasets {{ breaks risky unknown safe }} jobs {{ breaks risky unknown safe }} }}
            datasets(first: 1000) {{ {ITEMS} }} jobs(first: 1000) {{ {ITEMS} }} columns(first: 1000) {{ {ITEMS} }} }} }}"
    );
    server.ask(&query)["impact"].clone()
}

fn lines(list: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |edge: &Value| {
        let item = &edge["node"];
        let dataset = item["node"]["dataset"]["name"].as_str().map(|name| format!("{name}.")).unwrap_or_default();
        let steps: Vec<String> = item["proof"].as_array().unwrap().iter().map(|step| text(&step["confidence"])).collect();
        format!(
            "{} at {}: {dataset}{}: {} ({})",
            text(&item["verdict"]),
            item["distance"],
            text(&item["node"]["name"]),
            text(&item["reason"]),
            steps.join(", ").to_lowercase()
        )
    };
    list["edges"].as_array().unwrap().iter().map(line).collect()
}

fn shown(answer: &Value) -> Value {
    let list: Vec<String> = ["datasets", "jobs", "columns"].iter().flat_map(|list| lines(&answer[*list])).collect();
    json!({ "verdict": answer["verdict"], "typeChange": answer["typeChange"], "items": list })
}

fn column(dataset: &str, name: &str) -> String {
    format!("{{namespace: \"db\", dataset: \"{dataset}\", name: \"{name}\"}}")
}

/// orders → daily (column lineage with a filter) → report; orders → copy (tables only).
fn shop(server: &Server) {
    let owner = |name: &str| events::facet(json!({ "owners": [{ "name": name, "type": "OWNER" }] }));
    let daily = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "daily", &["orders"], &["daily"]);
    let daily = events::with(
        daily,
        &["outputs", "0", "facets", "columnLineage"],
        events::column_lineage(&[("total", "orders", "amount"), ("day", "orders", "day"), ("", "orders", "status")]),
    );
    let daily = events::with(daily, &["outputs", "0", "facets", "schema"], events::schema(&[("total", "int"), ("day", "date")]));
    let daily = events::with(daily, &["outputs", "0", "facets", "ownership"], owner("team:sales"));
    let schema = [("id", "int"), ("amount", "int"), ("day", "date"), ("status", "varchar(10)"), ("note", "text")];
    let daily = events::with(daily, &["inputs", "0", "facets", "schema"], events::schema(&schema));
    let report = events::run("COMPLETE", "2026-11-01T01:00:00Z", &events::run_id(2), "report", &["daily"], &["report"]);
    let report = events::with(
        report,
        &["outputs", "0", "facets", "columnLineage"],
        events::column_lineage(&[("revenue", "daily", "total"), ("", "daily", "day")]),
    );
    let report = events::with(report, &["outputs", "0", "facets", "schema"], events::schema(&[("revenue", "int")]));
    let report = events::with(report, &["job", "facets", "ownership"], owner("team:finance"));
    let copy = events::run("COMPLETE", "2026-11-01T01:00:00Z", &events::run_id(3), "copy", &["orders"], &["copy"]);
    server.take(&[daily, report, copy]);
}

#[test]
fn columns_break_by_what_is_done_with_them() {
    let server = Server::start();
    shop(&server);
    let drop = |name: &str| shown(&ask(&server, &format!("{{dropColumn: {}}}", column("orders", name)), ""));
    let retype =
        |name: &str, to: &str| shown(&ask(&server, &format!("{{retypeColumn: {{column: {}, to: \"{to}\"}}}}", column("orders", name)), ""));
    assert_json_snapshot!(json!({
        "a value is gone": drop("amount"),
        "a filter is gone": drop("status"),
        "what nothing names is gone": drop("note"),
        "a wider value": retype("amount", "bigint"),
        "a smaller value": retype("amount", "smallint"),
        "a wider filter": retype("status", "text"),
        "a renamed value": shown(&ask(&server, &format!("{{renameColumn: {{column: {}, to: \"sum\"}}}}", column("orders", "amount")), "")),
    }));
}

#[test]
fn datasets_and_jobs_break_too() {
    let server = Server::start();
    shop(&server);
    let whole = ask(&server, "{dropDataset: {namespace: \"db\", name: \"orders\"}}", "");
    assert_json_snapshot!(json!({
        "orders is dropped": shown(&whole),
        "whom it concerns": whole["owners"],
        "by depth": whole["byDepth"],
        "daily stops": shown(&ask(&server, "{stopJob: {namespace: \"etl\", name: \"daily\"}}", "")),
        "daily is late": shown(&ask(&server, "{lateJob: {namespace: \"etl\", name: \"daily\"}}", "")),
    }));
}

#[test]
fn questions_about_nothing_are_answered_in_words() {
    let server = Server::start();
    shop(&server);
    let said = |change: &str| {
        let answer = server.ask_with(&format!("{{ impact(change: {change}) {{ verdict }} }}"), Value::Null);
        json!([answer["errors"][0]["message"], answer["errors"][0]["extensions"]["code"]])
    };
    assert_json_snapshot!(json!([
        said("{dropColumn: {namespace: \"db\", dataset: \"nothing\", name: \"a\"}}"),
        said(&format!("{{dropColumn: {}}}", column("orders", "nothing"))),
        said("{dropDataset: {namespace: \"db\"}}"),
        said("{stopJob: {namespace: \"etl\", name: \"nothing\"}}"),
        said(&format!("{{renameColumn: {{column: {}, to: \"amount\"}}}}", column("orders", "amount"))),
    ]));
}

#[test]
fn pages_hold_everything_once() {
    let server = Server::start();
    let wide: Vec<String> = (0..45).map(|number| format!("copy_{number:02}")).collect();
    let run =
        |number: u32, name: &String| events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), name, &["orders"], &[name]);
    server.take(&wide.iter().zip(1..).map(|(name, number)| run(number, name)).collect::<Vec<_>>());
    let (mut seen, mut after) = (BTreeSet::new(), "null".to_owned());
    loop {
        let answer = server.ask(&format!(
            "{{ impact(change: {{dropDataset: {{namespace: \"db\", name: \"orders\"}}}}) {{ datasets(verdicts: [BREAKS], first: 7, after: {after}) {{
                totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ node {{ ... on Dataset {{ name }} }} }} }} }} }} }}"
        ));
        let page = &answer["impact"]["datasets"];
        assert_eq!(page["totalCount"], 45);
        for edge in page["edges"].as_array().unwrap() {
            assert!(seen.insert(edge["node"]["node"]["name"].as_str().unwrap().to_owned()), "{edge}");
        }
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].to_string();
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), wide);
}

/// Airflow 3 with dbt: column lineage that names no filters, and none for some.
#[test]
fn a_recording_is_judged_honestly() {
    let server = Server::start();
    let text = std::fs::read_to_string("fixtures/real/airflow3-all_dags.ndjson").unwrap();
    server.take(&text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>());
    let change = "{dropColumn: {namespace: \"postgres://127.0.0.1:55432\", dataset: \"shop.public.orders\", name: \"amount\"}}";
    let (careful, trusting) = (ask(&server, change, ""), ask(&server, change, ", trustInferred: true, assumeComplete: true"));
    assert_json_snapshot!(json!({ "as it is": shown(&careful), "taken at its word": shown(&trusting), "totals": careful["totals"] }));
}

/// Where much is affected, first what anybody ever owned is looked up: the answer is the same.
#[test]
fn of_very_many_the_owners_are_told_too() {
    let server = Server::start();
    let names: Vec<String> = (0..1100).map(|number| format!("copy_{number}")).collect();
    let outputs: Vec<&str> = names.iter().map(String::as_str).collect();
    let owner = events::facet(json!({ "owners": [{ "name": "team:sales", "type": "OWNER" }] }));
    let run = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copies", &["orders"], &outputs);
    server.take(&[events::with(run, &["outputs", "7", "facets", "ownership"], owner)]);
    let query = "{ impact(change: { dropDataset: { namespace: \"db\", name: \"orders\" } }) \
                 { owners { name datasets { breaks } jobs { breaks } } } }";
    let owners = json!([
        { "name": null, "datasets": { "breaks": 1099 }, "jobs": { "breaks": 1 } },
        { "name": "team:sales", "datasets": { "breaks": 1 }, "jobs": { "breaks": 0 } },
    ]);
    assert_eq!(server.ask(query)["impact"]["owners"], owners);
}
