//! Effects spread, the worst first and of equally bad ones the nearest first, as in Dijkstra's algorithm:
//! no effect is worse than the one that it comes from, so that the first that reaches something is its
//! verdict, and the way it came is the proof.

use super::offer::{Offered, first_open};
use super::reads::{Known, Output, Reader, Steps, dataset_of, whole_link};
use super::rules::{Kind, Role};
use super::{Change, Point, Reason, Verdict};
use crate::fold::flow::Owner;
use crate::graph::{Basis, ColumnLink, ColumnNode, Edge, Link, Node, Origin};
use hashbrown::{HashMap, HashSet};
use schema::openlineage::facets::Transformation;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// Something is affected, and why.
#[derive(Clone, Debug)]
pub struct Fact {
    pub point: Point,
    pub verdict: Verdict,
    /// Dataset steps from the change, along the proof.
    pub distance: u32,
    /// The fact that it follows from; none for the change itself.
    pub from: Option<usize>,
    pub link: Link,
    pub transformations: Arc<[Transformation]>,
    pub reason: Reason,
}

/// Everything that is affected.
pub struct Spread<'s, 'g> {
    pub(super) steps: &'s Steps<'g>,
    kind: Option<Kind>,
    pub facts: Vec<Fact>,
    /// The fact that is each point's verdict.
    pub settled: HashMap<Point, usize>,
    open: BinaryHeap<(Verdict, Reverse<u32>, Reverse<usize>)>,
    /// The best that waits for each point, or is settled.
    best: HashMap<Point, (Verdict, Reverse<u32>)>,
    /// Datasets whose unproven uses were noted.
    pub(super) hidden: HashSet<u32>,
    /// Jobs that may fail because of the change itself: all that they write is downstream.
    pub failing: HashSet<u32>,
    /// What jobs were offered to be unknown of.
    pub(super) offered: HashMap<(u32, bool), Offered>,
}

impl<'s, 'g> Spread<'s, 'g> {
    pub fn new(steps: &'s Steps<'g>, kind: Option<Kind>) -> Self {
        let (facts, settled, open, best, hidden, failing, offered) = Default::default();
        Self { steps, kind, facts, settled, open, best, hidden, failing, offered }
    }

    /// Spreads a change until nothing new is affected.
    pub fn run(&mut self, change: &Change) {
        let (point, start) = self.start(change);
        self.settled.insert(point, start);
        match change {
            Change::Column { dataset, name, kind } => self.column_changes(start, *dataset, name, *kind),
            Change::Dataset(dataset) => self.dataset_goes(start, *dataset),
            Change::Stopped(job) | Change::Late(job) => self.job_changes(start, *job, matches!(change, Change::Late(_))),
        }
        while let Some((.., Reverse(fact))) = self.open.pop() {
            let point = self.facts[fact].point.clone();
            if self.settled.contains_key(&point) {
                continue;
            }
            self.settled.insert(point.clone(), fact);
            match point {
                Point::Dataset(dataset) => self.pass_dataset(fact, dataset),
                Point::Column(dataset, name) => self.pass_column(fact, dataset, &name),
                Point::Job(job) => self.pass_job(fact, job),
            }
        }
    }

    fn start(&mut self, change: &Change) -> (Point, usize) {
        let (point, node) = match change {
            Change::Column { dataset, name, .. } => (Point::Column(*dataset, name.as_str().into()), Node::Dataset(*dataset)),
            Change::Dataset(dataset) => (Point::Dataset(*dataset), Node::Dataset(*dataset)),
            Change::Stopped(job) | Change::Late(job) => (Point::Job(*job), Node::Job(*job)),
        };
        let edge = Edge {
            from: node,
            to: node,
            basis: Basis::Explicit,
            origin: Origin::Declared,
            columns: false,
            first: 0,
            last: 0,
            until: i64::MAX,
        };
        let link = Link { edge, owner: Owner::Job(0) };
        let (verdict, reason) = (Verdict::Breaks, Reason::Names);
        self.facts.push(Fact { point: point.clone(), verdict, distance: 0, from: None, link, transformations: Arc::default(), reason });
        (point, 0)
    }

    pub(super) fn push(
        &mut self,
        from: usize,
        point: Point,
        verdict: Verdict,
        reason: Reason,
        link: Link,
        transformations: &Arc<[Transformation]>,
    ) {
        if verdict == Verdict::Safe || self.settled.get(&point).is_some_and(|&known| self.facts[known].verdict >= verdict) {
            return;
        }
        let rank = (verdict, Reverse(self.distance(from, &point)));
        // Of equals the first is taken: what is no better than one that waits never is.
        match self.best.get_mut(&point) {
            Some(best) if *best >= rank => return,
            Some(best) => *best = rank,
            None => drop(self.best.insert(point.clone(), rank)),
        }
        self.wait(Fact { point, verdict, distance: rank.1.0, from: Some(from), link, transformations: transformations.clone(), reason });
    }

