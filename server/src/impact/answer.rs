//! The answer: everything downstream with its verdict, what is proven safe included, and how it adds up.

use super::reads::Steps;
use super::spread::{Fact, Spread};
use super::{Change, Kind, Point, Reason, Schemas, Step, Trust, Verdict};
use crate::fold::flow::Owner;
use crate::graph::{Basis, Graph, Link, Node, When};
use crate::lineage::Confidence;
use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// One thing downstream.
#[derive(Clone, Debug)]
pub struct Item {
    /// What.
    pub point: Point,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Dataset steps from the change, by the shortest way; a job stands at that of the step that it makes.
    pub distance: u32,
    /// The fact that proves it; none for what is safe.
    fact: Option<usize>,
}

/// How many there are of each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// [`Verdict::Breaks`].
    pub breaks: u64,
    /// [`Verdict::Risky`].
    pub risky: u64,
    /// [`Verdict::Unknown`].
    pub unknown: u64,
    /// [`Verdict::Safe`].
    pub safe: u64,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Breaks => &mut self.breaks,
            Verdict::Risky => &mut self.risky,
            Verdict::Unknown => &mut self.unknown,
            Verdict::Safe => &mut self.safe,
        };
        *count += 1;
    }
}

/// What a change does. Temporary datasets are passed through: they stand in proofs, not among the items.
pub struct Impact {
    /// Everything downstream, the worst first, then the nearest.
    pub items: Vec<Item>,
    /// Datasets whose schemas would tell how complete their column lineage is; ask again with them.
    pub wanted: BTreeSet<u32>,
    kind: Option<Kind>,
    facts: Vec<Fact>,
    /// How each dataset and job was first reached.
    came: HashMap<Node, (u32, Option<Link>)>,
    alone: HashMap<Owner, bool>,
}

/// Datasets whose schemas tell how complete their column lineage is, as far as the edges between datasets show: ask for
/// the impact with these.
pub fn wanted(graph: &Graph, when: When, change: &Change, trust: Trust) -> BTreeSet<u32> {
    let (change, schemas) = (canonical(graph, change), Schemas::new());
    let steps = Steps::new(graph, when, trust, &schemas);
    reach(&steps, &HashSet::new(), &change);
    steps.wanted.into_inner()
}

