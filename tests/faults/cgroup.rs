//! Control groups that bound memory, of either version.

use crate::Outcome;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A group. Removed when dropped, once its processes are gone.
pub struct Cgroup {
    /// Its folder; who writes 0 into `cgroup.procs` there is in it.
    pub folder: PathBuf,
    unified: bool,
}

/// Where groups for memory are made, and whether the hierarchy is unified (version 2).
fn root() -> Option<(PathBuf, bool)> {
    let split = Path::new("/sys/fs/cgroup/memory");
    if split.join("memory.limit_in_bytes").exists() {
        return Some((split.into(), false));
    }
    let unified = Path::new("/sys/fs/cgroup");
    let controllers = fs::read_to_string(unified.join("cgroup.controllers")).unwrap_or_default();
    controllers.split_whitespace().any(|name| name == "memory").then(|| (unified.into(), true))
}

impl Cgroup {
    /// A group whose processes together have so much memory and no swap. `name` is that of the harness's folder.
    pub fn new(name: &str, bytes: u64) -> Outcome<Self> {
        let (root, unified) = root().ok_or("there is no control group for memory under /sys/fs/cgroup")?;
        if unified {
            // Without it the files are missing; it is there already on most machines.
            let _ = fs::write(root.join("cgroup.subtree_control"), "+memory");
        }
        let folder = root.join(name);
        fs::create_dir_all(&folder)?;
        let group = Self { folder, unified };
        let files: &[&str] = if unified { &["memory.max"] } else { &["memory.limit_in_bytes"] };
        for file in files {
            fs::write(group.folder.join(file), bytes.to_string()).map_err(|e| format!("{}: {e}", group.folder.join(file).display()))?;
        }
        let (swap, none) = if unified { ("memory.swap.max", 0) } else { ("memory.memsw.limit_in_bytes", bytes) };
        // Missing where there is no swap.
        let _ = fs::write(group.folder.join(swap), none.to_string());
        Ok(group)
    }

    /// The most memory that was used, in MiB; 0 when the kernel does not say.
    pub fn peak(&self) -> u64 {
        let file = if self.unified { "memory.peak" } else { "memory.max_usage_in_bytes" };
        fs::read_to_string(self.folder.join(file)).ok().and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0) >> 20
    }

    /// Forgets the most.
    pub fn forget(&self) {
        let file = if self.unified { "memory.peak" } else { "memory.max_usage_in_bytes" };
        let _ = fs::write(self.folder.join(file), "0");
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Removes the group of this name when it was left behind, as soon as its processes are gone.
pub fn sweep(name: &str) {
    let Some(folder) = root().map(|(root, _)| root.join(name)).filter(|folder| folder.exists()) else { return };
    for _ in 0..100 {
        if fs::remove_dir(&folder).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
