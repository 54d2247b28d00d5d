//! Alias classes against the plain definition: however assertions come and go, and however they are cut into batches,
//! classes are the connected components of those that stand, and what a change reports is all that changed.

use super::assertions::Standing;
use super::classes::{Classes, Regrouped};
use super::snapshot::Graph;
use crate::fold::flow::{Listing, Ruled};
use crate::fold::identity::Identity;
use petgraph::unionfind::UnionFind;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const DATASETS: u32 = 48;
const NAMES: u32 = 3;

/// The id of a dataset or name; never the nil one, which no name has.
fn uuid(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number) + 1)
}

/// Something that an event or a rule asserts.
#[derive(Clone, Debug)]
enum Act {
    /// A dataset is the same as others, from now on only as these; named, renamed, a table.
    Says(u32, BTreeSet<u32>, [bool; 3]),
    /// Many say that they are the same as one.
    Star(u32, u32, u32),
    /// One says that it is the same as many.
    Hub(u32, u32, u32),
    /// Each says that it is the same as the next.
    Chain(u32, u32),
    /// These say nothing any more.
    Part(u32, u32),
    /// A naming rule gives a dataset a name; that of the dataset with this number when it is one.
    Rule(u32, u32),
    /// What is only between two steps.
    Temporary(u32, bool),
    /// The batch ends.
    Settle,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let dataset = || 0..DATASETS;
    let range = || (0..DATASETS, 0..DATASETS).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let act = prop_oneof![
        4 => (dataset(), prop::collection::btree_set(0..DATASETS, 0..3), any::<[bool; 3]>()).prop_map(|(a, b, c)| Act::Says(a, b, c)),
        1 => (dataset(), range()).prop_map(|(hub, (from, to))| Act::Star(hub, from, to)),
        1 => (dataset(), range()).prop_map(|(hub, (from, to))| Act::Hub(hub, from, to)),
        1 => range().prop_map(|(from, to)| Act::Chain(from, to)),
        2 => range().prop_map(|(from, to)| Act::Part(from, to)),
        2 => (dataset(), 0..NAMES).prop_map(|(dataset, name)| Act::Rule(dataset, name)),
        1 => (dataset(), any::<bool>()).prop_map(|(dataset, is)| Act::Temporary(dataset, is)),
        3 => Just(Act::Settle),
    ];
    prop::collection::vec(act, 1..60)
}

/// The plain definition, and what was reported so far.
#[derive(Default)]
struct Model {
    graph: Graph,
    classes: Classes,
    says: BTreeMap<u32, Identity>,
    rules: BTreeMap<u32, u32>,
    listed: BTreeMap<u32, bool>,
    stood: BTreeMap<u32, (u32, bool)>,
    members: BTreeMap<u32, BTreeSet<u32>>,
}

impl Model {
    fn says(&mut self, dataset: u32, others: impl IntoIterator<Item = u32>) {
        let mut identity = self.identity(dataset);
        identity.same_as = others.into_iter().filter(|other| *other != dataset).collect();
        self.set(dataset, identity);
    }

    fn identity(&self, dataset: u32) -> Identity {
        let unknown = Identity { id: uuid(dataset).into_bytes(), named: true, ..Identity::default() };
        self.says.get(&dataset).cloned().unwrap_or(unknown)
    }

