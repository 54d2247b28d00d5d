//! Who says that what is the same: the assertions that alias classes rest on, as they stand now. A symlink, a rename
//! or a naming rule is one edge, whatever the size of the class; what follows from the edges is found in `classes`.
//!
//! Whether an assertion may join two datasets at all is decided before it comes here: only what joins is an edge.

use super::identities::Identities;
use crate::fold::identity::Identity;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What edges join: datasets, and names that naming rules give to datasets, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// A dataset.
    Dataset(u32),
    /// A name that rules give.
    Canonical(u32),
}

/// What naming rules say of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its derived id.
    pub(super) id: Uuid,
    /// Derived id of the name that they give it.
    pub(super) canonical: Uuid,
}

/// Who is preferred to stand for a class; the least is.
pub type Standing = ([bool; 5], [u8; 16]);

/// Every assertion.
#[derive(Default)]
pub struct Assertions {
    pub(super) identities: Identities,
    pub(super) rules: HashMap<u32, Rule>,
    pointed_at: HashMap<u32, BTreeSet<u32>>,
    /// Places of the names that rules give.
    places: HashMap<Uuid, u32>,
    /// Datasets that were given the name at a place.
    given: Vec<Vec<u32>>,
}

/// Edges that came and went.
#[derive(Default)]
pub struct Difference {
    /// Pairs of datasets that somebody says to be the same,
    pub came: Vec<(u32, u32)>,
    /// and pairs of which one no longer says so.
    pub went: Vec<(u32, u32)>,
}

impl Assertions {
    /// What was known when it was written down.
    pub fn restore(identities: Identities, rules: HashMap<u32, Rule>) -> Self {
        let mut all = Self { identities, ..Self::default() };
        for (dataset, others) in all.identities.pointing() {
            others.iter().for_each(|&other| {
                all.pointed_at.entry(other).or_default().insert(dataset);
            });
        }
        let mut ruled: Vec<(u32, Rule)> = rules.into_iter().collect();
        ruled.sort_unstable_by_key(|(dataset, _)| *dataset);
        ruled.into_iter().for_each(|(dataset, rule)| {
            all.rule(dataset, rule);
        });
        all
    }

    /// What a dataset says from now on; the edges that come and go with it.
    pub fn identify(&mut self, dataset: u32, identity: &Identity) -> Difference {
        let before = self.identities.same_as(dataset).to_vec();
        self.identities.set(dataset, identity);
        let after = &identity.same_as;
        // Both are sorted: a hundred thousand names said again are compared and no more.
        let gone = |list: &[u32], of: &[u32]| of.iter().copied().filter(|other| list.binary_search(other).is_err()).collect::<Vec<_>>();
        let (went, came) = (gone(after, &before), gone(&before, after));
        for other in &went {
            if let Some(pointing) = self.pointed_at.get_mut(other) {
                pointing.remove(&dataset);
                if pointing.is_empty() {
                    self.pointed_at.remove(other);
                }
            }
        }
        for &other in &came {
            self.pointed_at.entry(other).or_default().insert(dataset);
        }
        let pairs = |others: Vec<u32>| others.into_iter().map(|other| (dataset, other)).collect();
        Difference { came: pairs(came), went: pairs(went) }
    }

    /// What rules say of a dataset; the pair that it makes, none when it is known or the first of its name.
    pub fn rule(&mut self, dataset: u32, rule: Rule) -> Option<(u32, u32)> {
        if self.rules.insert(dataset, rule).is_some_and(|known| known.canonical == rule.canonical) {
            return None;
        }
        let given = &mut self.given;
        let place = *self.places.entry(rule.canonical).or_insert_with(|| {
            given.push(Vec::new());
            given.len() as u32 - 1
        });
        let group = &mut given[place as usize];
        group.push(dataset);
        Some((group[0], dataset)).filter(|(first, dataset)| first != dataset)
    }

    /// Every name that naming rules gave.
    pub fn given(&self) -> impl Iterator<Item = Uuid> {
        self.places.keys().copied()
    }

    /// True when one of two datasets says that the other is the same.
    pub fn has(&self, (a, b): (u32, u32)) -> bool {
        let says = |a: u32, b: u32| self.identities.same_as(a).binary_search(&b).is_ok();
        says(a, b) || says(b, a)
    }

    /// True when naming rules give two datasets one name.
    pub fn ruled_alike(&self, (a, b): (u32, u32)) -> bool {
        let rules = self.rules.get(&a).zip(self.rules.get(&b));
        rules.is_some_and(|(a, b)| a.canonical == b.canonical)
    }

    /// What one step leads to.
    pub fn next(&self, point: Point) -> Box<dyn Iterator<Item = Point> + '_> {
        let datasets = match point {
            Point::Canonical(place) => self.given.get(place as usize).map_or(&[][..], Vec::as_slice),
            Point::Dataset(dataset) => self.identities.same_as(dataset),
        };
        let (heard, named) = match point {
            Point::Canonical(_) => (None, None),
            Point::Dataset(dataset) => {
                (self.pointed_at.get(&dataset), self.rules.get(&dataset).and_then(|rule| self.places.get(&rule.canonical)))
            }
        };
        let datasets = datasets.iter().chain(heard.into_iter().flatten()).map(|&dataset| Point::Dataset(dataset));
        Box::new(datasets.chain(named.map(|&place| Point::Canonical(place))))
    }

    /// False for what is only somebody's alias.
    pub fn is_named(&self, dataset: u32) -> bool {
        self.identities.mark(dataset).is_none_or(|mark| mark.named)
    }

    /// Decides the canonical dataset of a class: what events name, then what was not renamed since, then what naming rules call it, then what a symlink
    /// calls a table, then what says itself that it has aliases. Free of the order of arrival.
    pub fn standing(&self, dataset: u32) -> Standing {
        let Some(mark) = self.identities.mark(dataset) else {
            let id = self.rules.get(&dataset).map(|rule| rule.id).unwrap_or_default();
            return ([false, false, !self.places.contains_key(&id), true, true], id.into_bytes());
        };
        let is_canonical = self.places.contains_key(&Uuid::from_bytes(mark.id));
        let says_none = self.identities.same_as(dataset).is_empty();
        ([!mark.named, mark.renamed, !is_canonical, !mark.table, says_none], mark.id)
    }
}
