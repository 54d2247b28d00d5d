//! What a client sends costs a multiple of its size, or of a budget: each of these took gigabytes, minutes, or both.

use serde_json::{Value, json};
use std::io::Read;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};
use tests::{Server, events, gzip, raw};

const JSON: (&str, &str) = ("content-type", "application/json");
const PACKED: (&str, &str) = ("content-encoding", "gzip");

fn good(n: u32) -> Value {
    events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(n), "copy", &["a"], &["b"])
}

/// A server with these settings.
fn with(data: &Path, settings: &str) -> Server {
    let file = data.join("settings.toml");
    std::fs::write(&file, settings).unwrap();
    Server::start_in(&data.join("data"), &["--config", &file.display().to_string()])
}

/// Most memory that the server ever had, in megabytes; 0 where there is no /proc.
fn peak(server: &Server) -> usize {
    let text = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<usize>().ok()).unwrap_or(0) / 1024
}

fn query(server: &Server, query: &str) -> Value {
    server.post_bytes("/graphql", &[JSON], json!({ "query": query }).to_string().as_bytes()).json()
}

/// The only error of an answer: its code and its words.
fn error(answer: &Value) -> (String, String) {
    assert!(answer["errors"].as_array().is_some_and(|errors| errors.len() == 1), "{:.500}", answer.to_string());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&answer["errors"][0]["extensions"]["code"]), text(&answer["errors"][0]["message"]))
}

#[test]
fn a_long_text_is_in_memory_about_once() {
    // Ten at a time: more than the budget holds, so some are sent back.
    let cases = [("plain", String::new()), ("with an escape", "\\n".into())];
    for (name, begin) in cases {
        let server = Server::start();
        assert_eq!(server.post(&good(1)).status, 201);
        let before = peak(&server);
        let body = format!("{{\"a\":\"{begin}{}\"}}", "a".repeat(60 << 20));
        std::thread::scope(|scope| {
            for _ in 0..10 {
                scope.spawn(|| {
                    let answer = server.post_bytes("/api/v1/lineage", &[JSON], body.as_bytes());
                    assert!(matches!(answer.status, 400 | 503), "{name}: {} {:.300}", answer.status, answer.text);
                });
            }
        });
        let grown = peak(&server) - before;
        assert!(grown < 450, "{name}: {grown} MB");
        assert_eq!(server.post(&good(2)).status, 201);
    }
}

#[test]
fn an_event_may_be_as_long_as_the_settings_say_and_no_longer() {
    let dir = tempfile::tempdir().unwrap();
    let server = with(dir.path(), "[limits]\nevent_bytes = 2000\n");
    let of = |bytes: usize, n: u32| {
        let mut event = good(n);
        event["run"]["facets"] = json!({ "x": { "text": "" } });
        let bare = event.to_string().len();
        event["run"]["facets"]["x"]["text"] = "x".repeat(bytes - bare).into();
        event
    };
    assert_eq!(server.post(&of(2000, 1)).status, 201);
    let refused = server.post(&of(2001, 2));
    assert!(refused.status == 400 && refused.text.contains("event larger than 2000 bytes"), "{} {}", refused.status, refused.text);
    let batch = json!([of(2000, 3), of(2001, 4), of(2000, 5)]);
    let answer = server.post_bytes("/api/v1/lineage/batch", &[JSON], batch.to_string().as_bytes());
    let summary = &answer.json()["summary"];
    assert_eq!((&summary["successful"], &summary["failed"]), (&json!(2), &json!(1)), "{}", answer.text);
}

