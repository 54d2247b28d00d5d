//! Writes a batch in one transaction, watermark included, in a constant number of statements.

use super::absorb::Batch;
use super::bulk::{self, Bind};
use super::sealed::{ROW_VERSION, seal, sum_of_mark};
use super::{CatalogError, Writer, journal, meta, sealed, searchable, unreadable};
use crate::fold::FOLD_VERSION;
use crate::fold::entity::Entity;
use crate::fold::flow::{Changes, FlowRow, Listing, Owner};
use hashbrown::{HashMap, HashSet};
use schema::log::ContentHash;
use sqlx::{Row, Sqlite, Transaction};
use uuid::Uuid;

/// How far the catalog is and how much it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Projected {
    /// Log sequence that it holds for.
    pub seq: u64,
    /// Datasets.
    pub datasets: u64,
    /// Jobs, also those that are only named.
    pub jobs: u64,
    /// Runs, also those that are only named.
    pub runs: u64,
    /// Columns of current schemas, nested ones included.
    pub columns: u64,
}

impl Writer {
    /// What the absorbed events change for the graph and search. Call once, before `commit`.
    pub fn changes(&mut self) -> Changes {
        self.changed_identities();
        let mut changes = std::mem::take(&mut self.batch.changes);
        for &(key, job) in &self.batch.dirty_runs {
            if let Some((_, run)) = self.runs.get(&(key, job)) {
                changes.flows.extend(run.observed(job));
            }
        }
        changes
    }

    /// Writes everything that `absorb` collected, and what search may show otherwise by it; afterwards the file holds for
    /// the entry `seq` with this hash.
    pub async fn commit(
        &mut self,
        seq: u64,
        hash: ContentHash,
        graph: FlowRow,
        touched: &HashSet<Owner>,
    ) -> Result<Projected, CatalogError> {
        let mut batch = std::mem::take(&mut self.batch);
        let journal = std::mem::take(&mut batch.journal);
        let passed_over = std::mem::take(&mut batch.unreadable);
        let mut tx = self.db.begin().await?;
        let columns = self.write_entities(&mut tx, &batch).await?;
        let mut projected = self.projected;
        projected.columns = (projected.columns as i64 + columns) as u64;
        projected.runs += batch.runs_added;
        self.write_runs(&mut tx, &batch).await?;
        projected.datasets += batch.new_datasets.keys().filter(|id| batch.newly_named.contains(*id)).count() as u64;
        write_facets(&mut tx, batch).await?;
        projected.datasets = (projected.datasets as i64 + write_listings(&mut tx, &graph.listings).await?) as u64;
        write_graph(&mut tx, graph, seq).await?;
        searchable::write(&mut tx, touched, seq).await?;
        journal::write(&mut tx, journal).await?;
        unreadable::write(&mut tx, passed_over).await?;
        // Counted here, so that no start has to.
        for (key, value) in [("seq", seq), ("columns", projected.columns), ("listed", projected.datasets)] {
            meta::set(&mut *tx, key, value as i64).await?;
        }
        sqlx::query("DELETE FROM mark").execute(&mut *tx).await?;
        let rules = self.naming.mark();
        let sum = sum_of_mark(seq as i64, &hash.0);
        let mark = sqlx::query("INSERT INTO mark (hash, rules, fold, packing, sum) VALUES (?, ?, ?, ?, ?)");
        let mark = mark.bind(&hash.0[..]).bind(&rules.0[..]).bind(i64::from(FOLD_VERSION)).bind(i64::from(ROW_VERSION));
        mark.bind(sum).execute(&mut *tx).await?;
        tx.commit().await?;
        projected.seq = seq;
        projected.jobs = self.names.jobs.len() as u64;
        self.projected = projected;
        Ok(projected)
    }