/// Says what a change does, or would have done then. Schemas are those of then; those that are not given count as fully covered by column lineage that names
/// any of their columns; which ones that were is in `wanted`.
pub fn impact(graph: &Graph, when: When, change: &Change, trust: Trust, schemas: &Schemas) -> Impact {
    let change = canonical(graph, change);
    let steps = Steps::new(graph, when, trust, schemas);
    let kind = match &change {
        Change::Column { kind, .. } => Some(*kind),
        Change::Dataset(_) => Some(Kind::Gone),
        Change::Stopped(_) | Change::Late(_) => None,
    };
    let mut spread = Spread::new(&steps, kind);
    spread.run(&change);
    let came = reach(&steps, &spread.failing, &change);
    let mut impact = Impact {
        items: items(&steps, &spread, &came, &change),
        wanted: BTreeSet::new(),
        kind,
        facts: spread.facts,
        came,
        alone: HashMap::new(),
    };
    impact.alone = impact
        .facts
        .iter()
        .map(|fact| fact.link.owner)
        .chain(impact.came.values().filter_map(|came| Some(came.1?.owner)))
        .map(|owner| (owner, false))
        .collect();
    impact.alone.iter_mut().for_each(|(owner, alone)| *alone = is_alone(graph, *owner, when));
    impact.wanted = steps.wanted.into_inner();
    impact
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

fn items(steps: &Steps<'_>, spread: &Spread<'_, '_>, came: &HashMap<Node, (u32, Option<Link>)>, change: &Change) -> Vec<Item> {
    // Of each dataset the columns that are affected by themselves, and its worst.
    let mut affected: HashMap<u32, BTreeMap<Arc<str>, usize>> = HashMap::new();
    for (point, &fact) in spread.settled.iter().filter(|(_, fact)| spread.facts[**fact].from.is_some()) {
        if let Point::Column(dataset, name) = point {
            affected.entry(*dataset).or_default().insert(name.clone(), fact);
        }
    }
    let settled = |point: &Point| spread.settled.get(point).copied().filter(|&fact| spread.facts[fact].from.is_some());
    let worst = |a: Option<usize>, b: Option<usize>| [a, b].into_iter().flatten().max_by_key(|&fact| spread.facts[fact].rank());
    let mut nodes: BTreeSet<Node> = came.keys().copied().collect();
    nodes.extend(spread.settled.keys().map(|point| match point {
        Point::Dataset(dataset) | Point::Column(dataset, _) => Node::Dataset(*dataset),
        Point::Job(job) => Node::Job(*job),
    }));
    let mut items = Vec::new();
    for node in nodes {
        let nearest = came.get(&node).map(|came| came.0).filter(|&distance| distance > 0);
        let mut item = |point: Point, fact: Option<usize>| {
            let distance = nearest.or_else(|| fact.map(|fact| spread.facts[fact].distance));
            // What is at the start and not reached again is the change itself.
            if let Some(distance) = distance {
                let verdict = fact.map_or(Verdict::Safe, |fact| spread.facts[fact].verdict);
                items.push(Item { point, verdict, distance, fact });
            }
        };
        match node {
            Node::Job(job) => item(Point::Job(job), settled(&Point::Job(job))),
            Node::Dataset(dataset) if steps.graph.is_temporary(dataset) => {}
            Node::Dataset(dataset) => {
                let whole = settled(&Point::Dataset(dataset));
                let mut columns: BTreeMap<Arc<str>, Option<usize>> =
                    steps.graph.columns_known(dataset, steps.when).into_iter().map(|name| (name, whole)).collect();
                for (name, &fact) in affected.get(&dataset).into_iter().flatten() {
                    columns.insert(name.clone(), worst(whole, Some(fact)));
                }
                if let Change::Column { dataset: changed, name, .. } = change
                    && *changed == dataset
                {
                    columns.remove(name.as_str());
                }
                item(Point::Dataset(dataset), columns.values().copied().fold(whole, worst));
                columns.into_iter().for_each(|(name, fact)| item(Point::Column(dataset, name), fact));
            }
        }
    }
    items.sort_by(|a, b| (b.verdict, a.distance, a.point.sort(), &a.point).cmp(&(a.verdict, b.distance, b.point.sort(), &b.point)));
    items
}

impl Fact {
    /// The worse is more, the nearer of equals is more; what is the thing's own before what is of the whole.
    fn rank(&self) -> (Verdict, std::cmp::Reverse<u32>, bool) {
        (self.verdict, std::cmp::Reverse(self.distance), matches!(self.point, Point::Column(..)))
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
        self.items.first().map_or(Verdict::Safe, |item| item.verdict)
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
        while let Some(fact) = at.map(|at| &self.facts[at]) {
            at = fact.from;
            if let Some(from) = at {
                steps.push(Step {
                    from: self.facts[from].point.clone(),
                    to: fact.point.clone(),
                    link: fact.link,
                    transformations: fact.transformations.clone(),
                    confidence: self.confidence(&fact.link),
                    reason: fact.reason,
                });
            }
        }
        steps.reverse();
        if item.fact.is_none() { self.way(item) } else { steps }
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
        Confidence::of(&link.edge, self.alone.get(&link.owner).copied().unwrap_or_default())
    }

    /// Counts of datasets, jobs and columns, by distance.
    pub fn by_depth(&self) -> BTreeMap<u32, [Counts; 3]> {
        let mut depths: BTreeMap<u32, [Counts; 3]> = BTreeMap::new();
        for item in &self.items {
            depths.entry(item.distance).or_default()[item.point.sort()].add(item.verdict);
        }
        depths
    }

    /// Counts of datasets, jobs and columns.
    pub fn counts(&self) -> [Counts; 3] {
        let mut counts = [Counts::default(); 3];
        self.items.iter().for_each(|item| counts[item.point.sort()].add(item.verdict));
        counts
    }
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
