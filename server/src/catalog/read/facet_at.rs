//! What facets said at an instant of event time, of many datasets or jobs at once. What they say now is in `facet`.

use super::facet::counted;
use super::{EntityRow, Kind, Reader, json, number};
use crate::catalog::CatalogError;
use crate::fold::flow::Owner;
use schema::log::ContentHash;
use sqlx::Row;
use std::collections::{BTreeMap, HashMap};

/// Entities of one statement.
const CHUNK: usize = 4096;

/// First and newest assertion of a content, and whether it is a removal.
type Asserted = (i64, i64, bool);

impl Kind {
    /// An entity of this kind as rows of facets name it.
    fn number(self, entity: u32) -> i64 {
        number(if self == Self::Dataset { Owner::Dataset(entity) } else { Owner::Job(entity) })
    }
}

impl Reader {
    /// The content of one facet of each row as it counted at `moment`, microseconds since 1970; `None` where there was none.
    pub async fn facet_by(&self, kind: Kind, rows: &[EntityRow], key: &str, moment: i64) -> Result<Vec<Option<Vec<u8>>>, CatalogError> {
        let Some(key) = self.key_id(key).await? else { return Ok(vec![None; rows.len()]) };
        let places: HashMap<i64, usize> =
            rows.iter().enumerate().flat_map(|(place, row)| row.members.iter().map(move |&member| (kind.number(member), place))).collect();
        let mut said: Vec<BTreeMap<ContentHash, Asserted>> = vec![BTreeMap::new(); rows.len()];
        let sql = "SELECT entity, hash, first, last, deleted FROM facet WHERE key = ?1 AND entity IN (SELECT value FROM json_each(?2))";
        let entities: Vec<i64> = places.keys().copied().collect();
        for chunk in entities.chunks(CHUNK) {
            for row in sqlx::query(sql).bind(key).bind(json(chunk)).fetch_all(&self.db).await? {
                let (Some(&place), Some(hash)) = (places.get(&row.get(0)), ContentHash::from_slice(row.get(1))) else { continue };
                let (first, last) = (row.get::<i64, _>(2), row.get::<i64, _>(3));
                let known = said[place].entry(hash).or_insert((first, last, row.get::<i64, _>(4) != 0));
                (known.0, known.1) = (known.0.min(first), known.1.max(last));
            }
        }
        let mut hashes = Vec::with_capacity(rows.len());
        for (row, mut said) in rows.iter().zip(said) {
            // Its row may lag behind the newest assertion of what counts.
            if let Some(current) = row.entity.current.get(&(key as u32))
                && let Some(known) = said.get_mut(&current.stamp.hash)
            {
                known.1 = known.1.max(current.stamp.time);
            }
            let counted = counted(said.into_iter(), moment, |(_, (first, last, _))| (*first, *last));
            hashes.push(counted.filter(|(_, (.., deleted))| !deleted).map(|(hash, _)| hash));
        }
        let bodies = self.contents(&hashes.iter().copied().flatten().collect::<Vec<_>>()).await?;
        Ok(hashes.into_iter().map(|hash| bodies.get(&hash?).cloned()).collect())
    }

    /// Everything whose facet of this key, as it counted at `moment`, passes a test of its canonical JSON.
    pub async fn with_facet_by(&self, kind: Kind, key: &str, moment: i64, test: impl Fn(&[u8]) -> bool) -> Result<Vec<u32>, CatalogError> {
        let Some(id) = self.key_id(key).await? else { return Ok(Vec::new()) };
        let sql = "SELECT DISTINCT entity / 2 FROM facet WHERE key = ?1 AND entity % 2 = ?2 AND first <= ?3";
        let rows = sqlx::query(sql).bind(id).bind(i64::from(kind == Kind::Job)).bind(moment).fetch_all(&self.db).await?;
        let numbers: Vec<u32> = rows.iter().map(|row| row.get::<i64, _>(0) as u32).collect();
        let mut found = Vec::new();
        for chunk in numbers.chunks(CHUNK) {
            let rows = if kind == Kind::Dataset { self.datasets(chunk).await? } else { self.jobs(chunk).await? };
            let bodies = self.facet_by(kind, &rows, key, moment).await?;
            found.extend(rows.iter().zip(bodies).filter(|(_, body)| body.as_deref().is_some_and(&test)).map(|(row, _)| row.number));
        }
        found.sort_unstable();
        Ok(found)
    }
}
