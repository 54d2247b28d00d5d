//! Following over WebSocket, with a client that is not ours: every change arrives, nothing comes twice, what is
//! missed is said, and limits hold. Nothing waits for a time: each test reads until what it posted has come.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use tests::{Server, events};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A client of the protocol graphql-transport-ws.
struct Follower {
    runtime: Runtime,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// Connects with these headers.
fn connect(server: &Server, headers: &[(&'static str, &str)]) -> Result<Follower, Error> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let mut request = server.url.replace("http://", "ws://").into_client_request()?;
    *request.uri_mut() = format!("{}/graphql/ws", server.url.replace("http://", "ws://")).parse().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let (socket, _) = runtime.block_on(connect_async(request))?;
    Ok(Follower { runtime, socket })
}

/// The status of a connection that is refused.
fn refusal(server: &Server, headers: &[(&'static str, &str)]) -> u16 {
    match connect(server, headers) {
        Err(Error::Http(response)) => response.status().as_u16(),
        Ok(_) => 101,
        Err(e) => panic!("{e}"),
    }
}

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

impl Follower {
    fn of(server: &Server) -> Self {
        let mut follower = connect(server, &[PROTOCOL]).unwrap();
        follower.say(&json!({ "type": "connection_init" }));
        assert_eq!(follower.hear(), json!({ "type": "connection_ack" }));
        follower
    }

    fn say(&mut self, message: &Value) {
        self.runtime.block_on(self.socket.send(Message::text(message.to_string()))).unwrap();
    }

    fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({ "id": id, "type": "subscribe", "payload": { "query": format!("subscription {{ {query} }}") } }));
    }

    /// The next message; a close as `{ "close": code }`.
    fn hear(&mut self) -> Value {
        let patience = Duration::from_secs(60);
        loop {
            let next = self.runtime.block_on(async { tokio::time::timeout(patience, self.socket.next()).await });
            match next.expect("no message came").expect("the connection ended without a word").unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(frame) => return json!({ "close": frame.map(|frame| u16::from(frame.code)) }),
                _ => {}
            }
        }
    }

    /// The payload of the next message, which must be of this subscription and without errors.
    fn next(&mut self, field: &str) -> Value {
        let message = self.hear();
        assert_eq!((&message["type"], &message["payload"]["errors"]), (&json!("next"), &Value::Null), "{message:#}");
        message["payload"]["data"][field].clone()
    }
}

const RUNS: &str = "{ resync fromVersion toVersion changes { state previousState run { id state job { namespace name } } } }";

/// Job, state before and state of each change.
fn changes(message: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |change: &Value| {
        format!("{}: {} to {}", text(&change["run"]["job"]["name"]), text(&change["previousState"]), text(&change["state"]))
    };
    message["changes"].as_array().unwrap().iter().map(line).collect()
}

fn run(kind: &str, hour: u32, number: u32, job: &str) -> Value {
    events::run(kind, &format!("2026-11-01T{hour:02}:00:00Z"), &events::run_id(number), job, &["a"], &["b"])
}

#[test]
fn states_of_runs_as_they_change() {
    let server = Server::start();
    server.take(&[run("START", 1, 1, "early")]);
    let mut follower = Follower::of(&server);
    follower.subscribe("1", &format!("runStateChanged {RUNS}"));
    let first = follower.next("runStateChanged");
    assert_eq!(
        first,
        json!({
            "resync": "the subscription begins; read what was before with runs", "fromVersion": 1, "toVersion": 1, "changes": []
        })
    );
    let mut told = Vec::new();
    for event in [
        run("COMPLETE", 2, 1, "early"),
        run("START", 1, 2, "copy"),
        run("RUNNING", 2, 2, "copy"),
        // Says nothing new: neither the repetition, nor another RUNNING, nor a START that comes late.
        run("RUNNING", 2, 2, "copy"),
        run("RUNNING", 3, 2, "copy"),
        run("START", 0, 2, "copy"),
        run("FAIL", 4, 2, "copy"),
        // An earlier end does not count.
        run("COMPLETE", 3, 2, "copy"),
        run("COMPLETE", 5, 2, "copy"),
        run("START", 9, 3, "end"),
    ] {
        server.take(&[event]);
        server.counts();
    }
    let mut version = 1;
    while told.last().is_none_or(|line| line != "end: - to START") {
        let message = follower.next("runStateChanged");
        assert!(message["resync"].is_null() && message["fromVersion"].as_i64().unwrap() >= version, "{message:#}");
        version = message["toVersion"].as_i64().unwrap();
        told.extend(changes(&message));
    }
    assert_eq!(
        told,
        [
            "early: START to COMPLETE",
            "copy: - to START",
            "copy: START to RUNNING",
            "copy: RUNNING to FAIL",
            "copy: FAIL to COMPLETE",
            "end: - to START",
        ]
    );
}

#[test]
fn who_was_cut_off_goes_on_where_the_last_message_ended() {
    let server = Server::start();
    let mut follower = Follower::of(&server);
    follower.subscribe("1", &format!("runStateChanged {RUNS}"));
    let version = follower.next("runStateChanged")["toVersion"].clone();
    drop(follower);
    // More than one message is made of.
    let posted: Vec<Value> =
        (0..2500).map(|number| run(["COMPLETE", "FAIL", "START"][number as usize % 3], 1, number, &format!("job {number}"))).collect();
    posted.chunks(500).for_each(|chunk| server.take(&[json!(chunk)]));
    server.counts();
    let mut follower = Follower::of(&server);
    follower.subscribe("1", &format!("runStateChanged(after: {version}) {RUNS}"));
    let mut told = BTreeMap::new();
    let mut at = version;
    while told.len() < posted.len() {
        let message = follower.next("runStateChanged");
        assert_eq!((&message["resync"], &message["fromVersion"]), (&Value::Null, &at), "a stretch is missing");
        at = message["toVersion"].clone();
        for change in message["changes"].as_array().unwrap() {
            let before = told.insert(change["run"]["id"].to_string(), change["state"].clone());
            assert_eq!((before, &change["previousState"], &change["state"]), (None, &Value::Null, &change["run"]["state"]));
        }
    }
    for state in ["COMPLETE", "FAIL", "START"] {
        let total = server.ask(&format!("{{ runs(states: [{state}], first: 0) {{ totalCount }} }}"))["runs"]["totalCount"].clone();
        assert_eq!(json!(told.values().filter(|told| *told == state).count()), total);
    }
    let mut follower = Follower::of(&server);
    follower.subscribe("1", &format!("runStateChanged(after: 9999) {RUNS}"));
    let message = follower.next("runStateChanged");
    assert_eq!(
        (&message["toVersion"], &message["resync"]),
        (&json!(2500), &json!("this server's log is at 2500 and not at 9999: it is another log, or an older state of it"))
    );
}

/// A reader may know more than the projections of a server that was restarted: it is the log that counts.
#[test]
fn who_is_ahead_of_the_projections_is_not_sent_back() {
    let folder = tempfile::TempDir::new().unwrap();
    let run = |n: u32| events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(n), "copy", &["a"], &["b"]);
    let server = Server::start_in(folder.path(), &[]);
    server.take(&[run(1), run(2), run(3)]);
    assert!(server.stop());
    std::fs::remove_file(folder.path().join("catalog.db")).unwrap();
    let server = Server::start_in(folder.path(), &["--hold-projections-at", "1"]);
    for (after, resync) in
        [(3, Value::Null), (4, json!("this server's log is at 3 and not at 4: it is another log, or an older state of it"))]
    {
        let mut follower = Follower::of(&server);
        follower.subscribe("1", &format!("runStateChanged(after: {after}) {RUNS}"));
        assert_eq!(follower.next("runStateChanged")["resync"], resync, "{after}");
    }
}

#[test]
fn only_the_runs_that_are_asked_for() {
    let server = Server::start();
    let mut follower = Follower::of(&server);
    let filters = [
        ("namespace", "{ namespaces: [\"etl\"] }"),
        ("other namespace", "{ namespaces: [\"elsewhere\"] }"),
        ("job", "{ jobs: [{ namespace: \"etl\", name: \"copy\" }] }"),
        ("dataset", "{ datasets: [{ namespace: \"db\", name: \"only here\" }] }"),
        ("states", "{ states: [FAIL, ABORT] }"),
        ("both", "{ states: [COMPLETE], jobs: [{ namespace: \"etl\", name: \"copy\" }] }"),
    ];
    for (id, filter) in filters {
        follower.subscribe(id, &format!("runStateChanged(filter: {filter}) {RUNS}"));
        assert_eq!(follower.next("runStateChanged")["changes"], json!([]));
    }
    follower.subscribe("all", &format!("runStateChanged {RUNS}"));
    follower.next("runStateChanged");
    server.take(&[
        run("START", 1, 1, "copy"),
        run("COMPLETE", 2, 1, "copy"),
        run("FAIL", 2, 2, "other"),
        events::run("COMPLETE", "2026-11-02T00:00:00Z", &events::run_id(3), "third", &["a"], &["only here"]),
    ]);
    // A run that every subscription but one hears of, after everything else.
    server.counts();
    server.take(&[events::run("START", "2026-11-02T00:00:00Z", &events::run_id(4), "copy", &["only here"], &[])]);
    server.counts();
    server.take(&[events::run("ABORT", "2026-11-03T00:00:00Z", &events::run_id(4), "copy", &["only here"], &[])]);
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let done = |told: &BTreeMap<String, Vec<String>>, id: &str| {
        told.get(id).is_some_and(|lines| lines.last().is_some_and(|line| line.ends_with("to ABORT")))
    };
    while !["namespace", "job", "dataset", "states", "all"].iter().all(|id| done(&told, id)) {
        let message = follower.hear();
        let lines = changes(&message["payload"]["data"]["runStateChanged"]);
        told.entry(message["id"].as_str().unwrap().to_owned()).or_default().extend(lines);
    }
    let told = |id: &str| -> BTreeSet<&str> {
        told.get(id)
            .into_iter()
            .flatten()
            .map(|line| line.rsplit_once(": ").unwrap())
            .map(|(job, change)| if change.ends_with("START") { "" } else { job })
            .collect()
    };
    assert_eq!(told("other namespace"), BTreeSet::new());
    assert_eq!(told("namespace"), ["", "copy", "other", "third"].into());
    assert_eq!(told("job").into_iter().filter(|job| !job.is_empty()).collect::<Vec<_>>(), ["copy"]);
    assert_eq!(told("dataset"), ["", "copy", "third"].into());
    assert_eq!(told("states"), ["copy", "other"].into());
    assert_eq!(told("both"), ["copy"].into());
}

const NODE: &str = "{ distance node { ... on Dataset { id name } ... on Job { id name } ... on Column { id name } } }";
const EDGE: &str = "{ from to job { name } origin basis confidence columnLevel transformations { type subtype masking } }";

fn lineage_changed(arguments: &str) -> String {
    format!(
        "lineageChanged({arguments}) {{ resync fromVersion toVersion nodeCount edgeCount nodesAdded {NODE} nodesRemoved {NODE} nodesMoved {NODE}
           edgesAdded {EDGE} edgesRemoved {EDGE} edgesChanged {EDGE} }}"
    )
}

