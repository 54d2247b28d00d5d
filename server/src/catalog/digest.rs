//! A digest of everything the catalog holds, free of its internal numbers and of the order of
//! arrival: sorted lines of JSON over derived ids.

use super::{CatalogError, Writer, sealed};
use crate::fold::entity::Entity;
use crate::fold::run::Run;
use schema::log::ContentHash;
use serde_json::json;
use sqlx::{Row, SqlitePool};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Writer {
    /// BLAKE3 over every entity, facet version and run, in hex.
    pub async fn digest(&self) -> Result<String, CatalogError> {
        let names = Numbers::load(&self.db).await?;
        let mut lines = names.entity_lines(&self.db).await?;
        lines.extend(names.run_lines(&self.db).await?);
        lines.extend(names.parent_lines(&self.db).await?);
        lines.extend(names.producer_lines(&self.db).await?);
        lines.push(names.event_line(&self.db).await?);
        lines.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"headwater catalog digest 1\n");
        lines.iter().for_each(|line| {
            hasher.update(line.as_bytes()).update(b"\n");
        });
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// Derived ids by number: datasets, jobs.
    pub async fn node_ids(&self) -> Result<(Vec<Uuid>, Vec<Uuid>), CatalogError> {
        let names = Numbers::load(&self.db).await?;
        Ok((names.datasets, names.jobs))
    }
}

/// Versions of an entity by facet key and content: first, last, rank, deleted.
type Versions = BTreeMap<(String, String), (i64, i64, u8, bool)>;

struct Numbers {
    datasets: Vec<Uuid>,
    jobs: Vec<Uuid>,
    keys: Vec<String>,
}

