//! The types of the API, a file a noun.

mod column;
mod column_lineage;
mod dataset;
mod estate;
mod event;
mod event_page;
mod event_report;
mod facet;
mod freshness;
mod impact;
mod impact_change;
mod impact_item;
mod job;
mod lineage;
mod lineage_answer;
mod lineage_delta;
mod lineage_diff;
mod lineage_evidence;
mod lineage_named;
mod lineage_path;
mod lineage_start;
mod operation;
mod place;
mod producer;
mod provenance;
mod quarantine;
mod run;
mod run_change;
mod run_dataset;
mod run_detail;
mod run_events;
mod run_history;
mod scene;
mod scene_columns;
mod schema_history;
mod search;
mod stitching;

pub use column::Column;
pub use dataset::Dataset;
pub use estate::{
    ColumnUsage, DatasetUsage, DeadColumnConnection, DeadDatasetConnection, NamespaceMatrix, SinglePoint, SinglePointKind,
    SinglePointQuestion, UsageQuestion, dead_columns, dead_datasets, namespace_matrix, single_points,
};
pub use event::Event;
pub use event_page::{EventConnection, EventFilter, event, events};
pub use freshness::{
    BackfillPlan, BackfillQuestion, FreshnessState, RootCauses, Staleness, backfill_plan, root_causes, stale_datasets, staleness,
};
pub use impact::{Impact, impact};
pub use impact_change::ImpactChange;
pub use impact_item::ImpactItem;
pub use job::Job;
pub use lineage::Lineage;
pub use lineage_answer::{TimeWindow, depth, lineage, page, when};
pub use lineage_delta::{LineageDelta, LineageScope, lineage_deltas};
pub use lineage_diff::{DiffArguments, LineageDiff, LineageState, NamespacePair, lineage_diff};
pub use lineage_path::{LineagePaths, lineage_paths};
pub use lineage_start::{LineageEnd, LineageStart, Reference};
pub use operation::{Namespace, Status, status};
pub use producer::{Producer, producers};
pub use provenance::{Provenance, provenance};
pub use quarantine::{QuarantinedEvent, Replay, quarantine, replay};
pub use run::{Run, RunState, run_page};
pub use run_change::{RunStateChanges, RunStateFilter, run_state_changes};
pub use run_dataset::DatasetRunEdge;
pub use scene::{Scene, SceneArguments, SceneExpansion, SceneFocus, scene};
pub use schema_history::SchemaChange;
pub use search::{SearchConnection, SearchFilter, search};
pub use stitching::{StitchingGroup, StitchingKind, StitchingState, stitching};

use async_graphql::{ID, Interface};

/// Anything with an id that `node` can look up.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Derived from its names; the same on every server."))]
pub enum Node {
    /// A dataset.
    Dataset(Dataset),
    /// A job.
    Job(Job),
}
