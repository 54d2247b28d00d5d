//! Keeps `FOLD_VERSION` true: what a fixed corpus is folded to, and the sources that decide it, are written down in
//! `server/fold.fingerprint`. A change of the first needs another version, a change of the second a person's look.

use super::{canonical, digests};
use crate::fold::FOLD_VERSION;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const FILE: &str = "fold.fingerprint";
/// Whatever decides which rows a log makes.
const SOURCES: [&str; 11] = [
    "src/fold",
    "src/catalog/absorb.rs",
    "src/catalog/absorb_identity.rs",
    "src/catalog/journal.rs",
    "src/graph/flows.rs",
    "../ingest-adapters/src/sql",
    "../schema/src/encoding.rs",
    "../schema/src/id.rs",
    "../schema/src/json",
    "../schema/src/moment.rs",
    "../schema/src/openlineage",
];
const CORPUS: &str = "../tests/fixtures";

#[tokio::test]
async fn the_fold_is_the_one_of_its_version() {
    let events = corpus();
    let (catalog, graph, _) = digests(&events, &[]).await;
    let graph = blake3::hash(graph.join("\n").as_bytes());
    let corpus = format!("sqlparser {}\ncatalog {catalog}\ngraph {graph}\n", version_of("sqlparser"));
    let now = format!("fold {FOLD_VERSION}\n{corpus}sources {}\n", sources());
    let known = fs::read_to_string(FILE).unwrap_or_default();
    if known == now {
        return;
    }
    let same_version = known.starts_with(&format!("fold {FOLD_VERSION}\n"));
    assert!(
        !same_version || known.contains(&corpus),
        "the same log is folded to something else than before: raise FOLD_VERSION in src/fold/mod.rs, so that catalogs are made anew, \
         then run this test with HEADWATER_CONFIRM_FOLD=1\n{known}\nis now\n{now}"
    );
    assert!(
        std::env::var_os("HEADWATER_CONFIRM_FOLD").is_some(),
        "sources that decide what a log is folded to have changed. If any log might give other rows, facts or hashes now, raise \
         FOLD_VERSION in src/fold/mod.rs; then, or if none can, run this test with HEADWATER_CONFIRM_FOLD=1 and commit {FILE}"
    );
    fs::write(FILE, now).unwrap();
}

/// Every event of the fixtures, in the order of their files.
fn corpus() -> Vec<Vec<u8>> {
    let mut events = Vec::new();
    for path in files(Path::new(CORPUS)) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let lines: Vec<Value> = text.lines().map_while(|line| serde_json::from_str(line).ok()).collect();
        let documents = if lines.is_empty() { serde_json::from_str(&text).ok().into_iter().collect() } else { lines };
        for document in documents {
            let several = document.as_array().cloned().unwrap_or_else(|| vec![document]);
            events.extend(several.iter().filter(|event| event.get("eventTime").is_some()).map(canonical));
        }
    }
    assert!(events.len() > 100, "the fixtures hold {} events", events.len());
    events
}

/// Comments decide nothing, nor do tests.
fn sources() -> String {
    let mut hasher = blake3::Hasher::new();
    for path in SOURCES.iter().flat_map(|path| files(Path::new(path))) {
        let name = path.to_string_lossy().into_owned();
        if !name.ends_with(".rs") || name.contains("test") {
            continue;
        }
        hasher.update(name.as_bytes());
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for line in code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
            hasher.update(line.as_bytes()).update(b"\n");
        }
    }
    hasher.finalize().to_hex().to_string()
}

fn version_of(package: &str) -> String {
    let lock = fs::read_to_string("../Cargo.lock").unwrap();
    let after = lock.split(&format!("name = \"{package}\"\nversion = \"")).nth(1).and_then(|rest| rest.split('"').next());
    after.unwrap_or("none").to_owned()
}

fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return vec![path.to_owned()] };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort_unstable();
    paths.iter().flat_map(|path| files(path)).collect()
}
