//! The writer's side of columns: hops come with the first flow that asserts them, and hold or not by
//! their flow's intervals.

use super::asserted::{Assertion, FlowKey};
use super::columns::{Column, ColumnEnd, ColumnFlow, PackedHop};
use super::derive::Lineages;
use super::lineages::{Content, KnownLineages};
use super::stated::stated_hops;
use super::{Basis, Builder, When};
use crate::fold::flow::Owner;
use hashbrown::{HashMap, HashSet};
use schema::openlineage::facets::Transformation;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Source dataset, its column, the target's column, how.
type Said<'a> = (u32, Option<&'a str>, Option<&'a str>, &'a [Transformation]);

impl Builder {
    /// What an owner no longer asserts (of two declarations at one time only one counts) never held.
    pub(super) fn set_column_flows(&mut self, owner: Owner, asserted: &BTreeMap<FlowKey, Assertion>) {
        let counts = |basis: Basis, holds: bool| basis != Basis::Inferred && holds;
        let mut changes_count = false;
        let known = self.owned_flows.get(&owner).cloned().unwrap_or_default();
        for (_, &place) in known.iter().filter(|(key, _)| !asserted.contains_key(*key)) {
            changes_count |= self.assert_flow(place, Basis::ColumnLineage, &[]);
        }
        for (&key, assertion) in asserted {
            let place = known.get(&key).copied().unwrap_or_else(|| self.add_flow(owner, key));
            changes_count |= self.assert_flow(place, assertion.basis, &assertion.intervals);
        }
        if changes_count {
            let places = self.owned_flows.get(&owner);
            let flows = places.into_iter().flat_map(BTreeMap::values).filter_map(|&place| self.graph.column_flows.get(place));
            // What is inferred is an answer, not a fact: it is not counted.
            let holding = flows.filter(|flow| counts(flow.basis, flow.holds(When::Now)));
            // A facet that grows repeats the hops of the one before.
            let hops: HashSet<_> = holding.flat_map(|flow| flow.hops.iter().map(|hop| (hop.from, hop.to))).collect();
            let before = self.column_counts.insert(owner, hops.len() as u64).unwrap_or_default();
            self.graph.column_edges = self.graph.column_edges + hops.len() as u64 - before;
        }
    }

    /// Says when a flow holds; true when it begins or ceases to hold now.
    fn assert_flow(&mut self, place: u32, basis: Basis, intervals: &[super::columns::Interval]) -> bool {
        let Some(flow) = self.graph.column_flows.get(place) else { return false };
        if flow.basis == basis && *flow.intervals == *intervals {
            return false;
        }
        let (before, was_asserted) = ((flow.basis, flow.holds(When::Now)), !flow.intervals.is_empty());
        let flow = self.graph.column_flows.get_mut(place);
        (flow.basis, flow.intervals) = (basis, intervals.into());
        let changes = before != (flow.basis, flow.holds(When::Now));
        if was_asserted == intervals.is_empty() {
            let hops = flow.hops.clone();
            self.name_columns(&hops, was_asserted);
        }
        if changes {
            self.forget_flow(place);
        }
        changes
    }

    /// Hops are asserted from now on, or no longer: which columns there are is what asserted hops name, so that it does
    /// not depend on what was asserted in between.
    fn name_columns(&mut self, hops: &[PackedHop], ceases: bool) {
        for end in hops.iter().flat_map(|hop| [hop.from, hop.to]) {
            let ColumnEnd::Column(column) = end.into() else { continue };
            let column = self.graph.columns.get_mut(column);
            let before = column.named;
            column.named = if ceases { before.saturating_sub(1) } else { before + 1 };
            if (before == 0) != (column.named == 0) {
                // Search finds the dataset by it, or no longer.
                self.touched.push(column.dataset);
            }
        }
    }

    /// Forgets what was told of the columns that a flow joins.
    fn forget_flow(&mut self, place: u32) {
        let Some(flow) = self.graph.column_flows.get(place) else { return };
        let ends = flow.hops.iter().flat_map(|hop| [hop.from, hop.to]);
        let datasets: HashSet<u32> = ends.filter_map(|end| self.graph.dataset_of(end.into())).collect();
        datasets.into_iter().for_each(|dataset| self.graph.forget_columns(dataset));
    }

