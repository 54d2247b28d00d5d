//! Impact answers: exact counts, lists by page, owners. The verdicts are the room's.

use super::impact_change::{ImpactChange, ImpactTypeChange};
use super::impact_item::{ImpactItem, ImpactVerdict, named};
use crate::asked::ListKind;
use crate::check::{JudgeError, concerned, judge, settle};
use crate::completeness::{Completeness, IncompleteReason};
use crate::graph::Graph;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{Long, count, small};
use crate::graphql::standing::completeness;
use crate::impact::{self, Counts, Item, Trust, TypeChange, Verdict};
use async_graphql::{Context, Object, SimpleObject};
use std::sync::Arc;

/// What a change does to everything downstream.
pub struct Impact {
    graph: Arc<Graph>,
    impact: impact::Impact,
    types: Option<TypeChange>,
    as_of: Option<i64>,
    rests_on: Completeness,
    /// Its own arguments, for the cursors of its lists.
    question: String,
}

/// How many there are of each verdict.
#[derive(SimpleObject)]
pub struct ImpactCounts {
    /// BREAKS.
    breaks: Long,
    /// RISKY.
    risky: Long,
    /// UNKNOWN.
    unknown: Long,
    /// SAFE.
    safe: Long,
}

impl From<Counts> for ImpactCounts {
    fn from(counts: Counts) -> Self {
        let Counts { breaks, risky, unknown, safe } = counts;
        Self { breaks: count(breaks), risky: count(risky), unknown: count(unknown), safe: count(safe) }
    }
}

/// What is downstream, by verdict.
#[derive(SimpleObject)]
pub struct ImpactTotals {
    /// Datasets, each by its worst column.
    datasets: ImpactCounts,
    /// Jobs.
    jobs: ImpactCounts,
    /// Columns that lineage knows.
    columns: ImpactCounts,
}

impl From<[Counts; 3]> for ImpactTotals {
    fn from([datasets, jobs, columns]: [Counts; 3]) -> Self {
        Self { datasets: datasets.into(), jobs: jobs.into(), columns: columns.into() }
    }
}

/// What is this far away.
#[derive(SimpleObject)]
pub struct ImpactDepth {
    /// Dataset steps from the change.
    distance: i32,
    /// By verdict.
    totals: ImpactTotals,
}

/// What concerns one owner.
#[derive(SimpleObject)]
pub struct ImpactOwner {
    /// As sent: `team:x`, a mail address, …; null for what nobody owns.
    name: Option<String>,
    /// Datasets.
    datasets: ImpactCounts,
    /// Jobs.
    jobs: ImpactCounts,
}

/// Answers the field; about a moment, microseconds since 1970, or now.
pub async fn impact(ctx: &Context<'_>, change: ImpactChange, trust: Trust, as_of: Option<i64>) -> Result<Impact> {
    let rests_on = completeness(ctx);
    let (change, types) = change.resolve(ctx, as_of).await?;
    let graph = app(ctx).graph();
    let impact = judge(app(ctx), (&graph, as_of), change, trust).await.map_err(|error| match error {
        JudgeError::Catalog(error) => ApiError::from(error),
        JudgeError::Work(error) => ApiError::from(error),
    })?;
    Ok(Impact { graph, impact, types, as_of, rests_on, question: page::question(ctx)? })
}

/// What a change does to everything downstream. Temporary datasets are passed through: they stand in proofs only.
#[Object]
impl Impact {
    /// The worst verdict; SAFE also when nothing is downstream.
    async fn verdict(&self) -> ImpactVerdict {
        self.impact.verdict().into()
    }

    /// How the new type relates to the old one; null when the change is not about a type.
    async fn type_change(&self) -> Option<ImpactTypeChange> {
        self.types.map(Into::into)
    }

    /// Everything downstream, by verdict.
    async fn totals(&self) -> ImpactTotals {
        self.impact.counts().into()
    }

    /// The same by distance, nearest first.
    async fn by_depth(&self) -> Vec<ImpactDepth> {
        let depths = self.impact.by_depth().into_iter();
        depths.map(|(distance, counts)| ImpactDepth { distance: small(distance), totals: counts.into() }).collect()
    }

