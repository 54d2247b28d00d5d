//! The same events give the same state in any order, however often repeated and however split into
//! batches: the whole way from entries to digests, on the real catalog and graph.

mod facets;
mod fingerprint;

use super::documents::{chunks, documents};
use super::{Projector, prepare};
use crate::catalog::Reader;
use crate::graph::NodeNames;
use crate::log::{EventLog, NewEntry, SqliteLog, compress};
use proptest::prelude::*;
use schema::log::{ContentHash, EntryKind};
use schema::naming::Rules;
use schema::openlineage::Container;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

const TYPES: [Option<&str>; 7] = [Some("START"), Some("RUNNING"), Some("COMPLETE"), Some("ABORT"), Some("FAIL"), Some("OTHER"), None];

/// What varies between two events; small ranges, so that they meet.
#[derive(Clone, Debug)]
struct Draw {
    class: u8,
    event_type: usize,
    time: u8,
    run: u8,
    job: u8,
    inputs: Vec<u8>,
    outputs: Vec<u8>,
    facets: u8,
    content: u8,
    parent: Option<u8>,
    extra: u8,
    /// Facets of the specification that ride along, see [`facets::add`].
    samples: u64,
}

fn draw() -> impl Strategy<Value = Draw> {
    let datasets = || prop::collection::vec(0..5u8, 0..4);
    (0..8u8, 0..7usize, 0..6u8, 0..3u8, 0..3u8, datasets(), datasets(), any::<u8>(), 0..3u8, (prop::option::of(0..3u8), 0..10u8, samples()))
        .prop_map(|(class, event_type, time, run, job, inputs, outputs, facets, content, (parent, extra, samples))| Draw {
            class,
            event_type,
            time,
            run,
            job,
            inputs,
            outputs,
            facets,
            content,
            parent,
            extra,
            samples,
        })
}

/// A sixteenth of the facets: enough for each to meet itself and others in a case.
fn samples() -> impl Strategy<Value = u64> {
    any::<[u64; 4]>().prop_map(|bits| bits.into_iter().fold(u64::MAX, |all, bits| all & bits))
}

impl Draw {
    fn event(&self) -> Value {
        let mut event = json!({ "eventTime": format!("2026-01-01T00:00:0{}Z", self.time), "schemaURL": "s" });
        if self.content < 2 {
            event["producer"] = format!("p{}", self.content).into();
        }
        if self.class == 7 {
            event["dataset"] = self.dataset(self.outputs.first().copied().unwrap_or(0), true);
            return event;
        }
        event["job"] = json!({ "namespace": "n", "name": format!("j{}", self.job), "facets": self.job_facets() });
        event["inputs"] = self.inputs.iter().map(|&d| self.dataset(d, false)).collect();
        event["outputs"] = self.outputs.iter().map(|&d| self.dataset(d, true)).collect();
        if self.class < 6 {
            event["run"] = json!({ "runId": format!("00000000-0000-0000-0000-00000000000{}", self.run), "facets": self.run_facets() });
            event["eventType"] = TYPES[self.event_type].map_or(Value::Null, Value::from);
        }
        event
    }

    fn has(&self, bit: u8) -> bool {
        self.facets & (1 << bit) != 0
    }

    fn dataset(&self, number: u8, written: bool) -> Value {
        let mut facets = json!({});
        if self.has(0) {
            let fields: Vec<Value> = (0..=self.content).map(|c| json!({ "name": format!("c{c}"), "type": "int" })).collect();
            facets["schema"] = json!({ "fields": fields });
        }
        if self.has(1) {
            facets["documentation"] = json!({ "description": format!("text {}", self.content), "_deleted": self.content == 2 });
        }
        if written && self.has(2) {
            let source =
                json!({ "namespace": "n", "name": format!("d{}", self.content), "field": "c0", "transformations": [{ "type": "DIRECT" }] });
            facets["columnLineage"] = json!({ "fields": { "c0": { "inputFields": [source] } }, "dataset": if self.has(3) { json!([source]) } else { json!([]) } });
        }
        self.identity(&mut facets, written);
        facets::add(&mut facets, Container::Dataset, self.samples, self.content);
        let (key, place) = if written { ("outputFacets", Container::Output) } else { ("inputFacets", Container::Input) };
        let mut counted = json!({});
        facets::add(&mut counted, place, self.samples, self.content);
        json!({ "namespace": "n", "name": format!("d{number}"), "facets": facets, key: counted })
    }

