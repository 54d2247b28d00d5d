//! One thing downstream of a change, its verdict and the proof of it.

use super::column::Column;
use super::column_lineage::Transformation;
use super::dataset::Dataset;
use super::job::Job;
use super::lineage::LineageBasis;
use super::lineage_evidence;
use super::lineage_named::Named;
use super::run::Run;
use crate::asked::LineageConfidence;
use crate::graph::Node;
use crate::graphql::error::Result;
use crate::graphql::page;
use crate::graphql::scalar::{DateTime, small};
use crate::impact::{self, Item, Kind, Point, Step, Verdict};
use async_graphql::{ComplexObject, Context, Enum, SimpleObject, Union};

/// What becomes of something.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Verdict")]
pub enum ImpactVerdict {
    /// Not touched, and that is proven: column lineage that is complete does not lead there.
    Safe,
    /// It reads what is affected, and how is not known: only tables are known, or lineage is not complete.
    Unknown,
    /// It goes on with old, late or other values; or it breaks if inferred lineage is right.
    Risky,
    /// Its next run fails, or its value can no longer be made.
    Breaks,
}

/// A dataset, job or column.
#[derive(Union)]
pub enum ImpactEntity {
    /// A dataset.
    Dataset(Dataset),
    /// A job.
    Job(Job),
    /// A column.
    Column(Column),
}

/// Something downstream.
#[derive(SimpleObject)]
pub struct ImpactItem {
    /// What.
    node: ImpactEntity,
    /// What becomes of it; of a dataset the worst of its columns.
    verdict: ImpactVerdict,
    /// Dataset steps from the change; a job stands at that of the step that it makes.
    distance: i32,
    /// Why, in words: the last step of the proof.
    reason: String,
    /// The steps from the change to here. Of what is safe: the shortest way over tables.
    proof: Vec<ImpactStep>,
}

/// One step of a proof.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ImpactStep {
    /// From here,
    from: ImpactEntity,
    /// to here.
    to: ImpactEntity,
    /// What it means, in words.
    reason: String,
    /// The job whose reading and writing it is; null when a dataset declares its own origin.
    job: Option<Job>,
    /// How the value is made; empty when the step is not about columns or nothing is said.
    transformations: Vec<Transformation>,
    /// How it is known.
    basis: LineageBasis,
    /// How sure it is.
    confidence: LineageConfidence,
    /// First evidence.
    first_seen: DateTime,
    /// Newest evidence.
    last_seen: DateTime,
    #[graphql(skip)]
    step: Step,
}

#[ComplexObject]
impl ImpactStep {
    /// Runs of the job that read the one and wrote the other, newest first. None for what is only declared.
    #[graphql(complexity = "20 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn evidence(&self, ctx: &Context<'_>, #[graphql(default = 3)] first: i32) -> Result<Vec<Run>> {
        let link = &self.step.link;
        lineage_evidence::runs(ctx, link.owner, (link.edge.from, link.edge.to), page::length(first)?).await
    }
}

/// Names the items of a page and their proofs.
pub async fn named(ctx: &Context<'_>, impact: &impact::Impact, items: &[&Item]) -> Result<Vec<ImpactItem>> {
    let proofs: Vec<Vec<Step>> = items.iter().map(|item| impact.proof(item)).collect();
    let node = |point: &Point| match point {
        Point::Dataset(dataset) | Point::Column(dataset, _) => Node::Dataset(*dataset),
        Point::Job(job) => Node::Job(*job),
    };
    let ends = proofs.iter().flatten().flat_map(|step| [node(&step.from), node(&step.to)]);
    let nodes: Vec<Node> = ends.chain(items.iter().map(|item| node(&item.point))).collect();
    let links: Vec<_> = proofs.iter().flatten().map(|step| step.link).collect();
    let named = Named::load(ctx, nodes.into_iter().chain(links.iter().filter_map(|link| link.edge.job(link.owner).map(Node::Job)))).await?;
    let item = |(item, proof): (&&Item, Vec<Step>)| {
        let proof: Vec<ImpactStep> = proof.into_iter().filter_map(|step| named.step(impact.kind(), step)).collect();
        Some(ImpactItem {
            node: named.impacted(&item.point)?,
            verdict: item.verdict.into(),
            distance: small(item.distance),
            reason: proof.last().map(|last| impact::about(&item.point, &last.step, &last.reason)).unwrap_or_default(),
            proof,
        })
    };
    Ok(items.iter().zip(proofs).filter_map(item).collect())
}

impl Named {
    fn impacted(&self, point: &Point) -> Option<ImpactEntity> {
        Some(match point {
            Point::Dataset(dataset) => ImpactEntity::Dataset(Dataset(self.datasets.get(dataset)?.clone())),
            Point::Column(dataset, name) => ImpactEntity::Column(Column::named(self.datasets.get(dataset)?.clone(), name)),
            Point::Job(job) => ImpactEntity::Job(Job(self.jobs.get(job)?.clone())),
        })
    }

    fn words(&self, point: &Point) -> Option<String> {
        Some(match point {
            Point::Dataset(dataset) => self.datasets.get(dataset)?.name.clone(),
            Point::Column(dataset, name) => format!("{}.{name}", self.datasets.get(dataset)?.name),
            Point::Job(job) => format!("job {}", self.jobs.get(job)?.name),
        })
    }

    fn step(&self, kind: Option<Kind>, step: Step) -> Option<ImpactStep> {
        let job = step.link.edge.job(step.link.owner).and_then(|number| self.jobs.get(&number));
        let reason = step.reason.sentence(kind, &step.to, &self.words(&step.from)?, job.map(|job| job.name.as_str()));
        Some(ImpactStep {
            from: self.impacted(&step.from)?,
            to: self.impacted(&step.to)?,
            reason,
            job: job.cloned().map(Job),
            transformations: step.transformations.iter().map(Transformation::from).collect(),
            basis: step.link.edge.basis.into(),
            confidence: step.confidence.into(),
            first_seen: step.link.edge.first.into(),
            last_seen: step.link.edge.last.into(),
            step,
        })
    }
}
