//! OpenLineage as it arrives: events read leniently out of JSON, facets decoded one by one.

pub mod conformance;
pub mod coverage;
mod event;
pub mod facets;
mod finding;
mod members;

pub use event::{DatasetRef, Event, EventType, Facets, JobRef, Rejection, RunRef};
pub use finding::{Finding, FindingCode, FindingCodes};
pub use members::Container;
