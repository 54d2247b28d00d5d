//! What edges rest on: the runs that read the one end and wrote the other, of many edges at once.

use super::{Reader, RunRow, json};
use crate::catalog::CatalogError;
use sqlx::{AssertSqlSafe, Row};
use std::collections::{BTreeSet, HashMap};

/// Runs of a job that read one of some datasets and wrote one of others; `None` asks for nothing.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Between {
    /// The catalog's number of the job.
    pub job: u32,
    /// The catalog's numbers.
    pub read: Option<Vec<u32>>,
    /// The catalog's numbers.
    pub written: Option<Vec<u32>>,
}

/// The runs behind an edge.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// All of them.
    pub total: u64,
    /// The newest.
    pub runs: Vec<RunEvents>,
}

/// A run and its events.
#[derive(Clone, Debug)]
pub struct RunEvents {
    /// As sent.
    pub id: String,
    /// All of its events.
    pub total: u64,
    /// Log sequences of the newest.
    pub events: Vec<u64>,
}

/// Edges of one statement.
const CHUNK: usize = 512;

impl Reader {
    /// The newest runs behind each edge with their newest events, in the order of the edges.
    pub async fn evidence(&self, edges: &[Between], runs: usize, events: usize) -> Result<Vec<Evidence>, CatalogError> {
        let mut all = Vec::with_capacity(edges.len());
        for chunk in edges.chunks(CHUNK) {
            let counted = self.runs_behind(chunk, runs).await?;
            let numbers: BTreeSet<i64> = counted.iter().flat_map(|(_, runs)| runs).copied().collect();
            let numbers: Vec<i64> = numbers.into_iter().collect();
            let rows: HashMap<i64, RunRow> = self.runs(&numbers).await?.into_iter().map(|row| (row.number, row)).collect();
            let events = self.newest_events(&numbers, events).await?;
            all.extend(counted.into_iter().map(|(total, numbers)| Evidence { total, runs: named(&numbers, &rows, &events) }));
        }
        Ok(all)
    }

    /// How many runs are behind each edge, and the numbers of the newest.
    async fn runs_behind(&self, edges: &[Between], limit: usize) -> Result<Vec<(u64, Vec<i64>)>, CatalogError> {
        let has = |role: u8, datasets: &str| {
            format!(
                "(edge.value ->> '$.{datasets}' IS NULL OR EXISTS (SELECT 1 FROM run_io io WHERE io.role = {role} AND io.run = run.id \
                 AND io.dataset IN (SELECT value FROM json_each(edge.value, '$.{datasets}'))))"
            )
        };
        let behind = format!("FROM run WHERE job = edge.value ->> '$.job' AND {} AND {}", has(0, "read"), has(1, "written"));
        let newest = format!("SELECT id {behind} ORDER BY sort_at DESC, uuid DESC LIMIT ?2");
        let sql = format!(
            "SELECT (SELECT count(*) {behind}), (SELECT json_group_array(id) FROM ({newest})) FROM json_each(?1) edge ORDER BY edge.key"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(json(edges)).bind(limit as i64).fetch_all(&self.db).await?;
        rows.iter().map(|row| Ok((row.get::<i64, _>(0) as u64, list(row.get(1))?))).collect()
    }

    /// Log sequences of the newest events of runs, by the run's number.
    async fn newest_events(&self, runs: &[i64], limit: usize) -> Result<HashMap<i64, Vec<u64>>, CatalogError> {
        let sql = "SELECT one.value, (SELECT json_group_array(seq) FROM \
                   (SELECT seq FROM run_event WHERE run = one.value ORDER BY seq DESC LIMIT ?2)) FROM json_each(?1) one";
        let rows = sqlx::query(sql).bind(json(runs)).bind(limit as i64).fetch_all(&self.db).await?;
        rows.iter().map(|row| Ok((row.get(0), list(row.get(1))?))).collect()
    }
}

/// Runs as they are sent, newest first.
fn named(numbers: &[i64], rows: &HashMap<i64, RunRow>, events: &HashMap<i64, Vec<u64>>) -> Vec<RunEvents> {
    let mut found: Vec<&RunRow> = numbers.iter().filter_map(|number| rows.get(number)).collect();
    found.sort_by_key(|row| std::cmp::Reverse((row.run.sort_at(), row.id)));
    let run = |row: &RunRow| {
        let mut events = events.get(&row.number).cloned().unwrap_or_default();
        events.sort_unstable_by(|a, b| b.cmp(a));
        RunEvents { id: row.run.text.clone().unwrap_or_else(|| row.id.to_string()), total: u64::from(row.run.events), events }
    };
    found.into_iter().map(run).collect()
}

pub(super) fn list<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, CatalogError> {
    serde_json::from_str(text).map_err(|e| CatalogError::Damaged(format!("a list of numbers does not decode: {e}")))
}
