//! Loaders: many small questions of one request become one statement each.

use super::charge::Tab;
use super::error::ApiError;
use crate::app::App;
use crate::catalog::read::EntityRow;
use crate::fold::flow::Owner;
use crate::log::number;
use crate::request;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Error};
use schema::log::Entry;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// A dataset by the catalog's number, or that of one of its aliases.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DatasetNumber(pub u32);

/// A job by the catalog's number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobNumber(pub u32);

/// The current facets of a dataset or job.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FacetsOf(pub Owner);

/// An entry of the log by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntrySeq(pub u64);

/// Bytes of entries read from the log at a time.
const ENTRY_BYTES: usize = 16 << 20;

/// What the loaders read from.
pub struct Source(Arc<App>, Tab);

/// Owners whose facets are.
const OWNERS_AT_ONCE: usize = 100;

/// The loader of one request.
pub type Loaders = DataLoader<Source>;

/// Canonical bodies of current facets by key.
pub type FacetBodies = Arc<HashMap<String, Vec<u8>>>;

/// Fresh loaders for a request.
pub fn loaders(app: Arc<App>, tab: Tab) -> Loaders {
    DataLoader::new(Source(app, tab), |batch| tokio::spawn(request::carried(batch)))
}

/// Datasets by the id of any of their names. What is only said to be a name of something that is not
/// known is none.
pub async fn datasets_by_id(ctx: &Context<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<EntityRow>>, Error> {
    let found = app(ctx).catalog.datasets_by_id(ids).await.map_err(ApiError::from)?;
    let numbers: Vec<DatasetNumber> = found.iter().map(|row| DatasetNumber(row.number)).collect();
    let whole = load(ctx).load_many(numbers).await?;
    let named = |number: u32| whole.get(&DatasetNumber(number)).filter(|row| row.entity.span.is_some()).cloned();
    Ok(found.into_iter().filter_map(|row| Some((row.id, named(row.number)?))).collect())
}

/// The app behind a request.
pub fn app<'a>(ctx: &Context<'a>) -> &'a Arc<App> {
    ctx.data_unchecked()
}

/// The loaders of a request.
pub fn load<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked()
}

impl Source {
    /// Datasets with everything known under any of their names.
    async fn whole(&self, numbers: &[u32]) -> Result<Vec<Arc<EntityRow>>, Error> {
        let graph = self.0.graph();
        let rows = self.0.catalog.whole_datasets(&graph.classes_of(numbers.iter().copied())).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(Arc::new).collect())
    }
}

impl Loader<DatasetNumber> for Source {
    type Value = Arc<EntityRow>;
    type Error = Error;

    async fn load(&self, keys: &[DatasetNumber]) -> Result<HashMap<DatasetNumber, Self::Value>, Self::Error> {
        let numbers: Vec<u32> = keys.iter().map(|key| key.0).collect();
        let rows = self.whole(&numbers).await?;
        let by_member: HashMap<u32, &Self::Value> =
            rows.iter().flat_map(|row| row.members.iter().map(move |&member| (member, row))).collect();
        Ok(keys.iter().filter_map(|key| Some((*key, (*by_member.get(&key.0)?).clone()))).collect())
    }
}

impl Loader<JobNumber> for Source {
    type Value = Arc<EntityRow>;
    type Error = Error;

    async fn load(&self, keys: &[JobNumber]) -> Result<HashMap<JobNumber, Self::Value>, Self::Error> {
        let numbers: Vec<u32> = keys.iter().map(|key| key.0).collect();
        let rows = self.0.catalog.jobs(&numbers).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(|row| (JobNumber(row.number), Arc::new(row))).collect())
    }
}

impl Loader<FacetsOf> for Source {
    type Value = FacetBodies;
    type Error = Error;

    async fn load(&self, keys: &[FacetsOf]) -> Result<HashMap<FacetsOf, Self::Value>, Self::Error> {
        let numbers = |pick: fn(Owner) -> Option<u32>| keys.iter().filter_map(|key| pick(key.0)).collect::<Vec<u32>>();
        let datasets = self.whole(&numbers(|o| if let Owner::Dataset(id) = o { Some(id) } else { None })).await?;
        let jobs = self.0.catalog.jobs(&numbers(|o| if let Owner::Job(id) = o { Some(id) } else { None })).await;
        let jobs = jobs.map_err(ApiError::from)?;
        let owners = datasets.iter().map(|row| Owner::Dataset(row.number)).chain(jobs.iter().map(|row| Owner::Job(row.number)));
        let rows: Vec<&EntityRow> = datasets.iter().map(AsRef::as_ref).chain(&jobs).collect();
        let mut facets = Vec::with_capacity(rows.len());
        for rows in rows.chunks(OWNERS_AT_ONCE) {
            let found = self.0.catalog.current_facets(rows).await.map_err(ApiError::from)?;
            self.1.memory(found.iter().flat_map(HashMap::values).map(Vec::len).sum()).await?;
            facets.extend(found);
        }
        Ok(owners.zip(facets).map(|(owner, facets)| (FacetsOf(owner), Arc::new(facets))).collect())
    }
}

impl Loader<EntrySeq> for Source {
    type Value = Arc<Entry>;
    type Error = Error;

    async fn load(&self, keys: &[EntrySeq]) -> Result<HashMap<EntrySeq, Self::Value>, Self::Error> {
        let mut seqs: Vec<u64> = keys.iter().map(|key| key.0).collect();
        let mut found = HashMap::with_capacity(keys.len());
        while !seqs.is_empty() {
            let read = self.0.log.read(seqs.clone(), ENTRY_BYTES).await.map_err(ApiError::from)?;
            let Some(last) = read.last().map(number) else { break };
            seqs.retain(|seq| *seq > last);
            // What a question looks at may be far more than what it is answered with.
            self.1.memory(read.iter().flatten().map(|entry| entry.payload.len()).sum()).await?;
            // What cannot be read is named by the status; a question for it alone says why.
            found.extend(read.into_iter().flatten().map(|entry| (EntrySeq(entry.seq), Arc::new(entry))));
        }
        Ok(found)
    }
}