    fn set(&mut self, dataset: u32, identity: Identity) {
        let was = self.graph.is_name_temporary(dataset);
        self.graph.datasets.get_mut(dataset).temporary = identity.temporary;
        self.graph.any_temporary |= identity.temporary;
        if let Some(place) = self.graph.classes.place(dataset) {
            self.graph.classes.count_temporary(place, i32::from(identity.temporary) - i32::from(was));
            // Outside a settling the neighbours of all members are updated at once.
            let members = self.graph.classes.at(place).to_vec();
            members.into_iter().for_each(|member| self.stands(member));
        }
        self.stands(dataset);
        self.classes.set(dataset, &identity);
        self.says.insert(dataset, identity);
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Says(dataset, others, [named, renamed, table]) => {
                let same_as = others.iter().copied().filter(|other| other != dataset).collect();
                let identity = Identity { named: *named, renamed: *renamed, table: *table, same_as, ..self.identity(*dataset) };
                self.set(*dataset, identity);
            }
            Act::Star(hub, from, to) => (*from..*to).for_each(|dataset| self.says(dataset, [*hub])),
            Act::Hub(hub, from, to) => self.says(*hub, *from..*to),
            Act::Chain(from, to) => {
                (*from..*to).for_each(|dataset| self.says(dataset, [dataset + 1].into_iter().filter(|&next| next < DATASETS)));
            }
            Act::Part(from, to) => (*from..*to).for_each(|dataset| self.says(dataset, [])),
            Act::Rule(dataset, name) => {
                // A dataset has one name by rules, and what has the name itself keeps it.
                if *dataset >= NAMES && !self.rules.contains_key(dataset) {
                    self.rules.insert(*dataset, *name);
                    let ruled = |dataset: u32| Ruled { dataset, id: uuid(dataset), canonical: uuid(*name) };
                    self.classes.set_rule(&ruled(*dataset));
                    if self.rules.insert(*name, *name).is_none() {
                        self.classes.set_rule(&ruled(*name));
                    }
                }
            }
            Act::Temporary(dataset, is) => {
                let identity = Identity { temporary: *is, ..self.identity(*dataset) };
                self.set(*dataset, identity);
            }
            Act::Settle => {}
        }
    }

    fn stands(&mut self, dataset: u32) {
        self.stood.insert(dataset, (self.graph.representative(dataset), self.graph.is_class_temporary(dataset)));
    }

    fn settle(&mut self) {
        let Regrouped { renamed, regrown, listings } = self.classes.settle(&mut self.graph);
        renamed.into_iter().for_each(|dataset| self.stands(dataset));
        for dataset in regrown {
            let members = self.graph.members(&dataset).iter().copied().collect();
            self.members.insert(dataset, members);
        }
        assert!(listings.iter().map(|listing| listing.dataset).is_sorted());
        self.listed.extend(listings.into_iter().map(|Listing { dataset, listed }| (dataset, listed)));
    }

    /// The connected components of everything that stands.
    fn components(&self) -> UnionFind<u32> {
        let mut sets = UnionFind::new((DATASETS + NAMES) as usize);
        for (dataset, identity) in &self.says {
            identity.same_as.iter().for_each(|other| {
                sets.union(*dataset, *other);
            });
        }
        self.rules.iter().for_each(|(dataset, name)| {
            sets.union(*dataset, DATASETS + name);
        });
        sets
    }

    fn standing(&self, dataset: u32) -> (Standing, u32) {
        (self.classes.assertions.standing(dataset), dataset)
    }

    fn check(&self) {
        let sets = self.components();
        let mut classes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        (0..DATASETS).for_each(|dataset| classes.entry(sets.find(dataset)).or_default().push(dataset));
        let mut several = 0;
        for class in classes.values() {
            let first = *class.iter().min_by_key(|&&dataset| self.standing(dataset)).unwrap();
            let is_temporary = class.iter().any(|&dataset| self.graph.is_name_temporary(dataset));
            let mut expected = vec![first];
            expected.extend(class.iter().copied().filter(|&dataset| dataset != first));
            several += usize::from(class.len() > 1);
            for dataset in class {
                assert_eq!(self.graph.members(dataset), expected, "of {dataset}");
                assert_eq!(self.graph.has_aliases(*dataset), class.len() > 1);
                assert_eq!(self.graph.is_class_temporary(*dataset), is_temporary, "of {dataset}");
                // What was reported to its neighbours last still holds.
                let reported = self.stood.get(dataset).copied().unwrap_or((*dataset, self.graph.is_name_temporary(*dataset)));
                assert_eq!(reported, (first, is_temporary), "of {dataset}");
                if let Some(listed) = self.listed.get(dataset) {
                    assert_eq!(*listed, *dataset == first && self.identity(*dataset).named, "listing of {dataset}");
                }
            }
            if class.len() > 1 || self.members.contains_key(&first) {
                let reported: Vec<u32> = self.members[&first].iter().copied().collect();
                assert_eq!(reported, *class, "members reported for {first}");
            }
        }
        assert_eq!(self.graph.classes.iter().count(), several, "of every class there is one");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn classes_are_connected_components(acts in acts()) {
        let mut model = Model::default();
        for act in acts.iter().chain([&Act::Settle]) {
            model.act(act);
            if matches!(act, Act::Settle) {
                model.settle();
                model.check();
            }
        }
    }

    /// The same end, whatever was asserted on the way.
    #[test]
    fn what_was_said_before_does_not_matter(acts in acts(), end in prop::collection::vec(prop::collection::btree_set(0..DATASETS, 0..2), DATASETS as usize)) {
        let [mut other, mut fresh] = [Model::default(), Model::default()];
        for act in acts.iter().filter(|act| !matches!(act, Act::Rule(..))) {
            other.act(act);
            if matches!(act, Act::Settle) {
                other.settle();
            }
        }
        for (dataset, others) in (0..DATASETS).zip(end) {
            for model in [&mut other, &mut fresh] {
                let same_as = others.iter().copied().filter(|other| *other != dataset).collect();
                let id = uuid(dataset).into_bytes();
                model.set(dataset, Identity { id, named: true, same_as, ..Identity::default() });
            }
        }
        other.settle();
        fresh.settle();
        for dataset in 0..DATASETS {
            prop_assert_eq!(other.graph.members(&dataset), fresh.graph.members(&dataset));
        }
    }
}