    /// Other names, drops, renames and temporary datasets.
    fn identity(&self, facets: &mut Value, written: bool) {
        match self.extra {
            1 => {
                facets["symlinks"] = json!({ "identifiers": [
                { "namespace": "n", "name": format!("d{}", self.content), "type": "TABLE" },
                { "namespace": "n", "name": format!("alias {}", self.content), "type": "LOCATION" },
            ] });
            }
            2 => facets["symlinks"] = json!({ "identifiers": [], "_deleted": self.content == 1 }),
            3 if written => facets["lifecycleStateChange"] = json!({ "lifecycleStateChange": "DROP" }),
            4 if written => {
                let previous = json!({ "namespace": "n", "name": format!("d{}", self.content) });
                facets["lifecycleStateChange"] = json!({ "lifecycleStateChange": "RENAME", "previousIdentifier": previous });
            }
            5 => {
                facets["datasetType"] =
                    json!({ "datasetType": "TABLE", "subType": if self.content == 0 { "TEMPORARY" } else { "EXTERNAL" } });
            }
            6 if written && self.class == 7 => {
                let source = json!({ "type": "DATASET", "namespace": "n", "name": format!("d{}", self.content) });
                facets["lineage"] = json!({ "inputs": [source], "fields": { "c": { "inputs": [source] } } });
            }
            _ => {}
        }
    }

    fn job_facets(&self) -> Value {
        let mut facets = json!({});
        if self.has(4) {
            facets["sql"] = json!({ "query": self.sql(), "dialect": "postgres" });
        }
        match self.extra {
            6 | 7 => facets["lineage"] = self.said(),
            9 => facets["lineage"] = json!({}),
            8 => {
                facets["jobType"] =
                    json!({ "processingType": "STREAMING", "emissionPattern": { "eventContentMode": "COMPLETE_SNAPSHOT" } });
            }
            _ => {}
        }
        facets::add(&mut facets, Container::Job, self.samples, self.content);
        facets
    }

    /// With columns to infer when its tables are among the inputs and outputs.
    fn sql(&self) -> String {
        let name = |list: &[u8]| list.first().map_or_else(|| "t".to_owned(), |number| format!("d{number}"));
        match self.content {
            0 => "select 0".into(),
            content => format!("insert into {} (s{content}) select c{content} from {}", name(&self.outputs), name(&self.inputs)),
        }
    }

    /// What a job says outright.
    fn said(&self) -> Value {
        let dataset = |number: u8| json!({ "type": "DATASET", "namespace": "n", "name": format!("d{number}") });
        let job = json!({ "type": "JOB", "namespace": "n", "name": format!("j{}", self.content) });
        let mut entry = dataset(self.content + 1);
        entry["inputs"] = match self.content {
            0 => json!([dataset(0), { "type": "JOB" }]),
            1 => json!([]),
            _ => json!([job]),
        };
        let mut field = dataset(self.content);
        field["field"] = "c0".into();
        entry["fields"] = json!({ "c1": { "inputs": [field, dataset(4)] } });
        json!({ "entries": [entry, { "type": "JOB", "inputs": [job, dataset(3)] }] })
    }

    fn run_facets(&self) -> Value {
        let mut facets = json!({});
        if let Some(parent) = self.parent {
            facets["parent"] = json!({
                "run": { "runId": format!("00000000-0000-0000-0000-00000000000{parent}") },
                "job": { "namespace": "n", "name": format!("j{parent}") },
                "root": { "run": { "runId": "root run" }, "job": { "namespace": "n", "name": "root" } },
            });
        }
        if self.has(5) {
            facets["nominalTime"] = json!({ "nominalStartTime": format!("2026-01-0{}T00:00:00Z", self.content + 1) });
        }
        if self.has(6) {
            facets["errorMessage"] = json!({ "message": format!("error {}", self.content) });
        }
        facets::add(&mut facets, Container::Run, self.samples, self.content);
        facets
    }
}

/// What happens between two batches.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Between {
    /// The graph's file is written.
    Save,
    /// The process ends, and begins again with whatever file there is.
    Restart,
    /// Search takes in what changed since it did last.
    Search,
}

/// The catalog's digest, what the graph says and what search shows after folding these events in batches cut at these
/// places.
async fn digests(events: &[Vec<u8>], cuts: &[(usize, Vec<Between>)]) -> (String, Vec<String>, Shown) {
    let dir = tempfile::tempdir().unwrap();
    let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open(dir.path()).await.unwrap());
    let mut projector = Projector::open(dir.path(), log.clone(), Arc::default()).await.unwrap();
    let reader = Reader::open(dir.path()).await.unwrap();
    let (mut shown, mut taken_in) = (Shown::default(), 0);
    let mut from = 0;
    for (cut, between) in cuts.iter().chain([&(events.len(), Vec::new())]) {
        let cut = *cut;
        let batch = &events[from.min(cut)..cut];
        from = from.max(cut);
        let entry = |payload: &Vec<u8>| NewEntry {
            kind: EntryKind::OpenLineage,
            hash: ContentHash::of(payload),
            arrived: None,
            compressed: compress(payload).unwrap(),
            shown: None,
        };
        log.append(batch.iter().map(entry).collect::<Vec<_>>().into(), 0).await.unwrap();
        while projector.step(u64::MAX, None).await.unwrap() {}
        for between in between {
            match between {
                Between::Search => {
                    take_in(&mut shown, &reader, &projector, taken_in).await;
                    taken_in = projector.projected().seq;
                }
                Between::Save => projector.save().await,
                Between::Restart => {
                    let saved = projector.saved;
                    projector.close().await;
                    projector = Projector::open(dir.path(), log.clone(), Arc::default()).await.unwrap();
                    assert_eq!(projector.saved, saved, "the file was passed over");
                }
            }
        }
    }
    let (datasets, jobs) = projector.writer.node_ids().await.unwrap();
    let said = projector.snapshot().load().lines(&NodeNames { datasets, jobs });
    take_in(&mut shown, &reader, &projector, taken_in).await;
    let mut anew = Shown::new();
    take_in(&mut anew, &reader, &projector, 0).await;
    assert_eq!(shown, anew, "search was not told of everything that changed");
    (projector.digests().await.unwrap().0, said, shown)
}

