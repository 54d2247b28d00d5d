//! Merges one event's facts into the entities and runs in memory and collects what must be written.
//! The rules of merging are `fold`'s; here they meet the catalog's numbers.

use super::Writer;
use super::journal::Journal;
use crate::fold::entity::Version;
use crate::fold::facts::{ColumnFact, EntityFact, FacetFact, Facts, NamedRun, RunFact};
use crate::fold::flow::{Changes, ColumnLineageFact, FlowFact, Owner};
use crate::fold::identity;
use crate::fold::run::{Run, RunFacet, RunLink};
use crate::fold::said::SaidFlow;
use hashbrown::{HashMap, HashSet};
use schema::log::ContentHash;
use schema::openlineage::facets;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Rows waiting for the commit.
#[derive(Default)]
pub(super) struct Batch {
    pub changes: Changes,
    /// Entries that were passed over, with the reason.
    pub unreadable: Vec<(u64, String)>,
    pub new_datasets: HashMap<u32, (Uuid, String, String)>,
    pub new_jobs: HashMap<u32, (Uuid, String, String)>,
    pub new_keys: Vec<(u32, String)>,
    pub dirty_datasets: HashSet<u32>,
    pub dirty_jobs: HashSet<u32>,
    pub dirty_runs: BTreeSet<(Uuid, u32)>,
    pub schema_columns: HashMap<u32, i64>,
    pub versions: HashMap<(i64, u32, ContentHash), Version>,
    pub content: Vec<(ContentHash, Vec<u8>)>,
    /// Datasets that an event names for the first time; until then they were only somebody's alias.
    pub newly_named: HashSet<u32>,
    /// Datasets whose identity may have changed.
    pub identities: HashSet<u32>,
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
    pub fn absorb(&mut self, mut facts: Facts<'_>) {
        let time = facts.time;
        let datasets: Vec<u32> = std::mem::take(&mut facts.datasets).into_iter().map(|fact| self.dataset(fact, time)).collect();
        let jobs: Vec<u32> = std::mem::take(&mut facts.jobs).into_iter().map(|fact| self.job(fact, time)).collect();
        let said = SaidFlow::of(&facts, |place| datasets[place]);
        self.identities(&facts.aliases, &facts.lifecycle, &datasets, &said.outputs, time);
        for fact in &facts.columns {
            self.column_lineage(fact, &datasets);
        }
        if let Some(fact) = &facts.explicit {
            self.explicit_lineage(fact, &datasets, &jobs);
        }
        let flow = match (&facts.run, jobs.first()) {
            (Some(run), Some(&job)) => self.run(run, job, &facts, said),
            (_, job) => said.declared(&facts, datasets.first().copied(), job.copied()),
        };
        self.batch.changes.flows.extend(flow);
    }

    fn dataset(&mut self, fact: EntityFact<'_>, time: schema::moment::Moment) -> u32 {
        let next = self.names.datasets.len() as u32;
        let id = *self.names.datasets.entry(fact.id).or_insert(next);
        let is_temporary_name = identity::is_temporary_name(&fact.namespace);
        if id == next {
            self.names.dataset_ids.push(fact.id);
            let names = &self.names.datasets;
            let ruled = self.naming.apply(id, (&fact.namespace, &fact.name), |id| names.get(id).copied());
            self.batch.changes.ruled.extend(ruled);
            self.batch.new_datasets.insert(id, (fact.id, fact.namespace, fact.name));
        }
        let entity = self.datasets.entry(id).or_default();
        if fact.named && entity.span.is_none() {
            self.batch.newly_named.insert(id);
            self.batch.changes.touched.insert(Owner::Dataset(id));
            entity.life.temporary |= is_temporary_name;
            // An alias that is now a dataset of its own.
            if is_temporary_name || id != next {
                self.batch.identities.insert(id);
            }
        }
        if fact.named {
            entity.seen(time);
        }
        self.batch.dirty_datasets.insert(id);
        for facet in fact.facets {
            self.facet(Owner::Dataset(id), &facet);
        }
        id
    }