/// The canonical dataset of the smaller class is preferred less, and in the same batch its class is parted and joined to another.
#[test]
fn a_dataset_that_is_canonical_no_longer_does_not_decide_when_its_class_is_joined() {
    let says = |dataset, others: &[u32]| Act::Says(dataset, others.iter().copied().collect(), [false; 3]);
    let acts = [Act::Hub(14, 0, 16), says(16, &[17, 46]), Act::Settle, says(14, &[0, 46]), Act::Settle];
    let mut model = Model::default();
    for act in acts {
        model.act(&act);
        if matches!(act, Act::Settle) {
            model.settle();
            model.check();
        }
    }
}

fn identity(dataset: u32, same_as: Vec<u32>) -> Identity {
    Identity { id: uuid(dataset).into_bytes(), named: true, same_as, ..Identity::default() }
}

/// Two hundred thousand names: what took the square of it would not end.
#[test]
fn a_large_star_is_joined_and_parted_one_by_one() {
    const MANY: u32 = 100_000;
    let (mut graph, mut classes) = (Graph::default(), Classes::default());
    for batch in 0..100 {
        let from = 1 + batch * (MANY / 100);
        (from..from + MANY / 100).for_each(|dataset| classes.set(dataset, &identity(dataset, vec![0])));
        classes.settle(&mut graph);
    }
    assert_eq!(graph.members(&7).len(), MANY as usize + 1);
    // Another as large joins it, by one assertion, and leaves again.
    classes.set(MANY + 1, &identity(MANY + 1, (MANY + 2..2 * MANY).collect()));
    classes.settle(&mut graph);
    classes.set(MANY, &identity(MANY, vec![0, MANY + 9]));
    let joined = classes.settle(&mut graph);
    assert_eq!((graph.members(&1).len(), joined.renamed.len()), (2 * MANY as usize, MANY as usize - 1));
    classes.set(MANY, &identity(MANY, vec![0]));
    classes.settle(&mut graph);
    assert_eq!([1, MANY + 9].map(|dataset| graph.members(&dataset).len()), [MANY as usize + 1, MANY as usize - 1]);
    // Each leaves by itself; what is reported of it names few.
    for dataset in (MANY / 2..=MANY).rev() {
        classes.set(dataset, &identity(dataset, Vec::new()));
        if dataset.is_multiple_of(50) {
            let parted = classes.settle(&mut graph);
            assert!(parted.renamed.len() <= 51 && parted.regrown.len() <= 53);
        }
    }
    assert_eq!(graph.members(&1).len(), MANY as usize / 2);
    // The whole star of one event goes at once.
    classes.set(MANY + 1, &identity(MANY + 1, Vec::new()));
    classes.settle(&mut graph);
    assert!((MANY + 1..2 * MANY).all(|dataset| !graph.has_aliases(dataset)));
}

#[test]
fn one_of_a_class_is_listed() {
    let (mut graph, mut classes) = (Graph::default(), Classes::default());
    let mut shown = |dataset: u32, identity: &Identity| {
        classes.set(dataset, identity);
        let changed = classes.settle(&mut graph).listings;
        (changed.into_iter().map(|one| (one.dataset, one.listed)).collect::<Vec<_>>(), graph.representative(1))
    };
    let path = Identity { id: [1; 16], named: true, same_as: vec![2], ..Identity::default() };
    assert_eq!(shown(1, &path), (vec![(1, true), (2, false)], 1));
    // Named itself, the table says more than the path.
    let table = Identity { id: [2; 16], named: true, table: true, ..Identity::default() };
    assert_eq!(shown(2, &table), (vec![(1, false), (2, true)], 2));
    let parted = Identity { same_as: Vec::new(), ..path };
    assert_eq!(shown(1, &parted), (vec![(1, true), (2, true)], 1));
}

#[test]
fn rules_join_what_they_call_the_same() {
    let (mut graph, mut classes) = (Graph::default(), Classes::default());
    let ruled = |dataset, id| Ruled { dataset, id: Uuid::from_u128(id), canonical: Uuid::from_u128(7) };
    classes.set_rule(&ruled(4, 1));
    assert!(classes.settle(&mut graph).listings.is_empty());
    // What has the canonical name itself stands for all.
    classes.set_rule(&ruled(2, 7));
    assert_eq!(classes.settle(&mut graph).listings.len(), 2);
    assert_eq!(graph.representative(4), 2);
    for (same_as, size) in [(vec![9], 3), (Vec::new(), 2)] {
        classes.set(4, &Identity { named: true, id: Uuid::from_u128(1).into_bytes(), same_as, ..Identity::default() });
        classes.settle(&mut graph);
        assert_eq!(graph.members(&4).len(), size);
    }
    assert!(!graph.has_aliases(9) && graph.has_aliases(2));
}
