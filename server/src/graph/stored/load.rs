//! Reads the graph from a file. The records are read one after the other and decoded by as many threads as there are
//! cores; then they are put together in their order.

use super::super::Builder;
use super::super::assertions::Rule;
use super::super::chunked::{Chunked, Leaf, Packed};
use super::super::class::{Class, ClassTable};
use super::super::classes::Classes;
use super::super::columns::{Column, ColumnFlow};
use super::super::identities::{Identities, Plain, Rest};
use super::super::lineages::{Content, KnownLineages};
use super::super::owned::OwnerVertex;
use super::super::snapshot::{DatasetVertex, Graph, JobFlows};
use super::parts::{Head, Owned, Part, Shared};
use super::record::RecordReader;
use super::{Held, StoredError};
use hashbrown::HashMap;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Threads that decode.
const MOST_THREADS: usize = 8;

fn head(file: &mut RecordReader<impl Read>) -> Result<Head, StoredError> {
    match Part::of(&file.next()?.ok_or(StoredError::Damaged)?)? {
        Part::Head(head) => Ok(head),
        _ => Err(StoredError::Damaged),
    }
}

impl Builder {
    /// What was written to a file, and what it holds for.
    pub fn restore(path: &Path) -> Result<(Self, Held), StoredError> {
        Self::read(BufReader::with_capacity(1 << 20, File::open(path)?))
    }

    pub(super) fn read(from: impl Read + Send) -> Result<(Self, Held), StoredError> {
        let mut file = RecordReader::new(from)?;
        let head = head(&mut file)?;
        let mut gathered = Gathered::default();
        decode(file)?.into_iter().for_each(|part| gathered.take(part));
        Ok((gathered.build(&head), head.held))
    }
}

/// Every further part, in order.
fn decode(file: RecordReader<impl Read + Send>) -> Result<Vec<Part>, StoredError> {
    let file = Mutex::new(file);
    let read = || -> Result<Vec<(u64, Part)>, StoredError> {
        let mut parts = Vec::new();
        loop {
            let record = file.lock().unwrap_or_else(PoisonError::into_inner).next()?;
            let Some(record) = record else { return Ok(parts) };
            parts.push((record.place, Part::of(&record)?));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let mut parts = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(read)).collect();
        let mut parts = read()?;
        for other in others {
            parts.extend(other.join().map_err(|_| StoredError::Damaged)??);
        }
        Ok::<_, StoredError>(parts)
    })?;
    parts.sort_unstable_by_key(|(place, _)| *place);
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}

/// What was read so far.
#[derive(Default)]
struct Gathered {
    datasets: Shared<DatasetVertex>,
    jobs: Shared<OwnerVertex>,
    statics: Shared<OwnerVertex>,
    job_flows: Shared<JobFlows>,
    classes: Shared<Class>,
    column_flows: Shared<ColumnFlow>,
    columns: Vec<Leaf<Column>>,
    texts: Vec<Leaf<Arc<str>>>,
    slots: Vec<Leaf<u32>>,
    hows: Vec<Leaf<Arc<[Transformation]>>>,
    identities: Vec<Leaf<Plain>>,
    rest: HashMap<u32, Rest>,
    rules: HashMap<u32, Rule>,
    lineages: KnownLineages,
    owned: Vec<Owned>,
}

impl Gathered {
    fn take(&mut self, part: Part) {
        match part {
            Part::Head(_) => {}
            Part::Datasets(run) => self.datasets.extend(run),
            Part::Jobs(run) => self.jobs.extend(run),
            Part::Statics(run) => self.statics.extend(run),
            Part::JobFlows(run) => self.job_flows.extend(run),
            Part::Classes(run) => self.classes.extend(run),
            Part::ColumnFlows(run) => self.column_flows.extend(run),
            Part::Columns(run) => self.columns.extend(run),
            Part::Texts(run) => self.texts.extend(run),
            Part::Slots(run) => self.slots.extend(run),
            Part::Hows(run) => self.hows.extend(run),
            Part::Identities(run) => self.identities.extend(run),
            Part::IdentityRest(some) => self.rest.extend(some),
            Part::Ruled(some) => self.rules.extend(some),
            Part::Lineages(some) => self.lineages.columns.extend(some),
            Part::Rows(some) => self.lineages.rows.extend(some),
            Part::Statements(some) => self.lineages.statements.extend(some),
            Part::Owned(some) => self.owned.extend(some),
        }
    }

    fn build(self, head: &Head) -> Builder {
        let lengths = &head.lengths;
        let mut graph = Graph {
            seq: head.held.seq,
            datasets: shared(self.datasets, lengths.datasets),
            jobs: shared(self.jobs, lengths.jobs),
            statics: shared(self.statics, lengths.statics),
            job_flows: shared(self.job_flows, lengths.job_flows),
            classes: ClassTable::of(shared(self.classes, lengths.classes)),
            column_flows: shared(self.column_flows, lengths.column_flows),
            edges: head.edges,
            column_edges: head.column_edges,
            any_dropped: head.any_dropped,
            any_temporary: head.any_temporary,
            ..Graph::default()
        };
        graph.columns = graph.columns.of_leaves(self.columns, lengths.columns);
        graph.hows = graph.hows.of_leaves(self.hows, lengths.hows);
        graph.names.texts = graph.names.texts.of_leaves(self.texts, lengths.texts);
        graph.names.slots = graph.names.slots.of_leaves(self.slots, lengths.slots);
        graph.names.room = head.room;
        let mut identities = Identities { rest: self.rest, ..Identities::default() };
        identities.plain = identities.plain.of_leaves(self.identities, lengths.identities);
        let mut builder = Builder {
            hows: graph.hows.iter().map(|(number, how)| (how.clone(), number)).collect(),
            lineages: self.lineages,
            classes: Classes::restore(identities, self.rules, &graph.classes),
            graph,
            ..Builder::default()
        };
        self.owned.into_iter().for_each(|owned| builder.own(owned));
        builder
    }
}

impl Builder {
    fn own(&mut self, owned: Owned) {
        let Owned { owner, flows, column_flows, columns, edges } = owned;
        column_flows.iter().for_each(|((_, hash), place)| self.share_hops(*hash, *place));
        self.flows.extend(flows.map(|flows| (owner, flows)));
        if !column_flows.is_empty() {
            self.owned_flows.insert(owner, column_flows.into_iter().collect());
        }
        self.column_counts.insert(owner, columns);
        self.edge_counts.insert(owner, edges);
    }

    /// Who says the same as the first who said it shares its hops again.
    fn share_hops(&mut self, hash: ContentHash, place: u32) {
        let Some(Content::Flow(first)) = self.lineages.content(hash) else { return };
        let hops = |place: u32| self.graph.column_flows.get(place).map(|flow| &flow.hops);
        let shared = hops(*first).filter(|shared| *first != place && Some(*shared) == hops(place)).cloned();
        if let Some(shared) = shared {
            self.graph.column_flows.get_mut(place).hops = shared;
        }
    }
}

fn shared<T: Clone + Default>(leaves: Shared<T>, length: usize) -> Chunked<T> {
    let values = Chunked::default().values;
    Chunked { values: Packed::of_leaves(&values, leaves, length) }
}
