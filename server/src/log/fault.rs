//! Why the log cannot be written: in words for people, as a label for metrics.

use crate::sqlite;
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

/// Why nothing can be appended; the same for everything in one commit.
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
        let code = sqlite::code(&error);
        Self { cause: code.map_or(Cause::Other, cause), words: sqlite::words(&error, "log.db").into(), source: Some(Arc::new(error)) }
    }
}

/// The kind of an (extended) result code of SQLite: <https://www.sqlite.org/rescode.html>.
fn cause(code: u32) -> Cause {
    match code & 0xff {
        13 => Cause::DiskFull,
        10 => Cause::Io,
        8 if code >> 8 == 4 => Cause::Moved,
        8 => Cause::ReadOnly,
        3 | 14 | 23 => Cause::NoAccess,
        11 | 26 => Cause::Damaged,
        5 | 6 | 15 => Cause::Locked,
        7 => Cause::Memory,
        _ => Cause::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_causes() {
        let causes = [13, 1034, 8, 1032, 1].map(cause);
        assert_eq!(causes, [Cause::DiskFull, Cause::Io, Cause::ReadOnly, Cause::Moved, Cause::Other]);
    }

    #[test]
    fn a_fault_is_one_sentence() {
        assert_eq!(WriteFault::new(Cause::DiskFull, "disk full").to_string(), "the event log cannot be written: disk full");
    }
}
