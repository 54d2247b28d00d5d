//! What could not be understood, and how to try again.

use super::event::EventOutcome;
use crate::asked::ListKind;
use crate::graphql::charge::charge;
use crate::graphql::error::{ApiError, Result, bad_input, not_found};
use crate::graphql::load::app;
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{DateTime, Long, small};
use crate::ingest::{self, Outcome, ReplayError};
use crate::log::Quarantined;
use async_graphql::{Context, ID, SimpleObject};
use schema::openlineage::Rejection;
use schema::redact;

/// Something that could not be understood.
#[derive(SimpleObject)]
pub struct QuarantinedEvent {
    /// Number within the quarantine.
    id: ID,
    /// When it came first.
    received_at: DateTime,
    /// How often it came.
    times: Long,
    /// When it came last.
    last_at: DateTime,
    /// Why it was refused.
    reason: String,
    /// JSON pointer to the fault.
    pointer: String,
    /// What was sent, at most its first megabyte; JSON with its keys sorted.
    body: String,
    /// False when only the beginning of the body was kept.
    whole: bool,
    /// What a replay made of it; null while none was taken.
    replayed: Option<ReplayMark>,
}

/// A replay that was taken.
#[derive(SimpleObject)]
pub struct ReplayMark {
    /// When.
    at: DateTime,
    /// The log entry that it became, the first of several.
    seq: Long,
}

impl From<Quarantined> for QuarantinedEvent {
    fn from(q: Quarantined) -> Self {
        Self {
            id: q.id.to_string().into(),
            received_at: q.received_at.into(),
            times: q.times.into(),
            last_at: q.last_at.into(),
            reason: redact::line(&q.reason).into_owned(),
            pointer: q.pointer,
            // What an older version kept as it came is not shown so.
            body: String::from_utf8_lossy(&redact::kept(q.body)).into_owned(),
            whole: q.whole,
            replayed: q.replayed.map(|mark| ReplayMark { at: mark.at.into(), seq: mark.seq.into() }),
        }
    }
}

/// Entries that are read at once: each may have a body of a megabyte.
const AT_ONCE: usize = 20;

/// The quarantine, newest first.
pub async fn quarantine(ctx: &Context<'_>, first: i32, after: Option<String>) -> Result<Connection<Edge<QuarantinedEvent>>> {
    let first = page::length(first)?;
    let list = page::list(ctx, ListKind::Quarantine)?;
    let mut before = page::place::<u64>(list, after.as_deref())?;
    let has_bodies = ctx.look_ahead().field("edges").field("node").field("body").exists();
    let (mut items, mut total) = (Vec::new(), None);
    while items.len() <= first {
        let wanted = (first + 1 - items.len()).min(AT_ONCE);
        let (mut piece, all) = app(ctx).log.quarantined(before, wanted).await.map_err(ApiError::from)?;
        if has_bodies {
            charge(ctx, piece.iter().map(|item| item.body.len()).sum()).await?;
        } else {
            piece.iter_mut().for_each(|item| item.body = Vec::new());
        }
        let is_last = piece.len() < wanted;
        before = piece.last().map(|item| item.id);
        total.get_or_insert(all);
        items.extend(piece);
        if is_last {
            break;
        }
    }
    let total = total.unwrap_or_default();
    Ok(page::connection(list, total, first, after.as_deref(), items.into_iter().map(|q| (q.id, q.into())).collect()))
}

/// What became of a replay.
#[derive(SimpleObject)]
pub struct Replay {
    /// True when every event of the body was taken; otherwise none was.
    taken: bool,
    /// What became of each event of the body; when it was not taken, only those that were refused.
    events: Vec<ReplayedEvent>,
    /// The entry of the quarantine, as it is now.
    quarantined: QuarantinedEvent,
}

/// What became of one event of a replay.
#[derive(SimpleObject)]
pub struct ReplayedEvent {
    /// Its place in the body, from 0.
    index: i32,
    /// What became of it. QUARANTINED: refused again; it is not kept a second time.
    outcome: EventOutcome,
    /// Its number in the log.
    seq: Option<Long>,
    /// Why it was refused.
    reason: Option<String>,
    /// JSON pointer to the fault.
    pointer: Option<String>,
}

fn refused(index: usize, rejection: Rejection) -> ReplayedEvent {
    let (reason, pointer) = (Some(rejection.reason), Some(rejection.pointer));
    ReplayedEvent { index: small(index), outcome: EventOutcome::Quarantined, seq: None, reason, pointer }
}

fn became((index, outcome): (usize, Outcome)) -> ReplayedEvent {
    let (outcome, seq) = match outcome {
        Outcome::Accepted(seq) => (EventOutcome::Accepted, seq),
        Outcome::Repeated(seq) => (EventOutcome::Repeated, seq),
        Outcome::Quarantined(rejection) => return refused(index, rejection),
    };
    ReplayedEvent { index: small(index), outcome, seq: Some(seq.into()), reason: None, pointer: None }
}

/// Sends a refused body, or a corrected one in its place, once more.
pub async fn replay(ctx: &Context<'_>, id: &ID, body: Option<String>) -> Result<Replay> {
    let app = app(ctx);
    let missing = || not_found("there is no such entry in the quarantine; the oldest make room for new ones");
    let number = id.parse().map_err(|_| missing())?;
    let item = app.log.quarantined_at(number).await.map_err(ApiError::from)?.ok_or_else(missing)?;
    let (taken, events) = match ingest::replay(app, &item, body).await {
        Ok(outcomes) => (true, outcomes.into_iter().enumerate().map(became).collect()),
        Err(ReplayError::Refused(refusals)) => (false, refusals.into_iter().map(|(index, rejection)| refused(index, rejection)).collect()),
        Err(ReplayError::Empty) => return Err(bad_input("the body holds no event")),
        Err(ReplayError::Cut) => {
            return Err(bad_input("only the beginning of this body was kept, so it cannot be sent as it was; give the whole body"));
        }
        Err(ReplayError::TooMany(error)) => return Err(bad_input(error.to_string())),
        Err(ReplayError::Log(error)) => return Err(ApiError::from(error).into()),
    };
    let item = app.log.quarantined_at(number).await.map_err(ApiError::from)?.ok_or_else(missing)?;
    Ok(Replay { taken, events, quarantined: item.into() })
}
