//! Which nodes: the typed filter that lineage questions take for where to start, what to list and
//! where to stop. Every condition is looked up in the catalog once; the walk only compares numbers.

use crate::catalog::read::{Kind, NameIs};
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::{self, app};
use crate::lineage::select::Predicate;
use async_graphql::{Context, Enum, ID, InputObject};
use schema::json::Json;
use schema::openlineage::facets;
use uuid::Uuid;

/// How deep filters may nest.
const DEPTH: usize = 8;

/// Kind of a lineage node.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum LineageKind {
    /// Datasets.
    Dataset,
    /// Jobs.
    Job,
}

/// A condition on a name. Upper and lower case are told apart.
#[derive(InputObject, Clone, Default)]
pub struct NameFilter {
    /// The whole name.
    equals: Option<String>,
    /// Its beginning.
    starts_with: Option<String>,
    /// A part of it.
    contains: Option<String>,
}

/// A tag, by key or by key and value.
#[derive(InputObject, Clone)]
pub struct TagFilter {
    /// Its key.
    key: String,
    /// Its value; any when left out.
    value: Option<String>,
}

/// Conditions on a node; all that are given must hold. In a list one of the items must.
#[derive(InputObject, Clone, Default)]
pub struct LineageFilter {
    /// Only datasets or only jobs.
    kind: Option<LineageKind>,
    /// These nodes.
    ids: Option<Vec<ID>>,
    /// In one of these namespaces.
    namespaces: Option<Vec<String>>,
    /// With such a name.
    name: Option<NameFilter>,
    /// With one of these tags, on a dataset, one of its columns, or a job.
    tags: Option<Vec<TagFilter>>,
    /// With one of these owners, by name.
    owners: Option<Vec<String>>,
    /// All of these hold too.
    all: Option<Vec<LineageFilter>>,
    /// One of these holds.
    any: Option<Vec<LineageFilter>>,
    /// This does not hold.
    not: Option<Box<LineageFilter>>,
}

impl LineageFilter {
    /// What it means in the catalog's numbers.
    pub async fn resolve(&self, ctx: &Context<'_>) -> Result<Predicate> {
        self.resolve_at(ctx, DEPTH).await
    }

    async fn resolve_at(&self, ctx: &Context<'_>, depth: usize) -> Result<Predicate> {
        let Some(depth) = depth.checked_sub(1) else { return Err(bad_input(format!("a filter may nest {DEPTH} levels deep"))) };
        let mut all: Vec<Predicate> = Vec::new();
        all.extend(self.kind.map(|kind| if kind == LineageKind::Dataset { Predicate::IsDataset } else { Predicate::IsJob }));
        if let Some(ids) = &self.ids {
            all.push(by_id(ctx, ids).await?);
        }
        if let Some(namespaces) = &self.namespaces {
            let found = |kind| app(ctx).catalog.in_namespaces(kind, namespaces);
            all.push(either(found(Kind::Dataset).await.map_err(ApiError::from)?, found(Kind::Job).await.map_err(ApiError::from)?));
        }
        for name in self.name.iter().flat_map(NameFilter::conditions) {
            let found = |kind| app(ctx).catalog.with_name(kind, &name);
            all.push(either(found(Kind::Dataset).await.map_err(ApiError::from)?, found(Kind::Job).await.map_err(ApiError::from)?));
        }
        if let Some(tags) = &self.tags {
            all.push(by_facet(ctx, "tags", |facet| facets::tags(facet).iter().any(|tag| tags.iter().any(|wanted| wanted.is(tag)))).await?);
        }
        if let Some(owners) = &self.owners {
            all.push(by_facet(ctx, "ownership", |facet| facets::owners(facet).iter().any(|owner| owners.contains(&owner.name))).await?);
        }
        for one in self.all.iter().flatten() {
            all.push(Box::pin(one.resolve_at(ctx, depth)).await?);
        }
        if let Some(any) = &self.any {
            let mut found = Vec::with_capacity(any.len());
            for one in any {
                found.push(Box::pin(one.resolve_at(ctx, depth)).await?);
            }
            all.push(Predicate::Any(found));
        }
        if let Some(not) = &self.not {
            all.push(Predicate::Not(Box::new(Box::pin(not.resolve_at(ctx, depth)).await?)));
        }
        Ok(Predicate::All(all))
    }
}

impl LineageFilter {
    /// Datasets and jobs of these namespaces.
    pub fn of_namespaces(namespaces: Option<Vec<String>>) -> Option<Self> {
        namespaces.map(|namespaces| Self { namespaces: Some(namespaces), ..Self::default() })
    }

    /// Datasets and jobs with one of these tags.
    pub fn of_tags(tags: Option<Vec<TagFilter>>) -> Option<Self> {
        tags.map(|tags| Self { tags: Some(tags), ..Self::default() })
    }

    /// Datasets and jobs of one of these owners.
    pub fn of_owners(owners: Option<Vec<String>>) -> Option<Self> {
        owners.map(|owners| Self { owners: Some(owners), ..Self::default() })
    }
}

impl NameFilter {
    fn conditions(&self) -> Vec<NameIs> {
        let given = [
            self.equals.clone().map(NameIs::Equal),
            self.starts_with.clone().map(NameIs::StartsWith),
            self.contains.clone().map(NameIs::Contains),
        ];
        given.into_iter().flatten().collect()
    }
}

impl TagFilter {
    fn is(&self, tag: &facets::Tag) -> bool {
        tag.key == self.key && self.value.as_ref().is_none_or(|value| Some(value) == tag.value.as_ref())
    }
}

fn either(datasets: Vec<u32>, jobs: Vec<u32>) -> Predicate {
    Predicate::Any(vec![Predicate::Datasets(datasets.into_iter().collect()), Predicate::Jobs(jobs.into_iter().collect())])
}

async fn by_id(ctx: &Context<'_>, ids: &[ID]) -> Result<Predicate> {
    let ids = ids
        .iter()
        .map(|id| Uuid::try_parse(id).map_err(|_| bad_input("ids holds what is no id of this server")))
        .collect::<Result<Vec<_>>>()?;
    let datasets = load::datasets_by_id(ctx, &ids).await?.into_values().map(|row| row.number).collect();
    let jobs = app(ctx).catalog.jobs_by_id(&ids).await.map_err(ApiError::from)?.into_iter().map(|row| row.number).collect();
    Ok(either(datasets, jobs))
}

/// Datasets and jobs whose current facet passes a test.
pub async fn by_facet(ctx: &Context<'_>, key: &str, test: impl Fn(&Json<'_>) -> bool) -> Result<Predicate> {
    let test = |body: &[u8]| Json::parse(body).is_ok_and(|facet| test(&facet));
    let datasets = app(ctx).catalog.with_facet(Kind::Dataset, key, test).await.map_err(ApiError::from)?;
    let jobs = app(ctx).catalog.with_facet(Kind::Job, key, test).await.map_err(ApiError::from)?;
    Ok(either(datasets, jobs))
}
