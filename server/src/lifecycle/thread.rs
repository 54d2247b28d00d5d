//! What follows the log for one set of projections: the projector on a thread of its own, and the task of search.

use super::set::Opened;
use crate::app::App;
use crate::catalog::Projected;
use crate::config::Config;
use crate::health::{Health, Part};
use crate::projection::{Ended, Indexer, ProjectionError, Projector, Trouble};
use std::sync::Arc;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

/// The projector's thread, and what it waits for and says.
pub struct Thread {
    pub opened: oneshot::Receiver<Result<Opened, ProjectionError>>,
    pub indexer: oneshot::Sender<Arc<Indexer>>,
    pub ended: oneshot::Receiver<Ended>,
}

impl Thread {
    /// Folding is work for a processor: the projector has a thread of its own, and intake does not wait behind it. Nor does
    /// a stop: a thread that is deep in a batch is left behind.
    pub fn begin(
        config: &Config,
        app: &Arc<App>,
        following: Arc<watch::Sender<Projected>>,
        round: &CancellationToken,
        trouble: Trouble,
    ) -> Result<Self, ProjectionError> {
        let (tell_opened, opened) = oneshot::channel();
        let (indexer, hear_indexer) = oneshot::channel::<Arc<Indexer>>();
        let (tell_ended, ended) = oneshot::channel();
        let head = up_to(app.writer.head(), config.hold_projections_at);
        let (log, effort, pace) = (app.log.clone(), app.effort.clone(), app.pace.clone());
        let (data, naming, round) = (config.data.clone(), config.naming.clone(), round.clone());
        let follow = async move {
            let projector = match Projector::open(&data, log, naming).await {
                Ok(projector) => projector.reporting_to(following, effort),
                Err(e) => {
                    let _ = tell_opened.send(Err(e));
                    return;
                }
            };
            let _ = tell_opened.send(Ok(Opened::of(&projector)));
            let Ok(indexer) = hear_indexer.await else { return };
            let _ = tell_ended.send(projector.run(head, &indexer, pace, round, trouble).await);
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ProjectionError::Directory)?;
        let thread = std::thread::Builder::new().name("projector".into()).spawn(move || runtime.block_on(follow));
        thread.map_err(ProjectionError::Directory)?;
        Ok(Self { opened, indexer, ended })
    }
}

/// The head of the log, but never beyond `most`.
fn up_to(mut head: watch::Receiver<u64>, most: Option<u64>) -> watch::Receiver<u64> {
    let Some(most) = most else { return head };
    let (held, seen) = watch::channel(most.min(*head.borrow_and_update()));
    tokio::spawn(async move {
        while head.changed().await.is_ok() {
            held.send_replace(most.min(*head.borrow_and_update()));
        }
    });
    seen
}

/// Brings search up to the catalog and keeps it there.
pub async fn index(indexer: Arc<Indexer>, health: Arc<Health>, seq: u64, round: CancellationToken) {
    let mut trouble = Trouble::new(health, Part::Search);
    while let Err(e) = indexer.catch_up(seq).await {
        let pause = trouble.meets(&e);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = round.cancelled() => return,
        }
    }
    trouble.ends();
    indexer.run(round).await;
}
