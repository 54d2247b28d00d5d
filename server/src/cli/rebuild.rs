//! `headwater rebuild`, and building projections with progress, which `verify` uses too.

use super::{DataArgs, Failure};
use crate::app::{StartError, lock};
use crate::catalog::Reader;
use crate::log::{EventLog, SqliteLog};
use crate::projection::{Indexer, ProjectionError, Projector, remove};
use crate::search::SearchIndex;
use clap::Args;
use hashbrown::HashMap;
use indicatif::{ProgressBar, ProgressStyle};
use schema::naming::Rules;
use std::path::Path;
use std::sync::Arc;

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
        let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open(&config.data).await.map_err(StartError::from)?);
        remove(&config.data).map_err(|e| Failure::Said(format!("cannot delete the old projections: {e}")))?;
        let head = log.head().await.map_err(StartError::from)?;
        let mut built = build(&config.data, log.clone(), config.naming.clone(), head, "rebuilding").await?;
        built.projector.save().await;
        let held = built.projector.projected();
        built.projector.close().await;
        log.close().await;
        println!("rebuilt up to entry {}: {} datasets, {} jobs, {} runs", held.seq, held.datasets, held.jobs, held.runs);
        Ok(())
    }
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
    let indexer = Indexer::new(index.clone(), reader, projector.snapshot());
    indexer.catch_up(&*log, projector.projected().seq).await?;
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
    Ok(Built { projector, index })
}
