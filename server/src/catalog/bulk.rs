//! Rows in bulk: a constant number of statements per batch. Each statement is a hop to SQLite's
//! thread and back, which costs several times the row itself (measured: 5 to 10 times).

use sqlx::{AssertSqlSafe, Sqlite, Transaction};

/// One value of a row.
pub enum Bind {
    /// An integer.
    Int(i64),
    /// Bytes.
    Blob(Vec<u8>),
    /// Text.
    Text(String),
    /// NULL.
    Null,
}

impl From<Option<i64>> for Bind {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Int)
    }
}

/// Rows of one statement; a batch is cut into these few sizes so that each statement is prepared
/// once (31 rows must not become 31 statements).
const SIZES: [usize; 4] = [256, 32, 8, 1];

/// Writes rows of `N` values: `head` up to and without the rows, `tail` after them.
pub async fn write<const N: usize>(
    tx: &mut Transaction<'_, Sqlite>,
    head: &str,
    rows: Vec<[Bind; N]>,
    tail: &str,
) -> Result<(), sqlx::Error> {
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    for size in SIZES {
        if left < size {
            continue;
        }
        let row = format!("({})", vec!["?"; N].join(","));
        let sql = format!("{head} VALUES {} {tail}", vec![row.as_str(); size].join(","));
        while left >= size {
            let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
            for bind in rows.by_ref().take(size).flatten() {
                query = match bind {
                    Bind::Int(value) => query.bind(value),
                    Bind::Blob(value) => query.bind(value),
                    Bind::Text(value) => query.bind(value),
                    Bind::Null => query.bind(None::<i64>),
                };
            }
            query.execute(&mut **tx).await?;
            left -= size;
        }
    }
    Ok(())
}
