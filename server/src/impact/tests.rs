//! Verdicts against a naive reference: the rules applied over and over to everything, until nothing
//! changes, on facts as they are sent. And the cases that people think of first, one by one.

use super::{Change, Counts, Impact, Kind, Point, Schemas, Trust, Verdict, impact};
use crate::fold::Span;
use crate::fold::flow::{Changes, ColumnLineageFact, FlowFact, FlowSource, Owner};
use crate::graph::{Builder, Graph, Snapshot, When, shortcut};
use proptest::prelude::*;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How a column is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    Direct,
    Masked,
    Indirect,
}

/// One use: dataset, column, column that is made (none: all of the output), how.
type Use = (u32, &'static str, Option<&'static str>, How);

/// A job with one run: what it reads and writes, and the column lineage of some outputs.
#[derive(Clone, Debug, Default)]
struct Job {
    inputs: BTreeSet<u32>,
    outputs: BTreeSet<u32>,
    lineage: BTreeMap<u32, BTreeSet<Use>>,
}

fn job(inputs: &[u32], outputs: &[u32], lineage: &[(u32, &[Use])]) -> Job {
    let lineage = lineage.iter().map(|(output, uses)| (*output, uses.iter().copied().collect())).collect();
    Job { inputs: inputs.iter().copied().collect(), outputs: outputs.iter().copied().collect(), lineage }
}

fn transformation(how: How) -> Transformation {
    let kind = if how == How::Indirect { "INDIRECT" } else { "DIRECT" };
    Transformation { kind: kind.into(), subtype: None, description: None, masking: how == How::Masked }
}

fn graph(jobs: &[Job], inferred: Option<bool>) -> Arc<Graph> {
    let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
    let mut changes = Changes::default();
    for (number, job) in jobs.iter().enumerate() {
        let mut columns = Vec::new();
        for (output, uses) in &job.lineage {
            let hash = ContentHash::of(format!("{number} {output}").as_bytes());
            let sources = uses.iter().map(|(dataset, column, target, how)| {
                (*dataset, (*column).to_owned(), target.map(str::to_owned), vec![transformation(*how)])
            });
            changes.columns.push(ColumnLineageFact { hash, sources: sources.collect(), complete: inferred == Some(true) });
            columns.push((*output, hash));
        }
        let (columns, inferred) = if inferred.is_some() { (Vec::new(), columns) } else { (columns, Vec::new()) };
        changes.flows.push(FlowFact {
            owner: Owner::Job(number as u32),
            source: FlowSource::Observed(Span { first: 1, last: 1 }),
            inputs: job.inputs.iter().copied().collect(),
            outputs: job.outputs.iter().copied().collect(),
            columns,
            inferred,
            explicit: Vec::new(),
        });
    }
    builder.absorb(changes).unwrap();
    builder.publish(1, &snapshot);
    snapshot.load()
}

/// Every schema of the tests: what lineage can name, and nothing else.
fn schemas(columns: &[&str]) -> Schemas {
    (0..20).map(|dataset| (dataset, columns.iter().map(|name| (*name).to_owned()).collect())).collect()
}

fn gone(dataset: u32, name: &str) -> Change {
    Change::Column { dataset, name: name.to_owned(), kind: Kind::Gone }
}

fn shown(impact: &Impact) -> Vec<String> {
    let point = |point: &Point| match point {
        Point::Dataset(dataset) => format!("d{dataset}"),
        Point::Column(dataset, name) => format!("d{dataset}.{name}"),
        Point::Job(job) => format!("j{job}"),
    };
    let line = |item: &super::Item| {
        let proof: Vec<String> = impact.proof(item).iter().map(|step| format!("{} {:?}", point(&step.to), step.reason)).collect();
        format!("{:?} {} at {}: {}", item.verdict, point(&item.point), item.distance, proof.join(", "))
    };
    impact.items.each().map(|item| line(&item)).collect()
}

