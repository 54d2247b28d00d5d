//! The writer's side of columns: hops come with the first flow that asserts them, and hold or not by
//! their flow's intervals.

use super::columns::{ColumnEnd, ColumnFlow, ColumnHop, FlowKey};
use super::{Basis, Builder, When};
use crate::fold::flow::Owner;
use hashbrown::{HashMap, HashSet};
use schema::openlineage::facets::Transformation;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Builder {
    /// What an owner no longer asserts (of two declarations at one time only one counts) never held.
    pub(super) fn set_column_flows(&mut self, owner: Owner, flows: BTreeMap<FlowKey, ColumnFlow>) {
        let known = self.owned_flows.get(&owner).cloned().unwrap_or_default();
        let place_holds =
            |place: &u32| self.graph.column_flows.get(*place).is_some_and(|flow| flow.basis != Basis::Inferred && flow.holds(When::Now));
        // What is inferred is an answer, not a fact: it is not counted.
        let held: Vec<_> = known.iter().filter(|(_, place)| place_holds(place)).map(|(key, _)| *key).collect();
        let counts = |flow: &ColumnFlow| flow.basis != Basis::Inferred && flow.holds(When::Now);
        let holding: Vec<_> = flows.iter().filter(|(_, flow)| counts(flow)).map(|(key, _)| *key).collect();
        for (key, place) in known {
            if !flows.contains_key(&key) {
                *self.graph.column_flows.get_mut(place) = ColumnFlow::default();
            }
        }
        for (key, flow) in flows {
            let place = self.column_flow(owner, key);
            *self.graph.column_flows.get_mut(place) = flow;
        }
        if held != holding {
            let count = self.distinct_hops(owner, &holding);
            let before = self.column_counts.insert(owner, count).unwrap_or_default();
            self.graph.column_edges = self.graph.column_edges + count - before;
        }
    }

    /// Column edges of one owner: a facet that grows repeats those of the one before.
    fn distinct_hops(&self, owner: Owner, flows: &[FlowKey]) -> u64 {
        let hops = flows.iter().flat_map(|&key| {
            let hops = self.lineages.hops(owner, key).into_iter();
            hops.map(move |hop| (hop.dataset, hop.field, key.0, hop.target))
        });
        hops.collect::<HashSet<_>>().len() as u64
    }

    /// The place of a column flow; a new one brings its hops into the graph.
    fn column_flow(&mut self, owner: Owner, key: FlowKey) -> u32 {
        let next = self.graph.column_flows.len() as u32;
        let place = *self.owned_flows.entry(owner).or_default().entry(key).or_insert(next);
        if place == next {
            self.add_hops(owner, key, place);
            self.touched.push(key.0);
        }
        place
    }

    fn add_hops(&mut self, owner: Owner, key: FlowKey, flow: u32) {
        self.graph.column_flows.get_mut(flow);
        let lineages = std::mem::take(&mut self.lineages);
        // Most sources of one facet share a few lists of transformations.
        let mut shared: HashMap<&[Transformation], Arc<[Transformation]>> = HashMap::new();
        for hop in lineages.hops(owner, key) {
            let transformations = shared.entry(hop.transformations).or_insert_with(|| hop.transformations.into()).clone();
            let from = self.end(hop.dataset, hop.field);
            let to = self.end(key.0, hop.target);
            let hop = |other| ColumnHop { other, flow, transformations: transformations.clone() };
            match from {
                ColumnEnd::Column(id) => self.graph.columns.get_mut(id).out.push(hop(to)),
                ColumnEnd::Whole(id) => self.graph.datasets.get_mut(id).whole_out.push(hop(to)),
            }
            match to {
                ColumnEnd::Column(id) => self.graph.columns.get_mut(id).into.push(hop(from)),
                ColumnEnd::Whole(id) => self.graph.datasets.get_mut(id).whole_into.push(hop(from)),
            }
        }
        drop(shared);
        self.lineages = lineages;
    }

    fn end(&mut self, dataset: u32, column: Option<&str>) -> ColumnEnd {
        column.map_or(ColumnEnd::Whole(dataset), |name| ColumnEnd::Column(self.column(dataset, name.into())))
    }

    fn column(&mut self, dataset: u32, name: Arc<str>) -> u32 {
        let next = self.columns.len() as u32;
        let id = *self.columns.entry((dataset, name.clone())).or_insert(next);
        if id == next {
            let vertex = self.graph.columns.get_mut(id);
            (vertex.dataset, vertex.name) = (dataset, name);
            self.graph.datasets.get_mut(dataset).columns.push(id);
            // Search finds it by its columns, whenever the graph first hears of them.
            self.touched.push(dataset);
        }
        id
    }
}
