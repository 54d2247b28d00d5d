//! Roots beside the catalog's, a file a room; `query` merges them.

mod freshness;

pub use freshness::FreshnessQuery;
