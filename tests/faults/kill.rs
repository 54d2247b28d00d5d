//! kill -9 in the middle of everything.

use crate::Outcome;
use crate::check;
use crate::feed;
use crate::ledger::Ledger;
use crate::row::{Row, Rows};
use crate::scene::Scene;
use crate::subject::signal;
use rustix::process::Signal;
use std::time::{Duration, Instant};

/// Rounds of posting and killing on one data folder.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    let mut row = Row::new("kill", "kill -9 under 12 posters");
    let (launch, ledger) = (scene.launch(&scene.place("kill")?), Ledger::default());
    let mut numbers = scene.numbers(1);
    let mut slowest = Duration::ZERO;
    for round in 0..scene.dose.of(8, 60) {
        let begun = Instant::now();
        let mut subject = launch.start()?;
        slowest = slowest.max(begun.elapsed());
        // Some are killed while they catch up.
        let time = if round % 4 == 3 { 0 } else { 100 + numbers.below(900) };
        let until = Instant::now() + Duration::from_millis(time as u64);
        let pid = subject.pid();
        let mut killed = false;
        feed::load(&subject.url, &ledger, 12, || {
            if Instant::now() < until {
                return false;
            }
            // The posters go on while it dies.
            if !killed {
                signal(pid, Signal::KILL);
            }
            std::mem::replace(&mut killed, true)
        });
        subject.kill();
        row.rounds += 1;
    }
    row.note(format!("listens again after {:.2} s at most", slowest.as_secs_f64()));
    row.note(format!("{} in doubt, sent again", ledger.doubtful().len()));
    check::whole(&mut row, launch.start()?, &launch, &ledger)?;
    rows.push(row);
    Ok(())
}
