//! OpenLineage as it arrives: events read leniently out of JSON, facets decoded one by one.

mod event;
pub mod facets;

pub use event::{DatasetRef, Event, EventType, Facets, Finding, JobRef, Rejection, RunRef};
