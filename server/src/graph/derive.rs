//! From flows to edges: the rules of precedence (design 5, openlineage 3.5 and 3.6). A pure function
//! of an owner's facts, so the graph is the same whatever order they came in.
//!
//! What is said outright beats column lineage, which beats inputs × outputs: a pair that only the
//! latter knows ends where the better description of its output begins, unless it first meets after
//! the newest one (`shadow`). What a job reads without feeding any output stays as an edge to the job,
//! what it writes out of nothing as an edge from it.

use super::flows::{Declaration, Flows, PAIRS_OF_A_RUN};
use super::shadow::Shadow;
use super::stated::{Ends, stated_edges};
use super::{Edge, FanEdges, Node, Origin};
use crate::fold::flow::{Owner, Stated};
use crate::fold::{Span, Stamp};
use hashbrown::{HashMap, HashSet};
use schema::log::ContentHash;
use std::collections::{BTreeMap, BTreeSet};

/// The time of something that has not ended.
pub const OPEN: i64 = i64::MAX;

/// What facets say, by their hash.
pub trait Lineages {
    /// Datasets that a column lineage facet names as sources: sorted, each once.
    fn source_datasets(&self, hash: ContentHash) -> &[u32];
    /// False when column lineage is inferred and something had to be left out.
    fn is_complete(&self, hash: ContentHash) -> bool;
    /// What a `lineage` facet says.
    fn statements(&self, hash: ContentHash) -> &[Stated];
}

/// Every edge of `owner`, sorted by its ends, basis, origin and begin.
pub fn edges(owner: Owner, flows: &Flows, lineages: &impl Lineages) -> Vec<Edge> {
    let shadow = Shadow::new(flows);
    let mut edges = observed(owner, flows, &shadow, lineages);
    edges.extend(dangling(owner, flows, &shadow, &edges));
    edges.extend(declared(owner, flows, lineages));
    edges.sort_unstable_by_key(Edge::key);
    edges
}

fn observed(owner: Owner, flows: &Flows, shadow: &Shadow, lineages: &impl Lineages) -> Vec<Edge> {
    let mut precise: HashMap<Ends, (Span, i64)> = HashMap::with_capacity(flows.pairs.len());
    let mut add = |ends: Ends, span: Span, until: i64| {
        let known = precise.entry(ends).or_insert((span, until));
        known.0.widen(span);
        known.1 = known.1.max(until);
    };
    for &(hash, span) in &flows.explicit {
        for ends in stated_edges(owner, lineages.statements(hash)) {
            add(ends, span, shadow.plain(span));
        }
    }
    for &((output, hash), span) in &flows.columns {
        let until = shadow.columns(output, span);
        for &input in lineages.source_datasets(hash).iter().filter(|_| until > span.first) {
            add(Ends::of_columns(input, output), span, until);
        }
    }
    let inferred = wholly_inferred(flows, lineages);
    let mut edges = Vec::with_capacity(flows.pairs.len());
    for &((input, output), span) in &flows.pairs {
        let until = shadow.pair(output, span);
        let ends = Ends::assumed(Node::Dataset(input), Node::Dataset(output))
            .with_columns(inferred.contains(&output) && !shadow.is_described(output));
        // A run that says less is evidence of the edge all the same.
        let known = precise.get_mut(&Ends::of_columns(input, output));
        let is_open = known.as_ref().is_some_and(|known| known.1 == OPEN);
        if until > span.first && !(until == OPEN && is_open) {
            edges.push(ends.edge(Origin::Observed, span, until));
        }
        if let Some(known) = known {
            known.0.last = known.0.last.max(span.last);
        }
    }
    edges.extend(precise.into_iter().map(|(ends, (span, until))| ends.edge(Origin::Observed, span, until)));
    edges
}

/// Outputs of which the newest SQL that speaks of them says all columns.
fn wholly_inferred(flows: &Flows, lineages: &impl Lineages) -> BTreeSet<u32> {
    let mut newest: BTreeMap<u32, (i64, bool)> = BTreeMap::new();
    for &((output, hash), span) in &flows.inferred {
        let said = (span.last, lineages.is_complete(hash));
        newest.entry(output).and_modify(|known| *known = said.max(*known)).or_insert(said);
    }
    newest.into_iter().filter(|(_, (_, complete))| *complete).map(|(output, _)| output).collect()
}

/// Reads that feed nothing, writes that nothing feeds.
fn dangling(owner: Owner, flows: &Flows, shadow: &Shadow, edges: &[Edge]) -> Vec<Edge> {
    let Owner::Job(job) = owner else { return Vec::new() };
    let open = || edges.iter().filter(|edge| edge.until == OPEN);
    let mut feeding: HashSet<Node> = open().map(|edge| edge.from).collect();
    let mut fed: HashSet<Node> = open().map(|edge| edge.to).collect();
    for fan in fans(flows).iter().filter(|fan| fan.until == OPEN) {
        feeding.extend(fan.inputs.iter().map(|&dataset| Node::Dataset(dataset)));
        fed.extend(fan.outputs.iter().map(|&dataset| Node::Dataset(dataset)));
    }
    let job = Node::Job(job);
    let reads = flows.reads.iter().map(|&(dataset, span)| (Node::Dataset(dataset), job, span)).filter(|(from, ..)| !feeding.contains(from));
    let writes = flows.writes.iter().map(|&(dataset, span)| (job, Node::Dataset(dataset), span)).filter(|(_, to, _)| !fed.contains(to));
    let edge = |(from, to, span): (Node, Node, Span)| Ends::assumed(from, to).edge(Origin::Observed, span, shadow.plain(span));
    reads.chain(writes).map(edge).collect()
}

