//! Merges one event's facts into the entities and runs in memory and collects what must be written.
//! The rules of merging are `fold`'s; here they meet the catalog's numbers.

use super::Writer;
use super::journal::Journal;
use crate::fold::Stamp;
use crate::fold::entity::Version;
use crate::fold::facts::{ColumnFact, EntityFact, FacetFact, Facts, RunFact};
use crate::fold::flow::{Changes, ColumnLineageFact, FlowFact, FlowSource, Owner};
use crate::fold::run::{Run, RunFacet, RunLink};
use hashbrown::{HashMap, HashSet};
use schema::log::ContentHash;
use schema::openlineage::facets::{self, RunName};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Rows waiting for the commit.
#[derive(Default)]
pub(super) struct Batch {
    pub changes: Changes,
    pub new_datasets: HashMap<u32, (Uuid, String, String)>,
    pub new_jobs: HashMap<u32, (Uuid, String, String)>,
    pub new_keys: Vec<(u32, String)>,
    pub dirty_datasets: HashSet<u32>,
    pub dirty_jobs: HashSet<u32>,
    pub dirty_runs: BTreeSet<(Uuid, u32)>,
    pub schema_columns: HashMap<u32, i64>,
    pub versions: HashMap<(i64, u32, ContentHash), Version>,
    pub content: Vec<(ContentHash, Vec<u8>)>,
    pub run_events: Vec<(i64, u64)>,
    pub run_io: Vec<(u32, i64, i64)>,
    pub parents: Vec<(u32, u32)>,
    pub runs_added: u64,
    pub journal: Journal,
}

/// Facets that search shows or finds by.
const SEARCHED: [&str; 5] = ["schema", "documentation", "ownership", "tags", "columnLineage"];

impl Writer {
    /// Merges one event. `load` must have seen it.
    pub fn absorb(&mut self, facts: Facts<'_>) {
        let (time, seq, hash) = (facts.time, facts.seq, facts.hash);
        let stamp = Stamp::new(time, None, hash);
        let datasets: Vec<u32> = facts.datasets.into_iter().map(|fact| self.dataset(fact, time)).collect();
        let jobs: Vec<u32> = facts.jobs.into_iter().map(|fact| self.job(fact, time)).collect();
        let numbers = |places: &[usize]| -> Vec<u32> { places.iter().map(|&place| datasets[place]).collect() };
        let columns: Vec<(u32, ContentHash)> = facts.columns.iter().map(|fact| (datasets[fact.output], fact.hash)).collect();
        for fact in facts.columns {
            self.column_lineage(fact, &datasets);
        }
        let (inputs, outputs) = (numbers(&facts.inputs), numbers(&facts.outputs));
        match (facts.run, jobs.first()) {
            (Some(run), Some(&job)) => self.run(&run, job, time, seq, &inputs, &outputs, &columns),
            (None, Some(&job)) if facts.has_io => {
                self.batch.changes.flows.push(FlowFact {
                    owner: Owner::Job(job),
                    source: FlowSource::Declared(stamp),
                    inputs,
                    outputs,
                    columns,
                });
            }
            _ if facts.is_dataset_event && facts.declares_columns => {
                let owner = Owner::Dataset(datasets[0]);
                let outputs = vec![datasets[0]];
                self.batch.changes.flows.push(FlowFact { owner, source: FlowSource::Declared(stamp), inputs, outputs, columns });
            }
            _ => {}
        }
    }

    fn dataset(&mut self, fact: EntityFact<'_>, time: schema::moment::Moment) -> u32 {
        let next = self.names.datasets.len() as u32;
        let id = *self.names.datasets.entry(fact.id).or_insert(next);
        if id == next {
            self.batch.new_datasets.insert(id, (fact.id, fact.namespace, fact.name));
            self.batch.changes.touched.insert(Owner::Dataset(id));
        }
        self.datasets.entry(id).or_default().seen(time);
        self.batch.dirty_datasets.insert(id);
        for facet in fact.facets {
            self.facet(Owner::Dataset(id), facet);
        }
        id
    }

    fn job(&mut self, fact: EntityFact<'_>, time: schema::moment::Moment) -> u32 {
        let next = self.names.jobs.len() as u32;
        let id = *self.names.jobs.entry(fact.id).or_insert(next);
        if id == next {
            self.batch.new_jobs.insert(id, (fact.id, fact.namespace, fact.name));
            self.batch.changes.touched.insert(Owner::Job(id));
        }
        self.jobs.entry(id).or_default().seen(time);
        self.batch.dirty_jobs.insert(id);
        for facet in fact.facets {
            self.facet(Owner::Job(id), facet);
        }
        id
    }

