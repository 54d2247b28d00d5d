//! Jumps of the wall clock. Nothing but time stamps may follow it, and those never go backwards in the log.

use crate::Outcome;
use crate::check;
use crate::feed;
use crate::ledger::Ledger;
use crate::preload::Control;
use crate::row::{Row, Rows};
use crate::scene::Scene;
use std::time::Duration;

const HOUR: i64 = 3600;
const YEAR: i64 = 365 * 24 * HOUR;

/// Seconds ahead of the machine's clock, in the order of the jumps.
const JUMPS: [(&str, i64); 7] = [
    ("an hour back", -HOUR),
    ("two years ahead", 2 * YEAR),
    ("30 years back", -30 * YEAR),
    ("before 1970", -58 * YEAR),
    ("the year 2306", 280 * YEAR),
    ("right again", 0),
    ("a minute back", -60),
];

/// One server through all jumps, with a restart after each third one.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    let mut row = Row::new("clock", "jumps of the wall clock under posters");
    let place = scene.place("clock")?;
    let control = Control::new(place.join("control"))?;
    let launch = scene.launch(&place.join("data")).with(&scene.tools, &control);
    let (mut subject, ledger) = (launch.start()?, Ledger::default());
    let mut named = Vec::new();
    for time in 0..scene.dose.of(1, 5) {
        for (number, (name, seconds)) in JUMPS.into_iter().enumerate() {
            feed::load_for(&subject, &ledger, 4, Duration::from_millis(100));
            control.clock(seconds)?;
            feed::load_for(&subject, &ledger, 4, Duration::from_millis(150));
            row.expect(feed::one_within(&subject, &ledger, Duration::from_secs(2)), || format!("no events are taken after {name}"));
            if number % 3 == 2 {
                check::ended(&mut row, subject);
                subject = launch.start()?;
            }
            if time == 0 {
                named.push(name);
            }
            row.rounds += 1;
        }
    }
    row.note(named.join(", "));
    let backwards = ledger.compare(subject.data())?.backwards;
    row.expect(backwards == 0, || format!("{backwards} entries were received before the entry before them"));
    control.clock(0)?;
    check::whole(&mut row, subject, &launch, &ledger)?;
    rows.push(row);
    Ok(())
}
