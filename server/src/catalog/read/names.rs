//! Names of datasets and jobs and nothing else, thousands a row: for questions about all of them.

use super::{Kind, Reader, json};
use crate::catalog::CatalogError;
use sqlx::Row;

/// A dataset's names.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct NameRow {
    /// The catalog's number.
    pub number: u32,
    /// As sent.
    pub namespace: String,
    /// As sent.
    pub name: String,
}

/// Names of one statement's row.
const CHUNK: usize = 4096;

impl Reader {
    /// The names of up to 4,096 datasets from this number on, by number. Numbers are dense: fewer means that there are no more.
    pub async fn names_from(&self, number: u32) -> Result<Vec<NameRow>, CatalogError> {
        let sql = "SELECT json_group_array(json_array(id, namespace, name)) FROM \
                   (SELECT id, namespace, name FROM dataset WHERE id >= ? ORDER BY id LIMIT 4096)";
        packed(&sqlx::query(sql).bind(i64::from(number)).fetch_one(&self.db).await?.get::<String, _>(0))
    }

    /// The names of these datasets, by number.
    pub async fn names_of(&self, numbers: &[u32]) -> Result<Vec<NameRow>, CatalogError> {
        let sql = "SELECT json_group_array(json_array(id, namespace, name)) FROM \
                   (SELECT id, namespace, name FROM dataset WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id)";
        let mut names = Vec::with_capacity(numbers.len());
        for chunk in numbers.chunks(CHUNK) {
            names.extend(packed(&sqlx::query(sql).bind(json(chunk)).fetch_one(&self.db).await?.get::<String, _>(0))?);
        }
        Ok(names)
    }

    /// The names of these datasets or jobs, by number.
    pub async fn names(&self, kind: Kind, numbers: &[u32]) -> Result<Vec<NameRow>, CatalogError> {
        let Kind::Job = kind else { return self.names_of(numbers).await };
        let sql = "SELECT json_group_array(json_array(id, namespace, name)) FROM \
                   (SELECT id, namespace, name FROM job WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id)";
        let mut names = Vec::with_capacity(numbers.len());
        for chunk in numbers.chunks(CHUNK) {
            names.extend(packed(&sqlx::query(sql).bind(json(chunk)).fetch_one(&self.db).await?.get::<String, _>(0))?);
        }
        Ok(names)
    }

    /// Numbers of every dataset that lists show: of several names for one thing, one.
    pub async fn listed_datasets(&self) -> Result<Vec<u32>, CatalogError> {
        // A row for each of a million costs seconds; a text of thousands does not.
        let sql = "SELECT group_concat(id) FROM dataset WHERE listed = 1 GROUP BY id / 8192";
        let rows = sqlx::query(sql).fetch_all(&self.db).await?;
        let mut listed: Vec<u32> = rows.iter().flat_map(|row| numbers(row.get(0))).collect();
        listed.sort_unstable();
        Ok(listed)
    }

    /// Every namespace that has datasets, by name, with their numbers.
    pub async fn datasets_by_namespace(&self) -> Result<Vec<(String, Vec<u32>)>, CatalogError> {
        let sql = "SELECT namespace, group_concat(id) FROM dataset GROUP BY namespace ORDER BY namespace";
        let rows = sqlx::query(sql).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| (row.get(0), numbers(row.get(1)).collect())).collect())
    }

    /// Every dataset's names, by number.
    pub async fn all_names(&self) -> Result<Vec<NameRow>, CatalogError> {
        let mut names = Vec::new();
        loop {
            let more = self.names_from(names.len() as u32).await?;
            if more.is_empty() {
                return Ok(names);
            }
            names.extend(more);
        }
    }

    /// The log sequence that the file holds for; an error when the file is of another format than this program's.
    pub async fn holds(&self) -> Result<u64, CatalogError> {
        let format: i64 = sqlx::query("PRAGMA user_version").fetch_one(&self.db).await?.get(0);
        let known = crate::catalog::MIGRATIONS.len() as i64;
        if format != known {
            return Err(CatalogError::Damaged(format!("it has format {format}, this program reads {known}")));
        }
        let seq = sqlx::query("SELECT value FROM meta WHERE key = 'seq'").fetch_optional(&self.db).await?;
        Ok(seq.map_or(0, |row| row.get::<i64, _>(0) as u64))
    }
}

fn packed(text: &str) -> Result<Vec<NameRow>, CatalogError> {
    serde_json::from_str(text).map_err(|e| CatalogError::Damaged(format!("names do not decode: {e}")))
}

/// Numbers with commas between.
fn numbers(text: &str) -> impl Iterator<Item = u32> {
    text.split(',').filter_map(|number| number.parse().ok())
}
