//! Intake, whatever the way in: events are translated, compressed, appended, and counted; what is no
//! event goes to the quarantine. Says what became of each; how that looks on the wire is HTTP's.

use crate::app::App;
use crate::log::{LogError, NewEntry, Quarantined, Replayed};
use crate::redact::without_credentials;
use ingest_adapters::{Rejected, Translated, openlineage};
use schema::log::EntryKind;
use schema::openlineage::Rejection;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Durable under this number.
    Accepted(u64),
    /// Known already under this number.
    Repeated(u64),
    /// Not understood, kept in the quarantine.
    Quarantined(Rejection),
}

/// Counters since the start.
#[derive(Default)]
pub struct Counters {
    /// New events.
    pub accepted: AtomicU64,
    /// Events that the log had.
    pub repeated: AtomicU64,
    /// Bodies refused.
    pub quarantined: AtomicU64,
    /// Requests told to come back.
    pub shed: AtomicU64,
    /// Oddities in events that were kept.
    pub findings: AtomicU64,
}

/// Takes translated events. All or nothing as to durability: an error means nothing was acknowledged.
#[tracing::instrument(level = "debug", name = "intake", skip_all, fields(events = translated.len()))]
pub async fn ingest(app: &App, translated: Translated) -> Result<Vec<Outcome>, LogError> {
    if overloaded(app) {
        app.intake.shed.fetch_add(1, Ordering::Relaxed);
        return Err(LogError::Overloaded);
    }
    let received_at = now_micros();
    let mut outcomes = Vec::with_capacity(translated.len());
    let (mut entries, mut rejected) = (Vec::new(), Vec::new());
    for item in translated {
        match without_credentials(&app.redact, item) {
            Ok(accepted) if accepted.payload.len() > app.limits.event_bytes => {
                let rejection = Rejection::too_large(app.limits.event_bytes);
                outcomes.push(Outcome::Quarantined(rejection.clone()));
                rejected.push(Rejected { rejection, body: accepted.payload });
            }
            Ok(accepted) => {
                app.intake.findings.fetch_add(accepted.findings.len() as u64, Ordering::Relaxed);
                outcomes.push(Outcome::Accepted(0));
                let compressed = crate::log::compress(&accepted.payload);
                entries.push(NewEntry { kind: EntryKind::OpenLineage, hash: accepted.hash, received_at, compressed });
            }
            Err(item) => {
                outcomes.push(Outcome::Quarantined(item.rejection.clone()));
                rejected.push(item);
            }
        }
    }
    let appended = app.writer.submit(entries).await.inspect_err(|_| {
        app.intake.shed.fetch_add(1, Ordering::Relaxed);
    })?;
    let mut appended = appended.into_iter();
    for outcome in outcomes.iter_mut().filter(|outcome| matches!(outcome, Outcome::Accepted(_))) {
        let Some(entry) = appended.next() else { continue };
        let (counter, became) = if entry.repeated {
            (&app.intake.repeated, Outcome::Repeated(entry.seq))
        } else {
            (&app.intake.accepted, Outcome::Accepted(entry.seq))
        };
        counter.fetch_add(1, Ordering::Relaxed);
        *outcome = became;
    }
    quarantine(app, rejected, received_at).await?;
    Ok(outcomes)
}

async fn quarantine(app: &App, rejected: Vec<Rejected>, received_at: i64) -> Result<(), LogError> {
    if rejected.is_empty() {
        return Ok(());
    }
    app.intake.quarantined.fetch_add(rejected.len() as u64, Ordering::Relaxed);
    let item = |r: Rejected| {
        let Rejection { reason, pointer } = r.rejection;
        Quarantined { received_at, reason, pointer, body: r.body, ..Quarantined::default() }
    };
    app.log.quarantine(rejected.into_iter().map(item).collect()).await
}

/// Why a replay did not go through.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// These events of the body are still none, by their places; nothing was taken.
    #[error("the body is still not understood")]
    Refused(Vec<(usize, Rejection)>),
    /// There is no event in the body.
    #[error("the body holds no event")]
    Empty,
    /// Only the beginning of the body was kept.
    #[error("only the beginning of the body was kept")]
    Cut,
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Sends a refused body once more, or a corrected one in its place: all of its events or none.
pub async fn replay(app: &App, item: &Quarantined, body: Option<String>) -> Result<Vec<Outcome>, ReplayError> {
    let bytes = match body {
        Some(body) => body.into_bytes(),
        None if item.whole => item.body.clone(),
        None => return Err(ReplayError::Cut),
    };
    let translated = if openlineage::is_lines(&bytes) { openlineage::lines(&bytes) } else { openlineage::document(&bytes) };
    let refused = |(i, item): (usize, &Result<_, Rejected>)| Some((i, item.as_ref().err()?.rejection.clone()));
    let refusals: Vec<(usize, Rejection)> = translated.iter().enumerate().filter_map(refused).collect();
    if !refusals.is_empty() {
        return Err(ReplayError::Refused(refusals));
    }
    let outcomes = ingest(app, translated).await?;
    let seqs = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Accepted(seq) | Outcome::Repeated(seq) => Some(*seq),
        Outcome::Quarantined(_) => None,
    });
    let seq = seqs.min().ok_or(ReplayError::Empty)?;
    app.log.mark_replayed(item.id, Replayed { at: now_micros(), seq }).await?;
    Ok(outcomes)
}

/// Lag must stay bounded: whoever posts and then asks should see the event.
fn overloaded(app: &App) -> bool {
    let head = *app.writer.head().borrow();
    head.saturating_sub(app.progress.catalog.borrow().seq) > app.limits.projection_lag
}

/// Microseconds since 1970 by the server's clock: recorded, shown, never used by the fold.
#[expect(clippy::disallowed_methods, reason = "the one clock")]
pub fn now_micros() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as i64)
}
