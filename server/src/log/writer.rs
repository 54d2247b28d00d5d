//! Group commit: one task owns appending. It takes whatever queued while the last commit ran, so the
//! batch grows with the load and nobody waits for a timer.

use super::{Appended, EventLog, LogError, NewEntry};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::sync::{mpsc, oneshot, watch};

const QUEUE: usize = 4096;
const QUEUE_BYTES: usize = 64 << 20;
const BATCH: usize = 256;
const BATCH_BYTES: usize = 8 << 20;

/// What became of a submission, in its order.
pub type Submitted = Vec<Appended>;

struct Submission {
    entries: Vec<NewEntry>,
    bytes: usize,
    reply: oneshot::Sender<Result<Submitted, LogError>>,
}

/// Where intake hands in entries. Cheap to clone.
#[derive(Clone)]
pub struct LogWriter {
    queue: mpsc::Sender<Submission>,
    queued_bytes: Arc<AtomicUsize>,
    head: watch::Receiver<u64>,
    commits: Arc<AtomicU64>,
}

impl LogWriter {
    /// Starts the task; it ends when the last writer is dropped, after what is queued is durable.
    pub async fn start(log: Arc<dyn EventLog>) -> Result<(Self, tokio::task::JoinHandle<()>), LogError> {
        let (head_tx, head) = watch::channel(log.head().await?);
        let (queue, receiver) = mpsc::channel(QUEUE);
        let queued_bytes = Arc::new(AtomicUsize::new(0));
        let commits = Arc::new(AtomicU64::new(0));
        let task = tokio::spawn(run(log, receiver, head_tx, queued_bytes.clone(), commits.clone()));
        Ok((Self { queue, queued_bytes, head, commits }, task))
    }

    /// Appends and waits until it is durable. Refuses at once when too much is queued.
    pub async fn submit(&self, entries: Vec<NewEntry>) -> Result<Submitted, LogError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let bytes = entries.iter().map(|entry| entry.compressed.len()).sum();
        if self.queued_bytes.fetch_add(bytes, Ordering::Relaxed) > QUEUE_BYTES {
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(LogError::Overloaded);
        }
        let (reply, outcome) = oneshot::channel();
        if self.queue.try_send(Submission { entries, bytes, reply }).is_err() {
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
        self.commits.load(Ordering::Relaxed)
    }
}

async fn run(
    log: Arc<dyn EventLog>,
    mut queue: mpsc::Receiver<Submission>,
    head: watch::Sender<u64>,
    queued_bytes: Arc<AtomicUsize>,
    commits: Arc<AtomicU64>,
) {
    let mut waiting = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut waiting, BATCH).await > 0 {
        while !waiting.is_empty() {
            let batch = take_batch(&mut waiting);
            let bytes: usize = batch.iter().map(|submission| submission.bytes).sum();
            commit(&*log, batch, &head).await;
            commits.fetch_add(1, Ordering::Relaxed);
            queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
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

async fn commit(log: &dyn EventLog, mut batch: Vec<Submission>, head: &watch::Sender<u64>) {
    let mut counts = Vec::with_capacity(batch.len());
    let mut entries = Vec::new();
    for submission in &mut batch {
        counts.push(submission.entries.len());
        entries.append(&mut submission.entries);
    }
    match log.append(entries).await {
        Ok(mut outcome) => {
            let highest = outcome.iter().map(|appended| appended.seq).max().unwrap_or(0);
            head.send_if_modified(|seen| std::mem::replace(seen, highest.max(*seen)) < highest);
            for (submission, count) in batch.into_iter().zip(counts) {
                let rest = outcome.split_off(count);
                // A client that hung up does not need its answer.
                let _ = submission.reply.send(Ok(std::mem::replace(&mut outcome, rest)));
            }
        }
        Err(e) => {
            tracing::error!(error = %e, source = ?std::error::Error::source(&e), "could not append to the event log");
            for submission in batch {
                let _ = submission.reply.send(Err(LogError::Overloaded));
            }
        }
    }
}
