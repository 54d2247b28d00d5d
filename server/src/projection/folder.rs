//! Where sets of projections (catalog, graph, search) lie in a data directory, and how one takes the place of another so
//! that a crash at any moment leaves something that a start can go on with.
//!
//! The set that is followed lies in the data directory itself. `old` holds one that this program would make differently:
//! it answers until the new one has caught up. `rebuilt` holds a finished one that waits to be put in place. `damaged`
//! and `newer` keep the last catalog that could not be used, for whoever wants to look.

use crate::graph::stored;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The catalog with what is kept beside it.
pub(super) const CATALOG: [&str; 4] = ["catalog.db-wal", "catalog.db-shm", "catalog.sum", "catalog.db"];
/// The folder of search.
pub(super) const SEARCH: &str = "search";

/// The folder of a set that only answers.
pub fn old(data: &Path) -> PathBuf {
    data.join("old")
}

/// The folder that `headwater rebuild` builds in; nothing in it counts.
pub fn building(data: &Path) -> PathBuf {
    data.join("rebuild.part")
}

/// What the scratch folders of commands begin with. Whoever uses one holds its file `lock`.
pub const SCRATCH: &str = ".scratch-";

/// Deletes what interrupted commands left in a data directory.
pub fn remove_leftovers(data: &Path) {
    let Ok(entries) = fs::read_dir(data) else { return };
    let is_scratch = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // Versions before this one named them like any temporary folder, which may be somebody else's.
        name.starts_with(SCRATCH) || (name.starts_with(".tmp") && holds_projections_only(path))
    };
    for path in entries.flatten().map(|entry| entry.path()).filter(is_scratch) {
        let is_held = fs::File::open(path.join("lock")).is_ok_and(|lock| lock.try_lock().is_err());
        if !is_held && fs::remove_dir_all(&path).is_ok() {
            tracing::info!(folder = %path.display(), "the scratch folder of an interrupted command is deleted");
        }
    }
}

fn holds_projections_only(dir: &Path) -> bool {
    let ours = |name: &str| ["catalog.", "graph.", "search", "lock"].iter().any(|beginning| name.starts_with(beginning));
    let entries = fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    entries.is_ok_and(|all| all.iter().all(|entry| ours(&entry.file_name().to_string_lossy())))
}

fn old_part(data: &Path) -> PathBuf {
    data.join("old.part")
}

fn rebuilt(data: &Path) -> PathBuf {
    data.join("rebuilt")
}

/// Deletes the set in a folder; the log builds it anew.
pub fn remove(dir: &Path) -> io::Result<()> {
    for name in CATALOG.iter().chain(&stored::NAMES) {
        gone(fs::remove_file(dir.join(name)))?;
    }
    gone(fs::remove_dir_all(dir.join(SEARCH)))
}

/// Makes the set of a data directory the one that only answers. Nobody has it open.
pub fn freeze(data: &Path) -> io::Result<()> {
    gone(fs::remove_dir_all(old(data)))?;
    let part = old_part(data);
    fs::create_dir_all(&part)?;
    finish_freezing(data)
}

/// Goes on with the set that only answered: it is the right one again. There is none in the data directory.
pub fn thaw(data: &Path) -> io::Result<()> {
    // The catalog comes last: as long as it is in the folder, a start begins here again.
    for name in stored::NAMES.iter().chain([&SEARCH]).chain(&CATALOG) {
        gone(fs::rename(old(data).join(name), data.join(name)))?;
    }
    remove_old(data)
}

/// The set that only answers is not needed any more.
pub fn remove_old(data: &Path) -> io::Result<()> {
    gone(fs::remove_dir_all(old(data)))
}

/// Takes the catalog of a data directory out of the way and keeps it under `name`, in the place of an earlier one;
/// the rest of the set goes. Says where it is.
pub fn set_aside(data: &Path, name: &str) -> io::Result<PathBuf> {
    let aside = data.join(name);
    gone(fs::remove_dir_all(&aside))?;
    fs::create_dir_all(&aside)?;
    for name in CATALOG {
        gone(fs::rename(data.join(name), aside.join(name)))?;
    }
    remove(data)?;
    Ok(aside)
}

/// Puts the set of `building` in the place of the one in the data directory.
pub fn install(data: &Path) -> io::Result<()> {
    gone(fs::remove_dir_all(rebuilt(data)))?;
    sync(&building(data))?;
    // From here on a start finishes what is begun here; before, it deletes it.
    fs::rename(building(data), rebuilt(data))?;
    sync(data)?;
    finish_installing(data)
}

/// Finishes or forgets what a crash interrupted. To be called before anything is opened.
pub fn recover(data: &Path) -> io::Result<()> {
    gone(fs::remove_dir_all(building(data)))?;
    if rebuilt(data).exists() {
        finish_installing(data)?;
    }
    if old_part(data).exists() {
        finish_freezing(data)?;
    }
    Ok(())
}

fn finish_freezing(data: &Path) -> io::Result<()> {
    let part = old_part(data);
    // Nothing new is made before this is finished: whatever is still there belongs to the old set.
    for name in CATALOG.iter().chain(&stored::NAMES).chain([&SEARCH]) {
        gone(fs::rename(data.join(name), part.join(name)))?;
    }
    gone(fs::remove_dir_all(old(data)))?;
    fs::rename(part, old(data))?;
    sync(data)
}

fn finish_installing(data: &Path) -> io::Result<()> {
    let rebuilt = rebuilt(data);
    // The catalog comes last: as long as it waits here, the one in place is not the new one.
    if rebuilt.join("catalog.db").exists() {
        for name in CATALOG {
            gone(fs::remove_file(data.join(name)))?;
        }
        // What is not there any more has been put in place already.
        for name in stored::NAMES {
            gone(fs::rename(rebuilt.join(name), data.join(name)))?;
        }
        if rebuilt.join(SEARCH).exists() {
            gone(fs::remove_dir_all(data.join(SEARCH)))?;
            fs::rename(rebuilt.join(SEARCH), data.join(SEARCH))?;
        }
        gone(fs::rename(rebuilt.join("catalog.db"), data.join("catalog.db")))?;
    }
    gone(fs::rename(rebuilt.join("catalog.sum"), data.join("catalog.sum")))?;
    gone(fs::remove_dir_all(rebuilt))?;
    remove_old(data)?;
    sync(data)
}

/// Names are as durable as their folder.
fn sync(dir: &Path) -> io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

fn gone(outcome: io::Result<()>) -> io::Result<()> {
    outcome.or_else(|e| if e.kind() == ErrorKind::NotFound { Ok(()) } else { Err(e) })
}

#[cfg(test)]
mod tests;
