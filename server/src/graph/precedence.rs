//! The rules of `derive` as a table: column lineage before inputs × outputs, loose ends kept.

use super::derive::{OPEN, SourceDatasets, edges};
use super::flows::Flows;
use super::{Basis, Edge, Node};
use crate::fold::Span;
use crate::fold::flow::{FlowFact, FlowSource, Owner};
use schema::log::ContentHash;

/// Every facet names dataset 1.
struct One;

impl SourceDatasets for One {
    fn source_datasets(&self, _: ContentHash) -> &[u32] {
        &[1]
    }
}

fn run(flows: &mut Flows, at: (i64, i64), inputs: &[u32], outputs: &[u32], proven: &[u32]) {
    let columns = proven.iter().map(|&output| (output, ContentHash::of(b"facet"))).collect();
    let source = FlowSource::Observed(Span { first: at.0, last: at.1 });
    flows.merge(FlowFact { owner: Owner::Job(9), source, inputs: inputs.into(), outputs: outputs.into(), columns });
}

fn shown(flows: &Flows) -> Vec<String> {
    let node = |node: Node| match node {
        Node::Dataset(id) => id.to_string(),
        Node::Job(_) => "job".into(),
    };
    let line = |edge: Edge| {
        let basis = if edge.basis == Basis::ColumnLineage { "columns" } else { "io" };
        let until = if edge.until == OPEN { String::new() } else { format!("..{}", edge.until) };
        format!("{}→{} {basis} {}{until}", node(edge.from), node(edge.to), edge.first)
    };
    edges(Owner::Job(9), flows, &One).into_iter().map(line).collect()
}

#[test]
fn column_lineage_beats_inputs_and_outputs_for_its_output() {
    let mut flows = Flows::default();
    run(&mut flows, (5, 6), &[1, 2], &[3, 4], &[3]);
    assert_eq!(shown(&flows), ["1→3 columns 5", "1→4 io 5", "2→4 io 5"]);
}

#[test]
fn an_input_that_feeds_nothing_stays_with_the_job() {
    let mut flows = Flows::default();
    run(&mut flows, (5, 6), &[1, 2], &[3], &[3]);
    assert_eq!(shown(&flows), ["1→3 columns 5", "2→job io 5"]);
}

#[test]
fn one_sided_jobs_keep_their_edges() {
    let mut flows = Flows::default();
    run(&mut flows, (5, 6), &[1], &[], &[]);
    assert_eq!(shown(&flows), ["1→job io 5"]);
    let mut flows = Flows::default();
    run(&mut flows, (5, 6), &[], &[3], &[]);
    assert_eq!(shown(&flows), ["job→3 io 5"]);
}

#[test]
fn a_pair_ends_where_column_lineage_begins() {
    let mut flows = Flows::default();
    run(&mut flows, (1, 2), &[1, 2], &[3], &[]);
    run(&mut flows, (5, 6), &[1], &[3], &[3]);
    let expected = ["1→3 columns 5", "1→3 io 1..5", "2→3 io 1..5", "2→job io 1"];
    assert_eq!(shown(&flows), expected);
    // A run that has only begun says less; that takes nothing back.
    run(&mut flows, (8, 9), &[1, 2], &[3], &[]);
    assert_eq!(shown(&flows), expected);
}

#[test]
fn a_pair_that_first_meets_after_the_newest_column_lineage_counts() {
    let mut flows = Flows::default();
    run(&mut flows, (5, 6), &[1], &[3], &[3]);
    run(&mut flows, (8, 9), &[1, 2], &[3], &[]);
    assert_eq!(shown(&flows), ["1→3 columns 5", "2→3 io 8"]);
}

#[test]
fn what_a_merge_reads_and_writes_is_both() {
    let mut flows = Flows::default();
    run(&mut flows, (5, 6), &[1, 3], &[3], &[3]);
    assert_eq!(shown(&flows), ["1→3 columns 5", "3→job io 5"]);
}

#[test]
fn runs_add_up_and_do_not_cross() {
    let mut flows = Flows::default();
    run(&mut flows, (1, 2), &[1], &[3], &[]);
    run(&mut flows, (5, 6), &[2], &[4], &[]);
    assert_eq!(shown(&flows), ["1→3 io 1", "2→4 io 5"]);
}
