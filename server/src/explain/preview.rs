//! What an event would change, compared with the catalog as it is now. The rules are the fold's own
//! (`Run::observe`, `Entity::assert`, `Flows::merge`), run on copies; nothing is written.

use super::change::{Change, Changes, EdgeChange, FacetChange, Named, NamedRun, RunChange, SchemaChange, columns_changed};
use super::numbers::Numbers;
use crate::app::App;
use crate::catalog::CatalogError;
use crate::catalog::read::{EntityRow, RunRow};
use crate::fold::entity::Entity;
use crate::fold::facts::{FacetFact, Facts, ParentFact, RunFact};
use crate::fold::flow::{self as graph, ColumnLineageFact, ExplicitLineageFact, FlowFact};
use crate::fold::run::{Run, RunFacet};
use crate::fold::said::SaidFlow;
use crate::fold::{Inference, Stamp, facts};
use crate::graph::preview::{LineageRows, lineages_of, preview};
use crate::graph::{Basis, Node, Origin};
use schema::log::ContentHash;
use schema::openlineage::Event;
use std::collections::HashMap;
use uuid::Uuid;

/// What one event would change. `hash` is its content's.
pub async fn changes(app: &App, event: &Event<'_>, hash: ContentHash) -> Result<Changes, CatalogError> {
    let facts = facts(event, b"", hash, u64::MAX, &mut Inference::default());
    let state = State::load(app, &facts).await?;
    let mut changes = Changes::default();
    changes.created.datasets =
        state.missing(facts.datasets.iter().map(|fact| (fact.id, Named::new(&fact.namespace, &fact.name))), &state.datasets);
    changes.created.jobs = state.missing(facts.jobs.iter().map(|fact| (fact.id, Named::new(&fact.namespace, &fact.name))), &state.jobs);
    changes.created.runs = new_runs(app, &facts).await?;
    for (entity, rows, kind) in
        facts.datasets.iter().map(|fact| (fact, &state.datasets, "dataset")).chain(facts.jobs.iter().map(|fact| (fact, &state.jobs, "job")))
    {
        let row = rows.get(&entity.id);
        for facet in &entity.facets {
            let change = state.facet(row.map(|row| &row.entity), facet);
            if kind == "dataset" && facet.key == "schema" && matches!(change, Change::New | Change::Changed | Change::Removed) {
                let before = match row {
                    Some(row) => app.catalog.current_facets(&[row]).await?.pop().and_then(|mut facets| facets.remove("schema")),
                    None => None,
                };
                let after = (!facet.deleted).then(|| facet.json.canonical());
                let (added, removed, retyped) = columns_changed(before.as_deref(), after.as_deref());
                changes.schemas.push(SchemaChange { dataset: Named::new(&entity.namespace, &entity.name), added, removed, retyped });
            }
            let of = Named::new(&entity.namespace, &entity.name);
            changes.facets.push(FacetChange { kind, of: Some(of), key: facet.key.to_owned(), change });
        }
    }
    let run = facts.run.as_ref().map(|fact| state.observe(fact, &facts));
    if let Some((change, _)) = &run {
        changes.run = Some(change.0.clone());
        changes.facets.extend(change.1.iter().cloned());
    }
    if let Some((fact, new)) = state.flow(&facts, run.map(|(_, run)| run)) {
        edges(app, &state, fact, new, &mut changes).await?;
    }
    Ok(changes)
}

/// The catalog's rows that the event touches.
struct State {
    datasets: HashMap<Uuid, EntityRow>,
    jobs: HashMap<Uuid, EntityRow>,
    keys: HashMap<String, u32>,
    run: Option<RunRow>,
    numbers: Numbers,
}

