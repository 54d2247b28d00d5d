//! Events as the catalog notes them, newest arrival first, by whatever people filter by.

use super::{Page, Reader, json};
use crate::catalog::CatalogError;
use crate::catalog::journal::type_code;
use crate::fold::note::EventKind;
use schema::openlineage::{EventType, FindingCode, FindingCodes};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};
use uuid::Uuid;

/// What the catalog notes of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Its number in the log.
    pub seq: u64,
    /// When it happened, microseconds since 1970.
    pub time: i64,
    /// When the log took it, microseconds since 1970.
    pub received: i64,
    /// Its class.
    pub kind: EventKind,
    /// Only of run events, and not of all.
    pub event_type: Option<EventType>,
    /// Empty when it does not say.
    pub producer: String,
    /// The catalog's number of its job.
    pub job: Option<u32>,
    /// The catalog's number of its run.
    pub run: Option<i64>,
    /// The catalog's number of the dataset of a dataset event.
    pub dataset: Option<u32>,
    /// What is odd about it.
    pub findings: FindingCodes,
}

/// Which events. Everything said must hold.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Sent by this producer; empty for those that name none.
    pub producer: Option<String>,
    /// Of a job, or about a dataset, in this namespace.
    pub namespace: Option<String>,
    /// Of a job with this name.
    pub job: Option<String>,
    /// Of the run with this key.
    pub run: Option<Uuid>,
    /// Of this type.
    pub event_type: Option<EventType>,
    /// Of this class.
    pub kind: Option<EventKind>,
    /// Taken at or after this time, microseconds since 1970.
    pub since: Option<i64>,
    /// Taken before this time.
    pub until: Option<i64>,
    /// With this text in the producer, or in namespace or name of job or dataset; in any letter case of ASCII.
    pub text: Option<String>,
    /// With this finding.
    pub finding: Option<FindingCode>,
    /// Only these numbers (true) or all but these (false).
    pub numbers: Option<(Vec<u64>, bool)>,
    /// With a number above this one.
    pub after_seq: Option<u64>,
}

const SELECT: &str = "SELECT seq, time, received, kind, type, (SELECT uri FROM producer p WHERE p.id = event.producer), job, run, dataset, findings FROM event WHERE ";

impl EventFilter {
    fn push(&self, sql: &mut QueryBuilder<Sqlite>) {
        sql.push("1");
        if let Some(seq) = self.after_seq {
            sql.push(" AND seq > ").push_bind(seq as i64);
        }
        if let Some((numbers, within)) = &self.numbers {
            let list = if *within { " AND seq IN (SELECT value FROM json_each(" } else { " AND seq NOT IN (SELECT value FROM json_each(" };
            sql.push(list).push_bind(json(numbers)).push("))");
        }
        if let Some(run) = self.run {
            sql.push(" AND seq IN (SELECT seq FROM run_event WHERE run IN (SELECT id FROM run WHERE uuid = ");
            sql.push_bind(run.as_bytes().to_vec()).push("))");
        }
        self.push_names(sql);
        if let Some(kind) = self.kind {
            sql.push(" AND kind = ").push_bind(kind.code());
        }
        if let Some(event_type) = self.event_type {
            sql.push(" AND type = ").push_bind(type_code(event_type));
        }
        if let Some(since) = self.since {
            sql.push(" AND received >= ").push_bind(since);
        }
        if let Some(until) = self.until {
            sql.push(" AND received < ").push_bind(until);
        }
        if let Some(finding) = self.finding {
            sql.push(" AND findings & ").push_bind(1_i64 << finding.number()).push(" != 0");
        }
    }

    fn push_names(&self, sql: &mut QueryBuilder<Sqlite>) {
        if let Some(producer) = &self.producer {
            sql.push(" AND producer = (SELECT id FROM producer WHERE uri = ").push_bind(producer.clone()).push(")");
        }
        if let Some(job) = &self.job {
            // Through the job's runs, which have an index; a job event has no run.
            let named = |sql: &mut QueryBuilder<Sqlite>| {
                sql.push("job IN (SELECT id FROM job WHERE name = ").push_bind(job.clone());
                if let Some(namespace) = &self.namespace {
                    sql.push(" AND namespace = ").push_bind(namespace.clone());
                }
                sql.push(")");
            };
            sql.push(" AND seq IN (SELECT seq FROM run_event WHERE run IN (SELECT id FROM run WHERE ");
            named(sql);
            sql.push(") UNION ALL SELECT seq FROM event WHERE kind = 1 AND ");
            named(sql);
            sql.push(")");
        } else if let Some(namespace) = &self.namespace {
            sql.push(" AND (job IN (SELECT id FROM job WHERE namespace = ").push_bind(namespace.clone());
            sql.push(") OR dataset IN (SELECT id FROM dataset WHERE namespace = ").push_bind(namespace.clone()).push("))");
        }
        if let Some(text) = &self.text {
            let lower = text.to_ascii_lowercase();
            let named = |sql: &mut QueryBuilder<Sqlite>, table: &str| {
                sql.push(format!("SELECT id FROM {table} WHERE instr(lower(name), ")).push_bind(lower.clone());
                sql.push(") OR instr(lower(namespace), ").push_bind(lower.clone()).push(")");
            };
            sql.push(" AND (job IN (");
            named(sql, "job");
            sql.push(") OR dataset IN (");
            named(sql, "dataset");
            sql.push(") OR producer IN (SELECT id FROM producer WHERE instr(lower(uri), ").push_bind(lower.clone()).push(")))");
        }
    }
}

impl Reader {
    /// Events by number, newest first; `page.after` is the number of the last one seen.
    pub async fn event_page(&self, filter: &EventFilter, page: Page<u64>) -> Result<Vec<EventRow>, CatalogError> {
        let mut sql = QueryBuilder::new(SELECT);
        filter.push(&mut sql);
        if let Some(after) = page.after {
            sql.push(" AND seq < ").push_bind(after as i64);
        }
        sql.push(" ORDER BY seq DESC LIMIT ").push_bind(page.limit as i64);
        let rows = sql.build().fetch_all(&self.db).await?;
        Ok(rows.iter().map(event).collect())
    }

    /// How many events there are.
    pub async fn event_count(&self, filter: &EventFilter) -> Result<u64, CatalogError> {
        let mut sql = QueryBuilder::new("SELECT count(*) FROM event WHERE ");
        filter.push(&mut sql);
        Ok(sql.build().fetch_one(&self.db).await?.get::<i64, _>(0) as u64)
    }

    /// One event, once it is projected.
    pub async fn event(&self, seq: u64) -> Result<Option<EventRow>, CatalogError> {
        let mut sql = QueryBuilder::new(SELECT);
        sql.push("seq = ").push_bind(seq as i64);
        Ok(sql.build().fetch_optional(&self.db).await?.as_ref().map(event))
    }
}

fn event(row: &SqliteRow) -> EventRow {
    let number = |column: usize| row.get::<Option<i64>, _>(column).map(|id| id as u32);
    let event_type = |code: i64| usize::try_from(code).ok().and_then(|place| EventType::ALL.get(place).copied());
    EventRow {
        seq: row.get::<i64, _>(0) as u64,
        time: row.get(1),
        received: row.get(2),
        kind: EventKind::from_code(row.get(3)),
        event_type: row.get::<Option<i64>, _>(4).and_then(event_type),
        producer: row.get::<Option<String>, _>(5).unwrap_or_default(),
        job: number(6),
        run: row.get(7),
        dataset: number(8),
        findings: FindingCodes(row.get::<i64, _>(9) as u32),
    }
}
