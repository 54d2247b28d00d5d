//! The one lineage question, with everything that can be asked.

use crate::asked::{Asked, ColumnStepKind, LineageConfidence, LineageDirection, LineageFilter, LineageGranularity, ListKind, Wording};
use crate::graph::Kinds;
use crate::graphql::error::{ApiError, Result, not_found};
use crate::graphql::load::app;
use crate::graphql::page::length;
use crate::graphql::query::run;
use crate::graphql::scalar::DateTime;
use crate::graphql::standing::settle;
use crate::graphql::types::{
    DiffArguments, Lineage, LineageDiff, LineageEnd, LineagePaths, LineageStart, LineageState, NamespacePair, Provenance, TimeWindow,
    depth, lineage, lineage_diff, lineage_paths, page, provenance, when,
};
use crate::lineage::question::Question;
use async_graphql::{Context, ID, Object};

/// Lineage from anywhere.
#[derive(Default)]
pub struct LineageQuery;

#[Object]
impl LineageQuery {
    /// Everything up- or downstream of whatever `from` names together: exact totals, distances, paths, and how sure it is.
    /// Without `maxDepth` all the way. `where` chooses what is listed, not what is walked; `stopAt` ends the walk.
    #[graphql(complexity = "100 + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn lineage(
        &self,
        ctx: &Context<'_>,
        from: LineageStart,
        direction: LineageDirection,
        #[graphql(default_with = "LineageGranularity::Dataset", desc = "What the answer's nodes are.")] granularity: LineageGranularity,
        #[graphql(desc = "Leaves out what is nearer; 1 leaves out the start.")] min_depth: Option<i32>,
        max_depth: Option<i32>,
        #[graphql(desc = "Which steps between columns count; all when left out. A step of several kinds counts when one of them does.")]
        kinds: Option<Vec<ColumnStepKind>>,
        #[graphql(desc = "The lineage as it was at an instant of event time.")] as_of: Option<DateTime>,
        #[graphql(desc = "Everything that held at some instant of the window.")] window: Option<TimeWindow>,
        #[graphql(name = "where", desc = "Lists only these; the start is always listed.")] filter: Option<LineageFilter>,
        #[graphql(desc = "Finds these but does not walk beyond them.")] stop_at: Option<LineageFilter>,
        #[graphql(desc = "Only over edges at least that sure.")] min_confidence: Option<LineageConfidence>,
        #[graphql(desc = "Only over edges with evidence since then; what was not seen again is left out.")] seen_since: Option<DateTime>,
        #[graphql(default = true, desc = "False to leave out the jobs between datasets.")] jobs: bool,
        #[graphql(default = false, desc = "True to see temporary datasets; otherwise A → temporary → C is A → C.")] temporary: bool,
        #[graphql(default = true, desc = "Whether column lineage counts that was inferred from SQL.")] inferred: bool,
        #[graphql(desc = "Nodes on this page; as many as one answer may list when left out.")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Lineage> {
        settle(ctx).await;
        let question = Question {
            directions: direction.directions(),
            min_depth: depth(min_depth)?.unwrap_or(0),
            max_depth: depth(max_depth)?,
            kinds: Kinds { wanted: kinds.into_iter().flatten().flat_map(ColumnStepKind::influences).collect() },
            when: when(as_of, window)?,
            min_confidence: min_confidence.map(Into::into),
            seen_since: seen_since.map(|at| at.0.0),
            datasets_only: !jobs,
            temporary,
            stated_only: !inferred,
            ..Question::default()
        };
        let wording = Wording { from: from.wanted()?, filter, stop_at, granularity, question };
        let Asked { start, question, .. } = wording.look_up(app(ctx)).await.map_err(ApiError::from)?;
        lineage(ctx, start, question, granularity, page(ctx, (ListKind::Lineage, ""), first, after)?).await
    }

    /// The shortest paths along which data comes from one thing to another; both datasets, both jobs or both columns.
    #[graphql(complexity = "100 + first.clamp(0, 1001) as usize * child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn paths(
        &self,
        ctx: &Context<'_>,
        from: LineageEnd,
        to: LineageEnd,
        #[graphql(default = 5, desc = "How many paths to list; all are counted.")] first: i32,
        #[graphql(desc = "Which steps between columns count; all when left out.")] kinds: Option<Vec<ColumnStepKind>>,
        as_of: Option<DateTime>,
        window: Option<TimeWindow>,
        #[graphql(desc = "Only over edges at least that sure.")] min_confidence: Option<LineageConfidence>,
        #[graphql(default = false)] temporary: bool,
        #[graphql(default = true, desc = "Whether column lineage counts that was inferred from SQL.")] inferred: bool,
    ) -> Result<LineagePaths> {
        settle(ctx).await;
        let question = Question {
            kinds: Kinds { wanted: kinds.into_iter().flatten().flat_map(ColumnStepKind::influences).collect() },
            when: when(as_of, window)?,
            min_confidence: min_confidence.map(Into::into),
            temporary,
            stated_only: !inferred,
            ..Question::default()
        };
        let first = length(first)?;
        lineage_paths(ctx, from.resolve(ctx).await?, to.resolve(ctx).await?, question, first).await
    }

    /// The exact runs and versions behind a run: who had written what it read, who had written what those read, and so on.
    #[graphql(complexity = "200 + child_complexity")]
    async fn provenance(
        &self,
        ctx: &Context<'_>,
        run: ID,
        #[graphql(desc = "With `jobName`: which run, when several jobs share the id.")] job_namespace: Option<String>,
        job_name: Option<String>,
        max_depth: Option<i32>,
    ) -> Result<Provenance> {
        settle(ctx).await;
        let found = self::run(ctx, &run, job_namespace.as_deref(), job_name.as_deref()).await?;
        let run = found.ok_or_else(|| not_found(format!("run {} is not known here", run.as_str())))?;
        provenance(ctx, run, depth(max_depth)?).await
    }

    /// What changed between two instants, two runs of a job, or two environments: datasets, jobs, edges, columns, types and
    /// column edges.
    #[graphql(complexity = "300 + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn lineage_diff(
        &self,
        ctx: &Context<'_>,
        before: LineageState,
        #[graphql(desc = "The same scope now when left out.")] after: Option<LineageState>,
        #[graphql(default_with = "LineageDirection::Both")] direction: LineageDirection,
        max_depth: Option<i32>,
        #[graphql(desc = "Which namespaces of the first side correspond to which of the second.")] namespaces: Option<Vec<NamespacePair>>,
        first: Option<i32>,
        after_cursor: Option<String>,
    ) -> Result<LineageDiff> {
        settle(ctx).await;
        let namespaces = namespaces.unwrap_or_default();
        let page = page(ctx, (ListKind::LineageDiff, ""), first, after_cursor)?;
        lineage_diff(
            ctx,
            DiffArguments { before, after: after.unwrap_or_default(), direction, max_depth: depth(max_depth)?, namespaces, page },
        )
        .await
    }
}
