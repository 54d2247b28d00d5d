//! Columns in the graph: vertices by dataset and path, hops between them, and the packed form of a
//! column lineage facet. A hop into a whole dataset (a filter, a join) is one hop, not one a column.

use super::derive::{Lineages, declarations};
use super::flows::Flows;
use super::shadow::Shadow;
use super::stated::stated_hops;
use super::{Basis, When};
use crate::fold::Span;
use crate::fold::flow::Owner;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A column that some lineage names.
#[derive(Clone, Debug, Default)]
pub struct ColumnVertex {
    /// Its dataset.
    pub dataset: u32,
    /// Dotted path as lineage writes it.
    pub name: Arc<str>,
    pub(super) out: Vec<ColumnHop>,
    pub(super) into: Vec<ColumnHop>,
}

/// Where a hop leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ColumnEnd {
    Column(u32),
    Whole(u32),
}

/// One hop of column lineage, seen from one end.
#[derive(Clone, Debug)]
pub struct ColumnHop {
    pub(super) other: ColumnEnd,
    /// Place in the graph's column flows: whose it is and when.
    pub(super) flow: u32,
    /// How the value is made.
    pub transformations: Arc<[Transformation]>,
}

impl ColumnHop {
    /// True when the value itself flows; a hop that says nothing counts as direct.
    pub fn is_direct(&self) -> bool {
        self.transformations.is_empty() || self.transformations.iter().any(Transformation::is_direct)
    }
}

/// A time in which a column lineage facet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) until: i64,
}

impl Interval {
    fn holds(&self, when: When) -> bool {
        when.meets(self.first, self.until)
    }
}

/// One column lineage facet of one output by one owner, and when it holds.
#[derive(Clone, Debug)]
pub struct ColumnFlow {
    pub(super) owner: Owner,
    pub(super) basis: Basis,
    pub(super) intervals: Vec<Interval>,
}

impl Default for ColumnFlow {
    /// One that never held.
    fn default() -> Self {
        Self { owner: Owner::Job(u32::MAX), basis: Basis::ColumnLineage, intervals: Vec::new() }
    }
}

impl ColumnFlow {
    /// First and newest evidence when it holds then.
    pub fn evidence(&self, when: When) -> Option<(i64, i64)> {
        let holding = self.intervals.iter().filter(|interval| interval.holds(when));
        holding.map(|interval| (interval.first, interval.last)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// True when it holds then.
    pub fn holds(&self, when: When) -> bool {
        self.intervals.iter().any(|interval| interval.holds(when))
    }
}

/// A column lineage facet in the catalog's numbers, as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PackedLineage {
    /// Source dataset, source column, target column or the whole output, and how.
    pub sources: Vec<(u32, String, Option<String>, Vec<Transformation>)>,
    /// False when it is inferred and something had to be left out.
    pub complete: bool,
}

/// Output and facet: what column flows of an owner are told apart by.
pub type FlowKey = (u32, ContentHash);

/// When each column lineage and `lineage` facet of each output holds for an owner.
pub fn column_flows(owner: Owner, flows: &Flows, lineages: &impl Lineages) -> BTreeMap<FlowKey, ColumnFlow> {
    let mut timeline = Timeline { owner, flows: BTreeMap::new() };
    let targets = |hash| stated_hops(owner, lineages.statements(hash)).into_keys();
    for (stamp, declaration, until) in declarations(flows) {
        for &hash in &declaration.explicit {
            targets(hash).for_each(|target| timeline.declared((target, hash), Basis::Explicit, stamp.time, until));
        }
        for &key in declaration.columns.iter().filter(|_| declaration.explicit.is_empty()) {
            timeline.declared(key, Basis::ColumnLineage, stamp.time, until);
        }
        let is_coarse = |output: u32| declaration.explicit.is_empty() && declaration.columns.iter().all(|column| column.0 != output);
        for &key in declaration.inferred.iter().filter(|key| is_coarse(key.0)) {
            timeline.declared(key, Basis::Inferred, stamp.time, until);
        }
    }
    let shadow = Shadow::new(flows);
    for &(hash, span) in &flows.explicit {
        targets(hash).for_each(|target| timeline.observed((target, hash), Basis::Explicit, span, shadow.plain(span)));
    }
    for &(key, span) in &flows.columns {
        timeline.observed(key, Basis::ColumnLineage, span, shadow.columns(key.0, span));
    }
    for &(key, span) in &flows.inferred {
        timeline.observed(key, Basis::Inferred, span, shadow.inferred(key.0, span));
    }
    timeline.flows
}

struct Timeline {
    owner: Owner,
    flows: BTreeMap<FlowKey, ColumnFlow>,
}

impl Timeline {
    fn flow(&mut self, key: FlowKey, basis: Basis) -> &mut Vec<Interval> {
        let new = || ColumnFlow { owner: self.owner, basis, intervals: Vec::new() };
        &mut self.flows.entry(key).or_insert_with(new).intervals
    }

    /// Declared again it goes on; it does not end and begin.
    fn declared(&mut self, key: FlowKey, basis: Basis, at: i64, until: i64) {
        let intervals = self.flow(key, basis);
        match intervals.last_mut().filter(|interval| interval.until == at) {
            Some(interval) => (interval.last, interval.until) = (at, until),
            None => intervals.push(Interval { first: at, last: at, until }),
        }
    }

    fn observed(&mut self, key: FlowKey, basis: Basis, span: Span, until: i64) {
        if until > span.first {
            self.flow(key, basis).push(Interval { first: span.first, last: span.last, until });
        }
    }
}
