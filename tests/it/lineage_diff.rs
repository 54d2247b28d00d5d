//! What changed between two instants, two runs, two environments.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

fn step(day: u32, number: u32, inputs: &[&str], sources: &[(&str, &str, &str)], schema: &[(&str, &str)]) -> Value {
    let event = events::run("COMPLETE", &format!("2026-11-{day:02}T00:00:00Z"), &events::run_id(number), "build", inputs, &["mart"]);
    let event = events::with(event, &["outputs", "0", "facets", "columnLineage"], events::column_lineage(sources));
    events::with(event, &["outputs", "0", "facets", "schema"], events::schema(schema))
}

/// A job that changes its mind: another input, another column, another type.
fn estate() -> Server {
    let server = Server::start();
    server.take(&[
        step(1, 1, &["a", "b"], &[("id", "a", "id"), ("name", "b", "name")], &[("id", "INT"), ("name", "TEXT")]),
        step(5, 2, &["a", "c"], &[("id", "a", "id"), ("mail", "c", "mail")], &[("id", "BIGINT"), ("mail", "TEXT")]),
    ]);
    server
}

const FIELDS: &str = "totalCount counts { kind added removed changed } pageInfo { hasNextPage endCursor }
    changes { kind difference thing { name namespace column } to { name column } job { name } before after }";

/// A line a change.
fn lines(answer: &Value) -> Vec<String> {
    let place = |place: &Value| {
        let column = place["column"].as_str().map(|column| format!(".{column}")).unwrap_or_default();
        format!("{}{column}", place["name"].as_str().unwrap_or("-"))
    };
    let line = |change: &Value| {
        let to = if change["to"].is_null() { String::new() } else { format!(" -> {}", place(&change["to"])) };
        let said = format!("{} to {}", change["before"], change["after"]).replace("null to null", "").replace('"', "");
        format!("{} {} {}{to} {said}", change["difference"], change["kind"], place(&change["thing"])).replace('"', "").trim_end().to_owned()
    };
    answer["changes"].as_array().into_iter().flatten().map(line).collect()
}

fn diff(server: &Server, arguments: &str) -> Value {
    server.ask(&format!("{{ lineageDiff({arguments}) {{ {FIELDS} }} }}"))["lineageDiff"].clone()
}

const MART: &str = r#"from: { datasets: [{ namespace: "db", name: "mart" }] }"#;

#[test]
fn two_instants() {
    let server = estate();
    let answer = diff(&server, &format!(r#"before: {{ {MART}, asOf: "2026-11-02T00:00:00Z" }}, direction: UPSTREAM"#));
    assert_json_snapshot!(json!({ "counts": answer["counts"], "changes": lines(&answer) }));
    let recent =
        r#"direction: UPSTREAM, after: { from: { datasets: [{ namespace: "db", name: "mart" }] }, seenSince: "2026-11-04T00:00:00Z" }"#;
    let answer = diff(&server, &format!(r#"before: {{ {MART}, asOf: "2026-11-02T00:00:00Z" }}, {recent}"#));
    assert_json_snapshot!(lines(&answer));
    let same = diff(&server, &format!("before: {{ {MART} }}"));
    assert_eq!(same["totalCount"], 0);
}

#[test]
fn two_runs_of_a_job() {
    let server = estate();
    let answer = diff(&server, &format!(r#"before: {{ run: "{}" }}, after: {{ run: "{}" }}"#, events::run_id(1), events::run_id(2)));
    assert_json_snapshot!(lines(&answer));
}

#[test]
fn two_environments() {
    let server = Server::start();
    let step = |namespace: &str, number: u32, columns: &[(&str, &str)]| {
        let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), "build", &["in"], &["out"]);
        let event = events::with(event, &["job", "namespace"], namespace.into());
        let event = events::with(event, &["inputs", "0", "namespace"], namespace.into());
        let event = events::with(event, &["outputs", "0", "namespace"], namespace.into());
        events::with(event, &["outputs", "0", "facets", "schema"], events::schema(columns))
    };
    server.take(&[step("prod", 1, &[("id", "INT"), ("old", "INT")]), step("test", 2, &[("id", "INT"), ("new", "INT")])]);
    let answer = diff(
        &server,
        r#"before: { from: { namespaces: ["prod"] } }, after: { from: { namespaces: ["test"] } }, namespaces: [{ before: "prod", after: "test" }]"#,
    );
    assert_json_snapshot!(lines(&answer));
}

#[test]
fn pages_make_up_the_whole() {
    let server = estate();
    let sides = format!(r#"before: {{ {MART}, asOf: "2026-11-02T00:00:00Z" }}"#);
    let whole = lines(&diff(&server, &sides));
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = diff(&server, &format!("{sides}, first: 2{after}"));
        paged.extend(lines(&page));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", afterCursor: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(paged, whole);
    assert!(whole.len() > 4);
    // `after` is one of the states that are compared: with another one the list is another.
    let query =
        format!("{{ lineageDiff({sides}, after: {{ {MART}, asOf: \"2026-11-03T00:00:00Z\" }}, first: 2{after}) {{ totalCount }} }}");
    let refused = server.ask_with(&query, Value::Null);
    let why = refused["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(why.starts_with("afterCursor is not a cursor of this list: it is of another list of differences"), "{refused:#}");
}
