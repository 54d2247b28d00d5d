//! Types of the estate room: usage, single points of failure, the matrix of namespaces.

mod column_usage;
mod matrix;
mod single_point;
mod usage;

pub use column_usage::{ColumnUsage, DeadColumnConnection, dead_columns};
pub use matrix::{NamespaceMatrix, namespace_matrix};
pub use single_point::{SinglePoint, SinglePointKind, SinglePointQuestion, single_points};
pub use usage::{DatasetUsage, DeadDatasetConnection, UsageQuestion, dead_datasets};
