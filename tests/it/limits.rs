//! Questions that ask for too much, or for nothing sensible: a clear error with a code, never a 5xx.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events, raw};

fn errors(server: &Server, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    let answer = server.post_bytes("/graphql", &[("content-type", "application/json")], body.as_bytes());
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    assert!(!errors.is_empty(), "{query} is answered");
    errors.iter().map(|error| json!([error["message"], error["extensions"]["code"]])).collect()
}

#[test]
fn wrong_arguments_are_said() {
    let server = Server::start();
    server.take(&[events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &["a"], &["b"])]);
    let lineage = |arguments: &str| format!(r#"{{ dataset(namespace: "db", name: "a") {{ lineage({arguments}) {{ totalCount }} }} }}"#);
    let answers: Vec<Value> = [
        r"{ jobs(first: 5000) { totalCount } }".to_owned(),
        r"{ runs(first: 5000) { totalCount } }".to_owned(),
        r"{ datasets(first: -1) { totalCount } }".to_owned(),
        r#"{ search(query: "a", first: 5000) { totalCount } }"#.to_owned(),
        r#"{ search(query: "a", after: "junk") { totalCount } }"#.to_owned(),
        r#"{ jobs(after: "ü") { totalCount } }"#.to_owned(),
        r"{ quarantine(first: 5000) { totalCount } }".to_owned(),
        r#"{ dataset(namespace: "db") { id } }"#.to_owned(),
        r#"{ dataset(id: "junk") { id } }"#.to_owned(),
        r#"{ run(id: "x", jobName: "copy") { id } }"#.to_owned(),
        lineage("direction: DOWNSTREAM, maxDepth: -1"),
        lineage("direction: DOWNSTREAM, first: -1"),
        lineage("direction: SIDEWAYS"),
        lineage(r#"direction: DOWNSTREAM, asOf: "soon""#),
        lineage(r#"direction: DOWNSTREAM, first: 1, after: "junk""#),
    ]
    .iter()
    .map(|query| json!({ query.as_str(): errors(&server, query) }))
    .collect();
    assert_json_snapshot!(answers);
}

#[test]
fn a_query_that_goes_too_deep_or_wide_is_refused() {
    let server = Server::start();
    let deep = |levels: usize| (0..levels).fold("id".to_owned(), |inner, _| format!("siblings {{ {inner} }}"));
    let deep = |levels: usize| errors(&server, &format!(r#"{{ run(id: "x") {{ {} }} }}"#, deep(levels)));
    let wide = "{ jobs(first: 1000) { edges { node { runs(first: 1000) { edges { node { id } } } } } } }";
    let loops = "query { ...a } fragment a on Query { ...b } fragment b on Query { ...a }";
    let many: String = (0..50_000).map(|i| format!(" a{i}: status {{ datasets jobs runs columns edges }}")).collect();
    assert_json_snapshot!(json!({
        "17 levels": deep(15),
        "40 levels": deep(38),
        "wide": errors(&server, wide),
        "loops": errors(&server, loops),
    }));
    // A megabyte of aliases: refused as too long or as too much, and quickly.
    let body = json!({ "query": format!("{{{many}}}") }).to_string();
    let head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n";
    let answer = raw(&server.url, format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    assert!(answer.status == 413 || (answer.status == 200 && !answer.json()["errors"].is_null()), "{} {:.300}", answer.status, answer.text);
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn a_request_that_is_no_query_is_refused_with_a_problem() {
    let server = Server::start();
    let json_type = ("content-type", "application/json");
    for (headers, body, status) in [
        (vec![("content-type", "text/plain")], r#"{"query":"{ status { jobs } }"}"#, 415),
        (vec![("content-type", "application/x-www-form-urlencoded")], "query={status{jobs}}", 415),
        (vec![], r#"{"query":"{ status { jobs } }"}"#, 415),
        (vec![json_type], "", 400),
        (vec![json_type], "{", 400),
        (vec![json_type], r#"{"query":7}"#, 400),
        (vec![json_type, ("x-headwater-min-seq", "soon")], r#"{"query":"{ status { jobs } }"}"#, 400),
        (vec![json_type, ("x-headwater-min-seq", "-1")], r#"{"query":"{ status { jobs } }"}"#, 400),
    ] {
        let answer = server.post_bytes("/graphql", &headers, body.as_bytes());
        assert_eq!((answer.status, answer.header("content-type")), (status, Some("application/problem+json")), "{body} {}", answer.text);
    }
}

#[test]
fn a_sequence_that_will_not_come_is_not_waited_for_long() {
    let server = Server::start();
    let headers = [("content-type", "application/json"), ("x-headwater-min-seq", "1000000")];
    let began = std::time::Instant::now();
    let answer = server.post_bytes("/graphql", &headers, br#"{"query":"{ status { jobs } }"}"#);
    assert_eq!((answer.status, answer.json()["data"]["status"]["jobs"].as_u64()), (200, Some(0)), "{}", answer.text);
    assert!(began.elapsed().as_secs() < 10);
}
