//! A digest of what the graph says, free of the order of arrival: sorted lines of JSON over derived ids.

use super::columns::{ColumnEnd, ColumnFlow, PackedHop};
use super::snapshot::Graph;
use super::{Basis, Edge, FanEdges, Node, Origin};
use crate::fold::flow::Owner;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The derived ids behind the catalog's numbers.
pub struct NodeNames {
    /// By dataset number.
    pub datasets: Vec<Uuid>,
    /// By job number.
    pub jobs: Vec<Uuid>,
}

impl NodeNames {
    fn node(&self, node: Node) -> Uuid {
        match node {
            Node::Dataset(id) => self.dataset(id),
            Node::Job(id) => self.jobs.get(id as usize).copied().unwrap_or_default(),
        }
    }

    fn dataset(&self, id: u32) -> Uuid {
        self.datasets.get(id as usize).copied().unwrap_or_default()
    }

    fn owner(&self, owner: Owner) -> Uuid {
        match owner {
            Owner::Job(id) => self.node(Node::Job(id)),
            Owner::Dataset(id) => self.dataset(id),
        }
    }
}

impl Graph {
    /// BLAKE3 over every edge, column hop and column, in hex.
    pub fn digest(&self, names: &NodeNames) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"headwater graph digest 1\n");
        self.lines(names).iter().for_each(|line| {
            hasher.update(line.as_bytes()).update(b"\n");
        });
        hasher.finalize().to_hex().to_string()
    }

    /// What the digest is taken of: sorted, a line for each thing that the graph says.
    pub fn lines(&self, names: &NodeNames) -> Vec<String> {
        let mut lines = self.edge_lines(names);
        lines.extend(self.column_lines(names));
        lines.extend(self.columns_lines(names));
        lines.extend(self.identity_lines(names));
        lines.sort_unstable();
        lines
    }

    fn edge_lines(&self, names: &NodeNames) -> Vec<String> {
        let jobs = self.jobs.iter().map(|(id, vertex)| (Owner::Job(id), vertex));
        let statics = self.statics.iter().map(|(id, vertex)| (Owner::Dataset(id), vertex));
        let mut lines = Vec::new();
        // A fan and a pair may say the same edge; which of them was kept depends on the order of
        // arrival, what they say together does not.
        let mut assumed: BTreeMap<(Uuid, Uuid, Uuid), Edge> = BTreeMap::new();
        for (owner, vertex) in jobs.chain(statics) {
            let pairs = vertex.fans().iter().flat_map(FanEdges::edges);
            for edge in vertex.edges().chain(pairs) {
                let ends = (names.owner(owner), names.node(edge.from), names.node(edge.to));
                if (edge.basis, edge.origin) != (Basis::InputsOutputs, Origin::Observed) {
                    lines.push(edge_line(ends, &edge));
                    continue;
                }
                let known = assumed.entry(ends).or_insert(edge);
                known.first = known.first.min(edge.first);
                known.last = known.last.max(edge.last);
                known.until = known.until.max(edge.until);
            }
        }
        lines.extend(assumed.into_iter().map(|(ends, edge)| edge_line(ends, &edge)));
        lines
    }

    fn column_lines(&self, names: &NodeNames) -> Vec<String> {
        let flows = self.column_flows.iter().filter(|(_, flow)| !flow.intervals.is_empty());
        flows.flat_map(|(_, flow)| flow.hops.iter().map(move |hop| self.hop_line(names, flow, hop))).collect()
    }

    /// The columns of each dataset, as they are listed.
    fn columns_lines(&self, names: &NodeNames) -> Vec<String> {
        let line = |dataset: u32| {
            let mut columns: Vec<&str> = self.column_names(dataset).map(|name| &**name).collect();
            columns.sort_unstable();
            (!columns.is_empty()).then(|| json!(["columns", names.dataset(dataset), columns]).to_string())
        };
        self.datasets.iter().filter_map(|(dataset, _)| line(dataset)).collect()
    }

    fn hop_line(&self, names: &NodeNames, flow: &ColumnFlow, hop: &PackedHop) -> String {
        let column = |id: u32| self.column_name(id).map_or_else(Default::default, |(dataset, name)| (names.dataset(dataset), &**name));
        let end = |end: ColumnEnd| match end {
            ColumnEnd::Whole(dataset) => (names.dataset(dataset), None),
            ColumnEnd::Column(id) => {
                let (dataset, name) = column(id);
                (dataset, Some(name))
            }
        };
        let how = self.hows.get(hop.how).map_or(&[][..], |how| how);
        json!(["column", names.owner(flow.owner), end(hop.from.into()), end(hop.to.into()), flow.basis, how, flow.intervals]).to_string()
    }

    fn identity_lines(&self, names: &NodeNames) -> Vec<String> {
        let mut lines = Vec::new();
        for (dataset, vertex) in self.datasets.iter() {
            if vertex.temporary || vertex.dropped.is_some() {
                lines.push(json!(["life", names.dataset(dataset), vertex.temporary, vertex.dropped]).to_string());
            }
        }
        for members in self.classes.iter() {
            let first = members.first().map(|&first| names.dataset(first)).unwrap_or_default();
            let mut class: Vec<Uuid> = members.iter().map(|&member| names.dataset(member)).collect();
            class.sort_unstable();
            lines.push(json!(["class", first, class]).to_string());
        }
        lines
    }
}

fn edge_line((owner, from, to): (Uuid, Uuid, Uuid), edge: &Edge) -> String {
    let Edge { basis, origin, columns, first, last, until, .. } = edge;
    json!(["edge", owner, from, to, basis, origin, columns, first, last, until]).to_string()
}
