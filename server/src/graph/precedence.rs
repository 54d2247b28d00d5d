//! The rules of `derive` as a table: column lineage before inputs × outputs, loose ends kept.

use super::derive::{Lineages, OPEN, edges};
use super::flows::Flows;
use super::{Basis, Edge, Node};
use crate::fold::Span;
use crate::fold::flow::{End, FlowFact, FlowSource, Owner, Stated};
use schema::log::ContentHash;

/// Every facet names dataset 1.
struct One;

impl Lineages for One {
    fn source_datasets(&self, _: ContentHash) -> &[u32] {
        &[1]
    }

    fn is_complete(&self, _: ContentHash) -> bool {
        true
    }

    fn statements(&self, _: ContentHash) -> &[Stated] {
        &[]
    }
}

fn run(flows: &mut Flows, at: (i64, i64), inputs: &[u32], outputs: &[u32], proven: &[u32]) {
    let columns = proven.iter().map(|&output| (output, ContentHash::of(b"facet"))).collect();
    let source = FlowSource::Observed(Span { first: at.0, last: at.1 });
    flows.merge(FlowFact {
        owner: Owner::Job(9),
        source,
        inputs: inputs.into(),
        outputs: outputs.into(),
        columns,
        inferred: Vec::new(),
        explicit: Vec::new(),
    });
}

fn shown(flows: &Flows) -> Vec<String> {
    shown_with(flows, &One)
}

fn shown_with(flows: &Flows, lineages: &impl Lineages) -> Vec<String> {
    let node = |node: Node| match node {
        Node::Dataset(id) => id.to_string(),
        Node::Job(9) => "job".into(),
        Node::Job(id) => format!("job {id}"),
    };
    let line = |edge: Edge| {
        let basis = match edge.basis {
            Basis::Explicit => "said",
            Basis::ColumnLineage | Basis::Inferred => "columns",
            Basis::InputsOutputs => "io",
        };
        let until = if edge.until == OPEN { String::new() } else { format!("..{}", edge.until) };
        format!("{}→{} {basis} {}{until}", node(edge.from), node(edge.to), edge.first)
    };
    edges(Owner::Job(9), flows, lineages).into_iter().map(line).collect()
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

/// One facet with these statements, and column lineage that names dataset 1.
struct Said(Vec<Stated>);

impl Lineages for Said {
    fn source_datasets(&self, _: ContentHash) -> &[u32] {
        &[1]
    }

    fn is_complete(&self, _: ContentHash) -> bool {
        true
    }

    fn statements(&self, _: ContentHash) -> &[Stated] {
        &self.0
    }
}

fn stated(target: End, source: Option<End>) -> Stated {
    Stated { target, target_field: None, source, source_field: None, transformations: Vec::new() }
}

fn fact(at: (i64, i64), inputs: &[u32], outputs: &[u32]) -> FlowFact {
    let source = FlowSource::Observed(Span { first: at.0, last: at.1 });
    let explicit = vec![ContentHash::of(b"said")];
    FlowFact {
        owner: Owner::Job(9),
        source,
        inputs: inputs.into(),
        outputs: outputs.into(),
        columns: Vec::new(),
        inferred: Vec::new(),
        explicit,
    }
}

#[test]
fn what_is_said_outright_is_the_whole_picture_of_its_run() {
    let said = Said(vec![stated(End::Dataset(3), Some(End::Dataset(1)))]);
    let mut flows = Flows::default();
    flows.merge(FlowFact { columns: vec![(4, ContentHash::of(b"facet"))], ..fact((5, 6), &[1, 2], &[3, 4]) });
    // 2 feeds nothing that is said, 4 is said to be fed by nothing: they stay with the job.
    assert_eq!(shown_with(&flows, &said), ["1→3 said 5", "2→job io 5", "job→4 io 5"]);
}

#[test]
fn what_was_assumed_ends_where_it_is_said() {
    let said = Said(vec![stated(End::Dataset(3), Some(End::Dataset(1)))]);
    let mut flows = Flows::default();
    run(&mut flows, (1, 2), &[1, 2], &[3], &[]);
    run(&mut flows, (3, 4), &[1, 2], &[3], &[3]);
    flows.merge(fact((5, 6), &[1, 2], &[3]));
    let expected = ["1→3 said 5", "1→3 columns 3..5", "1→3 io 1..3", "2→3 io 1..3", "2→job io 1"];
    assert_eq!(shown_with(&flows, &said), expected);
}

#[test]
fn an_own_job_carries_detail_and_makes_no_second_edge() {
    let own = || stated(End::Dataset(3), Some(End::Owner));
    let mut flows = Flows::default();
    flows.merge(fact((5, 6), &[1], &[3]));
    let both = Said(vec![own(), stated(End::Dataset(3), Some(End::Dataset(1)))]);
    assert_eq!(shown_with(&flows, &both), ["1→3 said 5"]);
    // Alone, like an empty list, it says that the job makes it of nothing.
    for nothing in [vec![own()], vec![stated(End::Dataset(3), None)]] {
        assert_eq!(shown_with(&flows, &Said(nothing)), ["1→job io 5", "job→3 said 5"]);
    }
}

#[test]
fn jobs_feed_jobs_and_datasets() {
    let said = Said(vec![stated(End::Owner, Some(End::Job(7))), stated(End::Dataset(3), Some(End::Job(8)))]);
    let mut flows = Flows::default();
    flows.merge(fact((5, 6), &[], &[3]));
    assert_eq!(shown_with(&flows, &said), ["job 7→job said 5", "job 8→3 said 5"]);
}

#[test]
fn of_snapshots_only_the_newest_counts() {
    let mut flows = Flows::default();
    let snapshot =
        |time, inputs: &[u32]| FlowFact { source: FlowSource::Snapshot(time), explicit: Vec::new(), ..fact((0, 0), inputs, &[3]) };
    for (time, inputs) in [(5, &[1, 2]), (9, &[1, 4]), (7, &[1, 5])] {
        flows.merge(snapshot(time, inputs));
    }
    assert_eq!(shown(&flows), ["1→3 io 5", "2→3 io 5..6", "2→job io 5..6", "4→3 io 9", "5→3 io 7..8", "5→job io 7..8"]);
}
