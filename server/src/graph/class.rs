//! Alias classes as readers see them: datasets that are one thing under several names. A class is one list of its
//! members, found from each of them; who is in it is decided in `classes`, and why in `assertions`.

use super::chunked::{Chunked, Packed};
use super::snapshot::Graph;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The datasets of a class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// The first is the representative, the others are sorted; empty where there is no class (any more).
    members: Arc<Vec<u32>>,
    /// How many of them only exist between two steps of a pipeline.
    temporary: u32,
}

/// Every class. Cheap to clone, as all of the graph.
#[derive(Clone, Default)]
pub struct ClassTable {
    /// By dataset, one more than the place of its class; 0 for a dataset that is alone.
    class_of: Packed<u32>,
    classes: Chunked<Class>,
}

impl Graph {
    /// The dataset that stands for the class of this one.
    pub fn representative(&self, dataset: u32) -> u32 {
        self.classes.class(dataset).and_then(|class| class.members.first()).copied().unwrap_or(dataset)
    }

    /// Every dataset of the class, first the representative; the dataset itself when it is alone.
    pub fn members<'a>(&'a self, dataset: &'a u32) -> &'a [u32] {
        self.classes.members(dataset)
    }

    /// True when the dataset is known under other names too.
    pub fn has_aliases(&self, dataset: u32) -> bool {
        self.classes.place(dataset).is_some()
    }

    /// The first names of these datasets' classes, each once and in order: one name stands for each class, so that no
    /// class is looked at once for each of its members.
    pub fn representatives(&self, datasets: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut all: Vec<u32> = datasets.into_iter().map(|dataset| self.representative(dataset)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The classes of these datasets, each once, in the order of their representatives.
    pub fn classes_of(&self, datasets: impl IntoIterator<Item = u32>) -> Vec<Vec<u32>> {
        self.representatives(datasets).iter().map(|dataset| self.members(dataset).to_vec()).collect()
    }

    /// True when a dataset, or another of its class, only exists between two steps of a pipeline.
    pub(super) fn is_class_temporary(&self, dataset: u32) -> bool {
        match self.classes.class(dataset) {
            Some(class) => class.temporary > 0,
            None => self.is_name_temporary(dataset),
        }
    }

    /// The same of this one name.
    pub(super) fn is_name_temporary(&self, dataset: u32) -> bool {
        self.datasets.get(dataset).is_some_and(|vertex| vertex.temporary)
    }
}

impl ClassTable {
    /// The place of the class of a dataset that is not alone.
    pub fn place(&self, dataset: u32) -> Option<u32> {
        self.class_of.get(dataset).copied().unwrap_or_default().checked_sub(1)
    }

    fn class(&self, dataset: u32) -> Option<&Class> {
        self.classes.get(self.place(dataset)?)
    }

    /// Every dataset of the class, or the dataset alone.
    pub fn members<'a>(&'a self, dataset: &'a u32) -> &'a [u32] {
        self.class(*dataset).map_or(std::slice::from_ref(dataset), |class| &class.members)
    }

    /// Every class: its members, the representative first.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.classes.iter().map(|(_, class)| &class.members[..]).filter(|members| !members.is_empty())
    }

    /// The members of the class at a place; none where there is none.
    pub fn at(&self, place: u32) -> &[u32] {
        self.classes.get(place).map_or(&[], |class| &class.members)
    }

    /// Of how many of the members at a place is said that they are temporary.
    pub fn temporary(&self, place: u32) -> u32 {
        self.classes.get(place).map_or(0, |class| class.temporary)
    }

    /// Changes how many of the members at a place are temporary.
    pub fn count_temporary(&mut self, place: u32, change: i32) {
        if change != 0 {
            let class = self.classes.get_mut(place);
            class.temporary = class.temporary.saturating_add_signed(change);
        }
    }

    /// Adds datasets, which are alone or whose class is given up, to the class at a place. They lie at its end until
    /// [`Self::arrange`].
    pub fn add(&mut self, place: u32, datasets: &[u32]) {
        datasets.iter().for_each(|&dataset| *self.class_of.get_mut(dataset) = place + 1);
        Arc::make_mut(&mut self.classes.get_mut(place).members).extend(datasets);
    }

    /// Gives a class up; its members are nobody's until they are added elsewhere.
    pub fn give_up(&mut self, place: u32) {
        self.classes.set(place, Class::default());
    }

    /// These datasets, all of the class at a place, are alone now.
    pub fn remove(&mut self, place: u32, datasets: &[u32]) {
        datasets.iter().for_each(|&dataset| *self.class_of.get_mut(dataset) = 0);
        let Self { class_of, classes } = self;
        let members = Arc::make_mut(&mut classes.get_mut(place).members);
        if let [dataset] = datasets
            && members.first() != Some(dataset)
            && let Ok(at) = members[1..].binary_search(dataset)
        {
            members.remove(at + 1);
            return;
        }
        members.retain(|&member| class_of.get(member) == Some(&(place + 1)));
    }

    /// Puts the representative first and the others in order.
    pub fn arrange(&mut self, place: u32, representative: u32) {
        let members = self.at(place);
        if members.first() == Some(&representative) && members[1..].is_sorted() {
            return;
        }
        let members = Arc::make_mut(&mut self.classes.get_mut(place).members);
        // Mostly sorted already, which this sort makes use of.
        members.sort();
        if let Ok(at) = members.binary_search(&representative) {
            members[..=at].rotate_right(1);
        }
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// The classes as they are kept.
    pub fn kept(&self) -> &Chunked<Class> {
        &self.classes
    }

    /// Of the classes that were kept.
    pub fn of(classes: Chunked<Class>) -> Self {
        let mut class_of = Packed::default();
        for (place, class) in classes.iter() {
            class.members.iter().for_each(|&member| *class_of.get_mut(member) = place + 1);
        }
        Self { class_of, classes }
    }
}
