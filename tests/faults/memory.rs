//! The server in 1 GiB: it survives every request of `attacks`, answers `/livez` within 0.3 s meanwhile, takes events, and
//! answers a question afterwards.

use crate::Outcome;
use crate::attacks::{GROUPS, Group, Request};
use crate::cgroup::Cgroup;
use crate::check::{self, CATCH_UP};
use crate::feed;
use crate::launch::Launch;
use crate::ledger::{self, Ledger};
use crate::probe::{Waits, beside};
use crate::row::{Row, Rows};
use crate::scene::Scene;
use crate::subject::Subject;
use schema::moment::Moment;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};
use tests::events;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};

/// What the server may use.
const CEILING: u64 = 1 << 30;
/// `/livez` answers within so many seconds; a debug build, whose server is one too, is several times slower.
pub const LIVEZ: f64 = if cfg!(debug_assertions) { 2.0 } else { 0.3 };
/// Clients give up an event after five seconds.
const ACK: f64 = 5.0;
/// After an attack everybody else is served as before within this time.
const CALM: Duration = Duration::from_secs(10);

/// A row for each group, on one estate with a hub.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    let group = Cgroup::new(&scene.folder.file_name().unwrap_or_default().to_string_lossy(), CEILING)?;
    let data = scene.place("memory")?.join("data");
    let launch = scene.launch(&data).within(&group.folder);
    let mut subject = launch.start()?;
    estate(&subject, scene.dose.of(8_000, 100_000), scene.dose.of(4, 60))?;
    eprintln!("  the estate is there");
    let moments = moments(&data)?;
    for (number, attacks) in GROUPS.iter().enumerate() {
        let (row, next) = attacked(scene, (attacks, &moments, number as u64), &group, &launch, subject)?;
        rows.push(row);
        subject = next;
    }
    let mut last = Row::new("memory", "the estate after all of them");
    last.rounds = 1;
    check::ended(&mut last, subject);
    check::verified(&mut last, &scene.launch(&data))?;
    rows.push(last);
    Ok(())
}

