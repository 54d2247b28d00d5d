//! What one event says, in terms of the catalog: entities with facets, a run's I/O, declared I/O.
//! Nothing is looked up here and nothing is merged.

use super::Stamp;
use super::identity;
use super::inference::Inference;
use super::statement::ExplicitFact;
use hashbrown::HashMap;
use schema::id;
use schema::json::Json;
use schema::log::ContentHash;
use schema::moment::Moment;
use schema::openlineage::facets::{self, ColumnLineage, RunName};
use schema::openlineage::{DatasetRef, Event, EventType, Facets};
use std::cell::RefCell;
use uuid::Uuid;

/// Bytes that the buffer of `content_hash` keeps between facets; one huge facet must not hold its size for ever.
const KEPT_TEXT: usize = 64 << 10;

/// One facet of an entity, canonical.
pub struct FacetFact<'a> {
    /// Its key.
    pub key: &'a str,
    /// Orders it against other assertions of the same key.
    pub stamp: Stamp,
    /// True when the event removes it.
    pub deleted: bool,
    /// What it says.
    pub json: &'a Json<'a>,
}

/// A dataset or job that an event names.
pub struct EntityFact<'a> {
    /// Derived id.
    pub id: Uuid,
    /// As sent.
    pub namespace: String,
    /// As sent.
    pub name: String,
    /// What the event says of it; empty when it is only referred to.
    pub facets: Vec<FacetFact<'a>>,
    /// False when the event only says that something else is also known by this name.
    pub named: bool,
}

/// Other names of a dataset, as one `symlinks` facet gives them.
pub struct AliasFact {
    /// Place in `Facts::datasets`.
    pub dataset: usize,
    /// Which assertion of the facet says so.
    pub stamp: Stamp,
    /// Places in `Facts::datasets`, true for what is called a table; empty when the facet is removed.
    pub others: Vec<(usize, bool)>,
}

/// What became of a dataset, said by its `lifecycleStateChange` facet.
pub struct LifecycleFact {
    /// Place in `Facts::datasets`.
    pub dataset: usize,
    /// True when it was dropped.
    pub dropped: bool,
    /// What it was called before, when it was renamed; a place in `Facts::datasets`.
    pub previous: Option<usize>,
}

/// Column lineage of one output.
pub struct ColumnFact {
    /// Place of the output in `Facts::datasets`.
    pub output: usize,
    /// Hash of the facet.
    pub hash: ContentHash,
    /// Decoded, each source with its place in `Facts::datasets`.
    pub sources: Vec<(usize, facets::ColumnSource)>,
    /// Who says so.
    pub basis: ColumnBasis,
}

/// How column lineage is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnBasis {
    /// By a `columnLineage` facet.
    Said,
    /// By the job's SQL.
    Inferred {
        /// True when nothing of the SQL had to be left out.
        complete: bool,
    },
}

/// A run as another one names it.
pub struct NamedRun {
    /// As sent.
    pub name: RunName,
    /// Derived key.
    pub id: Uuid,
    /// Derived id of its job.
    pub job: Uuid,
}

/// Who started a run.
pub struct ParentFact {
    /// Orders it against other assertions.
    pub stamp: Stamp,
    /// The run that started it.
    pub parent: NamedRun,
    /// The top of the chain, when said.
    pub root: Option<NamedRun>,
}

impl ParentFact {
    /// Both.
    pub fn runs(&self) -> impl Iterator<Item = &NamedRun> {
        std::iter::once(&self.parent).chain(&self.root)
    }
}

/// A run event's run.
pub struct RunFact<'a> {
    /// Derived key.
    pub id: Uuid,
    /// As sent.
    pub text: &'a str,
    /// START, COMPLETE, …
    pub event_type: Option<EventType>,
    /// Run facets by key: stamp and whether deleted. Bodies stay in the log.
    pub facets: Vec<(&'a str, Stamp, bool)>,
    /// The parent chain, when said.
    pub parent: Option<ParentFact>,
    /// The scheduled window, when said.
    pub nominal: Option<(Stamp, facets::NominalTime)>,
}

/// Everything one event says.
pub struct Facts<'a> {
    /// The event's number in the log.
    pub seq: u64,
    /// The event's content.
    pub hash: ContentHash,
    /// When it happened.
    pub time: Moment,
    /// Every dataset named, each once.
    pub datasets: Vec<EntityFact<'a>>,
    /// The event's own job first, then jobs that it refers to.
    pub jobs: Vec<EntityFact<'a>>,
    /// Only of a run event.
    pub run: Option<RunFact<'a>>,
    /// Places in `datasets`.
    pub inputs: Vec<usize>,
    /// Places in `datasets`.
    pub outputs: Vec<usize>,
    /// Column lineage by output.
    pub columns: Vec<ColumnFact>,
    /// The `lineage` facet of the job or of a dataset event's dataset.
    pub explicit: Option<ExplicitFact>,
    /// Other names of datasets.
    pub aliases: Vec<AliasFact>,
    /// Datasets dropped or renamed; only of events that say what has happened, not what is meant to.
    pub lifecycle: Vec<LifecycleFact>,
    /// True when the job's pattern says that every event stands alone (`COMPLETE_SNAPSHOT`, openlineage 2.3).
    pub is_snapshot: bool,
    /// True when this is a dataset event: its one dataset is `datasets[0]`.
    pub is_dataset_event: bool,
    /// False when a job event says nothing of inputs and outputs.
    pub has_io: bool,
    /// True when a dataset event says anything (also a removal) about where it comes from.
    pub declares_origin: bool,
    /// Of its facets; some are looked at twice.
    pub(super) hashes: Hashes<'a>,
}

