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
        self.test_with(node, &|dataset, numbers| graph.members(&dataset).iter().any(|member| numbers.contains(member)))
    }

    /// The same with every name of a dataset known, so that it can be tested without the graph.
    pub fn settled(&self, graph: &Graph) -> Self {
        match self {
            Self::Datasets(numbers) => Self::Datasets(numbers.iter().map(|&number| graph.representative(number)).collect()),
            Self::All(all) => Self::All(all.iter().map(|one| one.settled(graph)).collect()),
            Self::Any(any) => Self::Any(any.iter().map(|one| one.settled(graph)).collect()),
            Self::Not(not) => Self::Not(Box::new(not.settled(graph))),
            other => other.clone(),
        }
    }

    /// Tests what stands for a class against a settled predicate.
    pub fn test_settled(&self, node: Node) -> bool {
        self.test_with(node, &|dataset, numbers| numbers.contains(&dataset))
    }

    fn test_with(&self, node: Node, has: &impl Fn(u32, &HashSet<u32>) -> bool) -> bool {
        match (self, node) {
            (Self::IsDataset, node) => matches!(node, Node::Dataset(_)),
            (Self::IsJob, node) => matches!(node, Node::Job(_)),
            (Self::Datasets(numbers), Node::Dataset(dataset)) => has(dataset, numbers),
            (Self::Jobs(numbers), Node::Job(job)) => numbers.contains(&job),
            (Self::Datasets(_), Node::Job(_)) | (Self::Jobs(_), Node::Dataset(_)) => false,
            (Self::All(all), node) => all.iter().all(|one| one.test_with(node, has)),
            (Self::Any(any), node) => any.iter().any(|one| one.test_with(node, has)),
            (Self::Not(not), node) => !not.test_with(node, has),
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
