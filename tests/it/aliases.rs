//! Very many names of one thing: partitions of a table that all point to it, and one event that lists them all. What
//! takes the square of their number does not end within a test.

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{Server, events};

const PARTITIONS: u32 = 3_000;

fn symlinks(names: impl Iterator<Item = String>) -> Value {
    let identifiers: Vec<Value> = names.map(|name| json!({ "namespace": "hive", "name": name, "type": "TABLE" })).collect();
    json!({ "symlinks": events::facet(json!({ "identifiers": identifiers })) })
}

fn partition(number: u32, minute: u32, links: &[&str]) -> Value {
    let name = format!("t/day={number}");
    let job = format!("load {}", number % 7);
    let time = format!("2026-11-01T{:02}:{minute:02}:00Z", number % 24);
    let event = events::run("COMPLETE", &time, &events::run_id(number), &job, &["raw"], &[&name]);
    events::with(event, &["outputs", "0", "facets"], symlinks(links.iter().map(|&link| link.to_owned())))
}

fn post_all(server: &Server, sent: &[Value]) {
    let answer = server.post_bytes("/api/v1/lineage/batch", &[("content-type", "application/json")], json!(sent).to_string().as_bytes());
    assert_eq!(answer.json()["summary"]["successful"], sent.len(), "{}", &answer.text[..answer.text.len().min(300)]);
}

const CLASS: &str = "query($name: String!) { dataset(namespace: \"db\", name: $name) { id aliasCount aliases(first: 2) { name } \
                     lineage(direction: UPSTREAM) { totalCount complete } } }";

fn class(server: &Server, number: u32) -> Value {
    server.ask_about(CLASS, &format!("t/day={number}"))["dataset"].clone()
}

#[test]
fn partitions_of_one_table_are_one_dataset_until_they_part() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let all: Vec<Value> = (0..PARTITIONS).map(|number| partition(number, 0, &["db.t"])).collect();
    post_all(&server, &all);
    let known = class(&server, 7);
    assert_eq!(known["aliasCount"], PARTITIONS);
    assert_eq!(known["aliases"].as_array().unwrap().len(), 2);
    assert_eq!(class(&server, PARTITIONS - 1)["id"], known["id"]);
    assert_eq!(server.ask("{ datasets { totalCount } }")["datasets"]["totalCount"], 2);
    // The last ones belong to another table, one by one; each third of them to both.
    let moved = PARTITIONS / 2..PARTITIONS;
    let parted: Vec<Value> =
        moved.clone().map(|number| partition(number, 1, if number.is_multiple_of(3) { &["db.u", "db.t"] } else { &["db.u"] })).collect();
    post_all(&server, &parted);
    assert_eq!(class(&server, 7)["aliasCount"], PARTITIONS + 1);
    let parted: Vec<Value> = moved.filter(|number| number.is_multiple_of(3)).map(|number| partition(number, 2, &["db.u"])).collect();
    post_all(&server, &parted);
    for number in [7, PARTITIONS - 1] {
        assert_eq!(class(&server, number)["aliasCount"], PARTITIONS / 2);
    }
    assert_ne!(class(&server, 7)["id"], class(&server, PARTITIONS - 1)["id"]);
    assert_eq!(server.ask("{ search(query: \"day\", filter: { kinds: [DATASET] }) { totalCount } }")["search"]["totalCount"], 2);
    assert!(server.stop());
    Server::digests(folder.path());
}

#[test]
fn one_event_may_say_very_many_names() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "load", &["raw"], &["t/day=1"]);
    let with = |day: u32, count: u32| {
        let event = events::with(event.clone(), &["eventTime"], format!("2026-11-{day:02}T00:00:00Z").into());
        events::with(event, &["outputs", "0", "facets"], symlinks((0..count).map(|number| format!("name {number}"))))
    };
    server.take(&[with(1, 20_000)]);
    assert_eq!(class(&server, 1)["aliasCount"], 20_000);
    server.take(&[with(2, 3)]);
    assert_eq!(class(&server, 1)["aliasCount"], 3);
    assert!(server.stop());
    Server::digests(folder.path());
}