    /// A new flow brings its hops into the graph.
    fn add_flow(&mut self, owner: Owner, key: FlowKey) -> u32 {
        let place = self.graph.column_flows.len() as u32;
        self.owned_flows.entry(owner).or_default().insert(key, place);
        let hops = self.hops_of(owner, key);
        if let Some(Content::Said(_)) = self.lineages.content(key.1) {
            self.lineages.take_apart(key.1, place);
        }
        let from: HashSet<u32> = hops.iter().filter_map(|hop| self.graph.dataset_of(hop.from.into())).collect();
        for dataset in from {
            append(&mut self.graph.datasets.get_mut(dataset).reads, place);
        }
        append(&mut self.graph.datasets.get_mut(key.0).writes, place);
        self.graph.column_flows.set(place, ColumnFlow { owner, hops, ..ColumnFlow::default() });
        place
    }

    /// The hops that a facet makes into one output of an owner.
    fn hops_of(&mut self, owner: Owner, (output, hash): FlowKey) -> Arc<[PackedHop]> {
        let lineages = std::mem::take(&mut self.lineages);
        let hops = match lineages.content(hash) {
            Some(Content::Flow(first)) => self.hops_again(*first, output),
            Some(Content::Said(packed)) => {
                let said = packed.sources.iter().map(|(dataset, field, target, how)| (*dataset, Some(&**field), target.as_deref(), &**how));
                self.hops_said(said, output)
            }
            None => self.hops_stated(&lineages, owner, (output, hash)),
        };
        self.lineages = lineages;
        hops
    }

    fn hops_stated(&mut self, lineages: &KnownLineages, owner: Owner, (output, hash): FlowKey) -> Arc<[PackedHop]> {
        let mut said = stated_hops(owner, lineages.statements(hash));
        self.hops_said(said.remove(&output).unwrap_or_default().into_iter(), output)
    }

    fn hops_said<'a>(&mut self, said: impl Iterator<Item = Said<'a>>, output: u32) -> Arc<[PackedHop]> {
        let mut hops: Vec<PackedHop> = said
            .map(|(dataset, field, target, how)| {
                let (from, to) = (self.end(dataset, field), self.end(output, target));
                PackedHop { to: to.into(), from: from.into(), how: self.how(how) }
            })
            .collect();
        hops.sort_unstable();
        hops.dedup();
        hops.into()
    }

    /// The hops of a flow, into an output that may be another.
    fn hops_again(&mut self, first: u32, output: u32) -> Arc<[PackedHop]> {
        let hops = self.graph.column_flows.get(first).map(|flow| flow.hops.clone()).unwrap_or_default();
        let is_same = |hop: &PackedHop| self.graph.dataset_of(hop.to.into()) == Some(output);
        if hops.iter().all(is_same) {
            return hops;
        }
        let name = |column: u32| self.graph.column_name(column).map(|(_, name)| name.clone());
        let targets: Vec<Option<Arc<str>>> =
            hops.iter().map(|hop| if let ColumnEnd::Column(column) = hop.to.into() { name(column) } else { None }).collect();
        let moved = hops.iter().zip(targets).map(|(hop, name)| PackedHop { to: self.end(output, name.as_deref()).into(), ..*hop });
        let mut moved: Vec<PackedHop> = moved.collect();
        moved.sort_unstable();
        moved.into()
    }

    fn end(&mut self, dataset: u32, column: Option<&str>) -> ColumnEnd {
        column.map_or(ColumnEnd::Whole(dataset), |name| ColumnEnd::Column(self.column(dataset, name)))
    }

    fn column(&mut self, dataset: u32, name: &str) -> u32 {
        let is_nested = name.contains('.');
        let name = self.graph.names.number(name);
        if let Some(known) = self.graph.datasets.get(dataset).and_then(|vertex| vertex.column(name)) {
            return known;
        }
        let column = self.graph.columns.push(Column { dataset, name, named: 0 });
        let columns = &mut self.graph.datasets.get_mut(dataset).columns;
        let mut more = std::mem::take(columns).into_vec();
        let place = more.partition_point(|(known, _)| *known < name);
        more.reserve_exact(1);
        more.insert(place, (name, column));
        *columns = more.into_boxed_slice();
        self.graph.forget_column(column);
        if is_nested && !std::mem::replace(&mut self.graph.datasets.get_mut(dataset).nested, true) {
            self.graph.forget_columns_around(dataset);
        }
        column
    }

    fn how(&mut self, transformations: &[Transformation]) -> u32 {
        if let Some(&known) = self.hows.get(transformations) {
            return known;
        }
        let shared: Arc<[Transformation]> = transformations.into();
        let number = self.graph.hows.push(shared.clone());
        self.hows.insert(shared, number);
        number
    }
}

/// What a step does to a value, by number.
pub type Hows = HashMap<Arc<[Transformation]>, u32>;

/// Adds to a list that is exactly as large as it is.
fn append(list: &mut Box<[u32]>, value: u32) {
    let mut more = std::mem::take(list).into_vec();
    more.reserve_exact(1);
    more.push(value);
    *list = more.into_boxed_slice();
}
