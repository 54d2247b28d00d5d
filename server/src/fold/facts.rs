//! What one event says, in terms of the catalog: entities with facets, a run's I/O, declared I/O.
//! Nothing is looked up here and nothing is merged.

use super::Stamp;
use schema::id;
use schema::json::Json;
use schema::log::ContentHash;
use schema::moment::Moment;
use schema::openlineage::facets::{self, ColumnLineage, RunName};
use schema::openlineage::{DatasetRef, Event, EventType, Facets};
use std::collections::HashMap;
use uuid::Uuid;

/// One facet of an entity, canonical.
pub struct FacetFact<'a> {
    /// Its key.
    pub key: &'a str,
    /// Orders it against other assertions of the same key.
    pub stamp: Stamp,
    /// True when the event removes it.
    pub deleted: bool,
    /// Canonical JSON.
    pub body: Vec<u8>,
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
}

/// Column lineage of one output.
pub struct ColumnFact {
    /// Place of the output in `Facts::datasets`.
    pub output: usize,
    /// Hash of the facet.
    pub hash: ContentHash,
    /// Decoded, each source with its place in `Facts::datasets`.
    pub sources: Vec<(usize, facets::ColumnSource)>,
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
    pub parent: Option<(Stamp, facets::Parent)>,
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
    /// True when this is a dataset event: its one dataset is `datasets[0]`.
    pub is_dataset_event: bool,
    /// False when a job event says nothing of inputs and outputs.
    pub has_io: bool,
    /// True when a dataset event says anything (also a removal) about column lineage.
    pub declares_columns: bool,
}

/// Reads an event into facts.
pub fn facts<'a>(event: &'a Event<'a>, hash: ContentHash, seq: u64) -> Facts<'a> {
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
        is_dataset_event: event.dataset.is_some(),
        has_io: event.has_io,
        declares_columns: false,
    };
    let mut places = HashMap::new();
    if let Some(dataset) = &event.dataset {
        let place = facts.dataset(dataset, event, &mut places);
        facts.declares_columns = dataset.facets.iter().any(|(key, _)| key == "columnLineage");
        facts.column_lineage(place, dataset, &mut places);
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
        let facets = entity_facets(job.facets, event);
        facts.jobs.push(EntityFact {
            id: id::job(job.namespace, job.name),
            namespace: job.namespace.into(),
            name: job.name.into(),
            facets,
        });
    }
    facts.run(event);
    facts
}

impl<'a> Facts<'a> {
    fn dataset(&mut self, dataset: &DatasetRef<'a>, event: &Event<'a>, places: &mut HashMap<Uuid, usize>) -> usize {
        let place = self.reference(dataset.namespace, dataset.name, places);
        // The same dataset twice in one event (a self-join): its facets are facts all the same.
        self.datasets[place].facets.extend(entity_facets(dataset.facets, event));
        place
    }

    fn reference(&mut self, namespace: &str, name: &str, places: &mut HashMap<Uuid, usize>) -> usize {
        let id = id::dataset(namespace, name);
        *places.entry(id).or_insert_with(|| {
            self.datasets.push(EntityFact { id, namespace: namespace.to_owned(), name: name.to_owned(), facets: Vec::new() });
            self.datasets.len() - 1
        })
    }

    fn column_lineage(&mut self, output: usize, dataset: &DatasetRef<'a>, places: &mut HashMap<Uuid, usize>) {
        let Some((_, facet)) = dataset.facets.iter().find(|(key, _)| key == "columnLineage") else { return };
        let ColumnLineage { sources } = facets::column_lineage(facet);
        if sources.is_empty() || facets::is_deleted(facet) {
            return;
        }
        let hash = ContentHash::of(&facet.canonical());
        let sources = sources.into_iter().map(|source| (self.reference(&source.namespace, &source.name, places), source)).collect();
        self.columns.push(ColumnFact { output, hash, sources });
    }

    fn run(&mut self, event: &Event<'a>) {
        let Some(run) = &event.run else { return };
        let stamp = |facet: &Json<'_>| Stamp::new(event.time, event.event_type, ContentHash::of(&facet.canonical()));
        let find = |wanted: &str| run.facets.iter().find(|(key, _)| key == wanted).map(|(_, facet)| facet);
        // `parentRun` is the key of old Airflow (openlineage 2.5).
        let parent = find("parent").or_else(|| find("parentRun")).and_then(|facet| Some((stamp(facet), facets::parent(facet)?)));
        if let Some((_, parent)) = &parent {
            self.job_of(&parent.parent);
            parent.root.iter().for_each(|root| self.job_of(root));
        }
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
            nominal: find("nominalTime").and_then(|facet| Some((stamp(facet), facets::nominal_time(facet)?))),
        });
    }

    fn job_of(&mut self, run: &RunName) {
        let id = id::job(&run.namespace, &run.name);
        self.jobs.push(EntityFact { id, namespace: run.namespace.clone(), name: run.name.clone(), facets: Vec::new() });
    }
}

fn entity_facets<'a>(facets: Facets<'a>, event: &Event<'a>) -> Vec<FacetFact<'a>> {
    let read = |(key, facet): &'a (std::borrow::Cow<'a, str>, Json<'a>)| {
        let body = facet.canonical();
        let stamp = Stamp::new(event.time, event.event_type, ContentHash::of(&body));
        FacetFact { key, stamp, deleted: facets::is_deleted(facet), body }
    };
    // A null facet says nothing.
    facets.iter().filter(|(_, facet)| *facet != Json::Null).map(read).collect()
}
