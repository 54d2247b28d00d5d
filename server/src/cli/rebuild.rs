//! `headwater rebuild`, and building projections with progress, which `verify` uses too.

use super::{DataArgs, Failure};
use crate::app::{StartError, lock, open_log};
use crate::catalog::{Projected, Reader, keep_sum};
use crate::log::EventLog;
use crate::projection::{Indexer, ProjectionError, Projector, folder};
use crate::search::SearchIndex;
use clap::Args;
use hashbrown::HashMap;
use indicatif::{ProgressBar, ProgressStyle};
use schema::naming::Rules;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What `rebuild` takes.
#[derive(Args)]
pub(super) struct Rebuild {
    #[command(flatten)]
    data: DataArgs,
}

impl Rebuild {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let (config, _) = self.data.config()?;
        need_log(&config.data)?;
        let _lock = lock(&config.data)?;
        let cannot = |e: std::io::Error| Failure::Said(format!("the folders of the projections cannot be moved: {e}"));
        folder::recover(&config.data).map_err(cannot)?;
        let log: Arc<dyn EventLog> = Arc::new(open_log(&config).await?);
        let built = beside(&folder::building(&config.data), log.clone(), config.naming.clone()).await;
        log.close().await;
        let held = match built {
            Ok(held) => held,
            Err(e) => {
                let Failure::Said(why) = Failure::from(e) else { return Err(Failure::Silent) };
                // What was there is as good as before.
                let _ = folder::recover(&config.data);
                return Err(Failure::Said(format!("{why}; the old projections are as they were")));
            }
        };
        folder::install(&config.data).map_err(cannot)?;
        out!("rebuilt up to entry {}: {} datasets, {} jobs, {} runs", held.seq, held.datasets, held.jobs, held.runs);
        Ok(())
    }
}

/// Builds a whole set in a folder of its own and closes it.
async fn beside(dir: &Path, log: Arc<dyn EventLog>, rules: Arc<Rules>) -> Result<Projected, StartError> {
    std::fs::create_dir_all(dir).map_err(ProjectionError::Directory)?;
    let head = log.head().await?;
    let mut built = build(dir, log, rules, head, "rebuilding").await?;
    built.projector.save().await;
    let held = built.projector.projected();
    built.close().await;
    keep_sum(dir, Duration::MAX).map_err(ProjectionError::Directory)?;
    Ok(held)
}

/// Without a log there is nothing to build from, and a new one would hide a mistyped folder.
pub(super) fn need_log(data: &Path) -> Result<(), Failure> {
    match std::fs::metadata(data.join("log.db")) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(Failure::Said(format!("there is no event log in {}", data.display()))),
        Err(e) => Err(Failure::Said(format!("cannot read the event log in {}: {e}", data.display()))),
    }
}

/// Projections at rest.
pub(super) struct Built {
    pub projector: Projector,
    pub index: Arc<SearchIndex>,
    reader: Reader,
}

impl Built {
    /// Closes the catalog, with everything in its file.
    pub(super) async fn close(&self) {
        self.reader.close().await;
        self.projector.close().await;
    }
}

/// Opens the projections in `dir` and brings them to `head`.
pub(super) async fn build(
    dir: &Path,
    log: Arc<dyn EventLog>,
    rules: Arc<Rules>,
    head: u64,
    doing: &'static str,
) -> Result<Built, StartError> {
    let mut projector = Projector::open(dir, log.clone(), rules).await?;
    let reader = Reader::open(dir).await.map_err(ProjectionError::from)?;
    let index = Arc::new(SearchIndex::open(&dir.join("search")).map_err(ProjectionError::from)?);
    let indexer = Indexer::new(index.clone(), reader.clone(), projector.snapshot());
    indexer.catch_up(projector.projected().seq).await?;
    let bar = ProgressBar::new(head).with_style(
        ProgressStyle::with_template("{msg} {bar:30} {human_pos}/{human_len} entries  {per_sec}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.set_message(doing);
    while projector.step(head, Some(&indexer)).await? {
        bar.set_position(projector.projected().seq);
    }
    indexer.flush(&mut HashMap::new(), true).await?;
    bar.finish_and_clear();
    Ok(Built { projector, index, reader })
}
