//! The change that impact is asked about, looked up in the catalog.

use super::lineage_start::{ColumnReference, Reference};
use crate::check::fields_of;
use crate::graphql::error::{ApiError, Result, bad_input, not_found};
use crate::graphql::load::app;
use crate::graphql::query::dataset;
use crate::impact::{Change, Kind, TypeChange, compare_types};
use async_graphql::{Context, Enum, InputObject, OneofObject};
use schema::id;
use std::collections::BTreeSet;

/// A column that gets another name.
#[derive(InputObject)]
pub struct RenamedColumn {
    /// The column under its present name.
    column: ColumnReference,
    /// The new name.
    to: String,
}

/// A column that gets another type.
#[derive(InputObject)]
pub struct RetypedColumn {
    /// The column.
    column: ColumnReference,
    /// The old type; left out, that of the current schema, or of the one at `asOf`.
    from: Option<String>,
    /// The new type.
    to: String,
}

/// One change.
#[derive(OneofObject)]
pub enum ImpactChange {
    /// A column is dropped, and what is inside it.
    DropColumn(ColumnReference),
    /// A column is renamed.
    RenameColumn(RenamedColumn),
    /// A column gets another type.
    RetypeColumn(RetypedColumn),
    /// A dataset is dropped.
    DropDataset(Reference),
    /// A job no longer runs.
    StopJob(Reference),
    /// A job runs late.
    LateJob(Reference),
}

/// How a new type relates to the old one.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "TypeChange")]
pub enum ImpactTypeChange {
    /// Another spelling at most.
    Same,
    /// Holds every value of the old one.
    Widening,
    /// Does not hold every value of the old one.
    Narrowing,
    /// Holds values of another kind.
    Conversion,
    /// Not known: one of the types is not in the table, or the old one is not known.
    Unknown,
}

impl ImpactChange {
    /// In the catalog's numbers, and how the types relate when it is about one; by what was known at a moment, microseconds
    /// since 1970.
    pub async fn resolve(&self, ctx: &Context<'_>, as_of: Option<i64>) -> Result<(Change, Option<TypeChange>)> {
        Ok(match self {
            Self::DropColumn(column) => (named(ctx, column, as_of).await?.0, None),
            Self::RenameColumn(RenamedColumn { column, to }) => {
                if *to == column.name {
                    return Err(bad_input(format!("{to} is the column's name already")));
                }
                (named(ctx, column, as_of).await?.0, None)
            }
            Self::RetypeColumn(RetypedColumn { column, from, to }) => {
                let (change, current) = named(ctx, column, as_of).await?;
                let old = from.as_deref().or(current.as_deref());
                let types = old.map_or(TypeChange::Unknown, |old| compare_types(old, to));
                (change.with(types.into()), Some(types))
            }
            Self::DropDataset(reference) => {
                let row = reference.dataset(ctx).await?.filter(|row| row.is_known_by(as_of));
                let row = row.ok_or_else(|| not_found(format!("there is no dataset {}{}", reference.words(), then(as_of))))?;
                (Change::Dataset(row.number), None)
            }
            Self::StopJob(reference) => (Change::Stopped(job(ctx, reference, as_of).await?), None),
            Self::LateJob(reference) => (Change::Late(job(ctx, reference, as_of).await?), None),
        })
    }
}

impl Change {
    fn with(self, kind: Kind) -> Self {
        match self {
            Self::Column { dataset, name, .. } => Self::Column { dataset, name, kind },
            other => other,
        }
    }
}

/// The end of a sentence that says that something is not known.
fn then(as_of: Option<i64>) -> &'static str {
    if as_of.is_some() { " at that time" } else { "" }
}

async fn job(ctx: &Context<'_>, reference: &Reference, as_of: Option<i64>) -> Result<u32> {
    let row = reference.job(ctx).await?.filter(|row| row.is_known_by(as_of));
    Ok(row.ok_or_else(|| not_found(format!("there is no job {}{}", reference.words(), then(as_of))))?.number)
}

/// The column gone, and its type in the schema.
async fn named(ctx: &Context<'_>, column: &ColumnReference, as_of: Option<i64>) -> Result<(Change, Option<String>)> {
    let ColumnReference { namespace, dataset: name, name: path } = column;
    let row = dataset(ctx, id::dataset(namespace, name)).await?.filter(|row| row.is_known_by(as_of));
    let row = row.ok_or_else(|| not_found(format!("there is no dataset {namespace} {name}{}", then(as_of))))?;
    let graph = app(ctx).graph();
    let mut fields = fields_of(app(ctx), &graph, &BTreeSet::from([row.number]), as_of).await.map_err(ApiError::from)?;
    let fields = fields.remove(&row.number).unwrap_or_default();
    let field = fields.iter().find(|field| field.path == *path);
    if field.is_none() && graph.columns_known(row.number, as_of.into()).iter().all(|known| **known != **path) {
        return Err(not_found(format!("neither schema nor lineage of dataset {namespace} {name} knows a column {path}{}", then(as_of))));
    }
    let change = Change::Column { dataset: row.number, name: path.clone(), kind: Kind::Gone };
    Ok((change, field.and_then(|field| field.data_type.clone())))
}
