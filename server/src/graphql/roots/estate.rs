//! The roots about all that there is: what nobody uses, what everything hangs on, which namespaces depend on which.

use crate::asked::LineageFilter;
use crate::graphql::error::Result;
use crate::graphql::page::{Connection, Edge};
use crate::graphql::scalar::DateTime;
use crate::graphql::standing::settle;
use crate::graphql::types::{
    self, ColumnUsage, DatasetUsage, DeadColumnConnection, DeadDatasetConnection, NamespaceMatrix, SinglePoint, SinglePointKind,
    SinglePointQuestion, UsageQuestion,
};
use async_graphql::{Context, Object};

/// Questions about the whole estate.
#[derive(Default)]
pub struct EstateQuery;

#[Object]
impl EstateQuery {
    /// Datasets that no run has read for so many days, in order of namespace and name; with `usages` those of any of these
    /// kinds. Only reads by runs are seen: who opens a table or a dashboard by hand leaves no event. Temporary and dropped
    /// datasets are left out. With `at` everything is as it was then: reads and writes by then, declarations that held, datasets
    /// that some event names by then.
    #[graphql(complexity = "500 + first.clamp(0, 1001) as usize * child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn dead_datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 90, desc = "How many days back to look for reads.")] days: i32,
        #[graphql(desc = "The day to look back from; the server's clock when left out.")] at: Option<DateTime>,
        #[graphql(default_with = "vec![DatasetUsage::Dead]")] usages: Vec<DatasetUsage>,
        filter: Option<LineageFilter>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<DeadDatasetConnection> {
        settle(ctx).await;
        types::dead_datasets(ctx, UsageQuestion { days, at, filter, first, after }, &usages).await
    }

    /// Columns of datasets that are read, but that no reader of the last so many days used, in order of namespace, dataset and
    /// place in it; with `usages` those of any of these kinds. Only where every reader says which columns it uses can a column
    /// be called dead. With `at` edges and schemas are those of then too.
    #[graphql(complexity = "1000 + first.clamp(0, 1001) as usize * child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn dead_columns(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 90, desc = "How many days back to look for reads.")] days: i32,
        #[graphql(desc = "The day to look back from; the server's clock when left out.")] at: Option<DateTime>,
        #[graphql(default_with = "vec![ColumnUsage::Dead]")] usages: Vec<ColumnUsage>,
        filter: Option<LineageFilter>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<DeadColumnConnection> {
        settle(ctx).await;
        types::dead_columns(ctx, UsageQuestion { days, at, filter, first, after }, &usages).await
    }

    /// Datasets, or with `kinds` jobs, that others cannot do without: every way from any source to these leads through it. Those
    /// with the most such datasets first, then by namespace and name. Sources are datasets that nothing feeds, and for jobs
    /// also jobs that read nothing.
    #[graphql(complexity = "1000 + first.clamp(0, 1001) as usize * child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn single_points_of_failure(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "vec![SinglePointKind::Dataset]", desc = "What to look for.")] kinds: Vec<SinglePointKind>,
        #[graphql(default = 1, desc = "Leave out those that fewer datasets hang on.")] min_dominated: i32,
        filter: Option<LineageFilter>,
        #[graphql(desc = "By edges that held at an instant of event time.")] as_of: Option<DateTime>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<SinglePoint>>> {
        settle(ctx).await;
        let when = as_of.map(|at| at.0.0).into();
        types::single_points(ctx, SinglePointQuestion { kinds, min_dominated, filter, when, first, after }).await
    }

    /// Which namespaces feed which: pairs of datasets with data flowing from one to the other in one step, counted by their
    /// namespaces. The cells with the most edges first, then by name.
    #[graphql(complexity = "1000 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn namespace_matrix(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = true, desc = "False for the edges between different namespaces alone.")] inner: bool,
        #[graphql(desc = "By edges that held at an instant of event time.")] as_of: Option<DateTime>,
        #[graphql(default = 100)] first: i32,
        after: Option<String>,
    ) -> Result<NamespaceMatrix> {
        settle(ctx).await;
        types::namespace_matrix(ctx, inner, as_of.map(|at| at.0.0).into(), first, after).await
    }
}
