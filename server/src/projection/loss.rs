//! A log that is not what was acknowledged: cut short, or put back from an older copy, or another one.
//! Whoever starts must say that the loss is accepted; until then nothing is changed, and afterwards
//! what is known of the lost entries is kept.

use super::{ProjectionError, folder};
use crate::catalog::{CatalogError, watermark};
use crate::graph::stored;
use crate::log::{ACKNOWLEDGED, Acknowledged, EventLog, LogError};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Where what is of no more use, but evidence, is kept in the data directory.
const ASIDE: &str = "set-aside";

/// How the log contradicts what was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// It has fewer entries.
    Short {
        /// Its last entry.
        ends: u64,
        /// The highest number that was acknowledged.
        acknowledged: u64,
    },
    /// An entry has another content.
    Other {
        /// Which.
        seq: u64,
        /// The log's last entry.
        ends: u64,
    },
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { ends, acknowledged } => write!(f, "the event log ends at {ends}, {acknowledged} entries were acknowledged"),
            Self::Other { seq, ends } => {
                write!(
                    f,
                    "the event log is another one, or another state of it: entry {seq} is not what was acknowledged (it ends at {ends})"
                )
            }
        }
    }
}

/// Compares the log with its record of what was acknowledged and with the catalog built from it. A server may be writing
/// them: what is known is read first, and the log after it.
pub async fn loss(dir: &Path, log: &dyn EventLog) -> Result<Option<Loss>, LogError> {
    let known = known(dir).await;
    let ends = log.head().await?;
    if let Some(loss) = short(&known, ends) {
        return Ok(Some(loss));
    }
    for Acknowledged { seq, hash } in known {
        // Where the entry is gone or damaged there is nothing to compare: that is no other log.
        let mark = log.mark(seq).await?.filter(|mark| mark.seq == seq);
        if mark.is_some_and(|mark| mark.hash != hash) {
            return Ok(Some(Loss::Other { seq, ends }));
        }
    }
    Ok(None)
}

/// What is lost where there is no log at all.
pub async fn loss_of_all(dir: &Path) -> Option<Loss> {
    short(&known(dir).await, 0)
}

fn short(known: &[Acknowledged], ends: u64) -> Option<Loss> {
    let acknowledged = known.iter().map(|known| known.seq).max()?;
    (acknowledged > ends).then_some(Loss::Short { ends, acknowledged })
}

/// What was acknowledged, as the record and the catalog say.
async fn known(dir: &Path) -> Vec<Acknowledged> {
    let catalog = match watermark(dir).await {
        Ok(mark) => mark.map(|(seq, hash)| Acknowledged { seq, hash }),
        // One that cannot be read says nothing; whoever opens it to write says why.
        Err(CatalogError::Unusable(_) | CatalogError::Database(_) | CatalogError::Damaged(_)) => None,
    };
    Acknowledged::read(dir).into_iter().chain(catalog).filter(|known| known.seq > 0).collect()
}

/// Moves the projections and the record out of the way; where to. A set that only answered knows what is lost too, but
/// nothing that the other does not.
pub fn set_aside(dir: &Path) -> Result<PathBuf, ProjectionError> {
    move_aside(dir).map_err(ProjectionError::Directory)
}

fn move_aside(dir: &Path) -> io::Result<PathBuf> {
    folder::recover(dir)?;
    let all = dir.join(ASIDE);
    let free = (1_u32..).map(|n| all.join(n.to_string())).find(|path| !path.exists());
    let place = free.unwrap_or_else(|| all.join("0"));
    std::fs::create_dir_all(&place)?;
    for name in folder::CATALOG.iter().chain(&[ACKNOWLEDGED, folder::SEARCH]).chain(&stored::NAMES) {
        match std::fs::rename(dir.join(name), place.join(name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    folder::remove_old(dir)?;
    Ok(place)
}
