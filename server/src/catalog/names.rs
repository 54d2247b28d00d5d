//! The catalog's numbers: dense, in order of arrival, never reused. They make rows and the graph
//! small; nothing outside the process ever sees one.

use super::CatalogError;
use hashbrown::HashMap;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};
use uuid::Uuid;

/// Numbers by identity.
#[derive(Default)]
pub(super) struct Names {
    pub datasets: HashMap<Uuid, u32>,
    /// Ids of datasets by number.
    pub dataset_ids: Vec<Uuid>,
    pub jobs: HashMap<Uuid, u32>,
    /// Ids of jobs by number.
    pub job_ids: Vec<Uuid>,
    pub facet_keys: HashMap<String, u32>,
    pub producers: HashMap<String, u32>,
}

impl Names {
    pub async fn load(db: &SqlitePool) -> Result<Self, CatalogError> {
        let keys = sqlx::query("SELECT id, key FROM facet_key").fetch_all(db).await?;
        let datasets =
            packed(db, "SELECT group_concat(hex(uuid), '') FROM (SELECT uuid FROM dataset WHERE id > ? ORDER BY id LIMIT 4096)").await?;
        let jobs = packed(db, "SELECT group_concat(hex(uuid), '') FROM (SELECT uuid FROM job WHERE id > ? ORDER BY id LIMIT 4096)").await?;
        Ok(Self {
            dataset_ids: by_number(&datasets),
            datasets,
            job_ids: by_number(&jobs),
            jobs,
            facet_keys: texts(&keys),
            producers: texts(&sqlx::query("SELECT id, uri FROM producer").fetch_all(db).await?),
        })
    }

    /// The number of a facet key; the second value is true when it is new.
    pub fn facet_key(&mut self, key: &str) -> (u32, bool) {
        if let Some(&id) = self.facet_keys.get(key) {
            return (id, false);
        }
        let id = self.facet_keys.len() as u32;
        self.facet_keys.insert(key.to_owned(), id);
        (id, true)
    }
}

fn by_number(numbers: &HashMap<Uuid, u32>) -> Vec<Uuid> {
    let mut ids = vec![Uuid::nil(); numbers.len()];
    numbers.iter().for_each(|(id, number)| ids[*number as usize] = *id);
    ids
}

fn texts(rows: &[SqliteRow]) -> HashMap<String, u32> {
    rows.iter().map(|row| (row.get::<String, _>(1), row.get::<i64, _>(0) as u32)).collect()
}

/// Thousands of ids a row: a row each costs ten times more through sqlx. Numbers are dense, so the
/// place says the number.
async fn packed(db: &SqlitePool, sql: &'static str) -> Result<HashMap<Uuid, u32>, CatalogError> {
    let mut map = HashMap::new();
    let mut after: i64 = -1;
    loop {
        let row = sqlx::query(sql).bind(after).fetch_one(db).await?;
        let Some(text) = row.get::<Option<String>, _>(0) else { return Ok(map) };
        for hex in text.as_bytes().chunks(32) {
            let uuid = std::str::from_utf8(hex).ok().and_then(|hex| Uuid::try_parse(hex).ok());
            after += 1;
            map.insert(uuid.ok_or_else(|| CatalogError::Damaged("an id is not a UUID".into()))?, after as u32);
        }
    }
}
