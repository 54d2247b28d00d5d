//! What the catalog knows of runs and schemas that may have gone wrong, for many jobs and datasets at once.

use super::run::{SELECT, run};
use super::{Reader, RunRow, json};
use crate::catalog::CatalogError;
use sqlx::{AssertSqlSafe, Row};

/// Jobs or datasets of one statement.
const CHUNK: usize = 4096;

/// Which runs are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All that began.
    Any,
    /// Those that ended, however.
    Ended,
    /// Those that ended well.
    Completed,
}

impl Reader {
    /// Of each job its newest run that began by this time, microseconds since 1970, of those that are wanted: those that
    /// ended had done so by then.
    pub async fn newest_runs(&self, jobs: &[u32], until: i64, which: Which) -> Result<Vec<RunRow>, CatalogError> {
        let states = match which {
            Which::Any => "state > 0",
            Which::Ended => "state IN (3, 4, 5) AND ended_at <= ?2",
            Which::Completed => "state = 3 AND ended_at <= ?2",
        };
        // Left to itself SQLite takes the index by state, and goes through all runs for each job.
        let sql = format!(
            "{SELECT} WHERE id IN (SELECT (SELECT id FROM run INDEXED BY run_job WHERE job = j.value AND {states} AND sort_at <= ?2 \
             ORDER BY sort_at DESC, uuid DESC LIMIT 1) FROM json_each(?1) j)"
        );
        let mut runs = Vec::new();
        for chunk in jobs.chunks(CHUNK) {
            let rows = sqlx::query(AssertSqlSafe(sql.clone())).bind(json(chunk)).bind(until).fetch_all(&self.db).await?;
            for row in &rows {
                runs.push(run(row)?);
            }
        }
        Ok(runs)
    }

    /// Of each job when its newest runs began, the newest first: at most so many, all by this time.
    pub async fn newest_starts(&self, jobs: &[u32], until: i64, limit: usize) -> Result<Vec<(u32, Vec<i64>)>, CatalogError> {
        let sql = "SELECT j.value, (SELECT json_group_array(sort_at) FROM (SELECT sort_at FROM run INDEXED BY run_job WHERE job = j.value AND state > 0 \
                   AND sort_at <= ?2 ORDER BY sort_at DESC LIMIT ?3)) FROM json_each(?1) j";
        let mut starts = Vec::new();
        for chunk in jobs.chunks(CHUNK) {
            let rows = sqlx::query(sql).bind(json(chunk)).bind(until).bind(limit as i64).fetch_all(&self.db).await?;
            for row in &rows {
                let times: Vec<i64> = serde_json::from_str(row.get(1)).map_err(|e| CatalogError::Damaged(e.to_string()))?;
                starts.push((row.get::<i64, _>(0) as u32, times));
            }
        }
        Ok(starts)
    }

    /// Datasets, under their own names, with a schema first asserted in this time, the begin left out, the end included.
    pub async fn schemas_between(&self, datasets: &[u32], since: i64, until: i64) -> Result<Vec<u32>, CatalogError> {
        let Some(key) = self.key_id("schema").await? else { return Ok(Vec::new()) };
        let sql = "SELECT DISTINCT entity / 2 FROM facet WHERE entity IN (SELECT 2 * value FROM json_each(?1)) AND key = ?2 \
                   AND deleted = 0 AND first > ?3 AND first <= ?4 ORDER BY 1";
        let mut found = Vec::new();
        for chunk in datasets.chunks(CHUNK) {
            let rows = sqlx::query(sql).bind(json(chunk)).bind(key).bind(since).bind(until).fetch_all(&self.db).await?;
            found.extend(rows.iter().map(|row| row.get::<i64, _>(0) as u32));
        }
        Ok(found)
    }

    /// Events at this event time of runs that read or wrote one of these datasets, by number.
    pub async fn events_of_datasets(&self, datasets: &[u32], time: i64) -> Result<Vec<u64>, CatalogError> {
        let sql = "SELECT seq FROM event WHERE time = ?2 AND seq IN (SELECT re.seq FROM run_event re WHERE re.run IN \
                   (SELECT io.run FROM run_io io JOIN run r ON r.id = io.run WHERE io.dataset IN (SELECT value FROM json_each(?1)) \
                   AND r.sort_at <= ?2 AND coalesce(r.ended_at, ?2) >= ?2)) ORDER BY seq";
        let rows = sqlx::query(sql).bind(json(datasets)).bind(time).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| row.get::<i64, _>(0) as u64).collect())
    }

    /// Events of a run at this event time, by number.
    pub async fn events_of_run(&self, run: i64, time: i64) -> Result<Vec<u64>, CatalogError> {
        let sql = "SELECT seq FROM event WHERE time = ?2 AND seq IN (SELECT seq FROM run_event WHERE run = ?1) ORDER BY seq";
        let rows = sqlx::query(sql).bind(run).bind(time).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| row.get::<i64, _>(0) as u64).collect())
    }
}
