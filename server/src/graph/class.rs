//! Alias classes: datasets that are one thing under several names, by symlinks, renames and naming
//! rules. Undirected, and never stored as truth: when an assertion goes, the class parts again. The
//! flows stay with the names that events used; only walks take a class for one vertex.

use super::identities::Identities;
use super::snapshot::Graph;
use crate::fold::flow::{Listing, Ruled};
use crate::fold::identity::Identity;
use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// The class of a dataset.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Class {
    /// The first stands for all, the others are sorted; empty when the dataset is alone.
    members: Arc<[u32]>,
}

impl Graph {
    /// The dataset that stands for the class of this one.
    pub fn representative(&self, dataset: u32) -> u32 {
        self.classes.get(dataset).and_then(|class| class.members.first()).copied().unwrap_or(dataset)
    }

    /// Every dataset of the class, first the one that stands for all; the dataset itself when it is alone.
    pub fn members<'a>(&'a self, dataset: &'a u32) -> &'a [u32] {
        let class = self.classes.get(*dataset).filter(|class| !class.members.is_empty());
        class.map_or(std::slice::from_ref(dataset), |class| &class.members)
    }

    /// True when the dataset is known under other names too.
    pub fn has_aliases(&self, dataset: u32) -> bool {
        self.classes.get(dataset).is_some_and(|class| !class.members.is_empty())
    }
}

/// The writer's side: who says that what is the same.
#[derive(Default)]
pub struct Classes {
    pub(super) identities: Identities,
    pointed_at: HashMap<u32, BTreeSet<u32>>,
    /// Datasets by the canonical name that naming rules give them.
    by_rule: HashMap<Uuid, Vec<u32>>,
    pub(super) rules: HashMap<u32, Rule>,
}

/// What naming rules say of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its derived id.
    id: Uuid,
    /// Derived id of the name that they give it.
    canonical: Uuid,
}

impl Classes {
    /// What was last said of a dataset.
    pub fn identity(&self, dataset: u32) -> Option<Identity> {
        self.identities.get(dataset)
    }

    /// Takes over what is now said of a dataset; returns what must be listed otherwise.
    pub fn set(&mut self, graph: &mut Graph, dataset: u32, identity: Identity) -> Vec<Listing> {
        let before = self.identities.get(dataset).unwrap_or_default();
        self.identities.set(dataset, &identity);
        let same = |a: &Identity, b: &Identity| (a.named, a.renamed, a.table, &a.same_as) == (b.named, b.renamed, b.table, &b.same_as);
        if same(&before, &identity) {
            return Vec::new();
        }
        for other in before.same_as {
            if let Some(pointing) = self.pointed_at.get_mut(&other) {
                pointing.remove(&dataset);
            }
        }
        for other in identity.same_as {
            self.pointed_at.entry(other).or_default().insert(dataset);
        }
        self.regroup(graph, dataset)
    }

    /// Naming rules know a dataset by another name, or it has the name that they give to others.
    pub fn set_rule(&mut self, graph: &mut Graph, ruled: &Ruled) -> Vec<Listing> {
        let Ruled { dataset, id, canonical } = *ruled;
        let rule = Rule { id, canonical };
        if self.rules.insert(dataset, rule) == Some(rule) {
            return Vec::new();
        }
        let group = self.by_rule.entry(canonical).or_default();
        if !group.contains(&dataset) {
            group.push(dataset);
        }
        if group.len() < 2 { Vec::new() } else { self.regroup(graph, dataset) }
    }

    /// Every name that naming rules gave.
    pub fn given(&self) -> impl Iterator<Item = Uuid> {
        self.by_rule.keys().copied()
    }

    /// What was known when it was written down; the classes of then are the graph's.
    pub(super) fn restore(identities: Identities, rules: HashMap<u32, Rule>) -> Self {
        let mut pointed_at: HashMap<u32, BTreeSet<u32>> = HashMap::new();
        for (dataset, others) in identities.pointing() {
            others.iter().for_each(|&other| {
                pointed_at.entry(other).or_default().insert(dataset);
            });
        }
        let mut by_rule: HashMap<Uuid, Vec<u32>> = HashMap::new();
        rules.iter().for_each(|(&dataset, rule)| by_rule.entry(rule.canonical).or_default().push(dataset));
        Self { identities, pointed_at, by_rule, rules }
    }

    /// Finds the classes anew of everything that was or is connected to a dataset.
    fn regroup(&self, graph: &mut Graph, dataset: u32) -> Vec<Listing> {
        let mut open: BTreeSet<u32> = graph.members(&dataset).iter().copied().collect();
        for other in self.connected(dataset) {
            open.extend(graph.members(&other));
        }
        let mut changed = Vec::new();
        while let Some(&start) = open.first() {
            let mut class: Vec<u32> = self.connected(start).into_iter().collect();
            class.sort_by_key(|&member| (self.standing(member), member));
            class.iter().for_each(|member| {
                open.remove(member);
            });
            let first = class[0];
            let members: Arc<[u32]> = if class.len() < 2 { Arc::default() } else { class.iter().copied().collect() };
            for &member in &class {
                let known = graph.classes.get(member).map(|class| class.members.clone()).unwrap_or_default();
                if known != members {
                    graph.classes.get_mut(member).members = members.clone();
                }
                changed.push(Listing { dataset: member, listed: member == first && self.is_named(member) });
            }
        }
        changed
    }

