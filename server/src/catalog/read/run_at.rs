//! Runs as they stood at an instant of event time: by their events up to then. What a run read and wrote is that of all
//! its events: it is not kept by whose event.

use super::run::{SELECT, run};
use super::run_change::{SUM, SUMMED, Sum};
use super::{Reader, RunRow, json};
use crate::catalog::CatalogError;
use crate::catalog::journal::type_code;
use crate::fold::run::RunState;
use sqlx::{AssertSqlSafe, Row};
use std::collections::HashMap;

/// Runs of one statement.
const CHUNK: usize = 4096;

/// A run as it stood then.
#[derive(Clone, Debug)]
pub struct RunAt {
    /// As it is now.
    pub row: RunRow,
    /// Where it stood.
    pub state: RunState,
    /// When it had ended, microseconds since 1970; none when it had not.
    pub ended_at: Option<i64>,
    /// Its newest event by then.
    pub last: i64,
}

impl Reader {
    /// Runs that began by `moment`, microseconds since 1970, and have not ended, or not before.
    pub async fn under_way_at(&self, moment: i64) -> Result<Vec<RunAt>, CatalogError> {
        let sql = format!("{SELECT} WHERE sort_at <= ?1 AND (ended_at IS NULL OR ended_at > ?1)");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(moment).fetch_all(&self.db).await?;
        let rows = rows.iter().map(run).collect::<Result<_, _>>()?;
        self.stood_at(rows, moment).await
    }

    /// These runs as they stood then; those without an event by then are left out.
    pub async fn stood_at(&self, rows: Vec<RunRow>, moment: i64) -> Result<Vec<RunAt>, CatalogError> {
        let is_past = |row: &RunRow| row.run.span.is_some_and(|span| span.last <= moment);
        let later: Vec<i64> = rows.iter().filter(|row| !is_past(row)).map(|row| row.number).collect();
        let sums = self.sums_at(&later, moment).await?;
        let stood = |row: RunRow| {
            if let Some(span) = row.run.span.filter(|span| span.last <= moment) {
                let (state, ended_at) = (row.run.state(), row.run.ended_at());
                return Some(RunAt { state, ended_at, last: span.last, row });
            }
            let (sum, last) = sums.get(&row.number)?;
            Some(RunAt { state: sum.state()?, ended_at: sum.ended_at(), last: *last, row })
        };
        Ok(rows.into_iter().filter_map(stood).collect())
    }

    async fn sums_at(&self, runs: &[i64], moment: i64) -> Result<HashMap<i64, (Sum, i64)>, CatalogError> {
        let sql = format!(
            "SELECT own.run, max(e.time), {SUM} FROM run_event own JOIN event e ON e.seq = own.seq AND e.run = own.run \
             WHERE own.run IN (SELECT value FROM json_each(?1)) AND e.time <= ?2 GROUP BY own.run"
        );
        let mut sums = HashMap::new();
        for chunk in runs.chunks(CHUNK) {
            let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(json(chunk)).bind(moment);
            let query = SUMMED.into_iter().fold(query, |query, one| query.bind(type_code(one)));
            for row in query.fetch_all(&self.db).await? {
                let sum = Sum { is_any: true, started: row.get(2), running: row.get(3), terminal: row.get(4) };
                sums.insert(row.get(0), (sum, row.get(1)));
            }
        }
        Ok(sums)
    }
}