/// An answer that is kept up by its changes.
#[derive(Debug, Default, PartialEq)]
struct Kept {
    nodes: BTreeMap<String, Value>,
    edges: BTreeMap<String, Value>,
}

fn key(edge: &Value) -> String {
    // Between columns what is known of columns and what is only known of tables are two.
    let level = if edge["origin"].is_null() { &edge["columnLevel"] } else { &Value::Null };
    format!("{} {} {} {level}", edge["from"], edge["to"], edge["job"]["name"])
}

impl Kept {
    /// The answer of a query.
    fn asked(server: &Server, arguments: &str) -> Self {
        let answer = &server.ask(&format!("{{ lineage({arguments}) {{ complete nodes {NODE} edges {EDGE} }} }}"))["lineage"];
        assert_eq!(answer["complete"], true, "{answer:#}");
        let mut kept = Self::default();
        kept.nodes.extend(list(answer, "nodes").map(|node| (node["node"]["id"].to_string(), node["distance"].clone())));
        kept.edges.extend(list(answer, "edges").map(|edge| (key(edge), edge.clone())));
        kept
    }

    fn apply(&mut self, change: &Value) {
        for node in list(change, "nodesRemoved") {
            assert_eq!(self.nodes.remove(&node["node"]["id"].to_string()), Some(node["distance"].clone()), "{node}");
        }
        for node in list(change, "nodesAdded") {
            assert_eq!(self.nodes.insert(node["node"]["id"].to_string(), node["distance"].clone()), None, "{node}");
        }
        for node in list(change, "nodesMoved") {
            let before = self.nodes.insert(node["node"]["id"].to_string(), node["distance"].clone());
            assert!(before.is_some() && before.as_ref() != Some(&node["distance"]), "{node}");
        }
        list(change, "edgesRemoved").for_each(|edge| assert!(self.edges.remove(&key(edge)).is_some(), "{edge}"));
        list(change, "edgesAdded").for_each(|edge| assert!(self.edges.insert(key(edge), edge.clone()).is_none(), "{edge}"));
        list(change, "edgesChanged").for_each(|edge| assert!(self.edges.insert(key(edge), edge.clone()).is_some(), "{edge}"));
        assert_eq!((&change["nodeCount"], &change["edgeCount"]), (&json!(self.nodes.len()), &json!(self.edges.len())), "{change:#}");
    }
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().unwrap_or_else(|| panic!("no {key} in {value}")).iter()
}

