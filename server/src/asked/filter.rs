//! Which nodes: the typed filter that lineage questions take for what to list and where to stop. GraphQL's input object,
//! and as JSON of the same shape everywhere else. Every condition is looked up in the catalog once; the walk only
//! compares numbers.

use super::words::LineageKind;
use super::{Result, wrong};
use crate::app::App;
use crate::catalog::CatalogError;
use crate::catalog::read::{Kind, NameIs};
use crate::lineage::select::Predicate;
use async_graphql::{ID, InputObject};
use schema::json::Json;
use schema::openlineage::facets;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use uuid::Uuid;

/// How deep filters may nest.
const DEPTH: usize = 8;

/// A condition on a name. Upper and lower case are told apart.
#[derive(InputObject, Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NameFilter {
    /// The whole name.
    equals: Option<String>,
    /// Its beginning.
    starts_with: Option<String>,
    /// A part of it.
    contains: Option<String>,
}

/// A tag, by key or by key and value.
#[derive(InputObject, Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagFilter {
    /// Its key.
    pub key: String,
    /// Its value; any when left out.
    pub value: Option<String>,
}

/// Conditions on a node; all that are given must hold. In a list one of the items must.
#[derive(InputObject, Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
    /// Reads its JSON; the error is for whoever sent it.
    pub fn read(parameter: &str, text: &str) -> std::result::Result<Self, String> {
        serde_json::from_str(text)
            .map_err(|e| format!("{parameter} must be a filter as JSON, such as {{\"tags\": [{{\"key\": \"pii\"}}]}}: {e}"))
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { all: Some(vec![self, other]), ..Self::default() }
    }

    /// What it means in the catalog's numbers.
    pub async fn resolve(&self, app: &App) -> Result<Predicate> {
        self.resolve_at(app, DEPTH).await
    }

    async fn resolve_at(&self, app: &App, depth: usize) -> Result<Predicate> {
        let Some(depth) = depth.checked_sub(1) else { return Err(wrong(format!("a filter may nest {DEPTH} levels deep"))) };
        let mut all = self.conditions(app).await?;
        for one in self.all.iter().flatten() {
            all.push(Box::pin(one.resolve_at(app, depth)).await?);
        }
        if let Some(any) = &self.any {
            let mut found = Vec::with_capacity(any.len());
            for one in any {
                found.push(Box::pin(one.resolve_at(app, depth)).await?);
            }
            all.push(Predicate::Any(found));
        }
        if let Some(not) = &self.not {
            all.push(Predicate::Not(Box::new(Box::pin(not.resolve_at(app, depth)).await?)));
        }
        Ok(Predicate::All(all))
    }

    /// Its own conditions, without those nested in it.
    async fn conditions(&self, app: &App) -> Result<Vec<Predicate>> {
        let catalog = &app.catalog;
        let mut all = Vec::new();
        all.extend(self.kind.map(|kind| if kind == LineageKind::Dataset { Predicate::IsDataset } else { Predicate::IsJob }));
        if let Some(ids) = &self.ids {
            all.push(by_id(app, ids).await?);
        }
        if let Some(namespaces) = &self.namespaces {
            let found = |kind| catalog.in_namespaces(kind, namespaces);
            all.push(either(found(Kind::Dataset).await?, found(Kind::Job).await?));
        }
        for name in self.name.iter().flat_map(NameFilter::conditions) {
            let found = |kind| catalog.with_name(kind, &name);
            all.push(either(found(Kind::Dataset).await?, found(Kind::Job).await?));
        }
        if let Some(tags) = &self.tags {
            all.push(either(tagged(app, Kind::Dataset, tags).await?, tagged(app, Kind::Job, tags).await?));
        }
        if let Some(owners) = &self.owners {
            all.push(either(owned(app, Kind::Dataset, owners).await?, owned(app, Kind::Job, owners).await?));
        }
        Ok(all)
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

/// Everything of a kind with one of these tags; a dataset also when one of its columns has it.
pub async fn tagged(app: &App, kind: Kind, wanted: &[TagFilter]) -> std::result::Result<Vec<u32>, CatalogError> {
    with_facet(app, kind, "tags", |facet| facets::tags(facet).iter().any(|tag| wanted.iter().any(|wanted| wanted.is(tag)))).await
}

/// Everything of a kind with one of these owners.
pub async fn owned(app: &App, kind: Kind, wanted: &[String]) -> std::result::Result<Vec<u32>, CatalogError> {
    with_facet(app, kind, "ownership", |facet| facets::owners(facet).iter().any(|owner| wanted.contains(&owner.name))).await
}

async fn with_facet(app: &App, kind: Kind, key: &str, test: impl Fn(&Json<'_>) -> bool) -> std::result::Result<Vec<u32>, CatalogError> {
    app.catalog.with_facet(kind, key, |body: &[u8]| Json::parse(body).is_ok_and(|facet| test(&facet))).await
}

fn either(datasets: Vec<u32>, jobs: Vec<u32>) -> Predicate {
    Predicate::Any(vec![Predicate::Datasets(datasets.into_iter().collect()), Predicate::Jobs(jobs.into_iter().collect())])
}

async fn by_id(app: &App, ids: &[ID]) -> Result<Predicate> {
    let ids = ids
        .iter()
        .map(|id| Uuid::try_parse(id).map_err(|_| wrong("ids holds what is no id of this server")))
        .collect::<Result<Vec<_>>>()?;
    let datasets: HashSet<u32> = super::start::known_datasets(app, &ids).await?.into_values().collect();
    let jobs = app.catalog.jobs_by_id(&ids).await?.into_iter().map(|row| row.number).collect();
    Ok(either(datasets.into_iter().collect(), jobs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_json_of_graphqls_shape() {
        let text =
            r#"{"kind": "DATASET", "name": {"startsWith": "mart."}, "not": {"tags": [{"key": "pii"}]}, "any": [{"owners": ["ana"]}]}"#;
        let filter = LineageFilter::read("where", text).unwrap();
        assert_eq!(filter.kind, Some(LineageKind::Dataset));
        assert_eq!(filter.not.unwrap().tags.unwrap()[0].key, "pii");
        let said: Vec<String> = ["gold", r#"{"tag": "gold"}"#, r#"{"kind": "COLUMN"}"#, r#"{"name": {"prefix": "a"}}"#]
            .map(|text| LineageFilter::read("where", text).unwrap_err())
            .into();
        insta::assert_debug_snapshot!(said);
    }
}