    /// Dataset steps to a point, by the way of a fact.
    fn distance(&self, from: usize, point: &Point) -> u32 {
        let step = match (&self.facts[from].point, point) {
            // A job stands at the distance of the step that it makes.
            (Point::Job(_), Point::Dataset(_) | Point::Column(..)) if self.facts[from].from.is_some() => 0,
            (_, Point::Dataset(to) | Point::Column(to, _)) => u32::from(!self.steps.graph.is_temporary(*to)),
            (_, Point::Job(_)) => 1,
        };
        self.facts[from].distance + step
    }

    fn wait(&mut self, fact: Fact) -> usize {
        let place = self.facts.len();
        self.open.push((fact.verdict, Reverse(fact.distance), Reverse(place)));
        self.facts.push(fact);
        place
    }

    pub(super) fn push_plain(&mut self, from: usize, point: Point, verdict: Verdict, reason: Reason, link: Link) {
        self.push(from, point, verdict, reason, link, &Arc::default());
    }

    /// What lineage that is only inferred proves.
    pub(super) fn trusted(&self, verdict: Verdict, hop: &ColumnLink) -> Verdict {
        if hop.basis == Basis::Inferred && !self.steps.trust.inferred { verdict.min(Verdict::Risky) } else { verdict }
    }

    /// One hop: what it leads to, and the job that takes it.
    pub(super) fn affect(&mut self, from: usize, reader: &Reader, hop: &ColumnLink, role: Role, verdict: Verdict, at_job: Reason) {
        let reason = if role == Role::Indirect { Reason::DecidedBy } else { Reason::MadeOf };
        let link = self.link_of(hop);
        let point = match &hop.to {
            ColumnNode::Column(dataset, name) => Point::Column(*dataset, name.clone()),
            ColumnNode::Dataset(dataset) => Point::Dataset(*dataset),
        };
        let at_job = if at_job == Reason::MadeOf { reason } else { at_job };
        if let Some(job) = reader.job {
            self.push(from, Point::Job(job), verdict, at_job, link, &hop.transformations);
        }
        self.push(from, point, verdict, reason, link, &hop.transformations);
    }

    /// Uses that what is known does not show: they may be there, or not.
    pub(super) fn unproven(&mut self, from: usize, reader: &Reader, kind: Kind, verdict: Verdict) -> Verdict {
        let mut found = Verdict::Safe;
        for hop in reader.hops.iter().filter(|hop| matches!(hop.from, ColumnNode::Dataset(_))) {
            let link = self.link_of(hop);
            let point = match &hop.to {
                ColumnNode::Column(dataset, name) => Point::Column(*dataset, name.clone()),
                ColumnNode::Dataset(dataset) => Point::Dataset(*dataset),
            };
            self.push(from, point, verdict, Reason::SomeColumn, link, &hop.transformations);
            found = verdict;
            if let Some(job) = reader.job {
                self.push(from, Point::Job(job), verdict, Reason::SomeColumn, link, &hop.transformations);
            }
        }
        let harmless = kind.further(Role::Indirect, Verdict::Risky) == Verdict::Safe;
        let fed = reader.fed.values().filter_map(|output| Some((output, hides(output)?)));
        let fed = fed.filter(|(_, reason)| !(harmless && *reason == Reason::NoFilters));
        let hidden: Vec<(&Output, Reason)> = fed.chain(first_open(reader).map(|output| (output, Reason::UseUnknown))).collect();
        for &(output, reason) in hidden.iter().filter(|(output, _)| output.fed) {
            self.push_plain(from, Point::Dataset(output.dataset), verdict, reason, output.link);
        }
        self.offer(from, reader);
        if let Some((&(output, reason), job)) = hidden.first().zip(reader.job) {
            self.push_plain(from, Point::Job(job), verdict, reason, output.link);
        }
        if !hidden.is_empty() {
            found = verdict;
        }
        if reader.bare
            && let Some(job) = reader.job
        {
            self.push_plain(from, Point::Job(job), verdict, Reason::UseUnknown, reader.link);
            found = verdict;
        }
        found
    }

