//! `headwater verify`: is the log what was acknowledged, and are the projections what it says?

use super::rebuild::{Built, build, need_log};
use super::{DataArgs, Failure};
use crate::app::{StartError, lock};
use crate::log::{EventLog, SqliteLog};
use crate::projection::{ProjectionError, loss};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;

/// Faults that are listed; all are counted.
const LISTED: usize = 20;

/// What `verify` takes.
#[derive(Args)]
pub(super) struct Verify {
    #[command(flatten)]
    data: DataArgs,
}

impl Verify {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let (config, _) = self.data.config()?;
        need_log(&config.data)?;
        let _lock = lock(&config.data)?;
        let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open(&config.data).await.map_err(StartError::from)?);
        let head = log.head().await.map_err(StartError::from)?;
        let intact = check_log(&*log, head).await?;
        if let Some(loss) = loss(&config.data, &*log).await.map_err(StartError::from)? {
            println!("         {loss}");
            println!("the projections are not compared: they hold what the event log lost");
            log.close().await;
            return Err(Failure::Silent);
        }
        let scratch = tempfile::tempdir_in(&config.data).map_err(|e| Failure::Said(format!("no room for a scratch rebuild: {e}")))?;
        let rules = &config.naming;
        let kept = digests(&build(&config.data, log.clone(), rules.clone(), head, "catching up").await?).await?;
        let fresh = digests(&build(scratch.path(), log.clone(), rules.clone(), head, "rebuilding for comparison").await?).await?;
        let mut equal = true;
        for (i, name) in ["catalog", "graph", "search"].into_iter().enumerate() {
            let same = kept[i] == fresh[i];
            equal &= same;
            println!("{name:<8} {}  {}", kept[i], if same { "equals a fresh rebuild" } else { "DIFFERS from a fresh rebuild" });
            if !same {
                println!("         {}  fresh", fresh[i]);
            }
        }
        if !equal {
            println!("run `headwater rebuild` to replace the projections; the event log is the truth");
        }
        log.close().await;
        if intact && equal { Ok(()) } else { Err(Failure::Silent) }
    }
}

async fn check_log(log: &dyn EventLog, head: u64) -> Result<bool, Failure> {
    let bar = ProgressBar::new(head).with_style(
        ProgressStyle::with_template("checking the log {bar:30} {human_pos}/{human_len} entries")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let found = log.check(&|done| bar.set_position(done)).await.map_err(StartError::from)?;
    bar.finish_and_clear();
    if found.faults.is_empty() {
        println!("log      {} entries, all intact", found.entries);
        return Ok(true);
    }
    println!("log      {} entries, {} faults", found.entries, found.faults.len());
    for fault in found.faults.iter().take(LISTED) {
        println!("         {fault}");
    }
    Ok(false)
}

async fn digests(built: &Built) -> Result<[String; 3], StartError> {
    let (catalog, graph) = built.projector.digests().await?;
    built.projector.close().await;
    Ok([catalog, graph, built.index.digest().map_err(ProjectionError::from)?])
}
