//! The load: N connections, each a thread, as fast as answers come or at a given rate.

use crate::Outcome;
use crate::client::Client;
use crate::feed::{Feed, Producer};
use crate::stats::Latencies;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// When the next event is sent.
#[derive(Clone, Copy)]
pub enum Pace {
    /// As soon as the one before is acknowledged, for this long.
    Closed(Duration),
    /// So many a second for this long, whether or not answers come: latency counts from when the event was
    /// due, so that a stall is paid by everything it delayed.
    Rate(f64, Duration),
    /// As soon as the one before is acknowledged, so many in all.
    Count(u64),
}

/// What came of it.
#[derive(Default)]
pub struct Load {
    /// Events acknowledged with 2xx.
    pub acknowledged: u64,
    /// Answers 503, each retried after a second.
    pub refused: u64,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Of each acknowledgement.
    pub latencies: Latencies,
}

impl Load {
    /// Acknowledged events a second.
    pub fn rate(&self) -> f64 {
        self.acknowledged as f64 / self.seconds
    }
}

/// Drives a subject.
pub fn drive(address: &str, feed: &Feed, connections: usize, pace: Pace) -> Outcome<Load> {
    let clients = (0..connections).map(|_| Client::open(address)).collect::<Outcome<Vec<_>>>()?;
    let tickets = AtomicU64::new(0);
    let begin = Instant::now();
    let parts: Vec<Outcome<Load>> = std::thread::scope(|scope| {
        let work = |client| scope.spawn(|| connection(client, &mut feed.producer(), pace, begin, &tickets));
        let threads: Vec<_> = clients.into_iter().map(work).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a connection's thread panicked".into()))).collect()
    });
    let mut all = Load { seconds: begin.elapsed().as_secs_f64(), ..Load::default() };
    for part in parts {
        let part = part?;
        all.acknowledged += part.acknowledged;
        all.refused += part.refused;
        all.latencies.absorb(part.latencies);
    }
    Ok(all)
}

fn connection(mut client: Client, producer: &mut Producer<'_>, pace: Pace, begin: Instant, tickets: &AtomicU64) -> Outcome<Load> {
    let mut load = Load::default();
    let mut body = Vec::new();
    while let Some(mut due) = turn(pace, begin, tickets.fetch_add(1, Ordering::Relaxed)) {
        producer.write(&mut body);
        loop {
            let (status, answer) = client.post("/api/v1/lineage", &body)?;
            match status {
                200..=299 => break,
                503 => {
                    load.refused += 1;
                    sleep(Duration::from_secs(1));
                    // A refusal is counted, not timed.
                    due = Instant::now();
                }
                _ => return Err(format!("{status}: {}", String::from_utf8_lossy(answer)).into()),
            }
        }
        load.acknowledged += 1;
        load.latencies.add(due.elapsed());
    }
    Ok(load)
}

/// Waits for this ticket's turn; none when the time or the count is used up.
fn turn(pace: Pace, begin: Instant, ticket: u64) -> Option<Instant> {
    let now = Instant::now();
    match pace {
        Pace::Closed(lasting) => (now - begin < lasting).then_some(now),
        Pace::Count(count) => (ticket < count).then_some(now),
        Pace::Rate(rate, lasting) => {
            let offset = Duration::from_secs_f64(ticket as f64 / rate);
            if offset >= lasting {
                return None;
            }
            let due = begin + offset;
            if let Some(early) = due.checked_duration_since(now) {
                sleep(early);
            }
            Some(due)
        }
    }
}
