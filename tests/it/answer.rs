//! The answer to a lineage question over HTTP, and for a person at a terminal.

use crate::questions::estate;
use serde_json::{Value, json};
use tests::{Answer, Server};

fn get(server: &Server, query: &str) -> Answer {
    server.get(&format!("/api/v1/lineage?{query}"))
}

#[test]
fn an_answer_as_json() {
    let server = estate();
    server.counts();
    let columns = get(&server, "column=db|raw.people|mail&granularity=COLUMN&direction=DOWNSTREAM&maxDepth=1");
    assert_eq!((columns.status, columns.header("content-type")), (200, Some("application/json")));
    assert_eq!(columns.header("x-headwater-seq"), Some("10"));
    insta::assert_json_snapshot!("columns", columns.json());
    insta::assert_json_snapshot!("owners", get(&server, "dataset=db|raw.people&direction=DOWNSTREAM&granularity=OWNER").json());
}

#[test]
fn what_cannot_be_answered_is_said() {
    let server = estate();
    let asked = [
        "",
        "dataset=db|raw.people&format=csv",
        "dataset=db|raw.people&first=many",
        "dataset=db|raw.people&after=here",
        "dataset=db|raw.people&where={\"tag\":\"pii\"}",
        "dataset=db|raw.people&evidence=1000",
        "dataset=db|raw.people&asOf=2026-11-01T00:00:00Z&window=2026-11-01T00:00:00Z/2026-11-02T00:00:00Z",
    ];
    let coded = |query: &str| query.replace('{', "%7B").replace('}', "%7D").replace('"', "%22").replace('|', "%7C");
    let answers: Vec<Value> = asked
        .iter()
        .map(|query| {
            let answer = get(&server, &coded(query));
            json!([answer.status, answer.header("content-type"), answer.json()["detail"]])
        })
        .collect();
    insta::assert_json_snapshot!(answers);
}

#[test]
fn a_person_reads_a_table() {
    let server = estate();
    let ask = |more: &[&str]| {
        let start = ["lineage", "--url", &server.url, "--direction", "downstream"];
        let (code, text, error) = Server::run(&[&start, more].concat());
        format!("{text}{error}exit code {code}\n")
    };
    let people = ["--dataset", "db", "raw.people"];
    insta::assert_snapshot!("table", ask(&people));
    insta::assert_snapshot!("table of columns", ask(&["--column", "db", "raw.people", "mail", "--granularity", "column"]));
    insta::assert_snapshot!("table of groups", ask(&[&people[..], &["--granularity", "tag"]].concat()));
    let short = ["--datasets-only", "--where-tag", "gold", "--where-owner", "ana", "--stop-at-owner", "nobody"];
    insta::assert_snapshot!("table, filtered", ask(&[&people[..], &short].concat()));
    insta::assert_snapshot!("table of what is not known", ask(&[&people[..], &["--dataset", "db", "none", "--depth", "0"]].concat()));
}
