//! Events of a run as the log keeps them, and the contents that its facets had in them.

use super::facet::FacetVersion;
use crate::graphql::scalar::{AnyJson, DateTime, Long, json};
use async_graphql::SimpleObject;
use schema::json::Json;
use schema::log::ContentHash;
use schema::moment::Moment;
use schema::openlineage::facets;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An event of a run, as the log keeps it.
#[derive(SimpleObject)]
pub struct RunEvent {
    /// Its number in the log.
    pub seq: Long,
    /// START, COMPLETE, … as sent.
    event_type: Option<String>,
    /// When it happened.
    pub event_time: DateTime,
    /// The event; keys are sorted, nothing else is changed.
    body: AnyJson,
}

/// An entry as an event of its run; `None` when it does not read.
pub fn run_event(entry: &schema::log::Entry) -> Option<RunEvent> {
    let tree = Json::parse(&entry.payload).ok()?;
    let event_time = tree.text("eventTime").and_then(|text| Moment::parse(&text))?;
    Some(RunEvent {
        seq: entry.seq.into(),
        event_type: tree.text("eventType"),
        event_time: DateTime(event_time),
        body: json(&entry.payload),
    })
}

/// Every content of the facets, or of one key, newest first.
pub fn history(entries: &[Arc<schema::log::Entry>], current: &BTreeMap<String, Vec<u8>>, wanted: Option<&str>) -> Vec<FacetVersion> {
    let mut versions: BTreeMap<(String, ContentHash), FacetVersion> = BTreeMap::new();
    for entry in entries {
        let Ok(tree) = Json::parse(&entry.payload) else { continue };
        let Some(time) = tree.text("eventTime").and_then(|text| Moment::parse(&text)) else { continue };
        let facets = tree.get("run").and_then(|run| run.get("facets")).and_then(Json::as_object).unwrap_or_default();
        for (key, facet) in facets.iter().filter(|(key, _)| wanted.is_none_or(|wanted| wanted == key)) {
            let body = facet.canonical();
            let version = versions.entry((key.clone().into_owned(), ContentHash::of(&body))).or_insert_with(|| FacetVersion {
                key: key.clone().into_owned(),
                value: json(&body),
                first_seen: DateTime(time),
                last_seen: DateTime(time),
                producer: facet.text("_producer"),
                schema_url: facet.text("_schemaURL"),
                current: current.get(key.as_ref()) == Some(&body),
                deleted: facets::is_deleted(facet),
            });
            version.first_seen = version.first_seen.min(DateTime(time));
            version.last_seen = version.last_seen.max(DateTime(time));
        }
    }
    let mut versions: Vec<FacetVersion> = versions.into_values().collect();
    versions.sort_by(|a, b| a.key.cmp(&b.key).then(b.last_seen.cmp(&a.last_seen)));
    versions
}
