//! Files of the data folder damaged while the server is down, one file at a time: a bit, a burst, a page of zeros, a cut, bytes
//! all over. It starts and answers as before, or says what is wrong; never wrong answers in silence, never a start that
//! fails for what can be rebuilt.

use crate::Outcome;
use crate::check::{self, CATCH_UP};
use crate::feed;
use crate::harm::{WAYS, harm, some_file};
use crate::launch::Launch;
use crate::ledger::{Ledger, lock};
use crate::row::{Row, Rows};
use crate::scene::{Scene, copy};
use crate::subject::{Subject, start_of};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Numbers from here on are of events that are posted after the damage.
const FAR: u64 = 1_000_000;

/// What is damaged.
struct Target {
    name: &'static str,
    /// The data folder with the file, as a clean stop or as kill -9 leaves it.
    after_kill: bool,
    /// The event log itself: events may be gone, and have to be named.
    is_log: bool,
}

const TARGETS: [Target; 6] = [
    Target { name: "log.db", after_kill: false, is_log: true },
    Target { name: "log.db-wal", after_kill: true, is_log: true },
    Target { name: "catalog.db", after_kill: false, is_log: false },
    Target { name: "catalog.db-wal", after_kill: true, is_log: false },
    Target { name: "graph.snapshot", after_kill: false, is_log: false },
    Target { name: "search", after_kill: false, is_log: false },
];

/// A row for each target.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    let place = scene.place("damage")?;
    let (stopped, killed) = (place.join("stopped"), place.join("killed"));
    let clean = prepare(scene, &stopped, &killed)?;
    for target in &TARGETS {
        rows.push(damaged(scene, target, if target.after_kill { &killed } else { &stopped }, &clean)?);
    }
    Ok(())
}

/// What the server answered and acknowledged before.
struct Before {
    answers: Value,
    ledger: Ledger,
}

/// Makes both folders with the same events.
fn prepare(scene: &Scene, stopped: &Path, killed: &Path) -> Outcome<Before> {
    let (launch, ledger) = (scene.launch(stopped), Ledger::default());
    let subject = launch.start()?;
    for line in include_str!("../fixtures/real/airflow3-all_dags.ndjson").lines() {
        subject.post("/api/v1/lineage", &[], line.as_bytes())?;
    }
    feed::load(&subject.url, &ledger, 6, || ledger.count() > 300);
    if !subject.catches_up(CATCH_UP) {
        return Err("the projections do not catch up".into());
    }
    let clean = answers(&subject)?;
    // A copy of a folder in use is what kill -9 leaves: everything that counts is in the files.
    copy(stopped, killed)?;
    subject.stop();
    ledger.take(FAR);
    Ok(Before { answers: clean, ledger })
}

/// Everything that the damage could change.
fn answers(subject: &Subject) -> Outcome<Value> {
    let page = |list: &str, fields: &str| {
        let query = format!("{{ {list}(first: 1000) {{ totalCount edges {{ node {{ {fields} }} }} }} }}");
        subject.data_of(&query, Value::Null)
    };
    let lineage =
        "lineage(direction: BOTH, maxDepth: 3) { totalCount nodes { node { __typename ... on Dataset { name } ... on Job { name } } } }";
    Ok(json!([
        page("datasets", "namespace name description facets columns { name type }")?,
        page("jobs", "namespace name description facets")?,
        page("runs", "id state facets")?,
        subject.data_of(&format!("{{ dataset(namespace: \"db\", name: \"table 1\") {{ {lineage} }} }}"), Value::Null)?,
        subject
            .data_of("{ search(query: \"table amount\", first: 50) { totalCount edges { score node { __typename } } } }", Value::Null)?,
        subject.data_of("{ status { logSeq catalogSeq datasets jobs runs columns edges columnEdges } }", Value::Null)?,
    ]))
}

/// What became of a server on a damaged folder.
#[derive(Debug, PartialEq)]
enum Fate {
    /// The answers are the clean ones.
    Same,
    /// They are not, or there are none, and it says so.
    Said,
    /// It does not start, and says why.
    Refused(String),
    /// It does not start and does not say why, panics, hangs, or answers wrongly without a word.
    Bad(String),
}

fn damaged(scene: &Scene, target: &Target, folder: &Path, clean: &Before) -> Outcome<Row> {
    let mut row = Row::new("damage", format!("{} damaged in {} ways", target.name, WAYS.len()));
    let seeds = scene.dose.of(5, 40);
    let (next, fates) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let fate = once(scene, target, folder, clean, seed).unwrap_or_else(|e| Fate::Bad(e.to_string()));
                    lock(&fates).push((seed, fate));
                }
            });
        }
    });
    let fates = fates.into_inner().unwrap_or_default();
    row.rounds = seeds;
    let count = |wanted: fn(&Fate) -> bool| fates.iter().filter(|(_, fate)| wanted(fate)).count();
    let same = count(|fate| *fate == Fate::Same);
    let (said, refused) = (count(|fate| *fate == Fate::Said), count(|fate| matches!(fate, Fate::Refused(_))));
    row.note(format!("{same} answer as before, {said} say what is damaged, {refused} do not start and say why"));
    for (seed, fate) in &fates {
        let way = WAYS[*seed as usize % WAYS.len()];
        match fate {
            Fate::Bad(what) => {
                row.wrong += 1;
                row.off(format!("{way} (seed {seed}): {what}"));
            }
            // What can be rebuilt is no reason not to start.
            Fate::Refused(what) if !target.is_log => row.off(format!("{way} (seed {seed}): it does not start: {what}")),
            Fate::Said if !target.is_log => row.off(format!("{way} (seed {seed}): not mended from the log")),
            _ => {}
        }
    }
    Ok(row)
}

