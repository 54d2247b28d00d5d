//! Facets of datasets and jobs: what counts now, and every content there ever was.

use super::{EntityRow, Reader, json, number};
use crate::catalog::CatalogError;
use crate::catalog::commit::owner_of;
use crate::catalog::sealed::{content, no_content};
use crate::fold::flow::Owner;
use schema::log::ContentHash;
use sqlx::Row;
use std::collections::{HashMap, HashSet};

/// One content of a facet key over time.
#[derive(Clone, Debug)]
pub struct FacetRow {
    /// The facet's key.
    pub key: String,
    /// Canonical JSON.
    pub body: Vec<u8>,
    /// Earliest assertion, microseconds since 1970.
    pub first: i64,
    /// Newest assertion.
    pub last: i64,
    /// True when it counts now.
    pub current: bool,
    /// True when it is a removal.
    pub deleted: bool,
}

/// Of the contents of one key, the one that counted at a moment (microseconds since 1970; now without
/// one): what had been asserted last by then.
pub fn at(history: &[FacetRow], moment: Option<i64>) -> Option<&FacetRow> {
    let counted = match moment {
        None => history.iter().find(|row| row.current),
        Some(moment) => counted(history.iter(), moment, |row| (row.first, row.last)),
    };
    counted.filter(|row| !row.deleted)
}

/// Of contents with their first and newest assertions the one that counted at a moment. One that came back counts from its
/// first assertion to its newest: which of these were before another content is not kept.
pub(super) fn counted<T>(contents: impl Iterator<Item = T>, moment: i64, span: impl Fn(&T) -> (i64, i64)) -> Option<T> {
    let asserted = contents.filter(|content| span(content).0 <= moment);
    asserted.max_by_key(|content| {
        let (first, last) = span(content);
        (last.min(moment), first)
    })
}

/// A dataset whose schema is not its first.
#[derive(Clone, Debug)]
pub struct SchemaChangeRow {
    /// The catalog's number of the dataset.
    pub dataset: u32,
    /// When the newest schema was first asserted.
    pub at: i64,
}

