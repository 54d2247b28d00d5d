//! The running server without its network side: log, projections, and what requests need of them.

use crate::catalog::{Projected, Reader};
use crate::config::{Config, Limits};
use crate::freshness::Freshness;
use crate::graph::Graph;
use crate::health::Health;
use crate::history::History;
use crate::lifecycle::{self, Lifecycle, Serving, Set};
use crate::log::{EventLog, LogError, LogWriter, SqliteLog};
use crate::projection::{Backlog, Effort, Indexer, Progress, ProjectionError, folder};
use crate::search::SearchIndex;
use crate::stitching::Stitching;
use arc_swap::ArcSwap;
use schema::naming::Rules;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A start waits so long for projections; a graph of millions of edges takes longer.
const OPENING: Duration = Duration::from_secs(3);
/// A stop waits so long for the projections,
const PROJECTIONS_END: Duration = Duration::from_secs(3);
/// and so long for whoever holds the log or the catalog.
const LOG_END: Duration = Duration::from_millis(500);

/// Why the server does not start; each is a sentence for the one who started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory.
    #[error("cannot use the data directory {dir}: {source}")]
    Directory {
        /// Which.
        dir: String,
        /// Why.
        source: std::io::Error,
    },
    /// Another process has it.
    #[error("the data directory {0} is in use by another headwater process")]
    InUse(String),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A projection.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// The network.
    #[error("{0}")]
    Listen(String),
}

/// What requests share.
pub struct App {
    /// The log, to read.
    pub log: Arc<dyn EventLog>,
    /// The log, to append.
    pub writer: LogWriter,
    /// The catalog.
    pub catalog: Reader,
    /// The index.
    pub search: Arc<SearchIndex>,
    /// How far the projections are.
    pub progress: Progress,
    /// What projecting cost.
    pub effort: Arc<Effort>,
    /// Tells the projector that a reader waits.
    pub pace: Arc<Notify>,
    /// Brings changes into search.
    pub indexer: Arc<Indexer>,
    /// Bounds.
    pub limits: Limits,
    /// Under which other names datasets are known.
    pub naming: Arc<Rules>,
    /// Which datasets look alike.
    pub stitching: Arc<Stitching>,
    /// When datasets were written and read last.
    pub freshness: Arc<Freshness>,
    /// True for invented data.
    pub demo: bool,
    /// What is broken at this moment.
    pub health: Arc<Health>,
    /// Counters of intake.
    pub intake: Arc<crate::ingest::Counters>,
    /// How far the set of projections is that follows the log: this one, unless `rebuilding`.
    pub following: watch::Receiver<Projected>,
    /// How far it may fall behind.
    pub backlog: Arc<Backlog>,
    /// Why this set does not follow the log any more, and how far the one is that takes its place.
    pub rebuilding: Option<Rebuilding>,
    /// The last entry that it knows of, for an earlier state of knowledge; `None` for what is served.
    pub known: Option<u64>,
    /// Earlier states of knowledge; an earlier state has none itself.
    pub history: Option<Arc<History>>,
}

/// A set of projections that answers as of where it ends, while another one is built.
#[derive(Clone)]
pub struct Rebuilding {
    /// Why, in words that end no sentence.
    pub why: String,
    /// How far the other one is.
    pub progress: watch::Receiver<Projected>,
}

/// What is served and the tasks that keep it going.
pub struct Running {
    /// What answers requests; another set of projections may take the place of the one that does.
    pub served: Serving,
    stop: CancellationToken,
    writer: JoinHandle<()>,
    lifecycle: JoinHandle<()>,
    _lock: File,
}

