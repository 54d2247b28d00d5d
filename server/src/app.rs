//! The running server without its network side: log, projections, and what requests need of them.

use crate::catalog::Reader;
use crate::completeness::Settled;
use crate::config::{Config, Limits};
use crate::freshness::Freshness;
use crate::graph::Graph;
use crate::health::Health;
use crate::history::{Folder, History};
use crate::log::{EventLog, LogError, LogWriter, SqliteLog};
use crate::log_health;
use crate::projection::{Effort, Indexer, Loss, Progress, ProjectionError, Projector, loss, set_aside};
use crate::search::SearchIndex;
use crate::stitching::Stitching;
use crate::work::Work;
use arc_swap::ArcSwap;
use schema::naming::Rules;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long a request waits for the log sequence that it names.
const NAMED_WAIT: Duration = Duration::from_secs(2);

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
    /// The log is not what was acknowledged.
    #[error(
        "{0}. The projections are left as they are. Put the right log.db (with its log.db-wal) back, or go on without what is lost: --accept-loss"
    )]
    Loss(Loss),
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
    /// What requests share of the machine.
    pub work: Arc<Work>,
    /// True for invented data.
    pub demo: bool,
    /// What is broken at this moment.
    pub health: Arc<Health>,
    /// Counters of intake.
    pub intake: crate::ingest::Counters,
    /// The last entry that it knows of, for an earlier state of knowledge; `None` for what is served.
    pub known: Option<u64>,
    /// Earlier states of knowledge; an earlier state has none itself.
    pub history: Option<History>,
    /// The folder of an earlier state, which goes with it.
    pub folder: Option<Folder>,
}

/// An app and the tasks that keep it going.
pub struct Running {
    /// What requests share.
    pub app: Arc<App>,
    /// What answers requests: `app`, or the set of projections that takes its place.
    pub served: Arc<ArcSwap<App>>,
    stop: CancellationToken,
    writer: JoinHandle<()>,
    projector: std::thread::JoinHandle<()>,
    indexer: JoinHandle<()>,
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

/// Refuses a log that lost what was acknowledged, unless that is accepted; then what is known of it is kept.
pub async fn refuse_loss(config: &Config, log: &dyn EventLog) -> Result<(), StartError> {
    let Some(loss) = loss(&config.data, log).await? else { return Ok(()) };
    if !config.accept_loss {
        // Without side files left beside a log that nobody goes on with.
        log.close().await;
        return Err(StartError::Loss(loss));
    }
    let aside = set_aside(&config.data)?;
    tracing::error!("{loss}; going on without them, as --accept-loss says. The old projections are in {}", aside.display());
    Ok(())
}

impl Running {
    /// Opens everything and starts following the log.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let lock = lock(&config.data)?;
        let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open(&config.data).await?.with_quarantine(config.limits.quarantine_bytes));
        refuse_loss(config, &*log).await?;
        let health: Arc<Health> = Arc::default();
        let (writer, writer_task) = LogWriter::start(log.clone(), crate::ingest::now_micros, log_health::writing(&health)).await?;
        tokio::spawn(log_health::entries(log.unreadable(), health.clone()));
        let projector = Projector::open(&config.data, log.clone(), config.naming.clone()).await?;
        let catalog = Reader::open(&config.data).await.map_err(ProjectionError::from)?;
        let search = Arc::new(SearchIndex::open_or_closed(&config.data.join("search")).map_err(ProjectionError::from)?);
        let indexer = Arc::new(Indexer::new(search.clone(), catalog.clone(), projector.snapshot()).reporting(health.clone()));
        indexer.catch_up(projector.projected().seq).await?;
        let app = Arc::new(App {
            log,
            writer,
            catalog,
            search,
            progress: Progress { catalog: projector.progress(), search: indexer.progress(), graph: projector.snapshot() },
            effort: projector.effort(),
            pace: Arc::default(),
            indexer: indexer.clone(),
            limits: config.limits.clone(),
            naming: config.naming.clone(),
            stitching: Arc::default(),
            freshness: Arc::default(),
            work: Arc::new(Work::new(&config.limits)),
            demo: config.demo,
            health,
            intake: crate::ingest::Counters::default(),
            known: None,
            history: Some(History::new(&config.data)),
            folder: None,
        });
        let stop = CancellationToken::new();
        let projector = spawn_projector(projector, config, &app, stop.clone())?;
        let indexer = tokio::spawn({
            let stop = stop.clone();
            async move { indexer.run(stop).await }
        });
        let served = Arc::new(ArcSwap::new(app.clone()));
        Ok(Self { app, served, stop, writer: writer_task, projector, indexer, _lock: lock })
    }

    /// Stops following, writes what is pending, and waits for it.
    pub async fn stop(self) {
        let (log, catalog) = (self.app.log.clone(), self.app.catalog.clone());
        self.stop.cancel();
        let _ = self.indexer.await;
        catalog.close().await;
        let projector = self.projector;
        let _ = tokio::task::spawn_blocking(move || projector.join()).await;
        drop((self.app, self.served));
        // Ends once the last holder of a writer is gone; a request that hangs must not keep us.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.writer).await;
        log.close().await;
    }
}

