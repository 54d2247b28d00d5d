//! The writer's side of alias classes: datasets that are one thing under several names, by symlinks, renames and
//! naming rules. Undirected, and never stored as truth: when an assertion goes, the class parts again. The flows
//! stay with the names that events used; only walks take a class for one vertex.
//!
//! What a batch changes is gathered and settled once. Joining costs the smaller class, parting the smaller part
//! (`parting`), and a batch after which another dataset must be canonical for a class, once the size of the class.

use super::assertions::{Assertions, Rule, Standing};
use super::class::ClassTable;
use super::identities::Identities;
use super::parting::parts;
use super::snapshot::Graph;
use crate::fold::flow::{Listing, Ruled};
use crate::fold::identity::Identity;
use hashbrown::{HashMap, HashSet};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Who says that what is the same, and what of it is not settled yet.
#[derive(Default)]
pub struct Classes {
    pub(super) assertions: Assertions,
    came: Vec<(u32, u32)>,
    went: Vec<(u32, u32)>,
    /// Datasets that may stand otherwise for a class, with how they stood before.
    changed: BTreeMap<u32, Standing>,
    /// Datasets about which something else is asserted: they may be listed otherwise.
    said: BTreeSet<u32>,
    /// Places of the table where there is no class.
    free: Vec<u32>,
}

/// What is another class than before.
#[derive(Default)]
pub struct Regrouped {
    /// Datasets that another one represents now, or whose class is passed through, or no longer: what lies next to
    /// them knows them by that.
    pub renamed: Vec<u32>,
    /// Representatives of classes that have other members now.
    pub regrown: Vec<u32>,
    /// What is to be listed now, and what not; everything that search shows otherwise is among them.
    pub listings: Vec<Listing>,
}

impl Classes {
    /// With nothing unsettled: the classes are those of the graph as it was stored.
    pub fn restore(identities: Identities, rules: HashMap<u32, Rule>, table: &ClassTable) -> Self {
        let free = (0..table.len() as u32).filter(|&place| table.at(place).is_empty()).collect();
        Self { assertions: Assertions::restore(identities, rules), free, ..Self::default() }
    }

    /// The last assertion about a dataset.
    pub fn identity(&self, dataset: u32) -> Option<Identity> {
        self.assertions.identities.get(dataset)
    }

    /// Every name that naming rules gave.
    pub fn given(&self) -> impl Iterator<Item = Uuid> {
        self.assertions.given()
    }

    /// Takes over what is asserted of a dataset now.
    pub fn set(&mut self, dataset: u32, identity: &Identity) {
        let (before, was_named) = (self.assertions.standing(dataset), self.assertions.is_named(dataset));
        let is_new = self.assertions.identities.mark(dataset).is_none();
        let mut difference = self.assertions.identify(dataset, identity);
        let is_same = before == self.assertions.standing(dataset) && was_named == identity.named && !is_new;
        if !is_same || !difference.came.is_empty() || !difference.went.is_empty() {
            self.changed.entry(dataset).or_insert(before);
            self.said.insert(dataset);
        }
        self.came.append(&mut difference.came);
        self.went.append(&mut difference.went);
    }

    /// Naming rules know a dataset by another name, or it has the name that they give to others.
    pub fn set_rule(&mut self, ruled: &Ruled) {
        let Ruled { dataset, id, canonical } = *ruled;
        let before = self.assertions.standing(dataset);
        self.came.extend(self.assertions.rule(dataset, Rule { id, canonical }));
        // What has the very name may have stood for itself as such since the name was first given.
        if id == canonical || before != self.assertions.standing(dataset) {
            self.changed.entry(dataset).or_insert(before);
        }
    }

    /// Makes the classes those of what is asserted now.
    pub fn settle(&mut self, graph: &mut Graph) -> Regrouped {
        if self.came.is_empty() && self.went.is_empty() && self.changed.is_empty() {
            return Regrouped::default();
        }
        let mut settling = Settling::new(&self.assertions, graph, &mut self.free);
        settling.reopen(&self.changed);
        settling.part(&std::mem::take(&mut self.went));
        settling.join(&std::mem::take(&mut self.came));
        settling.finish(&std::mem::take(&mut self.changed), std::mem::take(&mut self.said))
    }
}