    fn key(&mut self, key: &str) -> u32 {
        let (id, new) = self.names.facet_key(key);
        if new {
            self.batch.new_keys.push((id, key.to_owned()));
        }
        id
    }

    fn facet(&mut self, owner: Owner, fact: FacetFact<'_>) {
        let key = self.key(fact.key);
        let (entity, number) = match owner {
            Owner::Dataset(id) => (self.datasets.entry(id).or_default(), i64::from(id) * 2),
            Owner::Job(id) => (self.jobs.entry(id).or_default(), i64::from(id) * 2 + 1),
        };
        let written = entity.assert(key, &fact);
        for version in written.versions {
            let row = self.batch.versions.entry((number, key, version.last.hash)).or_insert(version);
            row.first = row.first.min(version.first);
            row.last = row.last.max(version.last);
        }
        if written.changed {
            if SEARCHED.contains(&fact.key) {
                self.batch.changes.touched.insert(owner);
            }
            if let (Owner::Dataset(id), "schema") = (owner, fact.key) {
                self.batch.schema_columns.insert(id, column_count(&fact));
            }
        }
        if self.known_content.insert(fact.stamp.hash) {
            self.batch.content.push((fact.stamp.hash, fact.body));
        }
    }

    fn column_lineage(&mut self, fact: ColumnFact, datasets: &[u32]) {
        if !self.known_columns.insert(fact.hash) {
            return;
        }
        let numbered =
            |(place, source): (usize, facets::ColumnSource)| (datasets[place], source.field, source.target, source.transformations);
        let sources: Vec<_> = fact.sources.into_iter().map(numbered).collect();
        self.batch.changes.touched.extend(sources.iter().map(|source| Owner::Dataset(source.0)));
        self.batch.changes.columns.push(ColumnLineageFact { hash: fact.hash, sources });
    }

    #[expect(clippy::too_many_arguments, reason = "one event's parts, each used once")]
    fn run(
        &mut self,
        fact: &RunFact<'_>,
        job: u32,
        time: schema::moment::Moment,
        seq: u64,
        inputs: &[u32],
        outputs: &[u32],
        columns: &[(u32, ContentHash)],
    ) {
        let parent = fact.parent.as_ref().map(|(stamp, parent)| {
            let root = parent.root.as_ref().map(|root| self.named_run(root, time));
            (*stamp, self.named_run(&parent.parent, time), root)
        });
        if let Some((_, link, _)) = &parent
            && link.job != job
            && self.known_parents.insert((job, link.job))
        {
            self.batch.parents.push((job, link.job));
        }
        let facets: Vec<(u32, RunFacet)> =
            fact.facets.iter().map(|&(key, stamp, deleted)| (self.key(key), RunFacet { stamp, deleted, seq })).collect();
        let (id, run) = self.run_mut(fact.id, job);
        run.observe(time, fact);
        if let Some((stamp, link, root)) = parent {
            run.set_parent(stamp, link, root);
        }
        facets.into_iter().for_each(|(key, facet)| run.set_facet(key, facet));
        let read = inputs.iter().filter(|&&dataset| run.inputs.insert(dataset)).map(|&dataset| (dataset, 0, id));
        let mut io: Vec<(u32, i64, i64)> = read.collect();
        io.extend(outputs.iter().filter(|&&dataset| run.outputs.insert(dataset)).map(|&dataset| (dataset, 1, id)));
        run.columns.extend(columns);
        self.batch.run_io.append(&mut io);
        self.batch.run_events.push((id, seq));
    }

    /// A run that another one names: kept as a placeholder until its own events come.
    fn named_run(&mut self, name: &RunName, time: schema::moment::Moment) -> RunLink {
        let job_id = schema::id::job(&name.namespace, &name.name);
        let job = self.names.jobs.get(&job_id).copied().unwrap_or_default();
        let key = schema::id::run(&name.run_id);
        let known = self.runs.get(&(key, job)).is_some_and(|(_, run)| run.events > 0);
        if !known {
            self.run_mut(key, job).1.named(time, &name.run_id);
        }
        RunLink { run: key.into_bytes(), job }
    }

    fn run_mut(&mut self, key: Uuid, job: u32) -> (i64, &mut Run) {
        self.batch.dirty_runs.insert((key, job));
        let (id, run) = self.runs.entry((key, job)).or_insert_with(|| {
            let id = self.next_run;
            self.next_run += 1;
            self.batch.runs_added += 1;
            (id, Run::default())
        });
        (*id, run)
    }
}

fn column_count(fact: &FacetFact<'_>) -> i64 {
    if fact.deleted {
        return 0;
    }
    schema::json::Json::parse(&fact.body).map_or(0, |json| facets::schema(&json).fields.len() as i64)
}
