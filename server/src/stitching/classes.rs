//! Which datasets are one already. The only place that asks the graph for it.

use crate::graph::Graph;

/// A number that datasets of one alias class share.
pub(super) fn class(graph: &Graph, dataset: u32) -> u32 {
    graph.representative(dataset)
}
