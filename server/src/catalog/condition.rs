//! Whether a catalog file may be gone on with: which program and which rules made it, and whether it is sound. What is
//! done with one that may not is the projections' business.

use super::sealed::{ROW_VERSION, sum_of_mark};
use super::whole::{self, Whole};
use super::{CatalogError, FORMAT, meta, unreadable};
use crate::fold::FOLD_VERSION;
use crate::sqlite::{self, Durability};
use schema::log::ContentHash;
use schema::naming::Rules;
use sqlx::{Row, SqlitePool};
use std::path::Path;

/// Entries passed over that are looked up.
const PASSED_OVER: usize = 10_000;

/// What a catalog file is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is none, or nothing was folded into it.
    New,
    /// This program would have made the same: go on with it.
    Current,
    /// Sound and readable, but this program would make other rows of the same log. It may answer until a new one is made.
    Outdated(String),
    /// An older version of Headwater made it, in a format that is not read any more.
    Older(String),
    /// A newer version of Headwater made it.
    Newer(String),
    /// It is not what was written.
    Damaged(String),
}

/// A catalog file, looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What it is good for.
    pub condition: Condition,
    /// Log sequence that it holds for; 0 unless it is current or outdated.
    pub seq: u64,
    /// Hash of that entry, by which another log is known.
    pub hash: Option<ContentHash>,
    /// Entries that were passed over and why, the first `PASSED_OVER` of them.
    pub passed_over: Vec<(u64, String)>,
    /// True when its sum says that it is what was written, see `whole`.
    pub is_proven: bool,
}

impl From<Condition> for Look {
    fn from(condition: Condition) -> Self {
        Self { condition, seq: 0, hash: None, passed_over: Vec::new(), is_proven: false }
    }
}

impl Look {
    /// Looks at `catalog.db` in a folder that nobody else has open. An error means that it cannot be looked at now:
    /// it says nothing against the file.
    pub async fn at(dir: &Path, rules: &Rules) -> Result<Self, CatalogError> {
        let path = dir.join("catalog.db");
        if std::fs::metadata(&path).is_ok_and(|file| file.len() == 0) || !std::fs::exists(&path).unwrap_or(true) {
            return Ok(Condition::New.into());
        }
        let whole = whole::look(dir).await?;
        let damaged = |why: &str| Ok(Condition::Damaged(why.into()).into());
        match whole {
            Whole::Other => return damaged("it is not what was written when it was closed"),
            Whole::Unreadable => return damaged("the disk does not give all of it (I/O error while reading)"),
            Whole::Proven | Whole::Readable => {}
        }
        match look(&path, rules).await {
            Err(e) if e.is_damage() => Ok(Condition::Damaged(e.with_cause()).into()),
            other => other.map(|look| Self { is_proven: whole == Whole::Proven, ..look }),
        }
    }
}

async fn look(path: &Path, rules: &Rules) -> Result<Look, CatalogError> {
    // For writing, so that what a crash left beside the file is folded into it.
    let db = sqlite::open(path, Durability::Normal, 1).await?;
    let found = judge(&db, rules).await;
    db.close().await;
    found
}

async fn judge(db: &SqlitePool, rules: &Rules) -> Result<Look, CatalogError> {
    let format: i64 = sqlx::query("PRAGMA user_version").fetch_one(db).await?.try_get(0)?;
    if format == 0 {
        let tables: i64 = sqlx::query("SELECT count(*) FROM sqlite_schema").fetch_one(db).await?.try_get(0)?;
        return Ok(if tables == 0 { Condition::New } else { Condition::Damaged("it has tables and no format".into()) }.into());
    }
    if format < FORMAT {
        return Ok(Condition::Older(format!("it has format {format}, this version reads {FORMAT}")).into());
    }
    if format > FORMAT {
        return Ok(Condition::Newer(format!("it has format {format}, this version reads {FORMAT}")).into());
    }
    let seq = meta::get(db, "seq").await?.unwrap_or_default();
    let Some(mark) = sqlx::query("SELECT rules, fold, packing, hash, sum FROM mark").fetch_optional(db).await? else {
        return Ok(if seq == 0 { Condition::New } else { Condition::Damaged("nothing says who made it".into()) }.into());
    };
    if mark.try_get::<i64, _>(4)? != sum_of_mark(seq, mark.try_get(3)?) {
        return Ok(Condition::Damaged("what it holds for is not what was written".into()).into());
    }
    let (had, fold, packing) = (ContentHash::from_slice(mark.try_get(0)?), mark.try_get::<i64, _>(1)?, mark.try_get::<i64, _>(2)?);
    let (now, known) = (i64::from(FOLD_VERSION), i64::from(ROW_VERSION));
    let condition = if packing != known {
        let why = format!("its rows are packed by version {packing}, this program packs by {known}");
        if packing < known { Condition::Older(why) } else { Condition::Newer(why) }
    } else if fold != now {
        Condition::Outdated(format!("version {fold} of the fold made it, this program has version {now}"))
    } else if had != Some(rules.mark()) {
        Condition::Outdated("other naming rules held when it was made".into())
    } else {
        Condition::Current
    };
    let (hash, passed_over) = (ContentHash::from_slice(mark.try_get(3)?), unreadable::read(db, PASSED_OVER).await?);
    Ok(Look { condition, seq: seq as u64, hash, passed_over, is_proven: false })
}

/// Copies the catalog of a folder into another one, as of one moment, beside whoever uses it.
pub async fn copy_catalog(from: &Path, to: &Path) -> Result<(), CatalogError> {
    let db = sqlite::open(&from.join("catalog.db"), Durability::ReadOnly, 1).await?;
    let target = to.join("catalog.db");
    let copied = sqlx::query("VACUUM INTO ?").bind(target.to_string_lossy().into_owned()).execute(&db).await;
    db.close().await;
    Ok(copied.map(|_| ())?)
}
