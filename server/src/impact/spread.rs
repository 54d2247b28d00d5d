//! Effects spread, the worst first and of equally bad ones the nearest first, as in Dijkstra's algorithm:
//! no effect is worse than the one that it comes from, so that the first that reaches something is its
//! verdict, and the way it came is the proof.

use super::offer::{Offered, first_open};
use super::reads::{Known, Output, Reader, Steps, whole_link};
use super::rules::{Kind, Role};
use super::{Change, Reason, Verdict};
use crate::fold::flow::Owner;
use crate::graph::{Basis, Edge, Hop, HopEnd, Link, Node, Origin};
use hashbrown::{HashMap, HashSet};
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

/// Something that is affected, by numbers: there may be millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spot {
    /// A dataset as a whole.
    Dataset(u32),
    /// A column, by the number of its path; `UNNAMED` for one that no lineage names.
    Column(u32, u32),
    /// A job.
    Job(u32),
}

/// The path of a changed column that no lineage names, of any dataset.
pub const UNNAMED: u32 = u32::MAX;

/// What a fact that is not about columns does to their values.
const NO_HOW: u32 = u32::MAX;

/// Something is affected, and why.
#[derive(Clone, Debug)]
pub struct Fact {
    pub point: Spot,
    pub verdict: Verdict,
    /// Dataset steps from the change, along the proof.
    pub distance: u32,
    /// The fact that it follows from; none for the change itself.
    pub from: Option<u32>,
    pub link: Link,
    /// Number of what is done to the value.
    pub how: u32,
    pub reason: Reason,
}

/// What is known of something.
#[derive(Clone, Copy, Default)]
pub struct Found {
    /// The best that waits for it, or is settled.
    best: Option<(Verdict, Reverse<u32>)>,
    /// The fact that is its verdict.
    pub settled: Option<u32>,
}

/// Everything that is affected.
pub struct Spread<'s, 'g> {
    pub(super) steps: &'s Steps<'g>,
    kind: Option<Kind>,
    pub facts: Vec<Fact>,
    pub found: HashMap<Spot, Found>,
    /// Facts that wait, by verdict and distance, in the order in which they came.
    open: BTreeMap<(Reverse<Verdict>, u32), VecDeque<u32>>,
    /// Datasets whose unproven uses were noted.
    pub(super) hidden: HashSet<u32>,
    /// Jobs that may fail because of the change itself: all that they write is downstream.
    pub failing: HashSet<u32>,
    /// What jobs were offered to be unknown of.
    pub(super) offered: HashMap<(u32, bool), Offered>,
}

impl<'s, 'g> Spread<'s, 'g> {
    pub fn new(steps: &'s Steps<'g>, kind: Option<Kind>) -> Self {
        let (facts, found, open, hidden, failing, offered) = Default::default();
        Self { steps, kind, facts, found, open, hidden, failing, offered }
    }

    /// Spreads a change until nothing new is affected.
    pub fn run(&mut self, change: &Change) {
        let (point, start) = self.start(change);
        self.found.entry(point).or_default().settled = Some(start);
        match change {
            Change::Column { dataset, name, kind } => self.column_changes(start, *dataset, name, *kind),
            Change::Dataset(dataset) => self.dataset_goes(start, *dataset),
            Change::Stopped(job) | Change::Late(job) => self.job_changes(start, *job, matches!(change, Change::Late(_))),
        }
        while let Some(fact) = self.next() {
            let point = self.facts[fact as usize].point;
            let found = self.found.entry(point).or_default();
            if found.settled.is_some() {
                continue;
            }
            found.settled = Some(fact);
            match point {
                Spot::Dataset(dataset) => self.pass_dataset(fact, dataset),
                Spot::Column(dataset, name) => self.pass_column(fact, dataset, name),
                Spot::Job(job) => self.pass_job(fact, job),
            }
        }
    }

    /// The worst that waits, of equals the nearest, of equals the first.
    fn next(&mut self) -> Option<u32> {
        loop {
            let mut first = self.open.first_entry()?;
            match first.get_mut().pop_front() {
                Some(fact) => return Some(fact),
                None => drop(first.remove()),
            }
        }
    }

