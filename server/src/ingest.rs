//! Intake, whatever the way in: events are translated, compressed, appended, and counted; what is no
//! event goes to the quarantine. Says what became of each; how that looks on the wire is HTTP's.

use crate::app::App;
use crate::log::{LogError, NewEntry, Quarantined};
use ingest_adapters::{Rejected, Translated};
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
pub async fn ingest(app: &App, translated: Translated) -> Result<Vec<Outcome>, LogError> {
    if overloaded(app) {
        app.intake.shed.fetch_add(1, Ordering::Relaxed);
        return Err(LogError::Overloaded);
    }
    let received_at = now_micros();
    let mut outcomes = Vec::with_capacity(translated.len());
    let (mut entries, mut rejected) = (Vec::new(), Vec::new());
    for item in translated {
        match item {
            Ok(accepted) if accepted.payload.len() > app.limits.event_bytes => {
                let rejection = Rejection::new("", format!("event larger than {} bytes", app.limits.event_bytes));
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
