//! The programs in C, compiled where the harness runs, and the file by which the preloaded one is steered.

use crate::Outcome;
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Bytes of a rule and of the whole file, as in `c/preload.c`.
const RULE: u64 = 512;
const FILE: u64 = 4096;
/// Where a rule counts the calls that it let fail.
const FAILED: u64 = 40;

/// Compiled programs.
pub struct Tools {
    /// Preloaded into servers.
    pub preload: PathBuf,
    /// Cuts the power of a file system.
    pub powercut: PathBuf,
}

impl Tools {
    /// Compiles both with the machine's C compiler.
    pub fn compile(folder: &Path) -> Outcome<Self> {
        let tools = Self { preload: folder.join("preload.so"), powercut: folder.join("powercut") };
        compile(folder, "preload.c", include_str!("c/preload.c"), &["-shared", "-fPIC"], &tools.preload)?;
        compile(folder, "powercut.c", include_str!("c/powercut.c"), &[], &tools.powercut)?;
        Ok(tools)
    }
}

fn compile(folder: &Path, name: &str, source: &str, flags: &[&str], target: &Path) -> Outcome<()> {
    let path = folder.join(name);
    std::fs::write(&path, source)?;
    let done = Command::new("cc").arg("-O1").args(flags).arg("-o").arg(target).arg(&path).arg("-ldl").output();
    let done = done.map_err(|e| format!("a C compiler is needed (cc): {e}"))?;
    if done.status.success() { Ok(()) } else { Err(format!("cc {name}: {}", String::from_utf8_lossy(&done.stderr)).into()) }
}

/// Calls that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Writing, by any of the calls for it.
    Write = 1,
    /// fsync, fdatasync.
    Sync = 2,
    /// Opening.
    Open = 4,
    /// Truncating and allocating.
    Truncate = 8,
    /// Reading, but not what is mapped.
    Read = 16,
    /// Renaming.
    Rename = 32,
    /// Deleting.
    Unlink = 64,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// EIO.
    Io,
    /// ENOSPC.
    Full,
    /// EROFS.
    ReadOnly,
    /// Half of it is done.
    Short,
    /// Nothing is done, and success is said.
    Pretend,
}

impl Failure {
    fn code(self) -> i32 {
        match self {
            Self::Io => 5,
            Self::Full => 28,
            Self::ReadOnly => 30,
            Self::Short => -1,
            Self::Pretend => 0,
        }
    }

    /// As the kernel's manual names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Io => "EIO",
            Self::Full => "ENOSPC",
            Self::ReadOnly => "EROFS",
            Self::Short => "short",
            Self::Pretend => "pretended",
        }
    }
}

/// Which calls fail, and how.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Which of the calls.
    pub calls: Vec<Call>,
    /// On which files below the data folder, as in fnmatch(3).
    pub files: &'static str,
    /// How.
    pub failure: Failure,
    /// So many pass first.
    pub after: u64,
    /// Each so-many-th after that.
    pub every: u32,
    /// So many fail; 0: without end.
    pub times: u64,
    /// Only calls that touch these bytes of the file; empty: all.
    pub bytes: Range<u64>,
}

impl Rule {
    /// All such calls from now on.
    pub fn all(calls: &[Call], files: &'static str, failure: Failure) -> Self {
        Self { calls: calls.to_vec(), files, failure, after: 0, every: 1, times: 0, bytes: 0..0 }
    }

    fn layout(&self) -> Vec<u8> {
        let calls: u32 = self.calls.iter().map(|call| *call as u32).sum();
        let mut bytes = Vec::new();
        bytes.extend(0_u32.to_ne_bytes());
        bytes.extend(calls.to_ne_bytes());
        bytes.extend(self.failure.code().to_ne_bytes());
        bytes.extend(self.every.max(1).to_ne_bytes());
        bytes.extend(self.after.to_ne_bytes());
        bytes.extend(self.times.to_ne_bytes());
        bytes.extend([0; 16]);
        bytes.extend(self.bytes.start.to_ne_bytes());
        bytes.extend(self.bytes.end.to_ne_bytes());
        bytes.extend(self.files.as_bytes());
        bytes.resize(RULE as usize, 0);
        bytes
    }
}

/// The file that a preloaded server looks at before each call.
pub struct Control {
    file: File,
    /// Where it is.
    pub path: PathBuf,
}

impl Control {
    /// A new one: nothing fails.
    pub fn new(path: PathBuf) -> Outcome<Self> {
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        file.set_len(FILE)?;
        Ok(Self { file, path })
    }

    /// From now on calls fail as this rule says. There are seven places for rules.
    pub fn arm(&self, place: u64, rule: &Rule) -> Outcome<()> {
        let at = RULE * (place + 1);
        self.file.write_all_at(&rule.layout(), at)?;
        Ok(self.file.write_all_at(&1_u32.to_ne_bytes(), at)?)
    }

    /// The rule of this place ends; how many calls it let fail.
    pub fn disarm(&self, place: u64) -> Outcome<u64> {
        self.file.write_all_at(&0_u32.to_ne_bytes(), RULE * (place + 1))?;
        self.failed(place)
    }

    /// How many calls the rule of this place let fail.
    pub fn failed(&self, place: u64) -> Outcome<u64> {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, RULE * (place + 1) + FAILED)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// Sets the wall clock this many seconds ahead of the machine's.
    pub fn clock(&self, seconds: i64) -> Outcome<()> {
        Ok(self.file.write_all_at(&seconds.to_ne_bytes(), 0)?)
    }
}
