//! The rows of every format: what the API says of a node and of an edge, with names.

use crate::graph::{Basis, Origin};
use crate::lineage::Confidence;
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
    /// False when something was left out.
    pub complete: bool,
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
}

impl NodeKind {
    /// As GraphQL's `LineageKind` has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dataset => "DATASET",
            Self::Job => "JOB",
            Self::Column => "COLUMN",
        }
    }
}

/// A dataset, job or column by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is.
    pub kind: NodeKind,
    /// As in the API.
    pub id: Uuid,
    /// As sent.
    pub namespace: Arc<str>,
    /// As sent; of a column the dataset's.
    pub name: Arc<str>,
    /// Of a column its dotted path.
    pub column: Option<Arc<str>>,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// Which.
    pub place: Place,
    /// Dataset steps from the start; none in the whole graph.
    pub distance: Option<u32>,
}

/// An edge.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeRow {
    /// Data flows from here,
    pub from: Place,
    /// to here.
    pub to: Place,
    /// What moves it; none when a dataset declares its own origin, and between jobs.
    pub job: Option<Place>,
    /// How it is known.
    pub basis: Basis,
    /// Who says so; none between columns and between jobs.
    pub origin: Option<Origin>,
    /// How sure it is.
    pub confidence: Confidence,
    /// True when columns are known that it joins.
    pub column_level: bool,
    /// What it does to the value.
    pub transformations: Arc<[Transformation]>,
    /// Between jobs: what is handed over.
    pub datasets: Vec<Place>,
    /// First evidence.
    pub first_seen: Moment,
    /// Newest evidence.
    pub last_seen: Moment,
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

    /// The confidence as GraphQL's `LineageConfidence` has it.
    pub fn confidence(&self) -> &'static str {
        match self.confidence {
            Confidence::ColumnProven => "COLUMN_PROVEN",
            Confidence::TableLevel => "TABLE_LEVEL",
            Confidence::Inferred => "INFERRED",
            Confidence::Assumed => "ASSUMED",
        }
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

    impl Place {
        fn new(kind: NodeKind, id: Uuid, namespace: &str, name: &str, column: Option<&str>) -> Self {
            Self { kind, id, namespace: namespace.into(), name: name.into(), column: column.map(Into::into) }
        }
    }
}
