//! Runs: by id, by job, by dataset, by parent, newest first.

use super::{Page, Reader, json};
use crate::catalog::{CatalogError, sealed};
use crate::fold::run::{Run, RunState};
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};
use uuid::Uuid;

/// A run.
#[derive(Clone, Debug)]
pub struct RunRow {
    /// The catalog's number.
    pub number: i64,
    /// Its key; `run.text` holds the id as sent when it is no UUID.
    pub id: Uuid,
    /// The catalog's number of its job.
    pub job: u32,
    /// Derived id of its job.
    pub job_id: Uuid,
    /// Merged from its events.
    pub run: Run,
}

/// A run's place in a list: its time, then its key and its job, so that the order of arrival decides
/// nothing.
pub type RunPlace = (i64, Uuid, Uuid);

/// The place behind everything that began after this event time, microseconds since 1970.
pub fn begun_by(moment: i64) -> RunPlace {
    (moment, Uuid::max(), Uuid::max())
}

impl RunRow {
    /// Where it stands in a list.
    pub fn place(&self) -> RunPlace {
        (self.run.sort_at(), self.id, self.job_id)
    }
}

/// What `run` reads; conditions follow.
pub(super) const SELECT: &str = "SELECT id, uuid, job, doc, (SELECT j.uuid FROM job j WHERE j.id = run.job) AS job_uuid FROM run";

/// Which runs.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// Of this job.
    pub job: Option<u32>,
    /// Under this parent run.
    pub parent: Option<Uuid>,
    /// That read (0) or wrote (1) one of these datasets; either without a role.
    pub datasets: Option<(Vec<u32>, Option<i64>)>,
    /// In one of these states; empty means any.
    pub states: Vec<RunState>,
    /// Started at or after this event time, microseconds since 1970.
    pub since: Option<i64>,
    /// Ended at or before this event time.
    pub ended_by: Option<i64>,
}

impl RunFilter {
    /// The condition; only numbers and fixed text go into it.
    fn sql(&self) -> String {
        let mut sql = String::from("WHERE 1");
        if let Some(job) = self.job {
            sql += &format!(" AND job = {job}");
        }
        if let Some(parent) = self.parent {
            sql += &format!(" AND parent = x'{}'", parent.simple());
        }
        if let Some((datasets, role)) = &self.datasets {
            let role = role.map_or(String::new(), |role| format!(" AND role = {role}"));
            sql += &format!(" AND id IN (SELECT run FROM run_io WHERE dataset IN ({}){role})", list(datasets));
        }
        if !self.states.is_empty() {
            let states: Vec<String> = self.states.iter().map(|state| state.code().to_string()).collect();
            sql += &format!(" AND state IN ({})", states.join(","));
        }
        if let Some(since) = self.since {
            sql += &format!(" AND sort_at >= {since}");
        }
        if let Some(ended_by) = self.ended_by {
            sql += &format!(" AND ended_at <= {ended_by}");
        }
        sql
    }
}

impl Reader {
    /// Every run with this id: one producer may share it among jobs.
    pub async fn runs_by_id(&self, id: Uuid) -> Result<Vec<RunRow>, CatalogError> {
        let rows = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE uuid = ?"))).bind(id.as_bytes().to_vec()).fetch_all(&self.db).await?;
        rows.iter().map(run).collect()
    }

    /// Runs by number, in any order.
    pub async fn runs(&self, numbers: &[i64]) -> Result<Vec<RunRow>, CatalogError> {
        let rows = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE id IN (SELECT value FROM json_each(?))")))
            .bind(json(numbers))
            .fetch_all(&self.db)
            .await?;
        rows.iter().map(run).collect()
    }

