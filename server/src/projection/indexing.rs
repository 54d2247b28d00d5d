//! The indexer on a disk that fails: search ends as if nothing had happened, and never claims what it does not hold.

use super::{Indexer, Projector};
use crate::catalog::Reader;
use crate::health::{Health, Part};
use crate::log::{Batch, EventLog, NewEntry, SqliteLog, compress};
use crate::search::SearchIndex;
use crate::search::failing::Disk;
use hashbrown::HashMap;
use schema::log::{ContentHash, EntryKind};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const BATCHES: u64 = 8;

/// Events that bring datasets and columns, join and part aliases, and take columns back.
fn batch(number: u64) -> Vec<NewEntry> {
    let events = (0..4).map(|one| {
        let links = json!([{ "namespace": "hive", "name": format!("t{}", (number + one) % 3), "type": "TABLE" }]);
        let symlinks = json!({ "identifiers": if number.is_multiple_of(3) { json!([]) } else { links } });
        let source = json!({ "namespace": "n", "name": format!("s{one}"), "field": format!("c{number}") });
        let column_lineage = json!({ "fields": { "x": { "inputFields": [source] } } });
        json!({
            "eventTime": format!("2026-01-01T00:00:{number:02}Z"), "producer": "p", "schemaURL": "s",
            "eventType": if number.is_multiple_of(2) { "START" } else { "COMPLETE" },
            "run": { "runId": format!("00000000-0000-0000-0000-0000000000{:02}", number / 2) },
            "job": { "namespace": "n", "name": format!("j{one}"), "facets": if number % 4 == 3 { json!({ "lineage": {} }) } else { json!({}) } },
            "outputs": [{ "namespace": "n", "name": format!("d{one}"), "facets": { "symlinks": symlinks, "columnLineage": column_lineage } }],
        })
    });
    let entry = |event: serde_json::Value| {
        let payload = schema::json::Json::parse(event.to_string().as_bytes()).unwrap().canonical();
        let (hash, compressed) = (ContentHash::of(&payload), compress(&payload).unwrap());
        NewEntry { kind: EntryKind::OpenLineage, hash, arrived: None, compressed, shown: None }
    };
    events.map(entry).collect()
}

struct Estate {
    log: Arc<dyn EventLog>,
    projector: Projector,
    reader: Reader,
}

impl Estate {
    async fn new(dir: &Path) -> Self {
        let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open(dir).await.unwrap());
        let projector = Projector::open(dir, log.clone(), Arc::default()).await.unwrap();
        Self { log, reader: Reader::open(dir).await.unwrap(), projector }
    }

    async fn step(&mut self, number: u64, indexer: &Indexer) {
        self.log.append(Batch { entries: batch(number), ..Batch::default() }, 0).await.unwrap();
        while self.projector.step(u64::MAX, Some(indexer)).await.unwrap() {}
    }

    fn indexer(&self, index: &Arc<SearchIndex>) -> Indexer {
        Indexer::new(index.clone(), self.reader.clone(), self.projector.snapshot())
    }

    /// What an index holds that is built now.
    async fn digest(&self) -> String {
        let index = Arc::new(SearchIndex::in_memory().unwrap());
        let indexer = self.indexer(&index);
        indexer.catch_up(self.projector.projected().seq).await.unwrap();
        indexer.flush(&mut HashMap::new(), true).await.unwrap();
        index.digest().unwrap()
    }
}

#[tokio::test]
async fn a_disk_that_fails_leaves_search_as_if_nothing_had_happened() {
    // Every call of the long dose, which takes minutes.
    let step = if std::env::var_os("HEADWATER_LONG_DOSE").is_some() { 1 } else { 11 };
    for (call, calls) in (1..=50).step_by(step).map(|call| (call * 3, if call % 3 == 0 { 30 } else { 1 })) {
        let dir = tempfile::tempdir().unwrap();
        let mut estate = Estate::new(dir.path()).await;
        let disk = Arc::new(Disk::default());
        let index = Arc::new(disk.index().unwrap());
        let health = Arc::new(Health::default());
        let indexer = Arc::new(estate.indexer(&index).reporting(health.clone()));
        indexer.catch_up(0).await.unwrap();
        disk.fails(call, calls);
        let stop = CancellationToken::new();
        let task = tokio::spawn({
            let (indexer, stop) = (indexer.clone(), stop.clone());
            async move { indexer.run(stop).await }
        });
        let mut seen = indexer.progress();
        for number in 1..=BATCHES {
            estate.step(number, &indexer).await;
            let seq = estate.projector.projected().seq;
            let reached = async {
                // A reader that waits, as often as it takes.
                while *seen.borrow_and_update() < seq {
                    indexer.hurry();
                    tokio::select! {
                        _ = seen.changed() => {}
                        () = tokio::time::sleep(Duration::from_millis(5)) => {}
                    }
                    if health.broken_because(Part::Search).is_some() && calls > 1 {
                        disk.works();
                    }
                }
            };
            tokio::time::timeout(Duration::from_secs(60), reached).await.expect("search does not recover");
            assert_eq!(index.digest().unwrap(), estate.digest().await, "after batch {number}, failing at {call}");
        }
        stop.cancel();
        task.await.unwrap();
        assert_eq!(health.faults(), []);
        assert_eq!((index.seq(), index.digest().unwrap()), (estate.projector.projected().seq, estate.digest().await));
    }
}
