//! The root of impact analysis.

use crate::graphql::error::Result;
use crate::graphql::scalar::DateTime;
use crate::graphql::standing::settle;
use crate::graphql::types::{Impact, ImpactChange, impact};
use async_graphql::{Context, Object};

/// What breaks when something changes.
#[derive(Default)]
pub struct ImpactQuery;

#[Object]
impl ImpactQuery {
    /// What breaks when this changes: a verdict for every dataset, job and column downstream, each with its proof. With `asOf`
    /// what would have broken then: by edges and column lineage that held, and schemas as they were.
    #[graphql(complexity = "200 + child_complexity")]
    async fn impact(
        &self,
        ctx: &Context<'_>,
        change: ImpactChange,
        #[graphql(
            default = false,
            desc = "Lineage inferred from SQL counts like what emitters say: it may prove BREAKS and SAFE, not only RISKY and UNKNOWN."
        )]
        trust_inferred: bool,
        #[graphql(
            default = false,
            desc = "Column lineage counts as complete also when it names no filter or join, or not every column of the output."
        )]
        assume_complete: bool,
        #[graphql(desc = "About an instant of event time; about now when left out.")] as_of: Option<DateTime>,
    ) -> Result<Impact> {
        settle(ctx).await;
        let trust = crate::impact::Trust { inferred: trust_inferred, complete: assume_complete };
        impact(ctx, change, trust, as_of.map(|at| at.0.0)).await
    }
}