/// A dataset that so many jobs read, each writing one of its own; and some runs with facets of 4 MiB.
fn estate(subject: &Subject, jobs: usize, large: usize) -> Outcome<()> {
    let time = "2026-11-01T00:00:00Z";
    let event = |i: usize| events::job(time, &format!("reads {i}"), &["hub"], &[&format!("from the hub {i}")]);
    for first in (0..jobs).step_by(1000) {
        let body = Value::from((first..jobs.min(first + 1000)).map(event).collect::<Vec<_>>());
        let answer = subject.post("/api/v1/lineage/batch", &[("content-type", "application/json")], body.to_string().as_bytes())?;
        if answer.status != 200 {
            return Err(format!("the estate is not taken: {} {}", answer.status, answer.text).into());
        }
    }
    for i in 0..large {
        // Text that does not pack to nothing.
        let text: String =
            (0..(1_u64 << 18)).map(|k| format!("{:016x}", (k + i as u64 * 977).wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        let mut event = events::run("COMPLETE", time, &format!("large {i}"), "large", &[], &["large"]);
        event["run"]["facets"] = json!({ "large": events::facet(json!({ "text": text })) });
        if subject.post_event(&event)? != 201 {
            return Err("a large event is not taken".into());
        }
    }
    if subject.catches_up(CATCH_UP * 5) { Ok(()) } else { Err("the estate is not projected".into()) }
}

/// Forty moments between which entries came in.
fn moments(data: &Path) -> Outcome<Vec<String>> {
    let (first, last) = ledger::received(data)?;
    Ok((1..=40).map(|i| Moment(first + (last - first) / 41 * i).to_string()).collect())
}

fn attacked(
    scene: &Scene,
    (group, moments, number): (&Group, &[String], u64),
    cgroup: &Cgroup,
    launch: &Launch,
    mut subject: Subject,
) -> Outcome<(Row, Subject)> {
    let mut row = Row::new("memory", group.name);
    let ledger = Ledger::default();
    // Each group has numbers of its own.
    ledger.take(number * 1_000_000);
    let (mut livez, mut post): (f64, f64) = (0.0, 0.0);
    cgroup.forget();
    let attacks = (group.attacks)(moments);
    let short = scene.dose.of(group.short, attacks.len());
    for attack in attacks.into_iter().take(short) {
        eprintln!("  {}", attack.name);
        let requests = (attack.requests)();
        let waits = Waits::default();
        let most = Duration::from_millis(attack.gone_after.unwrap_or(scene.dose.of(3_000, 20_000)));
        beside(&subject.url, &ledger, &waits, || send(&subject.url, &requests, most));
        row.rounds += 1;
        livez = livez.max(waits.livez());
        post = post.max(waits.post());
        row.expect(waits.livez() <= LIVEZ, || format!("{}: /livez took {:.2} s", attack.name, waits.livez()));
        row.expect(waits.post() <= ACK, || format!("{}: an acknowledgement took {:.1} s", attack.name, waits.post()));
        if !subject.lives() {
            row.off(format!("{}: the server died", attack.name));
            subject = launch.start()?;
            subject.catches_up(CATCH_UP * 5);
            continue;
        }
        if !feed::one_within(&subject, &ledger, CALM) || !answers(&subject) {
            row.off(format!("{}: afterwards events or questions are not answered", attack.name));
            // What it still does is not to spoil the next one.
            subject.kill();
            subject = launch.start()?;
            subject.catches_up(CATCH_UP * 5);
        }
    }
    row.expect(subject.catches_up(CATCH_UP * 5), || "the projections do not come to the end".into());
    row.note(format!("/livez {livez:.2} s, acknowledgement {post:.2} s at most; {} MiB at most", cgroup.peak()));
    row.count(&ledger.compare(subject.data())?);
    Ok((row, subject))
}

fn answers(subject: &Subject) -> bool {
    let until = Instant::now() + CALM;
    let asked = || subject.data_of("{ datasets(first: 1) { totalCount } status { logSeq } }", Value::Null).is_ok();
    while !asked() {
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    true
}

/// Sends all requests at once; each client goes away when it is answered, or its time is up.
fn send(url: &str, requests: &[Request], most: Duration) {
    let address = url.trim_start_matches("http://");
    std::thread::scope(|scope| {
        for request in requests {
            scope.spawn(move || match request {
                Request::Http(method, path, headers, body) => drop(http(address, method, path, headers, body, most)),
                Request::Follow(queries) => drop(follow(address, queries, most)),
            });
        }
    });
}

/// Sends, and reads to the end or until the time is up, keeping nothing.
fn http(address: &str, method: &str, path: &str, headers: &str, body: &[u8], most: Duration) -> Outcome<()> {
    let until = Instant::now() + most;
    let mut stream = TcpStream::connect(address)?;
    stream.set_write_timeout(Some(most))?;
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    // A server that has read enough may answer before the end.
    let _ = stream.write_all(body);
    let mut buffer = vec![0; 256 << 10];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        stream.set_read_timeout(Some(left))?;
        if stream.read(&mut buffer)? == 0 {
            return Ok(());
        }
    }
}

/// Subscribes and reads nothing.
fn follow(address: &str, queries: &[String], most: Duration) -> Outcome<()> {
    let mut request = format!("ws://{address}/graphql/ws").into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(most))?;
    let (mut socket, _) = tungstenite::client(request, stream).map_err(|e| e.to_string())?;
    socket.send(Message::text(json!({ "type": "connection_init" }).to_string()))?;
    socket.read()?;
    for (number, query) in queries.iter().enumerate() {
        let message = json!({ "id": number.to_string(), "type": "subscribe", "payload": { "query": query } });
        socket.send(Message::text(message.to_string()))?;
    }
    std::thread::sleep(most);
    Ok(())
}