impl State {
    async fn load(app: &App, facts: &Facts<'_>) -> Result<Self, CatalogError> {
        let dataset_ids: Vec<Uuid> = facts.datasets.iter().map(|fact| fact.id).collect();
        let job_ids: Vec<Uuid> = facts.jobs.iter().map(|fact| fact.id).collect();
        let by_id = |rows: Vec<EntityRow>| rows.into_iter().map(|row| (row.id, row)).collect::<HashMap<_, _>>();
        let datasets = by_id(app.catalog.datasets_by_id(&dataset_ids).await?);
        let jobs = by_id(app.catalog.jobs_by_id(&job_ids).await?);
        let run = match (&facts.run, facts.jobs.first()) {
            (Some(run), Some(job)) => app.catalog.runs_by_id(run.id).await?.into_iter().find(|row| row.job_id == job.id),
            _ => None,
        };
        let numbers = Numbers::of(facts, &datasets, &jobs);
        Ok(Self { datasets, jobs, keys: app.catalog.facet_keys().await?, run, numbers })
    }

    fn missing(&self, named: impl Iterator<Item = (Uuid, Named)>, known: &HashMap<Uuid, EntityRow>) -> Vec<Named> {
        let mut names: Vec<Named> = named.filter(|(id, _)| !known.contains_key(id)).map(|(_, name)| name).collect();
        names.sort();
        names.dedup();
        names
    }

    /// A key that the catalog does not have yet gets a number that nothing has.
    fn key(&self, key: &str) -> u32 {
        self.keys.get(key).copied().unwrap_or(u32::MAX)
    }

    fn facet(&self, entity: Option<&Entity>, fact: &FacetFact<'_>) -> Change {
        let key = self.key(fact.key);
        let known = entity.and_then(|entity| entity.current.get(&key).copied()).filter(|_| key != u32::MAX);
        let known = known.map(|current| (current.stamp, current.deleted));
        change(known, fact.stamp, fact.deleted)
    }

    /// The run after the event, and what is different.
    fn observe(&self, fact: &RunFact<'_>, facts: &Facts<'_>) -> ((RunChange, Vec<FacetChange>), Run) {
        let before = self.run.as_ref().map(|row| row.run.clone());
        let mut run = before.clone().unwrap_or_default();
        run.observe(facts.time, fact);
        let mut facet_changes = Vec::new();
        for &(key, stamp, deleted) in &fact.facets {
            let known = run.facets.get(&self.key(key)).filter(|_| self.keys.contains_key(key));
            let change = change(known.map(|facet: &RunFacet| (facet.stamp, facet.deleted)), stamp, deleted);
            facet_changes.push(FacetChange { kind: "run", of: None, key: key.to_owned(), change });
        }
        let new = |places: &[usize], known: &std::collections::BTreeSet<u32>| {
            let fresh = places.iter().filter(|&&place| !known.contains(&self.numbers.dataset(facts.datasets[place].id)));
            fresh.map(|&place| Named::new(&facts.datasets[place].namespace, &facts.datasets[place].name)).collect()
        };
        let state = |run: &Run| format!("{:?}", run.state()).to_uppercase();
        let change = RunChange {
            id: fact.text.to_owned(),
            state_before: before.as_ref().filter(|run| run.events > 0).map(state),
            state_after: state(&run),
            new_inputs: new(&facts.inputs, &run.inputs),
            new_outputs: new(&facts.outputs, &run.outputs),
        };
        ((change, facet_changes), run)
    }

    /// The flow of data that the event says, as `catalog/absorb.rs` would hand it to the graph, and the
    /// facets that it names.
    fn flow(&self, facts: &Facts<'_>, run: Option<Run>) -> Option<(FlowFact, graph::Changes)> {
        let dataset = |place: usize| self.numbers.dataset(facts.datasets[place].id);
        let job = |place: usize| self.numbers.job(facts.jobs[place].id);
        let said = SaidFlow::of(facts, dataset);
        let own_job = (!facts.jobs.is_empty()).then(|| job(0));
        let fact = match (run, own_job) {
            (Some(mut run), Some(job)) => run.flows(facts, said, job).or_else(|| run.observed(job)),
            (_, job) => said.declared(facts, (!facts.datasets.is_empty()).then(|| dataset(0)), job),
        };
        let new = graph::Changes {
            columns: facts.columns.iter().map(|fact| ColumnLineageFact::of(fact, dataset)).collect(),
            explicit: facts.explicit.iter().map(|fact| ExplicitLineageFact::of(fact, dataset, job)).collect(),
            ..graph::Changes::default()
        };
        Some((fact?, new))
    }
}

