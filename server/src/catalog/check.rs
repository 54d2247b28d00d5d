//! Reads a whole catalog file for damage, beside whoever uses it. Readers know a damaged row by its own checksum when they
//! meet it; here every row is met. What is done about damage is the projections' business.

use super::CatalogError;
use super::sealed::{content, id_of_name, opened, unpack};
use crate::fold::entity::Entity;
use crate::fold::run::Run;
use crate::sqlite::{self, Durability};
use futures_util::TryStreamExt;
use schema::id;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqlitePool};
use std::path::Path;
use uuid::Uuid;

/// Rows of one read transaction: a longer one keeps the write-ahead log from being folded in.
const ROWS: i64 = 5000;

/// A table whose rows say by themselves whether they are what was written.
struct Table {
    name: &'static str,
    columns: &'static str,
    check: fn(&SqliteRow) -> Result<(), CatalogError>,
}

/// Every table with packed rows or contents. The rest are numbers, which only a rebuild can be compared with (`headwater verify`).
const TABLES: [Table; 8] = [
    Table { name: "dataset", columns: "doc, uuid, namespace, name", check: |row| entity(row, id::dataset) },
    Table { name: "job", columns: "doc, uuid, namespace, name", check: |row| entity(row, id::job) },
    Table { name: "run", columns: "doc, uuid, state, sort_at, ended_at, parent", check: run },
    Table { name: "content", columns: "hash, body", check: |row| content(row.try_get(0)?, row.try_get(1)?).map(drop) },
    Table { name: "flow", columns: "doc", check: packed },
    Table { name: "identity", columns: "doc", check: packed },
    Table { name: "column_lineage", columns: "doc", check: packed },
    Table { name: "explicit_lineage", columns: "doc", check: packed },
];

/// What must hold between rows, each with a statement that finds a row when it does not.
const BETWEEN: [(&str, &str); 5] = [
    ("a facet has no key", "SELECT 1 FROM facet WHERE key NOT IN (SELECT id FROM facet_key) LIMIT 1"),
    ("a facet has no content", "SELECT 1 FROM facet WHERE NOT EXISTS (SELECT 1 FROM content WHERE content.hash = facet.hash) LIMIT 1"),
    ("a run has no job", "SELECT 1 FROM run WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.id = run.job) LIMIT 1"),
    (
        "the number of columns is not that of the datasets",
        "SELECT 1 FROM meta WHERE key = 'columns' AND value <> (SELECT coalesce(sum(columns), 0) FROM dataset)",
    ),
    (
        "the number of datasets is not theirs",
        "SELECT 1 FROM meta WHERE key = 'listed' AND value <> (SELECT coalesce(sum(listed), 0) FROM dataset)",
    ),
];

/// The first fault of the catalog in a folder, in words: of its structure, of an index beside its table, of any row that says
/// by itself what it must be. Everything that a reader could stumble over is read.
pub async fn damage(dir: &Path) -> Result<Option<String>, CatalogError> {
    let path = dir.join("catalog.db");
    if !path.exists() {
        return Ok(Some("catalog.db is missing".into()));
    }
    match checked(&path).await {
        Err(e) if e.is_damage() => Ok(Some(e.with_cause())),
        other => other,
    }
}

async fn checked(path: &Path) -> Result<Option<String>, CatalogError> {
    // One row at a time: each may have as many bytes as an event.
    let options = sqlite::options(path, Durability::ReadOnly).row_buffer_size(1);
    let db = sqlite::pool(1).connect_with(options).await?;
    let found = first_fault(&db).await;
    db.close().await;
    found
}

async fn first_fault(db: &SqlitePool) -> Result<Option<String>, CatalogError> {
    let said: String = sqlx::query("PRAGMA integrity_check(1)").fetch_one(db).await?.try_get(0)?;
    if said != "ok" {
        return Ok(Some(said));
    }
    for table in &TABLES {
        rows(db, table)
            .await
            .map_err(|e| if let CatalogError::Damaged(why) = e { damaged(&format!("{}: {why}", table.name)) } else { e })?;
    }
    for (fault, sql) in BETWEEN {
        if sqlx::query(sql).fetch_optional(db).await?.is_some() {
            return Ok(Some(fault.into()));
        }
    }
    Ok(None)
}

async fn rows(db: &SqlitePool, table: &Table) -> Result<(), CatalogError> {
    let sql = format!("SELECT {}, rowid AS place FROM {} WHERE rowid > ? ORDER BY rowid LIMIT {ROWS}", table.columns, table.name);
    let mut after = i64::MIN;
    loop {
        let mut page = sqlx::query(AssertSqlSafe(sql.as_str())).bind(after).fetch(db);
        let (mut read, mut last) = (0, after);
        while let Some(row) = page.try_next().await? {
            (table.check)(&row)?;
            last = row.try_get("place")?;
            read += 1;
        }
        if read < ROWS {
            return Ok(());
        }
        after = last;
    }
}

/// A dataset or a job: its id follows from its name.
fn entity(row: &SqliteRow, derived: fn(&str, &str) -> Uuid) -> Result<(), CatalogError> {
    unpack::<Entity>(row.try_get(0)?)?;
    id_of_name(row.try_get(1)?, derived(row.try_get(2)?, row.try_get(3)?)).map(drop)
}

fn run(row: &SqliteRow) -> Result<(), CatalogError> {
    Uuid::from_slice(row.try_get(1)?).map_err(|e| damaged(&e.to_string()))?;
    let run = unpack::<Run>(row.try_get(0)?)?;
    let parent = run.parent.as_ref().map(|(_, link, _)| &link.run[..]);
    let stored: (i64, i64, Option<i64>, Option<&[u8]>) = (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?, row.try_get(5)?);
    let is_same = stored == (run.state().code(), run.sort_at(), run.ended_at(), parent);
    if is_same { Ok(()) } else { Err(damaged("what lists are made of is not what the row says")) }
}

fn packed(row: &SqliteRow) -> Result<(), CatalogError> {
    opened(row.try_get(0)?).map(drop)
}

fn damaged(why: &str) -> CatalogError {
    CatalogError::Damaged(why.into())
}
