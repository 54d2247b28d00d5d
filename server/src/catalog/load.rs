//! Brings what a batch will touch into memory: one statement a kind, however large the batch.

use super::{CatalogError, Writer, sealed};
use crate::fold::Facts;
use crate::fold::entity::Entity;
use crate::fold::facts::ParentFact;
use hashbrown::{HashMap, HashSet};
use sqlx::{Row, SqlitePool};
use uuid::Uuid;

impl Writer {
    /// Loads the entities and runs that these facts name and that are not in memory.
    pub async fn load(&mut self, batch: &[Facts<'_>]) -> Result<(), CatalogError> {
        self.trim();
        let (mut datasets, mut jobs, mut runs) = (HashSet::new(), HashSet::new(), HashSet::new());
        for facts in batch {
            datasets
                .extend(facts.datasets.iter().filter_map(|d| self.names.datasets.get(&d.id)).filter(|id| !self.datasets.contains_key(*id)));
            jobs.extend(facts.jobs.iter().filter_map(|j| self.names.jobs.get(&j.id)).filter(|id| !self.jobs.contains_key(*id)));
            runs.extend(self.unknown_runs(facts));
        }
        load_entities(&self.db, "SELECT id, doc FROM dataset WHERE id IN (SELECT value FROM json_each(?))", &datasets, &mut self.datasets)
            .await?;
        load_entities(&self.db, "SELECT id, doc FROM job WHERE id IN (SELECT value FROM json_each(?))", &jobs, &mut self.jobs).await?;
        self.load_runs(&runs).await
    }

    /// Keys of the event's run, its parent and root. A run of an unknown job is new itself.
    fn unknown_runs(&self, facts: &Facts<'_>) -> Vec<Uuid> {
        let Some(run) = &facts.run else { return Vec::new() };
        let own = facts.jobs.first().map(|job| (run.id, job.id));
        let named = run.parent.iter().flat_map(ParentFact::runs).map(|named| (named.id, named.job));
        let known_job = |(run, job): (Uuid, Uuid)| Some((run, *self.names.jobs.get(&job)?));
        own.into_iter().chain(named).filter_map(known_job).filter(|key| !self.runs.contains_key(key)).map(|(run, _)| run).collect()
    }

    async fn load_runs(&mut self, runs: &HashSet<Uuid>) -> Result<(), CatalogError> {
        if runs.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = runs.iter().map(|run| run.simple().to_string()).collect();
        let rows = sqlx::query("SELECT id, uuid, job, doc FROM run WHERE uuid IN (SELECT unhex(value) FROM json_each(?))")
            .bind(serde_json::to_string(&keys).unwrap_or_default())
            .fetch_all(&self.db)
            .await?;
        for row in rows {
            let uuid = Uuid::from_slice(row.get(1)).map_err(|e| CatalogError::Damaged(e.to_string()))?;
            let key = (uuid, row.get::<i64, _>(2) as u32);
            if !self.runs.contains_key(&key) {
                self.runs.insert(key, (row.get(0), sealed::unpack(row.get(3))?));
            }
        }
        Ok(())
    }
}

async fn load_entities(
    db: &SqlitePool,
    sql: &'static str,
    ids: &HashSet<u32>,
    into: &mut HashMap<u32, Entity>,
) -> Result<(), CatalogError> {
    if ids.is_empty() {
        return Ok(());
    }
    let list = serde_json::to_string(&ids.iter().collect::<Vec<_>>()).unwrap_or_default();
    for row in sqlx::query(sql).bind(list).fetch_all(db).await? {
        into.insert(row.get::<i64, _>(0) as u32, sealed::unpack(row.get(1))?);
    }
    Ok(())
}
