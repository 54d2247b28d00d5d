//! Failing calls at moments that posting alone does not reach: while the graph's file is written or read, and while the log
//! is opened again after a failed commit.

use crate::Outcome;
use crate::check::{self, CATCH_UP};
use crate::feed;
use crate::inject::{TARGETS, Target, trial};
use crate::preload::{Call, Failure, Rule};
use crate::row::Row;
use crate::scene::Scene;
use std::time::Duration;

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