impl Numbers {
    async fn load(db: &SqlitePool) -> Result<Self, CatalogError> {
        let uuids = async |sql: &'static str| -> Result<Vec<Uuid>, CatalogError> {
            let rows = sqlx::query(sql).fetch_all(db).await?;
            Ok(rows.iter().map(|row| Uuid::from_slice(row.get(0)).unwrap_or_default()).collect())
        };
        let keys = sqlx::query("SELECT key FROM facet_key ORDER BY id").fetch_all(db).await?;
        Ok(Self {
            datasets: uuids("SELECT uuid FROM dataset ORDER BY id").await?,
            jobs: uuids("SELECT uuid FROM job ORDER BY id").await?,
            keys: keys.iter().map(|row| row.get(0)).collect(),
        })
    }

    fn dataset(&self, id: u32) -> Uuid {
        self.datasets.get(id as usize).copied().unwrap_or_default()
    }

    fn job(&self, id: u32) -> Uuid {
        self.jobs.get(id as usize).copied().unwrap_or_default()
    }

    fn key(&self, id: u32) -> &str {
        self.keys.get(id as usize).map_or("", String::as_str)
    }

    async fn entity_lines(&self, db: &SqlitePool) -> Result<Vec<String>, CatalogError> {
        let mut versions: BTreeMap<i64, Versions> = BTreeMap::new();
        for row in sqlx::query("SELECT entity, key, hex(hash), first, last, rank, deleted FROM facet").fetch_all(db).await? {
            let key = (self.key(row.get::<i64, _>(1) as u32).to_owned(), row.get::<String, _>(2).to_lowercase());
            let version = (row.get(3), row.get(4), row.get::<i64, _>(5) as u8, row.get::<i64, _>(6) != 0);
            versions.entry(row.get(0)).or_default().insert(key, version);
        }
        let mut lines = Vec::new();
        for (table, offset) in
            [("SELECT id, namespace, name, columns, doc FROM dataset", 0), ("SELECT id, namespace, name, 0, doc FROM job", 1)]
        {
            for row in sqlx::query(table).fetch_all(db).await? {
                let entity: Entity = sealed::unpack(row.get(4))?;
                let mut history = versions.remove(&(row.get::<i64, _>(0) * 2 + offset)).unwrap_or_default();
                self.overlay(&entity, &mut history);
                let (namespace, name): (String, String) = (row.get(1), row.get(2));
                let columns: i64 = row.get(3);
                let history: Vec<_> = history.iter().collect();
                lines.push(json!(["entity", offset, namespace, name, columns, entity.span, history]).to_string());
            }
        }
        Ok(lines)
    }

    /// The newest assertion of what counts stands in the entity, its history row may lag.
    fn overlay(&self, entity: &Entity, history: &mut Versions) {
        for (&key, current) in &entity.current {
            let stamp = current.stamp;
            let version = history.entry((self.key(key).to_owned(), stamp.hash.to_string())).or_insert((
                stamp.time,
                stamp.time,
                stamp.rank,
                current.deleted,
            ));
            (version.1, version.2) = (version.1, version.2).max((stamp.time, stamp.rank));
        }
    }

    async fn run_lines(&self, db: &SqlitePool) -> Result<Vec<String>, CatalogError> {
        let mut lines = Vec::new();
        for row in sqlx::query("SELECT hex(uuid), job, doc, (SELECT count(*) FROM run_event WHERE run = id) FROM run").fetch_all(db).await?
        {
            let (uuid, job, events): (String, i64, i64) = (row.get(0), row.get(1), row.get(3));
            let run: Run = sealed::unpack(row.get(2))?;
            let ids = |set: &BTreeSet<u32>| set.iter().map(|&id| self.dataset(id)).collect::<BTreeSet<_>>();
            let hashes =
                |set: &BTreeSet<(u32, ContentHash)>| set.iter().map(|(id, hash)| (self.dataset(*id), *hash)).collect::<BTreeSet<_>>();
            let facets: BTreeMap<_, _> = run.facets.iter().map(|(key, facet)| (self.key(*key), (facet.stamp, facet.deleted))).collect();
            let parent = run.parent.as_ref().map(|(stamp, parent, root)| {
                (stamp, parent.run, self.job(parent.job), root.as_ref().map(|root| (root.run, self.job(root.job))))
            });
            let who = json!([uuid, self.job(job as u32), events, run.events, run.text, parent]);
            let when = json!([run.span, run.state(), run.started_at(), run.ended_at(), run.nominal]);
            let moved = json!([ids(&run.inputs), ids(&run.outputs), ids(&run.snapshot_inputs), ids(&run.snapshot_outputs)]);
            let said = json!([hashes(&run.columns), hashes(&run.inferred), run.explicit, facets]);
            lines.push(json!(["run", who, when, moved, said]).to_string());
        }
        Ok(lines)
    }

    async fn parent_lines(&self, db: &SqlitePool) -> Result<Vec<String>, CatalogError> {
        let rows = sqlx::query("SELECT child, parent FROM job_parent").fetch_all(db).await?;
        Ok(rows
            .iter()
            .map(|row| json!(["parent", self.job(row.get::<i64, _>(0) as u32), self.job(row.get::<i64, _>(1) as u32)]).to_string())
            .collect())
    }

    /// Producers, their findings and what they said of datasets.
    async fn producer_lines(&self, db: &SqlitePool) -> Result<Vec<String>, CatalogError> {
        let mut lines = Vec::new();
        for row in sqlx::query("SELECT uri, events, first, last FROM producer").fetch_all(db).await? {
            let (uri, events, first, last): (String, i64, i64, i64) = (row.get(0), row.get(1), row.get(2), row.get(3));
            lines.push(json!(["producer", uri, events, first, last]).to_string());
        }
        let sql = "SELECT uri, code, f.events, f.first, f.last, hex(hash) FROM finding f JOIN producer p ON p.id = f.producer";
        for row in sqlx::query(sql).fetch_all(db).await? {
            let (uri, code, events, first, last): (String, i64, i64, i64, i64) =
                (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4));
            lines.push(json!(["finding", uri, code, events, first, last, row.get::<String, _>(5)]).to_string());
        }
        for row in sqlx::query("SELECT uri, dataset, said FROM producer_dataset JOIN producer ON id = producer").fetch_all(db).await? {
            let (uri, dataset, said): (String, i64, i64) = (row.get(0), row.get(1), row.get(2));
            lines.push(json!(["said", uri, self.dataset(dataset as u32), said]).to_string());
        }
        Ok(lines)
    }

    /// The sum of the hashes of all events' rows: a line each would not fit into memory. Numbers and
    /// times of arrival are left out.
    async fn event_line(&self, db: &SqlitePool) -> Result<String, CatalogError> {
        let sql = "SELECT seq, time, kind, type, uri, e.job, hex(r.uuid), dataset, findings \
                   FROM event e JOIN producer p ON p.id = e.producer LEFT JOIN run r ON r.id = e.run WHERE seq > ? ORDER BY seq LIMIT 10000";
        let (mut count, mut sum, mut after) = (0_u64, 0_u128, 0_i64);
        loop {
            let rows = sqlx::query(sql).bind(after).fetch_all(db).await?;
            let Some(last) = rows.last() else { return Ok(json!(["events", count, format!("{sum:032x}")]).to_string()) };
            after = last.get(0);
            for row in &rows {
                let (time, kind, event_type, uri): (i64, i64, Option<i64>, String) = (row.get(1), row.get(2), row.get(3), row.get(4));
                let job = row.get::<Option<i64>, _>(5).map(|id| self.job(id as u32));
                let dataset = row.get::<Option<i64>, _>(7).map(|id| self.dataset(id as u32));
                let (run, findings): (Option<String>, i64) = (row.get(6), row.get(8));
                let line = json!([time, kind, event_type, uri, job, run, dataset, findings]).to_string();
                let hash = ContentHash::of(line.as_bytes());
                sum = sum.wrapping_add(u128::from_le_bytes(hash.0));
                count += 1;
            }
        }
    }
}
