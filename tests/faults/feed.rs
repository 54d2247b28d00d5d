//! Posters: each on a connection of its own and in a form of its own (one event or twenty; plain, packed; array, batch,
//! NDJSON), as fast as the server answers.

use crate::ledger::{Ledger, event};
use crate::subject::Subject;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tests::{gzip, http};

/// An acknowledgement that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(20);
/// Events of a body that holds several.
const MANY: u64 = 20;
/// Posters that are told to come back, or find nobody, wait so long.
const PAUSE: Duration = Duration::from_millis(5);

/// How events are sent.
#[derive(Clone, Copy, Debug)]
enum Form {
    Single,
    Packed,
    Array,
    Batch,
    Lines,
    PackedLines,
}

const FORMS: [Form; 6] = [Form::Single, Form::Packed, Form::Array, Form::Batch, Form::Lines, Form::PackedLines];

impl Form {
    fn many(self) -> u64 {
        if matches!(self, Self::Single | Self::Packed) { 1 } else { MANY }
    }

    fn path(self) -> &'static str {
        if matches!(self, Self::Single | Self::Packed | Self::Array) { "/api/v1/lineage" } else { "/api/v1/lineage/batch" }
    }

    fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Single | Self::Array | Self::Batch => &[("content-type", "application/json")],
            Self::Packed => &[("content-type", "application/json"), ("content-encoding", "gzip")],
            Self::Lines => &[("content-type", "application/x-ndjson")],
            Self::PackedLines => &[("content-type", "application/x-ndjson"), ("content-encoding", "gzip")],
        }
    }

    fn body(self, numbers: &[u64]) -> Vec<u8> {
        let events: Vec<Value> = numbers.iter().map(|number| event(*number)).collect();
        match self {
            Self::Single => events[0].to_string().into_bytes(),
            Self::Packed => gzip(events[0].to_string().as_bytes()),
            Self::Array | Self::Batch => Value::Array(events).to_string().into_bytes(),
            Self::Lines => lines(&events),
            Self::PackedLines => gzip(&lines(&events)),
        }
    }
}

fn lines(events: &[Value]) -> Vec<u8> {
    events.iter().map(|event| format!("{event}\n")).collect::<String>().into_bytes()
}

/// Posts with this many clients until `done` says so, which is asked again and again; then waits for the last answers.
pub fn load(url: &str, ledger: &Ledger, clients: usize, mut done: impl FnMut() -> bool) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for form in FORMS.into_iter().cycle().take(clients) {
            let over = &over;
            scope.spawn(move || {
                let agent = http::patient(PATIENCE);
                while !over.load(Ordering::Relaxed) {
                    if !post(&agent, url, ledger, form, &ledger.take(form.many())) {
                        std::thread::sleep(PAUSE);
                    }
                }
            });
        }
        while !done() {
            std::thread::sleep(Duration::from_millis(2));
        }
        over.store(true, Ordering::Relaxed);
    });
}

/// Posts with this many clients for a while.
pub fn load_for(subject: &Subject, ledger: &Ledger, clients: usize, time: Duration) {
    let until = Instant::now() + time;
    load(&subject.url, ledger, clients, || Instant::now() > until);
}

/// Sends again whatever nobody knows of, each alone; how many were not acknowledged now.
pub fn resend(subject: &Subject, ledger: &Ledger) -> u64 {
    let agent = http::patient(PATIENCE);
    let doubtful = ledger.doubtful();
    // A batch is as good, and sooner done.
    let left = doubtful.chunks(200).filter(|numbers| !post(&agent, &subject.url, ledger, Form::Batch, numbers));
    left.map(|numbers| numbers.len() as u64).sum()
}

/// One event on a connection of its own; true when it was acknowledged.
pub fn one(subject: &Subject, ledger: &Ledger) -> bool {
    post(&http::patient(PATIENCE), &subject.url, ledger, Form::Single, &ledger.take(1))
}

/// Posts single events until one is acknowledged; true when that was in time.
pub fn one_within(subject: &Subject, ledger: &Ledger, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    loop {
        if one(subject, ledger) {
            return true;
        }
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Posts, and enters what became of it. True when all of it was acknowledged.
fn post(agent: &ureq::Agent, url: &str, ledger: &Ledger, form: Form, numbers: &[u64]) -> bool {
    let body = form.body(numbers);
    let answer = http::post(agent, &format!("{url}{}", form.path()), form.headers(), &body);
    let taken = match answer {
        Ok(answer) => {
            ledger.answered(answer.status);
            match answer.status {
                201 => true,
                // What is said of a batch has to say that all of it was taken.
                200 => answer.json()["summary"]["successful"].as_u64() == Some(numbers.len() as u64),
                _ => false,
            }
        }
        Err(_) => {
            ledger.answered(0);
            false
        }
    };
    if taken {
        ledger.acknowledged(numbers);
    } else {
        ledger.unknown(numbers);
    }
    taken
}
