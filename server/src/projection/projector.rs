//! Follows the log into catalog and graph, batch by batch. An entry that this program cannot read
//! never stops the others: it is passed over, and the catalog says so.

use super::graph_file::GraphFile;
use super::trouble::Trouble;
use super::{Effort, Indexer, ProjectionError};
use crate::catalog::{Naming, Projected, Writer};
use crate::fold::flow::Owner;
use crate::fold::{Facts, Inference, facts, note};
use crate::graph::{Builder, NodeNames, Snapshot, stored};
use crate::health::{Health, Part};
use crate::log::{EventLog, number};
use schema::json::Json;
use schema::log::{ContentHash, Entry, EntryKind, Unreadable};
use schema::naming::Rules;
use schema::openlineage::Event;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// A batch: entries and bytes of payload. Large batches merge more before they write.
const BATCH: usize = 1024;
const BATCH_BYTES: usize = 16 << 20;

/// Entries passed over before that a start looks at again.
const LOOKED_AT: usize = 10_000;
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
        let repaired = follows && repaired(&*log, &writer).await?;
        if repaired {
            tracing::info!("entries of the event log that could not be read can be read now; building the catalog anew");
        }
        let other_rules = writer.has_other_rules().await?;
        if other_rules {
            tracing::info!("the naming rules are not those of last time; building the catalog anew");
        }
        if !follows || repaired || other_rules {
            writer.close().await;
            remove(dir).map_err(ProjectionError::Directory)?;
            writer = Writer::open(dir, Naming::new(rules.clone())).await?;
        }
        let projected = writer.projected();
        let (mut graph, saved) = file.open(&mut writer, reading).await?;
        let (datasets, jobs) = writer.ids();
        graph.name(datasets, jobs);
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
        let mut read = self.log.read_after(after, BATCH, BATCH_BYTES).await?;
        read.retain(|read| number(read) <= limit);
        let Some(last) = read.last() else { return Ok(false) };
        let hash = last.as_ref().map_or_else(|unreadable| unreadable.hash, |entry| entry.hash);
        let (last, count) = (number(last), read.len() as u64);
        self.writer.pass_over(read.iter().filter_map(|read| read.as_ref().err()));
        let entries: Vec<Entry> = read.into_iter().filter_map(Result::ok).collect();
        self.fold(&entries).await?;
        let changes = self.writer.changes();
        let mut touched = changes.touched.clone();
        let rows = self.graph.absorb(changes)?;
        touched.extend(rows.touched.iter().map(|&dataset| Owner::Dataset(dataset)));
        let projected = self.writer.commit(last, hash, rows, &touched).await?;
        let (datasets, jobs) = self.writer.ids();
        self.graph.name(datasets, jobs);
        self.graph.publish(last, &self.snapshot);
        self.effort.add(count, thread_cpu_micros());
        if let Some(indexer) = indexer {
            indexer.touch(touched, last);
        }
        self.progress.send_replace(projected);
        Ok(true)
    }

    async fn fold(&mut self, entries: &[Entry]) -> Result<(), ProjectionError> {
        let mut strange = Vec::new();
        let trees: Vec<(&Entry, Json<'_>)> = entries.iter().filter_map(|entry| Some((entry, tree(entry, &mut strange)?))).collect();
        let events: Vec<(&Entry, Event<'_>, &Json<'_>)> =
            trees.iter().filter_map(|(entry, json)| Some((*entry, event(entry, json, &mut strange)?, json))).collect();
        self.writer.pass_over(strange.iter());
        self.log.pass_over(&strange);
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

    /// Follows until `stop`.
    pub async fn run(
        mut self,
        dir: &Path,
        mut head: watch::Receiver<u64>,
        (indexer, health): (&Indexer, Arc<Health>),
        pace: Arc<Notify>,
        stop: CancellationToken,
    ) {
        let mut trouble = Trouble::new(health, Part::Catalog);
        loop {
            let limit = *head.borrow_and_update();
            let step = self.step(limit, Some(indexer)).await;
            if step.is_ok() {
                trouble.ends();
            }
            match step {
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
                    if !self.recover(dir, e, &mut trouble, &stop).await {
                        // What is in memory is half merged: nothing of it is written.
                        return self.writer.close().await;
                    }
                }
            }
        }
        self.save().await;
        self.writer.close().await;
    }

    /// Loads everything in memory anew after a failure, since a batch may have been half merged; tries until that works.
    /// False when the server stops first.
    async fn recover(&mut self, dir: &Path, mut error: ProjectionError, trouble: &mut Trouble, stop: &CancellationToken) -> bool {
        loop {
            let pause = trouble.meets(&error);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => return false,
            }
            match self.reopen(dir).await {
                Ok(()) => return true,
                Err(e) => error = e,
            }
        }
    }

    /// Writes the graph's file, for a quick start. Without it the start takes longer, so a failure is only logged.
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
    if seq == 0 {
        return Ok(true);
    }
    if log.head().await? < seq {
        return Ok(false);
    }
    // Where the entry is gone nothing can be compared, and nothing says that the log is another.
    let mark = log.mark(seq).await?.filter(|mark| mark.seq == seq);
    Ok(mark.is_none() || mark.map(|mark| mark.hash) == writer.watermark_hash().await?)
}