    /// Returns by how much the number of schema columns grew.
    async fn write_entities(&self, tx: &mut Transaction<'_, Sqlite>, batch: &Batch) -> Result<i64, CatalogError> {
        let new = |id: &u32, new: &HashMap<u32, (Uuid, String, String)>, doc: Vec<u8>| {
            new.get(id).map(|(uuid, namespace, name)| {
                (
                    Bind::Int(i64::from(*id)),
                    Bind::Blob(uuid.as_bytes().to_vec()),
                    Bind::Text(namespace.clone()),
                    Bind::Text(name.clone()),
                    Bind::Blob(doc),
                )
            })
        };
        let (mut rows, mut updates) = (Vec::new(), Vec::new());
        for id in sorted(batch.dirty_datasets.iter()) {
            let doc = encode(self.datasets.get(id))?;
            let listed = i64::from(batch.newly_named.contains(id));
            match new(id, &batch.new_datasets, doc.clone()) {
                Some((id, uuid, namespace, name, doc)) => rows.push([id, uuid, namespace, name, Bind::Int(listed), Bind::Int(0), doc]),
                None => updates.push([Bind::Int(i64::from(*id)), Bind::Blob(doc)]),
            }
        }
        bulk::write(tx, "INSERT INTO dataset (id, uuid, namespace, name, listed, columns, doc)", rows, "").await?;
        update_docs(tx, "dataset", updates).await?;
        let (mut rows, mut updates) = (Vec::new(), Vec::new());
        for id in sorted(batch.dirty_jobs.iter()) {
            let doc = encode(self.jobs.get(id))?;
            match new(id, &batch.new_jobs, doc.clone()) {
                Some((id, uuid, namespace, name, doc)) => rows.push([id, uuid, namespace, name, doc]),
                None => updates.push([Bind::Int(i64::from(*id)), Bind::Blob(doc)]),
            }
        }
        bulk::write(tx, "INSERT INTO job (id, uuid, namespace, name, doc)", rows, "").await?;
        update_docs(tx, "job", updates).await?;
        write_column_counts(tx, &batch.schema_columns).await
    }

    async fn write_runs(&self, tx: &mut Transaction<'_, Sqlite>, batch: &Batch) -> Result<(), CatalogError> {
        let mut rows = Vec::with_capacity(batch.dirty_runs.len());
        for key in &batch.dirty_runs {
            let Some((id, run)) = self.runs.get(key) else { continue };
            let parent = run.parent.as_ref().map_or(Bind::Null, |(_, link, _)| Bind::Blob(link.run.to_vec()));
            rows.push([
                Bind::Int(*id),
                Bind::Blob(key.0.as_bytes().to_vec()),
                Bind::Int(i64::from(key.1)),
                Bind::Int(run.state().code()),
                Bind::Int(run.sort_at()),
                run.ended_at().into(),
                parent,
                Bind::Blob(sealed::pack(run)?),
            ]);
        }
        let tail = "ON CONFLICT (id) DO UPDATE SET state = excluded.state, sort_at = excluded.sort_at, ended_at = excluded.ended_at, \
                    parent = excluded.parent, doc = excluded.doc";
        bulk::write(tx, "INSERT INTO run (id, uuid, job, state, sort_at, ended_at, parent, doc)", rows, tail).await?;
        let rows = batch.run_events.iter().map(|&(run, seq)| [Bind::Int(run), Bind::Int(seq as i64)]).collect();
        bulk::write(tx, "INSERT OR IGNORE INTO run_event (run, seq)", rows, "").await?;
        let rows =
            batch.run_io.iter().map(|&(dataset, role, run)| [Bind::Int(i64::from(dataset)), Bind::Int(role), Bind::Int(run)]).collect();
        bulk::write(tx, "INSERT OR IGNORE INTO run_io (dataset, role, run)", rows, "").await?;
        let rows = batch.parents.iter().map(|&(child, parent)| [Bind::Int(i64::from(child)), Bind::Int(i64::from(parent))]).collect();
        bulk::write(tx, "INSERT OR IGNORE INTO job_parent (child, parent)", rows, "").await?;
        Ok(())
    }
}

fn encode(entity: Option<&Entity>) -> Result<Vec<u8>, CatalogError> {
    sealed::pack(entity.unwrap_or(&Entity::default()))
}

fn sorted<'a>(ids: impl Iterator<Item = &'a u32>) -> Vec<&'a u32> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids
}

async fn update_docs(tx: &mut Transaction<'_, Sqlite>, table: &'static str, rows: Vec<[Bind; 2]>) -> Result<(), sqlx::Error> {
    // An upsert that never inserts would need every NOT NULL column: values as a table join cheaper.
    let tail = format!(") UPDATE {table} SET doc = changed.column2 FROM changed WHERE {table}.id = changed.column1");
    bulk::write(tx, "WITH changed AS (", rows, &tail).await
}

async fn write_column_counts(tx: &mut Transaction<'_, Sqlite>, counts: &HashMap<u32, i64>) -> Result<i64, CatalogError> {
    if counts.is_empty() {
        return Ok(0);
    }
    let list = serde_json::to_string(&counts.keys().collect::<Vec<_>>()).unwrap_or_default();
    let before: i64 = sqlx::query("SELECT coalesce(sum(columns), 0) FROM dataset WHERE id IN (SELECT value FROM json_each(?))")
        .bind(list)
        .fetch_one(&mut **tx)
        .await?
        .get(0);
    let rows = counts.iter().map(|(id, count)| [Bind::Int(i64::from(*id)), Bind::Int(*count)]).collect();
    let tail = ") UPDATE dataset SET columns = changed.column2 FROM changed WHERE dataset.id = changed.column1";
    bulk::write(tx, "WITH changed AS (", rows, tail).await?;
    Ok(counts.values().sum::<i64>() - before)
}

