//! The answer: everything downstream with its verdict, what is proven safe included, and how it adds up.

use super::counts::Counts;
use super::items::Items;
use super::reach::{Came, reach};
use super::reads::Steps;
use super::spread::Spread;
use super::{Change, Kind, Point, Schemas, Trust, Verdict};
use crate::graph::{Graph, Node, When};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

/// What a change does. Temporary datasets are passed through: they stand in proofs, not among the items.
pub struct Impact {
    /// Everything downstream, the worst first, then the nearest.
    pub items: Items,
    /// Datasets whose schemas would tell how complete their column lineage is; ask again with them.
    pub wanted: BTreeSet<u32>,
    kind: Option<Kind>,
    /// How each dataset and job was first reached.
    pub(super) came: Came,
    /// Schemas that reasons are settled by.
    pub(super) learned: RwLock<Schemas>,
}

/// Says what a change does, or would have done then. Schemas are those of then; those that are not given count as fully
/// covered by column lineage that names any of their columns; which ones that were is in `wanted`. Where a schema decides no
/// more than a reason, it is asked for by `unsettled`.
pub fn impact(graph: &Arc<Graph>, when: When, change: &Change, trust: Trust, schemas: &Schemas) -> Impact {
    let change = canonical(graph, change);
    let kind = match &change {
        Change::Column { kind, .. } => Some(*kind),
        Change::Dataset(_) => Some(Kind::Gone),
        Change::Stopped(_) | Change::Late(_) => None,
    };
    // What a wider type does not harm depends on it whether lineage covers everything.
    let steps = Steps::new(graph, when, trust, schemas, kind.is_some_and(|kind| kind <= Kind::Widened));
    let mut spread = Spread::new(&steps, kind);
    spread.run(&change);
    let came = reach(&steps, &spread.failing, &change);
    let Spread { facts, found, .. } = spread;
    let wanted = steps.judged.wanted.take();
    drop(steps);
    Impact { items: Items::new((graph, when), facts, &found, &came, change), wanted, kind, came, learned: RwLock::default() }
}

fn canonical(graph: &Graph, change: &Change) -> Change {
    match change {
        Change::Column { dataset, name, kind } => {
            Change::Column { dataset: graph.representative(*dataset), name: name.clone(), kind: *kind }
        }
        Change::Dataset(dataset) => Change::Dataset(graph.representative(*dataset)),
        other => other.clone(),
    }
}

impl Impact {
    /// The worst verdict of all; safe when nothing is downstream.
    pub fn verdict(&self) -> Verdict {
        self.items.worst()
    }

    /// What happens to columns, when the change is about one.
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Counts of datasets, jobs and columns, by distance.
    pub fn by_depth(&self) -> BTreeMap<u32, [Counts; 3]> {
        let mut depths: BTreeMap<u32, [Counts; 3]> = BTreeMap::new();
        self.items.each_count(|sort, verdict, distance, count| depths.entry(distance).or_default()[sort].add_many(verdict, count));
        depths
    }

    /// Counts of datasets, jobs and columns.
    pub fn counts(&self) -> [Counts; 3] {
        let mut counts = [Counts::default(); 3];
        self.items.each_count(|sort, verdict, _, count| counts[sort].add_many(verdict, count));
        counts
    }
}

impl Point {
    /// The dataset or job that it is, or is a column of.
    pub fn node(&self) -> Node {
        match self {
            Self::Dataset(dataset) | Self::Column(dataset, _) => Node::Dataset(*dataset),
            Self::Job(job) => Node::Job(*job),
        }
    }

    /// 0 for datasets, 1 for jobs, 2 for columns.
    pub fn sort(&self) -> usize {
        match self {
            Self::Dataset(_) => 0,
            Self::Job(_) => 1,
            Self::Column(..) => 2,
        }
    }
}
