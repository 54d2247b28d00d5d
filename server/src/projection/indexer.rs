//! Brings changed entities into search: soon, at most a few commits a second, and at once when a
//! reader waits. An entity whose documents did not change costs no write.
//!
//! What changed is the fold's own answer, which the catalog keeps with each batch (`catalog/searchable`): after a start,
//! and after an error of the index, everything since its last commit is put in again.

use super::ProjectionError;
use super::documents::{chunks, documents};
use super::trouble::Trouble;
use crate::catalog::Reader;
use crate::fold::flow::Owner;
use crate::graph::Snapshot;
use crate::health::{Health, Part};
use crate::search::{Document, SearchError, SearchIndex, Trust};
use hashbrown::{HashMap, HashSet};
use schema::encoding::Encoding;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long changes gather before a commit that nobody waits for.
const GATHER: Duration = Duration::from_millis(400);
/// An idle index lags at most so far behind on disk: what a restart has to look through.
const MAX_LAG: u64 = 5_000;

#[derive(Default)]
struct Pending {
    owners: HashSet<Owner>,
    seq: u64,
}

/// Collects what changed and follows. Shared between the projector, readers and its own task.
pub struct Indexer {
    index: Arc<SearchIndex>,
    reader: Reader,
    graph: Snapshot,
    pending: Mutex<Pending>,
    wake: Notify,
    hurry: Notify,
    seen: watch::Sender<u64>,
    health: Arc<Health>,
}

impl Indexer {
    /// An indexer over an open index.
    pub fn new(index: Arc<SearchIndex>, reader: Reader, graph: Snapshot) -> Self {
        let seen = watch::channel(index.seq()).0;
        let (wake, hurry) = (Notify::new(), Notify::new());
        Self { index, reader, graph, pending: Mutex::default(), wake, hurry, seen, health: Arc::default() }
    }

    /// The same, reporting there when search does not follow.
    pub fn reporting(self, health: Arc<Health>) -> Self {
        Self { health, ..self }
    }

    /// How far search is.
    pub fn progress(&self) -> watch::Receiver<u64> {
        self.seen.subscribe()
    }

    /// These entities may have changed; the catalog holds for `seq`.
    pub fn touch(&self, owners: impl IntoIterator<Item = Owner>, seq: u64) {
        let mut pending = self.pending();
        pending.owners.extend(owners);
        pending.seq = pending.seq.max(seq);
        drop(pending);
        self.wake.notify_one();
    }

    /// A reader waits: do not gather any longer.
    pub fn hurry(&self) {
        self.hurry.notify_one();
    }

    /// Marks what changed between what the index has committed and the catalog at `seq`.
    pub async fn catch_up(&self, seq: u64) -> Result<(), ProjectionError> {
        if !self.index.takes() {
            // What it lacks is found out when it is opened again.
            self.touch([], seq);
            return Ok(());
        }
        self.catch_up_from(self.index.seq(), seq).await
    }

    async fn catch_up_from(&self, committed: u64, seq: u64) -> Result<(), ProjectionError> {
        let after = if committed > seq {
            // The catalog was deleted or lost its newest commits: what the index holds may be ahead.
            self.index.clear()?;
            0
        } else {
            committed
        };
        // Never ahead of what it holds: a commit takes its sequence from here.
        self.seen.send_if_modified(|seen| {
            let is_ahead = *seen > after;
            *seen = after.min(*seen);
            is_ahead
        });
        let owners = self.reader.searchable_since(after).await?;
        self.touch(owners, seq);
        Ok(())
    }

