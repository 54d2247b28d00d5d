//! Bodies made to hurt: refused quickly, without memory, and the server goes on.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tests::{Server, events, gzip, raw};

const MB: usize = 1 << 20;

fn good() -> Value {
    events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &["a"], &["b"])
}

/// Resident memory in kilobytes; `None` where there is no /proc.
fn memory(server: &Server, key: &str) -> Option<usize> {
    let text = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Zeros packed until they are `packed` bytes: a thousandfold when unpacked.
fn bomb(packed: usize) -> Vec<u8> {
    let one = gzip(&vec![b' '; 64 * MB]);
    one.iter().copied().cycle().take(one.len() * packed.div_ceil(one.len())).collect()
}

fn post(server: &Server, headers: &str, body: &[u8]) -> tests::Answer {
    let head = format!(
        "POST /api/v1/lineage HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    raw(&server.url, &[head.as_bytes(), body].concat())
}

#[test]
fn a_gzip_bomb_is_refused_before_it_unpacks() {
    let server = Server::start();
    server.take(&[good()]);
    let before = memory(&server, "VmHWM");
    let bomb = bomb(10 * MB);
    let began = Instant::now();
    let answer = post(&server, "Content-Encoding: gzip\r\n", &bomb);
    assert_eq!(answer.status, 413, "{}", answer.text);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    if let (Some(before), Some(after)) = (before, memory(&server, "VmHWM")) {
        assert!(after - before < 300 * 1024, "from {before} to {after} kB");
    }
    assert_eq!(server.counts()["runs"], 1);
}

#[test]
fn packed_bodies_are_taken() {
    let server = Server::start();
    let text = good().to_string();
    for encoding in ["gzip", "GZIP", "x-gzip"] {
        let answer = post(&server, &format!("Content-Encoding: {encoding}\r\n"), &gzip(text.as_bytes()));
        assert_eq!(answer.status, 201, "{encoding} {}", answer.text);
    }
    // Several members one after the other are one stream.
    let (head, tail) = text.split_at(text.len() / 2);
    let members = [gzip(head.as_bytes()), gzip(tail.as_bytes())].concat();
    assert_eq!(post(&server, "Content-Encoding: gzip\r\n", &members).status, 201);
    assert_eq!(server.ask("{ status { logSeq } }")["status"]["logSeq"], 1);
}

#[test]
fn packing_that_is_none_is_said() {
    let server = Server::start();
    let packed = gzip(good().to_string().as_bytes());
    let mut flipped = packed.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let answers: Vec<Value> = [
        ("plain", "gzip", good().to_string().into_bytes()),
        ("cut off", "gzip", packed[..packed.len() - 10].to_vec()),
        ("flipped", "gzip", flipped),
        ("packed nothing", "gzip", gzip(b"")),
        ("nothing", "gzip", Vec::new()),
        ("packed junk", "gzip", gzip(b"junk")),
        ("brotli", "br", packed.clone()),
        ("deflate", "deflate", packed.clone()),
        ("twice", "gzip, gzip", gzip(&packed)),
    ]
    .into_iter()
    .map(|(name, encoding, body)| {
        let answer = post(&server, &format!("Content-Encoding: {encoding}\r\n"), &body);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{name} {}", answer.text);
        json!([name, answer.status, answer.json()["detail"]])
    })
    .collect();
    insta::assert_json_snapshot!(answers);
    assert_eq!(server.ask("{ status { logSeq } }")["status"]["logSeq"], 0);
}

#[test]
fn a_hundred_megabytes_are_refused() {
    let server = Server::start();
    let answer = post(&server, "", &vec![b' '; 100 * MB]);
    assert_eq!((answer.status, answer.header("retry-after")), (413, None), "{}", answer.text);
    server.take(&[good()]);
}

#[test]
fn an_event_of_the_limit_is_taken_and_one_beyond_it_is_not() {
    let server = Server::start();
    let of = |number: u32, bytes: usize| {
        let event = events::with(good(), &["run", "runId"], events::run_id(number).into());
        events::with(event, &["run", "facets", "big"], json!({ "text": "x".repeat(bytes) }))
    };
    assert_eq!(post(&server, "", of(1, 8 * MB - 2000).to_string().as_bytes()).status, 201);
    let answer = post(&server, "", of(2, 8 * MB).to_string().as_bytes());
    assert!(matches!(answer.status, 400 | 413), "{} {}", answer.status, answer.text);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let run = server.ask(&format!(r#"{{ run(id: "{}") {{ facets }} status {{ runs }} }}"#, events::run_id(1)));
    assert_eq!(run["run"]["facets"]["big"]["text"].as_str().unwrap().len(), 8 * MB - 2000);
    assert_eq!(run["status"]["runs"], 1);
}

/// Three thousand inputs and three thousand outputs of one run are nine million pairs.
#[test]
fn a_run_with_thousands_of_inputs_and_outputs_is_taken() {
    let server = Server::start();
    let names = |side: &str| (0..3000).map(|i| json!({ "namespace": "db", "name": format!("{side} {i}") })).collect::<Vec<_>>();
    let event = events::with(events::with(good(), &["inputs"], json!(names("in"))), &["outputs"], json!(names("out")));
    server.take(&[event]);
    let data = server.ask(r#"{ dataset(namespace: "db", name: "in 7") { lineage(direction: DOWNSTREAM, jobs: false) { totalCount complete } } dataset2: dataset(namespace: "db", name: "out 7") { lineage(direction: UPSTREAM, jobs: false) { totalCount complete } } status { datasets edges } }"#);
    insta::assert_json_snapshot!(data);
    if let Some(peak) = memory(&server, "VmHWM") {
        assert!(peak < 1 << 20, "{peak} kB");
    }
}

#[test]
fn a_body_that_breaks_off_is_not_stored() {
    let server = Server::start();
    let text = good().to_string();
    let head = format!("POST /api/v1/lineage HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", text.len() + 10);
    // The connection is closed by dropping the socket before the body is whole.
    let address = server.url.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    std::io::Write::write_all(&mut stream, &[head.as_bytes(), text.as_bytes()].concat()).unwrap();
    drop(stream);
    let chunked = format!(
        "POST /api/v1/lineage HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{text}\r\n0\r\n\r\n",
        text.len()
    );
    let answer = raw(&server.url, chunked.as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(server.ask("{ status { logSeq } }")["status"]["logSeq"], 1);
}
