//! Where a run's data came from: the runs that wrote what it read, and so on upstream.
//!
//! What an input's version names is exact. Without versions, a run read what the newest completed run
//! had written when it began; whoever was writing at that moment may have fed it too, and is listed as
//! such.

use super::dataset::Dataset;
use super::run::Run;
use super::run_events;
use crate::catalog::read::{EntityRow, RunRow};
use crate::completeness::{CompletenessFields, IncompleteReason};
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, app, load};
use crate::graphql::scalar::{DateTime, Long, count, small};
use crate::graphql::standing::completeness;
use async_graphql::{Context, Enum, SimpleObject};
use schema::json::Json;
use schema::openlineage::facets;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// Newest writers of a dataset that are looked through for the version that was read.
const VERSIONS: usize = 200;

/// Writers under way at one moment that are listed; streams have one, retries a few.
const UNDER_WAY: usize = 20;

/// The runs behind a run.
#[derive(SimpleObject)]
pub struct Provenance {
    /// All runs, the one asked about included.
    total_count: Long,
    /// Log sequence that the answer holds for.
    graph_version: Long,
    /// Nearest first.
    runs: Vec<ProvenanceRun>,
    /// What each of them read, and who had written it.
    reads: Vec<ProvenanceRead>,
    #[graphql(flatten)]
    completeness: CompletenessFields,
}

/// A run and how far upstream it is.
#[derive(SimpleObject)]
pub struct ProvenanceRun {
    /// Datasets between it and the run asked about.
    distance: i32,
    /// The run.
    run: Run,
}

/// How it is known who wrote what a run read.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ProvenanceBasis {
    /// The version that was read is the version that was written.
    Version,
    /// It was the newest completed write when the run began.
    Time,
    /// It was writing when the run began; what it had written by then may have been read.
    UnderWay,
}

/// A dataset that a run read.
#[derive(SimpleObject)]
pub struct ProvenanceRead {
    /// Who read it.
    reader: Run,
    /// What it read.
    dataset: Dataset,
    /// The version that it read, when the emitter says one.
    version: Option<String>,
    /// Who had written it; null when no known run had: a source.
    writer: Option<Run>,
    /// How that is known.
    basis: Option<ProvenanceBasis>,
    /// When the writer ended.
    written_at: Option<DateTime>,
}

/// Follows a run upstream, at most `max_depth` steps.
pub async fn provenance(ctx: &Context<'_>, run: Run, max_depth: Option<u32>) -> Result<Provenance> {
    let limit = app(ctx).limits.answer_items;
    let rests_on = completeness(ctx);
    let graph_version = app(ctx).graph().seq();
    let too_many = || format!("more than {limit} reads; ask for a smaller maxDepth");
    let mut trail = Trail { distances: [(run.0.number, 0)].into(), runs: vec![run.clone()], reads: Vec::new(), open: [run].into() };
    let mut cut = false;
    while let Some(reader) = trail.open.pop_front() {
        if max_depth.is_some_and(|max| trail.distances[&reader.0.number] >= max) {
            continue;
        }
        if trail.reads.len() >= limit {
            cut = true;
            break;
        }
        for read in reads_of(ctx, &reader).await? {
            trail.take(&reader, read);
        }
    }
    let runs = trail.runs.into_iter().map(|run| ProvenanceRun { distance: small(trail.distances[&run.0.number]), run });
    Ok(Provenance {
        total_count: count(trail.distances.len()),
        completeness: rests_on.and(cut.then(|| (IncompleteReason::AnswerLimit, too_many()))).into(),
        graph_version: graph_version.into(),
        runs: runs.collect(),
        reads: trail.reads,
    })
}

/// What was found so far, breadth first.
struct Trail {
    distances: HashMap<i64, u32>,
    runs: Vec<Run>,
    reads: Vec<ProvenanceRead>,
    open: VecDeque<Run>,
}

impl Trail {
    fn take(&mut self, reader: &Run, read: ProvenanceRead) {
        let distance = self.distances[&reader.0.number] + 1;
        if let Some(writer) = read.writer.as_ref().filter(|writer| !self.distances.contains_key(&writer.0.number)) {
            self.distances.insert(writer.0.number, distance);
            self.runs.push(writer.clone());
            self.open.push_back(writer.clone());
        }
        self.reads.push(read);
    }
}

