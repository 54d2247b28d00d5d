//! What each dataset feeds, by whom, and how that is known: what is read of a million datasets when something changes.
//! Of now it lies in arrays, told when somebody asks (`blocks`); of other times, and where more flows than the edges of a
//! dataset say, it is put together anew.

use super::blocks::{ROWS, Table, Ways};
use super::code::Code;
use super::owned::BASES;
use super::snapshot::Graph;
use super::{Basis, Direction, Link, Node, When};
use crate::fold::flow::Owner;
use hashbrown::HashSet;
use std::sync::Arc;

/// In the begin of a row: put it together anew.
const SPECIAL: u32 = 1 << 31;

/// Something that an owner makes of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Whose flow it is: the job, or the dataset that declares it.
    pub owner: Owner,
    /// The dataset that is made; `Feed::NOTHING` for a job that reads and is not known to make anything of it.
    pub to: u32,
    /// How it is known: the surest way.
    pub basis: Basis,
    /// True when columns are known that make it.
    pub columns: bool,
    /// True when column lineage leads there,
    pub named: bool,
    /// some of it inferred.
    pub inferred: bool,
}

impl Feed {
    /// No dataset.
    pub const NOTHING: u32 = u32::MAX;

    fn key(&self) -> (Owner, u32) {
        (self.owner, self.to)
    }

    /// Edges and what is said of columns are one.
    fn with(self, other: &Self) -> Self {
        Self {
            basis: self.basis.min(other.basis),
            columns: self.columns || other.columns,
            named: self.named || other.named,
            inferred: self.inferred || other.inferred,
            ..self
        }
    }
}

/// Rows of a block, one after the other.
pub struct Feeds {
    begins: Vec<u32>,
    owners: Vec<Code>,
    targets: Vec<u32>,
    kinds: Vec<u8>,
}

impl Feeds {
    fn row(&self, row: usize) -> Option<impl Iterator<Item = Feed> + '_> {
        let (begin, end) = (self.begins[row], self.begins[row + 1] & !SPECIAL);
        (begin & SPECIAL == 0).then(|| (begin as usize..end as usize).map(|at| self.at(at)))
    }

    fn at(&self, at: usize) -> Feed {
        let kind = self.kinds[at];
        let is = |bit: u8| kind & bit != 0;
        let basis = BASES[usize::from(kind & 3)];
        Feed { owner: self.owners[at].into(), to: self.targets[at], basis, columns: is(4), named: is(8), inferred: is(16) }
    }

    fn push(&mut self, feed: &Feed) {
        self.owners.push(feed.owner.into());
        self.targets.push(feed.to);
        let bit = |is: bool, bit: u8| if is { bit } else { 0 };
        self.kinds.push(feed.basis as u8 | bit(feed.columns, 4) | bit(feed.named, 8) | bit(feed.inferred, 16));
    }
}

impl Table for Arc<Feeds> {
    fn tell(graph: &Graph, down: bool, first: u32, before: Option<&Self>, holds: &dyn Fn(usize) -> bool) -> Self {
        let mut feeds = Feeds { begins: Vec::with_capacity(ROWS + 1), owners: Vec::new(), targets: Vec::new(), kinds: Vec::new() };
        for row in 0..ROWS {
            let known = before.filter(|_| holds(row)).map(|before| before.row(row).map(Iterator::collect));
            let told: Option<Vec<Feed>> = known.unwrap_or_else(|| {
                let dataset = first + row as u32;
                (down && graph.is_plain(dataset)).then(|| graph.feeds_anew(dataset, When::Now))
            });
            let special = if told.is_none() { SPECIAL } else { 0 };
            feeds.begins.push(feeds.targets.len() as u32 | special);
            told.iter().flatten().for_each(|feed| feeds.push(feed));
        }
        feeds.begins.push(feeds.targets.len() as u32);
        feeds.owners.shrink_to_fit();
        feeds.targets.shrink_to_fit();
        feeds.kinds.shrink_to_fit();
        Self::new(feeds)
    }
}

impl Graph {
    /// What a dataset feeds then, in order of owners and of what is made; it stands for its class.
    pub fn feeds(&self, dataset: u32, when: When) -> Vec<Feed> {
        let told = || self.feeds.table(self, true, Ways::<Arc<Feeds>>::place(dataset))?.row(dataset as usize % ROWS).map(Iterator::collect);
        let told = if when == When::Now { told() } else { None };
        told.unwrap_or_else(|| self.feeds_anew(dataset, when))
    }