    fn start(&mut self, change: &Change) -> (Spot, u32) {
        let (point, node) = match change {
            Change::Column { dataset, name, .. } => {
                (Spot::Column(*dataset, self.steps.graph.path_number(name).unwrap_or(UNNAMED)), Node::Dataset(*dataset))
            }
            Change::Dataset(dataset) => (Spot::Dataset(*dataset), Node::Dataset(*dataset)),
            Change::Stopped(job) | Change::Late(job) => (Spot::Job(*job), Node::Job(*job)),
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
        self.facts.push(Fact { point, verdict, distance: 0, from: None, link, how: NO_HOW, reason });
        (point, 0)
    }

    pub(super) fn push(&mut self, from: u32, point: Spot, verdict: Verdict, reason: Reason, (link, how): (Link, u32)) {
        if verdict == Verdict::Safe {
            return;
        }
        let found = self.found.entry(point).or_default();
        if found.settled.is_some_and(|known| self.facts[known as usize].verdict >= verdict) {
            return;
        }
        let rank = (verdict, Reverse(distance(self.steps, &self.facts[from as usize], point)));
        // Of equals the first is taken: what is no better than one that waits never is.
        if found.best.is_some_and(|best| best >= rank) {
            return;
        }
        found.best = Some(rank);
        self.wait(Fact { point, verdict, distance: rank.1.0, from: Some(from), link, how, reason });
    }

    fn wait(&mut self, fact: Fact) -> u32 {
        let place = self.facts.len() as u32;
        self.open.entry((Reverse(fact.verdict), fact.distance)).or_default().push_back(place);
        self.facts.push(fact);
        place
    }

    pub(super) fn push_plain(&mut self, from: u32, point: Spot, verdict: Verdict, reason: Reason, link: Link) {
        self.push(from, point, verdict, reason, (link, NO_HOW));
    }

    /// What lineage that is only inferred proves.
    pub(super) fn trusted(&self, verdict: Verdict, hop: &Hop) -> Verdict {
        if hop.basis == Basis::Inferred && !self.steps.trust.inferred { verdict.min(Verdict::Risky) } else { verdict }
    }

    /// One hop: what it leads to, and the job that takes it.
    pub(super) fn affect(&mut self, from: u32, reader: &Reader, hop: &Hop, role: Role, verdict: Verdict, at_job: Reason) {
        let reason = if role == Role::Indirect { Reason::DecidedBy } else { Reason::MadeOf };
        let link = self.link_of(hop);
        let point = Spot::from(hop.to);
        let at_job = if at_job == Reason::MadeOf { reason } else { at_job };
        if let Some(job) = reader.job {
            self.push(from, Spot::Job(job), verdict, at_job, (link, hop.how));
        }
        self.push(from, point, verdict, reason, (link, hop.how));
    }

    /// Uses that what is known does not show: they may be there, or not.
    pub(super) fn unproven(&mut self, from: u32, reader: &Reader, kind: Kind, verdict: Verdict) -> Verdict {
        let mut found = Verdict::Safe;
        for hop in reader.hops.iter().filter(|hop| matches!(hop.from, HopEnd::Dataset(_))) {
            let link = self.link_of(hop);
            let point = Spot::from(hop.to);
            self.push(from, point, verdict, Reason::SomeColumn, (link, hop.how));
            found = verdict;
            if let Some(job) = reader.job {
                self.push(from, Spot::Job(job), verdict, Reason::SomeColumn, (link, hop.how));
            }
        }
        let harmless = kind.further(Role::Indirect, Verdict::Risky) == Verdict::Safe;
        let fed = reader.fed.values().filter_map(|output| Some((output, hides(output)?)));
        let fed = fed.filter(|(_, reason)| !(harmless && *reason == Reason::NoFilters));
        let hidden: Vec<(&Output, Reason)> = fed.chain(first_open(reader).map(|output| (output, Reason::UseUnknown))).collect();
        for &(output, reason) in hidden.iter().filter(|(output, _)| output.fed) {
            self.push_plain(from, Spot::Dataset(output.dataset), verdict, reason, output.link);
        }
        self.offer(from, reader);
        if let Some((&(output, reason), job)) = hidden.first().zip(reader.job) {
            self.push_plain(from, Spot::Job(job), verdict, reason, output.link);
        }
        if !hidden.is_empty() {
            found = verdict;
        }
        if reader.bare
            && let Some(job) = reader.job
        {
            self.push_plain(from, Spot::Job(job), verdict, Reason::UseUnknown, reader.link);
            found = verdict;
        }
        found
    }

    /// A dataset is no longer written, old, late, or holds other rows.
    fn pass_dataset(&mut self, fact: u32, dataset: u32) {
        let verdict = self.facts[fact as usize].verdict.min(Verdict::Risky);
        let reads = self.steps.reads(dataset);
        for reader in &reads.readers {
            if let Some(job) = reader.job {
                self.push_plain(fact, Spot::Job(job), verdict, Reason::FedBy, reader.link);
            }
            for hop in &reader.hops {
                self.reach(fact, hop, verdict);
            }
            for output in reader.fed.values() {
                if !output.named {
                    self.push_plain(fact, Spot::Dataset(output.dataset), verdict, Reason::FedBy, output.link);
                } else if let Some(reason) = hides(output) {
                    self.push_plain(fact, Spot::Dataset(output.dataset), verdict.min(Verdict::Unknown), reason, output.link);
                }
            }
            self.offer(fact, reader);
        }
    }

    fn reach(&mut self, from: u32, hop: &Hop, verdict: Verdict) {
        let link = self.link_of(hop);
        let reason = if Role::of(self.steps.graph, hop) == Role::Indirect { Reason::DecidedBy } else { Reason::FedBy };
        let point = Spot::from(hop.to);
        self.push(from, point, verdict, reason, (link, hop.how));
    }

    /// A column is made of what is affected, or decided by it.
    fn pass_column(&mut self, fact: u32, dataset: u32, name: u32) {
        // Columns of a changed dataset are affected as a whole: without a kind, only as old or late.
        let kind = self.kind.unwrap_or(Kind::Retyped);
        let verdict = self.facts[fact as usize].verdict;
        if self.is_passed(dataset, verdict, self.facts[fact as usize].distance) {
            return;
        }
        let reads = self.steps.reads(dataset);
        let Some(name) = self.steps.graph.path(name) else { return };
        for reader in &reads.readers {
            for (hop, role) in self.steps.uses(reader, name) {
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

    /// True when a dataset was passed as a whole with all that a fact about one of its columns could say: whoever reads it was
    /// told then, and nothing here is worse or nearer.
    fn is_passed(&self, dataset: u32, verdict: Verdict, distance: u32) -> bool {
        let whole = self.found.get(&Spot::Dataset(dataset)).and_then(|found| found.settled);
        whole.map(|whole| &self.facts[whole as usize]).is_some_and(|whole| {
            whole.from.is_some() && (whole.verdict.min(Verdict::Risky), Reverse(whole.distance)) >= (verdict, Reverse(distance))
        })
    }

    /// Data that flows from job to job. What the other writes is told by this flow, also when the job itself was reached before.
    pub(super) fn pass_job(&mut self, fact: u32, job: u32) {
        let verdict = self.facts[fact as usize].verdict.min(Verdict::Risky);
        for (&other, &link) in &self.steps.writes(job).jobs {
            let point = Spot::Job(other);
            let settled = self.found.get(&point).and_then(|found| found.settled);
            if settled.is_some_and(|known| self.facts[known as usize].verdict >= verdict) {
                continue;
            }
            let (distance, reason) = (distance(self.steps, &self.facts[fact as usize], point), Reason::JobToJob);
            let via = self.wait(Fact { point, verdict, distance, from: Some(fact), link, how: NO_HOW, reason });
            for (&dataset, output) in &self.steps.writes(other).datasets {
                if output.link.edge.basis == Basis::InputsOutputs {
                    self.push_plain(via, Spot::Dataset(dataset), Verdict::Unknown, Reason::UseUnknown, output.link);
                }
            }
        }
    }

    fn link_of(&self, hop: &Hop) -> Link {
        whole_link(hop.from.dataset(), hop)
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

/// Dataset steps to a point, by the way of a fact.
fn distance(steps: &Steps<'_>, fact: &Fact, point: Spot) -> u32 {
    let step = match (fact.point, point) {
        // A job stands at the distance of the step that it makes.
        (Spot::Job(_), Spot::Dataset(_) | Spot::Column(..)) if fact.from.is_some() => 0,
        (_, Spot::Dataset(to) | Spot::Column(to, _)) => u32::from(!steps.graph.is_temporary(to)),
        (_, Spot::Job(_)) => 1,
    };
    fact.distance + step
}

impl From<HopEnd> for Spot {
    fn from(end: HopEnd) -> Self {
        match end {
            HopEnd::Column(dataset, name) => Self::Column(dataset, name),
            HopEnd::Dataset(dataset) => Self::Dataset(dataset),
        }
    }
}

impl Steps<'_> {
    /// Hops of a reader that use a column: it, what is inside it, or the structure around it. The hops are in order of their
    /// sources, all of one dataset.
    pub fn uses<'h>(&self, reader: &'h Reader, name: &str) -> Vec<(&'h Hop, Role)> {
        let hops = &reader.hops;
        if hops.is_empty() {
            return Vec::new();
        }
        let named = |hop: &Hop| if let HopEnd::Column(_, used) = hop.from { self.graph.path(used).map(|used| &**used) } else { None };
        // What is no column comes last.
        let from = |bound: &str| hops.partition_point(|hop| named(hop).is_some_and(|used| used < bound));
        let of = |path: &str| hops[from(path)..].iter().take_while(move |hop| named(hop) == Some(path)).collect::<Vec<_>>();
        let mut found: Vec<_> = of(name).into_iter().map(|hop| (hop, Role::of(self.graph, hop))).collect();
        let inside = format!("{name}.");
        let within = hops[from(&inside)..].iter().take_while(|hop| named(hop).is_some_and(|used| used.starts_with(&inside)));
        found.extend(within.map(|hop| (hop, Role::of(self.graph, hop))));
        for (end, _) in name.match_indices('.') {
            found.extend(of(&name[..end]).into_iter().map(|hop| (hop, Role::Around)));
        }
        found
    }
}
