//! Who reads a dataset, and how much is known of what they do with it. One step of the graph, put
//! together from table edges and column hops; kept while one question is answered.

use super::{Schemas, Trust};
use crate::fold::flow::Owner;
use crate::graph::{Basis, ColumnLink, ColumnNode, Direction, Edge, Graph, Link, Node, Origin, Question, When, walk};
use hashbrown::{HashMap, HashSet};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// How far column lineage of an output can be believed to name everything that it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// Everything: what it does not name is not used.
    Complete,
    /// Every column, but no filter or join at all: these may not be reported.
    NoFilters,
    /// Not every column, or only inferred.
    Partial,
    /// Only the table edge.
    TableOnly,
}

/// Something that a reader writes.
#[derive(Clone, Debug)]
pub struct Output {
    /// The dataset.
    pub dataset: u32,
    /// How much its column lineage says.
    pub known: Known,
    /// The edge from what is read; to what does not name it, the edge from the job.
    pub link: Link,
    /// True when the dataset that is read feeds it.
    pub fed: bool,
}

/// One owner that reads a dataset.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Whose flows these are.
    pub owner: Owner,
    /// The job; none when a dataset declares its own origin.
    pub job: Option<u32>,
    /// That it reads.
    pub link: Link,
    /// True when it reads without feeding anything: what for is not known.
    pub bare: bool,
    /// What the dataset feeds, by number.
    pub fed: BTreeMap<u32, Output>,
    /// Everything that the job writes, as if the dataset did not feed it.
    pub writes: Rc<Writes>,
    /// Column hops from the dataset, in order of their ends.
    pub hops: Vec<ColumnLink>,
    /// Datasets that hops lead to.
    pub named: HashSet<u32>,
}

/// Everything that reads one dataset.
pub struct Reads {
    /// By owner.
    pub readers: Vec<Reader>,
}

/// What a job writes. Jobs that write much are read often: readers share it.
#[derive(Debug, Default)]
pub struct Writes {
    /// Datasets, by number; none of them fed by anything.
    pub datasets: BTreeMap<u32, Output>,
    /// Those of them that may use what their lineage does not name.
    pub open: Vec<u32>,
    /// Jobs that data flows to without a dataset between.
    pub jobs: BTreeMap<u32, Link>,
}

/// What column lineage by one owner says of an output.
#[derive(Default)]
struct Described {
    columns: BTreeSet<Arc<str>>,
    names_filters: bool,
}

/// Reads steps of the graph, each once.
pub struct Steps<'a> {
    pub graph: &'a Graph,
    /// The time that edges and column lineage must hold at.
    pub when: When,
    pub trust: Trust,
    schemas: &'a Schemas,
    reads: RefCell<HashMap<u32, Rc<Reads>>>,
    writes: RefCell<HashMap<u32, Rc<Writes>>>,
    described: RefCell<HashMap<u32, Rc<HashMap<Owner, Described>>>>,
    /// Datasets whose schema would be needed to judge their lineage.
    pub wanted: RefCell<BTreeSet<u32>>,
}

impl<'a> Steps<'a> {
    pub fn new(graph: &'a Graph, when: When, trust: Trust, schemas: &'a Schemas) -> Self {
        let (reads, writes, described, wanted) = Default::default();
        Self { graph, when, trust, schemas, reads, writes, described, wanted }
    }

    /// Who reads a dataset.
    pub fn reads(&self, dataset: u32) -> Rc<Reads> {
        if let Some(known) = self.reads.borrow().get(&dataset) {
            return known.clone();
        }
        let reads = Rc::new(Reads { readers: self.readers(dataset) });
        self.reads.borrow_mut().insert(dataset, reads.clone());
        reads
    }

