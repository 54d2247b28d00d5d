//! Group commit: one task owns appending. It takes whatever queued while the last commit ran, so the
//! batch grows with the load and nobody waits for a timer. While the log cannot be written everything
//! is refused with the cause, and the task finds out by itself when it can be written again.

use super::outage::Outage;
use super::{Appended, Batch, Cause, EventLog, LogError, WriteFault};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

const QUEUE: usize = 4096;
const QUEUE_BYTES: usize = 64 << 20;
const BATCH: usize = 256;
const BATCH_BYTES: usize = 8 << 20;
/// While writing fails, a submission tries again at most so often; those between are refused at once.
const RETRY: Duration = Duration::from_millis(100);
/// While writing fails and nothing comes, it is tried so often.
const PROBE: Duration = Duration::from_millis(500);

/// What became of a submission, in its order.
pub type Submitted = Vec<Appended>;

/// Hears why the log cannot be written, and `None` when it can be again; before anybody is answered so.
pub type Listener = Box<dyn Fn(Option<&WriteFault>) + Send>;

/// Microseconds since 1970.
pub type Clock = fn() -> i64;

struct Submission {
    batch: Batch,
    bytes: usize,
    reply: oneshot::Sender<Result<Submitted, LogError>>,
}

/// Where intake hands in entries. Cheap to clone.
#[derive(Clone)]
pub struct LogWriter {
    queue: mpsc::Sender<Submission>,
    queued_bytes: Arc<AtomicUsize>,
    head: watch::Receiver<u64>,
    tally: Arc<Tally>,
}

/// Counts since the start.
#[derive(Default)]
struct Tally {
    commits: AtomicU64,
    /// In the order of `Cause::ALL`.
    failures: [AtomicU64; Cause::ALL.len()],
}

impl LogWriter {
    /// Starts the task, which first tries whether the log can be written; it ends when the last writer is
    /// dropped, after what is queued is durable.
    pub async fn start(log: Arc<dyn EventLog>, clock: Clock, listener: Listener) -> Result<(Self, tokio::task::JoinHandle<()>), LogError> {
        let (head_tx, head) = watch::channel(log.head().await?);
        let (queue, receiver) = mpsc::channel(QUEUE);
        let queued_bytes = Arc::new(AtomicUsize::new(0));
        let tally = Arc::new(Tally::default());
        let mut appender =
            Appender { log, head: head_tx, queued_bytes: queued_bytes.clone(), tally: tally.clone(), clock, listener, outage: None };
        appender.probe().await;
        let task = tokio::spawn(appender.run(receiver));
        Ok((Self { queue, queued_bytes, head, tally }, task))
    }

    /// Appends and waits until it is durable. Refuses at once when too much is queued.
    pub async fn submit(&self, batch: Batch) -> Result<Submitted, LogError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let bytes = batch.bytes();
        if self.queued_bytes.fetch_add(bytes, Ordering::Relaxed) > QUEUE_BYTES {
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(LogError::Overloaded);
        }
        let (reply, outcome) = oneshot::channel();
        if self.queue.try_send(Submission { batch, bytes, reply }).is_err() {
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(LogError::Overloaded);
        }
        outcome.await.unwrap_or(Err(LogError::Overloaded))
    }

    /// The highest acknowledged number, and news of it.
    pub fn head(&self) -> watch::Receiver<u64> {
        self.head.clone()
    }

    /// Commits since the start, for metrics.
    pub fn commits(&self) -> u64 {
        self.tally.commits.load(Ordering::Relaxed)
    }

    /// Commits that failed since the start, by cause, for metrics.
    pub fn failures(&self) -> impl Iterator<Item = (Cause, u64)> {
        Cause::ALL.into_iter().zip(&self.tally.failures).map(|(cause, count)| (cause, count.load(Ordering::Relaxed)))
    }
}