/// Names of what a list of nodes or edges holds.
fn names(change: &Value, key: &str) -> Vec<String> {
    let name = |item: &Value| item["node"]["name"].as_str().or(item["job"]["name"].as_str()).unwrap_or_default().to_owned();
    let mut names: Vec<String> = list(change, key).map(name).collect();
    names.sort();
    names
}

#[test]
fn lineage_as_it_changes() {
    let server = Server::start();
    let mut follower = Follower::of(&server);
    // Nobody has heard of the start yet.
    follower.subscribe("1", &lineage_changed("from: { datasets: [{ namespace: \"db\", name: \"a\" }] }, direction: DOWNSTREAM"));
    let first = follower.next("lineageChanged");
    assert_eq!((&first["resync"], &first["nodeCount"]), (&json!("the subscription begins; read the answer with lineage"), &json!(0)));
    let day = |day: u32| format!("2026-11-{day:02}T00:00:00Z");
    let next = |follower: &mut Follower, event: Value| {
        server.take(&[event]);
        let change = follower.next("lineageChanged");
        assert!(change["resync"].is_null());
        change
    };
    let change = next(&mut follower, events::run("COMPLETE", &day(1), &events::run_id(1), "copy", &["a"], &["b"]));
    assert_eq!(
        (names(&change, "nodesAdded"), names(&change, "edgesAdded")),
        (vec!["a".into(), "b".into(), "copy".into()], vec!["copy".into()])
    );
    // The same again, later: nothing is another. What comes after it is.
    server.take(&[events::run("COMPLETE", &day(2), &events::run_id(2), "copy", &["a"], &["b"])]);
    let change = next(&mut follower, events::job(&day(3), "declared", &["b"], &["c"]));
    assert_eq!(
        (names(&change, "nodesAdded"), names(&change, "edgesAdded")),
        (vec!["c".into(), "declared".into()], vec!["declared".into()])
    );
    assert_eq!((names(&change, "edgesChanged"), names(&change, "nodesMoved")), (vec![], vec![]));
    // Columns prove what was read and written.
    let columns = events::column_lineage(&[("x", "a", "y")]);
    let proven = events::run("COMPLETE", &day(4), &events::run_id(3), "copy", &["a"], &["b"]);
    let change = next(&mut follower, events::with(proven, &["outputs", "0", "facets"], json!({ "columnLineage": columns })));
    assert_eq!((names(&change, "edgesChanged"), &change["edgesChanged"][0]["basis"]), (vec!["copy".into()], &json!("COLUMN_LINEAGE")));
    // A shorter way.
    let change = next(&mut follower, events::job(&day(5), "shortcut", &["a"], &["c"]));
    assert_eq!((names(&change, "nodesMoved"), names(&change, "edgesAdded")), (vec!["c".into()], vec!["shortcut".into()]));
    // The declaration is replaced.
    let change = next(&mut follower, events::job(&day(6), "declared", &["b"], &["d"]));
    assert_eq!(
        (names(&change, "nodesAdded"), names(&change, "edgesRemoved"), names(&change, "edgesAdded")),
        (vec!["d".into()], vec!["declared".into()], vec!["declared".into()])
    );
    let change = next(&mut follower, events::job(&day(7), "shortcut", &["z"], &["c"]));
    assert_eq!(
        (names(&change, "nodesRemoved"), names(&change, "edgesRemoved")),
        (vec!["c".into(), "shortcut".into()], vec!["shortcut".into()])
    );
}

