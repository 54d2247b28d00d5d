//! The checks themselves: what is wrong on purpose has to be noticed, or a table without a complaint says nothing.
//! (The power cut has a control of its own, in `power`.)

use crate::Outcome;
use crate::check;
use crate::feed;
use crate::launch::Launch;
use crate::ledger::{self, Ledger};
use crate::probe::{Waits, beside};
use crate::replay;
use crate::row::{Digests, Row, Rows};
use crate::scene::{Scene, copy};
use crate::subject::signal;
use rustix::process::Signal;
use std::path::Path;
use std::time::Duration;
use tests::targets::Target;

/// What is broken, and whether the row of it says so.
struct Case {
    name: &'static str,
    noticed: fn(&Stage) -> Outcome<bool>,
}

/// A stopped server's folder with what it acknowledged, made once, and copied for each case.
struct Stage<'a> {
    scene: &'a Scene,
    data: &'a Path,
    ledger: &'a Ledger,
}

const CASES: &[Case] = &[
    Case { name: "nothing is wrong, and nothing is said", noticed: |stage| Ok(after(stage, "log.db", "SELECT 1")?.held()) },
    Case { name: "an acknowledged entry is gone", noticed: |stage| lost(&after(stage, "log.db", "DELETE FROM log WHERE seq = 7")?) },
    Case { name: "an entry is there twice", noticed: twice },
    Case { name: "an entry is not what was sent", noticed: changed },
    Case { name: "the catalog is not what the log says", noticed: differs },
    Case { name: "an acknowledged event was never stored", noticed: never_stored },
    Case { name: "SIGTERM is not obeyed", noticed: deaf },
    Case { name: "/livez waits", noticed: slow },
    Case { name: "a fuzzing target panics", noticed: panics },
];

/// One row for all of them.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    let mut row = Row::new("control", "wrong on purpose, and noticed");
    let place = scene.place("control")?;
    let (data, ledger) = (place.join("data"), Ledger::default());
    let subject = scene.launch(&data).start()?;
    feed::load(&subject.url, &ledger, 6, || ledger.count() > 60);
    subject.catches_up(check::CATCH_UP);
    subject.stop();
    let stage = Stage { scene, data: &data, ledger: &ledger };
    let outcomes: Vec<Outcome<bool>> = std::thread::scope(|scope| {
        // Together: one waits a quarter of a minute.
        let all: Vec<_> = CASES.iter().map(|case| scope.spawn(|| (case.noticed)(&stage))).collect();
        all.into_iter().map(|case| case.join().unwrap_or_else(|_| Err("it panics".into()))).collect()
    });
    for (case, outcome) in CASES.iter().zip(outcomes) {
        row.rounds += 1;
        match outcome {
            Ok(true) => {}
            Ok(false) => row.off(format!("not as it has to be: {}", case.name)),
            Err(e) => row.off(format!("{}: could not be tried: {e}", case.name)),
        }
    }
    row.note(CASES.iter().map(|case| case.name).collect::<Vec<_>>().join(", "));
    rows.push(row);
    Ok(())
}

impl Stage<'_> {
    /// A copy of the folder.
    fn launch(&self) -> Outcome<Launch> {
        let data = self.scene.place("spoilt")?.join("data");
        copy(self.data, &data)?;
        Ok(self.scene.launch(&data))
    }
}

/// What is counted in a copy in which a statement was run on one of its databases.
fn after(stage: &Stage, file: &str, statement: &'static str) -> Outcome<Row> {
    let launch = stage.launch()?;
    ledger::execute(&launch.data().join(file), statement, &[])?;
    counted(stage, &launch)
}

fn counted(stage: &Stage, launch: &Launch) -> Outcome<Row> {
    let mut row = Row::new("control", "");
    row.count(&stage.ledger.compare(launch.data())?);
    check::verified(&mut row, launch)?;
    Ok(row)
}

fn lost(row: &Row) -> Outcome<bool> {
    Ok(!row.held() && row.found + 1 == row.acked && row.digests == Digests::Differ)
}

fn twice(stage: &Stage) -> Outcome<bool> {
    let copy = "INSERT INTO log SELECT seq + 1000000, kind, x'00', received_at, payload FROM log WHERE seq = 7";
    let row = after(stage, "log.db", copy)?;
    Ok(!row.held() && row.duplicated == 1 && row.digests == Digests::Differ)
}

fn changed(stage: &Stage) -> Outcome<bool> {
    let launch = stage.launch()?;
    let path = launch.data().join("log.db");
    let payload = ledger::Unpacker::new()?.unpack(&ledger::payload(&path, 7)?)?;
    let other = String::from_utf8_lossy(&payload).replace("\"etl\"", "\"elt\"");
    ledger::execute(&path, "UPDATE log SET payload = ? WHERE seq = 7", &zstd::encode_all(other.as_bytes(), 1)?)?;
    let row = counted(stage, &launch)?;
    Ok(!row.held() && row.wrong == 1 && row.digests == Digests::Differ)
}

fn differs(stage: &Stage) -> Outcome<bool> {
    let row = after(stage, "catalog.db", "UPDATE dataset SET namespace = 'elsewhere' WHERE id = (SELECT min(id) FROM dataset)")?;
    Ok(!row.held() && row.found == row.acked && row.digests == Digests::Differ)
}

fn never_stored(stage: &Stage) -> Outcome<bool> {
    let (launch, ledger) = (stage.launch()?, stage.ledger.twin());
    ledger.acknowledged(&ledger.take(1));
    let mut row = Row::new("control", "");
    check::whole(&mut row, launch.start()?, &launch, &ledger)?;
    Ok(!row.held() && row.found + 1 == row.acked && row.digests == Digests::Equal)
}

fn deaf(stage: &Stage) -> Outcome<bool> {
    let subject = stage.launch()?.start()?;
    signal(subject.pid(), Signal::STOP);
    let mut row = Row::new("control", "");
    check::ended(&mut row, subject);
    Ok(!row.held())
}

fn slow(stage: &Stage) -> Outcome<bool> {
    let subject = stage.launch()?.start()?;
    let waits = Waits::default();
    beside(&subject.url, &stage.ledger.twin(), &waits, || {
        std::thread::sleep(Duration::from_millis(200));
        signal(subject.pid(), Signal::STOP);
        std::thread::sleep(Duration::from_millis(2500));
        signal(subject.pid(), Signal::CONT);
        std::thread::sleep(Duration::from_millis(200));
    });
    Ok(waits.livez() > crate::memory::LIVEZ)
}

fn panics(stage: &Stage) -> Outcome<bool> {
    let target = Target { name: "json", run: |bytes| assert!(bytes.len() < 40, "on purpose") };
    let row = replay::quietly(|| replay::replayed(stage.scene, &target, 20))?;
    Ok(!row.held() && row.wrong > 0)
}