    /// Runs newest first.
    pub async fn run_page(&self, filter: &RunFilter, page: Page<RunPlace>) -> Result<Vec<RunRow>, CatalogError> {
        let (time, id, job) = page.after.unwrap_or((i64::MAX, Uuid::max(), Uuid::max()));
        // The first comparison is what the index serves.
        let sql = format!(
            "{SELECT} {} AND sort_at <= ?1 AND (sort_at, uuid, job_uuid) < (?1, ?2, ?3) \
             ORDER BY sort_at DESC, uuid DESC, job_uuid DESC LIMIT ?4",
            filter.sql()
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(time).bind(id.as_bytes().to_vec()).bind(job.as_bytes().to_vec());
        query.bind(page.limit as i64).fetch_all(&self.db).await?.iter().map(run).collect()
    }

    /// How many runs there are.
    pub async fn run_count(&self, filter: &RunFilter) -> Result<u64, CatalogError> {
        let sql = format!("SELECT count(*) FROM run {}", filter.sql());
        let count: i64 = sqlx::query(AssertSqlSafe(sql)).fetch_one(&self.db).await?.get(0);
        Ok(count as u64)
    }

    /// Log sequences of a run's events.
    pub async fn run_events(&self, run: i64, limit: usize) -> Result<Vec<u64>, CatalogError> {
        let rows = sqlx::query("SELECT seq FROM run_event WHERE run = ? ORDER BY seq DESC LIMIT ?")
            .bind(run)
            .bind(limit as i64)
            .fetch_all(&self.db)
            .await?;
        Ok(rows.iter().map(|row| row.get::<i64, _>(0) as u64).collect())
    }

    /// End of the newest completed run that wrote one of these datasets, microseconds since 1970.
    pub async fn last_written(&self, datasets: &[u32]) -> Result<Option<i64>, CatalogError> {
        let sql = "SELECT max(ended_at) FROM run WHERE state = ? AND id IN (SELECT run FROM run_io WHERE dataset IN (SELECT value FROM json_each(?)) AND role = 1)";
        let row = sqlx::query(sql).bind(RunState::Complete.code()).bind(json(datasets)).fetch_one(&self.db).await?;
        Ok(row.get(0))
    }

    /// The newest runs of a job that read one of `read` and wrote one of `written`; `None` asks for nothing.
    pub async fn runs_between(
        &self,
        job: u32,
        read: Option<Vec<u32>>,
        written: Option<Vec<u32>>,
        limit: usize,
    ) -> Result<Vec<RunRow>, CatalogError> {
        let has = |role: u8, place: u8| {
            format!(
                "(?{place} IS NULL OR EXISTS (SELECT 1 FROM run_io io WHERE io.role = {role} AND io.run = run.id \
                 AND io.dataset IN (SELECT value FROM json_each(?{place}))))"
            )
        };
        let sql = format!("{SELECT} WHERE job = ?1 AND {} AND {} ORDER BY sort_at DESC, uuid DESC LIMIT ?4", has(0, 2), has(1, 3));
        let query =
            sqlx::query(AssertSqlSafe(sql)).bind(job).bind(read.map(|read| json(&read))).bind(written.map(|written| json(&written)));
        query.bind(limit as i64).fetch_all(&self.db).await?.iter().map(run).collect()
    }

    /// Whether each run read (bit 1) and wrote (bit 2) one of these datasets.
    pub async fn run_roles(&self, datasets: &[u32], runs: &[i64]) -> Result<std::collections::HashMap<i64, u8>, CatalogError> {
        let sql =
            "SELECT run, role FROM run_io WHERE dataset IN (SELECT value FROM json_each(?)) AND run IN (SELECT value FROM json_each(?))";
        let rows = sqlx::query(sql).bind(json(datasets)).bind(json(runs)).fetch_all(&self.db).await?;
        let mut roles = std::collections::HashMap::new();
        for row in rows {
            *roles.entry(row.get(0)).or_insert(0) |= 1 << row.get::<i64, _>(1);
        }
        Ok(roles)
    }
}

impl Reader {
    /// The text of each facet key of a run with the log sequence of its winner; removed ones left out.
    pub async fn run_facets(&self, run: &Run) -> Result<Vec<(String, u64)>, CatalogError> {
        let mut facets = Vec::new();
        for (&key, facet) in run.facets.iter().filter(|(_, facet)| !facet.deleted) {
            facets.push((self.key(key).await?, facet.seq));
        }
        Ok(facets)
    }
}

fn list(numbers: &[u32]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

pub(super) fn run(row: &SqliteRow) -> Result<RunRow, CatalogError> {
    Ok(RunRow {
        number: row.get(0),
        id: Uuid::from_slice(row.get(1)).map_err(|e| CatalogError::Damaged(e.to_string()))?,
        job: row.get::<i64, _>(2) as u32,
        job_id: Uuid::from_slice(row.get(4)).map_err(|e| CatalogError::Damaged(e.to_string()))?,
        run: sealed::unpack(row.get(3))?,
    })
}