fn ask(jobs: &[Job], change: &Change) -> Vec<String> {
    shown(&impact(&graph(jobs, None), When::Now, change, Trust::default(), &schemas(&["a"])))
}

const A_TO_A: Use = (0, "a", Some("a"), How::Direct);
const FILTER_B: Use = (0, "b", None, How::Indirect);

#[test]
fn a_dropped_column_breaks_who_names_it_and_what_is_made_of_it() {
    let jobs = [
        job(&[0], &[1, 2], &[(1, &[A_TO_A, FILTER_B]), (2, &[(0, "c", Some("a"), How::Direct), FILTER_B])]),
        job(&[1], &[3], &[(3, &[(1, "a", Some("a"), How::Direct), (1, "a", Some("n"), How::Indirect)])]),
        job(&[3], &[4], &[]),
        job(&[2], &[5], &[(5, &[(2, "a", Some("a"), How::Direct), (2, "a", None, How::Indirect)])]),
    ];
    insta::assert_snapshot!(ask(&jobs, &gone(0, "a")).join("\n"));
}

#[test]
fn a_filter_on_a_dropped_column_breaks_its_job() {
    let jobs = [job(&[0], &[1], &[(1, &[A_TO_A, FILTER_B])]), job(&[1], &[2], &[(2, &[(1, "a", Some("a"), How::Direct)])])];
    insta::assert_snapshot!(ask(&jobs, &gone(0, "b")).join("\n"));
}

