//! Effects spread, the worst first and of equally bad ones the nearest first, as in Dijkstra's algorithm:
//! no effect is worse than the one that it comes from, so that the first that reaches something is its
//! verdict, and the way it came is the proof.

use super::described::Known;
use super::links::Via;
use super::offer::{Offered, first_open};
use super::reads::{Reader, Steps};
use super::rules::{Kind, Role};
use super::{Change, Reason, Verdict};
use crate::fold::flow::Owner;
use crate::graph::{Basis, Feed, Hop, HopEnd};
use hashbrown::{HashMap, HashSet};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Something that is affected, by numbers: there may be millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// A column, by the number of its path; `UNNAMED` for one that no lineage names.
    Column(u32, u32),
    /// A dataset as a whole.
    Dataset(u32),
    /// A job.
    Job(u32),
}

/// The path of a changed column that no lineage names, of any dataset.
pub const UNNAMED: u32 = u32::MAX;

/// Something is affected, and why.
#[derive(Clone, Debug)]
pub struct Fact {
    pub point: Spot,
    pub verdict: Verdict,
    /// Dataset steps from the change, along the proof.
    pub distance: u32,
    /// The fact that it follows from; none for the change itself.
    pub from: Option<u32>,
    pub via: Via,
    pub reason: Reason,
}

/// Everything that came out, each in the place by which others know it.
#[derive(Default)]
pub struct Facts {
    pub all: Vec<Fact>,
    /// Column hops that some of them take.
    pub hops: Vec<Hop>,
}

/// How a fact follows from another.
#[derive(Clone, Copy)]
pub enum Way<'h> {
    /// By a column hop.
    Hop(&'h Hop),
    /// By an edge that is found again.
    Via(Via),
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
    pub facts: Facts,
    pub found: HashMap<Spot, Found>,
    /// Facts that wait, by verdict and distance, in the order in which they came.
    open: BTreeMap<(Reverse<Verdict>, u32), Vec<u32>>,
    /// Those of them that are next.
    round: std::vec::IntoIter<u32>,
    /// Datasets whose unproven uses were noted.
    pub(super) hidden: HashSet<u32>,
    /// Jobs that may fail because of the change itself: all that they write is downstream.
    pub failing: HashSet<u32>,
    /// What jobs were offered to be unknown of.
    pub(super) offered: HashMap<(u32, bool), Offered>,
}

