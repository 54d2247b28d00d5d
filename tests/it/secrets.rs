//! Credentials in events: in no file of the data folder, in no answer, in no line of the log; and still one table has one
//! name. Each planted secret contains the word CANARY.

use serde_json::{Value, json};
use std::path::Path;
use tests::{Server, events};

const CANARY: &str = "CANARY";
const TIME: &str = "2026-11-01T00:00:00Z";

/// Secrets in every place that an event has.
fn planted() -> Value {
    let namespace = "postgres://admin:CANARYns@db:5432";
    let facet = events::facet;
    let dataset = |name: &str| {
        json!({
            "namespace": namespace, "name": name,
            "facets": {
                "dataSource": facet(json!({ "name": namespace, "uri": "postgres://admin:CANARYuri@db:5432/x?password=CANARYq&sslmode=require" })),
                "documentation": facet(json!({ "description": "log in with password=CANARYdoc" })),
                "symlinks": facet(json!({ "identifiers": [{ "namespace": "jdbc:sqlserver://h;user=sa;password=CANARYsym", "name": "t", "type": "TABLE" }] })),
                "schema": events::schema(&[("id", "int"), ("password", "text")]),
                "storage": facet(json!({ "storageLayer": "s3a://AKIACANARYCANARYCA:CANARYs3@bucket", "fileFormat": "parquet" })),
                "custom": facet(json!({ "https://u:CANARYkey@h": 1, "deep": [[{ "apiKey": "CANARYdeep" }]] })),
            },
            "outputFacets": {}, "inputFacets": {},
        })
    };
    json!({
        "eventType": "COMPLETE", "eventTime": TIME,
        "producer": "https://bot:CANARYproducer@git.example/x",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {
            "runId": events::run_id(1),
            "facets": {
                "environmentVariables": facet(json!({ "environmentVariables": [
                    { "name": "AWS_SECRET_ACCESS_KEY", "value": "CANARYenv" }, { "name": "HOME", "value": "/home/etl" } ] })),
                "spark_properties": facet(json!({ "properties": {
                    "spark.hadoop.fs.s3a.secret.key": "CANARYspark", "spark.app.name": "load",
                    "spark.driver.extraJavaOptions": "-Dkey.password=CANARYjava" } })),
                "executionParameters": facet(json!({ "parameters": [{ "key": "db_password", "name": "db_password", "value": "CANARYparam" }] })),
                "errorMessage": facet(json!({ "message": "cannot reach mysql://u:CANARYerr@h", "programmingLanguage": "python",
                    "stackTrace": "requests.get('https://h/?sig=CANARYsig')" })),
                "parent": facet(json!({ "run": { "runId": events::run_id(2) }, "job": { "namespace": "https://u:CANARYparent@h", "name": "dag" } })),
            },
        },
        "job": {
            "namespace": "https://svc:CANARYjob@airflow", "name": "load",
            "facets": {
                "sql": facet(json!({ "query": "CREATE USER a WITH PASSWORD 'CANARYsql'" })),
                "sourceCodeLocation": facet(json!({ "type": "git", "url": "https://x:ghp_CANARY123@git.example/r/blob/main/a.py",
                    "repoUrl": "https://ghp_CANARY123@git.example/r" })),
                "sourceCode": facet(json!({ "language": "bash", "sourceCode": "export TOKEN=CANARYcode\ncurl -u me:CANARYcurl https://h" })),
                "documentation": facet(json!({ "description": "webhook https://hooks.slack.com/services/T0/B0/CANARYslack" })),
            },
        },
        "inputs": [dataset("a")],
        "outputs": [dataset("b")],
    })
}

/// Names of the files below a folder that contain the canary.
fn tainted(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(tainted(&entry.path()));
        } else if std::fs::read(entry.path()).unwrap_or_default().windows(CANARY.len()).any(|window| window == CANARY.as_bytes()) {
            found.push(entry.path().display().to_string());
        }
    }
    found
}