/// Inputs × outputs of wide runs and declarations, which are not kept pair by pair; one fan for each
/// time at which some of its outputs stop to count.
pub fn fans(flows: &Flows) -> Vec<FanEdges> {
    let shadow = Shadow::new(flows);
    let mut all = Vec::new();
    for fan in flows.fans.values() {
        let mut by_end: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        for &output in &fan.outputs {
            by_end.entry(shadow.pair(output, fan.span)).or_default().push(output);
        }
        let (first, last) = (fan.span.first, fan.span.last);
        let parts = by_end.into_iter().filter(|(until, _)| *until > first);
        all.extend(parts.map(|(until, outputs)| FanEdges {
            inputs: fan.inputs.clone(),
            outputs,
            origin: Origin::Observed,
            first,
            last,
            until,
        }));
    }
    let wide = declarations(flows).filter(|(_, d, _)| d.explicit.is_empty() && is_wide(&d.inputs, &d.outputs));
    let declared = wide.map(|(stamp, declaration, until)| FanEdges {
        inputs: declaration.inputs.clone(),
        outputs: declaration
            .outputs
            .iter()
            .copied()
            .filter(|output| declaration.columns.iter().all(|column| column.0 != *output))
            .collect(),
        origin: Origin::Declared,
        first: stamp.time,
        last: stamp.time,
        until,
    });
    all.extend(declared);
    all
}

fn is_wide(inputs: &[u32], outputs: &[u32]) -> bool {
    inputs.len().saturating_mul(outputs.len()) > PAIRS_OF_A_RUN
}

/// A declaration holds until the next of the same owner.
fn declared(owner: Owner, flows: &Flows, lineages: &impl Lineages) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    let mut open: BTreeMap<Ends, usize> = BTreeMap::new();
    for (stamp, declaration, until) in declarations(flows) {
        for ends in declared_ends(owner, declaration, lineages) {
            // The same edge declared again goes on; it does not end and begin.
            match open.get(&ends).filter(|&&place| edges[place].until == stamp.time) {
                Some(&place) => (edges[place].until, edges[place].last) = (until, stamp.time),
                None => {
                    open.insert(ends, edges.len());
                    edges.push(ends.edge(Origin::Declared, Span { first: stamp.time, last: stamp.time }, until));
                }
            }
        }
    }
    edges
}

/// Declarations with their ends. Of several at one time the last counts.
pub fn declarations(flows: &Flows) -> impl Iterator<Item = (&Stamp, &Declaration, i64)> {
    let ends = flows.declared.keys().skip(1).map(|stamp| stamp.time).chain([OPEN]);
    flows
        .declared
        .iter()
        .zip(ends)
        .map(|((stamp, declaration), until)| (stamp, declaration, until))
        .filter(|(stamp, _, until)| stamp.time != *until)
}

fn declared_ends(owner: Owner, declaration: &Declaration, lineages: &impl Lineages) -> BTreeSet<Ends> {
    let mut ends = BTreeSet::new();
    let mut coarse: Vec<u32> = Vec::new();
    if declaration.explicit.is_empty() {
        for &(output, hash) in &declaration.columns {
            ends.extend(lineages.source_datasets(hash).iter().map(|&input| Ends::of_columns(input, output)));
        }
        let proven: BTreeSet<u32> = declaration.columns.iter().map(|column| column.0).collect();
        coarse.extend(declaration.outputs.iter().filter(|output| !proven.contains(output)));
    }
    for &hash in &declaration.explicit {
        ends.extend(stated_edges(owner, lineages.statements(hash)));
    }
    let (mut feeding, mut fed): (BTreeSet<Node>, BTreeSet<Node>) = ends.iter().map(|ends| (ends.from, ends.to)).unzip();
    if !coarse.is_empty() && !declaration.inputs.is_empty() {
        feeding.extend(declaration.inputs.iter().map(|&input| Node::Dataset(input)));
        fed.extend(coarse.iter().map(|&output| Node::Dataset(output)));
    }
    // Of a wide declaration the pairs are a fan's.
    if !is_wide(&declaration.inputs, &declaration.outputs) {
        let pairs = coarse.iter().flat_map(|&output| declaration.inputs.iter().map(move |&input| (input, output)));
        let inferred = |output: u32| declaration.inferred.iter().any(|&(of, hash)| of == output && lineages.is_complete(hash));
        let assumed = |(input, output)| Ends::assumed(Node::Dataset(input), Node::Dataset(output)).with_columns(inferred(output));
        ends.extend(pairs.map(assumed));
    }
    if let Owner::Job(job) = owner {
        let nodes = |datasets: &[u32]| datasets.iter().map(|&dataset| Node::Dataset(dataset)).collect::<Vec<_>>();
        let reads = nodes(&declaration.inputs).into_iter().filter(|node| !feeding.contains(node));
        ends.extend(reads.map(|node| Ends::assumed(node, Node::Job(job))));
        let writes = nodes(&declaration.outputs).into_iter().filter(|node| !fed.contains(node));
        ends.extend(writes.map(|node| Ends::assumed(Node::Job(job), node)));
    }
    ends
}
