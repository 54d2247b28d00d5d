//! Naming rules: what they would do, what looks alike, and what a wrong file is told.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tests::Server;

const RULES: &str = "fixtures/naming/rules.toml";

/// A data directory with datasets whose names drift.
fn filled(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    let (good, text) = Server::command(&["ingest", "fixtures/naming/events.ndjson", "--data", &data.display().to_string()]);
    assert!(good && text.contains("8 accepted"), "{text}");
    data
}

fn naming(arguments: &[&str]) -> String {
    let (good, text) = Server::command(&[&["naming"], arguments].concat());
    assert!(good, "{arguments:?}: {text}");
    text
}

fn json_of(arguments: &[&str]) -> Value {
    serde_json::from_str(&naming(arguments)).unwrap()
}

#[test]
fn a_preview_says_who_meets_whom_here_and_there() {
    let folder = TempDir::new().unwrap();
    let data = filled(folder.path());
    let here = data.display().to_string();
    let before = Server::digests(&data);
    let text = naming(&["preview", "--rules", RULES, "--data", &here]);
    insta::assert_snapshot!(text);
    let found = json_of(&["preview", "--rules", RULES, "--json", "--data", &here]);
    insta::assert_json_snapshot!(found);
    let server = Server::start_in(&data, &[]);
    assert_eq!(naming(&["preview", "--rules", RULES, "--url", &server.url]), text);
    assert_eq!(json_of(&["preview", "--rules", RULES, "--json", "--url", &server.url]), found);
    // A directory in use is only read, and reading changes nothing.
    assert_eq!(naming(&["preview", "--rules", RULES, "--data", &here]), text);
    assert!(server.stop());
    assert_eq!(Server::digests(&data), before);
}

#[test]
fn a_report_lists_what_looks_alike_here_and_there() {
    let folder = TempDir::new().unwrap();
    let data = filled(folder.path());
    let here = data.display().to_string();
    insta::assert_snapshot!(naming(&["report", "--data", &here]));
    let all = ["report", "--state", "all", "--json"];
    let found = json_of(&[&all[..], &["--data", &here]].concat());
    insta::assert_json_snapshot!(found);
    let server = Server::start_in(&data, &[]);
    assert_eq!(json_of(&[&all[..], &["--url", &server.url]].concat()), found);
    // Under other rules other groups are left.
    let open = |rules: &[&str]| json_of(&[&["report", "--json", "--data", &here], rules].concat())["totalCount"].as_u64().unwrap();
    assert!(open(&["--rules", RULES]) < open(&[]));
    let first = naming(&["report", "--first", "1", "--kind", "host", "--data", &here]);
    assert!(first.contains("2 groups") && first.contains("… and 1 more; --first 2 lists all"), "{first}");
}

/// Every rule that the report suggests, pasted into a file, joins what it says it joins.
#[test]
fn suggested_rules_join_their_groups() {
    let folder = TempDir::new().unwrap();
    let data = filled(folder.path());
    let here = data.display().to_string();
    let report = json_of(&["report", "--json", "--data", &here]);
    let groups = report["groups"].as_array().unwrap();
    assert!(!groups.is_empty());
    for group in groups {
        let rules = folder.path().join("pasted.toml");
        std::fs::write(&rules, group["suggestedRule"].as_str().unwrap()).unwrap();
        let after = json_of(&["report", "--json", "--state", "covered", "--rules", &rules.display().to_string(), "--data", &here]);
        let joined = after["groups"].as_array().unwrap().iter().any(|after| after["members"] == group["members"]);
        assert!(joined, "{group:#}\n{after:#}");
    }
}

#[test]
fn the_report_is_paged_and_filtered_over_graphql() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(&filled(folder.path()), &["--naming-rules", RULES]);
    let ask = |arguments: &str| {
        let query = format!(
            "{{ stitching({arguments}) {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ kinds state distinctCount rules \
             memberCount confidence members(first: 1) {{ totalCount pageInfo {{ hasNextPage }} edges {{ node {{ namespace name }} }} }} }} }} }} }}"
        );
        server.ask(&query)["stitching"].clone()
    };
    let all = ask("first: 100");
    let total = all["totalCount"].as_u64().unwrap();
    assert_eq!(all["edges"].as_array().unwrap().len() as u64, total);
    insta::assert_json_snapshot!(all["edges"]);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = ask(&format!("first: 2{after}"));
        assert_eq!(page["totalCount"], total);
        seen.extend(page["edges"].as_array().unwrap().clone());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(Value::Array(seen), all["edges"]);
    let states = ["OPEN", "COVERED", "MERGED"].map(|state| ask(&format!("states: [{state}]"))["totalCount"].as_u64().unwrap());
    assert_eq!(states.iter().sum::<u64>(), total);
    let hosts = ask("kinds: [HOST]");
    assert!(hosts["edges"].as_array().unwrap().iter().all(|edge| edge["node"]["kinds"] == json!(["HOST"])), "{hosts}");
    let wrong = server.ask_with("{ stitching(after: \"x\") { totalCount } }", Value::Null);
    assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_INPUT");
}

