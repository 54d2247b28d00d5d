//! The catalog: datasets, jobs, runs and their facets in a local SQLite file. A projection: the
//! writer folds facts into it, readers answer from it, and deleting it costs only a rebuild. It
//! knows nothing of the graph, whose packed rows it keeps as bytes.

mod absorb;
mod absorb_identity;
mod bulk;
mod check;
mod commit;
mod condition;
mod digest;
mod journal;
mod load;
mod meta;
mod names;
mod naming;
mod packed;
pub mod read;
mod sealed;
mod searchable;
mod unreadable;
mod whole;

pub use check::damage;
pub use commit::Projected;
pub use condition::{Condition, Look, copy_catalog};
pub use naming::Naming;
pub use packed::PackedSince;
pub use read::Reader;
pub use whole::keep_sum;

use crate::fold::entity::Entity;
use crate::fold::flow::Ruled;
use crate::fold::run::Run;
use crate::sqlite::{self, Durability, OpenError};
use hashbrown::{HashMap, HashSet};
use names::Names;
use schema::log::ContentHash;
use sqlx::{ConnectOptions, Connection, Row, SqlitePool};
use std::path::Path;
use uuid::Uuid;

const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/catalog/1.sql"),
    include_str!("../../migrations/catalog/2.sql"),
    include_str!("../../migrations/catalog/3.sql"),
    include_str!("../../migrations/catalog/4.sql"),
    include_str!("../../migrations/catalog/5.sql"),
    include_str!("../../migrations/catalog/6.sql"),
];

/// The format that these steps make. A catalog of another one is not brought to it but made anew from the log.
const FORMAT: i64 = MIGRATIONS.len() as i64;

/// What the caller of the catalog can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The file cannot be used as it is; deleting it rebuilds it from the log.
    #[error(transparent)]
    Unusable(#[from] OpenError),
    /// SQLite failed; try again, then rebuild.
    #[error("the catalog cannot be read or written")]
    Database(#[from] sqlx::Error),
    /// A row does not decode; rebuild.
    #[error("the catalog is damaged: {0}")]
    Damaged(String),
}

impl CatalogError {
    /// True when what is stored is not what was written: trying again does not help, making it anew does.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Unusable(OpenError::Database(e)) | Self::Database(e) => sqlite::is_damage(e),
            Self::Unusable(_) => false,
            Self::Damaged(_) => true,
        }
    }

    /// What failed, for operators and clients, without the text of libraries, which is in the server's log.
    pub fn words(&self) -> String {
        match self {
            Self::Unusable(OpenError::Database(e)) | Self::Database(e) => sqlite::words(e, "catalog.db"),
            Self::Unusable(_) | Self::Damaged(_) => self.to_string(),
        }
    }

    /// The sentence and what SQLite said, for logs and health.
    pub fn with_cause(&self) -> String {
        match self {
            Self::Unusable(OpenError::Database(e)) | Self::Database(e) => format!("{self}: {e}"),
            Self::Unusable(_) | Self::Damaged(_) => self.to_string(),
        }
    }
}