    /// What a job writes then, whatever it reads, in order; and jobs that data flows to from it without a dataset between.
    pub fn writes(&self, job: u32, when: When) -> (Vec<Feed>, Vec<u32>) {
        let owner = Owner::Job(job);
        let feed = |to, basis, columns| Feed { owner, to, basis, columns, named: false, inferred: false };
        let (mut writes, mut jobs) = (Vec::new(), Vec::new());
        match self.plain_writes(job, when) {
            Some(edges) => edges.for_each(|(to, edge)| join(&mut writes, feed(to, edge.basis, edge.columns))),
            None => {
                for link in self.near(Node::Job(job), when).iter().filter(|link| link.edge.from == Node::Job(job)) {
                    match link.edge.to {
                        Node::Dataset(to) => join(&mut writes, feed(to, link.edge.basis, link.edge.columns)),
                        Node::Job(other) => jobs.extend(Some(other).filter(|&other| other != job)),
                    }
                }
            }
        }
        // Names of one thing may lie apart.
        writes.sort_by_key(|feed| feed.to);
        merge(&mut writes);
        jobs.sort_unstable();
        jobs.dedup();
        (writes, jobs)
    }

    /// Wide fans are not put down pair by pair, and what flows between jobs changes with what others say of them.
    fn is_plain(&self, dataset: u32) -> bool {
        let members = self.members(&dataset);
        members.first() == Some(&dataset) && self.plain_step(dataset, When::Now).is_some()
    }

    pub(super) fn feeds_anew(&self, dataset: u32, when: When) -> Vec<Feed> {
        let mut feeds = Vec::new();
        let links = self.near(Node::Dataset(dataset), when);
        let (from_it, from_jobs): (Vec<&Link>, Vec<&Link>) = links.iter().partition(|link| link.edge.from == Node::Dataset(dataset));
        for link in from_it {
            // What others say of a job counts as the job's.
            let owner = link.edge.job(link.owner).map_or(link.owner, Owner::Job);
            let to = link.edge.to.dataset().unwrap_or(Feed::NOTHING);
            feeds.push(Feed { owner, to, basis: link.edge.basis, columns: link.edge.columns, named: false, inferred: false });
        }
        // Of flows from job to job what the jobs write that read the dataset.
        let readers: HashSet<Owner> = if from_jobs.is_empty() { HashSet::new() } else { feeds.iter().map(|feed| feed.owner).collect() };
        for link in from_jobs {
            let (Node::Job(job), Node::Dataset(to)) = (link.edge.from, link.edge.to) else { continue };
            if readers.contains(&Owner::Job(job)) {
                let (owner, basis, columns) = (Owner::Job(job), link.edge.basis, link.edge.columns);
                feeds.push(Feed { owner, to, basis, columns, named: false, inferred: false });
            }
        }
        feeds.sort_by_key(Feed::key);
        let edges = feeds.len();
        for said in self.said(dataset, Direction::Downstream, when) {
            let Some(to) = said.output() else { continue };
            let (owner, basis, inferred) = (said.owner(), said.basis(), said.basis() == Basis::Inferred);
            // Without its table edge it proves itself and nothing else.
            let known = feeds[..edges].binary_search_by_key(&(owner, to), Feed::key).ok().map(|at| feeds[at]);
            let (basis, columns) = known.map_or((basis, !inferred), |known| (known.basis, known.columns));
            feeds.push(Feed { owner, to, basis, columns, named: true, inferred });
        }
        feeds.sort_by_key(Feed::key);
        merge(&mut feeds);
        feeds
    }
}

/// Adds what may be the same as the last.
fn join(feeds: &mut Vec<Feed>, feed: Feed) {
    match feeds.last_mut().filter(|last| last.key() == feed.key()) {
        Some(last) => *last = last.with(&feed),
        None => feeds.push(feed),
    }
}

/// Makes one of neighbours that are about the same.
fn merge(feeds: &mut Vec<Feed>) {
    feeds.dedup_by(|next, kept| {
        let is_same = next.key() == kept.key();
        if is_same {
            *kept = kept.with(next);
        }
        is_same
    });
}