/// Every change of a recording, one event after the other: together they are the answer of the end, whether the
/// reader reads at once or only after everything.
#[test]
fn changes_add_up_to_the_answer() {
    for (file, granularity) in
        [("airflow3-all_dags", "DATASET"), ("dbt-run", "COLUMN"), ("dbt-build-failing", "JOB"), ("dbt-build-with-catalog", "COLUMN")]
    {
        let server = Server::start();
        let text = std::fs::read_to_string(Path::new("fixtures/real").join(format!("{file}.ndjson"))).unwrap();
        let posted: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let namespaces: BTreeSet<&str> = posted
            .iter()
            .flat_map(|event| {
                let lists = ["inputs", "outputs"].into_iter().filter_map(|list| event[list].as_array());
                lists.flatten().filter_map(|dataset| dataset["namespace"].as_str())
            })
            .chain(["db"])
            .collect();
        let scope = format!("from: {{ namespaces: {} }}, direction: BOTH, granularity: {granularity}", json!(namespaces));
        let (mut eager, mut lazy) = (Follower::of(&server), Follower::of(&server));
        for follower in [&mut eager, &mut lazy] {
            follower.subscribe("1", &lineage_changed(&scope));
            assert_eq!(follower.next("lineageChanged")["nodeCount"], 0);
        }
        let end = events::run("COMPLETE", "2026-12-01T00:00:00Z", &events::run_id(77), "the end", &["the start"], &["the end"]);
        let mut kept = Kept::default();
        for event in posted.iter().chain([&end]) {
            server.take(std::slice::from_ref(event));
        }
        for follower in [&mut eager, &mut lazy] {
            kept = Kept::default();
            let mut version = json!(0);
            loop {
                let change = follower.next("lineageChanged");
                assert_eq!((&change["resync"], &change["fromVersion"]), (&Value::Null, &version), "{file}");
                version = change["toVersion"].clone();
                kept.apply(&change);
                if version == json!(server.ask("{ status { catalogSeq } }")["status"]["catalogSeq"]) {
                    break;
                }
            }
            assert_eq!(kept, Kept::asked(&server, &scope), "{file}");
        }
        assert!(kept.edges.len() > 3, "{file} has lineage");
    }
}

