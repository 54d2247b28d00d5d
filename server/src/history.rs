//! The catalog as it was known at an earlier moment of the server's own clock: the log up to there,
//! folded apart from what is served. Event time says when lineage held; this says who could have known.
//!
//! Folding takes a second for some thousands of entries, so it goes on beside the requests, one moment at a time, and the
//! newest few results are kept. A fold that nobody wants any more is given up.

use crate::app::App;
use crate::catalog::{Projected, Reader};
use crate::graph::Snapshot;
use crate::log::{EventLog, LogError};
use crate::projection::{Indexer, Progress, ProjectionError, Projector};
use crate::search::SearchIndex;
use hashbrown::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

/// How many moments are kept at once, those that are still being folded among them.
const KEPT: usize = 3;
/// Entries that the moments in memory were folded from, together; one of more has all of the room for itself. A moment takes
/// about as much memory as what is served did then, some 4 KiB for an entry.
const ROOM: u32 = 50_000;
/// Until it is looked again whether there is room.
const LOOK: Duration = Duration::from_millis(50);
/// A fold that nobody has waited for, for so long, is given up: who was told to ask again has asked by then.
const LEFT: Duration = Duration::from_secs(30);

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
    /// Ask again; others wait for as many other moments as are put together in turn.
    #[error("others wait for what was known at other moments; ask again in some seconds")]
    Busy,
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
    kept: Arc<Mutex<Vec<Kept>>>,
    /// Folds that began, which have folders of their own.
    begun: AtomicU64,
    /// One is folded at a time.
    turn: Arc<Semaphore>,
    /// What is left of `ROOM`.
    room: Arc<Semaphore>,
}

struct Kept {
    seq: u64,
    state: watch::Receiver<State>,
    interest: Arc<Interest>,
}

#[derive(Clone)]
enum State {
    Folding(u64),
    Ready(Arc<App>),
    Failed(String),
    /// Nobody wants it any more.
    Dropped,
}

/// Who waits for a fold.
#[derive(Default)]
struct Interest {
    waiting: AtomicUsize,
    left: Mutex<Option<Instant>>,
    dropped: CancellationToken,
}

impl Interest {
    fn wait(self: &Arc<Self>) -> Waiting {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(self.clone())
    }