/// Everything that is kept of the events, as people and programs see it.
fn shown(server: &Server) -> String {
    let event = "seq raw findings { code pointer } facets { key } producer job { namespace name } inputs { namespace name }";
    let dataset =
        "namespace name description facets facetHistory { value } source { name uri } storage { layer } symlinks { namespace name }";
    let job =
        "namespace name description facets facetHistory { value } sql { query } sourceCode { code } sourceCodeLocation { url repoUrl }";
    let run = "facets facetHistory { value } error { message stackTrace } parameters { name value } environment { name value } \
               events { body } job { namespace } parent { job { namespace } }";
    let of = |field: &str, fields: &str| format!("{{ {field}(first: 10) {{ edges {{ node {{ {fields} }} }} }} }}");
    let everything = [
        of("events", event),
        of("quarantine", "reason pointer body"),
        of("datasets", dataset),
        of("jobs", job),
        of("runs", run),
        of("producers", "producer"),
        "{ namespaces { name } }".into(),
    ];
    let mut all: Vec<String> = everything.iter().map(|query| server.ask(query).to_string()).collect();
    for word in ["CANARYns", "CANARYdoc", "CANARYsql"] {
        let hits = server.ask(&format!("{{ search(query: \"{word}\", first: 10) {{ totalCount }} }}"));
        assert_eq!(hits["search"]["totalCount"], 0, "{word}");
    }
    for format in ["csv", "ndjson", "dot", "mermaid"] {
        all.push(server.get(&format!("/api/v1/lineage/export?format={format}")).text);
    }
    all.push(server.get("/metrics").text);
    all.push(server.get("/readyz").text);
    all.join("\n")
}

fn settings(folder: &Path, text: &str) -> String {
    let path = folder.join("settings.toml");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_secret_reaches_no_file_no_answer_and_no_log() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let server = Server::start_logging(&data, &log, &[], &[("HEADWATER_LOG", "trace,hyper=info,h2=info")]);
    server.take(&[planted()]);
    // Refused bodies: an event without what identifies it, and text that is no JSON.
    let mut refused = planted();
    refused["eventTime"] = json!("soon");
    assert_eq!(server.post(&refused).status, 400);
    let broken = format!("{} oops", planted());
    assert_eq!(server.post_bytes("/api/v1/lineage", &[("content-type", "application/json")], broken.as_bytes()).status, 400);
    let dry = server.post_bytes("/api/v1/lineage/dry-run", &[("content-type", "application/json")], planted().to_string().as_bytes());
    assert!(dry.status == 200 && !dry.text.contains(CANARY), "{}", dry.text);
    let all = shown(&server);
    assert!(!all.contains(CANARY), "{}", all.split(CANARY).next().unwrap_or_default().chars().rev().take(200).collect::<String>());
    assert!(server.stop());
    assert_eq!(tainted(&data), Vec::<String>::new());
    assert_eq!(tainted(folder.path()), Vec::<String>::new(), "the server's log");
}

#[test]
fn what_an_older_version_stored_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let off = settings(folder.path(), "[redact]\nuserinfo = false\nkeys = false\ntext = false\ntokens = false\n");
    let server = Server::start_in(&data, &["--config", &off]);
    server.take(&[planted()]);
    let all = shown(&server);
    assert!(!all.contains(CANARY), "{}", all.split(CANARY).next().unwrap_or_default().chars().rev().take(200).collect::<String>());
    assert!(all.contains("CREDENTIAL"), "a finding also where nothing was taken out");
    let named = server.ask("{ namespaces { name } }");
    assert!(server.stop());
    // The same events with the default settings: the same names.
    let other = Server::start();
    other.take(&[planted()]);
    assert_eq!(other.ask("{ namespaces { name } }"), named);
}