#[test]
fn what_a_client_may_have_is_bounded() {
    let server = Server::start();
    let mut follower = Follower::of(&server);
    for number in 0..32 {
        follower.subscribe(&number.to_string(), "runStateChanged { toVersion }");
        follower.next("runStateChanged");
    }
    let error = |follower: &mut Follower| {
        let message = follower.hear();
        assert_eq!(follower.hear()["type"], "complete");
        message["payload"]["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    follower.subscribe("too many", "runStateChanged { toVersion }");
    assert_eq!(error(&mut follower), "this connection has as many subscriptions as it may have; end one first");
    follower.say(&json!({ "id": "7", "type": "complete" }));
    assert_eq!(follower.hear(), json!({ "id": "7", "type": "complete" }));
    follower.subscribe("room again", "runStateChanged { toVersion }");
    follower.next("runStateChanged");
    follower.say(&json!({ "id": "0", "type": "complete" }));
    follower.hear();
    for (query, said) in [
        ("query { status { catalogSeq } }", "only subscriptions are answered here; queries and mutations go to POST /graphql"),
        (
            "mutation { replayQuarantined(id: 1) { accepted } }",
            "only subscriptions are answered here; queries and mutations go to POST /graphql",
        ),
        (
            "subscription { lineageChanged(from: {}, direction: BOTH) { toVersion } }",
            "from names nothing: give datasets, columns, jobs, runs, namespaces, tags or owners",
        ),
        (
            "subscription { lineageChanged(from: { runs: [] }, direction: BOTH, granularity: OWNER) { toVersion } }",
            "a subscription follows granularity DATASET, COLUMN or JOB",
        ),
        ("subscription { runStateChanged(after: -1) { toVersion } }", "after must not be negative"),
    ] {
        follower.say(&json!({ "id": "q", "type": "subscribe", "payload": { "query": query } }));
        assert_eq!(error(&mut follower), said);
    }
    let evidence = "edgesAdded { evidence(first: 1000) { inputs { dataset { runs(first: 1000) { totalCount } } } } }";
    follower.subscribe("deep", &format!("lineageChanged(from: {{ runs: [] }}, direction: BOTH) {{ {evidence} }}"));
    assert_eq!(error(&mut follower), "Query is too complex.");
}

#[test]
fn pages_of_other_sites_may_not_follow() {
    let server = Server::start();
    assert_eq!(refusal(&server, &[PROTOCOL]), 101);
    assert_eq!(refusal(&server, &[PROTOCOL, ("origin", &server.url)]), 101);
    assert_eq!(refusal(&server, &[PROTOCOL, ("origin", "https://evil.example")]), 403);
    assert_eq!(refusal(&server, &[PROTOCOL, ("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(refusal(&server, &[PROTOCOL, ("host", "evil.example")]), 421);
    assert_eq!(refusal(&server, &[("sec-websocket-protocol", "graphql-ws")]), 400);
    assert_eq!(refusal(&server, &[]), 400);
    let answer = server.get("/graphql/ws");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.text);
}

#[test]
fn as_many_clients_as_the_settings_allow() {
    let folder = tempfile::TempDir::new().unwrap();
    let settings = folder.path().join("headwater.toml");
    std::fs::write(&settings, "[limits]\nconnections = 2\n").unwrap();
    let server = Server::start_in(&folder.path().join("data"), &["--config", &settings.display().to_string()]);
    let (first, _second) = (Follower::of(&server), Follower::of(&server));
    assert_eq!(refusal(&server, &[PROTOCOL]), 503);
    // Before the server has noticed that one is gone, it may still refuse.
    drop(first);
    assert!((0..10_000).any(|_| refusal(&server, &[PROTOCOL]) == 101), "the place of who has gone stays taken");
}

#[test]
fn followers_are_told_that_the_server_stops() {
    let server = Server::start();
    let mut follower = Follower::of(&server);
    follower.subscribe("1", "runStateChanged { toVersion }");
    follower.next("runStateChanged");
    assert!(server.stop());
    assert_eq!(follower.hear(), json!({ "close": 1001 }));
}