/// The groups follow what arrives, one name at a time.
#[test]
fn new_names_join_groups() {
    let server = Server::start();
    let count = || server.ask("{ stitching { totalCount edges { node { memberCount state } } } }")["stitching"].clone();
    assert_eq!(count()["totalCount"], 0);
    for (i, namespace) in ["s3://lake", "s3a://lake", "s3n://lake/"].iter().enumerate() {
        let mut event = tests::events::run("COMPLETE", "2026-11-01T00:00:00Z", &tests::events::run_id(i as u32), "j", &["a\u{0}b\"'"], &[]);
        event["inputs"][0]["namespace"] = (*namespace).into();
        server.take(&[event]);
        let groups = count();
        assert_eq!(groups["totalCount"], i.min(1), "{groups}");
        if i > 0 {
            assert_eq!(groups["edges"][0]["node"], json!({ "memberCount": i + 1, "state": "COVERED" }));
        }
    }
}

/// sqlmesh quotes what it reads and not what it writes (a recording of it).
#[test]
fn sqlmesh_holds_together_by_the_presets() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data").display().to_string();
    let (good, text) = Server::command(&["ingest", "fixtures/real/sqlmesh-plan.ndjson", "--data", &data]);
    assert!(good, "{text}");
    let found = json_of(&["preview", "--json", "--data", &data]);
    let joined: Vec<&str> = found["joined"].as_array().unwrap().iter().map(|class| class["canonical"]["name"].as_str().unwrap()).collect();
    assert_eq!(joined, ["smdb.raw.orders", "smdb.stg.orders"]);
    assert_eq!(json_of(&["report", "--json", "--data", &data])["totalCount"], 0, "nothing is left to join");
}

#[test]
fn files_are_checked_with_line_and_rule() {
    let folder = TempDir::new().unwrap();
    assert_eq!(naming(&["check", "--rules", RULES]), format!("{RULES} is right: 2 rules; presets that are off: bucket_in_name\n"));
    let example = folder.path().join("naming.toml");
    std::fs::write(&example, naming(&["example"])).unwrap();
    assert!(naming(&["check", "--rules", &example.display().to_string()]).contains("is right: 2 rules"));
    let wrong = folder.path().join("wrong.toml");
    std::fs::write(&wrong, "# mine\n\n[[rule]]\nname = 'one'\nnamespace = '('\nto = { name = 'x' }\n").unwrap();
    let path = wrong.display().to_string();
    let data = folder.path().join("data").display().to_string();
    let settings = folder.path().join("headwater.toml");
    std::fs::write(&settings, "naming = \"wrong.toml\"\n").unwrap();
    for arguments in [
        &["naming", "check", "--rules", &path][..],
        &["serve", "--listen", "127.0.0.1:0", "--data", &data, "--naming-rules", &path],
        &["serve", "--listen", "127.0.0.1:0", "--data", &data, "--config", &settings.display().to_string()],
    ] {
        let (good, text) = Server::command(arguments);
        assert!(!good && text.contains("wrong.toml, line 5, rule `one`: namespace: the pattern is wrong"), "{arguments:?}: {text}");
    }
    let (good, text) = Server::command(&["naming", "check", "--rules", "nothing.toml"]);
    assert!(!good && text.contains("the file of naming rules nothing.toml cannot be read"), "{text}");
}

#[test]
fn a_directory_without_a_catalog_is_told() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().display().to_string();
    for command in ["preview", "report"] {
        let (good, text) = Server::command(&["naming", command, "--data", &data]);
        assert!(!good && text.contains("there is no event log in"), "{text}");
        let (good, text) = Server::command(&["naming", command, "--url", "http://127.0.0.1:1"]);
        assert!(!good && text.contains("cannot reach http://127.0.0.1:1"), "{text}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a question left something behind");
    let data = filled(folder.path());
    std::fs::remove_file(data.join("catalog.db")).unwrap();
    let (good, text) = Server::command(&["naming", "report", "--data", &data.display().to_string()]);
    assert!(!good && text.contains("`headwater rebuild` makes it"), "{text}");
}
