//! Roots beside the catalog's, a file a room; `query` merges them.

mod freshness;
mod lineage;

pub use freshness::FreshnessQuery;
pub use lineage::LineageQuery;
