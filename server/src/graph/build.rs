//! The writer's side: merges flows, derives the edges of the owners that changed, and publishes.

use super::asserted::{FlowKey, PackedLineage, column_flows};
use super::classes::{Classes, Regrouped};
use super::code::{Code, Codes};
use super::column_build::Hows;
use super::derive;
use super::flows::{Flows, Merged};
use super::lineages::KnownLineages;
use super::narrow::Narrow;
use super::owned::OwnerVertex;
use super::snapshot::{Graph, Snapshot};
use crate::fold::flow::{Changes, FlowFact, FlowRow, Listing, Owner, Ruled};
use crate::fold::identity::Identity;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Builds the graph. There is one per process.
#[derive(Default)]
pub struct Builder {
    pub(super) graph: Graph,
    pub(super) flows: HashMap<Owner, Narrow>,
    pub(super) lineages: KnownLineages,
    pub(super) hows: Hows,
    pub(super) owned_flows: HashMap<Owner, BTreeMap<FlowKey, u32>>,
    pub(super) column_counts: HashMap<Owner, u64>,
    pub(super) edge_counts: HashMap<Owner, u64>,
    pub(super) classes: Classes,
    /// Datasets whose columns or aliases changed since the last `absorb`.
    pub(super) touched: Vec<u32>,
}

impl Builder {
    /// Rebuilds from all packed rows, as `absorb` returned them, and all that naming rules say.
    pub fn load(seq: u64, rows: FlowRow, ruled: &[Ruled]) -> Result<Self, postcard::Error> {
        let mut builder = Self::default();
        builder.catch_up(seq, rows, ruled)?;
        Ok(builder)
    }

    /// Takes over the packed rows that changed since what it holds, up to a log sequence, and what naming rules say of new datasets.
    pub fn catch_up(&mut self, seq: u64, rows: FlowRow, ruled: &[Ruled]) -> Result<(), postcard::Error> {
        self.graph.seq = seq;
        for (hash, doc) in rows.columns {
            self.lineages.add_row(hash, doc);
        }
        for (hash, doc) in rows.explicit {
            self.lineages.add_statements(hash, postcard::from_bytes(&doc)?);
        }
        for (dataset, doc) in rows.identities {
            self.identify(dataset, &postcard::from_bytes(&doc)?);
        }
        ruled.iter().for_each(|ruled| self.classes.set_rule(ruled));
        self.regroup();
        for (owner, doc) in rows.flows {
            let flows: Flows = postcard::from_bytes(&doc)?;
            self.lineages.read(flows.lineages())?;
            self.rederive(owner, &flows);
            self.flows.insert(owner, Narrow::of(&flows)?);
        }
        self.touched.clear();
        Ok(())
    }

    /// Every name that naming rules gave to datasets.
    pub fn given(&self) -> impl Iterator<Item = Uuid> {
        self.classes.given()
    }

    /// The graph as it is, for who has no more to add.
    pub fn into_graph(mut self) -> Graph {
        self.graph.grow();
        self.graph
    }

    /// Merges a batch; returns the packed rows that changed.
    pub fn absorb(&mut self, changes: Changes) -> Result<FlowRow, postcard::Error> {
        let mut rows = FlowRow::default();
        for fact in changes.columns {
            let packed = PackedLineage { sources: fact.sources, complete: fact.complete };
            rows.columns.push((fact.hash, postcard::to_stdvec(&packed)?));
            self.lineages.add_columns(fact.hash, packed);
        }
        for fact in changes.explicit {
            rows.explicit.push((fact.hash, postcard::to_stdvec(&fact.statements)?));
            self.lineages.add_statements(fact.hash, fact.statements);
        }
        for (dataset, identity) in changes.identities {
            if self.classes.identity(dataset).as_ref() != Some(&identity) {
                rows.identities.push((dataset, postcard::to_stdvec(&identity)?));
                self.identify(dataset, &identity);
            }
        }
        changes.ruled.iter().for_each(|ruled| self.classes.set_rule(ruled));
        rows.listings = self.regroup();
        // Owners in their order, so that numbers do not depend on a hash.
        let mut facts: BTreeMap<Owner, Vec<FlowFact>> = BTreeMap::new();
        changes.flows.into_iter().for_each(|fact| facts.entry(fact.owner).or_default().push(fact));
        for (owner, facts) in facts {
            let mut flows = self.flows.get(&owner).map(Narrow::widen).transpose()?.unwrap_or_default();
            let merged = facts.into_iter().map(|fact| flows.merge(fact)).max();
            if merged > Some(Merged::Nothing) {
                self.lineages.read(flows.lineages())?;
                self.rederive(owner, &flows);
                self.flows.insert(owner, Narrow::of(&flows)?);
                rows.flows.push((owner, postcard::to_stdvec(&flows)?));
            }
        }
        rows.touched = std::mem::take(&mut self.touched);
        Ok(rows)
    }

