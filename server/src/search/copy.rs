//! A copy of an index that somebody else may be writing to, as of one of its commits.

use serde::Deserialize;
use std::fs;
use std::io;
use std::path::Path;

/// Tries before it is given up: each fails only when files were merged away while they were linked.
const TRIES: u32 = 20;

/// What tantivy's `meta.json` says of a commit, as far as it is needed here.
#[derive(Deserialize)]
struct Meta {
    payload: Option<String>,
}

/// Copies the index in `from` into the new folder `to`; the log sequence that the copied commit holds for. Files of
/// segments are never written again, so links are as good as copies.
pub fn copy(from: &Path, to: &Path) -> io::Result<u64> {
    let mut outcome = Err(io::Error::from(io::ErrorKind::NotFound));
    for _ in 0..TRIES {
        if to.exists() {
            fs::remove_dir_all(to)?;
        }
        outcome = attempt(from, to);
        if !matches!(&outcome, Err(e) if e.kind() == io::ErrorKind::NotFound) {
            break;
        }
    }
    outcome
}

fn attempt(from: &Path, to: &Path) -> io::Result<u64> {
    fs::create_dir_all(to)?;
    // First the commit, then what it names: what came after it is too much, what it lost is noticed.
    let meta = fs::read(from.join("meta.json"))?;
    fs::write(to.join("meta.json"), &meta)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text == "meta.json" || text.ends_with(".lock") || text.ends_with(".temp") || !entry.file_type()?.is_file() {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        // This list is replaced at every commit; the index makes a new one of what it finds.
        let is_linked = text != ".managed.json" && fs::hard_link(&source, &target).is_ok();
        if !is_linked {
            fs::copy(source, target)?;
        }
    }
    let changed = fs::read(from.join("meta.json"))? != meta;
    if changed {
        // A merge may have deleted a file before it was linked.
        return Err(io::ErrorKind::NotFound.into());
    }
    let meta: Meta = serde_json::from_slice(&meta).map_err(io::Error::from)?;
    Ok(meta.payload.and_then(|payload| payload.parse().ok()).unwrap_or_default())
}