/// Returns by how much the number of listed datasets grew. Of several listings of one dataset the last counts.
async fn write_listings(tx: &mut Transaction<'_, Sqlite>, listings: &[Listing]) -> Result<i64, sqlx::Error> {
    let last: HashMap<u32, bool> = listings.iter().map(|listing| (listing.dataset, listing.listed)).collect();
    if last.is_empty() {
        return Ok(0);
    }
    let list = serde_json::to_string(&last.keys().collect::<Vec<_>>()).unwrap_or_default();
    let before: i64 = sqlx::query("SELECT coalesce(sum(listed), 0) FROM dataset WHERE id IN (SELECT value FROM json_each(?))")
        .bind(list)
        .fetch_one(&mut **tx)
        .await?
        .get(0);
    let after = last.values().filter(|listed| **listed).count() as i64;
    let rows = last.into_iter().map(|(id, listed)| [Bind::Int(i64::from(id)), Bind::Int(i64::from(listed))]).collect();
    let tail = ") UPDATE dataset SET listed = changed.column2 FROM changed WHERE dataset.id = changed.column1";
    bulk::write(tx, "WITH changed AS (", rows, tail).await?;
    Ok(after - before)
}

async fn write_facets(tx: &mut Transaction<'_, Sqlite>, batch: Batch) -> Result<(), sqlx::Error> {
    let rows = batch.new_keys.into_iter().map(|(id, key)| [Bind::Int(i64::from(id)), Bind::Text(key)]).collect();
    bulk::write(tx, "INSERT INTO facet_key (id, key)", rows, "").await?;
    let rows = batch.content.into_iter().map(|(hash, body)| [Bind::Blob(hash.0.to_vec()), Bind::Blob(body)]).collect();
    bulk::write(tx, "INSERT OR IGNORE INTO content (hash, body)", rows, "").await?;
    let row = |((entity, key, hash), version): ((i64, u32, ContentHash), crate::fold::entity::Version)| {
        [
            Bind::Int(entity),
            Bind::Int(i64::from(key)),
            Bind::Blob(hash.0.to_vec()),
            Bind::Int(version.first),
            Bind::Int(version.last.time),
            Bind::Int(i64::from(version.last.rank)),
            Bind::Int(i64::from(version.deleted)),
        ]
    };
    let rows = batch.versions.into_iter().map(row).collect();
    let tail = "ON CONFLICT (entity, key, hash) DO UPDATE SET first = min(first, excluded.first), \
                rank = CASE WHEN (excluded.last, excluded.rank) > (last, rank) THEN excluded.rank ELSE rank END, last = max(last, excluded.last)";
    bulk::write(tx, "INSERT INTO facet (entity, key, hash, first, last, rank, deleted)", rows, tail).await
}

async fn write_graph(tx: &mut Transaction<'_, Sqlite>, graph: FlowRow, seq: u64) -> Result<(), sqlx::Error> {
    let rows =
        graph.flows.into_iter().map(|(owner, doc)| [Bind::Int(owner_code(owner)), Bind::Blob(seal(&doc)), Bind::Int(seq as i64)]).collect();
    bulk::write(tx, "INSERT OR REPLACE INTO flow (owner, doc, seq)", rows, "").await?;
    let rows = graph.columns.into_iter().map(|(hash, doc)| [Bind::Blob(hash.0.to_vec()), Bind::Blob(seal(&doc))]).collect();
    bulk::write(tx, "INSERT OR IGNORE INTO column_lineage (hash, doc)", rows, "").await?;
    let rows = graph.explicit.into_iter().map(|(hash, doc)| [Bind::Blob(hash.0.to_vec()), Bind::Blob(seal(&doc))]).collect();
    bulk::write(tx, "INSERT OR IGNORE INTO explicit_lineage (hash, doc)", rows, "").await?;
    let rows =
        graph.identities.into_iter().map(|(id, doc)| [Bind::Int(i64::from(id)), Bind::Blob(seal(&doc)), Bind::Int(seq as i64)]).collect();
    bulk::write(tx, "INSERT OR REPLACE INTO identity (dataset, doc, seq)", rows, "").await
}

/// 2 × dataset, 2 × job + 1.
pub(super) fn owner_code(owner: Owner) -> i64 {
    match owner {
        Owner::Dataset(id) => i64::from(id) * 2,
        Owner::Job(id) => i64::from(id) * 2 + 1,
    }
}

/// The owner of a stored code.
pub(super) fn owner_of(code: i64) -> Owner {
    let id = (code / 2) as u32;
    if code % 2 == 0 { Owner::Dataset(id) } else { Owner::Job(id) }
}
