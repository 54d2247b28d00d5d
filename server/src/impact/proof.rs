//! What proves an item: the steps that lead to it from the change, with their edges, put together when somebody looks.

use super::described::covers;
use super::items::Item;
use super::links::{Via, link_of};
use super::rules::Role;
use super::spread::{Fact, Spot};
use super::{Impact, Point, Reason, Schemas, Step, Verdict};
use crate::fold::flow::Owner;
use crate::graph::{Graph, HopEnd, Link, Node, When};
use crate::lineage::Confidence;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

impl Impact {
    /// The steps that lead from the change to an item: for what is safe the shortest way, for anything else
    /// the proof.
    pub fn proof(&self, item: &Item) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = item.fact;
        while let Some(fact) = at.map(|at| self.items.fact(at)) {
            at = fact.from;
            steps.extend(fact.from.and_then(|from| self.step(self.items.fact(from), fact)));
        }
        steps.reverse();
        if item.fact.is_none() {
            return self.way(item);
        }
        if let Some(column) = steps.last().and_then(|last| self.column_step(item, last)) {
            steps.pop();
            steps.push(column);
        }
        steps
    }

    fn step(&self, from: &Fact, fact: &Fact) -> Option<Step> {
        let items = &self.items;
        let (link, how) = match fact.via {
            Via::Hop(place) => items.hop(place).map(|hop| (link_of(hop), Some(hop.how)))?,
            via => (via.find(&items.graph, items.when, from.point.node())?, None),
        };
        Some(Step {
            from: items.point(from.point),
            to: items.point(fact.point),
            link,
            transformations: how.map(|how| items.graph.how(how).clone()).unwrap_or_default(),
            confidence: self.confidence(&link),
            reason: self.settled(fact.reason, &link),
        })
    }

    /// A column that is affected because all of its dataset is, by a dataset that is affected as a whole: the hop that makes
    /// the one of the other says more than that.
    fn column_step(&self, item: &Item, last: &Step) -> Option<Step> {
        let (Point::Column(dataset, name), Point::Dataset(to), Point::Dataset(from)) = (&item.point, &last.to, &last.from) else {
            return None;
        };
        let is_whole = dataset == to && item.verdict < Verdict::Breaks;
        let (graph, when) = (&self.items.graph, self.items.when);
        let target = HopEnd::Column(*dataset, graph.path_number(name).filter(|_| is_whole)?);
        let hops = graph.hops_between((*from, *dataset), last.link.owner, when);
        let hop = hops.into_iter().find(|hop| hop.to == target)?;
        let reason = if Role::of(graph, &hop) == Role::Indirect { Reason::DecidedBy } else { Reason::FedBy };
        let link = link_of(&hop);
        let (transformations, confidence) = (graph.how(hop.how).clone(), self.confidence(&link));
        Some(Step { from: last.from.clone(), to: item.point.clone(), link, transformations, confidence, reason })
    }

    /// Lineage without filters may cover every column or not: the verdict is the same, the reason is another.
    fn settled(&self, reason: Reason, link: &Link) -> Reason {
        let Some(at) = described_at(reason, link) else { return reason };
        let learned = self.learned.read().unwrap_or_else(PoisonError::into_inner);
        let schema = learned.get(&at.0);
        let is_covered = schema.is_none_or(|schema| covers(&self.items.graph, self.items.when, at, schema));
        if is_covered { reason } else { Reason::Incomplete }
    }

    /// Datasets whose schemas would settle reasons in the proofs of items.
    pub fn unsettled<'i>(&self, items: impl IntoIterator<Item = &'i Item>) -> BTreeSet<u32> {
        let steps = items.into_iter().flat_map(|item| self.proof(item));
        steps.filter_map(|step| Some(described_at(step.reason, &step.link)?.0)).collect()
    }

    /// Takes schemas that reasons are settled by.
    pub fn learn(&self, schemas: Schemas) {
        self.learned.write().unwrap_or_else(PoisonError::into_inner).extend(schemas);
    }

    /// Of what is safe: how it is reached by tables.
    fn way(&self, item: &Item) -> Vec<Step> {
        let mut node = match &item.point {
            Point::Dataset(dataset) | Point::Column(dataset, _) => Node::Dataset(*dataset),
            Point::Job(job) => Node::Job(*job),
        };
        let mut steps = Vec::new();
        while let Some((_, Some((before, via)))) = self.came.get(&node) {
            let Some(link) = via.find(&self.items.graph, self.items.when, *before) else { break };
            let from = link.edge.from;
            let (reason, confidence) = (Reason::NotReached, self.confidence(&link));
            steps.push(Step { from: point(from), to: point(node), link, transformations: Arc::default(), confidence, reason });
            if from == node {
                break;
            }
            node = from;
        }
        steps.reverse();
        steps
    }

    fn confidence(&self, link: &Link) -> Confidence {
        Confidence::of(&link.edge, is_alone(&self.items.graph, link.owner, self.items.when))
    }
}

impl Spot {
    fn node(self) -> Node {
        match self {
            Self::Dataset(dataset) | Self::Column(dataset, _) => Node::Dataset(dataset),
            Self::Job(job) => Node::Job(job),
        }
    }
}

/// True when an owner reads only one dataset or writes only one: then one feeds the other.
fn is_alone(graph: &Graph, owner: Owner, when: When) -> bool {
    let Owner::Job(job) = owner else { return true };
    let (inputs, outputs) = graph.io_of(job, when);
    inputs.len() < 2 && outputs.len() < 2
}

/// The output, and by whom, whose lineage a reason calls to be without filters.
fn described_at(reason: Reason, link: &Link) -> Option<(u32, Owner)> {
    let output = link.edge.to.dataset().filter(|_| reason == Reason::NoFilters)?;
    Some((output, link.edge.job(link.owner).map_or(link.owner, Owner::Job)))
}

fn point(node: Node) -> Point {
    match node {
        Node::Dataset(dataset) => Point::Dataset(dataset),
        Node::Job(job) => Point::Job(job),
    }
}
