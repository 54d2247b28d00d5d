//! Why the log cannot be written: in words for people, as a label for metrics.

use std::borrow::Cow;
use std::sync::Arc;

/// Kinds of causes. What an operator does differs between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No space left.
    DiskFull,
    /// The disk, or a limit of the system, refused.
    Io,
    /// The file or its file system is read-only.
    ReadOnly,
    /// A file cannot be opened, or may not be.
    NoAccess,
    /// The file is no sound database.
    Damaged,
    /// Another process holds the database.
    Locked,
    /// No memory.
    Memory,
    /// `log.db` is not the file that was opened.
    Moved,
    /// A commit that SQLite reported is not what a reader finds.
    Unconfirmed,
    /// Anything else; the text says what.
    Other,
}

impl Cause {
    /// All, for metrics.
    pub const ALL: [Self; 10] = [
        Self::DiskFull,
        Self::Io,
        Self::ReadOnly,
        Self::NoAccess,
        Self::Damaged,
        Self::Locked,
        Self::Memory,
        Self::Moved,
        Self::Unconfirmed,
        Self::Other,
    ];

    /// A stable label.
    pub fn label(self) -> &'static str {
        match self {
            Self::DiskFull => "disk_full",
            Self::Io => "io",
            Self::ReadOnly => "read_only",
            Self::NoAccess => "no_access",
            Self::Damaged => "damaged",
            Self::Locked => "locked",
            Self::Memory => "memory",
            Self::Moved => "moved",
            Self::Unconfirmed => "unconfirmed",
            Self::Other => "other",
        }
    }
}

/// Why nothing can be appended. Whoever waits for the same commit gets the same one.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the event log cannot be written: {words}")]
pub struct WriteFault {
    /// The kind.
    pub cause: Cause,
    words: Cow<'static, str>,
    #[source]
    source: Option<Arc<sqlx::Error>>,
}

impl WriteFault {
    /// A fault that SQLite did not report.
    pub fn new(cause: Cause, words: impl Into<Cow<'static, str>>) -> Self {
        Self { cause, words: words.into(), source: None }
    }

    /// The cause in words.
    pub fn words(&self) -> &str {
        &self.words
    }
}

impl From<sqlx::Error> for WriteFault {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|e| e.code()?.parse::<u32>().ok());
        let (cause, words) = match code {
            Some(code) => sqlite_words(code),
            None => (Cause::Other, "the connection to log.db failed".into()),
        };
        let words = if cause == Cause::Other { format!("{words} ({error})").into() } else { words };
        Self { cause, words, source: Some(Arc::new(error)) }
    }
}

/// Words for an (extended) result code of SQLite: <https://www.sqlite.org/rescode.html>.
fn sqlite_words(code: u32) -> (Cause, Cow<'static, str>) {
    let (cause, words) = match code & 0xff {
        13 => (Cause::DiskFull, "disk full"),
        10 => return (Cause::Io, format!("I/O error while {}", io_words(code >> 8)).into()),
        8 if code >> 8 == 4 => (Cause::Moved, "log.db was removed or replaced while the server was running"),
        8 => (Cause::ReadOnly, "the file or its file system is read-only"),
        14 => (Cause::NoAccess, "log.db or a file beside it cannot be opened"),
        3 | 23 => (Cause::NoAccess, "no permission"),
        11 | 26 => (Cause::Damaged, "log.db is damaged"),
        5 | 6 | 15 => (Cause::Locked, "another process holds the lock of log.db"),
        7 => (Cause::Memory, "out of memory"),
        _ => return (Cause::Other, format!("SQLite error {code}").into()),
    };
    (cause, words.into())
}

fn io_words(detail: u32) -> &'static str {
    match detail {
        1 | 2 => "reading",
        3 => "writing",
        4 | 5 => "syncing to disk",
        6 => "truncating a file",
        10 => "deleting a file",
        15 | 9 => "locking",
        18..=21 => "growing the shared memory file log.db-shm",
        24 => "mapping a file into memory",
        _ => "reading or writing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_words() {
        let words = |code| sqlite_words(code).1.into_owned();
        assert_eq!(words(13), "disk full");
        assert_eq!(words(1034), "I/O error while syncing to disk");
        assert_eq!(words(778), "I/O error while writing");
        assert_eq!(words(8), "the file or its file system is read-only");
        assert_eq!(sqlite_words(1032).0, Cause::Moved);
        assert_eq!(words(1), "SQLite error 1");
    }

    #[test]
    fn a_fault_is_one_sentence() {
        assert_eq!(WriteFault::new(Cause::DiskFull, "disk full").to_string(), "the event log cannot be written: disk full");
    }
}
