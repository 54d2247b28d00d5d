//! Brings changed entities into search: soon, at most a few commits a second, and at once when a
//! reader waits. An entity whose documents did not change costs no write.

use super::ProjectionError;
use super::documents::documents;
use crate::catalog::Reader;
use crate::fold::flow::Owner;
use crate::graph::Snapshot;
use crate::log::EventLog;
use crate::search::{Document, SearchIndex};
use hashbrown::{HashMap, HashSet};
use schema::json::Json;
use schema::openlineage::facets::{End, Statement};
use schema::openlineage::{Event, facets};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long changes gather before a commit that nobody waits for.
const GATHER: Duration = Duration::from_millis(400);
/// Entities read from the catalog at a time.
const CHUNK: usize = 500;
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
}

impl Indexer {
    /// An indexer over an open index.
    pub fn new(index: Arc<SearchIndex>, reader: Reader, graph: Snapshot) -> Self {
        let seen = watch::channel(index.seq()).0;
        Self { index, reader, graph, pending: Mutex::default(), wake: Notify::new(), hurry: Notify::new(), seen }
    }

    /// How far search is.
    pub fn progress(&self) -> watch::Receiver<u64> {
        self.seen.subscribe()
    }

    /// These entities may have changed; the catalog holds for `seq`.
    pub fn touch(&self, owners: Vec<Owner>, seq: u64) {
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

    /// Marks what changed between the index on disk and the catalog at `seq`.
    pub async fn catch_up(&self, log: &dyn EventLog, seq: u64) -> Result<(), ProjectionError> {
        let mut after = self.index.seq();
        if after > seq {
            // The catalog was deleted or lost its newest commits: what the index holds may be ahead.
            self.index.clear()?;
            after = 0;
        }
        let mut datasets = HashSet::new();
        let mut jobs = HashSet::new();
        while after < seq {
            let entries = log.read_after(after, 1000, 32 << 20).await?;
            let Some(last) = entries.last() else { break };
            after = last.seq;
            for entry in &entries {
                if let Ok(json) = Json::parse(&entry.payload)
                    && let Ok(event) = Event::read(&json)
                {
                    named(&event, &mut datasets, &mut jobs);
                }
            }
        }
        let datasets: Vec<Uuid> = datasets.into_iter().collect();
        let jobs: Vec<Uuid> = jobs.into_iter().collect();
        let mut owners = Vec::new();
        for chunk in datasets.chunks(CHUNK) {
            owners.extend(self.reader.datasets_by_id(chunk).await?.iter().map(|row| Owner::Dataset(row.number)));
        }
        for chunk in jobs.chunks(CHUNK) {
            owners.extend(self.reader.jobs_by_id(chunk).await?.iter().map(|row| Owner::Job(row.number)));
        }
        self.touch(owners, seq);
        Ok(())
    }

    /// Follows until told to stop, then writes what is left.
    pub async fn run(&self, stop: CancellationToken) {
        let mut written = HashMap::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.wake.notified() => {}
            }
            if !self.pending().owners.is_empty() {
                tokio::select! {
                    () = tokio::time::sleep(GATHER) => {}
                    () = self.hurry.notified() => {}
                    () = stop.cancelled() => {}
                }
            }
            if let Err(e) = self.flush(&mut written, false).await {
                tracing::error!(error = %e, "search did not take a batch; trying again in a second");
                tokio::time::sleep(Duration::from_secs(1)).await;
                self.wake.notify_one();
            }
        }
        if let Err(e) = self.flush(&mut written, true).await {
            tracing::warn!(error = %e, "search was not written at the end; it will catch up at the next start");
        }
    }

    /// Writes everything pending; with `force` also a mere step of the watermark.
    pub async fn flush(&self, written: &mut HashMap<Uuid, u64>, force: bool) -> Result<(), ProjectionError> {
        let Pending { owners, seq } = std::mem::take(&mut *self.pending());
        let seq = seq.max(*self.seen.borrow());
        let owners: Vec<Owner> = owners.into_iter().collect();
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
    async fn write(&self, owners: &[Owner], written: &mut HashMap<Uuid, u64>, seq: u64, force: bool) -> Result<(), ProjectionError> {
        let mut dirty = force && self.index.seq() != seq || seq.saturating_sub(self.index.seq()) > MAX_LAG;
        for chunk in owners.chunks(CHUNK) {
            let graph = self.graph.load();
            for (entity, documents) in documents(&self.reader, &graph, chunk).await? {
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

fn fingerprint(documents: &[Document]) -> u64 {
    let bytes = format!("{documents:?}");
    u64::from_le_bytes(blake3::hash(bytes.as_bytes()).as_bytes()[..8].try_into().unwrap_or_default())
}

fn named(event: &Event<'_>, datasets: &mut HashSet<Uuid>, jobs: &mut HashSet<Uuid>) {
    jobs.extend(event.job.iter().map(|job| schema::id::job(job.namespace, job.name)));
    if let Some((_, facet)) = event.run.iter().flat_map(|run| run.facets).find(|(key, _)| key == "parent" || key == "parentRun")
        && let Some(parent) = facets::parent(facet)
    {
        let links = std::iter::once(&parent.parent).chain(&parent.root);
        jobs.extend(links.map(|link| schema::id::job(&link.namespace, &link.name)));
    }
    for dataset in event.dataset.iter().chain(&event.inputs).chain(&event.outputs) {
        datasets.insert(schema::id::dataset(dataset.namespace, dataset.name));
        for (key, facet) in dataset.facets {
            match key.as_ref() {
                "columnLineage" => {
                    let sources = facets::column_lineage(facet).sources;
                    datasets.extend(sources.iter().map(|source| schema::id::dataset(&source.namespace, &source.name)));
                }
                "symlinks" => {
                    let links = facets::symlinks(facet);
                    datasets.extend(links.iter().map(|link| schema::id::dataset(&link.namespace, &link.name)));
                }
                "lineage" => stated(facets::dataset_lineage(facet), datasets, jobs),
                _ => {}
            }
        }
    }
    if let Some((_, facet)) = event.job.iter().flat_map(|job| job.facets).find(|(key, _)| key == "lineage") {
        stated(facets::job_lineage(facet), datasets, jobs);
    }
}

fn stated(statements: Vec<Statement>, datasets: &mut HashSet<Uuid>, jobs: &mut HashSet<Uuid>) {
    for end in statements.into_iter().flat_map(|said| said.target.into_iter().chain(said.source)) {
        match end {
            End::OwnJob => {}
            End::Job { namespace, name } => {
                jobs.insert(schema::id::job(&namespace, &name));
            }
            End::Dataset { namespace, name, .. } => {
                datasets.insert(schema::id::dataset(&namespace, &name));
            }
        }
    }
}