/// One settling.
struct Settling<'a> {
    assertions: &'a Assertions,
    graph: &'a mut Graph,
    free: &'a mut Vec<u32>,
    /// Who stood for each class that is looked at, and whether it was passed through, by its place.
    before: BTreeMap<u32, (u32, bool)>,
    /// Datasets that are in another class now, with who stood for the one before and whether it was passed through.
    moved: BTreeMap<u32, (u32, bool)>,
    /// Places whose representative must be found among all members.
    open: HashSet<u32>,
    /// Those who may stand for a class, by its place.
    candidates: HashMap<u32, Vec<u32>>,
}

impl<'a> Settling<'a> {
    fn new(assertions: &'a Assertions, graph: &'a mut Graph, free: &'a mut Vec<u32>) -> Self {
        let (before, moved, open, candidates) = (BTreeMap::new(), BTreeMap::new(), HashSet::new(), HashMap::new());
        Self { assertions, graph, free, before, moved, open, candidates }
    }

    /// Sees how a class was, before anything of it changes.
    fn look_at(&mut self, place: u32) {
        let classes = &self.graph.classes;
        if let Some(&first) = classes.at(place).first() {
            self.before.entry(place).or_insert((first, classes.temporary(place) > 0));
        }
    }

    /// These leave the class at a place, or were alone.
    fn moves(&mut self, datasets: &[u32], from: Option<u32>) {
        let class = from.and_then(|place| self.before.get(&place).copied());
        for &dataset in datasets {
            let graph = &self.graph;
            self.moved.entry(dataset).or_insert_with(|| class.unwrap_or_else(|| (dataset, graph.is_name_temporary(dataset))));
        }
    }

    /// A canonical dataset that is preferred less than before may no longer be the best of its class: that must be known
    /// before classes are joined, where of the smaller class only the canonical dataset is compared.
    fn reopen(&mut self, changed: &BTreeMap<u32, Standing>) {
        for (&dataset, before) in changed {
            let Some(place) = self.graph.classes.place(dataset) else { continue };
            let is_first = self.graph.classes.at(place).first() == Some(&dataset);
            if is_first && self.assertions.standing(dataset) > *before {
                self.look_at(place);
                self.open.insert(place);
            }
        }
    }

    /// Takes apart what no longer hangs together.
    fn part(&mut self, went: &[(u32, u32)]) {
        let mut ends: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for &(a, b) in went.iter().filter(|pair| !self.assertions.has(**pair)) {
            if let Some(place) = self.graph.classes.place(a).filter(|place| self.graph.classes.place(b) == Some(*place)) {
                ends.entry(place).or_default().extend([a, b]);
            }
        }
        for (place, seeds) in ends {
            let seeds: Vec<u32> = seeds.into_iter().collect();
            let parts = parts(self.assertions, &seeds, |dataset| self.graph.classes.place(dataset) == Some(place));
            if parts.is_empty() {
                continue;
            }
            self.look_at(place);
            let away = parts.concat();
            self.moves(&away, Some(place));
            let first = self.graph.classes.at(place).first().copied();
            self.graph.classes.remove(place, &away);
            self.count_temporary(place, &away, -1);
            if first.is_some_and(|first| self.graph.classes.place(first) != Some(place)) {
                self.open.insert(place);
            }
            for part in parts.iter().filter(|part| part.len() > 1) {
                let place = self.new_class(part);
                self.open.insert(place);
            }
            if let &[last] = self.graph.classes.at(place) {
                self.moves(&[last], Some(place));
                self.graph.classes.remove(place, &[last]);
                self.give_up(place);
            }
        }
    }

