//! The rows of every format: what the API says of a node and of an edge, with names.

use crate::completeness::Completeness;
use crate::graph::{Basis, Origin};
use crate::lineage::Confidence;
use crate::lineage::outcomes::Outcomes;
use schema::moment::Moment;
use schema::openlineage::facets::Transformation;
use std::sync::Arc;
use uuid::Uuid;

/// What an export holds altogether; known before its first row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Log sequence that it holds for.
    pub graph_version: u64,
    /// Rows of nodes.
    pub nodes: usize,
    /// Rows of edges.
    pub edges: usize,
    /// Whether something is missing, and why.
    pub completeness: Completeness,
}

impl Totals {
    /// Whether something is missing, as a comment says it.
    pub fn said(&self) -> String {
        self.completeness.sentence().map_or_else(|| "complete".into(), |why| format!("not complete ({why})"))
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A dataset.
    Dataset,
    /// A job.
    Job,
    /// A column.
    Column,
    /// Datasets of a schema or folder.
    Schema,
    /// Datasets of a namespace.
    Namespace,
    /// Datasets of an owner.
    Owner,
    /// Datasets with a tag.
    Tag,
}

impl NodeKind {
    /// As GraphQL's `LineageGranularity` has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dataset => "DATASET",
            Self::Job => "JOB",
            Self::Column => "COLUMN",
            Self::Schema => "SCHEMA",
            Self::Namespace => "NAMESPACE",
            Self::Owner => "OWNER",
            Self::Tag => "TAG",
        }
    }
}

/// A dataset, job, column or group by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is.
    pub kind: NodeKind,
    /// As in the API.
    pub id: Uuid,
    /// As sent; none of a group that is no schema.
    pub namespace: Option<Arc<str>>,
    /// As sent; of a column the dataset's, of a group its heading, none of the group of what has none.
    pub name: Option<Arc<str>>,
    /// Of a column its dotted path.
    pub column: Option<Arc<str>>,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeRow {
    /// Which.
    pub place: Place,
    /// Dataset steps from the start; none in the whole graph.
    pub distance: Option<u32>,
    /// What the paths to it have to say, when it was reckoned.
    pub paths: Option<PathsRow>,
    /// What becomes of the value on the way, in an answer about columns.
    pub outcomes: Option<Outcomes>,
    /// What a group holds.
    pub group: Option<GroupRow>,
}

/// What the paths to a node have to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathsRow {
    /// Steps of the longest.
    pub longest: u32,
    /// How many, an edge by several jobs once.
    pub count: u64,
    /// Whether it can be reached from itself.
    pub on_cycle: bool,
    /// How sure the surest is; none of a start.
    pub confidence: Option<Confidence>,
    /// Jobs whose last step leads to it, in order of namespace and name.
    pub via: Vec<Place>,
}

/// What a group holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// Datasets.
    pub datasets: usize,
    /// Pairs of them that an edge joins.
    pub inner_edges: usize,
}

/// An edge.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeRow {
    /// Data flows from here,
    pub from: Place,
    /// to here.
    pub to: Place,
    /// What moves it; none when a dataset declares its own origin, and between jobs and groups.
    pub job: Option<Place>,
    /// How it is known.
    pub basis: Basis,
    /// Who says so; none between columns, jobs and groups.
    pub origin: Option<Origin>,
    /// How sure it is.
    pub confidence: Confidence,
    /// True when columns are known that it joins.
    pub column_level: bool,
    /// Between groups, pairs of datasets that are joined; otherwise 1.
    pub count: usize,
    /// What it does to the value.
    pub transformations: Arc<[Transformation]>,
    /// Between jobs: what is handed over.
    pub datasets: Vec<Place>,
    /// First evidence.
    pub first_seen: Moment,
    /// Newest evidence.
    pub last_seen: Moment,
    /// The runs behind it, when they were asked for.
    pub evidence: Option<EvidenceRow>,
}

/// What an edge rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Runs of the job that read the one end and wrote the other.
    pub total: u64,
    /// The newest of them.
    pub runs: Vec<RunRow>,
    /// Job and dataset events that declare it.
    pub declared: u64,
    /// The newest of them, by number in the log.
    pub declarations: Vec<u64>,
}