    fn job(&mut self, fact: EntityFact<'_>, time: schema::moment::Moment) -> u32 {
        let next = self.names.jobs.len() as u32;
        let id = *self.names.jobs.entry(fact.id).or_insert(next);
        if id == next {
            self.names.job_ids.push(fact.id);
            self.batch.new_jobs.insert(id, (fact.id, fact.namespace, fact.name));
            self.batch.changes.touched.insert(Owner::Job(id));
        }
        self.jobs.entry(id).or_default().seen(time);
        self.batch.dirty_jobs.insert(id);
        for facet in fact.facets {
            self.facet(Owner::Job(id), &facet);
        }
        id
    }

    pub(super) fn derived_id(&self, dataset: u32) -> [u8; 16] {
        self.names.dataset_ids.get(dataset as usize).copied().unwrap_or_default().into_bytes()
    }

    pub(super) fn key(&mut self, key: &str) -> u32 {
        let (id, new) = self.names.facet_key(key);
        if new {
            self.batch.new_keys.push((id, key.to_owned()));
        }
        id
    }

    fn facet(&mut self, owner: Owner, fact: &FacetFact<'_>) {
        let key = self.key(fact.key);
        let (entity, number) = match owner {
            Owner::Dataset(id) => (self.datasets.entry(id).or_default(), i64::from(id) * 2),
            Owner::Job(id) => (self.jobs.entry(id).or_default(), i64::from(id) * 2 + 1),
        };
        let written = entity.assert(key, fact);
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
                self.batch.schema_columns.insert(id, column_count(fact));
            }
            if let (Owner::Dataset(id), "datasetType") = (owner, fact.key) {
                self.datasets.entry(id).or_default().life.typed_temporary = !fact.deleted && identity::is_temporary(fact.json);
                self.batch.identities.insert(id);
            }
        }
        if self.known_content.insert(fact.stamp.hash) {
            self.batch.content.push((fact.stamp.hash, fact.json.canonical()));
        }
    }

    fn column_lineage(&mut self, fact: &ColumnFact, datasets: &[u32]) {
        if self.known_columns.insert(fact.hash) {
            let numbered = ColumnLineageFact::of(fact, |place| datasets[place]);
            self.batch.changes.touched.extend(numbered.sources.iter().map(|source| Owner::Dataset(source.0)));
            self.batch.changes.columns.push(numbered);
        }
    }

    /// Merges an event of a run; returns the flow of one that stands alone for its window.
    fn run(&mut self, fact: &RunFact<'_>, job: u32, facts: &Facts<'_>, said: SaidFlow) -> Option<FlowFact> {
        let (time, seq) = (facts.time, facts.seq);
        let parent = fact.parent.as_ref().map(|said| {
            let root = said.root.as_ref().map(|root| self.named_run(root, time));
            (said.stamp, self.named_run(&said.parent, time), root)
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
        let mut io = Vec::new();
        for (role, named) in [&said.inputs, &said.outputs].into_iter().enumerate() {
            let fresh = named.iter().filter(|&&dataset| !run.has_io(dataset, role == 1));
            io.extend(fresh.map(|&dataset| (dataset, role as i64, id)));
        }
        let flow = run.flows(facts, said, job);
        self.batch.run_io.append(&mut io);
        self.batch.run_events.push((id, seq));
        flow
    }

    /// A run that another one names: kept as a placeholder until its own events come.
    fn named_run(&mut self, named: &NamedRun, time: schema::moment::Moment) -> RunLink {
        let job = self.names.jobs.get(&named.job).copied().unwrap_or_default();
        let known = self.runs.get(&(named.id, job)).is_some_and(|(_, run)| run.events > 0);
        if !known {
            self.run_mut(named.id, job).1.named(time, &named.name.run_id);
        }
        RunLink { run: named.id.into_bytes(), job }
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
    if fact.deleted { 0 } else { facets::schema(fact.json).fields.len() as i64 }
}
