//! Reading the graph for time (issue 4, item 5): which datasets are stale and by which chain, what may have gone wrong
//! upstream, and what to rerun in which order. Functions over the graph and plain times; names are looked up by who asks.

pub mod activity;
pub mod assess;
pub mod backfill;
pub mod cause;
pub mod chain;
mod held;
#[cfg(test)]
pub mod sample;

pub use activity::{Activity, Write};
pub use assess::{Assessed, State, assess};
pub use held::Freshness;
