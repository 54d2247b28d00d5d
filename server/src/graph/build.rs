//! The writer's side: merges flows, derives the edges of the owners that changed, and publishes.

use super::columns::{ColumnEnd, ColumnFlow, ColumnHop, PackedLineage, column_flows};
use super::derive::{self, SourceDatasets};
use super::flows::{Flows, Merged};
use super::snapshot::{Graph, Half, OwnerVertex, Snapshot};
use super::{Edge, FanEdges, Node};
use crate::fold::flow::{Changes, FlowRow, Owner};
use hashbrown::{HashMap, HashSet};
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A column lineage facet ready for use.
struct Lineage {
    datasets: Vec<u32>,
    packed: PackedLineage,
}

#[derive(Default)]
struct Lineages(HashMap<ContentHash, Lineage>);

impl SourceDatasets for Lineages {
    fn source_datasets(&self, hash: ContentHash) -> &[u32] {
        self.0.get(&hash).map_or(&[], |lineage| &lineage.datasets)
    }
}

/// Builds the graph. There is one per process.
#[derive(Default)]
pub struct Builder {
    graph: Graph,
    flows: HashMap<Owner, Flows>,
    lineages: Lineages,
    columns: HashMap<(u32, Arc<str>), u32>,
    owned_flows: HashMap<Owner, BTreeMap<(u32, ContentHash), u32>>,
    column_counts: HashMap<Owner, u64>,
    /// Datasets that got columns since the last `absorb`.
    touched: Vec<u32>,
}

impl Builder {
    /// Rebuilds from packed rows, as `absorb` returned them.
    pub fn load(seq: u64, rows: FlowRow) -> Result<Self, postcard::Error> {
        let mut builder = Self::default();
        builder.graph.seq = seq;
        for (hash, doc) in rows.columns {
            builder.add_lineage(hash, postcard::from_bytes(&doc)?);
        }
        for (owner, doc) in rows.flows {
            builder.flows.insert(owner, postcard::from_bytes(&doc)?);
            builder.rederive(owner);
        }
        builder.touched.clear();
        Ok(builder)
    }

    /// Merges a batch; returns the packed rows that changed.
    pub fn absorb(&mut self, changes: Changes) -> Result<FlowRow, postcard::Error> {
        let mut rows = FlowRow::default();
        for fact in changes.columns {
            let packed = PackedLineage { sources: fact.sources };
            rows.columns.push((fact.hash, postcard::to_stdvec(&packed)?));
            self.add_lineage(fact.hash, packed);
        }
        let mut dirty = HashSet::new();
        for fact in changes.flows {
            let owner = fact.owner;
            if self.flows.entry(owner).or_default().merge(fact) > Merged::Nothing {
                dirty.insert(owner);
            }
        }
        let mut dirty: Vec<Owner> = dirty.into_iter().collect();
        dirty.sort_unstable();
        for owner in dirty {
            self.rederive(owner);
            rows.flows.push((owner, postcard::to_stdvec(&self.flows[&owner])?));
        }
        rows.touched = std::mem::take(&mut self.touched);
        Ok(rows)
    }

    /// Makes what was absorbed visible to readers.
    pub fn publish(&mut self, seq: u64, snapshot: &Snapshot) {
        self.graph.seq = seq;
        snapshot.publish(self.graph.clone());
    }

    fn add_lineage(&mut self, hash: ContentHash, packed: PackedLineage) {
        let mut datasets: Vec<u32> = packed.sources.iter().map(|source| source.0).collect();
        datasets.sort_unstable();
        datasets.dedup();
        self.lineages.0.entry(hash).or_insert(Lineage { datasets, packed });
    }

    fn rederive(&mut self, owner: Owner) {
        let Some(flows) = self.flows.get(&owner) else { return };
        let edges = derive::edges(owner, flows, &self.lineages);
        let fans = derive::fans(flows);
        let columns = column_flows(owner, flows);
        self.set_edges(owner, edges, fans);
        self.set_column_flows(owner, columns);
    }

