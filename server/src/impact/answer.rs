//! The answer: everything downstream with its verdict, what is proven safe included, and how it adds up.

use super::counts::Counts;
use super::items::{Item, Items};
use super::reads::{Steps, covers};
use super::spread::Spread;
use super::{Change, Kind, Point, Reason, Schemas, Step, Trust, Verdict};
use crate::fold::flow::Owner;
use crate::graph::{Basis, Graph, Link, Node, When};
use crate::lineage::Confidence;
use hashbrown::{HashMap, HashSet};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

/// What a change does. Temporary datasets are passed through: they stand in proofs, not among the items.
pub struct Impact {
    /// Everything downstream, the worst first, then the nearest.
    pub items: Items,
    /// Datasets whose schemas would tell how complete their column lineage is; ask again with them.
    pub wanted: BTreeSet<u32>,
    kind: Option<Kind>,
    /// How each dataset and job was first reached.
    came: HashMap<Node, (u32, Option<Link>)>,
    /// Schemas that reasons are settled by.
    learned: RwLock<Schemas>,
}

/// Says what a change does, or would have done then. Schemas are those of then; those that are not given count as fully
/// covered by column lineage that names any of their columns; which ones that were is in `wanted`. Where a schema decides no
/// more than a reason, it is asked for by `unsettled`.
pub fn impact(graph: &Arc<Graph>, when: When, change: &Change, trust: Trust, schemas: &Schemas) -> Impact {
    let change = canonical(graph, change);
    let kind = match &change {
        Change::Column { kind, .. } => Some(*kind),
        Change::Dataset(_) => Some(Kind::Gone),
        Change::Stopped(_) | Change::Late(_) => None,
    };
    // What a wider type does not harm depends on it whether lineage covers everything.
    let steps = Steps::new(graph, when, trust, schemas, kind.is_some_and(|kind| kind <= Kind::Widened));
    let mut spread = Spread::new(&steps, kind);
    spread.run(&change);
    let came = reach(&steps, &spread.failing, &change);
    let (facts, found) = (spread.facts, spread.found);
    let wanted = steps.wanted.take();
    drop(steps);
    Impact { items: Items::new((graph, when), facts, &found, &came, change), wanted, kind, came, learned: RwLock::default() }
}

fn canonical(graph: &Graph, change: &Change) -> Change {
    match change {
        Change::Column { dataset, name, kind } => {
            Change::Column { dataset: graph.representative(*dataset), name: name.clone(), kind: *kind }
        }
        Change::Dataset(dataset) => Change::Dataset(graph.representative(*dataset)),
        other => other.clone(),
    }
}

/// Everything downstream by the shortest way, and the edge that it is reached by. A temporary dataset is no
/// step, so that what lies behind it goes to the front.
fn reach(steps: &Steps<'_>, failing: &HashSet<u32>, change: &Change) -> HashMap<Node, (u32, Option<Link>)> {
    let start = match change {
        Change::Column { dataset, .. } | Change::Dataset(dataset) => Node::Dataset(*dataset),
        Change::Stopped(job) | Change::Late(job) => Node::Job(*job),
    };
    let mut came: HashMap<Node, (u32, Option<Link>)> = HashMap::new();
    let mut opened = HashSet::new();
    let mut open = VecDeque::from([(start, 0, None)]);
    while let Some((node, distance, link)) = open.pop_front() {
        if came.contains_key(&node) {
            continue;
        }
        came.insert(node, (distance, link));
        let mut enter = |to: u32, from: u32, link: Link| match steps.graph.is_temporary(to) {
            true => open.push_front((Node::Dataset(to), from, Some(link))),
            false => open.push_back((Node::Dataset(to), from + 1, Some(link))),
        };
        match node {
            Node::Dataset(dataset) => {
                let mut jobs = Vec::new();
                for reader in &steps.reads(dataset).readers {
                    let fails = node == start && reader.job.is_some_and(|job| failing.contains(&job));
                    reader.fed.values().for_each(|output| enter(output.dataset, distance, output.link));
                    // The first bare read of a job is the nearest.
                    if fails || (reader.bare && reader.job.is_none_or(|job| opened.insert(job))) {
                        reader.unfed().for_each(|output| enter(output.dataset, distance, output.link));
                    }
                    jobs.extend(reader.job.map(|job| (Node::Job(job), distance + 1, Some(reader.link))));
                }
                jobs.into_iter().for_each(|job| open.push_back(job));
            }
            Node::Job(job) => {
                let writes = steps.writes(job);
                // What a job writes is reached by what it reads, but for a start and for flows from job to job.
                let by_flow = link.is_some_and(|link: Link| matches!((link.edge.from, link.edge.to), (Node::Job(_), Node::Job(_))));
                for output in writes.datasets.values().filter(|output| output.link.is_some_flow(node == start, by_flow)) {
                    enter(output.dataset, if node == start { 0 } else { distance - 1 }, output.link);
                }
                open.extend(writes.jobs.iter().map(|(&other, &link)| (Node::Job(other), distance + 1, Some(link))));
            }
        }
    }
    came
}

