//! When datasets were written and read last, for all of them at once, and which runs have news since.

use super::run::{SELECT, run};
use super::{Reader, RunRow, json};
use crate::catalog::CatalogError;
use crate::fold::run::RunState;
use sqlx::{AssertSqlSafe, Row};

/// The newest good write of a dataset under one of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteRow {
    /// The catalog's number of the dataset.
    pub dataset: u32,
    /// End of the run, microseconds since 1970.
    pub at: i64,
    /// The catalog's number of the run.
    pub run: i64,
}

/// Runs or datasets of one statement.
const CHUNK: usize = 4096;

impl Reader {
    /// The newest completed run that wrote each dataset and had ended by this time, microseconds since 1970; of datasets
    /// that none wrote there is no row.
    pub async fn good_writes(&self, until: i64) -> Result<Vec<WriteRow>, CatalogError> {
        // Next to a lone max() SQLite gives the other columns of the row that has it.
        let sql = "SELECT io.dataset, max(r.ended_at), r.id FROM run_io io JOIN run r ON r.id = io.run \
                   WHERE io.role = 1 AND r.state = ? AND r.ended_at <= ? GROUP BY io.dataset";
        let rows = sqlx::query(sql).bind(RunState::Complete.code()).bind(until).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| WriteRow { dataset: row.get::<i64, _>(0) as u32, at: row.get(1), run: row.get(2) }).collect())
    }

    /// Like `good_writes`, of these datasets alone.
    pub async fn good_writes_of(&self, datasets: &[u32]) -> Result<Vec<WriteRow>, CatalogError> {
        let sql = "SELECT io.dataset, max(r.ended_at), r.id FROM run_io io JOIN run r ON r.id = io.run \
                   WHERE io.dataset IN (SELECT value FROM json_each(?)) AND io.role = 1 AND r.state = ? GROUP BY io.dataset";
        let mut found = Vec::new();
        for chunk in datasets.chunks(CHUNK) {
            let rows = sqlx::query(sql).bind(json(chunk)).bind(RunState::Complete.code()).fetch_all(&self.db).await?;
            found.extend(rows.iter().map(|row| WriteRow { dataset: row.get::<i64, _>(0) as u32, at: row.get(1), run: row.get(2) }));
        }
        Ok(found)
    }

    /// End of the newest run that read each dataset; of runs that have not ended their start. Later ones than this time do
    /// not count.
    pub async fn last_reads(&self, until: i64) -> Result<Vec<(u32, i64)>, CatalogError> {
        let sql = "SELECT io.dataset, max(coalesce(r.ended_at, r.sort_at)) FROM run_io io JOIN run r ON r.id = io.run \
                   WHERE io.role = 0 AND coalesce(r.ended_at, r.sort_at) <= ? GROUP BY io.dataset";
        let rows = sqlx::query(sql).bind(until).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| (row.get::<i64, _>(0) as u32, row.get(1))).collect())
    }

    /// The same by job: job, dataset, time.
    pub async fn last_reads_by_job(&self, until: i64) -> Result<Vec<(u32, u32, i64)>, CatalogError> {
        let sql = "SELECT r.job, io.dataset, max(coalesce(r.ended_at, r.sort_at)) FROM run_io io JOIN run r ON r.id = io.run \
                   WHERE io.role = 0 AND coalesce(r.ended_at, r.sort_at) <= ? GROUP BY r.job, io.dataset";
        let rows = sqlx::query(sql).bind(until).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| (row.get::<i64, _>(0) as u32, row.get::<i64, _>(1) as u32, row.get(2))).collect())
    }

    /// Runs with events above a log sequence, up to another.
    pub async fn runs_heard_of(&self, after: u64, until: u64) -> Result<Vec<RunRow>, CatalogError> {
        let sql = "SELECT DISTINCT run FROM event WHERE seq > ? AND seq <= ? AND run IS NOT NULL";
        let rows = sqlx::query(sql).bind(after as i64).bind(until as i64).fetch_all(&self.db).await?;
        let numbers: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        let mut runs = Vec::with_capacity(numbers.len());
        for chunk in numbers.chunks(CHUNK) {
            runs.extend(self.runs(chunk).await?);
        }
        Ok(runs)
    }

    /// Runs that began and have not ended, of all jobs or of some.
    pub async fn open_runs(&self, jobs: Option<&[u32]>) -> Result<Vec<RunRow>, CatalogError> {
        let sql = format!("{SELECT} WHERE state IN (1, 2) AND (?1 IS NULL OR job IN (SELECT value FROM json_each(?1)))");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(jobs.map(json)).fetch_all(&self.db).await?;
        rows.iter().map(run).collect()
    }

    /// The newest completed run that wrote one of these datasets; of several that ended at once the one with the last id.
    pub async fn last_good_run(&self, datasets: &[u32]) -> Result<Option<RunRow>, CatalogError> {
        let sql = format!(
            "{SELECT} WHERE state = ?1 AND id IN (SELECT run FROM run_io WHERE dataset IN (SELECT value FROM json_each(?2)) AND role = 1) \
             ORDER BY ended_at DESC, uuid DESC, job_uuid DESC LIMIT 1"
        );
        let row = sqlx::query(AssertSqlSafe(sql)).bind(RunState::Complete.code()).bind(json(datasets)).fetch_optional(&self.db).await?;
        row.as_ref().map(run).transpose()
    }

    /// The first event of anybody who ever said what a run or job reads, microseconds since 1970.
    pub async fn reads_watched_since(&self) -> Result<Option<i64>, CatalogError> {
        let sql = "SELECT min(first) FROM producer p WHERE EXISTS \
                   (SELECT 1 FROM producer_dataset d WHERE d.producer = p.id AND d.said & 1 = 1)";
        Ok(sqlx::query(sql).fetch_one(&self.db).await?.get(0))
    }
}
