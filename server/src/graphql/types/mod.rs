//! The types of the API, a file a noun.

mod column;
mod column_lineage;
mod dataset;
mod event;
mod event_page;
mod event_report;
mod facet;
mod impact;
mod impact_change;
mod impact_item;
mod job;
mod lineage;
mod lineage_evidence;
mod lineage_filter;
mod lineage_start;
mod operation;
mod place;
mod producer;
mod quarantine;
mod run;
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
pub use event::Event;
pub use event_page::{EventConnection, EventFilter, event, events};
pub use impact::{Impact, impact};
pub use impact_change::ImpactChange;
pub use impact_item::ImpactItem;
pub use job::Job;
pub use operation::{Namespace, Status, status};
pub use producer::{Producer, producers};
pub use quarantine::{QuarantinedEvent, Replay, quarantine, replay};
pub use run::{Run, RunState, run_page};
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
