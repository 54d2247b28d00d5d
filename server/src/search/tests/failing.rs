//! An index on a disk that fails at call N: whatever is lost is said to be lost, what is committed is whole, and when
//! the disk works again everything is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::search::failing::Disk;
use crate::search::{SearchError, Trust};

const BATCHES: u64 = 12;

/// Entities that a batch brings, each with what it is from then on; some lose their documents.
fn batch(seq: u64) -> Vec<(Uuid, Vec<Document>)> {
    let entity = |number: u64| id(&number.to_string());
    let documents = |number: u64| if (number + seq).is_multiple_of(7) { Vec::new() } else { vec![dataset(&format!("d{number}_{seq}"))] };
    [seq % 3, seq % 5 + 1, seq + 10].map(|number| (entity(number), documents(number))).into()
}

/// What the index holds as of a batch.
fn digest_at(seq: u64) -> String {
    let index = SearchIndex::in_memory().unwrap();
    let mut all = BTreeMap::new();
    (1..=seq).for_each(|seq| all.extend(batch(seq)));
    all.into_iter().for_each(|(entity, documents)| index.replace(entity, documents).unwrap());
    index.commit(seq).unwrap();
    index.digest().unwrap()
}

/// Follows as the indexer does: what was not committed is put in again, from whatever the index says it holds. Returns
/// how often something failed.
fn follow(index: &SearchIndex, disk: &Disk, expected: &[String]) -> u32 {
    let (mut committed, mut failures) = (0, 0);
    let step = |committed: u64, seq: u64| -> Result<u64, SearchError> {
        let committed = if index.takes() { committed } else { index.reopen(Trust::Whole)? };
        for (entity, documents) in (committed + 1..=seq).flat_map(batch) {
            index.replace(entity, documents)?;
        }
        index.commit(seq)?;
        Ok(seq)
    };
    for seq in 1..=BATCHES {
        let mut tries = 0;
        loop {
            match step(committed, seq) {
                Ok(now) => break committed = now,
                Err(_) => (failures, tries) = (failures + 1, tries + 1),
            }
            assert!(!index.takes(), "after an error nothing is taken");
            if tries > 3 {
                disk.works();
            }
            assert!(tries < 20, "it does not recover");
            let shown = index.seq();
            assert_eq!(index.digest().ok(), expected.get(shown as usize).cloned(), "as of {shown}, after {failures} failures");
        }
        assert_eq!((index.digest().unwrap(), index.seq()), (expected[seq as usize].clone(), seq), "after {failures} failures");
    }
    failures
}

#[test]
fn a_disk_that_fails_loses_nothing_that_was_committed() {
    let expected: Vec<String> = (0..=BATCHES).map(digest_at).collect();
    let (mut failed, mut rounds) = (0, 0);
    // Every call of the long dose, which takes minutes.
    let step = if std::env::var_os("HEADWATER_LONG_DOSE").is_some() { 1 } else { 13 };
    for length in [1, 3, 40] {
        for call in (1..=120).step_by(step) {
            rounds += 1;
            let disk = Arc::new(Disk::default());
            let index = disk.index().unwrap();
            disk.fails(call, length);
            failed += u32::from(follow(&index, &disk, &expected) > 0);
        }
    }
    assert!(failed * 2 > rounds, "only {failed} of {rounds} rounds met an error");
}

#[test]
fn an_index_made_anew_is_not_shown_before_it_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path()).unwrap();
    put(&index, &[dataset("orders"), dataset("users")]);
    index.commit(5).unwrap();
    index.close();
    assert!(matches!(index.replace(id("x"), Vec::new()), Err(SearchError::WriterLost)));
    std::fs::write(dir.path().join("meta.json"), "{").unwrap();
    assert_eq!(index.reopen(Trust::Whole).unwrap(), 0);
    expect(&index, "", &["dataset orders", "dataset users"]);
    put(&index, &[dataset("orders"), dataset("users"), dataset("later")]);
    index.commit(6).unwrap();
    expect(&index, "", &["dataset later", "dataset orders", "dataset users"]);
    drop(index);
    assert_eq!(SearchIndex::open(dir.path()).unwrap().count(), 3);
}

#[test]
fn a_folder_that_is_no_folder_now_is_no_damage() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("search");
    let index = SearchIndex::open(&path).unwrap();
    put(&index, &[dataset("orders")]);
    index.commit(5).unwrap();
    let away = dir.path().join("away");
    std::fs::rename(&path, &away).unwrap();
    std::fs::write(&path, "").unwrap();
    index.close();
    assert!(index.reopen(Trust::Whole).is_err() && !index.takes());
    expect(&index, "orders", &["dataset orders"]);
    let started = SearchIndex::open_or_closed(&path).unwrap();
    assert_eq!((started.takes(), started.seq(), started.count()), (false, 0, 0));
    std::fs::remove_file(&path).unwrap();
    std::fs::rename(&away, &path).unwrap();
    assert_eq!(started.reopen(Trust::Whole).unwrap(), 5);
    expect(&started, "orders", &["dataset orders"]);
}
