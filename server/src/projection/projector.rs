//! Follows the log into catalog and graph, batch by batch. An entry that this program cannot read
//! never stops the others: it is counted, told in the log, and passed over.

use super::graph_file::GraphFile;
use super::{Effort, Indexer, ProjectionError};
use crate::catalog::{Naming, Projected, Writer};
use crate::fold::flow::Owner;
use crate::fold::{Facts, Inference, facts, note};
use crate::graph::{Builder, NodeNames, Snapshot, stored};
use crate::log::EventLog;
use schema::json::Json;
use schema::log::{Entry, EntryKind};
use schema::naming::Rules;
use schema::openlineage::Event;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

/// A batch: entries and bytes of payload. Large batches merge more before they write.
const BATCH: usize = 1024;
const BATCH_BYTES: usize = 16 << 20;

/// How long a small batch waits for more.
const LINGER: Duration = Duration::from_millis(15);
/// Entries that are worth a commit at once.
const ENOUGH: u64 = 500;

/// The graph's file is written when nothing came for so long, and so many entries are not in it.
const QUIET: Duration = Duration::from_secs(10);
const WORTH: u64 = 10_000;

/// The one who writes catalog and graph.
pub struct Projector {
    log: Arc<dyn EventLog>,
    rules: Arc<Rules>,
    pub(super) writer: Writer,
    graph: Builder,
    file: GraphFile,
    /// Log sequence that the file holds for.
    pub(super) saved: u64,
    inference: Inference,
    snapshot: Snapshot,
    progress: watch::Sender<Projected>,
    effort: Arc<Effort>,
}

impl Projector {
    /// Opens the catalog in `dir` and loads the graph from it.
    pub async fn open(dir: &Path, log: Arc<dyn EventLog>, rules: Arc<Rules>) -> Result<Self, ProjectionError> {
        let file = GraphFile::new(dir);
        let reading = file.read();
        let mut writer = Writer::open(dir, Naming::new(rules.clone())).await?;
        let follows = follows(&*log, &writer).await?;
        if !follows {
            tracing::warn!("the catalog is of another event log, or of a newer state of this one; building it anew");
        }
        let other_rules = writer.has_other_rules().await?;
        if other_rules {
            tracing::info!("the naming rules are not those of last time; building the catalog anew");
        }
        if !follows || other_rules {
            writer.close().await;
            remove(dir).map_err(ProjectionError::Directory)?;
            writer = Writer::open(dir, Naming::new(rules.clone())).await?;
        }
        let projected = writer.projected();
        let (mut graph, saved) = file.open(&mut writer, reading).await?;
        let snapshot = Snapshot::default();
        graph.publish(projected.seq, &snapshot);
        Ok(Self {
            file,
            saved,
            log,
            rules,
            writer,
            graph,
            inference: Inference::default(),
            snapshot,
            progress: watch::channel(projected).0,
            effort: Arc::default(),
        })
    }

    /// How far it is.
    pub fn progress(&self) -> watch::Receiver<Projected> {
        self.progress.subscribe()
    }