/// Hashes of an event's facets that were computed, each once.
#[derive(Default)]
pub(super) struct Hashes<'a> {
    /// The event's canonical text, which its facets are parts of.
    text: &'a [u8],
    /// By where the facet is in memory: an event may have a hundred thousand.
    known: HashMap<usize, ContentHash>,
}

impl<'a> Hashes<'a> {
    /// Of a facet.
    pub fn of(&mut self, facet: &'a Json<'a>) -> ContentHash {
        let hash = || facet.part_of(self.text).map_or_else(|| content_hash(facet), ContentHash::of);
        *self.known.entry(std::ptr::from_ref(facet).addr()).or_insert_with(hash)
    }
}

/// Reads an event into facts. `text` is the canonical text that it was read from, `hash` that of the text. `inference` only
/// remembers answers; it decides nothing.
pub fn facts<'a>(event: &'a Event<'a>, text: &'a [u8], hash: ContentHash, seq: u64, inference: &mut Inference) -> Facts<'a> {
    let mut facts = Facts {
        seq,
        hash,
        time: event.time,
        datasets: Vec::with_capacity(event.inputs.len() + event.outputs.len() + 1),
        jobs: Vec::new(),
        run: None,
        inputs: Vec::new(),
        outputs: Vec::new(),
        columns: Vec::new(),
        explicit: None,
        aliases: Vec::new(),
        lifecycle: Vec::new(),
        is_snapshot: false,
        is_dataset_event: event.dataset.is_some(),
        has_io: event.has_io,
        declares_origin: false,
        hashes: Hashes { text, known: HashMap::new() },
    };
    let mut places = HashMap::with_capacity(facts.datasets.capacity());
    if let Some(dataset) = &event.dataset {
        let place = facts.dataset(dataset, event, &mut places);
        facts.declares_origin = dataset.facets.iter().any(|(key, _)| key == "columnLineage" || key == "lineage");
        facts.column_lineage(place, dataset, &mut places);
        if let Some(facet) = find(dataset.facets, "lineage") {
            facts.explicit(facet, &mut places);
        }
    }
    for input in &event.inputs {
        let place = facts.dataset(input, event, &mut places);
        facts.inputs.push(place);
    }
    for output in &event.outputs {
        let place = facts.dataset(output, event, &mut places);
        facts.outputs.push(place);
        facts.column_lineage(place, output, &mut places);
    }
    for list in [&mut facts.inputs, &mut facts.outputs] {
        list.sort_unstable();
        list.dedup();
    }
    if let Some(job) = &event.job {
        let facets = entity_facets(job.facets, event, &mut facts.hashes);
        facts.jobs.push(EntityFact {
            id: id::job(job.namespace, job.name),
            namespace: job.namespace.into(),
            name: job.name.into(),
            facets,
            named: true,
        });
        facts.is_snapshot = find(job.facets, "jobType").is_some_and(identity::is_snapshot);
        if let Some(facet) = find(job.facets, "lineage") {
            facts.explicit(facet, &mut places);
        }
    }
    facts.infer_columns(event, inference, &mut places);
    facts.run(event);
    facts
}

impl<'a> Facts<'a> {
    fn dataset(&mut self, dataset: &DatasetRef<'a>, event: &Event<'a>, places: &mut HashMap<Uuid, usize>) -> usize {
        let place = self.reference(dataset.namespace, dataset.name, places);
        // The same dataset twice in one event (a self-join): its facets are facts all the same.
        self.datasets[place].facets.extend(entity_facets(dataset.facets, event, &mut self.hashes));
        self.identity(place, dataset, event, places);
        place
    }

