//! The edges that facts take: of millions of facts few are ever shown, so that most only say how theirs is found.

use crate::fold::flow::Owner;
use crate::graph::{Basis, Direction, Edge, Graph, Hop, Link, Node, Origin, When};
use std::collections::BTreeMap;

/// How the edge of a fact is found, from what it follows from.
#[derive(Clone, Copy, Debug)]
pub enum Via {
    /// It is the column hop that is kept in this place.
    Hop(u32),
    /// The owner reads the dataset.
    Reads(Owner),
    /// The owner makes an output of the dataset.
    Feeds(Owner, u32),
    /// The job makes an output of a dataset, the first; seen from the job.
    Makes(u32, u32),
    /// The job writes the dataset, whatever it reads.
    Writes(u32, u32),
    /// Data flows from a job to another.
    Flows(u32, u32),
}

impl Via {
    /// The edge, where it is not kept itself.
    pub fn find(self, graph: &Graph, when: When, from: Node) -> Option<Link> {
        match (self, from) {
            (Self::Reads(owner), Node::Dataset(from)) => reading(graph, when, from, owner),
            (Self::Feeds(owner, to), Node::Dataset(from)) => feeding(graph, when, (from, to), owner),
            (Self::Makes(dataset, to), Node::Job(job)) => {
                let link = feeding(graph, when, (dataset, to), Owner::Job(job))?;
                Some(Link { edge: Edge { from, ..link.edge }, ..link })
            }
            (Self::Writes(job, to), _) => written(graph, when, job).datasets.remove(&to),
            (Self::Flows(job, to), _) => written(graph, when, job).jobs.remove(&to),
            _ => None,
        }
    }
}

/// What a job writes, and the jobs that data flows to without a dataset between.
#[derive(Default)]
pub struct Written {
    pub datasets: BTreeMap<u32, Link>,
    pub jobs: BTreeMap<u32, Link>,
}

/// What a job writes then, with the edges.
pub fn written(graph: &Graph, when: When, job: u32) -> Written {
    let mut written = Written::default();
    for link in graph.near(Node::Job(job), when).into_iter().filter(|link| link.edge.from == Node::Job(job)) {
        match link.edge.to {
            Node::Dataset(dataset) => put(&mut written.datasets, dataset, link),
            Node::Job(other) if other != job => put(&mut written.jobs, other, link),
            Node::Job(_) => {}
        }
    }
    written
}

fn put(links: &mut BTreeMap<u32, Link>, to: u32, link: Link) {
    links.entry(to).and_modify(|known| known.edge = known.edge.with(&link.edge)).or_insert(link);
}

/// The edge by which an owner makes `to` of a dataset: of several one.
fn feeding(graph: &Graph, when: When, (from, to): (u32, u32), owner: Owner) -> Option<Link> {
    let links = graph.near(Node::Dataset(from), when);
    let leads = |link: &&Link| link.edge.to == Node::Dataset(to) && reader(link) == owner;
    let edges = links.iter().filter(leads).copied();
    let table = edges.reduce(|known, link| Link { edge: known.edge.with(&link.edge), ..known });
    table.or_else(|| {
        let mut said = graph.said(from, Direction::Downstream, when);
        let said = said.find(|said| said.owner() == owner && said.output() == Some(to))?;
        let link = whole_link((from, to), owner, (said.basis(), said.first, said.last));
        Some(Link { edge: Edge { columns: said.basis() != Basis::Inferred, ..link.edge }, ..link })
    })
}

/// The edge by which an owner reads a dataset: of several the first.
fn reading(graph: &Graph, when: When, from: u32, owner: Owner) -> Option<Link> {
    let links = graph.near(Node::Dataset(from), when);
    let is_of = |link: &&Link| link.edge.from == Node::Dataset(from) && reader(link) == owner;
    links.iter().find(is_of).copied().or_else(|| {
        let said = graph.said(from, Direction::Downstream, when).find(|said| said.owner() == owner)?;
        Some(whole_link((from, said.output()?), owner, (said.basis(), said.first, said.last)))
    })
}

/// What others say of a job counts as the job's.
fn reader(link: &Link) -> Owner {
    link.edge.job(link.owner).map_or(link.owner, Owner::Job)
}

/// The table edge that a hop implies.
pub fn link_of(hop: &Hop) -> Link {
    whole_link((hop.from.dataset(), hop.to.dataset()), hop.owner, (hop.basis, hop.first, hop.last))
}

fn whole_link((from, to): (u32, u32), owner: Owner, (basis, first, last): (Basis, i64, i64)) -> Link {
    let (from, to) = (Node::Dataset(from), Node::Dataset(to));
    let edge = Edge { from, to, basis, origin: Origin::Observed, columns: true, first, last, until: i64::MAX };
    Link { edge, owner }
}