impl From<postcard::Error> for CatalogError {
    fn from(error: postcard::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// How many entities and runs stay decoded in memory between batches.
const CACHE: usize = 200_000;

/// The one who writes. There is one per catalog file.
pub struct Writer {
    db: SqlitePool,
    names: Names,
    naming: Naming,
    datasets: HashMap<u32, Entity>,
    jobs: HashMap<u32, Entity>,
    runs: HashMap<(Uuid, u32), (i64, Run)>,
    known_content: HashSet<ContentHash>,
    known_columns: HashSet<ContentHash>,
    known_parents: HashSet<(u32, u32)>,
    /// What each producer is known to have said of each dataset.
    known_said: HashMap<(u32, u32), u8>,
    next_run: i64,
    projected: Projected,
    batch: absorb::Batch,
}

impl Writer {
    /// Opens `catalog.db` in a folder, or makes one. One that is there is of this format: see [`Look`].
    pub async fn open(dir: &Path, naming: Naming) -> Result<Self, CatalogError> {
        let db = sqlite::open(&dir.join("catalog.db"), Durability::Normal, 1).await?;
        sqlite::migrate(&db, MIGRATIONS).await?;
        let names = Names::load(&db).await?;
        let seq = meta::get(&db, "seq").await?.unwrap_or_default();
        let last_run: i64 = sqlx::query("SELECT coalesce(max(id), 0) FROM run").fetch_one(&db).await?.get(0);
        let columns = counted(&db, "columns", "SELECT coalesce(sum(columns), 0) FROM dataset").await?;
        let listed = counted(&db, "listed", "SELECT coalesce(sum(listed), 0) FROM dataset").await?;
        let projected = Projected {
            seq: seq as u64,
            datasets: listed as u64,
            jobs: names.jobs.len() as u64,
            runs: last_run as u64,
            columns: columns as u64,
        };
        Ok(Self {
            db,
            names,
            naming,
            datasets: HashMap::new(),
            jobs: HashMap::new(),
            runs: HashMap::new(),
            known_content: HashSet::new(),
            known_columns: HashSet::new(),
            known_parents: HashSet::new(),
            known_said: HashMap::new(),
            next_run: last_run + 1,
            projected,
            batch: absorb::Batch::default(),
        })
    }

    /// What the naming rules say of the datasets from this number on; before, they gave these names.
    pub async fn ruled(&mut self, reader: &Reader, from: u32, given: impl Iterator<Item = Uuid>) -> Result<Vec<Ruled>, CatalogError> {
        let names = &self.names.datasets;
        self.naming.go_on(reader, (from, given), |id| names.get(id).copied()).await
    }

    /// How many datasets have a number.
    pub fn numbered(&self) -> u32 {
        self.names.dataset_ids.len() as u32
    }

    /// The derived ids of all datasets and of all jobs, by number.
    pub fn ids(&self) -> (&[Uuid], &[Uuid]) {
        (&self.names.dataset_ids, &self.names.job_ids)
    }

    /// What the file holds.
    pub fn projected(&self) -> Projected {
        self.projected
    }

    /// Keeps the caches from growing without bound; called between batches.
    fn trim(&mut self) {
        if self.datasets.len() + self.jobs.len() + self.runs.len() > CACHE {
            self.datasets.clear();
            self.jobs.clear();
            self.runs.clear();
        }
        if self.known_content.len() + self.known_columns.len() + self.known_parents.len() + self.known_said.len() > 4 * CACHE {
            self.known_content.clear();
            self.known_columns.clear();
            self.known_parents.clear();
            self.known_said.clear();
        }
    }

    /// Closes the file cleanly, with everything in it and nothing beside it.
    pub async fn close(&self) {
        if let Err(e) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.db).await {
            tracing::warn!(error = %e, "the catalog's write-ahead log was left beside it");
        }
        self.db.close().await;
    }
}

/// Which entry of the log the catalog in this directory holds for, and the hash of its content; without
/// making or changing a catalog. `None` when there is none, or none that holds anything.
pub async fn watermark(dir: &Path) -> Result<Option<(u64, ContentHash)>, CatalogError> {
    let path = dir.join("catalog.db");
    if !path.exists() {
        return Ok(None);
    }
    let mut db = sqlite::options(&path, Durability::Normal).create_if_missing(false).connect().await?;
    let row = sqlx::query("SELECT meta.value AS seq, mark.* FROM meta, mark WHERE meta.key = 'seq'").fetch_optional(&mut db).await?;
    db.close().await?;
    let Some(row) = row else { return Ok(None) };
    let (seq, hash): (i64, &[u8]) = (row.try_get("seq")?, row.try_get("hash")?);
    // Formats before this one had no sum.
    if row.try_get::<i64, _>("sum").is_ok_and(|sum| sum != sealed::sum_of_mark(seq, hash)) {
        return Err(CatalogError::Damaged("what it holds for is not what was written".into()));
    }
    Ok(ContentHash::from_slice(hash).map(|hash| (seq as u64, hash)))
}

/// A count as the last commit kept it; catalogs before that was kept are counted once more.
async fn counted(db: &SqlitePool, key: &str, sql: &'static str) -> Result<i64, CatalogError> {
    match meta::get(db, key).await? {
        Some(count) => Ok(count),
        None => Ok(sqlx::query(sql).fetch_one(db).await?.get(0)),
    }
}
