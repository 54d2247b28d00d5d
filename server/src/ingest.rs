//! Intake, whatever the way in: events are translated, compressed, appended, and counted; what is no
//! event goes to the quarantine. Says what became of each; how that looks on the wire is HTTP's.

use crate::app::App;
use crate::log::{Batch, LONGEST_RECENT, LogError, NewEntry, Quarantined, RECENT, Refused, Replayed};
use crate::redact::without_credentials;
use ingest_adapters::openlineage;
use ingest_adapters::{Rejected, Translated};
use schema::log::EntryKind;
use schema::openlineage::Rejection;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Refused items of one request that are kept in the quarantine.
pub const KEPT: usize = 100;

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
    /// Bodies refused and not kept, being too many in one request.
    pub dropped: AtomicU64,
    /// Requests told to come back.
    pub shed: AtomicU64,
    /// Oddities in events that were kept.
    pub findings: AtomicU64,
}

/// Events on their way into the log: without credentials, packed, with what is known of each already.
pub struct Prepared {
    outcomes: Vec<Outcome>,
    entries: Vec<NewEntry>,
    rejected: Vec<Rejected>,
}

/// Takes translated events. All or nothing as to durability: an error means nothing was acknowledged.
pub async fn ingest(app: &App, translated: Translated) -> Result<Vec<Outcome>, LogError> {
    submit(app, prepare(app, translated)?).await
}

/// Takes credentials out of events and packs them, which takes a while for large ones; nothing when the server is overloaded.
pub fn prepare(app: &App, translated: Translated) -> Result<Prepared, LogError> {
    if overloaded(app) {
        app.intake.shed.fetch_add(1, Ordering::Relaxed);
        return Err(LogError::Overloaded);
    }
    let mut prepared = Prepared { outcomes: Vec::with_capacity(translated.len()), entries: Vec::new(), rejected: Vec::new() };
    let mut handed_over = 0;
    for item in translated {
        let (item, arrived) = without_credentials(&app.redact, &app.key, item);
        match item {
            Ok(accepted) if accepted.payload.len() > app.limits.event_bytes => {
                let rejection = Rejection::too_large(app.limits.event_bytes);
                prepared.refuse(Rejected { rejection, body: accepted.payload });
            }
            Ok(accepted) => {
                app.intake.findings.fetch_add(accepted.findings.len() as u64, Ordering::Relaxed);
                prepared.outcomes.push(Outcome::Accepted(0));
                let compressed = crate::log::compress(&accepted.payload)?;
                handed_over += accepted.payload.len();
                let is_handed_over = accepted.payload.len() <= LONGEST_RECENT && handed_over <= RECENT;
                let shown = is_handed_over.then(|| app.redact.shown(accepted.payload, arrived.is_some()));
                prepared.entries.push(NewEntry { kind: EntryKind::OpenLineage, hash: accepted.hash, arrived, compressed, shown });
            }
            Err(item) => prepared.refuse(item),
        }
    }
    Ok(prepared)
}

/// Appends what is prepared, and counts what became of it.
#[tracing::instrument(level = "debug", name = "intake", skip_all, fields(events = prepared.outcomes.len()))]
pub async fn submit(app: &App, prepared: Prepared) -> Result<Vec<Outcome>, LogError> {
    let Prepared { mut outcomes, entries, rejected } = prepared;
    let refused = keep(app, &rejected)?;
    let batch = Batch { entries, refused, ..Batch::default() };
    let appended = app.writer.submit(batch).await.inspect_err(|e| {
        if matches!(e, LogError::Overloaded) {
            app.intake.shed.fetch_add(1, Ordering::Relaxed);
        }
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
    app.intake.quarantined.fetch_add(rejected.len() as u64, Ordering::Relaxed);
    Ok(outcomes)
}

impl Prepared {
    fn refuse(&mut self, item: Rejected) {
        self.outcomes.push(Outcome::Quarantined(item.rejection.clone()));
        self.rejected.push(item);
    }
}

/// What goes into the quarantine of the refused items of one request. The rest is only counted: a request
/// of a million items that are no events says in each of them the same.
fn keep(app: &App, rejected: &[Rejected]) -> Result<Vec<Refused>, LogError> {
    app.intake.dropped.fetch_add(rejected.len().saturating_sub(KEPT) as u64, Ordering::Relaxed);
    let item = |item: &Rejected| Refused::new(item.rejection.reason.clone(), item.rejection.pointer.clone(), &item.body);
    Ok(rejected.iter().take(KEPT).map(item).collect::<Result<_, _>>()?)
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
    /// The body holds more events than one may.
    #[error(transparent)]
    TooMany(#[from] openlineage::TooMany),
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
    let bounds = app.limits.body();
    let translated =
        if openlineage::is_lines(&bytes) { openlineage::lines(&bytes, &bounds) } else { openlineage::document(&bytes, &bounds) };
    let translated = translated?;
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
    let replayed = vec![(item.id, Replayed { at: now_micros(), seq })];
    app.writer.submit(Batch { replayed, ..Batch::default() }).await?;
    Ok(outcomes)
}

/// Lag must stay bounded: whoever posts and then asks should see the event. What was behind from the start is no reason.
fn overloaded(app: &App) -> bool {
    let head = *app.writer.head().borrow();
    app.backlog.has_grown(head.saturating_sub(app.following.borrow().seq), app.limits.projection_lag)
}

/// Microseconds since 1970 by the server's clock: recorded, shown, never used by the fold.
#[expect(clippy::disallowed_methods, reason = "the one clock")]
pub fn now_micros() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as i64)
}
