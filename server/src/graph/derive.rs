//! From flows to edges: the rules of precedence (design 5, openlineage 3.5). A pure function of an
//! owner's facts, so the graph is the same whatever order they came in.
//!
//! For each output of an owner column lineage beats inputs × outputs: a pair that only the latter
//! knows ends where column lineage of that output begins, unless it first meets after the newest
//! column lineage. What a job reads without feeding any output stays as an edge to the job, what it
//! writes out of nothing as an edge from it.

use super::flows::{Declaration, Flows, PAIRS_OF_A_RUN};
use super::{Basis, Edge, FanEdges, Node, Origin};
use crate::fold::flow::Owner;
use crate::fold::{Span, Stamp};
use schema::log::ContentHash;
use std::collections::{BTreeMap, BTreeSet};

/// The time of something that has not ended.
pub const OPEN: i64 = i64::MAX;

/// Datasets that a column lineage facet names as sources, by the facet's hash.
pub trait SourceDatasets {
    /// Sorted, each once.
    fn source_datasets(&self, hash: ContentHash) -> &[u32];
}

/// Every edge of `owner`, sorted by its ends, basis, origin and begin.
pub fn edges(owner: Owner, flows: &Flows, columns: &impl SourceDatasets) -> Vec<Edge> {
    let mut edges = observed(flows, columns);
    edges.extend(dangling(owner, flows, &edges));
    edges.extend(declared(owner, flows, columns));
    edges.sort_unstable_by_key(Edge::key);
    edges
}

fn observed(flows: &Flows, columns: &impl SourceDatasets) -> Vec<Edge> {
    let mut by_columns: BTreeMap<(u32, u32), Span> = BTreeMap::new();
    let mut proven: BTreeMap<u32, Span> = BTreeMap::new();
    for &((output, hash), span) in &flows.columns {
        proven.entry(output).or_insert(span).widen(span);
        for &input in columns.source_datasets(hash) {
            by_columns.entry((input, output)).or_insert(span).widen(span);
        }
    }
    let edge = |(input, output), span: Span, until, basis| Edge {
        from: Node::Dataset(input),
        to: Node::Dataset(output),
        basis,
        origin: Origin::Observed,
        first: span.first,
        last: span.last,
        until,
    };
    let mut coarse = Vec::new();
    for &(ends, span) in &flows.pairs {
        let until = shadowed_from(span, proven.get(&ends.1));
        if until > span.first && (until != OPEN || !by_columns.contains_key(&ends)) {
            coarse.push(edge(ends, span, until, Basis::InputsOutputs));
        }
        // A run that says less is evidence of the edge all the same.
        if let Some(known) = by_columns.get_mut(&ends) {
            known.last = known.last.max(span.last);
        }
    }
    coarse.extend(by_columns.into_iter().map(|(ends, span)| edge(ends, span, OPEN, Basis::ColumnLineage)));
    coarse
}

/// When a pair known by inputs × outputs stops to count: where column lineage of its output begins.
/// A pair that first met after the newest column lineage was never described by it, and counts.
pub fn shadowed_from(pair: Span, proven: Option<&Span>) -> i64 {
    proven.filter(|proven| pair.first <= proven.last).map_or(OPEN, |proven| proven.first)
}

/// Reads that feed nothing, writes that nothing feeds.
fn dangling(owner: Owner, flows: &Flows, edges: &[Edge]) -> Vec<Edge> {
    let Owner::Job(job) = owner else { return Vec::new() };
    let open = || edges.iter().filter(|edge| edge.until == OPEN);
    let mut feeding: BTreeSet<Node> = open().map(|edge| edge.from).collect();
    let mut fed: BTreeSet<Node> = open().map(|edge| edge.to).collect();
    for fan in fans(flows).iter().filter(|fan| fan.until == OPEN) {
        feeding.extend(fan.inputs.iter().map(|&dataset| Node::Dataset(dataset)));
        fed.extend(fan.outputs.iter().map(|&dataset| Node::Dataset(dataset)));
    }
    let job = Node::Job(job);
    let reads = flows.reads.iter().map(|&(dataset, span)| (Node::Dataset(dataset), job, span)).filter(|(from, ..)| !feeding.contains(from));
    let writes = flows.writes.iter().map(|&(dataset, span)| (job, Node::Dataset(dataset), span)).filter(|(_, to, _)| !fed.contains(to));
    let edge = |(from, to, span): (Node, Node, Span)| Edge {
        from,
        to,
        basis: Basis::InputsOutputs,
        origin: Origin::Observed,
        first: span.first,
        last: span.last,
        until: OPEN,
    };
    reads.chain(writes).map(edge).collect()
}