#[test]
fn many_small_values_cost_no_more_than_a_few_times_their_text() {
    let server = Server::start();
    let many = |item: &str, count: usize| format!("[{}{item}]", format!("{item},").repeat(count));
    let event = |list: String| format!("{{\"a\":{list}}}");
    let bodies = [
        ("batch", many("{}", 20 << 20), 413),
        ("batch", many("0", 30 << 20), 413),
        ("batch", event(many("0", 30 << 20)), 200),
        ("batch", event(many("{}", 20 << 20)), 200),
        ("batch", many(&many("0", 1_000_000), 20), 200),
        ("batch", format!("{{{}\"b\":0}}", "\"a\":0,".repeat(10 << 20)), 200),
        ("dry-run", many("{}", 20 << 20), 413),
        ("dry-run", event(many("0", 30 << 20)), 200),
    ];
    for (path, body, status) in bodies {
        let answer = server.post_bytes(&format!("/api/v1/lineage/{path}"), &[JSON, PACKED], &gzip(body.as_bytes()));
        assert_eq!(answer.status, status, "{path} {:.60}: {:.300}", body, answer.text);
    }
    let lines = "{}\n".repeat(20 << 20);
    let answer = server.post_bytes("/api/v1/lineage/batch", &[("content-type", "application/x-ndjson"), PACKED], &gzip(lines.as_bytes()));
    assert_eq!(answer.status, 413, "{:.300}", answer.text);
    let proposal = format!("{{\"datasets\":{}}}", many("{\"namespace\":\"\",\"name\":\"\"}", 2_300_000));
    let answer = server.post_bytes("/api/v1/check", &[JSON, PACKED], &gzip(proposal.as_bytes()));
    assert_eq!(answer.status, 413, "{:.300}", answer.text);
    server.take(&[good(1)]);
    assert!(peak(&server) < 900, "{} MB", peak(&server));
}

#[test]
fn an_item_that_is_too_deep_or_too_wide_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let server = with(folder.path(), "[limits]\nevent_values = 200\n");
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    let wide = format!("{{\"a\":[{}0]}}", "0,".repeat(200));
    let body = format!("[{},{},{},{wide},{},{}]", good(1), nested(101), good(2), nested(100_000), good(3));
    let answer = server.post_bytes("/api/v1/lineage/batch", &[JSON], body.as_bytes());
    let said = answer.json();
    assert_eq!((&said["summary"]["received"], &said["summary"]["successful"]), (&json!(6), &json!(3)), "{said:#}");
    let failed = said["failed_events"].as_array().unwrap();
    assert_eq!(failed.iter().map(|item| item["index"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 3, 4], "{said:#}");
    assert_eq!(server.counts()["runs"], 3);
    let bodies = server.ask("{ quarantine(first: 5) { edges { node { reason body } } } }");
    let kept = bodies["quarantine"]["edges"].as_array().unwrap();
    assert!(kept.iter().any(|edge| edge["node"]["body"] == json!(nested(101))), "the item is kept, not its neighbours");
}

#[test]
fn what_is_refused_is_counted_and_the_first_of_it_listed() {
    let folder = tempfile::tempdir().unwrap();
    let server = with(folder.path(), "[limits]\nbatch_events = 1500\n");
    let numbers = |count: usize| Value::Array((0..count).map(|n| json!(n)).collect());
    let answer = server.post_bytes("/api/v1/lineage/batch", &[JSON], numbers(1500).to_string().as_bytes()).json();
    let listed = answer["failed_events"].as_array().unwrap().len();
    assert_eq!((&answer["summary"]["failed"], listed, &answer["failed_events_not_listed"]), (&json!(1500), 1000, &json!(500)));
    let answer = server.post_bytes("/api/v1/lineage/batch", &[JSON], numbers(1501).to_string().as_bytes());
    assert!(answer.status == 413 && answer.text.contains("more than 1500 events"), "{answer:?}");
}

#[test]
fn bodies_have_a_budget_that_small_ones_do_not_need() {
    let folder = tempfile::tempdir().unwrap();
    let server = with(folder.path(), "[limits]\nbodies_bytes = 1000000\nbody_seconds = 20\n");
    // Half a body, for which the server holds most of the budget.
    let head = "POST /api/v1/lineage HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n";
    let half = || {
        let mut half = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
        std::io::Write::write_all(&mut half, &[head.as_bytes(), &[b' '; 800_000]].concat()).unwrap();
        half
    };
    let large =
        |server: &Server| server.post_bytes("/api/v1/lineage", &[JSON], &[vec![b' '; 700_000], good(1).to_string().into()].concat());
    // Which of the two comes first is not ours to say: the other is refused.
    let (half, refused) = (0..1000).map(|_| (half(), large(&server))).find(|(_, answer)| answer.status != 201).unwrap();
    assert!(refused.status == 503 && refused.header("retry-after").is_some(), "{refused:?}");
    server.take(&[good(2)]);
    drop(half);
    assert!((0..1000).any(|_| large(&server).status == 201), "what is given up is given back");
}

