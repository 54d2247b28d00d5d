//! A piece of lineage in names, so that two of them can be compared wherever and whenever they are
//! from: another time, another run, another environment.

use super::answer::{Answer, Vertex};
use super::diff::{Difference, compare};
use crate::graph::Node;
use std::collections::BTreeMap;

/// Something by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// The column, for one.
    pub column: Option<String>,
}

/// What can differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// A dataset.
    Dataset(Place),
    /// A job.
    Job(Place),
    /// Data flows from a dataset or job to another, by a job.
    Edge(Place, Place, Option<Place>),
    /// A column of a schema.
    Column(Place),
    /// A column, or a whole dataset, feeds another, by a job.
    ColumnEdge(Place, Place, Option<Place>),
}

/// Items and what is said of each: how an edge is known, the type of a column, what a step does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State(pub BTreeMap<Item, String>);

/// Names of nodes.
pub trait Names {
    /// Namespace and name; none for what is not to be shown.
    fn name(&self, node: Node) -> Option<(String, String)>;
}

impl State {
    /// Takes in the datasets, jobs and edges of an answer.
    pub fn add_datasets(&mut self, answer: &Answer, names: &impl Names) {
        for (vertex, _) in &answer.nodes {
            let Some(place) = place(vertex, names) else { continue };
            let item = if matches!(vertex, Vertex::Job(_)) { Item::Job(place) } else { Item::Dataset(place) };
            self.0.insert(item, String::new());
        }
        for edge in &answer.edges {
            let (Some(from), Some(to)) = (place(&edge.from, names), place(&edge.to, names)) else { continue };
            let job = edge.job.and_then(|job| place(&Vertex::Job(job), names));
            self.0.insert(Item::Edge(from, to, job), edge.basis.name().to_owned());
        }
    }

    /// Takes in the edges of an answer about columns.
    pub fn add_columns(&mut self, answer: &Answer, names: &impl Names) {
        for edge in answer.edges.iter().filter(|edge| edge.column_level) {
            let (Some(from), Some(to)) = (place(&edge.from, names), place(&edge.to, names)) else { continue };
            let job = edge.job.and_then(|job| place(&Vertex::Job(job), names));
            let words = edge.transformations.iter().map(|how| {
                let masked = if how.masking { " masked" } else { "" };
                format!("{} {}{masked}", how.kind, how.subtype.as_deref().unwrap_or_default()).replace("  ", " ").trim().to_owned()
            });
            self.0.insert(Item::ColumnEdge(from, to, job), words.collect::<Vec<_>>().join(", "));
        }
    }

    /// Takes in the columns of a dataset's schema, with their types.
    pub fn add_schema(&mut self, (namespace, name): (String, String), columns: impl IntoIterator<Item = (String, Option<String>)>) {
        for (column, kind) in columns {
            let place = Place { namespace: namespace.clone(), name: name.clone(), column: Some(column) };
            self.0.insert(Item::Column(place), kind.unwrap_or_default());
        }
    }

    /// The same with namespaces called otherwise.
    #[must_use]
    pub fn in_namespaces(self, map: &BTreeMap<String, String>) -> Self {
        let place = |mut place: Place| {
            if let Some(other) = map.get(&place.namespace) {
                place.namespace.clone_from(other);
            }
            place
        };
        let item = |item: Item| match item {
            Item::Dataset(one) => Item::Dataset(place(one)),
            Item::Job(one) => Item::Job(place(one)),
            Item::Column(one) => Item::Column(place(one)),
            Item::Edge(from, to, job) => Item::Edge(place(from), place(to), job.map(place)),
            Item::ColumnEdge(from, to, job) => Item::ColumnEdge(place(from), place(to), job.map(place)),
        };
        Self(self.0.into_iter().map(|(one, said)| (item(one), said)).collect())
    }

    /// What leads from this to `after`.
    pub fn changes(&self, after: &Self) -> Vec<(Item, Difference<String>)> {
        compare(&self.0, &after.0)
    }
}

fn place(vertex: &Vertex, names: &impl Names) -> Option<Place> {
    let (namespace, name) = names.name(vertex.node())?;
    let column = if let Vertex::Column(_, column) = vertex { Some(column.to_string()) } else { None };
    Some(Place { namespace, name, column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_are_compared_by_what_corresponds() {
        let schema = |namespace: &str, columns: &[(&str, &str)]| {
            let mut state = State::default();
            let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), Some((*kind).to_owned())));
            state.add_schema((namespace.to_owned(), "t".to_owned()), columns);
            state
        };
        let before = schema("prod", &[("id", "INT"), ("gone", "INT")]).in_namespaces(&[("prod".to_owned(), "test".to_owned())].into());
        let after = schema("test", &[("id", "BIGINT"), ("new", "INT")]);
        let column = |name: &str| Item::Column(Place { namespace: "test".into(), name: "t".into(), column: Some(name.into()) });
        assert_eq!(
            before.changes(&after),
            [
                (column("gone"), Difference::Removed("INT".into())),
                (column("id"), Difference::Changed("INT".into(), "BIGINT".into())),
                (column("new"), Difference::Added("INT".into())),
            ]
        );
    }
}