/// Whether an entry that was passed over can be read now, since the log was repaired. The others are named
/// again, which no reader may come across.
async fn repaired(log: &dyn EventLog, writer: &Writer) -> Result<bool, ProjectionError> {
    let known = writer.passed_over(LOOKED_AT).await?;
    let mut seqs: Vec<u64> = known.iter().map(|(seq, _)| *seq).collect();
    while !seqs.is_empty() {
        let read = log.read(seqs.clone(), BATCH_BYTES).await?;
        let Some(last) = read.last().map(number) else { break };
        let is_event = |entry: &Entry| {
            let mut strange = Vec::new();
            tree(entry, &mut strange).is_some_and(|json| event(entry, &json, &mut strange).is_some())
        };
        if read.iter().flatten().any(is_event) {
            return Ok(true);
        }
        seqs.retain(|seq| *seq > last);
    }
    let again = |(seq, reason)| Unreadable { seq, hash: ContentHash::of(b""), received_at: 0, reason };
    log.pass_over(&known.into_iter().map(again).collect::<Vec<_>>());
    Ok(false)
}

/// Deletes every projection in a data directory; the log builds them anew.
pub fn remove(dir: &Path) -> std::io::Result<()> {
    let gone = |outcome: std::io::Result<()>| outcome.or_else(|e| if e.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(e) });
    for name in ["catalog.db", "catalog.db-wal", "catalog.db-shm"].iter().chain(&stored::NAMES) {
        gone(std::fs::remove_file(dir.join(name)))?;
    }
    gone(std::fs::remove_dir_all(dir.join("search")))
}

fn tree<'a>(entry: &'a Entry, strange: &mut Vec<Unreadable>) -> Option<Json<'a>> {
    let EntryKind::OpenLineage = entry.kind;
    Json::parse(&entry.payload).inspect_err(|e| strange.push(passed(entry, format!("it is not JSON: {e}")))).ok()
}

fn event<'a>(entry: &Entry, json: &'a Json<'a>, strange: &mut Vec<Unreadable>) -> Option<Event<'a>> {
    Event::read(json).inspect_err(|e| strange.push(passed(entry, format!("it is no event: {e}")))).ok()
}

fn passed(entry: &Entry, reason: String) -> Unreadable {
    Unreadable { seq: entry.seq, hash: entry.hash, received_at: entry.received_at, reason }
}

/// Processor time of this thread, from the kernel's accounting; 0 where there is none.
fn thread_cpu_micros() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<u64>().ok()).unwrap_or(0) / 1000
}
