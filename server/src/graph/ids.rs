//! The derived ids of datasets and jobs by number. Numbers are given out in the order of arrival and are another server's
//! no more than by chance; ids are the same on every server, so what is put in order is put in order by them.

use super::Node;
use super::build::Builder;
use super::chunked::Packed;
use super::snapshot::Graph;
use uuid::Uuid;

/// Ids by number.
#[derive(Clone, Default)]
pub(super) struct NodeIds {
    datasets: Packed<u128>,
    jobs: Packed<u128>,
}

/// The place of a dataset or job in an order that all servers share: datasets first, then by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum NodeKey {
    /// A dataset.
    Dataset(u128),
    /// A job.
    Job(u128),
}

impl Builder {
    /// Takes over the ids that are new: all that the catalog has given numbers to, by number.
    pub fn name(&mut self, datasets: &[Uuid], jobs: &[Uuid]) {
        let ids = &mut self.graph.ids;
        for (known, all) in [(&mut ids.datasets, datasets), (&mut ids.jobs, jobs)] {
            all.iter().skip(known.len()).for_each(|id| {
                known.push(id.as_u128());
            });
        }
    }
}

impl Graph {
    /// The id of a dataset; its number for a graph that was made without ids.
    pub fn dataset_id(&self, dataset: u32) -> u128 {
        self.ids.datasets.get(dataset).copied().unwrap_or_else(|| dataset.into())
    }

    /// The id of a job, likewise.
    pub fn job_id(&self, job: u32) -> u128 {
        self.ids.jobs.get(job).copied().unwrap_or_else(|| job.into())
    }

    /// Where a dataset or job stands in the order that all servers share.
    pub fn key(&self, node: Node) -> NodeKey {
        match node {
            Node::Dataset(dataset) => NodeKey::Dataset(self.dataset_id(dataset)),
            Node::Job(job) => NodeKey::Job(self.job_id(job)),
        }
    }
}
