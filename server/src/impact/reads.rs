//! Who reads a dataset, and how much is known of what they do with it. One step of the graph, put
//! together from table edges and column hops; kept while one question is answered.

use super::rules::Role;
use super::{Schemas, Trust};
use crate::fold::flow::Owner;
use crate::graph::{Basis, Direction, Edge, Graph, Hop, HopEnd, Link, Node, Origin, Question, When, walk};
use hashbrown::{HashMap, HashSet};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

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
    /// True when column hops lead to it.
    pub named: bool,
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
    /// Column hops from the dataset, in order of their ends by name.
    pub hops: Vec<Hop>,
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
    /// Numbers of their paths.
    columns: Vec<u32>,
    names_filters: bool,
}

/// Reads steps of the graph, each once.
pub struct Steps<'a> {
    pub graph: &'a Graph,
    /// The time that edges and column lineage must hold at.
    pub when: When,
    pub trust: Trust,
    schemas: &'a Schemas,
    /// True where a schema matters also to lineage that names no filter: where it decides more than the reason.
    exact: bool,
    reads: RefCell<HashMap<u32, Rc<Reads>>>,
    writes: RefCell<HashMap<u32, Rc<Writes>>>,
    described: RefCell<HashMap<(u32, Owner), Known>>,
    /// Datasets whose schema would be needed to judge their lineage.
    pub wanted: RefCell<BTreeSet<u32>>,
}

impl<'a> Steps<'a> {
    pub fn new(graph: &'a Graph, when: When, trust: Trust, schemas: &'a Schemas, exact: bool) -> Self {
        let (reads, writes, described, wanted) = Default::default();
        Self { graph, when, trust, schemas, exact, reads, writes, described, wanted }
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
            writes.datasets.insert(dataset, Output { dataset, known, link, fed: false, named: false });
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
        for hop in self.graph.hops(dataset, Direction::Downstream, self.when) {
            let link = whole_link(dataset, &hop);
            let reader = readers.entry(hop.owner).or_insert_with(|| Reader::new(hop.owner, link));
            // A hop without its table edge proves itself and nothing else.
            let link = Link { edge: Edge { columns: hop.basis != Basis::Inferred, ..link.edge }, ..link };
            reader.name(hop.to.dataset(), link);
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
        reader.hops.sort_by(|a, b| self.order(a.from, b.from).then_with(|| self.order(a.to, b.to)));
        let inferred = reader.hops.iter().filter(|hop| hop.basis == Basis::Inferred).map(|hop| hop.to.dataset());
        let inferred: HashSet<u32> = inferred.collect();
        for output in reader.fed.values_mut() {
            output.known = self.known(&output.link.edge, output.dataset, reader.owner, inferred.contains(&output.dataset));
        }
    }

    /// The order of ends of hops: columns before whole datasets, by dataset, then by name.
    fn order(&self, a: HopEnd, b: HopEnd) -> Ordering {
        match (a, b) {
            (HopEnd::Column(one, name), HopEnd::Column(other, named)) => one.cmp(&other).then_with(|| match name == named {
                true => Ordering::Equal,
                false => self.graph.path(name).cmp(&self.graph.path(named)),
            }),
            (HopEnd::Dataset(one), HopEnd::Dataset(other)) => one.cmp(&other),
            (HopEnd::Column(..), HopEnd::Dataset(_)) => Ordering::Less,
            (HopEnd::Dataset(_), HopEnd::Column(..)) => Ordering::Greater,
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
        let place = (dataset, owner);
        if let Some(known) = self.described.borrow().get(&place) {
            return *known;
        }
        let said = Described::of(self.graph, self.when, dataset);
        let mut described = self.described.borrow_mut();
        for (&owner, said) in &said {
            described.insert((dataset, owner), self.judged(dataset, said));
        }
        *described.entry(place).or_insert(Known::Partial)
    }

    fn judged(&self, dataset: u32, said: &Described) -> Known {
        match self.schemas.get(&dataset) {
            Some(schema) if !said.covers_all(self.graph, schema) => return Known::Partial,
            None if said.names_filters || self.exact => drop(self.wanted.borrow_mut().insert(dataset)),
            _ => {}
        }
        if said.names_filters { Known::Complete } else { Known::NoFilters }
    }
}

/// True when column lineage of an output by one owner names every column of a schema.
pub fn covers(graph: &Graph, when: When, (dataset, owner): (u32, Owner), schema: &[String]) -> bool {
    Described::of(graph, when, dataset).get(&owner).is_some_and(|said| said.covers_all(graph, schema))
}

impl Described {
    /// What column lineage says of an output, by who says it; what is inferred does not count.
    fn of(graph: &Graph, when: When, dataset: u32) -> HashMap<Owner, Self> {
        let mut by_owner: HashMap<Owner, Self> = HashMap::new();
        for hop in graph.hops(dataset, Direction::Upstream, when).filter(|hop| hop.basis != Basis::Inferred) {
            let described = by_owner.entry(hop.owner).or_default();
            described.names_filters = described.names_filters || Role::of(graph, &hop) == Role::Indirect;
            if let HopEnd::Column(_, name) = hop.to
                && described.columns.last() != Some(&name)
            {
                described.columns.push(name);
            }
        }
        by_owner
    }

    /// True when lineage names every column of a schema; one that lists none says nothing.
    fn covers_all(&self, graph: &Graph, schema: &[String]) -> bool {
        !schema.is_empty() && schema.iter().all(|column| self.covers(graph, column))
    }

    /// True when lineage names the column, what is inside it, or what it is inside of.
    fn covers(&self, graph: &Graph, column: &str) -> bool {
        if graph.path_number(column).is_some_and(|number| self.columns.contains(&number)) {
            return true;
        }
        let mut named = self.columns.iter().filter_map(|&name| graph.path(name));
        named.any(|named| &**named == column || is_inside(named, column) || is_inside(column, named))
    }
}

/// True when a dotted path lies inside another.
pub fn is_inside(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

impl Reader {
    fn new(owner: Owner, link: Link) -> Self {
        let job = if let Owner::Job(job) = owner { Some(job) } else { None };
        let (fed, writes, hops) = Default::default();
        Self { owner, job, link, bare: false, fed, writes, hops }
    }

    fn feed(&mut self, dataset: u32, link: Link) {
        let output = Output { dataset, known: Known::TableOnly, link, fed: true, named: false };
        let merge = |known: &mut Output| known.link.edge = merged(known.link.edge, &link.edge);
        self.fed.entry(dataset).and_modify(merge).or_insert(output);
    }

    /// A hop leads there; without a table edge, which this is instead.
    fn name(&mut self, dataset: u32, link: Link) {
        let output = Output { dataset, known: Known::TableOnly, link, fed: true, named: true };
        self.fed.entry(dataset).and_modify(|known| known.named = true).or_insert(output);
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
pub fn whole_link(dataset: u32, hop: &Hop) -> Link {
    let edge = Edge {
        from: Node::Dataset(dataset),
        to: Node::Dataset(hop.to.dataset()),
        basis: hop.basis,
        origin: Origin::Observed,
        columns: true,
        first: hop.first,
        last: hop.last,
        until: i64::MAX,
    };
    Link { edge, owner: hop.owner }
}
