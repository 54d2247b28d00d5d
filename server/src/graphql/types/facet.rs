//! Facets of datasets and jobs, decoded where the field has a meaning of its own.

use crate::catalog::read::EntityRow;
use crate::fold::flow;
use crate::graphql::charge::{charge, charged};
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{FacetBodies, FacetsOf, app, load};
use crate::graphql::scalar::{self, AnyJson, DateTime, json};
use async_graphql::{Context, SimpleObject};
use schema::json::Json;
use schema::openlineage::facets;
use std::collections::BTreeMap;

/// A label with, perhaps, a value.
#[derive(SimpleObject, Clone)]
pub struct Tag {
    /// Its key.
    pub name: String,
    /// `"true"` for a plain flag.
    pub value: Option<String>,
    /// Who set it.
    pub source: Option<String>,
}

impl From<facets::Tag> for Tag {
    fn from(tag: facets::Tag) -> Self {
        Self { name: tag.key, value: tag.value, source: tag.source }
    }
}

/// Who answers for it.
#[derive(SimpleObject, Clone)]
pub struct Owner {
    /// As sent: `team:x`, a mail address, …
    pub name: String,
    /// `MAINTAINER`, `OWNER`, …
    #[graphql(name = "type")]
    pub kind: Option<String>,
}

/// One content of a facet over time.
#[derive(SimpleObject)]
pub struct FacetVersion {
    /// Key of the facet.
    pub key: String,
    /// The facet, as it was sent.
    pub value: AnyJson,
    /// First event time that asserted this content.
    pub first_seen: DateTime,
    /// Last event time that asserted this content.
    pub last_seen: DateTime,
    /// Who made it.
    pub producer: Option<String>,
    /// The schema that it claims to follow.
    pub schema_url: Option<String>,
    /// True when it counts now.
    pub current: bool,
    /// True when it says that the facet was removed.
    pub deleted: bool,
}

/// Current facets of an entity.
pub async fn bodies(ctx: &Context<'_>, owner: flow::Owner) -> Result<FacetBodies> {
    Ok(load(ctx).load_one(FacetsOf(owner)).await?.unwrap_or_default())
}

/// One decoded facet of an entity.
pub async fn read<T>(ctx: &Context<'_>, owner: flow::Owner, key: &str, read: impl FnOnce(&Json<'_>) -> T) -> Result<Option<T>> {
    let bodies = bodies(ctx, owner).await?;
    Ok(bodies.get(key).and_then(|body| Json::parse(body).ok().map(|json| read(&json))))
}

/// All current facets as one JSON object.
pub async fn object(ctx: &Context<'_>, owner: flow::Owner) -> Result<AnyJson> {
    let bodies = bodies(ctx, owner).await?;
    let sorted: BTreeMap<&String, &Vec<u8>> = bodies.iter().collect();
    charged(ctx, scalar::object(sorted)).await
}

/// Text of the documentation facet.
pub async fn description(ctx: &Context<'_>, owner: flow::Owner) -> Result<Option<String>> {
    Ok(read(ctx, owner, "documentation", facets::documentation).await?.flatten())
}

/// Owners.
pub async fn owners(ctx: &Context<'_>, owner: flow::Owner) -> Result<Vec<Owner>> {
    let owners = read(ctx, owner, "ownership", facets::owners).await?.unwrap_or_default();
    Ok(owners.into_iter().map(|owner| Owner { name: owner.name, kind: owner.kind }).collect())
}

/// Tags of the whole (`None`) or of one column.
pub async fn tags(ctx: &Context<'_>, owner: flow::Owner, column: Option<&str>) -> Result<Vec<Tag>> {
    let tags = read(ctx, owner, "tags", facets::tags).await?.unwrap_or_default();
    let own = tags.into_iter().filter(|tag| tag.field.as_deref() == column);
    Ok(own.map(Tag::from).collect())
}

/// Every content that an entity's facets ever had.
pub async fn history(ctx: &Context<'_>, owner: flow::Owner, row: &EntityRow, key: Option<&str>) -> Result<Vec<FacetVersion>> {
    let rows = app(ctx).catalog.facet_history(owner, row, key).await.map_err(ApiError::from)?;
    charge(ctx, rows.iter().map(|row| row.body.len()).sum()).await?;
    let version = |row: crate::catalog::read::FacetRow| {
        let parsed = Json::parse(&row.body).ok();
        let text = |key| parsed.as_ref().and_then(|json| json.text(key));
        FacetVersion {
            value: json(&row.body),
            first_seen: row.first.into(),
            last_seen: row.last.into(),
            producer: text("_producer"),
            schema_url: text("_schemaURL"),
            current: row.current,
            deleted: row.deleted,
            key: row.key,
        }
    };
    Ok(rows.into_iter().map(version).collect())
}
