//! The running server without its network side: log, projections, and what requests need of them.

mod running;

pub use running::{Running, StartError, lock, loss_at_rest, open_log};

use crate::catalog::{Projected, Reader};
use crate::completeness::Settled;
use crate::config::Limits;
use crate::freshness::Freshness;
use crate::graph::Graph;
use crate::health::Health;
use crate::history::{Folder, History};
use crate::lifecycle::Set;
use crate::log::{EventLog, LogWriter};
use crate::projection::{Backlog, Effort, Indexer, Progress};
use crate::search::SearchIndex;
use crate::secret::Key;
use crate::stitching::Stitching;
use crate::work::Work;
use schema::naming::Rules;
use schema::redact;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How long a request waits for the log sequence that it names.
const NAMED_WAIT: Duration = Duration::from_secs(2);

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
    /// The data folder.
    pub data: PathBuf,
    /// Bounds.
    pub limits: Limits,
    /// Which credentials are taken out of events before they are stored.
    pub redact: Arc<redact::Rules>,
    /// What arrived with them is known again by a hash under this key.
    pub key: Arc<Key>,
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
    /// The folder of an earlier state, which goes with it.
    pub folder: Option<Folder>,
}

/// A set of projections that answers as of where it ends, while another one is built.
#[derive(Clone)]
pub struct Rebuilding {
    /// Why, in words that end no sentence.
    pub why: String,
    /// How far the other one is.
    pub progress: watch::Receiver<Projected>,
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
            data: self.data.clone(),
            limits: self.limits.clone(),
            redact: self.redact.clone(),
            key: self.key.clone(),
            naming: self.naming.clone(),
            // Both remember what they read in the catalog.
            stitching: Arc::default(),
            freshness: Arc::default(),
            work: self.work.clone(),
            demo: self.demo,
            health: self.health.clone(),
            intake: self.intake.clone(),
            following: self.following.clone(),
            backlog: self.backlog.clone(),
            rebuilding,
            known: None,
            history: self.history.clone(),
            folder: None,
        }
    }

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
        // Nor does what answers while another set is built; a client that names a sequence asks again, but not at once.
        if self.rebuilding.is_some() {
            return min_seq.map(|seq| (seq, NAMED_WAIT)).into_iter().collect();
        }
        let head = (*self.writer.head().borrow(), Duration::from_millis(self.limits.read_wait_ms));
        min_seq.map(|seq| (seq, NAMED_WAIT)).into_iter().chain([head]).collect()
    }

    /// The newest graph.
    pub fn graph(&self) -> Arc<Graph> {
        self.progress.graph.load()
    }
}