/// The task.
struct Appender {
    log: Arc<dyn EventLog>,
    head: watch::Sender<u64>,
    queued_bytes: Arc<AtomicUsize>,
    tally: Arc<Tally>,
    clock: Clock,
    listener: Listener,
    outage: Option<Outage>,
}

impl Appender {
    async fn run(mut self, mut queue: mpsc::Receiver<Submission>) {
        let mut waiting = Vec::with_capacity(BATCH);
        loop {
            let received = queue.recv_many(&mut waiting, BATCH);
            let received = if self.outage.is_some() { tokio::time::timeout(PROBE, received).await.ok() } else { Some(received.await) };
            match received {
                Some(0) => break,
                Some(_) => self.take(&mut waiting).await,
                None => self.probe().await,
            }
        }
    }

    async fn take(&mut self, waiting: &mut Vec<Submission>) {
        while !waiting.is_empty() {
            let batch = take_batch(waiting);
            let bytes: usize = batch.iter().map(|submission| submission.bytes).sum();
            match &self.outage {
                Some(outage) if outage.tried.elapsed() < RETRY => refuse(batch, &outage.fault),
                _ => self.commit(batch).await,
            }
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
    }

    async fn probe(&mut self) {
        match self.log.probe().await {
            Ok(()) => self.succeeded(),
            Err(e) => self.failed(fault(e)),
        }
    }

    async fn commit(&mut self, mut batch: Vec<Submission>) {
        let mut counts = Vec::with_capacity(batch.len());
        let mut all = Batch::default();
        for submission in &mut batch {
            counts.push(submission.batch.entries.len());
            all.merge(std::mem::take(&mut submission.batch));
        }
        match self.log.append(all, (self.clock)()).await {
            Ok(outcome) => {
                self.tally.commits.fetch_add(1, Ordering::Relaxed);
                self.succeeded();
                let highest = outcome.iter().map(|appended| appended.seq).max().unwrap_or(0);
                self.head.send_if_modified(|seen| std::mem::replace(seen, highest.max(*seen)) < highest);
                answer(batch, counts, outcome);
            }
            Err(e) => {
                let fault = fault(e);
                self.failed(fault.clone());
                refuse(batch, &fault);
            }
        }
    }

    fn succeeded(&mut self) {
        if let Some(outage) = self.outage.take() {
            outage.end();
            (self.listener)(None);
        }
    }

    fn failed(&mut self, fault: WriteFault) {
        let place = Cause::ALL.iter().position(|cause| *cause == fault.cause).unwrap_or(Cause::ALL.len() - 1);
        self.tally.failures[place].fetch_add(1, Ordering::Relaxed);
        (self.listener)(Some(&fault));
        match &mut self.outage {
            Some(outage) => outage.failed(fault),
            none => *none = Some(Outage::begin(fault)),
        }
    }
}

fn fault(error: LogError) -> WriteFault {
    match error {
        LogError::Unwritable(fault) => fault,
        other => WriteFault::new(Cause::Other, other.to_string()),
    }
}

/// A client that hung up does not need its answer.
fn answer(batch: Vec<Submission>, counts: Vec<usize>, mut outcome: Vec<Appended>) {
    for (submission, count) in batch.into_iter().zip(counts) {
        let rest = outcome.split_off(count);
        let _ = submission.reply.send(Ok(std::mem::replace(&mut outcome, rest)));
    }
}

fn refuse(batch: Vec<Submission>, fault: &WriteFault) {
    for submission in batch {
        let _ = submission.reply.send(Err(fault.clone().into()));
    }
}

/// Submissions from the front, at least one, while they fit into one transaction.
fn take_batch(waiting: &mut Vec<Submission>) -> Vec<Submission> {
    let mut bytes = 0;
    let fits = waiting.iter().take_while(|submission| {
        bytes += submission.bytes;
        bytes <= BATCH_BYTES
    });
    let count = fits.count().max(1);
    waiting.drain(..count).collect()
}
