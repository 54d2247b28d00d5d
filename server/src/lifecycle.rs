//! The life of the projections in a running server: which set is followed, which one answers, and what happens when one
//! cannot be opened, is damaged, or must be made anew. Intake never waits for any of it.
//!
//! A round begins with what lies in the data directory (`projection::prepare`), opens it on the projector's own thread and
//! follows the log. A set that this program would make differently answers, as of where it ends, until the new one is
//! close to the log's end; then requests see the new one. A damaged set ends the round; the next one makes it anew.

mod set;
mod soundness;
mod thread;

pub use set::{Set, empty};

use crate::app::{App, Rebuilding};
use crate::catalog::Projected;
use crate::config::Config;
use crate::health::Part;
use crate::projection::{Ended, Old, ProjectionError, Trouble, folder, prepare, repaired, set_aside_damaged};
use arc_swap::ArcSwap;
use soundness::Soundness;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use thread::Thread;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A new set takes the place of the old one when it is so many entries from the log's end: it does the rest in less
/// time than a request takes.
const CLOSE: u64 = 256;
/// Requests that were begun with the old set may take so long until it is closed.
const GRACE: Duration = Duration::from_secs(60);
/// And so long when it is damaged: what they read cannot be trusted.
const BRIEFLY: Duration = Duration::from_secs(2);
/// How long search may take to write what is pending when a round ends.
const LAST_FLUSH: Duration = Duration::from_secs(2);

/// What requests see. Another app in its place is seen by the requests that come after.
pub type Serving = Arc<ArcSwap<App>>;

/// Keeps the projections of one data directory.
pub struct Lifecycle {
    config: Config,
    serving: Serving,
    /// How far the set that is followed is, whichever set answers.
    following: Arc<watch::Sender<Projected>>,
    stop: CancellationToken,
    /// Hears when something answers for the first time.
    opened: Option<oneshot::Sender<()>>,
    /// Answers while no set is open.
    nothing: Set,
    /// The set that answers until the one that is followed has caught up.
    old: Option<Set>,
    /// Where the projector panicked last, and whether the catalog was made anew for it.
    panicked: Option<(u64, bool)>,
}

impl Lifecycle {
    /// Takes care of `serving`, which answers from `nothing` so far; tells `opened` when it answers.
    pub fn new(
        config: &Config,
        serving: Serving,
        nothing: Set,
        following: Arc<watch::Sender<Projected>>,
        stop: CancellationToken,
        opened: oneshot::Sender<()>,
    ) -> Self {
        Self { config: config.clone(), serving, nothing, following, stop, opened: Some(opened), old: None, panicked: None }
    }

