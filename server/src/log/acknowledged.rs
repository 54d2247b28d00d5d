//! The highest acknowledged number, kept beside `log.db`: a log that lost its end cannot tell so itself.
//! Written after each commit and never synced, so it may be behind after a power cut, but never ahead.

use schema::log::ContentHash;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// The file's name in the data directory.
pub const FILE: &str = "acknowledged";

/// An entry that was acknowledged, the highest so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// Its number.
    pub seq: u64,
    /// The hash of its content.
    pub hash: ContentHash,
}

impl Acknowledged {
    /// As the data directory says; `None` when nothing was acknowledged or the file is none of ours.
    pub fn read(dir: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(dir.join(FILE)).ok()?;
        let (seq, hash) = text.strip_suffix('\n')?.split_once(' ')?;
        let digits = |i: usize| u8::from_str_radix(hash.get(i..i + 2)?, 16).ok();
        let bytes: Vec<u8> = (0..hash.len()).step_by(2).map(digits).collect::<Option<_>>()?;
        Some(Self { seq: seq.parse().ok()?, hash: ContentHash::from_slice(&bytes)? })
    }
}

/// Where it is written; by default nowhere.
#[derive(Default)]
pub(super) struct Record {
    path: PathBuf,
    file: Option<File>,
}

impl Record {
    /// In a data directory. Without it nothing is less durable, so a failure is only logged.
    pub fn open(dir: &Path) -> Self {
        let path = dir.join(FILE);
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = file.inspect_err(|e| tracing::warn!(error = %e, "{} cannot be written", path.display())).ok();
        Self { path, file }
    }

    /// In place and of one length: a reader sees the old line or the new one.
    pub fn write(&self, newest: Acknowledged) {
        let Some(file) = &self.file else { return };
        let line = format!("{:020} {}\n", newest.seq, newest.hash);
        if let Err(e) = file.write_all_at(line.as_bytes(), 0) {
            tracing::debug!(error = %e, "{} was not written", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Acknowledged::read(dir.path()), None);
        let record = Record::open(dir.path());
        assert_eq!(Acknowledged::read(dir.path()), None);
        for seq in [7, 1 << 40] {
            let newest = Acknowledged { seq, hash: ContentHash::of(&seq.to_be_bytes()) };
            record.write(newest);
            assert_eq!(Acknowledged::read(dir.path()), Some(newest));
        }
        std::fs::write(dir.path().join(FILE), "7 xyz\n").unwrap();
        assert_eq!(Acknowledged::read(dir.path()), None);
    }
}