    /// Follows until told to stop, then writes what is left.
    pub async fn run(&self, stop: CancellationToken) {
        let mut written = HashMap::new();
        let mut trouble = Trouble::new(self.health.clone(), Part::Search);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.wake.notified() => {}
            }
            if trouble.is_over() && !self.pending().owners.is_empty() {
                tokio::select! {
                    () = tokio::time::sleep(GATHER) => {}
                    () = self.hurry.notified() => {}
                    () = stop.cancelled() => {}
                }
            }
            match self.follow(&mut written, trouble.trust()).await {
                Ok(()) => trouble.ends(),
                Err(e) => {
                    let pause = trouble.meets(&e);
                    tokio::select! {
                        () = tokio::time::sleep(pause) => self.wake.notify_one(),
                        () = stop.cancelled() => break,
                    }
                }
            }
        }
        // Also after an error: it may be over.
        let last = async {
            self.recover(Trust::Whole).await?;
            self.flush(&mut written, true).await
        };
        if let Err(e) = last.await {
            tracing::warn!(error = %e, "search was not written at the end; it will catch up at the next start");
        }
    }

    async fn follow(&self, written: &mut HashMap<Uuid, u64>, trust: Trust) -> Result<(), ProjectionError> {
        self.recover(trust).await?;
        self.flush(written, false).await
    }

    /// Opens the index again when it met an error, and marks everything that it had not committed.
    async fn recover(&self, trust: Trust) -> Result<(), ProjectionError> {
        if self.index.takes() {
            return Ok(());
        }
        let index = self.index.clone();
        let reopened = tokio::task::spawn_blocking(move || index.reopen(trust)).await;
        let committed = reopened.map_err(|_| SearchError::WriterLost)??;
        let seq = self.pending().seq.max(*self.seen.borrow());
        let caught_up = self.catch_up_from(committed, seq).await;
        if caught_up.is_err() {
            // What is to be put in again is not known: the next try begins anew.
            self.index.close();
        }
        caught_up
    }

    /// Writes everything pending; with `force` also a mere step of the watermark.
    pub async fn flush(&self, written: &mut HashMap<Uuid, u64>, force: bool) -> Result<(), ProjectionError> {
        let Pending { owners, seq } = std::mem::take(&mut *self.pending());
        let seq = seq.max(*self.seen.borrow());
        match self.write(&owners, written, seq, force).await {
            Ok(()) => {
                self.seen.send_replace(seq);
                Ok(())
            }
            Err(e) => {
                written.clear();
                self.touch(owners, seq);
                Err(e)
            }
        }
    }

    #[tracing::instrument(level = "debug", name = "index", skip_all, fields(owners = owners.len(), seq))]
    async fn write(&self, owners: &HashSet<Owner>, written: &mut HashMap<Uuid, u64>, seq: u64, force: bool) -> Result<(), ProjectionError> {
        let mut dirty = force && self.index.seq() != seq || seq.saturating_sub(self.index.seq()) > MAX_LAG;
        let graph = self.graph.load();
        for chunk in chunks(&graph, owners) {
            for (entity, documents) in documents(&self.reader, &graph, &chunk).await? {
                let hash = fingerprint(&documents);
                if written.insert(entity, hash) != Some(hash) {
                    self.index.replace(entity, documents)?;
                    dirty = true;
                }
            }
        }
        if dirty {
            self.index.commit(seq)?;
        }
        Ok(())
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells documents that are in the index already from others, as long as this process lives.
fn fingerprint(documents: &[Document]) -> u64 {
    let mut encoding = Encoding::new("search documents 1");
    encoding.number(documents.len() as u64);
    for document in documents {
        let Document { id, entity, kind, namespace, name, dataset, aliases, description, columns, tags, owners } = document;
        for id in [id, entity] {
            let (high, low) = id.as_u64_pair();
            encoding.number(high).number(low);
        }
        encoding.text(kind.as_str()).text(namespace).text(name).optional(dataset.as_deref()).optional(description.as_deref());
        for list in [aliases, columns, tags, owners] {
            encoding.number(list.len() as u64);
            list.iter().for_each(|text| _ = encoding.text(text));
        }
    }
    u64::from_le_bytes(encoding.hash().0[..8].try_into().unwrap_or_default())
}