    /// The graph that readers see.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot.clone()
    }

    /// What it cost.
    pub fn effort(&self) -> Arc<Effort> {
        self.effort.clone()
    }

    /// Folds the next batch, up to and with `limit`; false when there was none.
    pub async fn step(&mut self, limit: u64, indexer: Option<&Indexer>) -> Result<bool, ProjectionError> {
        let after = self.writer.projected().seq;
        let mut entries = self.log.read_after(after, BATCH, BATCH_BYTES).await?;
        entries.retain(|entry| entry.seq <= limit);
        let Some((last, hash)) = entries.last().map(|entry| (entry.seq, entry.hash)) else { return Ok(false) };
        self.fold(&entries).await?;
        let changes = self.writer.changes();
        let mut touched = changes.touched.clone();
        let rows = self.graph.absorb(changes)?;
        touched.extend(rows.touched.iter().map(|&dataset| Owner::Dataset(dataset)));
        let publish = tracing::debug_span!("publish", seq = last);
        let projected = self.writer.commit(last, hash, rows).instrument(publish).await?;
        self.graph.publish(last, &self.snapshot);
        self.effort.add(entries.len() as u64, thread_cpu_micros());
        if let Some(indexer) = indexer {
            indexer.touch(touched.into_iter().collect(), last);
        }
        self.progress.send_replace(projected);
        Ok(true)
    }

    #[tracing::instrument(level = "debug", skip_all, fields(entries = entries.len(), first = entries.first().map(|entry| entry.seq)))]
    async fn fold(&mut self, entries: &[Entry]) -> Result<(), ProjectionError> {
        let trees: Vec<(&Entry, Json<'_>)> = entries.iter().filter_map(|entry| Some((entry, tree(entry)?))).collect();
        let events: Vec<(&Entry, Event<'_>, &Json<'_>)> =
            trees.iter().filter_map(|(entry, json)| Some((*entry, event(entry, json)?, json))).collect();
        let facts: Vec<Facts<'_>> =
            events.iter().map(|(entry, event, _)| facts(event, entry.hash, entry.seq, &mut self.inference)).collect();
        self.writer.load(&facts).await?;
        for (facts, (entry, event, json)) in facts.into_iter().zip(&events) {
            let note = note(entry, json, event, &facts);
            self.writer.absorb(facts);
            self.writer.note(&note);
        }
        Ok(())
    }

    /// Follows until told to stop. After a failure everything in memory is loaded anew, since a batch
    /// may have been half merged.
    pub async fn run(mut self, dir: &Path, mut head: watch::Receiver<u64>, indexer: &Indexer, pace: Arc<Notify>, stop: CancellationToken) {
        loop {
            let limit = *head.borrow_and_update();
            match self.step(limit, Some(indexer)).await {
                Ok(true) if !stop.is_cancelled() => {
                    // The borrow must end before the wait: it is a lock that the log's writer needs.
                    let newest = *head.borrow();
                    self.linger(newest, &pace, &stop).await;
                }
                Ok(true) => break,
                Ok(false) => {
                    let closed = tokio::select! {
                        () = stop.cancelled() => true,
                        changed = head.changed() => changed.is_err(),
                        () = tokio::time::sleep(QUIET), if self.writer.projected().seq - self.saved >= WORTH => {
                            self.save().await;
                            false
                        }
                    };
                    if closed {
                        break;
                    }
                }
                Err(e) => {
                    tracing::error!(error = %e, source = ?std::error::Error::source(&e), "the projections stopped; trying again in a second");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    if let Err(e) = self.reopen(dir).await {
                        tracing::error!(error = %e, "the projections cannot be opened");
                    }
                }
            }
        }
        self.save().await;
        self.writer.close().await;
    }

    /// Writes the graph's file, for a quick start. Without it the start takes longer, so a failure is only told.
    pub async fn save(&mut self) {
        let seq = self.writer.projected().seq;
        if seq == self.saved {
            return;
        }
        if let Err(e) = self.file.save(&self.graph, &self.writer).await {
            tracing::warn!(error = %e, "the file of the graph was not written");
        }
        self.saved = seq;
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

    async fn reopen(&mut self, dir: &Path) -> Result<(), ProjectionError> {
        let fresh = Self::open(dir, self.log.clone(), self.rules.clone()).await?;
        (self.writer, self.graph, self.saved) = (fresh.writer, fresh.graph, fresh.saved);
        let seq = self.writer.projected().seq;
        self.graph.publish(seq, &self.snapshot);
        Ok(())
    }

    /// Digests of catalog and graph.
    pub async fn digests(&self) -> Result<(String, String), ProjectionError> {
        let (datasets, jobs) = self.writer.node_ids().await?;
        let graph = self.snapshot.load().digest(&NodeNames { datasets, jobs });
        Ok((self.writer.digest().await?, graph))
    }

    /// Closes the catalog cleanly.
    pub async fn close(&self) {
        self.writer.close().await;
    }

    /// How far it is and how much it holds.
    pub fn projected(&self) -> Projected {
        self.writer.projected()
    }
}

/// Whether what is projected is a beginning of this log: after a restore from a backup it is not.
async fn follows(log: &dyn EventLog, writer: &Writer) -> Result<bool, ProjectionError> {
    let seq = writer.projected().seq;
    let entry = log.read(vec![seq]).await?.pop().map(|entry| entry.hash);
    Ok(seq == 0 || (entry.is_some() && entry == writer.watermark_hash().await?))
}

/// Deletes every projection in a data directory; the log builds them anew.
pub fn remove(dir: &Path) -> std::io::Result<()> {
    let gone = |outcome: std::io::Result<()>| outcome.or_else(|e| if e.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(e) });
    for name in ["catalog.db", "catalog.db-wal", "catalog.db-shm"].iter().chain(&stored::NAMES) {
        gone(std::fs::remove_file(dir.join(name)))?;
    }
    gone(std::fs::remove_dir_all(dir.join("search")))
}

fn tree(entry: &Entry) -> Option<Json<'_>> {
    let EntryKind::OpenLineage = entry.kind;
    Json::parse(&entry.payload)
        .inspect_err(|e| tracing::error!(seq = entry.seq, error = %e, "an entry of the log is not JSON; passed over"))
        .ok()
}

fn event<'a>(entry: &Entry, json: &'a Json<'a>) -> Option<Event<'a>> {
    Event::read(json).inspect_err(|e| tracing::error!(seq = entry.seq, error = %e, "an entry of the log is no event; passed over")).ok()
}

/// Processor time of this thread, from the kernel's accounting; 0 where there is none.
fn thread_cpu_micros() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<u64>().ok()).unwrap_or(0) / 1000
}
