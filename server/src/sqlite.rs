//! Opening SQLite files: pragmas, pools, migrations and the check of the library's version.

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Row, SqlitePool};
use std::path::Path;
use std::time::Duration;

/// The first version without the WAL-reset corruption (3.7.0 to 3.51.2 have it).
const MINIMUM: (u32, u32, u32) = (3, 51, 3);

/// What a commit promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Survives a power cut: for the log.
    Full,
    /// Never corrupt, but a power cut may lose the newest commits: for projections, which then follow
    /// the log from an older watermark.
    Normal,
    /// Reads a projection.
    ReadOnly,
    /// Reads the log.
    ReadLog,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The library itself is too old.
    #[error("SQLite {0} is linked, but versions before 3.51.3 can corrupt a database in WAL mode; build with the bundled one")]
    OldLibrary(String),
    /// The file comes from a newer Headwater.
    #[error("the data was written by a newer version of Headwater (format {found}, this one reads up to {known}); use that version")]
    NewerFormat {
        /// What the file says.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// SQLite refused.
    #[error("cannot prepare the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Refuses a library with the known corruption bug.
pub fn check_library() -> Result<(), OpenError> {
    // The bundled library's own number, without a call into C.
    let number = libsqlite3_sys::SQLITE_VERSION_NUMBER as u32;
    let version = (number / 1_000_000, number / 1000 % 1000, number % 1000);
    if version < MINIMUM { Err(OpenError::OldLibrary(format!("{}.{}.{}", version.0, version.1, version.2))) } else { Ok(()) }
}

/// True when SQLite says that a file is not what was written to it (`SQLITE_CORRUPT`, `SQLITE_NOTADB`), or a row does not
/// hold what its table promises.
pub fn is_damage(error: &sqlx::Error) -> bool {
    let is_row = matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_));
    // The lower byte is the error, the rest its kind.
    is_row || code(error).is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

/// How a connection to a file is opened.
pub fn options(path: &Path, durability: Durability) -> SqliteConnectOptions {
    let is_reader = matches!(durability, Durability::ReadOnly | Durability::ReadLog);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(!is_reader)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(200)
        .foreign_keys(false)
        .pragma("temp_store", "memory")
        .pragma("cache_size", cache_size(durability))
        .pragma("mmap_size", mmap_size(durability));
    match durability {
        Durability::Full => options.synchronous(SqliteSynchronous::Full),
        Durability::Normal => options.synchronous(SqliteSynchronous::Normal),
        Durability::ReadOnly | Durability::ReadLog => options.read_only(true),
    }
}

/// Bytes of a file that are read through a map of it. A page of a map that the disk does not give ends the process (SIGBUS),
/// which a projection may do, being made anew, and the log may not.
fn mmap_size(durability: Durability) -> &'static str {
    match durability {
        Durability::Full | Durability::ReadLog => "0",
        Durability::Normal | Durability::ReadOnly => "1073741824",
    }
}

/// Pages that a connection keeps of its own, in KiB. Readers of projections share the file through mmap. A commit that splits
/// a page of a tree walks over all of the cache (`balance_nonroot` moves pages by a number beyond the file's end, `pcache1Truncate` looks
/// for them): with 64 MiB that was a fifth of the log writer's time, since it commits a hundred times as often as a projection.
fn cache_size(durability: Durability) -> &'static str {
    match durability {
        Durability::ReadOnly | Durability::ReadLog => "-4096",
        Durability::Full => "-8192",
        Durability::Normal => "-65536",
    }
}

/// SQLite makes the files beside a database with the permissions that it finds on it, and never changes them: beside one
/// that was read-only for a while they would stay so.
pub fn make_side_files_writable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    const OWNER: u32 = 0o200;
    let mode = |path: &Path| std::fs::metadata(path).map(|data| data.permissions().mode());
    if !mode(path).is_ok_and(|mode| mode & OWNER != 0) {
        return;
    }
    for side in ["db-wal", "db-shm"].map(|extension| path.with_extension(extension)) {
        if let Ok(mode) = mode(&side)
            && mode & OWNER == 0
            && let Err(error) = std::fs::set_permissions(&side, std::fs::Permissions::from_mode(mode | OWNER))
        {
            tracing::warn!(path = %side.display(), %error, "this file is read-only, and it cannot be changed");
        }
    }
}

