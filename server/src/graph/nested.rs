//! Columns inside columns: `address.city` is a part of `address`. Whoever asks for the whole asks for
//! its parts, and what happens to the whole happens to them.

use super::When;
use super::column_question::ColumnNode;
use super::columns::ColumnEnd;
use super::columns::ColumnHop;
use super::snapshot::Graph;
use hashbrown::HashSet;
use schema::openlineage::facets::Transformation;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Dots alone make no path: every part of one has a name.
fn holds(holder: &str, part: &str) -> bool {
    !holder.is_empty() && !holder.ends_with('.') && part.strip_prefix('.').is_some_and(|rest| !rest.is_empty() && !rest.starts_with('.'))
}

/// The column itself and what holds it, innermost first, each with the rest of the name.
pub fn holders(name: &str) -> impl Iterator<Item = (&str, &str)> {
    let held = name.rmatch_indices('.').map(|(at, _)| name.split_at(at));
    std::iter::once((name, "")).chain(held.filter(|(holder, part)| holds(holder, part)))
}

/// Columns inside a column that lineage names.
pub fn parts(graph: &Graph, node: &ColumnNode) -> Vec<ColumnNode> {
    let ColumnNode::Column(dataset, name) = node else { return Vec::new() };
    let is_part = |other: &str| other.strip_prefix(&**name).is_some_and(|rest| holds(name, rest));
    let vertices = graph.members(dataset).iter().filter_map(|&member| graph.datasets.get(member));
    let columns = vertices.flat_map(|vertex| &vertex.columns).filter_map(|&id| graph.columns.get(id));
    columns.filter(|column| is_part(&column.name)).map(|column| ColumnNode::Column(*dataset, column.name.clone())).collect()
}

/// True for a hop that passes the value on as it is, and does nothing else.
pub fn is_identity(transformations: &[Transformation]) -> bool {
    !transformations.is_empty() && transformations.iter().all(|one| one.is_direct() && one.subtype.as_deref() == Some("IDENTITY"))
}

impl Graph {
    /// The number and shared name of a column that lineage knows.
    pub(super) fn column(&self, dataset: u32, name: &str) -> Option<(u32, Arc<str>)> {
        let columns = &self.datasets.get(dataset)?.columns;
        let found = columns.iter().find(|&&id| self.columns.get(id).is_some_and(|vertex| &*vertex.name == name))?;
        self.columns.get(*found).map(|vertex| (*found, vertex.name.clone()))
    }

    /// Columns that lineage names of a dataset under any of its names, sorted: path, direct sources,
    /// direct uses.
    pub fn columns_of(&self, dataset: u32) -> Vec<(Arc<str>, usize, usize)> {
        let mut columns: BTreeMap<Arc<str>, (HashSet<ColumnEnd>, HashSet<ColumnEnd>)> = BTreeMap::new();
        let holds = |hop: &&ColumnHop| self.column_flows.get(hop.flow).is_some_and(|flow| flow.holds(When::Now));
        let vertices = self.members(&dataset).iter().filter_map(|&member| self.datasets.get(member));
        for column in vertices.flat_map(|vertex| &vertex.columns).filter_map(|&id| self.columns.get(id)) {
            let (into, out) = columns.entry(column.name.clone()).or_default();
            into.extend(column.into.iter().filter(holds).map(|hop| hop.other));
            out.extend(column.out.iter().filter(holds).map(|hop| hop.other));
        }
        columns.into_iter().map(|(name, (into, out))| (name, into.len(), out.len())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::holders;

    #[test]
    fn a_column_is_held_by_what_its_path_begins_with() {
        assert_eq!(holders("a.b.c").collect::<Vec<_>>(), [("a.b.c", ""), ("a.b", ".c"), ("a", ".b.c")]);
        assert_eq!(holders("..a.").collect::<Vec<_>>(), [("..a.", "")]);
        assert_eq!(holders("a").collect::<Vec<_>>(), [("a", "")]);
    }
}
