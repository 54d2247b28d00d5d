//! Entries of the log as events. One that this program does not understand is named with the reason.

use schema::json::Json;
use schema::log::{Entry, EntryKind, Unreadable};
use schema::openlineage::Event;

/// Whether an entry of the log is an event that this program understands.
pub(super) fn is_event(entry: &Entry) -> bool {
    let mut strange = Vec::new();
    tree(entry, &mut strange).is_some_and(|json| event(entry, &json, &mut strange).is_some())
}

pub(super) fn tree<'a>(entry: &'a Entry, strange: &mut Vec<Unreadable>) -> Option<Json<'a>> {
    let EntryKind::OpenLineage = entry.kind;
    Json::parse(&entry.payload).inspect_err(|e| strange.push(passed(entry, format!("it is not JSON: {e}")))).ok()
}

pub(super) fn event<'a>(entry: &Entry, json: &'a Json<'a>, strange: &mut Vec<Unreadable>) -> Option<Event<'a>> {
    Event::read(json).inspect_err(|e| strange.push(passed(entry, format!("it is no event: {e}")))).ok()
}

fn passed(entry: &Entry, reason: String) -> Unreadable {
    Unreadable { seq: entry.seq, hash: entry.hash, received_at: entry.received_at, reason }
}