fn once(scene: &Scene, target: &Target, folder: &Path, clean: &Before, seed: u64) -> Outcome<Fate> {
    let place = scene.place("damaged")?;
    let data = place.join("data");
    copy(folder, &data)?;
    let mut numbers = scene.numbers(100 + seed + target.name.len() as u64 * 1000);
    let file = if target.name == "search" { some_file(&data.join("search"), &mut numbers)? } else { data.join(target.name) };
    if file.metadata()?.len() == 0 {
        return Err(format!("{} is empty, so nothing was tried", target.name).into());
    }
    harm(&file, seed as usize % WAYS.len(), &mut numbers)?;
    let launch = scene.launch(&data);
    let fate = look(&launch, target, clean)?;
    if !matches!(fate, Fate::Same) {
        scene.keep(&place, &format!("{}-{seed}", target.name));
    }
    let _ = fs::remove_dir_all(&place);
    Ok(fate)
}

fn look(launch: &Launch, target: &Target, clean: &Before) -> Outcome<Fate> {
    let mut subject = match launch.start() {
        Ok(subject) => subject,
        Err(no) if no.said.contains("panicked at") => return Ok(Fate::Bad(format!("panics at the start: {}", start_of(&no.said)))),
        Err(no) if no.code.is_some_and(|code| code != 0) && no.said.contains("headwater: ") => {
            return Ok(Fate::Refused(start_of(no.said.lines().last().unwrap_or_default())));
        }
        Err(no) => return Ok(Fate::Bad(no.to_string())),
    };
    // With a log that cannot be read to its end the projections stay where they are.
    let caught_up = subject.catches_up(if target.is_log { Duration::from_secs(10) } else { CATCH_UP });
    // First: what nobody reads nobody finds damaged.
    let answered = answers(&subject);
    let (green, ready) = subject.readyz(200, Duration::from_secs(2));
    // What is named does not make it unready, but is in the text.
    let said = !green || ready.trim() != "200 ok";
    if !subject.lives() {
        return Ok(Fate::Bad(format!("the process ended: {}", start_of(&subject.said()))));
    }
    let ledger = Ledger::default();
    // Far from the numbers that are stored.
    ledger.take(FAR);
    let intake = feed::one(&subject, &ledger);
    let same = answered.as_ref().is_ok_and(|answers| *answers == clean.answers);
    let panicked = !subject.panics().is_empty();
    let mut row = Row::new("damage", "");
    check::ended(&mut row, subject);
    let fate = match (same, said) {
        _ if panicked => Fate::Bad("panics".into()),
        _ if !row.held() => Fate::Bad(row.line()),
        (true, false) if caught_up && intake => settled(launch, target, clean)?,
        (true, false) => Fate::Bad(format!("ready, but caught up: {caught_up}, takes events: {intake}")),
        (_, true) => Fate::Said,
        (false, false) => match answered {
            // An answer that is an error says so itself.
            Err(_) if target.is_log => Fate::Said,
            Err(e) => Fate::Bad(format!("ready, but does not answer: {e}")),
            Ok(answers) => Fate::Bad(format!("ready, and answers other than before: {}", difference(&clean.answers, &answers))),
        },
    };
    Ok(fate)
}

/// It answers as before. Then the log holds what was acknowledged, or `verify` names what it does not; and the projections
/// equal a rebuild.
fn settled(launch: &Launch, target: &Target, clean: &Before) -> Outcome<Fate> {
    let (good, said) = launch.verify()?;
    let held = clean.ledger.compare(launch.data()).is_ok_and(|found| found.found == found.acked && found.wrong == 0);
    Ok(match (target.is_log, good, held) {
        (_, true, true) => Fate::Same,
        (true, false, _) => Fate::Said,
        (true, true, false) => Fate::Bad("the log holds less than was acknowledged, and verify says that it is intact".into()),
        (false, ..) => Fate::Bad(format!("verify afterwards: {}", start_of(&check::complaint(&said)))),
    })
}

/// The first place at which answers differ.
fn difference(clean: &Value, other: &Value) -> String {
    let (clean, other) = (clean.to_string(), other.to_string());
    let at = clean.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.bytes().skip(at.saturating_sub(30)).take(80).map(char::from).collect::<String>();
    format!("{} instead of {}", around(&other), around(&clean))
}
