//! Roots of the API by room; `query` merges them.

pub mod lineage;
