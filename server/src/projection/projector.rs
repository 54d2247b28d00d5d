//! Brings the log into catalog and graph, batch by batch; going on with that is `follow`'s. An entry that this program cannot
//! read never stops the others: it is passed over, and the catalog says so.

use super::entries::{event, tree};
use super::graph_file::GraphFile;
use super::{Effort, Indexer, ProjectionError};
use crate::catalog::{Naming, Projected, Writer};
use crate::fold::flow::Owner;
use crate::fold::{Facts, Inference, facts, note};
use crate::graph::{Builder, NodeNames, Snapshot};
use crate::log::{EventLog, number};
use schema::json::Json;
use schema::log::Entry;
use schema::naming::Rules;
use schema::openlineage::Event;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use tracing::Instrument;

/// A batch: entries and bytes of payload. Large batches merge more before they write.
const BATCH: usize = 1024;
const BATCH_BYTES: usize = 16 << 20;

/// The one who writes catalog and graph.
pub struct Projector {
    pub(super) dir: PathBuf,
    pub(super) log: Arc<dyn EventLog>,
    pub(super) rules: Arc<Rules>,
    pub(super) writer: Writer,
    pub(super) graph: Builder,
    file: GraphFile,
    /// Log sequence that the file holds for.
    pub(super) saved: u64,
    inference: Inference,
    pub(super) snapshot: Snapshot,
    pub(super) progress: Arc<watch::Sender<Projected>>,
    effort: Arc<Effort>,
}

impl Projector {
    /// Opens the catalog in `dir`, which `prepare` left there or which is new, and loads the graph from it.
    pub async fn open(dir: &Path, log: Arc<dyn EventLog>, rules: Arc<Rules>) -> Result<Self, ProjectionError> {
        let file = GraphFile::new(dir);
        let reading = file.read();
        let mut writer = Writer::open(dir, Naming::new(rules.clone())).await?;
        let projected = writer.projected();
        let (mut graph, saved) = file.open(&mut writer, reading).await?;
        let (datasets, jobs) = writer.ids();
        graph.name(datasets, jobs);
        let snapshot = Snapshot::default();
        graph.publish(projected.seq, &snapshot);
        Ok(Self {
            dir: dir.to_owned(),
            file,
            saved,
            log,
            rules,
            writer,
            graph,
            inference: Inference::default(),
            snapshot,
            progress: Arc::new(watch::channel(projected).0),
            effort: Arc::default(),
        })
    }

    /// Says how far it is, and what it costs, where others before it said so too.
    pub fn reporting_to(self, progress: Arc<watch::Sender<Projected>>, effort: Arc<Effort>) -> Self {
        progress.send_replace(self.writer.projected());
        Self { progress, effort, ..self }
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
        let publish = tracing::debug_span!("publish", seq = last);
        let projected = self.writer.commit(last, hash, rows, &touched).instrument(publish).await?;
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

    #[tracing::instrument(level = "debug", skip_all, fields(entries = entries.len(), first = entries.first().map(|entry| entry.seq)))]
    async fn fold(&mut self, entries: &[Entry]) -> Result<(), ProjectionError> {
        let mut strange = Vec::new();
        let trees: Vec<(&Entry, Json<'_>)> = entries.iter().filter_map(|entry| Some((entry, tree(entry, &mut strange)?))).collect();
        let events: Vec<(&Entry, Event<'_>, &Json<'_>)> =
            trees.iter().filter_map(|(entry, json)| Some((*entry, event(entry, json, &mut strange)?, json))).collect();
        self.writer.pass_over(strange.iter());
        self.log.pass_over(&strange);
        let facts: Vec<Facts<'_>> =
            events.iter().map(|(entry, event, _)| facts(event, &entry.payload, entry.hash, entry.seq, &mut self.inference)).collect();
        self.writer.load(&facts).await?;
        for (facts, (entry, event, json)) in facts.into_iter().zip(&events) {
            let note = note(entry, json, event, &facts);
            self.writer.absorb(facts);
            self.writer.note(&note);
        }
        Ok(())
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

    /// Digests of catalog and graph.
    pub async fn digests(&self) -> Result<(String, String), ProjectionError> {
        let (datasets, jobs) = self.writer.node_ids().await?;
        let graph = self.snapshot.load().digest(&NodeNames { datasets, jobs });
        Ok((self.writer.digest().await?, graph))
    }

    /// A digest of what the catalog says of this one log alone.
    pub async fn log_digest(&self) -> Result<String, ProjectionError> {
        Ok(self.writer.log_digest().await?)
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

/// Processor time of this thread, from the kernel's accounting; 0 where there is none.
fn thread_cpu_micros() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<u64>().ok()).unwrap_or(0) / 1000
}
