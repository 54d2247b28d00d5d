//! SIGTERM in whatever state the server is: it ends within five seconds, with 0, and what it acknowledged is there.

use crate::Outcome;
use crate::check::{self, CATCH_UP};
use crate::feed;
use crate::launch::Launch;
use crate::ledger::{self, Ledger};
use crate::preload::{Call, Control, Failure, Rule};
use crate::row::{Row, Rows};
use crate::scene::Scene;
use crate::subject::Subject;
use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;
use tests::events;

/// A state, and how the server comes into it. What it returns is kept until the server has ended.
struct State {
    name: &'static str,
    /// With catching up, digests and all afterwards; else only the log is compared.
    whole: bool,
    enter: fn(&Held) -> Outcome<Vec<TcpStream>>,
}

/// A server to bring into a state.
struct Held<'a> {
    subject: &'a Subject,
    ledger: &'a Ledger,
    control: &'a Control,
}

const STATES: &[State] = &[
    State { name: "idle", whole: true, enter: |_| Ok(Vec::new()) },
    State { name: "half a request on every route, idle connections", whole: true, enter: half },
    State { name: "long questions under way", whole: true, enter: long },
    State { name: "the log cannot be written", whole: true, enter: |held| failing(held, "log.db*") },
    State { name: "the catalog cannot be written", whole: true, enter: |held| failing(held, "catalog.db*") },
    State { name: "search cannot be written", whole: true, enter: |held| failing(held, "search*") },
    State { name: "an event with 30,000 aliases", whole: false, enter: aliases },
    State { name: "800 events with an alias each", whole: false, enter: partitions },
];

/// A row for each state.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    rows.push(under_posters(scene)?);
    for state in STATES {
        rows.push(in_state(scene, state)?);
    }
    rows.push(rebuilding(scene)?);
    rows.push(unreadable(scene)?);
    Ok(())
}

fn under_posters(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("stop", "SIGTERM under 12 posters");
    let (launch, ledger) = (scene.launch(&scene.place("stop")?.join("data")), Ledger::default());
    for _ in 0..scene.dose.of(2, 12) {
        let subject = launch.start()?;
        let url = subject.url.clone();
        std::thread::scope(|scope| {
            let posters = scope.spawn(|| {
                let begun = std::time::Instant::now();
                // They go on until long after it has ended.
                feed::load(&url, &ledger, 12, || begun.elapsed() > Duration::from_millis(900));
            });
            std::thread::sleep(Duration::from_millis(400));
            check::ended(&mut row, subject);
            let _ = posters.join();
        });
        row.rounds += 1;
    }
    check::whole(&mut row, launch.start()?, &launch, &ledger)?;
    Ok(row)
}

fn in_state(scene: &Scene, state: &State) -> Outcome<Row> {
    let mut row = Row::new("stop", format!("SIGTERM: {}", state.name));
    let place = scene.place("stop")?;
    let (control, ledger) = (Control::new(place.join("control"))?, Ledger::default());
    let launch = scene.launch(&place.join("data")).with(&scene.tools, &control);
    for _ in 0..scene.dose.of(1, 5) {
        let subject = launch.start()?;
        feed::load_for(&subject, &ledger, 3, Duration::from_millis(150));
        let kept = (state.enter)(&Held { subject: &subject, ledger: &ledger, control: &control })?;
        check::ended(&mut row, subject);
        drop(kept);
        control.disarm(0)?;
        row.rounds += 1;
    }
    finish(&mut row, &launch, &ledger, state.whole)?;
    Ok(row)
}

/// What was acknowledged is in the log; when `whole`, everything else is right too.
fn finish(row: &mut Row, launch: &Launch, ledger: &Ledger, whole: bool) -> Outcome<()> {
    let subject = launch.start()?;
    if whole {
        return check::whole(row, subject, launch, ledger);
    }
    row.count(&ledger.compare(subject.data())?);
    Ok(())
}

fn connect(subject: &Subject) -> Outcome<TcpStream> {
    Ok(TcpStream::connect(subject.url.trim_start_matches("http://"))?)
}