    /// Datasets and jobs by who answers for them, the most that breaks first. What has several owners counts for each. Owners
    /// are those of now, whatever `asOf` is: they are whom to tell.
    async fn owners(&self, ctx: &Context<'_>) -> Result<Vec<ImpactOwner>> {
        let concerned = concerned(app(ctx), &self.graph, &self.impact).await.map_err(ApiError::from)?;
        let mut owners: Vec<_> = concerned.into_iter().collect();
        owners.sort_by_key(|(_, [datasets, jobs])| std::cmp::Reverse((datasets.breaks + jobs.breaks, datasets.risky + jobs.risky)));
        let owner = |(name, [datasets, jobs]): (_, [Counts; 2])| ImpactOwner { name, datasets: datasets.into(), jobs: jobs.into() };
        Ok(owners.into_iter().map(owner).collect())
    }

    /// Datasets, the worst first, then the nearest.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn datasets(
        &self,
        ctx: &Context<'_>,
        verdicts: Option<Vec<ImpactVerdict>>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<ImpactItem>>> {
        self.page(ctx, 0, verdicts, first, after).await
    }

    /// Jobs, the worst first, then the nearest.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        verdicts: Option<Vec<ImpactVerdict>>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<ImpactItem>>> {
        self.page(ctx, 1, verdicts, first, after).await
    }

    /// Columns that lineage knows, the worst first, then the nearest. What no lineage knows shares its dataset's verdict.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn columns(
        &self,
        ctx: &Context<'_>,
        verdicts: Option<Vec<ImpactVerdict>>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<ImpactItem>>> {
        self.page(ctx, 2, verdicts, first, after).await
    }

    /// True: everything downstream is counted, and every list can be paged to its end. False while the server is catching up
    /// with its event log: then nothing can be concluded from what is not there.
    async fn complete(&self) -> bool {
        self.rests_on.is_complete()
    }

    /// Why it is not complete, in words.
    async fn truncated_because(&self) -> Option<String> {
        self.rests_on.sentence()
    }

    /// Why it is not complete, for programs.
    async fn incomplete_reason(&self) -> Option<IncompleteReason> {
        self.rests_on.reason()
    }

    /// Log sequence that the answer holds for.
    async fn graph_version(&self) -> Long {
        self.graph.seq().into()
    }
}

impl Impact {
    async fn page(
        &self,
        ctx: &Context<'_>,
        sort: usize,
        verdicts: Option<Vec<ImpactVerdict>>,
        first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<ImpactItem>>> {
        let first = page::length(first)?;
        let list = page::list_of(ctx, [ListKind::ImpactDatasets, ListKind::ImpactJobs, ListKind::ImpactColumns][sort], &self.question)?;
        let verdicts: Option<Vec<Verdict>> = verdicts.map(|wanted| wanted.into_iter().map(Verdict::from).collect());
        let is_wanted = |verdict: Verdict| verdicts.as_ref().is_none_or(|wanted| wanted.contains(&verdict));
        let (page, total): (Vec<(u64, Item)>, u64) = if sort == 2 {
            let start = page::start(list, after.as_deref())?;
            let (columns, total) = self.impact.items.columns(is_wanted, start, first + 1);
            ((start..).zip(columns).collect(), total)
        } else {
            let all = self.impact.items.nodes().iter().filter(|item| item.point.sort() == sort && is_wanted(item.verdict));
            let (page, total) = page::slice(list, all.collect(), first, after.as_deref())?;
            (page.into_iter().map(|(place, item)| (place, item.clone())).collect(), total)
        };
        let (places, items): (Vec<u64>, Vec<&Item>) = page.iter().map(|(place, item)| (*place, item)).unzip();
        settle(app(ctx), (&self.graph, self.as_of), &self.impact, items.iter().copied()).await.map_err(ApiError::from)?;
        let items = named(ctx, &self.impact, &items).await?;
        Ok(page::connection(list, total, first, after.as_deref(), places.into_iter().zip(items).collect()))
    }
}
