//! Columns inside columns: `address.city` is a part of `address`. Whoever asks for the whole asks for
//! its parts, and what happens to the whole happens to them.

use super::When;
use super::column_question::ColumnNode;
use super::columns::ColumnEnd;
use super::snapshot::Graph;
use hashbrown::HashSet;
use schema::openlineage::facets::Transformation;
use std::collections::{BTreeMap, BTreeSet};
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
    let names = graph.members(dataset).iter().flat_map(|&member| graph.column_names(member));
    names.filter(|other| is_part(other)).map(|other| ColumnNode::Column(*dataset, other.clone())).collect()
}

/// Parts that a path may have beyond those of the columns that a walk starts from. Where a column is passed on into a part of
/// itself, round a cycle, paths would grow without end.
const DEEPER: usize = 4;

/// How many parts a path may have that follows from what a walk starts from and from no lineage.
pub fn most_parts(start: &[ColumnNode]) -> usize {
    let parts = |node: &ColumnNode| if let ColumnNode::Column(_, name) = node { name.split('.').count() } else { 0 };
    DEEPER + start.iter().map(parts).max().unwrap_or_default()
}

/// A part of a column that is passed on whole; where its path would have too many parts, the column that holds it.
pub fn within(holder: &Arc<str>, part: &str, most: usize) -> Arc<str> {
    let path = format!("{holder}{part}");
    if path.split('.').count() > most { holder.clone() } else { path.into() }
}

/// True for a hop that passes the value on as it is, and does nothing else.
pub fn is_identity(transformations: &[Transformation]) -> bool {
    !transformations.is_empty() && transformations.iter().all(|one| one.is_direct() && one.subtype.as_deref() == Some("IDENTITY"))
}

impl Graph {
    /// Columns that lineage names of a dataset under any of its names, sorted: path, direct sources,
    /// direct uses.
    pub fn columns_of(&self, dataset: u32) -> Vec<(Arc<str>, usize, usize)> {
        let mut columns: BTreeMap<Arc<str>, [HashSet<ColumnEnd>; 2]> = BTreeMap::new();
        for &member in self.members(&dataset) {
            self.column_names(member).for_each(|name| {
                columns.entry(name.clone()).or_default();
            });
            for down in [false, true] {
                for hop in self.hops_around(member, down).filter(|hop| hop.flow.holds(When::Now)) {
                    if let ColumnEnd::Column(id) = hop.here
                        && let Some(known) = self.column_name(id).and_then(|(_, name)| columns.get_mut(name))
                    {
                        known[usize::from(down)].insert(hop.other);
                    }
                }
            }
        }
        columns.into_iter().map(|(name, [into, out])| (name, into.len(), out.len())).collect()
    }

    /// Paths of the columns that lineage knew of a dataset by then, sorted; what it named once it knows from then on.
    pub fn columns_known(&self, dataset: u32, when: When) -> Vec<Arc<str>> {
        let moment = match when {
            When::Now => return self.columns_of(dataset).into_iter().map(|(name, ..)| name).collect(),
            When::At(moment) | When::During(_, moment) => moment,
        };
        let mut names = BTreeSet::new();
        for &member in self.members(&dataset) {
            let ways = [false, true].into_iter().flat_map(|down| self.hops_around(member, down));
            for hop in ways.filter(|hop| hop.flow.began().is_some_and(|first| first <= moment)) {
                if let ColumnEnd::Column(id) = hop.here {
                    names.extend(self.column_name(id).map(|(_, name)| name.clone()));
                }
            }
        }
        names.into_iter().collect()
    }

    /// How many columns lineage knew of a dataset by then.
    pub fn columns_known_count(&self, dataset: u32, when: When) -> usize {
        match (when, self.members(&dataset)) {
            (When::Now, [member]) => self.column_paths(*member).count(),
            _ => self.path_numbers_known(dataset, when).len(),
        }
    }

    /// Numbers of the paths of `columns_known`, in order of the numbers.
    pub fn path_numbers_known(&self, dataset: u32, when: When) -> Vec<u32> {
        let mut numbers = Vec::new();
        match when {
            When::Now => {
                numbers.extend(self.members(&dataset).iter().flat_map(|&member| self.column_paths(member)));
            }
            When::At(_) | When::During(..) => {
                numbers.extend(self.columns_known(dataset, when).iter().filter_map(|name| self.path_number(name)));
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
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