#[test]
fn one_table_keeps_one_name_and_each_secret_is_a_finding() {
    let server = Server::start();
    let written = |namespace: &str, run: u32| {
        let mut event = events::run("COMPLETE", TIME, &events::run_id(run), "load", &[], &["t"]);
        event["outputs"][0]["namespace"] = namespace.into();
        event
    };
    server.take(&[written("postgres://u:one@db:5432", 1), written("postgres://v:two@db:5432", 2), written("postgres://db:5432", 3)]);
    assert_eq!(server.ask("{ datasets(namespace: \"postgres://db:5432\") { totalCount } }")["datasets"]["totalCount"], 1);
    // Whoever asks by the name that an emitter has finds it too.
    let by_old_name = "{ dataset(namespace: \"postgres://u:one@db:5432\", name: \"t\") { namespace } }";
    assert_eq!(server.ask(by_old_name)["dataset"]["namespace"], "postgres://db:5432");
    let found = server.ask("{ event(seq: 1) { findings { code pointer } raw } }");
    let findings = found["event"]["findings"].as_array().unwrap();
    assert!(findings.contains(&json!({ "code": "CREDENTIAL", "pointer": "/outputs/0/namespace" })), "{findings:?}");
    assert!(found["event"]["raw"].as_str().unwrap().starts_with("{\"_redacted\":[\"/outputs/0/namespace\"]"), "{found}");
    let clean = server.ask("{ event(seq: 3) { findings { code } } }");
    assert!(!clean.to_string().contains("CREDENTIAL"), "{clean}");
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_private() {
    use std::os::unix::fs::PermissionsExt;
    fn modes(path: &Path, found: &mut Vec<(String, u32)>) {
        found.push((path.display().to_string(), std::fs::metadata(path).unwrap().permissions().mode() & 0o777));
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            modes(&entry.path(), found);
        }
    }
    let open = |path: &Path| {
        let mut all = Vec::new();
        modes(path, &mut all);
        all.retain(|(_, mode)| mode & 0o077 != 0);
        all
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start_in(&data, &[]);
    server.take(&[planted()]);
    server.ask("{ status { logSeq } }");
    assert_eq!(open(&data), []);
    assert!(server.stop());
    // As an older version left it.
    for (path, mode) in [("", 0o755), ("log.db", 0o644), ("catalog.db", 0o644), ("search", 0o755)] {
        if data.join(path).exists() {
            std::fs::set_permissions(data.join(path), std::fs::Permissions::from_mode(mode)).unwrap();
        }
    }
    let log = folder.path().join("log");
    let server = Server::start_logging(&data, &log, &[], &[]);
    assert_eq!(open(&data), []);
    assert!(std::fs::read_to_string(&log).unwrap().contains("others could read the data folder"));
    assert!(server.stop());
    // A folder with other things in it is somebody's; ours in it are closed.
    std::fs::write(data.join("notes.txt"), "mine").unwrap();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(data.join("notes.txt"), std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::set_permissions(data.join("log.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let server = Server::start_in(&data, &[]);
    let left: Vec<u32> = open(&data).into_iter().map(|(_, mode)| mode).collect();
    assert_eq!(left, [0o755, 0o644]);
    drop(server);
}

/// The same event is known when it comes again, also when other rules would store it otherwise, or stored it whole.
#[test]
fn an_event_is_known_again_whatever_was_taken_out_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let event = events::with(
        events::run("COMPLETE", TIME, &events::run_id(1), "copy", &["a"], &["b"]),
        &["run", "facets", "custom"],
        events::facet(json!({ "password": "CANARY1", "door_pin": "CANARY2" })),
    );
    let rules = ["[redact]\nkeys = false\n", "", "[redact]\nmore_keys = [\"*_pin\"]\n"];
    for (round, text) in rules.iter().enumerate() {
        let server = Server::start_in(folder.path(), &["--config", &settings(folder.path(), text)]);
        let outcome = |of: &Value| {
            server.post_bytes("/api/v1/lineage/batch", &[("content-type", "application/json")], json!([of]).to_string().as_bytes())
        };
        let dry =
            server.post_bytes("/api/v1/lineage/dry-run", &[("content-type", "application/json")], event.to_string().as_bytes()).json();
        assert_eq!(dry["summary"]["repeated"], u32::from(round > 0), "{dry:#}");
        for again in 0..2 {
            let answer = outcome(&event).json();
            assert_eq!(answer["summary"]["repeated"], u32::from(round > 0 || again > 0), "{text} {again}: {answer:#}");
        }
        assert_eq!(server.counts()["runs"], 1);
        assert!(server.stop());
    }
    assert_eq!(std::fs::read(folder.path().join("secret.key")).unwrap().len(), 32);
}
