//! The catalog as it was known at an earlier moment of the server's own clock: the log up to there,
//! folded apart from what is served. Event time says when lineage held; this says who could have known.
//!
//! Folding takes a second for some thousands of entries, so it goes on beside the requests, and the
//! newest few results are kept.

use crate::app::App;
use crate::catalog::{Projected, Reader};
use crate::graph::Snapshot;
use crate::log::{EventLog, LogError};
use crate::projection::{Indexer, Progress, ProjectionError, Projector};
use crate::search::SearchIndex;
use hashbrown::HashMap;
use schema::naming::Rules;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How many moments are kept at once.
const KEPT: usize = 3;

/// Why there is no answer for a moment.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Ask again; it is being made.
    #[error("what was known then is being put together: {done} of {of} events so far; ask again in some seconds")]
    Folding {
        /// Entries folded.
        done: u64,
        /// Entries to fold.
        of: u64,
    },
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A projection; the server's log says more.
    #[error("what was known then could not be put together: {0}")]
    Failed(String),
}

/// Earlier states of knowledge, made when they are asked for.
pub struct History {
    dir: PathBuf,
    /// The one asked for last is the last.
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    seq: u64,
    state: watch::Receiver<State>,
}

#[derive(Clone)]
enum State {
    Folding(u64),
    Ready(Arc<App>),
    Failed(String),
}

impl History {
    /// In a folder of the data directory; what an earlier process left there goes.
    pub fn new(data: &Path) -> Self {
        let dir = data.join("history");
        let _ = std::fs::remove_dir_all(&dir);
        Self { dir, kept: Mutex::default() }
    }

    /// The app as of `moment`, microseconds since 1970 by the server's clock; waits at most `patience`.
    pub async fn at(&self, app: &Arc<App>, moment: i64, patience: Duration) -> Result<Arc<App>, HistoryError> {
        let seq = known_at(&*app.log, moment).await?;
        if seq == app.log.head().await? {
            return Ok(app.clone());
        }
        let mut state = self.state(app, seq);
        let is_settled = |state: &State| !matches!(state, State::Folding(_));
        let _ = tokio::time::timeout(patience, state.wait_for(is_settled)).await;
        let now = state.borrow().clone();
        match now {
            State::Ready(app) => Ok(app),
            State::Folding(done) => Err(HistoryError::Folding { done, of: seq }),
            State::Failed(why) => {
                self.lock().retain(|kept| kept.seq != seq);
                Err(HistoryError::Failed(why))
            }
        }
    }

    /// Begins to fold unless that was begun; the one that was asked for longest ago makes room.
    fn state(&self, app: &Arc<App>, seq: u64) -> watch::Receiver<State> {
        let mut kept = self.lock();
        if let Some(place) = kept.iter().position(|kept| kept.seq == seq) {
            let found = kept.remove(place);
            let state = found.state.clone();
            kept.push(found);
            return state;
        }
        if kept.len() == KEPT {
            let oldest = kept.remove(0);
            // Who is still reading keeps the open files.
            let _ = std::fs::remove_dir_all(self.dir.join(oldest.seq.to_string()));
        }
        let (sender, state) = watch::channel(State::Folding(0));
        kept.push(Kept { seq, state: state.clone() });
        begin(self.dir.join(seq.to_string()), seq, app.clone(), sender);
        state
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for History {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// The newest entry that the server had taken by a moment; 0 before the first. Entries are taken in the
/// order of their numbers, so half of them can be passed over at each look.
async fn known_at(log: &dyn EventLog, moment: i64) -> Result<u64, LogError> {
    let (mut known, mut unknown) = (0, log.head().await? + 1);
    while unknown - known > 1 {
        let middle = known + (unknown - known) / 2;
        match log.read(vec![middle]).await?.first() {
            Some(entry) if entry.received_at > moment => unknown = middle,
            _ => known = middle,
        }
    }
    Ok(known)
}

/// Folding is work for a processor: on a thread of its own.
fn begin(dir: PathBuf, seq: u64, app: Arc<App>, state: watch::Sender<State>) {
    let failed = move |why: String, state: &watch::Sender<State>| {
        tracing::error!(why, seq, "could not fold the log up to an earlier entry");
        state.send_replace(State::Failed(why));
    };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return failed("no thread to do it on".into(), &state);
    };
    let shared = tokio::runtime::Handle::current();
    let body = move || {
        let folded = runtime.block_on(fold(&dir, seq, app.log.clone(), app.naming.clone(), &state));
        // Readers are opened where they are used: their connections live on the server's runtime.
        let ready = folded.map_err(|e| e.to_string()).and_then(|parts| shared.block_on(open(&dir, &app, parts)).map_err(|e| e.to_string()));
        match ready {
            Ok(app) => {
                state.send_replace(State::Ready(Arc::new(app)));
            }
            Err(why) => failed(why, &state),
        }
    };
    // Without a thread the sender is dropped, and whoever waits hears of it.
    let _ = std::thread::Builder::new().name("history".into()).spawn(body);
}

/// What folding leaves in memory.
struct Folded {
    projected: Projected,
    graph: Snapshot,
}

async fn fold(
    dir: &Path,
    seq: u64,
    log: Arc<dyn EventLog>,
    rules: Arc<Rules>,
    state: &watch::Sender<State>,
) -> Result<Folded, ProjectionError> {
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir).map_err(ProjectionError::Directory)?;
    let mut projector = Projector::open(dir, log.clone(), rules).await?;
    let reader = Reader::open(dir).await?;
    let index = Arc::new(SearchIndex::open(&dir.join("search"))?);
    let indexer = Indexer::new(index, reader.clone(), projector.snapshot());
    indexer.catch_up(&*log, projector.projected().seq).await?;
    while projector.step(seq, Some(&indexer)).await? {
        state.send_replace(State::Folding(projector.projected().seq));
    }
    indexer.flush(&mut HashMap::new(), true).await?;
    let folded = Folded { projected: projector.projected(), graph: projector.snapshot() };
    projector.close().await;
    reader.close().await;
    Ok(folded)
}

/// An app that reads the past and takes nothing.
async fn open(dir: &Path, app: &App, folded: Folded) -> Result<App, ProjectionError> {
    let catalog = Reader::open(dir).await?;
    let search = Arc::new(SearchIndex::open(&dir.join("search"))?);
    let seq = folded.projected.seq;
    let progress = Progress { catalog: watch::channel(folded.projected).1, search: watch::channel(seq).1, graph: folded.graph.clone() };
    Ok(App {
        log: app.log.clone(),
        writer: app.writer.clone(),
        indexer: Arc::new(Indexer::new(search.clone(), catalog.clone(), folded.graph)),
        catalog,
        search,
        progress,
        effort: Arc::default(),
        pace: Arc::default(),
        folder: app.folder.clone(),
        limits: app.limits.clone(),
        redact: app.redact.clone(),
        naming: app.naming.clone(),
        stitching: Arc::default(),
        freshness: Arc::default(),
        demo: app.demo,
        health: app.health.clone(),
        intake: crate::ingest::Counters::default(),
        known: Some(seq),
        history: None,
    })
}