    /// What an owner no longer asserts (of two declarations at one time only one counts) never held.
    fn set_column_flows(&mut self, owner: Owner, flows: BTreeMap<(u32, ContentHash), ColumnFlow>) {
        let known = self.owned_flows.get(&owner).cloned().unwrap_or_default();
        let place_holds = |place: &u32| self.graph.column_flows.get(*place).is_some_and(|flow| flow.holds(None));
        let held: Vec<_> = known.iter().filter(|(_, place)| place_holds(place)).map(|(key, _)| *key).collect();
        let holding: Vec<_> = flows.iter().filter(|(_, flow)| flow.holds(None)).map(|(key, _)| *key).collect();
        for (key, place) in known {
            if !flows.contains_key(&key) {
                *self.graph.column_flows.get_mut(place) = ColumnFlow::default();
            }
        }
        for ((output, hash), flow) in flows {
            let place = self.column_flow(owner, output, hash);
            *self.graph.column_flows.get_mut(place) = flow;
        }
        if held != holding {
            let count = self.distinct_hops(&holding);
            let before = self.column_counts.insert(owner, count).unwrap_or_default();
            self.graph.column_edges = self.graph.column_edges + count - before;
        }
    }

    /// Column edges of one owner: a facet that grows repeats those of the one before.
    fn distinct_hops(&self, flows: &[(u32, ContentHash)]) -> u64 {
        let lineages = flows.iter().filter_map(|(output, hash)| Some((output, self.lineages.0.get(hash)?)));
        let hops = lineages.flat_map(|(output, lineage)| {
            lineage.packed.sources.iter().map(move |(dataset, field, target, _)| (*dataset, field.as_str(), *output, target.as_deref()))
        });
        hops.collect::<HashSet<_>>().len() as u64
    }

    fn set_edges(&mut self, owner: Owner, edges: Vec<Edge>, fans: Vec<FanEdges>) {
        let before = self.graph.owner(owner).cloned().unwrap_or_default();
        if before.edges == edges && before.fans == fans {
            return;
        }
        // Most changes only move times: links and counts stay.
        let edge_shape = |edge: &Edge| (edge.ends(), edge.until);
        let fan_shape = |fan: &FanEdges| fan.until;
        let same_edges = before.edges.iter().map(edge_shape).eq(edges.iter().map(edge_shape));
        let same_fans = before.fans.iter().map(fan_shape).eq(fans.iter().map(fan_shape))
            && before.fans.iter().zip(&fans).all(|(a, b)| a.inputs == b.inputs && a.outputs == b.outputs);
        if !(same_edges && same_fans) {
            self.graph.edges = self.graph.edges + holding(&edges, &fans) - holding(&before.edges, &before.fans);
            self.unlink(owner, &before);
            self.link(owner, &edges, &fans);
        }
        *self.owner_mut(owner) = OwnerVertex { edges, fans };
    }

    fn owner_mut(&mut self, owner: Owner) -> &mut OwnerVertex {
        match owner {
            Owner::Job(job) => self.graph.jobs.get_mut(job),
            Owner::Dataset(dataset) => self.graph.statics.get_mut(dataset),
        }
    }

    fn unlink(&mut self, owner: Owner, before: &OwnerVertex) {
        let ends = before.edges.iter().flat_map(|edge| [edge.from, edge.to]);
        let mut datasets: HashSet<u32> = ends.filter_map(dataset).collect();
        datasets.extend(before.fans.iter().flat_map(|fan| fan.inputs.iter().chain(&fan.outputs)));
        for id in datasets {
            let vertex = self.graph.datasets.get_mut(id);
            for halves in [&mut vertex.out, &mut vertex.into, &mut vertex.fans_out, &mut vertex.fans_into] {
                halves.retain(|half| half.owner != owner);
            }
        }
    }