    /// A dataset is no longer written, old, late, or holds other rows.
    fn pass_dataset(&mut self, fact: usize, dataset: u32) {
        let verdict = self.facts[fact].verdict.min(Verdict::Risky);
        let reads = self.steps.reads(dataset);
        for reader in &reads.readers {
            if let Some(job) = reader.job {
                self.push_plain(fact, Point::Job(job), verdict, Reason::FedBy, reader.link);
            }
            for hop in &reader.hops {
                self.reach(fact, hop, verdict);
            }
            for output in reader.fed.values() {
                if !reader.named.contains(&output.dataset) {
                    self.push_plain(fact, Point::Dataset(output.dataset), verdict, Reason::FedBy, output.link);
                } else if let Some(reason) = hides(output) {
                    self.push_plain(fact, Point::Dataset(output.dataset), verdict.min(Verdict::Unknown), reason, output.link);
                }
            }
            self.offer(fact, reader);
        }
    }

    fn reach(&mut self, from: usize, hop: &ColumnLink, verdict: Verdict) {
        let link = self.link_of(hop);
        let reason = if Role::of(hop) == Role::Indirect { Reason::DecidedBy } else { Reason::FedBy };
        let point = match &hop.to {
            ColumnNode::Column(dataset, name) => Point::Column(*dataset, name.clone()),
            ColumnNode::Dataset(dataset) => Point::Dataset(*dataset),
        };
        self.push(from, point, verdict, reason, link, &hop.transformations);
    }

    /// A column is made of what is affected, or decided by it.
    fn pass_column(&mut self, fact: usize, dataset: u32, name: &str) {
        // Columns of a changed dataset are affected as a whole: without a kind, only as old or late.
        let kind = self.kind.unwrap_or(Kind::Retyped);
        let verdict = self.facts[fact].verdict;
        let reads = self.steps.reads(dataset);
        for reader in &reads.readers {
            for (hop, role) in uses(&reader.hops, name) {
                let found = self.trusted(kind.further(role, verdict), hop);
                self.affect(fact, reader, hop, role, found, Reason::MadeOf);
            }
        }
        // Which column it is makes no difference to what is not known.
        if self.hidden.insert(dataset) {
            for reader in &reads.readers {
                self.unproven(fact, reader, kind, Verdict::Unknown);
            }
        }
    }

    /// Data that flows from job to job. What the other writes is told by this flow, also when the job itself was reached before.
    pub(super) fn pass_job(&mut self, fact: usize, job: u32) {
        let verdict = self.facts[fact].verdict.min(Verdict::Risky);
        for (&other, &link) in &self.steps.writes(job).jobs {
            let point = Point::Job(other);
            if self.settled.get(&point).is_some_and(|&known| self.facts[known].verdict >= verdict) {
                continue;
            }
            let (distance, reason) = (self.distance(fact, &point), Reason::JobToJob);
            let via = self.wait(Fact { point, verdict, distance, from: Some(fact), link, transformations: Arc::default(), reason });
            for (&dataset, output) in &self.steps.writes(other).datasets {
                if output.link.edge.basis == Basis::InputsOutputs {
                    self.push_plain(via, Point::Dataset(dataset), Verdict::Unknown, Reason::UseUnknown, output.link);
                }
            }
        }
    }

    fn link_of(&self, hop: &ColumnLink) -> Link {
        whole_link(dataset_of(&hop.from), hop)
    }
}

/// Why an output that is fed may use something that its lineage does not name; none when it does not.
fn hides(output: &Output) -> Option<Reason> {
    match output.known {
        Known::Complete => None,
        Known::NoFilters => Some(Reason::NoFilters),
        Known::Partial => Some(Reason::Incomplete),
        Known::TableOnly => Some(Reason::TableOnly),
    }
}

/// The column that a hop comes from.
fn named(hop: &ColumnLink) -> Option<&str> {
    if let ColumnNode::Column(_, used) = &hop.from { Some(used) } else { None }
}

/// Hops that use a column: it, what is inside it, or the structure around it. The hops are in order of
/// their sources, all of one dataset.
pub fn uses<'h>(hops: &'h [ColumnLink], name: &str) -> Vec<(&'h ColumnLink, Role)> {
    // What is no column comes last.
    let from = |bound: &str| hops.partition_point(|hop| named(hop).is_some_and(|used| used < bound));
    let of = |path: &str| hops[from(path)..].iter().take_while(move |hop| named(hop) == Some(path)).collect::<Vec<_>>();
    let inside = format!("{name}.");
    let within = hops[from(&inside)..].iter().take_while(|hop| named(hop).is_some_and(|used| used.starts_with(&inside)));
    let mut found: Vec<_> = of(name).into_iter().chain(within).map(|hop| (hop, Role::of(hop))).collect();
    for (end, _) in name.match_indices('.') {
        found.extend(of(&name[..end]).into_iter().map(|hop| (hop, Role::Around)));
    }
    found
}
