//! What a start does with the projections that it finds, before anything is opened: go on with them, let them answer
//! until new ones are made, or take them out of the way.

use super::entries::is_event;
use super::{ProjectionError, folder};
use crate::catalog::{Condition, Look};
use crate::log::{EventLog, number};
use schema::log::{ContentHash, Unreadable};
use schema::naming::Rules;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes of entries that are read at a time to look at them again.
const LOOKED_AT: usize = 16 << 20;

/// A set that answers while a new one is made, and is never written again.
#[derive(Clone, Debug)]
pub struct Old {
    /// Its folder.
    pub dir: PathBuf,
    /// Why it is not gone on with.
    pub why: String,
    /// Log sequence that it holds for.
    pub seq: u64,
}

/// What a start goes on with.
#[derive(Debug)]
pub struct Prepared {
    /// A set that may answer until the one in the data directory has caught up.
    pub old: Option<Old>,
    /// True when the catalog is known to be what was written: it is new, or was closed in good order.
    pub is_proven: bool,
}

/// Leaves a set in the data directory that can be followed, or none; and says which one may answer meanwhile.
pub async fn prepare(data: &Path, log: &dyn EventLog, rules: &Rules) -> Result<Prepared, ProjectionError> {
    folder::recover(data).map_err(ProjectionError::Directory)?;
    let look = look(data, log, rules).await?;
    let is_beginning = is_beginning(log, &look).await?;
    let mut is_proven = true;
    let done = match &look.condition {
        Condition::New => Ok(()),
        Condition::Current | Condition::Outdated(_) if !is_beginning => {
            tracing::warn!(entry = look.seq, "the catalog is of another event log, or of a newer state of this one; building it anew");
            folder::remove(data)
        }
        Condition::Current => {
            is_proven = look.is_proven;
            Ok(())
        }
        Condition::Outdated(why) => replace(data, why),
        Condition::Older(why) => {
            tracing::info!(why, "an older version of Headwater made the catalog; building it anew");
            folder::remove(data)
        }
        Condition::Newer(why) => {
            let aside = folder::set_aside(data, "newer").map_err(ProjectionError::Directory)?;
            tracing::warn!(why, kept = %aside.display(), "a newer version of Headwater made the catalog; building it anew");
            Ok(())
        }
        Condition::Damaged(why) => set_aside_damaged(data, why),
    };
    done.map_err(ProjectionError::Directory)?;
    Ok(Prepared { old: old(data, log, rules).await?, is_proven })
}

/// Keeps a damaged catalog for whoever wants to look, and leaves room for a new one.
pub fn set_aside_damaged(data: &Path, why: &str) -> io::Result<()> {
    let aside = folder::set_aside(data, "damaged")?;
    tracing::error!(why, kept = %aside.display(), "the catalog is damaged; it is kept aside and built anew from the event log");
    Ok(())
}

/// An outdated set answers until the new one is there. When there is one that answers already, this one was on its way
/// to take its place and knows less.
fn replace(data: &Path, why: &str) -> io::Result<()> {
    tracing::info!(why, "the catalog is built anew; the old one answers meanwhile");
    if folder::old(data).join("catalog.db").exists() { folder::remove(data) } else { folder::freeze(data) }
}

/// The set that may answer, when this program can read it and it is of this log.
async fn old(data: &Path, log: &dyn EventLog, rules: &Rules) -> Result<Option<Old>, ProjectionError> {
    let dir = folder::old(data);
    if !dir.exists() {
        return Ok(None);
    }
    let look = look(&dir, log, rules).await?;
    let is_beginning = is_beginning(log, &look).await?;
    let outcome = match look.condition {
        Condition::Outdated(why) if is_beginning => return Ok(Some(Old { dir, why, seq: look.seq })),
        // Rules were changed and changed back.
        Condition::Current if is_beginning && !data.join("catalog.db").exists() => folder::thaw(data),
        _ => folder::remove_old(data),
    };
    outcome.map_err(ProjectionError::Directory)?;
    Ok(None)
}

/// What the catalog of a folder is good for, now that the log is what it is.
async fn look(dir: &Path, log: &dyn EventLog, rules: &Rules) -> Result<Look, ProjectionError> {
    let look = Look::at(dir, rules).await?;
    if look.condition == Condition::Current && is_beginning(log, &look).await? && is_repaired(log, &look).await? {
        let why = "entries of the event log that could not be read when it was made can be read now";
        return Ok(Look { condition: Condition::Outdated(why.into()), ..look });
    }
    Ok(look)
}

/// Whether what is projected is a beginning of this log: after a restore from a backup it is not.
async fn is_beginning(log: &dyn EventLog, look: &Look) -> Result<bool, ProjectionError> {
    if look.seq == 0 {
        return Ok(true);
    }
    if log.head().await? < look.seq {
        return Ok(false);
    }
    // Where the entry is gone nothing can be compared, and nothing says that the log is another.
    let mark = log.mark(look.seq).await?.filter(|mark| mark.seq == look.seq);
    Ok(mark.is_none_or(|mark| Some(mark.hash) == look.hash))
}

/// Whether an entry that was passed over can be read now, since the log was repaired. The others are named again, which no
/// reader may come across.
async fn is_repaired(log: &dyn EventLog, look: &Look) -> Result<bool, ProjectionError> {
    let mut seqs: Vec<u64> = look.passed_over.iter().map(|(seq, _)| *seq).collect();
    while !seqs.is_empty() {
        let read = log.read(seqs.clone(), LOOKED_AT).await?;
        let Some(last) = read.last().map(number) else { break };
        if read.iter().flatten().any(is_event) {
            return Ok(true);
        }
        seqs.retain(|seq| *seq > last);
    }
    let again =
        |(seq, reason): &(u64, String)| Unreadable { seq: *seq, hash: ContentHash::of(b""), received_at: 0, reason: reason.clone() };
    log.pass_over(&look.passed_over.iter().map(again).collect::<Vec<_>>());
    Ok(false)
}