    fn link(&mut self, owner: Owner, edges: &[Edge], fans: &[FanEdges]) {
        for (slot, edge) in edges.iter().enumerate() {
            let half = Half { owner, slot: slot as u32 };
            if let Node::Dataset(id) = edge.from {
                self.graph.datasets.get_mut(id).out.push(half);
            }
            if let Node::Dataset(id) = edge.to {
                self.graph.datasets.get_mut(id).into.push(half);
            }
        }
        for (slot, fan) in fans.iter().enumerate() {
            let half = Half { owner, slot: slot as u32 };
            fan.inputs.iter().for_each(|&id| self.graph.datasets.get_mut(id).fans_out.push(half));
            fan.outputs.iter().for_each(|&id| self.graph.datasets.get_mut(id).fans_into.push(half));
        }
    }

    /// The place of a column flow; a new one brings its hops into the graph.
    fn column_flow(&mut self, owner: Owner, output: u32, hash: ContentHash) -> u32 {
        let next = self.graph.column_flows.len() as u32;
        let place = *self.owned_flows.entry(owner).or_default().entry((output, hash)).or_insert(next);
        if place == next {
            self.add_hops(output, hash, place);
            self.touched.push(output);
        }
        place
    }

    fn add_hops(&mut self, output: u32, hash: ContentHash, flow: u32) {
        self.graph.column_flows.get_mut(flow);
        let Some(lineage) = self.lineages.0.get(&hash).map(|lineage| lineage.packed.clone()) else { return };
        // Most sources of one facet share a few lists of transformations.
        let mut shared: HashMap<Vec<Transformation>, Arc<[Transformation]>> = HashMap::new();
        for (dataset, field, target, transformations) in lineage.sources {
            let transformations = shared.entry(transformations).or_insert_with_key(|list| list.as_slice().into()).clone();
            let from = self.column(dataset, field.into());
            let end = match target {
                Some(target) => ColumnEnd::Column(self.column(output, target.into())),
                None => ColumnEnd::Whole(output),
            };
            self.graph.columns.get_mut(from).out.push(ColumnHop { other: end, flow, transformations: transformations.clone() });
            let back = ColumnHop { other: ColumnEnd::Column(from), flow, transformations };
            match end {
                ColumnEnd::Column(to) => self.graph.columns.get_mut(to).into.push(back),
                ColumnEnd::Whole(to) => self.graph.datasets.get_mut(to).whole_into.push(back),
            }
        }
    }

    fn column(&mut self, dataset: u32, name: Arc<str>) -> u32 {
        let next = self.columns.len() as u32;
        let id = *self.columns.entry((dataset, name.clone())).or_insert(next);
        if id == next {
            let vertex = self.graph.columns.get_mut(id);
            (vertex.dataset, vertex.name) = (dataset, name);
            self.graph.datasets.get_mut(dataset).columns.push(id);
        }
        id
    }
}

fn dataset(node: Node) -> Option<u32> {
    if let Node::Dataset(id) = node { Some(id) } else { None }
}

/// Edges of one owner that hold now, each pair of ends once. Fans beyond some millions of pairs are
/// added up instead: nobody waits for such a count.
fn holding(edges: &[Edge], fans: &[FanEdges]) -> u64 {
    const COUNTED: usize = 4_000_000;
    let single = edges.iter().filter(|edge| edge.holds(None)).map(Edge::ends);
    let wide = || fans.iter().filter(|fan| fan.holds(None));
    let pairs: usize = wide().map(|fan| fan.inputs.len() * fan.outputs.len()).sum();
    if pairs > COUNTED {
        return (single.count() + pairs) as u64;
    }
    if wide().count() + edges.len() < 2 {
        return (single.count() + pairs) as u64;
    }
    single.chain(wide().flat_map(FanEdges::edges).map(|edge| edge.ends())).collect::<HashSet<_>>().len() as u64
}
