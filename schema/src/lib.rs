//! What two rooms must agree on: OpenLineage wire types, identities, moments and log entries.
//!
//! Pure: no I/O, no clock, no async. The committed `schema.graphql` beside this crate is the
//! contract between the server and the UI.

pub mod encoding;
pub mod id;
pub mod json;
pub mod log;
pub mod moment;
pub mod naming;
pub mod openlineage;
pub mod redact;
