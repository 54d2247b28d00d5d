//! What only a run's own events say: bodies of its facets, and what it did with each dataset. Read
//! from the log, where they are anyway; the catalog keeps who won, not what was said.

use crate::catalog::read::RunRow;
use crate::fold::Stamp;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{EntrySeq, app, load};
use async_graphql::{Context, ServerError};
use schema::json::Json;
use schema::log::{ContentHash, Entry};
use schema::openlineage::Event;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Newest events of a run that are looked through; a stream may have millions.
const EVENTS: usize = 500;

/// Entries that one field names as unreadable; the Events page has them all.
const NAMED: usize = 10;

/// Facets of one dataset in one run: the dataset's own and those of the run's reading or writing.
pub type IoFacets = BTreeMap<String, Vec<u8>>;

/// Facets with the stamps that they won by.
type Stamped = BTreeMap<String, (Stamp, Vec<u8>)>;

/// A run's events, oldest arrival first, the newest `EVENTS` of them.
pub async fn entries(ctx: &Context<'_>, run: &RunRow) -> Result<Vec<Arc<Entry>>> {
    let seqs = app(ctx).catalog.run_events(run.number, EVENTS).await.map_err(ApiError::from)?;
    let entries = load(ctx).load_many(seqs.iter().copied().map(EntrySeq)).await?;
    say_missing(ctx, seqs.into_iter().filter(|seq| !entries.contains_key(&EntrySeq(*seq))));
    let mut entries: Vec<Arc<Entry>> = entries.into_values().collect();
    entries.sort_by_key(|entry| entry.seq);
    Ok(entries)
}

/// Adds an error to the answer for each entry that cannot be read: the field is answered with what the others say.
fn say_missing(ctx: &Context<'_>, seqs: impl Iterator<Item = u64>) {
    let named = app(ctx).log.unreadable();
    for seq in seqs.collect::<BTreeSet<u64>>().into_iter().take(NAMED) {
        let reason = named.borrow().get(&seq).map_or_else(String::new, |reason| format!(": {reason}"));
        let words = format!("entry {seq} of the event log cannot be read{reason}; what only that event says is missing here");
        let error = ApiError::EntryUnreadable(words).into_server_error();
        ctx.add_error(ctx.set_error_path(ServerError { locations: vec![ctx.item.pos], ..error }));
    }
}

/// Current run facets by key, canonical.
pub async fn facets(ctx: &Context<'_>, run: &RunRow) -> Result<BTreeMap<String, Vec<u8>>> {
    let winners = app(ctx).catalog.run_facets(&run.run).await.map_err(ApiError::from)?;
    let entries = load(ctx).load_many(winners.iter().map(|(_, seq)| EntrySeq(*seq))).await?;
    let mut bodies = BTreeMap::new();
    say_missing(ctx, winners.iter().map(|(_, seq)| *seq).filter(|seq| !entries.contains_key(&EntrySeq(*seq))));
    for (key, seq) in winners {
        let body = entries.get(&EntrySeq(seq)).and_then(|entry| {
            let json = Json::parse(&entry.payload).ok()?;
            Some(json.get("run")?.get("facets")?.get(&key)?.canonical())
        });
        bodies.extend(body.map(|body| (key, body)));
    }
    Ok(bodies)
}

/// One current run facet, decoded.
pub async fn facet<T>(ctx: &Context<'_>, run: &RunRow, key: &str, read: impl FnOnce(&Json<'_>) -> T) -> Result<Option<T>> {
    let winners = app(ctx).catalog.run_facets(&run.run).await.map_err(ApiError::from)?;
    let Some((_, seq)) = winners.into_iter().find(|(known, _)| known == key) else { return Ok(None) };
    let Some(entry) = load(ctx).load_one(EntrySeq(seq)).await? else {
        say_missing(ctx, std::iter::once(seq));
        return Ok(None);
    };
    let Ok(json) = Json::parse(&entry.payload) else { return Ok(None) };
    Ok(json.get("run").and_then(|run| run.get("facets")?.get(key)).map(read))
}

/// Keeps the events up to an event time, microseconds since 1970; returns the newest time of those.
pub fn keep_until(entries: &mut Vec<Arc<Entry>>, until: i64) -> Option<i64> {
    let mut newest = None;
    entries.retain(|entry| {
        let time = Json::parse(&entry.payload).ok().and_then(|json| Some(Event::read(&json).ok()?.time.0));
        let time = time.filter(|&time| time <= until);
        newest = newest.max(time);
        time.is_some()
    });
    newest
}

/// Facets of every dataset that the run read (`false`) or wrote (`true`), by namespace and name. Per
/// key the newest event wins.
pub fn io_facets(entries: &[Arc<Entry>], written: bool) -> BTreeMap<(String, String), IoFacets> {
    let mut winners: BTreeMap<(String, String), Stamped> = BTreeMap::new();
    for entry in entries {
        let Ok(json) = Json::parse(&entry.payload) else { continue };
        let Ok(event) = Event::read(&json) else { continue };
        for dataset in if written { &event.outputs } else { &event.inputs } {
            let of = winners.entry((dataset.namespace.to_owned(), dataset.name.to_owned())).or_default();
            for (key, facet) in dataset.facets.iter().chain(dataset.run_facets) {
                let body = facet.canonical();
                let stamp = Stamp::new(event.time, event.event_type, ContentHash::of(&body));
                if of.get(key.as_ref()).is_none_or(|known| known.0 < stamp) {
                    of.insert(key.clone().into_owned(), (stamp, body));
                }
            }
        }
    }
    let bodies = |facets: Stamped| facets.into_iter().map(|(key, (_, body))| (key, body)).collect();
    winners.into_iter().map(|(name, facets)| (name, bodies(facets))).collect()
}
