//! Explicit lineage as edges and column hops (openlineage 3.6): a `lineage` facet says what feeds each
//! of its targets. An own job among the sources only carries detail; alone it says that the job makes
//! the target out of nothing that is tracked.

use super::{Basis, Edge, Node, Origin};
use crate::fold::Span;
use crate::fold::flow::{End, Owner, Stated};
use schema::openlineage::facets::Transformation;
use std::collections::{BTreeMap, BTreeSet};

/// The ends of an edge and how it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ends {
    pub(super) from: Node,
    pub(super) to: Node,
    basis: Basis,
    columns: bool,
}

impl Ends {
    /// Known by column lineage.
    pub fn of_columns(input: u32, output: u32) -> Self {
        Self { from: Node::Dataset(input), to: Node::Dataset(output), basis: Basis::ColumnLineage, columns: true }
    }

    /// Known by being read and written.
    pub fn assumed(from: Node, to: Node) -> Self {
        Self { from, to, basis: Basis::InputsOutputs, columns: false }
    }

    /// Says whether columns are known that make it.
    pub fn with_columns(self, columns: bool) -> Self {
        Self { columns, ..self }
    }

    /// The edge in its time.
    pub fn edge(self, origin: Origin, span: Span, until: i64) -> Edge {
        let Self { from, to, basis, columns } = self;
        Edge { from, to, basis, origin, columns, first: span.first, last: span.last, until }
    }
}

fn node(end: End, owner: Owner) -> Node {
    match (end, owner) {
        (End::Owner, Owner::Job(job)) | (End::Job(job), _) => Node::Job(job),
        (End::Owner, Owner::Dataset(dataset)) | (End::Dataset(dataset), _) => Node::Dataset(dataset),
    }
}

/// The edges that statements of an owner make.
pub fn stated_edges(owner: Owner, statements: &[Stated]) -> BTreeSet<Ends> {
    let own_job = if let Owner::Job(job) = owner { Some(Node::Job(job)) } else { None };
    let mut by_target: BTreeMap<Node, BTreeMap<Node, bool>> = BTreeMap::new();
    for said in statements {
        let sources = by_target.entry(node(said.target, owner)).or_default();
        if let Some(source) = said.source.map(|end| node(end, owner)).filter(|source| Some(*source) != own_job) {
            *sources.entry(source).or_default() |= said.target_field.is_some() || said.source_field.is_some();
        }
    }
    let mut ends = BTreeSet::new();
    for (to, sources) in by_target {
        if sources.is_empty() {
            // Out of nothing that is tracked: the job makes it.
            ends.extend(own_job.filter(|job| *job != to).map(|from| Ends { from, to, basis: Basis::Explicit, columns: false }));
        }
        let between_datasets = |from: Node| matches!((from, to), (Node::Dataset(_), Node::Dataset(_)));
        ends.extend(sources.into_iter().map(|(from, fields)| Ends {
            from,
            to,
            basis: Basis::Explicit,
            columns: fields && between_datasets(from),
        }));
    }
    ends
}

/// Column hops into one target dataset: source dataset and column, target column, how. Where both
/// columns are missing there is only the edge.
pub fn stated_hops(owner: Owner, statements: &[Stated]) -> BTreeMap<u32, Vec<StatedHop<'_>>> {
    let mut hops: BTreeMap<u32, Vec<StatedHop<'_>>> = BTreeMap::new();
    for said in statements {
        let (Node::Dataset(target), Some(Node::Dataset(source))) = (node(said.target, owner), said.source.map(|end| node(end, owner)))
        else {
            continue;
        };
        if said.source_field.is_some() || said.target_field.is_some() {
            let (field, column) = (said.source_field.as_deref(), said.target_field.as_deref());
            hops.entry(target).or_default().push((source, field, column, &said.transformations));
        }
    }
    hops
}

/// Source dataset, its column, the target's column, how.
pub type StatedHop<'a> = (u32, Option<&'a str>, Option<&'a str>, &'a [Transformation]);
