//! Roots beside the catalog's, a file a room; `query` merges them.

mod estate;
mod freshness;
mod impact;
mod lineage;

pub use estate::EstateQuery;
pub use freshness::FreshnessQuery;
pub use impact::ImpactQuery;
pub use lineage::LineageQuery;