    fn is_named(&self, dataset: u32) -> bool {
        self.identities.get(dataset).is_none_or(|identity| identity.named)
    }

    /// Who stands for a class: what events name, then what was not renamed since, then what naming rules call it, then what a symlink
    /// calls a table, then what says itself that it has aliases. Free of the order of arrival.
    fn standing(&self, dataset: u32) -> ([bool; 5], [u8; 16]) {
        let ruled = self.rules.get(&dataset).map(|rule| rule.id);
        let by_rule = |id: Uuid| self.by_rule.contains_key(&id);
        let Some(identity) = self.identities.get(dataset) else {
            let id = ruled.unwrap_or_default();
            return ([false, false, !by_rule(id), true, true], id.into_bytes());
        };
        let is_canonical = by_rule(Uuid::from_bytes(identity.id));
        ([!identity.named, identity.renamed, !is_canonical, !identity.table, identity.same_as.is_empty()], identity.id)
    }

    fn connected(&self, start: u32) -> BTreeSet<u32> {
        let (mut found, mut open) = (BTreeSet::from([start]), vec![start]);
        let mut seen_rules = HashSet::new();
        while let Some(dataset) = open.pop() {
            let said = self.identities.get(dataset).into_iter().flat_map(|identity| identity.same_as);
            let heard = self.pointed_at.get(&dataset).into_iter().flatten().copied();
            let ruled = self.rules.get(&dataset).map(|rule| rule.canonical).filter(|rule| seen_rules.insert(*rule));
            let grouped = ruled.and_then(|rule| self.by_rule.get(&rule)).into_iter().flatten().copied();
            for other in said.chain(heard).chain(grouped) {
                if found.insert(other) {
                    open.push(other);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn identity(same_as: &[u32]) -> Identity {
        Identity { same_as: same_as.to_vec(), named: true, ..Identity::default() }
    }

    proptest! {
        /// However assertions come and go, classes are the connected components of those that stand.
        #[test]
        fn classes_are_connected_components(acts in prop::collection::vec((0..8u32, prop::collection::btree_set(0..8u32, 0..3)), 1..30)) {
            let (mut graph, mut classes) = (Graph::default(), Classes::default());
            let mut standing: HashMap<u32, BTreeSet<u32>> = HashMap::new();
            for (dataset, others) in acts {
                classes.set(&mut graph, dataset, identity(&others.iter().copied().collect::<Vec<_>>()));
                standing.insert(dataset, others);
            }
            let mut sets = petgraph::unionfind::UnionFind::<u32>::new(8);
            standing.iter().for_each(|(a, others)| others.iter().for_each(|b| { sets.union(*a, *b); }));
            for (a, b) in (0..8).flat_map(|a| (0..8).map(move |b| (a, b))) {
                prop_assert_eq!(sets.equiv(a, b), graph.representative(a) == graph.representative(b));
            }
        }
    }

    #[test]
    fn one_of_a_class_is_listed() {
        let (mut graph, mut classes) = (Graph::default(), Classes::default());
        let shown = |changed: Vec<Listing>| changed.into_iter().map(|one| (one.dataset, one.listed)).collect::<Vec<_>>();
        let path = Identity { id: [1; 16], named: true, same_as: vec![2], ..Identity::default() };
        assert_eq!(shown(classes.set(&mut graph, 1, path.clone())), [(1, true), (2, false)]);
        // Named itself, the table says more than the path.
        let table = Identity { id: [2; 16], named: true, table: true, ..Identity::default() };
        assert_eq!(shown(classes.set(&mut graph, 2, table)), [(2, true), (1, false)]);
        assert_eq!(graph.representative(1), 2);
        let parted = Identity { same_as: Vec::new(), ..path };
        assert_eq!(shown(classes.set(&mut graph, 1, parted)), [(1, true), (2, true)]);
    }

    #[test]
    fn rules_join_what_they_call_the_same() {
        let (mut graph, mut classes) = (Graph::default(), Classes::default());
        let ruled = |dataset, id| Ruled { dataset, id: Uuid::from_u128(id), canonical: Uuid::from_u128(7) };
        assert!(classes.set_rule(&mut graph, &ruled(4, 1)).is_empty());
        // What has the canonical name itself stands for all.
        assert_eq!(classes.set_rule(&mut graph, &ruled(2, 7)).len(), 2);
        assert_eq!(graph.representative(4), 2);
        assert_eq!(classes.set(&mut graph, 4, identity(&[9])).len(), 3);
        assert_eq!(classes.set(&mut graph, 4, identity(&[])).len(), 3);
        assert!(!graph.has_aliases(9) && graph.has_aliases(2));
    }
}
