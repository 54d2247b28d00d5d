//! Room in the quarantine: bounded in entries and bytes. The kind of refusal that takes most of it gives
//! up its oldest, so that a flood of one kind does not push out what others sent.

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

/// Bodies that are kept at most.
const ENTRIES: i64 = 10_000;
/// Part of the bound that is freed at a time, so that a full quarantine is not looked through at each refusal.
const PART: i64 = 20;
/// Kinds that make room for one batch; beyond so many kinds the oldest goes, whatever its kind.
const ROUNDS: usize = 16;

/// Makes room for what was just added.
pub(super) async fn make(db: &mut SqliteConnection, max_bytes: u64) -> Result<(), sqlx::Error> {
    let max_bytes = i64::try_from(max_bytes).unwrap_or(i64::MAX);
    for _ in 0..ROUNDS {
        let held = sqlx::query("SELECT count(*), coalesce(sum(size), 0) FROM quarantine").fetch_one(&mut *db).await?;
        let (entries, bytes): (i64, i64) = (held.get(0), held.get(1));
        if entries <= ENTRIES && bytes <= max_bytes {
            return Ok(());
        }
        give_up(db, entries - ENTRIES, bytes - max_bytes, max_bytes).await?;
    }
    let sql = "DELETE FROM quarantine WHERE id IN (SELECT id FROM \
               (SELECT id, row_number() OVER newest AS entries, sum(size) OVER newest AS bytes FROM quarantine \
                WINDOW newest AS (ORDER BY id DESC)) WHERE entries > ? OR bytes > ?)";
    sqlx::query(sql).bind(ENTRIES).bind(max_bytes).execute(db).await?;
    Ok(())
}

/// The oldest of the largest kind: as much as is too much and a part more, but not more than half of it,
/// since another kind may then be the largest.
async fn give_up(db: &mut SqliteConnection, entries: i64, bytes: i64, max_bytes: i64) -> Result<(), sqlx::Error> {
    let is_bytes = bytes > 0;
    let share = if is_bytes { "sum(size)" } else { "count(*)" };
    let sql = format!("SELECT class, {share} FROM quarantine GROUP BY class ORDER BY 2 DESC, min(id) LIMIT 1");
    let largest = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *db).await?;
    let (class, share): (String, i64) = (largest.get(0), largest.get(1));
    let wanted = if is_bytes { bytes + max_bytes / PART } else { entries + ENTRIES / PART };
    let counted = if is_bytes { "size" } else { "1" };
    let sql = format!(
        "DELETE FROM quarantine WHERE id IN (SELECT id FROM \
         (SELECT id, sum({counted}) OVER (ORDER BY id) - {counted} AS before FROM quarantine WHERE class = ?1) WHERE before < ?2)"
    );
    let wanted = wanted.min((share / 2).max(1));
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(class).bind(wanted).execute(db).await?;
    Ok(())
}
