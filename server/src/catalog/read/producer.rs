//! Producers: how much each sent, how it keeps to the specification, how much it tells.

use super::{Reader, json};
use crate::catalog::CatalogError;
use crate::fold::note::said;
use crate::fold::run::RunState;
use schema::openlineage::FindingCode;
use sqlx::Row;
use std::collections::HashMap;

/// A producer and what it sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProducerRow {
    /// The catalog's number.
    pub number: u32,
    /// As sent; empty for events that name none.
    pub uri: String,
    /// Events.
    pub events: u64,
    /// First event time, microseconds since 1970.
    pub first: i64,
    /// Last event time.
    pub last: i64,
}

/// A finding in events of one producer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRow {
    /// What is odd.
    pub code: FindingCode,
    /// Events that have it.
    pub events: u64,
    /// First event time, microseconds since 1970.
    pub first: i64,
    /// Last event time.
    pub last: i64,
    /// Log number of the event with the last event time.
    pub example: u64,
}

/// Datasets that a producer names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DatasetCounts {
    /// All.
    pub datasets: u64,
    /// Those that it writes.
    pub outputs: u64,
    /// Of those, with a schema in any event that writes.
    pub with_schema: u64,
    /// Of those, with column lineage in any event that writes.
    pub with_columns: u64,
}

impl Reader {
    /// Producers by number of events, most first, and how many producers there are.
    pub async fn producers(&self, skip: u64, limit: usize) -> Result<(Vec<ProducerRow>, u64), CatalogError> {
        let rows = sqlx::query("SELECT id, uri, events, first, last FROM producer ORDER BY events DESC, uri LIMIT ? OFFSET ?")
            .bind(limit as i64)
            .bind(skip as i64)
            .fetch_all(&self.db)
            .await?;
        let total: i64 = sqlx::query("SELECT count(*) FROM producer").fetch_one(&self.db).await?.get(0);
        let row = |row: &sqlx::sqlite::SqliteRow| ProducerRow {
            number: row.get::<i64, _>(0) as u32,
            uri: row.get(1),
            events: row.get::<i64, _>(2) as u64,
            first: row.get(3),
            last: row.get(4),
        };
        Ok((rows.iter().map(row).collect(), total as u64))
    }

    /// Findings of each of these producers, most frequent first.
    pub async fn producer_findings(&self, producers: &[u32]) -> Result<HashMap<u32, Vec<FindingRow>>, CatalogError> {
        let sql = "SELECT producer, code, events, first, last, seq FROM finding \
                   WHERE producer IN (SELECT value FROM json_each(?)) ORDER BY producer, events DESC, code";
        let mut all: HashMap<u32, Vec<FindingRow>> = HashMap::new();
        for row in sqlx::query(sql).bind(json(producers)).fetch_all(&self.db).await? {
            let Some(code) = FindingCode::from_number(row.get(1)) else { continue };
            all.entry(row.get::<i64, _>(0) as u32).or_default().push(FindingRow {
                code,
                events: row.get::<i64, _>(2) as u64,
                first: row.get(3),
                last: row.get(4),
                example: row.get::<i64, _>(5) as u64,
            });
        }
        Ok(all)
    }

    /// Datasets that each of these producers names.
    pub async fn producer_datasets(&self, producers: &[u32]) -> Result<HashMap<u32, DatasetCounts>, CatalogError> {
        let sql = "SELECT producer, count(*), sum(said & ?2 != 0), sum(said & ?3 != 0), sum(said & ?4 != 0) FROM producer_dataset \
                   WHERE producer IN (SELECT value FROM json_each(?1)) GROUP BY producer";
        let bits = [said::WRITTEN, said::SCHEMA, said::COLUMNS].map(i64::from);
        let query = sqlx::query(sql).bind(json(producers)).bind(bits[0]).bind(bits[1]).bind(bits[2]);
        let rows = query.fetch_all(&self.db).await?;
        let counts = |row: &sqlx::sqlite::SqliteRow| {
            let [datasets, outputs, with_schema, with_columns] = [1, 2, 3, 4].map(|column| row.get::<i64, _>(column) as u64);
            (row.get::<i64, _>(0) as u32, DatasetCounts { datasets, outputs, with_schema, with_columns })
        };
        Ok(rows.iter().map(counts).collect())
    }

    /// Datasets that a producer writes without ever having said their schema (or, else, their column
    /// lineage): the catalog's numbers, in order of namespace and name.
    pub async fn untold_outputs(&self, producer: u32, columns: bool, limit: usize) -> Result<Vec<u32>, CatalogError> {
        let sql = "SELECT dataset FROM producer_dataset JOIN dataset ON id = dataset WHERE producer = ? AND said & ? != 0 AND said & ? = 0 \
                   ORDER BY namespace, name LIMIT ?";
        let missing = if columns { said::COLUMNS } else { said::SCHEMA };
        let query = sqlx::query(sql).bind(i64::from(producer)).bind(i64::from(said::WRITTEN)).bind(i64::from(missing)).bind(limit as i64);
        Ok(query.fetch_all(&self.db).await?.iter().map(|row| row.get::<i64, _>(0) as u32).collect())
    }

    /// Runs that began, never ended and have said nothing since `silent_since` (an event time,
    /// microseconds since 1970), by the producer of their newest event: the catalog's numbers of runs.
    pub async fn silent_runs(&self, silent_since: i64) -> Result<HashMap<u32, Vec<i64>>, CatalogError> {
        // Of max() SQLite gives the other columns of the same row.
        let sql = "SELECT run.id, event.producer, max(event.time) AS last FROM run JOIN run_event ON run_event.run = run.id \
                   JOIN event ON event.seq = run_event.seq WHERE run.state IN (?1, ?2) AND run.sort_at < ?3 \
                   GROUP BY run.id HAVING last < ?3 ORDER BY last DESC, run.sort_at DESC, run.uuid DESC, \
                   (SELECT uuid FROM job WHERE id = run.job) DESC";
        let query = sqlx::query(sql).bind(RunState::Start.code()).bind(RunState::Running.code()).bind(silent_since);
        let mut all: HashMap<u32, Vec<i64>> = HashMap::new();
        for row in query.fetch_all(&self.db).await? {
            all.entry(row.get::<i64, _>(1) as u32).or_default().push(row.get(0));
        }
        Ok(all)
    }
}