    /// What a job writes.
    pub fn writes(&self, job: u32) -> Rc<Writes> {
        if let Some(known) = self.writes.borrow().get(&job) {
            return known.clone();
        }
        let (mut datasets, mut writes) = (BTreeMap::new(), Writes::default());
        for link in self.step(Node::Job(job)).into_iter().filter(|link| link.edge.from == Node::Job(job)) {
            match link.edge.to {
                Node::Dataset(dataset) => put(&mut datasets, dataset, link),
                Node::Job(other) if other != job => put(&mut writes.jobs, other, link),
                Node::Job(_) => {}
            }
        }
        for (dataset, link) in datasets {
            let known = self.known(&link.edge, dataset, Owner::Job(job), false);
            // What is said outright to feed it is all that does.
            if link.edge.basis != Basis::Explicit && known != Known::Complete {
                writes.open.push(dataset);
            }
            writes.datasets.insert(dataset, Output { dataset, known, link, fed: false });
        }
        let writes = Rc::new(writes);
        self.writes.borrow_mut().insert(job, writes.clone());
        writes
    }

    /// The edges of one step down, temporary datasets seen as any others, in order.
    fn step(&self, node: Node) -> Vec<Link> {
        let (max_depth, when) = (Some(1), self.when);
        let question = Question { max_depth, when, temporary: true, ..Question::all(node, Direction::Downstream) };
        let mut links = walk(self.graph, &question).links;
        links.sort_unstable_by_key(|link| (link.edge.from, link.edge.to, link.owner));
        links
    }

    fn readers(&self, dataset: u32) -> Vec<Reader> {
        let mut readers: BTreeMap<Owner, Reader> = BTreeMap::new();
        let links = self.step(Node::Dataset(dataset));
        for link in links.iter().filter(|link| link.edge.from == Node::Dataset(dataset)) {
            // What others say of a job counts as the job's.
            let owner = link.edge.job(link.owner).map_or(link.owner, Owner::Job);
            let reader = readers.entry(owner).or_insert_with(|| Reader::new(owner, *link));
            match link.edge.to {
                Node::Dataset(to) => reader.feed(to, *link),
                Node::Job(_) => reader.bare = true,
            }
        }
        for link in &links {
            if let (Node::Job(job), Node::Dataset(to)) = (link.edge.from, link.edge.to)
                && let Some(reader) = readers.get_mut(&Owner::Job(job))
            {
                reader.feed(to, *link);
            }
        }
        for hop in self.graph.column_hops(dataset, Direction::Downstream, self.when) {
            let link = whole_link(dataset, &hop);
            let reader = readers.entry(hop.owner).or_insert_with(|| Reader::new(hop.owner, link));
            // A hop without its table edge proves itself and nothing else.
            let link = Link { edge: Edge { columns: hop.basis != Basis::Inferred, ..link.edge }, ..link };
            let to = dataset_of(&hop.to);
            if !reader.fed.contains_key(&to) {
                reader.feed(to, link);
            }
            reader.named.insert(to);
            reader.hops.push(hop);
        }
        let mut readers: Vec<Reader> = readers.into_values().collect();
        readers.iter_mut().for_each(|reader| self.complete(reader));
        readers
    }

    /// Adds what the job writes besides, and how much is known of each output.
    fn complete(&self, reader: &mut Reader) {
        reader.bare &= reader.fed.is_empty();
        reader.writes = reader.job.map(|job| self.writes(job)).unwrap_or_default();
        reader.hops.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
        let inferred = reader.hops.iter().filter(|hop| hop.basis == Basis::Inferred).map(|hop| dataset_of(&hop.to));
        let inferred: HashSet<u32> = inferred.collect();
        for output in reader.fed.values_mut() {
            output.known = self.known(&output.link.edge, output.dataset, reader.owner, inferred.contains(&output.dataset));
        }
    }

    fn known(&self, edge: &Edge, dataset: u32, owner: Owner, inferred: bool) -> Known {
        match edge.basis {
            Basis::InputsOutputs | Basis::Inferred if edge.columns && self.trust.inferred => Known::Complete,
            Basis::InputsOutputs | Basis::Inferred if edge.columns || inferred => Known::Partial,
            Basis::InputsOutputs | Basis::Inferred => Known::TableOnly,
            Basis::Explicit | Basis::ColumnLineage if !edge.columns => Known::TableOnly,
            Basis::Explicit | Basis::ColumnLineage if self.trust.complete => Known::Complete,
            Basis::Explicit | Basis::ColumnLineage => self.described_by(dataset, owner),
        }
    }

