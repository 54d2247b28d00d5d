//! Questions about all that there is (issue 4, item 5): what nobody uses, what everything hangs on, and which namespaces
//! depend on which. Functions over the graph and plain times; names are looked up by who asks.

pub mod dead;
pub mod dominance;
pub mod job_dominance;
pub mod matrix;
mod tree;
