//! Numbers of datasets and jobs by what is said of them: namespace, name, and what a facet holds now.

use super::{Reader, json};
use crate::catalog::CatalogError;
use crate::catalog::sealed::{content, no_content};
use sqlx::Row;
use std::collections::{BTreeMap, HashMap};

/// Which kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Datasets.
    Dataset,
    /// Jobs.
    Job,
}

/// A condition on a name; upper and lower case are told apart.
#[derive(Clone, Debug)]
pub enum NameIs {
    /// The whole name.
    Equal(String),
    /// Its beginning.
    StartsWith(String),
    /// A part of it.
    Contains(String),
}

impl Reader {
    /// Everything in one of these namespaces.
    pub async fn in_namespaces(&self, kind: Kind, namespaces: &[String]) -> Result<Vec<u32>, CatalogError> {
        let sql = match kind {
            Kind::Dataset => "SELECT id FROM dataset WHERE namespace IN (SELECT value FROM json_each(?)) ORDER BY id",
            Kind::Job => "SELECT id FROM job WHERE namespace IN (SELECT value FROM json_each(?)) ORDER BY id",
        };
        let rows = sqlx::query(sql).bind(json(namespaces)).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| row.get::<i64, _>(0) as u32).collect())
    }

    /// Everything with such a name.
    pub async fn with_name(&self, kind: Kind, name: &NameIs) -> Result<Vec<u32>, CatalogError> {
        let sql = match (kind, name) {
            (Kind::Dataset, NameIs::Equal(_)) => "SELECT id FROM dataset WHERE name = ?",
            (Kind::Dataset, NameIs::StartsWith(_)) => "SELECT id FROM dataset WHERE substr(name, 1, length(?1)) = ?1",
            (Kind::Dataset, NameIs::Contains(_)) => "SELECT id FROM dataset WHERE instr(name, ?) > 0",
            (Kind::Job, NameIs::Equal(_)) => "SELECT id FROM job WHERE name = ?",
            (Kind::Job, NameIs::StartsWith(_)) => "SELECT id FROM job WHERE substr(name, 1, length(?1)) = ?1",
            (Kind::Job, NameIs::Contains(_)) => "SELECT id FROM job WHERE instr(name, ?) > 0",
        };
        let (NameIs::Equal(text) | NameIs::StartsWith(text) | NameIs::Contains(text)) = name;
        let rows = sqlx::query(sql).bind(text).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| row.get::<i64, _>(0) as u32).collect())
    }

    /// Everything whose current facet of this key passes a test of its canonical JSON.
    pub async fn with_facet(&self, kind: Kind, key: &str, test: impl Fn(&[u8]) -> bool) -> Result<Vec<u32>, CatalogError> {
        let found = self.facet_values(kind, key, |body| test(body).then_some(())).await?;
        Ok(found.into_keys().collect())
    }

    /// What the current facets of this key hold, by number, where `read` finds anything in their canonical
    /// JSON. Contents are kept once, so each is read once, however many have it.
    pub async fn facet_values<T: Clone>(
        &self,
        kind: Kind,
        key: &str,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<BTreeMap<u32, T>, CatalogError> {
        let Some(key) = self.key_id(key).await? else { return Ok(BTreeMap::new()) };
        let parity = i64::from(kind == Kind::Job);
        let sql = "SELECT hash, body FROM content WHERE hash IN (SELECT DISTINCT hash FROM facet WHERE key = ?1 AND entity % 2 = ?2 AND deleted = 0)";
        // Read before the contents: a content that comes meanwhile is there too many, none is missing.
        let rows = "SELECT entity, hash FROM facet WHERE key = ?1 AND entity % 2 = ?2 AND deleted = 0";
        let rows = sqlx::query(rows).bind(key).bind(parity).fetch_all(&self.db).await?;
        let contents = sqlx::query(sql).bind(key).bind(parity).fetch_all(&self.db).await?;
        let mut values: HashMap<Vec<u8>, Option<T>> = HashMap::with_capacity(contents.len());
        for row in &contents {
            let (hash, body) = content(row.get(0), row.get(1))?;
            values.insert(hash.0.to_vec(), read(&body));
        }
        // Rows of contents that no longer count are there too: the entity says which does.
        let mut candidates = Vec::new();
        for row in &rows {
            if values.get(row.get::<&[u8], _>(1)).ok_or_else(no_content)?.is_some() {
                candidates.push((row.get::<i64, _>(0) / 2) as u32);
            }
        }
        let mut found = BTreeMap::new();
        for chunk in candidates.chunks(4096) {
            let entities = if kind == Kind::Dataset { self.datasets(chunk).await? } else { self.jobs(chunk).await? };
            for row in entities {
                let current = row.entity.current.get(&(key as u32)).filter(|current| !current.deleted);
                if let Some(Some(value)) = current.and_then(|current| values.get(current.stamp.hash.0.as_slice())) {
                    found.insert(row.number, value.clone());
                }
            }
        }
        Ok(found)
    }
}
