//! A digest of everything the catalog holds, free of its internal numbers and of the order of
//! arrival: sorted lines of JSON over derived ids.

use super::{CatalogError, Writer, sealed};
use crate::fold::entity::Entity;
use crate::fold::run::Run;
use schema::log::ContentHash;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteRow;
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
        lines.push(names.moved_line(&self.db).await?);
        lines.push(names.run_event_line(&self.db).await?);
        lines.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"headwater catalog digest 1\n");
        lines.iter().for_each(|line| {
            hasher.update(line.as_bytes()).update(b"\n");
        });
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// BLAKE3 over what else the catalog says of this one log: which entry a row is of, and when it came. A server that had the
    /// same events in another order has another one.
    pub async fn log_digest(&self) -> Result<String, CatalogError> {
        let names = Numbers::load(&self.db).await?;
        let lines = names.log_lines(&self.db).await?;
        Ok(blake3::hash(format!("headwater catalog by entry 1\n{}", lines.join("\n")).as_bytes()).to_hex().to_string())
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
            [("SELECT id, namespace, name, columns, doc, listed FROM dataset", 0), ("SELECT id, namespace, name, 0, doc, 1 FROM job", 1)]
        {
            for row in sqlx::query(table).fetch_all(db).await? {
                let entity: Entity = sealed::unpack(row.get(4))?;
                let mut history = versions.remove(&(row.get::<i64, _>(0) * 2 + offset)).unwrap_or_default();
                self.overlay(&entity, &mut history);
                let (namespace, name): (String, String) = (row.get(1), row.get(2));
                let (columns, listed): (i64, i64) = (row.get(3), row.get(5));
                let history: Vec<_> = history.iter().collect();
                lines.push(json!(["entity", offset, namespace, name, columns, listed, entity.span, history]).to_string());
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

    /// All events' rows, without numbers and times of arrival.
    async fn event_line(&self, db: &SqlitePool) -> Result<String, CatalogError> {
        let sql = "SELECT seq, 0, 0, time, kind, type, uri, e.job, hex(r.uuid), dataset, findings \
                   FROM event e JOIN producer p ON p.id = e.producer LEFT JOIN run r ON r.id = e.run WHERE seq > ?1 ORDER BY seq LIMIT 10000";
        let line = |row: &SqliteRow| {
            let (time, kind, event_type, uri): (i64, i64, Option<i64>, String) = (row.get(3), row.get(4), row.get(5), row.get(6));
            let job = row.get::<Option<i64>, _>(7).map(|id| self.job(id as u32));
            let dataset = row.get::<Option<i64>, _>(9).map(|id| self.dataset(id as u32));
            let (run, findings): (Option<String>, i64) = (row.get(8), row.get(10));
            json!([time, kind, event_type, uri, job, run, dataset, findings])
        };
        summed(db, "events", sql, line).await
    }

    /// What runs read and wrote, as lists are made of it.
    async fn moved_line(&self, db: &SqlitePool) -> Result<String, CatalogError> {
        let sql = "SELECT dataset, role, run, hex(r.uuid), r.job FROM run_io LEFT JOIN run r ON r.id = run \
                   WHERE (dataset, role, run) > (?1, ?2, ?3) ORDER BY dataset, role, run LIMIT 10000";
        let line = |row: &SqliteRow| {
            let job = row.get::<Option<i64>, _>(4).map(|id| self.job(id as u32));
            json!([self.dataset(row.get::<i64, _>(0) as u32), row.get::<i64, _>(1), row.get::<Option<String>, _>(3), job])
        };
        summed(db, "moved", sql, line).await
    }

    /// Which events each run has.
    async fn run_event_line(&self, db: &SqlitePool) -> Result<String, CatalogError> {
        let sql = "SELECT o.run, o.seq, 0, hex(r.uuid), r.job, e.time, e.kind, e.type FROM run_event o LEFT JOIN run r ON r.id = o.run \
                   LEFT JOIN event e ON e.seq = o.seq WHERE (o.run, o.seq) > (?1, ?2) ORDER BY o.run, o.seq LIMIT 10000";
        let line = |row: &SqliteRow| {
            let job = row.get::<Option<i64>, _>(4).map(|id| self.job(id as u32));
            let event: [Option<i64>; 3] = [row.get(5), row.get(6), row.get(7)];
            json!([row.get::<Option<String>, _>(3), job, event])
        };
        summed(db, "events of runs", sql, line).await
    }

    async fn log_lines(&self, db: &SqlitePool) -> Result<[String; 4], CatalogError> {
        let numbers = |row: &SqliteRow| json!([row.get::<i64, _>(0), row.get::<i64, _>(3)]);
        let arrived = summed(db, "arrived", "SELECT seq, 0, 0, received FROM event WHERE seq > ?1 ORDER BY seq LIMIT 10000", numbers);
        let sql = "SELECT o.run, o.seq, 0, hex(r.uuid), r.job FROM run_event o LEFT JOIN run r ON r.id = o.run \
                   WHERE (o.run, o.seq) > (?1, ?2) ORDER BY o.run, o.seq LIMIT 10000";
        let of_run = |row: &SqliteRow| {
            let job = row.get::<Option<i64>, _>(4).map(|id| self.job(id as u32));
            json!([row.get::<i64, _>(1), row.get::<Option<String>, _>(3), job])
        };
        let runs = summed(db, "events of runs", sql, of_run);
        let sql = "SELECT f.producer, code, 0, uri, f.seq FROM finding f LEFT JOIN producer p ON p.id = f.producer \
                   WHERE (f.producer, code) > (?1, ?2) ORDER BY f.producer, code LIMIT 10000";
        let example = |row: &SqliteRow| json!([row.get::<Option<String>, _>(3), row.get::<i64, _>(1), row.get::<i64, _>(4)]);
        let findings = summed(db, "findings", sql, example);
        let sql = "SELECT seq, 0, 0, reason FROM unreadable WHERE seq > ?1 ORDER BY seq LIMIT 10000";
        let passed_over = summed(db, "passed over", sql, |row| json!([row.get::<i64, _>(0), row.get::<String, _>(3)]));
        Ok([arrived.await?, runs.await?, findings.await?, passed_over.await?])
    }
}

/// How many rows a table has, and the sum of their hashes: a line each would not fit into memory. A row begins with three
/// numbers by which `sql` goes on behind it.
async fn summed(db: &SqlitePool, what: &str, sql: &'static str, line: impl Fn(&SqliteRow) -> Value) -> Result<String, CatalogError> {
    let (mut count, mut sum, mut after) = (0_u64, 0_u128, [-1_i64; 3]);
    loop {
        let rows = sqlx::query(sql).bind(after[0]).bind(after[1]).bind(after[2]).fetch_all(db).await?;
        let Some(last) = rows.last() else { return Ok(json!([what, count, format!("{sum:032x}")]).to_string()) };
        after = [last.get(0), last.get(1), last.get(2)];
        for row in &rows {
            let hash = ContentHash::of(line(row).to_string().as_bytes());
            sum = sum.wrapping_add(u128::from_le_bytes(hash.0));
            count += 1;
        }
    }
}
