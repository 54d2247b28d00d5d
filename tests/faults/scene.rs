//! What every fault works with: the server's binary, a folder, the dose, the seed and the tools in C.

use crate::Outcome;
use crate::launch::Launch;
use crate::preload::Tools;
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tests::events::Numbers;

/// How much of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Dose {
    /// Under four minutes on two cores: for every submission.
    Short,
    /// The doses that docs/RELIABILITY.md lists.
    Full,
}

impl Dose {
    /// The number for this dose.
    pub fn of<T>(self, short: T, full: T) -> T {
        if self == Self::Short { short } else { full }
    }

    /// When the harness itself gives up.
    pub fn most(self) -> Duration {
        Duration::from_secs(60 * self.of(12, 180))
    }
}

/// What faults share.
pub struct Scene {
    /// The server's binary.
    pub server: PathBuf,
    /// Everything is written below it.
    pub folder: PathBuf,
    /// How much.
    pub dose: Dose,
    /// Where chance begins.
    pub seed: u64,
    /// The programs in C.
    pub tools: Tools,
    keep: Option<PathBuf>,
    folders: AtomicU32,
}

impl Scene {
    /// Compiles the tools and looks whether there is a server.
    pub fn new(server: PathBuf, folder: PathBuf, dose: Dose, seed: u64, keep: Option<PathBuf>) -> Outcome<Self> {
        if !server.is_file() {
            return Err(format!("there is no server {}; build it first: cargo build -p server", server.display()).into());
        }
        let tools = Tools::compile(&folder)?;
        Ok(Self { server, folder, dose, seed, tools, keep, folders: AtomicU32::new(0) })
    }

    /// A new folder for something.
    pub fn place(&self, name: &str) -> Outcome<PathBuf> {
        let number = self.folders.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{number}-{name}"));
        std::fs::create_dir(&path)?;
        Ok(path)
    }

    /// How to start the server on a data folder.
    pub fn launch(&self, data: &Path) -> Launch {
        let number = self.folders.fetch_add(1, Ordering::Relaxed);
        // Never beside the data: that disk may be full or gone.
        Launch::new(&self.server, data, self.folder.join(format!("{number}.log")))
    }

    /// Chance, the same for one seed; `salt` tells its uses apart.
    pub fn numbers(&self, salt: u64) -> Numbers {
        let mut numbers = Numbers((self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xbf58_476d_1ce4_e5b9)) | 1);
        // The first numbers of near seeds are near.
        for _ in 0..8 {
            numbers.below(2);
        }
        numbers
    }

    /// The logs of all servers, when somebody asked for them.
    pub fn keep_logs(&self) {
        let Some(keep) = &self.keep else { return };
        let _ = std::fs::create_dir_all(keep);
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|kind| kind == "log") {
                let _ = std::fs::copy(entry.path(), keep.join(entry.file_name()));
            }
        }
    }

    /// Copies a folder to where whoever started this can look at it, when they asked for it.
    pub fn keep(&self, folder: &Path, name: &str) {
        if let Some(keep) = &self.keep {
            let _ = std::fs::create_dir_all(keep);
            let _ = copy(folder, &keep.join(name));
        }
    }
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