    fn described_by(&self, dataset: u32, owner: Owner) -> Known {
        let described = self.described(dataset);
        let Some(said) = described.get(&owner) else { return Known::Partial };
        match self.schemas.get(&dataset) {
            Some(schema) if schema.is_empty() || !schema.iter().all(|column| said.covers(column)) => return Known::Partial,
            Some(_) => {}
            None => {
                self.wanted.borrow_mut().insert(dataset);
            }
        }
        if said.names_filters { Known::Complete } else { Known::NoFilters }
    }

    /// What column lineage says of an output, by who says it; what is inferred does not count.
    fn described(&self, dataset: u32) -> Rc<HashMap<Owner, Described>> {
        if let Some(known) = self.described.borrow().get(&dataset) {
            return known.clone();
        }
        let mut by_owner: HashMap<Owner, Described> = HashMap::new();
        for hop in self.graph.column_hops(dataset, Direction::Upstream, self.when).into_iter().filter(|hop| hop.basis != Basis::Inferred) {
            let described = by_owner.entry(hop.owner).or_default();
            described.names_filters |= super::rules::Role::of(&hop) == super::rules::Role::Indirect;
            if let ColumnNode::Column(_, name) = hop.to {
                described.columns.insert(name);
            }
        }
        let by_owner = Rc::new(by_owner);
        self.described.borrow_mut().insert(dataset, by_owner.clone());
        by_owner
    }
}

impl Described {
    /// True when lineage names the column, what is inside it, or what it is inside of.
    fn covers(&self, column: &str) -> bool {
        self.columns.iter().any(|named| &**named == column || is_inside(named, column) || is_inside(column, named))
    }
}

/// True when a dotted path lies inside another.
pub fn is_inside(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

impl Reader {
    fn new(owner: Owner, link: Link) -> Self {
        let job = if let Owner::Job(job) = owner { Some(job) } else { None };
        let (fed, writes, hops, named) = Default::default();
        Self { owner, job, link, bare: false, fed, writes, hops, named }
    }

    fn feed(&mut self, dataset: u32, link: Link) {
        let output = Output { dataset, known: Known::TableOnly, link, fed: true };
        let merge = |known: &mut Output| known.link.edge = merged(known.link.edge, &link.edge);
        self.fed.entry(dataset).and_modify(merge).or_insert(output);
    }

    /// What the job writes and the dataset does not feed.
    pub fn unfed(&self) -> impl Iterator<Item = &Output> {
        self.writes.datasets.values().filter(|output| !self.fed.contains_key(&output.dataset))
    }

    /// Everything that it writes.
    pub fn outputs(&self) -> impl Iterator<Item = &Output> {
        self.fed.values().chain(self.unfed())
    }
}

/// The dataset of one end of a hop.
pub fn dataset_of(node: &ColumnNode) -> u32 {
    let (ColumnNode::Column(dataset, _) | ColumnNode::Dataset(dataset)) = node;
    *dataset
}

fn put(links: &mut BTreeMap<u32, Link>, to: u32, link: Link) {
    links.entry(to).and_modify(|known| known.edge = merged(known.edge, &link.edge)).or_insert(link);
}

/// Of several edges between the same ends the surest, over all of their time.
fn merged(edge: Edge, other: &Edge) -> Edge {
    Edge {
        basis: edge.basis.min(other.basis),
        columns: edge.columns || other.columns,
        first: edge.first.min(other.first),
        last: edge.last.max(other.last),
        ..edge
    }
}

/// The table edge that a hop implies.
pub fn whole_link(dataset: u32, hop: &ColumnLink) -> Link {
    let edge = Edge {
        from: Node::Dataset(dataset),
        to: Node::Dataset(dataset_of(&hop.to)),
        basis: hop.basis,
        origin: Origin::Observed,
        columns: true,
        first: hop.first,
        last: hop.last,
        until: i64::MAX,
    };
    Link { edge, owner: hop.owner }
}
