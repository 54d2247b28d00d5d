//! The stitching report: datasets that look like spellings of one.

use super::dataset::Dataset;
use crate::asked::ListKind;
use crate::catalog::read::EntityRow;
use crate::graph::Graph;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{Long, count};
use crate::stitching::{Confidence, EvidenceKind, Filter, Group, Judged, State, judge};
use async_graphql::{Context, Enum, Object, SimpleObject};
use schema::naming::Difference;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// In what names differ that look alike.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Difference")]
pub enum StitchingKind {
    /// The port is missing here and the default one there.
    Port,
    /// `postgresql` and `postgres`, `s3a` and `s3`, `file:` and `file`, the bucket in the name.
    Scheme,
    /// Quoted identifiers.
    Quoting,
    /// A slash at the start or the end.
    Slash,
    /// A list of Kafka brokers and one of it.
    Brokers,
    /// Upper and lower case.
    Case,
    /// The same name on another host.
    Host,
}

/// Where a group stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "State")]
pub enum StitchingState {
    /// Its members are apart.
    Open,
    /// The naming rules in force give all of them one name.
    Covered,
    /// They are one already, by aliases or by aliases and rules together.
    Merged,
}

/// How sure it is that the datasets are one.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Confidence")]
pub enum StitchingConfidence {
    /// Look before you join them.
    Low,
    /// Likely.
    Medium,
    /// As good as certain.
    High,
}

/// What was found.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "EvidenceKind")]
pub enum StitchingEvidenceKind {
    /// Their schemas have the same columns.
    SameColumns,
    /// Their schemas have hardly a column in common.
    OtherColumns,
    /// One is only written, another only read: lineage ends at the one and begins at the other.
    WrittenAndRead,
    /// One job writes several of them.
    OneJobWritesBoth,
    /// One host name is the other without its domain, or both mean the machine itself.
    SameMachine,
    /// These hosts have many names in common.
    SharedNames,
}

/// Something that speaks for or against the datasets being one.
#[derive(SimpleObject, Clone)]
pub struct StitchingEvidence {
    /// What it is.
    kind: StitchingEvidenceKind,
    /// The same as a sentence.
    text: String,
}

/// Datasets whose names look like spellings of one name.
pub struct StitchingGroup {
    group: Group,
    graph: Arc<Graph>,
    judged: OnceCell<Judged>,
}

impl StitchingGroup {
    async fn judged(&self, ctx: &Context<'_>) -> Result<&Judged> {
        let app = app(ctx);
        Ok(self.judged.get_or_try_init(|| judge(&self.group, &app.catalog, &self.graph, &app.naming)).await.map_err(ApiError::from)?)
    }
}

/// Datasets whose names look like spellings of one name.
#[Object]
impl StitchingGroup {
    /// In what the names differ, what means least first.
    async fn kinds(&self) -> Vec<StitchingKind> {
        self.group.kinds.iter().map(|&kind| kind.into()).collect()
    }

    /// Where it stands.
    async fn state(&self) -> StitchingState {
        self.group.state(&self.graph).0.into()
    }

    /// How many datasets are left when aliases and the naming rules in force are counted.
    async fn distinct_count(&self) -> Long {
        count(self.group.state(&self.graph).1)
    }

    /// The naming rules in force that change a member's name; presets as `preset:default_ports`.
    async fn rules(&self) -> &[String] {
        &self.group.rules
    }

    /// How many datasets look alike.
    async fn member_count(&self) -> Long {
        count(self.group.members.len())
    }

    /// The datasets, in order of namespace and name.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Dataset>>> {
        let first = page::length(first)?;
        let list = page::list_of(ctx, ListKind::StitchingMembers, &self.group.key())?;
        let (numbers, total) = page::slice(list, self.group.members.clone(), first, after.as_deref())?;
        // Under the names that look alike, also where they are one dataset already.
        let rows =
            app(ctx).catalog.datasets(&numbers.iter().map(|&(_, number)| number).collect::<Vec<_>>()).await.map_err(ApiError::from)?;
        let rows: HashMap<u32, Arc<EntityRow>> = rows.into_iter().map(|row| (row.number, Arc::new(row))).collect();
        let node = |number: u32| rows.get(&number).map(|row| Dataset(row.clone()));
        let items = numbers.into_iter().filter_map(|(place, number)| Some((place, node(number)?))).collect();
        Ok(page::connection(list, total, first, after.as_deref(), items))
    }

    /// How sure it is that the datasets are one, by the kinds and the evidence of the first 50 members.
    #[graphql(complexity = "20")]
    async fn confidence(&self, ctx: &Context<'_>) -> Result<StitchingConfidence> {
        Ok(self.judged(ctx).await?.confidence.into())
    }

    /// What speaks for and against, by the first 50 members.
    #[graphql(complexity = "20 + child_complexity")]
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<StitchingEvidence>> {
        let evidence = &self.judged(ctx).await?.evidence;
        Ok(evidence.iter().map(|evidence| StitchingEvidence { kind: evidence.kind.into(), text: evidence.text.clone() }).collect())
    }

    /// Naming rules (TOML) that would join the first 50 members, to paste into a rules file; null when they are joined already.
    #[graphql(complexity = "20")]
    async fn suggested_rule(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(self.judged(ctx).await?.suggestion.as_deref())
    }
}

/// A page of the report.
pub async fn stitching(
    ctx: &Context<'_>,
    first: i32,
    after: Option<String>,
    kinds: Option<Vec<StitchingKind>>,
    states: Option<Vec<StitchingState>>,
) -> Result<Connection<Edge<StitchingGroup>>> {
    let first = page::length(first)?;
    let list = page::list(ctx, ListKind::Stitching)?;
    let app = app(ctx);
    let groups = app.stitching.groups(&app.catalog, &app.naming).await.map_err(ApiError::from)?;
    let filter = Filter {
        kinds: kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
        states: states.unwrap_or_default().into_iter().map(Into::into).collect(),
    };
    let graph = app.graph();
    let wanted: Vec<&Group> = groups.iter().filter(|group| filter.wants(group, &graph)).collect();
    let (items, total) = page::slice(list, wanted, first, after.as_deref())?;
    let node = |group: &Group| StitchingGroup { group: group.clone(), graph: graph.clone(), judged: OnceCell::new() };
    let items = items.into_iter().map(|(place, group)| (place, node(group))).collect();
    Ok(page::connection(list, total, first, after.as_deref(), items))
}