    /// Goes on until it is stopped, whatever fails.
    pub async fn run(mut self) {
        let health = self.serving.load().health.clone();
        let mut trouble = Trouble::new(health.clone(), Part::Catalog);
        while !self.stop.is_cancelled() {
            self.serving.load().backlog.begin();
            let error = match self.round(&trouble).await {
                Ok(Ended::Stopped) => break,
                Ok(Ended::Damaged(why)) => self.set_aside(&why).err(),
                // What lies there is looked at anew.
                Ok(Ended::Repaired) => None,
                Err(e) if e.is_damage() => self.set_aside(&e.with_causes()).err(),
                Err(e) => Some(e),
            };
            let Some(error) = error else {
                // A new catalog has none of the old one's faults.
                trouble = Trouble::new(health.clone(), Part::Catalog);
                health.mended(Part::Catalog);
                // What was reported of search by whoever followed the old one; what still holds is met again.
                health.mended(Part::Search);
                continue;
            };
            let wait = trouble.meets(&error);
            // There is something to answer with all the same, if only that nothing is known, and intake goes on.
            self.answers();
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stop.cancelled() => break,
            }
        }
        if let Some(old) = self.old.take() {
            old.close(true).await;
        }
    }

    /// One set of projections: opened, followed with, closed.
    async fn round(&mut self, trouble: &Trouble) -> Result<Ended, ProjectionError> {
        let (app, data, stop) = (self.serving.load_full(), self.config.data.clone(), self.stop.clone());
        let prepared = prepare(&data, &*app.log, &self.config.naming).await?;
        let round = stop.child_token();
        let mut thread = Thread::begin(&self.config, &app, self.following.clone(), &round, trouble.handed_on())?;
        let opened = match (&mut thread.opened).await {
            Ok(opened) => opened?,
            Err(_) => return self.panicked(),
        };
        let set = Set::open(&data, opened, &app.health).await?;
        let mut searching = Some(tokio::spawn(thread::index(set.indexer.clone(), app.health.clone(), set.seq(), round.clone())));
        let log = app.log.clone();
        let soundness = Soundness::new(prepared.is_proven, &app.health);
        // Whoever holds the app keeps its set from being closed.
        drop(app);
        let _ = thread.indexer.send(set.indexer.clone());
        let mut ended = thread.ended;
        let outcome = tokio::select! {
            ended = &mut ended => ended,
            never = self.answer(&set, prepared.old) => match never {},
            () = stop.cancelled() => {
                // Search reads in the catalog what it has yet to write. When nobody reads any more the projector can fold
                // its write-ahead log in.
                finish(&mut searching).await;
                let _ = tokio::time::timeout(BRIEFLY, set.catalog.close()).await;
                let ended = ended.await;
                if matches!(ended, Ok(Ended::Stopped)) {
                    soundness.seal(&data).await;
                }
                ended
            }
            () = repaired(&*log, &set.catalog) => {
                round.cancel();
                ended.await.map(|_| Ended::Repaired)
            }
            fault = soundness.fault(&data) => {
                round.cancel();
                // Its files are moved once it has let go of them.
                ended.await.map(|_| Ended::Damaged(fault))
            }
        };
        round.cancel();
        finish(&mut searching).await;
        if !self.stop.is_cancelled() {
            self.answer_nothing().await;
        }
        set.close(self.stop.is_cancelled()).await;
        outcome.or_else(|_| self.panicked())
    }

    /// Shows requests the old set, while there is one and the new one is far from the log's end, and then the new one.
    async fn answer(&mut self, set: &Set, old: Option<Old>) -> Infallible {
        let app = self.serving.load_full();
        let head = app.writer.head();
        let is_close = |seq: u64| seq.saturating_add(CLOSE) >= *head.borrow();
        if let Some(old) = old.filter(|_| !is_close(set.seq()))
            && self.answer_from(&old, set).await
        {
            self.answers();
            app.health
                .note(Part::Catalog, format!("the catalog is built anew ({}); until then answers are as of entry {}", old.why, old.seq));
            set.until(is_close).await;
        }
        let before = self.serving.swap(Arc::new(app.over(set, None)));
        self.answers();
        if let Some(old) = self.old.take() {
            tracing::info!(entry = set.seq(), "the new catalog answers; the old one is deleted");
            app.health.mended(Part::Catalog);
            drop(app);
            let_go(before, GRACE).await;
            old.close(false).await;
        }
        if let Err(e) = folder::remove_old(&self.config.data) {
            tracing::warn!(error = %e, "the old projections cannot be deleted");
        }
        std::future::pending().await
    }

    /// Whether the old set can answer; then it does.
    async fn answer_from(&mut self, old: &Old, set: &Set) -> bool {
        let app = self.serving.load_full();
        if self.old.is_none() {
            match Set::open_old(&old.dir, app.log.clone(), self.config.naming.clone()).await {
                Ok(opened) => self.old = Some(opened),
                Err(e) => {
                    tracing::warn!(error = e.with_causes(), "the old projections cannot be read; the new ones answer from the start");
                    return false;
                }
            }
        }
        let Some(opened) = &self.old else { return false };
        let rebuilding = Rebuilding { why: old.why.clone(), progress: set.progress.catalog.clone() };
        self.serving.store(Arc::new(app.over(opened, Some(rebuilding))));
        true
    }

    /// Until the next set is open: what is not known is said to be behind, where a closed set would fail.
    async fn answer_nothing(&self) {
        let app = self.serving.load_full();
        if app.rebuilding.is_none() {
            let before = self.serving.swap(Arc::new(app.over(&self.nothing, None)));
            drop(app);
            let_go(before, BRIEFLY).await;
        }
    }

    fn answers(&mut self) {
        if let Some(opened) = self.opened.take() {
            let _ = opened.send(());
        }
    }

    fn set_aside(&self, why: &str) -> Result<(), ProjectionError> {
        set_aside_damaged(&self.config.data, why).map_err(ProjectionError::Directory)
    }

    /// A panic may come of a bug or of what is stored. When it comes again at the same place, the catalog is made anew, once.
    fn panicked(&mut self) -> Result<Ended, ProjectionError> {
        let seq = self.following.borrow().seq;
        let (before, made_anew) = self.panicked.filter(|(before, _)| *before == seq).unwrap_or((u64::MAX, false));
        let make_anew = before == seq && !made_anew;
        self.panicked = Some((seq, made_anew || make_anew));
        if make_anew {
            Ok(Ended::Damaged(format!("the projector panicked twice at entry {seq}")))
        } else {
            Err(ProjectionError::Panicked(seq))
        }
    }
}

/// Lets search write what is pending, in a while.
async fn finish(searching: &mut Option<JoinHandle<()>>) {
    if let Some(task) = searching.take() {
        let _ = tokio::time::timeout(LAST_FLUSH, task).await;
    }
}

/// Waits, bounded, until the last request that was begun with an app is answered.
async fn let_go(app: Arc<App>, patience: Duration) {
    let begun = Instant::now();
    while Arc::strong_count(&app) > 1 && begun.elapsed() < patience {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