    /// Makes what was absorbed visible to readers.
    pub fn publish(&mut self, seq: u64, snapshot: &Snapshot) {
        self.graph.seq = seq;
        self.graph.grow();
        snapshot.publish(self.graph.clone());
    }

    /// Takes over what is known of a dataset's identity. Its class is settled by `regroup`.
    fn identify(&mut self, dataset: u32, identity: &Identity) {
        let known = self.graph.datasets.get(dataset);
        let (dropped, temporary) = known.map_or((None, false), |vertex| (vertex.dropped, vertex.temporary));
        if known.is_none() || (dropped, temporary) != (identity.dropped, identity.temporary) {
            let was_passed = self.graph.is_temporary(dataset);
            let vertex = self.graph.datasets.get_mut(dataset);
            (vertex.dropped, vertex.temporary) = (identity.dropped, identity.temporary);
            self.graph.any_dropped |= identity.dropped.is_some();
            self.graph.any_temporary |= identity.temporary;
            if let Some(place) = self.graph.classes.place(dataset) {
                self.graph.classes.count_temporary(place, i32::from(identity.temporary) - i32::from(temporary));
            }
            self.graph.forget_around(dataset);
            if was_passed != self.graph.is_temporary(dataset) {
                let members = self.graph.members(&dataset).to_vec();
                members.into_iter().for_each(|member| self.graph.forget_around(member));
            }
        }
        if dropped != identity.dropped {
            self.touched.push(dataset);
            self.recount(dataset);
        }
        self.classes.set(dataset, identity);
    }

    /// Settles the classes of what was said; what is listed otherwise than before.
    fn regroup(&mut self) -> Vec<Listing> {
        let Regrouped { renamed, regrown, listings } = self.classes.settle(&mut self.graph);
        renamed.into_iter().for_each(|dataset| self.graph.forget_around(dataset));
        regrown.into_iter().for_each(|dataset| self.graph.forget_own(dataset));
        self.touched.extend(listings.iter().map(|listing| listing.dataset));
        listings
    }

    /// A drop ends edges without a change of any flow.
    fn recount(&mut self, dataset: u32) {
        let Some(vertex) = self.graph.datasets.get(dataset) else { return };
        let owners: HashSet<Code> =
            [&vertex.out, &vertex.into, &vertex.fans_out, &vertex.fans_into].into_iter().flat_map(Codes::iter).collect();
        for owner in owners {
            self.count_edges(owner.into());
        }
    }

    /// Edges of an owner that hold now.
    pub(super) fn count_edges(&mut self, owner: Owner) {
        let count = self.graph.owner(owner).map_or(0, |vertex| self.graph.holding(vertex));
        let before = self.edge_counts.insert(owner, count).unwrap_or_default();
        self.graph.edges = self.graph.edges + count - before;
    }

    fn rederive(&mut self, owner: Owner, flows: &Flows) {
        let edges = derive::edges(owner, flows, &self.lineages);
        let fans = derive::fans(flows);
        let columns = column_flows(owner, flows, &self.lineages);
        self.set_edges(owner, OwnerVertex::new(&edges, fans));
        self.set_column_flows(owner, &columns);
    }
}
