//! Replacing, committing, reopening, and what happens to a directory that cannot be trusted.

use std::fs;
use std::path::Path;

use super::*;
use crate::search::SearchError;

#[test]
fn replace_removes_what_was_there() {
    let index = index_of(&[dataset("orders"), column("orders", "old_name"), dataset("users")]);
    assert_eq!(index.count(), 3);
    let entity = dataset("orders").id;
    index.replace(entity, vec![dataset("orders"), column("orders", "new_name")]).unwrap();
    assert_eq!(ask(&index, "old_name").total, 1, "not visible before the commit");
    index.commit(7).unwrap();
    assert_eq!((index.count(), index.seq()), (3, 7));
    expect(&index, "old_name", &[]);
    expect(&index, "new_name", &["column orders.new_name"]);
    index.replace(entity, Vec::new()).unwrap();
    index.commit(8).unwrap();
    expect(&index, "", &["dataset users"]);
}

#[test]
fn replaced_twice_before_a_commit_the_last_one_holds() {
    let index = index_of(&[]);
    let entity = id("orders");
    for name in ["one", "two", "three"] {
        index.replace(entity, vec![dataset(name)]).unwrap();
    }
    index.commit(1).unwrap();
    expect(&index, "", &["dataset three"]);
    assert_eq!(ask(&index, "three").hits[0].entity, entity, "documents belong to the entity they came with");
}

#[test]
fn clear_forgets_also_what_was_not_committed() {
    let index = index_of(&[dataset("committed")]);
    index.replace(id("a"), vec![dataset("pending")]).unwrap();
    index.clear().unwrap();
    index.replace(id("b"), vec![dataset("later")]).unwrap();
    index.commit(0).unwrap();
    expect(&index, "", &["dataset later"]);
    assert_eq!(index.seq(), 0);
}

#[test]
fn digest_is_of_the_content_alone() {
    let documents = [dataset("a"), column("a", "x"), dataset("b"), job("c")];
    let tagged = |tags| Document { tags: strings(tags), ..dataset("t") };
    let one = index_of(&documents);
    put(&one, &[tagged(&["x", "y"])]);
    one.commit(5).unwrap();
    let other = SearchIndex::in_memory().unwrap();
    put(&other, &[tagged(&["y", "x", "y"]), dataset("gone")]);
    for document in documents.iter().rev().chain(&documents) {
        let entity = documents.iter().rev().filter(|other| other.entity == document.entity).cloned();
        other.replace(document.entity, entity.collect()).unwrap();
        other.commit(2).unwrap();
    }
    assert_ne!(one.digest().unwrap(), other.digest().unwrap());
    other.replace(dataset("gone").entity, Vec::new()).unwrap();
    other.commit(3).unwrap();
    assert_eq!(one.digest().unwrap(), other.digest().unwrap());
    one.replace(id("t"), vec![dataset("u")]).unwrap();
    one.commit(6).unwrap();
    assert_ne!(one.digest().unwrap(), other.digest().unwrap());
}

/// A directory with one document, committed for sequence 42.
fn on_disk() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path()).unwrap();
    assert_eq!((index.seq(), index.count()), (0, 0));
    put(&index, &[dataset("orders")]);
    index.commit(42).unwrap();
    dir
}

#[test]
fn a_commit_survives_reopening() {
    let dir = on_disk();
    let index = SearchIndex::open(dir.path()).unwrap();
    assert_eq!((index.seq(), index.count()), (42, 1));
    expect(&index, "ord", &["dataset orders"]);
    put(&index, &[dataset("lost")]);
    drop(index);
    assert_eq!(SearchIndex::open(dir.path()).unwrap().count(), 1, "what was not committed is gone");
}

#[test]
fn a_directory_in_use_is_left_alone() {
    let dir = on_disk();
    let index = SearchIndex::open(dir.path()).unwrap();
    assert!(matches!(SearchIndex::open(dir.path()), Err(SearchError::InUse(_))));
    put(&index, &[dataset("more")]);
    index.commit(43).unwrap();
    assert_eq!(index.count(), 2);
}

#[track_caller]
fn is_made_anew(dir: &Path) {
    let index = SearchIndex::open(dir).unwrap();
    assert_eq!((index.seq(), index.count()), (0, 0));
    put(&index, &[dataset("again")]);
    index.commit(1).unwrap();
    drop(index);
    assert_eq!(SearchIndex::open(dir).unwrap().seq(), 1);
}

#[test]
fn another_version_is_made_anew() {
    let dir = on_disk();
    fs::write(dir.path().join("headwater-search-version"), "index 0, tokenizer 1\n").unwrap();
    fs::write(dir.path().join("keep.txt"), "not ours").unwrap();
    is_made_anew(dir.path());
    assert!(dir.path().join("keep.txt").exists());
}

#[test]
fn every_damaged_or_missing_file_is_noticed() {
    let names = |dir: &Path| -> Vec<_> { fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect() };
    let relevant = names(on_disk().path()).len();
    assert!(relevant > 5);
    for damage in [flip as fn(&Path), truncate, remove] {
        for extension in ["meta.json", ".managed.json", "headwater-search-version", ".idx", ".term", ".store", ".fast"] {
            let dir = on_disk();
            let all = names(dir.path());
            let name = all.iter().find(|name| name.to_string_lossy().ends_with(extension)).unwrap();
            damage(&dir.path().join(name));
            let index = SearchIndex::open(dir.path()).unwrap();
            let sound = index.seq() == 42 && ask(&index, "orders").total == 1;
            let anew = index.seq() == 0 && index.count() == 0;
            assert!(sound || anew, "{extension}");
            // Without its list of files tantivy is sound, only untidy.
            assert!(anew || extension == ".managed.json" || extension == "meta.json", "{extension} {}", index.seq());
        }
    }
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[3] ^= 0x55;
    fs::write(path, bytes).unwrap();
}

fn truncate(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn remove(path: &Path) {
    fs::remove_file(path).unwrap();
}

#[test]
fn searches_go_on_while_others_write() {
    let index = index_of(&[dataset("orders")]);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for seq in 2..20 {
                put(&index, &[dataset("orders"), dataset(&format!("orders_{seq}"))]);
                index.commit(seq).unwrap();
            }
        });
        while !writer.is_finished() {
            let answer = ask(&index, "orders");
            assert_eq!(answer.hits[0].name, "orders");
            assert_eq!(answer.total as u64, answer.seq.max(1), "an answer is of one commit");
        }
    });
    assert_eq!(index.count(), 19);
}