    /// What the dataset is also called, and what became of it.
    fn identity(&mut self, dataset: usize, said: &DatasetRef<'a>, event: &Event<'a>, places: &mut HashMap<Uuid, usize>) {
        if let Some(facet) = find(said.facets, "symlinks").filter(|facet| **facet != Json::Null) {
            let stamp = Stamp::new(event.time, event.event_type, self.hashes.of(facet));
            let links = if facets::is_deleted(facet) { Vec::new() } else { facets::symlinks(facet) };
            let is_table = |kind: &Option<String>| kind.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case("TABLE"));
            let links = links.iter().filter(|link| identity::joins(link));
            let others = links.map(|link| (self.alias(&link.namespace, &link.name, places), is_table(&link.kind)));
            let others = others.filter(|&(other, _)| other != dataset).collect();
            self.aliases.push(AliasFact { dataset, stamp, others });
        }
        // At START it is only meant to happen (openlineage 3.3).
        let has_happened = event.run.is_none() || event.event_type == Some(EventType::Complete);
        if has_happened && let Some(change) = find(said.facets, "lifecycleStateChange").and_then(facets::lifecycle) {
            let is = |state: &str| change.state.eq_ignore_ascii_case(state);
            let dropped = is("DROP");
            let previous = change.previous.as_ref().filter(|_| is("RENAME")).map(|(namespace, name)| self.alias(namespace, name, places));
            self.lifecycle.push(LifecycleFact { dataset, dropped, previous });
        }
    }

    /// A dataset that is only said to be another name.
    fn alias(&mut self, namespace: &str, name: &str, places: &mut HashMap<Uuid, usize>) -> usize {
        let known = self.datasets.len();
        let place = self.place_of(namespace, name, places);
        if place == known {
            self.datasets[place].named = false;
        }
        place
    }

    pub(super) fn reference(&mut self, namespace: &str, name: &str, places: &mut HashMap<Uuid, usize>) -> usize {
        let place = self.place_of(namespace, name, places);
        self.datasets[place].named = true;
        place
    }

    fn place_of(&mut self, namespace: &str, name: &str, places: &mut HashMap<Uuid, usize>) -> usize {
        let id = id::dataset(namespace, name);
        *places.entry(id).or_insert_with(|| {
            self.datasets.push(EntityFact { id, namespace: namespace.to_owned(), name: name.to_owned(), facets: Vec::new(), named: true });
            self.datasets.len() - 1
        })
    }

    fn column_lineage(&mut self, output: usize, dataset: &DatasetRef<'a>, places: &mut HashMap<Uuid, usize>) {
        let Some(facet) = find(dataset.facets, "columnLineage") else { return };
        let ColumnLineage { sources } = facets::column_lineage(facet);
        if sources.is_empty() || facets::is_deleted(facet) {
            return;
        }
        let hash = self.hashes.of(facet);
        let sources = sources.into_iter().map(|source| (self.reference(&source.namespace, &source.name, places), source)).collect();
        self.columns.push(ColumnFact { output, hash, sources, basis: ColumnBasis::Said });
    }

    fn run(&mut self, event: &Event<'a>) {
        let Some(run) = &event.run else { return };
        let mut hashes = std::mem::take(&mut self.hashes);
        let mut stamp = |facet: &'a Json<'a>| Stamp::new(event.time, event.event_type, hashes.of(facet));
        // `parentRun` is the key of old Airflow (openlineage 2.5).
        let parent = find(run.facets, "parent")
            .or_else(|| find(run.facets, "parentRun"))
            .and_then(|facet| Some((stamp(facet), facets::parent(facet)?)));
        let parent = parent.map(|(stamp, facets::Parent { parent, root })| ParentFact {
            stamp,
            parent: self.named_run(parent),
            root: root.map(|root| self.named_run(root)),
        });
        self.run = Some(RunFact {
            id: id::run(run.id),
            text: run.id,
            event_type: event.event_type,
            facets: run
                .facets
                .iter()
                .filter(|(_, facet)| *facet != Json::Null)
                .map(|(key, facet)| (key.as_ref(), stamp(facet), facets::is_deleted(facet)))
                .collect(),
            parent,
            nominal: find(run.facets, "nominalTime").and_then(|facet| Some((stamp(facet), facets::nominal_time(facet)?))),
        });
    }

    fn named_run(&mut self, name: RunName) -> NamedRun {
        let place = self.job_of(&name.namespace, &name.name);
        NamedRun { id: id::run(&name.run_id), job: self.jobs[place].id, name }
    }

    /// A job that the event refers to.
    pub(super) fn job_of(&mut self, namespace: &str, name: &str) -> usize {
        let id = id::job(namespace, name);
        self.jobs.push(EntityFact { id, namespace: namespace.to_owned(), name: name.to_owned(), facets: Vec::new(), named: true });
        self.jobs.len() - 1
    }
}

/// Hash of a facet whose place in the text is not known. Nearly every facet was seen before and only its hash is needed, so
/// its text is written into one buffer that each thread keeps.
fn content_hash(facet: &Json<'_>) -> ContentHash {
    thread_local! {
        static TEXT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    TEXT.with_borrow_mut(|text| {
        text.clear();
        text.shrink_to(KEPT_TEXT);
        facet.write_canonical(text);
        ContentHash::of(text)
    })
}

fn find<'a>(facets: Facets<'a>, wanted: &str) -> Option<&'a Json<'a>> {
    facets.iter().find(|(key, _)| key == wanted).map(|(_, facet)| facet)
}

fn entity_facets<'a>(facets: Facets<'a>, event: &Event<'a>, hashes: &mut Hashes<'a>) -> Vec<FacetFact<'a>> {
    let read = |(key, facet): &'a (std::borrow::Cow<'a, str>, Json<'a>)| {
        let stamp = Stamp::new(event.time, event.event_type, hashes.of(facet));
        FacetFact { key, stamp, deleted: facets::is_deleted(facet), json: facet }
    };
    // A null facet says nothing.
    facets.iter().filter(|(_, facet)| *facet != Json::Null).map(read).collect()
}
