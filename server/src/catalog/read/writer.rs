//! Who wrote a dataset, as of a moment.

use super::run::{RunRow, run};
use super::{Reader, json};
use crate::catalog::CatalogError;
use crate::fold::run::RunState;
use sqlx::AssertSqlSafe;

/// Runs that wrote one of the datasets in the second place.
const WROTE: &str = "id IN (SELECT run FROM run_io WHERE role = 1 AND dataset IN (SELECT value FROM json_each(?2)))";

impl Reader {
    /// Completed runs that wrote one of these datasets and ended by `moment`, microseconds since 1970; the
    /// newest first.
    pub async fn written_by(&self, datasets: &[u32], moment: i64, limit: usize) -> Result<Vec<RunRow>, CatalogError> {
        let sql = format!(
            "{} WHERE ended_at <= ?1 AND {WROTE} AND state = {} ORDER BY ended_at DESC, uuid DESC, job_uuid DESC LIMIT ?3",
            super::run::SELECT,
            RunState::Complete.code()
        );
        self.writers(sql, datasets, moment, limit).await
    }

    /// Runs that began by `moment`, had not ended then, and wrote one of these datasets at some time; the
    /// newest first.
    pub async fn being_written_by(&self, datasets: &[u32], moment: i64, limit: usize) -> Result<Vec<RunRow>, CatalogError> {
        let sql = format!(
            "{} WHERE sort_at <= ?1 AND {WROTE} AND (ended_at > ?1 OR ended_at IS NULL) ORDER BY sort_at DESC, uuid DESC, job_uuid DESC LIMIT ?3",
            super::run::SELECT
        );
        self.writers(sql, datasets, moment, limit).await
    }

    async fn writers(&self, sql: String, datasets: &[u32], moment: i64, limit: usize) -> Result<Vec<RunRow>, CatalogError> {
        let query = sqlx::query(AssertSqlSafe(sql)).bind(moment).bind(json(datasets)).bind(limit as i64);
        query.fetch_all(&self.db).await?.iter().map(run).collect()
    }
}
