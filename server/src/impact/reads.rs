//! Who reads a dataset, and what it feeds: one step of the graph, put together from what the graph knows of a dataset and
//! of a job. How much is known of what they do with it is in `described`, the edges behind it are in `links`.

use super::described::{Judged, Known, is_inside};
use super::rules::Role;
use super::{Schemas, Trust};
use crate::fold::flow::Owner;
use crate::graph::{Basis, Direction, Feed, Graph, Hop, HopEnd, Said, When};
use hashbrown::HashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// One owner that reads a dataset.
#[derive(Clone, Debug)]
pub struct Reader<'f> {
    /// Whose flows these are.
    pub owner: Owner,
    /// The job; none when a dataset declares its own origin.
    pub job: Option<u32>,
    /// True when it reads without feeding anything: what for is not known.
    pub bare: bool,
    /// What the dataset feeds, by number.
    pub fed: &'f [Feed],
    /// Everything that the job writes, as if the dataset did not feed it.
    pub writes: Rc<Writes>,
}

/// What a job writes. Jobs that write much are read often: readers share it.
#[derive(Debug, Default)]
pub struct Writes {
    /// Datasets, in order.
    pub datasets: Vec<u32>,
    /// Those of them that may use what their lineage does not name, in order.
    pub open: Vec<u32>,
    /// Jobs that data flows to without a dataset between.
    pub jobs: Vec<u32>,
    /// Datasets that no lineage says more of than that the job writes them.
    pub plain: Vec<u32>,
}

/// Hops of one dataset, until another is asked about: those of a million would not fit into memory.
type Latest = RefCell<Option<(u32, Rc<Vec<Hop>>)>>;

/// Reads steps of the graph.
pub struct Steps<'a> {
    pub graph: &'a Graph,
    /// The time that edges and column lineage must hold at.
    pub when: When,
    pub trust: Trust,
    pub judged: Judged<'a>,
    hops: Latest,
    writes: RefCell<HashMap<u32, Rc<Writes>>>,
}

impl<'a> Steps<'a> {
    pub fn new(graph: &'a Graph, when: When, trust: Trust, schemas: &'a Schemas, exact: bool) -> Self {
        let (hops, writes) = Default::default();
        Self { graph, when, trust, judged: Judged::new(schemas, exact), hops, writes }
    }

    /// What a dataset feeds, by owner.
    pub fn feeds(&self, dataset: u32) -> Vec<Feed> {
        self.graph.feeds(dataset, self.when)
    }

    /// Who reads a dataset, of what it feeds.
    pub fn readers<'f>(&self, feeds: &'f [Feed]) -> impl Iterator<Item = Reader<'f>> {
        feeds.chunk_by(|a, b| a.owner == b.owner).map(|feeds| {
            let owner = feeds[0].owner;
            let job = if let Owner::Job(job) = owner { Some(job) } else { None };
            // What is nothing comes last.
            let fed = &feeds[..feeds.partition_point(|feed| feed.to != Feed::NOTHING)];
            let writes = job.map(|job| self.writes(job)).unwrap_or_default();
            Reader { owner, job, bare: fed.is_empty(), fed, writes }
        })
    }

    /// Column hops that leave a dataset, in order of their sources by number; what is no column comes last.
    pub fn hops(&self, dataset: u32) -> Rc<Vec<Hop>> {
        if let Some((of, hops)) = &*self.hops.borrow()
            && *of == dataset
        {
            return hops.clone();
        }
        let mut hops: Vec<Hop> = self.graph.said(dataset, Direction::Downstream, self.when).flat_map(Said::hops).collect();
        hops.sort_by_key(|hop| (hop.from, hop.owner, hop.to));
        let hops = Rc::new(hops);
        *self.hops.borrow_mut() = Some((dataset, hops.clone()));
        hops
    }

    /// What a job writes.
    pub fn writes(&self, job: u32) -> Rc<Writes> {
        if let Some(known) = self.writes.borrow().get(&job) {
            return known.clone();
        }
        let (outputs, jobs) = self.graph.writes(job, self.when);
        let mut writes = Writes { jobs, ..Writes::default() };
        for feed in outputs {
            // What is said outright to feed it is all that does.
            if feed.basis != Basis::Explicit && self.known_of(&feed) != Known::Complete {
                writes.open.push(feed.to);
            }
            if feed.basis == Basis::InputsOutputs {
                writes.plain.push(feed.to);
            }
            writes.datasets.push(feed.to);
        }
        let writes = Rc::new(writes);
        self.writes.borrow_mut().insert(job, writes.clone());
        writes
    }

    /// Hops of a dataset that use a column, by the path and its number: it, what is inside it, or the structure around it.
    pub fn uses(&self, dataset: u32, (path, number): (&str, Option<u32>)) -> Vec<(Hop, Role)> {
        let hops = self.hops(dataset);
        let of = |number: Option<u32>| {
            let from = number.map(|number| HopEnd::Column(dataset, number));
            let begin = from.map_or(hops.len(), |from| hops.partition_point(|hop| hop.from < from));
            hops[begin..].iter().take_while(move |hop| Some(hop.from) == from)
        };
        let role = |hop: &Hop| (*hop, Role::of(self.graph, hop));
        let mut found: Vec<_> = of(number).map(role).collect();
        if !path.contains('.') && !self.graph.is_nested(dataset) {
            return found;
        }
        let source = |hop: &Hop| if let HopEnd::Column(_, used) = hop.from { self.graph.path(used) } else { None };
        found.extend(hops.iter().filter(|hop| source(hop).is_some_and(|used| is_inside(used, path))).map(role));
        for (end, _) in path.match_indices('.') {
            found.extend(of(self.graph.path_number(&path[..end])).map(|hop| (*hop, Role::Around)));
        }
        found
    }
}

impl Reader<'_> {
    /// True when the dataset that is read feeds that one.
    pub fn feeds(&self, dataset: u32) -> bool {
        self.fed.binary_search_by_key(&dataset, |feed| feed.to).is_ok()
    }

    /// What the job writes and the dataset does not feed.
    pub fn unfed(&self) -> impl Iterator<Item = u32> {
        self.writes.datasets.iter().copied().filter(|&output| !self.feeds(output))
    }
}