/// Takes the data directory for this process alone, making it if need be.
pub fn lock(dir: &Path) -> Result<File, StartError> {
    let failed = |source| StartError::Directory { dir: dir.display().to_string(), source };
    std::fs::create_dir_all(dir).map_err(failed)?;
    let file = File::create(dir.join("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::InUse(dir.display().to_string())),
        Err(std::fs::TryLockError::Error(e)) => Err(failed(e)),
    }
}

impl Running {
    /// Opens the log and begins to follow it. Returns when there is something to answer with, or soon: projections that
    /// take long, or cannot be opened, are no reason not to take events.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let lock = lock(&config.data)?;
        folder::remove_leftovers(&config.data);
        let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open(&config.data).await?);
        let (writer, writer_task) = LogWriter::start(log.clone()).await?;
        let (following, followed) = watch::channel(Projected::default());
        let nothing = lifecycle::empty().await?;
        let app = App {
            log,
            writer,
            catalog: nothing.catalog.clone(),
            search: nothing.search.clone(),
            progress: nothing.progress.clone(),
            effort: Arc::default(),
            pace: Arc::default(),
            indexer: nothing.indexer.clone(),
            limits: config.limits.clone(),
            naming: config.naming.clone(),
            stitching: Arc::default(),
            freshness: Arc::default(),
            demo: config.demo,
            health: Arc::default(),
            intake: Arc::default(),
            following: followed,
            backlog: Arc::default(),
            rebuilding: None,
            known: None,
            history: Some(Arc::new(History::new(&config.data))),
        };
        let served: Serving = Arc::new(ArcSwap::from_pointee(app));
        let stop = CancellationToken::new();
        let (opened, answers) = oneshot::channel();
        let lifecycle = Lifecycle::new(config, served.clone(), nothing, Arc::new(following), stop.clone(), opened);
        let lifecycle = tokio::spawn(lifecycle.run());
        let _ = tokio::time::timeout(OPENING, answers).await;
        Ok(Self { served, stop, writer: writer_task, lifecycle, _lock: lock })
    }

    /// What answers at this moment.
    pub fn app(&self) -> Arc<App> {
        self.served.load_full()
    }

    /// Waits until catalog and graph hold for `seq`; false when `patience` ran out first.
    pub async fn followed(&self, seq: u64, patience: Duration) -> bool {
        let mut following = self.app().following.clone();
        tokio::time::timeout(patience, following.wait_for(|projected| projected.seq >= seq)).await.is_ok_and(|seen| seen.is_ok())
    }

    /// Stops following and closes the log, in a few seconds whatever the projections do: a projector that is deep in a
    /// batch is left behind, and goes on from its last commit at the next start.
    pub async fn stop(self) {
        let log = self.app().log.clone();
        self.stop.cancel();
        // The projector folds its write-ahead log in only when nobody reads.
        let _ = tokio::time::timeout(LOG_END, self.app().catalog.close()).await;
        if tokio::time::timeout(PROJECTIONS_END, self.lifecycle).await.is_err() {
            tracing::warn!("the projections are busy and were left behind; they go on from their last commit at the next start");
        }
        drop(self.served);
        // Ends once the last holder of a writer is gone; a request that hangs must not keep us.
        let _ = tokio::time::timeout(LOG_END, self.writer).await;
        let _ = tokio::time::timeout(LOG_END, log.close()).await;
    }
}

impl App {
    /// The same server over another set of projections.
    pub fn over(&self, set: &Set, rebuilding: Option<Rebuilding>) -> Self {
        Self {
            log: self.log.clone(),
            writer: self.writer.clone(),
            catalog: set.catalog.clone(),
            search: set.search.clone(),
            progress: set.progress.clone(),
            effort: self.effort.clone(),
            pace: self.pace.clone(),
            indexer: set.indexer.clone(),
            limits: self.limits.clone(),
            naming: self.naming.clone(),
            // Both remember what they read in the catalog.
            stitching: Arc::default(),
            freshness: Arc::default(),
            demo: self.demo,
            health: self.health.clone(),
            intake: self.intake.clone(),
            following: self.following.clone(),
            backlog: self.backlog.clone(),
            rebuilding,
            known: None,
            history: self.history.clone(),
        }
    }

    /// Waits, bounded, until catalog and graph hold for everything acknowledged before now, or for
    /// `min_seq` when that is more.
    pub async fn settle(&self, min_seq: Option<u64>) {
        let (seq, patience) = self.target(min_seq);
        self.catalog_at(seq, patience).await;
    }

    async fn catalog_at(&self, seq: u64, patience: Duration) {
        if self.progress.catalog.borrow().seq < seq {
            self.pace.notify_one();
            self.progress.catalog_at(seq, patience).await;
        }
    }

    /// Like `settle`, for search.
    pub async fn settle_search(&self, min_seq: Option<u64>) {
        let (seq, patience) = self.target(min_seq);
        if *self.progress.search.borrow() < seq {
            self.catalog_at(seq, patience).await;
            self.indexer.hurry();
            self.progress.search_at(seq, patience).await;
        }
    }

    /// Who asks for a sequence waits longer: two seconds.
    fn target(&self, min_seq: Option<u64>) -> (u64, Duration) {
        // What was known then does not grow.
        if self.known.is_some() {
            return (0, Duration::ZERO);
        }
        let head = *self.writer.head().borrow();
        // What is frozen does not come nearer.
        if self.rebuilding.is_some() && min_seq.is_none() {
            return (head, Duration::ZERO);
        }
        let patience = if min_seq.is_some() { 2000 } else { self.limits.read_wait_ms };
        (min_seq.unwrap_or(head), Duration::from_millis(patience))
    }

    /// The newest graph.
    pub fn graph(&self) -> Arc<Graph> {
        self.progress.graph.load()
    }
}