impl<'s, 'g> Spread<'s, 'g> {
    pub fn new(steps: &'s Steps<'g>, kind: Option<Kind>) -> Self {
        let (facts, found, open, round, hidden, failing, offered) = Default::default();
        Self { steps, kind, facts, found, open, round, hidden, failing, offered }
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
            let point = self.facts.all[fact as usize].point;
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

    /// The worst that waits, of equals the nearest. Of these columns come first, since they prove more than their datasets, and
    /// those of one dataset together, since they have the same hops. What is pushed meanwhile is never worse or nearer.
    fn next(&mut self) -> Option<u32> {
        loop {
            if let Some(fact) = self.round.next() {
                return Some(fact);
            }
            let (_, mut facts) = self.open.pop_first()?;
            facts.sort_by_key(|&fact| self.facts.all[fact as usize].point);
            self.round = facts.into_iter();
        }
    }

    fn start(&mut self, change: &Change) -> (Spot, u32) {
        let (point, via) = match change {
            Change::Column { dataset, name, .. } => {
                let name = self.steps.graph.path_number(name).unwrap_or(UNNAMED);
                (Spot::Column(*dataset, name), Via::Reads(Owner::Dataset(*dataset)))
            }
            Change::Dataset(dataset) => (Spot::Dataset(*dataset), Via::Reads(Owner::Dataset(*dataset))),
            Change::Stopped(job) | Change::Late(job) => (Spot::Job(*job), Via::Reads(Owner::Job(*job))),
        };
        self.facts.all.push(Fact { point, verdict: Verdict::Breaks, distance: 0, from: None, via, reason: Reason::Names });
        (point, 0)
    }

    pub(super) fn push(&mut self, from: u32, point: Spot, verdict: Verdict, reason: Reason, way: Way<'_>) {
        if verdict == Verdict::Safe {
            return;
        }
        let found = self.found.entry(point).or_default();
        if found.settled.is_some_and(|known| self.facts.all[known as usize].verdict >= verdict) {
            return;
        }
        let rank = (verdict, Reverse(distance(self.steps, &self.facts.all[from as usize], point)));
        // Of equals the first is taken: what is no better than one that waits never is.
        if found.best.is_some_and(|best| best >= rank) {
            return;
        }
        found.best = Some(rank);
        let via = match way {
            Way::Hop(hop) => {
                self.facts.hops.push(*hop);
                Via::Hop(self.facts.hops.len() as u32 - 1)
            }
            Way::Via(via) => via,
        };
        self.wait(Fact { point, verdict, distance: rank.1.0, from: Some(from), via, reason });
    }

    fn wait(&mut self, fact: Fact) -> u32 {
        let place = self.facts.all.len() as u32;
        self.open.entry((Reverse(fact.verdict), fact.distance)).or_default().push(place);
        self.facts.all.push(fact);
        place
    }

    /// What lineage that is only inferred proves.
    pub(super) fn trusted(&self, verdict: Verdict, hop: &Hop) -> Verdict {
        if hop.basis == Basis::Inferred && !self.steps.trust.inferred { verdict.min(Verdict::Risky) } else { verdict }
    }

    /// One hop: what it leads to, and the job that takes it.
    pub(super) fn affect(&mut self, from: u32, hop: &Hop, role: Role, verdict: Verdict, at_job: Reason) {
        let reason = if role == Role::Indirect { Reason::DecidedBy } else { Reason::MadeOf };
        let at_job = if at_job == Reason::MadeOf { reason } else { at_job };
        if let Owner::Job(job) = hop.owner {
            self.push(from, Spot::Job(job), verdict, at_job, Way::Hop(hop));
        }
        self.push(from, Spot::from(hop.to), verdict, reason, Way::Hop(hop));
    }

    /// Uses that what is known does not show: they may be there, or not.
    pub(super) fn unproven(&mut self, from: u32, dataset: u32, reader: &Reader<'_>, kind: Kind) -> Verdict {
        let (mut found, verdict) = (Verdict::Safe, Verdict::Unknown);
        let hops = self.steps.hops(dataset);
        // What is no column comes last.
        let whole = hops.iter().rev().take_while(|hop| matches!(hop.from, HopEnd::Dataset(_)));
        for hop in whole.filter(|hop| hop.owner == reader.owner) {
            found = verdict;
            self.push(from, Spot::from(hop.to), verdict, Reason::SomeColumn, Way::Hop(hop));
            if let Some(job) = reader.job {
                self.push(from, Spot::Job(job), verdict, Reason::SomeColumn, Way::Hop(hop));
            }
        }
        let harmless = kind.further(Role::Indirect, Verdict::Risky) == Verdict::Safe;
        let mut first = None;
        for feed in reader.fed {
            let known = self.steps.known_of(feed);
            if let Some(reason) = known.hides().filter(|_| !(harmless && known == Known::NoFilters)) {
                let way = Way::Via(Via::Feeds(reader.owner, feed.to));
                self.push(from, Spot::Dataset(feed.to), verdict, reason, way);
                first = first.or(Some((way, reason)));
            }
        }
        self.offer(from, reader);
        let unfed = || first_open(reader).zip(reader.job).map(|(output, job)| (Way::Via(Via::Writes(job, output)), Reason::UseUnknown));
        if let Some((way, reason)) = first.or_else(unfed) {
            found = verdict;
            if let Some(job) = reader.job {
                self.push(from, Spot::Job(job), verdict, reason, way);
            }
        }
        if reader.bare
            && let Some(job) = reader.job
        {
            self.push(from, Spot::Job(job), verdict, Reason::UseUnknown, Way::Via(Via::Reads(reader.owner)));
            found = verdict;
        }
        found
    }

    /// A dataset is no longer written, old, late, or holds other rows.
    fn pass_dataset(&mut self, fact: u32, dataset: u32) {
        let verdict = self.facts.all[fact as usize].verdict.min(Verdict::Risky);
        let (steps, feeds) = (self.steps, self.steps.feeds(dataset));
        for reader in steps.readers(&feeds) {
            if let Some(job) = reader.job {
                self.push(fact, Spot::Job(job), verdict, Reason::FedBy, Way::Via(Via::Reads(reader.owner)));
            }
            reader.fed.iter().for_each(|feed| self.pass_output(fact, dataset, feed, verdict));
            self.offer(fact, &reader);
        }
    }

    /// An output that the dataset feeds: as a whole, or those of its columns that lineage names.
    fn pass_output(&mut self, fact: u32, dataset: u32, feed: &Feed, verdict: Verdict) {
        let (whole, way) = (Spot::Dataset(feed.to), Way::Via(Via::Feeds(feed.owner, feed.to)));
        if !feed.named {
            return self.push(fact, whole, verdict, Reason::FedBy, way);
        }
        let hidden = verdict.min(Verdict::Unknown);
        if !self.is_as_bad(fact, whole, hidden)
            && let Some(reason) = self.steps.known_of(feed).hides()
        {
            self.push(fact, whole, hidden, reason, way);
        }
        // What all of it is its columns are too.
        if !self.is_as_bad(fact, whole, verdict) {
            for hop in self.steps.graph.hops_between((dataset, feed.to), feed.owner, self.steps.when) {
                let reason = if Role::of(self.steps.graph, &hop) == Role::Indirect { Reason::DecidedBy } else { Reason::FedBy };
                self.push(fact, Spot::from(hop.to), verdict, reason, Way::Hop(&hop));
            }
        }
    }

    /// True when a fact could say nothing of a dataset as a whole, or of any of its columns, that is not known to be so or worse.
    fn is_as_bad(&self, fact: u32, whole: Spot, verdict: Verdict) -> bool {
        let known = self.found.get(&whole).and_then(|found| found.best);
        known.is_some_and(|known| known >= (verdict, Reverse(distance(self.steps, &self.facts.all[fact as usize], whole))))
    }

    /// A column is made of what is affected, or decided by it.
    fn pass_column(&mut self, fact: u32, dataset: u32, name: u32) {
        // Columns of a changed dataset are affected as a whole: without a kind, only as old or late.
        let kind = self.kind.unwrap_or(Kind::Retyped);
        let verdict = self.facts.all[fact as usize].verdict;
        if self.is_passed(dataset, verdict, self.facts.all[fact as usize].distance) {
            return;
        }
        let Some(path) = self.steps.graph.path(name) else { return };
        for (hop, role) in self.steps.uses(dataset, (path, Some(name))) {
            let found = self.trusted(kind.further(role, verdict), &hop);
            self.affect(fact, &hop, role, found, Reason::MadeOf);
        }
        // Which column it is makes no difference to what is not known.
        if self.hidden.insert(dataset) {
            let (steps, feeds) = (self.steps, self.steps.feeds(dataset));
            for reader in steps.readers(&feeds) {
                self.unproven(fact, dataset, &reader, kind);
            }
        }
    }

    /// True when a dataset was passed as a whole with all that a fact about one of its columns could say: whoever reads it was
    /// told then, and nothing here is worse or nearer.
    fn is_passed(&self, dataset: u32, verdict: Verdict, distance: u32) -> bool {
        let whole = self.found.get(&Spot::Dataset(dataset)).and_then(|found| found.settled);
        whole.map(|whole| &self.facts.all[whole as usize]).is_some_and(|whole| {
            whole.from.is_some() && (whole.verdict.min(Verdict::Risky), Reverse(whole.distance)) >= (verdict, Reverse(distance))
        })
    }

    /// Data that flows from job to job. What the other writes is told by this flow, also when the job itself was reached before.
    pub(super) fn pass_job(&mut self, fact: u32, job: u32) {
        let verdict = self.facts.all[fact as usize].verdict.min(Verdict::Risky);
        for &other in &self.steps.writes(job).jobs {
            let point = Spot::Job(other);
            let settled = self.found.get(&point).and_then(|found| found.settled);
            if settled.is_some_and(|known| self.facts.all[known as usize].verdict >= verdict) {
                continue;
            }
            let distance = distance(self.steps, &self.facts.all[fact as usize], point);
            let via = Via::Flows(job, other);
            let flow = self.wait(Fact { point, verdict, distance, from: Some(fact), via, reason: Reason::JobToJob });
            for &dataset in &self.steps.writes(other).plain {
                self.push(flow, Spot::Dataset(dataset), Verdict::Unknown, Reason::UseUnknown, Way::Via(Via::Writes(other, dataset)));
            }
        }
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
