//! Bodies as they are posted: each item is an event or a refusal, what is stored is the same whichever way it came, and every
//! event can be folded.

use ingest_adapters::openlineage::{self, Bounds};
use schema::json::{self, Json};
use schema::log::ContentHash;
use schema::openlineage::{Event, conformance};
use server::fold::{Facts, Inference, facts};

/// As a small server has them, so that mutations reach them.
const BOUNDS: Bounds = Bounds { events: 50, event: json::Bounds { values: 20_000, bytes: 100_000 } };

pub(super) fn run(bytes: &[u8]) {
    let bodies = [openlineage::lines(bytes, &BOUNDS), openlineage::document(bytes, &BOUNDS)];
    for items in bodies.into_iter().flatten() {
        assert!(items.len() <= BOUNDS.events, "more events than are allowed");
        for accepted in items.into_iter().flatten() {
            assert_eq!(accepted.hash, ContentHash::of(&accepted.payload), "the hash is of something else");
            let again = openlineage::document(&accepted.payload, &Bounds::NONE);
            let Ok([Ok(again)]) = again.as_deref() else { panic!("what was accepted is refused when it is read back") };
            assert_eq!(again.payload, accepted.payload, "what is stored changes when it is read back");
            fold(&accepted.payload, accepted.hash);
        }
    }
}

fn fold(payload: &[u8], hash: ContentHash) {
    let json = Json::parse(payload).unwrap_or_else(|e| panic!("what is stored is not JSON: {e}"));
    let event = Event::read(&json).unwrap_or_else(|e| panic!("what is stored is no event: {}", e.reason));
    let _ = conformance::codes(&json, &event, 0);
    let _ = conformance::findings(&json, &event, 0);
    // Once with the facets as parts of the text, once with each written anew.
    let first = facts(&event, payload, hash, 1, &mut Inference::default());
    let second = facts(&event, b"", hash, 1, &mut Inference::default());
    let stamps = |facts: &Facts<'_>| {
        let entities = facts.datasets.iter().chain(&facts.jobs);
        let stamps = entities.map(|entity| (entity.id, entity.facets.iter().map(|facet| facet.stamp).collect::<Vec<_>>()));
        (stamps.collect::<Vec<_>>(), facts.run.as_ref().map(|run| run.facets.iter().map(|facet| facet.1).collect::<Vec<_>>()))
    };
    assert_eq!(stamps(&first), stamps(&second), "a facet's part of the text is not what is written of it");
    assert_eq!(first.columns.len(), second.columns.len(), "the fold is not the same twice");
}