#[test]
fn fragments_count_wherever_they_are_spread() {
    let server = Server::start();
    let doubling = |n: usize, root: &str, kind: &str| {
        let fragments = (0..n).map(|i| format!(" fragment F{i} on {kind} {{ ...F{} ...F{} }}", i + 1, i + 1));
        format!("{root}{} fragment F{n} on {kind} {{ __typename }}", fragments.collect::<String>())
    };
    let began = Instant::now();
    for text in [
        doubling(30, "{ ...F0 }", "Query"),
        doubling(400, "{ ...F0 }", "Query"),
        doubling(30, "{ status { ...F0 } }", "Status"),
        doubling(30, "query A { ...F0 } query B { status { logSeq } }", "Query"),
        format!(
            "{{ {} }}",
            (0..200).map(|i| format!("a{i}: lineage(from: [], direction: DOWNSTREAM) {{ totalCount }} ")).collect::<String>()
        ),
        format!("{{ {} }}", "status { logSeq } ".repeat(50_000)),
        format!("{{ {} }}", (0..30_000).map(|i| format!("a{i}: status {{ logSeq }} ")).collect::<String>()),
        format!("{{ {} }}", "__schema { types { name } } ".repeat(300)),
        "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }".into(),
        format!("{{ status {{ {} }} }}", "logSeq ".repeat(100_000)),
    ] {
        let (code, words) = error(&query(&server, &text));
        assert!(code == "TOO_COMPLEX" && words.len() < 1000, "{text:.80}: {code} {words}");
    }
    assert!(peak(&server) < 400, "{} MB after {:?}", peak(&server), began.elapsed());
    let doubled = doubling(4, "{ status { ...F0 } }", "Status");
    assert_eq!(query(&server, &doubled)["data"]["status"]["__typename"], "Status");
}

#[test]
fn errors_are_short_however_long_the_query() {
    let server = Server::start();
    let long = "x".repeat(900_000);
    for text in [
        format!("{{ status {{ logSeq }} \"{long}\" }}"),
        format!("{{ {long} }}"),
        format!("{{ dataset(namespace: \"{long}\", nome: \"\") {{ id }} }}"),
        format!("{{ {} }}", (0..90).map(|i| format!("a{i}: nothing{i} ")).collect::<String>()),
        format!("query($v: Int) {{ datasets(first: {long}) {{ totalCount }} }}"),
    ] {
        let answer = query(&server, &text);
        assert!(answer["errors"].is_array() && answer.to_string().len() < 8192, "{} bytes: {:.300}", answer.to_string().len(), answer);
    }
    let answer = server.post_bytes(
        "/graphql",
        &[JSON],
        format!("{{\"query\": \"{{}}\", \"variables\": {{\"a\": [{}0]}}}}", "0,".repeat(400_000)).as_bytes(),
    );
    assert_eq!(answer.status, 413, "{answer:?}");
}

#[test]
fn a_graphql_request_is_known_by_its_media_type() {
    let server = Server::start();
    let body = br#"{"query":"{ status { logSeq } }"}"#;
    for (media, status) in
        [("APPLICATION/JSON", 200), ("Application/Json; charset=UTF-8", 200), ("application/jsonx", 415), ("text/plain", 415)]
    {
        assert_eq!(server.post_bytes("/graphql", &[("content-type", media)], body).status, status, "{media}");
    }
    let answer = server.post_bytes("/graphql?knownAs=1", &[JSON], body);
    assert_eq!((answer.status, answer.header("content-type")), (400, Some("application/problem+json")), "{answer:?}");
}