    /// Joins what is asserted to be the same: the smaller class goes into the larger.
    fn join(&mut self, came: &[(u32, u32)]) {
        for &(a, b) in came {
            let places = [a, b].map(|dataset| self.graph.classes.place(dataset));
            match places {
                // What came in this batch may have gone in it again.
                _ if a == b || !(self.assertions.has((a, b)) || self.assertions.ruled_alike((a, b))) => {}
                [Some(one), Some(other)] if one == other => {}
                [Some(one), Some(other)] => {
                    let size = |place: u32| self.graph.classes.at(place).len();
                    let (small, large) = if size(one) < size(other) { (one, other) } else { (other, one) };
                    [small, large].into_iter().for_each(|place| self.look_at(place));
                    let members = self.graph.classes.at(small).to_vec();
                    self.moves(&members, Some(small));
                    if self.open.contains(&small) {
                        self.open.insert(large);
                    }
                    self.give_up(small);
                    self.add(large, &members);
                    let candidates = self.candidates.remove(&small).unwrap_or_default();
                    self.candidates.entry(large).or_default().extend(members.first().into_iter().chain(&candidates));
                }
                [Some(place), None] => self.join_one(place, b),
                [None, Some(place)] => self.join_one(place, a),
                [None, None] => {
                    let place = self.new_class(&[a, b]);
                    self.open.insert(place);
                }
            }
        }
    }

    fn join_one(&mut self, place: u32, dataset: u32) {
        self.look_at(place);
        self.moves(&[dataset], None);
        self.add(place, &[dataset]);
        self.candidates.entry(place).or_default().push(dataset);
    }

    /// A class of datasets that are alone.
    fn new_class(&mut self, members: &[u32]) -> u32 {
        self.moves(members, None);
        let place = self.free.pop().unwrap_or(self.graph.classes.len() as u32);
        self.before.remove(&place);
        self.add(place, members);
        place
    }

    fn add(&mut self, place: u32, members: &[u32]) {
        self.graph.classes.add(place, members);
        self.count_temporary(place, members, 1);
    }

    fn give_up(&mut self, place: u32) {
        self.graph.classes.give_up(place);
        self.open.remove(&place);
        self.free.push(place);
    }

    fn count_temporary(&mut self, place: u32, members: &[u32], by: i32) {
        if self.graph.any_temporary {
            let count = members.iter().filter(|&&member| self.graph.is_name_temporary(member)).count() as i32;
            self.graph.classes.count_temporary(place, by * count);
        }
    }

    /// Finds the canonical dataset of each class, and what that changes.
    fn finish(mut self, changed: &BTreeMap<u32, Standing>, said: BTreeSet<u32>) -> Regrouped {
        for &dataset in changed.keys() {
            let Some(place) = self.graph.classes.place(dataset) else { continue };
            self.look_at(place);
            self.candidates.entry(place).or_default().push(dataset);
        }
        let places: BTreeSet<u32> = self.open.iter().chain(self.candidates.keys()).copied().collect();
        places.into_iter().for_each(|place| self.elect(place));
        self.compare(said)
    }

    fn elect(&mut self, place: u32) {
        let members = self.graph.classes.at(place);
        let candidates = self.candidates.get(&place).into_iter().flatten().chain(members.first());
        let standing = |member: &&u32| (self.assertions.standing(**member), **member);
        let best = if self.open.contains(&place) { members.iter().min_by_key(standing) } else { candidates.min_by_key(standing) };
        if let Some(&best) = best {
            self.graph.classes.arrange(place, best);
        }
    }

    /// What is otherwise than before; these are to be listed anew in any case.
    fn compare(self, mut shown: BTreeSet<u32>) -> Regrouped {
        let Self { assertions, graph, before, moved, .. } = self;
        let mut regrouped = Regrouped::default();
        let mut regrown = BTreeSet::new();
        for (place, before) in before {
            let members = graph.classes.at(place);
            let Some(&first) = members.first() else { continue };
            if (first, graph.classes.temporary(place) > 0) != before {
                regrouped.renamed.extend(members.iter().filter(|member| !moved.contains_key(*member)));
            }
            shown.insert(before.0);
            regrown.insert(first);
        }
        for (dataset, before) in moved {
            let first = graph.representative(dataset);
            if (first, graph.is_class_temporary(dataset)) != before {
                regrouped.renamed.push(dataset);
            }
            shown.insert(dataset);
            regrown.insert(first);
        }
        shown.extend(&regrown);
        let is_listed = |dataset: u32| graph.representative(dataset) == dataset && assertions.is_named(dataset);
        regrouped.listings = shown.into_iter().map(|dataset| Listing { dataset, listed: is_listed(dataset) }).collect();
        regrouped.regrown = regrown.into_iter().collect();
        regrouped
    }
}
