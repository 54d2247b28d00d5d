//! Which nodes a question means: conditions on names, tags and owners, each already looked up as the
//! numbers that fulfil it, put together with and, or and not.

use crate::graph::{Graph, Node};
use std::collections::HashSet;

/// A condition on a node.
#[derive(Clone, Debug)]
pub enum Predicate {
    /// Any dataset.
    IsDataset,
    /// Any job.
    IsJob,
    /// One of these datasets, under any of its names.
    Datasets(HashSet<u32>),
    /// One of these jobs.
    Jobs(HashSet<u32>),
    /// All of these; without any, everything.
    All(Vec<Predicate>),
    /// One of these at least; without any, nothing.
    Any(Vec<Predicate>),
    /// Not this.
    Not(Box<Predicate>),
}

impl Predicate {
    /// True when the node fulfils it.
    pub fn test(&self, graph: &Graph, node: Node) -> bool {
        match (self, node) {
            (Self::IsDataset, node) => matches!(node, Node::Dataset(_)),
            (Self::IsJob, node) => matches!(node, Node::Job(_)),
            (Self::Datasets(numbers), Node::Dataset(dataset)) => graph.members(&dataset).iter().any(|member| numbers.contains(member)),
            (Self::Jobs(numbers), Node::Job(job)) => numbers.contains(&job),
            (Self::Datasets(_), Node::Job(_)) | (Self::Jobs(_), Node::Dataset(_)) => false,
            (Self::All(all), node) => all.iter().all(|one| one.test(graph, node)),
            (Self::Any(any), node) => any.iter().any(|one| one.test(graph, node)),
            (Self::Not(not), node) => !not.test(graph, node),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_put_together() {
        let graph = Graph::default();
        let some = Predicate::Datasets([1, 2].into());
        let not = Predicate::All(vec![Predicate::IsDataset, Predicate::Not(Box::new(some.clone()))]);
        let either = Predicate::Any(vec![some.clone(), Predicate::Jobs([1].into())]);
        let test = |predicate: &Predicate| {
            [Node::Dataset(1), Node::Dataset(3), Node::Job(1), Node::Job(2)].map(|node| predicate.test(&graph, node))
        };
        assert_eq!(test(&some), [true, false, false, false]);
        assert_eq!(test(&not), [false, true, false, false]);
        assert_eq!(test(&either), [true, false, true, false]);
        assert_eq!(test(&Predicate::All(Vec::new())), [true; 4]);
        assert_eq!(test(&Predicate::Any(Vec::new())), [false; 4]);
    }
}
