//! What the project declares and no run tells: how a relation would be built, what a relation is.

use super::event::{dataset_event, job_event};
use super::execution::job_name;
use super::node::Node;
use super::project::Project;
use super::{dataset, job};
use schema::moment::Moment;
use serde_json::Value;

/// The job event of a relation that dbt builds. `command` is the one in whose runs it would be told of.
pub(super) fn building<'d>(project: &Project<'d>, node: Node<'d>, command: &str, at: Moment) -> Value {
    let inputs = project.inputs(node).into_iter().map(|input| dataset::read(project, input)).collect();
    let outputs = vec![dataset::described(project, node)];
    job_event(project, at, &job_name(project, node, command), job::building(project, node), inputs, outputs)
}

/// The dataset event of a relation.
pub(super) fn relation(project: &Project<'_>, node: Node<'_>, at: Moment) -> Value {
    dataset_event(at, dataset::described(project, node))
}
