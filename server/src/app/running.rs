//! Starting and ending what is served: the log first, which everything else may wait for; the projections in the care of
//! `lifecycle`.

use super::App;
use crate::catalog::Projected;
use crate::config::Config;
use crate::health::Health;
use crate::history::History;
use crate::lifecycle::{self, Lifecycle, Serving};
use crate::log::{EventLog, LogError, LogWriter, SqliteLog};
use crate::log_health;
use crate::projection::{Loss, ProjectionError, folder, loss, loss_of_all, set_aside};
use crate::secret::Key;
use crate::work::Work;
use arc_swap::ArcSwap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A start waits so long for projections; a graph of millions of edges takes longer.
const OPENING: Duration = Duration::from_secs(3);
/// A stop waits so long for whoever holds the log.
const LET_GO: Duration = Duration::from_millis(300);

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
    crate::folder::make_private(dir).map_err(failed)?;
    let file = File::create(dir.join("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::InUse(dir.display().to_string())),
        Err(std::fs::TryLockError::Error(e)) => Err(failed(e)),
    }
}

/// Opens the log, unless it lost what was acknowledged and that is not accepted.
pub async fn open_log(config: &Config) -> Result<SqliteLog, StartError> {
    if let Some(loss) = loss_at_rest(&config.data).await {
        accept(config, loss)?;
    }
    let log = SqliteLog::open(&config.data).await?;
    // What could not be seen from outside, because it could not be read yet.
    if let Some(loss) = loss(&config.data, &log).await? {
        log.close().await;
        accept(config, loss)?;
        // Its record of what was acknowledged was moved away.
        return Ok(SqliteLog::open(&config.data).await?);
    }
    Ok(log)
}

/// What a log that nobody has open lost. It is only looked at: SQLite, once it may write, folds in what a crash left beside
/// the file and cuts off what it cannot read of it, and whoever puts the log together again needs both as they are.
pub async fn loss_at_rest(data: &Path) -> Option<Loss> {
    if SqliteLog::is_gone(data) {
        return loss_of_all(data).await;
    }
    // A log that cannot be looked at is opened, which says why it cannot be used.
    let log = SqliteLog::look(data).await.ok()??;
    let found = loss(data, &log).await;
    log.close().await;
    found.ok()?
}

/// Refuses a loss, unless it is accepted; then what is known of it is kept.
fn accept(config: &Config, loss: Loss) -> Result<(), StartError> {
    if !config.accept_loss {
        return Err(StartError::Loss(loss));
    }
    let aside = set_aside(&config.data)?;
    tracing::error!("{loss}; going on without them, as --accept-loss says. The old projections are in {}", aside.display());
    Ok(())
}

impl Running {
    /// Opens the log and begins to follow it. Returns when there is something to answer with, or soon: projections that
    /// take long, or cannot be opened, are no reason not to take events.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let lock = lock(&config.data)?;
        folder::remove_leftovers(&config.data);
        let log: Arc<dyn EventLog> = Arc::new(open_log(config).await?.with_quarantine(config.limits.quarantine_bytes));
        let health: Arc<Health> = Arc::default();
        let (writer, writer_task) = LogWriter::start(log.clone(), crate::ingest::now_micros, log_health::writing(&health)).await?;
        tokio::spawn(log_health::entries(log.unreadable(), health.clone()));
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
            data: config.data.clone(),
            limits: config.limits.clone(),
            redact: config.redact.clone(),
            key: Arc::new(Key::open(&config.data)),
            naming: config.naming.clone(),
            stitching: Arc::default(),
            freshness: Arc::default(),
            work: Arc::new(Work::new(&config.limits)),
            demo: config.demo,
            health,
            intake: Arc::default(),
            following: followed,
            backlog: Arc::default(),
            rebuilding: None,
            known: None,
            history: Some(Arc::new(History::new(&config.data))),
            folder: None,
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

    /// Stops following and closes the log, `within` that time whatever the projections do: a projector that is deep in a
    /// batch is left behind, and goes on from its last commit at the next start.
    pub async fn stop(self, within: Duration) {
        let log = self.app().log.clone();
        self.stop.cancel();
        if let Some(history) = &self.app().history {
            history.close();
        }
        if tokio::time::timeout(within.saturating_sub(2 * LET_GO), self.lifecycle).await.is_err() {
            tracing::warn!("the projections are busy and were left behind; they go on from their last commit at the next start");
        }
        drop(self.served);
        // Ends once the last holder of a writer is gone; a request that hangs must not keep us.
        let _ = tokio::time::timeout(LET_GO, self.writer).await;
        let _ = tokio::time::timeout(LET_GO, log.close()).await;
    }
}