/// A pool of connections to one file.
pub async fn open(path: &Path, durability: Durability, connections: u32) -> Result<SqlitePool, sqlx::Error> {
    if matches!(durability, Durability::Full | Durability::Normal) {
        make_side_files_writable(path);
    }
    pool(connections).connect_with(options(path, durability)).await
}

/// A pool that keeps its connections.
pub fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).min_connections(1).idle_timeout(None).max_lifetime(None)
}

/// A database of one connection that is nowhere on disk.
pub async fn in_memory() -> Result<SqlitePool, sqlx::Error> {
    pool(1).connect_with(SqliteConnectOptions::new().in_memory(true)).await
}

/// Brings a file to the newest format, one transaction a step; refuses a newer one. The version
/// that runs is asked too: a dynamic library can differ from the headers.
pub async fn migrate(pool: &SqlitePool, steps: &[&'static str]) -> Result<(), OpenError> {
    let version: String = sqlx::query("SELECT sqlite_version()").fetch_one(pool).await?.get(0);
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    if (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < MINIMUM {
        return Err(OpenError::OldLibrary(version));
    }
    let found: i64 = sqlx::query("PRAGMA user_version").fetch_one(pool).await?.get(0);
    let known = steps.len() as i64;
    if found > known {
        return Err(OpenError::NewerFormat { found, known });
    }
    for (i, step) in steps.iter().enumerate().skip(found as usize) {
        let mut tx = pool.begin().await?;
        sqlx::raw_sql(*step).execute(&mut *tx).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {}", i + 1))).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// SQLite's (extended) result code of an error: <https://www.sqlite.org/rescode.html>.
pub fn code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error().and_then(|e| e.code()?.parse().ok())
}

/// What failed, for operators, when `file` was read or written.
pub fn words(error: &sqlx::Error, file: &str) -> String {
    match code(error) {
        Some(code) => words_of(code, file).unwrap_or_else(|| format!("SQLite error {code} ({error})")),
        None => format!("the connection to {file} failed ({error})"),
    }
}

fn words_of(code: u32, file: &str) -> Option<String> {
    Some(match code & 0xff {
        13 => "disk full".into(),
        10 => format!("I/O error while {}", io_words(code >> 8)),
        8 if code >> 8 == 4 => format!("{file} was removed or replaced while the server was running"),
        8 => format!("{file}, a file beside it or their file system is read-only"),
        14 => format!("{file} or a file beside it cannot be opened"),
        3 | 23 => format!("no permission to read or write {file} or a file beside it"),
        11 | 26 => format!("{file} is damaged"),
        5 | 6 | 15 => format!("another process holds the lock of {file}"),
        7 => "out of memory".into(),
        _ => return None,
    })
}

fn io_words(detail: u32) -> &'static str {
    match detail {
        1 | 2 => "reading",
        3 => "writing",
        4 | 5 => "syncing to disk",
        6 => "truncating a file",
        10 => "deleting a file",
        15 | 9 => "locking",
        18..=21 => "growing a shared memory file",
        24 => "mapping a file into memory",
        _ => "reading or writing",
    }
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn codes_have_words() {
        let words = |code| words_of(code, "catalog.db").unwrap_or_default();
        assert_eq!(words(13), "disk full");
        assert_eq!(words(1034), "I/O error while syncing to disk");
        assert_eq!(words(778), "I/O error while writing");
        assert_eq!(words(8), "catalog.db, a file beside it or their file system is read-only");
        assert_eq!(words(1032), "catalog.db was removed or replaced while the server was running");
        assert_eq!(words_of(1, "catalog.db"), None);
    }
}