/// Inputs × outputs of wide runs and declarations, which are not kept pair by pair; one fan for each
/// time at which some of its outputs stop to count.
pub fn fans(flows: &Flows) -> Vec<FanEdges> {
    let mut proven: BTreeMap<u32, Span> = BTreeMap::new();
    for &((output, _), span) in &flows.columns {
        proven.entry(output).or_insert(span).widen(span);
    }
    let mut all = Vec::new();
    for fan in flows.fans.values() {
        let mut by_end: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        for &output in &fan.outputs {
            by_end.entry(shadowed_from(fan.span, proven.get(&output))).or_default().push(output);
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
    let declared = declarations(flows).filter(|(_, d, _)| is_wide(&d.inputs, &d.outputs)).map(|(stamp, declaration, until)| FanEdges {
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
fn declared(owner: Owner, flows: &Flows, columns: &impl SourceDatasets) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    let mut open: BTreeMap<(Node, Node, Basis), usize> = BTreeMap::new();
    for (stamp, declaration, until) in declarations(flows) {
        for ends in declared_ends(owner, declaration, columns) {
            // The same edge declared again goes on; it does not end and begin.
            match open.get(&ends).filter(|&&place| edges[place].until == stamp.time) {
                Some(&place) => (edges[place].until, edges[place].last) = (until, stamp.time),
                None => {
                    let (from, to, basis) = ends;
                    open.insert(ends, edges.len());
                    edges.push(Edge { from, to, basis, origin: Origin::Declared, first: stamp.time, last: stamp.time, until });
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

fn declared_ends(owner: Owner, declaration: &Declaration, columns: &impl SourceDatasets) -> BTreeSet<(Node, Node, Basis)> {
    let mut ends = BTreeSet::new();
    for &(output, hash) in &declaration.columns {
        let sources = columns.source_datasets(hash).iter();
        ends.extend(sources.map(|&input| (Node::Dataset(input), Node::Dataset(output), Basis::ColumnLineage)));
    }
    let proven: BTreeSet<u32> = declaration.columns.iter().map(|column| column.0).collect();
    // Of a wide declaration the pairs are a fan's.
    let coarse: Vec<u32> = declaration.outputs.iter().copied().filter(|output| !proven.contains(output)).collect();
    let (mut feeding, mut fed): (BTreeSet<Node>, BTreeSet<Node>) = ends.iter().map(|ends| (ends.0, ends.1)).unzip();
    if !coarse.is_empty() && !declaration.inputs.is_empty() {
        feeding.extend(declaration.inputs.iter().map(|&input| Node::Dataset(input)));
        fed.extend(coarse.iter().map(|&output| Node::Dataset(output)));
    }
    if !is_wide(&declaration.inputs, &declaration.outputs) {
        let pairs = coarse.iter().flat_map(|&output| declaration.inputs.iter().map(move |&input| (input, output)));
        ends.extend(pairs.map(|(input, output)| (Node::Dataset(input), Node::Dataset(output), Basis::InputsOutputs)));
    }
    if let Owner::Job(job) = owner {
        let nodes = |datasets: &[u32]| datasets.iter().map(|&dataset| Node::Dataset(dataset)).collect::<Vec<_>>();
        let reads = nodes(&declaration.inputs).into_iter().filter(|node| !feeding.contains(node));
        ends.extend(reads.map(|node| (node, Node::Job(job), Basis::InputsOutputs)));
        let writes = nodes(&declaration.outputs).into_iter().filter(|node| !fed.contains(node));
        ends.extend(writes.map(|node| (Node::Job(job), node, Basis::InputsOutputs)));
    }
    ends
}