impl Link {
    fn is_some_flow(&self, is_start: bool, by_flow: bool) -> bool {
        is_start || (by_flow && self.edge.basis == Basis::InputsOutputs)
    }
}

/// True when an owner reads only one dataset or writes only one: then one feeds the other.
fn is_alone(graph: &Graph, owner: Owner, when: When) -> bool {
    let Owner::Job(job) = owner else { return true };
    let (inputs, outputs) = graph.io_of(job, when);
    inputs.len() < 2 && outputs.len() < 2
}

impl Impact {
    /// The worst verdict of all; safe when nothing is downstream.
    pub fn verdict(&self) -> Verdict {
        self.items.worst()
    }

    /// What happens to columns, when the change is about one.
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// The steps that lead from the change to an item: for what is safe the shortest way, for anything else
    /// the proof.
    pub fn proof(&self, item: &Item) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = item.fact;
        while let Some(fact) = at.map(|at| self.items.fact(at)) {
            at = fact.from;
            if let Some(from) = at {
                steps.push(Step {
                    from: self.items.point(self.items.fact(from).point),
                    to: self.items.point(fact.point),
                    link: fact.link,
                    transformations: self.items.graph.how(fact.how).clone(),
                    confidence: self.confidence(&fact.link),
                    reason: self.settled(fact.reason, &fact.link),
                });
            }
        }
        steps.reverse();
        if item.fact.is_none() { self.way(item) } else { steps }
    }

    /// Lineage without filters may cover every column or not: the verdict is the same, the reason is another.
    fn settled(&self, reason: Reason, link: &Link) -> Reason {
        let Some(at) = described_at(reason, link) else { return reason };
        let learned = self.learned.read().unwrap_or_else(PoisonError::into_inner);
        let schema = learned.get(&at.0);
        let is_covered = schema.is_none_or(|schema| covers(&self.items.graph, self.items.when, at, schema));
        if is_covered { reason } else { Reason::Incomplete }
    }

    /// Datasets whose schemas would settle reasons in the proofs of items.
    pub fn unsettled<'i>(&self, items: impl IntoIterator<Item = &'i Item>) -> BTreeSet<u32> {
        let steps = items.into_iter().flat_map(|item| self.proof(item));
        steps.filter_map(|step| Some(described_at(step.reason, &step.link)?.0)).collect()
    }

    /// Takes schemas that reasons are settled by.
    pub fn learn(&self, schemas: Schemas) {
        self.learned.write().unwrap_or_else(PoisonError::into_inner).extend(schemas);
    }

    /// Of what is safe: how it is reached by tables.
    fn way(&self, item: &Item) -> Vec<Step> {
        let mut node = match &item.point {
            Point::Dataset(dataset) | Point::Column(dataset, _) => Node::Dataset(*dataset),
            Point::Job(job) => Node::Job(*job),
        };
        let mut steps = Vec::new();
        while let Some((_, Some(link))) = self.came.get(&node) {
            let from = link.edge.from;
            let (reason, confidence) = (Reason::NotReached, self.confidence(link));
            steps.push(Step { from: point(from), to: point(node), link: *link, transformations: Arc::default(), confidence, reason });
            if from == node {
                break;
            }
            node = from;
        }
        steps.reverse();
        steps
    }

    fn confidence(&self, link: &Link) -> Confidence {
        Confidence::of(&link.edge, is_alone(&self.items.graph, link.owner, self.items.when))
    }

    /// Counts of datasets, jobs and columns, by distance.
    pub fn by_depth(&self) -> BTreeMap<u32, [Counts; 3]> {
        let mut depths: BTreeMap<u32, [Counts; 3]> = BTreeMap::new();
        self.items.each_count(|sort, verdict, distance, count| depths.entry(distance).or_default()[sort].add_many(verdict, count));
        depths
    }

    /// Counts of datasets, jobs and columns.
    pub fn counts(&self) -> [Counts; 3] {
        let mut counts = [Counts::default(); 3];
        self.items.each_count(|sort, verdict, _, count| counts[sort].add_many(verdict, count));
        counts
    }
}

/// The output, and by whom, whose lineage a reason calls to be without filters.
fn described_at(reason: Reason, link: &Link) -> Option<(u32, Owner)> {
    let output = link.edge.to.dataset().filter(|_| reason == Reason::NoFilters)?;
    Some((output, link.edge.job(link.owner).map_or(link.owner, Owner::Job)))
}

impl Point {
    /// 0 for datasets, 1 for jobs, 2 for columns.
    pub fn sort(&self) -> usize {
        match self {
            Self::Dataset(_) => 0,
            Self::Job(_) => 1,
            Self::Column(..) => 2,
        }
    }
}

fn point(node: Node) -> Point {
    match node {
        Node::Dataset(dataset) => Point::Dataset(dataset),
        Node::Job(job) => Point::Job(job),
    }
}
