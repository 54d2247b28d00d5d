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
    /// Reads only.
    ReadOnly,
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
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<i32>().ok());
    let is_row = matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_));
    // The lower byte is the error, the rest its kind.
    is_row || code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

/// A pool of connections to one file.
pub async fn open(path: &Path, durability: Durability, connections: u32) -> Result<SqlitePool, sqlx::Error> {
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(durability != Durability::ReadOnly)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(200)
        .foreign_keys(false)
        .pragma("temp_store", "memory")
        // Readers share the file through mmap; only who writes profits from pages of its own (KiB).
        .pragma("cache_size", if durability == Durability::ReadOnly { "-4096" } else { "-65536" })
        .pragma("mmap_size", "1073741824");
    options = match durability {
        Durability::Full => options.synchronous(SqliteSynchronous::Full),
        Durability::Normal => options.synchronous(SqliteSynchronous::Normal),
        Durability::ReadOnly => options.read_only(true),
    };
    let pool = SqlitePoolOptions::new().max_connections(connections).min_connections(1).idle_timeout(None).max_lifetime(None);
    pool.connect_with(options).await
}

/// A database of one connection that is nowhere on disk.
pub async fn in_memory() -> Result<SqlitePool, sqlx::Error> {
    let pool = SqlitePoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    pool.connect_with(SqliteConnectOptions::new().in_memory(true)).await
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
