//! Two innocent clients beside an attack: one asks whether the process lives, one posts an event now and then. What they
//! wait is what the attack costs everybody else.

use crate::ledger::{Ledger, event};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tests::http;

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(10);
/// Between two events.
const EVENT_PAUSE: Duration = Duration::from_millis(50);
/// Longer waits are not told apart.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest waits, in microseconds.
#[derive(Default)]
pub struct Waits {
    livez: AtomicU64,
    post: AtomicU64,
    /// By how much a pause of the harness itself was too long: a stall of the machine, not of the server.
    stall: AtomicU64,
    over: AtomicBool,
}

impl Waits {
    /// For `/livez`, in seconds, less what the machine itself stalled.
    pub fn livez(&self) -> f64 {
        let waited = self.livez.load(Ordering::Relaxed);
        waited.saturating_sub(self.stall.load(Ordering::Relaxed)) as f64 / 1e6
    }

    /// For an acknowledgement, in seconds.
    pub fn post(&self) -> f64 {
        self.post.load(Ordering::Relaxed) as f64 / 1e6
    }
}

/// Runs `attack` beside the two clients.
pub fn beside<T>(url: &str, ledger: &Ledger, waits: &Waits, attack: impl FnOnce() -> T) -> T {
    waits.over.store(false, Ordering::Relaxed);
    std::thread::scope(|scope| {
        scope.spawn(|| ask(url, waits));
        scope.spawn(|| post(url, ledger, waits));
        let done = attack();
        waits.over.store(true, Ordering::Relaxed);
        done
    })
}

fn ask(url: &str, waits: &Waits) {
    let agent = http::patient(PATIENCE);
    while !waits.over.load(Ordering::Relaxed) {
        let slept = Instant::now();
        std::thread::sleep(PAUSE);
        waits.stall.fetch_max(micros(slept.elapsed().saturating_sub(PAUSE)), Ordering::Relaxed);
        let begun = Instant::now();
        // A server that died is counted by whoever attacked it.
        if http::get(&agent, &format!("{url}/livez"), &[]).is_ok() {
            waits.livez.fetch_max(micros(begun.elapsed()), Ordering::Relaxed);
        }
    }
}

fn post(url: &str, ledger: &Ledger, waits: &Waits) {
    let agent = http::patient(PATIENCE);
    while !waits.over.load(Ordering::Relaxed) {
        std::thread::sleep(EVENT_PAUSE);
        let numbers = ledger.take(1);
        let body = event(numbers[0]).to_string();
        let begun = Instant::now();
        let answer = http::post(&agent, &format!("{url}/api/v1/lineage"), &[("content-type", "application/json")], body.as_bytes());
        if answer.is_ok_and(|answer| answer.status == 201) {
            waits.post.fetch_max(micros(begun.elapsed()), Ordering::Relaxed);
            ledger.acknowledged(&numbers);
        } else {
            ledger.unknown(&numbers);
        }
    }
}

fn micros(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap_or(u64::MAX)
}
