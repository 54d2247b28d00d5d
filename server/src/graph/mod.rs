//! The lineage graph in memory: datasets and jobs, and columns beside them. The writer merges flows
//! and publishes an immutable snapshot by swapping one pointer; readers walk snapshots and wait for
//! nobody. Names are the catalog's; here are only its numbers.

mod adjacent;
mod asserted;
mod assertions;
mod blocks;
mod build;
mod chunked;
mod class;
mod classes;
mod code;
mod column_build;
mod column_question;
mod column_reach;
mod column_rows;
mod column_walk;
mod columns;
mod deciding;
pub mod derive;
mod digest;
mod feeds;
pub mod flows;
mod found;
mod hold;
mod hops;
mod identities;
mod ids;
mod influence;
mod job_flows;
mod job_view;
mod lineage_view;
mod lineages;
mod link;
mod names;
mod narrow;
mod near;
mod nested;
pub mod of_run;
#[cfg(test)]
mod oracle;
mod owned;
mod parting;
#[cfg(test)]
mod precedence;
pub mod preview;
#[cfg(test)]
mod regroup;
mod shadow;
#[cfg(test)]
pub(crate) mod shortcut;
mod snapshot;
mod spans;
mod stated;
pub mod stored;
mod uses;
mod visit;
mod walk;
mod when;

pub use build::Builder;
pub use column_question::{ColumnAnswer, ColumnLink, ColumnNode, ColumnQuestion, Kinds};
pub use column_reach::{ColumnsReached, reach as reach_columns};
pub use column_walk::walk as walk_columns;
pub use digest::NodeNames;
pub use feeds::Feed;
pub use found::Levels;
pub use hops::ColumnHop;
pub use ids::NodeKey;
pub use influence::{Influence, Outcome};
pub use job_view::JobView;
pub use lineage_view::LineageView;
pub use snapshot::{Graph, Snapshot};
pub use uses::{Hop, HopEnd, Said};
pub use visit::Datasets;
pub use walk::{Answer, Direction, Link, Question, Reached, reach, walk};
pub use when::When;

use crate::fold::flow::Owner;
use serde::{Deserialize, Serialize};

/// A node, by the catalog's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A dataset.
    Dataset(u32),
    /// A job.
    Job(u32),
}

impl Node {
    /// Its number when it is a dataset.
    pub fn dataset(self) -> Option<u32> {
        if let Self::Dataset(dataset) = self { Some(dataset) } else { None }
    }
}

/// How an edge is known, most precise first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// Said outright.
    Explicit,
    /// Column lineage of the output names the input.
    ColumnLineage,
    /// Column lineage inferred from SQL; only of columns.
    Inferred,
    /// Read and written in one run.
    InputsOutputs,
}

impl Basis {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Explicit => "EXPLICIT",
            Self::ColumnLineage => "COLUMN_LINEAGE",
            Self::Inferred => "INFERRED",
            Self::InputsOutputs => "INPUTS_OUTPUTS",
        }
    }
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Origin {
    /// Runs.
    Observed,
    /// A job or dataset event.
    Declared,
}

/// One edge of an owner. Times are event times in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Data flows from here,
    pub from: Node,
    /// to here.
    pub to: Node,
    /// How it is known.
    pub basis: Basis,
    /// Who says so.
    pub origin: Origin,
    /// True when columns are known that make it.
    pub columns: bool,
    /// First evidence.
    pub first: i64,
    /// Newest evidence.
    pub last: i64,
    /// When it stopped to hold; `derive::OPEN` while it does.
    pub until: i64,
}

impl Edge {
    /// True when it holds then.
    pub fn holds(&self, when: When) -> bool {
        when.meets(self.first, self.until)
    }

    /// True for a job at one of its ends that is not its owner, or that it joins with another job: data flows that the job's
    /// own reading and writing do not show.
    fn is_foreign(&self, job: u32, owner: Owner) -> bool {
        Owner::Job(job) != owner || matches!((self.from, self.to), (Node::Job(_), Node::Job(_)))
    }

    /// Such jobs: where it leaves from, and where it leads.
    fn foreign_jobs(&self, owner: Owner) -> [Option<u32>; 2] {
        let foreign = |node: Node| if let Node::Job(job) = node { Some(job).filter(|&job| self.is_foreign(job, owner)) } else { None };
        [foreign(self.from), foreign(self.to).filter(|_| self.from != self.to)]
    }

    /// What tells it from the owner's other edges.
    fn key(&self) -> (Node, Node, Basis, Origin, i64) {
        (self.from, self.to, self.basis, self.origin, self.first)
    }

    /// What the nodes at its ends need to know of it.
    fn ends(&self) -> (Node, Node) {
        (self.from, self.to)
    }
}

/// Every input to every output: a wide run or declaration of one owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FanEdges {
    /// Sorted.
    pub inputs: Vec<u32>,
    /// Sorted.
    pub outputs: Vec<u32>,
    /// Who says so.
    pub origin: Origin,
    /// First evidence.
    pub first: i64,
    /// Newest evidence.
    pub last: i64,
    /// When it stopped to hold.
    pub until: i64,
}

impl FanEdges {
    /// True when it holds then.
    pub fn holds(&self, when: When) -> bool {
        self.edge(0, 0).holds(when)
    }

    /// All of its edges.
    pub fn edges(&self) -> impl Iterator<Item = Edge> + '_ {
        self.inputs.iter().flat_map(move |&input| self.outputs.iter().map(move |&output| self.edge(input, output)))
    }

    /// One of its edges.
    pub fn edge(&self, input: u32, output: u32) -> Edge {
        let (from, to) = (Node::Dataset(input), Node::Dataset(output));
        let span = crate::fold::Span { first: self.first, last: self.last };
        stated::Ends::assumed(from, to).edge(self.origin, span, self.until)
    }
}