impl Reader {
    /// Current facets of each row, by key; removed ones are left out. One statement for all.
    pub async fn current_facets(&self, rows: &[&EntityRow]) -> Result<Vec<HashMap<String, Vec<u8>>>, CatalogError> {
        let hashes: Vec<ContentHash> =
            rows.iter().flat_map(|row| row.entity.current.values()).filter(|c| !c.deleted).map(|c| c.stamp.hash).collect();
        let bodies = self.contents(&hashes).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let mut facets = HashMap::new();
            for (&key, current) in row.entity.current.iter().filter(|(_, current)| !current.deleted) {
                if let Some(body) = bodies.get(&current.stamp.hash) {
                    facets.insert(self.key(key).await?, body.clone());
                }
            }
            all.push(facets);
        }
        Ok(all)
    }

    /// The current content of one facet of each row; `None` where there is none.
    pub async fn current_facet(&self, rows: &[EntityRow], key: &str) -> Result<Vec<Option<Vec<u8>>>, CatalogError> {
        let Some(key) = self.key_id(key).await? else { return Ok(vec![None; rows.len()]) };
        let hash = |row: &EntityRow| row.entity.current.get(&(key as u32)).filter(|current| !current.deleted).map(|c| c.stamp.hash);
        let bodies = self.contents(&rows.iter().filter_map(hash).collect::<Vec<_>>()).await?;
        Ok(rows.iter().map(|row| bodies.get(&hash(row)?).cloned()).collect())
    }

    /// Datasets and jobs that ever had a facet of this key, by what owns their flows.
    pub async fn ever_with(&self, key: &str) -> Result<HashSet<Owner>, CatalogError> {
        let sql = "SELECT DISTINCT entity FROM facet WHERE key = (SELECT id FROM facet_key WHERE key = ?)";
        let rows = sqlx::query(sql).bind(key).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| owner_of(row.get(0))).collect())
    }

    /// Every content of an entity's facets, by key, newest first; the newest 10,000 of them.
    pub async fn facet_history(&self, owner: Owner, row: &EntityRow, key: Option<&str>) -> Result<Vec<FacetRow>, CatalogError> {
        let sql = "SELECT f.key, c.body, f.first, f.last, f.hash, f.deleted FROM facet f LEFT JOIN content c ON c.hash = f.hash \
                   WHERE f.entity IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR f.key = (SELECT id FROM facet_key WHERE key = ?2)) ORDER BY f.last DESC, f.hash LIMIT 10000";
        let entities: Vec<i64> = match owner {
            Owner::Dataset(_) => row.members.iter().map(|&member| number(Owner::Dataset(member))).collect(),
            Owner::Job(_) => vec![number(owner)],
        };
        let mut history: Vec<FacetRow> = Vec::new();
        let mut places: HashMap<(u32, Vec<u8>), usize> = HashMap::new();
        for found in sqlx::query(sql).bind(json(&entities)).bind(key).fetch_all(&self.db).await? {
            let id = found.get::<i64, _>(0) as u32;
            let current = row.entity.current.get(&id).filter(|current| current.stamp.hash.0 == found.get::<&[u8], _>(4));
            let body: Option<Vec<u8>> = found.try_get(1)?;
            let (key, (_, body)) = (self.key(id).await?, content(found.get(4), body.ok_or_else(no_content)?)?);
            // The same said under two names is one content.
            let place = *places.entry((id, found.get(4))).or_insert(history.len());
            if let Some(known) = history.get_mut(place) {
                known.first = known.first.min(found.get(2));
                known.last = known.last.max(found.get(3));
                continue;
            }
            history.push(FacetRow {
                key,
                body,
                first: found.get(2),
                // The row may lag behind the newest assertion of what counts.
                last: current.map_or(found.get(3), |current| current.stamp.time.max(found.get(3))),
                current: current.is_some(),
                deleted: found.get::<i64, _>(5) != 0,
            });
        }
        history.sort_by(|a, b| a.key.cmp(&b.key).then(b.last.cmp(&a.last)).then(b.first.cmp(&a.first)).then(a.body.cmp(&b.body)));
        Ok(history)
    }

    /// Datasets with more than one schema, the newest change first.
    pub async fn schema_changes(&self, limit: usize) -> Result<Vec<SchemaChangeRow>, CatalogError> {
        let Some(key) = self.key_id("schema").await? else { return Ok(Vec::new()) };
        // Newest contents first, those of a dataset's first schema passed over: the newest content is
        // seldom far from the top, and the index bounds the work.
        let sql = "SELECT entity / 2, max(first) FROM (SELECT entity, first FROM facet WHERE key = ?1 AND entity % 2 = 0 ORDER BY first DESC LIMIT 20000) AS recent \
                   WHERE EXISTS (SELECT 1 FROM facet o WHERE o.entity = recent.entity AND o.key = ?1 AND o.first < recent.first) \
                   GROUP BY entity ORDER BY 2 DESC, (SELECT uuid FROM dataset WHERE id = entity / 2) LIMIT ?2";
        let rows = sqlx::query(sql).bind(key).bind(limit as i64).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| SchemaChangeRow { dataset: row.get::<i64, _>(0) as u32, at: row.get(1) }).collect())
    }

    /// The contents with these hashes, each of which some facet names.
    pub(super) async fn contents(&self, hashes: &[ContentHash]) -> Result<HashMap<ContentHash, Vec<u8>>, CatalogError> {
        let hexes: Vec<String> = hashes.iter().map(ContentHash::to_string).collect();
        let rows = sqlx::query("SELECT hash, body FROM content WHERE hash IN (SELECT unhex(value) FROM json_each(?))")
            .bind(json(&hexes))
            .fetch_all(&self.db)
            .await?;
        let found: HashMap<_, _> = rows.iter().map(|row| content(row.get(0), row.get(1))).collect::<Result<_, _>>()?;
        if hashes.iter().all(|hash| found.contains_key(hash)) { Ok(found) } else { Err(no_content()) }
    }
}