fn half(held: &Held) -> Outcome<Vec<TcpStream>> {
    let mut kept = vec![connect(held.subject)?, connect(held.subject)?];
    kept[1].write_all(b"POST /api/v1/lin")?;
    for path in ["/api/v1/lineage", "/api/v1/lineage/batch", "/api/v1/lineage/dry-run", "/api/v1/check", "/graphql"] {
        let mut stream = connect(held.subject)?;
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{{\"a\":"
        )?;
        kept.push(stream);
        let mut stream = connect(held.subject)?;
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{{\"a\""
        )?;
        kept.push(stream);
    }
    // What the server has not read does not keep it.
    std::thread::sleep(Duration::from_millis(300));
    Ok(kept)
}

fn long(held: &Held) -> Outcome<Vec<TcpStream>> {
    let aliases: String =
        (0..60).map(|i| format!("a{i}:datasets(first:300){{edges{{node{{facets lineage(direction:BOTH){{totalCount}}}}}}}} ")).collect();
    let body = json!({ "query": format!("{{{aliases}}}") }).to_string();
    let mut kept = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(held.subject)?;
        let length = body.len();
        write!(
            stream,
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )?;
        kept.push(stream);
    }
    std::thread::sleep(Duration::from_millis(100));
    Ok(kept)
}

fn failing(held: &Held, files: &'static str) -> Outcome<Vec<TcpStream>> {
    held.control.arm(0, &Rule::all(&[Call::Write, Call::Sync, Call::Truncate, Call::Rename], files, Failure::Io))?;
    feed::load_for(held.subject, held.ledger, 3, Duration::from_millis(800));
    Ok(Vec::new())
}

fn symlinks(names: impl Iterator<Item = String>) -> Value {
    let all: Vec<Value> = names.map(|name| json!({ "namespace": "n", "name": name, "type": "TABLE" })).collect();
    events::facet(json!({ "identifiers": all }))
}

fn aliases(held: &Held) -> Outcome<Vec<TcpStream>> {
    let mut event = events::run("COMPLETE", "2026-11-01T00:00:00Z", "aliases", "aliases", &[], &["everything"]);
    event["outputs"][0]["facets"] = json!({ "symlinks": symlinks((0..30_000).map(|i| format!("k{i}"))) });
    held.subject.post_event(&event)?;
    std::thread::sleep(Duration::from_secs(1));
    Ok(Vec::new())
}

fn partitions(held: &Held) -> Outcome<Vec<TcpStream>> {
    let event = |i: usize| {
        let mut event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &format!("partition {i}"), "load", &[], &[&format!("t/day={i}")]);
        event["outputs"][0]["facets"] = json!({ "symlinks": symlinks(std::iter::once("t".to_owned())) });
        event
    };
    held.subject.post_event(&Value::from((0..800).map(event).collect::<Vec<_>>()))?;
    std::thread::sleep(Duration::from_secs(1));
    Ok(Vec::new())
}

/// Right after a start without projections.
fn rebuilding(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("stop", "SIGTERM: the projections are being rebuilt");
    let data = scene.place("stop")?.join("data");
    let (launch, ledger) = (scene.launch(&data), Ledger::default());
    let subject = launch.start()?;
    feed::load(&subject.url, &ledger, 8, || ledger.count() > scene.dose.of(3_000, 30_000));
    subject.stop();
    for _ in 0..scene.dose.of(2, 10) {
        remove_projections(&data)?;
        let subject = launch.start()?;
        std::thread::sleep(Duration::from_millis(150));
        check::ended(&mut row, subject);
        row.rounds += 1;
    }
    finish(&mut row, &launch, &ledger, true)?;
    Ok(row)
}

/// Everything but the log, and what the server keeps beside it to know how far it went.
pub fn remove_projections(data: &Path) -> Outcome<()> {
    for entry in std::fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("log.db") || name == "lock" || name == "acknowledged" {
            continue;
        }
        if entry.file_type()?.is_dir() { std::fs::remove_dir_all(entry.path())? } else { std::fs::remove_file(entry.path())? }
    }
    Ok(())
}

/// An entry that nobody can read, and projections that need it.
fn unreadable(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("stop", "SIGTERM: an entry of the log cannot be read");
    let data = scene.place("stop")?.join("data");
    let (launch, ledger) = (scene.launch(&data), Ledger::default());
    let subject = launch.start()?;
    feed::load(&subject.url, &ledger, 3, || ledger.count() > 40);
    subject.stop();
    ledger::spoil(&data, 5)?;
    remove_projections(&data)?;
    let subject = launch.start()?;
    row.expect(feed::one_within(&subject, &ledger, Duration::from_secs(5)), || "no events are taken".into());
    row.expect(subject.catches_up(CATCH_UP / 4), || "the projections stop at it".into());
    let ready = subject.get("/readyz")?.text;
    row.expect(ready.contains('5'), || format!("/readyz does not name it: {}", ready.trim()));
    check::ended(&mut row, subject);
    row.rounds = 1;
    // One of them is spoilt on purpose.
    let mut compared = ledger.compare(&data)?;
    compared.found += 1;
    row.count(&compared);
    Ok(row)
}