#[test]
fn only_complete_lineage_proves_that_nothing_happens() {
    let complete = job(&[0], &[1], &[(1, &[A_TO_A, FILTER_B])]);
    let no_filters = job(&[0], &[2], &[(2, &[A_TO_A])]);
    let table_only = job(&[0], &[3], &[]);
    let use_unknown = job(&[0, 9], &[4], &[(4, &[(9, "a", Some("a"), How::Direct), (9, "a", None, How::Indirect)])]);
    let further = job(&[1], &[5], &[]);
    let said = ask(&[complete, no_filters, table_only, use_unknown, further], &gone(0, "c"));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_schema_that_lineage_does_not_cover_leaves_it_open() {
    let graph = graph(&[job(&[0], &[1], &[(1, &[A_TO_A, FILTER_B])])], None);
    let verdict = |schemas: &Schemas, trust| impact(&graph, When::Now, &gone(0, "c"), trust, schemas).verdict();
    let open = impact(&graph, When::Now, &gone(0, "c"), Trust::default(), &Schemas::new());
    assert_eq!((open.verdict(), open.wanted), (Verdict::Safe, BTreeSet::from([1])));
    assert_eq!(verdict(&schemas(&["a"]), Trust::default()), Verdict::Safe);
    assert_eq!(verdict(&schemas(&["a", "z"]), Trust::default()), Verdict::Unknown);
    assert_eq!(verdict(&schemas(&[]), Trust::default()), Verdict::Unknown);
    assert_eq!(verdict(&schemas(&["a", "z"]), Trust { complete: true, inferred: false }), Verdict::Safe);
}

#[test]
fn what_sql_says_is_risky_unless_it_is_trusted() {
    let jobs = [job(&[0], &[1], &[(1, &[A_TO_A, FILTER_B])])];
    let verdict = |complete, column, inferred| {
        let trust = Trust { inferred, complete: false };
        impact(&graph(&jobs, Some(complete)), When::Now, &gone(0, column), trust, &schemas(&["a"])).verdict()
    };
    let said = [(true, "a"), (true, "c"), (false, "a"), (false, "c")]
        .map(|(complete, column)| (verdict(complete, column, false), verdict(complete, column, true)));
    let (breaks, risky, unknown, safe) = (Verdict::Breaks, Verdict::Risky, Verdict::Unknown, Verdict::Safe);
    assert_eq!(said, [(risky, breaks), (unknown, safe), (risky, breaks), (unknown, unknown)]);
}

#[test]
fn a_dropped_dataset_breaks_its_readers() {
    let jobs = [
        job(&[0], &[1, 2], &[(1, &[A_TO_A])]),
        job(&[1], &[3], &[(3, &[(1, "a", Some("a"), How::Direct), (1, "a", None, How::Indirect)])]),
        job(&[2], &[4], &[]),
    ];
    insta::assert_snapshot!(ask(&jobs, &Change::Dataset(0)).join("\n"));
}

#[test]
fn what_a_stopped_or_late_job_writes_grows_old() {
    let jobs = [
        job(&[0], &[1, 2], &[]),
        job(&[8], &[2], &[]),
        job(&[1, 7], &[3], &[(3, &[(7, "a", Some("a"), How::Direct)])]),
        job(&[2], &[4], &[]),
    ];
    insta::assert_snapshot!(format!(
        "{}\n\nlate:\n{}",
        ask(&jobs, &Change::Stopped(0)).join("\n"),
        ask(&jobs, &Change::Late(0)).join("\n")
    ));
}

#[test]
fn a_type_matters_by_what_is_done_with_the_value() {
    let jobs = [job(
        &[0],
        &[1],
        &[(1, &[A_TO_A, (0, "a", Some("m"), How::Masked), (0, "a", Some("n"), How::Indirect), (0, "s", Some("s"), How::Direct), FILTER_B])],
    )];
    let of = |kind| {
        let change = Change::Column { dataset: 0, name: "a".into(), kind };
        shown(&impact(&graph(&jobs, None), When::Now, &change, Trust::default(), &schemas(&["a", "m", "n", "s"]))).join("\n")
    };
    let kinds = [Kind::Widened, Kind::Narrowed, Kind::Retyped, Kind::Same];
    insta::assert_snapshot!(kinds.map(|kind| format!("{kind:?}\n{}", of(kind))).join("\n\n"));
}

#[test]
fn a_nested_column_is_part_of_its_structure() {
    let jobs = [
        job(&[0], &[1], &[(1, &[(0, "a.city", Some("a"), How::Direct), FILTER_B])]),
        job(&[0], &[2], &[(2, &[(0, "a", Some("a"), How::Direct), FILTER_B])]),
    ];
    let said = [gone(0, "a"), gone(0, "a.city"), gone(0, "a.street")].map(|change| ask(&jobs, &change).join("\n"));
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn what_reads_itself_ends() {
    let jobs = [job(&[0, 1], &[1], &[(1, &[A_TO_A, (1, "a", Some("a"), How::Direct), FILTER_B])]), job(&[1], &[0], &[])];
    insta::assert_snapshot!(ask(&jobs, &gone(0, "a")).join("\n"));
}

const NAMES: [&str; 3] = ["a", "b", "c"];
const DATASETS: u32 = 6;

fn any_use(inputs: Vec<u32>) -> impl Strategy<Value = Use> {
    let how = prop_oneof![Just(How::Direct), Just(How::Masked), Just(How::Indirect)];
    (
        prop::sample::select(inputs),
        prop::sample::select(NAMES.to_vec()),
        prop::option::weighted(0.8, prop::sample::select(NAMES.to_vec())),
        how,
    )
        .prop_map(|(dataset, column, target, how)| (dataset, column, target, how))
}

fn any_job() -> impl Strategy<Value = Job> {
    let some = || prop::collection::btree_set(0..DATASETS, 1..4);
    (some(), some()).prop_flat_map(|(inputs, outputs)| {
        let of: Vec<u32> = inputs.iter().copied().collect();
        let lineage = outputs.iter().map(|&output| {
            let uses = prop::collection::btree_set(any_use(of.clone()), 1..6);
            prop::option::of(uses).prop_map(move |uses| uses.map(|uses| (output, uses)))
        });
        let lineage: Vec<_> = lineage.collect();
        lineage.prop_map(move |lineage| Job {
            inputs: inputs.clone(),
            outputs: outputs.clone(),
            lineage: lineage.into_iter().flatten().collect(),
        })
    })
}

fn any_change() -> impl Strategy<Value = Change> {
    let kinds = prop::sample::select(vec![Kind::Gone, Kind::Narrowed, Kind::Retyped, Kind::Widened, Kind::Same]);
    prop_oneof![
        4 => (0..DATASETS, prop::sample::select(NAMES.to_vec()), kinds).prop_map(|(dataset, name, kind)| Change::Column { dataset, name: name.into(), kind }),
        1 => (0..DATASETS).prop_map(Change::Dataset),
        1 => (0..3u32).prop_map(Change::Stopped),
        1 => (0..3u32).prop_map(Change::Late),
    ]
}

/// The rules of docs/CHECK.md, applied to everything until nothing changes.
fn naive(jobs: &[Job], change: &Change, trust: Trust) -> BTreeMap<Point, Verdict> {
    let (start, kind) = match change {
        Change::Column { dataset, name, kind } => (Point::Column(*dataset, name.as_str().into()), Some(*kind)),
        Change::Dataset(dataset) => (Point::Dataset(*dataset), Some(Kind::Gone)),
        Change::Stopped(job) | Change::Late(job) => (Point::Job(*job), None),
    };
    let mut known: BTreeMap<Point, Verdict> = BTreeMap::new();
    loop {
        let mut next = known.clone();
        let mut put = |point: Point, verdict: Verdict| {
            if point != start && verdict > Verdict::Safe {
                let known = next.entry(point).or_insert(verdict);
                *known = verdict.max(*known);
            }
        };
        for (number, job) in jobs.iter().enumerate() {
            let number = number as u32;
            for &input in &job.inputs {
                one_read(number, job, input, change, kind, trust, &known, &mut put);
            }
            if matches!(change, Change::Stopped(stopped) if *stopped == number) {
                for &output in &job.outputs {
                    let writers = jobs.iter().filter(|job| job.outputs.contains(&output)).count();
                    put(Point::Dataset(output), if writers > 1 { Verdict::Risky } else { Verdict::Breaks });
                }
            }
            if matches!(change, Change::Late(late) if *late == number) {
                job.outputs.iter().for_each(|&output| put(Point::Dataset(output), Verdict::Risky));
            }
        }
        if next == known {
            return known;
        }
        known = next;
    }
}

#[expect(clippy::too_many_arguments, reason = "a reference is plain")]
fn one_read(
    number: u32,
    job: &Job,
    input: u32,
    change: &Change,
    kind: Option<Kind>,
    trust: Trust,
    known: &BTreeMap<Point, Verdict>,
    put: &mut impl FnMut(Point, Verdict),
) {
    use Verdict::{Breaks, Risky, Safe, Unknown};
    let target = |output: u32, column: &Option<&str>| column.map_or(Point::Dataset(output), |name| Point::Column(output, name.into()));
    let role = |(_, _, column, how): &Use| if column.is_none() { How::Indirect } else { *how };
    let uses =
        || job.lineage.iter().flat_map(|(output, uses)| uses.iter().map(move |one| (*output, one))).filter(|(_, one)| one.0 == input);
    // Without column lineage an input feeds the output; with it, only when that names it.
    let feeds = |output: &u32| job.lineage.get(output).is_none_or(|uses| uses.iter().any(|one| one.0 == input));
    let bare = !job.outputs.iter().any(feeds);
    // What an output hides: true for everything, false for filters and joins only.
    let hides = |output: &u32| -> Option<bool> {
        let complete = |uses: &BTreeSet<Use>| trust.complete || uses.iter().any(|one| role(one) == How::Indirect);
        // Every schema has column a alone.
        let covers = |uses: &BTreeSet<Use>| trust.complete || uses.iter().any(|one| one.2 == Some("a"));
        match job.lineage.get(output) {
            _ if bare => Some(true),
            None => Some(true),
            Some(uses) if covers(uses) && complete(uses) => None,
            Some(uses) if covers(uses) && feeds(output) => Some(false),
            Some(_) => Some(true),
        }
    };
    let is_harmless = |everything: bool| kind == Some(Kind::Widened) && !everything;
    let hidden = |put: &mut dyn FnMut(Point, Verdict), harmless: &dyn Fn(bool) -> bool| -> bool {
        let open: Vec<u32> = job.outputs.iter().filter(|output| hides(output).is_some_and(|every| !harmless(every))).copied().collect();
        open.iter().for_each(|&output| put(Point::Dataset(output), Unknown));
        if !open.is_empty() || bare {
            put(Point::Job(number), Unknown);
        }
        !open.is_empty() || bare
    };
    match change {
        Change::Column { dataset, name, kind } if *dataset == input && *kind != Kind::Same => {
            let mut spilled = Safe;
            for (output, one) in uses().filter(|(_, one)| one.1 == name) {
                let (verdict, spill) = match (kind, role(one)) {
                    (Kind::Gone, _) => (Breaks, Breaks),
                    (Kind::Narrowed, How::Direct) => (Breaks, Risky),
                    (Kind::Narrowed | Kind::Retyped, _) => (Risky, Risky),
                    (_, How::Indirect) => (Safe, Safe),
                    _ => (Risky, Safe),
                };
                put(target(output, &one.2), verdict);
                put(Point::Job(number), verdict);
                spilled = spilled.max(spill);
            }
            if hidden(put, &is_harmless) && *kind != Kind::Widened {
                spilled = spilled.max(Unknown);
            }
            job.outputs.iter().for_each(|&output| put(Point::Dataset(output), spilled));
        }
        Change::Dataset(dataset) if *dataset == input => {
            put(Point::Job(number), Breaks);
            job.outputs.iter().for_each(|&output| put(Point::Dataset(output), Breaks));
            uses().for_each(|(output, one)| put(target(output, &one.2), Breaks));
        }
        _ => {}
    }
    if let Some(&whole) = known.get(&Point::Dataset(input)) {
        let stale = whole.min(Risky);
        put(Point::Job(number), stale);
        uses().for_each(|(output, one)| put(target(output, &one.2), stale));
        for output in &job.outputs {
            if !job.lineage.contains_key(output) {
                put(Point::Dataset(*output), stale);
            } else if hides(output).is_some() {
                put(Point::Dataset(*output), stale.min(Unknown));
            }
        }
    }
    for (point, &verdict) in known {
        let Point::Column(_, name) = point else { continue };
        if *point != Point::Column(input, name.clone()) {
            continue;
        }
        let kind = kind.unwrap_or(Kind::Retyped);
        for (output, one) in uses().filter(|(_, one)| one.1 == &**name) {
            let further = match (role(one), kind) {
                (How::Direct, _) | (How::Masked, Kind::Gone) => verdict,
                (How::Indirect, Kind::Widened | Kind::Same) => Safe,
                _ => verdict.min(Risky),
            };
            put(target(output, &one.2), further);
            put(Point::Job(number), further);
        }
        hidden(put, &is_harmless);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn verdicts_are_those_of_the_rules(jobs in prop::collection::vec(any_job(), 3..6), change in any_change(), complete in any::<bool>()) {
        let trust = Trust { inferred: false, complete };
        let found = impact(&graph(&jobs, None), When::Now, &change, trust, &schemas(&["a"]));
        let expected = naive(&jobs, &change, trust);
        let worst = |dataset: u32| expected.iter().filter(|(point, _)| matches!(point, Point::Dataset(of) | Point::Column(of, _) if *of == dataset)).map(|(_, verdict)| *verdict).max();
        let items: Vec<super::Item> = found.items.each().collect();
        for item in &items {
            let expected = match &item.point {
                Point::Dataset(dataset) => worst(*dataset),
                Point::Column(dataset, _) => expected.get(&item.point).copied().max(expected.get(&Point::Dataset(*dataset)).copied()),
                Point::Job(_) => expected.get(&item.point).copied(),
            };
            prop_assert_eq!(item.verdict, expected.unwrap_or(Verdict::Safe), "{:?}\n{:#?}", item.point, shown(&found));
        }
        let listed: BTreeSet<&Point> = items.iter().map(|item| &item.point).collect();
        prop_assert_eq!(listed.len(), items.len());
        for point in expected.keys() {
            prop_assert!(listed.contains(point), "{:?} is missing", point);
        }
    }

    #[test]
    fn every_item_is_proven_and_counted(jobs in prop::collection::vec(any_job(), 3..6), change in any_change()) {
        let found = impact(&graph(&jobs, None), When::Now, &change, Trust::default(), &schemas(&["a"]));
        let items: Vec<super::Item> = found.items.each().collect();
        for item in &items {
            let proof = found.proof(item);
            prop_assert!(!proof.is_empty(), "{:?}", item.point);
            prop_assert!(proof.windows(2).all(|steps| steps[0].to == steps[1].from), "{:?}", shown(&found));
            let end = &proof[proof.len() - 1].to;
            // What is affected as a whole has columns that are; a dataset is as bad as its worst column.
            let of = |point: &Point| match point { Point::Dataset(of) | Point::Column(of, _) => Some(*of), Point::Job(_) => None };
            prop_assert!(*end == item.point || (of(end).is_some() && of(end) == of(&item.point)), "{:?} {:?}", item.point, end);
        }
        let mut total = [Counts::default(); 3];
        for counts in found.by_depth().values() {
            for (sum, one) in total.iter_mut().zip(counts) {
                *sum = Counts { breaks: sum.breaks + one.breaks, risky: sum.risky + one.risky, unknown: sum.unknown + one.unknown, safe: sum.safe + one.safe };
            }
        }
        prop_assert_eq!(total, found.counts());
        let mut columns = Counts::default();
        found.items.each_column(|_, _, verdict| columns.add(verdict));
        prop_assert_eq!(columns, found.counts()[2]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Aliases, wide fans, temporary and dropped datasets, data that flows between jobs: the edge of every step is found again.
    #[test]
    fn every_item_is_proven_whatever_the_estate(batches in shortcut::acts(), change in any_change(), as_of in prop::option::weighted(0.3, 0..20i64)) {
        let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
        for (act, time) in batches.iter().flatten().zip(0..) {
            builder.absorb(shortcut::changes(act, time)).unwrap();
        }
        builder.publish(1, &snapshot);
        let graph = snapshot.load();
        let found = impact(&graph, When::from(as_of), &change, Trust::default(), &Schemas::new());
        let of = |point: &Point| match point { Point::Dataset(of) | Point::Column(of, _) => Some(*of), Point::Job(_) => None };
        // A wide fan reaches hundreds of datasets, all alike.
        for item in found.items.each().filter(|item| of(&item.point).is_none_or(|dataset| dataset < 20)) {
            let proof = found.proof(&item);
            let said = format!("{:?} {:?} {proof:#?}", item.point, item.verdict);
            prop_assert!(!proof.is_empty(), "{}", said);
            prop_assert!(proof.windows(2).all(|steps| steps[0].to == steps[1].from), "{}", said);
            let begins = match (&change, &proof[0].from) {
                (Change::Column { dataset, .. } | Change::Dataset(dataset), from) => of(from) == Some(graph.representative(*dataset)),
                (Change::Stopped(job) | Change::Late(job), from) => *from == Point::Job(*job),
            };
            prop_assert!(begins, "{:?} {}", change, said);
            let end = &proof[proof.len() - 1].to;
            prop_assert!(*end == item.point || (of(end).is_some() && of(end) == of(&item.point)), "{}", said);
        }
    }
}