/// Every input of a run, in order of namespace and name, each with everybody who may have written it.
async fn reads_of(ctx: &Context<'_>, reader: &Run) -> Result<Vec<ProvenanceRead>> {
    let inputs = reader.0.run.io(false);
    let rows = load(ctx).load_many(inputs.iter().map(|&number| DatasetNumber(number))).await?;
    let mut datasets: BTreeMap<(String, String), Arc<EntityRow>> = BTreeMap::new();
    for row in rows.into_values() {
        datasets.insert((row.namespace.clone(), row.name.clone()), row);
    }
    let versions = if inputs.is_empty() { HashMap::new() } else { versions(ctx, &reader.0, false).await? };
    let mut reads = Vec::new();
    for dataset in datasets.into_values() {
        // Under several names, of several versions the same one on every server.
        let version = dataset.members.iter().filter_map(|member| versions.get(member)).min().cloned();
        let mut writers = Vec::new();
        if let Some(version) = &version {
            writers.extend(writer_of(ctx, reader, &dataset, version).await?.map(|run| (run, ProvenanceBasis::Version)));
        }
        if writers.is_empty() {
            writers = writers_by_time(ctx, reader, &dataset).await?;
        }
        let read = |writer: Option<(RunRow, ProvenanceBasis)>| ProvenanceRead {
            reader: reader.clone(),
            dataset: Dataset(dataset.clone()),
            version: version.clone(),
            basis: writer.as_ref().map(|(_, basis)| *basis),
            written_at: writer.as_ref().and_then(|(run, _)| run.run.ended_at()).map(DateTime::from),
            writer: writer.map(|(run, _)| Run::from(run)),
        };
        if writers.is_empty() {
            reads.push(read(None));
        }
        reads.extend(writers.into_iter().map(|writer| read(Some(writer))));
    }
    Ok(reads)
}

/// When a run began, as far as it is known.
fn began(run: &RunRow) -> Option<i64> {
    run.run.started_at().or(run.run.span.map(|span| span.first))
}

/// The run that wrote this version, looked for among those that had ended by the end of the reader.
async fn writer_of(ctx: &Context<'_>, reader: &Run, dataset: &EntityRow, version: &str) -> Result<Option<RunRow>> {
    let by = reader.0.run.ended_at().or(reader.0.run.span.map(|span| span.last)).unwrap_or(i64::MAX);
    let writers = app(ctx).catalog.written_by(&dataset.members, by, VERSIONS).await.map_err(ApiError::from)?;
    for writer in writers.into_iter().filter(|writer| writer.number != reader.0.number) {
        let written = versions(ctx, &writer, true).await?;
        if dataset.members.iter().any(|member| written.get(member).is_some_and(|other| other == version)) {
            return Ok(Some(writer));
        }
    }
    Ok(None)
}

async fn writers_by_time(ctx: &Context<'_>, reader: &Run, dataset: &EntityRow) -> Result<Vec<(RunRow, ProvenanceBasis)>> {
    let Some(moment) = began(&reader.0) else { return Ok(Vec::new()) };
    let catalog = &app(ctx).catalog;
    let written = catalog.written_by(&dataset.members, moment, 2).await.map_err(ApiError::from)?;
    let others = |run: &RunRow| run.number != reader.0.number;
    let newest = written.into_iter().find(others).map(|run| (run, ProvenanceBasis::Time));
    let under_way = catalog.being_written_by(&dataset.members, moment, UNDER_WAY).await.map_err(ApiError::from)?;
    Ok(newest.into_iter().chain(under_way.into_iter().filter(others).map(|run| (run, ProvenanceBasis::UnderWay))).collect())
}

/// Versions that a run read or wrote, by the dataset's number under the name that the run used.
async fn versions(ctx: &Context<'_>, run: &RunRow, written: bool) -> Result<HashMap<u32, String>> {
    let facets = run_events::io_facets(&run_events::entries(ctx, run).await?, written);
    let version = |facets: &run_events::IoFacets| facets::version(&Json::parse(facets.get("version")?).ok()?);
    let stated: HashMap<(String, String), String> =
        facets.iter().filter_map(|(name, facets)| Some((name.clone(), version(facets)?))).collect();
    if stated.is_empty() {
        return Ok(HashMap::new());
    }
    let numbers: Vec<u32> = run.run.io(written).into_iter().collect();
    let rows = app(ctx).catalog.datasets(&numbers).await.map_err(ApiError::from)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.number, stated.get(&(row.namespace, row.name))?.clone()))).collect())
}