/// A run and its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// As in the API.
    pub id: String,
    /// Events of it.
    pub total: u64,
    /// The newest of them, by number in the log.
    pub events: Vec<u64>,
}

impl EdgeRow {
    /// The basis as GraphQL's `LineageBasis` has it.
    pub fn basis(&self) -> &'static str {
        match self.basis {
            Basis::Explicit => "EXPLICIT",
            Basis::ColumnLineage => "COLUMN_LINEAGE",
            Basis::Inferred => "INFERRED",
            Basis::InputsOutputs => "INPUTS_OUTPUTS",
        }
    }

    /// The origin as GraphQL's `LineageOrigin` has it.
    pub fn origin(&self) -> Option<&'static str> {
        self.origin.map(|origin| match origin {
            Origin::Observed => "OBSERVED",
            Origin::Declared => "DECLARED",
        })
    }

    /// Whether somebody says so, or it is the only way; pictures draw the rest with dashes.
    pub fn is_sure(&self) -> bool {
        self.confidence <= Confidence::TableLevel
    }
}

/// A confidence as GraphQL's `LineageConfidence` has it.
pub fn sureness(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::ColumnProven => "COLUMN_PROVEN",
        Confidence::TableLevel => "TABLE_LEVEL",
        Confidence::Inferred => "INFERRED",
        Confidence::Assumed => "ASSUMED",
    }
}

#[cfg(test)]
pub mod samples {
    //! Rows with names that are hard on every format.

    use super::*;
    use proptest::prelude::*;

    /// Names as nobody should use them, and as somebody does.
    pub fn name() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z_.]{1,8}",
            "[ -~\t\r\n\u{e4}\u{4e2d}\u{1f4a7}\u{202e}\u{0}]{1,12}",
            "[=+@\\-\"'|#;&<>{}\\[\\]()`\\\\]{1,6}[a-z]{0,3}",
            Just("end".to_owned()),
            Just("#quot;&lt;<br/>".to_owned()),
        ]
    }

    /// Any place.
    pub fn place() -> impl Strategy<Value = Place> {
        (name(), name(), prop::option::of(name()), any::<bool>()).prop_map(|(namespace, name, column, job)| {
            let id = schema::id::dataset(&namespace, &name);
            match column {
                None if job => Place::new(NodeKind::Job, schema::id::job(&namespace, &name), &namespace, &name, None),
                None => Place::new(NodeKind::Dataset, id, &namespace, &name, None),
                Some(column) => Place::new(NodeKind::Column, schema::id::column(id, &column), &namespace, &name, Some(&column)),
            }
        })
    }

    /// Any edge.
    pub fn edge() -> impl Strategy<Value = EdgeRow> {
        (place(), place(), prop::option::of(place()), prop::collection::vec(name(), 0..3), prop::collection::vec(place(), 0..2)).prop_map(
            |(from, to, job, said, datasets)| EdgeRow {
                from,
                to,
                job,
                basis: Basis::ColumnLineage,
                origin: Some(Origin::Declared),
                confidence: Confidence::TableLevel,
                column_level: true,
                count: 1,
                evidence: None,
                transformations: said.iter().map(|text| transformation(text)).collect(),
                datasets,
                first_seen: Moment(0),
                last_seen: Moment(1_000_000),
            },
        )
    }

    fn transformation(text: &str) -> Transformation {
        Transformation { kind: text.to_owned(), subtype: Some("IDENTITY".into()), description: None, masking: text.len() > 3 }
    }

    impl NodeRow {
        /// A node of which nothing is reckoned.
        pub fn at(place: Place, distance: Option<u32>) -> Self {
            Self { place, distance, paths: None, outcomes: None, group: None }
        }
    }

    impl Place {
        fn new(kind: NodeKind, id: Uuid, namespace: &str, name: &str, column: Option<&str>) -> Self {
            Self { kind, id, namespace: Some(namespace.into()), name: Some(name.into()), column: column.map(Into::into) }
        }
    }
}