#[test]
fn an_answer_ends_in_words_before_it_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let server = with(folder.path(), "[limits]\nanswer_bytes = 2000000\nanswers_bytes = 40000000\n");
    let mut event = good(1);
    event["run"]["facets"] = json!({ "log": { "_producer": "p", "_schemaURL": "s", "text": "x".repeat(300_000) } });
    let sent: Vec<Value> = (0..20)
        .map(|n| {
            event["run"]["runId"] = json!(events::run_id(n));
            event.clone()
        })
        .collect();
    server.take(&sent);
    let all = "{ runs(first: 20) { edges { node { facets events { body } } } } }";
    let refused = server.ask_with(all, Value::Null);
    let (code, words) = error(&refused);
    assert!(refused["data"].is_null(), "nothing of it is sent");
    assert!(code == "TOO_LARGE" && words.contains("first and after"), "{code} {words}");
    let some = server.ask("{ runs(first: 2) { edges { node { facets events { body } } } } }");
    assert_eq!(some["runs"]["edges"][0]["node"]["events"][0]["body"]["run"]["facets"]["log"]["text"].as_str().map(str::len), Some(300_000));
    assert_eq!(some["runs"]["edges"][0]["node"]["facets"]["log"]["text"].as_str().map(str::len), Some(300_000));
}

#[test]
fn a_hub_is_counted_without_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let server = with(folder.path(), "[limits]\nanswer_bytes = 100000\n");
    let names: Vec<String> = (0..3000).map(|n| format!("t{n}")).collect();
    let outputs: Vec<&str> = names.iter().map(String::as_str).collect();
    server.take(&[events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "fan", &["hub"], &outputs)]);
    let from = "from: { datasets: [{ namespace: \"db\", name: \"hub\" }] }, direction: DOWNSTREAM";
    let counted = server.ask(&format!("{{ lineage({from}) {{ totalCount datasetCount jobCount complete truncatedBecause }} }}"));
    let expected = json!({ "totalCount": 3002, "datasetCount": 3001, "jobCount": 1, "complete": true, "truncatedBecause": null });
    assert_eq!(counted["lineage"], expected);
    let listed = query(
        &server,
        &format!(
            "{{ lineage({from}) {{ totalCount nodes {{ distance node {{ ... on Dataset {{ id name namespace }} }} }} edges {{ from to basis }} }} }}"
        ),
    );
    assert_eq!(error(&listed).0, "TOO_LARGE");
    let page = server.ask(&format!("{{ lineage({from}, first: 100) {{ totalCount nodes {{ distance }} }} }}"));
    assert_eq!((&page["lineage"]["totalCount"], page["lineage"]["nodes"].as_array().map(Vec::len)), (&json!(3002), Some(100)));
}