/// Documents by entity.
type Shown = BTreeMap<Uuid, Vec<String>>;

/// What the indexer does after each batch, and after a start with an index that is behind.
async fn take_in(shown: &mut Shown, reader: &Reader, projector: &Projector, since: u64) {
    let owners = reader.searchable_since(since).await.unwrap().into_iter().collect();
    let graph = projector.snapshot().load();
    for chunk in chunks(&graph, &owners) {
        for (entity, documents) in documents(reader, &graph, &chunk).await.unwrap() {
            let mut texts: Vec<String> = documents
                .into_iter()
                .map(|mut document| {
                    document.aliases.sort();
                    document.columns.sort();
                    format!("{document:?}")
                })
                .collect();
            texts.sort();
            if texts.is_empty() {
                shown.remove(&entity)
            } else {
                shown.insert(entity, texts)
            };
        }
    }
}

fn canonical(event: &Value) -> Vec<u8> {
    schema::json::Json::parse(event.to_string().as_bytes()).unwrap().canonical()
}

/// A catalog of the format before there were versions is folded anew, not misread.
#[tokio::test]
async fn an_older_catalog_is_folded_anew() {
    let event = json!({ "eventTime": "2026-01-01T00:00:00Z", "job": { "namespace": "n", "name": "j" }, "outputs": [{ "namespace": "n", "name": "d" }] });
    let payload = canonical(&event);
    let expected = digests(std::slice::from_ref(&payload), &[]).await;
    let dir = tempfile::tempdir().unwrap();
    let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open(dir.path()).await.unwrap());
    let entry = NewEntry {
        kind: EntryKind::OpenLineage,
        hash: ContentHash::of(&payload),
        arrived: None,
        compressed: compress(&payload).unwrap(),
        shown: None,
    };
    log.append(vec![entry].into(), 0).await.unwrap();
    let mut projector = Projector::open(dir.path(), log.clone(), Arc::default()).await.unwrap();
    while projector.step(u64::MAX, None).await.unwrap() {}
    projector.close().await;
    let pool = crate::sqlite::open(&dir.path().join("catalog.db"), crate::sqlite::Durability::Normal, 1).await.unwrap();
    let older = "DROP TABLE mark; CREATE TABLE mark (hash BLOB NOT NULL, rules BLOB NOT NULL) STRICT; DROP TABLE searchable; \
                 DROP TABLE unreadable; PRAGMA user_version = 4";
    sqlx::raw_sql(older).execute(&pool).await.unwrap();
    pool.close().await;
    assert!(prepare(dir.path(), &*log, &Rules::default()).await.unwrap().old.is_none());
    let mut projector = Projector::open(dir.path(), log, Arc::default()).await.unwrap();
    assert_eq!(projector.projected().seq, 0);
    while projector.step(u64::MAX, None).await.unwrap() {}
    assert_eq!(projector.digests().await.unwrap().0, expected.0);
}

/// A case costs two databases; `PROPTEST_CASES=20000` with the temporary folder in memory is for a long look.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn order_repetition_batches_and_restarts_do_not_matter(
        draws in prop::collection::vec(draw(), 2..24),
        shuffle in any::<prop::sample::Index>(),
        seeds in prop::collection::vec(any::<prop::sample::Index>(), 40),
        between in prop::collection::vec(prop::collection::vec(prop_oneof![Just(Between::Save), Just(Between::Restart), Just(Between::Search)], 0..3), 3),
    ) {
        let events: Vec<Vec<u8>> = draws.iter().map(|draw| canonical(&draw.event())).collect();
        let mut other = events.clone();
        for (i, seed) in seeds.iter().take(8).enumerate() {
            other.push(events[seed.index(events.len())].clone());
            other.swap(i % events.len(), seed.index(events.len()));
        }
        other.rotate_left(shuffle.index(events.len()));
        for (i, seed) in seeds.iter().enumerate() {
            let length = other.len();
            other.swap(i % length, seed.index(length));
        }
        let mut places: Vec<usize> = seeds.iter().take(3).map(|seed| seed.index(other.len())).collect();
        places.sort_unstable();
        let cuts: Vec<_> = places.into_iter().zip(between).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let expected = runtime.block_on(digests(&events, &[]));
        let shuffled = runtime.block_on(digests(&other, &cuts));
        prop_assert_eq!(expected, shuffled);
    }
}
