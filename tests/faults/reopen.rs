//! Failing calls at moments that posting alone does not reach: while the graph's file is written or read, while the log
//! is opened again after a failed commit, and while the catalog is built anew under a running server.

use crate::Outcome;
use crate::check::{self, CATCH_UP};
use crate::feed;
use crate::inject::{TARGETS, Target, trial};
use crate::ledger;
use crate::preload::{Call, Failure, Rule};
use crate::row::Row;
use crate::scene::Scene;
use crate::stop;
use crate::subject::Subject;
use std::ops::Range;
use std::time::{Duration, Instant};

/// The graph's file is written at the end, and read at the start.
pub fn saving(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("inject", "graph.snapshot: write, sync, open, rename fail when it is written, read when it is read");
    let target = Target { name: "graph.snapshot", files: "graph.*", calls: &[], is_log: false };
    let trial = trial(scene, &target)?;
    let mut failed = 0;
    for (call, failure) in [
        (Call::Write, Failure::Full),
        (Call::Write, Failure::Io),
        (Call::Write, Failure::Short),
        (Call::Sync, Failure::Io),
        (Call::Rename, Failure::Io),
        (Call::Open, Failure::Io),
        (Call::Read, Failure::Io),
    ] {
        let subject = trial.launch.start()?;
        feed::load_for(&subject, &trial.ledger, 3, Duration::from_millis(150));
        row.expect(subject.catches_up(CATCH_UP), || format!("the projections do not catch up after {call:?} failed"));
        trial.control.arm(0, &Rule::all(&[call], target.files, failure))?;
        check::ended(&mut row, subject);
        // Once more, so that it cannot be read either.
        check::ended(&mut row, trial.launch.start()?);
        failed += trial.control.disarm(0)?;
        row.rounds += 1;
    }
    row.note(format!("{failed} calls failed"));
    row.expect(failed > 0, || "no call failed, so nothing was tried".into());
    check::whole(&mut row, trial.launch.start()?, &trial.launch, &trial.ledger)?;
    Ok(row)
}

/// A commit fails, and then the log cannot be opened again for a while.
pub fn reopening(scene: &Scene) -> Outcome<Row> {
    let target = &TARGETS[0];
    let mut row = Row::new("inject", "log.db: a commit fails, and the file cannot be opened again for a second");
    let trial = trial(scene, target)?;
    let subject = trial.launch.start()?;
    for failure in [Failure::Io, Failure::Full] {
        feed::load_for(&subject, &trial.ledger, 3, Duration::from_millis(200));
        trial.control.arm(0, &Rule { times: 2, ..Rule::all(&[Call::Sync], target.files, failure) })?;
        trial.control.arm(1, &Rule::all(&[Call::Open], target.files, Failure::Io))?;
        feed::load_for(&subject, &trial.ledger, 3, Duration::from_secs(1));
        trial.control.disarm(1)?;
        trial.control.disarm(0)?;
        row.rounds += 1;
        trial.goes_on(&mut row, &subject, &Rule::all(&[Call::Sync], target.files, failure));
    }
    check::whole(&mut row, subject, &trial.launch, &trial.ledger)?;
    Ok(row)
}

/// An entry cannot be read and is passed over; it can be read again, and the projector begins anew after an error: then the
/// catalog is built anew beside clients that are asking.
pub fn healed(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("inject", "log.db: an entry is unreadable, then readable again; the catalog is rebuilt without a restart");
    let trial = trial(scene, &TARGETS[1])?;
    let subject = trial.launch.start()?;
    feed::load(&subject.url, &trial.ledger, 3, || trial.ledger.count() > 200);
    subject.stop();
    let log = trial.launch.data().join("log.db");
    let payload = ledger::payload(&log, 5)?;
    ledger::spoil(trial.launch.data(), 5)?;
    stop::remove_projections(trial.launch.data())?;
    let subject = trial.launch.start()?;
    row.expect(subject.catches_up(CATCH_UP), || "the projections stop at what cannot be read".into());
    ledger::execute(&log, "UPDATE log SET payload = ? WHERE seq = 5", &payload)?;
    let rule = Rule { times: 2, ..Rule::all(&[Call::Write], "catalog.db*", Failure::Io) };
    trial.control.arm(0, &rule)?;
    feed::one_within(&subject, &trial.ledger, Duration::from_secs(5));
    row.expect(subject.catches_up(CATCH_UP), || "the projections do not go on".into());
    row.rounds = 1;
    row.expect(trial.control.disarm(0)? > 0, || "no call failed, so nothing was tried".into());
    is_made_anew(&mut row, &subject);
    check::whole(&mut row, subject, &trial.launch, &trial.ledger)?;
    Ok(row)
}

/// The server looks again by itself at what it could not read, and makes the catalog anew with it.
fn is_made_anew(row: &mut Row, subject: &Subject) {
    let (begun, mut ready) = (Instant::now(), String::new());
    while begun.elapsed() < Duration::from_secs(20) && ready.trim() != "200 ok" {
        ready = subject.readyz(200, Duration::from_secs(5)).1;
        std::thread::sleep(Duration::from_millis(200));
    }
    row.expect(ready.trim() == "200 ok", || format!("/readyz when everything can be read again: {ready}"));
    std::thread::sleep(Duration::from_millis(500));
    row.expect(subject.catches_up(CATCH_UP), || "the projections do not go on with the entry".into());
}

/// The disk does not give one page of the log, for as long as it likes: the entries on it are named and passed over, all
/// others are there and new ones are taken. When the disk gives it, the catalog is made anew with them.
pub fn sector(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("inject", "log.db: one page cannot be read, then it can; the catalog is made from the log meanwhile");
    let trial = trial(scene, &TARGETS[0])?;
    let subject = trial.launch.start()?;
    feed::load(&subject.url, &trial.ledger, 3, || trial.ledger.count() > 300);
    subject.stop();
    stop::remove_projections(trial.launch.data())?;
    let bytes = leaf(&std::fs::read(trial.launch.data().join("log.db"))?).ok_or("log.db has no page to spoil")?;
    trial.control.arm(0, &Rule { bytes, ..Rule::all(&[Call::Read], "log.db", Failure::Io) })?;
    let subject = trial.launch.start()?;
    row.expect(subject.catches_up(CATCH_UP), || "the projections stop at the page that cannot be read".into());
    let (_, said) = subject.readyz(200, Duration::from_secs(5));
    row.expect(said.contains("cannot be read"), || format!("/readyz does not name the entries: {said}"));
    row.expect(feed::one_within(&subject, &trial.ledger, Duration::from_secs(5)), || "intake stops".into());
    row.rounds = 1;
    row.expect(trial.control.disarm(0)? > 0, || "no call failed, so nothing was tried".into());
    is_made_anew(&mut row, &subject);
    check::whole(&mut row, subject, &trial.launch, &trial.ledger)?;
    Ok(row)
}

/// Where a page with rows of a table is, in the middle of a database of SQLite (its file format, 1.6).
fn leaf(database: &[u8]) -> Option<Range<u64>> {
    const LEAF: u8 = 13;
    let size = usize::from(u16::from_be_bytes([*database.get(16)?, *database.get(17)?]));
    let is_leaf = |page: &usize| database[page * size] == LEAF && database[page * size + 4] > 2;
    let leaves: Vec<usize> = (1..database.len() / size).filter(is_leaf).collect();
    let page = *leaves.get(leaves.len() / 2)?;
    Some((page * size) as u64..((page + 1) * size) as u64)
}
