//! Lists of events, by whatever people filter by, and one event by number or hash.

use super::event::{Event, EventKind, EventOutcome, EventType};
use crate::asked::ListKind;
use crate::catalog::read::{self, EventRow, Page};
use crate::completeness::{CompletenessFields, IncompleteReason};
use crate::fold::note;
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::app;
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{DateTime, Long};
use crate::graphql::standing::completeness;
use crate::log::Repeated;
use async_graphql::{Context, ID, InputObject, SimpleObject};
use schema::log::ContentHash;
use schema::openlineage::{self as ol, FindingCode};
use std::collections::HashMap;

/// Entries that came again which a filter by outcome looks through, the newest by number.
const REPEATED_LIMIT: usize = 100_000;

/// Which events. Everything that is said must hold.
#[derive(InputObject, Default)]
pub struct EventFilter {
    /// What became of them. QUARANTINED is no answer here: what was refused is not in the log, see `quarantine`.
    outcome: Option<EventOutcome>,
    /// Sent by exactly this producer; "" for those that name none.
    producer: Option<String>,
    /// Of jobs, or (of dataset events) about datasets, in exactly this namespace.
    namespace: Option<String>,
    /// Of jobs with exactly this name.
    job: Option<String>,
    /// Of this run.
    run_id: Option<ID>,
    /// Run events of this type.
    event_type: Option<EventType>,
    /// Of this class.
    kind: Option<EventKind>,
    /// Taken by the server at or after this time.
    since: Option<DateTime>,
    /// Taken by the server before this time.
    until: Option<DateTime>,
    /// With this text in the producer, or in namespace or name of the job (of dataset events: of the dataset).
    text: Option<String>,
    /// With this finding, by its code.
    finding: Option<String>,
    /// With a number above this one: what a live tail asks for.
    after_seq: Option<Long>,
}

impl EventFilter {
    /// The catalog's filter, and why it may not see everything.
    async fn read(self, ctx: &Context<'_>) -> Result<(read::EventFilter, Option<String>)> {
        let code = |name: String| {
            let known = FindingCode::ALL.iter().copied().find(|code| code.name() == name);
            known.ok_or_else(|| bad_input(format!("there is no finding {name}; producers list the codes")))
        };
        let (numbers, incomplete) = match self.outcome {
            None => (None, None),
            Some(EventOutcome::Quarantined) => {
                return Err(bad_input("events that were refused are not in the log; ask `quarantine` for them"));
            }
            Some(outcome) => {
                let (repeated, total) = app(ctx).log.repeated(REPEATED_LIMIT).await.map_err(ApiError::from)?;
                let because = format!("{total} events came again; only the newest {REPEATED_LIMIT} of them are known to this filter");
                let seqs = repeated.iter().map(|repeated| repeated.seq).collect();
                (Some((seqs, outcome == EventOutcome::Repeated)), (total > REPEATED_LIMIT as u64).then_some(because))
            }
        };
        let filter = read::EventFilter {
            producer: self.producer,
            namespace: self.namespace,
            job: self.job,
            run: self.run_id.map(|id| schema::id::run(&id)),
            event_type: self.event_type.map(ol::EventType::from),
            kind: self.kind.map(note::EventKind::from),
            since: self.since.map(|at| at.0.0),
            until: self.until.map(|at| at.0.0),
            text: self.text.filter(|text| !text.is_empty()),
            finding: self.finding.map(code).transpose()?,
            numbers,
            after_seq: self.after_seq.map(|seq| seq.0.max(0) as u64),
        };
        Ok((filter, incomplete))
    }
}

/// An event and its place.
#[derive(SimpleObject)]
pub struct EventEdge {
    /// Opaque; `after` takes it.
    cursor: String,
    /// The event.
    node: Event,
}

/// A page of events.
#[derive(SimpleObject)]
pub struct EventConnection {
    /// All events that fit, on whatever page; exact when `complete`.
    total_count: Long,
    #[graphql(flatten)]
    completeness: CompletenessFields,
    /// This page.
    edges: Vec<EventEdge>,
    /// Where it stands.
    page_info: PageInfo,
}

/// Events, newest arrival first.
pub async fn events(ctx: &Context<'_>, first: i32, after: Option<String>, filter: Option<EventFilter>) -> Result<EventConnection> {
    let first = page::length(first)?;
    let list = page::list(ctx, ListKind::Events)?;
    let rests_on = completeness(ctx);
    let (filter, unseen) = filter.unwrap_or_default().read(ctx).await?;
    let catalog = &app(ctx).catalog;
    let page = Page { after: page::place(list, after.as_deref())?, limit: first + 1 };
    let rows = catalog.event_page(&filter, page).await.map_err(ApiError::from)?;
    // Counting looks at every event that fits; a live tail does not ask.
    let wants_total = ctx.look_ahead().field("totalCount").exists();
    let total = if wants_total { catalog.event_count(&filter).await.map_err(ApiError::from)? } else { 0 };
    let nodes = with_repeats(ctx, rows).await?;
    let edges = nodes.into_iter().map(|node| EventEdge { cursor: list.cursor(&node.place()), node }).collect();
    let page = page::edges_page(total, first, after.as_deref(), edges, |edge: &EventEdge| &edge.cursor);
    Ok(EventConnection {
        total_count: page.total_count,
        completeness: rests_on.and(unseen.map(|why| (IncompleteReason::SearchLimit, why))).into(),
        edges: page.edges,
        page_info: page.page_info,
    })
}

/// One event by its number or the hash of its content.
pub async fn event(ctx: &Context<'_>, seq: Option<Long>, hash: Option<String>) -> Result<Option<Event>> {
    let seq = match (seq, hash) {
        (Some(seq), None) => seq.0.max(0) as u64,
        (None, Some(text)) => {
            let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect();
            let hash = bytes.and_then(|bytes| ContentHash::from_slice(&bytes));
            let hash = hash.ok_or_else(|| bad_input("hash must be 32 hexadecimal digits, as `Event.hash` gives them"))?;
            let found = app(ctx).log.find(vec![hash]).await.map_err(ApiError::from)?;
            let Some((_, seq)) = found.first() else { return Ok(None) };
            *seq
        }
        _ => return Err(bad_input("give seq or hash")),
    };
    let row = app(ctx).catalog.event(seq).await.map_err(ApiError::from)?;
    Ok(with_repeats(ctx, row.into_iter().collect()).await?.pop())
}

/// Events with how often they came again.
pub async fn with_repeats(ctx: &Context<'_>, rows: Vec<EventRow>) -> Result<Vec<Event>> {
    let seqs: Vec<u64> = rows.iter().map(|row| row.seq).collect();
    let repeats = app(ctx).log.repeats(seqs).await.map_err(ApiError::from)?;
    let repeats: HashMap<u64, Repeated> = repeats.into_iter().map(|repeated| (repeated.seq, repeated)).collect();
    Ok(rows.into_iter().map(|row| Event::new(repeats.get(&row.seq).copied(), row)).collect())
}
