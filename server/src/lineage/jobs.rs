//! An answer by jobs: an edge from job to job wherever one writes what the other reads.

use crate::graph::{Link, Node};
use std::collections::{BTreeMap, BTreeSet};

/// Data that passes from one job to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// Through these datasets; none when the jobs are said to be joined directly.
    pub datasets: BTreeSet<u32>,
    /// First evidence of both halves, microseconds since 1970.
    pub first: i64,
    /// Newest evidence of both halves.
    pub last: i64,
}

/// Writing and reading job, by number.
pub fn handovers(links: &[Link]) -> BTreeMap<(u32, u32), Handover> {
    let mut writes: BTreeMap<u32, BTreeMap<u32, (i64, i64)>> = BTreeMap::new();
    let mut reads = writes.clone();
    let mut found: BTreeMap<(u32, u32), Handover> = BTreeMap::new();
    for Link { edge, owner } in links {
        let span = (edge.first, edge.last);
        if let (Node::Job(from), Node::Job(to)) = (edge.from, edge.to) {
            found.insert((from, to), Handover { datasets: BTreeSet::new(), first: edge.first, last: edge.last });
            continue;
        }
        let Some(job) = edge.job(*owner) else { continue };
        let add = |side: &mut BTreeMap<u32, BTreeMap<u32, (i64, i64)>>, node: Node| {
            if let Node::Dataset(dataset) = node {
                let known = side.entry(dataset).or_default().entry(job).or_insert(span);
                *known = (known.0.min(span.0), known.1.max(span.1));
            }
        };
        add(&mut reads, edge.from);
        add(&mut writes, edge.to);
    }
    for (dataset, writers) in &writes {
        for (&writer, written) in writers {
            for (&reader, read) in reads.get(dataset).into_iter().flatten() {
                let handover = found.entry((writer, reader)).or_insert_with(|| Handover {
                    datasets: BTreeSet::new(),
                    first: written.0.max(read.0),
                    last: written.1.min(read.1),
                });
                handover.datasets.insert(*dataset);
                handover.first = handover.first.min(written.0.max(read.0));
                handover.last = handover.last.max(written.1.min(read.1));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::flow::Owner;
    use crate::graph::{Basis, Edge, Origin};

    #[test]
    fn what_one_writes_and_another_reads() {
        let link = |from: Node, to: Node, job: u32| {
            let basis = Basis::InputsOutputs;
            Link {
                edge: Edge { from, to, basis, origin: Origin::Observed, columns: false, first: 1, last: 5, until: i64::MAX },
                owner: Owner::Job(job),
            }
        };
        let (dataset, job) = (Node::Dataset, Node::Job);
        let links = [
            link(dataset(0), dataset(1), 1),
            link(dataset(1), dataset(2), 2),
            link(dataset(1), job(3), 3),
            link(job(4), dataset(1), 4),
            link(job(5), job(6), 5),
        ];
        let found: Vec<_> = handovers(&links).into_iter().map(|(ends, by)| (ends, by.datasets.into_iter().collect::<Vec<_>>())).collect();
        assert_eq!(found, [((1, 2), vec![1]), ((1, 3), vec![1]), ((4, 2), vec![1]), ((4, 3), vec![1]), ((5, 6), vec![])]);
    }
}
