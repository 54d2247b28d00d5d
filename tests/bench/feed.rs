//! Events without end, at the cost of a copy: templates of the estate with ids and times put in.

use crate::estate::{self, mix, slot};
use std::sync::atomic::{AtomicU64, Ordering};

/// 2026-01-01T00:00:00Z in milliseconds.
const EPOCH: u64 = 1_767_225_600_000;
/// Between the starts of two runs, and between a start and its end.
const STEP: u64 = 40;
const LASTING: u64 = 30_000;

struct Template {
    text: Vec<u8>,
    slots: Vec<(usize, Slot)>,
}

#[derive(Clone, Copy)]
enum Slot {
    Run,
    Parent,
    Time,
    Rows,
}

/// All templates, and the number of the next run. Shared by every connection of a subject.
pub struct Feed {
    templates: Vec<[Template; 2]>,
    next: AtomicU64,
}

/// One connection's events: START and COMPLETE of a run, then those of another.
pub struct Producer<'a> {
    feed: &'a Feed,
    started: Option<u64>,
}

impl Feed {
    /// Templates of so many jobs' events of about `bytes`.
    pub fn new(jobs: usize, bytes: usize) -> Self {
        let template = |job, complete| Template::of(estate::event(job, complete, bytes));
        Self { templates: (0..jobs.max(1)).map(|job| [template(job, false), template(job, true)]).collect(), next: AtomicU64::new(0) }
    }

    /// For one connection.
    pub fn producer(&self) -> Producer<'_> {
        Producer { feed: self, started: None }
    }

    /// Mean length of an event.
    pub fn mean_bytes(&self) -> f64 {
        let all = self.templates.iter().flatten();
        all.map(|template| template.text.len() as f64).sum::<f64>() / (2 * self.jobs()) as f64
    }

    /// How many jobs take turns.
    pub fn jobs(&self) -> usize {
        self.templates.len()
    }
}

impl Producer<'_> {
    /// The next event, into `body`.
    pub fn write(&mut self, body: &mut Vec<u8>) {
        let (run, end) = match self.started.take() {
            Some(run) => (run, true),
            None => {
                let run = self.feed.next.fetch_add(1, Ordering::Relaxed);
                self.started = Some(run);
                (run, false)
            }
        };
        let time = EPOCH + run * STEP + if end { LASTING } else { 0 };
        self.feed.templates[run as usize % self.feed.jobs()][usize::from(end)].write(body, run, time);
    }
}

impl Template {
    fn of(text: String) -> Self {
        let kinds = [(slot::RUN, Slot::Run), (slot::PARENT, Slot::Parent), (slot::TIME, Slot::Time), (slot::ROWS, Slot::Rows)];
        let slots = kinds.into_iter().flat_map(|(mark, slot)| text.match_indices(mark).map(move |(at, _)| (at, slot)).collect::<Vec<_>>());
        Self { slots: slots.collect(), text: text.into_bytes() }
    }

    fn write(&self, body: &mut Vec<u8>, run: u64, time: u64) {
        body.clear();
        body.extend_from_slice(&self.text);
        for &(at, slot) in &self.slots {
            let value = match slot {
                Slot::Run => uuid(mix(run), mix(run ^ 0xabcd_0000_0000)),
                Slot::Parent => uuid(mix(run / 20 + (1 << 40)), mix(run / 20 + (1 << 41))),
                Slot::Time => timestamp(time),
                Slot::Rows => (1_000_000 + mix(run) % 9_000_000).to_string(),
            };
            body[at..at + value.len()].copy_from_slice(value.as_bytes());
        }
    }
}

fn uuid(a: u64, b: u64) -> String {
    format!("{:08x}-{:04x}-7{:03x}-8{:03x}-{:012x}", a >> 32, (a >> 16) & 0xffff, (a >> 4) & 0xfff, b >> 52, b & 0xffff_ffff_ffff)
}

/// Milliseconds since 1970 as emitters write it. (The calendar of H. Hinnant's `civil_from_days`.)
pub fn timestamp(millis: u64) -> String {
    let (days, rest) = (millis / 86_400_000 + 719_468, millis % 86_400_000);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (month, date) = (if shifted < 10 { shifted + 3 } else { shifted - 9 }, of_year - (153 * shifted + 2) / 5 + 1);
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{:02}.{:03}Z", rest / 1000 % 60, rest % 1000)
}
