//! Sets are moved whole, also when that is interrupted.

use super::*;

fn write(dir: &Path, text: &str) {
    fs::create_dir_all(dir.join(SEARCH)).unwrap();
    for name in ["catalog.db", "catalog.db-wal", "graph.snapshot", "search/meta.json"] {
        fs::write(dir.join(name), text).unwrap();
    }
}

fn read(dir: &Path) -> Vec<String> {
    let names = ["catalog.db", "catalog.db-wal", "graph.snapshot", "search/meta.json"];
    names.iter().filter_map(|name| fs::read_to_string(dir.join(name)).ok()).collect()
}

/// Every step of a freeze or an install is one call to the system; a crash after each of them is made up by leaving
/// some of them done.
#[test]
fn a_freeze_that_was_interrupted_is_finished() {
    for moved in 0..=4 {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "one");
        fs::create_dir_all(old_part(dir.path())).unwrap();
        let order = CATALOG.iter().chain(&stored::NAMES).chain([&SEARCH]).filter(|name| dir.path().join(name).exists());
        for name in order.collect::<Vec<_>>().into_iter().take(moved) {
            fs::rename(dir.path().join(name), old_part(dir.path()).join(name)).unwrap();
        }
        recover(dir.path()).unwrap();
        assert_eq!(read(&old(dir.path())), ["one"; 4], "{moved} moved");
        assert!(read(dir.path()).is_empty());
        recover(dir.path()).unwrap();
        assert_eq!(read(&old(dir.path())), ["one"; 4]);
    }
}

#[test]
fn an_install_that_was_interrupted_is_finished() {
    for done in 0..5 {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path();
        write(data, "one");
        write(&rebuilt(data), "two");
        fs::remove_file(rebuilt(data).join("catalog.db-wal")).unwrap();
        if done > 0 {
            fs::remove_file(data.join("catalog.db")).unwrap();
        }
        if done > 1 {
            fs::remove_file(data.join("catalog.db-wal")).unwrap();
            fs::rename(rebuilt(data).join("graph.snapshot"), data.join("graph.snapshot")).unwrap();
        }
        if done > 2 {
            fs::remove_dir_all(data.join(SEARCH)).unwrap();
            fs::rename(rebuilt(data).join(SEARCH), data.join(SEARCH)).unwrap();
        }
        if done > 3 {
            fs::rename(rebuilt(data).join("catalog.db"), data.join("catalog.db")).unwrap();
        }
        recover(data).unwrap();
        assert_eq!(read(data), ["two"; 3], "{done} done");
        assert!(!rebuilt(data).exists());
    }
}

#[test]
fn a_build_that_was_interrupted_counts_for_nothing() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "one");
    write(&building(dir.path()), "half");
    recover(dir.path()).unwrap();
    assert_eq!(read(dir.path()), ["one"; 4]);
    assert!(!building(dir.path()).exists());
}

#[test]
fn what_was_frozen_can_be_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "one");
    freeze(dir.path()).unwrap();
    assert_eq!((read(dir.path()).len(), read(&old(dir.path())).len()), (0, 4));
    thaw(dir.path()).unwrap();
    assert_eq!(read(dir.path()), ["one"; 4]);
    assert!(!old(dir.path()).exists());
}

#[test]
fn scratch_folders_that_nobody_holds_go() {
    let dir = tempfile::tempdir().unwrap();
    for name in [".tmpAbC", ".scratch-old", ".scratch-used", "search", ".config"] {
        fs::create_dir_all(dir.path().join(name).join("search")).unwrap();
    }
    fs::create_dir(dir.path().join(".tmp-of-mine")).unwrap();
    fs::write(dir.path().join(".tmp-of-mine").join("letter.txt"), "").unwrap();
    let lock = fs::File::create(dir.path().join(".scratch-used").join("lock")).unwrap();
    lock.lock().unwrap();
    remove_leftovers(dir.path());
    let mut left: Vec<String> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    left.sort_unstable();
    assert_eq!(left, [".config", ".scratch-used", ".tmp-of-mine", "search"]);
}

#[test]
fn one_catalog_is_kept_aside() {
    let dir = tempfile::tempdir().unwrap();
    for text in ["one", "two"] {
        write(dir.path(), text);
        let aside = set_aside(dir.path(), "damaged").unwrap();
        assert_eq!(read(&aside), [text; 2]);
        assert!(read(dir.path()).is_empty());
    }
}
