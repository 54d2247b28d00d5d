//! A projector that follows the log until it is told to stop, or what it writes to is damaged.

use super::trouble::Trouble;
use super::{Indexer, ProjectionError, Projector};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// How long a small batch waits for more.
const LINGER: Duration = Duration::from_millis(15);
/// Entries that are worth a commit at once.
const ENOUGH: u64 = 500;

/// The graph's file is written when nothing came for so long, and so many entries are not in it.
const QUIET: Duration = Duration::from_secs(10);
const WORTH: u64 = 10_000;

/// Why a projector follows no longer.
#[derive(Debug)]
pub enum Ended {
    /// It was asked to stop.
    Stopped,
    /// The catalog is not what was written; it must be made anew.
    Damaged(String),
    /// An entry can be read that was passed over; the catalog must be made anew, and may answer until then.
    Repaired,
}

impl Projector {
    /// Follows until `stop`. Whatever fails is tried again, less and less often; damage is for the caller.
    pub async fn run(
        mut self,
        mut head: watch::Receiver<u64>,
        indexer: &Indexer,
        pace: Arc<Notify>,
        stop: CancellationToken,
        mut trouble: Trouble,
    ) -> Ended {
        while !stop.is_cancelled() {
            let limit = *head.borrow_and_update();
            match self.step(limit, Some(indexer)).await {
                Ok(true) => {
                    trouble.ends();
                    // The borrow must end before the wait: it is a lock that the log's writer needs.
                    let newest = *head.borrow();
                    self.linger(newest, &pace, &stop).await;
                }
                Ok(false) => {
                    trouble.ends();
                    self.rest(&mut head, &stop).await;
                }
                Err(e) => {
                    if let Some(ended) = self.recover(e, &mut trouble, &stop).await {
                        // What is in memory is half merged: nothing of it is written.
                        self.writer.close().await;
                        return ended;
                    }
                }
            }
        }
        self.save().await;
        self.writer.close().await;
        Ended::Stopped
    }

    /// Waits for entries, and writes the graph's file when none come.
    async fn rest(&mut self, head: &mut watch::Receiver<u64>, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            changed = head.changed() => if changed.is_err() {
                stop.cancel();
            },
            () = tokio::time::sleep(QUIET), if self.writer.projected().seq - self.saved >= WORTH => self.save().await,
        }
    }

    /// Loads everything in memory anew after a failure, since a batch may have been half merged; tries until that works,
    /// the server stops, or trying again is of no use.
    async fn recover(&mut self, mut error: ProjectionError, trouble: &mut Trouble, stop: &CancellationToken) -> Option<Ended> {
        loop {
            if error.is_damage() {
                return Some(Ended::Damaged(error.with_causes()));
            }
            let pause = trouble.meets(&error);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => return Some(Ended::Stopped),
            }
            match self.reopen().await {
                Ok(()) => return None,
                Err(e) => error = e,
            }
        }
    }

    /// Under load, lets a batch gather: a commit costs much the same for ten events as for two hundred.
    /// Not when nothing came meanwhile, when there is a batch already, or when a reader waits.
    async fn linger(&self, head: u64, pace: &Notify, stop: &CancellationToken) {
        let behind = head.saturating_sub(self.writer.projected().seq);
        if behind == 0 || behind > ENOUGH {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(LINGER) => {}
            () = pace.notified() => {}
            () = stop.cancelled() => {}
        }
    }

    async fn reopen(&mut self) -> Result<(), ProjectionError> {
        // Two writers of one file would wait for each other.
        self.writer.close().await;
        let fresh = Self::open(&self.dir, self.log.clone(), self.rules.clone()).await?;
        (self.writer, self.graph, self.saved) = (fresh.writer, fresh.graph, fresh.saved);
        let projected = self.writer.projected();
        self.graph.publish(projected.seq, &self.snapshot);
        self.progress.send_replace(projected);
        Ok(())
    }
}