    fn is_waited_for(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// True when it need not go on.
    fn is_over(&self) -> bool {
        let left = *self.left.lock().unwrap_or_else(PoisonError::into_inner);
        self.dropped.is_cancelled() || (!self.is_waited_for() && left.is_some_and(|left| left.elapsed() > LEFT))
    }
}

/// Somebody waits, until this is dropped: also because the client has gone.
struct Waiting(Arc<Interest>);

impl Drop for Waiting {
    fn drop(&mut self) {
        *self.0.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A folder that goes when nobody uses it any more, and with it its place among those that are in memory: an answer that
/// takes long still reads from a moment that made room for another.
pub struct Folder(PathBuf, #[expect(dead_code, reason = "held")] OwnedSemaphorePermit);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl History {
    /// In a folder of the data directory; what an earlier process left there goes.
    pub fn new(data: &Path) -> Self {
        let dir = data.join("history");
        let _ = std::fs::remove_dir_all(&dir);
        Self {
            dir,
            kept: Arc::default(),
            begun: AtomicU64::new(0),
            turn: Arc::new(Semaphore::new(1)),
            room: Arc::new(Semaphore::new(ROOM as usize)),
        }
    }

    /// The app as of `moment`, microseconds since 1970 by the server's clock; waits at most `patience`.
    pub async fn at(&self, app: &Arc<App>, moment: i64, patience: Duration) -> Result<Arc<App>, HistoryError> {
        let seq = known_at(&*app.log, moment).await?;
        if seq == app.log.head().await? {
            return Ok(app.clone());
        }
        let (mut state, _waiting) = self.state(app, seq)?;
        let is_settled = |state: &State| !matches!(state, State::Folding(_));
        let _ = tokio::time::timeout(patience, state.wait_for(is_settled)).await;
        let now = state.borrow().clone();
        match now {
            State::Ready(app) => Ok(app),
            State::Folding(done) => Err(HistoryError::Folding { done, of: seq }),
            State::Dropped => Err(HistoryError::Busy),
            State::Failed(why) => {
                self.lock().retain(|kept| kept.seq != seq);
                Err(HistoryError::Failed(why))
            }
        }
    }

    /// Begins to fold unless that was begun; of those that nobody waits for the one that was asked for longest ago makes
    /// room.
    fn state(&self, app: &Arc<App>, seq: u64) -> Result<(watch::Receiver<State>, Waiting), HistoryError> {
        let mut kept = self.lock();
        kept.retain(|kept| !matches!(*kept.state.borrow(), State::Dropped));
        if let Some(place) = kept.iter().position(|kept| kept.seq == seq) {
            let found = kept.remove(place);
            let answer = (found.state.clone(), found.interest.wait());
            kept.push(found);
            return Ok(answer);
        }
        if kept.len() == KEPT {
            let place = kept.iter().position(|kept| !kept.interest.is_waited_for()).ok_or(HistoryError::Busy)?;
            kept.remove(place).interest.dropped.cancel();
        }
        let (sender, state) = watch::channel(State::Folding(0));
        let interest = Arc::new(Interest::default());
        let waiting = interest.wait();
        kept.push(Kept { seq, state: state.clone(), interest: interest.clone() });
        let dir = self.dir.join(self.begun.fetch_add(1, Ordering::Relaxed).to_string());
        let fold = Fold { dir, seq, app: app.clone(), interest, state: sender };
        tokio::spawn(fold.in_turn(self.turn.clone(), self.room.clone(), self.kept.clone()));
        Ok((state, waiting))
    }

    /// Gives up whatever is being folded.
    pub fn close(&self) {
        self.lock().drain(..).for_each(|kept| kept.interest.dropped.cancel());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for History {
    fn drop(&mut self) {
        self.close();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// The newest entry that the server had taken by a moment; 0 before the first. Their times never go back,
/// so half of them can be passed over at each look.
async fn known_at(log: &dyn EventLog, moment: i64) -> Result<u64, LogError> {
    let (mut known, mut unknown) = (0, log.head().await? + 1);
    while unknown - known > 1 {
        let middle = known + (unknown - known) / 2;
        match log.mark(middle).await?.filter(|mark| mark.seq < unknown) {
            Some(mark) if mark.received_at <= moment => known = mark.seq,
            // Also when there is none that could say.
            _ => unknown = middle,
        }
    }
    Ok(known)
}

/// A moment that is being folded.
struct Fold {
    dir: PathBuf,
    seq: u64,
    app: Arc<App>,
    interest: Arc<Interest>,
    state: watch::Sender<State>,
}

impl Fold {
    /// Waits for those before, then folds on a thread of its own: that is work for a processor.
    async fn in_turn(self, turn: Arc<Semaphore>, room: Arc<Semaphore>, kept: Arc<Mutex<Vec<Kept>>>) {
        let both = async { Some((turn.acquire_owned().await.ok()?, self.place(room, &kept).await)) };
        let permits = tokio::select! {
            permits = both => permits,
            () = self.interest.dropped.cancelled() => None,
        };
        let Some((turn, place)) = permits else { return self.end(Ok(None)) };
        if self.interest.is_over() {
            return self.end(Ok(None));
        }
        let shared = tokio::runtime::Handle::current();
        let body = move || {
            let _turn = turn;
            let folder = Folder(self.dir.clone(), place);
            let done = self.fold(folder, &shared);
            self.end(done);
        };
        // Without a thread the sender is dropped, and whoever waits hears of it.
        let _ = std::thread::Builder::new().name("history".into()).spawn(body);
    }

    /// A place in memory. Moments that are in memory and that nobody waits for make room, the one that was asked for longest
    /// ago first; one that is still read from gives its place back when the last answer is done with it.
    async fn place(&self, room: Arc<Semaphore>, kept: &Mutex<Vec<Kept>>) -> OwnedSemaphorePermit {
        let entries = u32::try_from(self.seq).unwrap_or(ROOM).min(ROOM);
        loop {
            if let Ok(place) = room.clone().try_acquire_many_owned(entries) {
                return place;
            }
            if !make_room(kept) {
                tokio::time::sleep(LOOK).await;
            }
        }
    }

    fn end(&self, done: Result<Option<App>, String>) {
        self.state.send_replace(match done {
            Ok(Some(app)) => State::Ready(Arc::new(app)),
            Ok(None) => State::Dropped,
            Err(why) => {
                tracing::error!(why, seq = self.seq, "could not fold the log up to an earlier entry");
                State::Failed(why)
            }
        });
    }

    /// None when it was given up. The folder is gone after that, and else when the last request has read from it.
    fn fold(&self, folder: Folder, shared: &tokio::runtime::Handle) -> Result<Option<App>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
        let folded = runtime.block_on(self.project()).map_err(|e| e.to_string())?;
        // Readers are opened where they are used: their connections live on the server's runtime.
        let open = |folded| shared.block_on(open(folder, &self.app, folded)).map_err(|e| e.to_string());
        folded.map(open).transpose()
    }

    async fn project(&self) -> Result<Option<Folded>, ProjectionError> {
        let dir = self.dir.as_path();
        let _ = std::fs::remove_dir_all(dir);
        std::fs::create_dir_all(dir).map_err(ProjectionError::Directory)?;
        let mut projector = Projector::open(dir, self.app.log.clone(), self.app.naming.clone()).await?;
        let reader = Reader::open(dir).await?;
        let index = Arc::new(SearchIndex::open(&dir.join("search"))?);
        let indexer = Indexer::new(index, reader.clone(), projector.snapshot());
        indexer.catch_up(projector.projected().seq).await?;
        let mut is_over = false;
        while !is_over && projector.step(self.seq, Some(&indexer)).await? {
            self.state.send_replace(State::Folding(projector.projected().seq));
            is_over = self.interest.is_over();
        }
        if !is_over {
            indexer.flush(&mut HashMap::new(), true).await?;
        }
        let folded = Folded { projected: projector.projected(), graph: projector.snapshot() };
        projector.close().await;
        reader.close().await;
        Ok((!is_over).then_some(folded))
    }
}

/// Forgets the moment in memory that was asked for longest ago, of those that nobody waits for.
fn make_room(kept: &Mutex<Vec<Kept>>) -> bool {
    let mut all = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let is_idle = |one: &Kept| matches!(*one.state.borrow(), State::Ready(_)) && !one.interest.is_waited_for();
    let idle = all.iter().position(is_idle);
    let forgotten = idle.map(|place| all.remove(place));
    drop(all);
    forgotten.is_some()
}

/// What folding leaves in memory.
struct Folded {
    projected: Projected,
    graph: Snapshot,
}

/// An app that reads the past and takes nothing.
async fn open(folder: Folder, app: &App, folded: Folded) -> Result<App, ProjectionError> {
    let dir = folder.0.as_path();
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
        data: app.data.clone(),
        limits: app.limits.clone(),
        redact: app.redact.clone(),
        key: app.key.clone(),
        naming: app.naming.clone(),
        stitching: Arc::default(),
        freshness: Arc::default(),
        work: app.work.clone(),
        demo: app.demo,
        health: app.health.clone(),
        intake: Arc::default(),
        following: app.following.clone(),
        backlog: Arc::default(),
        rebuilding: None,
        known: Some(seq),
        history: None,
        folder: Some(folder),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Running;
    use crate::config::{Config, Limits};
    use crate::ingest::ingest;
    use ingest_adapters::openlineage;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// A server with six events.
    async fn started(data: &Path) -> Running {
        let limits = Limits::default();
        let config = Config {
            data: data.to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            limits: limits.clone(),
            naming: Arc::default(),
            accept_loss: false,
            redact: Arc::default(),
            demo: false,
            hold_projections_at: None,
        };
        let running = Running::start(&config).await.unwrap();
        for n in 0..6 {
            let event = serde_json::json!({
                "eventType": "COMPLETE", "eventTime": "2026-11-01T00:00:00Z", "producer": "test", "schemaURL": "test",
                "run": { "runId": format!("00000000-0000-7000-8000-00000000000{n}") }, "job": { "namespace": "a", "name": "b" },
            });
            let events = openlineage::document(event.to_string().as_bytes(), &limits.body()).unwrap();
            ingest(&running.app(), events).await.unwrap();
        }
        running
    }

    /// Whoever reads slowly must not make room for ever more of them in memory.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_moment_that_is_still_read_keeps_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let running = started(dir.path()).await;
        let app = running.app();
        let history = app.history.clone().unwrap();
        let entries = app.log.read_after(0, 6, usize::MAX).await.unwrap();
        let moments: Vec<i64> = entries.iter().flatten().map(|entry| entry.received_at).collect();
        let mut reading = Vec::new();
        for moment in &moments[..KEPT] {
            reading.push(history.at(&app, *moment, PATIENCE).await.unwrap());
        }
        assert_eq!(reading.iter().map(|app| app.known.unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
        // As if they were of many entries.
        assert_eq!(history.room.forget_permits(ROOM as usize), ROOM as usize - 6);
        let next = history.at(&app, moments[KEPT], Duration::from_millis(300)).await;
        assert!(matches!(next, Err(HistoryError::Folding { done: 0, of: 4 })), "{:?}", next.err());
        // There is room for four when those of one and of three entries are gone.
        reading.remove(2);
        reading.remove(0);
        let next = history.at(&app, moments[KEPT], PATIENCE).await.unwrap();
        assert_eq!(next.known, Some(4));
        drop((next, reading, app, history));
        running.stop(PATIENCE).await;
    }
}