#[test]
fn a_page_of_another_site_may_neither_ask_nor_look() {
    let server = Server::start();
    let get = |path: &str, headers: &str| {
        raw(&server.url, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n").as_bytes()).status
    };
    let lineage = "/api/v1/lineage?dataset=db%7Ca&knownAt=2026-11-01T00:00:00Z";
    for headers in
        ["Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n", "Sec-Fetch-Site: same-site\r\n", "Origin: https://evil.example\r\n"]
    {
        for path in [lineage, "/api/v1/lineage/export?format=csv&dataset=db%7Ca", "/graphql"] {
            assert_eq!(get(path, headers), 403, "{path} {headers}");
        }
        assert_ne!(get("/livez", headers), 403);
    }
    assert_ne!(get(lineage, "Sec-Fetch-Site: same-origin\r\n"), 403);
    assert_ne!(get(lineage, ""), 403);
    let page = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    assert_ne!(get("/datasets/db/a", page), 403, "a page may be linked to");
    assert_eq!(get(lineage, page), 403);
}

/// Reads until the server closes; what it said.
fn until_closed(mut stream: &TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut said = Vec::new();
    // A reset is an end too; waiting in vain is none.
    if let Err(e) = stream.read_to_end(&mut said) {
        assert_eq!(e.kind(), std::io::ErrorKind::ConnectionReset, "{e}");
    }
    String::from_utf8_lossy(&said).into_owned()
}

fn send(server: &Server, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    std::io::Write::write_all(&mut stream, text.as_bytes()).unwrap();
    stream
}

#[test]
fn slow_clients_are_sent_away() {
    let folder = tempfile::tempdir().unwrap();
    let server = with(folder.path(), "[limits]\nhead_seconds = 1\nidle_seconds = 1\nbody_seconds = 1\n");
    let post = |path: &str| {
        send(
            &server,
            &format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"),
        )
    };
    let silent = send(&server, "");
    let half_line = send(&server, "GET /livez HT");
    let half_head = send(&server, "GET /livez HTTP/1.1\r\nHost: localhost\r\n");
    let half_http2 = send(&server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    let idle = send(&server, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let bodies = ["/graphql", "/api/v1/check", "/api/v1/lineage", "/api/v1/lineage/batch", "/api/v1/lineage/dry-run"].map(post);
    for stream in [&silent, &half_line, &half_head] {
        assert_eq!(until_closed(stream), "");
    }
    assert!(until_closed(&idle).starts_with("HTTP/1.1 200"));
    until_closed(&half_http2);
    for stream in &bodies {
        assert!(until_closed(stream).starts_with("HTTP/1.1 408"));
    }
}

#[test]
fn connections_that_ask_nothing_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let server = with(folder.path(), "[limits]\nsockets = 20\n");
    let first = send(&server, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut answer = [0; 12];
    (&first).read_exact(&mut answer).unwrap();
    assert_eq!(answer, *b"HTTP/1.1 200");
    let idle: Vec<TcpStream> = (0..60)
        .map(|_| {
            let stream = send(&server, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
            // Until it is answered it is no idle one.
            (&stream).read_exact(&mut answer).unwrap();
            stream
        })
        .collect();
    let half: Vec<TcpStream> = (0..60).map(|_| send(&server, "GET /livez HTTP/1.1\r\nHost: ")).collect();
    for _ in 0..30 {
        assert_eq!(raw(&server.url, b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").status, 200);
    }
    // The oldest made room; else this would wait for its idle time.
    until_closed(&first);
    drop((idle, half));
}

#[test]
fn a_follower_is_not_the_one_to_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let server = with(folder.path(), "[limits]\nsockets = 20\n");
    let upgrade = "GET /graphql/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                   Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";
    let follower = send(&server, upgrade);
    let begins_with = |mut stream: &TcpStream, expected: &[u8; 12]| {
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, *expected);
    };
    begins_with(&follower, b"HTTP/1.1 101");
    // Whoever has asked nothing for longest is the follower, from here to the end.
    let idle: Vec<TcpStream> = (0..60)
        .map(|_| {
            let stream = send(&server, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
            begins_with(&stream, b"HTTP/1.1 200");
            stream
        })
        .collect();
    drop((idle, follower));
}

#[test]
fn a_server_whose_connections_are_all_busy_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = with(folder.path(), "[limits]\nsockets = 20\n");
    let half = "POST /api/v1/lineage HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
    let busy: Vec<TcpStream> = (0..30).map(|_| send(&server, half)).collect();
    // The last ten of them have this answer too; the place of none is taken by one that came after it.
    assert!(until_closed(&busy[29]).starts_with("HTTP/1.1 503"));
    let refused = raw(&server.url, b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!((refused.json()["code"].as_str(), refused.json()["requestId"].as_str()), (Some("busy"), refused.header("x-request-id")));
}

/// What is no request for the HTTP library has an answer like every other.
#[test]
fn what_is_no_http_is_answered_with_a_code_and_an_id() {
    let server = Server::start();
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(70_000));
    let many = format!("GET /livez HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X-A: b\r\n".repeat(300));
    let kept = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nnothing of HTTP\r\n\r\n";
    for (request, status) in [("nothing of HTTP\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400), (&long, 414), (&many, 431)] {
        let answer = raw(&server.url, request.as_bytes());
        assert_eq!((answer.status, answer.header("content-type")), (status, Some("application/problem+json")), "{}", answer.text);
        let problem = answer.json();
        assert!(problem["code"] == "invalid_request" && problem["status"] == status, "{problem}");
        assert!(answer.header("x-request-id").is_some() && problem["requestId"].as_str() == answer.header("x-request-id"), "{problem}");
    }
    // Behind a good request on one connection.
    let both = until_closed(&send(&server, kept));
    assert!(both.starts_with("HTTP/1.1 200") && both.contains("HTTP/1.1 400 Bad Request") && both.ends_with('}'), "{both}");
}

#[test]
fn half_a_request_does_not_keep_a_server_from_ending() {
    let server = Server::start();
    server.take(&[good(1)]);
    let hanging = [
        send(&server, "GET /livez HT"),
        send(&server, "POST /api/v1/lineage HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"),
        send(&server, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"),
    ];
    let began = Instant::now();
    assert!(server.stop());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    drop(hanging);
}
