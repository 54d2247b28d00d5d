//! Foreign formats to OpenLineage events: bytes in, events and warnings out. Pure: no storage, no
//! HTTP, no clock. One folder a format; a new source is one folder here and nothing in the server.

pub mod dbt;
pub mod openlineage;
pub mod proposal;
pub mod sql;

use schema::log::ContentHash;
use schema::openlineage::{Finding, Rejection};

/// An event that the log can take.
#[derive(Debug)]
pub struct Accepted {
    /// Canonical JSON.
    pub payload: Vec<u8>,
    /// Its hash, by which repeats are known.
    pub hash: ContentHash,
    /// What was odd but kept.
    pub findings: Vec<Finding>,
}

/// Something that is no event.
#[derive(Debug)]
pub struct Rejected {
    /// Why, and where in it.
    pub rejection: Rejection,
    /// What was sent, for the quarantine.
    pub body: Vec<u8>,
}

/// What became of one event.
pub type Outcome = Result<Accepted, Rejected>;

/// What became of each event of a request or file, in its order.
pub type Translated = Vec<Outcome>;
