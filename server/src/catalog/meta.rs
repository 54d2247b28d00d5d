//! Numbers that the catalog keeps about itself, by name.

use sqlx::{Executor, Row, Sqlite};

/// Keeps a number.
pub async fn set(db: impl Executor<'_, Database = Sqlite>, key: &str, value: i64) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    sqlx::query(sql).bind(key).bind(value).execute(db).await?;
    Ok(())
}

/// A number that was kept.
pub async fn get(db: impl Executor<'_, Database = Sqlite>, key: &str) -> Result<Option<i64>, sqlx::Error> {
    let row = sqlx::query("SELECT value FROM meta WHERE key = ?").bind(key).fetch_optional(db).await?;
    Ok(row.map(|row| row.get(0)))
}