/// The event's run, its parent and root, as far as nothing has named them before.
async fn new_runs(app: &App, facts: &Facts<'_>) -> Result<Vec<NamedRun>, CatalogError> {
    let (Some(run), Some(job)) = (&facts.run, facts.jobs.first()) else { return Ok(Vec::new()) };
    let own = NamedRun { id: run.text.to_owned(), job: Named::new(&job.namespace, &job.name) };
    let links = run.parent.iter().flat_map(ParentFact::runs).map(|named| &named.name);
    let named = links.map(|link| NamedRun { id: link.run_id.clone(), job: Named::new(&link.namespace, &link.name) });
    let mut all: Vec<NamedRun> = std::iter::once(own).chain(named).collect();
    all.sort();
    all.dedup();
    let mut new = Vec::new();
    for run in all {
        let job = schema::id::job(&run.job.namespace, &run.job.name);
        if app.catalog.runs_by_id(schema::id::run(&run.id)).await?.iter().all(|row| row.job_id != job) {
            new.push(run);
        }
    }
    Ok(new)
}

/// What an assertion does to what counts.
fn change(known: Option<(Stamp, bool)>, asserted: Stamp, deleted: bool) -> Change {
    match known {
        None if deleted => Change::Removed,
        None => Change::New,
        Some((stamp, _)) if stamp.hash == asserted.hash => Change::Unchanged,
        Some((stamp, _)) if stamp > asserted => Change::Older,
        Some(_) if deleted => Change::Removed,
        Some((_, true)) => Change::New,
        Some(_) => Change::Changed,
    }
}

async fn edges(app: &App, state: &State, fact: FlowFact, new: graph::Changes, changes: &mut Changes) -> Result<(), CatalogError> {
    let flows = if state.numbers.is_known(fact.owner) { app.catalog.flow_row(fact.owner).await? } else { None };
    let mut hashes: Vec<ContentHash> = fact.columns.iter().chain(&fact.inferred).map(|column| column.1).collect();
    hashes.extend(&fact.explicit);
    if let Some(flows) = &flows {
        hashes.extend(lineages_of(flows)?);
    }
    let rows = LineageRows { columns: app.catalog.column_rows(&hashes).await?, explicit: app.catalog.explicit_rows(&hashes).await? };
    let found = preview(flows.as_deref(), &rows, new, fact)?;
    let ends = found.added.iter().chain(&found.ended).flat_map(|edge| [edge.0, edge.1]);
    let names = state.numbers.names(app, ends).await?;
    let edge = |&(from, to, basis, origin): &(Node, Node, Basis, Origin)| EdgeChange {
        from: names.get(&from).cloned().unwrap_or_default(),
        to: names.get(&to).cloned().unwrap_or_default(),
        basis: match basis {
            Basis::Explicit => "EXPLICIT",
            Basis::ColumnLineage => "COLUMN_LINEAGE",
            Basis::Inferred => "INFERRED",
            Basis::InputsOutputs => "INPUTS_OUTPUTS",
        },
        origin: match origin {
            Origin::Observed => "OBSERVED",
            Origin::Declared => "DECLARED",
        },
    };
    changes.edges.added = found.added.iter().map(edge).collect();
    changes.edges.ended = found.ended.iter().map(edge).collect();
    changes.edges.not_all_compared = !found.complete;
    Ok(())
}
