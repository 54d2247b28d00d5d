//! `headwater verify`: is the log what was acknowledged, and are the projections what it says?
//!
//! It may run beside a server: it reads the log up to where it ends when it begins, copies the projections as they are at
//! that moment into a scratch folder, folds there what they lack, and compares with what is built from nothing.

use super::rebuild::{Built, build, need_log};
use super::{DataArgs, Failure};
use crate::app::{StartError, lock, loss_at_rest};
use crate::catalog::{Condition, Look, copy_catalog, damage};
use crate::config::Config;
use crate::graph::stored;
use crate::log::{EventLog, SqliteLog};
use crate::projection::{ProjectionError, folder, loss};
use crate::search;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Faults that are listed; all are counted.
const LISTED: usize = 20;

/// What `verify` takes.
#[derive(Args)]
pub(super) struct Verify {
    #[command(flatten)]
    data: DataArgs,
}

/// The projections as they were when they were copied.
enum Copied {
    /// Sound, and made by this program's rules.
    Sound {
        /// Log sequence of the catalog,
        catalog: u64,
        /// and of search.
        search: u64,
    },
    /// There is nothing to compare, in words.
    Unusable(String),
}

impl Verify {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let (config, _) = self.data.config()?;
        need_log(&config.data)?;
        // Nobody else is there: finish what a crash interrupted. The lock is not kept, a server may start meanwhile.
        let alone = match lock(&config.data) {
            Ok(lock) => Some(lock),
            Err(StartError::InUse(_)) => None,
            Err(e) => return Err(e.into()),
        };
        if let Some(_lock) = alone {
            folder::recover(&config.data).map_err(|e| Failure::Said(format!("the projections cannot be read: {e}")))?;
            folder::remove_leftovers(&config.data);
            // So that it has this version's format; a log that lost something stays as it is.
            if loss_at_rest(&config.data).await.is_none() {
                SqliteLog::open(&config.data).await.map_err(StartError::from)?.close().await;
            }
        }
        let scratch = tempfile::Builder::new().prefix(folder::SCRATCH).tempdir_in(&config.data).map_err(|e| no_room(&e))?;
        let held = File::create(scratch.path().join("lock")).map_err(|e| no_room(&e))?;
        held.lock().map_err(|e| no_room(&e))?;
        let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open_to_read(&config.data).await.map_err(StartError::from)?);
        let lost = loss(&config.data, &*log).await.map_err(StartError::from)?;
        let copied = copy(&config, &scratch.path().join("kept")).await.map_err(StartError::from)?;
        let head = log.head().await.map_err(StartError::from)?;
        let intact = check_log(&*log, head).await?;
        if let Some(loss) = lost {
            out!("         {loss}");
            out!("the projections are not compared: they hold what the event log lost");
            log.close().await;
            return Err(Failure::Silent);
        }
        let equal = match copied {
            Copied::Sound { catalog, search } => {
                if catalog < head || search < head {
                    out!("         the catalog held entries up to {catalog} and search up to {search}; the rest is folded here");
                }
                compare(&config, scratch.path(), log.clone(), head).await?
            }
            Copied::Unusable(why) => {
                out!("catalog  CANNOT BE COMPARED: {why}");
                false
            }
        };
        if !equal {
            out!("run `headwater rebuild` to replace the projections; the event log is the truth");
        }
        log.close().await;
        if intact && equal { Ok(()) } else { Err(Failure::Silent) }
    }
}

fn no_room(e: &std::io::Error) -> Failure {
    Failure::Said(format!("no room for a scratch rebuild: {e}"))
}

/// Copies what is there, unless it is known to be wrong.
async fn copy(config: &Config, to: &Path) -> Result<Copied, ProjectionError> {
    let data = &config.data;
    if !data.join("catalog.db").exists() {
        return Ok(Copied::Unusable("there is none".into()));
    }
    if let Some(fault) = damage(data).await? {
        return Ok(Copied::Unusable(format!("it is damaged: {fault}")));
    }
    std::fs::create_dir_all(to).map_err(ProjectionError::Directory)?;
    copy_catalog(data, to).await?;
    // The graph's file counts only when it belongs to this very catalog; so does the copy.
    let _ = std::fs::copy(stored::path(data), stored::path(to));
    let search = match search::copy(&data.join("search"), &to.join("search")) {
        Ok(seq) => seq,
        Err(e) => return Ok(Copied::Unusable(format!("search cannot be read: {e}"))),
    };
    let look = Look::at(to, &config.naming).await?;
    Ok(match look.condition {
        Condition::New | Condition::Current => Copied::Sound { catalog: look.seq, search },
        Condition::Outdated(why) | Condition::Older(why) | Condition::Newer(why) => {
            Copied::Unusable(format!("{why}; the server makes it anew when it starts"))
        }
        Condition::Damaged(why) => Copied::Unusable(format!("it is damaged: {why}")),
    })
}

/// Compares the copy in `scratch/kept` with a rebuild in `scratch/fresh`, both as of `head`.
async fn compare(config: &Config, scratch: &Path, log: Arc<dyn EventLog>, head: u64) -> Result<bool, Failure> {
    let (kept, fresh) = (scratch.join("kept"), scratch.join("fresh"));
    std::fs::create_dir_all(&fresh).map_err(|e| no_room(&e))?;
    let rules = &config.naming;
    let (kept, kept_by_entry) = digests(&build(&kept, log.clone(), rules.clone(), head, "catching up").await?).await?;
    let (fresh, fresh_by_entry) = digests(&build(&fresh, log, rules.clone(), head, "rebuilding for comparison").await?).await?;
    let mut equal = true;
    for (i, name) in ["catalog", "graph", "search"].into_iter().enumerate() {
        // The digest that is shown is the same on every server that had these events; what belongs to this log alone is not in it.
        let same = kept[i] == fresh[i] && (i > 0 || kept_by_entry == fresh_by_entry);
        equal &= same;
        out!("{name:<8} {}  {}", kept[i], if same { "equals a fresh rebuild" } else { "DIFFERS from a fresh rebuild" });
        if !same {
            out!("         {}  fresh", fresh[i]);
        }
    }
    out!("compared as of entry {head}");
    Ok(equal)
}

async fn check_log(log: &dyn EventLog, head: u64) -> Result<bool, Failure> {
    let bar = ProgressBar::new(head).with_style(
        ProgressStyle::with_template("checking the log {bar:30} {human_pos}/{human_len} entries")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let found = log.check(&|done| bar.set_position(done)).await.map_err(StartError::from)?;
    bar.finish_and_clear();
    if found.faults.is_empty() {
        out!("log      {} entries, all intact", found.entries);
        return Ok(true);
    }
    out!("log      {} entries, {} faults", found.entries, found.faults.len());
    for fault in found.faults.iter().take(LISTED) {
        out!("         {fault}");
    }
    Ok(false)
}

/// Those of catalog, graph and search, and that of what the catalog says of this one log.
async fn digests(built: &Built) -> Result<([String; 3], String), StartError> {
    let (catalog, graph) = built.projector.digests().await?;
    let by_entry = built.projector.log_digest().await?;
    built.close().await;
    Ok(([catalog, graph, built.index.digest().map_err(ProjectionError::from)?], by_entry))
}
