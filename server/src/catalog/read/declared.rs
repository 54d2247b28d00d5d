//! What declared edges rest on: the job and dataset events that say so, of many edges at once.

use super::evidence::list;
use super::{Reader, json};
use crate::catalog::CatalogError;
use crate::fold::flow::Owner;
use sqlx::{AssertSqlSafe, Row};
use std::collections::HashMap;

/// Who declares an edge, and from when to when (microseconds since 1970, both included).
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The job, or the dataset that declares its own origin.
    pub owner: Owner,
    /// Oldest declaration.
    pub first: i64,
    /// Newest declaration.
    pub last: i64,
}

/// Events that declare an edge.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    /// All of them.
    pub total: u64,
    /// Log sequences of the newest, newest first.
    pub events: Vec<u64>,
}

/// Edges of one statement.
const CHUNK: usize = 512;

impl Reader {
    /// The events by which their owners declare edges, in the order of the edges. Declarations in between that say otherwise
    /// would have ended the edge.
    pub async fn declarations(&self, edges: &[Declared], limit: usize) -> Result<Vec<Declarations>, CatalogError> {
        let mut found: HashMap<usize, Declarations> = HashMap::new();
        // Each has an index of its own.
        for (column, kind) in [("job", 1), ("dataset", 2)] {
            let of = |(place, edge): (usize, &Declared)| match (edge.owner, kind) {
                (Owner::Job(number), 1) | (Owner::Dataset(number), 2) => Some((place, number, edge.first, edge.last)),
                _ => None,
            };
            let asked: Vec<(usize, u32, i64, i64)> = edges.iter().enumerate().filter_map(of).collect();
            let events = format!(
                "FROM event WHERE kind = {kind} AND {column} = edge.value ->> 1 AND time BETWEEN edge.value ->> 2 AND edge.value ->> 3"
            );
            let newest = format!("SELECT seq {events} ORDER BY seq DESC LIMIT ?2");
            let sql = format!(
                "SELECT edge.value ->> 0, (SELECT count(*) {events}), (SELECT json_group_array(seq) FROM ({newest})) FROM json_each(?1) edge"
            );
            for chunk in asked.chunks(CHUNK) {
                for row in sqlx::query(AssertSqlSafe(sql.clone())).bind(json(chunk)).bind(limit as i64).fetch_all(&self.db).await? {
                    let mut events: Vec<u64> = list(row.get(2))?;
                    events.sort_unstable_by(|a, b| b.cmp(a));
                    found.insert(row.get::<i64, _>(0) as usize, Declarations { total: row.get::<i64, _>(1) as u64, events });
                }
            }
        }
        Ok((0..edges.len()).map(|place| found.remove(&place).unwrap_or_default()).collect())
    }
}