/// The projector has a thread of its own: folding is work for a processor, and intake must not wait
/// behind it.
fn spawn_projector(
    projector: Projector,
    config: &Config,
    app: &App,
    stop: CancellationToken,
) -> Result<std::thread::JoinHandle<()>, StartError> {
    let head = up_to(app.writer.head(), config.hold_projections_at);
    let (dir, indexer, pace, health) = (config.data.clone(), app.indexer.clone(), app.pace.clone(), app.health.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let failed = |source| StartError::Directory { dir: config.data.display().to_string(), source };
    let runtime = runtime.map_err(failed)?;
    let body = move || runtime.block_on(projector.run(&dir, head, (&indexer, health), pace, stop));
    std::thread::Builder::new().name("projector".into()).spawn(body).map_err(failed)
}

/// The head of the log, but never beyond `most`.
fn up_to(mut head: watch::Receiver<u64>, most: Option<u64>) -> watch::Receiver<u64> {
    let Some(most) = most else { return head };
    let (held, seen) = watch::channel(most.min(*head.borrow_and_update()));
    tokio::spawn(async move {
        while head.changed().await.is_ok() {
            held.send_replace(most.min(*head.borrow_and_update()));
        }
    });
    seen
}

impl App {
    /// Waits, bounded, until catalog and graph hold for everything acknowledged before now, and for `min_seq` when that is
    /// given; 0 waits for nothing. What is returned is taken before anything is read, so an answer never claims more than it
    /// rests on.
    pub async fn settle(&self, min_seq: Option<u64>) -> Settled {
        let acknowledged = self.acknowledged(min_seq);
        for wait in self.waits(min_seq) {
            self.catalog_at(wait).await;
        }
        Settled { acknowledged, holds: self.holds() }
    }

    /// What an answer rests on that waits for nothing.
    pub fn standing(&self) -> Settled {
        Settled { acknowledged: self.acknowledged(None), holds: self.holds() }
    }

    /// The log sequence that an answer must hold for to be complete: what was known then does not grow; a client that names
    /// a sequence has had it acknowledged.
    fn acknowledged(&self, min_seq: Option<u64>) -> u64 {
        self.known.unwrap_or_else(|| min_seq.unwrap_or(0).max(*self.writer.head().borrow()))
    }

    /// Catalog and graph hold for this at least: the catalog is committed first, and its progress published last.
    fn holds(&self) -> u64 {
        let catalog = self.progress.catalog.borrow().seq;
        catalog.min(self.graph().seq())
    }

    async fn catalog_at(&self, (seq, patience): (u64, Duration)) {
        if self.progress.catalog.borrow().seq < seq {
            self.pace.notify_one();
            self.progress.catalog_at(seq, patience).await;
        }
    }

    /// Like `settle`, for search and the catalog that its hits are read from.
    pub async fn settle_search(&self, min_seq: Option<u64>) -> Settled {
        let acknowledged = self.acknowledged(min_seq);
        for (seq, patience) in self.waits(min_seq) {
            if *self.progress.search.borrow() < seq {
                self.catalog_at((seq, patience)).await;
                self.indexer.hurry();
                self.progress.search_at(seq, patience).await;
            }
        }
        let searched = *self.progress.search.borrow();
        Settled { acknowledged, holds: searched.min(self.holds()) }
    }

    /// The log sequences to wait for, and how long: two seconds for one that is named, and after it as long as for any other
    /// question for what had been acknowledged, without which the answer would not be complete.
    fn waits(&self, min_seq: Option<u64>) -> Vec<(u64, Duration)> {
        // What was known then does not grow.
        if self.known.is_some() || min_seq == Some(0) {
            return Vec::new();
        }
        let head = (*self.writer.head().borrow(), Duration::from_millis(self.limits.read_wait_ms));
        min_seq.map(|seq| (seq, NAMED_WAIT)).into_iter().chain([head]).collect()
    }

    /// The newest graph.
    pub fn graph(&self) -> Arc<Graph> {
        self.progress.graph.load()
    }
}
