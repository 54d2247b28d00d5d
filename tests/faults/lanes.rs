//! Two faults at a time, each with servers of its own: most of what they do is waiting. What measures how long clients wait
//! comes afterwards, alone.

use crate::Fault;
use crate::ledger::lock;
use crate::row::{Row, Rows};
use crate::scene::Scene;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Instant;

/// One for each core of the smallest machine that tests run on.
const LANES: usize = 2;

/// Tries all of them; the rows in the order of the faults.
pub fn run(scene: &Scene, chosen: &[&Fault]) -> Vec<Row> {
    let (alone, mut together): (Vec<_>, Vec<_>) = chosen.iter().enumerate().partition(|(_, fault)| fault.alone);
    // The longest first, so that both lanes end at about the same time.
    together.sort_by_key(|(_, fault)| !matches!(fault.name, "inject" | "stop"));
    let (queue, done) = (Mutex::new(VecDeque::from(together)), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                // The lock is not held while a fault is tried.
                while let Some((place, fault)) = { lock(&queue).pop_front() } {
                    let rows = tried(scene, fault);
                    lock(&done).push((place, rows));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.extend(alone.into_iter().map(|(place, fault)| (place, tried(scene, fault))));
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().flat_map(|(_, rows)| rows).collect()
}

fn tried(scene: &Scene, fault: &Fault) -> Vec<Row> {
    let (at, mut rows) = (Instant::now(), Rows::default());
    eprintln!("{}: {}", fault.name, fault.about);
    // What the harness cannot do is no proof that the server can.
    if let Err(e) = (fault.run)(scene, &mut rows) {
        rows.push(Row::new(fault.name, "the rest of it").with_off(format!("could not be tried: {e}")));
    }
    eprintln!("{}: {:.0} s", fault.name, at.elapsed().as_secs_f64());
    rows.0
}
