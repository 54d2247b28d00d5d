//! A set of projections as requests read it: catalog, graph, search, and how far they are.

use crate::catalog::{Projected, Reader};
use crate::graph::Snapshot;
use crate::health::Health;
use crate::log::EventLog;
use crate::projection::{Indexer, Progress, ProjectionError, Projector};
use crate::search::SearchIndex;
use schema::naming::Rules;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Requests under way may use a set that is closed for so long.
const GRACE: Duration = Duration::from_secs(1);

/// What requests need of one folder.
pub struct Set {
    /// The catalog.
    pub catalog: Reader,
    /// The index.
    pub search: Arc<SearchIndex>,
    /// Brings changes into search.
    pub indexer: Arc<Indexer>,
    /// How far it is, and the graph.
    pub progress: Progress,
    /// Whoever follows an old set hears that it is over when this goes.
    still: Option<watch::Sender<Projected>>,
}

/// What a projector has opened.
pub struct Opened {
    progress: watch::Receiver<Projected>,
    graph: Snapshot,
}

impl Opened {
    /// Of a projector that goes on elsewhere.
    pub fn of(projector: &Projector) -> Self {
        Self { progress: projector.progress(), graph: projector.snapshot() }
    }
}

impl Set {
    /// The set in a folder whose catalog a projector has opened. To be called where it is used: its connections live on
    /// that runtime.
    pub async fn open(dir: &Path, opened: Opened, health: &Arc<Health>) -> Result<Self, ProjectionError> {
        let catalog = Reader::open(dir).await?;
        let search = SearchIndex::open_or_closed(&dir.join("search"))?;
        Ok(Self::over(catalog, search, opened.progress, opened.graph, health.clone()))
    }

    /// The set in a folder that nobody follows any more, as of where it ends.
    pub async fn open_old(dir: &Path, log: Arc<dyn EventLog>, rules: Arc<Rules>) -> Result<Self, ProjectionError> {
        let folder = dir.to_owned();
        // Loading a graph is work for a processor.
        let load = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ProjectionError::Directory)?;
            runtime.block_on(async {
                let projector = Projector::open(&folder, log, rules).await?;
                let opened = (projector.projected(), projector.snapshot());
                projector.close().await;
                Ok::<_, ProjectionError>(opened)
            })
        };
        let loaded = tokio::task::spawn_blocking(load).await;
        let (projected, graph) = loaded.unwrap_or_else(|_| Err(ProjectionError::Panicked(0)))?;
        Ok(Self::at_rest(Reader::open(dir).await?, SearchIndex::open(&dir.join("search"))?, projected, graph))
    }

    /// One that nobody follows. What is wrong with it is of no concern to whoever looks after the server.
    fn at_rest(catalog: Reader, search: SearchIndex, projected: Projected, graph: Snapshot) -> Self {
        let (still, progress) = watch::channel(projected);
        Self { still: Some(still), ..Self::over(catalog, search, progress, graph, Arc::default()) }
    }

    fn over(catalog: Reader, search: SearchIndex, progress: watch::Receiver<Projected>, graph: Snapshot, health: Arc<Health>) -> Self {
        let search = Arc::new(search);
        let indexer = Arc::new(Indexer::new(search.clone(), catalog.clone(), graph.clone()).reporting(health));
        let progress = Progress { catalog: progress, search: indexer.progress(), graph };
        Self { catalog, search, indexer, progress, still: None }
    }

    /// Log sequence of catalog and graph.
    pub fn seq(&self) -> u64 {
        self.progress.catalog.borrow().seq
    }

    /// Waits until the catalog is there, and search where the catalog is then.
    pub async fn until(&self, is_there: impl Fn(u64) -> bool) {
        let (mut catalog, mut search) = (self.progress.catalog.clone(), self.progress.search.clone());
        let reached = catalog.wait_for(|projected| is_there(projected.seq)).await.map_or(0, |projected| projected.seq);
        self.indexer.hurry();
        let _ = search.wait_for(|seq| *seq >= reached).await;
    }

    /// Lets go of the files. Requests that take longer than a moment fail. When the process ends, that is all.
    pub async fn close(self, is_end: bool) {
        let _ = tokio::time::timeout(GRACE, self.catalog.close()).await;
        let Self { search, indexer, still, .. } = self;
        drop((indexer, still));
        // An index that is dropped later would still finish a merge, in a folder that is another's by then.
        let begun = Instant::now();
        while !is_end && Arc::strong_count(&search) > 1 && begun.elapsed() < GRACE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A set with nothing in it, for as long as none can be opened.
pub async fn empty() -> Result<Set, ProjectionError> {
    let catalog = Reader::empty().await?;
    Ok(Set::at_rest(catalog, SearchIndex::in_memory()?, Projected::default(), Snapshot::default()))
}
